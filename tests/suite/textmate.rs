//! A small reader of TextMate grammars: patterns that match, and ranges that begin and end, tried line by line.

use std::collections::BTreeMap;

use fancy_regex::{Captures, Regex};
use serde_json::Value as Json;

type Names = BTreeMap<usize, String>;

enum Pattern {
    Match {
        regex: usize,
        name: Option<String>,
        captures: Names,
    },
    Range {
        begin: usize,
        end: usize,
        name: Option<String>,
        at_begin: Names,
        at_end: Names,
        inner: Vec<usize>,
    },
    /// Other patterns, as `patterns` and `include` give them.
    Several(Vec<usize>),
}

/// A grammar, its patterns and regexes by number.
pub(crate) struct Grammar {
    patterns: Vec<Pattern>,
    regexes: Vec<Regex>,
    top: Vec<usize>,
}

/// A piece of a line, by bytes, with its scopes from the outermost in.
pub(crate) type Piece = (std::ops::Range<usize>, Vec<String>);

impl Grammar {
    /// Reads a grammar. It panics where the grammar is wrong: an unknown key, a name that is not there, a bad regex.
    pub(crate) fn new(text: &str) -> Grammar {
        let json: Json = serde_json::from_str(text).unwrap();
        let mut grammar = Grammar { patterns: Vec::new(), regexes: Vec::new(), top: Vec::new() };
        let repository = json["repository"].as_object().unwrap();
        // Names first, for patterns include each other in circles.
        let names: BTreeMap<&str, usize> = repository.keys().map(String::as_str).zip(0..).collect();
        for _ in &names {
            grammar.patterns.push(Pattern::Several(Vec::new()));
        }
        for (name, pattern) in repository {
            let read = grammar.pattern(pattern, &names);
            grammar.patterns[names[name.as_str()]] = read;
        }
        grammar.top = grammar.list(&json["patterns"], &names);
        grammar
    }

    fn list(&mut self, patterns: &Json, names: &BTreeMap<&str, usize>) -> Vec<usize> {
        let patterns = patterns.as_array().map_or(&[][..], Vec::as_slice);
        let numbers = patterns.iter().map(|pattern| match pattern["include"].as_str() {
            Some(name) => names[name.strip_prefix('#').unwrap()],
            None => {
                let read = self.pattern(pattern, names);
                self.patterns.push(read);
                self.patterns.len() - 1
            }
        });
        numbers.collect()
    }

    fn pattern(&mut self, pattern: &Json, names: &BTreeMap<&str, usize>) -> Pattern {
        const KEYS: &[&str] = &[
            "comment",
            "name",
            "match",
            "captures",
            "begin",
            "end",
            "beginCaptures",
            "endCaptures",
            "patterns",
        ];
        let unknown = pattern.as_object().unwrap().keys().find(|key| !KEYS.contains(&key.as_str()));
        assert!(unknown.is_none(), "the grammar has an unknown key {unknown:?}");
        let name = pattern["name"].as_str().map(str::to_string);
        let captures = |key: &str| -> Names {
            let captures = pattern[key].as_object().into_iter().flatten();
            captures
                .map(|(n, name)| (n.parse().unwrap(), name["name"].as_str().unwrap().to_string()))
                .collect()
        };
        let mut regex = |key: &str| {
            self.regexes.push(Regex::new(pattern[key].as_str().unwrap()).unwrap());
            self.regexes.len() - 1
        };
        if pattern["match"].is_string() {
            return Pattern::Match { regex: regex("match"), name, captures: captures("captures") };
        }
        if pattern["begin"].is_string() {
            let (begin, end) = (regex("begin"), regex("end"));
            let (at_begin, at_end) = (captures("beginCaptures"), captures("endCaptures"));
            let inner = self.list(&pattern["patterns"], names);
            return Pattern::Range { begin, end, name, at_begin, at_end, inner };
        }
        Pattern::Several(self.list(&pattern["patterns"], names))
    }

    /// Adds patterns, those that they stand for in their place, in the order in which they are tried.
    fn flatten(&self, patterns: &[usize], out: &mut Vec<usize>) {
        for number in patterns {
            match &self.patterns[*number] {
                Pattern::Several(inner) => self.flatten(inner, out),
                _ => out.push(*number),
            }
        }
    }

    /// Cuts each line of a text into pieces.
    pub(crate) fn lines(&self, text: &str) -> Vec<Vec<Piece>> {
        let mut stack = Vec::new();
        text.lines().map(|line| self.line(line, &mut stack)).collect()
    }

    fn line(&self, line: &str, stack: &mut Vec<usize>) -> Vec<Piece> {
        let mut found: BTreeMap<usize, Option<Captures<'_, str>>> = BTreeMap::new();
        let (mut pieces, mut at) = (Vec::new(), 0);
        loop {
            let scopes: Vec<String> = stack.iter().filter_map(|n| self.name(*n)).collect();
            let mut patterns = Vec::new();
            let ends = match stack.last().map(|number| &self.patterns[*number]) {
                Some(Pattern::Range { end, inner, at_end, .. }) => {
                    self.flatten(inner, &mut patterns);
                    Some((*end, at_end))
                }
                _ => {
                    self.flatten(&self.top, &mut patterns);
                    None
                }
            };
            let start = |n: usize| match &self.patterns[n] {
                Pattern::Match { regex, .. } => *regex,
                Pattern::Range { begin, .. } => *begin,
                Pattern::Several(_) => unreachable!("they are flattened"),
            };
            let tried = ends
                .iter()
                .map(|(end, _)| (*end, None))
                .chain(patterns.iter().map(|n| (start(*n), Some(*n))));
            // The first that begins earliest wins; what ends a range goes before what is in it.
            let mut best: Option<(usize, usize, Option<usize>)> = None;
            for (regex, pattern) in tried {
                let stale = found
                    .get(&regex)
                    .is_none_or(|old| old.as_ref().is_some_and(|c| c.get(0).unwrap().start() < at));
                if stale {
                    found.insert(regex, self.regexes[regex].captures_from_pos(line, at).unwrap());
                }
                let begins = found[&regex].as_ref().map(|captures| captures.get(0).unwrap().start());
                if let Some(begins) = begins.filter(|begins| best.is_none_or(|(best, ..)| *begins < best)) {
                    best = Some((begins, regex, pattern));
                }
            }
            let Some((begins, regex, pattern)) = best else { break };
            let captures = found[&regex].as_ref().unwrap();
            let whole = captures.get(0).unwrap();
            pieces.push((at..begins, scopes.clone()));
            let mut own = scopes;
            match pattern.map(|number| (number, &self.patterns[number])) {
                None => {
                    mark(&mut pieces, captures, &own, ends.unwrap().1);
                    stack.pop();
                }
                Some((number, Pattern::Range { at_begin, .. })) => {
                    own.extend(self.name(number));
                    mark(&mut pieces, captures, &own, at_begin);
                    stack.push(number);
                }
                Some((number, Pattern::Match { captures: names, .. })) => {
                    assert!(!whole.range().is_empty(), "a pattern matches nothing in `{line}`");
                    own.extend(self.name(number));
                    mark(&mut pieces, captures, &own, names);
                }
                Some((_, Pattern::Several(_))) => unreachable!("they are flattened"),
            }
            at = whole.end();
            if at >= line.len() && (stack.is_empty() || pattern.is_some()) {
                // What ends with the line ends here.
                let closes = |n: &usize| matches!(&self.patterns[*n], Pattern::Range { end, .. } if self.regexes[*end].is_match("").unwrap());
                while stack.last().is_some_and(closes) {
                    stack.pop();
                }
                break;
            }
        }
        let scopes = stack.iter().filter_map(|n| self.name(*n)).collect();
        pieces.push((at..line.len(), scopes));
        pieces
    }

    fn name(&self, number: usize) -> Option<String> {
        match &self.patterns[number] {
            Pattern::Match { name, .. } | Pattern::Range { name, .. } => name.clone(),
            Pattern::Several(_) => None,
        }
    }
}

/// Adds what was matched, and each part of it that has a name of its own behind it.
fn mark(pieces: &mut Vec<Piece>, captures: &Captures<'_, str>, scopes: &[String], names: &Names) {
    pieces.push((captures.get(0).unwrap().range(), scopes.to_vec()));
    for (number, name) in names {
        if let Some(part) = captures.get(*number) {
            let scopes = scopes.iter().cloned().chain([name.clone()]).collect();
            pieces.push((part.range(), scopes));
        }
    }
}
