//! A difference as a report.

use super::words::{self, conclusion, edit, needs, pick, rejected, standing, what};
use super::{Difference, ProfileOutcome, Region, Side, Tally};
use crate::analyse::change::{Causes, Change, TargetChange};
use qudao_language::model::{Ruleset, Target};
use qudao_language::profile::yaml_text;
use qudao_telling::document::{
    Block, Case, ChangeGroup, ChangeRow, Changes, Code, Document, Item, Kind, Mark, Text,
};
use qudao_telling::words::Tongue;

/// Tells a difference: so many changes in full where they are limited, the others in a line each. `saved` names the file
/// that a region's witness was saved in, by the region's number.
#[must_use]
pub fn report(difference: &Difference<'_>, saved: &[String], top: Option<usize>, tongue: Tongue) -> Document {
    let teller = Teller { difference, tongue };
    let (old, new) = (&difference.old, &difference.new);
    let title = Text::of(Kind::Name, &*old.label).and(Kind::Plain, " → ").and(Kind::Name, &*new.label);
    let sides = [(teller.pick("old", "旧"), old), (teller.pick("new", "新"), new)];
    let sides =
        sides.map(|(word, side)| Case { name: word.into(), text: teller.side(side), ..Case::default() });
    let mut body = vec![Block::Cases(sides.to_vec(), Text::default()), teller.edits()];
    body.extend(teller.profiles());
    let regions = difference.regions.iter().flat_map(|found| &found.regions);
    let saved = saved.iter().map(Some).chain(std::iter::repeat(None));
    let regions: Vec<(&Region, Option<&String>)> = regions.zip(saved).collect();
    let in_full = in_full(&regions, top);
    let told = regions.iter().zip(&in_full).filter(|(_, in_full)| **in_full);
    body.extend(told.map(|((region, saved), _)| teller.region(region, *saved)));
    let others = regions.iter().zip(&in_full).filter(|(_, in_full)| !**in_full);
    body.extend(teller.in_short(others.map(|(told, _)| *told).collect()));
    let conclusion = conclusion(tongue, difference);
    body.extend(conclusion.map(|text| Block::section("", vec![Block::Paragraph(Text::quoting(&text))])));
    Document { title, is_part: true, body, ..Document::default() }
}

struct Teller<'a, 'r> {
    difference: &'a Difference<'r>,
    tongue: Tongue,
}

impl Teller<'_, '_> {
    fn pick<'t>(&self, english: &'t str, chinese: &'t str) -> &'t str {
        pick(self.tongue, english, chinese)
    }

    /// Which ruleset a side is, and the day where that matters.
    fn side(&self, side: &Side<'_>) -> Text {
        let version = side.ruleset.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let as_of = self.pick(", as of", "，截至");
        let day = if side.ruleset.uses_day { format!("{as_of} {}", side.day) } else { String::new() };
        format!("{} ({}{version}{day})", side.label, side.ruleset.name).into()
    }

    fn edits(&self) -> Block {
        if self.difference.edits.is_empty() {
            let none = self.pick(
                "Nothing is declared otherwise that could decide anything.",
                "没有可能影响结论的改动。",
            );
            return Block::section("", vec![Block::Paragraph(none.into())]);
        }
        let edits = self.difference.edits.iter();
        let edits = edits.map(|declared| Item::new(Mark::None, Text::quoting(&edit(self.tongue, declared))));
        Block::section(self.pick("Edits", "改动"), vec![Block::list(edits.collect())])
    }

    fn profiles(&self) -> Option<Block> {
        let tally = Tally::of(self.difference);
        let cases = self.difference.profiles.iter().filter_map(|profile| {
            let (mark, text, changes) = match &profile.outcome {
                ProfileOutcome::Compared(change) if change.is_none() => return None,
                ProfileOutcome::Compared(change) => {
                    let mark = match (change.first.is_some(), change.is_decision()) {
                        (true, _) => Mark::First,
                        (false, true) => Mark::Changed,
                        (false, false) => Mark::More,
                    };
                    (mark, self.first(change), Some(self.changes(by_causes(change))))
                }
                ProfileOutcome::Rejected { by_old, by_new } => {
                    (Mark::Unknown, rejected(self.tongue, *by_old, *by_new).to_string(), None)
                }
            };
            Some(Case { mark, name: profile.name.clone(), text: text.into(), changes })
        });
        let same = format!("{} {}", tally.same, self.pick("the same", "份不变"));
        let same = if tally.same > 0 { same.into() } else { Text::default() };
        let cases = Block::Cases(cases.collect(), same);
        let told = !self.difference.profiles.is_empty();
        told.then(|| Block::section(words::tally(self.tongue, &tally), vec![cases]))
    }

    /// What becomes of the first place, in a word or two.
    fn first(&self, change: &Change) -> String {
        match (&change.first, change.is_decision()) {
            (Some(first), _) => {
                let ChangeRow { name, before, now, .. } = self.first_row(*first);
                format!("{name}{}{before} → {now}", self.tongue.colon())
            }
            (None, true) => self.pick("the first stays", "首选不变").into(),
            (None, false) => self.pick("scores alone, no decision", "只有分数不同，结论不变").into(),
        }
    }

    fn first_row(&self, (old, new): (Option<Target>, Option<Target>)) -> ChangeRow {
        let name = |ruleset: &Ruleset, target: Option<Target>| {
            target.map_or(self.pick("none", "无"), |target| ruleset.target_name(target)).to_string()
        };
        ChangeRow {
            name: self.pick("first", "首选").into(),
            before: name(self.difference.old.ruleset, old),
            now: name(self.difference.new.ruleset, new),
            besides: Vec::new(),
        }
    }

    /// What changes of targets, and why.
    fn changes(&self, groups: Vec<(&Causes, Vec<&TargetChange>)>) -> Changes {
        let groups = groups.into_iter().map(|(causes, targets)| ChangeGroup {
            rows: targets.into_iter().map(|target| self.row(target)).collect(),
            causes: self.causes(causes),
        });
        Changes { groups: groups.collect(), tongue: self.tongue }
    }

    fn row(&self, target: &TargetChange) -> ChangeRow {
        let (old, new) = (target.old.as_ref(), target.new.as_ref());
        ChangeRow {
            name: self.difference.name(target.target).to_string(),
            before: standing(self.tongue, old),
            now: standing(self.tongue, new),
            besides: needs(self.tongue, old, new),
        }
    }

    /// What makes a difference, an edit each.
    fn causes(&self, causes: &Causes) -> Vec<Item> {
        let causes = words::causes(self.tongue, &self.difference.edits, causes).into_iter();
        causes.map(|(mark, line)| Item::new(Mark::Word(mark), Text::quoting(&line))).collect()
    }

    /// Changes in a line each, put together by what makes them.
    fn in_short(&self, regions: Vec<(&Region, Option<&String>)>) -> Option<Block> {
        let title = words::in_short(self.tongue, regions.len());
        let mut groups: Vec<(&Causes, Vec<Item>)> = Vec::new();
        for (region, saved) in regions {
            let saved = saved.map(|path| format!(" ({path})")).unwrap_or_default();
            let text = Text::quoting(&format!("{}{saved}", what(self.tongue, &region.what)));
            let line = Item::new(Mark::None, text);
            match groups.iter_mut().find(|(causes, _)| **causes == region.causes) {
                Some((_, lines)) => lines.push(line),
                None => groups.push((&region.causes, vec![line])),
            }
        }
        let lists = groups.into_iter().map(|(causes, mut lines)| {
            lines.extend(self.causes(causes));
            Block::list(lines)
        });
        let lists: Vec<Block> = lists.collect();
        (!lists.is_empty()).then(|| Block::section(title, lists))
    }

    fn region(&self, region: &Region, saved: Option<&String>) -> Block {
        let first = if region.only { self.pick("only where", "仅当") } else { self.pick("where", "当") };
        let words = std::iter::once(first).chain(std::iter::repeat(self.pick("or", "或")));
        let conditions = words.zip(&region.conditions);
        let conditions =
            conditions.map(|(word, text)| Item::new(Mark::Word(word), Text::of(Kind::Code, text.as_str())));
        let mut items: Vec<Item> = conditions.collect();
        if region.more {
            items.push(Item::new(Mark::None, self.pick("and elsewhere", "以及其他情况")));
        }
        items.extend(self.causes(&region.causes));
        let example = self.pick("for example", "例如");
        let label = saved.map_or(example.to_string(), |path| format!("{example} {path}"));
        let yaml = yaml_text(self.difference.new.ruleset, &region.witness.1);
        let first = region.change.first.map(|first| self.first_row(first)).into_iter().collect();
        let targets: Vec<ChangeRow> = region.change.kept().map(|target| self.row(target)).collect();
        let groups = [first, targets].map(|rows| ChangeGroup { rows, causes: Vec::new() });
        let changes = Changes { groups: groups.to_vec(), tongue: self.tongue };
        let body = vec![
            Block::list(items),
            Block::Code(Code { label, language: "yaml", text: yaml }),
            Block::Changes(self.pick("gives", "结果"), changes),
        ];
        Block::section(what(self.tongue, &region.what), body)
    }
}

/// Which regions are told in full: the first of each cause, then the first of all.
fn in_full(regions: &[(&Region, Option<&String>)], top: Option<usize>) -> Vec<bool> {
    let top = top.unwrap_or(regions.len());
    let mut causes: Vec<&Causes> = Vec::new();
    let begins = regions.iter().map(|(region, _)| {
        let is_new = !causes.contains(&&region.causes);
        causes.extend(is_new.then_some(&region.causes));
        is_new
    });
    let begins: Vec<bool> = begins.collect();
    let mut in_full = vec![false; regions.len()];
    for wanted in [true, false] {
        let left = top.saturating_sub(in_full.iter().filter(|told| **told).count());
        let of_kind = in_full.iter_mut().zip(&begins).filter(|(_, begins)| **begins == wanted);
        of_kind.take(left).for_each(|(told, _)| *told = true);
    }
    in_full
}

/// The targets that changed, put together by what made them change; the first place stands among them without a line.
fn by_causes(change: &Change) -> Vec<(&Causes, Vec<&TargetChange>)> {
    let mut found: Vec<(&Causes, Vec<&TargetChange>)> = Vec::new();
    for target in change.kept() {
        match found.iter_mut().find(|(causes, _)| **causes == target.causes) {
            Some((_, targets)) => targets.push(target),
            None => found.push((&target.causes, vec![target])),
        }
    }
    let is_told = found.iter().any(|(causes, _)| **causes == change.first_causes);
    if change.first.is_some() && !is_told {
        found.insert(0, (&change.first_causes, Vec::new()));
    }
    found
}
