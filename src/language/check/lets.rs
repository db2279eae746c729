//! Lets, and measures: numbers that come out for each channel. Of a channel a measure is a let that nobody declared.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cycles::{self, Link};
use super::scope::Scope;
use super::unknown::MEASURE;
use super::{Checker, Symbol};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    self, Channel, Entrant, Expr, ExprKind, ForEach, Id, Let, Measure, NumberType, Race, RankBy, Target,
    TargetRef, Type,
};
use crate::operator::{CompareOp, Sign};
use crate::source::Span;
use crate::syntax::ast::{self, DeclarationKind};

/// The order by a measure is spelled out for those who prove something of it, each two targets of so many at most.
const MAX_COMPARED: usize = 128;
/// So is what `is lowest` asks, of each channel by itself.
const MAX_SPELLED_OUT: usize = 32;

/// Names that no measure may have: expectations of a target, and what ranks besides, begin with them.
const NOT_MEASURES: [&str; 11] = [
    "score",
    "recommended",
    "possible",
    "unsuitable",
    "excluded",
    "undecided",
    "leaning",
    "could",
    "because",
    "needs",
    "mixes",
];

/// A measure as it is declared, before its value is known.
#[derive(Debug)]
pub(super) struct Drafted<'s> {
    declared: &'s ast::Measure,
    title: Option<model::Text>,
    /// Its type, unless there is a mistake in it.
    ty: Option<NumberType>,
    for_each: ForEach,
    /// The number of the let that it is of its first channel; those of the others follow.
    first: usize,
    /// Whether its value is well.
    sound: bool,
}

impl Drafted<'_> {
    /// The let that it is of a channel that has it.
    fn on(&self, channel: Id<Channel>) -> Option<Id<Let>> {
        let place = self.for_each.channels.binary_search(&channel).ok()?;
        Some(Id::new(self.first + place))
    }
}

/// What lets and measures are made of.
#[derive(Clone, Copy)]
enum Node<'s> {
    Let(&'s ast::Let),
    Measure(&'s ast::Measure),
}

impl<'s> Node<'s> {
    fn name(self) -> &'s ast::Name {
        match self {
            Node::Let(declared) => &declared.name,
            Node::Measure(declared) => &declared.name,
        }
    }

    fn mentions(self) -> Vec<&'s ast::Dotted> {
        let mut names = Vec::new();
        mentioned(
            match self {
                Node::Let(declared) => &declared.value,
                Node::Measure(declared) => &declared.value,
            },
            &mut names,
        );
        names
    }
}

impl<'s> Checker<'s> {
    pub(super) fn declare_lets(&mut self) {
        for (_, declared) in
            self.each(|kind| if let DeclarationKind::Let(declared) = kind { Some(declared) } else { None })
        {
            let id = Id::new(self.let_declarations.len());
            self.let_declarations.push(declared);
            self.add_symbol(&declared.name, Symbol::Let(id));
        }
        for (_, declared) in self
            .each(|kind| if let DeclarationKind::Measure(declared) = kind { Some(declared) } else { None })
        {
            let name = &declared.name;
            if NOT_MEASURES.contains(&&*name.value) {
                let message = format!("no measure is named `{}`", name.value);
                self.report(
                    Diagnostic::new(Code::ReservedName, name.span, message)
                        .here("this word says something else of a target"),
                );
            }
            // Both are read of a channel.
            if let Some((_, first)) = self.fact_names.get(&name.value) {
                let first = *first;
                self.duplicate(name, first);
            }
            let id = Id::new(self.measure_names.len());
            if self.add(|c| &mut c.measure_names, name, id) {
                self.measure_declarations.push(declared);
            }
        }
    }

    /// Gives lets and measures their expressions, each after those that it reads.
    pub(super) fn define_lets(&mut self) {
        self.draft_measures();
        let lets = self.let_declarations.iter().map(|declared| Node::Let(declared));
        let nodes: Vec<Node<'s>> =
            lets.chain(self.measure_declarations.iter().map(|declared| Node::Measure(declared))).collect();
        let reads: Vec<Vec<usize>> = nodes
            .iter()
            .map(|node| node.mentions().into_iter().filter_map(|name| self.node_of(name)).collect())
            .collect();
        let mut values: BTreeMap<usize, Expr> = BTreeMap::new();
        for group in cycles::groups(&reads) {
            if cycles::is_circle(&group, &reads) {
                let links = cycles::links(&cycles::circle(&group, &reads), |from, to| {
                    let from = nodes.get(from)?;
                    let found = from.mentions().into_iter().find(|name| self.node_of(name) == Some(to))?;
                    let place = found.tail.as_ref().unwrap_or(&found.head).span;
                    Some(Link { name: &from.name().value, declared: from.name().span, place })
                });
                let measure = group.iter().any(|index| matches!(nodes.get(*index), Some(Node::Measure(_))));
                let many = if measure { "measures" } else { "lets" };
                if let Some(found) = cycles::report(links, "reads", "stands for itself", many) {
                    self.report(found);
                }
                continue;
            }
            for index in group {
                match nodes.get(index) {
                    Some(Node::Let(declared)) => {
                        if let Some(value) = self.let_value(declared) {
                            self.settle_let(index, value, &mut values);
                        }
                    }
                    Some(Node::Measure(declared)) => {
                        self.define_measure(index - self.let_declarations.len(), declared, &mut values);
                    }
                    None => {}
                }
            }
        }
        self.push_lets(values);
    }

    /// The lets that a measure is, one for each channel.
    pub(super) fn lets_of(&self, id: Id<Measure>) -> impl Iterator<Item = Id<Let>> + Clone + use<> {
        let drafted = self.drafted.get(id.index());
        let lets =
            drafted.map_or(0..0, |drafted| drafted.first..drafted.first + drafted.for_each.channels.len());
        lets.map(Id::new)
    }

    /// Keeps the value of a let; nothing where a number in it could leave the exact range.
    fn settle_let(&mut self, index: usize, value: Expr, values: &mut BTreeMap<usize, Expr>) -> Option<()> {
        let id = Id::new(index);
        self.measure_let(id, &value)?;
        self.let_types.insert(id, value.ty);
        if self.comes_of_facts(&value) {
            self.lets_of_facts.insert(id);
        }
        values.insert(index, value);
        Some(())
    }

    /// The let or the measure that a name means.
    fn node_of(&self, name: &ast::Dotted) -> Option<usize> {
        match &name.tail {
            None => match self.find_symbol(&name.head.value) {
                Some(Symbol::Let(id)) => Some(id.index()),
                _ => None,
            },
            // A value of an enum may be called like a measure.
            Some(_) if self.enum_names.contains_key(&name.head.value) => None,
            // A fact goes first.
            Some(tail) if self.fact_names.contains_key(&tail.value) => None,
            Some(tail) => {
                let (id, _) = self.measure_names.get(&tail.value)?;
                Some(self.let_declarations.len() + id.index())
            }
        }
    }

    fn push_lets(&mut self, mut values: BTreeMap<usize, Expr>) {
        // One with a mistake keeps its number; nothing refers to it, and there is no ruleset in the end.
        let never = |span| Expr { span, ty: Type::Bool, kind: ExprKind::Literal(model::Value::Bool(false)) };
        for declared in self.let_declarations.clone() {
            let value = values.remove(&self.lets.len()).unwrap_or_else(|| never(declared.value.span));
            self.lets.push(Let { name: declared.name.value.clone(), value, of: None });
        }
        for (number, drafted) in self.drafted.iter().enumerate() {
            let of = Id::new(number);
            for channel in &drafted.for_each.channels {
                let name = format!("{}.{}", self.channels[*channel].name, drafted.declared.name.value);
                let span = drafted.declared.value.span;
                let value = values.remove(&self.lets.len()).unwrap_or_else(|| never(span));
                self.lets.push(Let { name: name.into(), value, of: Some((of, *channel)) });
            }
        }
    }

    fn let_value(&mut self, declared: &ast::Let) -> Option<Expr> {
        let scope = Scope::plain("a let");
        let Some(written) = &declared.ty else {
            if self.let_lacks_type(declared) {
                return None;
            }
            let value = self.expr(&declared.value, None, &scope)?;
            return self.check_size(value);
        };
        let ty = self.ty(written);
        let expected = match ty {
            Some(Type::Enum(id) | Type::Set(id)) => Some(id),
            _ => None,
        };
        let value = self.expr(&declared.value, expected, &scope)?;
        let value = self.of_declared_type(value, ty?, written.span)?;
        self.check_size(value)
    }

    /// Brings a value to the type that is declared for it.
    fn of_declared_type(&mut self, value: Expr, ty: Type, declared: Span) -> Option<Expr> {
        match (ty, value.ty) {
            (Type::Number(wanted), Type::Number(found)) => {
                if wanted.whole && !found.whole {
                    self.report(
                        Diagnostic::new(
                            Code::NotWhole,
                            value.span,
                            "expected a whole number, found one that may be a fraction",
                        )
                        .here("may be a fraction")
                        .also(declared, "declared as whole"),
                    );
                    return None;
                }
                self.convert(value, wanted.unit, None)
            }
            (ty, found) if ty == found => Some(value),
            (ty, found) => {
                let found = self.type_words(found);
                self.mismatch(value.span, ty, &found);
                None
            }
        }
    }

    /// Finds which channels have each measure.
    fn draft_measures(&mut self) {
        let mut first = self.let_declarations.len();
        for declared in self.measure_declarations.clone() {
            let ty = match self.ty(&declared.ty) {
                Some(Type::Number(ty)) => Some(ty),
                Some(ty) => {
                    let message = format!("a measure is a number, not {}", self.type_words(ty));
                    self.report(
                        Diagnostic::new(Code::TypeMismatch, declared.ty.span, message)
                            .here("not a number")
                            .note("what is true or false of a channel is asked by a rule for each channel"),
                    );
                    None
                }
                None => None,
            };
            let owner = super::texts::Owner::new("measure", &declared.name);
            let title = self.words(&owner, "title", declared.title.as_ref());
            let for_each = self.for_each(&declared.for_each);
            let count = for_each.channels.len();
            self.drafted.push(Drafted { declared, title, ty, for_each, first, sound: false });
            first += count;
        }
    }

    fn define_measure(
        &mut self,
        number: usize,
        declared: &ast::Measure,
        values: &mut BTreeMap<usize, Expr>,
    ) -> Option<()> {
        let drafted = self.drafted.get(number)?;
        let (for_each, first, ty) = (drafted.for_each.clone(), drafted.first, drafted.ty);
        let scope = Scope {
            variable: Some(for_each.variable.clone()),
            each: for_each.channels.clone(),
            ..Scope::plain("a measure")
        };
        let value = self.expr(&declared.value, None, &scope)?;
        let value = self.of_declared_type(value, Type::Number(ty?), declared.ty.span)?;
        let value = match for_each.filter {
            None => value,
            // A channel that `where` leaves out has no such number.
            Some(filter) => {
                let nothing = Expr::no_number(value.span, value.ty);
                let (span, ty) = (value.span, value.ty);
                Expr { span, ty, kind: ExprKind::If(Box::new([filter, value, nothing])) }
            }
        };
        for (place, channel) in for_each.channels.iter().enumerate() {
            let value = self.check_size(self.on_channel(&value, *channel))?;
            self.settle_let(first + place, value, values)?;
        }
        self.drafted.get_mut(number)?.sound = true;
        Some(())
    }

    /// An expression over a variable, said of a channel.
    fn on_channel(&self, expr: &Expr, channel: Id<Channel>) -> Expr {
        let mut expr = expr.clone();
        expr.walk_mut(&mut |part| match &mut part.kind {
            ExprKind::Fact(fact) => fact.channel = fact.channel.or(Some(channel)),
            ExprKind::OfChannel(_) => *part = part.of_channel(Some(channel)).clone(),
            _ => {}
        });
        expr
    }

    /// A measure of a channel, of a mix or of the variable.
    pub(super) fn measure_of(
        &mut self,
        span: Span,
        of: Option<TargetRef>,
        name: &ast::Name,
        scope: &Scope,
    ) -> Option<Expr> {
        let id = self.look_up(|c| &c.measure_names, &MEASURE, name)?;
        self.may_read(name, scope)?;
        let (ty, sound) = self.drafted.get(id.index()).map(|drafted| (drafted.ty, drafted.sound))?;
        let ty = Type::Number(ty.filter(|_| sound)?);
        let kind = match of? {
            TargetRef::Variable => {
                let mut each = Vec::new();
                for channel in scope.each.clone() {
                    let of = self.let_of(id, Target::Channel(channel), name, channel)?;
                    each.push((channel, Expr { span, ty, kind: ExprKind::Let(of) }));
                }
                ExprKind::OfChannel(each)
            }
            TargetRef::Named(Target::Channel(channel)) => {
                ExprKind::Let(self.let_of(id, Target::Channel(channel), name, channel)?)
            }
            TargetRef::Named(target @ Target::Mix(mix)) => {
                if self.drafted.get(id.index())?.declared.sums.is_none() {
                    let message = format!("no mix has the measure `{}`", name.value);
                    self.report(
                        Diagnostic::new(Code::UnknownMeasure, name.span, message)
                            .here("of channels alone")
                            .note("a mix has the sum of its members' where the measure says `mixes sum`"),
                    );
                    return None;
                }
                let members = self.mixes[mix].members.clone();
                let lets: Vec<_> =
                    members.into_iter().map(|member| self.let_of(id, target, name, member)).collect();
                return Some(total(span, ty, lets.into_iter().collect::<Option<Vec<_>>>()?));
            }
        };
        Some(Expr { span, ty, kind })
    }

    /// The let that a measure is of a channel, or of the channel as a member; reports one that does not have it.
    fn let_of(
        &mut self,
        id: Id<Measure>,
        of: Target,
        name: &ast::Name,
        channel: Id<Channel>,
    ) -> Option<Id<Let>> {
        let drafted = self.drafted.get(id.index())?;
        if let Some(found) = drafted.on(channel) {
            return Some(found);
        }
        let declared = drafted.declared.name.span;
        let whose = match of {
            Target::Channel(_) => String::new(),
            Target::Mix(mix) => format!(", a member of `{}`,", self.mixes[mix].name),
        };
        let message = format!("`{}`{whose} has no measure `{}`", self.channels[channel].name, name.value);
        self.report(
            Diagnostic::new(Code::UnknownMeasure, name.span, message)
                .here("not of this channel")
                .also(declared, "the measure, and the channels that it is for")
                .note("name the channels that have it: `for each c in {…}`"),
        );
        None
    }

    /// Whether a measure is the lowest, or the highest, of all channels that are not excluded.
    pub(super) fn extreme_of(
        &mut self,
        span: Span,
        subject: &ast::Expr,
        highest: bool,
        scope: &Scope,
    ) -> Option<Expr> {
        let word = if highest { "highest" } else { "lowest" };
        let ast::ExprKind::Path(ast::Dotted { head, tail: Some(tail) }, _) = &subject.kind else {
            if let ast::ExprKind::Group(inner) = &subject.kind {
                return self.extreme_of(span, inner, highest, scope);
            }
            let message = format!("`is {word}` asks a measure of a channel");
            self.report(
                Diagnostic::new(Code::TypeMismatch, subject.span, message)
                    .here("not a measure of a channel")
                    .note("name both: `CHANNEL.MEASURE`"),
            );
            return None;
        };
        if self.fact_names.contains_key(&tail.value) {
            let message = format!("`{}` is a fact, not a measure", tail.value);
            self.report(
                Diagnostic::new(Code::TypeMismatch, tail.span, message).here("a fact").note(format!(
                    "make a measure of it: `measure NAME: TYPE for each c = c.{}`",
                    tail.value
                )),
            );
            return None;
        }
        let found = self.expr(subject, None, scope)?;
        if matches!(found.kind, ExprKind::Sum(_)) {
            let message = format!("only a measure of a channel is the {word}, not one of a mix");
            self.report(Diagnostic::new(Code::TypeMismatch, head.span, message).here("a mix"));
            return None;
        }
        if !scope.may_ask {
            let message = format!("only a rule asks whether a measure is the {word}, not {}", scope.place);
            self.report(
                Diagnostic::new(Code::MisplacedQuestion, span, message)
                    .here("asked here")
                    .note("it depends on which channels are excluded"),
            );
            return None;
        }
        let (id, _) = *self.measure_names.get(&tail.value)?;
        let channel = match (&found.kind, self.find_symbol(&head.value)) {
            (ExprKind::OfChannel(_), _) => None,
            (_, Some(Symbol::Channel(channel))) => Some(channel),
            _ => return None,
        };
        if self.lets_of(id).count() > MAX_SPELLED_OUT {
            let kind = ExprKind::Leads(channel, self.race(id, highest));
            return Some(Expr { span, ty: Type::Bool, kind });
        }
        match found.kind {
            ExprKind::OfChannel(each) => {
                let each = each.into_iter();
                let each = each.map(|(channel, _)| (channel, self.leads(span, id, channel, highest)));
                Some(Expr { span, ty: Type::Bool, kind: ExprKind::OfChannel(each.collect()) })
            }
            _ => channel.map(|channel| self.leads(span, id, channel, highest)),
        }
    }

    /// Who is compared by a measure.
    fn race(&mut self, id: Id<Measure>, highest: bool) -> Arc<Race> {
        if let Some(known) = self.races.get(&(id, highest)) {
            return Arc::clone(known);
        }
        let entrants: Vec<Entrant> = self.entrants(id).collect();
        let fields = entrants.iter().flat_map(|entrant| self.fields_of(&entrant.value)).collect();
        let race = Arc::new(Race { measure: id, highest, fields, entrants });
        self.races.insert((id, highest), Arc::clone(&race));
        race
    }

    /// The channels that have a measure. Nobody wrote the parts: they have no text of their own.
    fn entrants(&self, id: Id<Measure>) -> impl Iterator<Item = Entrant> {
        let drafted = self.drafted.get(id.index()).expect("a measure that is named is drafted");
        let span = drafted.declared.name.span.before();
        let ty = Type::Number(drafted.ty.expect("a measure that can be read has a type"));
        drafted.for_each.channels.iter().zip(self.lets_of(id)).map(move |(channel, value)| {
            let target = TargetRef::Named(Target::Channel(*channel));
            let filter = drafted.for_each.filter.as_ref().map(|filter| self.on_channel(filter, *channel));
            let truth = |kind| Expr { span, ty: Type::Bool, kind };
            let eligible = truth(ExprKind::Excluded(target, true));
            let takes_part = match filter {
                Some(filter) => truth(ExprKind::And(vec![filter, eligible])),
                None => eligible,
            };
            let value = Expr { span, ty, kind: ExprKind::Let(value) };
            Entrant { channel: *channel, takes_part, value }
        })
    }

    /// The same spelled out: the channel has the measure and is not excluded, and of each other channel that has it: it is
    /// excluded, or has no less, or no more.
    fn leads(&self, span: Span, id: Id<Measure>, channel: Id<Channel>, highest: bool) -> Expr {
        let drafted = self.drafted.get(id.index()).expect("a measure that is named is drafted");
        // Nobody wrote the parts: they have no text of their own.
        let unwritten = span.before();
        let truth = |kind| Expr { span: unwritten, ty: Type::Bool, kind };
        let excluded = |of, not| truth(ExprKind::Excluded(TargetRef::Named(Target::Channel(of)), not));
        let filter = |of| drafted.for_each.filter.as_ref().map(|filter| self.on_channel(filter, of));
        let value = |of| {
            let id = drafted.on(of).expect("the channels are those of the measure");
            let ty = drafted.ty.expect("a measure that can be read has a type");
            Box::new(Expr { span: unwritten, ty: Type::Number(ty), kind: ExprKind::Let(id) })
        };
        let op = if highest { CompareOp::AtLeast } else { CompareOp::AtMost };
        let others = drafted.for_each.channels.iter().copied().filter(|other| *other != channel);
        let others = others.map(|other| {
            let compared = truth(ExprKind::Compare(op, value(channel), value(other)));
            let left_out = filter(other).map(|filter| truth(ExprKind::Not(Box::new(filter))));
            let parts = [excluded(other, false)].into_iter().chain(left_out).chain([compared]);
            truth(ExprKind::Or(parts.collect()))
        });
        let own = filter(channel).into_iter().chain([excluded(channel, true)]);
        Expr { span, ..truth(ExprKind::And(own.chain(others).collect())) }
    }

    /// The measures, once all rules are known.
    pub(super) fn finished_measures(&self, ranks: &[RankBy]) -> model::Arena<Measure> {
        let mut measures = model::Arena::default();
        for (number, drafted) in self.drafted.iter().enumerate() {
            let Some(ty) = drafted.ty.filter(|_| drafted.sound) else { continue };
            // Nobody wrote these: they go by the names of the channels.
            let span = drafted.declared.name.span.before();
            let of_let = |of| Expr { span, ty: Type::Number(ty), kind: ExprKind::Let(of) };
            let channels = drafted.for_each.channels.iter().copied();
            let mut of: BTreeMap<Target, Expr> = channels
                .filter_map(|channel| Some((Target::Channel(channel), of_let(drafted.on(channel)?))))
                .collect();
            if drafted.declared.sums.is_some() {
                let mixes = self.mixes.entries().filter_map(|(mix, declared)| {
                    let lets: Option<Vec<_>> = declared.members.iter().map(|id| drafted.on(*id)).collect();
                    Some((Target::Mix(mix), total(span, Type::Number(ty), lets?)))
                });
                of.extend(mixes);
            }
            let ranks = ranks.contains(&RankBy::Measure(Id::new(number)));
            let compared = if ranks { compared(&of) } else { BTreeMap::new() };
            measures.push(Measure {
                name: drafted.declared.name.value.clone(),
                span: drafted.declared.name.span,
                title: drafted.title.clone(),
                ty,
                for_each: drafted.for_each.clone(),
                higher: drafted.declared.higher == Some(true),
                sums: drafted.declared.sums.is_some(),
                of,
                compared,
            });
        }
        measures
    }

    /// What targets are ranked by.
    pub(super) fn ranking(&mut self) -> Vec<RankBy> {
        let Some(names) = self.header.and_then(|header| header.rank.as_ref()) else {
            return vec![RankBy::Score];
        };
        let mut ranks: Vec<(RankBy, Span)> = Vec::new();
        for name in &names.value {
            let rank = match &*name.value {
                "score" => Some(RankBy::Score),
                _ => self.look_up(|c| &c.measure_names, &MEASURE, name).map(RankBy::Measure),
            };
            let Some(rank) = rank else { continue };
            if let Some((_, first)) = ranks.iter().find(|(other, _)| *other == rank) {
                let message = format!("`{}` is named twice", name.value);
                let diagnostic = Diagnostic::new(Code::DuplicateName, name.span, message);
                self.report(diagnostic.here("the second time").also(*first, "the first"));
                continue;
            }
            ranks.push((rank, name.span));
        }
        ranks.into_iter().map(|(rank, _)| rank).collect()
    }

    /// What is read of a channel: a fact, or a measure.
    pub(super) fn is_measure(&self, name: &ast::Name) -> bool {
        self.measure_names.contains_key(&name.value) && !self.fact_names.contains_key(&name.value)
    }
}

/// Each two targets of one kind compared by a measure.
fn compared(of: &BTreeMap<Target, Expr>) -> BTreeMap<(Target, Target), Expr> {
    if of.len() > MAX_COMPARED {
        return BTreeMap::new();
    }
    let kind = |target: &Target| matches!(target, Target::Channel(_));
    let pairs = of.iter().flat_map(|one| of.iter().map(move |other| (one, other)));
    let pairs = pairs.filter(|((one, _), (other, _))| kind(one) == kind(other));
    let pairs = pairs.map(|((one, a), (other, b))| {
        let kind = ExprKind::Compare(CompareOp::AtMost, Box::new(a.clone()), Box::new(b.clone()));
        ((*one, *other), Expr { span: a.span.before(), ty: Type::Bool, kind })
    });
    pairs.collect()
}

/// The sum of a measure of channels.
fn total(span: Span, ty: Type, lets: Vec<Id<Let>>) -> Expr {
    let terms = lets.into_iter().map(|id| (Sign::Plus, Expr { span, ty, kind: ExprKind::Let(id) }));
    Expr { span, ty, kind: ExprKind::Sum(terms.collect()) }
}

/// Lists the names that an expression mentions: each bare one, or what stands before and behind a point.
fn mentioned<'a>(expr: &'a ast::Expr, names: &mut Vec<&'a ast::Dotted>) {
    use ast::ExprKind as E;
    let mut all = |parts: &mut dyn Iterator<Item = &'a ast::Expr>| {
        for part in parts {
            mentioned(part, names);
        }
    };
    match &expr.kind {
        E::Quantity(_) | E::Text(_) | E::Date(_) | E::Bool(_) | E::Today | E::Broken => {}
        E::Path(name, indexes) => {
            all(&mut indexes.iter());
            names.push(name);
        }
        E::Set(parts) | E::Call(_, parts) | E::And(parts) | E::Or(parts) => all(&mut parts.iter()),
        E::Group(a) | E::Not(a) | E::Negate(a) | E::Is(a, _) => mentioned(a, names),
        E::Compare(a, _, b) | E::Has(a, _, b) => all(&mut [&**a, &**b].into_iter()),
        E::Sum(terms) => all(&mut terms.iter().map(|(_, term)| term)),
        E::Product(first, factors) => {
            all(&mut std::iter::once(&**first).chain(factors.iter().map(|(_, factor)| factor)));
        }
        E::In(subject, _, within) => {
            mentioned(subject, names);
            match &**within {
                ast::InKind::Set(members) => members.iter().for_each(|member| mentioned(member, names)),
                ast::InKind::Of(set) => mentioned(set, names),
                ast::InKind::Range(range) => {
                    range.low.iter().chain(&range.high).for_each(|bound| mentioned(bound, names));
                }
            }
        }
        E::If(parts) => all(&mut parts.iter()),
    }
}
