//! A report in Markdown, for a page or a pull request. Nothing in a text formats, links or breaks a table.

use super::{
    Bars, Block, Case, Changes, Code, Document, Item, Kind, List, Mark, Section, Table, TableKind, Text,
    terminal,
};
use qudao_language::layout::WIDTH;
use qudao_language::model::NeedState;
use qudao_language::visible::{one_line, visible};

/// Returns a report as Markdown.
pub(super) fn write(document: &Document) -> String {
    let mut page = Page { text: String::new() };
    let level = if document.is_part { 2 } else { 1 };
    if !document.title.is_empty() {
        page.heading(level, &document.title);
    }
    if !document.result.is_empty() {
        page.line(&format!("**{}**", inline(&document.result)));
    }
    if let Some(overview) = &document.overview {
        page.gap();
        page.table(overview);
    }
    page.blocks(&document.body, level + 1);
    page.blocks(&document.appendix, level + 1);
    if !document.footer.is_empty() {
        page.gap();
        page.line(&format!("---\n{}", plain(&document.footer)));
    }
    page.text
}

struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Leaves one line blank.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, level: usize, text: &Text) {
        self.gap();
        self.line(&format!("{} {}", "#".repeat(level), inline(text)));
        self.gap();
    }

    fn blocks(&mut self, blocks: &[Block], level: usize) {
        // Two lists, one behind the other, are one.
        let mut listed = false;
        for block in blocks {
            match block {
                Block::List(list) if listed && list.label.is_empty() => {}
                _ => self.gap(),
            }
            listed = matches!(block, Block::List(_));
            match block {
                Block::Section(section) => self.section(section, level),
                Block::Paragraph(text) => self.line(&inline(text)),
                Block::Entry(what, text) => self.line(&format!("**{}**: {}", plain(what), inline(text))),
                Block::List(list) => self.list(list),
                Block::Cases(cases, rest) => self.cases(cases, rest, level),
                Block::Changes(label, changes) => {
                    self.line(&plain(label));
                    self.changes(changes);
                }
                Block::Code(Code { label, language, text }) => {
                    if !label.is_empty() {
                        self.line(&plain(label));
                        self.gap();
                    }
                    self.fence(language, &visible(text), "");
                }
                Block::Table(table) => self.table(table),
                Block::Tree(_) => self.fenced(std::slice::from_ref(block)),
                Block::Proof(blocks) => self.fenced(blocks),
                Block::Bars(bars) => self.bars(bars),
                Block::Fold(heading, blocks) => {
                    self.heading(level, heading);
                    self.blocks(blocks, level + 1);
                }
                Block::Graph(graph) => self.list(&graph.told()),
            }
        }
    }

    fn section(&mut self, section: &Section, level: usize) {
        if !section.heading.is_empty() {
            self.heading(level, &section.heading);
        }
        if !section.word.is_empty() && !section.place.is_empty() {
            self.line(&format!("{} `{}`", section.word, code(&section.place)));
        }
        section.also.iter().for_each(|also| {
            self.gap();
            self.line(&plain(also));
        });
        self.blocks(&section.body, level + 1);
    }

    fn list(&mut self, list: &List) {
        if !list.label.is_empty() {
            self.line(&plain(&list.label));
            self.gap();
        }
        list.items.iter().for_each(|item| self.item(item, ""));
        if !list.rest.is_empty() {
            self.gap();
            self.line(&inline(&list.rest));
        }
    }

    fn item(&mut self, item: &Item, indent: &str) {
        let lead = match &item.mark {
            Mark::Effect(effect, _) => format!("**{}** ", plain(effect)),
            Mark::Need(NeedState::Met) => "[x] ".into(),
            Mark::Need(NeedState::Unmet | NeedState::Unknown) => "[ ] ".into(),
            Mark::Note(word) | Mark::Warning(word) => format!("*{word}* "),
            Mark::Excludes => "**✗** ".into(),
            Mark::Word("") => String::new(),
            Mark::Word(word) => format!("{word} "),
            Mark::Verdict(verdict, colon) => format!("**{verdict}**{colon}"),
            Mark::None
            | Mark::Unknown
            | Mark::Disputed
            | Mark::More
            | Mark::Beyond
            | Mark::First
            | Mark::Changed
            | Mark::Point => String::new(),
            Mark::Value | Mark::Tie | Mark::Truth(..) | Mark::Source | Mark::Number(_) => String::new(),
        };
        let names = [&item.name, &item.rule].into_iter().filter(|name| !name.is_empty());
        let names: String = names.map(|name| format!("`{}` ", code(name))).collect();
        let between = if item.mark == Mark::Value { "= " } else { "" };
        let state = if item.mark == Mark::Need(NeedState::Unknown) { " (?)" } else { "" };
        let sources =
            if item.sources.is_empty() { String::new() } else { format!(" ({})", plain(&item.sources)) };
        let number = if let Mark::Number(number) = item.mark { Some(number) } else { None };
        let bullet = number.map_or("-".to_string(), |number| format!("{number}."));
        self.line(&format!("{indent}{bullet} {lead}{names}{between}{}{state}{sources}", inline(&item.text)));
        let below = format!("{indent}  ");
        if !item.place.is_empty() {
            self.line(&format!("{below}`{}`", code(&item.place)));
        }
        if !item.shown.trim().is_empty() {
            self.gap();
            self.fence("text", &visible(&item.shown), &below);
        }
        item.remarks.iter().chain(&item.parts).for_each(|item| self.item(item, &below));
    }

    /// Cases that have nothing below them are a list.
    fn cases(&mut self, cases: &[Case], rest: &Text, level: usize) {
        if !rest.is_empty() {
            self.line(&inline(rest));
            self.gap();
        }
        for case in cases {
            if cases.iter().all(|case| case.changes.is_none()) {
                self.item(&Item::new(Mark::None, case.text.clone()).named(&case.name), "");
                continue;
            }
            self.heading(level, &case.name.as_str().into());
            self.line(&inline(&case.text));
            if let Some(changes) = &case.changes {
                self.changes(changes);
            }
        }
    }

    /// The reasons as a list, what changed as a table.
    fn changes(&mut self, changes: &Changes) {
        let tongue = changes.tongue;
        let [first, heads @ ..] = tongue.heads_of_changes();
        let told_apart = changes.groups.iter().filter(|group| !group.causes.is_empty()).count() > 1;
        self.gap();
        for group in &changes.groups {
            if told_apart {
                let names: Vec<String> = group.rows.iter().map(|row| row.name.clone()).collect();
                let of = if names.is_empty() { first.to_string() } else { tongue.list(&names) };
                self.line(&format!("- {}{}", plain(&of), tongue.colon().trim_end()));
            }
            group.causes.iter().for_each(|cause| self.item(cause, ""));
        }
        let rows = changes.groups.iter().flat_map(|group| &group.rows);
        let rows: Vec<[String; 4]> = rows
            .map(|row| [row.name.clone(), row.before.clone(), row.now.clone(), row.besides.join(", ")])
            .collect();
        if rows.is_empty() {
            return;
        }
        self.gap();
        self.row(std::iter::once(String::new()).chain(heads.map(plain)));
        self.row(std::iter::repeat_n("---".to_string(), 4));
        rows.iter().for_each(|row| self.row(row.iter().map(|cell| plain(cell))));
    }

    fn table(&mut self, table: &Table) {
        let counts = table.kind == TableKind::Counts;
        let rule = |at: usize| if counts && at > 0 { "---:" } else { "---" };
        self.row(table.heads.iter().map(inline));
        self.row((0..table.heads.len()).map(|at| rule(at).to_string()));
        table.rows.iter().for_each(|row| self.row(row.iter().map(inline)));
    }

    /// The numbers without the bars.
    fn bars(&mut self, bars: &Bars) {
        self.row(bars.heads.iter().map(inline));
        self.row(bars.heads.iter().map(|_| "---".to_string()));
        for row in &bars.rows {
            let numbers = row.bars.iter().map(|bar| plain(&bar.shown));
            self.row([inline(&row.name), inline(&row.verdict)].into_iter().chain(numbers));
        }
    }

    fn row(&mut self, cells: impl Iterator<Item = String>) {
        let cells: String =
            cells.map(|cell| if cell.is_empty() { " |".into() } else { format!(" {cell} |") }).collect();
        self.line(&format!("|{cells}"));
    }

    /// Parts as they stand on a screen.
    fn fenced(&mut self, blocks: &[Block]) {
        let shown = Document { body: blocks.to_vec(), ..Document::default() };
        let shown = terminal::write(&shown, WIDTH, false);
        self.fence("text", &shown, "");
    }

    /// A text that is no Markdown; its fence is longer than any run of its own character within.
    fn fence(&mut self, language: &str, text: &str, indent: &str) {
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        self.line(&format!("{indent}{fence}{language}"));
        text.trim_end().lines().for_each(|line| self.line(&format!("{indent}{line}")));
        self.line(&format!("{indent}{fence}"));
    }
}

/// A text with its marks.
fn inline(text: &Text) -> String {
    let marked = text.0.iter().map(|(kind, text)| match kind {
        Kind::Plain
        | Kind::Title
        | Kind::Faint
        | Kind::Good
        | Kind::Doubtful
        | Kind::Bad
        | Kind::To(_)
        | Kind::Here(_)
        | Kind::Verdict(_) => plain(text),
        Kind::Strong => format!("**{}**", plain(text)),
        Kind::Name | Kind::Code | Kind::Quoted => format!("`{}`", code(text)),
        Kind::Short => String::new(),
        Kind::Link => link(text),
        Kind::Cited => plain(&format!("[{text}]")),
    });
    marked.collect()
}

/// Returns an address as a link, if nothing in it could end one.
fn link(url: &str) -> String {
    let safe = |c: char| c.is_ascii_graphic() && !"<>\\`\"".contains(c);
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && url.chars().all(safe) { format!("<{url}>") } else { plain(url) }
}

/// Returns a text as one line of Markdown in which nothing formats, links or breaks a table.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '\n' => plain.push(' '),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => plain.extend(['\\', c]),
            _ => plain.push(c),
        }
    }
    plain
}

/// Returns a text as it may stand between backticks in Markdown, in a table too.
fn code(text: &str) -> String {
    one_line(text).replace('`', "'").replace('|', "¦")
}
