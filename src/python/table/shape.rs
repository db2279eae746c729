//! Answers as Python people take them: plain names and texts if they are wanted, and what is wrong with a row beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, Int64Array, ListArray, RecordBatch, StringArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use qudao_engine::program::batch::Reject;

/// What becomes of rows that cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Errors {
    /// The first one ends the stream.
    Raise,
    /// They are left out.
    Drop,
    /// They stay, without an answer, and a column tells what is wrong.
    Column,
}

/// The name of the column that tells what is wrong.
const ERROR: &str = "error";

/// How answers are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) errors: Errors,
    /// Whether names have an underscore for the dot, so that SQL needs no quotes.
    pub(crate) flat: bool,
    /// Whether words are texts, not dictionaries.
    pub(crate) plain: bool,
}

impl Shape {
    /// Returns the schema of the answers; the first columns, so many, are taken over.
    pub(super) fn schema(self, answers: &Schema, kept: usize) -> Result<SchemaRef, String> {
        let fields = answers.fields().iter().enumerate().map(|(number, field)| {
            if number < kept {
                return Field::clone(field);
            }
            let name = if self.flat { field.name().replace('.', "_") } else { field.name().clone() };
            let ty = match field.data_type() {
                // Some readers have no numbers without a sign.
                DataType::UInt64 => DataType::Int64,
                ty if self.plain => plain_type(ty),
                ty => ty.clone(),
            };
            Field::new(name, ty, field.is_nullable() || (self.errors == Errors::Column && number > kept))
        });
        let mut fields: Vec<Field> = fields.collect();
        if self.errors == Errors::Column {
            fields.push(Field::new(ERROR, DataType::Utf8, true));
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = fields.iter().find(|field| !names.insert(field.name())) {
            return Err(format!("two columns of the answer are called `{}`", twice.name()));
        }
        Ok(Arc::new(Schema::new(fields)))
    }

    /// Gives answers that schema. `rows` are what was asked, numbered from `first`; `keep` are the columns taken over.
    pub(super) fn shaped(
        self,
        schema: &SchemaRef,
        rows: &RecordBatch,
        first: u64,
        answers: &RecordBatch,
        rejects: &[Reject],
        keep: &[String],
    ) -> Result<RecordBatch, ArrowError> {
        let kept = keep.len();
        let line = answers.column(kept).as_primitive::<UInt64Type>();
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
        if self.errors != Errors::Column {
            columns.extend(answers.columns().iter().take(kept).cloned());
            columns.push(whole(line.values().iter().copied()));
            for column in answers.columns().iter().skip(kept + 1) {
                columns.push(self.words(column)?);
            }
            return RecordBatch::try_new(Arc::clone(schema), columns);
        }
        for name in keep {
            let column = rows
                .column_by_name(name)
                .ok_or_else(|| ArrowError::SchemaError(format!("the table has no column `{name}`")))?;
            columns.push(Arc::clone(column));
        }
        columns.push(whole(first..first + rows.num_rows() as u64));
        // Where each row has its answer; and what is wrong with those that have none.
        let mut places: Vec<Option<u64>> = vec![None; rows.num_rows()];
        let at = |line: u64| usize::try_from(line - first).unwrap_or(usize::MAX);
        for (place, line) in (0_u64..).zip(line.values()) {
            *places.get_mut(at(*line)).expect("an answer is of a row") = Some(place);
        }
        let all = rejects.is_empty();
        let places = UInt64Array::from(places);
        for column in answers.columns().iter().skip(kept + 1) {
            let column =
                if all { Arc::clone(column) } else { arrow_select::take::take(column, &places, None)? };
            columns.push(self.words(&column)?);
        }
        let mut wrong: Vec<Option<&str>> = vec![None; rows.num_rows()];
        for reject in rejects {
            *wrong.get_mut(at(reject.line)).expect("what is wrong is of a row") = Some(&reject.reason);
        }
        columns.push(Arc::new(StringArray::from(wrong)));
        RecordBatch::try_new(Arc::clone(schema), columns)
    }

    /// Writes words out, if they are to be texts.
    fn words(self, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        if self.plain { plain(column) } else { Ok(Arc::clone(column)) }
    }
}

fn whole(numbers: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(numbers.map(|number| i64::try_from(number).unwrap_or(i64::MAX)).collect::<Int64Array>())
}

fn plain_type(ty: &DataType) -> DataType {
    match ty {
        DataType::Dictionary(_, of) => of.as_ref().clone(),
        DataType::List(item) => {
            DataType::List(Arc::new(item.as_ref().clone().with_data_type(plain_type(item.data_type()))))
        }
        ty => ty.clone(),
    }
}

fn plain(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    if let Some(coded) = column.as_any_dictionary_opt() {
        let keys: UInt64Array = coded
            .normalized_keys()
            .into_iter()
            .enumerate()
            .map(|(row, key)| coded.keys().is_valid(row).then_some(key as u64))
            .collect();
        return arrow_select::take::take(coded.values(), &keys, None);
    }
    if let DataType::List(item) = column.data_type() {
        let list = column.as_list::<i32>();
        let item = Arc::new(item.as_ref().clone().with_data_type(plain_type(item.data_type())));
        let values = plain(list.values())?;
        let list = ListArray::try_new(item, list.offsets().clone(), values, list.nulls().cloned())?;
        return Ok(Arc::new(list));
    }
    Ok(Arc::clone(column))
}
