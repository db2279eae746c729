//! Folds facts, dates and units into the conditions of a ruleset.

mod atoms;
mod ratings;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use self::ratings::Ratings;
use super::cells::{Draft, Variable, cut};
use super::days::Days;
use super::{EarlierRows, Effects, Ground, Instance, Node, Opaque, key};
use qudao_language::date::Date;
use qudao_language::decide::{Judged, Probe, Truth};
use qudao_language::model::{
    Arena, Channel, EffectKind, Expr, ExprKind, Field, Id, IdMap, Let, Measure, Need, Points, Profile,
    Requirement, Rule, Ruleset, StatedNeed, Table, Target, Type,
};

/// Further conditions, each for the channel of an instance if it stands under `for each`.
pub(super) type Further<'c, 'r> = &'c [(&'r Expr, Option<Id<Channel>>)];

/// Grounds a ruleset on a day, or on every day where a field says which it is. The order by measures comes with further
/// conditions, be there any or not.
pub(super) fn ground<'r>(
    ruleset: &'r Ruleset,
    day: Date,
    today: Option<Id<Field>>,
    conditions: Option<Further<'_, 'r>>,
) -> Ground<'r> {
    let mut nothing = Profile::empty(ruleset, "");
    for field in ruleset.fields.ids() {
        nothing.set(field, None);
    }
    let mut builder = Builder::new(ruleset, &nothing, day);
    builder.days = Days::new(ruleset, today);
    builder.lets();
    for rule in ruleset.rules.ids() {
        let first = builder.instances.len();
        builder.instances_of_rule(rule);
        builder.of_rule[rule] = first..builder.instances.len();
    }
    builder.declared = builder.instances.len();
    builder.ratings();
    builder.met_and_owned();
    builder.effects();
    builder.fires(false);
    builder.exclusions();
    builder.fires(true);
    if let Some(conditions) = conditions {
        builder.further =
            conditions.iter().map(|(condition, channel)| builder.truth(condition, *channel)).collect();
        builder.order_by_measures();
    }
    builder.finish()
}

pub(super) struct Builder<'p, 'r> {
    ruleset: &'r Ruleset,
    pub(super) day: Date,
    /// Which facts change on which days, where the day is not settled.
    pub(super) days: Days,
    /// Judges conditions of which nothing is known.
    pub(super) probe: Probe<'p>,
    variables: Arena<Variable>,
    of_field: IdMap<Field, Vec<Id<Variable>>>,
    drafts: Vec<Draft>,
    known_drafts: HashMap<Draft, Id<super::Atom>>,
    opaque: Arena<Opaque<'r>>,
    nodes: Arena<Node>,
    known_nodes: HashMap<Node, Id<Node>>,
    /// Atoms, and conditions over one field that join others, by what they say.
    known: HashMap<Vec<u8>, Id<Node>>,
    key: Vec<u8>,
    lets: IdMap<Let, Option<Id<Node>>>,
    let_fields: IdMap<Let, Option<BTreeSet<Id<Field>>>>,
    /// Whether some row of a table before the one of a number matches, as far as asked.
    earlier: IdMap<Table, EarlierRows>,
    instances: Arena<Instance>,
    order: Vec<Id<Instance>>,
    of_rule: IdMap<Rule, Range<usize>>,
    declared: usize,
    ratings: Ratings,
    targets: Vec<Effects>,
    owned: IdMap<Channel, Id<Node>>,
    met: IdMap<Requirement, Option<Id<Node>>>,
    further: Vec<Id<Node>>,
    compared: BTreeMap<(Id<Measure>, usize, usize), Id<Node>>,
    having: BTreeMap<(Id<Measure>, usize), Id<Node>>,
}

impl<'p, 'r: 'p> Builder<'p, 'r> {
    fn new(ruleset: &'r Ruleset, nothing: &'p Profile, day: Date) -> Builder<'p, 'r> {
        Builder {
            ruleset,
            day,
            days: Days::default(),
            probe: Probe::new(ruleset, nothing, day),
            variables: Arena::default(),
            of_field: IdMap::of(&ruleset.fields, |_| Vec::new()),
            drafts: Vec::new(),
            known_drafts: HashMap::new(),
            opaque: Arena::default(),
            nodes: Arena::default(),
            known_nodes: HashMap::new(),
            known: HashMap::new(),
            key: Vec::new(),
            lets: IdMap::of(&ruleset.lets, |_| None),
            let_fields: IdMap::of(&ruleset.lets, |_| None),
            earlier: IdMap::of(&ruleset.tables, |_| EarlierRows::default()),
            instances: Arena::default(),
            order: Vec::new(),
            of_rule: IdMap::of(&ruleset.rules, |_| 0..0),
            declared: 0,
            ratings: Ratings::default(),
            targets: Vec::new(),
            owned: IdMap::default(),
            met: IdMap::default(),
            further: Vec::new(),
            compared: BTreeMap::new(),
            having: BTreeMap::new(),
        }
    }

    fn finish(mut self) -> Ground<'r> {
        let atoms = cut(self.ruleset, &mut self.variables, &self.drafts);
        let mut ground = Ground {
            ruleset: self.ruleset,
            day: self.day,
            today: self.days.today,
            variables: self.variables,
            atoms,
            opaque: self.opaque,
            nodes: self.nodes,
            declared: self.declared,
            instances: self.instances,
            order: self.order,
            targets: self.targets,
            owned: self.owned,
            met: self.met,
            further: self.further,
            earlier: self.earlier.values().filter(|earlier| !earlier.rows.is_empty()).cloned().collect(),
            compared: self.compared,
            having: self.having,
            of_field: self.of_field,
            of_rule: self.of_rule,
        };
        ground.spare_trying();
        ground
    }

    /// What the order by measures depends on.
    fn order_by_measures(&mut self) {
        let ruleset = self.ruleset;
        for (id, measure) in ruleset.measures.entries() {
            for ((one, other), expr) in &measure.compared {
                let node = self.truth(expr, None);
                let (one, other) = (ruleset.target_index(*one), ruleset.target_index(*other));
                self.compared.insert((id, one, other), node);
            }
            let Some(filter) = measure.for_each.filter.as_ref() else { continue };
            for channel in &measure.for_each.channels {
                let node = self.truth(filter, Some(*channel));
                self.having.insert((id, ruleset.target_index(Target::Channel(*channel))), node);
            }
        }
    }

    /// Folds the lets, each after those that it reads.
    fn lets(&mut self) {
        let ruleset = self.ruleset;
        let mut open: Vec<Id<Let>> = ruleset.lets.ids().rev().collect();
        while let Some(id) = open.pop() {
            if self.let_fields[id].is_some() {
                continue;
            }
            let expr = &ruleset.lets[id].value;
            let mut missing = Vec::new();
            expr.walk(&mut |part| {
                if let ExprKind::Let(other) = part.kind
                    && self.let_fields[other].is_none()
                {
                    missing.push(other);
                }
            });
            if !missing.is_empty() {
                open.push(id);
                open.append(&mut missing);
                continue;
            }
            let fields = self.fields(expr);
            self.let_fields[id] = Some(fields);
            self.days.read_let(id, expr);
            if expr.ty == Type::Bool {
                let node = self.truth(expr, None);
                self.lets[id] = Some(node);
            }
        }
    }

    /// The fields that an expression reads, lets followed.
    fn fields(&self, expr: &Expr) -> BTreeSet<Id<Field>> {
        if let ExprKind::Leads(_, race) = &expr.kind {
            return race.fields.clone();
        }
        let mut fields = BTreeSet::new();
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Field(id) => {
                fields.insert(*id);
            }
            ExprKind::Let(id) => {
                fields.extend(self.let_fields[*id].iter().flatten());
            }
            _ => {}
        });
        fields
    }

    pub(super) fn node(&mut self, node: Node) -> Id<Node> {
        if let Some(known) = self.known_nodes.get(&node) {
            return *known;
        }
        let id = self.nodes.push(node.clone());
        self.known_nodes.insert(node, id);
        id
    }

    fn constant(&mut self, judged: Judged) -> Id<Node> {
        self.node(Node::Const(judged))
    }

    fn constant_of(&self, id: Id<Node>) -> Option<Judged> {
        if let Node::Const(judged) = &self.nodes[id] { Some(*judged) } else { None }
    }

    /// Joins parts by `and`, or by `or`; parts that decide nothing are left out.
    fn join(&mut self, all: bool, parts: Vec<Id<Node>>) -> Id<Node> {
        let (neutral, decides) =
            if all { (Judged::TRUE, Judged::FALSE) } else { (Judged::FALSE, Judged::TRUE) };
        if parts.iter().any(|id| self.constant_of(*id) == Some(decides)) {
            return self.constant(decides);
        }
        let mut seen = BTreeSet::new();
        let parts: Vec<Id<Node>> = parts
            .into_iter()
            .filter(|id| self.constant_of(*id) != Some(neutral) && seen.insert(*id))
            .collect();
        match parts.as_slice() {
            [] => self.constant(neutral),
            [one] => *one,
            _ if all => self.node(Node::And(parts.into())),
            _ => self.node(Node::Or(parts.into())),
        }
    }

    fn not(&mut self, id: Id<Node>) -> Id<Node> {
        match &self.nodes[id] {
            Node::Const(judged) => {
                let turned = judged.not();
                self.constant(turned)
            }
            Node::Not(inner) => *inner,
            _ => self.node(Node::Not(id)),
        }
    }

    fn truth(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Id<Node> {
        let expr = expr.of_channel(channel);
        let joins = matches!(expr.kind, ExprKind::And(_) | ExprKind::Or(_) | ExprKind::If(_));
        if !joins {
            return self.joint(expr, channel);
        }
        let Some(field) = self.probe.only_field(expr) else {
            let of = self.joint(expr, channel);
            if !matches!(self.nodes[of], Node::And(_) | Node::Or(_) | Node::Not(_) | Node::If(_)) {
                return of;
            }
            let again = self.probe.read_again(expr, channel);
            return if again.is_empty() { of } else { self.node(Node::Tried(of, again.into())) };
        };
        self.once(expr, channel, |this| {
            let node = this.on_each_day(expr, channel, |this| this.of_one_field(field, expr, channel));
            node.unwrap_or_else(|| this.joint(expr, channel))
        })
    }

    /// Makes the node of a condition, unless there is one that says the same.
    fn once(
        &mut self,
        expr: &Expr,
        channel: Option<Id<Channel>>,
        make: impl FnOnce(&mut Self) -> Id<Node>,
    ) -> Id<Node> {
        self.key.clear();
        key::write(expr, channel, &mut self.key);
        if let Some(known) = self.known.get(&self.key) {
            return *known;
        }
        let key = self.key.clone();
        let node = make(self);
        self.known.insert(key, node);
        node
    }

    fn joint(&mut self, expr: &'r Expr, channel: Option<Id<Channel>>) -> Id<Node> {
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let nodes = parts.iter().map(|part| self.truth(part, channel)).collect();
                self.join(matches!(expr.kind, ExprKind::And(_)), nodes)
            }
            ExprKind::Not(inner) => {
                let inner = self.truth(inner, channel);
                self.not(inner)
            }
            ExprKind::If(parts) => {
                let [condition, yes, no] = &**parts;
                let condition = self.truth(condition, channel);
                let (yes, no) = (self.truth(yes, channel), self.truth(no, channel));
                match self.constant_of(condition) {
                    Some(Judged::TRUE) => yes,
                    Some(Judged::FALSE) => no,
                    _ => self.node(Node::If([condition, yes, no])),
                }
            }
            ExprKind::Let(id) => match self.lets[*id] {
                Some(node) => node,
                None => self.truth(&self.ruleset.lets[*id].value, None),
            },
            ExprKind::Earlier(table, number) => {
                let table = *table;
                let mut before = std::mem::take(&mut self.earlier[table]);
                if before.any.is_empty() {
                    before.any.push(self.constant(Judged::FALSE));
                }
                for row in self.ruleset.tables[table].matches.iter().take(*number).skip(before.rows.len()) {
                    let row = self.truth(row, None);
                    before.rows.push(row);
                    let all = before.any.last().copied().into_iter().chain([row]).collect();
                    before.any.push(self.join(false, all));
                }
                let found = *before.any.get(*number).expect("a row stands in its table");
                self.earlier[table] = before;
                found
            }
            ExprKind::Excluded(target, negated) => {
                let Some(target) = target.resolve(channel) else { return self.constant(Judged::STUCK) };
                let index = self.ruleset.target_index(target);
                let asked = self.excluded(index);
                if *negated { self.not(asked) } else { asked }
            }
            _ => self.atom(expr, channel),
        }
    }

    /// Whether a target is excluded, by a node that says of which it is.
    fn excluded(&mut self, target: usize) -> Id<Node> {
        let known = self.targets.get(target).and_then(|target| self.constant_of(target.excluded));
        match known {
            Some(judged) if judged.truth != Truth::Unknown => self.constant(judged),
            _ => self.node(Node::Excluded(target)),
        }
    }

    /// The instances of a rule, but for what needs the other rules.
    fn instances_of_rule(&mut self, id: Id<Rule>) {
        let rule = &self.ruleset.rules[id];
        let unknown = self.constant(Judged::STUCK);
        for channel in rule.instances() {
            self.instances.push(Instance {
                rule: id,
                channel,
                left_out: false,
                condition: unknown,
                exceptions: Vec::new(),
                fires: unknown,
                asks: rule.asks,
            });
        }
    }

    /// The conditions of the rules that ask whether a target is excluded, or of the others.
    fn fires(&mut self, asks: bool) {
        let ruleset = self.ruleset;
        for rule in ruleset.rule_order.iter().copied().filter(|id| ruleset.rules[*id].asks == asks) {
            for index in self.of_rule[rule].clone() {
                let id: Id<Instance> = Id::new(index);
                let channel = self.instances[id].channel;
                let declared = &ruleset.rules[rule];
                let filter = declared.for_each.as_ref().and_then(|for_each| for_each.filter.as_ref());
                let filter = filter.map(|filter| self.truth(filter, channel));
                let left_out = filter.is_some_and(|filter| self.constant_of(filter) == Some(Judged::FALSE));
                let when = declared.when.as_ref().map(|when| self.truth(when, channel));
                let condition = self.join(true, filter.into_iter().chain(when).collect());
                let exceptions = self.exceptions(declared, channel);
                let excepted = exceptions.iter().map(|exception| self.instances[*exception].fires).collect();
                let excepted = self.join(false, excepted);
                let allowed = self.not(excepted);
                let fires = self.join(true, vec![condition, allowed]);
                let instance = &mut self.instances[id];
                instance.left_out = left_out;
                instance.condition = condition;
                instance.exceptions = exceptions;
                instance.fires = fires;
                self.order.push(id);
                self.fires_rated(id);
            }
        }
    }

    /// An exception with `for each` meets a `for each` rule channel by channel, a plain one with all its instances.
    fn exceptions(&self, rule: &Rule, channel: Option<Id<Channel>>) -> Vec<Id<Instance>> {
        let mut met = Vec::new();
        for exception in &rule.exceptions {
            let per_channel = channel.is_some() && self.ruleset.rules[*exception].for_each.is_some();
            let of = self.of_rule[*exception].clone().map(Id::new);
            met.extend(of.filter(|id: &Id<Instance>| !per_channel || self.instances[*id].channel == channel));
        }
        met
    }

    fn met_and_owned(&mut self) {
        let ruleset = self.ruleset;
        self.owned = IdMap::of(&ruleset.channels, |id| match &ruleset.channels[id].owned {
            Some(owned) => self.truth(owned, None),
            None => self.constant(Judged::FALSE),
        });
        self.met = IdMap::of(&ruleset.requirements, |id| {
            ruleset.requirements[id].met.as_ref().map(|met| self.truth(met, None))
        });
    }

    /// What acts on each target.
    fn effects(&mut self) {
        let ruleset = self.ruleset;
        let unknown = self.constant(Judged::STUCK);
        let stated = |needs: &[StatedNeed]| -> Vec<(Id<Channel>, Option<Id<Instance>>)> {
            let channels = needs.iter().filter_map(|need| match need.need {
                Need::Channel(channel) => Some((channel, None)),
                Need::Requirement(_) => None,
            });
            channels.collect()
        };
        let effects = |target: Target| Effects {
            target,
            excluded: unknown,
            exclusions: Vec::new(),
            caps: Vec::new(),
            scores: Vec::new(),
            untold: Vec::new(),
            needs: Vec::new(),
            channels: stated(ruleset.stated_needs(target)),
        };
        self.targets = ruleset.targets().map(effects).collect();
        for id in (0..self.declared).map(Id::new) {
            let instance = &self.instances[id];
            for (place, effect) in ruleset.rules[instance.rule].effects.iter().enumerate() {
                let target = effect.kind.target().and_then(|target| target.resolve(instance.channel));
                let index = target.map(|target| ruleset.target_index(target));
                let Some(of) = index.and_then(|index| self.targets.get_mut(index)) else { continue };
                match &effect.kind {
                    EffectKind::Score(_, Points::Fixed(points), _) => of.scores.push((id, *points)),
                    EffectKind::Score(_, points @ Points::Rated(_), _) => {
                        of.scores.extend(self.ratings.of(id, place));
                        if self.ratings.is_untold(id, place) {
                            let (least, greatest) = points.range();
                            of.untold.push((id, (least.max(0), greatest.min(0))));
                        }
                    }
                    EffectKind::Exclude(_) => of.exclusions.push(id),
                    EffectKind::Cap(_, verdict) => of.caps.push((id, *verdict)),
                    EffectKind::Needs(_, needs) => {
                        for need in needs {
                            of.needs.push((id, *need));
                            if let Need::Channel(channel) = need {
                                of.channels.push((*channel, Some(id)));
                            }
                        }
                    }
                    EffectKind::Note(..) => {}
                }
            }
        }
    }

    /// When each target is excluded; each channel after those that it needs, the mixes after all channels.
    fn exclusions(&mut self) {
        let ruleset = self.ruleset;
        let order = ruleset.channel_order.iter().copied().map(Target::Channel);
        for target in order.chain(ruleset.mixes.ids().map(Target::Mix)) {
            let index = ruleset.target_index(target);
            let effects = self.targets.get(index).expect("each target has its effects").clone();
            let mut ways: Vec<Id<Node>> =
                effects.exclusions.iter().map(|id| self.instances[*id].fires).collect();
            for (channel, by) in &effects.channels {
                let excluded = self.excluded(channel.index());
                let not_owned = self.not(self.owned[*channel]);
                let by = by.map(|by| self.instances[by].fires);
                ways.push(self.join(true, by.into_iter().chain([excluded, not_owned]).collect()));
            }
            if let Target::Mix(id) = target {
                for member in &ruleset.mixes[id].members {
                    ways.push(self.excluded(member.index()));
                }
            }
            let excluded = self.join(false, ways);
            if let Some(target) = self.targets.get_mut(index) {
                target.excluded = excluded;
            }
        }
    }
}
