//! Certificates: a decision with all that it rests on, as one JSON object that is replayed without its ruleset.
//! [`certificate`] makes one, [`Certificate`] is one that was read.
//!
//! Objects of the result that occur more than once stand once, in `nodes`, so that a proof is as long as what it says.

#![expect(clippy::indexing_slicing, reason = "what a JSON value does not hold is null")]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use qudao_language::date::Date;
use qudao_language::decide::Decision;
use qudao_language::model::text_digest;
use qudao_language::operator::Verdict;
use qudao_language::profile::yaml_text;
use serde_json::{Map, Value as Json, json};

use crate::document::{Block, Document, Item, Kind, Mark, Table, TableKind, Text};
use crate::result::to_json;
use crate::verify::{NODE, followed, replay};
use crate::words::{Speaker, Tongue};

/// The schema of a certificate.
pub const SCHEMA: &str = "qudao.certificate/1";

/// A node stands by itself where what it holds is nested so deep: readers of JSON bound the nesting.
const DEEP: usize = 16;

/// What stands before the digest of all that is before it.
const DIGEST: &str = ",\"digest\":\"";

/// Returns the certificate of a decision: one line, its digest last.
#[must_use]
pub fn certificate(decision: &Decision<'_>, speaker: Speaker<'_>) -> String {
    let ruleset = decision.ruleset;
    let (result, nodes) = pack(&to_json(decision, speaker, true));
    let files = ruleset
        .files
        .iter()
        .map(|(_, file)| json!({"file": file.name(), "digest": text_digest(file.text())}));
    let levels = ruleset.levels.iter().map(|level| {
        let title = level.title.as_ref().map(|title| title.get(speaker.language));
        json!({"level": &*level.name, "title": title, "points": level.points})
    });
    let whole = json!({
        "schema": SCHEMA,
        "files": files.collect::<Vec<Json>>(),
        "profile": yaml_text(ruleset, decision.profile),
        "levels": levels.collect::<Vec<Json>>(),
        "nodes": nodes,
        "result": result,
    });
    let mut text = whole.to_string();
    text.pop();
    let digest = text_digest(&text);
    text + DIGEST + &digest + "\"}\n"
}

/// A certificate that was read: unchanged since it was made, by its digest.
#[derive(Debug)]
pub struct Certificate {
    /// The decision, `qudao.result/1`, where `{"$": N}` stands for a node.
    pub result: Json,
    /// What the profile said, as YAML.
    pub profile: String,
    /// The levels that make points; none of a certificate that does not tell them.
    levels: Json,
    nodes: Vec<Json>,
}

/// Why a text is no certificate that can be replayed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Broken {
    /// It is something else.
    Other,
    /// It was made by a later version, with this schema.
    Later(String),
    /// Its digest is not that of its text.
    Changed,
}

impl Certificate {
    /// Reads a certificate.
    ///
    /// # Errors
    /// If the text is no certificate, or was changed.
    pub fn read(bytes: impl AsRef<[u8]>) -> Result<Certificate, Broken> {
        // A text in place of bytes that are none would be one that nobody wrote.
        let text = &*String::from_utf8_lossy(bytes.as_ref());
        if text.as_bytes() != bytes.as_ref() {
            return Err(if text.contains(SCHEMA) { Broken::Changed } else { Broken::Other });
        }
        let whole: Json = serde_json::from_str(text).map_err(|_| match text.contains(SCHEMA) {
            true => Broken::Changed,
            false => Broken::Other,
        })?;
        match whole["schema"].as_str() {
            Some(SCHEMA) => {}
            Some(other) if other.starts_with("qudao.certificate/") => {
                return Err(Broken::Later(other.to_string()));
            }
            _ => return Err(Broken::Other),
        }
        let (before, _) = text.rsplit_once(DIGEST).ok_or(Broken::Changed)?;
        if text != format!("{before}{DIGEST}{}\"}}\n", text_digest(before)) {
            return Err(Broken::Changed);
        }
        let Json::Object(mut whole) = whole else { return Err(Broken::Other) };
        let mut take = |key: &str| whole.remove(key);
        match (take("result"), take("profile"), take("nodes")) {
            (Some(result), Some(Json::String(profile)), Some(Json::Array(nodes))) => {
                let levels = take("levels").unwrap_or_default();
                Ok(Certificate { result, profile, levels, nodes })
            }
            _ => Err(Broken::Changed),
        }
    }

    /// Returns the day that it was decided on.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        Date::parse(self.result["as_of"].as_str()?)
    }

    /// Returns the tag of the language that it tells texts in.
    #[must_use]
    pub fn lang(&self) -> &str {
        self.result["lang"].as_str().unwrap_or("en")
    }

    /// Returns what in it does not follow from what it says itself, at most a hundred faults.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        replay(&self.result, &self.nodes)
    }
}

/// What came of a target.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its verdict, none where it is undecided.
    pub verdict: Option<Verdict>,
    /// Its points.
    pub score: i64,
    /// How often each level made them.
    tally: Json,
}

impl PartialEq for Outcome {
    /// Two are the same if verdict and points are, whatever made them.
    fn eq(&self, other: &Outcome) -> bool {
        (self.verdict, self.score) == (other.verdict, other.score)
    }
}

impl Eq for Outcome {}

/// A target that rules answer otherwise than a certificate does; none is what has no such target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// Its name.
    pub target: String,
    /// What the certificate says.
    pub then: Option<Outcome>,
    /// What the rules say.
    pub now: Option<Outcome>,
}

/// What rules say of a profile that a certificate is of.
#[derive(Debug)]
pub struct Compared {
    /// Whether they are those that it was made with, on the same day.
    pub is_same: bool,
    /// Their name and version, and the day.
    pub rules: String,
    /// What they answer otherwise.
    pub moved: Vec<Moved>,
    /// Whether they are the same, and the certificate says what they do not.
    pub is_false: bool,
}

impl Certificate {
    /// Compares it with what rules answer, its own or others.
    #[must_use]
    pub fn compare(&self, now: &Decision<'_>) -> Compared {
        let ruleset = now.ruleset;
        let anew = to_json(now, Speaker::new(ruleset, self.result["lang"].as_str()), true);
        let by_name = |told: Vec<(String, Outcome)>| told.into_iter().collect::<BTreeMap<_, _>>();
        let (before, after) = (by_name(self.outcomes()), by_name(outcomes(&anew, &[])));
        let targets: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let moved = targets.into_iter().filter(|target| before.get(*target) != after.get(*target));
        let moved: Vec<Moved> = moved
            .map(|target| Moved {
                target: target.clone(),
                then: before.get(target).cloned(),
                now: after.get(target).cloned(),
            })
            .collect();
        let is_same =
            self.said("ruleset", "digest") == ruleset.digest && self.result["as_of"] == anew["as_of"];
        // Another version of the tool may tell more.
        let tells_as_much = self.result["tool"] == anew["tool"];
        let is_false = is_same && (!moved.is_empty() || (tells_as_much && !self.is(&anew)));
        Compared {
            is_same,
            rules: named(&ruleset.name, ruleset.version.as_deref(), &now.day.to_string()),
            moved,
            is_false,
        }
    }

    /// Tells whether it holds a result. Where the profile was written is no part of it.
    fn is(&self, result: &Json) -> bool {
        let mut known = Known::default();
        let mut named: Vec<Json> = Vec::new();
        for node in &self.nodes {
            let node = known.meet(node, &named);
            named.push(node);
        }
        let mut same = |key: &str| known.meet(&self.result[key], &named) == known.meet(&result[key], &[]);
        let keys = |result: &Json| result.as_object().map(|all| all.keys().cloned().collect::<BTreeSet<_>>());
        let all = keys(result).unwrap_or_default();
        let rest = all.iter().filter(|key| *key != "profile").all(|key| same(key));
        rest && keys(&self.result).is_some_and(|keys| keys == all)
            && answers(&self.result, &self.nodes) == answers(result, &[])
    }

    /// Tells what was found, in the words of a language.
    #[must_use]
    pub fn report(&self, faults: &[String], compared: Option<&Compared>, tongue: Tongue) -> Document {
        let version = self.said("ruleset", "version");
        let rules =
            named(self.said("ruleset", "name"), Some(version), self.result["as_of"].as_str().unwrap_or(""));
        let made = [
            (tongue.answers_of(), self.said("profile", "name").into()),
            (tongue.rules_named(), rules.into()),
            (tongue.rules_digest(), Text::of(Kind::Code, self.said("ruleset", "digest"))),
        ];
        let made = made.into_iter().map(|(what, is)| vec![what.into(), is]).collect();
        let heads = vec![tongue.made_from().into(), "".into()];
        let made = Block::Table(Table { kind: TableKind::Answers, heads, rows: made });
        let told = |outcome: Option<&Outcome>| match outcome {
            Some(Outcome { verdict, score, tally }) => {
                let points = self.points(tally, *score, tongue);
                let word = tongue.verdict_or_undecided(*verdict);
                Text::of(Kind::Verdict(*verdict), word).and(Kind::Plain, tongue.bracket(&points))
            }
            None => tongue.not_there().into(),
        };
        let rows = self.outcomes();
        let rows =
            rows.iter().map(|(target, outcome)| vec![Text::of(Kind::Name, target), told(Some(outcome))]);
        let rows = rows.collect();
        let heads = vec![tongue.option().into(), tongue.verdict_head().into()];
        let verdicts = Block::Table(Table { kind: TableKind::Answers, heads, rows });
        let count = self.result["rules"].as_array().map_or(0, Vec::len);
        let mut body = vec![Block::Paragraph(match faults {
            [] => Text::of(Kind::Good, tongue.it_holds(count)),
            _ => Text::of(Kind::Bad, tongue.it_does_not_hold()),
        })];
        if !faults.is_empty() {
            let faults = faults.iter().map(|fault| Item::new(Mark::Point, fault.as_str()));
            body.push(Block::list(faults.collect()));
        }
        let title = self.said("ruleset", "title");
        body.push(Block::section(if title.is_empty() { tongue.answer() } else { title }, vec![made]));
        body.push(Block::section(tongue.answer(), vec![verdicts]));
        if let Some(compared) = compared {
            let said = match compared {
                Compared { is_false: true, .. } => Text::of(Kind::Bad, tongue.these_rules_say_otherwise()),
                Compared { moved, .. } if !moved.is_empty() => {
                    Text::of(Kind::Doubtful, tongue.answered_otherwise())
                }
                _ => Text::of(Kind::Good, tongue.answered_so(compared.is_same)),
            };
            let mut parts = vec![Block::Paragraph(said)];
            let moved = compared.moved.iter();
            let rows = moved.map(|moved| {
                vec![Text::of(Kind::Name, &moved.target), told(moved.then.as_ref()), told(moved.now.as_ref())]
            });
            let heads =
                [tongue.option(), tongue.in_the_certificate(), tongue.by_the_rules()].map(Text::from).into();
            if !compared.moved.is_empty() {
                parts.push(Block::Table(Table { kind: TableKind::SideBySide, heads, rows: rows.collect() }));
            }
            body.push(Block::section(compared.rules.as_str(), parts));
        }
        Document { title: title.into(), body, ..Document::default() }
    }

    /// Tells what was found as JSON, `qudao.verified/1`.
    #[must_use]
    pub fn json(&self, faults: &[String], compared: Option<&Compared>) -> Json {
        let outcome = |outcome: &Option<Outcome>| {
            outcome.as_ref().map(
                |of| json!({"verdict": of.verdict.map_or("undecided", Verdict::as_str), "score": of.score}),
            )
        };
        let compared = compared.map(|compared| {
            let moved = compared.moved.iter().map(|moved| {
                json!({"target": moved.target, "then": outcome(&moved.then), "now": outcome(&moved.now)})
            });
            json!({"rules": compared.rules, "same": compared.is_same, "moved": moved.collect::<Vec<_>>(), "false": compared.is_false})
        });
        let keys =
            ["name", "version", "digest"].map(|key| (key.to_string(), self.said("ruleset", key).into()));
        verified(Json::Object(keys.into_iter().collect()), &self.result["as_of"], faults, compared)
    }

    /// Points as people read them: by level where there are levels, else as a number.
    fn points(&self, tally: &Json, score: i64, tongue: Tongue) -> String {
        let levels = self.levels.as_array().map_or(&[][..], Vec::as_slice);
        let counted = levels.iter().map(|level| {
            let name = level["level"].as_str().unwrap_or("");
            let title = level["title"].as_str().unwrap_or(name);
            (title, level["points"].as_i64().unwrap_or(0), tally[name].as_i64().unwrap_or(0))
        });
        if levels.is_empty() { tongue.points(score) } else { tongue.by_level(counted, score) }
    }

    fn said(&self, of: &str, key: &str) -> &str {
        followed(&self.result[of], &self.nodes)[key].as_str().unwrap_or("")
    }

    fn outcomes(&self) -> Vec<(String, Outcome)> {
        outcomes(&self.result, &self.nodes)
    }
}

/// Tells of a certificate that was changed as [`Certificate::json`] does of others.
#[must_use]
pub fn changed(fault: &str) -> Json {
    verified(Json::Null, &Json::Null, &[fault.to_string()], None)
}

fn verified(ruleset: Json, as_of: &Json, faults: &[String], compared: Option<Json>) -> Json {
    json!({
        "schema": "qudao.verified/1",
        "ruleset": ruleset,
        "as_of": as_of,
        "holds": faults.is_empty(),
        "faults": faults,
        "compared": compared,
    })
}

/// What rules are called, with the day.
fn named(name: &str, version: Option<&str>, day: &str) -> String {
    let version = version.filter(|version| !version.is_empty());
    format!("{name}{} · {day}", version.map(|version| format!(" {version}")).unwrap_or_default())
}

/// What came of each target of a result, best first.
fn outcomes(result: &Json, nodes: &[Json]) -> Vec<(String, Outcome)> {
    let all = ["channels", "mixes"].into_iter().flat_map(|kind| result[kind].as_array()).flatten();
    let told = all.map(|target| followed(target, nodes)).map(|target| {
        let verdict = target["verdict"].as_str().and_then(Verdict::parse);
        let tally = followed(&target["tally"], nodes).clone();
        let outcome = Outcome { verdict, score: target["score"].as_i64().unwrap_or(0), tally };
        (target["id"].as_str().unwrap_or("").to_string(), outcome)
    });
    told.collect()
}

/// What a profile said, without where it stands.
fn answers(result: &Json, nodes: &[Json]) -> Vec<Map<String, Json>> {
    let fields = followed(&result["profile"], nodes)["fields"].as_array();
    let fields = fields.into_iter().flatten().filter_map(|field| followed(field, nodes).as_object());
    fields
        .map(|field| {
            field.iter().filter(|(key, _)| *key != "at").map(|(k, v)| (k.clone(), v.clone())).collect()
        })
        .collect()
}

/// An object that was met, the objects within it named by number.
struct Met {
    object: Json,
    times: usize,
}

/// Returns a result with its nodes: what occurs more than once, or is nested deep.
#[must_use]
pub fn pack(result: &Json) -> (Json, Vec<Json>) {
    let mut known = Known::default();
    let root = result.as_object().into_iter().flatten();
    let root: Map<_, _> = root.map(|(key, part)| (key.clone(), known.meet(part, &[]))).collect();
    // What is met comes after what is within it, so that a node names earlier ones alone.
    let mut written: Vec<(Json, usize)> = Vec::new();
    let mut nodes = Vec::new();
    for Met { object, times } in known.met {
        let (whole, depth) = write(object, &mut written);
        if times > 1 || depth >= DEEP {
            written.push((json!({NODE: nodes.len()}), 0));
            nodes.push(whole);
        } else {
            written.push((whole, depth));
        }
    }
    (write(root.into(), &mut written).0, nodes)
}

/// The objects that were met, equal ones once.
#[derive(Default)]
struct Known {
    met: Vec<Met>,
    by_text: HashMap<String, usize>,
}

impl Known {
    /// Names each object of a value by its number; a node by what it was named.
    fn meet(&mut self, value: &Json, named: &[Json]) -> Json {
        match value {
            Json::Array(all) => all.iter().map(|part| self.meet(part, named)).collect(),
            Json::Object(all) => {
                if let Some(node) = all.get(NODE).and_then(Json::as_u64) {
                    return usize::try_from(node)
                        .ok()
                        .and_then(|node| named.get(node))
                        .cloned()
                        .unwrap_or_default();
                }
                let parts = all.iter().map(|(key, part)| (key.clone(), self.meet(part, named)));
                let object = Json::Object(parts.collect());
                let number = *self.by_text.entry(object.to_string()).or_insert(self.met.len());
                match self.met.get_mut(number) {
                    Some(met) => met.times += 1,
                    None => self.met.push(Met { object, times: 1 }),
                }
                json!({NODE: number})
            }
            value => value.clone(),
        }
    }
}

/// Writes what was met for each object that is named, and tells how deep objects are nested in it.
fn write(value: Json, written: &mut [(Json, usize)]) -> (Json, usize) {
    match value {
        Json::Array(all) => {
            let parts: Vec<(Json, usize)> = all.into_iter().map(|part| write(part, written)).collect();
            let depth = parts.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
            (parts.into_iter().map(|(part, _)| part).collect(), depth)
        }
        Json::Object(all) => match all.get(NODE).and_then(Json::as_u64) {
            Some(number) => {
                let (object, depth) =
                    written.get_mut(number as usize).expect("what is within was met before");
                // A node is named again; another object occurs once.
                let is_node = object.get(NODE).is_some();
                (if is_node { object.clone() } else { object.take() }, *depth)
            }
            None => {
                let mut deepest = 0;
                let parts = all.into_iter().map(|(key, part)| {
                    let (part, depth) = write(part, written);
                    deepest = deepest.max(depth);
                    (key, part)
                });
                let parts: Map<String, Json> = parts.collect();
                (Json::Object(parts), deepest + 1)
            }
        },
        value => (value, 0),
    }
}
