//! What `diff` says of a change is true: a cause that it tells is one, for with that edit undone by hand the answer is
//! as it was; a rename is one, for under the old name the ruleset means the same.

use std::collections::{BTreeMap, BTreeSet};

use qudao_analysis::analyse::change::{Causes, How, Standing};
use qudao_analysis::analyse::difference::{Difference, Side};
use qudao_analysis::analyse::edits::{Declared, Edit};
use qudao_language::decide::decide;
use qudao_language::model::{Profile, Ruleset};

use crate::generate::{self, Dice, profile};
use crate::laws::cases;
use crate::reading::{checked, random_profile};
use crate::sheets::in_a_sheet;

const HEADER: &str = "ruleset random \"Random\" { languages en, zh  as of 2024-06-15 }\n";

/// A change of the text, and how it is told.
#[derive(Clone, Debug)]
struct Change {
    declaration: usize,
    from: String,
    to: String,
    told: (Declared, String),
}

/// All changes that may be made of a declaration, one of each kind.
fn changes(declaration: usize, text: &str, dice: &mut Dice) -> Vec<Change> {
    let mut found = Vec::new();
    let mut words = text.split([' ', '{', ':']);
    let (word, name) = (words.next().unwrap(), words.next().unwrap_or("").to_string());
    let mut put = |declared: Declared, name: &str, from: &str, to: String| {
        if text.contains(from) && from != to {
            found.push(Change { declaration, from: from.into(), to, told: (declared, name.into()) });
        }
    };
    match word {
        "channel" => {
            for line in text.lines().map(str::trim) {
                let Some((fact, value)) = line.split_once(" = ").filter(|(fact, _)| !fact.contains(' '))
                else {
                    continue;
                };
                let value = value.split(" from ").next().unwrap().split(" disputed ").next().unwrap();
                if value.contains(" until ") {
                    continue;
                }
                let (value, since) =
                    value.split_once(" since ").map_or((value, ""), |(value, _)| (value, " since"));
                let other = match value {
                    "true" => "false",
                    "false" | "unknown" if fact == "push" || fact.starts_with("open_to") => "true",
                    "never" => "often",
                    "some" | "often" => "never",
                    "{}" | "{sell}" => "{sell, talk}",
                    "{sell, talk}" => "{}",
                    "2024-02-29" => "2024-03-01",
                    "2 batch" => "1 batch",
                    _ if fact == "room" => "9 MB",
                    _ if fact == "limit" || fact.starts_with("quota") => "3 per month",
                    _ => continue,
                };
                let from = format!("  {fact} = {value}{since}");
                put(Declared::Fact, &format!("{name}.{fact}"), &from, format!("  {fact} = {other}{since}"));
                if since.is_empty()
                    && !text.contains(&format!("{from} until"))
                    && !line.contains(" disputed ")
                {
                    // The whole statement goes.
                    put(Declared::Fact, &format!("{name}.{fact}"), line, String::new());
                }
            }
        }
        "parameter" => {
            let mut edit = |entry: &str, from: &str, to: &str| {
                put(Declared::Parameter, entry, from, to.to_string());
            };
            edit("free", "= true ", "= false ");
            edit("free", "= false ", "= true ");
            edit("wanted", "= {sell}", "= {talk}");
            edit("wanted", "= {}", "= {sell, talk}");
            edit("ceiling", "= 2 per month since", "= 1 per month since");
            edit("ceiling", "= 0 per month since", "= 4 per month since");
            edit("part[one]", "[one] = 120%", "[one] = 30%");
            edit("part[two]", "[two] = 50%", "[two] = 20%");
            edit("part[two]", "[two] = 120%\n", "");
            edit("part[three]", "[three] = 0%", "[three] = 100%");
        }
        "weight" => {
            let value = text.rsplit(' ').next().unwrap();
            put(Declared::Weight, &name, &format!("= {value}"), format!("= {}", 1 + dice.pick(9)));
        }
        "unit" => put(Declared::Unit, &name, "= 2 post", "= 3 post".into()),
        "verdicts" => {
            put(Declared::Verdicts, "", text, "verdicts { recommended >= 4, possible >= -1 }".into())
        }
        "let" => {
            let value = text.split_once(" = ").unwrap().1;
            if !text.contains(": Owner") && !value.contains("posts") {
                put(Declared::Let, &name, value, format!("not ({value})"));
            }
        }
        "profile" => {
            put(Declared::Field, "icp", "icp: bool default false", "icp: bool default true".into());
            put(Declared::Field, "icp", "icp: bool\n", "icp: bool default true\n".into());
            put(Declared::Field, "staff", "default 1", "default 3".into());
        }
        "requirement" => {
            if let Some((_, rest)) = text.split_once("met when ") {
                let met = rest.split_once(" how ").unwrap().0;
                put(Declared::Requirement, &name, met, format!("not ({met})"));
            }
        }
        "rule" => {
            put(Declared::Rule, &name, text, String::new());
            put(Declared::Rule, &name, "+strong", "-plain".into());
            put(Declared::Rule, &name, "exclude ", "score ".into());
            if let Some((_, rest)) = text.split_once("\n  when ") {
                let when = rest.split_once("\n  then").unwrap().0;
                put(Declared::Rule, &name, when, format!("not ({when})"));
                put(Declared::Rule, &name, &format!("\n  when {when}"), String::new());
            }
        }
        _ => {}
    }
    found
}

/// The ruleset with some changes, with its facts where they are or in a sheet.
fn with(declarations: &[String], changes: &[&Change], sheet: bool) -> Option<Ruleset> {
    let mut texts = declarations.to_vec();
    for change in changes {
        let text = &mut texts[change.declaration];
        if !text.contains(&change.from) {
            return None;
        }
        *text = text.replacen(&change.from, &change.to, 1);
    }
    let text = HEADER.to_string() + &texts.join("\n");
    if sheet { in_a_sheet(&text, false) } else { checked("random.qd", &text).1.ruleset }
}

/// A declaration of a channel that is like no other.
fn alone(text: &str) -> String {
    match text.split_once(" like ") {
        Some((head, rest)) if text.starts_with("channel ") => {
            format!("{head} {}", rest.get(rest.find('{').unwrap()..).unwrap())
        }
        _ => text.to_string(),
    }
}

/// What came of a profile: each target's verdict, needs and points, and who comes first.
#[derive(Debug)]
struct Outcome {
    targets: BTreeMap<String, (String, BTreeMap<String, String>, String)>,
    first: Option<String>,
}

fn outcome(ruleset: &Ruleset, profile: &Profile) -> Outcome {
    let decision = decide(ruleset, profile, ruleset.as_of.unwrap());
    let name = |target| ruleset.target_name(target).to_string();
    let of = |target| {
        let decided = decision.target(target);
        let needs = decision
            .needs(target)
            .map(|need| (ruleset.need_name(need.need).to_string(), need.state.as_str().to_string()));
        (format!("{:?}", decided.verdict), needs.collect(), Standing::of(&decision, target).points)
    };
    let targets = ruleset.targets().map(|target| (name(target), of(target))).collect();
    Outcome { targets, first: decision.first.target.map(name) }
}

/// What of an outcome is looked at, as text.
fn aspect(outcome: &Outcome, target: Option<&str>, part: usize) -> String {
    let Some(target) = target else { return format!("{:?}", outcome.first) };
    let (verdict, needs, points) = &outcome.targets[target];
    match part {
        0 => verdict.clone(),
        1 => format!("{needs:?}"),
        _ => points.clone(),
    }
}

#[derive(Default, Debug)]
struct Seen {
    alone: usize,
    each: usize,
    together: usize,
    renames: usize,
}

#[test]
fn undoing_a_cause_by_hand_undoes_the_change() {
    let mut seen = Seen::default();
    for seed in 0..cases(90) {
        let mut dice = Dice::seeded(seed + 31_000, 2_000);
        // A change of what variants are like is an edit of each of them; `edits_of_variants` looks at these.
        let declarations: Vec<String> =
            generate::ruleset(&mut dice).declarations.iter().map(|text| alone(text)).collect();
        let mut all: Vec<Change> = Vec::new();
        for (number, text) in declarations.iter().enumerate() {
            all.extend(changes(number, text, &mut dice));
        }
        let mut made: Vec<&Change> = Vec::new();
        for _ in 0..1 + dice.pick(6) {
            let change = &all[(dice.pick(256) * 256 + dice.pick(256)) % all.len()];
            let same = |other: &&&Change| {
                other.told == change.told
                    || other.declaration == change.declaration && other.told.0 != Declared::Fact
            };
            if !made.iter().any(|other| same(&other)) {
                made.push(change);
            }
        }
        let sheet = seed % 3 == 0;
        let (Some(old), Some(new)) = (with(&declarations, &[], sheet), with(&declarations, &made, sheet))
        else {
            continue;
        };
        let side = |ruleset, label: &str| Side { ruleset, day: old.as_of.unwrap(), label: label.into() };
        let difference = Difference::new(side(&old, "old"), side(&new, "new"));
        for edit in &difference.edits {
            let by = |change: &&&Change| change.told == (edit.declared, edit.name.clone());
            let rename_of_removed = edit.is_rename();
            assert!(
                made.iter().any(|change| by(&change)) || rename_of_removed,
                "seed {seed}: nobody made {edit}: {made:?}"
            );
            seen.renames += usize::from(rename_of_removed);
        }
        let undone = |left_out: &BTreeSet<(Declared, String)>| {
            let rest: Vec<&Change> =
                made.iter().copied().filter(|change| !left_out.contains(&change.told)).collect();
            with(&declarations, &rest, sheet)
        };
        for _ in 0..6 {
            let given = profile(&mut dice, 85);
            let (one, other) = (random_profile(&old, &given), random_profile(&new, &given));
            let (before, now) = (outcome(&old, &one), outcome(&new, &other));
            let change = difference.explained(&one, &other);
            let mut told: Vec<(Option<String>, usize, &Causes)> = Vec::new();
            for target in change.kept() {
                let name = difference.name(target.target).to_string();
                let part = if target.is_verdict() {
                    0
                } else if target.is_needs() {
                    1
                } else {
                    2
                };
                told.push((Some(name), part, &target.causes));
            }
            if change.first.is_some() {
                told.push((None, 0, &change.first_causes));
            }
            for (target, part, causes) in told {
                let what = |outcome: &Outcome| aspect(outcome, target.as_deref(), part);
                assert_ne!(what(&before), what(&now), "seed {seed}: {target:?} {causes:?}");
                let at = format!(
                    "seed {seed}: {target:?} {} → {}, {causes:?}, {made:#?}",
                    what(&before),
                    what(&now)
                );
                assert_ne!(causes.how, How::Perhaps, "{at}");
                let keys: BTreeSet<(Declared, String)> = causes
                    .edits
                    .iter()
                    .map(|number| &difference.edits[*number])
                    .map(|edit: &Edit| (edit.declared, edit.name.clone()))
                    .collect();
                assert!(!keys.is_empty(), "{at}");
                let restores = |keys: &BTreeSet<(Declared, String)>| {
                    undone(keys).is_some_and(|ruleset| {
                        what(&outcome(&ruleset, &random_profile(&ruleset, &given))) == what(&before)
                    })
                };
                let alone: BTreeSet<(Declared, String)> = made
                    .iter()
                    .map(|change| change.told.clone())
                    .filter(|key| restores(&BTreeSet::from([key.clone()])))
                    .collect();
                match causes.how {
                    How::Each => {
                        assert_eq!(keys, alone, "{at}");
                        *(if keys.len() == 1 { &mut seen.alone } else { &mut seen.each }) += 1;
                    }
                    _ => {
                        assert!(alone.is_empty() && restores(&keys), "{at}: {alone:?}");
                        for key in &keys {
                            let mut fewer = keys.clone();
                            fewer.remove(key);
                            assert!(!restores(&fewer), "{at}");
                        }
                        seen.together += 1;
                    }
                }
            }
        }
    }
    println!("{seen:?}");
    assert!(seen.alone > 150 && seen.together > 0, "{seen:?}");
}

#[test]
fn what_is_told_to_be_renamed_means_the_same_under_its_old_name() {
    let (mut renamed, mut not) = (0, 0);
    for seed in 0..cases(120) {
        let mut dice = Dice::seeded(seed + 37_000, 900);
        let declarations = generate::ruleset(&mut dice).declarations;
        let picked = |word: &str, dice: &mut Dice| {
            let of: Vec<usize> =
                (0..declarations.len()).filter(|n| declarations[*n].starts_with(word)).collect();
            (!of.is_empty()).then(|| of[dice.pick(of.len())])
        };
        // A name is another everywhere, and in half of the cases what it stands for is another too.
        let kinds = ["rule ", "let ", "fact ", "channel ", "requirement ", "parameter ", "enum Owner "];
        let kind = kinds[dice.pick(kinds.len())];
        let Some(number) = picked(kind, &mut dice) else { continue };
        let is_value = kind == "enum Owner ";
        let name = if is_value {
            "three".to_string()
        } else {
            declarations[number][kind.len()..].split([' ', ':', '[', '{']).next().unwrap().to_string()
        };
        let rename = |text: &str| {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let mut made = String::new();
            let mut rest = text;
            while let Some(at) = rest.find(&name) {
                let (head, tail) = rest.split_at(at);
                made.push_str(head);
                let whole = !made.ends_with(is_word) && !tail[name.len()..].starts_with(is_word);
                made.push_str(if whole { "renamed" } else { &name });
                rest = &tail[name.len()..];
            }
            made + rest
        };
        let other = dice.chance(50);
        let mut texts: Vec<String> = declarations.iter().map(|text| rename(text)).collect();
        if other {
            let text = &mut texts[number];
            *text = text.replacen("when ", "when flag or ", 1).replacen(
                " = ",
                " = flag or ",
                usize::from(kind == "let "),
            );
        }
        let read =
            |texts: &[String]| checked("random.qd", &(HEADER.to_string() + &texts.join("\n"))).1.ruleset;
        let head = &mut texts[number];
        if is_value {
            *head = head.replace("renamed", &format!("renamed was {name}"));
        } else if kind == "parameter " {
            let values = [" = ", " {\n"].into_iter().filter_map(|begin| head.find(begin));
            head.insert_str(values.min().unwrap_or(head.len()), &format!(" was {name}"));
        }
        let (Some(old), Some(new)) = (read(&declarations), read(&texts)) else { continue };
        let side = |ruleset, label: &str| Side { ruleset, day: old.as_of.unwrap(), label: label.into() };
        let difference = Difference::new(side(&old, "old"), side(&new, "new"));
        let told: Vec<&Edit> = difference.edits.iter().filter(|edit| edit.is_rename()).collect();
        for edit in &told {
            assert_eq!(edit.new.as_deref(), Some("renamed"), "seed {seed}: {edit}");
            let is_title = matches!(edit.declared, Declared::Channel | Declared::Parameter | Declared::Value);
            assert!(
                is_title || matches!(edit.declared, Declared::Rule | Declared::Let),
                "seed {seed}: {edit}"
            );
            if is_title || !other {
                // Nothing is declared otherwise but the name: under the old one it is the old ruleset.
                let more = difference.edits.len() > 1;
                assert!(!more || other, "seed {seed}: {:?}", difference.edits);
            } else {
                assert!(texts[number] == rename(&declarations[number]), "seed {seed}: {edit}");
            }
        }
        assert!(
            told.len() == 1 || !(is_value || kind == "parameter "),
            "seed {seed}: {:?}",
            difference.edits
        );
        if told.is_empty() { not += 1 } else { renamed += 1 }
    }
    println!("{renamed} renamed, {not} not");
    assert!(renamed > 20 && not > 20, "{renamed} {not}");
}

/// What a variant takes from another channel is an edit of its own: undone alone, the other keeps what is new.
#[test]
fn edits_of_variants_are_undone_one_by_one() {
    let text = |fee: u32, channels: &str| {
        format!(
            "ruleset plans \"Plans\" {{ as of 2024-06-15 }}\nprofile {{ n: int in 0 .. 9 }}\nfact fee: number EUR\n\
             channel basic {{ fee = {fee} EUR }}\n{channels}\n\
             rule dear for each c {{ when c.fee > 5 EUR and n > 1 then score c -1 }}\n"
        )
    };
    let variants = "channel premium like basic\nchannel gold like premium { }\nchannel other { fee = 9 EUR }";
    let old = checked("plans.qd", &text(3, variants)).1.ruleset.unwrap();
    let new = checked("plans.qd", &text(8, variants)).1.ruleset.unwrap();
    let side = |ruleset, label: &str| Side { ruleset, day: old.as_of.unwrap(), label: label.into() };
    let difference = Difference::new(side(&old, "old"), side(&new, "new"));
    let told: Vec<String> = difference.edits.iter().map(|edit| edit.name.clone()).collect();
    assert_eq!(told, ["basic.fee", "gold.fee", "premium.fee"]);
    let given = [("n", Some("3"))];
    let change = difference.explained(&random_profile(&old, &given), &random_profile(&new, &given));
    let causes: Vec<(String, Vec<String>)> = change
        .kept()
        .map(|target| {
            let edits = target.causes.edits.iter().map(|number| difference.edits[*number].name.clone());
            (difference.name(target.target).to_string(), edits.collect())
        })
        .collect();
    let own = |name: &str| (name.to_string(), vec![format!("{name}.fee")]);
    assert_eq!(causes, [own("basic"), own("premium"), own("gold")]);
}
