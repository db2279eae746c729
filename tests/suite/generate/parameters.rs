//! Parameters, and conditions that read them.

use super::Generator;

impl Generator<'_> {
    /// Declares parameters of each kind; now and then one says nothing.
    pub(super) fn parameters(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        let mut declare = |generator: &mut Self, construct, head: &str, stated: &str| {
            let name = head.split([':', '[']).next().expect("a split text has a first part");
            let old = generator.old_name("old name of a parameter", &format!("old_{name}"));
            if generator.dice.chance(75) {
                generator.used(construct);
                all.push(format!("parameter {head}{old}{stated}"));
            } else {
                all.push(format!("parameter {head}{old}"));
            }
        };
        let (before, after) =
            (self.dice.one(&["1 per month", "1 per week"]), self.dice.one(&["2 per month", "0 per month"]));
        let other = self.disputed(&["3 per month", "unknown"]);
        let dated =
            format!(" {{\n  = {before} until 2024-06-14 from book\n  = {after} since 2024-06-15{other}\n}}");
        declare(self, "dated parameter", "ceiling: number per month \"Ceiling\" @zh \"上限\"", &dated);
        let free = self.dice.one(&["true", "false", "unknown"]);
        let other = self.disputed(&["true", "false"]);
        declare(self, "parameter", "free: bool", &format!(" = {free} from book \"so it says\"{other}"));
        let first = self.dice.pick(4);
        let values = ["50%", "120%", "unknown", "0%"];
        let entries = ["one", "two", "three"].iter().zip(0..);
        let entries: Vec<String> =
            entries.map(|(owner, place)| format!("[{owner}] = {}", values[(first + place) % 4])).collect();
        let indexed = format!(" {{\n  {}\n}}", entries.join("\n  "));
        declare(self, "indexed parameter", "part[Owner]: number percent", &indexed);
        let wanted = self.dice.one(&["{}", "{sell}", "{sell, talk}"]);
        declare(self, "parameter", "wanted: set of Goal", &format!(" = {wanted}"));
        all
    }

    /// A condition on parameters alone.
    pub(super) fn on_parameters(&mut self, channel: &str) -> String {
        self.used("parameter read");
        match self.dice.pick(5) {
            0 => "free".into(),
            1 => {
                self.used("known");
                format!("ceiling is {}", self.dice.one(&["known", "unknown"]))
            }
            2 => format!("part[{}] > 40%", self.dice.one(&["one", "three"])),
            3 => format!("{channel}.limit <= ceiling"),
            _ => format!("{channel}.tags has any wanted"),
        }
    }

    /// A condition on a field and a parameter.
    pub(super) fn against_parameter(&mut self, op: &str, channel: &str) -> String {
        self.used("field against parameter");
        match self.dice.pick(5) {
            0 => format!("posts {op} ceiling"),
            1 => format!("staff * part[owner] {op} 1"),
            2 => "goals has any wanted".into(),
            3 => format!("part[owner] {op} {channel}.by[owner]"),
            _ => format!("size * part[two] {op} 6 MB"),
        }
    }
}
