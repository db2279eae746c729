//! The parts of a page.

use maud::{Markup, html};
use qudao_language::decide::Truth;
use qudao_language::visible::{one_line, visible};

use super::super::{
    Bars, Block, Case, Changes, Code, Item, List, Mark, Part, Section, Table, TableKind, Text,
};
use super::graph;
use super::inline::{View, inline, place, source, verdict_look, words};
use crate::words::Tongue;
use qudao_language::model::NeedState;

/// A page in the making.
pub(super) struct Page<'p> {
    pub(super) view: View<'p>,
    /// How many sections there were.
    pub(super) sections: usize,
    /// The uppermost of them that have a heading: place and heading.
    pub(super) contents: Vec<(String, String)>,
}

impl Page<'_> {
    pub(super) fn blocks<'d>(&mut self, blocks: impl IntoIterator<Item = &'d Block>, level: usize) -> Markup {
        html! { @for block in blocks { (self.block(block, level)) } }
    }

    fn block(&mut self, block: &Block, level: usize) -> Markup {
        match block {
            Block::Section(section) => self.section(section, level),
            Block::Paragraph(text) => html! { p { (self.inline(text)) } },
            Block::Entry(what, text) => html! {
                p .entry { strong { (visible(what)) } (self.view.tongue.colon()) (self.inline(text)) }
            },
            Block::List(list) => self.list(list),
            Block::Cases(cases, rest) => self.cases(cases, rest),
            Block::Changes(label, changes) => html! { p { (visible(label)) } (self.changes(changes)) },
            Block::Code(Code { label, text, .. }) => html! {
                @if !label.is_empty() { p { (visible(label)) } }
                (shown(text))
            },
            Block::Table(table) => self.table(table),
            Block::Bars(bars) => self.bars(bars),
            Block::Tree(item) => html! { ul .tree { (self.item(item)) } },
            Block::Proof(blocks) => html! { div .proof { (self.blocks(blocks, level)) } },
            Block::Fold(heading, blocks) => html! {
                details { summary { (self.inline(heading)) } (self.blocks(blocks, level)) }
            },
            Block::Graph(drawn) => html! {
                (wide(self.view.tongue, true, graph::draw(drawn, self.view)))
                details { summary { (self.view.tongue.in_words()) } (self.list(&drawn.told())) }
            },
        }
    }

    pub(super) fn inline(&self, text: &Text) -> Markup {
        inline(text, self.view)
    }

    fn section(&mut self, section: &Section, level: usize) -> Markup {
        self.sections += 1;
        let here = self.view.places.zip(section.here).map(|(places, here)| places.here(here));
        let id = here.unwrap_or_else(|| place(self.sections));
        if level == 2 && !section.heading.is_empty() {
            self.contents.push((id.clone(), one_line(&words(&section.heading))));
        }
        let told = html! {
            @if !section.word.is_empty() { span .bad { (visible(section.word)) } " " }
            @if !section.name.is_empty() { code { (visible(&section.name)) } " " }
            (self.inline(&section.heading))
        };
        let body = html! {
            @if !section.place.is_empty() { p .place { code { (visible(&section.place)) } } }
            @for also in &section.also { p { (visible(also)) } }
            (self.blocks(&section.body, level + 1))
        };
        if section.heading.is_empty() && section.name.is_empty() && section.word.is_empty() {
            return html! { div .apart { (body) } };
        }
        html! {
            section class=[part(section.part)] {
                @match level {
                    0..=2 => h2 id=(id) { (told) },
                    3 => h3 id=(id) { (told) },
                    4 => h4 id=(id) { (told) },
                    _ => h5 id=(id) { (told) },
                }
                (body)
            }
        }
    }

    fn list(&mut self, list: &List) -> Markup {
        let numbered = list.items.iter().all(|item| matches!(item.mark, Mark::Number(_)));
        html! {
            @if !list.label.is_empty() { p .label { (visible(&list.label)) } }
            @if !list.items.is_empty() {
                @if numbered {
                    ol .notes { @for item in &list.items { (self.item(item)) } }
                } @else {
                    ul .marks { @for item in &list.items { (self.item(item)) } }
                }
            }
            @if !list.rest.is_empty() { p { (self.inline(&list.rest)) } }
        }
    }

    fn item(&self, item: &Item) -> Markup {
        let number = if let Mark::Number(number) = item.mark { Some(number) } else { None };
        let between = if item.mark == Mark::Value { "= " } else { "" };
        html! {
            li id=[number.map(|number| source(&number.to_string()))] value=[number] {
                (self.mark(&item.mark))
                div .item {
                    @if !item.name.is_empty() { code { (visible(&item.name)) } " " }
                    (between) (self.inline(&item.text))
                    @if !item.rule.is_empty() { " " code .rule { (visible(&item.rule)) } }
                    @if !item.sources.is_empty() { " " span .faint { "[" (visible(&item.sources)) "]" } }
                    @if !item.place.is_empty() { " " span .place { (visible(&item.place)) } }
                    @if !item.shown.trim().is_empty() { (shown(&item.shown)) }
                    @let below: Vec<&Item> = item.remarks.iter().chain(&item.parts).collect();
                    @if !below.is_empty() { ul .tree { @for item in below { (self.item(item)) } } }
                }
            }
        }
    }

    /// What an item is: a sign to be seen, and a word where the sign alone says something.
    fn mark(&self, mark: &Mark) -> Markup {
        let (class, sign, word): (&str, &str, &str) = match mark {
            Mark::None | Mark::Value | Mark::Number(_) => return html! {},
            Mark::Effect(effect, true) => ("good", effect, ""),
            Mark::Effect(effect, false) => ("doubtful", effect, ""),
            Mark::Need(state) => {
                let sign = if *state == NeedState::Met { "☑" } else { "☐" };
                ("need", sign, self.view.tongue.need_state(*state))
            }
            Mark::Note(_) | Mark::More | Mark::Point | Mark::Beyond | Mark::Changed | Mark::First => {
                ("faint", "·", "")
            }
            Mark::Warning(word) => ("doubtful", "!", word),
            Mark::Excludes => ("bad", "✕", ""),
            Mark::Unknown => ("doubtful", "?", ""),
            Mark::Disputed => ("doubtful", "≠", ""),
            Mark::Tie => ("faint", "=", ""),
            Mark::Source => ("faint", "⤷", ""),
            Mark::Word(word) => return html! { span .word { (visible(word)) } },
            Mark::Verdict(verdict, colon) => {
                return html! { strong { (visible(verdict)) (visible(colon)) } };
            }
            Mark::Truth(truth, effect) => {
                let (class, sign) = match truth {
                    Truth::True => ("good", "✓"),
                    Truth::False => ("bad", "✕"),
                    Truth::Unknown => ("doubtful", "?"),
                };
                return html! {
                    span class={"mark " (class)} { (sign) @if !effect.is_empty() { " " (visible(effect)) } }
                };
            }
        };
        html! {
            @if word.is_empty() {
                span class={"mark " (class)} { (visible(sign)) }
            } @else {
                span class={"mark " (class)} {
                    span aria-hidden="true" { (sign) }
                    span .unseen { (visible(word)) " " }
                }
            }
        }
    }

    fn cases(&mut self, cases: &[Case], rest: &Text) -> Markup {
        html! {
            @if !rest.is_empty() { p { (self.inline(rest)) } }
            ul .marks {
                @for case in cases {
                    li {
                        (self.mark(&case.mark))
                        div .item {
                            code { (visible(&case.name)) } " " (self.inline(&case.text))
                            @if let Some(changes) = &case.changes { (self.changes(changes)) }
                        }
                    }
                }
            }
        }
    }

    fn changes(&self, changes: &Changes) -> Markup {
        let heads = changes.tongue.heads_of_changes();
        html! {
            @for group in &changes.groups {
                @if !group.rows.is_empty() {
                    (wide(self.view.tongue, true, html! {
                        table {
                            thead { tr { @for head in heads { th scope="col" { (head) } } } }
                            tbody {
                                @for row in &group.rows {
                                    tr {
                                        th scope="row" { (visible(&row.name)) }
                                        td { (visible(&row.before)) }
                                        td { (visible(&row.now)) }
                                        td { (visible(&row.besides.join(", "))) }
                                    }
                                }
                            }
                        }
                    }))
                }
                ul .marks { @for cause in &group.causes { (self.item(cause)) } }
            }
        }
    }

    pub(super) fn table(&self, table: &Table) -> Markup {
        let class = match table.kind {
            TableKind::Ranking => "ranking",
            TableKind::Counts => "counts",
            TableKind::SideBySide => "side",
            TableKind::Answers => "answers",
            TableKind::Rows => "rows",
        };
        wide(
            self.view.tongue,
            matches!(table.kind, TableKind::SideBySide | TableKind::Rows),
            html! {
                table class=(class) {
                    @if !table.heads.is_empty() {
                        thead {
                            tr {
                                @for head in &table.heads {
                                    @if head.is_empty() { td {} } @else { th scope="col" { (self.inline(head)) } }
                                }
                            }
                        }
                    }
                    tbody { @for row in &table.rows { (self.row(table, row)) } }
                }
            },
        )
    }

    /// A row; the first cell of things side by side, and of answers, heads it.
    fn row(&self, table: &Table, row: &[Text]) -> Markup {
        let headed = table.kind != TableKind::Ranking;
        if let (TableKind::Answers, [group, answer]) = (table.kind, row)
            && answer.is_empty()
        {
            return html! { tr .group { th colspan="2" scope="colgroup" { (self.inline(group)) } } };
        }
        html! {
            tr {
                @for (at, cell) in row.iter().enumerate() {
                    @if headed && at == 0 && !cell.is_empty() { th scope="row" { (self.inline(cell)) } }
                    @else { td .day[is_days(cell)] { (self.inline(cell)) } }
                }
            }
        }
    }

    /// Bars beside each other, each as long as its share.
    fn bars(&self, bars: &Bars) -> Markup {
        wide(
            self.view.tongue,
            true,
            html! {
                table .bars {
                    thead { tr { @for head in &bars.heads { th scope="col" { (self.inline(head)) } } } }
                    tbody {
                        @for row in &bars.rows {
                            tr {
                                th scope="row" { (self.inline(&row.name)) }
                                td { (self.inline(&row.verdict)) }
                                @for bar in &row.bars {
                                    td {
                                        span .value { (visible(&bar.shown)) }
                                        @if let Some(share) = bar.share {
                                            @let (class, _) = verdict_look(row.leaning);
                                            span .track aria-hidden="true" {
                                                span class={"fill " (class) @if share < 0 { " against" }}
                                                    style={"inline-size:" (share.unsigned_abs()) "%"} {}
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            },
        )
    }
}

/// A text as it stands.
fn shown(text: &str) -> Markup {
    html! { pre tabindex="0" { code { (visible(text)) } } }
}

/// What may be wider than a page is moved by itself, by keys too.
fn wide(tongue: Tongue, moved: bool, inner: Markup) -> Markup {
    html! {
        @if moved { div .wide tabindex="0" role="group" aria-label=(tongue.table()) { (inner) } }
        @else { div { (inner) } }
    }
}

/// The class of a section.
fn part(part: Part) -> Option<&'static str> {
    match part {
        Part::Plain | Part::ToDo => None,
        Part::Answer => Some("answer"),
        Part::Choice => Some("choice"),
        Part::Proofs => Some("proofs"),
    }
}

/// Whether a text is nothing but days, which would be broken at their hyphens.
fn is_days(text: &Text) -> bool {
    let words = words(text);
    words.contains('-') && words.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '–' | ' '))
}
