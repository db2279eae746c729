//! Changes that mend, put into a text.

use std::collections::BTreeMap;

use super::{Edit, Fix};
use crate::source::{FileId, Files, Span};

/// Applies fixes to a file's text, first come first served where two overlap.
/// Returns the new text and which fixes went in, by their place in the list, or nothing where none did.
#[must_use]
pub fn apply_fixes<'a>(
    files: &Files,
    file: FileId,
    fixes: impl IntoIterator<Item = &'a Fix>,
) -> Option<(String, Vec<usize>)> {
    let mut taken = Taken::default();
    let mut applied = Vec::new();
    for (index, fix) in fixes.into_iter().enumerate() {
        let ours = fix.edits.iter().all(|edit| edit.span.file == file);
        if ours && fix.edits.iter().all(|edit| taken.is_free(edit.span)) {
            fix.edits.iter().for_each(|edit| taken.add(edit));
            applied.push(index);
        }
    }
    if applied.is_empty() {
        return None;
    }
    let text = files.get(file).text();
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for edit in taken.edits.values().flatten() {
        result.push_str(text.get(at..edit.span.start as usize).unwrap_or(""));
        result.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    result.push_str(text.get(at..).unwrap_or(""));
    Some((result, applied))
}

/// The edits that are taken; none overlaps another.
#[derive(Default)]
struct Taken<'a> {
    /// By where they begin and end.
    edits: BTreeMap<(u32, u32), Vec<&'a Edit>>,
    /// Where those end that are not empty, by where they begin.
    ends: BTreeMap<u32, u32>,
}

impl<'a> Taken<'a> {
    /// Tells whether a piece overlaps none that is taken. Pieces that touch do not.
    fn is_free(&self, span: Span) -> bool {
        // As none overlaps another, only the last that begins before the piece ends can reach into it.
        let before = self.ends.range(..span.end).next_back();
        let inside = self.edits.range((span.start + 1, 0)..(span.end.max(span.start + 1), 0)).next();
        before.is_none_or(|(_, end)| *end <= span.start) && inside.is_none()
    }

    fn add(&mut self, edit: &'a Edit) {
        self.edits.entry((edit.span.start, edit.span.end)).or_default().push(edit);
        if edit.span.start < edit.span.end {
            self.ends.insert(edit.span.start, edit.span.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixes_that_overlap_wait() {
        let mut files = Files::default();
        let file = files.add("a.qd", "abcdef");
        let fix = |start, end, text: &str| {
            let edits = vec![Edit { span: Span { file, start, end }, text: text.into() }];
            Fix { message: String::new(), edits, sure: true }
        };
        let applied = |fixes: &[Fix]| apply_fixes(&files, file, fixes);
        let some = |text: &str, applied: &[usize]| Some((text.to_string(), applied.to_vec()));
        assert_eq!(applied(&[]), None);
        assert_eq!(applied(&[fix(1, 3, "X"), fix(3, 4, "Y"), fix(0, 1, "Z")]), some("ZXYef", &[0, 1, 2]));
        assert_eq!(
            applied(&[fix(1, 3, "X"), fix(2, 4, "Y"), fix(0, 6, "Z"), fix(0, 2, "Z")]),
            some("aXdef", &[0])
        );
        assert_eq!(applied(&[fix(2, 2, "1"), fix(2, 2, "2"), fix(2, 3, "X")]), some("ab12Xdef", &[0, 1, 2]));
        assert_eq!(applied(&[fix(2, 2, "1"), fix(1, 3, "X"), fix(0, 2, "Y")]), some("Y1cdef", &[0, 2]));
        assert_eq!(
            applied(&[fix(1, 4, "X"), fix(2, 2, "1"), fix(4, 4, "2"), fix(1, 1, "3")]),
            some("a3X2ef", &[0, 2, 3])
        );
    }
}
