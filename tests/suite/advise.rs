//! Advice: what it promises is what evaluation says. What it tells is in `conformance/7-advice`.

use qudao::advise::advise;
use qudao::decide::decide;
use qudao::model::{Profile, Ruleset};
use qudao::operator::Verdict;
use qudao::result::why_json;
use qudao::words::Speaker;
use serde_json::json;

use crate::generate::{self, Dice};
use crate::support::{profile, ruleset};

fn random(seed: u64) -> (Ruleset, Profile) {
    let ruleset = ruleset(&generate::ruleset(&mut Dice::seeded(seed, 400)).text);
    let text = generate::yaml(&generate::profile(&mut Dice::seeded(!seed, 400), 70));
    let read = profile(&ruleset, &text);
    (ruleset, read.profile.unwrap())
}

#[test]
fn each_way_gives_the_verdict_that_it_promises() {
    let mut found = 0;
    for seed in 0..60 {
        let (ruleset, profile) = random(seed);
        let day = ruleset.as_of.unwrap();
        let now = decide(&ruleset, &profile, day);
        for target in ruleset.targets() {
            let now = now.target(target);
            let advice = advise(&ruleset, &profile, day, target, 150);
            assert_eq!(advice.sought, now.verdict != Some(Verdict::Recommended), "seed {seed}");
            assert!(advice.ways.len() <= 3 && (advice.sought || advice.ways.is_empty()), "seed {seed}");
            let sizes: Vec<usize> = advice.ways.iter().map(|way| way.changes.len()).collect();
            assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: {sizes:?}");
            for way in &advice.ways {
                found += 1;
                let mut changed = profile.clone();
                for change in &way.changes {
                    let field = &ruleset.fields[change.field];
                    assert!(!field.fixed && field.allows(&change.to), "seed {seed}: {}", field.name);
                    assert_eq!(change.from, profile.get(change.field).value, "seed {seed}");
                    changed.set(change.field, Some(change.to.clone()));
                }
                let then = decide(&ruleset, &changed, day);
                assert_eq!(then.target(target).verdict, Some(way.verdict), "seed {seed}");
                let better = way.verdict < now.leaning || now.verdict.is_none();
                assert!(better, "seed {seed}: {:?} is no better than {:?}", way.verdict, now.leaning);
            }
        }
    }
    assert!(found > 50, "only {found} ways were found");
}

#[test]
fn the_bound_on_steps_is_kept_and_told() {
    let text = "ruleset t { as of 2026-01-01 }\nprofile { a: bool, b: bool, n: int in 0 .. 9 }\nchannel x\n\
                rule r { when a and b, then score x +1 }\nrule s { when n > 8, then score x +0 }\n";
    let ruleset = ruleset(text);
    let read = profile(&ruleset, "{a: false, b: false, n: 1}");
    let profile = read.profile.unwrap();
    let day = ruleset.as_of.unwrap();
    let target = ruleset.target("x").unwrap();
    let told = |steps: usize| {
        let advice = advise(&ruleset, &profile, day, target, steps);
        let decision = decide(&ruleset, &profile, day);
        let mut document = why_json(&decision, Speaker::new(&ruleset, None), &advice);
        document["why"].take()
    };
    let value = |value: bool| json!({"value": value, "number": null, "unit": null, "order": null});
    let changes: Vec<_> = ["a", "b"]
        .map(|field| json!({"field": field, "from": value(false), "to": value(true), "any_other": false}))
        .to_vec();
    let better = json!([{"verdict": "recommended", "changes": changes}]);
    assert_eq!(told(0), json!({"target": "x", "better": [], "tried": 0, "complete": false}));
    assert_eq!(told(3), json!({"target": "x", "better": [], "tried": 1, "complete": false}));
    assert_eq!(told(4), json!({"target": "x", "better": better, "tried": 1, "complete": false}));
    assert_eq!(told(100), json!({"target": "x", "better": better, "tried": 2, "complete": true}));
}
