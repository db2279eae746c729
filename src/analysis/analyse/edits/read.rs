//! What a ruleset declares and decides by, as parts that can be compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::renames::Renames;
use super::{Declared, GONE_ROW};
use crate::analyse::change::Pairs;
use crate::analyse::pieces::Pieces;
use crate::analyse::settings::weights_of;
use qudao_language::date::Date;
use qudao_language::model::{
    Channel, EffectKind, Entry, Expr, Fact, Id, Meanings, Need, OWN, Points, RankBy, Rule, Ruleset,
    StatedNeed, Target, TargetRef, Type, Value,
};
use qudao_language::operator::Policy;
use qudao_language::source::folded;
use qudao_telling::words::{Speaker, expr_text};

/// What a part of a declaration means, and how it is shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) meaning: String,
    pub(super) shown: String,
}

/// The parts of a declaration.
pub(super) type Parts = BTreeMap<&'static str, Said>;

/// Everything that a ruleset declares and that decides.
pub(super) type All = BTreeMap<(Declared, String), Parts>;

/// Reads what a ruleset declares, on a day; under the names that the new ruleset has for it.
pub(super) struct Reader<'r> {
    ruleset: &'r Ruleset,
    day: Date,
    meanings: Meanings<'r>,
    renames: &'r Renames,
    pairs: &'r Pairs,
    pieces: &'r Pieces,
    is_new: bool,
    speaker: Speaker<'r>,
    all: All,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        (ruleset, day): (&'r Ruleset, Date),
        is_new: bool,
        (pairs, renames): (&'r Pairs, &'r Renames),
        pieces: &'r Pieces,
    ) -> Reader<'r> {
        let meanings = Meanings::with(ruleset, renames.of(is_new));
        let speaker = Speaker::new(ruleset, None);
        Reader { ruleset, day, meanings, renames, pairs, pieces, is_new, speaker, all: All::new() }
    }

    fn say(&mut self, declared: Declared, name: &str, part: &'static str, meaning: String, shown: String) {
        let parts = self.all.entry((declared, name.to_string())).or_default();
        parts.insert(part, Said { meaning, shown });
    }

    fn read_measures(&mut self) {
        let ruleset = self.ruleset;
        let ranks = ruleset.rank.iter().map(|rank| match rank {
            RankBy::Score => "score",
            RankBy::Measure(id) => &*ruleset.measures[*id].name,
        });
        let ranks = ranks.collect::<Vec<_>>().join(", ");
        self.say(Declared::Ranking, "", "value", ranks.clone(), ranks);
        for (id, measure) in ruleset.measures.entries() {
            self.all.entry((Declared::Measure, measure.name.to_string())).or_default();
            let lets = ruleset.lets.iter().filter_map(|declared| Some((declared.of?, &declared.value)));
            let own =
                lets.filter(|((of, channel), _)| *of == id && self.is_in_both(Target::Channel(*channel)));
            let own: Vec<(String, &Expr)> =
                own.map(|((_, channel), value)| (self.target(Target::Channel(channel)), value)).collect();
            if let Some((_, first)) = own.first() {
                let shown = folded(&expr_text(ruleset, first));
                let meaning: Vec<String> = own
                    .iter()
                    .map(|(channel, value)| format!("{channel} {}", self.meanings.expr(value)))
                    .collect();
                self.say(Declared::Measure, &measure.name, "value", meaning.join(", "), shown);
            }
            let channels: Vec<&str> = own.iter().map(|(channel, _)| channel.as_str()).collect();
            let clauses = [
                ("for each", channels.join(", ")),
                ("unit", ruleset.units.name(measure.ty.unit, true)),
                ("higher is better", measure.higher.to_string()),
                ("mixes sum", measure.sums.to_string()),
            ];
            for (part, said) in clauses {
                self.say(Declared::Measure, &measure.name, part, said.clone(), said);
            }
        }
    }

    fn condition(&mut self, declared: Declared, name: &str, part: &'static str, expr: Option<&'r Expr>) {
        if let Some(expr) = expr {
            let shown = folded(&expr_text(self.ruleset, expr));
            self.say(declared, name, part, self.meanings.expr(expr), shown);
        }
    }

    /// The name of a target in the new ruleset, where it is there.
    fn target(&self, target: Target) -> String {
        let alias = if self.is_new { None } else { self.renames.aliases.targets.get(&target) };
        alias.map_or_else(|| self.ruleset.target_name(target).to_string(), ToString::to_string)
    }

    /// Whether the other ruleset has a target too.
    fn is_in_both(&self, target: Target) -> bool {
        let apart = if self.is_new { &self.pairs.came } else { &self.pairs.gone };
        !apart.contains(&target)
    }

    fn rule_name(&self, id: Id<Rule>) -> Arc<str> {
        let alias = if self.is_new { None } else { self.renames.rules.get(&id) };
        alias.unwrap_or(&self.ruleset.rules[id].name).clone()
    }

    pub(super) fn read(mut self) -> All {
        let ruleset = self.ruleset;
        let thresholds = ruleset.thresholds;
        let shown = format!("recommended >= {}, possible >= {}", thresholds.recommended, thresholds.possible);
        self.say(Declared::Verdicts, "", "value", shown.clone(), shown);
        if ruleset.uses_day {
            let day = self.day.to_string();
            self.say(Declared::Day, "", "value", day.clone(), day);
        }
        if !ruleset.levels.is_empty() {
            // What each is worth follows from the rules.
            let levels: Vec<&str> = ruleset.levels.iter().map(|level| &*level.name).collect();
            let shown = levels.join(" > ");
            self.say(Declared::Levels, "", "value", shown.clone(), shown);
        }
        for (declared, amounts) in
            [(Declared::Weight, self.pieces.weights()), (Declared::Unit, self.pieces.units())]
        {
            for (name, amount) in amounts {
                self.say(declared, &name, "value", amount.clone(), amount);
            }
        }
        self.read_types();
        self.read_stated(OWN, |fact| Declared::stated(ruleset, fact), "");
        self.read_channels();
        for (id, declared) in ruleset.lets.entries().filter(|(_, declared)| declared.of.is_none()) {
            let alias = if self.is_new { None } else { self.renames.aliases.lets.get(&id) };
            let name = alias.unwrap_or(&declared.name).clone();
            self.condition(Declared::Let, &name, "value", Some(&declared.value));
        }
        self.read_measures();
        for requirement in ruleset.requirements.iter() {
            self.all.entry((Declared::Requirement, requirement.name.to_string())).or_default();
            self.condition(Declared::Requirement, &requirement.name, "met when", requirement.met.as_ref());
        }
        for table in ruleset.tables.iter() {
            let policy = table.policy.as_str().to_string();
            self.say(Declared::Table, &table.name, "policy", policy.clone(), policy);
            if table.policy == Policy::First {
                let rows: Vec<String> =
                    table.rows.iter().map(|row| self.rule_name(*row).to_string()).collect();
                self.say(Declared::Table, &table.name, "order", rows.join(", "), rows.join(", "));
            }
        }
        for (id, rule) in ruleset.rules.entries() {
            self.read_rule(id, rule);
        }
        self.read_exceptions();
        self.all
    }

    fn read_types(&mut self) {
        let ruleset = self.ruleset;
        for (id, declared) in ruleset.enums.entries() {
            let name = |number: u32| self.meanings.value(&Value::Enum(number), Type::Enum(id));
            let names: Vec<String> = (0..).zip(&declared.members).map(|(number, _)| name(number)).collect();
            let kind = if declared.ordered { "scale" } else { "enum" };
            self.say(Declared::Enum, &declared.name, "kind", kind.into(), kind.into());
            let mut sorted = names.clone();
            sorted.sort_unstable();
            self.say(Declared::Enum, &declared.name, "values", sorted.join(", "), names.join(", "));
        }
        for (id, field) in ruleset.fields.entries() {
            let alias = if self.is_new { None } else { self.renames.aliases.fields.get(&id) };
            let name = alias.unwrap_or(&field.name).clone();
            let ty = self.meanings.ty(field.ty);
            self.say(Declared::Field, &name, "type", ty.clone(), ty);
            for (part, value) in [("default", &field.default), ("from", &field.low), ("to", &field.high)] {
                if let Some(value) = value {
                    let meaning = self.meanings.value(value, field.ty);
                    self.say(Declared::Field, &name, part, meaning, self.speaker.id(value, field.ty));
                }
            }
        }
    }

    fn read_channels(&mut self) {
        let ruleset = self.ruleset;
        for (id, channel) in ruleset.channels.entries() {
            let target = Target::Channel(id);
            let name = self.target(target);
            self.all.entry((Declared::Channel, name.clone())).or_default();
            if !self.is_in_both(target) {
                // It came or went with all that it states.
                continue;
            }
            self.needs(Declared::Channel, &name, &channel.needs);
            self.condition(Declared::Channel, &name, "owned when", channel.owned.as_ref());
            self.read_stated(id, |_| Declared::Fact, &format!("{name}."));
        }
        for (id, mix) in ruleset.mixes.entries() {
            let name = self.target(Target::Mix(id));
            self.all.entry((Declared::Mix, name.clone())).or_default();
            if self.is_in_both(Target::Mix(id)) {
                let members = mix.members.iter().map(|id| self.target(Target::Channel(*id))).collect();
                self.list(Declared::Mix, &name, "of", members);
                self.needs(Declared::Mix, &name, &mix.needs);
            }
        }
    }

    /// What a channel, or the ruleset, states on the day; what names it stands before each entry.
    fn read_stated(&mut self, id: Id<Channel>, declared: impl Fn(Id<Fact>) -> Declared, of: &str) {
        let ruleset = self.ruleset;
        for entry in ruleset.statements(id).keys() {
            let Some(value) = ruleset.value(id, *entry, self.day) else { continue };
            let ty: Type = ruleset.facts[entry.0].ty;
            let meaning = format!("{} {}", self.meanings.ty(ty), self.meanings.value(value, ty));
            let name = format!("{of}{}", self.entry_name(*entry));
            self.say(declared(entry.0), &name, "value", meaning, self.speaker.id(value, ty));
        }
    }

    /// The name of an entry in the new ruleset.
    fn entry_name(&self, entry: Entry) -> String {
        let declared = &self.ruleset.facts[entry.0];
        let alias = if self.is_new { None } else { self.renames.aliases.parameters.get(&entry.0) };
        let values = self.ruleset.entry_values(entry).into_iter();
        let values = values.map(|(of, value)| self.meanings.value(&Value::Enum(value), Type::Enum(of)));
        let values: String = values.map(|value| format!("[{value}]")).collect();
        format!("{}{values}", alias.unwrap_or(&declared.name))
    }

    fn needs(&mut self, declared: Declared, name: &str, needs: &[StatedNeed]) {
        let needs = needs.iter().map(|need| self.need(need.need)).collect();
        self.list(declared, name, "needs", needs);
    }

    fn need(&self, need: Need) -> String {
        match need {
            Need::Channel(id) => self.target(Target::Channel(id)),
            Need::Requirement(_) => self.ruleset.need_name(need).to_string(),
        }
    }

    fn list(&mut self, declared: Declared, name: &str, part: &'static str, names: Vec<String>) {
        if !names.is_empty() {
            let mut sorted = names.clone();
            sorted.sort_unstable();
            self.say(declared, name, part, sorted.join(", "), names.join(", "));
        }
    }

    fn read_rule(&mut self, id: Id<Rule>, rule: &'r Rule) {
        let name = self.rule_name(id);
        let effects: Vec<(String, String)> =
            rule.effects.iter().filter_map(|effect| self.effect(effect)).collect();
        let mut meanings: Vec<&str> = effects.iter().map(|(meaning, _)| meaning.as_str()).collect();
        meanings.sort_unstable();
        let shown: Vec<&str> = effects.iter().map(|(_, shown)| shown.as_str()).collect();
        let shown = if shown.is_empty() { "nothing that decides".into() } else { shown.join(", ") };
        self.say(Declared::Rule, &name, "then", meanings.join(", "), shown);
        // A row is what it says itself: that no row before it matches is said by those.
        let own = rule.row.as_ref().map(|row| {
            let matches = &self.ruleset.tables[row.table].matches;
            matches.get(row.number).expect("every row has its condition")
        });
        self.condition(Declared::Rule, &name, "when", own.or(rule.when.as_ref()));
        if let Some(for_each) = &rule.for_each {
            // A channel that came or went is told once, not in every rule.
            let channels = for_each.channels.iter().map(|id| Target::Channel(*id));
            let names = channels.filter(|id| self.is_in_both(*id)).map(|id| self.target(id)).collect();
            self.list(Declared::Rule, &name, "for each", names);
            self.condition(Declared::Rule, &name, "where", for_each.filter.as_ref());
        }
    }

    /// To which rules each is an exception: that stands in its own head.
    fn read_exceptions(&mut self) {
        let mut of: BTreeMap<Id<Rule>, Vec<String>> = BTreeMap::new();
        for (id, rule) in self.ruleset.rules.entries() {
            for exception in &rule.exceptions {
                of.entry(*exception).or_default().push(self.rule_name(id).to_string());
            }
        }
        for (exception, rules) in of {
            let name = self.rule_name(exception);
            self.list(Declared::Rule, &name, "exception to", rules);
        }
    }

    /// What an effect does, its points by their level or weight where they have one; and how that is shown.
    fn effect(&self, effect: &qudao_language::model::Effect) -> Option<(String, String)> {
        let meaning = self.meanings.effect(&effect.kind)?;
        let target = |target: &TargetRef| match target {
            TargetRef::Named(target) => self.target(*target),
            TargetRef::Variable => "each".into(),
        };
        Some(match &effect.kind {
            EffectKind::Score(to, points, level) => {
                let level = level.and_then(|level| self.ruleset.levels.get(level));
                let weight =
                    weights_of(self.ruleset, effect).into_iter().find(|name| self.pieces.has_weight(name));
                let (shown, named) = match (points, level.map(|level| &*level.name).or(weight)) {
                    (Points::Rated(rating), _) => {
                        let value = folded(self.ruleset.files.slice(rating.value.span));
                        (format!("score {} +{value}", target(to)), weight.is_some())
                    }
                    (Points::Fixed(points), Some(named)) => {
                        let sign = if *points < 0 { '-' } else { '+' };
                        (format!("score {} {sign}{named}", target(to)), true)
                    }
                    (Points::Fixed(points), None) => (format!("score {} {points:+}", target(to)), false),
                };
                (if named { shown.clone() } else { meaning }, shown)
            }
            EffectKind::Exclude(to) => (meaning, format!("exclude {}", target(to))),
            EffectKind::Cap(to, verdict) => (meaning, format!("cap {} at {}", target(to), verdict.as_str())),
            EffectKind::Needs(to, needs) => {
                let names: Vec<String> = needs.iter().map(|need| self.need(*need)).collect();
                (meaning, format!("{} needs {}", target(to), names.join(", ")))
            }
            EffectKind::Note(..) => return None,
        })
    }
}

/// The name without the mark of a row that is left over.
pub(super) fn plain(name: &str) -> &str {
    name.strip_suffix(GONE_ROW).unwrap_or(name)
}
