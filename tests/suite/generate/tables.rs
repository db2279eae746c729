//! Decision tables.

use std::fmt::Write;

use super::Generator;

impl Generator<'_> {
    /// A table of a few rows, whose effects stand below a target, in a column `then`, or both.
    pub(super) fn table(&mut self, mixes: usize) -> String {
        self.used("table");
        self.variable = false;
        let policy = self.dice.one(&["first", "collect"]);
        let target = self.target(mixes);
        let columns = ["then", "both", "target"][self.dice.pick(3)];
        let (below, then) = (columns != "then", columns != "target");
        let headings = match columns {
            "both" => format!("{target} | then"),
            "target" => target,
            _ => "then".into(),
        };
        let mut text = format!("table t \"A table\" {policy} {{\n  | owner | posts || {headings} |");
        for row in 0..2 + self.dice.pick(3) {
            let owner = self.dice.one(&["-", "one", "not two", "in {one, three}", "one or three"]);
            let posts = self.dice.one(&[">= 2 per month", "-", "< 1 per week", "2 per month"]);
            let mut effects = Vec::new();
            if below {
                effects.push(self.dice.one(&["+strong", "-1", "cap possible", "exclude", ""]).to_string());
            }
            if then {
                self.used("effects in a table");
                let all: Vec<String> = (0..self.dice.pick(3)).map(|_| self.effect(mixes, false)).collect();
                effects.push(all.join(", "));
            }
            let _ = write!(text, "\n  row{row} | {owner} | {posts} || {} |", effects.join(" | "));
        }
        text + "\n}"
    }
}
