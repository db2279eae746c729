//! What an answer rests on, tried on random rulesets against brute force: disputed values and defaults that hold up a
//! verdict, and the answers that could add something to do or to be said.

use std::collections::{BTreeMap, BTreeSet};

use qudao_language::decide::{Decision, Truth, decide};
use qudao_language::model::{Origin, Profile, Ruleset, Target, Value};
use qudao_language::operator::Verdict;
use qudao_telling::words::Speaker;

use crate::generate::{self, FIELDS, FieldModel};
use crate::laws::{self, Case, case, cases};
use crate::reading::{profile, random_profile};

fn answer<'r>(ruleset: &'r Ruleset, profile: &'r Profile) -> Decision<'r> {
    decide(ruleset, profile, ruleset.as_of.unwrap())
}

fn leanings(decision: &Decision<'_>) -> Vec<(Target, Verdict)> {
    let targets = decision.ruleset.targets();
    targets.map(|target| (target, decision.target(target).leaning)).collect()
}

/// A case in which many channels may be excluded, owned and needed: another one for each seed.
fn some_case(seed: u64, known: usize) -> Case {
    if seed.is_multiple_of(40) { laws::large_case(seed, known) } else { case(seed, known) }
}

#[test]
fn a_disputed_fact_is_listed_exactly_where_its_other_value_gives_another_leaning() {
    let (mut disputes, mut resting, mut indexed, mut unknown) = (0, 0, 0, 0);
    let total = cases(500);
    for seed in 0..total {
        let case = some_case(seed + 5_000_000, 97);
        let profile = random_profile(&case.ruleset, &case.profile);
        let decision = answer(&case.ruleset, &profile);
        let mut listed = BTreeMap::new();
        for target in case.ruleset.targets() {
            for fact in decision.disputed_facts(target) {
                let (now, other) = (decision.target(target).leaning, fact.otherwise);
                assert_eq!(fact.could_be, [now.min(other), now.max(other)], "seed {}", case.seed);
                listed.insert((fact.channel, fact.entry, fact.number, target), other);
            }
        }
        let mut found = BTreeMap::new();
        for (channel, stated) in case.ruleset.stating() {
            for (entry, statements) in stated {
                for (place, statement) in statements.iter().enumerate() {
                    if !statement.holds_on(decision.day) {
                        continue;
                    }
                    for (number, other) in statement.disputed.iter().enumerate() {
                        let mut changed = case.ruleset.clone();
                        let statements = laws::statements(&mut changed, channel).get_mut(entry).unwrap();
                        statements[place].value = other.value.clone();
                        disputes += 1;
                        for (target, leaning) in leanings(&answer(&changed, &profile)) {
                            if leaning != decision.target(target).leaning {
                                found.insert((channel, *entry, number, target), leaning);
                                resting += 1;
                                indexed += usize::from(entry.1.is_some());
                                unknown += usize::from(other.value.is_none());
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(listed, found, "seed {}: {:?}", case.seed, case.profile);
    }
    println!(
        "{disputes} disputes in {total} rulesets, {resting} with another leaning: {indexed} of an entry, {unknown} unknown"
    );
    assert!(
        resting as u64 * 10 > total && indexed * 30 > resting && unknown * 50 > resting,
        "{resting}, {indexed}, {unknown}"
    );
}

/// What a profile may say of a field; of a number and a day many values.
fn values(field: &FieldModel) -> Vec<String> {
    let mut values: Vec<String> = field.values.iter().map(ToString::to_string).collect();
    match field.name {
        "posts" => values.extend((0..=40).map(|half| format!("{}", f64::from(half) / 2.0))),
        "size" => values.extend((-10..=20).map(|size| format!("{size}.5"))),
        "start" => values.extend((2023..=2025).flat_map(|year| {
            (1..=12).flat_map(move |month| [1, 16].map(|day| format!("{year}-{month:02}-{day:02}")))
        })),
        "word" => values.push("\"neither\"".into()),
        _ => {}
    }
    values
}

/// Gives most of the fields a default, which those that ask for a profile have to confirm.
fn give_defaults(ruleset: &mut Ruleset, seed: u64) {
    for (place, model) in FIELDS.iter().enumerate() {
        let field = ruleset.fields.find(|field| &*field.name == model.name).unwrap();
        if !(seed + place as u64).is_multiple_of(4) {
            let value = model.values[(seed as usize + place) % model.values.len()];
            let read = random_profile(ruleset, &[(model.name, Some(value))]);
            ruleset.fields[field].default = read.get(field).value.clone();
        }
    }
}

#[test]
fn a_default_is_listed_exactly_where_another_value_gives_another_leaning() {
    let mut listed: BTreeMap<&str, usize> = BTreeMap::new();
    let total = cases(250);
    for seed in 0..total {
        let mut case = some_case(seed + 6_000_000, 50);
        give_defaults(&mut case.ruleset, seed);
        let own = random_profile(&case.ruleset, &case.profile);
        let decision = answer(&case.ruleset, &own);
        for model in FIELDS {
            let field = case.ruleset.fields.find(|field| &*field.name == model.name).unwrap();
            if own.get(field).origin != Origin::Default {
                assert!(decision.assumed().iter().all(|assumed| assumed.field != field));
                continue;
            }
            let mut found: BTreeMap<Target, BTreeSet<Verdict>> = BTreeMap::new();
            for value in values(model) {
                let yaml =
                    format!("{}{}: {value}\n", generate::yaml(&case.profile).replace("{}", ""), model.name);
                let read = profile(&case.ruleset, &yaml);
                let other = read.profile.unwrap_or_else(|| panic!("{:?}", read.diagnostics));
                for (target, leaning) in leanings(&answer(&case.ruleset, &other)) {
                    found.entry(target).or_default().insert(leaning);
                }
            }
            let says = decision.assumed().iter().find(|assumed| assumed.field == field);
            let says: BTreeMap<Target, BTreeSet<Verdict>> = says
                .iter()
                .flat_map(|says| &says.could_be)
                .map(|(t, v)| (*t, v.iter().copied().collect()))
                .collect();
            for (target, verdicts) in &found {
                let now = decision.target(*target).leaning;
                let mut verdicts = verdicts.clone();
                verdicts.insert(now);
                let told = says.get(target).cloned().unwrap_or(BTreeSet::from([now]));
                // All values of these were tried; of the others there may be more.
                let all = !["posts", "size", "start", "word"].contains(&model.name);
                let fits = if all { verdicts == told } else { verdicts.is_subset(&told) };
                assert!(
                    fits,
                    "seed {}: {} makes {} {verdicts:?}, not {told:?}; {:?}",
                    case.seed,
                    model.name,
                    case.ruleset.target_name(*target),
                    case.profile
                );
            }
            if !says.is_empty() {
                *listed.entry(model.name).or_default() += 1;
            }
        }
    }
    println!("defaults that matter in {total} rulesets: {listed:?}");
    for model in FIELDS {
        assert!(listed.get(model.name).is_some_and(|count| *count as u64 * 300 > total), "{listed:?}");
    }
}

/// What is to be done for targets that are not excluded, and what is said.
fn said(decision: &Decision<'_>, notes: bool) -> Vec<String> {
    let ruleset = decision.ruleset;
    let speaker = Speaker::new(ruleset, None);
    let mut said = Vec::new();
    let note = |cause: &qudao_language::decide::Cause| {
        let qudao_language::model::EffectKind::Note(_, text, _) = cause.kind(ruleset) else { unreachable!() };
        speaker.fill(decision, text, cause.channel)
    };
    said.extend(decision.notes.iter().filter(|_| notes).map(note));
    for target in ruleset.targets() {
        let decided = decision.target(target);
        let name = ruleset.target_name(target);
        if notes {
            said.extend(decided.notes.iter().map(|cause| format!("{name}: {}", note(cause))));
        } else if decided.excluded.truth != Truth::True {
            said.extend(decision.needs(target).map(|need| format!("{name}: {need:?}")));
        }
    }
    said
}

#[test]
fn what_is_in_no_list_adds_nothing_to_do_and_nothing_to_be_said() {
    let (mut silent, mut needs, mut notes) = (0, 0, 0);
    let total = cases(300);
    for seed in 0..total {
        let case = some_case(seed + 7_000_000, 60);
        let own = random_profile(&case.ruleset, &case.profile);
        let decision = answer(&case.ruleset, &own);
        let further = decision.further();
        needs += further.needs.len();
        notes += further.notes.len();
        let missing: BTreeSet<_> = decision.missing().iter().map(|(field, _)| *field).collect();
        assert!(further.needs.iter().chain(&further.notes).all(|more| !missing.contains(&more.field)));
        let of = |model: &FieldModel| case.ruleset.fields.find(|field| &*field.name == model.name).unwrap();
        let unknown: Vec<&FieldModel> =
            FIELDS.iter().filter(|model| own.get(of(model)).value.is_none()).collect();
        for model in &unknown {
            let field = of(model);
            let listed =
                |list: &[qudao_language::decide::Missing]| list.iter().any(|more| more.field == field);
            let asks = [listed(&further.needs), listed(&further.notes)];
            if missing.contains(&field) || asks == [true, true] {
                continue;
            }
            silent += 1;
            // The other unknown fields: as they are, and filled in two ways.
            for way in 0..3 {
                let mut filled = own.clone();
                let fill = |profile: &mut Profile, model: &FieldModel, number: usize| {
                    let value = model.values[number % model.values.len()];
                    let read = random_profile(&case.ruleset, &[(model.name, Some(value))]);
                    let value: Option<Value> = read.get(of(model)).value.clone();
                    profile.set(of(model), value);
                };
                if way > 0 {
                    let others = unknown.iter().filter(|other| other.name != model.name);
                    others.for_each(|other| fill(&mut filled, other, seed as usize + way));
                }
                for (list, notes) in asks.into_iter().zip([false, true]).filter(|(listed, _)| !listed) {
                    assert!(!list);
                    let before = said(&answer(&case.ruleset, &filled), notes);
                    for number in 0..model.values.len() {
                        let mut more = filled.clone();
                        fill(&mut more, model, number);
                        let after = said(&answer(&case.ruleset, &more), notes);
                        assert_eq!(before, after, "seed {}: {} {:?}", case.seed, model.name, case.profile);
                    }
                }
            }
        }
    }
    println!(
        "{silent} fields of which nothing is said, {needs} for needs, {notes} for notes, in {total} rulesets"
    );
    assert!(silent as u64 > total && needs as u64 * 8 > total && notes as u64 * 8 > total);
}
