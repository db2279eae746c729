//! For people: on a terminal, in a comment on a pull request, or in the summary of a workflow.

use super::snapshots::snapshots;
use super::{Summary, place, tongue_of};
use crate::testing::{CaseState, Coverage, Failure, PropertyOutcome, RulesetRun};
use qudao_telling::document::{Block, Code, Document, Item, Kind, Mark, Section, Table, TableKind, Text};
use qudao_telling::words::Tongue;

/// Tells the failures of all rulesets in full, what changed in snapshots, and how many checks came out how. With `whole`
/// the difference of each snapshot is told in full, not only a case of each cause; with `passed` what passed is listed.
#[must_use]
pub fn told(runs: &[RulesetRun], whole: bool, passed: bool) -> Document {
    let mut body = Vec::new();
    for run in runs {
        body.extend(Some(run).filter(|_| passed).and_then(what_passed));
        let tongue = run.tongue;
        for test in run.tests.iter().filter(|test| !test.passed()) {
            body.push(Block::Section(Section {
                word: tongue.fail(),
                place: place(&test.at),
                heading: test.title.as_str().into(),
                body: test.failures.iter().map(|of| failure(of, tongue)).collect(),
                ..Section::default()
            }));
        }
        for property in &run.properties {
            let (word, why) = match &property.outcome {
                PropertyOutcome::NotChecked | PropertyOutcome::Proved => continue,
                PropertyOutcome::Fails(why) => (tongue.fail(), why),
                PropertyOutcome::Undecided(why) => (tongue.undecided_property(), why),
            };
            body.push(Block::Section(Section {
                word,
                place: place(&property.at),
                heading: tongue.property(&property.name).into(),
                body: vec![Block::Code(Code::of(why))],
                ..Section::default()
            }));
        }
        body.extend(snapshots(run, whole));
        body.extend(run.coverage.as_ref().map(|found| coverage(&run.name, found, tongue)));
    }
    let (summary, tongue) = (Summary::of(runs), tongue_of(runs));
    let none = summary.is_empty() && summary.broken == 0;
    let nothing = if none { tongue.no_test_was_run() } else { "" };
    let kind = if summary.is_good() { Kind::Good } else { Kind::Bad };
    let result = Text::of(kind, format!("{nothing}{}", summary.words(tongue)));
    Document { is_part: true, body, result, overview: Some(overview(runs)), ..Document::default() }
}

/// The tests, properties and cases of a ruleset that passed.
fn what_passed(run: &RulesetRun) -> Option<Block> {
    let tongue = run.tongue;
    let item = |text: String, at: String| Item::new(Mark::None, Text::from(text).and(Kind::Faint, at));
    let tests = run.tests.iter().filter(|test| test.passed());
    let proved = run.properties.iter().filter(|property| property.outcome == PropertyOutcome::Proved);
    let same =
        run.cases.iter().filter(|case| matches!(case.state, CaseState::Same(_) | CaseState::Accepted { .. }));
    let items: Vec<Item> = tests
        .map(|test| item(test.title.clone(), format!("  {}", place(&test.at))))
        .chain(
            proved
                .map(|property| item(tongue.property(&property.name), format!("  {}", place(&property.at)))),
        )
        .chain(same.map(|case| item(tongue.case(&case.name), String::new())))
        .collect();
    let heading = tongue.passed_in(items.len(), &run.name);
    (!items.is_empty()).then(|| Block::section(heading, vec![Block::list(items)]))
}

fn failure(failure: &Failure, tongue: Tongue) -> Block {
    match failure {
        Failure::Unmet { at, expected, actual, proof } => {
            let expected =
                Text::from(expected.as_str()).and(Kind::Faint, format!("  {}", tongue.line_of(at.line)));
            let actual = Item::new(Mark::None, Text::of(Kind::Bad, actual.as_str())).named(tongue.actual());
            Block::list(vec![
                Item::new(Mark::None, expected).named(tongue.expected()),
                Item { shown: proof.clone(), ..actual },
            ])
        }
        Failure::NotRun(why) => Block::Code(Code::of(why.trim_end())),
    }
}

fn coverage(name: &str, coverage: &Coverage, tongue: Tongue) -> Block {
    let unseen = coverage.unseen().iter().map(|unseen| {
        let text = Text::from(unseen.text.as_str()).and(Kind::Faint, format!("  {}", place(&unseen.at)));
        Item::new(Mark::None, text)
    });
    Block::section(
        format!("{name}{}{}", tongue.colon(), coverage.headline(tongue)),
        vec![Block::list(unseen.collect())],
    )
}

/// A row for each ruleset.
fn overview(runs: &[RulesetRun]) -> Table {
    let rows = runs.iter().map(|run| {
        let of = Summary::of(std::slice::from_ref(run));
        let mut failed = if run.broken { run.tongue.errors().to_string() } else { of.failed.to_string() };
        if of.new + of.unreferenced > 0 && !run.broken {
            failed = run.tongue.failed_and_new(of.failed, of.new, of.unreferenced);
        }
        [run.name.clone(), of.passed.to_string(), failed, of.undecided.to_string()].map(Text::from).to_vec()
    });
    let heads = tongue_of(runs).heads_of_outcomes().map(Text::from).to_vec();
    Table { kind: TableKind::Counts, heads, rows: rows.collect() }
}
