//! What may be written at a place: words of the language, and names of what may stand there.

use std::collections::BTreeSet;

use qudao_language::bundled;
use qudao_language::check::{FUNCTIONS, NameKind, Named};
use qudao_language::diagnostic::{Code, Severity};
use qudao_language::source::{FileId, Span};
use qudao_language::syntax::ast::{self, DeclarationKind, TypeKind};
use qudao_language::syntax::{Before, DECLARATIONS, before};

use crate::hover::word;
use crate::project::Project;

/// What is offered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OfferKind {
    /// A value that what stands before is compared with, or takes.
    Value,
    /// A name that is declared.
    Name(NameKind),
    /// A function.
    Function,
    /// The code of a finding.
    Code,
    /// A word of the language.
    Word,
}

/// Something that may be written at a place, likelier ones first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Offer {
    /// What it is.
    pub kind: OfferKind,
    /// What to write.
    pub text: String,
    /// What is told of it in a line: what it is, and its title.
    pub detail: String,
}

/// What is offered, in place of what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offers {
    /// The word that is being typed, or the place itself.
    pub span: Span,
    /// What may stand there.
    pub offers: Vec<Offer>,
}

/// What a place asks for.
#[derive(Debug)]
enum Wanted {
    /// Names of some kinds.
    Names(&'static [NameKind]),
    /// The values of an enum, or of `bool` where it is none; other operands may stand there too.
    Values(Type, bool),
    /// What an expression is made of.
    Operand,
    /// A type.
    Type,
    /// What stands behind the point of a name.
    Part(String),
    /// The code of a finding of analysis.
    Code,
    /// A ruleset that ships inside the binary.
    Bundled,
    /// Words of the language that the grammar does not tell, and the values or the rows of what is named.
    Words(&'static [&'static str], Option<String>),
    /// What targets are ranked by.
    Ranks,
    /// A new name, a text, a number.
    Nothing,
}

/// The type of what stands before, as far as it tells which values may follow.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Type {
    Enum(String),
    Bool,
    Other,
}

use NameKind as K;
const TARGETS: &[K] = &[K::Channel, K::Mix, K::Variable];
const RULES: &[K] = &[K::Rule, K::Table];

impl Project {
    /// Returns what may be written at a place.
    #[must_use]
    pub fn offers(&self, file: FileId, at: u32) -> Offers {
        let source = self.sources.files().get(file);
        let nothing = Offers { span: Span { file, start: at, end: at }, offers: Vec::new() };
        if self.sources.part(file).is_none() {
            return nothing;
        }
        let Some(before) = before(file, source.text(), at as usize) else { return nothing };
        let span = Span { file, start: before.start as u32, end: at };
        let mut found: BTreeSet<Offer> = BTreeSet::new();
        let words = if ends_with(&before.tokens, ".") { &[][..] } else { &before.words };
        // A cap is no exclusion, and settles what is open.
        let capped = ends_with(&before.tokens, "at") && before.tokens.iter().any(|token| token == "cap");
        let words = words.iter().filter(|word| !(capped && matches!(**word, "excluded" | "undecided")));
        found.extend(words.map(|word| offer(OfferKind::Word, *word, "")));
        if before.begins {
            let first = source.text().get(..before.start).and_then(|head| head.rsplit('\n').next());
            if first.is_some_and(|line| line.trim().is_empty()) {
                found.extend(DECLARATIONS.iter().map(|word| offer(OfferKind::Word, *word, "")));
            }
        }
        // Neither a path nor what is removed is a name to the grammar.
        if before.name || before.word == "texts" || (before.word == "remove" && before.tokens.len() == 1) {
            let wanted = self.wanted(&before);
            self.fulfil(&wanted, &before, &mut found);
        }
        // What is a value too is told as one.
        let values: BTreeSet<String> = found
            .iter()
            .filter(|offer| offer.kind == OfferKind::Value)
            .map(|offer| offer.text.clone())
            .collect();
        found.retain(|offer| offer.kind == OfferKind::Value || !values.contains(&offer.text));
        Offers { span, offers: found.into_iter().collect() }
    }

    fn fulfil(&self, wanted: &Wanted, before: &Before, found: &mut BTreeSet<Offer>) {
        match wanted {
            Wanted::Nothing => {}
            Wanted::Names(kinds) => self.offer_names(kinds, before, found),
            Wanted::Values(ty, operands) => {
                found.extend(self.values_of_type(ty));
                if *operands {
                    self.fulfil(&Wanted::Operand, before, found);
                }
            }
            Wanted::Operand => {
                let kinds = &[K::Field, K::Let, K::Parameter, K::Channel, K::Mix, K::Variable, K::Weight];
                self.offer_names(kinds, before, found);
                found.extend(FUNCTIONS.map(|name| offer(OfferKind::Function, name, "")));
            }
            Wanted::Type => {
                self.offer_names(&[K::Enum], before, found);
                let types = ["bool", "text", "date", "number", "int", "set of"];
                found.extend(types.map(|word| offer(OfferKind::Word, word, "")));
            }
            Wanted::Part(head) => {
                let is = |named: &&Named, kind| named.kind == kind && &*named.name == head;
                let variable = before.variable.as_ref() == Some(head);
                if variable || self.names().any(|it| is(&it, K::Channel) || is(&it, K::Mix)) {
                    self.offer_names(&[K::Fact, K::Measure], before, found);
                }
                let parts = self.names().filter(|it| it.of.as_deref() == Some(head));
                let parts = parts.filter(|it| matches!(it.kind, K::Value | K::Row));
                found.extend(parts.map(|named| self.offer_name(named, OfferKind::Name(named.kind))));
            }
            Wanted::Code => {
                let codes = Code::ALL.iter().filter(|code| code.severity() != Severity::Error);
                found.extend(codes.map(|code| offer(OfferKind::Code, code.name(), "")));
            }
            Wanted::Words(words, of) => {
                found.extend(words.iter().map(|word| offer(OfferKind::Word, *word, "")));
                if let Some(of) = of {
                    let own = self.names().filter(|it| it.of.as_deref() == Some(of));
                    let own = own.filter(|it| matches!(it.kind, K::Value | K::Row));
                    found.extend(own.map(|named| self.offer_name(named, OfferKind::Name(named.kind))));
                }
            }
            Wanted::Ranks => {
                found.insert(offer(OfferKind::Word, "score", ""));
                self.offer_names(&[K::Measure], before, found);
            }
            Wanted::Bundled => {
                found.extend(bundled::names().map(|name| offer(OfferKind::Name(K::Ruleset), name, "")));
            }
        }
    }

    fn values_of_type(&self, ty: &Type) -> Vec<Offer> {
        match ty {
            Type::Enum(of) => {
                let values = self.names().filter(|named| named.kind == K::Value);
                let values = values.filter(|named| named.of.as_deref() == Some(of));
                values.map(|named| self.offer_name(named, OfferKind::Value)).collect()
            }
            Type::Bool => ["true", "false"].map(|word| offer(OfferKind::Value, word, "")).into(),
            Type::Other => Vec::new(),
        }
    }

    /// The values that a field may be given.
    pub(crate) fn values_given(&self, field: &str) -> Vec<Offer> {
        self.values_of_type(&self.type_of(field))
    }

    /// The enum that a field is of.
    pub(crate) fn enum_of(&self, field: &str) -> Option<String> {
        match self.type_of(field) {
            Type::Enum(of) => Some(of),
            Type::Bool | Type::Other => None,
        }
    }

    fn offer_names(&self, kinds: &[NameKind], before: &Before, found: &mut BTreeSet<Offer>) {
        // A variable holds in its rule alone, which need not parse.
        let names = self.names().filter(|named| kinds.contains(&named.kind) && named.kind != K::Variable);
        found.extend(names.map(|named| self.offer_name(named, OfferKind::Name(named.kind))));
        let variable = before.variable.iter().filter(|_| kinds.contains(&K::Variable));
        found.extend(variable.map(|name| offer(OfferKind::Name(K::Variable), name, word(K::Variable))));
    }

    pub(crate) fn offer_name(&self, named: &Named, kind: OfferKind) -> Offer {
        let title = self.title(named).map(|title| format!(" “{title}”")).unwrap_or_default();
        let of = named.of.as_ref().filter(|_| named.kind == K::Value);
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        offer(kind, &*named.name, &format!("{}{of}{title}", word(named.kind)))
    }

    /// The title or the question of what is named.
    fn title(&self, named: &Named) -> Option<&str> {
        let place = self.declared(named).next()?;
        let text = match self.declaration_around(place)?.plain() {
            DeclarationKind::Profile(items) => {
                ast::fields(items).into_iter().find(|field| field.name.span == place)?.question.as_ref()
            }
            DeclarationKind::Enum(d) if named.kind == K::Value => {
                d.members.iter().find(|member| member.name.span == place)?.title.as_ref()
            }
            DeclarationKind::Levels(members) => {
                members.iter().find(|member| member.name.span == place)?.title.as_ref()
            }
            DeclarationKind::Source(d) => d.title.as_ref(),
            DeclarationKind::Unit(d) => d.title.as_ref(),
            DeclarationKind::Enum(d) => d.title.as_ref(),
            DeclarationKind::Fact(d) => d.title.as_ref(),
            DeclarationKind::Parameter(d) => d.title.as_ref(),
            DeclarationKind::Channel(d) => d.title.as_ref(),
            DeclarationKind::Mix(d) => d.title.as_ref(),
            DeclarationKind::Requirement(d) => d.title.as_ref(),
            DeclarationKind::Measure(d) => d.title.as_ref(),
            DeclarationKind::Rule(d) => d.title.as_ref(),
            DeclarationKind::Table(d) => d.title.as_ref(),
            _ => None,
        };
        text.map(|text| text.main.value.as_str())
    }

    /// What a place asks for, by the words before it.
    fn wanted(&self, before: &Before) -> Wanted {
        let tokens: Vec<&str> = before.tokens.iter().map(String::as_str).collect();
        if tokens.first() == Some(&"texts") {
            return wanted_in_path(&tokens);
        }
        if let [.., head, "."] = tokens[..] {
            return Wanted::Part(head.into());
        }
        if let Some(heading) = &before.heading {
            return self.wanted_in_cell(heading, &tokens);
        }
        match (before.word, &tokens[..]) {
            (
                "ruleset" | "source" | "unit" | "enum" | "scale" | "fact" | "parameter" | "channel" | "mix"
                | "requirement" | "weight" | "levels" | "let" | "measure" | "rule" | "table" | "test"
                | "property",
                [_],
            ) => {
                return Wanted::Nothing;
            }
            ("extends", [_]) => return Wanted::Bundled,
            ("remove", [_]) => return Wanted::Words(REMOVED, None),
            ("override" | "remove", [_, word]) => return Wanted::Names(kinds_of(word)),
            ("enum" | "scale" | "levels", _) if tokens.last() != Some(&"allow") => return Wanted::Nothing,
            _ => {}
        }
        let in_expect = tokens.contains(&"expect");
        // In a list, what begins it tells.
        let mut end = tokens.len();
        while let Some([.., _, ","]) = tokens.get(..end) {
            end -= 2;
        }
        match tokens.get(..end).unwrap_or(&[]) {
            [.., "allow"] => Wanted::Code,
            [.., "from"] => Wanted::Names(&[K::Source]),
            [.., "like"] => Wanted::Names(&[K::Channel]),
            [.., "set", "of"] => Wanted::Names(&[K::Enum]),
            [.., "of"] => Wanted::Names(&[K::Channel]),
            [.., "number" | "int" | "per"] => Wanted::Names(&[K::Unit]),
            [.., "needs"] => Wanted::Names(&[K::Requirement, K::Channel]),
            [.., "score" | "exclude" | "cap" | "note" | "warn"] if !in_expect => Wanted::Names(TARGETS),
            [.., "to" | "by"] if before.word != "ruleset" => Wanted::Names(RULES),
            [.., "by"] => Wanted::Ranks,
            [.., "because"] if in_expect => Wanted::Names(RULES),
            [.., "rule"] if in_expect => Wanted::Names(RULES),
            [.., "first"] if in_expect => Wanted::Names(&[K::Channel, K::Mix]),
            [.., "missing"] => Wanted::Names(&[K::Field]),
            [.., "each" | "as" | "languages" | "was" | "section"] => Wanted::Nothing,
            [.., ":"] => Wanted::Type,
            [.., "["] if matches!(before.word, "fact" | "parameter") && !tokens.contains(&":") => {
                Wanted::Names(&[K::Enum])
            }
            [.., fact, "["] => Wanted::Values(self.index_of(fact, &tokens), before.words.contains(&"today")),
            [.., "given", "{"] => Wanted::Names(&[K::Field]),
            [rest @ .., "="] => self.wanted_of_entry(before.word, rest),
            [rest @ .., "default" | "in" | "."] if before.word == "profile" => {
                // The type stands before it, and the field may not be declared yet.
                let ty = rest.iter().rposition(|token| *token == ":").and_then(|at| rest.get(at + 1..));
                Wanted::Values(written_type(ty.unwrap_or(&[])), false)
            }
            [rest @ .., "disputed"] => {
                let entry = rest.iter().rposition(|token| *token == "=");
                self.wanted_of_entry(before.word, rest.get(..entry.unwrap_or(0)).unwrap_or(&[]))
            }
            [.., ">="] if before.word == "verdicts" => Wanted::Names(&[K::Weight, K::Level]),
            // Behind points another effect follows.
            [.., "+" | "-"] if scores(&tokens) && end == tokens.len() => {
                Wanted::Names(&[K::Weight, K::Level, K::Parameter, K::Variable])
            }
            [.., last] if last.starts_with(|c: char| c.is_ascii_digit()) => Wanted::Names(&[K::Unit]),
            rest => self.wanted_in_place(before, rest, in_expect),
        }
    }

    /// Where no word before tells: the entries of blocks, and expressions.
    fn wanted_in_place(&self, before: &Before, tokens: &[&str], in_expect: bool) -> Wanted {
        if let Some(subject) = compared(tokens) {
            return Wanted::Values(self.type_of(subject), true);
        }
        // The brace of a set, whatever was listed in it.
        let open = tokens
            .iter()
            .rposition(|token| matches!(*token, "{" | "}"))
            .filter(|at| tokens.get(*at) == Some(&"{"));
        if let Some(open) = open {
            let head = tokens.get(..open).unwrap_or(&[]);
            match head {
                [.., "each", _, "in"] => return Wanted::Names(&[K::Channel]),
                [rest @ .., "="] => return self.wanted_of_entry(before.word, rest),
                _ => {
                    if let Some(subject) = compared(head) {
                        return Wanted::Values(self.type_of(subject), false);
                    }
                }
            }
        }
        // Where what stands before does not parse, the last clause tells.
        let condition = match before.words.is_empty() {
            true => last_clause(tokens).is_some_and(|clause| matches!(clause, "when" | "where")),
            false => before.words.contains(&"today"),
        };
        match before.word {
            "channel" | "override" if !condition => Wanted::Names(&[K::Fact]),
            "rule" if !condition => Wanted::Names(TARGETS),
            "test" | "property" if in_expect => Wanted::Names(&[K::Channel, K::Mix]),
            "test" => Wanted::Names(&[K::Field]),
            "profile" | "source" | "unit" | "facts" | "import" => Wanted::Nothing,
            _ => Wanted::Operand,
        }
    }

    fn wanted_in_cell(&self, heading: &str, tokens: &[&str]) -> Wanted {
        match (heading, tokens) {
            ("from", _) => Wanted::Names(&[K::Source]),
            (_, [.., "+" | "-"]) => Wanted::Names(&[K::Weight, K::Level, K::Parameter]),
            ("then", _) => Wanted::Names(TARGETS),
            _ => {
                let mut own =
                    heading.split(|c: char| !(c == '_' || c.is_alphanumeric())).filter(|it| !it.is_empty());
                Wanted::Values(self.type_of(own.next_back().unwrap_or("")), false)
            }
        }
    }

    /// What an entry takes: `FIELD = …` of a test, `FACT[…] = …` of a channel, a parameter, a let.
    fn wanted_of_entry(&self, word: &str, before: &[&str]) -> Wanted {
        let mut rest = before;
        while let [head @ .., "[", _, "]"] = rest {
            rest = head;
        }
        match (word, rest) {
            ("let" | "measure" | "weight", _) => Wanted::Operand,
            ("texts" | "unit", _) => Wanted::Nothing,
            ("parameter", [_, name, ..]) | (_, [.., name]) => Wanted::Values(self.type_of(name), false),
            _ => Wanted::Nothing,
        }
    }

    /// The type of what has a name: a field, a fact, a parameter, a let.
    fn type_of(&self, name: &str) -> Type {
        let mut found = None;
        for declaration in self.declarations() {
            let ty = match declaration.plain() {
                DeclarationKind::Profile(items) => {
                    let fields = ast::fields(items);
                    fields.into_iter().find(|field| &*field.name.value == name).map(|field| &field.ty)
                }
                DeclarationKind::Fact(d) if &*d.name.value == name => Some(&d.ty),
                DeclarationKind::Parameter(d) if &*d.name.value == name => d.ty.as_ref(),
                DeclarationKind::Let(d) if &*d.name.value == name => d.ty.as_ref(),
                _ => None,
            };
            found = ty.or(found);
        }
        match found.map(|ty| &ty.kind) {
            Some(TypeKind::Set(of)) => Type::Enum(of.value.to_string()),
            Some(TypeKind::Name(name)) if &*name.value == "bool" => Type::Bool,
            Some(TypeKind::Name(name)) => Type::Enum(name.value.to_string()),
            Some(TypeKind::Number { .. }) | None => Type::Other,
        }
    }

    /// The enum that the next index of a fact is of: `limit[` or `limit[small][`.
    fn index_of(&self, last: &str, tokens: &[&str]) -> Type {
        let mut place = 0;
        let mut rest = tokens.get(..tokens.len().saturating_sub(1)).unwrap_or(&[]);
        while let [head @ .., "[", _, "]"] = rest {
            (rest, place) = (head, place + 1);
        }
        let name = rest.last().copied().unwrap_or(last);
        let indexes = self.declarations().find_map(|declaration| match declaration.plain() {
            DeclarationKind::Fact(d) if &*d.name.value == name => Some(&d.indexes),
            DeclarationKind::Parameter(d) if &*d.name.value == name => Some(&d.indexes),
            _ => None,
        });
        indexes
            .and_then(|indexes| indexes.get(place))
            .map_or(Type::Other, |of| Type::Enum(of.value.to_string()))
    }
}

fn offer(kind: OfferKind, text: impl Into<String>, detail: &str) -> Offer {
    Offer { kind, text: text.into(), detail: detail.into() }
}

/// What a word that stands behind `override` and `remove` names.
fn kinds_of(word: &str) -> &'static [NameKind] {
    match word {
        "source" => &[K::Source],
        "unit" => &[K::Unit],
        "enum" | "scale" => &[K::Enum],
        "field" => &[K::Field],
        "fact" => &[K::Fact],
        "parameter" => &[K::Parameter],
        "channel" => &[K::Channel],
        "mix" => &[K::Mix],
        "requirement" => &[K::Requirement],
        "weight" => &[K::Weight],
        "let" => &[K::Let],
        "measure" => &[K::Measure],
        "rule" => &[K::Rule],
        "table" => &[K::Table],
        "property" => &[K::Property],
        "level" => &[K::Level],
        "section" => &[K::Section],
        _ => &[],
    }
}

/// What `remove` may take away.
const REMOVED: &[&str] = &[
    "channel",
    "enum",
    "fact",
    "field",
    "let",
    "measure",
    "mix",
    "parameter",
    "requirement",
    "rule",
    "scale",
    "source",
    "table",
    "unit",
    "weight",
];

/// What the path of a text may begin with.
const OWNERS: &[&str] = &[
    "channel",
    "enum",
    "fact",
    "field",
    "level",
    "measure",
    "mix",
    "parameter",
    "property",
    "requirement",
    "rule",
    "scale",
    "section",
    "source",
    "table",
    "unit",
];

/// What the path of a text that is translated apart goes on with: `rule.few.because`, `table.fit.first.note`.
fn wanted_in_path(tokens: &[&str]) -> Wanted {
    let (mut path, mut rest) = (Vec::new(), tokens);
    while let [head @ .., name, "."] = rest {
        path.insert(0, *name);
        rest = head;
    }
    let begins = rest.last().is_some_and(|last| *last == "{" || last.ends_with('"'));
    match path[..] {
        [] if begins => Wanted::Words(OWNERS, None),
        [owner] => Wanted::Names(kinds_of(owner)),
        ["field", _] => Wanted::Words(&["question"], None),
        ["rule", _] => Wanted::Words(&["title", "because", "note"], None),
        ["requirement", _] => Wanted::Words(&["title", "how", "cost", "takes"], None),
        ["enum" | "scale" | "table", name] => Wanted::Words(&["title"], Some(name.into())),
        ["table", _, _] => Wanted::Words(&["because", "note"], None),
        [_, _] => Wanted::Words(&["title"], None),
        _ => Wanted::Nothing,
    }
}

fn ends_with(tokens: &[String], last: &str) -> bool {
    tokens.last().is_some_and(|token| token == last)
}

/// The word of the last clause.
fn last_clause<'t>(tokens: &[&'t str]) -> Option<&'t str> {
    let clauses =
        ["score", "exclude", "cap", "note", "warn", "when", "where", "because", "from", "needs", "then"];
    tokens.iter().rev().find(|token| clauses.contains(token)).copied()
}

/// Tells whether the last clause is a score, whose points may follow.
fn scores(tokens: &[&str]) -> bool {
    last_clause(tokens) == Some("score")
}

/// The type that some tokens begin with.
fn written_type(tokens: &[&str]) -> Type {
    match tokens {
        ["set", "of", name, ..] => Type::Enum((*name).into()),
        ["bool", ..] => Type::Bool,
        [name, ..] => Type::Enum((*name).into()),
        [] => Type::Other,
    }
}

/// The name that what follows is compared with: `owner ==`, `goals has any {`, `c.kind in`.
fn compared<'t>(tokens: &[&'t str]) -> Option<&'t str> {
    let mut rest = tokens;
    while let [head @ .., "any" | "all" | "none" | "only" | "not"] = rest {
        rest = head;
    }
    let [head @ .., sign] = rest else { return None };
    let negated = |head: &[&'t str]| head.last().copied();
    match (*sign, head) {
        ("==" | "!=" | "<" | ">" | "<=" | ">=" | "has", head) => name_at_end(head),
        ("in", [head @ .., "not"]) | ("in", head) => name_at_end(head).or_else(|| negated(head)),
        _ => None,
    }
}

/// The last name of an operand, its indexes left out.
fn name_at_end<'t>(tokens: &[&'t str]) -> Option<&'t str> {
    let mut rest = tokens;
    while let [head @ .., "[", _, "]"] = rest {
        rest = head;
    }
    rest.last().copied().filter(|name| name.starts_with(|c: char| c == '_' || c.is_alphabetic()))
}
