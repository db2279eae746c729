//! Tables of profiles.

use qudao_engine::program::Program;
use qudao_engine::program::batch::{self, Batch, Form, Reject};
use qudao_language::date::Date;
use qudao_language::model;

use crate::{Error, TableOptions};

/// Answers tables of profiles on a day, thousands of times faster than one profile after the other. It may be shared
/// between threads.
///
/// ```
/// use qudao::{Date, Form, Ruleset, TableOptions};
///
/// let ruleset = Ruleset::bundled("wechat").expect("a ruleset that ships");
/// let table = ruleset.table(Date::new(2026, 1, 1).expect("a day"), TableOptions::default())?;
/// let answer = table.answer(b"posts_per_month\n30\nmany\n", Form::Csv)?;
/// assert!(answer.rows.starts_with(b"line,first,settled,"));
/// assert_eq!(answer.rejects[0].line, 3);
/// # Ok::<(), qudao::Error>(())
/// ```
#[derive(Debug)]
pub struct Table<'r> {
    program: Program<'r>,
    options: TableOptions,
}

/// What comes of a table.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The rows of the answer, in the form of the table.
    pub rows: Vec<u8>,
    /// The rows that cannot be used, and why.
    pub rejects: Vec<Reject>,
}

impl<'r> Table<'r> {
    pub(crate) fn new(
        ruleset: &'r model::Ruleset,
        day: Date,
        options: TableOptions,
    ) -> Result<Table<'r>, Error> {
        let program = Program::new(ruleset, day);
        Batch::new(&program, &options, Form::Csv)?;
        Ok(Table { program, options })
    }

    /// Answers the rows of a whole table: objects of NDJSON, or CSV that begins with its header.
    ///
    /// # Errors
    /// If the header cannot be read, or its columns are none of the fields, or one field twice.
    pub fn answer(&self, table: &[u8], form: Form) -> Result<Answer, Error> {
        if !matches!(form, Form::Ndjson | Form::Csv) {
            return Err("record batches are answered by `Table::record_batch`".to_string().into());
        }
        let (rows, rejects) = batch::answer(&self.program, &self.options, table, form)?;
        Ok(Answer { rows, rejects })
    }

    /// Answers a record batch of Arrow; rows that cannot be used are numbered from `row`. Which columns are taken, and
    /// what the answer holds, is said at [`qudao_engine::program::batch::arrow`].
    ///
    /// # Errors
    /// If a column cannot be a field's, or none is.
    #[cfg(feature = "arrow")]
    pub fn record_batch(
        &self,
        rows: &arrow_array::RecordBatch,
        row: u64,
    ) -> Result<(arrow_array::RecordBatch, Vec<Reject>), Error> {
        let batch = Batch::new(&self.program, &self.options, Form::Arrow)?;
        let mut worker = batch.worker();
        let answers = worker.record_batch(rows, row)?;
        Ok((answers, worker.take().1))
    }
}
