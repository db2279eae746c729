//! Profiles that get no recommendation.

use super::{Example, Work, with_example};
use crate::analyse::diagram::{NO, Ref, TooLarge, YES};
use crate::analyse::every_day::on_usual_day;
use crate::analyse::sample::{SAMPLES, samples};
use qudao_language::decide::Decision;
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::{Id, Profile, Target};
use qudao_language::operator::Verdict;

impl Work<'_, '_> {
    /// Reports a profile that gets no channel recommended, if there is one.
    pub(super) fn gaps(&mut self) -> Option<Diagnostic> {
        let ruleset = self.ruleset();
        let (span, tongue) = (ruleset.name_span, self.tongue());
        self.space.diagrams.renew(self.budget);
        let settled = |decision: &Decision<'_>| {
            decision.channels.iter().all(|target| {
                decision.target(*target).verdict.is_some_and(|verdict| verdict != Verdict::Recommended)
            })
        };
        self.view.asked_hard();
        let region = self.gap_region().and_then(|region| match self.view.asked_hard() {
            true => Err(TooLarge),
            false => Ok(region),
        });
        let found = region.and_then(|region| self.example(region, &settled));
        let profile = match found {
            Ok(Example::Nothing) => return None,
            Ok(Example::Profile(profile)) => profile,
            Ok(Example::Undecided) => {
                let region = region.unwrap_or(NO);
                self.undecided([span, span], tongue.whether_all_recommended(), region);
                return None;
            }
            Err(TooLarge) => match self.sampled_gap(&settled) {
                Some(profile) => profile,
                None => {
                    let message = tongue.all_recommended_too_large();
                    let here = tongue.each_sampled_gets_one(SAMPLES);
                    return Some(Diagnostic::new(Code::Unproved, span, message).here(here));
                }
            },
        };
        let diagnostic = Diagnostic::new(Code::NoRecommendation, span, tongue.no_recommendation())
            .here(tongue.none_recommended());
        Some(with_example(self.study, diagnostic, tongue.as_this(), &profile))
    }

    /// Where no channel is recommended. The conditions are not joined as a whole, which would grow without measure: the
    /// search goes through all of them at once.
    fn gap_region(&mut self) -> Result<Ref, TooLarge> {
        // Others are told their recommendation on another day.
        let mut open: Vec<Ref> = vec![self.space.on_usual_day()?];
        for id in self.ruleset().channels.ids().collect::<Vec<Id<_>>>() {
            let target = Target::Channel(id);
            let recommended = self.view.at_least(&mut self.space, target, Verdict::Recommended)?;
            open.push(self.space.diagrams.not(recommended)?);
        }
        match self.space.diagrams.joint(&open, self.budget.steps)? {
            None => Ok(NO),
            Some(cells) => {
                let cube: Vec<Option<Vec<usize>>> =
                    cells.iter().map(|cell| cell.map(|cell| vec![cell])).collect();
                let cube = self.space.diagrams.cube(&cube)?;
                if self.space.free_in(&cells).is_empty() && !self.space.is_nowhere(cube)? {
                    return Ok(cube);
                }
                // Free conditions and sums may need another region than the first; so all are wanted.
                open.into_iter().try_fold(YES, |all, part| self.space.diagrams.and(all, part))
            }
        }
    }

    fn sampled_gap(&mut self, settled: &dyn Fn(&Decision<'_>) -> bool) -> Option<Profile> {
        let study = self.study;
        let mut takes =
            |profiles: &[Profile]| profiles.first().is_some_and(|profile| settled(&study.decide(profile)));
        let usual = |mut profiles: Vec<Profile>| {
            for profile in &mut profiles {
                on_usual_day(&study.ground, profile);
            }
            profiles
        };
        let found = samples(&self.space, SAMPLES).map(usual).find(|profiles| takes(profiles))?;
        self.space.shrink(found, &mut takes).into_iter().next()
    }
}
