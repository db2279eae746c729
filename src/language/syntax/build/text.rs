//! Texts: escapes, indentation, translations, and the expressions in the texts of reasons.

use super::{Builder, Kind, Node};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::{ast, outline, parse};

impl Builder<'_> {
    pub(super) fn text(&mut self, node: &Node<'_>) -> ast::Text {
        let mut main = None;
        let mut translations = Vec::new();
        for child in node.children() {
            if child.kind() == Kind::translation {
                let (language, text) = self.translation(&child);
                let value = self.plain(&text);
                self.add_translation(&mut translations, language, value);
            } else {
                main = Some(self.plain(&child));
            }
        }
        match main {
            Some(main) => ast::Text { main, translations },
            None => unreachable!("grammar: a text has a main text"),
        }
    }

    pub(super) fn template(&mut self, node: &Node<'_>) -> ast::Template {
        let mut main = None;
        let mut translations = Vec::new();
        for child in node.children() {
            if child.kind() == Kind::translation {
                let (language, text) = self.translation(&child);
                let value = Spanned { value: self.pieces(&text, true), span: text.span() };
                self.add_translation(&mut translations, language, value);
            } else {
                main = Some(Spanned { value: self.pieces(&child, true), span: child.span() });
            }
        }
        match main {
            Some(main) => ast::Template { main, translations },
            None => unreachable!("grammar: a text has a main text"),
        }
    }

    fn add_translation<T>(&mut self, to: &mut Vec<(ast::Name, T)>, language: ast::Name, value: T) {
        if let Some((first, _)) = to.iter().find(|(other, _)| other.value == language.value) {
            let first = first.span;
            self.report(
                Diagnostic::new(
                    Code::DuplicateClause,
                    language.span,
                    format!("the translation `@{}` stands here twice", language.value),
                )
                .here("the second")
                .also(first, "the first"),
            );
        } else {
            to.push((language, value));
        }
    }

    fn translation<'n>(&self, node: &Node<'n>) -> (ast::Name, Node<'n>) {
        let language = node.child(Kind::at_language).and_then(|at| at.child(Kind::language));
        match (language, node.child(Kind::plain_text)) {
            (Some(language), Some(text)) => (self.name(&language), text),
            _ => unreachable!("grammar: a translation has a language and a text"),
        }
    }

    /// A text in which `{` is itself.
    pub(super) fn plain(&mut self, node: &Node<'_>) -> Spanned<String> {
        let value = self.pieces(node, false).into_iter().map(|piece| match piece {
            ast::Piece::Plain(text) => text,
            ast::Piece::Hole(_) => String::new(),
        });
        Spanned { value: value.collect(), span: node.span() }
    }

    /// A text that stands without quotation marks, as in a spreadsheet's cell.
    pub(super) fn bare_template(&mut self, text: &str, base: usize) -> Vec<ast::Piece> {
        let form = Form { base, indent: 0, line_start: false, long: false };
        self.content_pieces(text, form, true)
    }

    /// A text with expressions in it, without translations.
    pub(super) fn template_pieces(&mut self, node: &Node<'_>) -> Vec<ast::Piece> {
        self.pieces(node, true)
    }

    fn pieces(&mut self, node: &Node<'_>, template: bool) -> Vec<ast::Piece> {
        let raw = node.text();
        let long = raw.starts_with("\"\"\"");
        let quote = if long { 3 } else { 1 };
        let content = raw.get(quote..raw.len().saturating_sub(quote)).unwrap_or("");
        let base = node.span().start as usize + quote;
        let (content, base, indent, line_start) =
            if long { dedent(content, base) } else { (content, base, 0, false) };
        self.content_pieces(content, Form { base, indent, line_start, long }, template)
    }

    fn content_pieces(&mut self, content: &str, form: Form, template: bool) -> Vec<ast::Piece> {
        let Form { base, indent, mut line_start, long } = form;

        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while let Some(c) = content.get(at..).and_then(|rest| rest.chars().next()) {
            if line_start {
                let rest = content.get(at..).unwrap_or("");
                let blank = rest.bytes().take(indent).take_while(|b| *b == b' ' || *b == b'\t').count();
                at += blank;
                line_start = false;
                continue;
            }
            let next = at + c.len_utf8();
            at = match c {
                '\n' => {
                    line_start = long && indent > 0;
                    plain.push('\n');
                    next
                }
                '\r' if content.get(next..).is_some_and(|rest| rest.starts_with('\n')) => next,
                '\\' => self.escape(content, at, base, &mut plain),
                '{' if template => {
                    let (hole, end) = self.hole(content, at, base);
                    if let Some(hole) = hole {
                        if !plain.is_empty() {
                            pieces.push(ast::Piece::Plain(std::mem::take(&mut plain)));
                        }
                        pieces.push(ast::Piece::Hole(hole));
                    }
                    end
                }
                _ => {
                    plain.push(c);
                    next
                }
            };
        }
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(ast::Piece::Plain(plain));
        }
        pieces
    }

    fn at(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    /// Reads the escape at `at`; returns the offset after it.
    fn escape(&mut self, content: &str, at: usize, base: usize, plain: &mut String) -> usize {
        let rest = content.get(at + 1..).unwrap_or("");
        let c = rest.chars().next().unwrap_or('\\');
        let end = at + 1 + c.len_utf8();
        match c {
            '"' | '\\' | '{' => plain.push(c),
            'n' => plain.push('\n'),
            't' => plain.push('\t'),
            'u' => {
                let digits = rest.get(1..).and_then(|r| r.strip_prefix('{')).and_then(|r| r.split_once('}'));
                let code = digits
                    .and_then(|(digits, _)| u32::from_str_radix(digits, 16).ok())
                    .and_then(char::from_u32);
                if let (Some((digits, _)), Some(code)) = (digits, code) {
                    plain.push(code);
                    return at + 4 + digits.len();
                }
                let span = self.at(base + at, base + end);
                self.report(
                    Diagnostic::new(Code::BadEscape, span, "`\\u` is followed by no character's number")
                        .here("not an escape")
                        .note("write the number in hexadecimal between braces: `\\u{6e20}`"),
                );
            }
            _ => {
                let span = self.at(base + at, base + end);
                self.report(
                    Diagnostic::new(Code::BadEscape, span, format!("`\\{c}` is not an escape"))
                        .here("not an escape")
                        .note("the escapes are `\\\"`, `\\\\`, `\\n`, `\\t`, `\\{` and `\\u{…}`")
                        .guess("write the backslash itself", self.at(base + at, base + at), "\\"),
                );
            }
        }
        end
    }

    /// Reads the expression that begins at the brace at `at`; returns the offset after its closing brace.
    fn hole(&mut self, content: &str, at: usize, base: usize) -> (Option<ast::Expr>, usize) {
        let mut depth = 0_usize;
        let mut end = None;
        for (offset, c) in content.get(at..).unwrap_or("").char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                end = Some(at + offset);
                break;
            }
        }
        let open = self.at(base + at, base + at + 1);
        let Some(end) = end else {
            self.report(
                Diagnostic::new(Code::UnbalancedBracket, open, "this `{` is never closed in its text")
                    .here("an expression begins here")
                    .note("a brace that is text is written `\\{`")
                    .guess("write the brace itself", open.before(), "\\"),
            );
            return (None, content.len());
        };
        let inner = content.get(at + 1..end).unwrap_or("");
        let start = base + at + 1;
        if inner.trim().is_empty() {
            self.report(
                Diagnostic::new(
                    Code::Syntax,
                    self.at(base + at, base + end + 1),
                    "expected an expression between the braces",
                )
                .here("nothing stands here")
                .note("a brace that is text is written `\\{`"),
            );
            return (None, end + 1);
        }
        let doubled = inner.trim().strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
        // Braces that close what stands before are two sets, not a second pair.
        if let Some(inner) = doubled.filter(|inner| balanced(inner)) {
            let whole = self.at(base + at, base + end + 1);
            let written = format!("{{{}}}", inner.trim());
            self.report(
                Diagnostic::new(Code::Syntax, whole, "in a text one pair of braces holds an expression")
                    .here("a pair too many")
                    .note("a brace that is text is written `\\{`")
                    .guess(format!("write `{written}`"), whole, written),
            );
            return (None, end + 1);
        }
        if let Some(mark) = inner.find('#') {
            let diagnostic = Diagnostic::new(
                Code::Syntax,
                self.at(start + mark, start + mark + 1),
                "no comment stands in the braces of a text",
            );
            self.report(
                diagnostic.here("nobody would be told this").note("a brace that is text is written `\\{`"),
            );
            return (None, end + 1);
        }
        let parsed = match outline::check_depth(self.file, inner, start) {
            Some(too_deep) => Err(Box::new(too_deep)),
            None => parse::parse(Kind::expr_entry, self.file, inner, start),
        };
        match parsed {
            Ok(node) => (Some(self.expression(&node)), end + 1),
            Err(diagnostic) => {
                self.report(diagnostic.note("a brace that is text is written `\\{`"));
                (None, end + 1)
            }
        }
    }
}

/// Tells whether no brace of a text closes one that stands before it.
fn balanced(text: &str) -> bool {
    let steps = text.chars().map(|c| i64::from(c == '{') - i64::from(c == '}'));
    steps
        .scan(0, |depth, step| {
            *depth += step;
            Some(*depth)
        })
        .all(|depth| depth >= 0)
}

/// How the content of a text lies in its file.
#[derive(Clone, Copy)]
struct Form {
    /// Where it begins.
    base: usize,
    /// So much indentation is taken from each line.
    indent: usize,
    /// Whether that goes for the first line too.
    line_start: bool,
    /// Whether it may span lines.
    long: bool,
}

/// Takes the line end after the opening quotes and the blank before the closing ones away, and finds how far
/// all lines are indented, and whether that goes for the first, which may stand beside the quotes.
fn dedent(content: &str, base: usize) -> (&str, usize, usize, bool) {
    let first_line = content.find('\n').map(|end| content.get(..end).unwrap_or(""));
    let skip = match first_line {
        Some(line) if line.trim().is_empty() => line.len() + 1,
        Some(_) | None => 0,
    };
    let body = content.get(skip..).unwrap_or("");
    let body = match body.rfind('\n') {
        Some(last) if body.get(last..).is_some_and(|line| line.trim().is_empty()) => {
            body.get(..last).unwrap_or("").trim_end_matches('\r')
        }
        Some(_) | None => body,
    };
    let lines = body.split('\n').skip(usize::from(skip == 0));
    let indent = lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    (body, base + skip, indent, skip > 0 && indent > 0)
}
