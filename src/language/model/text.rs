//! Texts with their translations, and the texts of reasons.

use std::sync::Arc;

use super::language::lookup;
use super::{Expr, TargetRef};

/// A text in one or more languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text in the ruleset's first language.
    pub main: String,
    /// The text in other languages.
    pub translations: Vec<(Arc<str>, String)>,
}

impl Text {
    /// Returns a text without translations.
    pub fn new(main: impl Into<String>) -> Text {
        Text { main: main.into(), translations: Vec::new() }
    }

    /// Returns the text in a language, or in the ruleset's first where there is no translation.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        lookup(&self.translations, language).map_or(&self.main, String::as_str)
    }
}

/// The text of a reason, with expressions in it.
#[derive(Debug, Clone)]
pub struct Template {
    /// The text in the ruleset's first language.
    pub main: Vec<Piece>,
    /// The text in other languages.
    pub translations: Vec<(Arc<str>, Vec<Piece>)>,
}

impl Template {
    /// Returns the pieces for a language, or those of the ruleset's first.
    #[must_use]
    pub fn get(&self, language: &str) -> &[Piece] {
        lookup(&self.translations, language).unwrap_or(&self.main)
    }

    /// Returns the expressions in a language.
    pub fn values(&self, language: &str) -> impl Iterator<Item = &Expr> {
        self.get(language).iter().filter_map(|piece| match piece {
            Piece::Hole(Hole::Value(expr)) => Some(expr),
            Piece::Plain(_) | Piece::Hole(Hole::Target(_)) => None,
        })
    }

    /// Returns the expressions in all languages.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let all = self.translations.iter().map(|(_, pieces)| pieces).chain([&self.main]);
        all.flatten().filter_map(|piece| match piece {
            Piece::Hole(Hole::Value(expr)) => Some(expr),
            Piece::Plain(_) | Piece::Hole(Hole::Target(_)) => None,
        })
    }
}

/// A piece of a reason's text.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Plain text.
    Plain(String),
    /// Something to be put in.
    Hole(Hole),
}

/// What is put into a text.
#[derive(Debug, Clone)]
pub enum Hole {
    /// The value of an expression.
    Value(Expr),
    /// The title of a target.
    Target(TargetRef),
}
