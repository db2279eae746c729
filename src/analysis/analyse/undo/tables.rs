//! Tables with some of their rows as the old ruleset has them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Declared, Edit, Key, Patches, Undo};
use qudao_language::model::{Ruleset, Table};
use qudao_language::source::Span;

impl Undo<'_> {
    /// Undoes what of the edits is of rows and tables; nothing where that cannot be done.
    pub(super) fn rows(
        &self,
        undone: &[&Edit],
        found: &mut BTreeSet<Key>,
        patches: &mut Patches,
    ) -> Option<()> {
        let (old, new) = (self.old.0, self.new.0);
        for now in new.tables.iter() {
            let prefix = format!("{}.", now.name);
            let of_rows = undone.iter().filter(|edit| {
                edit.declared == Declared::Rule && !edit.is_rename() && edit.name.starts_with(&prefix)
            });
            let of_rows: Vec<&&Edit> = of_rows.collect();
            let of_table =
                undone.iter().any(|edit| edit.declared == Declared::Table && edit.name == *now.name);
            if of_rows.is_empty() && !of_table {
                continue;
            }
            let before = old.tables.iter().find(|table| table.name == now.name)?;
            if of_table || heading(old, before) != heading(new, now) {
                // Nothing but the whole of it can be put back.
                patches.insert(self.own(now.span), self.old_line(before.span));
            } else {
                self.rows_of(before, now, &of_rows, patches)?;
            }
            found.extend(of_rows.iter().map(|edit| (edit.declared, edit.name.clone())));
            if of_table {
                found.insert((Declared::Table, now.name.to_string()));
            }
        }
        Some(())
    }

    fn rows_of(&self, before: &Table, now: &Table, edits: &[&&Edit], patches: &mut Patches) -> Option<()> {
        let (old, new) = (self.old.0, self.new.0);
        let changed: BTreeSet<&str> =
            edits.iter().filter(|edit| edit.part.is_some()).map(|edit| edit.name.as_str()).collect();
        let gone: BTreeSet<&str> = edits
            .iter()
            .filter(|edit| edit.part.is_none() && edit.old.is_some())
            .map(|edit| edit.name.as_str())
            .collect();
        let came: BTreeSet<&str> = edits
            .iter()
            .filter(|edit| edit.part.is_none() && edit.old.is_none())
            .map(|edit| edit.name.as_str())
            .collect();
        // The old row of each, and those that are gone behind the one that they stood behind.
        let mut of: BTreeMap<&str, Span> = BTreeMap::new();
        let mut behind: BTreeMap<Option<&str>, Vec<Span>> = BTreeMap::new();
        let mut last: Option<&str> = None;
        for row in &before.rows {
            let rule = &old.rules[*row];
            let name = self.renames.rules.get(row).map_or(&*rule.name, |name| name);
            if now.rows.iter().any(|row| &*new.rules[*row].name == name) {
                of.insert(name, rule.span);
                last = Some(name);
            } else if gone.contains(&*rule.name) {
                behind.entry(last).or_default().push(rule.span);
            }
        }
        let mut lines: Vec<String> = Vec::new();
        let put_back = |spans: Option<&Vec<Span>>, lines: &mut Vec<String>| {
            lines.extend(spans.into_iter().flatten().map(|span| self.old_line(*span)));
        };
        put_back(behind.get(&None), &mut lines);
        for row in &now.rows {
            let rule = &new.rules[*row];
            match of.get(&*rule.name) {
                Some(span) if changed.contains(&*rule.name) => lines.push(self.old_line(*span)),
                None if came.contains(&*rule.name) => {}
                _ => lines.push(new.files.slice(rule.span).to_string()),
            }
            put_back(behind.get(&Some(&*rule.name)), &mut lines);
        }
        let mut places = now.rows.iter().map(|row| self.own(new.rules[*row].span));
        patches.insert(places.next()?, lines.join("\n"));
        patches.extend(places.map(|place| (place, String::new())));
        Some(())
    }

    /// A span of the new ruleset's files, in the files that are patched.
    fn own(&self, span: Span) -> Span {
        let name = self.new.0.files.get(span.file).name();
        let file = self.pieces[1].sources.files().iter().find(|(_, file)| file.name() == name);
        Span { file: file.map(|(id, _)| id).expect("the files are those of the ruleset"), ..span }
    }

    /// A row or a table of the old ruleset, under the new names.
    fn old_line(&self, span: Span) -> String {
        self.under_new_names(self.old.0.files.slice(span))
    }
}

/// What stands before the rows of a table: its columns.
fn heading(ruleset: &Ruleset, table: &Table) -> String {
    let Some(first) = table.rows.first().map(|row| ruleset.rules[*row].span) else { return String::new() };
    let start = if first.file == table.span.file { table.span.start } else { 0 };
    let text = ruleset.files.slice(Span { start, end: first.start, ..first });
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
