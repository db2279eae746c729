//! From a condition to an atom: what the values of a field make of it.

use std::collections::BTreeSet;

use super::super::cells::{Cut, Draft, Test, Variable, VariableKind, between, is_whole, round_up, value_at};
use super::super::linear::{Facts, FieldSet, Solved};
use super::super::{Node, Opaque, OpaqueId};
use super::Builder;
use qudao_language::decide::Judged;
use qudao_language::model::{Channel, Enum, Expr, ExprKind, Field, Id, Type, Value};
use qudao_language::operator::{CompareOp, Quantifier};

impl<'p, 'r: 'p> Builder<'p, 'r> {
    pub(super) fn atom(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Id<Node> {
        self.once(expr, channel, |this| {
            let node = this.on_each_day(expr, channel, |this| Some(this.new_atom(expr, channel)));
            node.expect("an atom is a node on each day")
        })
    }

    /// An atom on the day that facts are read at.
    fn new_atom(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Id<Node> {
        let fields = self.fields(expr);
        let mut rest = fields.iter();
        let asks = expr.asks();
        let node = match (rest.next(), rest.next()) {
            _ if asks => None,
            (None, _) => {
                let judged = self.judge(expr, channel, None);
                Some(self.constant(judged))
            }
            (Some(field), None) => self.atom_on(*field, expr, channel),
            _ => None,
        };
        node.unwrap_or_else(|| {
            let facts = Facts { ruleset: self.ruleset, day: self.day, channel };
            let sum = if asks { None } else { facts.sum(expr) };
            let fields = fields.into_iter().collect();
            let id = self.opaque.push(Opaque { expr, channel, day: self.day, fields, asks, sum });
            self.node(Node::Opaque(Id::<OpaqueId>::new(id.index())))
        })
    }

    fn judge(
        &mut self,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
        value: Option<(Id<Field>, Value)>,
    ) -> Judged {
        let Some((field, value)) = value else { return self.probe.judge(expr, channel) };
        self.probe.assume(field, Some(value));
        let judged = self.probe.judge(expr, channel);
        self.probe.assume(field, None);
        judged
    }

    /// A condition that joins others, all over one field, as one atom: what the field's values make of the whole tells more
    /// than what they make of each part.
    pub(super) fn of_one_field(
        &mut self,
        field: Id<Field>,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
    ) -> Option<Id<Node>> {
        let test = self.tested(field, expr, channel)?;
        Some(self.draft(field, None, test, expr, channel))
    }

    /// An atom that reads one field, if its values fit cells.
    fn atom_on(
        &mut self,
        field: Id<Field>,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
    ) -> Option<Id<Node>> {
        let ty = self.ruleset.fields[field].ty;
        let facts = Facts { ruleset: self.ruleset, day: self.day, channel };
        let test = match (&expr.kind, ty) {
            (_, Type::Enum(id)) => match (named_values(facts, expr), self.ruleset.enums[id].members.len()) {
                (Some((named, negated)), count) => {
                    let holds = |value: u32| named.contains(&value) != negated;
                    Test::Table((0..count as u32).map(|value| Judged::known(holds(value))).collect())
                }
                (None, _) => self.tested(field, expr, channel)?,
            },
            (_, Type::Bool) => self.tested(field, expr, channel)?,
            (ExprKind::Known(what, negated), _) => {
                facts.field(what)?;
                Test::Always(!negated)
            }
            (_, Type::Set(id)) => return self.atom_on_set(field, id, expr, channel),
            (_, Type::Text) => match text_test(facts, expr)? {
                Some(test) => test,
                None => return Some(self.constant(Judged::STUCK)),
            },
            (_, Type::Number(_) | Type::Date) => match facts.solve(expr) {
                Some(Solved::Test(test)) => test,
                Some(Solved::Stuck) => return Some(self.constant(Judged::STUCK)),
                None => self.tested(field, expr, channel)?,
            },
        };
        Some(self.draft(field, None, test, expr, channel))
    }

    /// What a condition says of the values of its one field: of each, or of each range in which it says the same.
    fn tested(&mut self, field: Id<Field>, expr: &'r Expr, channel: Option<Id<Channel>>) -> Option<Test> {
        let ty = self.ruleset.fields[field].ty;
        let values: Vec<Value> = match ty {
            Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
            Type::Enum(id) => (0..self.ruleset.enums[id].members.len() as u32).map(Value::Enum).collect(),
            Type::Number(_) | Type::Date => return self.tested_ranges(field, expr, channel),
            Type::Text | Type::Set(_) => return None,
        };
        let table = values.into_iter().map(|value| self.judge(expr, channel, Some((field, value))));
        Some(Test::Table(table.collect()))
    }

    fn tested_ranges(
        &mut self,
        field: Id<Field>,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
    ) -> Option<Test> {
        let turns = self.probe.turns(expr, channel, field)?;
        let mut cuts: Vec<Cut> =
            turns.into_iter().flat_map(|at| [false, true].map(|after| Cut { at, after })).collect();
        if is_whole(&self.ruleset.fields[field]) {
            cuts.iter_mut().for_each(round_up);
        }
        cuts.sort_unstable();
        cuts.dedup();
        let below = std::iter::once(None).chain(cuts.iter().copied().map(Some));
        let above = cuts.iter().copied().map(Some).chain([None]);
        let judged = below.zip(above).map(|(from, to)| {
            let value = value_at(self.ruleset.fields[field].ty, between(from, to));
            self.judge(expr, channel, Some((field, value)))
        });
        let judged = judged.collect();
        Some(Test::Ranges(cuts, judged))
    }

    /// An atom on the set of one field: as conditions on its members.
    fn atom_on_set(
        &mut self,
        field: Id<Field>,
        of: Id<Enum>,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
    ) -> Option<Id<Node>> {
        let facts = Facts { ruleset: self.ruleset, day: self.day, channel };
        let count = self.ruleset.enums[of].members.len() as u32;
        let whole = (expr, channel);
        if let Some((set, element, negated)) = expr.possession() {
            let (set, element) = (facts.set(set)?, facts.constant(element)?);
            let (Some(set), Some(Value::Enum(member))) = (set, element) else {
                return Some(self.constant(Judged::STUCK));
            };
            return self.members(field, true, negated, [Wanted::of(&set, member)], whole);
        }
        let (quantifier, set, wanted) = match &expr.kind {
            ExprKind::HasMany(set, quantifier, wanted) => {
                (*quantifier, facts.set(set)?, Some(FieldSet { of_field: false, members: wanted.clone() }))
            }
            ExprKind::HasSet(set, quantifier, wanted) => (*quantifier, facts.set(set)?, facts.set(wanted)?),
            ExprKind::Compare(op, left, right) if op.is_equality() => {
                let (Some(left), Some(right)) = (facts.set(left)?, facts.set(right)?) else {
                    return Some(self.constant(Judged::STUCK));
                };
                let same =
                    (0..count).map(|member| Wanted::of(&left, member).same(Wanted::of(&right, member)));
                return self.members(field, true, *op == CompareOp::NotEqual, same, whole);
            }
            _ => return None,
        };
        let (Some(set), Some(wanted)) = (set, wanted) else { return Some(self.constant(Judged::STUCK)) };
        let (all, negated) = match quantifier {
            Quantifier::Any => (false, false),
            Quantifier::None => (false, true),
            Quantifier::All | Quantifier::Only => (true, false),
        };
        let parts = (0..count).map(|member| {
            let (has, wants) = (Wanted::of(&set, member), Wanted::of(&wanted, member));
            match quantifier {
                Quantifier::Any | Quantifier::None => has.and(wants),
                Quantifier::All => wants.not().or(has),
                Quantifier::Only => has.not().or(wants),
            }
        });
        self.members(field, all, negated, parts, whole)
    }

    /// What is wanted of the members of a field's set, joined by `and` or `or`; where that is settled, the whole
    /// condition says what it is while the field is unknown.
    fn members(
        &mut self,
        field: Id<Field>,
        all: bool,
        negated: bool,
        wanted: impl IntoIterator<Item = Wanted>,
        (expr, channel): (&'r Expr, Option<Id<Channel>>),
    ) -> Option<Id<Node>> {
        let mut parts = Vec::new();
        let mut settled = false;
        for wanted in wanted {
            match wanted {
                Wanted::Has(member) => parts.push(self.member(field, member)),
                Wanted::Lacks(member) => {
                    let has = self.member(field, member);
                    parts.push(self.not(has));
                }
                Wanted::Settled(holds) => settled |= holds != all,
            }
        }
        if settled || parts.is_empty() {
            let holds = (all != settled) != negated;
            return Some(self.draft(field, Some(0), Test::Always(holds), expr, channel));
        }
        let joined = self.join(all, parts);
        Some(if negated { self.not(joined) } else { joined })
    }

    /// Whether the set of a field has a member.
    fn member(&mut self, field: Id<Field>, member: u32) -> Id<Node> {
        let variable = self.variable(field, Some(member));
        let table = Test::Table(vec![Judged::FALSE, Judged::TRUE]);
        self.atom_node(Draft { variable, test: table, missing: Judged::OPEN })
    }

    fn draft(
        &mut self,
        field: Id<Field>,
        member: Option<u32>,
        test: Test,
        expr: &'r Expr,
        channel: Option<Id<Channel>>,
    ) -> Id<Node> {
        let missing = self.judge(expr, channel, None);
        if let Some(judged) = test.is_all(missing) {
            return self.constant(judged);
        }
        let variable = self.variable(field, member);
        self.atom_node(Draft { variable, test, missing })
    }

    pub(in crate::ground) fn atom_node(&mut self, draft: Draft) -> Id<Node> {
        let next = Id::new(self.drafts.len());
        let id = *self.known_drafts.entry(draft.clone()).or_insert(next);
        if id == next {
            self.drafts.push(draft);
        }
        self.node(Node::Atom(id))
    }

    pub(in crate::ground) fn variable(&mut self, field: Id<Field>, member: Option<u32>) -> Id<Variable> {
        let of_field = &self.of_field[field];
        let same = |id: &&Id<Variable>| match (&self.variables[**id].kind, member) {
            (VariableKind::Member(a), Some(b)) => *a == b,
            _ => true,
        };
        if let Some(known) = of_field.iter().find(same) {
            return *known;
        }
        let kind = match (self.ruleset.fields[field].ty, member) {
            (_, Some(member)) => VariableKind::Member(member),
            (Type::Number(_) | Type::Date, None) => VariableKind::Ordered(Vec::new()),
            (Type::Text, None) => VariableKind::Texts(Vec::new()),
            (Type::Bool | Type::Enum(_) | Type::Set(_), None) => VariableKind::Values,
        };
        let id = self.variables.push(Variable { field, kind, cells: Vec::new() });
        self.of_field[field].push(id);
        id
    }
}

/// What is wanted of a member of the set of a field.
#[derive(Clone, Copy)]
enum Wanted {
    /// The set has it.
    Has(u32),
    /// The set does not.
    Lacks(u32),
    /// Whatever the set has, it holds or does not.
    Settled(bool),
}

impl Wanted {
    /// That a set has a member.
    fn of(set: &FieldSet, member: u32) -> Wanted {
        match set.members.contains(&member) {
            true if set.of_field => Wanted::Has(member),
            has => Wanted::Settled(has),
        }
    }

    fn not(self) -> Wanted {
        match self {
            Wanted::Has(member) => Wanted::Lacks(member),
            Wanted::Lacks(member) => Wanted::Has(member),
            Wanted::Settled(holds) => Wanted::Settled(!holds),
        }
    }

    /// Both, of one member.
    fn and(self, other: Wanted) -> Wanted {
        match (self, other) {
            (Wanted::Settled(true), wanted) | (wanted, Wanted::Settled(true)) => wanted,
            (Wanted::Has(_), Wanted::Has(_)) | (Wanted::Lacks(_), Wanted::Lacks(_)) => self,
            _ => Wanted::Settled(false),
        }
    }

    fn or(self, other: Wanted) -> Wanted {
        self.not().and(other.not()).not()
    }

    /// Both or neither, of one member.
    fn same(self, other: Wanted) -> Wanted {
        self.and(other).or(self.not().and(other.not()))
    }
}

/// The values that a field is compared with by name, and whether it is none of them that is asked.
fn named_values<'r>(facts: Facts<'r>, expr: &'r Expr) -> Option<(BTreeSet<u32>, bool)> {
    let number = |value: &Value| if let Value::Enum(number) = value { Some(*number) } else { None };
    match &expr.kind {
        ExprKind::Compare(op, left, right) if op.is_equality() => {
            let (ExprKind::Literal(value), true) = (&right.kind, facts.field(left).is_some()) else {
                return None;
            };
            Some((BTreeSet::from([number(value)?]), *op == CompareOp::NotEqual))
        }
        ExprKind::InSet { subject, negated, members } => {
            facts.field(subject)?;
            Some((members.iter().map(number).collect::<Option<_>>()?, *negated))
        }
        _ => None,
    }
}

/// What an atom says of a text: a test, or `Some(None)` where a fact is unknown.
fn text_test<'r>(facts: Facts<'r>, expr: &'r Expr) -> Option<Option<Test>> {
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    match &expr.kind {
        ExprKind::Compare(op, left, right) if op.is_equality() => {
            let other = if facts.field(left).is_some() {
                right
            } else {
                facts.field(right)?;
                left
            };
            let Some(value) = facts.constant(other)? else { return Some(None) };
            Some(Some(Test::Texts(vec![text(&value)?], *op == CompareOp::NotEqual)))
        }
        ExprKind::InList { subject, negated, members } => {
            facts.field(subject)?;
            let Some(members) = facts.constants(members)? else { return Some(None) };
            Some(Some(Test::Texts(members.iter().map(text).collect::<Option<_>>()?, *negated)))
        }
        ExprKind::InSet { subject, negated, members } => {
            facts.field(subject)?;
            Some(Some(Test::Texts(members.iter().map(text).collect::<Option<_>>()?, *negated)))
        }
        _ => None,
    }
}
