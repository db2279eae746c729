//! Of which channels and mixes nothing changes, of profiles with unknown fields either.
//!
//! All that acts on a target is compared as it is: when each effect fires, could come to, and could fail to. Where that
//! is the same function everywhere, so is the target's decision; where it is not, nothing is said.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyse::diagram::{Budget, TooLarge};
use crate::analyse::difference::Difference;
use crate::analyse::space::{Scope, Space, Truths, constant};
use crate::analyse::view::View;
use qudao_engine::ground::Ground;
use qudao_language::decide::Judged;
use qudao_language::model::{Channel, Id, Need, StatedNeed, Target};
use qudao_language::operator::Verdict;

/// What may be built for it.
const BUDGET: Budget = Budget { nodes: 100_000, steps: 300_000 };

/// What acts on a target.
#[derive(PartialEq, Eq)]
struct Acts {
    /// The points given and those taken by conditions that come out alike.
    scores: BTreeMap<Truths, (i64, i64)>,
    caps: BTreeSet<(Truths, Verdict)>,
    excluded: Truths,
    thresholds: (i64, i64),
    /// Who needs what, when; and when that is there.
    needs: BTreeSet<(String, String, Truths, Truths)>,
}

/// Returns the names of the targets of which nothing changes; of none if that is too large a question.
pub(super) fn same_targets<'g, 'r>(
    difference: &Difference<'r>,
    old: &'g Ground<'r>,
    new: &'g Ground<'r>,
) -> Vec<String> {
    compared(difference, old, new).unwrap_or_default()
}

fn compared<'g, 'r>(
    difference: &Difference<'r>,
    old: &'g Ground<'r>,
    new: &'g Ground<'r>,
) -> Result<Vec<String>, TooLarge> {
    let mut space = Space::new(vec![old, new], Scope::Any, BUDGET)?;
    let (before, now) = (View::new(&mut space, 0)?, View::new(&mut space, 1)?);
    let rename = |target: Target| {
        let target = difference.pairs.new_of(target);
        target.map(|target| new.ruleset.target_name(target).to_string())
    };
    let keep = |target: Target| Some(new.ruleset.target_name(target).to_string());
    let pairs = difference.pairs.both.iter();
    let same = pairs.filter(|(old, new)| acts(&before, *old, &rename) == acts(&now, *new, &keep));
    Ok(same.map(|(_, target)| new.ruleset.target_name(*target).to_string()).collect())
}

fn acts(view: &View<'_, '_>, target: Target, name: &dyn Fn(Target) -> Option<String>) -> Option<Acts> {
    let ground = view.ground;
    let ruleset = ground.ruleset;
    let all = |target: Target| {
        ground.targets.get(ruleset.target_index(target)).expect("every target has its effects")
    };
    let effects = all(target);
    let mut scores: BTreeMap<Truths, (i64, i64)> = BTreeMap::new();
    for (instance, points) in &effects.scores {
        let known = scores.entry(view.fires(*instance)).or_default();
        *known = (known.0.saturating_add((*points).max(0)), known.1.saturating_add((*points).min(0)));
    }
    let never = constant(Judged::FALSE);
    scores.retain(|truths, points| *truths != never && *points != (0, 0));
    let caps = effects.caps.iter().filter(|(_, cap)| *cap != Verdict::Recommended);
    let caps =
        caps.map(|(instance, cap)| (view.fires(*instance), *cap)).filter(|(truths, _)| *truths != never);
    let mut needs = BTreeSet::new();
    let (mut open, mut seen) = (vec![target], BTreeSet::new());
    while let Some(next) = open.pop() {
        if !seen.insert(next) {
            continue;
        }
        let (stated, members): (&[StatedNeed], &[Id<Channel>]) = match next {
            Target::Channel(id) => (&ruleset.channels[id].needs, &[]),
            Target::Mix(id) => (&ruleset.mixes[id].needs, &ruleset.mixes[id].members),
        };
        let fired = all(next).needs.iter().map(|(instance, need)| (*need, view.fires(*instance)));
        let stated = stated.iter().map(|stated| (stated.need, constant(Judged::TRUE)));
        for (need, when) in stated.chain(fired).filter(|(_, when)| *when != never) {
            let (needed, there) = match need {
                Need::Channel(id) => {
                    open.push(Target::Channel(id));
                    (name(Target::Channel(id))?, view.owned(id))
                }
                Need::Requirement(id) => {
                    let met = ground.met[id].map_or(never, |met| view.truths(met));
                    (ruleset.need_name(need).to_string(), met)
                }
            };
            needs.insert((name(next)?, needed, when, there));
        }
        for member in members {
            let truths = constant(Judged::TRUE);
            needs.insert((name(next)?, name(Target::Channel(*member))?, truths, truths));
            open.push(Target::Channel(*member));
        }
    }
    let limits = ruleset.thresholds;
    Some(Acts {
        scores,
        caps: caps.collect(),
        excluded: view.excluded(target),
        thresholds: (limits.recommended, limits.possible),
        needs,
    })
}
