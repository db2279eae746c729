//! Measures, what reads them, and what is ranked by them.

use super::Generator;

impl Generator<'_> {
    /// Measures, and maybe a ranking by them.
    pub(super) fn measures(&mut self, all: &mut Vec<String>) {
        if self.dice.chance(60) {
            return;
        }
        self.used("measure");
        let first = match self.dice.pick(6) {
            0 => "c.base + posts * c.piece",
            1 => "staff * c.base + c.base",
            2 => "(if flag then c.base else 2 EUR per month)",
            3 => "max(c.base, posts * c.piece) + posts * 0.5 EUR",
            4 => "posts * c.piece * c.ratio",
            _ => "c.base * c.by[owner] + posts * c.piece",
        };
        let filter = if self.dice.chance(25) { " where c.push" } else { "" };
        let clauses = self.dice.one(&["", " higher is better", " mixes sum", " mixes sum"]);
        all.push(format!("measure m0: number EUR per month \"M\" for each c{filter} = {first}{clauses}"));
        self.measures = 1;
        if self.dice.chance(40) {
            self.used("measure of a measure");
            all.push("measure m1: number EUR per month for each c = c.m0 / 2 - alpha.m0".into());
            self.measures = 2;
        }
        if self.dice.chance(60) {
            self.used("rank by");
            self.rank = match self.measures {
                2 => self.dice.one(&["rank by m1, score", "rank by m0, m1", "rank by score, m1, m0"]),
                _ => self.dice.one(&["rank by score, m0", "rank by m0, score", "rank by m0"]),
            };
        }
    }

    /// A condition on a measure.
    pub(super) fn measured(&mut self, op: &str, channel: &str) -> String {
        self.used("measure read");
        let measure = self.dice.pick(self.measures);
        match self.dice.pick(3) {
            0 => format!("{channel}.m{measure} {op} 5 EUR per month"),
            1 => format!("{channel}.m{measure} {op} beta.m0"),
            _ => format!("{channel}.m{measure} in 1 EUR per month .. 12 EUR per month"),
        }
    }
}
