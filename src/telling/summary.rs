//! The counts over all rows of a table, in words.

use qudao_engine::program::Program;
use qudao_engine::program::batch::Summary;

use crate::document::{Block, Document, Table, TableKind, Text};

/// Tells the counts over all rows of a table.
#[must_use]
pub fn summary(summary: &Summary, program: &Program<'_>) -> Document {
    let rows = |count: u64| format!("{count} row{}", if count == 1 { "" } else { "s" });
    let answered = format!("{} answered, {} set aside", rows(summary.rows), rows(summary.rejected));
    let channels = program.ruleset().channels.len();
    let firsts = summary.firsts(program).into_iter().take(channels).map(|(_, count)| count.to_string());
    let firsts = firsts.chain(std::iter::repeat(String::new()));
    let targets = summary.targets(program).zip(firsts).map(|((name, counts), first)| {
        let counts = counts.iter().map(u64::to_string);
        [name.to_string(), first].into_iter().chain(counts).map(Text::from).collect()
    });
    let table = Table {
        kind: TableKind::Counts,
        heads: ["target", "first"].into_iter().chain(Summary::words()).map(Text::from).collect(),
        rows: targets.collect(),
    };
    let missing = summary.missing(program).into_iter().map(|(name, count)| format!("{name} ({count})"));
    let lists = [
        ("Rules that never fired", summary.never(program)),
        ("Not known where something was undecided, in rows", missing.collect()),
    ];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    let lists = lists.map(|(label, names)| Block::Entry(label, names.join(", ").into()));
    let blocks = [Block::Table(table)].into_iter().chain(lists);
    let apart = blocks.map(|block| Block::section("", vec![block]));
    Document {
        body: [Block::Paragraph(answered.into())].into_iter().chain(apart).collect(),
        ..Document::default()
    }
}
