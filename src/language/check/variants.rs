//! Variants: channels that start with all that another states.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cycles::{self, Link};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{self, Declaration, DeclarationKind};

/// Gives each variant what the channel states that it is like; reports circles.
pub(super) fn fill(declarations: &mut [Cow<'_, Declaration>]) -> Vec<Diagnostic> {
    let of = |declaration: &Cow<'_, Declaration>| match &declaration.kind {
        DeclarationKind::Channel(channel) => Some(channel.clone()),
        _ => None,
    };
    if !declarations.iter().any(|d| matches!(&d.kind, DeclarationKind::Channel(c) if c.like.is_some())) {
        return Vec::new();
    }
    let mut channels: Vec<ast::Channel> = declarations.iter().filter_map(of).collect();
    let mut diagnostics = Vec::new();
    let edges = edges(&channels);
    let groups = cycles::groups(&edges);
    for group in groups.iter().filter(|group| cycles::is_circle(group, &edges)) {
        let links = cycles::links(&cycles::circle(group, &edges), |from, to| {
            let (from, to) = (channels.get(from)?, channels.get(to)?);
            let place = from.like.as_ref()?.span;
            debug_assert_eq!(from.like.as_ref().map(|like| &like.value), Some(&to.name.value));
            Some(Link { name: &from.name.value, declared: from.name.span, place })
        });
        diagnostics.extend(cycles::report(links, "is like", "comes to be like itself", "channels"));
    }
    inherit(&mut channels);
    let places = declarations.iter_mut().filter(|d| matches!(d.kind, DeclarationKind::Channel(_)));
    for (place, channel) in places.zip(channels) {
        if channel.like.is_some() {
            place.to_mut().kind = DeclarationKind::Channel(channel);
        }
    }
    diagnostics
}

/// Which channel each is like, by number.
fn edges(channels: &[ast::Channel]) -> Vec<Vec<usize>> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, channel) in channels.iter().enumerate() {
        numbers.entry(&channel.name.value).or_insert(number);
    }
    let like = |channel: &ast::Channel| numbers.get(&*channel.like.as_ref()?.value).copied();
    channels.iter().map(|channel| like(channel).into_iter().collect()).collect()
}

/// Gives each variant among some channels what the one states that it is like; those in a circle stay as they are.
pub fn inherit(channels: &mut [ast::Channel]) {
    let edges = edges(channels);
    for group in cycles::groups(&edges) {
        let ([one], false) = (group.as_slice(), cycles::is_circle(&group, &edges)) else { continue };
        let Some(base) = edges.get(*one).and_then(|edges| edges.first()) else { continue };
        let Some(base) = channels.get(*base).cloned() else { continue };
        if let Some(channel) = channels.get_mut(*one) {
            start_with(channel, base);
        }
    }
}

/// What a variant states itself goes before what it starts with.
fn start_with(channel: &mut ast::Channel, base: ast::Channel) {
    let own: BTreeSet<(Arc<str>, Vec<Arc<str>>)> =
        channel.statements.iter().map(super::merge::entry).collect();
    let inherited =
        base.statements.into_iter().filter(|statement| !own.contains(&super::merge::entry(statement)));
    channel.statements.extend(inherited);
    if channel.needs.is_empty() {
        channel.needs = base.needs;
    }
    if channel.owned.is_none() {
        channel.owned = base.owned;
    }
}
