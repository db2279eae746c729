//! Channels with some of what they state as the old ruleset has it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Declared, Edit, Key, Patches, Undo};
use crate::analyse::pieces::Pieces;
use crate::analyse::settings::{entry_of as entry, holds_on};
use qudao_language::check::inherit;
use qudao_language::source::Span;
use qudao_language::syntax::ast::{Channel, Declaration, DeclarationKind, Statement};

/// A channel as it is written.
struct Written<'d> {
    declaration: &'d Declaration,
    /// With what it takes from the channel that it is like.
    channel: Channel,
    is_override: bool,
}

fn written<'d>(pieces: &'d Pieces) -> BTreeMap<String, Written<'d>> {
    let mut found = BTreeMap::new();
    for declaration in pieces.layers().into_iter().flatten() {
        if let DeclarationKind::Channel(channel) = declaration.plain() {
            let is_override = matches!(declaration.kind, DeclarationKind::Override(_));
            let written = Written { declaration, channel: channel.clone(), is_override };
            // The ruleset's own goes before that of its base.
            found.entry(channel.name.value.to_string()).or_insert(written);
        }
    }
    let mut channels: Vec<Channel> =
        found.values().map(|written: &Written<'_>| written.channel.clone()).collect();
    inherit(&mut channels);
    for (written, channel) in found.values_mut().zip(channels) {
        written.channel = channel;
    }
    found
}

/// The channels that a variant is like, the nearest first.
fn variant_of<'w>(
    written: &'w BTreeMap<String, Written<'_>>,
    name: &'w str,
) -> impl Iterator<Item = &'w str> {
    let like = |name: &str| Some(&*written.get(name)?.channel.like.as_ref()?.value);
    std::iter::successors(like(name), move |base| like(base)).take(written.len())
}

/// The statements of an entry in sheets, nearest first: what a channel states itself in a nearer layer goes before. Those
/// of parameters stand under no channel.
pub(super) fn in_sheets(pieces: &Pieces) -> BTreeMap<(String, String), Vec<&Statement>> {
    let mut found: BTreeMap<(String, String), Vec<&Statement>> = BTreeMap::new();
    for layer in pieces.layers() {
        let mut of_layer: BTreeMap<(String, String), Vec<&Statement>> = BTreeMap::new();
        for declaration in layer {
            let (channels, is_sheet) = match declaration.plain() {
                DeclarationKind::Channel(channel) => (std::slice::from_ref(channel), false),
                _ => (pieces.sheet(declaration), true),
            };
            for channel in channels {
                for statement in &channel.statements {
                    let key = (channel.name.value.to_string(), entry(statement));
                    of_layer.entry(key).or_default().extend(is_sheet.then_some(statement));
                }
            }
        }
        for (key, statements) in of_layer {
            found.entry(key).or_insert(statements);
        }
    }
    found.retain(|_, statements| !statements.is_empty());
    found
}

/// What of a channel or a parameter is undone.
#[derive(Default)]
pub(super) struct Parts<'e> {
    /// The entries that have the value of the old day, and those that keep that of the new day whatever the day is.
    pub(super) entries: BTreeSet<&'e str>,
    pub(super) pinned: BTreeSet<&'e str>,
    needs: bool,
    owned: bool,
    whole: bool,
}

impl Undo<'_> {
    /// Undoes what of the edits is of channels; nothing where that cannot be done.
    pub(super) fn channels(
        &self,
        edits: &[Edit],
        undone: &[&Edit],
        found: &mut BTreeSet<Key>,
        (patches, added): (&mut Patches, &mut String),
    ) -> Option<()> {
        let mut parts: BTreeMap<&str, Parts<'_>> = BTreeMap::new();
        let mut reorder = false;
        let names: BTreeMap<&str, &str> = self.renames.names().map(|(from, to)| (to, from)).collect();
        let sheets = [in_sheets(&self.pieces[0]), in_sheets(&self.pieces[1])];
        let was = written(&self.pieces[0]);
        let old_of = |name: &str| was.get(names.get(name).copied().unwrap_or(name));
        let old_key = |channel: &str, entry: &str| {
            (names.get(channel).copied().unwrap_or(channel).to_string(), entry.to_string())
        };
        for edit in undone.iter().filter(|edit| !edit.is_rename()) {
            match (edit.declared, edit.part) {
                (Declared::Fact, _) => {
                    let (channel, entry) = edit.name.split_once('.')?;
                    let key = (channel.to_string(), entry.to_string());
                    let Some(cells) = sheets[1].get(&key) else {
                        parts.entry(channel).or_default().entries.insert(entry);
                        found.insert((edit.declared, edit.name.clone()));
                        continue;
                    };
                    let own = old_of(channel).into_iter().flat_map(|written| &written.channel.statements);
                    let own = own.filter(|statement| self::entry(statement) == entry);
                    let old =
                        own.chain(sheets[0].get(&old_key(channel, entry)).into_iter().flatten().copied());
                    let (place, cell) = self.cell(cells, old)?;
                    patches.insert(place, cell);
                }
                (Declared::Channel, Some("order")) => reorder = true,
                (Declared::Channel, Some("needs")) => parts.entry(&edit.name).or_default().needs = true,
                (Declared::Channel, Some("owned when")) => parts.entry(&edit.name).or_default().owned = true,
                (Declared::Channel, None) => parts.entry(&edit.name).or_default().whole = true,
                _ => continue,
            }
            found.insert((edit.declared, edit.name.clone()));
        }
        if self.old.1 != self.new.1 {
            // With the day, only what was undone may have the values of the old day.
            let facts = edits.iter().filter(|edit| edit.declared == Declared::Fact);
            for (channel, entry) in facts.filter_map(|edit| edit.name.split_once('.')) {
                if sheets[1].contains_key(&(channel.to_string(), entry.to_string())) {
                    return None;
                }
                let of = parts.entry(channel).or_default();
                if !of.entries.contains(entry) {
                    of.pinned.insert(entry);
                }
            }
        }
        let is = written(&self.pieces[1]);
        // What a channel says anew, those that are like it would say too: each says all of its own instead.
        for name in is.keys() {
            if variant_of(&is, name).any(|base| parts.contains_key(base)) {
                parts.entry(name).or_default();
                if !sheets[1].is_empty() {
                    return None;
                }
            }
        }
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for (name, parts) in &parts {
            let in_sheet = parts.entries.iter().flat_map(|entry| {
                let cells = sheets[0].get(&old_key(name, entry)).into_iter().flatten();
                let cells = cells.filter(|statement| holds_on(statement, self.old.1));
                cells.map(move |cell| format!("{entry} = {}", self.pieces[0].written(&cell.value)))
            });
            let in_sheet: Vec<String> = in_sheet.map(|line| self.under_new_names(&line)).collect();
            match (old_of(name), is.get(*name)) {
                (Some(before), Some(now)) if !parts.whole => {
                    texts.insert(*name, self.rebuilt(Some(before), now, parts, in_sheet));
                }
                (None, Some(now)) if parts.whole => {
                    patches.insert(now.declaration.span, String::new());
                }
                (None, Some(now)) => {
                    texts.insert(*name, self.rebuilt(None, now, parts, in_sheet));
                }
                (Some(before), None) => {
                    let all = before.channel.statements.iter();
                    let lines = all.filter(|statement| holds_on(statement, self.old.1));
                    let lines = lines.map(|statement| self.value(0, statement)).collect();
                    added.push_str(&self.channel(
                        name,
                        false,
                        lines,
                        (0, &before.channel),
                        (0, &before.channel),
                    ));
                }
                _ => return None,
            }
        }
        self.place(reorder, &is, &was, texts, patches)
    }

    /// Puts the channels into their places, in the old order if that is undone.
    fn place(
        &self,
        reorder: bool,
        is: &BTreeMap<String, Written<'_>>,
        was: &BTreeMap<String, Written<'_>>,
        mut texts: BTreeMap<&str, String>,
        patches: &mut Patches,
    ) -> Option<()> {
        if reorder {
            let place = |channel: &Written<'_>| channel.declaration.span;
            let mut both: Vec<&String> = is
                .keys()
                .filter(|name| was.contains_key(*name) && !patches.contains_key(&place(&is[*name])))
                .collect();
            both.sort_by_key(|name| place(&is[*name]));
            let places: Vec<Span> = both.iter().map(|name| place(&is[*name])).collect();
            // Files stand in the order of their import, which their numbers follow.
            both.sort_by_key(|name| place(&was[*name]));
            for (name, place) in both.into_iter().zip(places) {
                let own = || self.pieces[1].slice(is[name].declaration.span).to_string();
                patches.insert(place, texts.remove(name.as_str()).unwrap_or_else(own));
            }
        }
        for (name, text) in texts {
            patches.insert(is.get(name)?.declaration.span, text);
        }
        Some(())
    }

    /// A channel of the new ruleset with some parts of the old one.
    fn rebuilt(
        &self,
        before: Option<&Written<'_>>,
        now: &Written<'_>,
        parts: &Parts<'_>,
        mut lines: Vec<String>,
    ) -> String {
        let was = before.map_or(&[][..], |before| &before.channel.statements);
        lines.extend(self.stated(was, &now.channel.statements, parts));
        let of = |is_old: bool| match before {
            Some(before) if is_old => (0, &before.channel),
            _ => (1, &now.channel),
        };
        self.channel(&now.channel.name.value, now.is_override, lines, of(parts.needs), of(parts.owned))
    }

    /// The cell of a sheet that states an entry, and what stands there where the entry is undone.
    pub(super) fn cell<'s>(
        &self,
        cells: &[&Statement],
        old: impl Iterator<Item = &'s Statement>,
    ) -> Option<(Span, String)> {
        let old = old.filter(|statement| holds_on(statement, self.old.1));
        let old = old.map(|statement| self.pieces[0].written(&statement.value)).next();
        let mut places = cells.iter().filter(|statement| holds_on(statement, self.new.1));
        let place = places.next()?.value.span;
        let text = self.under_new_names(&old.unwrap_or_default());
        Some((place, self.pieces[1].cell(place, &text)))
    }

    /// The statements of the new ruleset with some entries as the old one has them, a line each.
    pub(super) fn stated(&self, was: &[Statement], is: &[Statement], parts: &Parts<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        for statement in is {
            let entry = entry(statement);
            if parts.pinned.contains(entry.as_str()) {
                if holds_on(statement, self.new.1) {
                    lines.push(self.value(1, statement));
                }
            } else if !parts.entries.contains(entry.as_str()) {
                lines.push(self.pieces[1].slice(statement.span).to_string());
            }
        }
        for statement in was {
            if parts.entries.contains(entry(statement).as_str()) && holds_on(statement, self.old.1) {
                lines.push(self.value(0, statement));
            }
        }
        lines
    }

    /// A statement without its days and sources.
    fn value(&self, side: usize, statement: &Statement) -> String {
        let span = Span { end: statement.value.span.end, ..statement.span };
        if side == 0 { self.old_text(span) } else { self.pieces[1].slice(span).to_string() }
    }

    fn channel(
        &self,
        name: &str,
        is_override: bool,
        mut lines: Vec<String>,
        needs: (usize, &Channel),
        owned: (usize, &Channel),
    ) -> String {
        let text = |side: usize, span: Span| match side {
            0 => self.old_text(span),
            _ => self.pieces[1].slice(span).to_string(),
        };
        lines.extend(needs.1.needs.iter().map(|clause| text(needs.0, clause.span)));
        lines.extend(owned.1.owned.iter().map(|expr| format!("owned when {}", text(owned.0, expr.span))));
        let word = if is_override { "override " } else { "" };
        format!("{word}channel {name} {{\n{}\n}}\n", lines.join("\n"))
    }
}
