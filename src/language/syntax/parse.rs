//! Text → nodes. This file and `expected.rs` are the only ones that know pest.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;

use super::expected;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

#[expect(unreachable_pub, reason = "the derive writes a public item beside it")]
mod generated {
    /// The grammar, `grammar/*.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/expression.pest"]
    #[grammar = "grammar/qudao.pest"]
    pub struct Grammar;
}

pub(crate) use generated::Rule as Kind;

/// A piece of a file that was parsed, with its parts.
#[derive(Clone)]
pub(crate) struct Node<'i> {
    pair: Pair<'i, Kind>,
    file: FileId,
    base: usize,
}

impl<'i> Node<'i> {
    pub(crate) fn kind(&self) -> Kind {
        self.pair.as_rule()
    }

    pub(crate) fn text(&self) -> &'i str {
        self.pair.as_str()
    }

    pub(crate) fn span(&self) -> Span {
        // pest counts the white space and comments before a part that turned out to be missing to the node;
        // the last token within tells where it really ends.
        let start = self.pair.as_span().start();
        let mut last = self.pair.clone();
        while let Some(inner) = last.clone().into_inner().next_back() {
            last = inner;
        }
        let end = last.as_span().end();
        Span { file: self.file, start: (self.base + start) as u32, end: (self.base + end) as u32 }
    }

    pub(crate) fn children(&self) -> impl Iterator<Item = Node<'i>> + use<'i> {
        let (file, base) = (self.file, self.base);
        self.pair.clone().into_inner().map(move |pair| Node { pair, file, base })
    }

    /// The same where its text stands elsewhere in the file.
    pub(crate) fn at(&self, base: usize) -> Node<'i> {
        Node { base, ..self.clone() }
    }

    pub(crate) fn child(&self, kind: Kind) -> Option<Node<'i>> {
        self.children().find(|node| node.kind() == kind)
    }

    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.child(kind).is_some()
    }
}

/// Parses a piece of a file, which begins at byte `base`, as a whole.
pub(super) fn parse(entry: Kind, file: FileId, text: &str, base: usize) -> Result<Node<'_>, Box<Diagnostic>> {
    match generated::Grammar::parse(entry, text) {
        Ok(mut pairs) => match pairs.next() {
            Some(pair) => Ok(Node { pair, file, base }),
            None => unreachable!("grammar: an entry rule holds its declaration"),
        },
        Err(error) => Err(Box::new(expected::diagnostic(&error, file, text, base))),
    }
}

/// The rules that may go on behind a piece that an entry rule reads; nothing if it stumbles before.
pub(super) fn expected_behind(entry: Kind, text: &str) -> Option<Vec<Kind>> {
    // No rule takes this character, so that reading stops where the piece ends.
    let text = format!("{text}\u{1}");
    let error = generated::Grammar::parse(entry, &text).err()?;
    let InputLocation::Pos(at) = error.location else { return None };
    match error.variant {
        ErrorVariant::ParsingError { positives, .. } if at + 1 == text.len() => Some(positives),
        ErrorVariant::ParsingError { .. } | ErrorVariant::CustomError { .. } => None,
    }
}
