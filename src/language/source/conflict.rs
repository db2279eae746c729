//! The marks that git and its like leave in a file where two changes meet.
//!
//! ```text
//! <<<<<<< ours       begins
//! one side
//! ||||||| base       parts, and is often left out
//! what both came from
//! =======            parts
//! the other side
//! >>>>>>> theirs     ends
//! ```

use std::borrow::Cow;
use std::ops::Range;

/// A mark has so many signs, or more where conflicts stand within conflicts.
const SIGNS: usize = 7;

/// A merge conflict: byte ranges of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// The line of its first mark.
    pub mark: Range<usize>,
    /// The line of the mark that ends it; nothing where some of its marks were removed.
    pub end: Option<Range<usize>>,
    /// The lines that [`one_side`] takes out: marks, and all sides but the first.
    others: Vec<Range<usize>>,
}

/// Finds the merge conflicts of a text: what `<<<<<<<` begins, and what `>>>>>>>` ends though nothing begins it. A mark
/// between the sides that stands alone is found by [`is_lone_mark`], for in many texts it may mean something else.
#[must_use]
pub fn conflicts(text: &str) -> Vec<Conflict> {
    let mut found: Vec<Conflict> = Vec::new();
    let mut open: Option<Open> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some((sign, signs)) = mark(line) else { continue };
        let here = start..start + line.trim_end_matches(['\r', '\n']).len();
        match (sign, &mut open) {
            ('<', before) if before.as_ref().is_none_or(|open| open.signs == signs) => {
                found.extend(before.take().map(Open::without_end));
                open = Some(Open { signs, mark: here, parts: Vec::new() });
            }
            ('|' | '=', Some(open)) if open.signs == signs => open.parts.push(here),
            ('>', Some(own)) if own.signs == signs => {
                let begins = own.parts.first().map_or(here.start, |part| part.start);
                let others = vec![own.mark.clone(), begins..here.end];
                found.push(Conflict { mark: own.mark.clone(), end: Some(here), others });
                open = None;
            }
            ('>', None) => found.push(Conflict { mark: here.clone(), end: None, others: vec![here] }),
            _ => {}
        }
    }
    found.extend(open.map(Open::without_end));
    found
}

/// Tells whether a line is a mark, of whichever kind.
#[must_use]
pub fn is_mark(line: &str) -> bool {
    mark(line).is_some()
}

/// Tells whether a line is the mark between two sides of a conflict, and nothing else.
#[must_use]
pub fn is_lone_mark(line: &str) -> bool {
    matches!(mark(line), Some(('=' | '|', SIGNS)))
}

/// Returns a text, byte for byte as long, in which of every conflict only the first side is left.
#[must_use]
pub fn one_side<'t>(text: &'t str, conflicts: &[Conflict]) -> Cow<'t, str> {
    let mut side = Cow::Borrowed(text);
    for others in conflicts.iter().flat_map(|conflict| &conflict.others) {
        let taken = text.get(others.clone()).unwrap_or("").bytes();
        let blank: String = taken.map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        side.to_mut().replace_range(others.clone(), &blank);
    }
    side
}

/// A conflict that is not ended yet.
struct Open {
    signs: usize,
    mark: Range<usize>,
    /// The marks between its sides.
    parts: Vec<Range<usize>>,
}

impl Open {
    /// Of a conflict that nothing ends, nobody knows where a side ends.
    fn without_end(self) -> Conflict {
        let others = std::iter::once(self.mark.clone()).chain(self.parts).collect();
        Conflict { mark: self.mark, end: None, others }
    }
}

/// Reads a line as a mark: its sign, and how many of it there are.
fn mark(line: &str) -> Option<(char, usize)> {
    let sign = line.chars().next().filter(|c| matches!(c, '<' | '|' | '=' | '>'))?;
    let rest = line.trim_start_matches(sign);
    let signs = line.len() - rest.len();
    let alone = rest.trim_end_matches(['\r', '\n']).is_empty();
    (signs >= SIGNS && (alone || (sign != '=' && rest.starts_with(' ')))).then_some((sign, signs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, bool)> {
        conflicts(text).iter().map(|c| (text.get(c.mark.clone()).unwrap_or(""), c.end.is_some())).collect()
    }

    fn side(text: &str) -> String {
        let side = one_side(text, &conflicts(text));
        assert_eq!(side.len(), text.len());
        side.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_conflict_is_one_and_leaves_its_first_side() {
        let text = "a\r\n<<<<<<< ours\r\nb\r\n||||||| base\r\nc\r\n=======\r\nd\r\n>>>>>>> theirs\r\ne";
        assert_eq!(told(text), [("<<<<<<< ours", true)]);
        assert_eq!(side(text), "a b e");
    }

    #[test]
    fn conflicts_within_conflicts_have_longer_marks() {
        let text = "<<<<<<< a\nb\n<<<<<<<<< c\nd\n=========\ne\n>>>>>>>>> f\n=======\ng\n>>>>>>> h\n";
        assert_eq!(told(text), [("<<<<<<< a", true)]);
    }

    #[test]
    fn marks_that_were_left_are_told_one_by_one() {
        assert_eq!(told("<<<<<<< a\nb\n=======\nc\n"), [("<<<<<<< a", false)]);
        assert_eq!(side("<<<<<<< a\nb\n=======\nc\n"), "b c");
        assert_eq!(told("a\n>>>>>>> b\n<<<<<<<\nc\n<<<<<<<\n").len(), 3);
        assert_eq!(told("=======\n|||||||\n"), []);
        assert!(is_lone_mark("=======\r\n") && is_lone_mark("||||||| base\n"));
    }

    #[test]
    fn other_lines_are_none() {
        for line in ["<<<<<< a", "<<<<<<<a", " <<<<<<< a", "======= a", "# <<<<<<< a", "<<<<<<<>"] {
            assert_eq!(told(line), [], "{line}");
            assert!(!is_lone_mark(line));
        }
        assert!(!is_lone_mark("========"));
    }
}
