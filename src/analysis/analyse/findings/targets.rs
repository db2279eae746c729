//! Findings about channels: never recommended, or always.

use std::collections::BTreeSet;

use super::{Example, Key, Work, with_example};
use crate::analyse::diagram::{TooLarge, YES};
use crate::analyse::regions::Purse;
use crate::analyse::sample::{SAMPLES, samples};
use crate::analyse::search::Search;
use qudao_engine::ground::Opaque;
use qudao_language::decide::Decision;
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::{Profile, Target};
use qudao_language::operator::Verdict;

/// What so many questions on channels may take, each the whole of a budget, is there for all of them.
const QUESTIONS: u64 = 2;
/// So many profiles are decided before anything is proved: what they show need not be.
const LOOKED_AT: usize = 16;
/// So many instances are judged for samples at most: a second's work.
const MOST_SAMPLED: usize = 4_000_000;

/// Of more channels that are compared with each other none is searched for by itself.
const MOST_SEARCHED: usize = 64;

/// Of so many channels at most each is told by itself that nothing could be proved.
const MOST_ALONE: usize = 5;

impl Work<'_, '_> {
    /// What past the budget is sampled: a profile that shows the contrary settles it, and otherwise it is noted.
    pub(super) fn target_keys(&mut self, keys: &mut BTreeSet<Key>) {
        let ruleset = self.ruleset();
        if ruleset.rules.is_empty() {
            return;
        }
        let mut open: Vec<Target> = ruleset.channels.ids().map(Target::Channel).collect();
        self.sift(&mut open, self.samples().min(LOOKED_AT));
        // Where many are compared, one profile says something of each of them: samples do more than a search for each.
        let races = open.len() > MOST_SEARCHED && self.study.ground.opaque.iter().any(Opaque::leads);
        let mut unsettled = Vec::new();
        let mut purse = Purse::new(&self.space, self.budget, QUESTIONS);
        for target in open {
            let budget = purse.next(&self.space);
            self.space.diagrams.renew(budget);
            let hard = !self.view.hard(target).is_empty();
            match if hard { Err(TooLarge) } else { self.target_key(target) } {
                Ok(key) => keys.extend(key),
                Err(TooLarge) if !races && self.shows_both(target) == Ok(true) => {}
                Err(TooLarge) => unsettled.push(target),
            }
        }
        self.space.diagrams.renew(self.budget);
        if !unsettled.is_empty() {
            self.sampled(unsettled);
        }
    }

    /// Whether a channel is never recommended, or always. What waits for a fact that no source tells could change that.
    fn target_key(&mut self, target: Target) -> Result<Option<Key>, TooLarge> {
        let region = self.view.at_least(&mut self.space, target, Verdict::Recommended)?;
        let is = |decision: &Decision<'_>| decision.target(target).leaning == Verdict::Recommended;
        match self.is_nowhere(region, &is)? {
            Some(false) => {}
            Some(true) if !self.waits(target)? => return Ok(Some(Key::Never(target))),
            Some(true) => {
                let could = self.view.could_be(&mut self.space, target, Verdict::Recommended, false)?;
                return Ok(self.space.is_nowhere(could)?.then_some(Key::Never(target)));
            }
            None => {
                if let Target::Channel(id) = target {
                    let channel = &self.ruleset().channels[id];
                    let whether = self.tongue().whether_ever_recommended(&channel.name);
                    self.undecided([channel.span, channel.span], &whether, region);
                }
                return Ok(None);
            }
        }
        if !self.is_always(region)? {
            return Ok(None);
        }
        if !self.waits(target)? {
            return Ok(Some(Key::Always(target)));
        }
        for verdict in [Verdict::Possible, Verdict::Unsuitable, Verdict::Excluded] {
            let could = self.view.could_be(&mut self.space, target, verdict, false)?;
            if !self.space.is_nowhere(could)? {
                return Ok(None);
            }
        }
        Ok(Some(Key::Always(target)))
    }

    /// Whether something that acts on a target waits for a fact.
    fn waits(&mut self, target: Target) -> Result<bool, TooLarge> {
        let effects = self.study.ground.targets.get(self.ruleset().target_index(target));
        let effects = effects.expect("each target has its effects");
        let scores = effects.scores.iter().map(|(instance, _)| instance);
        let acting = scores.chain(effects.caps.iter().map(|(instance, _)| instance));
        let acting = acting.map(|instance| self.view.fires(*instance));
        for truths in acting.chain([self.view.excluded(target)]) {
            if self.space.diagrams.or(truths.yes, truths.no)? != YES {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a profile shows that a channel is recommended, and another that it is not: looked for as if no condition that
    /// was too large held, and decided.
    fn shows_both(&mut self, target: Target) -> Result<bool, TooLarge> {
        let study = self.study;
        let region = self.view.at_least(&mut self.space, target, Verdict::Recommended)?;
        let rest = self.space.diagrams.not(region)?;
        let (seen, hard) = (&mut self.seen, &self.hard);
        for (region, wanted) in [(region, true), (rest, false)] {
            let mut takes = |profiles: &[Profile]| {
                let Some(profile) = profiles.first() else { return false };
                let decision = study.decide(profile);
                seen.note(hard, &decision);
                (decision.target(target).leaning == Verdict::Recommended) == wanted
            };
            // Where a condition is too large, the region is made of the others alone.
            if !matches!(self.space.search_around(region, &mut takes)?, Search::Found(..)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many profiles are sampled.
    pub(super) fn samples(&self) -> usize {
        let most = self.budget.share(MOST_SAMPLED);
        SAMPLES.min(1 + most / self.study.ground.instances.len().max(1))
    }

    /// Leaves of some channels those that are not recommended to one of so many sampled profiles and kept from another;
    /// returns the channels that are recommended to one.
    fn sift(&mut self, open: &mut Vec<Target>, count: usize) -> BTreeSet<Target> {
        let (mut is, mut is_not) = (BTreeSet::new(), BTreeSet::new());
        for profiles in samples(&self.space, count) {
            let Some(profile) = profiles.first().filter(|_| !open.is_empty()) else { break };
            let decision = self.study.decide(profile);
            self.seen.note(&self.hard, &decision);
            for target in open.iter() {
                let recommended = decision.target(*target).leaning == Verdict::Recommended;
                let seen = if recommended { &mut is } else { &mut is_not };
                seen.insert(*target);
            }
            open.retain(|target| !(is.contains(target) && is_not.contains(target)));
        }
        is
    }

    fn sampled(&mut self, mut unsettled: Vec<Target>) {
        let (ruleset, count) = (self.ruleset(), self.samples());
        let is = self.sift(&mut unsettled, count);
        let tongue = self.tongue();
        let (always, never): (Vec<Target>, Vec<Target>) =
            unsettled.into_iter().partition(|target| is.contains(target));
        for (targets, always) in [(never, false), (always, true)] {
            // Of many it is one sentence, which stands at the first of them.
            let alone = if targets.len() > MOST_ALONE { 1 } else { targets.len() };
            let (told, others) = targets.split_at(alone);
            let others: Vec<String> =
                others.iter().map(|target| ruleset.target_name(*target).to_string()).collect();
            for target in told {
                let Target::Channel(id) = *target else { continue };
                let message = tongue.recommending_too_large(ruleset.target_name(*target), always);
                let found = Diagnostic::new(Code::Unproved, ruleset.channels[id].span, message)
                    .here(tongue.sampled_recommended(always, count));
                let also = (!others.is_empty()).then(|| tongue.likewise(&others));
                self.unproved.push(also.into_iter().fold(found, Diagnostic::note));
            }
        }
    }

    pub(super) fn never(&mut self, target: Target) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let Target::Channel(id) = target else { return Ok(None) };
        let channel = &ruleset.channels[id];
        let tongue = self.tongue();
        let message = tongue.never_recommended(&channel.name);
        let diagnostic = Diagnostic::new(Code::NeverRecommended, channel.span, message);
        for verdict in [Verdict::Possible, Verdict::Unsuitable, Verdict::Excluded] {
            let region = self.view.leaning(&mut self.space, target, verdict)?;
            let accept = |decision: &Decision<'_>| decision.target(target).verdict == Some(verdict);
            if let Example::Profile(profile) = self.example(region, &accept)? {
                let diagnostic = diagnostic.here(tongue.at_best_it_is(tongue.verdict(verdict)));
                return Ok(Some(with_example(self.study, diagnostic, tongue.as_for_this(), &profile)));
            }
        }
        Ok(Some(diagnostic.here(tongue.nobody_recommended())))
    }

    pub(super) fn always(&mut self, target: Target) -> Result<Option<Diagnostic>, TooLarge> {
        let ruleset = self.ruleset();
        let Target::Channel(id) = target else { return Ok(None) };
        let channel = &ruleset.channels[id];
        let tongue = self.tongue();
        let message = tongue.always_recommended(&channel.name);
        let diagnostic =
            Diagnostic::new(Code::AlwaysRecommended, channel.span, message).here(tongue.always_the_same());
        let accept = |decision: &Decision<'_>| decision.target(target).leaning == Verdict::Recommended;
        Ok(Some(match self.example(YES, &accept)? {
            Example::Profile(profile) => with_example(self.study, diagnostic, tongue.even_for(), &profile),
            Example::Nothing | Example::Undecided => diagnostic,
        }))
    }
}
