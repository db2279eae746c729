//! Values of fields by type: true and false, texts, dates, values of enums, sets.

use std::collections::BTreeSet;

use super::Reader;
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, one_of};
use crate::model::{Enum, Field, Id, Text, Type, Value};
use crate::profile::day::{self, Meant};
use crate::profile::notation::{Notation, short};
use crate::profile::tree::{Key, Node, NodeKind};
use crate::source::normal;

impl Reader<'_> {
    /// Returns the value of a field, `Some(None)` for null; nothing where it was reported.
    pub(super) fn value(&mut self, field: &Field, node: &Node) -> Option<Option<Value>> {
        if matches!(node.kind, NodeKind::Wrong) {
            return None;
        }
        if matches!(node.kind, NodeKind::Null) || self.says_unknown(field, node) {
            return Some(None);
        }
        if let (NodeKind::Block(text), false) = (&node.kind, field.ty == Type::Text) {
            self.block(text, field, node);
            return None;
        }
        if matches!(&node.kind, NodeKind::Plain(text) if text.is_empty()) && field.ty != Type::Text {
            let note = format!("a value that is not known is written `{}=unknown`", field.name);
            let diagnostic = self.wrong(field, node).here("nothing stands behind `=`").note(note);
            self.complain(diagnostic);
            return None;
        }
        let value = match field.ty {
            Type::Bool => Value::Bool(self.bool(field, node)?),
            Type::Number(ty) => self.number(ty, field, node)?,
            Type::Text => self.text(field, node)?,
            Type::Date => Value::Date(self.date(field, node)?),
            Type::Enum(of) => Value::Enum(self.one(of, field, node)?),
            Type::Set(of) => Value::Set(self.set(of, field, node)?),
        };
        self.in_range(&value, field, node).then_some(Some(value))
    }

    /// TOML has no null: the text `unknown` stands for it wherever it is no value itself.
    fn says_unknown(&self, field: &Field, node: &Node) -> bool {
        let is_value = match field.ty {
            Type::Text => true,
            Type::Enum(of) => self.ruleset.enums[of].member("unknown").is_some(),
            Type::Bool | Type::Number(_) | Type::Date | Type::Set(_) => false,
        };
        let toml = self.notation(node.span) == Notation::Toml;
        toml && !is_value && matches!(&node.kind, NodeKind::Text(text) if text == "unknown")
    }

    /// Returns words for what a field takes.
    pub(super) fn expected(&self, ty: Type) -> String {
        let number = |whole: bool| if whole { "a whole number" } else { "a number" };
        match ty {
            Type::Bool => "true or false".into(),
            Type::Number(ty) => match self.ruleset.units.name(ty.unit, true) {
                unit if unit.is_empty() => number(ty.whole).into(),
                unit if unit.starts_with("per ") => format!("{} {unit}", number(ty.whole)),
                unit => format!("{} in {unit}", number(ty.whole)),
            },
            Type::Text => "a text".into(),
            Type::Date => "a date".into(),
            Type::Enum(id) => format!("a value of `{}`", self.ruleset.enums[id].name),
            Type::Set(id) => format!("a list of values of `{}`", self.ruleset.enums[id].name),
        }
    }

    /// Says that a value is not of its field's type.
    pub(super) fn wrong(&self, field: &Field, node: &Node) -> Diagnostic {
        let expected = self.expected(field.ty);
        let message = format!("`{}` takes {expected}, not {}", field.name, node.words());
        Diagnostic::new(Code::TypeMismatch, node.span, message).here("of another type")
    }

    pub(super) fn mismatch(&mut self, field: &Field, node: &Node) {
        let mut diagnostic = self.wrong(field, node);
        if let Type::Enum(id) | Type::Set(id) = field.ty {
            diagnostic = diagnostic.note(members_note(&self.ruleset.enums[id]));
        }
        self.complain(diagnostic);
    }

    /// Offers null to someone who says in words that a value is not known.
    pub(super) fn offer_null(&self, diagnostic: Diagnostic, text: &str, node: &Node) -> Diagnostic {
        const WORDS: &[&str] = &[
            "unknown",
            "not known",
            "not sure",
            "unsure",
            "undefined",
            "nan",
            ".nan",
            "nil",
            "null",
            "n/a",
            "na",
            "tbd",
            "?",
            "未知",
            "不知道",
            "不确定",
            "不详",
            "不清楚",
        ];
        let null = self.notation(node.span).null();
        let word = text.trim().to_lowercase();
        if matches!(word.as_str(), "none" | "-" | "–" | "—" | "no" | "无" | "没有") {
            // It may as well be a value: no goals, no orders.
            let says = format!("write `{null}`, if it is not known");
            return diagnostic
                .note(format!("a value that is not known is {null}"))
                .guess(says, node.span, null);
        }
        if !WORDS.contains(&word.as_str()) {
            return diagnostic;
        }
        diagnostic.note(format!("a value that is not known is {null}")).fix(
            format!("write `{null}`"),
            node.span,
            null,
        )
    }

    /// A text in a block of lines, for a field that is no text.
    fn block(&mut self, text: &str, field: &Field, node: &Node) {
        let diagnostic = self.wrong(field, node).here("a block of lines is a text");
        let line = text.trim();
        let plain = !line.is_empty() && line.chars().all(|c| c.is_alphanumeric() || "_-. %".contains(c));
        self.complain(match plain {
            true => diagnostic.fix(format!("write `{}`", short(line)), node.span, line),
            false => diagnostic.note("write the value behind the colon"),
        });
    }

    fn bool(&mut self, field: &Field, node: &Node) -> Option<bool> {
        let word = match &node.kind {
            NodeKind::Bool(value) => return Some(*value),
            NodeKind::Plain(word) => match word.as_str() {
                "true" | "True" | "TRUE" => return Some(true),
                "false" | "False" | "FALSE" => return Some(false),
                _ => word,
            },
            NodeKind::Text(word) | NodeKind::Number(word) => word,
            _ => {
                self.mismatch(field, node);
                return None;
            }
        };
        let meant = match word.trim().to_lowercase().as_str() {
            "true" | "yes" | "y" | "on" | "t" | "1" | "是" | "有" | "对" | "ja" | "wahr" | "oui" | "vrai"
            | "verdadero" => Some("true"),
            "false" | "no" | "n" | "off" | "f" | "0" | "否" | "不是" | "没有" | "无" | "nein" | "falsch"
            | "non" | "faux" | "falso" => Some("false"),
            _ => None,
        };
        let text = matches!(node.kind, NodeKind::Text(_)) && matches!(word.as_str(), "true" | "false");
        let label = if text { "a text" } else { "neither true nor false" };
        let diagnostic = self.wrong(field, node).here(label);
        self.complain(match meant {
            Some(meant) => diagnostic.fix(format!("write `{meant}`"), node.span, meant),
            None => self.offer_null(diagnostic, word, node),
        });
        None
    }

    fn text(&mut self, field: &Field, node: &Node) -> Option<Value> {
        match &node.kind {
            NodeKind::Text(text) | NodeKind::Plain(text) | NodeKind::Block(text) => {
                Some(Value::Text(normal(text)))
            }
            NodeKind::Number(_) | NodeKind::Bool(_) | NodeKind::Date(_) => {
                let text = format!("\"{}\"", self.written(node.span));
                let diagnostic = self.wrong(field, node).here("no quotation marks");
                self.complain(diagnostic.fix("write them", node.span, text));
                None
            }
            _ => {
                self.mismatch(field, node);
                None
            }
        }
    }

    fn date(&mut self, field: &Field, node: &Node) -> Option<Date> {
        let (NodeKind::Text(text) | NodeKind::Plain(text) | NodeKind::Date(text) | NodeKind::Number(text)) =
            &node.kind
        else {
            self.mismatch(field, node);
            return None;
        };
        if let Some(date) = Date::parse(text) {
            return Some(date);
        }
        let json = self.notation(node.span) == Notation::Json;
        let form = if json { "\"2021-06-01\"" } else { "2021-06-01" };
        let offer = |diagnostic: Diagnostic, day: Date| {
            let mend = self.notation(node.span).text(&day.to_string(), self.written(node.span));
            diagnostic.fix(format!("write `{mend}`"), node.span, mend)
        };
        let diagnostic = match day::meant(text) {
            Meant::NoSuchDay => {
                let message = format!("there is no day `{}`", short(text));
                Diagnostic::new(Code::NoSuchDay, node.span, message).here("not in the calendar")
            }
            Meant::Day(day) => offer(self.wrong(field, node).here("not the form of a date"), day),
            Meant::Time(day) => offer(self.wrong(field, node).here("a date has no time of day"), day),
            Meant::Nothing => {
                let diagnostic =
                    self.wrong(field, node).here("not a day").note(format!("a date is written {form}"));
                self.offer_null(diagnostic, text, node)
            }
        };
        self.complain(diagnostic);
        None
    }

    /// Returns a value of an enum.
    fn one(&mut self, of: Id<Enum>, field: &Field, node: &Node) -> Option<u32> {
        match &node.kind {
            NodeKind::Text(text) | NodeKind::Plain(text) => self.member(text, of, node),
            NodeKind::List(items) if matches!(&items[..], [Node { kind: NodeKind::Plain(text), .. }] if text.contains([';', '；', '|'])) =>
            {
                let [Node { kind: NodeKind::Plain(text), .. }] = &items[..] else { return None };
                self.no_list(&pieces(text), of, field, node);
                None
            }
            NodeKind::List(items) => {
                let diagnostic = self.wrong(field, node).here("a list");
                let diagnostic = match items.as_slice() {
                    [item] if self.member_meant(item, of).is_some() => {
                        let written = self.written(item.span);
                        diagnostic.fix("write the value alone", node.span, written)
                    }
                    _ => diagnostic.note("it takes one value"),
                };
                self.complain(diagnostic.note(members_note(&self.ruleset.enums[of])));
                None
            }
            _ => {
                self.mismatch(field, node);
                None
            }
        }
    }

    fn member(&mut self, text: &str, of: Id<Enum>, node: &Node) -> Option<u32> {
        let declared = &self.ruleset.enums[of];
        let name = normal(text);
        if let Some(member) = declared.member(&name) {
            return Some(member);
        }
        if let Some(member) = declared.member_read(&name) {
            let now = declared.member_name(member);
            let mend = self.notation(node.span).text(now, self.written(node.span));
            self.complain(Diagnostic::renamed(Code::RenamedValue, short(&name), now, node.span, mend));
            return Some(member);
        }
        if self.faults.pass() {
            return None;
        }
        let message = format!("`{}` has no value `{}`", declared.name, short(text));
        let diagnostic =
            Diagnostic::new(Code::UnknownValue, node.span, message).here("not one of its values");
        let meant = self.member_meant(node, of).map(|member| declared.member_name(member));
        let names = declared.members.iter().map(|member| &*member.name);
        let near = meant.or_else(|| self.nearest(text, names));
        let diagnostic = match near {
            Some(near) => {
                let mend = self.notation(node.span).text(near, self.written(node.span));
                let note = format!("the nearest name is `{near}`");
                let (diagnostic, says) = (diagnostic.note(note), format!("write `{near}`"));
                match meant {
                    Some(_) => diagnostic.fix(says, node.span, mend),
                    None => diagnostic.guess(says, node.span, mend),
                }
            }
            None => self.offer_null(diagnostic, text, node),
        };
        self.complain(diagnostic.note(members_note(declared)));
        None
    }

    /// Returns the value of an enum that is meant by its name in other letters, with the enum's before it, or by its
    /// title.
    fn member_meant(&self, node: &Node, of: Id<Enum>) -> Option<u32> {
        let (NodeKind::Text(text) | NodeKind::Plain(text)) = &node.kind else { return None };
        let declared = &self.ruleset.enums[of];
        let text = text.trim().trim_matches(['“', '”', '„', '«', '»', '‘', '’', '「', '」', '\'', '"']);
        let text = text.strip_prefix(&*declared.name).and_then(|rest| rest.strip_prefix('.')).unwrap_or(text);
        let folded = |text: &str| normal(text).to_lowercase().replace([' ', '-'], "_");
        let wanted = folded(text);
        let titled = |title: &Text| {
            let mut all = std::iter::once(&title.main).chain(title.translations.iter().map(|(_, text)| text));
            all.any(|title| folded(title) == wanted)
        };
        let found = declared
            .members
            .iter()
            .position(|member| folded(&member.name) == wanted || member.title.as_ref().is_some_and(titled))?;
        u32::try_from(found).ok()
    }

    fn set(&mut self, of: Id<Enum>, field: &Field, node: &Node) -> Option<BTreeSet<u32>> {
        match &node.kind {
            NodeKind::List(items) => {
                let found: Vec<Option<u32>> = items.iter().map(|item| self.set_member(of, item)).collect();
                found.into_iter().collect()
            }
            NodeKind::Text(text) | NodeKind::Plain(text) => {
                self.no_list(&pieces(text), of, field, node);
                None
            }
            NodeKind::Map(entries)
                if entries.iter().all(|(_, value)| matches!(value.kind, NodeKind::Null)) =>
            {
                let names: Vec<&str> = entries.iter().map(|(Key { name, .. }, _)| name.as_str()).collect();
                self.no_list(&names, of, field, node);
                None
            }
            _ => {
                self.mismatch(field, node);
                None
            }
        }
    }

    fn set_member(&mut self, of: Id<Enum>, item: &Node) -> Option<u32> {
        match &item.kind {
            NodeKind::Text(text) | NodeKind::Plain(text) => self.member(text, of, item),
            NodeKind::Wrong => None,
            _ => {
                let declared = &self.ruleset.enums[of];
                let message = format!("a set holds values of `{}`, not {}", declared.name, item.words());
                let diagnostic = Diagnostic::new(Code::TypeMismatch, item.span, message).here("not a value");
                self.complain(match item.kind {
                    NodeKind::Null => diagnostic.note("a set that is not known is null as a whole"),
                    _ => diagnostic.note(members_note(declared)),
                });
                None
            }
        }
    }

    /// One value or several stand where a list should be.
    fn no_list(&mut self, names: &[&str], of: Id<Enum>, field: &Field, node: &Node) {
        let declared = &self.ruleset.enums[of];
        let notation = self.notation(node.span);
        let quotes = if self.written(node.span).starts_with('"') { "\"" } else { "" };
        let mut sure = true;
        let members: Option<Vec<String>> = names
            .iter()
            .map(|name| {
                let text = Node { span: node.span, kind: NodeKind::Plain(name.to_string()) };
                let exact = self.member_meant(&text, of).map(|member| declared.member_name(member));
                let all = declared.members.iter().map(|member| &*member.name);
                sure &= exact.is_some();
                let near = exact.or_else(|| self.nearest(name, all))?;
                Some(notation.text(near, quotes))
            })
            .collect();
        let diagnostic = self.wrong(field, node).here("not a list");
        self.complain(match members {
            Some(members) if !members.is_empty() => {
                let list = notation.list(&members);
                let says = format!("write `{}`", short(&list));
                match sure {
                    true => diagnostic.fix(says, node.span, list),
                    false => diagnostic.guess(says, node.span, list),
                }
            }
            _ => self.offer_null(diagnostic, names.first().unwrap_or(&""), node).note(members_note(declared)),
        });
    }
}

/// Splits a text that should be a list: at its commas, or at its blanks where it has none.
fn pieces(text: &str) -> Vec<&str> {
    let inner = text.trim_matches(['[', ']', '{', '}', ' ']);
    let commas = |c: char| matches!(c, ',' | '，' | '、' | ';' | '；' | '|');
    let split: Vec<&str> = match inner.contains(commas) {
        true => inner.split(commas).collect(),
        false if inner.starts_with('-') => inner.split_whitespace().collect(),
        false => vec![inner],
    };
    let clean =
        split.into_iter().map(|piece| piece.trim().trim_start_matches('-').trim_matches(['"', '\'', ' ']));
    clean.filter(|piece| !piece.is_empty()).collect()
}

fn members_note(declared: &Enum) -> String {
    let names: Vec<String> = declared.members.iter().take(12).map(|member| member.name.to_string()).collect();
    let more = if declared.members.len() > names.len() { ", …" } else { "" };
    format!("the values of `{}` are {}{more}", declared.name, one_of(&names))
}
