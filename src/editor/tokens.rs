//! What each word of a file is, for colours: names by what they stand for, words of the language, texts.

use std::collections::BTreeMap;

use qudao_language::check::{FUNCTIONS, NameKind};
use qudao_language::operator::Verdict;
use qudao_language::source::{FileId, Span};
use qudao_language::syntax::{LexemeKind, language_words, lexemes};

use crate::project::Project;

/// What a piece of a file is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TokenKind {
    /// A name, and whether it is declared there.
    Name(NameKind, bool),
    /// A function.
    Function,
    /// A type that is built in.
    Type,
    /// A verdict.
    Verdict,
    /// The code of a finding that is allowed.
    Code,
    /// A word of the language.
    Word,
    /// A number.
    Number,
    /// A text, names in its braces left out.
    Text,
    /// A comment.
    Comment,
}

impl Project {
    /// Returns what stands where in a file, in order; nothing overlaps.
    #[must_use]
    pub fn tokens(&self, file: FileId) -> Vec<(Span, TokenKind)> {
        let mut named = self.named_in(file);
        let mut found = Vec::new();
        if self.sources.part(file).is_some() {
            self.codes(file, &mut named);
            let text = self.sources.files().get(file).text();
            let words = language_words();
            // In what does not parse, a name is what has it.
            let names: BTreeMap<&str, NameKind> =
                self.names().map(|named| (&*named.name, named.kind)).collect();
            let mut from = 0;
            for (kind, span) in lexemes(file, text) {
                while named.get(from).is_some_and(|(own, _)| own.end <= span.start) {
                    from += 1;
                }
                let inside = named.get(from..).unwrap_or(&[]).iter().map(|(own, _)| *own);
                let mut inside = inside.take_while(|own| own.start < span.end);
                let kind = match kind {
                    LexemeKind::Comment => TokenKind::Comment,
                    LexemeKind::Number => TokenKind::Number,
                    LexemeKind::Text => {
                        // The pieces of the text between names in its braces.
                        let mut start = span.start;
                        for own in inside.chain([span.after()]) {
                            let piece = Span { start, end: own.start.max(start), ..span };
                            found.extend((piece.start < piece.end).then_some((piece, TokenKind::Text)));
                            start = own.end;
                        }
                        continue;
                    }
                    LexemeKind::Word if inside.next().is_some() => continue,
                    LexemeKind::Word => {
                        let word = self.sources.files().slice(span);
                        let behind = text.get(span.end as usize..).unwrap_or("");
                        let before = text.get(..span.start as usize).unwrap_or("").trim_end();
                        match word {
                            _ if FUNCTIONS.contains(&word) && behind.starts_with('(') => TokenKind::Function,
                            "bool" | "text" | "date" | "number" | "int" if before.ends_with(':') => {
                                TokenKind::Type
                            }
                            "undecided" => TokenKind::Verdict,
                            _ if Verdict::ALL.iter().any(|it| it.as_str() == word) => TokenKind::Verdict,
                            _ if words.contains(word) => TokenKind::Word,
                            _ => match names.get(word) {
                                Some(kind) => TokenKind::Name(*kind, false),
                                None => continue,
                            },
                        }
                    }
                };
                found.push((span, kind));
            }
        }
        found.extend(named);
        found.sort_unstable_by_key(|(span, _)| *span);
        found
    }

    /// The names of a file, each place once.
    fn named_in(&self, file: FileId) -> Vec<(Span, TokenKind)> {
        let mut named: Vec<(Span, TokenKind)> = Vec::new();
        for mention in self.mentions_in(file) {
            if named.last().is_none_or(|(last, _)| last.end <= mention.span.start) {
                named.push((mention.span, TokenKind::Name(mention.named.kind, mention.declares)));
            }
        }
        named
    }

    /// Adds the codes of findings that are allowed.
    fn codes(&self, file: FileId, named: &mut Vec<(Span, TokenKind)>) {
        let codes = self.allows(file).map(|allow| (allow.code.span, TokenKind::Code));
        named.extend(codes);
        named.sort_unstable_by_key(|(span, _)| *span);
    }
}
