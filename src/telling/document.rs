//! A report before it is written: its parts, by what they are and not by how they look. A back end writes it out for
//! one target, and is the only one to know the widths, colours and escapes there.

mod footnotes;
#[cfg(feature = "html")]
mod html;
mod markdown;
mod terminal;

pub use footnotes::{Footnote, Footnotes};

pub(crate) use terminal::{Screen, column, widest};

use qudao_language::decide::Truth;
use qudao_language::layout::WIDTH;
use qudao_language::model::NeedState;
use qudao_language::operator::Verdict;

use crate::words::Tongue;

/// A report.
#[derive(Clone, Default, Debug)]
pub struct Document {
    /// What it is about. On a screen it goes without saying: there somebody has just asked for it.
    pub title: Text,
    /// Whether it becomes a part of a page that has a title of its own.
    pub is_part: bool,
    /// Whether it is handed on: then its title stands on a screen too, and its sections stand further apart.
    pub is_handed_on: bool,
    /// What it says.
    pub body: Vec<Block>,
    /// What it comes to, in a sentence: at the head of a page, and where somebody looks first on a screen, at its end.
    pub result: Text,
    /// The same in a table, for a page.
    pub overview: Option<Table>,
    /// What is looked up in a report that is handed on; a screen does without.
    pub appendix: Vec<Block>,
    /// The ruleset and the day.
    pub footer: String,
    /// The command that tells more, for those who sit at a screen: no part of the text, which others may read.
    pub next: String,
}

impl Document {
    /// Returns it as a text of 80 columns.
    #[must_use]
    pub fn terminal(&self, colour: bool) -> String {
        self.columns(WIDTH, colour)
    }

    /// Returns it as a text of so many columns.
    #[must_use]
    pub fn columns(&self, width: usize, colour: bool) -> String {
        terminal::write(self, width, colour)
    }

    /// Returns it as a page of HTML in a language, a BCP 47 tag.
    #[cfg(feature = "html")]
    #[must_use]
    pub fn html(&self, language: &str) -> String {
        html::write(self, language)
    }

    /// Returns it as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::write(self)
    }
}

/// A part of a report.
#[derive(Clone, Debug)]
pub enum Block {
    /// Parts under a heading.
    Section(Section),
    /// A text.
    Paragraph(Text),
    /// A text, and what it tells.
    Entry(&'static str, Text),
    /// Items that are alike.
    List(List),
    /// Things that were looked at one by one, and what is to be said of the others.
    Cases(Vec<Case>, Text),
    /// What changed, with a word before it.
    Changes(&'static str, Changes),
    /// A text in a language of its own, and what it is.
    Code(Code),
    /// Rows of cells.
    Table(Table),
    /// An item with all that it stands on.
    Tree(Item),
    /// Parts that make one proof, whose lines belong together as they stand.
    Proof(Vec<Block>),
    /// Numbers of things side by side, each with a bar.
    Bars(Bars),
    /// Parts under a heading that only those read who ask for them.
    Fold(Text, Vec<Block>),
}

impl Block {
    /// Returns parts under a heading.
    #[must_use]
    pub fn section(heading: impl Into<Text>, body: Vec<Block>) -> Block {
        Block::Section(Section { heading: heading.into(), body, ..Section::default() })
    }

    /// Returns a list of items.
    #[must_use]
    pub fn list(items: Vec<Item>) -> Block {
        Block::List(List { items, ..List::default() })
    }
}

/// Parts under a heading, or without one: then they only stand apart.
#[derive(Clone, Default, Debug)]
pub struct Section {
    /// A word for what is wrong with what it is about, if anything is.
    pub word: &'static str,
    /// The name of what it is about, if that has one. It is told where a heading cannot carry it otherwise.
    pub name: String,
    /// What it is about.
    pub heading: Text,
    /// Where that stands.
    pub place: String,
    /// What follows from it.
    pub also: Vec<String>,
    /// What it says.
    pub body: Vec<Block>,
    /// What it is of the whole.
    pub part: Part,
}

/// What a section is of the whole.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Part {
    /// A part like others.
    #[default]
    Plain,
    /// The answer.
    Answer,
    /// What is told of something to choose.
    Choice,
    /// What is to be done.
    ToDo,
    /// Proofs, each folded.
    Proofs,
}

/// Numbers of things side by side.
#[derive(Clone, Default, Debug)]
pub struct Bars {
    /// What the columns are: the thing, its verdict, and the numbers.
    pub heads: Vec<Text>,
    /// The things.
    pub rows: Vec<BarRow>,
}

/// One thing with its numbers.
#[derive(Clone, Default, Debug)]
pub struct BarRow {
    /// What it is.
    pub name: Text,
    /// Its verdict in a word.
    pub verdict: Text,
    /// What it leans towards.
    pub leaning: Option<Verdict>,
    /// Its numbers.
    pub bars: Vec<Bar>,
}

/// A number, and how large it is among others.
#[derive(Clone, Default, Debug)]
pub struct Bar {
    /// The number as it is told.
    pub shown: String,
    /// Its part of the largest, in percent; less than nothing where it speaks against. Nothing where it is not known.
    pub share: Option<i8>,
}

/// Items that are alike.
#[derive(Clone, Default, Debug)]
pub struct List {
    /// What they are, where no heading says it.
    pub label: String,
    /// The items.
    pub items: Vec<Item>,
    /// What is to be said of them all.
    pub rest: Text,
}

/// One of them, or a node of a tree.
#[derive(Clone, Default, Debug)]
pub struct Item {
    /// What it is.
    pub mark: Mark,
    /// The name that it begins with; empty where there is none.
    pub name: String,
    /// What it says.
    pub text: Text,
    /// The rule that says so, where the text does not begin with it.
    pub rule: String,
    /// What it rests on, in short.
    pub sources: String,
    /// Where it stands.
    pub place: String,
    /// What was printed of it, as it stands.
    pub shown: String,
    /// What it is made of.
    pub parts: Vec<Item>,
    /// What is to be said of it.
    pub remarks: Vec<Item>,
}

impl Item {
    /// Returns an item of so much.
    #[must_use]
    pub fn new(mark: Mark, text: impl Into<Text>) -> Item {
        Item { mark, text: text.into(), ..Item::default() }
    }

    /// Returns the item with a name.
    #[must_use]
    pub fn named(self, name: &str) -> Item {
        Item { name: name.to_string(), ..self }
    }
}

impl Code {
    /// Returns a text that is in no language to speak of, and needs no word before it.
    #[must_use]
    pub fn of(text: &str) -> Code {
        Code { label: String::new(), language: "text", text: text.to_string() }
    }
}

/// A text in a language of its own.
#[derive(Clone, Debug)]
pub struct Code {
    /// What it is; empty where that goes without saying.
    pub label: String,
    /// The language.
    pub language: &'static str,
    /// The text.
    pub text: String,
}

/// One of several things that were looked at.
#[derive(Clone, Default, Debug)]
pub struct Case {
    /// What came of it.
    pub mark: Mark,
    /// Which it is.
    pub name: String,
    /// What is to be said of it.
    pub text: Text,
    /// What changed of it.
    pub changes: Option<Changes>,
}

/// What changed, and why.
#[derive(Clone, Debug)]
pub struct Changes {
    /// What changed for the same reasons.
    pub groups: Vec<ChangeGroup>,
    /// The language that it is told in.
    pub tongue: Tongue,
}

/// What changed for the same reasons.
#[derive(Clone, Debug)]
pub struct ChangeGroup {
    /// What changed; nothing where it is the thing as a whole.
    pub rows: Vec<ChangeRow>,
    /// The reasons.
    pub causes: Vec<Item>,
}

/// One thing before and now.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// Which.
    pub name: String,
    /// What it was.
    pub before: String,
    /// What it is.
    pub now: String,
    /// What else changed of it.
    pub besides: Vec<String>,
}

/// What an item is.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Nothing that has a mark.
    #[default]
    None,
    /// An effect of a rule, and whether it is welcome.
    Effect(String, bool),
    /// Something to do.
    Need(NeedState),
    /// A note, in the word for one.
    Note(&'static str),
    /// A warning, in the word for one.
    Warning(&'static str),
    /// What shuts a target out.
    Excludes,
    /// Something unknown.
    Unknown,
    /// A fact that sources tell differently; its text names them.
    Disputed,
    /// What more there is.
    More,
    /// What is counted and not shown.
    Beyond,
    /// Something with its value.
    Value,
    /// Things that are equal.
    Tie,
    /// What is true or not, with what it does then.
    Truth(Truth, String),
    /// A verdict that could be had.
    Verdict(&'static str, &'static str),
    /// What a source says.
    Source,
    /// What goes with a word before it, or with none the item before.
    Word(&'static str),
    /// Something that comes out otherwise, and with it what comes first.
    First,
    /// Something that comes out otherwise.
    Changed,
    /// What others refer to by a number.
    Number(usize),
    /// One of several that are to be told apart, and nothing more.
    Point,
}

/// Rows of cells.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it holds.
    pub kind: TableKind,
    /// What its columns are.
    pub heads: Vec<Text>,
    /// As many cells each.
    pub rows: Vec<Vec<Text>>,
}

/// What a table holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TableKind {
    /// Things in their order: place, name, verdict, points, and what else is to be said. That goes without heads.
    Ranking,
    /// How often what was counted.
    Counts,
    /// Things side by side, a column each; in a row what is told of each.
    SideBySide,
    /// What was asked, and what was answered. A row without an answer heads those below it.
    Answers,
}

/// A text of marked words.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Text(pub Vec<(Kind, String)>);

impl Text {
    /// Returns a text of one kind.
    #[must_use]
    pub fn of(kind: Kind, text: impl Into<String>) -> Text {
        Text(vec![(kind, text.into())])
    }

    /// Returns the text with more behind it.
    #[must_use]
    pub fn and(mut self, kind: Kind, text: impl Into<String>) -> Text {
        self.0.push((kind, text.into()));
        self
    }

    /// Returns a text in which backticks enclose what is written in a language of its own.
    #[must_use]
    pub fn quoting(text: &str) -> Text {
        let parts: Vec<&str> = text.split('`').collect();
        let last = parts.len() - 1;
        let kinds = parts.iter().enumerate().map(|(at, part)| match (at % 2, *part) {
            // The last is not closed, and nothing is not quoted.
            (1, _) if at == last => (Kind::Plain, format!("`{part}")),
            (1, "") => (Kind::Plain, "``".to_string()),
            (1, _) => (Kind::Quoted, part.to_string()),
            _ => (Kind::Plain, part.to_string()),
        });
        Text(kinds.filter(|(_, part)| !part.is_empty()).collect())
    }

    /// Tells whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, text)| text.is_empty())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::of(Kind::Plain, text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::of(Kind::Plain, text)
    }
}

/// What words are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Words.
    Plain,
    /// What matters most.
    Strong,
    /// What may be passed over.
    Faint,
    /// The name of something, which is not broken.
    Name,
    /// What is written in a language of its own.
    Code,
    /// The same, told between backticks.
    Quoted,
    /// What is welcome.
    Good,
    /// What is to be looked at.
    Doubtful,
    /// What is not welcome.
    Bad,
    /// The word for a verdict, if one is decided.
    Verdict(Option<Verdict>),
    /// A name in short, where there is a title.
    Short,
    /// A title that stands for a name where there is room.
    Title,
    /// An address.
    Link,
    /// The number of what it rests on.
    Cited,
}
