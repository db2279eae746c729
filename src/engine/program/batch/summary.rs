//! Counts over all rows.

use serde_json::{Value as Json, json};

use super::super::{Program, Scratch};
use crate::ground::Instance;
use qudao_language::model::{Channel, Id, IdMap, Rule, Target};
use qudao_language::operator::Verdict;

/// Counts over all rows of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Rows that were answered.
    pub rows: u64,
    /// Rows that were set aside.
    pub rejected: u64,
    /// How often each channel came first; the last for none.
    first: Vec<u64>,
    /// How often each target had each verdict; the last for none.
    verdicts: Vec<[u64; 5]>,
    /// How often each instance fired.
    fired: IdMap<Instance, u64>,
    /// In how many rows each field was not known and some target was undecided.
    missing: Vec<u64>,
}

impl Summary {
    pub(super) fn new(program: &Program<'_>) -> Summary {
        let ruleset = program.ruleset();
        Summary {
            rows: 0,
            rejected: 0,
            first: vec![0; ruleset.channels.len() + 1],
            verdicts: vec![[0; 5]; ruleset.target_count()],
            fired: IdMap::of(&program.ground().instances, |_| 0),
            missing: vec![0; ruleset.fields.len()],
        }
    }

    pub(super) fn reject(&mut self) {
        self.rejected += 1;
    }

    pub(super) fn count(
        &mut self,
        program: &Program<'_>,
        scratch: &Scratch,
        unknown: impl Iterator<Item = bool>,
    ) {
        self.rows += 1;
        let none = self.first.len().saturating_sub(1);
        let first = match program.first(scratch).target {
            Some(Target::Channel(id)) => id.index(),
            Some(Target::Mix(_)) | None => none,
        };
        if let Some(count) = self.first.get_mut(first) {
            *count += 1;
        }
        let mut undecided = false;
        for (counts, outcome) in self.verdicts.iter_mut().zip(&scratch.outcomes) {
            undecided |= outcome.verdict.is_none();
            if let Some(count) = counts.get_mut(outcome.verdict.map_or(4, |verdict| verdict as usize)) {
                *count += 1;
            }
        }
        program.fired(scratch, |id| {
            self.fired[id] += 1;
        });
        if undecided {
            for (count, unknown) in self.missing.iter_mut().zip(unknown) {
                *count += u64::from(unknown);
            }
        }
    }

    /// Adds the counts of other rows of the same ruleset.
    pub fn add(&mut self, other: &Summary) {
        fn all(into: &mut [u64], from: &[u64]) {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
        self.rows += other.rows;
        self.rejected += other.rejected;
        all(&mut self.first, &other.first);
        self.fired.values_mut().zip(other.fired.values()).for_each(|(into, from)| *into += from);
        all(&mut self.missing, &other.missing);
        for (into, from) in self.verdicts.iter_mut().zip(&other.verdicts) {
            all(into, from);
        }
    }

    /// Returns the rules of which no instance ever fired, in the order of declaration.
    #[must_use]
    pub fn never(&self, program: &Program<'_>) -> Vec<String> {
        let ruleset = program.ruleset();
        let silent =
            |mut range: std::ops::Range<usize>| range.all(|instance| self.fired[Id::new(instance)] == 0);
        let never = ruleset.rules.entries().filter(|(id, _)| silent(program.ground().instances_of(*id)));
        never.map(|(_, rule)| rule.name.to_string()).collect()
    }

    /// Returns the fields that were not known in undecided rows, most often first.
    #[must_use]
    pub fn missing(&self, program: &Program<'_>) -> Vec<(String, u64)> {
        let fields = program.ruleset().fields.iter().map(|field| field.name.to_string());
        let mut missing: Vec<(String, u64)> =
            fields.zip(self.missing.iter().copied()).filter(|(_, count)| *count > 0).collect();
        missing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        missing
    }

    /// Returns how often each channel came first, and none, in the order of declaration.
    #[must_use]
    pub fn firsts(&self, program: &Program<'_>) -> Vec<(String, u64)> {
        let names = program.ruleset().channels.iter().map(|channel| channel.name.to_string());
        names.chain(["none".to_string()]).zip(self.first.iter().copied()).collect()
    }

    /// Returns how often each target had each verdict, and none, in the order of [`Summary::words`].
    pub fn targets<'s>(&'s self, program: &'s Program<'_>) -> impl Iterator<Item = (&'s str, &'s [u64; 5])> {
        let ruleset = program.ruleset();
        ruleset.targets().zip(&self.verdicts).map(|(target, counts)| (ruleset.target_name(target), counts))
    }

    /// The words for the verdicts that are counted.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Verdict::ALL.into_iter().map(Verdict::as_str).chain(["undecided"])
    }

    /// Returns the counts as JSON.
    #[must_use]
    pub fn json(&self, program: &Program<'_>) -> Json {
        let verdicts: serde_json::Map<String, Json> = self
            .targets(program)
            .map(|(name, counts)| {
                let counts = Self::words().zip(counts).map(|(word, count)| (word.to_string(), json!(count)));
                (name.to_string(), Json::Object(counts.collect()))
            })
            .collect();
        let pairs = |pairs: Vec<(String, u64)>| -> Json {
            Json::Object(pairs.into_iter().map(|(name, count)| (name, json!(count))).collect())
        };
        json!({
            "schema": "qudao.batch/1",
            "rows": self.rows,
            "rejected": self.rejected,
            "first": pairs(self.firsts(program)),
            "verdicts": verdicts,
            "never_fired": self.never(program),
            "missing": pairs(self.missing(program)),
        })
    }
}

/// Names a rule's instance as results do.
/// Returns the instances of the rules that are declared: their names in answers, their rules and channels.
pub fn instances<'p>(
    program: &'p Program<'_>,
) -> impl Iterator<Item = (String, Id<Rule>, Option<Id<Channel>>)> + 'p {
    let ground = program.ground();
    let declared = ground.instances.entries().take(ground.declared);
    declared.map(|(id, instance)| (instance_name(program, id), instance.rule, instance.channel))
}

pub(super) fn instance_name(program: &Program<'_>, id: Id<Instance>) -> String {
    let instance = &program.ground().instances[id];
    let rule = &program.ruleset().rules[instance.rule].name;
    match instance.channel {
        Some(channel) => format!("{rule}[{}]", program.ruleset().channels[channel].name),
        None => rule.to_string(),
    }
}
