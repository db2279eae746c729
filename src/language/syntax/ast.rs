//! The tree of a file as it is written: names not yet looked up, types not yet known.
//!
//! Every node knows its span. Parentheses are kept, so that the formatter can write them again.

mod expr;
pub(crate) mod moved;
mod rule;
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use expr::*;
pub use rule::*;
pub use table::*;

use crate::date::Date;
use crate::source::{FileId, Span, Spanned};

/// A name as it is written.
pub type Name = Spanned<Arc<str>>;

/// One file: its declarations in the order in which they stand.
#[derive(Debug, Clone)]
pub struct File {
    /// Which file it is.
    pub id: FileId,
    /// The declarations without a syntax error.
    pub declarations: Vec<Declaration>,
    /// What declarations with a syntax error may have declared.
    pub lost: Lost,
}

/// What was lost to syntax errors. A name in here is not reported as unknown: its own error says more.
#[derive(Debug, Default, Clone)]
pub struct Lost {
    /// Names that may have been declared.
    pub names: BTreeSet<String>,
    /// The words that began the declarations.
    pub words: BTreeSet<&'static str>,
    /// A part of the file could not be read at all, so that anything may have been declared there.
    pub everything: bool,
}

/// A declaration and the whole of its text.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// From its first word to its last character.
    pub span: Span,
    /// What is declared.
    pub kind: DeclarationKind,
    /// Findings that are allowed here.
    pub allows: Vec<Allow>,
    /// The declaration of the base that this one takes the place of.
    pub replaced: Option<Box<Declaration>>,
}

impl Declaration {
    /// Returns what is declared, by an override or not.
    #[must_use]
    pub fn plain(&self) -> &DeclarationKind {
        match &self.kind {
            DeclarationKind::Override(inner) => &inner.kind,
            kind => kind,
        }
    }
}

/// What a declaration declares.
#[derive(Debug, Clone)]
pub enum DeclarationKind {
    /// The header.
    Ruleset(Ruleset),
    /// Another part of the ruleset.
    Import(Spanned<String>),
    /// Where facts and rules come from.
    Source(Source),
    /// A unit of measure.
    Unit(Unit),
    /// A closed list of values, ordered if it is a scale.
    Enum(Enum),
    /// Fields of a profile.
    Profile(Vec<ProfileItem>),
    /// What channels may state.
    Fact(Fact),
    /// A fact of the ruleset.
    Parameter(Parameter),
    /// The CSV file that holds facts of channels, or the sheet of a workbook, `book.xlsx!Fees`.
    Facts(Spanned<String>),
    /// An option to choose.
    Channel(Channel),
    /// Channels used together.
    Mix(Mix),
    /// Something to obtain.
    Requirement(Requirement),
    /// A named number of points.
    Weight(Weight),
    /// Ordinal levels of points, highest first.
    Levels(Vec<Member>),
    /// A named expression.
    Let(Let),
    /// A number that comes out for each channel.
    Measure(Measure),
    /// A decision rule.
    Rule(Rule),
    /// The thresholds of the score.
    Verdicts(Vec<Threshold>),
    /// A check of one profile.
    Test(Test),
    /// A check of all profiles.
    Property(Property),
    /// Decision rules as a table.
    Table(Table),
    /// The ruleset that this one starts from.
    Extends(Base),
    /// Takes a declaration of the base away.
    Remove(Remove),
    /// Changes a declaration of the base.
    Override(Box<Declaration>),
    /// Translations kept apart.
    Texts(Texts),
}

/// `allow CODE "why"`.
#[derive(Debug, Clone)]
pub struct Allow {
    /// The whole clause.
    pub span: Span,
    /// The code of the finding that is allowed.
    pub code: Name,
    /// Why it is.
    pub reason: Spanned<String>,
    /// The override that it stands in, once that is laid over its base: it goes for both.
    pub of_override: Option<Span>,
}

/// A text, and its translations.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text in the ruleset's first language.
    pub main: Spanned<String>,
    /// The text in other languages.
    pub translations: Vec<(Name, Spanned<String>)>,
}

/// A text of a reason: pieces and expressions, in each language.
#[derive(Debug, Clone)]
pub struct Template {
    /// The text in the ruleset's first language.
    pub main: Spanned<Vec<Piece>>,
    /// The text in other languages.
    pub translations: Vec<(Name, Spanned<Vec<Piece>>)>,
}

/// A piece of a reason's text.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Plain text.
    Plain(String),
    /// `{expression}`.
    Hole(Expr),
}

/// `from SOURCE "quote" … at "where"`.
#[derive(Debug, Clone)]
pub struct From {
    /// The source's name.
    pub source: Name,
    /// Fragments of the source, word for word.
    pub quotes: Vec<Spanned<String>>,
    /// Where in the source.
    pub at: Option<Spanned<String>>,
}

/// `ruleset NAME "Title" { … }`.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// The ruleset's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Its version.
    pub version: Option<Spanned<String>>,
    /// The languages of its texts, the fallback first.
    pub languages: Vec<Name>,
    /// The day that dated facts are read at.
    pub as_of: Option<Spanned<Date>>,
    /// What targets with one leaning are ranked by, the weightiest first.
    pub rank: Option<Spanned<Vec<Name>>>,
}

/// `source NAME "Title" { … }`.
#[derive(Debug, Clone)]
pub struct Source {
    /// The source's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Where it can be read.
    pub url: Option<Spanned<String>>,
    /// Who published it.
    pub publisher: Option<Spanned<String>>,
    /// When it was published, as written.
    pub published: Option<Spanned<String>>,
    /// When it was read.
    pub accessed: Option<Spanned<Date>>,
    /// `high`, `medium` or `low`.
    pub confidence: Option<Name>,
    /// The file that holds its text.
    pub text: Option<Spanned<String>>,
}

/// `unit NAME 2 decimals = QUANTITY since … until …`.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The unit's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// How many decimals a computed amount in it shows, where that is a whole number.
    pub decimals: Option<Spanned<Option<u32>>>,
    /// What one of it is; once for each time where that changes by day.
    pub rates: Vec<Statement>,
}

impl Unit {
    /// Returns what one of it is, as it is first told.
    #[must_use]
    pub fn value(&self) -> Option<&Quantity> {
        self.rates.iter().find_map(|rate| match &rate.value.kind {
            LiteralKind::Quantity(quantity) => Some(quantity),
            _ => None,
        })
    }

    /// Tells whether what one of it is depends on the day, or on whom one asks.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        let plain = |rate: &Statement| {
            rate.since.is_none()
                && rate.until.is_none()
                && rate.disputed.is_empty()
                && !matches!(rate.value.kind, LiteralKind::Unknown)
        };
        self.rates.len() > 1 || !self.rates.iter().all(plain)
    }
}

/// `enum NAME { … }` or `scale NAME { … < … }`.
#[derive(Debug, Clone)]
pub struct Enum {
    /// The enum's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Its values, the lowest of a scale first.
    pub members: Vec<Member>,
    /// Whether it is a scale.
    pub ordered: bool,
}

/// A value of an enum, or a level: a name and a title.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name.
    pub name: Name,
    /// The title.
    pub title: Option<Text>,
    /// The old names of a value.
    pub was: Vec<Name>,
}

/// An entry of a profile.
#[derive(Debug, Clone)]
pub enum ProfileItem {
    /// A field.
    Field(Box<Field>),
    /// A group of fields.
    Section(Option<Name>, Text, Vec<ProfileItem>),
}

/// Returns all fields of a profile, those of sections too.
#[must_use]
pub fn fields(items: &[ProfileItem]) -> Vec<&Field> {
    let mut found = Vec::new();
    for item in items {
        match item {
            ProfileItem::Field(field) => found.push(&**field),
            ProfileItem::Section(_, _, items) => found.extend(fields(items)),
        }
    }
    found
}

/// `NAME: TYPE "question" in … default … required fixed was …`.
#[derive(Debug, Clone)]
pub struct Field {
    /// The whole entry.
    pub span: Span,
    /// The field's name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// What to ask.
    pub question: Option<Text>,
    /// The values allowed.
    pub range: Option<Range<Literal>>,
    /// The value of a field that is left out.
    pub default: Option<Literal>,
    /// Whether it must be given.
    pub required: Option<Span>,
    /// Whether advice may propose to change it.
    pub fixed: Option<Span>,
    /// Its old names.
    pub was: Vec<Name>,
    /// Findings that are allowed here.
    pub allows: Vec<Allow>,
}

/// A type as it is written.
#[derive(Debug, Clone)]
pub struct Type {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// The forms of a type.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// `number`, or `int` if whole, with a unit.
    Number {
        /// Whether it is `int`.
        whole: bool,
        /// The unit, if there is one.
        unit: Option<UnitName>,
    },
    /// `set of NAME`.
    Set(Name),
    /// `bool`, `text`, `date`, or the name of an enum.
    Name(Name),
}

/// `NAME`, `per NAME` or `NAME per NAME`.
#[derive(Debug, Clone)]
pub struct UnitName {
    /// Where it stands.
    pub span: Span,
    /// The unit itself.
    pub numerator: Option<Name>,
    /// What it is counted per.
    pub denominator: Option<Name>,
}

/// `fact NAME[ENUM][ENUM]: TYPE "Title"`.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The fact's name.
    pub name: Name,
    /// The enums that have one value of it each, or each with each.
    pub indexes: Vec<Name>,
    /// Its type.
    pub ty: Type,
    /// Its title.
    pub title: Option<Text>,
}

/// `parameter NAME[ENUM]: TYPE "Title" = LITERAL …`, or with `{ [VALUE] = LITERAL … }`.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The parameter's name.
    pub name: Name,
    /// The enums that have one value of it each, or each with each.
    pub indexes: Vec<Name>,
    /// Its type; an override may tell none.
    pub ty: Option<Type>,
    /// Its title.
    pub title: Option<Text>,
    /// Its old names.
    pub was: Vec<Name>,
    /// What is stated of it.
    pub statements: Vec<Statement>,
}

/// `channel NAME "Title" like NAME { … }`.
#[derive(Debug, Clone)]
pub struct Channel {
    /// The channel's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// Its old names.
    pub was: Vec<Name>,
    /// The channel that it starts with all of.
    pub like: Option<Name>,
    /// The facts it states.
    pub statements: Vec<Statement>,
    /// What it needs.
    pub needs: Vec<Needs>,
    /// Whether the business has it already.
    pub owned: Option<Expr>,
}

/// `FACT[VALUE] = LITERAL since … until … from … disputed …`.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The whole entry.
    pub span: Span,
    /// The fact's name; a parameter's own.
    pub fact: Name,
    /// The values of the enums that it is for.
    pub indexes: Vec<Dotted>,
    /// The value.
    pub value: Literal,
    /// The first day on which it holds.
    pub since: Option<Spanned<Date>>,
    /// The last day on which it holds.
    pub until: Option<Spanned<Date>>,
    /// Where it comes from.
    pub from: Vec<From>,
    /// What other sources say.
    pub disputed: Vec<(Literal, Vec<From>)>,
    /// The statements of the base that this one takes the place of.
    pub replaced: Vec<Statement>,
}

/// `needs A, B from …`; without a name it is `needs nothing`.
#[derive(Debug, Clone)]
pub struct Needs {
    /// The whole clause.
    pub span: Span,
    /// What is needed.
    pub names: Vec<Name>,
    /// Where that comes from.
    pub from: Vec<From>,
}

/// `mix NAME "Title" { of A, B }`.
#[derive(Debug, Clone)]
pub struct Mix {
    /// The mix's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// The channels used together.
    pub members: Vec<Name>,
    /// What it needs besides.
    pub needs: Vec<Needs>,
    /// Where it comes from.
    pub from: Vec<From>,
}

/// `requirement NAME "Title" { … }`.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The requirement's name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// When it is met.
    pub met: Option<Expr>,
    /// How to obtain it.
    pub how: Option<Template>,
    /// What it costs.
    pub cost: Option<Amount>,
    /// How long it takes.
    pub takes: Option<Amount>,
    /// Where it comes from.
    pub from: Vec<From>,
}

/// A cost or a time: a quantity, or a text where no one number tells it.
#[derive(Debug, Clone)]
pub enum Amount {
    /// A quantity.
    Quantity(Quantity),
    /// A text.
    Text(Text),
}

/// `weight NAME = N`.
#[derive(Debug, Clone)]
pub struct Weight {
    /// The weight's name.
    pub name: Name,
    /// Its points.
    pub value: Quantity,
}

/// `let NAME: TYPE = EXPRESSION`.
#[derive(Debug, Clone)]
pub struct Let {
    /// The name.
    pub name: Name,
    /// The type, where it is told.
    pub ty: Option<Type>,
    /// What it stands for.
    pub value: Expr,
}

/// `measure NAME: TYPE "Title" for each VAR … = EXPRESSION higher is better mixes sum`.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The name.
    pub name: Name,
    /// The type of the number.
    pub ty: Type,
    /// Its title.
    pub title: Option<Text>,
    /// The channels that have it.
    pub for_each: ForEach,
    /// What it is of one of them.
    pub value: Expr,
    /// Whether more is better, where that is told.
    pub higher: Option<bool>,
    /// That a mix has the sum of its members'.
    pub sums: Option<Span>,
}

/// `extends "path"` or `extends NAME`.
#[derive(Debug, Clone)]
pub enum Base {
    /// A file, relative to this one.
    Path(Spanned<String>),
    /// A ruleset that ships inside the binary.
    Name(Name),
}

/// `remove rule NAME`.
#[derive(Debug, Clone)]
pub struct Remove {
    /// What kind of declaration.
    pub kind: Name,
    /// Its name.
    pub name: Name,
}

/// `texts zh { PATH = "…" }`.
#[derive(Debug, Clone)]
pub struct Texts {
    /// The language.
    pub language: Name,
    /// The texts, each with the path of what it translates.
    pub entries: Vec<TextEntry>,
}

/// `rule.eligibility.because = "…"`.
#[derive(Debug, Clone)]
pub struct TextEntry {
    /// What is translated.
    pub path: Name,
    /// The translation.
    pub text: Spanned<Vec<Piece>>,
}
