//! Tables in Parquet: the one room that knows `parquet`.

mod coded;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::arrow::{ArrowSchemaConverter, ProjectionMask};
use parquet::basic::{Compression, Encoding};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescPtr};
use qudao_engine::program::batch::arrow::Reading;
use qudao_engine::program::batch::{Batch, Worker};

use super::super::files::NewFile;
use super::super::output::Failure;
use super::files::{self, Source};
use coded::Coded;

/// So many rows are decoded at a time.
const ROWS: usize = 8192;
/// So many of these make a job, and a row group of the answer.
const PIECES: usize = 8;

/// A table whose columns are known to fit.
pub(super) struct Input {
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// The schema of the columns that are read.
    schema: SchemaRef,
    reading: Arc<Reading>,
    /// The names of all columns.
    names: Arc<Vec<String>>,
    /// Bytes of the file for each row.
    weight: f64,
}

impl Input {
    /// Reads what the end of the file says of its columns.
    pub(super) fn open(source: &Source, batch: &Batch<'_, '_>) -> Result<Input, Failure> {
        let failed = |error: ParquetError| wrong(source, &error);
        let file = source.file()?;
        let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(failed)?;
        let coded = Arc::new(coded(plain.schema(), batch));
        let options = ArrowReaderOptions::new().with_schema(coded);
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options).unwrap_or(plain);
        let names: Vec<String> =
            metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        batch.check_header(&names).map_err(|error| Failure::new(format!("{}: {error}", source.name)))?;
        let wanted: Vec<usize> =
            names.iter().enumerate().filter(|(_, name)| batch.wants(name)).map(|(at, _)| at).collect();
        let names = Arc::new(names);
        let schema = metadata.schema().project(&wanted);
        let schema = schema.map_err(|error| Failure::new(format!("{}: {error}", source.name)))?;
        let reading =
            batch.reading(&schema).map_err(|error| Failure::new(format!("{}: {error}", source.name)))?;
        let rows = metadata.metadata().file_metadata().num_rows().max(1) as f64;
        let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted);
        let weight = source.size().unwrap_or(0) as f64 / rows;
        Ok(Input { mask, schema: Arc::new(schema), reading: Arc::new(reading), names, weight, metadata })
    }

    /// Reads the rows from the first.
    pub(super) fn rows(&self, source: &Source) -> Result<Rows, Failure> {
        self.rows_from(source, 0, usize::MAX)
    }

    /// Returns the names of all columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads the first rows, so many; nothing where there are none.
    pub(super) fn first(&self, source: &Source, count: usize) -> Result<Option<Columns>, Failure> {
        self.rows_from(source, 0, count)?.next()
    }

    fn rows_from(&self, source: &Source, from: usize, count: usize) -> Result<Rows, Failure> {
        let builder =
            ParquetRecordBatchReaderBuilder::<File>::new_with_metadata(source.file()?, self.metadata.clone());
        let builder = builder.with_batch_size(ROWS).with_projection(self.mask.clone());
        let builder = if count == usize::MAX { builder } else { builder.with_offset(from).with_limit(count) };
        let reader = builder.build().map_err(|error| wrong(source, &error))?;
        Ok(Rows {
            reader,
            source: source.clone(),
            reading: Arc::clone(&self.reading),
            names: Arc::clone(&self.names),
            row: 1 + from as u64,
            weight: self.weight,
        })
    }

    /// Returns a row, counted from 1, as a profile in JSON; nothing if there are fewer.
    pub(super) fn profile(
        &self,
        source: &Source,
        batch: &Batch<'_, '_>,
        row: u64,
    ) -> Result<Option<Result<String, String>>, Failure> {
        let rows = self.metadata.metadata().file_metadata().num_rows();
        let Some(from) = usize::try_from(row).ok().and_then(|row| row.checked_sub(1)) else {
            return Ok(None);
        };
        if i64::try_from(row).map_or(true, |row| row > rows) {
            return Ok(None);
        }
        let columns = self.rows_from(source, from, 1)?.next()?;
        let first = columns.as_ref().and_then(|columns| columns.batches.first());
        Ok(first.map(|rows| batch.profile_of_row(&self.reading, rows, 0)))
    }
}

/// The schema with words as dictionaries, as they mostly are in the file.
fn coded(schema: &Schema, batch: &Batch<'_, '_>) -> Schema {
    let word = |ty: &DataType| matches!(ty, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let coded = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |field: &FieldRef| -> FieldRef {
        let ty = match field.data_type() {
            ty if word(ty) => coded(),
            DataType::List(item) if word(item.data_type()) => {
                DataType::List(Arc::new(item.as_ref().clone().with_data_type(coded())))
            }
            _ => return Arc::clone(field),
        };
        if !batch.repeats(field.name()) {
            return Arc::clone(field);
        }
        Arc::new(Field::clone(field).with_data_type(ty))
    };
    Schema::new_with_metadata(
        schema.fields().iter().map(field).collect::<Vec<FieldRef>>(),
        schema.metadata().clone(),
    )
}

fn wrong(source: &Source, error: &ParquetError) -> Failure {
    let text = error.to_string();
    let text = text.strip_prefix("Parquet error: ").unwrap_or(&text);
    Failure::new(format!("`{}` is no whole Parquet file: {text}", source.name))
}

/// Some rows of a table.
pub(super) struct Columns {
    reading: Arc<Reading>,
    names: Arc<Vec<String>>,
    batches: Vec<RecordBatch>,
    /// The number of the first row, from 1.
    row: u64,
    /// How much of the table they are, in bytes.
    pub(super) bytes: u64,
}

impl Columns {
    /// Answers them, and does something after each part.
    pub(super) fn answer(
        &self,
        worker: &mut Worker<'_, '_, '_>,
        then: &mut dyn FnMut(&mut Worker<'_, '_, '_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut row = self.row;
        for batch in &self.batches {
            worker.read_columns(&self.reading, batch, row).map_err(Failure::new)?;
            worker.note_names(&self.names);
            row += batch.num_rows() as u64;
            then(worker)?;
        }
        Ok(())
    }
}

/// The rows of a table, from the first to the last.
pub(super) struct Rows {
    reader: ParquetRecordBatchReader,
    source: Source,
    reading: Arc<Reading>,
    names: Arc<Vec<String>>,
    row: u64,
    weight: f64,
}

impl Rows {
    /// Reads the next rows; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Columns>, Failure> {
        let first = self.row;
        let mut batches = Vec::new();
        while batches.len() < PIECES {
            match self.reader.next() {
                None => break,
                Some(Ok(batch)) => {
                    self.row += batch.num_rows() as u64;
                    batches.push(batch);
                }
                Some(Err(error)) => {
                    return Err(Failure::new(format!(
                        "`{}` cannot be read from row {} on: {error}",
                        self.source.name, self.row
                    )));
                }
            }
        }
        if batches.is_empty() {
            return Ok(None);
        }
        let bytes = ((self.row - first) as f64 * self.weight) as u64;
        let (reading, names) = (Arc::clone(&self.reading), Arc::clone(&self.names));
        Ok(Some(Columns { reading, names, batches, row: first, bytes }))
    }
}

/// How row groups are made, on any thread.
pub(super) struct Encoder {
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    types: SchemaDescPtr,
}

/// A row group that grows.
pub(super) struct Group<'e> {
    encoder: &'e Encoder,
    /// One for each leaf of the schema.
    writers: Vec<Writer>,
    rows: usize,
}

/// A column chunk that grows.
enum Writer {
    Any(Box<ArrowColumnWriter>),
    Coded(Box<Coded>),
}

impl Encoder {
    pub(super) fn group(&self) -> Result<Group<'_>, Failure> {
        let any = self.factory.create_column_writers(0).map_err(|error| unwritten(&error))?;
        let leaves = self.types.columns().iter().enumerate().zip(any);
        let writers = leaves.map(|((leaf, column), any)| {
            let field = self.schema.fields().get(self.types.get_column_root_idx(leaf));
            if field.is_some_and(|field| coded::fits(field)) {
                Writer::Coded(Box::new(Coded::new(Arc::clone(column))))
            } else {
                Writer::Any(Box::new(any))
            }
        });
        Ok(Group { encoder: self, writers: writers.collect(), rows: 0 })
    }
}

impl Group<'_> {
    /// Adds what a worker answered.
    pub(super) fn add(&mut self, worker: &mut Worker<'_, '_, '_>) -> Result<(), Failure> {
        let rows = worker.take_columns().map_err(Failure::new)?;
        self.rows += rows.num_rows();
        self.write(&rows).map_err(|error| unwritten(&error))
    }

    fn write(&mut self, rows: &RecordBatch) -> Result<(), ParquetError> {
        let mut writers = self.writers.iter_mut().peekable();
        for (field, array) in self.encoder.schema.fields().iter().zip(rows.columns()) {
            if let Some(Writer::Coded(_)) = writers.peek() {
                if let Some(Writer::Coded(writer)) = writers.next() {
                    writer.add(array)?;
                }
                continue;
            }
            for leaf in compute_leaves(field, array)? {
                if let Some(Writer::Any(writer)) = writers.next() {
                    writer.write(&leaf)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn close(self) -> Result<Chunks, Failure> {
        let close = |writer: Writer| match writer {
            Writer::Any(writer) => writer.close().map(|chunk| Chunk::Any(Box::new(chunk))),
            Writer::Coded(writer) => {
                writer.close().map(|(bytes, close)| Chunk::Coded(bytes, Box::new(close)))
            }
        };
        let chunks = self.writers.into_iter().map(close).collect::<Result<_, _>>();
        Ok(Chunks { chunks: chunks.map_err(|error| unwritten(&error))?, rows: self.rows })
    }
}

/// A row group.
pub(super) struct Chunks {
    chunks: Vec<Chunk>,
    rows: usize,
}

/// A column of a row group.
enum Chunk {
    Any(Box<ArrowColumnChunk>),
    Coded(Bytes, Box<ColumnCloseResult>),
}

fn unwritten(error: &ParquetError) -> Failure {
    Failure::new(format!("the answers cannot be written as Parquet: {error}"))
}

/// Returns the schema of the answer; what is taken over must have one type in all tables.
fn answers(
    batch: &Batch<'_, '_>,
    sources: &[Source],
    tables: &[Option<Input>],
) -> Result<SchemaRef, Failure> {
    let mut found: Option<(&str, SchemaRef)> = None;
    for (source, table) in sources.iter().zip(tables) {
        let own = batch.schema(table.as_ref().map(|table| table.schema.as_ref())).map_err(Failure::new)?;
        let Some((name, schema)) = &found else {
            found = Some((&source.name, own));
            continue;
        };
        let mut pairs = schema.fields().iter().zip(own.fields());
        if let Some((a, b)) = pairs.find(|(a, b)| a != b) {
            return Err(Failure::new(format!(
                "`{}` is {} in `{name}` and {} in `{}`; answer the tables apart, or do not keep it",
                a.name(),
                a.data_type(),
                b.data_type(),
                source.name
            )));
        }
    }
    match found {
        Some((_, schema)) => Ok(schema),
        None => batch.schema(None).map_err(Failure::new),
    }
}

/// How the columns are written that are not written by their numbers.
fn properties(schema: &Schema) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("qudao ", env!("CARGO_PKG_VERSION")).to_string());
    // Lines, and most whole numbers that are taken over, number something: they do not come again, and each is near to
    // the one before it.
    for field in schema.fields().iter().filter(|field| field.data_type().is_integer()) {
        let path = ColumnPath::from(field.name().as_str());
        builder = builder.set_column_dictionary_enabled(path.clone(), false);
        builder = builder.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    builder.build()
}

/// The answer as a file in Parquet.
pub(super) struct Table {
    writer: SerializedFileWriter<BufWriter<NewFile>>,
}

impl Table {
    /// Begins a file that is there when it is finished.
    pub(super) fn open(
        path: &Path,
        batch: &Batch<'_, '_>,
        sources: &[Source],
        tables: &[Option<Input>],
    ) -> Result<(Table, Encoder), Failure> {
        let schema = &answers(batch, sources, tables)?;
        let failed =
            |error: ParquetError| Failure::new(format!("cannot write `{}`: {error}", path.display()));
        let types = ArrowSchemaConverter::new().convert(schema).map_err(failed)?;
        let properties = properties(schema);
        let file = files::create(path)?;
        let writer =
            SerializedFileWriter::new(file, types.root_schema_ptr(), Arc::new(properties)).map_err(failed)?;
        let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(schema));
        Ok((Table { writer }, Encoder { factory, schema: Arc::clone(schema), types: Arc::new(types) }))
    }

    /// Adds a row group.
    pub(super) fn write(&mut self, group: Chunks) -> Result<(), Failure> {
        if group.rows == 0 {
            return Ok(());
        }
        let write = || -> Result<(), ParquetError> {
            let mut row_group = self.writer.next_row_group()?;
            for chunk in group.chunks {
                match chunk {
                    Chunk::Any(chunk) => chunk.append_to_row_group(&mut row_group)?,
                    Chunk::Coded(bytes, close) => row_group.append_column(&bytes, *close)?,
                }
            }
            row_group.close()?;
            Ok(())
        };
        let written = write();
        written.map_err(|error| self.writer.inner().get_ref().failed(error))
    }

    pub(super) fn is_whole_or_not(&self) -> bool {
        self.writer.inner().get_ref().is_whole_or_not()
    }

    /// Writes the end and gives the file its name.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let failed = |error: ParquetError| Failure::new(format!("cannot write the answer: {error}"));
        files::finish(self.writer.into_inner().map_err(failed)?)
    }
}
