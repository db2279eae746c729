//! Which parts of an expression make it come out as it does.

use std::collections::BTreeMap;

use super::judged::Truth;
use super::trace::Trace;
use crate::model::{ExprKind, Id, Let};

/// What lets stand for, taken out of a trace.
type Bodies<'r> = BTreeMap<Id<Let>, Vec<Trace<'r>>>;

/// Marks the parts that decide. A let, which is followed once, is followed where it decides, if it does anywhere.
pub(super) fn mark(trace: &mut Trace<'_>) {
    let mut bodies = Bodies::new();
    take_out(trace, &mut bodies);
    decide(trace, &mut bodies);
    put_back(trace, &mut bodies);
}

/// Takes the marks away from conditions that hold together and of which another decides: of `where` and `when` that are
/// false together, the first that is false.
pub(super) fn join(traces: &mut [Trace<'_>]) {
    let is_false = |trace: &Trace<'_>| trace.judged().is_some_and(|judged| judged.truth == Truth::False);
    let Some(first) = traces.iter().position(is_false) else { return };
    for (_, other) in traces.iter_mut().enumerate().filter(|(place, _)| *place != first) {
        unmark(other);
    }
}

fn unmark(trace: &mut Trace<'_>) {
    trace.decides = false;
    trace.parts.iter_mut().for_each(unmark);
}

fn take_out<'r>(trace: &mut Trace<'r>, bodies: &mut Bodies<'r>) {
    trace.parts.iter_mut().for_each(|part| take_out(part, bodies));
    if let (ExprKind::Let(id), false) = (&trace.expr.kind, trace.parts.is_empty()) {
        bodies.insert(*id, std::mem::take(&mut trace.parts));
    }
}

fn decide<'r>(trace: &mut Trace<'r>, bodies: &mut Bodies<'r>) {
    trace.decides = true;
    follow(trace, bodies);
    let deciding = deciding(trace);
    for (place, part) in trace.parts.iter_mut().enumerate() {
        if deciding.has(place) {
            decide(part, bodies);
        }
    }
}

fn put_back<'r>(trace: &mut Trace<'r>, bodies: &mut Bodies<'r>) {
    follow(trace, bodies);
    trace.parts.iter_mut().for_each(|part| put_back(part, bodies));
}

fn follow<'r>(trace: &mut Trace<'r>, bodies: &mut Bodies<'r>) {
    if let (ExprKind::Let(id), true) = (&trace.expr.kind, trace.parts.is_empty()) {
        trace.parts = bodies.remove(id).unwrap_or_default();
    }
}

/// Which of the parts of one decide.
#[derive(Clone, Copy)]
enum Deciding {
    All,
    /// One of them alone.
    One(usize),
    /// Of an `if`: the condition, and the branch that is taken, if one is.
    Branch(Option<usize>),
}

impl Deciding {
    fn has(self, place: usize) -> bool {
        match self {
            Deciding::All => true,
            Deciding::One(one) => place == one,
            Deciding::Branch(branch) => place == 0 || Some(place) == branch,
        }
    }
}

/// One false part makes an `and` false, one true part an `or` true: the first. A value needs all that it is made of.
fn deciding(trace: &Trace<'_>) -> Deciding {
    let first = |truth: Truth| {
        let mut truths = trace.parts.iter().map(|part| part.judged().map(|judged| judged.truth));
        truths.position(|of_part| of_part == Some(truth)).map_or(Deciding::All, Deciding::One)
    };
    match &trace.expr.kind {
        ExprKind::And(_) => first(Truth::False),
        ExprKind::Or(_) | ExprKind::Earlier(..) => first(Truth::True),
        ExprKind::If(_) => Deciding::Branch(trace.taken().map(|yes| if yes { 1 } else { 2 })),
        _ => Deciding::All,
    }
}
