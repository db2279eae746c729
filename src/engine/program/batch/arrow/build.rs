//! Answers as columns.

use std::sync::Arc;

use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, Int64Array, ListArray, PrimitiveArray,
    RecordBatch, StringArray, UInt64Array,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::super::write::WORDS;
use super::super::{Batch, Parts};
use crate::program::Scratch;
use crate::program::measures::{Amount, DECIMALS, DIGITS};
use qudao_language::model::NeedState;
use qudao_language::operator::Verdict;

/// The answers since the last time, column by column.
#[derive(Debug)]
pub(in super::super) struct Columns {
    line: Vec<u64>,
    /// The number of the target, if any.
    first: Vec<Option<i32>>,
    settled: Vec<bool>,
    targets: Vec<TargetColumns>,
    /// What was said of the targets in the last few rows, row by row: they go to their columns together, as writing to a
    /// hundred places for each row takes long.
    recent: Vec<Told>,
    /// What measures are, column by column.
    amounts: Vec<Vec<Amount>>,
    fired: Lists,
    /// What is taken over of rows of text, as text; nothing for null.
    texts: Vec<Vec<Option<String>>>,
    /// What is taken over of columns.
    kept: Vec<Vec<ArrayRef>>,
}

/// So many rows go to their columns together.
const RECENT: usize = 32;

/// What is said of a target in a row.
#[derive(Clone, Copy, Default, Debug)]
struct Told {
    score: i64,
    range: (i64, i64),
    verdict: i8,
    leaning: i8,
}

#[derive(Clone, Default, Debug)]
struct TargetColumns {
    verdict: Vec<i8>,
    leaning: Vec<i8>,
    score: Vec<i64>,
    low: Vec<i64>,
    high: Vec<i64>,
    needs: Lists,
}

/// Lists of words by number.
#[derive(Clone, Default, Debug)]
struct Lists {
    words: Vec<i32>,
    lengths: Vec<usize>,
}

impl Lists {
    /// Ends a row that began when there were so many words.
    fn end(&mut self, start: usize) {
        self.lengths.push(self.words.len() - start);
    }

    fn take(&mut self, names: &ArrayRef) -> Result<ArrayRef, String> {
        let lengths = std::mem::take(&mut self.lengths);
        let words = dictionary::<Int32Type>(std::mem::take(&mut self.words).into(), names)?;
        let item = Arc::new(Field::new("item", words.data_type().clone(), false));
        let offsets = OffsetBuffer::from_lengths(lengths);
        let list = ListArray::try_new(item, offsets, words, None).map_err(|error| error.to_string())?;
        Ok(Arc::new(list))
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(
    keys: PrimitiveArray<K>,
    words: &ArrayRef,
) -> Result<ArrayRef, String> {
    let array = DictionaryArray::<K>::try_new(keys, Arc::clone(words)).map_err(|error| error.to_string())?;
    Ok(Arc::new(array))
}

fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(names))
}

fn coded(key: DataType) -> DataType {
    DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8))
}

fn list() -> DataType {
    DataType::List(Arc::new(Field::new("item", coded(DataType::Int32), false)))
}

/// Returns the schema of answers that take over columns of these types.
pub(super) fn schema(batch: &Batch<'_, '_>, kept: &[DataType]) -> SchemaRef {
    let mut fields: Vec<Field> =
        batch.keep.iter().zip(kept).map(|(name, ty)| Field::new(name, ty.clone(), true)).collect();
    fields.push(Field::new("line", DataType::UInt64, false));
    fields.push(Field::new("first", coded(DataType::Int32), true));
    fields.push(Field::new("settled", DataType::Boolean, false));
    for target in &batch.texts.targets {
        let mut push =
            |part: &str, ty: DataType| fields.push(Field::new(format!("{target}.{part}"), ty, false));
        for part in batch.parts.names() {
            let ty = match part {
                "verdict" | "leaning" => coded(DataType::Int8),
                "needs" => list(),
                _ => DataType::Int64,
            };
            push(part, ty);
        }
    }
    let amount = DataType::Decimal128(DIGITS as u8, DECIMALS as i8);
    fields.extend(batch.amounts.iter().map(|name| Field::new(name, amount.clone(), true)));
    if batch.reasons {
        fields.push(Field::new("fired", list(), false));
    }
    Arc::new(Schema::new(fields))
}

impl Columns {
    pub(in super::super) fn new(batch: &Batch<'_, '_>) -> Columns {
        Columns::of_rows(batch, 0)
    }

    /// With room for so many rows.
    fn of_rows(batch: &Batch<'_, '_>, rows: usize) -> Columns {
        let parts = batch.parts;
        let room = |told: bool| if told { rows } else { 0 };
        let target = |_| TargetColumns {
            verdict: Vec::with_capacity(room(parts.verdict)),
            leaning: Vec::with_capacity(room(parts.leaning)),
            score: Vec::with_capacity(room(parts.score)),
            low: Vec::with_capacity(room(parts.range)),
            high: Vec::with_capacity(room(parts.range)),
            needs: Lists { words: Vec::new(), lengths: Vec::with_capacity(room(parts.needs)) },
        };
        Columns {
            line: Vec::with_capacity(rows),
            first: Vec::with_capacity(rows),
            settled: Vec::with_capacity(rows),
            targets: batch.texts.targets.iter().map(target).collect(),
            recent: Vec::with_capacity(RECENT * batch.texts.targets.len()),
            amounts: vec![Vec::with_capacity(rows); batch.amounts.len()],
            fired: Lists::default(),
            texts: vec![Vec::new(); batch.keep.len()],
            kept: vec![Vec::new(); batch.keep.len()],
        }
    }

    /// Adds what came of the row that was run last, and what is taken over of it as JSON, where that is text.
    pub(in super::super) fn push(
        &mut self,
        batch: &Batch<'_, '_>,
        scratch: &Scratch,
        line: u64,
        texts: Option<&[String]>,
        amounts: &[Amount],
    ) {
        let program = batch.program;
        for (column, value) in self.texts.iter_mut().zip(texts.unwrap_or(&[])) {
            // A text is taken over as it is, anything else as JSON.
            column.push(match serde_json::from_str::<String>(value) {
                Ok(text) => Some(text),
                Err(_) if value == "null" || value.is_empty() => None,
                Err(_) => Some(value.clone()),
            });
        }
        let first = program.first(scratch);
        self.line.push(line);
        self.first.push(first.target.map(|target| program.ruleset().target_index(target) as i32));
        self.settled.push(first.settled);
        self.recent.extend(scratch.outcomes.iter().map(|outcome| Told {
            score: outcome.score,
            range: outcome.score_range,
            verdict: outcome.verdict.map_or(UNDECIDED, |verdict| verdict as i8),
            leaning: outcome.leaning as i8,
        }));
        if self.recent.len() >= RECENT * self.targets.len() {
            self.spread(batch.parts);
        }
        let all = self.targets.iter_mut().zip(&scratch.outcomes).enumerate();
        for (number, (column, outcome)) in all.filter(|_| batch.parts.needs) {
            let start = column.needs.words.len();
            if outcome.open_needs > 0 {
                let open = program.needs_at(scratch, number).filter(|need| need.state != NeedState::Met);
                column.needs.words.extend(open.map(|need| batch.texts.need(need.need) as i32));
            }
            column.needs.end(start);
        }
        self.amounts.iter_mut().zip(amounts).for_each(|(column, amount)| column.push(*amount));
        if batch.reasons {
            let start = self.fired.words.len();
            program.fired(scratch, |id| self.fired.words.push(id.index() as i32));
            self.fired.end(start);
        }
    }

    /// Brings what was said in the last rows to the columns.
    fn spread(&mut self, parts: Parts) {
        let targets = self.targets.len().max(1);
        for (number, column) in self.targets.iter_mut().enumerate() {
            let rows = self.recent.chunks_exact(targets);
            let told =
                || rows.clone().map(|row| *row.get(number).expect("a row has something of each target"));
            if parts.verdict {
                column.verdict.extend(told().map(|told| told.verdict));
            }
            if parts.leaning {
                column.leaning.extend(told().map(|told| told.leaning));
            }
            if parts.score {
                column.score.extend(told().map(|told| told.score));
            }
            if parts.range {
                column.low.extend(told().map(|told| told.range.0));
                column.high.extend(told().map(|told| told.range.1));
            }
        }
        self.recent.clear();
    }

    /// Takes over the values of a column.
    pub(super) fn keep(&mut self, number: usize, values: ArrayRef) {
        if let Some(kept) = self.kept.get_mut(number) {
            kept.push(values);
        }
    }

    /// Takes everything as a record batch.
    pub(super) fn take(&mut self, batch: &Batch<'_, '_>) -> Result<RecordBatch, String> {
        self.spread(batch.parts);
        let Columns { line, first, settled, targets, amounts, fired, texts, kept, .. } =
            std::mem::replace(self, Columns::of_rows(batch, self.line.len()));
        let mut arrays: Vec<ArrayRef> = Vec::new();
        for (texts, kept) in texts.into_iter().zip(kept) {
            let mut parts: Vec<&dyn Array> = kept.iter().map(AsRef::as_ref).collect();
            let text = StringArray::from(texts);
            if parts.is_empty() || !text.is_empty() {
                parts.push(&text);
            }
            arrays.push(match (parts.len(), kept.first()) {
                (1, Some(array)) => Arc::clone(array),
                _ => arrow_select::concat::concat(&parts).map_err(|error| error.to_string())?,
            });
        }
        let targets_names = names(batch.texts.targets.iter().map(String::as_str));
        let words = names(WORDS);
        let needs = names(batch.texts.needs.iter().map(String::as_str));
        arrays.push(Arc::new(UInt64Array::from(line)));
        arrays.push(dictionary::<Int32Type>(first.into(), &targets_names)?);
        arrays.push(Arc::new(BooleanArray::from(settled)));
        for mut target in targets {
            for part in batch.parts.names() {
                arrays.push(match part {
                    "verdict" => dictionary::<Int8Type>(std::mem::take(&mut target.verdict).into(), &words)?,
                    "leaning" => dictionary::<Int8Type>(std::mem::take(&mut target.leaning).into(), &words)?,
                    "score" => Arc::new(Int64Array::from(std::mem::take(&mut target.score))),
                    "low" => Arc::new(Int64Array::from(std::mem::take(&mut target.low))),
                    "high" => Arc::new(Int64Array::from(std::mem::take(&mut target.high))),
                    _ => target.needs.take(&needs)?,
                });
            }
        }
        for column in amounts {
            let column = Decimal128Array::from(column).with_precision_and_scale(DIGITS as u8, DECIMALS as i8);
            arrays.push(Arc::new(column.map_err(|error| error.to_string())?));
        }
        if batch.reasons {
            let mut fired = fired;
            arrays.push(fired.take(&names(batch.texts.instances.values().map(String::as_str)))?);
        }
        let kept: Vec<DataType> =
            arrays.iter().take(batch.keep.len()).map(|array| array.data_type().clone()).collect();
        RecordBatch::try_new(schema(batch, &kept), arrays).map_err(|error| error.to_string())
    }
}

/// The place of `undecided` among the words.
const UNDECIDED: i8 = Verdict::ALL.len() as i8;
