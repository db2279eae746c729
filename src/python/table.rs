//! Tables over the C interface of Arrow: a stream of record batches in, a stream of answers out.

mod shape;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_pyarrow::FromPyArrow;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use qudao_engine::program::Program;
use qudao_engine::program::batch::arrow::Reading;
use qudao_engine::program::batch::{Batch, Form, Options, Reject, Worker};
use qudao_language::model::{Ruleset, Type};
use self_cell::self_cell;

use crate::error::Wrong;
use crate::held::Held;
pub(crate) use shape::{Errors, Shape};

/// So many rows are answered at a time, however many a batch has: what is held is bounded by it.
const ROWS: usize = 65_536;

/// So many of the rows that were left out are told with their reasons.
const TOLD: usize = 1_000;

self_cell!(
    /// A program with its ruleset.
    pub(crate) struct Compiled {
        owner: Arc<Held>,
        #[covariant]
        dependent: Program,
    }
);

/// The rows of one program.
type Rows<'p> = Batch<'p, 'p>;

self_cell!(
    struct Table {
        owner: Arc<Compiled>,
        #[covariant]
        dependent: Rows,
    }
);

/// A worker of one table.
type Hand<'b> = Worker<'b, 'b, 'b>;

self_cell!(
    struct Running {
        owner: Arc<Table>,
        #[not_covariant]
        dependent: Hand,
    }
);

/// Makes the program of a ruleset.
pub(crate) fn compiled(held: &Arc<Held>, day: qudao_language::date::Date) -> Compiled {
    Compiled::new(Arc::clone(held), |held| Program::new(&held.model, day))
}

/// What was asked for besides the rows.
pub(crate) struct Asked {
    pub(crate) options: Options,
    /// Whether all columns are taken over.
    pub(crate) keep_all: bool,
    pub(crate) shape: Shape,
}

/// The rows that have no answer.
#[derive(Default)]
struct Left {
    /// How many were left out.
    count: u64,
    /// The first of them, each with what is wrong.
    told: Vec<(u64, String)>,
    /// What ended the stream.
    broken: Option<String>,
}

/// Answers on their way: read once, batch by batch, by whoever takes them over the C interface.
struct Stream {
    input: Box<dyn RecordBatchReader + Send>,
    /// What is left of the last batch.
    rest: Option<RecordBatch>,
    running: Running,
    reading: Reading,
    asked: Asked,
    /// The schema of the answers.
    schema: SchemaRef,
    row: u64,
    left: Arc<Mutex<Left>>,
}

impl Stream {
    fn new(
        program: Arc<Compiled>,
        input: Box<dyn RecordBatchReader + Send>,
        mut asked: Asked,
        left: Arc<Mutex<Left>>,
    ) -> Result<Stream, String> {
        let given = input.schema();
        if asked.keep_all {
            asked.options.keep = given.fields().iter().map(|field| field.name().clone()).collect();
        }
        let table = Table::try_new(program, |program| {
            Batch::new(program.borrow_dependent(), &asked.options, Form::Arrow)
        })?;
        let (reading, answers) = {
            let batch = table.borrow_dependent();
            (batch.reading(&given)?, batch.schema(Some(&given))?)
        };
        let schema = asked.shape.schema(&answers, asked.options.keep.len())?;
        let running = Running::new(Arc::new(table), |table| table.borrow_dependent().worker());
        Ok(Stream { input, rest: None, running, reading, asked, schema, row: 1, left })
    }

    /// Takes the next rows, not too many.
    fn rows(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
        let batch = match self.rest.take() {
            Some(rest) => rest,
            None => match self.input.next()? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(error)),
            },
        };
        if batch.num_rows() > ROWS {
            self.rest = Some(batch.slice(ROWS, batch.num_rows() - ROWS));
            return Some(Ok(batch.slice(0, ROWS)));
        }
        Some(Ok(batch))
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&mut self, rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let (first, reading) = (self.row, &self.reading);
        self.row += rows.num_rows() as u64;
        let answered = self.running.with_dependent_mut(|_, worker| {
            worker.read_columns(reading, rows, first)?;
            Ok((worker.take_columns()?, worker.take().1))
        });
        let (answers, rejects): (RecordBatch, Vec<Reject>) = answered.map_err(ArrowError::ComputeError)?;
        match (self.asked.shape.errors, rejects.first()) {
            (Errors::Raise, Some(reject)) => {
                let says = format!(
                    "row {}: {}; `errors=\"column\"` tells the mistake of each row beside it",
                    reject.line, reject.reason
                );
                self.left().broken = Some(says.clone());
                return Err(ArrowError::ComputeError(says));
            }
            (Errors::Drop, Some(_)) => {
                let mut left = self.left();
                left.count += rejects.len() as u64;
                let room = TOLD.saturating_sub(left.told.len());
                left.told.extend(rejects.iter().take(room).map(|told| (told.line, told.reason.clone())));
            }
            (Errors::Raise | Errors::Drop | Errors::Column, _) => {}
        }
        self.asked.shape.shaped(&self.schema, rows, first, &answers, &rejects, &self.asked.options.keep)
    }
}

impl Iterator for Stream {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left().broken.is_some() {
            return None;
        }
        Some(self.rows()?.and_then(|rows| self.answer(&rows)))
    }
}

impl RecordBatchReader for Stream {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// The answers to a table, to be read once over the C interface of Arrow.
#[pyclass(frozen, module = "qudao._qudao")]
pub(crate) struct Answers {
    stream: Mutex<Option<Box<Stream>>>,
    schema: SchemaRef,
    left: Arc<Mutex<Left>>,
}

impl Answers {
    pub(crate) fn new(program: Arc<Compiled>, data: &Bound<'_, PyAny>, asked: Asked) -> PyResult<Answers> {
        let input = input(data)?;
        let left = Arc::default();
        let stream = data.py().detach(|| Stream::new(program, input, asked, Arc::clone(&left)));
        let stream = stream.map_err(Wrong::from)?;
        let schema = Arc::clone(&stream.schema);
        Ok(Answers { stream: Mutex::new(Some(Box::new(stream))), schema, left })
    }
}

#[pymethods]
impl Answers {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer may leave aside what it is asked for.
        let _ = requested_schema;
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        let stream = stream
            .ok_or_else(|| Wrong::from("these answers were read already; call `.table` again".to_string()))?;
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(stream), c"arrow_array_stream")
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule(py, &self.schema)
    }

    #[getter]
    fn broken(&self) -> Option<String> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).broken.clone()
    }

    #[getter]
    fn rejected(&self) -> u64 {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    #[getter]
    fn rejects(&self) -> Vec<(u64, String)> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).told.clone()
    }
}

/// Takes the rows of anything that gives them over the C interface.
fn input(data: &Bound<'_, PyAny>) -> PyResult<Box<dyn RecordBatchReader + Send>> {
    let py = data.py();
    if data.hasattr(intern!(py, "__arrow_c_stream__"))? {
        return Ok(Box::new(RecordBatchStreamReader::from_pyarrow_bound(data)?));
    }
    if data.hasattr(intern!(py, "__arrow_c_array__"))? {
        let batch = RecordBatch::from_pyarrow_bound(data)?;
        let schema = batch.schema();
        return Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
    }
    Err(PyTypeError::new_err(format!(
        "a table comes over the C interface of Arrow, from pyarrow, polars, pandas or DuckDB for instance; `{}` has no \
         `__arrow_c_stream__`",
        data.get_type().name()?
    )))
}

fn capsule<'py>(py: Python<'py>, schema: &Schema) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema).map_err(|error| Wrong::from(error.to_string()))?;
    PyCapsule::new_with_value(py, schema, c"arrow_schema")
}

/// The columns that a table of profiles may have.
#[pyclass(frozen, module = "qudao._qudao")]
pub(crate) struct Columns {
    schema: Schema,
}

impl Columns {
    pub(crate) fn new(ruleset: &Ruleset) -> Columns {
        let fields = ruleset.fields.iter().map(|field| {
            let ty = match field.ty {
                Type::Bool => DataType::Boolean,
                Type::Enum(_) | Type::Text => DataType::Utf8,
                Type::Set(_) => DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
                Type::Date => DataType::Date32,
                Type::Number(number) if number.whole => DataType::Int64,
                Type::Number(_) => DataType::Decimal128(38, 9),
            };
            Field::new(&*field.name, ty, !field.required)
        });
        Columns { schema: Schema::new(fields.collect::<Vec<Field>>()) }
    }
}

#[pymethods]
impl Columns {
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule(py, &self.schema)
    }
}
