//! For people: on a terminal, in a comment on a pull request, or in the summary of a workflow.

use super::snapshots::snapshots;
use super::{Summary, place};
use crate::testing::{CaseState, Coverage, Failure, PropertyOutcome, RulesetRun};
use qudao_telling::document::{Block, Code, Document, Item, Kind, Mark, Section, Table, TableKind, Text};

/// The words before what is not as it should be.
pub(super) const FAIL: &str = "FAIL";
const UNDECIDED: &str = "UNDECIDED";

/// Tells the failures of all rulesets in full, what changed in snapshots, and how many checks came out how. With `whole`
/// the difference of each snapshot is told in full, not only a case of each cause; with `passed` what passed is listed.
#[must_use]
pub fn told(runs: &[RulesetRun], whole: bool, passed: bool) -> Document {
    let mut body = Vec::new();
    for run in runs {
        body.extend(Some(run).filter(|_| passed).and_then(what_passed));
        for test in run.tests.iter().filter(|test| !test.passed()) {
            body.push(Block::Section(Section {
                word: FAIL,
                place: place(&test.at),
                heading: test.title.as_str().into(),
                body: test.failures.iter().map(failure).collect(),
                ..Section::default()
            }));
        }
        for property in &run.properties {
            let (word, why) = match &property.outcome {
                PropertyOutcome::NotChecked | PropertyOutcome::Proved => continue,
                PropertyOutcome::Fails(why) => (FAIL, why),
                PropertyOutcome::Undecided(why) => (UNDECIDED, why),
            };
            body.push(Block::Section(Section {
                word,
                place: place(&property.at),
                heading: format!("property {}", property.name).into(),
                body: vec![Block::Code(Code::of(why))],
                ..Section::default()
            }));
        }
        body.extend(snapshots(run, whole));
        body.extend(run.coverage.as_ref().map(|found| coverage(&run.name, found)));
    }
    let summary = Summary::of(runs);
    let nothing =
        if summary.is_empty() && summary.broken == 0 { "no test was run, which is a failure: " } else { "" };
    let kind = if summary.is_good() { Kind::Good } else { Kind::Bad };
    let result = Text::of(kind, format!("{nothing}{}", summary.words()));
    Document { is_part: true, body, result, overview: Some(overview(runs)), ..Document::default() }
}

/// The tests, properties and cases of a ruleset that passed.
fn what_passed(run: &RulesetRun) -> Option<Block> {
    let item = |text: String, at: String| Item::new(Mark::None, Text::from(text).and(Kind::Faint, at));
    let tests = run.tests.iter().filter(|test| test.passed());
    let proved = run.properties.iter().filter(|property| property.outcome == PropertyOutcome::Proved);
    let same =
        run.cases.iter().filter(|case| matches!(case.state, CaseState::Same(_) | CaseState::Accepted { .. }));
    let items: Vec<Item> = tests
        .map(|test| item(test.title.clone(), format!("  {}", place(&test.at))))
        .chain(proved.map(|property| {
            item(format!("property {}", property.name), format!("  {}", place(&property.at)))
        }))
        .chain(same.map(|case| item(format!("case {}", case.name), String::new())))
        .collect();
    let heading = format!("{} passed in {}", items.len(), run.name);
    (!items.is_empty()).then(|| Block::section(heading, vec![Block::list(items)]))
}

fn failure(failure: &Failure) -> Block {
    match failure {
        Failure::Unmet { at, expected, actual, proof } => {
            let expected = Text::from(expected.as_str()).and(Kind::Faint, format!("  line {}", at.line));
            let actual = Item::new(Mark::None, Text::of(Kind::Bad, actual.as_str())).named("actual");
            Block::list(vec![
                Item::new(Mark::None, expected).named("expected"),
                Item { shown: proof.clone(), ..actual },
            ])
        }
        Failure::NotRun(why) => Block::Code(Code::of(why.trim_end())),
    }
}

fn coverage(name: &str, coverage: &Coverage) -> Block {
    let unseen = coverage.unseen().iter().map(|unseen| {
        let text = Text::from(unseen.text.as_str()).and(Kind::Faint, format!("  {}", place(&unseen.at)));
        Item::new(Mark::None, text)
    });
    Block::section(format!("{name}: {}", coverage.headline()), vec![Block::list(unseen.collect())])
}

/// A row for each ruleset.
fn overview(runs: &[RulesetRun]) -> Table {
    let rows = runs.iter().map(|run| {
        let of = Summary::of(std::slice::from_ref(run));
        let mut failed = if run.broken { "errors".to_string() } else { of.failed.to_string() };
        if of.new + of.unreferenced > 0 && !run.broken {
            failed = format!("{failed}, {} new, {} unreferenced", of.new, of.unreferenced);
        }
        [run.name.clone(), of.passed.to_string(), failed, of.undecided.to_string()].map(Text::from).to_vec()
    });
    let heads = ["ruleset", "passed", "failed", "undecided"].map(Text::from).to_vec();
    Table { kind: TableKind::Counts, heads, rows: rows.collect() }
}
