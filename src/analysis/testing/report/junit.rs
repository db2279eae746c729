//! The XML that build servers read: a suite a ruleset, a case a test.
//!
//! The form is that of JUnit as Jenkins and GitLab read it: `testsuites`, `testsuite`, `testcase`, `failure`,
//! `skipped`. There are no times in it, so that the same run gives the same file.

use crate::testing::{Failure, PropertyOutcome, RulesetRun, difference};
use qudao_language::visible::visible;
use qudao_telling::words::Tongue;

/// Returns the outcomes of all rulesets as XML.
#[must_use]
pub fn junit(runs: &[RulesetRun]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"qudao\">\n");
    for run in runs {
        let mut cases = Cases::default();
        for test in &run.tests {
            let inner = test.failures.iter().map(|of| failed(of, run.tongue)).collect::<String>();
            cases.add(run, &test.title, test.at.line, &inner, !test.passed());
        }
        for property in &run.properties {
            let inner = match &property.outcome {
                PropertyOutcome::Proved => String::new(),
                PropertyOutcome::NotChecked => "      <skipped message=\"not checked\"/>\n".into(),
                PropertyOutcome::Undecided(why) if run.deny_undecided => element("undecided", why),
                PropertyOutcome::Undecided(why) => {
                    format!("      <skipped message=\"undecided: {}\"/>\n", escaped(why))
                }
                PropertyOutcome::Fails(why) => element("the property does not hold", why),
            };
            let fails = match property.outcome {
                PropertyOutcome::Fails(_) => true,
                PropertyOutcome::Undecided(_) => run.deny_undecided,
                PropertyOutcome::Proved | PropertyOutcome::NotChecked => false,
            };
            cases.add(run, &format!("property {}", property.name), property.at.line, &inner, fails);
        }
        for case in &run.cases {
            let inner = match case.pending() {
                Some((old, new)) => element(case.headline(run.tongue), &difference(old, new)),
                None if case.passed() => String::new(),
                None => element(case.headline(run.tongue), case.why()),
            };
            cases.add(run, &format!("case {}", case.name), 1, &inner, !case.passed());
        }
        for file in &run.unreferenced {
            cases.add(run, file, 1, &element("no profile has the name of this snapshot", ""), true);
        }
        if run.broken {
            cases.add(run, "the ruleset", 1, &element("the ruleset has errors", ""), true);
        }
        text.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
            escaped(&run.name),
            cases.count,
            cases.failed,
            cases.skipped,
            cases.text
        ));
    }
    text + "</testsuites>\n"
}

#[derive(Default)]
struct Cases {
    text: String,
    count: usize,
    failed: usize,
    skipped: usize,
}

impl Cases {
    fn add(&mut self, run: &RulesetRun, name: &str, line: u32, inner: &str, failed: bool) {
        self.count += 1;
        self.failed += usize::from(failed);
        self.skipped += usize::from(!failed && !inner.is_empty());
        let (class, name, file) = (escaped(&run.name), escaped(name), escaped(&run.file));
        let head =
            format!("    <testcase classname=\"{class}\" name=\"{name}\" file=\"{file}\" line=\"{line}\"");
        let rest = if inner.is_empty() { "/>\n".into() } else { format!(">\n{inner}    </testcase>\n") };
        self.text.push_str(&(head + &rest));
    }
}

fn failed(failure: &Failure, tongue: Tongue) -> String {
    let place = failure.at().map(|at| format!("{at}\n")).unwrap_or_default();
    element(&failure.headline(tongue), &format!("{place}{}", failure.details()))
}

fn element(message: &str, text: &str) -> String {
    format!("      <failure message=\"{}\">{}</failure>\n", escaped(message), escaped(text))
}

/// Escapes a text for content and attributes; hidden characters are made visible, and those that XML 1.0 has no place
/// for become U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
