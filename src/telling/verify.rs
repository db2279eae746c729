//! The replay of a certificate: every atom, sum, range, verdict and rank is computed again from what is written alone.
//!
//! Nothing here is shared with evaluation, nor with anything else of this program, so that no mistake of its is made here
//! once more. Input is hostile: numbers that run over, parts that are absent and nodes that name none are faults like others.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not hold is null")]

mod number;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, slice};

use serde_json::Value as Json;

use number::{Fraction, computed, shifted};

/// The key by which an object stands for a node of the certificate.
pub const NODE: &str = "$";

/// The verdicts, best first. Here they go by their places.
const VERDICTS: [&str; 4] = ["recommended", "possible", "unsuitable", "excluded"];

/// Returns what in a result does not follow from its own trace, at most a hundred faults. An object `{"$": N}` stands for
/// the node of that number; a node names none but those before it.
#[must_use]
pub fn replay(result: &Json, nodes: &[Json]) -> Vec<String> {
    let result = Node { json: result, nodes };
    let (values, excluded, rules, tables) = Default::default();
    let mut replay = Replay { result, values, excluded, rules, tables, wrong: Vec::new() };
    for list in ["channels", "mixes", "rules"] {
        replay.expect(result.json[list].is_array(), format_args!("{list} are absent"));
    }
    replay.gather();
    nodes.iter().chain([result.json]).enumerate().for_each(|(number, node)| replay.walk(node, number));
    replay.answer();
    replay.wrong
}

/// Returns what a value is, a node followed.
#[must_use]
pub fn followed<'n>(value: &'n Json, nodes: &'n [Json]) -> &'n Json {
    let named = value.get(NODE).and_then(Json::as_u64).and_then(|named| usize::try_from(named).ok());
    named.map_or(value, |named| nodes.get(named).unwrap_or(&Json::Null))
}

/// A value of a certificate, and the nodes that its parts may name.
#[derive(Clone, Copy)]
struct Node<'a> {
    json: &'a Json,
    nodes: &'a [Json],
}

impl std::ops::Deref for Node<'_> {
    type Target = Json;

    fn deref(&self) -> &Json {
        self.json
    }
}

impl<'a> Node<'a> {
    fn part(self, key: &str) -> Node<'a> {
        Node { json: followed(&self.json[key], self.nodes), ..self }
    }

    fn list(self, key: &str) -> Vec<Node<'a>> {
        array(&self.json[key]).iter().map(|part| Node { json: followed(part, self.nodes), ..self }).collect()
    }

    fn text(self, key: &str) -> &'a str {
        self.json[key].as_str().unwrap_or("")
    }

    fn truth(self) -> Option<bool> {
        self.json["value"].as_bool()
    }

    fn number(self) -> Option<Fraction> {
        Fraction::parse(self.text("number"))
    }

    fn is(self, other: Node<'_>) -> bool {
        self.number().zip(other.number()).map_or(self["value"] == other["value"], |(a, b)| a == b)
    }

    fn compared(self, other: Node<'_>) -> Option<Ordering> {
        let numbers = self.number().zip(other.number());
        let places = self["order"].as_u64().zip(other["order"].as_u64());
        match (numbers, places) {
            (Some((a, b)), _) => a.partial_cmp(&b),
            (None, Some((a, b))) => Some(a.cmp(&b)),
            (None, None) => Some(self["value"].as_str()?.cmp(other["value"].as_str()?)),
        }
    }

    /// A rule and its instance's channel.
    fn instance(self) -> (&'a str, &'a str) {
        (self.text("rule"), self.text("instance"))
    }

    fn targets(self) -> impl Iterator<Item = Node<'a>> {
        ["channels", "mixes"].into_iter().flat_map(move |kind| self.list(kind))
    }

    /// Whether a row of a table matches by itself, whatever the rows before it do.
    fn matches(self) -> Option<bool> {
        let own = self.part("condition").list("of").into_iter().filter(|part| {
            let asks_before = part.list("of").first().is_some_and(|asked| !asked["rows"].is_null());
            part["op"] != "not" || !asks_before
        });
        joined(false, &own.map(Node::truth).collect::<Vec<_>>())
    }
}

/// The parts of a list; what is none is its own only part.
fn array(value: &Json) -> &[Json] {
    match value {
        Json::Array(all) => all,
        Json::Null => &[],
        one => slice::from_ref(one),
    }
}

/// Kleene's tables: an `or` is true as soon as one is, an `and` false as soon as one is.
fn joined(sure: bool, values: &[Option<bool>]) -> Option<bool> {
    if values.contains(&Some(sure)) { Some(sure) } else { (!values.contains(&None)).then_some(!sure) }
}

/// Whether the first of some targets leads. Of each stands whether it takes part, and where that is not false its value.
fn leads(operands: &[Node<'_>], highest: bool) -> Option<bool> {
    let mut operands = operands.iter().copied();
    let mut stands = Vec::new();
    while let Some(takes_part) = operands.next().map(Node::truth) {
        let value = (takes_part != Some(false)).then(|| operands.next()).flatten();
        stands.push((takes_part, value.filter(|it| !it["value"].is_null())));
    }
    let ((takes_part, own), others) = stands.split_first()?;
    let beside = |(takes_part, other): &(Option<bool>, Option<Node<'_>>)| {
        let order = own.zip(*other).and_then(|(own, other)| own.compared(other));
        let holds = order.map(|order| if highest { order.is_ge() } else { order.is_le() });
        joined(true, &[takes_part.map(|takes_part| !takes_part), holds])
    };
    joined(false, &std::iter::once(*takes_part).chain(others.iter().map(beside)).collect::<Vec<_>>())
}

/// The place of a verdict among the verdicts; past the last for what is none.
fn verdict(word: &Json) -> usize {
    VERDICTS.iter().position(|verdict| word == verdict).unwrap_or(VERDICTS.len())
}

/// The least and the greatest score with what is pending.
fn widened(score: i64, pending: &[Node<'_>]) -> [i64; 2] {
    pending.iter().filter(|one| one["effect"] == "score").fold([score; 2], |[low, high], one| {
        let untold = || ["least", "greatest"].map(|key| one[key].as_i64().unwrap_or(0));
        let [least, greatest] = one["points"].as_i64().map_or_else(untold, |it| [it.min(0), it.max(0)]);
        [low.saturating_add(least), high.saturating_add(greatest)]
    })
}

/// An effect of a rule's instance in a line, to count how often it is told.
fn effect_of(target: &str, instance: Node<'_>, effect: Node<'_>, pending: bool) -> String {
    let (word, rule) = (effect["effect"].as_str().unwrap_or("note"), instance.instance());
    let state = if pending { "pending" } else { "fired" };
    let told = |key: &str| effect.get(key).filter(|told| !array(told).is_empty()).map(Json::to_string);
    let of = ["points", "cap", "needs"].map(told);
    format!("{target}: {state} {word} {} of {rule:?}", of.map(Option::unwrap_or_default).concat())
}

struct Replay<'a> {
    result: Node<'a>,
    /// Fields and facts by name, each with the one value that it has.
    values: BTreeMap<(&'a str, &'a str), Node<'a>>,
    /// Whether each target is excluded; nothing while an exclusion is pending.
    excluded: BTreeMap<&'a str, Option<bool>>,
    rules: BTreeMap<(&'a str, &'a str), Node<'a>>,
    /// Of each `first` table, for each number of rows from none on, the one of them that tells whether one matches.
    tables: BTreeMap<&'a str, Vec<Option<Node<'a>>>>,
    wrong: Vec<String>,
}

impl<'a> Replay<'a> {
    fn expect(&mut self, holds: bool, says: fmt::Arguments<'_>) {
        if !holds && self.wrong.len() < 100 {
            self.wrong.push(says.to_string());
        }
    }

    /// Expects that what is told under a key is what was computed.
    fn same(&mut self, node: Node<'a>, key: &str, computed: impl Into<Json>) {
        let (told, computed) = (&node[key], computed.into());
        let of = ["id", "rule", "need", "target"].map(|key| node.text(key)).concat();
        self.expect(*told == computed, format_args!("{of}: {key} is {told}, computed {computed}"));
    }

    /// Collects what is looked up by name.
    fn gather(&mut self) {
        let fields = self.result.part("profile").list("fields").into_iter();
        self.values.extend(fields.map(|field| (("field", field.text("field")), field)));
        for target in self.result.targets() {
            let is = target["leaning"] == "excluded";
            let could_be = array(&target["could_be"]).contains(&"excluded".into());
            self.excluded.insert(target.text("id"), (is == could_be).then_some(is));
        }
        for entry in self.result.list("rules") {
            let rule = entry.text("rule");
            let twice = self.rules.insert(entry.instance(), entry).is_some();
            self.expect(!twice, format_args!("rule {rule} is told twice"));
            if let Some((table, _)) = rule.split_once('.') {
                let rows = self.tables.entry(table).or_insert(vec![None]);
                let before = rows.last().copied().flatten();
                rows.push(match (before.map(Node::matches), entry.matches()) {
                    (Some(Some(true)), _) | (_, Some(false)) | (Some(_), None) => before,
                    _ => Some(entry),
                });
            }
        }
    }

    /// Looks at each condition and each value. They name none but nodes before a number: nothing rests on itself.
    fn walk(&mut self, value: &'a Json, number: usize) {
        if let Json::Object(all) = value {
            if all.contains_key("op") {
                self.step(Node { json: value, ..self.result });
            }
            let before = |named: &Json| named.as_u64().is_some_and(|named| named < number as u64);
            self.expect(all.get(NODE).is_none_or(before), format_args!("{value} is none before {number}"));
            all.values().for_each(|part| self.walk(part, number));
        } else {
            value.as_array().into_iter().flatten().for_each(|part| self.walk(part, number));
        }
    }

    /// Computes a condition or a value anew from its parts.
    fn step(&mut self, node: Node<'a>) {
        let op = node.text(if node["operator"].is_null() { "op" } else { "operator" });
        let (op, negated) = op.strip_prefix("not ").map_or((op, false), |op| (op, true));
        let of: Vec<Node<'a>> = ["of", "operands", "members"].iter().flat_map(|key| node.list(key)).collect();
        let truths: Vec<Option<bool>> = of.iter().map(|part| part.truth()).collect();
        let nothing = Node { json: &Json::Null, ..node };
        let [subject, second, third] = [0, 1, 2].map(|place| of.get(place).copied().unwrap_or(nothing));
        // What follows `in` and `has any` is written out, or is computed.
        let values: Vec<&Json> = of.iter().flat_map(|part| array(&part.json["value"])).collect();
        let (set, others) = values.split_at(array(&subject["value"]).len());
        let told = array(&node.json["value"]);
        let has = |member: &&Json| set.contains(member);
        let is = |other: &Node<'_>| subject.is(*other);
        let by = |other: Node<'_>| subject.compared(other);
        let says = |truth: Option<bool>| node["value"] == Json::from(truth.map(|truth| truth != negated));
        let best = |is| of.iter().copied().reduce(|a, b| if b.compared(a) == Some(is) { b } else { a });
        let fits = match op {
            "literal" => true,
            "value" => says(None),
            "field" | "fact" => self.one_value(op, node.text("with"), node),
            "today" => node["value"] == self.result["as_of"],
            "condition" => node["value"] == node.part("with")["value"],
            // A let is followed at its first mention; at another, its value is the same.
            "let" => of.is_empty() || node.is(subject),
            "not" => says(subject.truth().map(|truth| !truth)),
            "and" | "or" => says(joined(op == "or", &truths)),
            "if" => node.is(subject.truth().map_or(nothing, |holds| if holds { second } else { third })),
            // A fact of an index that is unknown is neither.
            "is known" | "is unknown" => {
                let open = subject.list("of").iter().any(|index| index["value"].is_null());
                says((!open).then_some(subject["value"].is_null() == (op == "is unknown")))
            }
            "is excluded" | "is eligible" => {
                let excluded = node.list("reads").iter().find_map(|read| read["excluded"].as_bool());
                says(excluded.map(|excluded| excluded == (op == "is excluded")))
            }
            "is lowest" | "is highest" => says(leads(&of, op == "is highest")),
            // There is no least of nothing.
            "min" if of.is_empty() => says(None),
            _ if of.iter().any(|part| part["value"].is_null()) => says(None),
            "compare" => says(subject.truth()),
            "==" | "!=" => says(Some(is(&second) == (op == "=="))),
            "<" => says(by(second).map(Ordering::is_lt)),
            ">" => says(by(second).map(Ordering::is_gt)),
            "<=" | "in .. high" => says(by(second).map(Ordering::is_le)),
            ">=" | "in low .." => says(by(second).map(Ordering::is_ge)),
            "in low .. high" => says(by(second).zip(by(third)).map(|(a, b)| a.is_ge() && b.is_le())),
            "in" => says(Some(others.contains(&&subject["value"]) || of.iter().skip(1).any(is))),
            "has" | "has any" => says(Some(others.iter().any(has))),
            "has all" => says(Some(others.iter().all(has))),
            "has none" => says(Some(!others.iter().any(has))),
            "has only" => says(Some(set.iter().all(|value| others.contains(value)))),
            "min" => best(Ordering::Less).is_some_and(|least| node.is(least)),
            "max" => best(Ordering::Greater).is_some_and(|greatest| node.is(greatest)),
            "set" => told.iter().all(|it| values.contains(&it)) && values.iter().all(|it| told.contains(it)),
            "common" => set.iter().filter(|value| others.contains(value)).copied().eq(told),
            "shift days" | "shift months" => shifted(op, &of, node) == Some(true),
            _ => node.number().is_some_and(|number| computed(op, &of, &node["with"]) == Some(number)),
        };
        // The rows before one of a `first` table are among the rules.
        let rows = node.part("rows");
        let before = rows["before"].as_u64().and_then(|before| usize::try_from(before).ok());
        let before = self.tables.get(rows.text("table")).and_then(|table| table.get(before?));
        let told =
            before.map(|row| row.map_or((None, Some(false)), |it| (Some(it.text("rule")), it.matches())));
        let fits = fits && (rows.is_null() || told == Some((rows.json["row"].as_str(), node.truth())));
        self.expect(fits, format_args!("{} does not come out as {}", node["text"], node["value"]));
        for read in node.list("reads") {
            for kind in ["field", "fact"] {
                let fits = read[kind].is_null() || self.one_value(kind, read.text(kind), read);
                self.expect(fits, format_args!("{} is not {} elsewhere", read[kind], read["value"]));
            }
            if !read["target"].is_null() {
                let excluded = self.excluded.get(read.text("target")).copied().flatten();
                self.same(read, "excluded", excluded);
            }
        }
    }

    /// Whether what has a name has the same value as wherever else it is read.
    fn one_value(&mut self, kind: &'a str, name: &'a str, node: Node<'a>) -> bool {
        self.values.entry((kind, name)).or_insert(node).is(node)
    }

    /// Checks what came of each target, that all fired effects are told of it, and the order.
    fn answer(&mut self) {
        // How often an effect is to be told of a target, less how often it is.
        let mut told: BTreeMap<String, i64> = BTreeMap::new();
        for entry in self.result.list("rules") {
            let state = self.state(entry);
            self.same(entry, "state", state);
            for effect in entry.list("effects") {
                let is = |word: &str| effect["effect"] == word;
                let pending = state == "pending" || (is("score") && effect["points"].is_null());
                if matches!(state, "fired" | "pending") && !(pending && is("note")) {
                    *told.entry(effect_of(effect.text("target"), entry, effect, pending)).or_default() += 1;
                }
            }
        }
        for of in self.result.targets().chain([self.result]) {
            for list in ["reasons", "pending", "notes"] {
                for one in of.list(list).into_iter().filter(|told| !told["rule"].is_null()) {
                    *told.entry(effect_of(of.text("id"), one, one, list == "pending")).or_default() -= 1;
                }
            }
        }
        for (effect, count) in told {
            self.expect(count == 0, format_args!("{effect} is told {count} times too few"));
        }
        self.result.targets().for_each(|target| self.target(target));
        ["channels", "mixes"].iter().for_each(|kind| self.ranking(&self.result.list(kind)));
        let first = &self.result.part("first").json["target"];
        let best = self.result.list("channels").first().is_some_and(|best| best["id"] == *first);
        self.expect(first.is_null() || best, format_args!("{first} is not first"));
    }

    /// What becomes of a rule's instance, by its condition and the exceptions that meet it; nothing where one is none.
    fn state(&self, entry: Node<'a>) -> &'static str {
        let state = |of: &Node<'a>| self.rules.get(&of.instance()).map_or("", |rule| rule.text("state"));
        let exceptions: Vec<&str> = entry.list("exceptions").iter().map(state).collect();
        match entry.part("condition").truth() {
            Some(false) => "not_fired",
            _ if exceptions.contains(&"fired") => "excepted",
            _ if exceptions.contains(&"") => "",
            Some(true) if !exceptions.contains(&"pending") => "fired",
            _ => "pending",
        }
    }

    fn target(&mut self, target: Node<'a>) {
        let id = target.text("id");
        let (reasons, pending) = (target.list("reasons"), target.list("pending"));
        self.through(target, &reasons);
        target.list("measures").into_iter().for_each(|measure| self.measure(measure));
        for reason in &reasons {
            let (condition, rating) = (reason.part("condition"), reason.part("rating"));
            let points = reason["points"].as_i64().map(|points| Fraction(points.into(), 1));
            let fits = (condition.is_null() || condition.truth() == Some(true))
                && (rating.is_null() || (points.is_some() && rating.number() == points));
            self.expect(fits, format_args!("{id}: {} does not fire so", reason["rule"]));
        }
        for need in target.list("needs") {
            let unknown = if need["condition"].is_null() { "unmet" } else { "unknown" };
            let met = |met| if met { "met" } else { "unmet" };
            let state = need.part("condition").truth().map_or(unknown, met);
            self.same(need, "state", state);
        }
        let score = reasons.iter().filter_map(|one| one["points"].as_i64()).fold(0, i64::saturating_add);
        self.same(target, "score", score);
        self.same(target, "score_range", widened(score, &pending).to_vec());

        let of = |effect: &'static str| reasons.iter().filter(move |reason| reason["effect"] == effect);
        let cap = of("cap").map(|cap| verdict(&cap["cap"])).max().unwrap_or(0);
        let fired = (of("exclude").next().is_some(), score, cap);
        let leaning = self.open(fired, &[]);
        let told = &target["leaning"];
        self.expect(leaning.contains(&verdict(told)), format_args!("{id}: leaning {leaning:?}"));
        let by_fields: Vec<Node<'_>> = pending.iter().filter(|one| one["open"] == true).copied().collect();
        let by_fields = self.open(fired, &by_fields);
        let mut open = self.open(fired, &pending);
        // Points that no source tells count nothing until one does, whatever the fields are.
        if pending.iter().any(|one| one["points"].is_null() && one["effect"] == "score") {
            open.extend(&by_fields);
        }
        let words = open.iter().filter_map(|verdict| VERDICTS.get(*verdict).copied());
        self.same(target, "could_be", words.collect::<Vec<_>>());
        self.same(target, "verdict", if by_fields == leaning { told.clone() } else { "undecided".into() });
        self.same(target, "settled", open == leaning);
    }

    /// Checks what is excluded because something else is: a channel that it needs and that is not owned, or a member.
    fn through(&mut self, target: Node<'a>, reasons: &[Node<'a>]) {
        let told: BTreeSet<&str> = reasons.iter().filter_map(|one| one.json["through"].as_str()).collect();
        let needs = target.list("needs").into_iter().filter(|need| {
            need["kind"] == "channel" && need["because_of"] == target["id"] && need["state"] == "unmet"
        });
        let members = array(&target.json["members"]).iter().filter_map(Json::as_str);
        let is_out = |id: &&str| self.excluded.get(id) == Some(&Some(true));
        let through: BTreeSet<&str> = needs.map(|it| it.text("need")).chain(members).filter(is_out).collect();
        let says = format_args!("{}: excluded through {told:?}, computed {through:?}", target.text("id"));
        self.expect(told == through, says);
    }

    /// Checks how a measure came about, and its bounds.
    fn measure(&mut self, measure: Node<'a>) {
        let made =
            measure.part("condition").list("operands").first().map_or(&Json::Null, |it| &it.json["number"]);
        let fits = match (measure.number(), ["low", "high"].map(|key| Fraction::parse(measure.text(key)))) {
            (Some(number), bounds) => bounds == [Some(number); 2],
            (None, [Some(low), Some(high)]) => low <= high,
            (None, _) => true,
        };
        self.expect(fits && measure["number"] == *made, format_args!("{} is not so", measure["measure"]));
    }

    /// The verdicts that some pending effects leave open.
    fn open(&self, (excluded, score, cap): (bool, i64, usize), pending: &[Node<'_>]) -> BTreeSet<usize> {
        let excludes = pending.iter().any(|one| one["effect"] == "exclude") || excluded;
        let caps = pending.iter().filter(|one| one["effect"] == "cap").map(|one| verdict(&one["cap"]));
        let caps: Vec<usize> = caps.chain([cap]).map(|other| other.max(cap)).collect();
        let from = |word: &str| self.result.part("thresholds")[word].as_i64().unwrap_or(0);
        let (recommended, possible) = (from("recommended"), from("possible"));
        let place = |score: i64| usize::from(score < recommended) + usize::from(score < possible);
        let [low, high] = widened(score, pending).map(place);
        let reached = (high..=low).filter(|place| (*place != 1 || possible < recommended) && !excluded);
        let capped = reached.flat_map(|place| caps.iter().map(move |cap| place.max(*cap)));
        capped.chain(excludes.then_some(VERDICTS.len() - 1)).collect()
    }

    fn ranking(&mut self, targets: &[Node<'a>]) {
        let ranks = self.result.list("rank_by");
        // What is known comes before what is not, this before what there is not.
        let key = |target: &Node<'a>| {
            let measures = target.list("measures");
            let score = target["score"].as_i64().map(|score| Fraction(score.into(), 1));
            let by = ranks.iter().map(|rank| {
                let measure = measures.iter().find(|measure| measure["measure"] == rank["by"]);
                let number = measure.map_or(score.filter(|_| rank["by"] == "score"), |it| it.number());
                let sign = if rank["higher_is_better"] == true { Fraction::negated } else { |number| number };
                (number.is_none(), measure.is_none(), number.map(sign))
            });
            let open = target.list("needs").iter().filter(|need| need["state"] != "met").count();
            (verdict(&target["leaning"]), by.collect::<Vec<_>>(), open)
        };
        self.expect(targets.iter().map(key).is_sorted(), format_args!("the targets are not in order"));
        (1..).zip(targets).for_each(|(place, target)| self.same(*target, "rank", place));
    }
}
