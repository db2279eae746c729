//! Facts from CSV files: a fact a column, or a fact a row.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_ident::is_xid_continue;

use super::{Builder, FILLER, Field, Kind, Piece, trim};
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::{Span, Spanned, normal};
use crate::syntax::sheet::{SheetFacts, SheetNames, SheetType};
use crate::syntax::{Called, Titled, ast, parse};

/// The words that head a column which is no fact's.
const WORDS: [&str; 10] =
    ["channel", "fact", "value", "title", "source", "quote", "at", "since", "until", "disputed"];

/// What a column is for.
enum Place {
    Channel,
    Fact,
    Value,
    /// The title of the row's channel, in a language where one is told.
    Title(Option<ast::Name>),
    Source,
    Quote,
    At,
    Since,
    Until,
    Disputed,
    /// Values of a fact.
    Of(Named),
    /// A heading that is reported.
    Broken,
    /// A column without a heading.
    Empty(Span),
}

/// A fact as a heading or a cell names it.
#[derive(Clone)]
struct Named {
    fact: ast::Name,
    indexes: Vec<ast::Dotted>,
    ty: SheetType,
    /// Whether all of it is declared; what is not is reported at the first of its values.
    known: bool,
}

/// What a row says.
#[derive(Default)]
struct Row<'f> {
    channel: Option<Piece<'f>>,
    fact: Option<Piece<'f>>,
    titles: Vec<(Option<ast::Name>, Spanned<String>)>,
    source: Option<Piece<'f>>,
    quote: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    since: Option<Spanned<Date>>,
    until: Option<Spanned<Date>>,
    disputed: bool,
    /// Values of facts; of the one that the row names, where the column names none.
    values: Vec<(Option<Named>, &'f Field)>,
}

/// A fact of a channel on some days, by names.
type Key = (usize, Arc<str>, Vec<Arc<str>>, Option<Date>, Option<Date>);

/// What the rows said so far.
#[derive(Default)]
struct Said {
    channels: Vec<ast::Channel>,
    by_name: BTreeMap<Arc<str>, usize>,
    /// The statement of each key, and its value as text.
    statements: BTreeMap<Key, (usize, String)>,
    /// What other sources say: the statement may stand further down.
    disputed: Vec<(Key, ast::Literal, String, Vec<ast::From>)>,
}

impl Builder<'_> {
    /// Builds what a sheet says of each channel. Nothing comes of a sheet whose heading says too little.
    pub(in crate::syntax) fn facts(&mut self, text: &str, names: &SheetNames) -> Option<Vec<ast::Channel>> {
        let (heading, records) = self.sheet(text)?;
        let rows = records.iter().filter_map(|fields| fields.first());
        let of_facts = rows.into_iter().any(|field| names.is_fact(&field.text));
        let mut places = self.fact_places(&heading, names, of_facts)?;
        let mut said = Said::default();
        for mut fields in records {
            let (span, fits) = self.fitted(&mut fields, places.len());
            if fits {
                let row = self.fact_row(&fields, &mut places);
                self.say(row, span, names, &mut said);
            }
        }
        for (key, value, shown, from) in std::mem::take(&mut said.disputed) {
            self.dispute(&mut said, &key, value, &shown, from);
        }
        Some(said.channels)
    }

    /// What each column is for; nothing where the heading names no channel. Its rows may be facts, as they are where the
    /// sheet stands on its side.
    fn fact_places(&mut self, heading: &[Field], names: &SheetNames, of_facts: bool) -> Option<Vec<Place>> {
        let pieces: Vec<Piece<'_>> = heading.iter().map(|field| trim((field.start, &field.text))).collect();
        // A fact goes by its name, whatever else that word is.
        let word = |text: &str| {
            let small = text.split('@').next().unwrap_or("").trim().to_ascii_lowercase();
            let known = WORDS.into_iter().find(|word| *word == small)?;
            (known == text.trim() || names.facts.titled.called(text) == Called::Nothing).then_some(known)
        };
        let has = |wanted: &str| pieces.iter().any(|(_, text)| word(text) == Some(wanted));
        let is_long = has("fact") && has("value");
        if !has("channel") {
            let start = pieces.first().map_or(0, |(start, _)| *start);
            let end = pieces.last().map_or(start, |(start, text)| start + text.len());
            let span = Span { file: self.file, start: start as u32, end: end as u32 };
            let diagnostic = Diagnostic::new(Code::WrongCells, span, "this sheet has no column `channel`");
            let diagnostic = diagnostic.here("the heading").note(match of_facts {
                true => "its rows are facts: turn it, so that a row is a channel and a column a fact",
                false => {
                    "a sheet of facts has the columns `channel`, `fact` and `value`, or `channel` and a column for each fact"
                }
            });
            let near = nearest("channel", pieces.iter().map(|(_, text)| *text));
            let near = near.and_then(|near| pieces.iter().find(|(_, text)| *text == near));
            // Whatever heads the first column, its cells are channels if other columns are facts.
            let is_fact = |piece: &Piece<'_>| names.is_fact(piece.1);
            let wide = pieces.iter().skip(1).any(is_fact) || is_long;
            let first = pieces.first().filter(|first| wide && !is_fact(first) && word(first.1).is_none());
            self.report(match near.or(first) {
                Some(piece) => diagnostic.guess("write `channel`", self.at_piece(*piece), "channel"),
                None => diagnostic,
            });
            return None;
        }
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        let mut places = Vec::new();
        for (field, piece) in heading.iter().zip(pieces) {
            let span = self.at_piece(piece);
            let legible = self.visible_field(field, false);
            let place = match word(piece.1) {
                _ if piece.1.is_empty() => Place::Empty(span),
                _ if !legible => Place::Broken,
                Some("channel") => Place::Channel,
                Some("fact") if is_long => Place::Fact,
                Some("value") if is_long => Place::Value,
                Some("title") => self.title_place(piece),
                Some("source") => Place::Source,
                Some("quote") => Place::Quote,
                Some("at") => Place::At,
                Some("since") => Place::Since,
                Some("until") => Place::Until,
                Some("disputed") => Place::Disputed,
                Some(_) | None if is_long => {
                    let message = format!("no column of a sheet is named `{}`", piece.1);
                    let diagnostic = Diagnostic::new(Code::WrongCells, span, message).here("says nothing");
                    self.report(
                        diagnostic
                            .near(span, piece.1, WORDS)
                            .note(format!("its columns are `{}`", WORDS.join("`, `"))),
                    );
                    Place::Broken
                }
                Some(_) | None => self.named(piece, &names.facts, names).map_or(Place::Broken, Place::Of),
            };
            let same = match &place {
                Place::Of(named) => format!("{}{:?}", named.fact.value, values_of(&named.indexes)),
                Place::Empty(_) | Place::Broken => String::new(),
                _ => piece.1.to_ascii_lowercase(),
            };
            let twice = (!same.is_empty()).then(|| first.insert(same, span)).flatten();
            if let Some(earlier) = twice {
                self.heading_twice(span, earlier);
            }
            places.push(if twice.is_some() { Place::Broken } else { place });
        }
        Some(places)
    }

    /// A column of titles: `title`, `title @zh`.
    fn title_place(&mut self, piece: Piece<'_>) -> Place {
        let Some(node) = self.piece(Kind::effect_column_entry, piece) else { return Place::Broken };
        let language = node.child(Kind::at_language).and_then(|at| at.child(Kind::language));
        Place::Title(language.map(|language| self.name(&language)))
    }

    /// Finds which name a text calls; reports a title that several have.
    fn called(&mut self, piece: Piece<'_>, names: &Titled) -> Result<Option<ast::Name>, ()> {
        let span = self.at_piece(piece);
        match names.called(piece.1) {
            Called::Name(value) => Ok(Some(Spanned { value, span })),
            Called::Nothing => Ok(None),
            Called::Several(all) => {
                self.ambiguous_title(piece, &all);
                Err(())
            }
        }
    }

    /// A text as a name, whether anything has it or not.
    pub(super) fn as_name(&self, piece: Piece<'_>) -> ast::Name {
        Spanned { value: normal(piece.1), span: self.at_piece(piece) }
    }

    /// The name of a channel that a row declares.
    fn new_name(&mut self, piece: Piece<'_>) -> Option<ast::Name> {
        let diagnostic = match parse::parse(Kind::row_name_entry, self.file, piece.1, piece.0) {
            Ok(_) => return Some(self.as_name(piece)),
            Err(diagnostic) if diagnostic.code == Code::ReservedName => *diagnostic,
            Err(_) => {
                let message = format!("`{}` is no name", piece.1);
                let diagnostic = Diagnostic::new(Code::Syntax, self.at_piece(piece), message);
                let diagnostic = diagnostic
                    .here("a row with a title declares its channel")
                    .note("a name is a letter or `_`, then letters, digits and `_`");
                let meant: String =
                    piece.1.chars().map(|c| if is_xid_continue(c) { c } else { '_' }).collect();
                diagnostic.guess(format!("write `{meant}`"), self.at_piece(piece), meant)
            }
        };
        self.report(diagnostic);
        None
    }

    /// The fact that a heading or a cell names: `fee`, `open_to[ngo]`, or by titles.
    fn named(&mut self, piece: Piece<'_>, of: &SheetFacts, names: &SheetNames) -> Option<Named> {
        let entry = piece.1.strip_suffix(']').and_then(|text| text.split_once('['));
        // The title of a fact may look like an entry of one.
        let is_title = of.titled.called(piece.1) != Called::Nothing;
        let entry = entry.filter(|(head, _)| !is_title || of.titled.called(head) != Called::Nothing);
        let Some((head, index)) = entry else {
            let fact = self.called(piece, &of.titled).ok()?.unwrap_or_else(|| self.as_name(piece));
            return Some(self.of_fact(fact, &[], of, names));
        };
        let head_piece = trim((piece.0, head));
        let mut at = piece.0 + head.len() + 1;
        let mut indexes = Vec::new();
        for index in index.split_inclusive('[') {
            indexes.push(trim((at, index.trim_end_matches(['[', ']', ' ']))));
            at += index.len();
        }
        let fact = self.called(head_piece, &of.titled).ok()?.unwrap_or_else(|| self.as_name(head_piece));
        Some(self.of_fact(fact, &indexes, of, names))
    }

    fn of_fact(
        &mut self,
        fact: ast::Name,
        indexes: &[Piece<'_>],
        of: &SheetFacts,
        names: &SheetNames,
    ) -> Named {
        let declared = of.declared.get(&fact.value);
        let ty = declared.map_or(SheetType::Other, |declared| declared.ty.clone());
        let mut known = declared.is_some_and(|declared| declared.indexes.len() == indexes.len());
        let mut values = Vec::new();
        for (place, piece) in indexes.iter().enumerate() {
            let of = declared.and_then(|declared| names.enums.get(declared.indexes.get(place)?));
            let (value, found) = match of {
                Some(of) => self.value_named(*piece, of),
                None => (self.as_dotted(*piece), false),
            };
            known &= found;
            values.push(value);
        }
        Named { fact, indexes: values, ty, known }
    }

    /// The value of an enum that a text calls, and whether it is one.
    fn value_named(&mut self, piece: Piece<'_>, of: &Titled) -> (ast::Dotted, bool) {
        match self.called(piece, of) {
            Ok(Some(head)) => (ast::Dotted { head, tail: None }, true),
            Ok(None) => (self.as_dotted(piece), false),
            Err(()) => (self.as_dotted(piece), false),
        }
    }

    fn as_dotted(&self, piece: Piece<'_>) -> ast::Dotted {
        match piece.1.split_once('.') {
            Some((head, tail)) => ast::Dotted {
                head: self.as_name(trim((piece.0, head))),
                tail: Some(self.as_name(trim((piece.0 + head.len() + 1, tail)))),
            },
            None => ast::Dotted { head: self.as_name(piece), tail: None },
        }
    }

    fn fact_row<'f>(&mut self, fields: &'f [Field], places: &mut [Place]) -> Row<'f> {
        let mut row = Row::default();
        for (field, place) in fields.iter().zip(places) {
            let piece = trim((field.start, &field.text));
            let is_text = match place {
                Place::Title(_) | Place::Quote | Place::At => true,
                Place::Of(named) => named.ty == SheetType::Text,
                // What the value is shows the fact, which is not looked at yet.
                Place::Value => true,
                _ => false,
            };
            if piece.1.is_empty() {
                continue;
            }
            if let Place::Empty(heading) = place {
                self.below_nothing(field, *heading);
            } else if !self.visible_field(field, is_text) {
                continue;
            }
            match place {
                Place::Channel => row.channel = Some(piece),
                Place::Fact => row.fact = Some(piece),
                Place::Value => row.values.push((None, field)),
                Place::Of(named) => {
                    row.values.push((Some(named.clone()), field));
                    if !named.known {
                        *place = Place::Broken;
                    }
                }
                Place::Title(language) => row.titles.push((language.clone(), self.cell_text(field))),
                Place::Source => row.source = Some(piece),
                Place::Quote => row.quote = Some(self.cell_text(field)),
                Place::At => row.at = Some(self.cell_text(field)),
                Place::Since => row.since = self.cell_date(piece),
                Place::Until => row.until = self.cell_date(piece),
                Place::Disputed => row.disputed = self.cell_bool(piece),
                Place::Broken | Place::Empty(_) => {}
            }
        }
        row
    }

    /// A text as it stands in its cell; one between quotation marks is read as one of the language.
    fn cell_text(&mut self, field: &Field) -> Spanned<String> {
        let piece = trim((field.start, &field.text));
        let span = self.at_piece(piece);
        if piece.1.starts_with('"')
            && let Ok(node) = parse::parse(Kind::plain_cell_entry, self.file, piece.1, piece.0)
        {
            return self.plain(&node);
        }
        let bare = field.bare.trim_matches(|c: char| c.is_whitespace() || c == FILLER);
        Spanned { value: bare.replace(FILLER, ""), span }
    }

    fn cell_date(&mut self, piece: Piece<'_>) -> Option<Spanned<Date>> {
        self.piece(Kind::date_cell_entry, piece).map(|node| self.date(&node))
    }

    fn cell_bool(&mut self, piece: Piece<'_>) -> bool {
        let value = truth(piece.1);
        if value.is_none() {
            let span = self.at_piece(piece);
            let message = format!("`disputed` is `true` or left empty, not `{}`", piece.1);
            let diagnostic = Diagnostic::new(Code::TypeMismatch, span, message);
            self.report(diagnostic.here("neither").note("a row with `true` tells what another source says"));
        }
        value == Some(true)
    }

    /// Adds what a row says to what the rows before it said; a row without a channel states a parameter.
    fn say(&mut self, row: Row<'_>, span: Span, names: &SheetNames, said: &mut Said) {
        let lacks = |what: &str| {
            Diagnostic::new(Code::EmptyCell, span, format!("this row names no {what}")).here("of which?")
        };
        let mut values = Vec::new();
        let of = if row.channel.is_some() { &names.facts } else { &names.parameters };
        let by_row = match row.fact {
            Some(piece) if !row.values.is_empty() => match self.named(piece, of, names) {
                Some(named) => Some(named),
                None => return,
            },
            _ => None,
        };
        for (named, field) in &row.values {
            match named.as_ref().or(by_row.as_ref()) {
                Some(named) => values.push((named, *field)),
                None => return self.report(lacks("fact")),
            }
        }
        if values.is_empty() && row.titles.is_empty() {
            return;
        }
        let is_parameter = by_row.as_ref().is_some_and(|named| of.declared.contains_key(&named.fact.value));
        let name = match row.channel {
            // What the ruleset says itself stands under no name.
            None if is_parameter && row.titles.is_empty() => Spanned { value: "".into(), span },
            None => {
                let diagnostic = lacks("channel");
                return self.report(match of.declared.is_empty() {
                    true => diagnostic,
                    false => diagnostic.note("a row without a channel states a parameter"),
                });
            }
            Some(channel) => match self.called(channel, &names.channels) {
                Err(()) => return,
                Ok(Some(name)) => name,
                Ok(None) if row.titles.is_empty() => self.as_name(channel),
                // Such a row declares its channel.
                Ok(None) => match self.new_name(channel) {
                    Some(name) => name,
                    None => return,
                },
            },
        };
        let place = said.channel(name);
        self.entitle(said, place, row.titles);
        let from = match row.source {
            Some(piece) => {
                let Ok(source) = self.called(piece, &names.sources) else { return };
                let source = source.unwrap_or_else(|| self.as_name(piece));
                vec![ast::From { source, quotes: row.quote.into_iter().collect(), at: row.at }]
            }
            None => {
                if let Some(text) = row.quote.or(row.at) {
                    let message = "this row names no source";
                    let diagnostic = Diagnostic::new(Code::EmptyCell, text.span, message);
                    self.report(diagnostic.here("of which source?"));
                }
                Vec::new()
            }
        };
        for (named, field) in values {
            let piece = trim((field.start, &field.text));
            let Some(value) = self.fact_value(field, named, of, names) else { continue };
            let shown = match &value.kind {
                ast::LiteralKind::Name(name) => name.head.value.to_string(),
                _ => piece.1.to_string(),
            };
            let key = (
                place,
                named.fact.value.clone(),
                values_of(&named.indexes),
                row.since.map(|day| day.value),
                row.until.map(|day| day.value),
            );
            if row.disputed {
                said.disputed.push((key, value, shown, from.clone()));
                continue;
            }
            let statements = &mut said.channels.get_mut(place).expect("it was just found").statements;
            let earlier = said.statements.get(&key).filter(|(_, earlier)| *earlier == shown);
            if let Some(earlier) = earlier.and_then(|(at, _)| statements.get_mut(*at))
                && add_sources(&mut earlier.from, &from)
            {
                continue;
            }
            said.statements.entry(key).or_insert((statements.len(), shown));
            statements.push(ast::Statement {
                span: value.span,
                fact: named.fact.clone(),
                indexes: named.indexes.clone(),
                value,
                since: row.since,
                until: row.until,
                from: from.clone(),
                disputed: Vec::new(),
                replaced: Vec::new(),
            });
        }
    }

    /// Gives a channel the title of a row.
    fn entitle(&mut self, said: &mut Said, place: usize, titles: Vec<(Option<ast::Name>, Spanned<String>)>) {
        let Some(channel) = said.channels.get_mut(place) else { return };
        let (own, others): (Vec<_>, Vec<_>) = titles.into_iter().partition(|(tag, _)| tag.is_none());
        let mut translations: Vec<(ast::Name, Spanned<String>)> =
            others.into_iter().filter_map(|(tag, text)| Some((tag?, text))).collect();
        // A translation alone stands for the title itself.
        let main = match own.into_iter().next() {
            Some((_, main)) => main,
            None if translations.is_empty() => return,
            None => translations.remove(0).1,
        };
        match &channel.title {
            None => channel.title = Some(ast::Text { main, translations }),
            Some(first) if first.main.value == main.value => {}
            Some(first) => {
                let message = format!("`{}` has another title in an earlier row", channel.name.value);
                let diagnostic = Diagnostic::new(Code::DuplicateClause, main.span, message);
                let first = first.main.span;
                self.report(diagnostic.here("a second title").also(first, "the first"));
            }
        }
    }

    /// The value of a fact that stands in a cell.
    fn fact_value(
        &mut self,
        field: &Field,
        named: &Named,
        of: &SheetFacts,
        names: &SheetNames,
    ) -> Option<ast::Literal> {
        let piece = trim((field.start, &field.text));
        let span = self.at_piece(piece);
        let literal = |kind| Some(ast::Literal { span, kind });
        let written = matches!(piece.1, "unknown") || piece.1.starts_with(['"', '{']);
        match &named.ty {
            _ if piece.1 == "?" => return literal(ast::LiteralKind::Unknown),
            SheetType::Text => return literal(ast::LiteralKind::Text(self.cell_text(field).value)),
            SheetType::Bool if truth(piece.1).is_some() => {
                return literal(ast::LiteralKind::Bool(truth(piece.1)?));
            }
            SheetType::Enum(of) if !written => {
                let of = names.enums.get(of)?;
                return literal(ast::LiteralKind::Name(self.member_named(piece, of)?));
            }
            SheetType::Set(of) if !written => {
                let of = names.enums.get(of)?;
                let mut members = Vec::new();
                let mut at = piece.0;
                for part in piece.1.split_inclusive([',', ';', '，', '、']) {
                    let part_piece = trim((at, part.trim_end_matches([',', ';', '，', '、'])));
                    at += part.len();
                    let kind = ast::LiteralKind::Name(self.member_named(part_piece, of)?);
                    members.push(ast::Literal { span: self.at_piece(part_piece), kind });
                }
                return literal(ast::LiteralKind::Set(members));
            }
            SheetType::Bool | SheetType::Enum(_) | SheetType::Set(_) | SheetType::Other => {}
        }
        // A fact that nothing declares is reported whatever its value is.
        if !named.known && !of.declared.contains_key(&named.fact.value) {
            return literal(ast::LiteralKind::Unknown);
        }
        if !self.visible_field(field, false) {
            return None;
        }
        // What stands for nothing elsewhere is told as such where values are looked up.
        if piece.1.chars().all(|c| "-–—".contains(c)) || piece.1.eq_ignore_ascii_case("n/a") {
            return literal(ast::LiteralKind::Name(ast::Dotted { head: self.as_name(piece), tail: None }));
        }
        self.piece(Kind::literal_cell_entry, piece).map(|node| self.literal(&node))
    }

    /// The value of an enum that a cell calls; one that is none is reported where values are looked up.
    fn member_named(&mut self, piece: Piece<'_>, of: &Titled) -> Option<ast::Dotted> {
        match self.called(piece, of) {
            Err(()) => None,
            Ok(Some(head)) => Some(ast::Dotted { head, tail: None }),
            Ok(None) => Some(self.as_dotted(piece)),
        }
    }

    /// Puts another source's value beside the statement that it disputes.
    fn dispute(
        &mut self,
        said: &mut Said,
        key: &Key,
        value: ast::Literal,
        shown: &str,
        from: Vec<ast::From>,
    ) {
        let channel = said.channels.get_mut(key.0).expect("the key is that of a channel");
        let statement = said.statements.get(key).and_then(|(at, _)| channel.statements.get_mut(*at));
        let Some(statement) = statement else {
            let message = format!("no row tells the value of `{}` that this one disputes", key.1);
            let diagnostic = Diagnostic::new(Code::DisputedAlone, value.span, message);
            return self.report(diagnostic.here("another source's value").note(
                "the row with the value that is used has the same channel, fact and days, and no `disputed`",
            ));
        };
        let text = |literal: &ast::Literal| match &literal.kind {
            ast::LiteralKind::Name(name) => name.head.value.to_string(),
            _ => self.slice(literal.span).to_string(),
        };
        let same = statement.disputed.iter_mut().find(|(other, _)| text(other) == shown);
        let joined = same.is_some_and(|(_, sources)| add_sources(sources, &from));
        if !joined {
            statement.disputed.push((value, from));
        }
    }
}

impl Said {
    /// The place of a channel, by its name.
    fn channel(&mut self, name: ast::Name) -> usize {
        *self.by_name.entry(name.value.clone()).or_insert_with(|| {
            self.channels.push(ast::Channel {
                name,
                title: None,
                was: Vec::new(),
                like: None,
                statements: Vec::new(),
                needs: Vec::new(),
                owned: None,
            });
            self.channels.len() - 1
        })
    }
}

/// What spreadsheets write for true and false.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn values_of(indexes: &[ast::Dotted]) -> Vec<Arc<str>> {
    indexes.iter().map(|index| index.tail.as_ref().unwrap_or(&index.head).value.clone()).collect()
}

/// Adds what a further row cites; false where it cites nothing new.
fn add_sources(all: &mut Vec<ast::From>, new: &[ast::From]) -> bool {
    let words = |from: &ast::From| -> Vec<String> { from.quotes.iter().map(|q| q.value.clone()).collect() };
    let place = |from: &ast::From| from.at.as_ref().map(|at| at.value.clone());
    let mut added = false;
    for from in new {
        let is_same =
            |other: &ast::From| other.source.value == from.source.value && place(other) == place(from);
        let cites = |other: &ast::From| match words(from).as_slice() {
            [] => other.quotes.is_empty(),
            quotes => quotes.iter().all(|quote| words(other).contains(quote)),
        };
        if all.iter().any(|other| is_same(other) && cites(other)) {
            continue;
        }
        added = true;
        match all.last_mut() {
            Some(last) if is_same(last) && !last.quotes.is_empty() && !from.quotes.is_empty() => {
                last.quotes.extend(from.quotes.iter().cloned());
            }
            _ => all.push(from.clone()),
        }
    }
    added
}
