//! What an editor is told: rulesets with a mark, what is asked at the mark, and the answer.
//!
//! A case is a text file. Its first line is `# what it settles`. Then come sections as in a conformance case: `ruleset` and
//! `file NAME`, of which one holds the mark `$0`, unless what is asked needs no place; and what is asked, each followed
//! by the answer:
//!
//! - `definition`, `references`, `uses` (references without declarations): a line each: its place, and the line there
//! - `hover`: the name that it is of, and the Markdown
//! - `offers`: what may be written, a line for each kind; behind a name of a kind stand the offers' details too: `offers
//!   details`
//! - `outline`, `folds`, `layout` of the main file, or of the one with the mark
//! - `tokens`: each line of the file with a mark, or of the main file, with what its words are
//! - `hints`: the lines that something is shown beside, with it
//! - `form`: how the clause is written, and in brackets the part that the place is
//! - `mends`: the changes that mend what is wrong at the mark
//! - `rename NEW`, `rename-without-was NEW`: the lines that change, or why none does
//!
//! Of a profile, if the `file` with the mark is one, `offers`, `hover` and `definition` are asked.
//!
//! With `UPDATE=1` the answers are written anew.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use libtest_mimic::Trial;
use qudao_editor::offers::{Offer, OfferKind};
use qudao_editor::project::Project;
use qudao_editor::rename::{Change, renamable, rename};
use qudao_editor::structure::{Entry, mends};
use qudao_editor::tokens::TokenKind;
use qudao_language::profile::Format;
use qudao_language::source::{FileId, Span};
use qudao_language::syntax::Sources;

use crate::conformance::{Section, sections};
use crate::support::{files_below, folder};
use crate::{Wrong, case, updates};

pub(crate) fn trials() -> Vec<Trial> {
    let home = folder("editor");
    let files = files_below(&home).into_iter();
    files.map(|path| case(crate::name("editor", &home, &path), path, run)).collect()
}

fn run(path: &Path) -> Wrong {
    let mut text = std::fs::read_to_string(path).unwrap();
    let judged = judge(&text);
    if updates() && !judged.is_empty() {
        judged.iter().rev().for_each(|(_, range, anew)| text.replace_range(range.clone(), anew));
        std::fs::write(path, &text).unwrap();
        return Wrong::new();
    }
    judged.into_iter().map(|(line, _, anew)| (line, format!("another answer:\n{anew}"))).collect()
}

const MARK: &str = "$0";

/// The answers that differ: the line, the range and what is answered.
fn judge(case: &str) -> Vec<(usize, Range<usize>, String)> {
    assert!(case.starts_with("# "), "the first line says what the case settles");
    let sections = sections(case);
    let is_file = |section: &&Section<'_>| matches!(section.name, "ruleset" | "file");
    let mut at = None;
    let mut text = |section: &Section<'_>, name: &str| {
        let mut text = String::from_utf8(section.bytes()).unwrap();
        if let Some(mark) = text.find(MARK) {
            text.replace_range(mark..mark + MARK.len(), "");
            at = Some((name.to_string(), mark as u32));
        }
        text.into_bytes()
    };
    let main = sections.iter().find(|section| section.name == "ruleset").expect("a ruleset");
    let mut sources = Sources::new("test.qd", text(main, "test.qd"));
    while let Some(wanted) = sources.wanted().cloned() {
        match sections.iter().find(|it| it.name == "file" && it.words.first() == Some(&&*wanted.path)) {
            Some(file) => sources.supply(text(file, &wanted.path)),
            None => sources.absent("it is not there"),
        }
    }
    let project = Project::new(sources);
    let profile = sections.iter().filter(|section| section.name == "file").find_map(|section| {
        let format = Format::of_name(section.words.first()?)?;
        let text = String::from_utf8(section.bytes()).unwrap();
        let at = text.find(MARK)?;
        Some((text.replacen(MARK, "", 1), format, at))
    });
    let (file, at) = match at {
        Some((name, at)) => (project.file(&name).unwrap(), at),
        None => (project.sources().main(), 0),
    };
    let asked = sections.iter().filter(|section| !is_file(section));
    let answers = asked.map(|section| {
        let answer = match &profile {
            Some(profile) => given(&project, section.name, profile),
            None => answer(&project, section, file, at),
        };
        (section, answer)
    });
    let answers: Vec<_> = answers.collect();
    assert!(!answers.is_empty(), "nothing is asked");
    let differ = answers.into_iter().filter(|(section, answer)| section.body.text != answer);
    differ
        .map(|(section, answer)| {
            let body = &section.body;
            (body.line, body.start..body.start + body.text.len(), answer)
        })
        .collect()
}

fn answer(project: &Project, section: &Section<'_>, file: FileId, at: u32) -> String {
    let word = || section.words.first().copied().expect("a name");
    match section.name {
        "definition" => places(project, &project.definition(file, at)),
        "references" => places(project, &project.references(file, at, true)),
        "uses" => places(project, &project.references(file, at, false)),
        "hover" => match project.hover(file, at) {
            Some(hover) => {
                format!("[{}]\n{}\n", project.sources().files().slice(hover.span), hover.markdown)
            }
            None => "nothing\n".into(),
        },
        "offers" => offers(project, file, at, section.words.contains(&"details")),
        "outline" => outline(project, &project.outline(file), 0),
        "folds" => project.folds(file).iter().map(|(a, b)| format!("{}-{}\n", a + 1, b + 1)).collect(),
        "layout" => match project.layout(file) {
            Some(edits) => {
                let edits = edits.into_iter();
                edits.map(|edit| format!("{}: {:?}\n", place(project, edit.span), edit.text)).collect()
            }
            None => "nothing\n".into(),
        },
        "tokens" => tokens(project, file),
        "hints" => hints(project, file),
        "form" => match project.form(file, at) {
            Some(form) => {
                let part = form.part.and_then(|part| form.parts.get(part));
                let part = part.map_or("none", |part| &form.text[part.clone()]);
                format!("{} [{part}]\n", form.text)
            }
            None => "nothing\n".into(),
        },
        "mends" => {
            let here = Span { file, start: at, end: at };
            let found = mends(&project.diagnostics, here);
            found
                .map(|(diagnostic, fix)| {
                    let edits = fix.edits.iter();
                    let edits =
                        edits.map(|edit| format!("  {}: {:?}\n", place(project, edit.span), edit.text));
                    let sure = if fix.sure { "" } else { " (a guess)" };
                    let edits: String = edits.collect();
                    format!("{}: {}{sure}\n{edits}", diagnostic.code.name(), fix.message)
                })
                .collect()
        }
        "rename" => renamed(project, file, at, word(), true),
        "rename-without-was" => renamed(project, file, at, word(), false),
        other => panic!("nothing is asked by `{other}`"),
    }
}

/// What is answered of a profile.
fn given(project: &Project, asked: &str, (text, format, at): &(String, Format, usize)) -> String {
    match asked {
        "offers" => {
            let (start, offers) = project.offers_given(text, *format, *at);
            listed(&text[start..*at], &offers, true)
        }
        "hover" => match project.hover_given(text, *format, *at) {
            Some((range, markdown)) => format!("[{}]\n{markdown}\n", &text[range]),
            None => "nothing\n".into(),
        },
        "definition" => places(project, &project.definition_given(text, *format, *at)),
        other => panic!("nothing is asked of a profile by `{other}`"),
    }
}

fn place(project: &Project, span: Span) -> String {
    project.sources().files().place(span).to_string()
}

/// Places with the lines on which they are.
fn places(project: &Project, spans: &[Span]) -> String {
    let files = project.sources().files();
    let line = |span: &Span| {
        let source = files.get(span.file);
        source.text()[source.line_range(source.line_index(span.start))].trim().to_string()
    };
    let lines = spans.iter().map(|span| format!("{}: {}\n", place(project, *span), line(span)));
    let lines: String = lines.collect();
    if lines.is_empty() { "nothing\n".into() } else { lines }
}

fn offers(project: &Project, file: FileId, at: u32, details: bool) -> String {
    let offers = project.offers(file, at);
    listed(project.sources().files().slice(offers.span), &offers.offers, details)
}

fn listed(typed: &str, offers: &[Offer], details: bool) -> String {
    let mut lines: Vec<(OfferKind, Vec<String>)> = Vec::new();
    for offer in offers {
        let text = if details && !offer.detail.is_empty() {
            format!("{} ({})", offer.text, offer.detail)
        } else {
            offer.text.clone()
        };
        match lines.last_mut().filter(|(kind, _)| *kind == offer.kind) {
            Some((_, texts)) => texts.push(text),
            None => lines.push((offer.kind, vec![text])),
        }
    }
    let lines = lines.into_iter().map(|(kind, texts)| format!("{kind:?}: {}\n", texts.join(", ")));
    let lines: String = lines.collect();
    let typed = if typed.is_empty() { String::new() } else { format!("in place of {typed}\n") };
    if lines.is_empty() { format!("{typed}nothing\n") } else { format!("{typed}{lines}") }
}

fn tokens(project: &Project, file: FileId) -> String {
    let (files, mut told, mut line) = (project.sources().files(), String::new(), None);
    for (span, kind) in project.tokens(file) {
        let own = files.get(file).line_index(span.start);
        if line.replace(own) != Some(own) {
            told.push_str(&format!("{}{}:", if told.is_empty() { "" } else { "\n" }, own + 1));
        }
        let kind = match kind {
            TokenKind::Name(kind, true) => format!("declared {kind:?}"),
            TokenKind::Name(kind, false) => format!("{kind:?}"),
            kind => format!("{kind:?}"),
        };
        told.push_str(&format!(" {:?} {kind},", files.slice(span)));
    }
    told + "\n"
}

/// The lines beside which something is shown, with it in its place.
fn hints(project: &Project, file: FileId) -> String {
    let source = project.sources().files().get(file);
    let mut text = source.text().to_string();
    let lines = project.hints(file).into_iter().rev().map(|hint| {
        let gap = if hint.before { ("", " ") } else { (" ", "") };
        text.insert_str(hint.at as usize, &format!("{}«{}»{}", gap.0, hint.text, gap.1));
        source.line_index(hint.at)
    });
    let lines: BTreeSet<usize> = lines.collect();
    let shown = lines.iter().filter_map(|line| text.lines().nth(*line));
    let shown: String = shown.map(|line| format!("{}\n", line.trim())).collect();
    if shown.is_empty() { "nothing\n".into() } else { shown }
}

fn outline(project: &Project, entries: &[Entry], depth: usize) -> String {
    let entries = entries.iter().map(|entry| {
        let (blank, place) = ("  ".repeat(depth), place(project, entry.name_span));
        let name = project.sources().files().slice(entry.name_span);
        let inner = outline(project, &entry.entries, depth + 1);
        format!("{blank}{} {} @ {place} {name}\n{inner}", entry.word, entry.name)
    });
    entries.collect()
}

fn renamed(project: &Project, file: FileId, at: u32, new: &str, keep: bool) -> String {
    let changes = renamable(project, file, at).and_then(|(_, named)| rename(project, &[], &named, new, keep));
    match changes {
        Err(why) => format!("no: {why}\n"),
        Ok(changes) => {
            let files = project.sources().files();
            let told = files.iter().map(|(_, file)| {
                let own: Vec<&Change> = changes.iter().filter(|change| change.path == file.name()).collect();
                let mut text = file.text().to_string();
                for change in own.iter().rev() {
                    text.replace_range(change.start as usize..change.end as usize, &change.text);
                }
                // No line comes or goes.
                let lines = (1..).zip(file.text().lines().zip(text.lines()));
                let changed = lines.filter(|(_, (old, new))| old != new);
                changed.map(|(line, (_, new))| format!("{}:{line}: {}\n", file.name(), new.trim())).collect()
            });
            told.collect::<Vec<String>>().concat()
        }
    }
}
