//! Random rulesets and profiles, of every construct of the language, from a string of random bytes: few bytes give a
//! small ruleset, so that a failure is made smaller by cutting bytes off.

#[path = "generate/amounts.rs"]
mod amounts;
#[path = "generate/measures.rs"]
mod measures;
#[path = "generate/parameters.rs"]
mod parameters;
#[path = "generate/tables.rs"]
mod tables;

use std::collections::BTreeMap;
use std::fmt::Write;

/// Random choices, used up byte by byte; when none are left, every choice is the first.
pub(crate) struct Dice {
    bytes: Vec<u8>,
    at: usize,
}

impl Dice {
    /// Bytes from a seed (splitmix64).
    pub(crate) fn seeded(seed: u64, length: usize) -> Dice {
        let mut state = seed;
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            bytes.extend((z ^ (z >> 31)).to_le_bytes());
        }
        bytes.truncate(length);
        Dice { bytes, at: 0 }
    }

    /// Bytes that somebody else chose.
    pub(crate) fn of(bytes: &[u8]) -> Dice {
        Dice { bytes: bytes.to_vec(), at: 0 }
    }

    /// Whether no choice is left to chance.
    pub(crate) fn is_used_up(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    pub(crate) fn pick(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count.max(1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.pick(of.len())]
    }

    /// True in so many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.pick(100) < percent
    }
}

/// A field: its name, its type as written, and values that a profile may give, as YAML.
#[derive(Clone)]
pub(crate) struct FieldModel {
    pub(crate) name: &'static str,
    pub(crate) values: &'static [&'static str],
}

/// The fields of every random ruleset; their domains are small, so that all fillings can be tried.
pub(crate) const FIELDS: &[FieldModel] = &[
    FieldModel { name: "flag", values: &["true", "false"] },
    FieldModel { name: "icp", values: &["true", "false"] },
    FieldModel { name: "posts", values: &["0", "1", "2", "3", "\"1 per week\""] },
    FieldModel { name: "size", values: &["-2.25", "5", "5.000000001", "10.5"] },
    FieldModel { name: "staff", values: &["0", "1", "2", "3"] },
    FieldModel { name: "owner", values: &["one", "two", "three"] },
    FieldModel { name: "repeat", values: &["never", "some", "often"] },
    FieldModel { name: "goals", values: &["[]", "[sell]", "[talk]", "[sell, talk]"] },
    FieldModel { name: "start", values: &["2024-01-31", "2024-02-29", "2025-06-01"] },
    FieldModel { name: "word", values: &["\"a\"", "\"b\""] },
];

const CHANNELS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// A random ruleset.
pub(crate) struct Random {
    pub(crate) text: String,
    /// How often each construct stands in it.
    pub(crate) uses: BTreeMap<&'static str, usize>,
    /// The names of its declarations after the header, each with its text, for shuffling.
    pub(crate) declarations: Vec<String>,
}

#[derive(Clone, Copy)]
enum LetKind {
    Condition,
    Owner,
    Rate,
    /// A number in bands.
    Band,
}

pub(crate) struct Generator<'d> {
    dice: &'d mut Dice,
    uses: BTreeMap<&'static str, usize>,
    channels: usize,
    /// What kind of value each let has.
    lets: Vec<LetKind>,
    /// How many measures there are, and what ranks.
    measures: usize,
    rank: &'static str,
    /// Whether the expression stands under `for each`.
    variable: bool,
    may_ask: bool,
    facts_only: bool,
    rules: (usize, usize),
}

/// Writes a random ruleset of a few rules.
pub(crate) fn ruleset(dice: &mut Dice) -> Random {
    ruleset_with(dice, 2, 8)
}

/// Writes a random ruleset of so many rules at least, and fewer than so many more.
pub(crate) fn ruleset_with(dice: &mut Dice, least: usize, more: usize) -> Random {
    let channels = 2 + dice.pick(3);
    let mut generator = Generator {
        dice,
        uses: BTreeMap::new(),
        channels,
        lets: Vec::new(),
        measures: 0,
        rank: "",
        variable: false,
        may_ask: false,
        facts_only: false,
        rules: (least, more),
    };
    let declarations = generator.declarations();
    let rank = generator.rank;
    let header = format!("ruleset random \"Random\" {{ languages en, zh  as of 2024-06-15 {rank} }}\n");
    let text = header.clone() + &declarations.join("\n");
    Random { text, uses: generator.uses, declarations }
}

impl Generator<'_> {
    fn used(&mut self, construct: &'static str) {
        *self.uses.entry(construct).or_default() += 1;
    }

    fn declarations(&mut self) -> Vec<String> {
        let [third, speak, frequent] =
            ["third", "speak", "frequent"].map(|name| self.old_name("old name", name));
        let mut all: Vec<String> = vec![
            format!("enum Owner {{ one \"One\" @zh \"一\", two \"Two\", three{third} }}"),
            format!("enum Goal {{ sell, talk{speak} }}"),
            format!("scale Repeat {{ never < some < often{frequent} }}"),
            "source book \"A book\"".into(),
            "source rumour \"A rumour\" { confidence low }".into(),
            "unit post".into(),
            "unit batch = 2 post".into(),
            "fact limit: number per month \"Limit\"".into(),
            "fact push: bool".into(),
            "fact open_to[Owner]: bool \"Open\"".into(),
            "fact room: number MB".into(),
            "fact rank: Repeat".into(),
            "fact born: date".into(),
            "fact tags: set of Goal".into(),
            "fact load: int post".into(),
            "fact kinds: set of Owner".into(),
            "fact kind: Goal".into(),
            "fact base: number EUR per month".into(),
            "fact piece: number EUR".into(),
            "fact price: number EUR per MB".into(),
            "fact ratio: number".into(),
            "fact by[Owner]: number percent".into(),
            "fact mark: int \"Mark\"".into(),
            "fact toll: number coin \"Toll\"".into(),
            "fact quota[Owner][Repeat]: number per month \"Quota\"".into(),
        ];
        all.extend(self.rates());
        all.extend(self.parameters());
        let articles = self.old_name("old name", "articles");
        let crew = self.old_name("old name", "crew");
        let icp = self.default(40, "false");
        let staff = self.default(30, "1");
        all.push(format!(
            "profile {{\n  flag: bool \"Flag?\"\n  icp: bool{icp}\n  posts: number per month in 0 .. 20{articles}\n  size: number MB\n  \
             staff: int in 0 .. 3{staff}{crew}\n  owner: Owner \"Who?\"\n  repeat: Repeat\n  goals: set of Goal\n  start: date\n  \
             word: text\n}}"
        ));
        for index in 0..self.channels {
            all.push(self.channel(index));
        }
        for index in 0..self.dice.pick(3) {
            let first = self.dice.pick(self.channels);
            let second = (first + 1 + self.dice.pick(self.channels - 1)) % self.channels;
            self.used("mix");
            all.push(format!(
                "mix mix{index} \"Mix {index}\" {{ of {}, {} }}",
                CHANNELS[first], CHANNELS[second]
            ));
        }
        let mixes = all.iter().filter(|declaration| declaration.starts_with("mix ")).count();
        for name in ["licence", "hosting"] {
            let met =
                if self.dice.chance(60) { format!("met when {}", self.condition(2)) } else { String::new() };
            self.used("requirement");
            all.push(format!("requirement {name} \"{name}\" {{ {met} how \"Ask for {{owner}}\" cost 300 CNY takes 10 days }}"));
        }
        let levels = self.dice.chance(50);
        if levels {
            self.used("levels");
            all.push("levels strong > plain".into());
        } else {
            self.used("weight");
            all.push("weight strong = 5".into());
            all.push("weight plain = 2".into());
        }
        for index in 0..self.dice.pick(4) {
            self.used("let");
            let (kind, ty, value) = match self.dice.pick(4) {
                3 => {
                    let bands =
                        "if posts >= 3 per month then often else if posts > 1 per month then some else never";
                    (LetKind::Band, ": Repeat", bands.to_string())
                }
                0 => (LetKind::Condition, "", self.condition(2)),
                1 => (LetKind::Owner, ": Owner", format!("if {} then one else two", self.condition(1))),
                _ => (LetKind::Rate, "", self.rate(1)),
            };
            all.push(format!("let l{index}{ty} = {value}"));
            self.lets.push(kind);
        }
        self.measures(&mut all);
        let rules = self.rules.0 + self.dice.pick(self.rules.1);
        for index in 0..rules {
            all.push(self.rule(index, mixes));
        }
        if self.dice.chance(40) {
            self.used("verdicts");
            let possible = self.dice.pick(3) as i64 - 1;
            let recommended = possible + self.dice.pick(5) as i64;
            let signed = |n: i64| if n < 0 { format!("-{}", -n) } else { n.to_string() };
            all.push(format!(
                "verdicts {{ recommended >= {}, possible >= {} }}",
                signed(recommended),
                signed(possible)
            ));
        }
        if self.dice.pick(3) == 1 {
            all.push(self.table(mixes));
        }
        all
    }

    /// What something was called before, now and then.
    fn old_name(&mut self, construct: &'static str, name: &str) -> String {
        if !self.dice.chance(30) {
            return String::new();
        }
        self.used(construct);
        format!(" was {name}")
    }

    /// The default of a field, in so many of a hundred cases.
    fn default(&mut self, percent: usize, value: &str) -> String {
        if !self.dice.chance(percent) {
            return String::new();
        }
        self.used("default");
        format!(" default {value}")
    }

    /// What another source says, now and then.
    fn disputed(&mut self, values: &[&str]) -> String {
        if !self.dice.chance(30) {
            return String::new();
        }
        self.used("disputed");
        format!(" disputed {} from rumour", self.dice.one(values))
    }

    fn channel(&mut self, index: usize) -> String {
        let like = index > 0 && self.dice.chance(25);
        let like = if like { format!(" like {}", CHANNELS[self.dice.pick(index)]) } else { String::new() };
        if !like.is_empty() {
            self.used("variant");
        }
        let old = self.old_name("old name of a channel", &format!("old_{}", CHANNELS[index]));
        let mut text =
            format!("channel {} \"{}\"{old}{like} {{\n", CHANNELS[index], CHANNELS[index].to_uppercase());
        let mut statement = |generator: &mut Self, construct, line: &str| {
            if generator.dice.chance(65) {
                generator.used(construct);
                let _ = writeln!(text, "  {line}");
            }
        };
        let rate = self.dice.one(&["1 per day", "4 per month", "2 per month", "1 per week"]);
        let other = self.disputed(&["1 per month", "3 per month", "unknown"]);
        statement(self, "fact", &format!("limit = {rate} from book \"so it says\" at \"p. 1\"{other}"));
        let push = self.dice.one(&["true", "false", "unknown"]);
        let other = self.disputed(&["true", "false"]);
        statement(self, "fact", &format!("push = {push}{other}"));
        for owner in ["one", "two", "three"] {
            let open = self.dice.one(&["true", "false"]);
            let other = self.disputed(&["true", "false"]);
            statement(self, "indexed fact", &format!("open_to[{owner}] = {open}{other}"));
        }
        let (before, after) = (self.dice.pick(12), self.dice.pick(12));
        let other = self.disputed(&["3 MB", "9 MB"]);
        statement(
            self,
            "dated fact",
            &format!(
                "room = {before} MB until 2024-06-14{other}\n  room = {after} MB since 2024-06-15{other}"
            ),
        );
        let rank = self.dice.one(&["never", "some", "often"]);
        let other = self.disputed(&["some", "often"]);
        statement(self, "fact", &format!("rank = {rank}{other}"));
        statement(self, "fact", "born = 2024-02-29");
        let tags = self.dice.one(&["{}", "{sell}", "{sell, talk}"]);
        statement(self, "fact", &format!("tags = {tags}"));
        statement(self, "fact", "load = 2 batch");
        let kinds = self.dice.one(&["{}", "{one}", "{two, three}"]);
        statement(self, "fact", &format!("kinds = {kinds}"));
        let kind = self.dice.one(&["sell", "talk"]);
        statement(self, "fact", &format!("kind = {kind}"));
        let base = self.dice.one(&["0 EUR per month", "12.5 EUR per month", "1 EUR per day"]);
        statement(self, "fact", &format!("base = {base}"));
        let piece = self.dice.one(&["0.05 EUR", "2.5 EUR", "7 EUR"]);
        statement(self, "fact", &format!("piece = {piece}"));
        let toll = self.dice.one(&["1 coin", "0 coin", "2.5 coin"]);
        statement(self, "fact", &format!("toll = {toll}"));
        let price = self.dice.one(&["0 EUR per MB", "0.29 EUR per MB", "1.5 EUR per MB", "-1 EUR per MB"]);
        statement(self, "fact", &format!("price = {price}"));
        let (before, after) = (self.dice.one(&["0.5", "2"]), self.dice.one(&["1.25", "3", "-1"]));
        statement(
            self,
            "dated fact",
            &format!("ratio = {before} until 2024-06-14\n  ratio = {after} since 2024-06-15"),
        );
        let mark = self.dice.one(&[
            "1",
            "-2",
            "3 disputed -1 from rumour",
            "unknown disputed 1 from rumour",
            "2 until 2024-06-14\n  mark = 4 since 2024-06-15",
            "1 until 2024-06-14",
        ]);
        statement(self, "fact", &format!("mark = {mark}"));
        for owner in ["one", "two", "three"] {
            let by = self.dice.one(&["50%", "120%", "0%"]);
            statement(self, "indexed fact", &format!("by[{owner}] = {by}"));
        }
        if self.dice.chance(65) {
            // One choice tells of all entries, so that few bytes are used up.
            let first = self.dice.pick(4);
            let entries = ["one", "two", "three"].iter().flat_map(|owner| {
                ["never", "some", "often"].iter().map(move |rank| format!("quota[{owner}][{rank}]"))
            });
            for (place, entry) in entries.enumerate() {
                let values = ["2 per month", "1 per week", "unknown", "0 per month"];
                let _ = writeln!(text, "  {entry} = {}", values[(first + place * place) % 4]);
            }
            self.used("several indexes");
        }
        if self.dice.chance(35) {
            self.used("needs");
            let channel =
                if index > 0 { format!("{}, ", CHANNELS[self.dice.pick(index)]) } else { String::new() };
            let _ = writeln!(text, "  needs {channel}licence from book");
        }
        if self.dice.chance(25) {
            self.used("owned");
            let owned = self.condition(1);
            let _ = writeln!(text, "  owned when {owned}");
        }
        text + "}"
    }

    fn rule(&mut self, index: usize, mixes: usize) -> String {
        self.variable = self.dice.chance(40);
        let mut head = format!("rule r{index} \"Rule {index}\"");
        if self.variable {
            self.used("for each");
            head.push_str(" for each c");
            if self.dice.chance(25) {
                self.used("for each in");
                let _ = write!(head, " in {{{}, {}}}", CHANNELS[1], CHANNELS[0]);
            }
            if self.dice.chance(30) {
                self.used("where");
                self.facts_only = true;
                let filter = self.condition(1);
                self.facts_only = false;
                let _ = write!(head, " where {filter}");
            }
        }
        if index > 0 && self.dice.chance(30) {
            self.used("exception");
            let _ = write!(head, " exception to r{}", self.dice.pick(index));
        }
        // Exceptions carry their question to the rules that they are exceptions to; so only the last rules ask, and
        // no rule that asks is an exception.
        let asks = !head.contains("exception") && self.dice.chance(20);
        self.may_ask = asks;
        let mut body = String::new();
        if self.dice.chance(90) {
            let _ = write!(body, "\n  when {}", self.condition(3));
        }
        self.may_ask = false;
        let effects: Vec<String> = (0..1 + self.dice.pick(3)).map(|_| self.effect(mixes, asks)).collect();
        let _ = write!(body, "\n  then {}", effects.join(", "));
        if self.dice.chance(60) {
            self.used("because");
            let value = self.dice.one(&["posts", "posts / 7", "count(goals)", "start", "repeat"]);
            let owner = if self.variable { "{c} of {owner}" } else { "{owner}" };
            let _ = write!(body, "\n  because \"{owner}: {{{value}}}\" @zh \"因为 {{goals}}\"");
        }
        self.variable = false;
        format!("{head} {{{body}\n}}")
    }

    fn target(&mut self, mixes: usize) -> String {
        if self.variable && self.dice.chance(60) {
            return "c".into();
        }
        if mixes > 0 && self.dice.chance(25) {
            return format!("mix{}", self.dice.pick(mixes));
        }
        CHANNELS[self.dice.pick(self.channels)].into()
    }

    fn effect(&mut self, mixes: usize, asks: bool) -> String {
        let target = self.target(mixes);
        match self.dice.pick(if asks { 6 } else { 10 }) {
            0..=2 => {
                self.used("score");
                let sign = self.dice.one(&["+", "-"]);
                // What is of a mix has no facts of its own.
                if self.dice.chance(30) {
                    self.used("points from facts");
                    let of = self.channel_name();
                    let points =
                        self.dice.one(&["OF.mark", "2 * OF.mark", "2 - 3 * OF.mark", "max(OF.mark, 1)"]);
                    return format!("score {target} {sign}{}", points.replace("OF", &of));
                }
                let points = self.dice.one(&["strong", "plain", "1", "3"]);
                format!("score {target} {sign}{points}")
            }
            3 => {
                self.used("cap");
                let verdict = self.dice.one(&["recommended", "possible", "unsuitable"]);
                format!("cap {target} at {verdict}")
            }
            4 => {
                self.used("note");
                let word = self.dice.one(&["note", "warn"]);
                format!("{word} {target} \"About {{owner}}\"")
            }
            5 => {
                self.used("needs effect");
                format!("{target} needs hosting")
            }
            6..=8 => {
                self.used("exclude");
                format!("exclude {target}")
            }
            // A needed channel only ever stands before the one that needs it, so that no circle comes about.
            _ if target == CHANNELS[self.channels - 1] => {
                self.used("needs effect");
                format!("{target} needs {}", CHANNELS[0])
            }
            _ => {
                self.used("score");
                format!("score {target} +plain")
            }
        }
    }

    fn channel_name(&mut self) -> String {
        if self.variable && self.dice.chance(60) {
            "c".into()
        } else {
            CHANNELS[self.dice.pick(self.channels)].into()
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 {
            match self.dice.pick(7) {
                0 => {
                    self.used("and");
                    return format!("({} and {})", self.condition(depth - 1), self.condition(depth - 1));
                }
                1 => {
                    self.used("or");
                    return format!("({} or {})", self.condition(depth - 1), self.condition(depth - 1));
                }
                2 => {
                    self.used("not");
                    return format!("not {}", self.condition(depth - 1));
                }
                3 if self.dice.chance(30) => {
                    self.used("if");
                    let (a, b, c) = (self.condition(0), self.condition(depth - 1), self.condition(0));
                    return format!("(if {a} then {b} else {c})");
                }
                _ => {}
            }
        }
        self.atom()
    }

    fn atom(&mut self) -> String {
        if self.may_ask && self.dice.chance(35) {
            self.used("asks");
            let target = self.channel_name();
            if self.measures > 0 && self.dice.chance(50) {
                self.used("lowest");
                let measure = self.dice.pick(self.measures);
                return format!("{target}.m{measure} is {}", self.dice.one(&["lowest", "highest"]));
            }
            return format!("{target} is {}", self.dice.one(&["excluded", "eligible"]));
        }
        let channel = self.channel_name();
        if self.facts_only || self.dice.chance(25) {
            return match self.dice.pick(10) {
                8 | 9 => self.on_parameters(&channel),
                7 => format!("{channel}.quota[one][some] >= 2 per month"),
                0 => format!("{channel}.push"),
                1 => {
                    self.used("known");
                    format!("{channel}.limit is {}", self.dice.one(&["known", "unknown"]))
                }
                2 => format!("{channel}.open_to[{}]", self.dice.one(&["one", "two", "three"])),
                3 => format!("{channel}.room >= 5 MB"),
                4 => format!("{channel}.rank > some"),
                5 => format!("{channel}.tags has sell"),
                _ => format!("{channel}.load > 3 post"),
            };
        }
        let op = self.dice.one(&["<", "<=", ">", ">=", "==", "!="]);
        if self.measures > 0 && self.dice.chance(20) {
            return self.measured(op, &channel);
        }
        match self.dice.pick(31) {
            0 => "flag".into(),
            1 => "icp".into(),
            2 => {
                self.used("rate");
                format!(
                    "{} {op} {}",
                    self.rate(1),
                    self.dice.one(&["2 per month", "1 per week", "1 per day"])
                )
            }
            3 => {
                self.used("field against fact");
                format!("posts {op} {channel}.limit")
            }
            4 => {
                self.used("indexed by field");
                let not = self.dice.one(&["", "not "]);
                format!("{not}{channel}.open_to[owner]")
            }
            5 => format!(
                "owner {} {}",
                self.dice.one(&["==", "!="]),
                self.dice.one(&["one", "Owner.two", "three"])
            ),
            6 => {
                self.used("in");
                format!("owner {} {{one, two}}", self.dice.one(&["in", "not in"]))
            }
            7 => {
                self.used("scale");
                format!("repeat {op} some")
            }
            8 => format!("repeat in {}", self.dice.one(&["some .. often", ".. some", "some .."])),
            9 => {
                self.used("has");
                format!(
                    "goals has {}",
                    self.dice.one(&["sell", "any {sell}", "all {sell, talk}", "none {sell}", "only {talk}"])
                )
            }
            10 => {
                self.used("range");
                let ranges = ["staff in 1 .. 2", "staff in .. 1", "2 - staff in .. 0", "-staff in -2 .. -1"];
                self.dice.one(&ranges).into()
            }
            11 => {
                self.used("date");
                format!("start {op} 2024-02-29")
            }
            12 => {
                self.used("date arithmetic");
                match self.dice.pick(3) {
                    0 => format!("start + 1 month {op} today"),
                    1 => format!("today - start {op} 100 days"),
                    _ => format!("months(start, today) {op} 4 months"),
                }
            }
            13 | 27 => format!("word == {}", self.dice.one(&["\"a\"", "\"b\""])),
            14 => {
                self.used("linear");
                format!("size * 2 + {channel}.room {op} 15 MB")
            }
            15 => {
                self.used("functions");
                match self.dice.pick(4) {
                    0 => format!("count(goals) {op} 1"),
                    1 => format!("max(staff, 2) {op} 2"),
                    2 => format!("abs(staff - 2) {op} 1"),
                    _ => format!("min(staff, count(goals)) {op} 1"),
                }
            }
            16 if !self.lets.is_empty() => {
                self.used("let read");
                let index = self.dice.pick(self.lets.len());
                match self.lets[index] {
                    LetKind::Condition => format!("l{index}"),
                    LetKind::Owner => format!("l{index} == one"),
                    LetKind::Band => format!("l{index} {op} some"),
                    LetKind::Rate => format!("l{index} {op} 2 per month"),
                }
            }
            17..=19 => self.several(op, &channel),
            28 => self.against_parameter(op, &channel),
            29 => self.exchanged(op, &channel),
            20 => self.product(op, &channel),
            21 => self.quotient(op, &channel),
            22 => self.rounding(op, &channel),
            23 => self.set(op, &channel),
            24 => self.set_against_set(&channel),
            25 => self.common(op, &channel),
            26 => self.product_of_two(op, &channel),
            _ => {
                self.used("percent");
                format!("staff * 50% {op} 0.5")
            }
        }
    }

    /// A condition on several fields at once, or one that turns round more than once.
    fn several(&mut self, op: &str, channel: &str) -> String {
        self.used("several fields");
        let any = self.dice.one(&["==", "!="]);
        match self.dice.pick(31) {
            27..=30 => self.by_several_indexes(op, channel),
            0 => format!("staff + count(goals) {op} 2"),
            1 => format!("staff * 2 - count(goals) {op} abs(staff - 2)"),
            2 => format!("staff / 3 + count(goals) / 7 {op} 0.5"),
            3 => format!("posts {op} max({channel}.limit, posts / 2)"),
            4 => format!("(if {} then staff else count(goals) - 1) {op} 1", self.condition(0)),
            5 => format!("{channel}.open_to[(if {} then owner else two)]", self.condition(0)),
            6 => format!("flag {any} icp"),
            7 => format!("staff in count(goals) .. {}", self.dice.one(&["2", "count(goals) + 1"])),
            8 => format!("owner {any} (if {} then one else three)", self.condition(0)),
            9 => format!("months(start, max(start, {channel}.born)) {op} 4 months"),
            10 => format!("min(size, {channel}.room) {op} {}", self.dice.one(&["5 MB", "size - 1 MB"])),
            11 => format!("word {any} (if flag then \"a\" else \"b\")"),
            12 => format!("goals {any} (if {} then {channel}.tags else goals)", self.condition(0)),
            13 => format!("repeat {op} (if flag then {channel}.rank else some)"),
            14 => format!("max(start, {channel}.born) {op} start + 1 month"),
            15 => "-staff - 0.5 in (if icp then -2 else -3) .. -count(goals)".into(),
            16 => format!("(if {} then goals else {channel}.tags) has any {{sell}}", self.condition(0)),
            17 => format!("goals has (if {} then sell else talk)", self.condition(0)),
            18 => format!("{channel}.tags has (if flag then sell else talk)"),
            19 => format!("(if {} then owner else one) in {{one, three}}", self.condition(0)),
            20 => format!("(if {} then {channel}.open_to[owner] else icp)", self.condition(0)),
            21 => {
                let most = self.dice.one(&["2", "7"]);
                format!("(if size > 5 MB and size < {most} MB then staff else count(goals)) {op} 1")
            }
            22 => format!("(posts >= 3 per month {} posts {op} 2 per month)", self.dice.one(&["and", "or"])),
            23 => format!("(if posts >= 3 per month then {} else posts < 2 per month)", self.condition(0)),
            24 => format!("staff {op} 1.5"),
            25 => format!("{}(size, 3 MB) {op} 9 MB", self.dice.one(&["min", "max"])),
            _ => format!("(if flag then size else {channel}.room) * 3 {op} size + 7 MB"),
        }
    }

    /// A condition on an entry of a fact with several indexes.
    fn by_several_indexes(&mut self, op: &str, channel: &str) -> String {
        self.used("read by several indexes");
        let owner = self.dice.one(&["owner", "one", "Owner.three"]);
        let rank = self.dice.one(&["repeat", "repeat", "often"]);
        match self.dice.pick(4) {
            0 => format!("posts {op} {channel}.quota[{owner}][{rank}]"),
            1 => format!("{channel}.quota[owner][repeat] {op} 2 per month"),
            2 => format!(
                "{channel}.quota[(if {} then owner else one)][{rank}] > 1 per month",
                self.condition(0)
            ),
            _ => {
                self.used("known");
                format!("{channel}.quota[{owner}][{rank}] is {}", self.dice.one(&["known", "unknown"]))
            }
        }
    }

    fn rate(&mut self, depth: usize) -> String {
        if depth == 0 || self.dice.chance(60) {
            return "posts".into();
        }
        match self.dice.pick(4) {
            0 => format!("(posts + {}.limit)", CHANNELS[self.dice.pick(self.channels)]),
            1 => "posts / 2".into(),
            2 => format!("(if {} then posts else 1 per day)", self.condition(0)),
            _ => "max(posts, 2 per month)".into(),
        }
    }
}

/// A random profile in YAML: each field given, left out, or null.
pub(crate) fn profile(dice: &mut Dice, known: usize) -> Vec<(&'static str, Option<&'static str>)> {
    let mut given = Vec::new();
    for field in FIELDS {
        if dice.chance(known) {
            given.push((field.name, Some(field.values[dice.pick(field.values.len())])));
        } else if dice.chance(30) {
            given.push((field.name, None));
        }
    }
    given
}

/// Writes a profile as YAML.
pub(crate) fn yaml(profile: &[(&str, Option<&str>)]) -> String {
    if profile.is_empty() {
        return "{}".into();
    }
    profile.iter().map(|(name, value)| format!("{name}: {}\n", value.unwrap_or("null"))).collect()
}
