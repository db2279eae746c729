//! A report on a terminal: so many columns, with colours or without. Every text that is put on it is made safe to print.

use super::{
    Bars, Block, Case, Changes, Code, Document, Item, Kind, List, Mark, Section, Table, TableKind, Text,
};
use qudao_language::decide::Truth;
use qudao_language::layout::{pad, pad_left, width, wrap};
use qudao_language::model::NeedState;
use qudao_language::operator::Verdict;
use qudao_language::visible::{one_line, visible};

/// A text beside others has at least so many columns; else it goes on below.
const LEAST: usize = 24;

/// A column of names is at most so wide; one of effects; one of nothing but names.
const NAMES: usize = 24;
const EFFECTS: usize = 16;
const BARE_NAMES: usize = 28;

/// So many changes of a kind are told of one example.
const SHOWN: usize = 8;

/// Of things side by side, the names at the head of rows are at most so wide, and columns as the first of these with
/// which all have room; where none has, they stand in further tables, and are at most as wide as the last.
const HEADS: usize = 30;
/// The columns of a ranking before its measures: place, name, verdict and points.
const RANKED: usize = 4;
const COLUMNS: [usize; 4] = [24, 20, 16, 13];
const APART: usize = 20;

/// What was asked stands in a column at most so wide.
const ASKED: usize = 52;
/// An answer below its question stands so far to the right.
const BELOW: usize = 6;

/// What stands at the right margin does so from this column on.
const MARGIN: usize = 46;

/// Returns a report as a text of so many columns.
pub(super) fn write(document: &Document, width: usize, colour: bool) -> String {
    let mut screen = Screen { text: String::new(), width, colour, deep: false };
    if document.is_handed_on && !document.title.is_empty() {
        screen.hang(&[], "", &Text::of(Kind::Strong, shown(&document.title)));
    }
    screen.blocks(&document.body);
    if !document.result.is_empty() {
        screen.blank();
        screen.hang(&[], "", &document.result);
    }
    if !document.footer.is_empty() {
        screen.blank();
        screen.line(&[(Kind::Faint, &document.footer)]);
    }
    screen.text
}

/// Lines in the making.
pub(crate) struct Screen {
    pub(crate) text: String,
    width: usize,
    colour: bool,
    /// Whether the last tree was more than a line.
    deep: bool,
}

impl Screen {
    pub(crate) fn new(colour: bool) -> Screen {
        Screen { text: String::new(), width: super::WIDTH, colour, deep: false }
    }

    /// Leaves a line blank, save at the beginning.
    fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn paint(&self, kind: Kind, text: &str) -> String {
        let code = code(kind);
        if !self.colour || code.is_empty() || text.trim().is_empty() {
            return text.to_string();
        }
        format!("{code}{text}\u{1b}[0m")
    }

    /// Pieces on one line, whatever its length.
    fn line(&mut self, pieces: &[(Kind, &str)]) {
        let line: String = pieces.iter().map(|(kind, text)| self.paint(*kind, &one_line(text))).collect();
        self.put(&line);
    }

    fn put(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// The lines of a text in so many columns, painted; a name stays in one.
    fn lines(&self, text: &Text, cells: usize) -> Vec<String> {
        if let Some((Kind::Name, _)) = text.0.first() {
            return vec![text.0.iter().map(|(kind, text)| self.paint(*kind, &one_line(text))).collect()];
        }
        let shown: Vec<(Kind, String)> =
            text.0.iter().map(|(kind, text)| (*kind, put(*kind, text))).collect();
        let whole: String = shown.iter().map(|(_, text)| &**text).collect();
        // A line lacks nothing but the blanks where it was broken.
        let mut kinds = shown.iter().flat_map(|(kind, text)| text.chars().map(|c| (*kind, c)));
        let paint = |line: String| {
            let mut runs: Vec<(Kind, String)> = Vec::new();
            for c in line.chars() {
                let kind = kinds.find(|(_, of)| *of == c).map_or(Kind::Plain, |(kind, _)| kind);
                match runs.last_mut() {
                    Some((last, run)) if *last == kind => run.push(c),
                    _ => runs.push((kind, c.to_string())),
                }
            }
            runs.iter().map(|(kind, run)| self.paint(*kind, run)).collect()
        };
        wrap(&whole, cells).into_iter().map(paint).collect()
    }

    /// Pieces in a column, then a text that wraps beside them, with something before its further lines, such as the
    /// branches of a tree.
    pub(crate) fn hang(&mut self, first: &[(Kind, &str)], under: &str, text: &Text) {
        let shown: Vec<(Kind, String)> = first.iter().map(|(kind, text)| (*kind, one_line(text))).collect();
        let indent: usize = shown.iter().map(|(_, text)| width(text)).sum();
        let lead: String = shown.iter().map(|(kind, text)| self.paint(*kind, text)).collect();
        let room = self.width.saturating_sub(indent);
        if room < LEAST && !matches!(text.0.first(), Some((Kind::Name, _))) {
            self.put(&lead);
            let lead = pad(under, 6.max(width(under)));
            for line in self.lines(text, self.width.saturating_sub(width(&lead)).max(LEAST)) {
                self.put(&format!("{lead}{line}"));
            }
            return;
        }
        for (number, line) in self.lines(text, room).iter().enumerate() {
            let lead = if number == 0 { &lead } else { &pad(under, indent) };
            self.put(&format!("{lead}{line}"));
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Section(section) => self.section(section),
                Block::Paragraph(text) => self.hang(&[], "", text),
                Block::Entry(what, text) => {
                    self.line(&[(Kind::Plain, &format!("{what}:"))]);
                    self.hang(&[(Kind::Plain, "  ")], "", text);
                }
                Block::List(list) => self.list(list),
                Block::Cases(cases, rest) => self.cases(cases, rest),
                Block::Changes(label, changes) => {
                    self.line(&[(Kind::Plain, &format!("  {label}"))]);
                    self.changes(changes, SHOWN);
                }
                Block::Code(Code { label, text, .. }) => {
                    let mut indent = "  ";
                    if !label.is_empty() {
                        self.line(&[(Kind::Plain, &format!("  {label}"))]);
                        indent = "    ";
                    }
                    self.verbatim(text, indent);
                }
                Block::Table(table) => self.table(table),
                Block::Tree(item) => {
                    let deep = !item.remarks.is_empty();
                    if deep || self.deep {
                        self.blank();
                    }
                    self.deep = deep;
                    self.tree(item, "", "", "");
                }
                Block::Proof(blocks) => self.blocks(blocks),
                Block::Bars(bars) => self.bars(bars),
                Block::Fold(heading, blocks) => {
                    self.blank();
                    self.hang(&[], "", heading);
                    self.blocks(blocks);
                }
                Block::Graph(graph) => self.blocks(&[Block::List(graph.told())]),
            }
        }
    }

    fn section(&mut self, section: &Section) {
        self.blank();
        self.deep = false;
        let gap = if section.name.is_empty() { "" } else { "  " };
        let heading = format!("{}{gap}{}", section.name, shown(&section.heading));
        if !section.word.is_empty() {
            self.wrong(section.word, &heading, &section.place);
        } else if !heading.is_empty() {
            let lines = self.lines(&Text::of(Kind::Strong, one_line(&heading)), self.width.saturating_sub(2));
            for (number, line) in lines.iter().enumerate() {
                self.put(&format!("{}{line}", if number == 0 { "" } else { "    " }));
            }
        }
        section.also.iter().for_each(|also| self.line(&[(Kind::Plain, "    "), (Kind::Plain, also)]));
        self.blocks(&section.body);
    }

    /// What went wrong with something, and where that stands: at the right margin, where there is room.
    fn wrong(&mut self, word: &str, heading: &str, place: &str) {
        let heading = one_line(heading);
        let indent = width(word) + 2;
        let room = self.width.saturating_sub(indent + width(&visible(place)) + 2);
        let fits = place.is_empty() || width(&heading) <= room;
        let padded = if fits && !place.is_empty() { pad(&heading, room + 2) } else { heading };
        let beside = if fits { place } else { "" };
        self.line(&[(Kind::Bad, word), (Kind::Plain, "  "), (Kind::Plain, &padded), (Kind::Faint, beside)]);
        if !fits {
            self.line(&[(Kind::Plain, &" ".repeat(indent)), (Kind::Faint, place)]);
        }
    }

    /// Lines as they stand.
    fn verbatim(&mut self, text: &str, indent: &str) {
        visible(text).lines().for_each(|line| self.put(&format!("{indent}{line}")));
    }

    fn list(&mut self, list: &List) {
        // Ways to a verdict, and that there are none, are long, and stand apart from their heading.
        let some = !list.items.is_empty() || !list.rest.is_empty();
        if some && list.items.iter().all(|item| matches!(item.mark, Mark::Verdict(..))) {
            self.blank();
        }
        let mut indent = "  ";
        if !list.label.is_empty() {
            self.line(&[(Kind::Plain, &format!("  {}", list.label))]);
            indent = "    ";
        }
        self.items(&list.items, indent);
        if !list.rest.is_empty() {
            self.hang(&[(Kind::Plain, "  ")], "", &list.rest);
        }
    }

    fn items(&mut self, items: &[Item], indent: &str) {
        let words = items.iter().filter_map(|item| match item.mark {
            Mark::Word(word) => Some(word),
            _ => None,
        });
        let words = widest(words, NAMES);
        let effects = items.iter().filter_map(|item| match &item.mark {
            Mark::Effect(effect, _) => Some(&**effect),
            _ => None,
        });
        let effects = widest(effects, EFFECTS);
        // Where something stands below them, names stand in no column.
        let aligned = items.iter().all(|item| item.remarks.is_empty());
        let most = if items.iter().any(|item| item.mark == Mark::None) { BARE_NAMES } else { NAMES };
        let names = if aligned { widest(items.iter().map(|item| &*item.name), most) } else { 0 };
        for item in items {
            let (kind, sign) = sign(&item.mark);
            let sign = match item.mark {
                Mark::Effect(..) => format!("{indent}{}", column(&sign, effects)),
                Mark::Word(_) if words > 0 => format!("{indent}{} ", pad(&sign, words)),
                _ => format!("{indent}{sign}"),
            };
            let name = match item.mark {
                _ if item.name.is_empty() => String::new(),
                Mark::Value => format!("{} = ", item.name),
                _ => column(&item.name, names),
            };
            self.hang(&[(kind, &sign), (Kind::Plain, &name)], "", &with_grounds(item));
            let below = " ".repeat(width(&visible(&sign)));
            item.remarks.iter().for_each(|remark| self.tree(remark, &below, &below, ""));
            self.verbatim(&item.shown, &format!("{below}  "));
        }
    }

    fn cases(&mut self, cases: &[Case], rest: &Text) {
        let names = widest(cases.iter().map(|case| &*case.name), usize::MAX);
        for case in cases {
            let (kind, sign) = sign(&case.mark);
            self.line(&[
                (kind, &sign),
                (Kind::Plain, &column(&case.name, names)),
                (Kind::Plain, &words(&case.text)),
            ]);
            if let Some(changes) = &case.changes {
                self.changes(changes, usize::MAX);
            }
        }
        if !rest.is_empty() {
            self.hang(&[(Kind::Plain, "  ")], "", rest);
        }
    }

    /// What changed, a line each, then why; of so many at most.
    fn changes(&mut self, changes: &Changes, most: usize) {
        let tongue = changes.tongue;
        for group in &changes.groups {
            for row in group.rows.iter().take(most) {
                let moved = (row.before != row.now).then(|| format!("{} → {}", row.before, row.now));
                let parts: Vec<String> = moved.into_iter().chain(row.besides.iter().cloned()).collect();
                let text = format!("{}{}{}", row.name, tongue.colon(), tongue.list(&parts));
                self.hang(&[(Kind::Plain, "    ")], "", &text.into());
            }
            let more = group.rows.len().saturating_sub(most);
            if more > 0 {
                self.line(&[(Kind::Plain, &format!("    {}", tongue.and_more(more)))]);
            }
            self.items(&group.causes, "    ");
        }
    }

    /// An item, what stands before its own line, before those below it, and before the further lines of its text.
    fn tree(&mut self, item: &Item, first: &str, rest: &str, under: &str) {
        let (kind, sign) = sign(&item.mark);
        let taken =
            width(&visible(first)) + item.text.0.iter().map(|(_, text)| width(&visible(text))).sum::<usize>();
        let room = self.width.saturating_sub(width(&visible(&item.place)) + 2);
        if item.place.is_empty() {
            self.hang(&[(Kind::Plain, first), (kind, &sign)], under, &item.text);
        } else if taken > room {
            let text = item.text.clone().and(Kind::Plain, format!("  ({})", item.place));
            self.hang(&[(Kind::Plain, first)], under, &text);
        } else {
            // At the right margin, where there is room.
            let padded =
                pad(&visible(&format!("{first}{}", words(&item.text))), room.min(taken.max(MARGIN)) + 2);
            self.line(&[(Kind::Plain, &padded), (Kind::Faint, &item.place)]);
        }
        for remark in &item.remarks {
            let indent = format!("{rest}  ");
            self.tree(remark, &indent, &indent, "");
        }
        let last = item.parts.len().saturating_sub(1);
        for (number, part) in item.parts.iter().enumerate() {
            let (branch, below) = if number == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let below = format!("{rest}{below}");
            self.tree(part, &format!("{rest}{branch}"), &below, &below);
        }
    }

    fn table(&mut self, table: &Table) {
        match table.kind {
            TableKind::Ranking => self.ranking(table),
            TableKind::Counts => self.counts(table),
            TableKind::SideBySide | TableKind::Rows => self.side_by_side(table),
            TableKind::Answers => self.answers(table),
        }
    }

    /// The rows, places and numbers to the right; the last cell wraps. The heads are told where there are measures; those
    /// that find no room beside the others stand below the row.
    fn ranking(&mut self, table: &Table) {
        let [mut columns, measured] = [NAMES, usize::MAX].map(|most| columns(table, most));
        columns.truncate(RANKED);
        columns.extend(measured.into_iter().skip(RANKED));
        let heads = Some(&table.heads).filter(|_| has_measures(table));
        let wide = |kept: usize| 5 + columns.iter().take(kept).skip(1).map(|cells| cells + 2).sum::<usize>();
        let all = table.heads.len().saturating_sub(1);
        let kept = (RANKED..=all).rev().find(|kept| wide(*kept) <= self.width).unwrap_or(RANKED.min(all));
        for row in heads.into_iter().chain(&table.rows) {
            let is_head = std::ptr::eq(row, &table.heads);
            let Some((last, cells)) = row.split_last() else { continue };
            let (cells, below) = cells.split_at(kept);
            let cells = cells.iter().zip(&columns).enumerate().map(|(at, (cell, cells))| match at {
                0 => (Kind::Plain, format!("{}  ", pad_left(&shown(cell), 3))),
                1 | 2 => {
                    (cell.0.first().map_or(Kind::Plain, |(kind, _)| *kind), column(&shown(cell), *cells))
                }
                _ => (Kind::Plain, format!("{}  ", pad_left(&shown(cell), *cells))),
            });
            let cells: Vec<(Kind, String)> =
                cells.map(|(kind, text)| (if is_head { Kind::Faint } else { kind }, text)).collect();
            let cells: Vec<(Kind, &str)> = cells.iter().map(|(kind, text)| (*kind, &**text)).collect();
            if is_head {
                self.line(&cells);
                continue;
            }
            self.hang(&cells, "", last);
            for (head, cell) in
                table.heads.iter().skip(kept).zip(below).filter(|(_, cell)| shown(cell) != "-")
            {
                let lead = format!("      {}  ", shown(head));
                self.hang(&[(Kind::Plain, &lead)], "", cell);
            }
        }
    }

    /// The rows below their heads, the counts to the right.
    fn counts(&mut self, table: &Table) {
        let columns = columns(table, usize::MAX);
        for row in std::iter::once(&table.heads).chain(&table.rows) {
            let cells = row.iter().zip(&columns).enumerate().map(|(at, (cell, cells))| match at {
                0 => pad(&shown(cell), *cells),
                _ => pad_left(&shown(cell), *cells),
            });
            let line = format!("  {}", cells.collect::<Vec<_>>().join("  "));
            self.put(&line);
        }
    }

    /// What was asked, and beside it what was answered.
    fn answers(&mut self, table: &Table) {
        let widest = columns(table, ASKED).first().copied().unwrap_or(0);
        let room = self.width;
        let beside = |asked: usize| room.saturating_sub(asked + 4).max(LEAST);
        let below = room.saturating_sub(BELOW).max(LEAST);
        let high = |text: &Text, cells: usize| wrap(&shown(text), cells).len();
        // What takes more lines beside its question stands below it.
        let fits = |question: &Text, answer: &Text, asked: usize| {
            let beside = high(question, asked).max(high(answer, beside(asked)));
            let below = high(question, room.saturating_sub(2).max(LEAST)) + high(answer, below);
            (beside <= below, beside.min(below))
        };
        // As wide as leaves the fewest lines.
        let lines = |asked: &usize| -> usize {
            let rows = table.rows.iter().filter_map(|row| row.first().zip(row.get(1)));
            rows.map(|(question, answer)| fits(question, answer, *asked).1).sum()
        };
        let asked = (LEAST.min(widest)..=widest).rev().min_by_key(lines).unwrap_or(widest);
        for row in &table.rows {
            let [question, answer] = row.as_slice() else { continue };
            if answer.is_empty() {
                self.line(&[(Kind::Plain, "  "), (Kind::Faint, &shown(question))]);
                continue;
            }
            if !fits(question, answer, asked).0 {
                self.hang(&[(Kind::Plain, "  ")], "", question);
                self.hang(&[(Kind::Plain, &" ".repeat(BELOW))], "", answer);
                continue;
            }
            let lines = [self.lines(question, asked), self.lines(answer, beside(asked))];
            for at in 0..lines.iter().map(Vec::len).max().unwrap_or(0) {
                let [question, answer] = lines.each_ref().map(|lines| lines.get(at).map_or("", |line| line));
                self.put(&format!("  {}  {answer}", pad(question, asked)));
            }
        }
    }

    /// A thing on a line, and below it each number with its bar.
    fn bars(&mut self, bars: &Bars) {
        let heads: Vec<String> = bars.heads.iter().skip(2).map(shown).collect();
        let wide = widest(heads.iter().map(String::as_str), HEADS);
        for row in &bars.rows {
            let mut line = row.name.clone().and(Kind::Plain, "  ");
            line.0.extend(row.verdict.0.iter().cloned());
            self.hang(&[(Kind::Plain, "  ")], "", &line);
            for (head, bar) in heads.iter().zip(&row.bars) {
                let sign = if bar.share.is_some_and(|share| share < 0) { "▒" } else { "█" };
                let drawn = sign.repeat(usize::from(bar.share.unwrap_or(0).unsigned_abs()) / 5);
                let gap = if drawn.is_empty() { "" } else { " " };
                let lead = format!("    {}", column(head, wide));
                self.hang(&[(Kind::Plain, &lead)], "", &format!("{drawn}{gap}{}", bar.shown).into());
            }
        }
    }

    /// Columns that do not fit side by side stand in a further table. What the names in the first stand for is told below.
    fn side_by_side(&mut self, table: &Table) {
        let first = columns(table, HEADS).first().copied().unwrap_or(0);
        let widths = |most: usize| -> Vec<usize> { columns(table, most).split_off(1) };
        let fit =
            |widths: &Vec<usize>| first + widths.iter().map(|cells| cells + 2).sum::<usize>() <= self.width;
        let widths = COLUMNS.into_iter().map(widths).find(fit).unwrap_or_else(|| widths(APART));
        let mut start = 0;
        while start < widths.len() {
            let mut room = self.width.saturating_sub(first);
            let fits = |cells: &&usize| {
                let fits = room >= **cells + 2;
                room = room.saturating_sub(**cells + 2);
                fits
            };
            let count = widths.iter().skip(start).take_while(fits).count().max(1);
            let columns: Vec<usize> =
                std::iter::once(first).chain(widths.iter().skip(start).take(count).copied()).collect();
            for row in std::iter::once(&table.heads).chain(&table.rows) {
                let cells: Vec<&Text> =
                    row.iter().take(1).chain(row.iter().skip(start + 1).take(count)).collect();
                self.row(&columns, &cells);
            }
            self.blank();
            start += count;
        }
        let mut last = "";
        for cell in table.rows.iter().filter_map(|row| row.first()) {
            let [(_, name), (Kind::Title, title), ..] = cell.0.as_slice() else { continue };
            let name = name.split('[').next().unwrap_or(name);
            if name != last {
                self.hang(&[(Kind::Plain, &column(name, first))], "", &title.as_str().into());
            }
            last = name;
        }
    }

    /// A row, each cell wrapped in its column.
    fn row(&mut self, columns: &[usize], cells: &[&Text]) {
        let wrapped: Vec<Vec<String>> =
            cells.iter().zip(columns).map(|(cell, cells)| fitted(&shown(cell), *cells)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..height {
            let parts = wrapped.iter().zip(columns);
            let parts = parts.map(|(lines, cells)| pad(lines.get(at).map_or("", String::as_str), *cells));
            let line = parts.collect::<Vec<_>>().join("  ");
            self.put(&line);
        }
    }
}

/// The words of a text, whatever they are.
fn words(text: &Text) -> String {
    text.0.iter().map(|(_, text)| &**text).collect()
}

/// What is to be seen of a text; a title stands elsewhere.
fn shown(text: &Text) -> String {
    let shown = text.0.iter().filter(|(kind, _)| *kind != Kind::Title);
    shown.map(|(kind, text)| put(*kind, text)).collect()
}

/// Words as they may be printed.
fn put(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Quoted => format!("`{}`", visible(text)),
        Kind::Cited => format!("[{}]", visible(text)),
        _ => visible(text).into_owned(),
    }
}

/// The lines of a text in a column; a word that is wider than the column is broken.
fn fitted(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in wrap(text, cells.max(2)) {
        let mut open = String::new();
        for c in line.chars() {
            if width(&open) + width(c.encode_utf8(&mut [0; 4])) > cells.max(2) {
                lines.push(std::mem::take(&mut open));
            }
            open.push(c);
        }
        lines.push(open);
    }
    lines
}

/// The text of an item, and the rule and the sources that say so.
fn with_grounds(item: &Item) -> Text {
    let grounds: Vec<&str> =
        [&*item.rule, &item.sources].into_iter().filter(|part| !part.is_empty()).collect();
    let mut text = item.text.clone();
    if !grounds.is_empty() {
        let gap = if text.is_empty() { "" } else { " " };
        text = text.and(Kind::Plain, format!("{gap}[{}]", grounds.join(", ")));
    }
    text
}

/// Tells whether a ranking has columns of measures besides place, name, verdict, points and title.
fn has_measures(table: &Table) -> bool {
    table.heads.len() > RANKED + 1
}

/// The widths of the columns of a table, each at most so wide.
fn columns(table: &Table, most: usize) -> Vec<usize> {
    let heads = Some(&table.heads).filter(|_| table.kind != TableKind::Ranking || has_measures(table));
    let cell = |row: &Vec<Text>, at: usize| row.get(at).map(shown);
    let cells = |at: usize| heads.into_iter().chain(&table.rows).filter_map(move |row| cell(row, at));
    let widest = |at: usize| widest(cells(at).collect::<Vec<_>>().iter().map(String::as_str), most);
    (0..table.heads.len()).map(widest).collect()
}

/// Returns the width of the widest of some texts, at most so many cells.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> usize {
    texts.into_iter().map(|text| width(&visible(text))).max().unwrap_or(0).min(most)
}

/// Returns a text in a column: padded, with two blanks behind it.
pub(crate) fn column(text: &str, cells: usize) -> String {
    format!("{}  ", pad(&visible(text), cells))
}

/// What stands before an item, and what that says of it.
fn sign(mark: &Mark) -> (Kind, String) {
    let (kind, sign) = match mark {
        Mark::None | Mark::Value => (Kind::Plain, ""),
        Mark::Effect(effect, true) => (Kind::Good, &**effect),
        Mark::Effect(effect, false) => (Kind::Doubtful, &**effect),
        Mark::Need(NeedState::Met) => (Kind::Good, "[x] "),
        Mark::Need(NeedState::Unmet) => (Kind::Doubtful, "[ ] "),
        Mark::Need(NeedState::Unknown) => (Kind::Doubtful, "[?] "),
        Mark::Note(_) | Mark::More | Mark::Point => (Kind::Faint, "· "),
        Mark::Warning(_) => (Kind::Doubtful, "! "),
        Mark::Excludes => (Kind::Bad, "✗ "),
        Mark::Unknown => (Kind::Doubtful, "? "),
        Mark::Disputed => (Kind::Doubtful, "≠ "),
        Mark::Beyond => (Kind::Plain, "… "),
        Mark::First => (Kind::Bad, "! "),
        Mark::Changed => (Kind::Doubtful, "~ "),
        Mark::Word(word) => (Kind::Plain, *word),
        Mark::Tie => (Kind::Plain, "= "),
        Mark::Source => (Kind::Faint, "⤷ "),
        Mark::Number(number) => return (Kind::Plain, format!("[{number}] ")),
        Mark::Verdict(verdict, colon) => return (Kind::Good, format!("{verdict}{colon}")),
        Mark::Truth(truth, effect) => {
            let (kind, sign) = match truth {
                Truth::True => (Kind::Good, "✓ "),
                Truth::False => (Kind::Bad, "✗ "),
                Truth::Unknown => (Kind::Doubtful, "? "),
            };
            let gap = if effect.is_empty() { "" } else { "  " };
            return (kind, format!("{sign}{effect}{gap}"));
        }
    };
    (kind, sign.to_string())
}

/// The colour of words.
fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Plain
        | Kind::Code
        | Kind::Quoted
        | Kind::Short
        | Kind::Title
        | Kind::Link
        | Kind::To(_)
        | Kind::Here(_)
        | Kind::Verdict(Some(Verdict::Possible)) => "",
        Kind::Strong | Kind::Name => "\u{1b}[1m",
        Kind::Faint | Kind::Cited | Kind::Verdict(Some(Verdict::Unsuitable)) => "\u{1b}[2m",
        Kind::Good | Kind::Verdict(Some(Verdict::Recommended)) => "\u{1b}[32m",
        Kind::Doubtful | Kind::Verdict(None) => "\u{1b}[33m",
        Kind::Bad | Kind::Verdict(Some(Verdict::Excluded)) => "\u{1b}[31m",
    }
}
