//! What is shown of the name, or of the quote, that stands at a place.

use qudao_language::check::{NameKind, Named, Sheets};
use qudao_language::diagnostic::Code;
use qudao_language::source::{FileId, Quotable, Span};
use qudao_language::syntax::ast::{self, Declaration, DeclarationKind, From, ProfileItem, Statement};

use crate::project::Project;

/// So many lines of a declaration are shown.
const MAX_LINES: usize = 40;
/// So many lines of a source's text are shown on each side of a quote.
const AROUND: usize = 3;
/// A line of a source's text is cut off behind so many characters.
const MAX_LINE: usize = 300;
/// So many statements of a fact are shown.
const MAX_STATEMENTS: usize = 60;

/// What is shown, and of what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    /// The name or the quote.
    pub span: Span,
    /// What is told of it, as Markdown.
    pub markdown: String,
}

impl Project {
    /// Returns what is told of what stands at a place.
    #[must_use]
    pub fn hover(&self, file: FileId, at: u32) -> Option<Hover> {
        if let Some(hover) = self.quote_at(file, at).or_else(|| self.code_at(file, at)) {
            return Some(hover);
        }
        let named = self.named_at(file, at);
        let span = named.first()?.0;
        let told: Vec<String> =
            named.iter().filter_map(|(_, named)| self.told(named, Some((file, at)))).collect();
        (!told.is_empty()).then(|| Hover { span, markdown: told.join("\n\n---\n\n") })
    }

    /// What is told of a name: what it is, how it is declared, and what else is known; of a fact at a place.
    pub(crate) fn told(&self, named: &Named, at: Option<(FileId, u32)>) -> Option<String> {
        let what = word(named.kind);
        let mut told = match &named.of {
            Some(of) if named.kind != NameKind::Variable => format!("{what} `{}` of `{of}`", named.name),
            _ => format!("{what} `{}`", named.name),
        };
        let mut declared: Vec<Span> = self.declared(named).collect();
        if declared.is_empty() {
            if named.kind == NameKind::Unit {
                told.push_str(", built in");
            }
            return Some(told);
        }
        declared.sort_by_key(|span| self.sources.layer(span.file));
        for span in declared {
            if let Some(shown) = self.shown(span, named.kind) {
                told.push_str(&format!("\n\n{}", fenced(self.sources.files().slice(shown), "qudao")));
            }
        }
        if let Some(values) = self.values_of(named) {
            told.push_str(&format!("\n\n{values}"));
        }
        if named.kind == NameKind::Fact {
            let channel = at.and_then(|(file, at)| self.channel_around(file, at));
            let statements = self.statements(&named.name, channel.as_deref());
            if !statements.is_empty() {
                told.push_str(&format!("\n\n{statements}"));
            }
        }
        Some(told)
    }

    /// The values that a field has, with their titles.
    fn values_of(&self, named: &Named) -> Option<String> {
        let place = self.declared(named).next().filter(|_| named.kind == NameKind::Field)?;
        let DeclarationKind::Profile(items) = self.declaration_around(place)?.plain() else { return None };
        let field = ast::fields(items).into_iter().find(|field| field.name.span == place)?;
        let (ast::TypeKind::Name(of) | ast::TypeKind::Set(of)) = &field.ty.kind else { return None };
        let members = self.declarations().find_map(|declaration| match declaration.plain() {
            DeclarationKind::Enum(declared) if declared.name.value == of.value => Some(&declared.members),
            _ => None,
        })?;
        let values = members.iter().map(|member| match &member.title {
            Some(title) => format!("- `{}` {}", member.name.value, escaped(&title.main.value)),
            None => format!("- `{}`", member.name.value),
        });
        Some(values.collect::<Vec<_>>().join("\n"))
    }

    /// The piece of a file that shows how a name is declared.
    fn shown(&self, name: Span, kind: NameKind) -> Option<Span> {
        let declaration = self.declaration_around(name)?;
        let inner = declaration.plain();
        let of_member = |members: &[ast::Member]| {
            let member = members.iter().find(|member| member.name.span == name)?;
            let texts = member.title.iter().flat_map(text_spans);
            Some(texts.chain(member.was.iter().map(|was| was.span)).fold(name, Span::to))
        };
        match (kind, inner) {
            (NameKind::Field, DeclarationKind::Profile(items)) => {
                ast::fields(items).iter().find(|field| field.name.span == name).map(|field| field.span)
            }
            (NameKind::Section, DeclarationKind::Profile(items)) => {
                section_title(items, name).map(|title| title.to(self.behind(name, "section")))
            }
            (NameKind::Value, DeclarationKind::Enum(declared)) => of_member(&declared.members),
            (NameKind::Level, DeclarationKind::Levels(_)) => Some(declaration.span),
            (NameKind::Row, DeclarationKind::Table(table)) => {
                let row =
                    table.grid.rows.iter().find(|row| row.name.as_ref().is_some_and(|it| it.span == name))?;
                Some(row.span)
            }
            (NameKind::Variable, DeclarationKind::Rule(rule)) => {
                let for_each = rule.for_each.as_ref()?;
                let end = for_each.channels.iter().flatten().map(|name| name.span);
                let end = end.chain(for_each.filter.iter().map(|filter| filter.span));
                Some(end.fold(self.behind(name, "for each"), Span::to))
            }
            (NameKind::Variable, DeclarationKind::Measure(_)) => Some(self.behind(name, "for each")),
            _ => Some(declaration.span),
        }
    }

    /// A place, made larger by the words right before it.
    fn behind(&self, place: Span, words: &str) -> Span {
        let text = self.sources.files().get(place.file).text();
        let head = text.get(..place.start as usize).map_or("", str::trim_end);
        let start = head.strip_suffix(words).map_or(place.start, |head| head.len() as u32);
        Span { start, ..place }
    }

    /// The declaration, of whatever layer, that a place lies in.
    pub(crate) fn declaration_around(&self, place: Span) -> Option<&Declaration> {
        let all = &self.sources.part(place.file)?.declarations;
        all.iter().find(|declaration| declaration.span.contains(place))
    }

    /// The channel of which a fact is read or stated at a place.
    fn channel_around(&self, file: FileId, at: u32) -> Option<String> {
        let word = self.word_at(file, at)?;
        let text = self.sources.files().get(file).text();
        if text.get(..word.start as usize)?.ends_with('.') {
            let head = self.mention_at(file, word.start - 1)?;
            return (head.named.kind == NameKind::Channel).then(|| head.named.name.to_string());
        }
        match self.declaration_around(word)?.plain() {
            DeclarationKind::Channel(channel) => Some(channel.name.value.to_string()),
            _ => None,
        }
    }

    /// What channels state of a fact, with all sources, dates and disputes.
    fn statements(&self, fact: &str, channel: Option<&str>) -> String {
        let mut lines = Vec::new();
        let sheets = Sheets::read(&self.sources, &self.sources.declarations().0);
        let stating = self.declarations().flat_map(|declaration| {
            let own = match declaration.plain() {
                DeclarationKind::Channel(stating) => Some(stating),
                _ => None,
            };
            own.into_iter().chain(sheets.of(&declaration.kind))
        });
        for stating in stating {
            if channel.is_some_and(|channel| channel != &*stating.name.value) {
                continue;
            }
            let of_fact = stating.statements.iter().filter(|it| &*it.fact.value == fact);
            lines.extend(of_fact.map(|it| format!("- {}", self.statement(&stating.name.value, it))));
        }
        let more = lines.len().saturating_sub(MAX_STATEMENTS);
        lines.truncate(MAX_STATEMENTS);
        if more > 0 {
            lines.push(format!("- and {more} more"));
        }
        lines.join("\n")
    }

    fn statement(&self, channel: &str, statement: &Statement) -> String {
        let slice = |span| self.sources.files().slice(span);
        let indexes: String = statement
            .indexes
            .iter()
            .map(|index| format!("[{}]", index.tail.as_ref().unwrap_or(&index.head).value))
            .collect();
        let mut told = format!("`{channel}{indexes}`: {}", escaped(slice(statement.value.span)));
        let mut add = |piece: String| told.push_str(&piece);
        statement.since.iter().for_each(|since| add(format!(", since {}", since.value)));
        statement.until.iter().for_each(|until| add(format!(", until {}", until.value)));
        statement.from.iter().for_each(|from| add(self.cited(from)));
        for (value, from) in &statement.disputed {
            add(format!("; disputed: {}", escaped(slice(value.span))));
            from.iter().for_each(|from| add(self.cited(from)));
        }
        told
    }

    fn cited(&self, from: &From) -> String {
        let mut told = format!(", from `{}`", from.source.value);
        let source = self.declarations().find_map(|declaration| match declaration.plain() {
            DeclarationKind::Source(source) if source.name.value == from.source.value => Some(source),
            _ => None,
        });
        if let Some(source) = source {
            let read = source.accessed.map(|day| format!("read {}", day.value));
            let confidence = source.confidence.as_ref().map(|it| format!("confidence {}", it.value));
            let said: Vec<String> = confidence.into_iter().chain(read).collect();
            if !said.is_empty() {
                told.push_str(&format!(" ({})", said.join(", ")));
            }
        }
        from.quotes.iter().for_each(|quote| told.push_str(&format!(" “{}”", escaped(&quote.value))));
        from.at.iter().for_each(|at| told.push_str(&format!(", {}", escaped(&at.value))));
        told
    }

    /// What a source says around the quote at a place.
    fn quote_at(&self, file: FileId, at: u32) -> Option<Hover> {
        let here = Span { file, start: at, end: at };
        let declaration = self.declaration_around(here)?;
        let mut found = None;
        each_from(declaration.plain(), &mut |from| {
            let quote = from.quotes.iter().find(|quote| quote.span.contains(here));
            found = found.or(quote.map(|quote| (from, quote)));
        });
        let (from, quote) = found?;
        let name = &*from.source.value;
        let tell = |markdown| Some(Hover { span: quote.span, markdown });
        let (path, text) = self.sources.source_text(name)?;
        let Some(text) = text else {
            return tell(format!("the text of `{name}`, `{path}`, is not here"));
        };
        let source = self.sources.files().get(text);
        let Some(range) = Quotable::new(source.text()).find(&quote.value) else {
            return tell(format!("`{name}` does not say this"));
        };
        let (first, last) = (source.line_index(range.start as u32), source.line_index(range.end as u32));
        let lines = first.saturating_sub(AROUND)..=(last + AROUND).min(source.line_count() - 1);
        let lines: Vec<String> = lines
            .map(|line| {
                let text = source.text().get(source.line_range(line)).unwrap_or("");
                let mark = if (first..=last).contains(&line) { '>' } else { ' ' };
                let cut = text.char_indices().nth(MAX_LINE).map(|(at, _)| at);
                let end = if cut.is_some() { "…" } else { "" };
                let text = text.get(..cut.unwrap_or(text.len())).unwrap_or("");
                format!("{mark}{:>5}  {text}{end}", line + 1)
            })
            .collect();
        tell(format!("`{name}`, `{path}`, line {}\n\n{}", first + 1, fenced(&lines.join("\n"), "text")))
    }

    /// What the code of a finding means that is allowed at a place.
    fn code_at(&self, file: FileId, at: u32) -> Option<Hover> {
        let here = Span { file, start: at, end: at };
        let code = &self.allows(file).find(|allow| allow.code.span.contains(here))?.code;
        Some(Hover { span: code.span, markdown: Code::parse(&code.value)?.page().to_string() })
    }

    /// The findings that the declarations of a file allow, and its fields.
    pub(crate) fn allows(&self, file: FileId) -> impl Iterator<Item = &ast::Allow> {
        let declarations = self.sources.part(file).into_iter().flat_map(|part| &part.declarations);
        declarations.flat_map(|declaration| {
            let fields = match declaration.plain() {
                DeclarationKind::Profile(items) => ast::fields(items),
                _ => Vec::new(),
            };
            declaration.allows.iter().chain(fields.into_iter().flat_map(|field| &field.allows))
        })
    }
}

fn text_spans(text: &ast::Text) -> impl Iterator<Item = Span> {
    std::iter::once(text.main.span).chain(text.translations.iter().map(|(_, text)| text.span))
}

fn section_title(items: &[ProfileItem], name: Span) -> Option<Span> {
    items.iter().find_map(|item| match item {
        ProfileItem::Field(_) => None,
        ProfileItem::Section(Some(own), title, _) if own.span == name => {
            Some(text_spans(title).fold(name, Span::to))
        }
        ProfileItem::Section(_, _, inner) => section_title(inner, name),
    })
}

/// Goes through the sources that a declaration names.
fn each_from<'d>(kind: &'d DeclarationKind, visit: &mut impl FnMut(&'d From)) {
    use DeclarationKind as D;
    let mut of_statements = |statements: &'d [Statement]| {
        for statement in statements {
            statement.from.iter().for_each(&mut *visit);
            statement.disputed.iter().flat_map(|(_, from)| from).for_each(&mut *visit);
        }
    };
    match kind {
        D::Channel(d) => {
            of_statements(&d.statements);
            d.needs.iter().flat_map(|needs| &needs.from).for_each(visit);
        }
        D::Parameter(d) => of_statements(&d.statements),
        D::Unit(d) => of_statements(&d.rates),
        D::Mix(d) => d.from.iter().chain(d.needs.iter().flat_map(|needs| &needs.from)).for_each(visit),
        D::Requirement(d) => d.from.iter().for_each(visit),
        D::Rule(d) => d.from.iter().for_each(visit),
        D::Table(d) => {
            let cells = d.grid.rows.iter().flat_map(|row| &row.cells);
            for cell in cells {
                if let ast::CellKind::From(from) = &cell.kind {
                    from.iter().for_each(&mut *visit);
                }
            }
        }
        D::Override(inner) => each_from(&inner.kind, visit),
        D::Ruleset(_)
        | D::Import(_)
        | D::Source(_)
        | D::Enum(_)
        | D::Profile(_)
        | D::Fact(_)
        | D::Facts(_)
        | D::Weight(_)
        | D::Levels(_)
        | D::Let(_)
        | D::Measure(_)
        | D::Verdicts(_)
        | D::Test(_)
        | D::Property(_)
        | D::Extends(_)
        | D::Remove(_)
        | D::Texts(_) => {}
    }
}

/// A block of code, its first lines where it is long, and without the indentation that all lines but the first have.
fn fenced(text: &str, language: &str) -> String {
    let rest = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let indent = rest.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0);
    // The brace that closes a declaration stands where its first word does.
    let lines = text.lines().enumerate();
    let mut lines: Vec<&str> = lines
        .map(
            |(at, line)| if at == 0 || language != "qudao" { line } else { line.get(indent..).unwrap_or("") },
        )
        .collect();
    let cut = lines.len() > MAX_LINES;
    lines.truncate(MAX_LINES);
    if cut {
        lines.push("…");
    }
    // The fence is longer than any that the text holds.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", lines.join("\n"))
}

/// A text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        if "\\`*_{}[]<>#|!~&".contains(c) {
            shown.push('\\');
        }
        shown.push(if c == '\n' { ' ' } else { c });
    }
    shown
}

/// The word for what a name is of.
pub(crate) fn word(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Ruleset => "ruleset",
        NameKind::Source => "source",
        NameKind::Unit => "unit",
        NameKind::Enum => "enum",
        NameKind::Value => "value",
        NameKind::Field => "field",
        NameKind::Section => "section",
        NameKind::Fact => "fact",
        NameKind::Parameter => "parameter",
        NameKind::Channel => "channel",
        NameKind::Mix => "mix",
        NameKind::Requirement => "requirement",
        NameKind::Weight => "weight",
        NameKind::Level => "level",
        NameKind::Let => "let",
        NameKind::Measure => "measure",
        NameKind::Rule => "rule",
        NameKind::Table => "table",
        NameKind::Row => "row",
        NameKind::Property => "property",
        NameKind::Variable => "variable",
    }
}
