//! The replay of a certificate: every atom, sum, range, verdict and rank is computed again from what is written alone.
//!
//! Nothing here is shared with evaluation, so that no mistake of its is made here once more. Input is hostile: numbers that
//! run over, parts that are absent and nodes that name none are faults like others.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not hold is null")]

mod number;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

use number::{Fraction, compare, computed, equal, number, shifted};

/// The key by which an object stands for a node of the certificate.
pub const NODE: &str = "$";

/// No more faults are told.
const MAX_FAULTS: usize = 100;

/// The verdicts, best first.
const VERDICTS: [&str; 4] = ["recommended", "possible", "unsuitable", "excluded"];

/// Returns what in a result does not follow from its own trace, at most a hundred faults. An object `{"$": N}` stands for
/// the node of that number; a node names none but those before it.
#[must_use]
pub fn replay(result: &Json, nodes: &[Json]) -> Vec<String> {
    let (values, targets, rules, tables) = Default::default();
    let mut replay = Replay { result, nodes, values, targets, rules, tables, wrong: Vec::new() };
    for (number, node) in nodes.iter().enumerate() {
        replay.names_none_from(node, number);
    }
    replay.names_none_from(result, nodes.len());
    for list in ["channels", "mixes", "rules"] {
        replay.expect(result[list].is_array(), format_args!("{list} are absent"));
    }
    // Nothing can be followed where a node names itself.
    if replay.wrong.is_empty() {
        replay.gather();
        nodes.iter().for_each(|node| replay.walk(node));
        replay.walk(result);
        replay.answer();
    }
    replay.wrong
}

/// Returns what a value is, a node followed.
#[must_use]
pub fn followed<'n>(value: &'n Json, nodes: &'n [Json]) -> &'n Json {
    let named = value.get(NODE).and_then(Json::as_u64).and_then(|named| usize::try_from(named).ok());
    named.map_or(value, |named| nodes.get(named).unwrap_or(&NULL))
}

static NULL: Json = Json::Null;

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or("")
}

/// Whether the first of some targets leads. Of each stands whether it takes part, and where that is not false its value.
fn leads(operands: &[&Json], highest: bool) -> Option<bool> {
    let mut stands: Vec<(Option<bool>, Option<&Json>)> = Vec::new();
    let mut operands = operands.iter().copied();
    while let Some(takes_part) = operands.next().map(|it| it["value"].as_bool()) {
        let value = if takes_part == Some(false) { None } else { operands.next() };
        stands.push((takes_part, value.filter(|it| !it["value"].is_null())));
    }
    let ((own_part, own), others) = stands.split_first()?;
    let beside = |(takes_part, other): &(Option<bool>, Option<&Json>)| {
        let order = own.zip(*other).and_then(|(own, other)| compare(own, other));
        let worse = order.map(|order| if highest { order.is_lt() } else { order.is_gt() });
        match (takes_part, worse) {
            (Some(false), _) | (_, Some(false)) => Some(true),
            (Some(true), Some(true)) => Some(false),
            _ => None,
        }
    };
    let all: Vec<Option<bool>> = std::iter::once(*own_part).chain(others.iter().map(beside)).collect();
    joined("and", &all)
}

/// Kleene's tables.
fn joined(op: &str, values: &[Option<bool>]) -> Option<bool> {
    let sure = match op {
        "not" => return values.first()?.map(|value| !value),
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

/// The place of a verdict among the verdicts; past the last for what is none.
fn verdict(word: &Json) -> usize {
    VERDICTS.iter().position(|verdict| word == verdict).unwrap_or(VERDICTS.len())
}

/// The least and the greatest score with what is pending.
fn widened(score: i64, pending: &[&Json]) -> (i64, i64) {
    let may_give = |pending: &Json| match pending["points"].as_i64() {
        Some(points) => (points.min(0), points.max(0)),
        None => (pending["least"].as_i64().unwrap_or(0), pending["greatest"].as_i64().unwrap_or(0)),
    };
    let scores =
        pending.iter().filter(|pending| pending["effect"] == "score").map(|pending| may_give(pending));
    scores.fold((score, score), |all, may| (all.0.saturating_add(may.0), all.1.saturating_add(may.1)))
}

/// A rule and an instance's channel.
type Key<'a> = (&'a str, Option<&'a str>);

#[derive(Default)]
struct Table<'a> {
    rows: Vec<&'a str>,
    /// The first row that matches, and the first of which it is not known.
    first: [Option<usize>; 2],
}

struct Replay<'a> {
    result: &'a Json,
    nodes: &'a [Json],
    /// Fields, facts and lets by name, each with the one value that it has.
    values: BTreeMap<(&'a str, &'a str), &'a Json>,
    targets: BTreeMap<&'a str, &'a Json>,
    rules: BTreeMap<Key<'a>, &'a Json>,
    tables: BTreeMap<&'a str, Table<'a>>,
    wrong: Vec<String>,
}

impl<'a> Replay<'a> {
    fn expect(&mut self, holds: bool, says: fmt::Arguments<'_>) {
        if !holds && self.wrong.len() < MAX_FAULTS {
            self.wrong.push(says.to_string());
        }
    }

    /// Expects that an object names no node from this number on.
    fn names_none_from(&mut self, value: &Json, number: usize) {
        match value {
            Json::Array(all) => all.iter().for_each(|part| self.names_none_from(part, number)),
            Json::Object(all) => match all.get(NODE) {
                Some(named) => {
                    let before = named.as_u64().is_some_and(|named| (named as u128) < number as u128);
                    let leads_on = before && self.at(value).get(NODE).is_some();
                    self.expect(before && !leads_on, format_args!("node {named} is none before {number}"));
                }
                None => all.values().for_each(|part| self.names_none_from(part, number)),
            },
            _ => {}
        }
    }

    fn at(&self, value: &'a Json) -> &'a Json {
        followed(value, self.nodes)
    }

    fn get(&self, node: &'a Json, key: &str) -> &'a Json {
        self.at(node.get(key).unwrap_or(&NULL))
    }

    fn list(&self, node: &'a Json, key: &str) -> Vec<&'a Json> {
        let all = node.get(key).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        all.iter().map(|part| self.at(part)).collect()
    }

    /// Collects what is looked up by name.
    fn gather(&mut self) {
        let result = self.result;
        for field in self.list(self.get(result, "profile"), "fields") {
            self.values.insert(("field", text(&field["field"])), field);
        }
        for target in self.every_target() {
            self.targets.insert(text(&target["id"]), target);
        }
        for entry in self.list(result, "rules") {
            let (rule, instance) = (text(&entry["rule"]), entry["instance"].as_str());
            let twice = self.rules.insert((rule, instance), entry).is_some();
            self.expect(!twice, format_args!("rule {rule} is told twice"));
            if let Some((table, _)) = rule.split_once('.') {
                let matches = self.matches(entry);
                let table = self.tables.entry(table).or_default();
                let first = match matches {
                    Some(false) => None,
                    Some(true) => table.first.first_mut(),
                    None => table.first.last_mut(),
                };
                if let Some(first) = first {
                    first.get_or_insert(table.rows.len());
                }
                table.rows.push(rule);
            }
        }
    }

    fn every_target(&self) -> Vec<&'a Json> {
        ["channels", "mixes"].iter().flat_map(|kind| self.list(self.result, kind)).collect()
    }

    /// Whether a row matches by itself, whatever the rows before it do.
    fn matches(&self, row: &'a Json) -> Option<bool> {
        let asks_before = |part: &&Json| {
            let denied = self.list(part, "of");
            part["op"] == "not" && denied.first().is_some_and(|denied| !self.get(denied, "rows").is_null())
        };
        let parts = self.list(self.get(row, "condition"), "of");
        let own: Vec<Option<bool>> =
            parts.iter().filter(|part| !asks_before(part)).map(|part| part["value"].as_bool()).collect();
        joined("and", &own)
    }

    /// Looks at each condition and each value within one, wherever it stands.
    fn walk(&mut self, value: &'a Json) {
        match value {
            Json::Array(all) => all.iter().for_each(|part| self.walk(part)),
            Json::Object(all) => {
                match (all.contains_key("op"), all.contains_key("operands"), all.contains_key("with")) {
                    (true, true, _) => self.condition(value),
                    (true, false, true) => self.operand(value),
                    _ => {}
                }
                all.values().for_each(|part| self.walk(part));
            }
            _ => {}
        }
    }

    /// Expects what has a name to have one value wherever it is read.
    fn one_value(&mut self, kind: &'a str, name: &'a str, node: &'a Json) {
        let known = *self.values.entry((kind, name)).or_insert(node);
        self.expect(
            equal(known, node),
            format_args!("{kind} {name} is {} here and {} there", node["value"], known["value"]),
        );
    }

    fn condition(&mut self, node: &'a Json) {
        let of = self.list(node, "of");
        let values: Vec<Option<bool>> = of.iter().map(|part| part["value"].as_bool()).collect();
        let nth = |place: usize| values.get(place).copied().flatten();
        if !self.get(node, "rows").is_null() {
            self.rows(node);
        }
        let value = match text(&node["op"]) {
            op @ ("and" | "or" | "not") => joined(op, &values),
            // A let is followed at its first mention; at another, its value is the same.
            "let" if of.is_empty() => node["value"].as_bool(),
            "let" => nth(0),
            "if" => nth(0).and_then(|first| nth(if first { 1 } else { 2 })),
            "value" => None,
            _ => self.atom(node),
        };
        self.expect(
            value == node["value"].as_bool(),
            format_args!("{} came out as {}, recomputed {value:?}", node["text"], node["value"]),
        );
        for read in self.list(node, "reads") {
            for kind in ["field", "fact"] {
                if let Some(name) = read[kind].as_str() {
                    self.one_value(kind, name, read);
                }
            }
            if let Some(target) = read["target"].as_str() {
                let fits = read["excluded"].as_bool() == self.is_excluded(target);
                self.expect(fits, format_args!("{target} was read as excluded: {}", read["excluded"]));
            }
        }
    }

    /// Whether a target is excluded; nothing while an exclusion is pending.
    fn is_excluded(&self, id: &str) -> Option<bool> {
        let target = self.targets.get(id)?;
        let is = target["leaning"] == "excluded";
        let could = target["could_be"].as_array().is_some_and(|all| all.contains(&"excluded".into()));
        (is == could).then_some(is)
    }

    /// Checks what is said of the rows before one of a `first` table: the rows themselves are among the rules.
    fn rows(&mut self, node: &'a Json) {
        let rows = self.get(node, "rows");
        let Some(table) = self.tables.get(text(&rows["table"])) else { return };
        let before = rows["before"].as_u64().and_then(|before| usize::try_from(before).ok());
        let [matching, open] = table.first.map(|first| first.filter(|first| Some(*first) < before));
        let row = matching.or(open).and_then(|row| table.rows.get(row).copied());
        let value = if matching.is_some() { Some(true) } else { row.is_none().then_some(false) };
        let fits = before.is_some_and(|before| before <= table.rows.len());
        self.expect(
            fits && rows["row"].as_str() == row && node["value"].as_bool() == value,
            format_args!("{rows} is {}, recomputed {row:?} and {value:?}", node["value"]),
        );
    }

    fn atom(&mut self, node: &'a Json) -> Option<bool> {
        let (operands, members) = (self.list(node, "operands"), self.list(node, "members"));
        let known = !operands.iter().any(|operand| operand["value"].is_null());
        let nth = |place: usize| operands.get(place).copied().unwrap_or(&NULL);
        let subject = nth(0);
        let operator = text(&node["operator"]);
        match operator {
            "is known" | "is unknown" => {
                // A fact of an index that is unknown is neither.
                let open = self.list(subject, "of").iter().any(|index| index["value"].is_null());
                return (!open).then_some(subject["value"].is_null() == (operator == "is unknown"));
            }
            "is excluded" | "is eligible" => {
                let reads = self.list(node, "reads");
                let read = reads.iter().find(|read| read.get("target").is_some())?;
                return read["excluded"].as_bool().map(|excluded| excluded == (operator == "is excluded"));
            }
            "is lowest" | "is highest" => return leads(&operands, operator == "is highest"),
            _ if !known => return None,
            _ => {}
        }
        let values = |node: &'a Json| node["value"].as_array().map_or(&[][..], Vec::as_slice);
        let has = |member: &Json| values(subject).contains(member);
        // Not below this bound, not above it.
        let least = |place: usize| compare(subject, nth(place)).is_some_and(Ordering::is_ge);
        let most = |place: usize| compare(subject, nth(place)).is_some_and(Ordering::is_le);
        let ordered = |is: fn(Ordering) -> bool| compare(subject, nth(1)).map(is);
        // What follows `in` and `has any` is written out, or is computed.
        let listed =
            members.iter().chain(operands.iter().skip(1)).any(|member| match member["value"].as_array() {
                Some(set) => set.contains(&subject["value"]),
                None => equal(subject, member),
            });
        let wanted: Vec<&Json> = match (&members[..], &operands[..]) {
            ([], [_, set]) => values(set).iter().collect(),
            _ => members.iter().map(|member| &member["value"]).collect(),
        };
        let value = match operator {
            "" => subject["value"].as_bool(),
            "==" => Some(equal(subject, nth(1))),
            "!=" => Some(!equal(subject, nth(1))),
            "<" => ordered(Ordering::is_lt),
            "<=" => ordered(Ordering::is_le),
            ">" => ordered(Ordering::is_gt),
            ">=" => ordered(Ordering::is_ge),
            "in" => Some(listed),
            "not in" => Some(!listed),
            "in low .. high" => Some(least(1) && most(2)),
            "in low .." => Some(least(1)),
            "in .. high" => Some(most(1)),
            "not in low .. high" => Some(!(least(1) && most(2))),
            "not in low .." => Some(!least(1)),
            "not in .. high" => Some(!most(1)),
            "has" => Some(has(&nth(1)["value"])),
            "has any" => Some(wanted.iter().any(|member| has(member))),
            "has all" => Some(wanted.iter().all(|member| has(member))),
            "has none" => Some(!wanted.iter().any(|member| has(member))),
            "has only" => Some(values(subject).iter().all(|value| wanted.contains(&value))),
            _ => None,
        };
        self.expect(value.is_some(), format_args!("{} does not come out by `{operator}`", node["text"]));
        value
    }

    fn operand(&mut self, node: &'a Json) {
        let of = self.list(node, "of");
        let op = text(&node["op"]);
        let truths: Vec<Option<bool>> = of.iter().map(|part| part["value"].as_bool()).collect();
        let nth = |place: usize| of.get(place).copied().unwrap_or(&NULL);
        let best =
            |is: Ordering| of.iter().copied().reduce(|a, b| if compare(b, a) == Some(is) { b } else { a });
        let set = |node: &'a Json| node["value"].as_array().map_or(&[][..], Vec::as_slice);
        // There is no least of nothing.
        let unknown = of.iter().any(|part| part["value"].is_null()) || (of.is_empty() && op == "min");
        let fits = match op {
            "literal" => true,
            "let" if of.is_empty() => true,
            "field" | "fact" => return self.one_value(op, text(&node["with"]), node),
            "today" => node["value"] == self.result["as_of"],
            "condition" => node["value"] == self.get(node, "with")["value"],
            "and" | "or" | "not" => node["value"].as_bool() == joined(op, &truths),
            "if" => {
                let taken =
                    truths.first().copied().flatten().map_or(&NULL, |first| nth(if first { 1 } else { 2 }));
                taken["value"].is_null() == node["value"].is_null() && equal(taken, node)
            }
            _ if unknown => node["value"].is_null(),
            "let" => equal(node, nth(0)),
            "min" => best(Ordering::Less).is_some_and(|least| equal(node, least)),
            "max" => best(Ordering::Greater).is_some_and(|greatest| equal(node, greatest)),
            "set" => {
                set(node).iter().all(|value| of.iter().any(|part| part["value"] == *value))
                    && of.iter().all(|part| set(node).contains(&part["value"]))
            }
            "common" => set(nth(0)).iter().filter(|value| set(nth(1)).contains(value)).eq(set(node)),
            "shift days" | "shift months" => {
                shifted(&of, op, node["with"] == "-").is_some_and(|day| node["value"] == day.to_string())
            }
            _ => {
                let computed = computed(op, &of, &node["with"]);
                number(node).zip(computed).and_then(|(a, b)| a.compare(b)) == Some(Ordering::Equal)
            }
        };
        self.expect(fits, format_args!("{} is not {}", node["text"], node["value"]));
    }

    /// Checks what came of each target, that all fired effects are told of it, and the order.
    fn answer(&mut self) {
        let result = self.result;
        let entries = self.list(result, "rules");
        // How often an effect is to be told of a target, less how often it is.
        let mut told: BTreeMap<(&str, String), i64> = BTreeMap::new();
        for entry in &entries {
            let state = self.state(entry);
            self.expect(
                state == Some(text(&entry["state"])),
                format_args!("{} is {}, recomputed {state:?}", entry["rule"], entry["state"]),
            );
            for effect in self.list(entry, "effects") {
                let word = text(&effect["effect"]);
                let pending = state == Some("pending") || (word == "score" && effect["points"].is_null());
                if matches!(state, Some("fired" | "pending")) && !(pending && word == "note") {
                    let effect = (text(&effect["target"]), effect_of(entry, effect, pending));
                    *told.entry(effect).or_default() += 1;
                }
            }
        }
        for target in self.every_target() {
            let id = text(&target["id"]);
            for (list, pending) in [("reasons", false), ("pending", true), ("notes", false)] {
                let rules = self.list(target, list).into_iter().filter(|told| !told["rule"].is_null());
                for effect in rules {
                    *told.entry((id, effect_of(effect, effect, pending))).or_default() -= 1;
                }
            }
            self.target(target);
        }
        for note in self.list(result, "notes") {
            *told.entry(("", effect_of(note, note, false))).or_default() -= 1;
        }
        for ((target, effect), count) in told {
            self.expect(count == 0, format_args!("{target}: {effect} is told {count} times too few"));
        }
        let channels = self.list(result, "channels");
        self.ranking(&channels);
        let mixes = self.list(result, "mixes");
        self.ranking(&mixes);
        let first = &self.get(result, "first")["target"];
        let best = channels.first().map_or(&NULL, |first| &first["id"]);
        self.expect(first.is_null() || first == best, format_args!("{first} is not first"));
    }

    /// What becomes of a rule's instance, by its condition and the exceptions that meet it.
    fn state(&self, entry: &'a Json) -> Option<&'static str> {
        let value = self.get(entry, "condition")["value"].as_bool();
        let exceptions = self.list(entry, "exceptions");
        let state = |exception: &&&Json| -> &str {
            let instance = self.rules.get(&(text(&exception["rule"]), exception["instance"].as_str()));
            instance.map_or("", |instance| text(&instance["state"]))
        };
        if value == Some(false) {
            return Some("not_fired");
        }
        if exceptions.iter().any(|exception| state(&exception) == "fired") {
            return Some("excepted");
        }
        if exceptions.iter().any(|exception| state(&exception).is_empty()) {
            return None;
        }
        let open = value.is_none() || exceptions.iter().any(|exception| state(&exception) == "pending");
        Some(if open { "pending" } else { "fired" })
    }

    fn target(&mut self, target: &'a Json) {
        let id = text(&target["id"]);
        let (reasons, pending) = (self.list(target, "reasons"), self.list(target, "pending"));
        let needs = self.list(target, "needs");
        self.list(target, "measures").into_iter().for_each(|measure| self.measure(measure));
        for reason in &reasons {
            let condition = self.get(reason, "condition");
            self.expect(
                condition.is_null() || condition["value"] == true,
                format_args!("{id}: {} fired untrue", reason["rule"]),
            );
            let rating = self.get(reason, "rating");
            let points = number(rating).filter(|points| points.1 == 1);
            let rated = rating.is_null()
                || points.is_some_and(|points| reason["points"].as_i64().map(i128::from) == Some(points.0));
            self.expect(rated, format_args!("{id}: points {} of {}", reason["points"], rating["text"]));
        }
        for need in &needs {
            let state = match self.get(need, "condition")["value"].as_bool() {
                _ if self.get(need, "condition").is_null() => "unmet",
                Some(true) => "met",
                Some(false) => "unmet",
                None => "unknown",
            };
            self.expect(need["state"] == state, format_args!("{id}: {} is {}", need["need"], need["state"]));
        }
        self.through(target, &reasons);
        let points = |reason: &&Json| reason["points"].as_i64().unwrap_or(0);
        let score: i64 = reasons.iter().map(points).fold(0, i64::saturating_add);
        self.expect(target["score"] == score, format_args!("{id}: score {} is {score}", target["score"]));
        let range = widened(score, &pending);
        let told = [&target["score_range"][0], &target["score_range"][1]].map(Json::as_i64);
        self.expect(
            told == [Some(range.0), Some(range.1)],
            format_args!("{id}: range {} to {}", range.0, range.1),
        );

        let excluded = reasons.iter().any(|reason| reason["effect"] == "exclude");
        let caps = reasons.iter().filter(|reason| reason["effect"] == "cap").map(|cap| verdict(&cap["cap"]));
        let fired = (excluded, score, caps.max().unwrap_or(0));
        let leaning = self.open(fired, &[]).first().copied();
        self.expect(
            Some(verdict(&target["leaning"])) == leaning,
            format_args!("{id}: leaning {}", target["leaning"]),
        );
        let by_fields: Vec<&Json> =
            pending.iter().filter(|pending| pending["open"] == true).copied().collect();
        let by_fields = self.open(fired, &by_fields);
        let mut open = self.open(fired, &pending);
        if pending.iter().any(|pending| pending["points"].is_null() && pending["effect"] == "score") {
            // Points that no source tells count nothing until one does, whatever the fields are.
            open.extend(&by_fields);
            open.sort_unstable();
            open.dedup();
        }
        let could_be = target["could_be"].as_array().map_or(&[][..], Vec::as_slice);
        self.expect(
            could_be.iter().map(verdict).eq(open.iter().copied()),
            format_args!("{id}: could be {open:?}"),
        );
        let decided = by_fields.iter().all(|verdict| Some(*verdict) == leaning);
        let told = if decided { &target["leaning"] } else { &Json::from("undecided") };
        self.expect(target["verdict"] == *told, format_args!("{id}: verdict {}", target["verdict"]));
        let settled = open.len() == 1 && open.first().copied() == leaning;
        self.expect(target["settled"] == settled, format_args!("{id}: settled {}", target["settled"]));
    }

    /// Checks what is excluded because something else is: a needed channel, or a member of a mix.
    fn through(&mut self, target: &'a Json, reasons: &[&'a Json]) {
        let is_excluded =
            |id: &str| self.targets.get(id).is_some_and(|target| target["leaning"] == "excluded");
        let of = |reason: &&&'a Json| reason["through"].as_str();
        let untrue = reasons.iter().find(|reason| of(reason).is_some_and(|channel| !is_excluded(channel)));
        let members = target["members"].as_array().map_or(&[][..], Vec::as_slice);
        let silent = members
            .iter()
            .map(text)
            .find(|member| is_excluded(member) && !reasons.iter().any(|reason| of(&reason) == Some(member)));
        let silent = silent.map(str::to_string);
        let untrue = untrue.map(|reason| reason["through"].to_string());
        self.expect(
            untrue.is_none() && silent.is_none(),
            format_args!("{}: excluded through {untrue:?}, and not through {silent:?}", target["id"]),
        );
    }

    /// Checks how a measure came about, and its bounds.
    fn measure(&mut self, measure: &'a Json) {
        let condition = self.get(measure, "condition");
        let value = self.list(condition, "operands").first().copied().unwrap_or(&NULL);
        let bounds =
            [&measure["low"], &measure["high"]].map(|bound| bound.as_str().and_then(Fraction::parse));
        let fits = match (number(measure), bounds) {
            (Some(number), [Some(low), Some(high)]) => {
                [low, high].iter().all(|bound| bound.compare(number) == Some(Ordering::Equal))
            }
            (Some(_), _) => false,
            (None, [Some(low), Some(high)]) => low.compare(high).is_some_and(Ordering::is_le),
            (None, _) => true,
        };
        self.expect(
            fits && measure["number"] == value["number"],
            format_args!("{} is not what it is made of", measure["measure"]),
        );
    }

    /// The verdicts that some pending effects leave open, best first.
    fn open(&self, (excluded, score, cap): (bool, i64, usize), pending: &[&Json]) -> Vec<usize> {
        if excluded {
            return vec![3];
        }
        let thresholds = self.get(self.result, "thresholds");
        let threshold = |word: &str| thresholds[word].as_i64().unwrap_or(0);
        let (recommended, possible) = (threshold("recommended"), threshold("possible"));
        let of = |effect: &'static str| pending.iter().filter(move |pending| pending["effect"] == effect);
        let (low, high) = widened(score, pending);
        let reach = [
            high >= recommended,
            high >= possible && low < recommended && possible < recommended,
            low < possible,
        ];
        let mut found = Vec::new();
        for (verdict, _) in reach.iter().enumerate().filter(|(_, reached)| **reached) {
            found.push(verdict.max(cap));
            found.extend(of("cap").map(|pending| self::verdict(&pending["cap"]).max(verdict).max(cap)));
        }
        found.extend(of("exclude").next().map(|_| 3));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn ranking(&mut self, targets: &[&'a Json]) {
        let ranks = self.list(self.result, "rank_by");
        let open = |target: &'a Json| {
            self.list(target, "needs").iter().filter(|need| need["state"] != "met").count()
        };
        // What is known comes before what is not, this before what there is not.
        let by = |target: &'a Json, rank: &Json| {
            if rank["by"] == "score" {
                return (0, Some(Fraction::whole(-i128::from(target["score"].as_i64().unwrap_or(0)))));
            }
            let measures = self.list(target, "measures");
            let Some(measure) = measures.iter().find(|measure| measure["measure"] == rank["by"]) else {
                return (2, None);
            };
            let number = number(measure);
            let known =
                if rank["higher_is_better"] == true { number.and_then(Fraction::negated) } else { number };
            (i32::from(number.is_none()), known)
        };
        let compared = |a: &'a Json, b: &'a Json| {
            let ranked = ranks.iter().map(|rank| match (by(a, rank), by(b, rank)) {
                ((_, Some(a)), (_, Some(b))) => a.compare(b).unwrap_or(Ordering::Equal),
                ((a, _), (b, _)) => a.cmp(&b),
            });
            let first = verdict(&a["leaning"]).cmp(&verdict(&b["leaning"]));
            ranked.fold(first, Ordering::then).then(open(a).cmp(&open(b)))
        };
        let sorted = targets.is_sorted_by(|a, b| compared(a, b).is_le());
        self.expect(sorted, format_args!("the targets are not in order"));
        for (place, target) in (1..).zip(targets) {
            self.expect(
                target["rank"] == place,
                format_args!("{} has rank {}", target["id"], target["rank"]),
            );
        }
    }
}

/// An effect of a rule's instance in a line, to count how often it is told.
fn effect_of(instance: &Json, effect: &Json, pending: bool) -> String {
    let word = effect["effect"].as_str().unwrap_or("note");
    let state = if pending { "pending" } else { "fired" };
    let is_told = |value: &&Json| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty());
    let of = |key: &str| effect.get(key).filter(is_told).map_or(String::new(), Json::to_string);
    let (points, cap, needs) = (of("points"), of("cap"), of("needs"));
    format!("{state} {word} {points}{cap}{needs} of {} {}", instance["rule"], instance["instance"])
}
