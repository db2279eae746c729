//! The one canonical layout of a ruleset's file, its comments kept.
//!
//! It works on the tree as it was parsed, with every word and bracket, and writes each leaf once, with the comments
//! beside it. What is written is parsed again: it must say the same, with the same comments, or nothing is given back.

mod declaration;
mod expression;
mod inline;
mod page;
mod table;

use crate::diagnostic::{Diagnostic, any_error};
use crate::source::{FileId, Files};
use crate::syntax::{self, ConcreteKind};
use page::{Comment, Gaps, Page};

/// Why a text is not laid out anew.
#[derive(Debug)]
pub enum Refusal {
    /// It has errors. Places in them are of the text without its byte order mark and with plain line ends.
    Errors(Files, Vec<Diagnostic>),
    /// The new layout would not say the same: a mistake in here.
    Changed,
}

/// Returns a file's text in the canonical layout.
///
/// A byte order mark is dropped; the line ends are those of the first line.
///
/// # Errors
/// If the text has syntax errors, or the layout would change what it says.
pub fn format(name: &str, text: &str) -> Result<String, Box<Refusal>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let windows = text.find('\n').is_some_and(|end| text.get(..end).is_some_and(|line| line.ends_with('\r')));
    let plain = text.replace("\r\n", "\n");
    let mut files = Files::default();
    let id = files.add(name, plain.as_str());
    let (before, diagnostics) = syntax::parse(&files, id);
    if any_error(&diagnostics) {
        return Err(Box::new(Refusal::Errors(files, diagnostics)));
    }
    let laid_out = lay_out(&files, id);
    let again = files.add(name, laid_out.as_str());
    let (after, diagnostics) = syntax::parse(&files, again);
    let same = !any_error(&diagnostics)
        && syntax::fingerprint(&before) == syntax::fingerprint(&after)
        && comments(&plain) == comments(&laid_out);
    if !same {
        return Err(Box::new(Refusal::Changed));
    }
    Ok(if windows { laid_out.replace('\n', "\r\n") } else { laid_out })
}

/// The comments of a text, in no order.
fn comments(text: &str) -> Vec<String> {
    let mut comments: Vec<String> =
        syntax::comments(text).into_iter().map(|(_, comment)| comment.trim_end().to_string()).collect();
    comments.sort_unstable();
    comments
}

fn lay_out(files: &Files, id: FileId) -> String {
    let text = files.get(id).text();
    let parts = syntax::concrete(id, text);
    let mut leaves: Vec<(usize, usize)> = Vec::new();
    let mut bodies: Vec<(usize, usize)> = Vec::new();
    for part in &parts {
        match part {
            ConcreteKind::Declaration(node) => {
                inline::each_leaf(node, &mut |start, end| leaves.push((start, end)))
            }
            ConcreteKind::Table { head, body, close } => {
                inline::each_leaf(head, &mut |start, end| leaves.push((start, end)));
                if let Some((start, body)) = body {
                    leaves.push((start - 1, *start));
                    leaves.push((*close, close + 1));
                    bodies.push((*start, start + body.len()));
                }
            }
        }
    }
    let end = text.len();
    leaves.push((end, end));
    let mut page = Page::new(gaps(text, &leaves, &bodies));
    let mut tall = false;
    for part in &parts {
        page.entry();
        if tall {
            page.blank();
        }
        let height = page.height();
        match part {
            ConcreteKind::Declaration(node) => page.declaration(node),
            ConcreteKind::Table { head, body, close } => page.table(id, head, *body, *close),
        }
        // What takes several lines stands apart.
        tall = page.is_tall(height);
        if tall {
            page.apart(height);
        }
    }
    page.end(end);
    page.finish()
}

/// Finds the leaf that each comment stands beside, and the blank lines.
fn gaps(text: &str, leaves: &[(usize, usize)], bodies: &[(usize, usize)]) -> Gaps {
    let mut gaps = Gaps::default();
    let mut comments = syntax::comments(text).into_iter().peekable();
    let mut end_before = 0;
    for (start, end) in leaves {
        let mut at = end_before;
        while let Some((place, comment)) = comments.next_if(|(place, _)| place < start) {
            if bodies.iter().any(|(from, to)| *from <= place && place < *to) {
                continue;
            }
            let between = text.get(at..place).unwrap_or("");
            at = place + comment.len();
            let comment = comment.trim_end().to_string();
            // The first comment on the line of a leaf is its own.
            let own_line = end_before == 0 || between.contains('\n') || gaps.behind.contains_key(&end_before);
            if own_line {
                let blank = between.matches('\n').count() > 1;
                gaps.before.entry(*start).or_default().push(Comment { text: comment, blank });
            } else {
                gaps.behind.insert(end_before, comment);
            }
        }
        if text.get(at..*start).unwrap_or("").matches('\n').count() > 1 {
            gaps.blanks.insert(*start);
        }
        end_before = *end;
    }
    gaps
}
