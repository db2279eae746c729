//! Parameters with some of their entries as the old ruleset has them.

use std::collections::{BTreeMap, BTreeSet};

use super::channels::{Parts, in_sheets};
use super::{Declared, Edit, Key, Patches, Undo};
use crate::analyse::pieces::Pieces;
use crate::analyse::settings::{entry_of, holds_on};
use qudao_language::source::Span;
use qudao_language::syntax::ast::{Declaration, DeclarationKind, Parameter};

/// The parameters as they are written: the ruleset's own goes before that of its base.
fn written(pieces: &Pieces) -> BTreeMap<&str, (&Declaration, &Parameter)> {
    let mut found = BTreeMap::new();
    for declaration in pieces.layers().into_iter().flatten() {
        if let DeclarationKind::Parameter(parameter) = declaration.plain() {
            found.entry(&*parameter.name.value).or_insert((declaration, parameter));
        }
    }
    found
}

impl Undo<'_> {
    /// Undoes what of the edits is of parameters; nothing where that cannot be done.
    pub(super) fn parameters(
        &self,
        edits: &[Edit],
        undone: &[&Edit],
        found: &mut BTreeSet<Key>,
        (patches, added): (&mut Patches, &mut String),
    ) -> Option<()> {
        let name = |entry: &'_ str| entry.split_once('[').map_or(entry, |(name, _)| name).to_string();
        let is_one = |edit: &&Edit| edit.declared == Declared::Parameter;
        let key = |entry: &str| (String::new(), entry.to_string());
        let mut parts: BTreeMap<String, Parts<'_>> = BTreeMap::new();
        let (was, is) = (written(&self.pieces[0]), written(&self.pieces[1]));
        let sheets = [in_sheets(&self.pieces[0]), in_sheets(&self.pieces[1])];
        let in_sheet = |entry: &str| sheets[0].get(&key(entry)).into_iter().flatten().copied();
        for edit in undone.iter().copied().filter(is_one) {
            found.insert((edit.declared, edit.name.clone()));
            if let Some(cells) = sheets[1].get(&key(&edit.name)) {
                let own = was.get(name(&edit.name).as_str()).into_iter().flat_map(|(_, it)| &it.statements);
                let own = own.filter(|statement| entry_of(statement) == edit.name);
                let (place, cell) = self.cell(cells, own.chain(in_sheet(&edit.name)))?;
                patches.insert(place, cell);
                continue;
            }
            parts.entry(name(&edit.name)).or_default().entries.insert(&edit.name);
        }
        if self.old.1 != self.new.1 {
            // With the day, only what was undone may have the values of the old day.
            for edit in edits.iter().filter(is_one) {
                if sheets[1].contains_key(&key(&edit.name)) {
                    return None;
                }
                let of = parts.entry(name(&edit.name)).or_default();
                if !of.entries.contains(edit.name.as_str()) {
                    of.pinned.insert(&edit.name);
                }
            }
        }
        for (name, parts) in &parts {
            match (was.get(name.as_str()), is.get(name.as_str())) {
                (before, Some((declaration, now))) => {
                    let before = before.map_or(&[][..], |(_, before)| &before.statements);
                    let mut lines = self.stated(before, &now.statements, parts);
                    for entry in &parts.entries {
                        let cells = in_sheet(entry).filter(|statement| holds_on(statement, self.old.1));
                        lines.extend(cells.map(|cell| {
                            let index = entry.get(name.len()..).unwrap_or("");
                            self.under_new_names(&format!(
                                "{index} = {}",
                                self.pieces[0].written(&cell.value)
                            ))
                        }));
                    }
                    let (head, lines) = (self.head(declaration, now), lines.join("\n"));
                    patches.insert(declaration.span, format!("{head} {{\n{lines}\n}}\n"));
                }
                (Some((before, _)), None) => added.push_str(&(self.old_text(before.span) + "\n")),
                (None, None) => {}
            }
        }
        Some(())
    }

    /// What stands before the values of a parameter of the new ruleset: up to its type, or its name in an override.
    fn head(&self, declaration: &Declaration, parameter: &Parameter) -> String {
        let end = parameter.ty.as_ref().map_or(parameter.name.span.end, |ty| ty.span.end);
        self.pieces[1].slice(Span { end, ..declaration.span }).to_string()
    }
}
