//! A checker of results: the replay of certificates, and what else must hold of what is told.

use qudao_telling::certificate::pack;
use qudao_telling::verify::replay;
use serde_json::Value as Json;

/// Returns what in a result does not follow from its own trace.
pub(crate) fn check(result: &Json) -> Vec<String> {
    let (packed, nodes) = pack(result);
    let mut checker = Checker { result, wrong: replay(&packed, &nodes) };
    for rule in list(&result["rules"]) {
        checker.decides(&rule["condition"], true);
    }
    for target in list(&result["channels"]).iter().chain(list(&result["mixes"])) {
        for reason in list(&target["reasons"]).iter().filter(|reason| !reason["condition"].is_null()) {
            checker.decides(&reason["condition"], true);
            checker.cited(reason);
        }
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
}
