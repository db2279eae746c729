//! What rows of text say of a target, put together from pieces that were written before.

use super::super::Outcome;
use super::write::{WORDS, signed};
use super::{Form, Parts};
use qudao_language::operator::Verdict;

/// Numbers of so many steps from zero have pieces.
const NEAR: i64 = 128;

/// Pieces that many rows have in common. Together they are the part of a target that needs nothing.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    /// How the part of each target begins, up to its first number, or all of it where no number is
    /// told: by its verdict and what it leans to.
    heads: Vec<[[Vec<u8>; 4]; 5]>,
    /// The numbers that are told, in their order; the last one with the end.
    numbers: Vec<(Told, Numbers)>,
    /// What stands after what is needed.
    after_needs: &'static str,
}

/// Which number is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Told {
    Score,
    Low,
    High,
}

/// Numbers with what stands before and after them.
#[derive(Clone, Debug)]
struct Numbers {
    /// Those near zero: always so many bytes, as that is one step, and how many of them count; none where one is longer.
    near: Vec<([u8; WIDTH], u8)>,
    before: String,
    after: String,
}

/// So long is a number near zero with what stands around it, at most.
const WIDTH: usize = 32;

impl Numbers {
    fn new(before: String, after: String) -> Numbers {
        let near = (-NEAR..NEAR).map(|number| {
            let text = format!("{before}{number}{after}");
            let mut bytes = [0; WIDTH];
            bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
            Some((bytes, text.len() as u8))
        });
        Numbers { near: near.collect::<Option<_>>().unwrap_or_default(), before, after }
    }

    #[inline(always)]
    fn write(&self, number: i64, out: &mut Vec<u8>) {
        let place = number.wrapping_add(NEAR) as u64 as usize;
        if let Some((bytes, length)) = self.near.get(place) {
            let end = out.len() + usize::from(*length);
            out.extend_from_slice(bytes);
            out.truncate(end);
        } else {
            out.extend(self.before.as_bytes());
            signed(out, number);
            out.extend(self.after.as_bytes());
        }
    }
}

impl Pieces {
    pub(super) fn new(form: Form, parts: Parts, targets: &[String]) -> Pieces {
        let json = form == Form::Ndjson;
        let heads = targets.iter().enumerate().map(|(number, name)| {
            let comma = if number > 0 { "," } else { "" };
            let start = format!("{comma}{}:{{", serde_json::Value::from(name.as_str()));
            WORDS.map(|verdict| {
                Verdict::ALL.map(|leaning| {
                    let part = |told: bool, name: &str, word: &str| match (told, json) {
                        (false, _) => String::new(),
                        (true, true) => format!("\"{name}\":\"{word}\","),
                        // Names of a ruleset need no quotation marks.
                        (true, false) => format!(",{word}"),
                    };
                    let verdict = part(parts.verdict, "verdict", verdict);
                    let leaning = part(parts.leaning, "leaning", leaning.as_str());
                    let start = if json { start.as_str() } else { "" };
                    format!("{start}{verdict}{leaning}").into_bytes()
                })
            })
        });
        let (end, after_needs) = match (json, parts.needs) {
            (true, true) => ("\"needs\":[]}", "]}"),
            (true, false) => ("}", ""),
            (false, true) => (",", ""),
            (false, false) => ("", ""),
        };
        let told = [
            (parts.score, Told::Score, "score"),
            (parts.range, Told::Low, "low"),
            (parts.range, Told::High, "high"),
        ];
        let told: Vec<_> = told.into_iter().filter(|(told, ..)| *told).collect();
        let numbers = told.iter().enumerate().map(|(number, (_, of, name))| {
            let last = number + 1 == told.len();
            let before = if json { format!("\"{name}\":") } else { ",".into() };
            // A comma, but not before the end.
            let between = if json && (!last || parts.needs) { "," } else { "" };
            (*of, Numbers::new(before, format!("{between}{}", if last { end } else { "" })))
        });
        let mut heads: Vec<[[Vec<u8>; 4]; 5]> = heads.collect();
        if told.is_empty() {
            for head in heads.iter_mut().flatten().flatten() {
                if json && !parts.needs && parts != Parts::NONE {
                    // The last part's comma.
                    head.pop();
                }
                head.extend(end.as_bytes());
            }
        }
        Pieces { heads, numbers: numbers.collect(), after_needs }
    }

    /// Writes what a row says of the target of a number, up to its needs, or up to its end if it has none.
    #[inline]
    pub(super) fn write(&self, target: usize, outcome: &Outcome, needs: bool, out: &mut Vec<u8>) {
        let verdict = outcome.verdict.map_or(Verdict::ALL.len(), |verdict| verdict as usize);
        let heads = self.heads.get(target).and_then(|heads| heads.get(verdict));
        let head = heads.and_then(|heads| heads.get(outcome.leaning as usize));
        out.extend_from_slice(head.map_or(&[], Vec::as_slice));
        for (told, numbers) in &self.numbers {
            let number = match told {
                Told::Score => outcome.score,
                Told::Low => outcome.score_range.0,
                Told::High => outcome.score_range.1,
            };
            numbers.write(number, out);
        }
        if needs {
            out.truncate(out.len() - self.after_needs.len());
        }
    }

    /// What stands after what is needed.
    pub(super) fn after_needs(&self) -> &'static [u8] {
        self.after_needs.as_bytes()
    }
}
