//! Conditions and numbers in words, for who reads no code: things by their titles, each leading to its place.

use qudao_language::date::Date;
use qudao_language::exact::{Exact, Rounding};
use qudao_language::model::{
    Between, Channel, Entry, Expr, ExprKind, FactRef, Field, Hole, Id, Let, Measure, Number, OWN, Piece,
    Ruleset, Shift, Target, TargetRef, Template, Type, Value,
};
use qudao_language::operator::{CompareOp, Quantifier, Sign};

use crate::document::{Block, Item, Kind, List, Mark, Place, Text};
use crate::words::{Speaker, Tongue, exact_text, plain_name};

/// Tells a ruleset on a day, by titles.
#[derive(Clone, Copy)]
pub(super) struct Teller<'r> {
    pub(super) speaker: Speaker<'r>,
    pub(super) day: Date,
    /// The channel that is spoken of, whose name goes without saying.
    pub(super) own: Option<Id<Channel>>,
}

/// Joins texts one behind the other; Chinese characters are set apart from Latin letters and digits.
pub(super) fn joined(texts: impl IntoIterator<Item = Text>) -> Text {
    let mut all = Text::default();
    let (latin, han) =
        (|c: char| c.is_ascii_alphanumeric(), |c: char| ('\u{3400}'..='\u{9fff}').contains(&c));
    for (kind, text) in texts.into_iter().flat_map(|text| text.0).filter(|(_, text)| !text.is_empty()) {
        let before = all.0.last().and_then(|(_, before)| before.chars().last());
        if let (Some(before), Some(first)) = (before, text.chars().next())
            && (latin(before) && han(first) || han(before) && latin(first))
        {
            all.0.push((Kind::Plain, " ".to_string()));
        }
        all.0.push((kind, text));
    }
    all
}

/// Joins texts with something between them, and something else before the last.
fn parted(texts: Vec<Text>, between: &str, before_last: &str) -> Text {
    let last = texts.len().saturating_sub(1);
    joined(texts.into_iter().enumerate().flat_map(|(at, text)| {
        let word = match at {
            0 => "",
            _ if at == last => before_last,
            _ => between,
        };
        [plain(word), text]
    }))
}

fn plain(text: impl Into<String>) -> Text {
    Text::of(Kind::Plain, text)
}

impl<'r> Teller<'r> {
    pub(super) fn ruleset(&self) -> &'r Ruleset {
        self.speaker.ruleset
    }

    pub(super) fn tongue(&self) -> Tongue {
        self.speaker.tongue
    }

    /// Texts parted by commas, the last by a word.
    pub(super) fn listed(&self, texts: Vec<Text>, [english, chinese]: [&str; 2]) -> Text {
        match self.tongue() {
            Tongue::English => parted(texts, ", ", &format!(" {english} ")),
            Tongue::Chinese => parted(texts, "、", chinese),
        }
    }

    /// Texts that are alike, parted by commas.
    pub(super) fn row(&self, texts: Vec<Text>) -> Text {
        match self.tongue() {
            Tongue::English => parted(texts, ", ", ", "),
            Tongue::Chinese => parted(texts, "、", "、"),
        }
    }

    /// The parts of a condition under words that say how they hold together.
    pub(super) fn conditions(&self, exprs: &[&'r Expr]) -> Option<Block> {
        let tongue = self.tongue();
        let (label, items) = match exprs {
            [] => return None,
            [Expr { kind: ExprKind::And(parts), .. }] if parts.len() > 1 => {
                (tongue.when_all(), self.items(parts, true))
            }
            [Expr { kind: ExprKind::Or(parts), .. }] if parts.len() > 1 => {
                (tongue.when_any(), self.items(parts, true))
            }
            [one] => match self.item(one, true) {
                Item { parts, text, .. } if parts.is_empty() => {
                    return Some(Block::Entry(tongue.when(), text));
                }
                item => (tongue.when(), vec![item]),
            },
            all => (tongue.when_all(), all.iter().map(|expr| self.item(expr, true)).collect()),
        };
        let label = format!("{label}{}", tongue.colon().trim_end());
        Some(Block::List(List { label, items, ..List::default() }))
    }

    fn items(&self, parts: &'r [Expr], holds: bool) -> Vec<Item> {
        parts.iter().map(|part| self.item(part, holds)).collect()
    }

    /// A condition that holds, or does not, with its parts below it.
    pub(super) fn item(&self, expr: &'r Expr, holds: bool) -> Item {
        let tongue = self.tongue();
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => match parts.as_slice() {
                [one] => self.item(one, holds),
                parts => {
                    let all = matches!(expr.kind, ExprKind::And(_));
                    let words = match (all, holds) {
                        (true, true) => tongue.all_hold(),
                        (true, false) => tongue.not_all_hold(),
                        (false, true) => tongue.any_holds(),
                        (false, false) => tongue.none_holds(),
                    };
                    Item { parts: self.items(parts, true), ..Item::new(Mark::Point, words) }
                }
            },
            ExprKind::Not(inner) => self.item(inner, !holds),
            _ => Item::new(Mark::Point, self.said(expr, holds)),
        }
    }

    /// A condition that holds, or does not, in a line.
    pub(super) fn said(&self, expr: &'r Expr, holds: bool) -> Text {
        let tongue = self.tongue();
        let pick = |english: &'static str, chinese: &'static str| match tongue {
            Tongue::English => english,
            Tongue::Chinese => chinese,
        };
        let words = |yes: [&'static str; 2], no: [&'static str; 2]| {
            let word = if holds { yes } else { no };
            plain(self.apart(pick(word[0], word[1])))
        };
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let word = if matches!(expr.kind, ExprKind::And(_)) { ["and", "且"] } else { ["or", "或"] };
                let all = self.listed(parts.iter().map(|part| self.bracketed(part)).collect(), word);
                if holds {
                    all
                } else {
                    joined([plain(pick("not (", "并非（")), all, plain(pick(")", "）"))])
                }
            }
            ExprKind::Not(inner) => self.said(inner, !holds),
            ExprKind::Let(_) | ExprKind::OfChannel(_) => {
                let state = words(["holds", "成立"], ["does not hold", "不成立"]);
                joined([self.value(expr), state])
            }
            ExprKind::Compare(op, a, b) => {
                let op = if holds { *op } else { opposite(*op) };
                joined([self.value(a), plain(self.apart(tongue.compares(op, a.ty))), self.value(b)])
            }
            ExprKind::InSet { subject, negated, members } => {
                let members = members.iter().map(|member| self.constant(member, subject.ty)).collect();
                self.among(subject, members, holds != *negated)
            }
            ExprKind::InList { subject, negated, members } => match expr.possession() {
                Some((set, element, negated)) => self.has(set, self.value(element), holds != negated),
                None => {
                    let members = members.iter().map(|member| self.value(member)).collect();
                    self.among(subject, members, holds != *negated)
                }
            },
            ExprKind::InRange { subject, negated, low, high } => {
                let holds = holds != *negated;
                let range = match (low, high) {
                    (Some(low), Some(high)) => match tongue {
                        Tongue::English => joined([
                            plain(if holds { " is from " } else { " is not from " }),
                            self.value(low),
                            plain(" to "),
                            self.value(high),
                        ]),
                        Tongue::Chinese => joined([
                            plain(if holds { "在 " } else { "不在 " }),
                            self.value(low),
                            plain(" 至 "),
                            self.value(high),
                            plain(" 之间"),
                        ]),
                    },
                    (Some(end), None) | (None, Some(end)) => {
                        let op = if low.is_some() { CompareOp::AtLeast } else { CompareOp::AtMost };
                        let op = if holds { op } else { opposite(op) };
                        joined([plain(self.apart(tongue.compares(op, subject.ty))), self.value(end)])
                    }
                    (None, None) => plain(""),
                };
                joined([self.value(subject), range])
            }
            ExprKind::Has(set, element) => self.has(set, self.value(element), holds),
            ExprKind::HasMany(set, quantifier, members) => {
                let members = members.iter().map(|member| self.constant(&Value::Enum(*member), set.ty));
                self.includes(set, *quantifier, self.listed(members.collect(), ["or", "或"]), holds)
            }
            ExprKind::HasSet(set, quantifier, other) => {
                self.includes(set, *quantifier, self.value(other), holds)
            }
            ExprKind::Known(inner, unknown) => {
                let known = holds != *unknown;
                let state = if known { pick("is known", "已知") } else { pick("is not known", "未知") };
                joined([self.value(inner), plain(self.apart(state))])
            }
            ExprKind::Excluded(target, eligible) => {
                let excluded = holds != *eligible;
                let state = if excluded {
                    pick("is ruled out", "已排除")
                } else {
                    pick("is not ruled out", "未被排除")
                };
                joined([self.target(*target), plain(self.apart(state))])
            }
            ExprKind::Leads(of, race) => {
                let of = of.and_then(|channel| race.entrants.get(race.place(channel)));
                let measure = of.map_or_else(|| self.measure(race.measure), |it| self.value(&it.value));
                let state = match (race.highest, holds) {
                    (false, true) => pick("is the lowest", "最低"),
                    (false, false) => pick("is not the lowest", "不是最低"),
                    (true, true) => pick("is the highest", "最高"),
                    (true, false) => pick("is not the highest", "不是最高"),
                };
                joined([measure, plain(self.apart(state))])
            }
            ExprKind::Earlier(..) => plain(match holds {
                true => pick("a row before matches", "前面有匹配的行"),
                false => pick("no row before matches", "前面没有匹配的行"),
            }),
            ExprKind::Literal(Value::Bool(value)) if *value == holds => plain(pick("always", "总是")),
            ExprKind::Literal(_) => plain(pick("never", "从不")),
            ExprKind::If(parts) if expr.ty == Type::Bool => {
                let [when, then, otherwise] = &**parts;
                self.choice(self.said(when, true), self.said(then, holds), self.said(otherwise, holds))
            }
            _ => {
                let answer = plain(format!("{}{}", tongue.colon(), tongue.yes_no(holds)));
                joined([self.value(expr), answer])
            }
        }
    }

    fn bracketed(&self, expr: &'r Expr) -> Text {
        let said = self.said(expr, true);
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) if parts.len() > 1 => match self.tongue() {
                Tongue::English => joined([plain("("), said, plain(")")]),
                Tongue::Chinese => joined([plain("（"), said, plain("）")]),
            },
            _ => said,
        }
    }

    /// Words between others: set apart where the language does so.
    fn apart(&self, word: &str) -> String {
        match self.tongue() {
            Tongue::English => format!(" {word} "),
            Tongue::Chinese => word.to_string(),
        }
    }

    fn among(&self, subject: &'r Expr, members: Vec<Text>, holds: bool) -> Text {
        let word = match (self.tongue(), members.len(), holds) {
            (Tongue::English, 1, true) => " is ",
            (Tongue::English, 1, false) => " is not ",
            (Tongue::English, _, true) => " is one of ",
            (Tongue::English, _, false) => " is none of ",
            (Tongue::Chinese, _, true) => "为",
            (Tongue::Chinese, _, false) => "不为",
        };
        joined([self.value(subject), plain(word), self.listed(members, ["or", "或"])])
    }

    fn has(&self, set: &'r Expr, element: Text, holds: bool) -> Text {
        let word = match (self.tongue(), holds) {
            (Tongue::English, true) => " includes ",
            (Tongue::English, false) => " does not include ",
            (Tongue::Chinese, true) => "包含",
            (Tongue::Chinese, false) => "不包含",
        };
        joined([self.value(set), plain(word), element])
    }

    fn includes(&self, set: &'r Expr, quantifier: Quantifier, others: Text, holds: bool) -> Text {
        let (before, behind) = self.tongue().includes(quantifier, holds);
        joined([self.value(set), plain(self.apart(before)), others, plain(behind)])
    }

    fn choice(&self, when: Text, then: Text, otherwise: Text) -> Text {
        match self.tongue() {
            Tongue::English => joined([then, plain(" if "), when, plain(", else "), otherwise]),
            Tongue::Chinese => joined([plain("若"), when, plain("则为"), then, plain("，否则为"), otherwise]),
        }
    }

    /// A value: what it is called, or how it is reckoned.
    pub(super) fn value(&self, expr: &'r Expr) -> Text {
        let tongue = self.tongue();
        let english = tongue == Tongue::English;
        let signed = |sign: &str, text: Text| joined([plain(format!(" {sign} ")), text]);
        match &expr.kind {
            ExprKind::Literal(value) => self.constant(value, expr.ty),
            ExprKind::Field(id) => self.field(*id),
            ExprKind::Let(id) => self.named(*id),
            ExprKind::OfChannel(each) => self.of_channel(each),
            ExprKind::Today => plain(tongue.this_day()),
            ExprKind::Fact(fact) => self.fact(fact),
            ExprKind::If(parts) => {
                let [when, then, otherwise] = &**parts;
                self.choice(self.said(when, true), self.value(then), self.value(otherwise))
            }
            ExprKind::Negate(inner) => joined([plain("−"), self.inner(inner)]),
            ExprKind::Sum(terms) => joined(terms.iter().enumerate().map(|(at, (sign, term))| {
                let term = self.inner(term);
                match (at, sign) {
                    (0, Sign::Plus) => term,
                    (0, Sign::Minus) => joined([plain("−"), term]),
                    (_, Sign::Plus) => signed("+", term),
                    (_, Sign::Minus) => signed("−", term),
                }
            })),
            ExprKind::Scale(inner, factor) => self.scaled(inner, *factor),
            ExprKind::Product(a, b) => joined([self.inner(a), signed("×", self.inner(b))]),
            ExprKind::Quotient(a, b) => joined([self.inner(a), signed("÷", self.inner(b))]),
            ExprKind::Convert(inner, _) => self.value(inner),
            ExprKind::Round(how, inner, step) => {
                let how = match (how, english) {
                    (Rounding::Nearest, true) => " rounded to ",
                    (Rounding::Down, true) => " rounded down to ",
                    (Rounding::Up, true) => " rounded up to ",
                    (Rounding::Nearest, false) => "四舍五入到 ",
                    (Rounding::Down, false) => "向下取整到 ",
                    (Rounding::Up, false) => "向上取整到 ",
                };
                joined([self.inner(inner), plain(how), self.value(step)])
            }
            ExprKind::Min(parts) => self.of_all(["the least of", "最小值"], parts),
            ExprKind::Max(parts) => self.of_all(["the greatest of", "最大值"], parts),
            ExprKind::Abs(inner) => self.of_all(["the size of", "绝对值"], std::slice::from_ref(&**inner)),
            ExprKind::Count(inner) => self.of_all(["the number of", "数量"], std::slice::from_ref(&**inner)),
            ExprKind::SetOf(parts) => {
                self.listed(parts.iter().map(|part| self.value(part)).collect(), ["and", "和"])
            }
            ExprKind::Common(a, b) => match english {
                true => joined([plain("what is in both "), self.value(a), plain(" and "), self.value(b)]),
                false => joined([self.value(a), plain("与"), self.value(b), plain("的共同项")]),
            },
            ExprKind::Between(unit, from, to) => {
                let unit = match (unit, english) {
                    (Between::Days, true) => "days",
                    (Between::Months, true) => "months",
                    (Between::Years, true) => "years",
                    (Between::Days, false) => "天数",
                    (Between::Months, false) => "月数",
                    (Between::Years, false) => "年数",
                };
                match english {
                    true => joined([
                        plain(format!("{unit} from ")),
                        self.value(from),
                        plain(" to "),
                        self.value(to),
                    ]),
                    false => joined([
                        plain("从"),
                        self.value(from),
                        plain("到"),
                        self.value(to),
                        plain(format!("的{unit}")),
                    ]),
                }
            }
            ExprKind::Shift(unit, sign, day, by) => {
                let unit = match (unit, english) {
                    (Shift::Days, true) => " days",
                    (Shift::Months, true) => " months",
                    (Shift::Days, false) => " 天",
                    (Shift::Months, false) => " 个月",
                };
                let sign = if *sign == Sign::Plus { "+" } else { "−" };
                joined([self.value(day), signed(sign, self.value(by)), plain(unit)])
            }
            ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Compare(..)
            | ExprKind::InSet { .. }
            | ExprKind::InList { .. }
            | ExprKind::InRange { .. }
            | ExprKind::Has(..)
            | ExprKind::HasMany(..)
            | ExprKind::HasSet(..)
            | ExprKind::Known(..)
            | ExprKind::Excluded(..)
            | ExprKind::Leads(..)
            | ExprKind::Earlier(..) => self.said(expr, true),
        }
    }

    /// A part of a calculation, in brackets where it is one itself.
    fn inner(&self, expr: &'r Expr) -> Text {
        let calculated = matches!(
            expr.kind,
            ExprKind::Sum(_)
                | ExprKind::Scale(..)
                | ExprKind::Product(..)
                | ExprKind::Quotient(..)
                | ExprKind::Round(..)
                | ExprKind::If(_)
        );
        match &expr.kind {
            ExprKind::Convert(inner, _) => self.inner(inner),
            _ if calculated => joined([plain("("), self.value(expr), plain(")")]),
            _ => self.value(expr),
        }
    }

    fn scaled(&self, inner: &'r Expr, factor: Exact) -> Text {
        if factor == Exact::ONE {
            return self.value(inner);
        }
        joined([self.inner(inner), plain(format!(" × {}", exact_text(factor)))])
    }

    fn of_all(&self, word: [&'static str; 2], parts: &'r [Expr]) -> Text {
        let all = self.listed(parts.iter().map(|part| self.value(part)).collect(), ["and", "和"]);
        match self.tongue() {
            Tongue::English => joined([plain(format!("{} ", word[0])), all]),
            Tongue::Chinese => joined([all, plain(format!("的{}", word[1]))]),
        }
    }

    /// A value that is written.
    pub(super) fn constant(&self, value: &Value, ty: Type) -> Text {
        let told = self.speaker.value(value, ty);
        plain(match value {
            Value::Enum(_) | Value::Text(_) => self.tongue().quoted(&told),
            Value::Bool(_) | Value::Number(_) | Value::Date(_) | Value::Set(_) => told,
        })
    }

    /// A question.
    pub(super) fn field(&self, id: Id<Field>) -> Text {
        let asked = self.tongue().quoted(&self.speaker.field(id));
        Text::of(Kind::To(Place::Field(id)), asked)
    }

    /// A named expression; a measure where nobody declared it.
    pub(super) fn named(&self, id: Id<Let>) -> Text {
        let named = &self.ruleset().lets[id];
        match named.of {
            Some((measure, channel)) => {
                let of = self.link(Target::Channel(channel));
                joined([self.measure(measure), self.in_brackets(of)])
            }
            None => Text::of(Kind::To(Place::Let(id)), self.tongue().quoted(&plain_name(&named.name))),
        }
    }

    fn measure(&self, id: Id<Measure>) -> Text {
        Text::of(Kind::To(Place::Measure(id)), self.ruleset().measures[id].title(self.speaker.language))
    }

    fn of_channel(&self, each: &'r [(Id<Channel>, Expr)]) -> Text {
        let measure = each.iter().find_map(|(_, expr)| match expr.kind {
            ExprKind::Let(id) => self.ruleset().lets[id].of,
            _ => None,
        });
        match (measure, each.first()) {
            (Some((measure, _)), _) => self.measure(measure),
            (None, Some((_, first))) => self.value(first),
            (None, None) => Text::default(),
        }
    }

    fn fact(&self, fact: &'r FactRef) -> Text {
        let ruleset = self.ruleset();
        let entry = match fact.literal_indexes() {
            Some(values) => (fact.fact, ruleset.entry_place(fact.fact, &values)),
            None => (fact.fact, None),
        };
        let mut text = Text::of(Kind::To(Place::Fact(fact.fact)), self.speaker.fact(entry));
        if entry.1.is_none() && !fact.indexes.is_empty() {
            let indexes = self.row(fact.indexes.iter().map(|index| self.value(index)).collect());
            text = joined([text, self.in_brackets(indexes)]);
        }
        let other = |channel: &Id<Channel>| *channel != OWN && self.own != Some(*channel);
        match fact.channel.filter(other) {
            Some(channel) => joined([text, self.in_brackets(self.link(Target::Channel(channel)))]),
            None => text,
        }
    }

    fn in_brackets(&self, text: Text) -> Text {
        match self.tongue() {
            Tongue::English => joined([plain(" ("), text, plain(")")]),
            Tongue::Chinese => joined([plain("（"), text, plain("）")]),
        }
    }

    /// A target by its title.
    pub(super) fn link(&self, target: Target) -> Text {
        Text::of(Kind::To(Place::Target(target)), self.speaker.target(target))
    }

    /// A target as a rule names it.
    pub(super) fn target(&self, target: TargetRef) -> Text {
        match target {
            TargetRef::Named(target) => self.link(target),
            TargetRef::Variable => plain(self.tongue().the_option()),
        }
    }

    /// What a rule says, with what facts of the day are, and in the place of what the profile tells what that is.
    pub(super) fn template(&self, template: &'r Template) -> Text {
        joined(template.get(self.speaker.language).iter().map(|piece| match piece {
            Piece::Plain(text) => plain(text.as_str()),
            Piece::Hole(Hole::Target(TargetRef::Named(target))) => self.link(*target),
            Piece::Hole(Hole::Target(TargetRef::Variable)) => {
                plain(format!("[{}]", self.tongue().the_option()))
            }
            Piece::Hole(Hole::Value(expr)) => match self.settled(expr) {
                Some(value) => plain(value),
                None => joined([plain("["), bare(self.value(expr)), plain("]")]),
            },
        }))
    }

    /// What a fact is that a rule tells by name, alone or over a unit.
    fn settled(&self, expr: &'r Expr) -> Option<String> {
        let of = |fact: &FactRef| {
            let values = fact.literal_indexes()?;
            let entry: Entry = (fact.fact, self.ruleset().entry_place(fact.fact, &values));
            let parameter = self.ruleset().facts[fact.fact].is_parameter;
            let channel = if parameter { OWN } else { fact.channel? };
            self.ruleset().value(channel, entry, self.day)
        };
        match &expr.kind {
            ExprKind::Fact(fact) => Some(self.speaker.value(of(fact)?, expr.ty)),
            ExprKind::Scale(inner, factor) => match &inner.kind {
                ExprKind::Fact(fact) => {
                    let value = of(fact)?.as_number()?.times(*factor)?;
                    Some(self.speaker.value(&Value::Number(Number::computed(value)), expr.ty))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A text without quotation marks around its parts.
fn bare(text: Text) -> Text {
    Text(text.0.into_iter().map(|(kind, text)| (kind, text.trim_matches(['“', '”']).to_string())).collect())
}

/// The comparison that holds where another does not.
fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Equal => CompareOp::NotEqual,
        CompareOp::NotEqual => CompareOp::Equal,
        CompareOp::Less => CompareOp::AtLeast,
        CompareOp::AtLeast => CompareOp::Less,
        CompareOp::AtMost => CompareOp::Greater,
        CompareOp::Greater => CompareOp::AtMost,
    }
}
