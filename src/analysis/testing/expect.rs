//! Whether a decision meets an expectation, and what it says instead.

use qudao_language::decide::{Decision, NeedDecision, Reason, State, Truth};
use qudao_language::model::{
    EffectKind, Expectation, ExpectationKind, Id, Need, NeedState, Rule, RuleSelector, Target,
};
use qudao_language::operator::Verdict;
use qudao_telling::why;
use qudao_telling::words::{Speaker, Tongue};

/// What a decision says where an expectation is not met.
pub(super) struct Instead {
    /// In the form of the expectation.
    pub(super) actual: String,
    /// A short proof of it.
    pub(super) proof: String,
}

/// Returns nothing where a decision meets an expectation, else what it says.
pub(super) fn unmet<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    tongue: Tongue,
    expectation: &'r Expectation,
) -> Option<Instead> {
    let reader = Reader { decision, speaker, tongue };
    if reader.holds(&expectation.kind) {
        return None;
    }
    Some(Instead { actual: reader.actual(&expectation.kind), proof: reader.proof(&expectation.kind) })
}

struct Reader<'d, 'r> {
    decision: &'d Decision<'r>,
    speaker: Speaker<'r>,
    /// The language of what the program says; texts may be in another.
    tongue: Tongue,
}

impl<'r> Reader<'_, 'r> {
    fn holds(&self, kind: &'r ExpectationKind) -> bool {
        use ExpectationKind as E;
        match kind {
            E::First(target) => self.first(*target) == Some(*target),
            E::Fires(rules, fires) => self.firing(rules).next().is_some() == *fires,
            E::Missing(field) => self.decision.missing().iter().any(|(missing, _)| missing == field),
            E::Verdict(target, verdict) => self.decision.target(*target).verdict == *verdict,
            E::Leaning(target, verdict) => self.decision.target(*target).leaning == *verdict,
            E::CouldBe(target, verdict) => self.decision.target(*target).could_be.contains(verdict),
            E::ExcludedBy(target, rules) => self.excluding(*target).iter().any(|rule| rules.contains(rule)),
            E::Score(target, op, points) => op.holds(self.decision.target(*target).score.cmp(points)),
            E::Measure(_, _, compared) => {
                let judged = self.decision.trace(compared).and_then(|trace| trace.judged());
                judged.is_some_and(|judged| judged.truth == Truth::True)
            }
            E::Needs(target, need, state) => {
                let mut needs = self.decision.needs(*target);
                needs.any(|found| found.need == *need && state.is_none_or(|state| state == found.state))
            }
            E::Because(target, rules) => self.reasons(*target).iter().any(|rule| rules.contains(rule)),
        }
    }

    /// What is first among the channels, or among the mixes if the target is one; nothing where all are excluded.
    fn first(&self, target: Target) -> Option<Target> {
        let ranked = match target {
            Target::Channel(_) => &self.decision.channels,
            Target::Mix(_) => &self.decision.mixes,
        };
        ranked.first().copied().filter(|first| self.decision.target(*first).leaning != Verdict::Excluded)
    }

    /// The instances of some rules that fire, each with its channel.
    fn firing<'s>(&'s self, rules: &'s RuleSelector) -> impl Iterator<Item = String> + 's {
        rules.iter().flat_map(move |rule| {
            let instances = self.decision.instances(*rule).iter();
            instances
                .filter(|instance| instance.state() == State::Fired)
                .map(move |instance| self.instance_name(*rule, instance.channel))
        })
    }

    fn instance_name(&self, rule: Id<Rule>, channel: Option<Id<qudao_language::model::Channel>>) -> String {
        let name = &self.speaker.ruleset.rules[rule].name;
        let of = channel.map(|channel| format!("[{}]", self.name(Target::Channel(channel))));
        format!("{name}{}", of.unwrap_or_default())
    }

    /// The rules among a target's reasons, each once.
    fn reasons(&self, target: Target) -> Vec<Id<Rule>> {
        let mut found = Vec::new();
        for reason in &self.decision.target(target).reasons {
            if let Reason::Rule(cause) = reason
                && !found.contains(&cause.rule)
            {
                found.push(cause.rule);
            }
        }
        found
    }

    /// The rules that exclude a target, itself or a channel that it falls with.
    fn excluding(&self, target: Target) -> Vec<Id<Rule>> {
        let (mut found, mut seen, mut open) = (Vec::new(), vec![target], vec![target]);
        while let Some(target) = open.pop() {
            for reason in &self.decision.target(target).reasons {
                match reason {
                    Reason::Rule(cause)
                        if matches!(cause.kind(self.speaker.ruleset), EffectKind::Exclude(_)) =>
                    {
                        found.push(cause.rule);
                    }
                    Reason::Rule(_) => {}
                    Reason::Through(channel) => {
                        let through = Target::Channel(*channel);
                        if !seen.contains(&through) {
                            seen.push(through);
                            open.push(through);
                        }
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn name(&self, target: Target) -> &str {
        self.speaker.ruleset.target_name(target)
    }

    /// The names of rules; the rows of a table, of which nobody would read all, by that of the table.
    fn rule_names(&self, rules: &[Id<Rule>]) -> String {
        let ruleset = self.speaker.ruleset;
        let of = rules.first().and_then(|rule| ruleset.rules[*rule].row.as_ref());
        if let Some(table) = of.map(|row| &ruleset.tables[row.table])
            && table.rows.len() > 1
            && table.rows == rules
        {
            return table.name.to_string();
        }
        let names: Vec<&str> = rules.iter().map(|rule| &*ruleset.rules[*rule].name).collect();
        names.join(", ")
    }

    fn actual(&self, kind: &ExpectationKind) -> String {
        use ExpectationKind as E;
        match kind {
            E::First(target) => match self.first(*target) {
                Some(first) => format!("first {}", self.name(first)),
                None => self.tongue.every_one_excluded().into(),
            },
            E::Fires(rules, true) => self.not_firing(rules),
            E::Fires(rules, false) => {
                let firing: Vec<String> = self.firing(rules).collect();
                match firing.as_slice() {
                    // As a test would say it.
                    [one] => format!("{one} fires"),
                    some => self.tongue.rules_fire(&some.join(", ")),
                }
            }
            E::Missing(_) => {
                let fields = self.decision.missing().iter();
                let fields: Vec<&str> =
                    fields.map(|(field, _)| &*self.speaker.ruleset.fields[*field].name).collect();
                if fields.is_empty() {
                    self.tongue.missing_nothing().into()
                } else {
                    self.tongue.missing_fields(&fields.join(", "))
                }
            }
            E::Verdict(target, _) => format!("{} {}", self.name(*target), self.verdict(*target)),
            E::Leaning(target, _) => {
                format!("{} leaning {}", self.name(*target), self.decision.target(*target).leaning.as_str())
            }
            E::CouldBe(target, _) => format!("{} could be {}", self.name(*target), self.could_be(*target)),
            E::ExcludedBy(target, _) => match self.excluding(*target) {
                rules if rules.is_empty() => format!("{} {}", self.name(*target), self.verdict(*target)),
                rules => format!("{} excluded by {}", self.name(*target), self.rule_names(&rules)),
            },
            E::Score(target, ..) => {
                format!("{} score = {}", self.name(*target), self.decision.target(*target).score)
            }
            E::Measure(target, id, _) => {
                let measured = self.decision.target(*target).measures.iter();
                let measured = measured.into_iter().find(|measured| measured.measure == *id);
                let measure = &self.speaker.ruleset.measures[*id];
                let told = measured.map(|measured| self.speaker.measured(measured));
                format!(
                    "{} {} = {}",
                    self.name(*target),
                    measure.name,
                    told.unwrap_or_else(|| self.tongue.nothing().into())
                )
            }
            E::Needs(target, need, _) => self.needs(*target, *need),
            E::Because(target, _) => match self.reasons(*target) {
                rules if rules.is_empty() => self.tongue.without_reasons(self.name(*target)),
                rules => format!("{} because {}", self.name(*target), self.rule_names(&rules)),
            },
        }
    }

    fn verdict(&self, target: Target) -> String {
        let decided = self.decision.target(target);
        match decided.verdict {
            Some(verdict) => verdict.as_str().into(),
            None => self.tongue.open_verdict(decided.leaning, &decided.could_be),
        }
    }

    fn could_be(&self, target: Target) -> String {
        let open = self.decision.target(target).could_be.iter();
        open.map(|verdict| verdict.as_str()).collect::<Vec<_>>().join(" or ")
    }

    fn needs(&self, target: Target, wanted: Need) -> String {
        let state = |state: NeedState| state.as_str();
        let needs: Vec<NeedDecision> = self.decision.needs(target).collect();
        let name = |need: Need| self.speaker.ruleset.need_name(need);
        if let Some(found) = needs.iter().find(|found| found.need == wanted) {
            return format!("{} needs {} {}", self.name(target), name(wanted), state(found.state));
        }
        let names: Vec<&str> = needs.iter().map(|found| name(found.need)).collect();
        if names.is_empty() {
            format!("{} needs nothing", self.name(target))
        } else {
            format!("{} needs {}", self.name(target), names.join(", "))
        }
    }

    /// What became of rules none of whose instances fires.
    fn not_firing(&self, rules: &RuleSelector) -> String {
        let of = |state: State| {
            let instances = rules.iter().flat_map(|rule| {
                let instances = self.decision.instances(*rule).iter();
                let found = instances.filter(|instance| !instance.left_out && instance.state() == state);
                found.map(|instance| self.instance_name(*rule, instance.channel))
            });
            instances.collect::<Vec<String>>().join(", ")
        };
        let (pending, excepted) = (of(State::Pending), of(State::Excepted));
        match (pending.is_empty(), excepted.is_empty()) {
            (false, _) => self.tongue.pending_rules(&pending),
            (true, false) => self.tongue.set_aside_rules(&excepted),
            (true, true) => self.tongue.rules_do_not_fire(&self.rule_names(rules)),
        }
    }

    /// A short proof of what is the case.
    fn proof(&self, kind: &ExpectationKind) -> String {
        use ExpectationKind as E;
        let brief = |target: Target| why::brief(self.decision, self.speaker, target);
        let rules = |rules: &RuleSelector, of| why::rules(self.decision, self.speaker, rules, of);
        match kind {
            E::First(target) => match self.first(*target) {
                Some(first) => format!("{}{}", brief(first), brief(*target)),
                None => brief(*target),
            },
            E::Fires(selector, _) => rules(selector, None),
            E::Missing(_) => String::new(),
            E::Verdict(target, _)
            | E::Leaning(target, _)
            | E::CouldBe(target, _)
            | E::Score(target, ..)
            | E::Measure(target, ..)
            | E::Needs(target, ..) => brief(*target),
            E::ExcludedBy(target, selector) | E::Because(target, selector) => {
                let of = match target {
                    Target::Channel(channel) => Some(*channel),
                    Target::Mix(_) => None,
                };
                format!("{}{}", brief(*target), rules(selector, of))
            }
        }
    }
}
