//! Findings about fields and values that change no decision.

use std::collections::{BTreeMap, BTreeSet};

use super::{Key, Study, Work, acts};
use crate::analyse::diagram::{Ref, TooLarge};
use crate::analyse::space::{Asked, AskedKind, Space};
use crate::analyse::view::View;
use qudao_language::diagnostic::{Code, Diagnostic};
use qudao_language::model::{
    EffectKind, Expr, ExprKind, Field, Hole, Id, Piece, Rule, Ruleset, Template, Type,
};

impl Work<'_, '_> {
    pub(super) fn field_keys(&mut self, keys: &mut BTreeSet<Key>) -> Result<(), TooLarge> {
        let ruleset = self.ruleset();
        let ground = &self.study.ground;
        let mut conditions = ground.owned.values().chain(ground.met.values().flatten());
        if conditions.any(|condition| self.view.is_hard(*condition)) {
            return Ok(());
        }
        let functions = deciding(self.study, &self.view);
        let told = told_fields(ruleset);
        // What only rules read that are reported themselves follows from that.
        let reported: BTreeSet<Id<Rule>> = keys.iter().filter_map(Key::rule).collect();
        let mut excused: BTreeSet<Id<Field>> = told;
        for rule in reported.union(&self.hard).copied() {
            excused.extend(rule_fields(ruleset, &ruleset.rules[rule]));
        }
        let read = read_fields(ruleset);
        let asked: BTreeSet<usize> =
            functions.iter().flat_map(|function| self.space.diagrams.support(*function)).collect();
        for id in ruleset.fields.ids().filter(|id| read.contains(id)) {
            let places = self.space.asked_of(0, &[id]);
            let free = free_places(self.study, &self.space, id);
            if !places.iter().chain(&free).any(|place| asked.contains(place)) {
                let idle = self.study.asking.is_empty() || self.depends_unknown(id) == Ok(false);
                if idle && !excused.contains(&id) {
                    keys.insert(Key::IdleField(id));
                }
                continue;
            }
            let hard = self.hard.iter().any(|rule| rule_fields(ruleset, &ruleset.rules[*rule]).contains(&id));
            if free.is_empty() && !hard {
                self.value_keys(id, &places, &functions, keys);
            }
        }
        Ok(())
    }

    /// Values of an enum that are told apart from another by nothing.
    fn value_keys(
        &mut self,
        id: Id<Field>,
        places: &[usize],
        functions: &BTreeSet<Ref>,
        keys: &mut BTreeSet<Key>,
    ) {
        let field = &self.ruleset().fields[id];
        let Type::Enum(of) = field.ty else { return };
        let ([place], false) = (places, self.ruleset().enums[of].ordered) else { return };
        let count = self.space.diagrams.width(*place);
        let member = |cell: usize| {
            let value = self.space.asked.get(*place)?.cells.get(cell)?.values.first()?.clone();
            if let Some(qudao_language::model::Value::Enum(member)) = value { Some(member) } else { None }
        };
        let members: Vec<Option<u32>> = (0..count).map(member).collect();
        let mut told = children(&self.space, functions, *place, count);
        if !self.study.asking.is_empty() {
            let Ok(unknown) = self.children_unknown(id, count) else { return };
            for (cell, more) in told.iter_mut().zip(unknown) {
                cell.extend(more);
            }
        }
        let mut groups: BTreeMap<&Vec<Ref>, Vec<usize>> = BTreeMap::new();
        for (cell, told) in told.iter().enumerate() {
            groups.entry(told).or_default().push(cell);
        }
        for group in groups.values().filter(|group| group.len() > 1) {
            let values = group.iter().filter_map(|cell| members.get(*cell).copied().flatten());
            keys.insert(Key::IdleValues(id, values.collect()));
        }
    }

    pub(super) fn idle_field(&self, id: Id<Field>) -> Diagnostic {
        let field = &self.ruleset().fields[id];
        let tongue = self.tongue();
        Diagnostic::new(Code::IdleField, field.span, tongue.idle_field(&field.name))
            .here(tongue.all_stays())
            .note(tongue.remove_idle_field())
    }

    pub(super) fn idle_values(&self, id: Id<Field>, values: &[u32]) -> Diagnostic {
        let ruleset = self.ruleset();
        let field = &ruleset.fields[id];
        let name = |member: &u32| match field.ty {
            Type::Enum(of) => format!("`{}`", ruleset.enums[of].member_name(*member)),
            _ => String::new(),
        };
        let names: Vec<String> = values.iter().map(name).collect();
        let tongue = self.tongue();
        let message = tongue.idle_values(&tongue.and(&names), &field.name);
        Diagnostic::new(Code::IdleValue, field.span, message).here(tongue.not_told_apart())
    }
}

impl Key {
    /// The rule that is reported not to act as it looks.
    fn rule(&self) -> Option<Id<Rule>> {
        match self {
            Key::Dead(rule) | Key::Unreached(rule) | Key::Excepted(rule) | Key::AlwaysTrue(rule) => {
                Some(*rule)
            }
            Key::PartAlwaysTrue(rule, _) | Key::IdleScore(rule) => Some(*rule),
            Key::Same(..) | Key::IdleField(_) | Key::IdleValues(..) | Key::Never(_) | Key::Always(_) => None,
        }
    }
}

/// What functions become in each cell of a variable, wherever these ask it: two cells are told apart by nothing where
/// all is the same.
pub(super) fn children(
    space: &Space<'_, '_>,
    functions: &BTreeSet<Ref>,
    place: usize,
    count: usize,
) -> Vec<Vec<Ref>> {
    let asking: BTreeSet<Ref> =
        functions.iter().flat_map(|function| space.diagrams.asking(*function, place)).collect();
    let in_cell = |cell: usize| asking.iter().map(|node| space.diagrams.child(*node, cell)).collect();
    (0..count).map(in_cell).collect()
}

/// The functions that decide anything: when each rule that does something fires, what is owned, what is met.
pub(super) fn deciding(study: &Study<'_>, view: &View<'_, '_>) -> BTreeSet<Ref> {
    let (ruleset, ground) = (study.ruleset, &study.ground);
    let mut found = BTreeSet::new();
    for (id, rule) in ruleset.rules.entries() {
        if rule.effects.iter().any(|effect| acts(&effect.kind)) {
            for instance in view.instances(id) {
                let fires = view.fires(instance);
                found.extend([fires.yes, fires.no]);
            }
        }
    }
    for node in ground.owned.values().chain(ground.met.values().flatten()) {
        let truths = view.truths(*node);
        found.extend([truths.yes, truths.no]);
    }
    found
}

/// The variables of conditions that do not fit cells and read a field.
pub(super) fn free_places(study: &Study<'_>, space: &Space<'_, '_>, id: Id<Field>) -> Vec<usize> {
    let reads = |(_, asked): &(usize, &Asked)| match asked.kind {
        AskedKind::Free { opaque, .. } => study.ground.opaque[Id::new(opaque)].fields.contains(&id),
        // The fields of a space of one ruleset have the numbers that they have there.
        AskedKind::Form(number) => {
            let form = space.forms.get(number);
            form.is_some_and(|form| form.terms.iter().any(|(field, _)| *field == id.index()))
        }
        AskedKind::Measure(number) => space.measured_fields(number).contains(&id.index()),
        _ => false,
    };
    space.asked.iter().enumerate().filter(reads).map(|(place, _)| place).collect()
}

/// The fields that an expression reads, lets followed.
fn fields_of(ruleset: &Ruleset, expr: &Expr, found: &mut BTreeSet<Id<Field>>) {
    let mut open = vec![expr];
    let mut seen = BTreeSet::new();
    while let Some(next) = open.pop() {
        next.walk(&mut |part| match &part.kind {
            ExprKind::Field(id) => drop(found.insert(*id)),
            ExprKind::Let(id) if seen.insert(*id) => open.push(&ruleset.lets[*id].value),
            _ => {}
        });
    }
}

/// The fields that conditions of a rule read, those of its table's other rows too.
fn rule_fields(ruleset: &Ruleset, rule: &Rule) -> BTreeSet<Id<Field>> {
    let mut found = BTreeSet::new();
    let filter = rule.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
    for expr in rule.when.iter().chain(filter) {
        fields_of(ruleset, expr, &mut found);
    }
    found
}

/// The fields that conditions read.
fn read_fields(ruleset: &Ruleset) -> BTreeSet<Id<Field>> {
    let mut found = BTreeSet::new();
    for rule in ruleset.rules.iter() {
        found.extend(rule_fields(ruleset, rule));
    }
    let owned = ruleset.channels.iter().filter_map(|channel| channel.owned.as_ref());
    for expr in owned.chain(ruleset.requirements.iter().filter_map(|requirement| requirement.met.as_ref())) {
        fields_of(ruleset, expr, &mut found);
    }
    found
}

/// The fields that texts show.
fn told_fields(ruleset: &Ruleset) -> BTreeSet<Id<Field>> {
    let mut found = BTreeSet::new();
    let mut tell = |template: &Template| {
        let pieces = template.main.iter().chain(template.translations.iter().flat_map(|(_, pieces)| pieces));
        for piece in pieces {
            if let Piece::Hole(Hole::Value(expr)) = piece {
                fields_of(ruleset, expr, &mut found);
            }
        }
    };
    for rule in ruleset.rules.iter() {
        rule.because.iter().for_each(&mut tell);
        for effect in &rule.effects {
            if let EffectKind::Note(_, template, _) = &effect.kind {
                tell(template);
            }
        }
    }
    ruleset.requirements.iter().filter_map(|requirement| requirement.how.as_ref()).for_each(tell);
    found
}
