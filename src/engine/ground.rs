//! A ruleset on one day: one instance of a rule for each channel, every fact a constant, conditions over the fields
//! of a profile alone.
//!
//! [`Ground::new`] folds facts, dates and units into the conditions. What remains is an arena of nodes, in which equal
//! parts stand once and each node stands after its parts, so one pass from the first to the last evaluates all of
//! them. Nearly every leaf is an [`Atom`]: one [`Variable`] compared with constants. The constants cut the values of a
//! field into finitely many cells; two values in one cell give one answer. The last cell of a variable stands for a
//! value that is not known. Conditions that do not fit cells (a field with a field, sums over several fields, how
//! many members a set has) are [`Opaque`].
//!
//! Nothing is simplified but what is constant: a node keeps the shape of its expression, because what a condition
//! waits for depends on its parts. Where several atoms read a field, a node of its own says that its cells are tried. [`Ground::judge`] gives a node the same [`Judged`] as [`qudao_language::decide`] gives its
//! expression.

mod cells;
mod days;
mod fold;
mod key;
mod linear;
mod tried;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub use cells::{Atom, Cell, CellSet, Cut, Test, Variable, VariableKind};
pub use cells::{between, ordered_cells, round_up};
pub(crate) use linear::Facts;
pub use linear::Sum;
pub use qudao_language::decide::axis;

use qudao_language::date::Date;
use qudao_language::decide::Judged;
use qudao_language::model::{
    Arena, Channel, Expr, ExprKind, Field, FieldValue, Id, IdMap, Measure, Need, Origin, Profile,
    Requirement, Rule, Ruleset, Target, Type, Value,
};
use qudao_language::operator::Verdict;

/// A ruleset on one day, its facts folded in.
#[derive(Debug)]
pub struct Ground<'r> {
    /// The ruleset.
    pub ruleset: &'r Ruleset,
    /// The day.
    pub day: Date,
    /// The field that says which day it is, where the ruleset is grounded on every day; `day` is the usual one then.
    pub today: Option<Id<Field>>,
    /// What conditions ask of: one variable for a field, or for each member of a set that is asked about.
    pub variables: Arena<Variable>,
    /// Conditions on one variable.
    pub atoms: Arena<Atom>,
    /// Conditions that do not fit cells.
    pub opaque: Arena<Opaque<'r>>,
    /// Conditions, each after its parts; equal ones stand once.
    pub nodes: Arena<Node>,
    /// The instances of all rules: by rule in the order of declaration, then by channel.
    pub instances: Arena<Instance>,
    /// How many instances the rules have. Those behind them give points that change with the day, or that no source tells.
    pub declared: usize,
    /// The instances in an order in which each stands after its exceptions; those of rules that ask whether a target
    /// is excluded come last.
    pub order: Vec<Id<Instance>>,
    /// What acts on each target, by [`Ruleset::target_index`].
    pub targets: Vec<Effects>,
    /// When each channel is owned.
    pub owned: IdMap<Channel, Id<Node>>,
    /// When each requirement is met; nothing where nothing ever meets it.
    pub met: IdMap<Requirement, Option<Id<Node>>>,
    /// The further conditions that were asked for, in their order.
    pub further: Vec<Id<Node>>,
    /// The rows of each table of which the first that matches counts, as far as conditions ask for them.
    pub earlier: Vec<EarlierRows>,
    /// Whether a measure that ranks is no more of one target than of another, by [`Ruleset::target_index`]; of itself where
    /// it is known. Only where further conditions were asked for.
    pub compared: BTreeMap<(Id<Measure>, usize, usize), Id<Node>>,
    /// Whether a channel has a measure that `where` may keep it from.
    pub having: BTreeMap<(Id<Measure>, usize), Id<Node>>,
    of_field: IdMap<Field, Vec<Id<Variable>>>,
    of_rule: IdMap<Rule, Range<usize>>,
}

/// Rows of a table, and whether one of those before some row matches.
#[derive(Clone, Default, Debug)]
pub struct EarlierRows {
    /// Whether each row's own cells hold.
    pub rows: Vec<Id<Node>>,
    /// Whether one of no rows matches, of the first, of the first two, and so on.
    pub any: Vec<Id<Node>>,
}

/// A condition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    /// The same for every profile: true, false, or unknown because a fact is.
    Const(Judged),
    /// A condition on one variable.
    Atom(Id<Atom>),
    /// A condition that does not fit cells.
    Opaque(Id<OpaqueId>),
    /// Whether a target is excluded, by [`Ruleset::target_index`]: as [`Effects::excluded`] says.
    Excluded(usize),
    /// All hold.
    And(Box<[Id<Node>]>),
    /// One holds at least.
    Or(Box<[Id<Node>]>),
    /// It does not hold.
    Not(Id<Node>),
    /// The second where the first holds, the third where it does not, unknown where the first is unknown.
    If([Id<Node>; 3]),
    /// The same as another, judged by the cells of one of these fields where it waits for that alone.
    Tried(Id<Node>, Box<[Id<Field>]>),
}

/// Names an [`Opaque`] condition: ids are of a type without a lifetime.
#[derive(Debug)]
pub struct OpaqueId;

/// A condition that does not fit cells.
#[derive(Clone, Debug)]
pub struct Opaque<'r> {
    /// What it says.
    pub expr: &'r Expr,
    /// The channel of the instance that it stands in.
    pub channel: Option<Id<Channel>>,
    /// The day that its facts are read at.
    pub day: Date,
    /// The fields that it reads, those that lets in it read included, in order.
    pub fields: Vec<Id<Field>>,
    /// Whether it asks which targets are excluded, besides.
    pub asks: bool,
    /// What it says as a test of a sum of its fields, where it is linear.
    pub sum: Option<Sum>,
}

impl Opaque<'_> {
    /// Tells whether it asks which of many channels leads by a measure.
    #[must_use]
    pub fn leads(&self) -> bool {
        matches!(self.expr.kind, ExprKind::Leads(..))
    }
}

/// An instance of a rule.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The rule.
    pub rule: Id<Rule>,
    /// The channel, under `for each`.
    pub channel: Option<Id<Channel>>,
    /// Whether `where` leaves the channel out.
    pub left_out: bool,
    /// `where` and `when`.
    pub condition: Id<Node>,
    /// The exceptions that it meets.
    pub exceptions: Vec<Id<Instance>>,
    /// The condition, and no exception fires.
    pub fires: Id<Node>,
    /// Whether it asks, itself or through an exception, whether a target is excluded.
    pub asks: bool,
}

/// What acts on a target, each in the order of declaration.
#[derive(Clone, Debug)]
pub struct Effects {
    /// The target.
    pub target: Target,
    /// When it is excluded: by a rule, through a channel that it needs, through a member.
    pub excluded: Id<Node>,
    /// What excludes it.
    pub exclusions: Vec<Id<Instance>>,
    /// What keeps its verdict from being better.
    pub caps: Vec<(Id<Instance>, Verdict)>,
    /// What gives or takes points.
    pub scores: Vec<(Id<Instance>, i64)>,
    /// What certainly gives or takes points where it fires, though no source tells how many: these at least, of which one
    /// is nothing.
    pub untold: Vec<(Id<Instance>, (i64, i64))>,
    /// What makes it need something, besides what it states itself.
    pub needs: Vec<(Id<Instance>, Need)>,
    /// The channels that it needs, and by which instance's effect; stated ones first.
    pub channels: Vec<(Id<Channel>, Option<Id<Instance>>)>,
}

impl<'r> Ground<'r> {
    /// Grounds a ruleset on a day.
    #[must_use]
    pub fn new(ruleset: &'r Ruleset, day: Date) -> Ground<'r> {
        fold::ground(ruleset, day, None, None)
    }

    /// Grounds a ruleset on a day, and with it the order by measures and further conditions of the same ruleset, such as
    /// those of properties; each stands where no `for each` does.
    #[must_use]
    pub fn with(ruleset: &'r Ruleset, day: Date, conditions: &[&'r Expr]) -> Ground<'r> {
        let conditions: Vec<_> = conditions.iter().map(|condition| (*condition, None)).collect();
        fold::ground(ruleset, day, None, Some(&conditions))
    }

    /// Grounds a ruleset, and with it further conditions, each for the channel of an instance if it stands under
    /// `for each`. Where a field says which day it is, facts are read at that day, and `day` is the usual one; the
    /// ruleset reads that field in place of `today`.
    #[must_use]
    pub fn with_instances(
        ruleset: &'r Ruleset,
        day: Date,
        today: Option<Id<Field>>,
        conditions: &[(&'r Expr, Option<Id<Channel>>)],
    ) -> Ground<'r> {
        fold::ground(ruleset, day, today, Some(conditions))
    }

    /// Returns the instances of a rule, in the order of their channels.
    #[must_use]
    pub fn instances_of(&self, rule: Id<Rule>) -> Range<usize> {
        self.of_rule[rule].clone()
    }

    /// Returns the variables of a field: one, or one for each member of a set that is asked about; none where nothing
    /// asks for the field, or only opaque conditions do.
    #[must_use]
    pub fn variables_of(&self, field: Id<Field>) -> &[Id<Variable>] {
        &self.of_field[field]
    }

    /// Returns the cell of each variable for a profile. A default that the profile assumes counts as its value.
    #[must_use]
    pub fn cells(&self, profile: &Profile) -> Vec<usize> {
        let cell = |variable: &Variable| variable.cell(profile.get(variable.field).value.as_ref());
        self.variables.iter().map(cell).collect()
    }

    /// Returns the cell of each variable of a field for a value, or for a value that is not known; with `None` outside
    /// for a field that is left out, which has its default.
    #[must_use]
    pub fn cells_of(&self, field: Id<Field>, value: Option<Option<&Value>>) -> Vec<(Id<Variable>, usize)> {
        let value = value.unwrap_or(self.ruleset.fields[field].default.as_ref());
        self.variables_of(field).iter().map(|id| (*id, self.variables[*id].cell(value))).collect()
    }

    /// Returns a profile whose values lie in some cells. A field that no variable asks for is not known. Every field is
    /// given, so that no default takes its place.
    #[must_use]
    pub fn witness(&self, cells: &[usize], name: &str) -> Profile {
        let value = |id: Id<Field>| {
            let variables = self.variables_of(id);
            let cell = |id: &Id<Variable>| {
                self.variables[*id].cells.get(cells.get(id.index()).copied()?)?.witness.clone()
            };
            let Type::Set(_) = self.ruleset.fields[id].ty else { return cell(variables.first()?) };
            let mut members = BTreeSet::new();
            for variable in variables {
                if let (Value::Bool(true), VariableKind::Member(member)) =
                    (cell(variable)?, &self.variables[*variable].kind)
                {
                    members.insert(*member);
                }
            }
            (!variables.is_empty()).then_some(Value::Set(members))
        };
        let given = |id| FieldValue { value: value(id), origin: Origin::Given, at: None };
        let values = self.ruleset.fields.ids().map(given).collect();
        Profile { name: name.to_string(), file: None, values }
    }

    /// Judges every node, in their order, for the cells of the variables; `opaque` judges the opaque conditions.
    #[must_use]
    pub fn judge_all(&self, cells: &[usize], opaque: impl Fn(&Opaque<'r>) -> Judged) -> Vec<Judged> {
        let mut all: Vec<Judged> = Vec::with_capacity(self.nodes.len());
        for node in self.nodes.iter() {
            all.push(self.judge(node, cells, &opaque, |id| at(&all, id)));
        }
        all
    }

    /// Judges a node by the cells of the variables and what its parts came out as.
    #[must_use]
    pub fn judge(
        &self,
        node: &Node,
        cells: &[usize],
        opaque: impl Fn(&Opaque<'r>) -> Judged,
        part: impl Fn(Id<Node>) -> Judged,
    ) -> Judged {
        match node {
            Node::Const(judged) => *judged,
            Node::Atom(id) => {
                let atom = &self.atoms[*id];
                atom.judge(*cells.get(atom.variable.index()).expect("every variable has a cell"))
            }
            Node::Opaque(id) => opaque(self.opaque_of(*id)),
            Node::Tried(of, fields) => self.tried(*of, fields, part),
            Node::Excluded(_) | Node::And(_) | Node::Or(_) | Node::Not(_) | Node::If(_) => {
                self.joined(node, part)
            }
        }
    }

    /// Judges a node by what its parts came out as, where it has parts.
    fn joined(&self, node: &Node, part: impl Fn(Id<Node>) -> Judged) -> Judged {
        match node {
            Node::Const(judged) => *judged,
            Node::Atom(_) | Node::Opaque(_) => Judged::STUCK,
            Node::Excluded(target) => part(self.effects_on(*target).excluded),
            Node::And(parts) => parts.iter().fold(Judged::TRUE, |all, id| all.and(part(*id))),
            Node::Or(parts) => parts.iter().fold(Judged::FALSE, |any, id| any.or(part(*id))),
            Node::Not(id) => part(*id).not(),
            Node::If([condition, yes, no]) => Judged::either(part(*condition), part(*yes), part(*no)),
            Node::Tried(of, _) => part(*of),
        }
    }

    /// Returns what acts on a target, by its number.
    fn effects_on(&self, target: usize) -> &Effects {
        self.targets.get(target).expect("a node names a target of its ruleset")
    }

    /// Returns an opaque condition.
    #[must_use]
    pub fn opaque_of(&self, id: Id<OpaqueId>) -> &Opaque<'r> {
        &self.opaque[Id::new(id.index())]
    }

    /// Returns the fields that bear on a target's verdict.
    #[must_use]
    pub fn reached_fields(&self, effects: &Effects) -> BTreeSet<Id<Field>> {
        let of_instances =
            effects.caps.iter().map(|(id, _)| *id).chain(effects.scores.iter().map(|(id, _)| *id));
        let fires = of_instances.map(|id| self.instances[id].fires);
        let mut open: Vec<Id<Node>> = fires.chain([effects.excluded]).collect();
        let mut seen: BTreeSet<Id<Node>> = open.iter().copied().collect();
        let mut fields = BTreeSet::new();
        while let Some(id) = open.pop() {
            let node = &self.nodes[id];
            match node {
                Node::Atom(atom) => {
                    fields.insert(self.variables[self.atoms[*atom].variable].field);
                }
                Node::Opaque(id) => fields.extend(&self.opaque_of(*id).fields),
                Node::Const(_)
                | Node::Excluded(_)
                | Node::And(_)
                | Node::Or(_)
                | Node::Not(_)
                | Node::If(_)
                | Node::Tried(..) => {}
            }
            open.extend(self.parts(node).iter().filter(|part| seen.insert(**part)));
        }
        fields
    }

    /// Returns the parts of a node, through which all that it depends on is reached.
    #[must_use]
    pub fn parts<'g>(&'g self, node: &'g Node) -> &'g [Id<Node>] {
        match node {
            Node::Const(_) | Node::Atom(_) | Node::Opaque(_) => &[],
            Node::Excluded(target) => std::slice::from_ref(&self.effects_on(*target).excluded),
            Node::And(parts) | Node::Or(parts) => parts,
            Node::Not(id) | Node::Tried(id, _) => std::slice::from_ref(id),
            Node::If(parts) => parts,
        }
    }
}

fn at(all: &[Judged], id: Id<Node>) -> Judged {
    *all.get(id.index()).expect("a node stands after its parts")
}
