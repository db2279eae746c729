//! The proof of a rule: what became of each of its instances, and why.

use std::collections::BTreeMap;

use crate::words::{Speaker, Tongue};
use qudao_language::decide::{Cause, Decision, Instance, State};
use qudao_language::model::{Channel, EffectKind, Id, Rule, Table, Target};

use super::footer;
use super::proof::{MOST_ROWS, Rows, Writer, trees};
use crate::document::{Block, Document, Kind, Text};

/// So many rows of a long table are named; more are counted.
const MOST_NAMES: usize = 3;

/// Tells what became of the rules that a name stands for: each instance with its condition, its exceptions and its
/// sources.
#[must_use]
pub fn proof_of_rules<'r>(
    decision: &Decision<'r>,
    speaker: Speaker<'r>,
    name: &str,
    rules: &[Id<Rule>],
) -> Document {
    let writer = Writer { decision, speaker };
    let mut proof = Vec::new();
    let mut tables: BTreeMap<Id<Table>, Vec<Id<Rule>>> = BTreeMap::new();
    for id in rules {
        if let Some(row) = &speaker.ruleset.rules[*id].row {
            tables.entry(row.table).or_default().push(*id);
        }
    }
    tables.retain(|_, rows| rows.len() > MOST_ROWS);
    for id in rules {
        let table = speaker.ruleset.rules[*id].row.as_ref().map(|row| row.table);
        if !table.is_some_and(|table| tables.contains_key(&table)) {
            proof.push(writer.outcome(*id));
        }
    }
    proof.extend(tables.iter().map(|(table, rows)| writer.outcome_of_rows(*table, rows)));
    let state = |id: Id<Rule>, channel| decision.instance(id, channel).map(Instance::state);
    // Of a long table, what came of it stands first.
    let mut instances: Vec<(Id<Rule>, Option<Id<Channel>>)> = Vec::new();
    for id in rules {
        let shown = decision.instances(*id).iter().filter(|instance| !instance.left_out);
        instances.extend(shown.map(|instance| (*id, instance.channel)));
    }
    if !tables.is_empty() {
        instances.sort_by_key(|(id, channel)| match state(*id, *channel) {
            Some(State::Fired) => 0,
            Some(State::Pending) => 1,
            Some(State::Excepted | State::NotFired) | None => 2,
        });
    }
    let mut rows = Rows::default();
    instances.retain(|(id, _)| rows.show(speaker.ruleset, *id));
    let instances = instances.into_iter();
    proof.extend(trees(
        instances.map(|(id, channel)| writer.rule(id, channel, &writer.all_effects(id, channel))),
    ));
    proof.extend(writer.rows_beyond(rows));
    Document {
        title: name.into(),
        body: vec![Block::Proof(proof)],
        footer: footer(&speaker, decision),
        ..Document::default()
    }
}

impl Writer<'_, '_> {
    /// What became of the rows of a long table: `fees: fees.400 fired; 799 rows did not fire.`
    fn outcome_of_rows(&self, table: Id<Table>, rows: &[Id<Rule>]) -> Block {
        let (ruleset, tongue) = (self.speaker.ruleset, self.speaker.tongue);
        let mut parts = Vec::new();
        for state in [State::Fired, State::Pending, State::Excepted, State::NotFired] {
            let of = |rule: &&Id<Rule>| {
                self.decision.instance(**rule, None).is_some_and(|instance| instance.state() == state)
            };
            let of: Vec<&Id<Rule>> = rows.iter().filter(of).collect();
            let names: Vec<String> = of.iter().map(|rule| ruleset.rules[**rule].name.to_string()).collect();
            let became = tongue.state(state);
            match (names.len(), tongue) {
                (0, _) => {}
                (1..=MOST_NAMES, Tongue::English) => parts.push(format!("{} {became}", tongue.and(&names))),
                (1..=MOST_NAMES, Tongue::Chinese) => parts.push(format!("{}{became}", tongue.and(&names))),
                (count, Tongue::English) => parts.push(format!("{count} rows {became}")),
                (count, Tongue::Chinese) => parts.push(format!("{count} 行{became}")),
            }
        }
        let end = if tongue == Tongue::English { "." } else { "。" };
        let parts = parts.join(tongue.semicolon());
        let text = format!("{}{}{parts}{end}", ruleset.tables[table].name, tongue.colon());
        Block::Paragraph(Text::of(Kind::Strong, text))
    }

    /// What became of a rule: `too_heavy: it fired for drone; it did not fire for post and courier.`
    fn outcome(&self, id: Id<Rule>) -> Block {
        let tongue = self.speaker.tongue;
        let instances = self.decision.instances(id);
        let states = [State::Fired, State::Pending, State::Excepted, State::NotFired];
        let became = states.into_iter().map(|state| {
            let of = instances.iter().filter(|instance| !instance.left_out && instance.state() == state);
            (tongue.became(state), of.map(|instance| instance.channel).collect::<Vec<_>>())
        });
        let left_out = instances.iter().filter(|instance| instance.left_out);
        let left_out = (tongue.no_instance(), left_out.map(|instance| instance.channel).collect());
        let parts = became.chain([left_out]).filter(|(_, channels)| !channels.is_empty());
        let parts: Vec<String> = parts
            .map(|(became, channels)| {
                let names: Vec<String> = channels
                    .into_iter()
                    .flatten()
                    .map(|channel| self.speaker.ruleset.target_name(Target::Channel(channel)).to_string())
                    .collect();
                match tongue {
                    _ if names.is_empty() => became.to_string(),
                    Tongue::English => format!("{became} for {}", tongue.and(&names)),
                    Tongue::Chinese => format!("{}{became}", tongue.and(&names)),
                }
            })
            .collect();
        let name = &self.speaker.ruleset.rules[id].name;
        let end = if tongue == Tongue::English { "." } else { "。" };
        let text = format!("{name}{}{}{end}", tongue.colon(), parts.join(tongue.semicolon()));
        Block::Paragraph(Text::of(Kind::Strong, text))
    }

    /// All that an instance does, the target told where it is not the instance's own: `courier +8, excludes drone`.
    fn all_effects(&self, rule: Id<Rule>, channel: Option<Id<Channel>>) -> String {
        let ruleset = self.speaker.ruleset;
        let effects = ruleset.rules[rule].effects.iter().enumerate().filter(|(_, does)| !does.kind.is_note());
        let effects: Vec<String> = effects
            .map(|(effect, declared)| {
                let target = declared.kind.target().and_then(|target| target.resolve(channel));
                let does = self.effect(Cause { rule, channel, effect });
                match target.filter(|target| channel.map(Target::Channel) != Some(*target)) {
                    None => does,
                    Some(target) if matches!(declared.kind, EffectKind::Exclude(_)) => {
                        format!("{does} {}", ruleset.target_name(target))
                    }
                    Some(target) => format!("{} {does}", ruleset.target_name(target)),
                }
            })
            .collect();
        self.speaker.tongue.list(&effects)
    }
}
