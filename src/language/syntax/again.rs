//! What was parsed before, so that after an edit only those declarations are parsed whose text changed.

use std::collections::HashMap;

use super::ast::Declaration;
use super::ast::moved::{Moved, Way};
use crate::source::FileId;

/// The text of a declaration as the grammar saw it, and where it began. What is said of a declaration as it is parsed
/// is said anew, so only one of which nothing was said has it.
pub(super) type Seen = Option<(Box<str>, usize)>;

/// Declarations of a file that was parsed before, by their texts.
#[derive(Default, Debug)]
pub(super) struct Before(HashMap<Box<str>, Vec<(Declaration, usize)>>);

impl Before {
    pub(super) fn new(declarations: Vec<Declaration>, seen: Vec<Seen>) -> Before {
        let mut before = Before::default();
        for (declaration, seen) in declarations.into_iter().zip(seen) {
            let Some((text, start)) = seen else { continue };
            before.0.entry(text).or_default().push((declaration, start));
        }
        before
    }

    /// Takes the declaration of a text, which stands at `start` of a file now.
    pub(super) fn take(&mut self, text: &str, file: FileId, start: usize) -> Option<Declaration> {
        let (mut declaration, began) = self.0.get_mut(text)?.pop()?;
        let by = start as i64 - began as i64;
        if by != 0 || declaration.span.file != file {
            declaration.go(Way { file, by });
        }
        Some(declaration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;
    use crate::syntax::{parse, parse_again};

    #[test]
    fn what_is_as_it_was_is_moved_and_not_parsed_again() {
        let mut files = Files::default();
        let old = files.add("a.qd", "let a = 1\nlet b = 2 + x\nlet c = = 3\n");
        let (file, _, seen) = parse_again(&files, old, &mut Before::default());
        let mut before = Before::new(file.declarations, seen);
        let new = files.add("a.qd", "# above\nlet b = 2 + x\nlet a = 4\nlet c = = 3\n");
        let again = parse_again(&files, new, &mut before);
        let first = parse(&files, new);
        assert_eq!(format!("{:?}", (again.0, again.1)), format!("{first:?}"));
        let left: Vec<&str> =
            before.0.iter().filter(|(_, own)| !own.is_empty()).map(|(text, _)| &**text).collect();
        assert_eq!(left, ["let a = 1"]);
    }
}
