//! A checker of the trace: it sees the JSON alone and recomputes every atom, sum, range and verdict.

use std::cmp::Ordering;

use qudao_language::date::Date;
use serde_json::Value as Json;

/// Returns what in a result does not follow from its own trace.
pub(crate) fn check(result: &Json) -> Vec<String> {
    let mut checker = Checker { result, wrong: Vec::new() };
    for kind in ["channels", "mixes"] {
        let targets = list(&result[kind]);
        targets.iter().for_each(|target| checker.target(target));
        checker.ranking(targets);
    }
    for rule in list(&result["rules"]) {
        checker.condition(&rule["condition"]);
        checker.decides(&rule["condition"], true);
        let value = rule["condition"]["value"].as_bool();
        let fits = match text(&rule["state"]) {
            "fired" => value == Some(true),
            "not_fired" => value == Some(false),
            "pending" | "excepted" => value != Some(false),
            _ => false,
        };
        checker.expect(fits, || format!("{} is {} with {value:?}", rule["rule"], rule["state"]));
    }
    let missing: Vec<&str> = list(&result["missing"]).iter().map(|missing| text(&missing["field"])).collect();
    for field in missing {
        let waits = list(&result["channels"]).iter().chain(list(&result["mixes"])).any(|target| {
            target["verdict"] == "undecided"
                && list(&target["pending"])
                    .iter()
                    .any(|p| p["open"] == true && list(&p["awaits"]).iter().any(|a| a["field"] == field))
        });
        checker.expect(waits, || format!("{field} is missing, and nothing undecided waits for it"));
    }
    checker.rests(&result["profile"]["fields"]);
    checker.wrong
}

/// The verdicts, best first.
const VERDICTS: [&str; 4] = ["recommended", "possible", "unsuitable", "excluded"];

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or("")
}

/// An exact fraction, its denominator positive.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Fraction(i128, i128);

impl Fraction {
    fn parse(text: &str) -> Option<Fraction> {
        if let Some((numerator, denominator)) = text.split_once('/') {
            return Some(Fraction(numerator.parse().ok()?, denominator.parse().ok()?));
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let scale = 10_i128.pow(decimals.len() as u32);
        let digits: i128 = format!("{}{decimals}", whole.trim_start_matches('-')).parse().ok()?;
        Some(Fraction(if text.starts_with('-') { -digits } else { digits }, scale))
    }

    fn add(self, other: Fraction) -> Fraction {
        Fraction(self.0 * other.1 + other.0 * self.1, self.1 * other.1).reduced()
    }

    fn times(self, other: Fraction) -> Fraction {
        Fraction(self.0 * other.0, self.1 * other.1).reduced()
    }

    fn over(self, other: Fraction) -> Fraction {
        let sign = other.0.signum();
        Fraction(self.0 * other.1 * sign, self.1 * other.0 * sign).reduced()
    }

    fn reduced(self) -> Fraction {
        let (mut a, mut b) = (self.0.unsigned_abs(), self.1.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let gcd = a.max(1) as i128;
        Fraction(self.0 / gcd, self.1 / gcd)
    }

    fn compare(self, other: Fraction) -> Ordering {
        (self.0 * other.1).cmp(&(other.0 * self.1))
    }
}

/// A value as the trace has it.
fn number(node: &Json) -> Option<Fraction> {
    Fraction::parse(node["number"].as_str()?)
}

fn compare(a: &Json, b: &Json) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Some(a.compare(b));
    }
    if let (Some(a), Some(b)) = (a["order"].as_u64(), b["order"].as_u64()) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (a["value"].as_str(), b["value"].as_str()) {
        return Some(a.cmp(b));
    }
    (a["value"] == b["value"]).then_some(Ordering::Equal)
}

fn equal(a: &Json, b: &Json) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.compare(b).is_eq(),
        _ => a["value"] == b["value"],
    }
}

/// Kleene's tables.
fn joined(op: &str, values: &[Option<bool>]) -> Option<bool> {
    let sure = match op {
        "not" => return values[0].map(|value| !value),
        op => op == "or",
    };
    if values.contains(&Some(sure)) {
        Some(sure)
    } else if values.contains(&None) {
        None
    } else {
        Some(!sure)
    }
}

struct Checker<'a> {
    result: &'a Json,
    wrong: Vec<String>,
}

impl Checker<'_> {
    fn expect(&mut self, holds: bool, says: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(says());
        }
    }

    /// What the answer rests on: disputed values and defaults, and what more could be asked.
    fn rests(&mut self, fields: &Json) {
        let targets: Vec<&Json> =
            ["channels", "mixes"].iter().flat_map(|kind| list(&self.result[kind])).collect();
        let best_first = |verdicts: &Json| {
            let place = |verdict: &Json| VERDICTS.iter().position(|v| *verdict == *v).unwrap();
            list(verdicts).windows(2).all(|pair| place(&pair[0]) < place(&pair[1]))
        };
        let open = |verdicts: &Json, target: &Json| {
            let verdicts = (best_first(verdicts), list(verdicts));
            verdicts.0 && verdicts.1.len() > 1 && verdicts.1.contains(&target["leaning"])
        };
        for target in &targets {
            for fact in list(&target["disputed_facts"]) {
                let fits = open(&fact["could_be"], target) && list(&fact["could_be"]).len() == 2;
                self.expect(fits && fact["value"] != fact["other"], || {
                    format!("{} rests on {fact}", target["id"])
                });
            }
        }
        let field = |name: &Json| list(fields).iter().find(|field| field["field"] == *name).unwrap();
        for assumed in list(&self.result["assumed"]) {
            let given = field(&assumed["field"]);
            let same = given["from"] == "default" && given["value"] == assumed["value"];
            let could_be = assumed["could_be"].as_object().unwrap();
            let fits = !could_be.is_empty()
                && could_be.iter().all(|(id, verdicts)| {
                    let target = targets.iter().find(|target| target["id"] == *id.as_str());
                    target.is_some_and(|target| open(verdicts, target))
                });
            self.expect(same && fits, || format!("{assumed} is no default that matters"));
        }
        for list_of in ["missing_for_measures", "missing_for_needs", "missing_for_notes"] {
            for more in list(&self.result[list_of]) {
                let unknown = field(&more["field"])["value"].is_null();
                let missing = list(&self.result["missing"]).iter().any(|m| m["field"] == more["field"]);
                self.expect(unknown && !missing, || format!("{} stands in {list_of}", more["field"]));
            }
        }
    }

    fn condition(&mut self, node: &Json) {
        let of = list(&node["of"]);
        of.iter().for_each(|part| self.condition(part));
        if !node["rows"].is_null() {
            self.rows(node);
        }
        list(&node["operands"]).iter().for_each(|operand| self.operand(operand));
        let values: Vec<Option<bool>> = of.iter().map(|part| part["value"].as_bool()).collect();
        let value = match text(&node["op"]) {
            op @ ("and" | "or" | "not") => joined(op, &values),
            // A let is followed at its first mention; at another, its value is taken on trust.
            "let" if of.is_empty() => node["value"].as_bool(),
            "let" => values[0],
            "if" => values[0].and_then(|first| if first { values[1] } else { values[2] }),
            _ => self.atom(node),
        };
        self.expect(value == node["value"].as_bool(), || {
            format!("{} came out as {}, recomputed {value:?}", node["text"], node["value"])
        });
        for read in list(&node["reads"]) {
            if let Some(field) = read["field"].as_str() {
                let given = list(&self.result["profile"]["fields"]).iter().find(|f| f["field"] == field);
                let same = given.is_some_and(|given| given["value"] == read["value"]);
                self.expect(same, || format!("{field} was read as {}", read["value"]));
            }
        }
    }

    /// Checks which parts are said to decide: of an `and` that is false the first false part, of an `or` that is true the
    /// first true one, of an `if` the branch taken; else all of them.
    fn decides(&mut self, node: &Json, decides: bool) {
        self.expect(node["decides"] == decides, || format!("{} decides: {}", node["text"], node["decides"]));
        let of = list(&node["of"]);
        let first = |sure: bool| of.iter().position(|part| part["value"] == sure);
        let op = text(&node["op"]);
        let taken = of.first().filter(|_| op == "if").and_then(|first| first["value"].as_bool());
        let word = taken.map(|yes| if yes { "then" } else { "else" });
        self.expect(node["taken"].as_str() == word, || format!("{} takes {}", node["text"], node["taken"]));
        let deciding = |place: usize| match (op, node["value"].as_bool()) {
            ("and", Some(false)) => Some(place) == first(false),
            ("or", Some(true)) => Some(place) == first(true),
            ("if", _) => place == 0 || taken == Some(place == 1),
            _ => true,
        };
        for (place, part) in of.iter().enumerate() {
            self.decides(part, decides && deciding(place));
        }
        for operand in list(&node["operands"]) {
            self.decides(operand, decides);
        }
        if node["op"] == "condition" {
            self.decides(&node["with"], decides);
        }
        let reads = list(&node["reads"]).iter();
        let (idle, deciding): (Vec<&Json>, Vec<&Json>) = reads.partition(|read| read["decides"] == false);
        self.expect(decides || deciding.is_empty(), || format!("{} reads what decides", node["text"]));
        let branches = node.to_string().contains("\"decides\":false");
        self.expect(!decides || idle.is_empty() || branches, || format!("{} reads in vain", node["text"]));
    }

    /// Checks that a reason cites the sources of its rule, and of what decides and is told, no others.
    fn cited(&mut self, reason: &Json) {
        let mut expected: Vec<&Json> = list(&reason["sources"]).iter().collect();
        let mut open = vec![&reason["condition"]];
        while let Some(node) = open.pop() {
            let reads = list(&node["reads"]).iter().filter(|read| read["decides"] == true);
            expected.extend(reads.flat_map(|read| list(&read["sources"])));
            open.extend(list(&node["of"]));
        }
        expected.extend(list(&reason["told"]).iter().flat_map(|read| list(&read["sources"])));
        let cited = list(&reason["cited"]);
        let same = |a: &Json, b: &Json| {
            let words = |citation: &Json| -> Vec<String> {
                list(&citation["quotes"]).iter().map(|quote| quote["text"].to_string()).collect()
            };
            a["source"] == b["source"] && a["where"] == b["where"] && words(a) == words(b)
        };
        for (some, others, says) in [
            (expected.clone(), cited.iter().collect::<Vec<_>>(), "does not cite"),
            (cited.iter().collect(), expected, "cites for nothing"),
        ] {
            for citation in some {
                let found = others.iter().any(|other| same(citation, other));
                self.expect(found, || format!("{} {says} {citation}", reason["rule"]));
            }
        }
    }

    /// Checks what is said of the rows before one of a `first` table: the rows themselves are among the rules.
    fn rows(&mut self, node: &Json) {
        let rows = &node["rows"];
        let prefix = format!("{}.", text(&rows["table"]));
        let all = list(&self.result["rules"]).iter().filter(|rule| text(&rule["rule"]).starts_with(&prefix));
        let all: Vec<&Json> = all.collect();
        let before = rows["before"].as_u64().unwrap() as usize;
        let Some(before) = all.get(..before).filter(|_| !all.is_empty()) else { return };
        // What a row asks itself: all but that none before it matches.
        let own = |rule: &Json| -> Option<bool> {
            let parts = list(&rule["condition"]["of"]).iter();
            let own = parts.filter(|part| part["op"] != "not" || part["of"][0]["rows"].is_null());
            let values: Vec<Option<bool>> = own.map(|part| part["value"].as_bool()).collect();
            match values.contains(&Some(false)) {
                true => Some(false),
                false => values.iter().all(|value| *value == Some(true)).then_some(true),
            }
        };
        let matching = before.iter().find(|rule| own(rule) == Some(true));
        let telling = matching.or(before.iter().find(|rule| own(rule).is_none()));
        let (row, value) = match telling {
            None => (None, Some(false)),
            Some(rule) => (rule["rule"].as_str(), own(rule)),
        };
        self.expect(rows["row"].as_str() == row && node["value"].as_bool() == value, || {
            format!("{rows} is {}, recomputed {row:?} and {value:?}", node["value"])
        });
    }

    fn atom(&mut self, node: &Json) -> Option<bool> {
        let operands = list(&node["operands"]);
        let members = list(&node["members"]);
        let known = operands.iter().all(|operand| !operand["value"].is_null());
        let operator = text(&node["operator"]);
        if operator == "is known" || operator == "is unknown" {
            let index = &operands[0]["of"];
            if index.as_array().is_some_and(|index| index.iter().any(|index| index["value"].is_null())) {
                return None;
            }
            return Some(operands[0]["value"].is_null() == (operator == "is unknown"));
        }
        if operator == "is excluded" || operator == "is eligible" {
            let read = list(&node["reads"]).iter().find(|read| read.get("target").is_some())?;
            return read["excluded"].as_bool().map(|excluded| excluded == (operator == "is excluded"));
        }
        if !known {
            return None;
        }
        let subject = &operands[0];
        let has = |member: &Json| list(&subject["value"]).contains(member);
        let order = |bound: &Json| compare(subject, bound).unwrap();
        let inside = |low: Option<&Json>, high: Option<&Json>| {
            low.is_none_or(|low| order(low).is_ge()) && high.is_none_or(|high| order(high).is_le())
        };
        // What follows `in` and `has any` is written out, or is computed.
        let listed = members.iter().chain(&operands[1..]).any(|member| match member["value"].as_array() {
            Some(set) => set.contains(&subject["value"]),
            None => equal(subject, member),
        });
        let wanted: Vec<&Json> = match (members, operands) {
            ([], [_, set]) => list(&set["value"]).iter().collect(),
            _ => members.iter().map(|member| &member["value"]).collect(),
        };
        Some(match operator {
            "" => subject["value"].as_bool()?,
            "==" => equal(subject, &operands[1]),
            "!=" => !equal(subject, &operands[1]),
            "<" => order(&operands[1]).is_lt(),
            "<=" => order(&operands[1]).is_le(),
            ">" => order(&operands[1]).is_gt(),
            ">=" => order(&operands[1]).is_ge(),
            "in" => listed,
            "not in" => !listed,
            "in low .. high" => inside(Some(&operands[1]), Some(&operands[2])),
            "in low .." => inside(Some(&operands[1]), None),
            "in .. high" => inside(None, Some(&operands[1])),
            "not in low .. high" => !inside(Some(&operands[1]), Some(&operands[2])),
            "not in low .." => !inside(Some(&operands[1]), None),
            "not in .. high" => !inside(None, Some(&operands[1])),
            "has" => has(&operands[1]["value"]),
            "has any" => wanted.iter().any(|member| has(member)),
            "has all" => wanted.iter().all(|member| has(member)),
            "has none" => !wanted.iter().any(|member| has(member)),
            "has only" => list(&subject["value"]).iter().all(|value| wanted.contains(&value)),
            _ => {
                self.expect(false, || format!("an unknown operator: {operator}"));
                return None;
            }
        })
    }

    fn operand(&mut self, node: &Json) {
        let of = list(&node["of"]);
        of.iter().for_each(|part| self.operand(part));
        let unknown = of.iter().any(|part| part["value"].is_null());
        let says = |value: &str| format!("{} is {}, recomputed {value}", node["text"], node["value"]);
        let op = text(&node["op"]);
        match op {
            "condition" => return self.condition(&node["with"]),
            "literal" | "field" | "fact" | "today" => return,
            "and" | "or" | "not" => {
                let values: Vec<Option<bool>> = of.iter().map(|part| part["value"].as_bool()).collect();
                let value = joined(op, &values);
                return self.expect(node["value"].as_bool() == value, || says(&format!("{value:?}")));
            }
            "let" if of.is_empty() => return,
            // There is no least of nothing.
            "min" if of.is_empty() => {
                return self.expect(node["value"].is_null(), || says("nothing"));
            }
            "if" => {
                let taken = match of[0]["value"].as_bool() {
                    Some(true) => &of[1]["value"],
                    Some(false) => &of[2]["value"],
                    None => &Json::Null,
                };
                let number_of = of[1..].iter().find(|part| part["value"] == *taken).and_then(number);
                let same = taken.is_null() == node["value"].is_null()
                    && (number_of.is_some() || taken.is_null() || *taken == node["value"]);
                return self.expect(same, || says(&taken.to_string()));
            }
            _ => {}
        }
        if unknown {
            return self.expect(node["value"].is_null(), || says("unknown"));
        }
        let numbers: Vec<Fraction> = of.iter().filter_map(number).collect();
        let dates: Vec<Date> = of.iter().filter_map(|part| Date::parse(part["value"].as_str()?)).collect();
        let extreme =
            |best: Ordering| of.iter().fold(&of[0], |a, b| if compare(b, a) == Some(best) { b } else { a });
        let factor = || Fraction::parse(text(&node["with"])).unwrap();
        let computed: Option<Fraction> = match op {
            "set" => {
                let same =
                    list(&node["value"]).iter().all(|value| of.iter().any(|part| part["value"] == *value));
                let all = of.iter().all(|part| list(&node["value"]).contains(&part["value"]));
                return self.expect(same && all, || says("another set"));
            }
            "common" => {
                let both = list(&of[0]["value"]).iter().filter(|value| list(&of[1]["value"]).contains(value));
                let both: Vec<&Json> = both.collect();
                let same = list(&node["value"]).iter().eq(both.iter().copied());
                return self.expect(same, || says("another set"));
            }
            "let" => return self.expect(equal(node, &of[0]), || says(&of[0]["value"].to_string())),
            "min" => return self.expect(equal(node, extreme(Ordering::Less)), || says("another")),
            "max" => return self.expect(equal(node, extreme(Ordering::Greater)), || says("another")),
            "shift days" | "shift months" => {
                let sign = if node["with"] == "-" { -1 } else { 1 };
                let steps = numbers[0].0 / numbers[0].1 * sign;
                let date =
                    if op == "shift days" { dates[0].plus_days(steps) } else { dates[0].plus_months(steps) };
                return self.expect(node["value"] == date.to_string(), || says(&date.to_string()));
            }
            "sum" => numbers
                .iter()
                .zip(list(&node["with"]))
                .map(|(n, sign)| if sign == "-" { Fraction(-n.0, n.1) } else { *n })
                .reduce(Fraction::add),
            "scale" | "convert" => Some(numbers[0].times(factor())),
            "product" => Some(numbers[0].times(numbers[1])),
            "quotient" => Some(numbers[0].over(numbers[1])),
            "round" | "floor" | "ceil" => {
                let steps = numbers[0].over(numbers[1]);
                let below = steps.0.div_euclid(steps.1);
                let rest = Fraction(steps.0 - below * steps.1, steps.1);
                let half = rest.compare(Fraction(1, 2));
                let up = match op {
                    "floor" => false,
                    "ceil" => rest.0 > 0,
                    _ => half.is_gt() || (half.is_eq() && steps.0 > 0),
                };
                Some(numbers[1].times(Fraction(below + i128::from(up), 1)))
            }
            "negate" => Some(Fraction(-numbers[0].0, numbers[0].1)),
            "abs" => Some(Fraction(numbers[0].0.abs(), numbers[0].1)),
            "count" => Some(Fraction(list(&of[0]["value"]).len() as i128, 1)),
            "days" => Some(Fraction(i128::from(dates[0].days_to(dates[1])), 1)),
            "months" => Some(Fraction(i128::from(dates[0].months_to(dates[1])), 1)),
            "years" => Some(Fraction(i128::from(dates[0].years_to(dates[1])), 1)),
            _ => None,
        };
        let same = number(node).zip(computed).is_some_and(|(a, b)| a.compare(b).is_eq());
        self.expect(same, || says(&format!("{computed:?}")));
    }

    /// Checks how a measure came about, and its bounds.
    fn measure(&mut self, measure: &Json) {
        let says = || format!("{measure} is not what it is made of");
        let value = &measure["condition"]["operands"][0];
        self.operand(value);
        self.expect(measure["number"] == value["number"], says);
        let bounds = [&measure["low"], &measure["high"]];
        let bounds = bounds.map(|bound| bound.as_str().and_then(Fraction::parse));
        match number(measure) {
            Some(number) => {
                let same = bounds.iter().flatten().all(|bound| bound.compare(number).is_eq());
                self.expect(same && bounds.iter().flatten().count() == 2, says);
            }
            None => {
                let [low, high] = bounds;
                self.expect(low.zip(high).is_none_or(|(low, high)| low.compare(high).is_le()), says);
            }
        }
    }

    fn target(&mut self, target: &Json) {
        let id = text(&target["id"]);
        list(&target["measures"]).iter().for_each(|measure| self.measure(measure));
        let reasons = list(&target["reasons"]);
        let pending = list(&target["pending"]);
        let of = |all: &[Json], effect: &str| -> Vec<Json> {
            all.iter().filter(|reason| reason["effect"] == effect).cloned().collect()
        };
        for reason in reasons.iter().filter(|reason| !reason["condition"].is_null()) {
            self.condition(&reason["condition"]);
            self.decides(&reason["condition"], true);
            self.cited(reason);
            self.expect(reason["condition"]["value"] == true, || {
                format!("{id}: {} fired untrue", reason["rule"])
            });
            for exception in list(&reason["exceptions"]) {
                self.condition(&exception["condition"]);
                self.expect(exception["state"] != "fired", || {
                    format!("{id}: {} is excepted", reason["rule"])
                });
            }
        }
        for need in list(&target["needs"]) {
            let state = match need["condition"]["value"].as_bool() {
                _ if need["condition"].is_null() => "unmet",
                Some(true) => "met",
                Some(false) => "unmet",
                None => "unknown",
            };
            self.expect(need["state"] == state, || format!("{id}: {} is {}", need["need"], need["state"]));
        }
        let points = |all: &[Json]| -> Vec<i64> {
            all.iter().map(|reason| reason["points"].as_i64().unwrap()).collect()
        };
        for reason in of(reasons, "score").iter().filter(|reason| !reason["rating"].is_null()) {
            let rating = reason["rating"]["number"].as_str().and_then(|number| number.parse::<i64>().ok());
            self.expect(rating == reason["points"].as_i64(), || format!("{id}: points {rating:?}"));
        }
        let score: i64 = points(&of(reasons, "score")).iter().sum();
        self.expect(target["score"] == score, || format!("{id}: score {} is {score}", target["score"]));
        let waiting: Vec<(i64, i64)> = of(pending, "score").iter().map(may_give).collect();
        let low = score + waiting.iter().map(|(least, _)| least).sum::<i64>();
        let high = score + waiting.iter().map(|(_, greatest)| greatest).sum::<i64>();
        self.expect(target["score_range"] == serde_json::json!([low, high]), || {
            format!("{id}: range {low}..{high}")
        });

        let excluded = !of(reasons, "exclude").is_empty();
        let caps: Vec<usize> = of(reasons, "cap").iter().map(|cap| verdict(&cap["cap"])).collect();
        let fired = (excluded, score, caps.iter().copied().max().unwrap_or(0));
        let leaning = *self.open(fired, &[]).first().unwrap();
        self.expect(verdict(&target["leaning"]) == leaning, || {
            format!("{id}: leaning {}", target["leaning"])
        });
        let could_be: Vec<usize> = list(&target["could_be"]).iter().map(verdict).collect();
        let open = self.open(fired, &pending.iter().collect::<Vec<_>>());
        self.expect(could_be == open, || format!("{id}: could be {could_be:?}, recomputed {open:?}"));
        let by_fields = self.open(fired, &pending.iter().filter(|p| p["open"] == true).collect::<Vec<_>>());
        let decided = by_fields.iter().all(|verdict| *verdict == leaning);
        let expected = if decided { target["leaning"].clone() } else { Json::from("undecided") };
        self.expect(target["verdict"] == expected, || format!("{id}: verdict {}", target["verdict"]));
        self.expect(target["settled"] == (open == [leaning]), || format!("{id}: settled"));
    }

    /// The verdicts that some pending effects leave open, best first.
    fn open(&self, (excluded, score, cap): (bool, i64, usize), pending: &[&Json]) -> Vec<usize> {
        if excluded {
            return vec![3];
        }
        let (recommended, possible) = (
            self.result["thresholds"]["recommended"].as_i64().unwrap(),
            self.result["thresholds"]["possible"].as_i64().unwrap(),
        );
        let scores = pending.iter().filter(|p| p["effect"] == "score").map(|p| may_give(p));
        let (low, high) = scores.fold((score, score), |all, (least, most)| (all.0 + least, all.1 + most));
        let mut found = Vec::new();
        if pending.iter().any(|p| p["points"].is_null() && p["effect"] == "score") {
            let by_fields: Vec<&Json> = pending.iter().filter(|p| p["open"] == true).copied().collect();
            found.extend(self.open((excluded, score, cap), &by_fields));
        }
        let reach = [
            high >= recommended,
            high >= possible && low < recommended && possible < recommended,
            low < possible,
        ];
        for (verdict, _) in reach.iter().enumerate().filter(|(_, reached)| **reached) {
            found.push(verdict.max(cap));
            found.extend(
                pending
                    .iter()
                    .filter(|p| p["effect"] == "cap")
                    .map(|p| crate::trace::verdict(&p["cap"]).max(verdict).max(cap)),
            );
        }
        if pending.iter().any(|p| p["effect"] == "exclude") {
            found.push(3);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn ranking(&mut self, targets: &[Json]) {
        let ranks = list(&self.result["rank_by"]).to_vec();
        let open =
            |target: &Json| list(&target["needs"]).iter().filter(|need| need["state"] != "met").count();
        // What is known comes before what is not, this before what there is not.
        let by = |target: &Json, rank: &Json| {
            if rank["by"] == "score" {
                return (0, Some(Fraction(-i128::from(target["score"].as_i64().unwrap()), 1)));
            }
            let measure = list(&target["measures"]).iter().find(|measure| measure["measure"] == rank["by"]);
            let Some(measure) = measure else { return (2, None) };
            let sign = if rank["higher_is_better"] == true { -1 } else { 1 };
            number(measure).map_or((1, None), |number| (0, Some(Fraction(number.0 * sign, number.1))))
        };
        let compared = |a: &Json, b: &Json| {
            let ranked = ranks.iter().map(|rank| match (by(a, rank), by(b, rank)) {
                ((_, Some(a)), (_, Some(b))) => a.compare(b),
                ((a, _), (b, _)) => a.cmp(&b),
            });
            let first = verdict(&a["leaning"]).cmp(&verdict(&b["leaning"]));
            ranked.fold(first, Ordering::then).then(open(a).cmp(&open(b)))
        };
        let sorted = targets.windows(2).all(|pair| compared(&pair[0], &pair[1]).is_le());
        self.expect(sorted, || "the targets are not in order".into());
        for (place, target) in (1..).zip(targets) {
            self.expect(target["rank"] == place, || format!("{} has rank {}", target["id"], target["rank"]));
        }
    }
}

/// The least and the greatest points that may come of what is pending.
fn may_give(pending: &Json) -> (i64, i64) {
    match pending["points"].as_i64() {
        Some(points) => (points.min(0), points.max(0)),
        None => (pending["least"].as_i64().unwrap(), pending["greatest"].as_i64().unwrap()),
    }
}

fn verdict(word: &Json) -> usize {
    ["recommended", "possible", "unsuitable", "excluded"]
        .iter()
        .position(|verdict| word == verdict)
        .unwrap_or(9)
}
