//! In place of tables in Parquet, where the program is built without: nothing of it can be made.

use std::path::Path;

use qudao_engine::program::batch::{Batch, Worker};

use super::super::output::Failure;
use super::files::Source;

/// Says how to get a program with Parquet.
pub(super) fn absent() -> Failure {
    Failure::new(
        "this program was built without Parquet; build it with `cargo install --path . --features parquet`",
    )
}

/// A table in Parquet.
pub(super) enum Input {}

impl Input {
    pub(super) fn open(_: &Source, _: &Batch<'_, '_>) -> Result<Input, Failure> {
        Err(absent())
    }

    pub(super) fn rows(&self, _: &Source) -> Result<Rows, Failure> {
        match *self {}
    }

    pub(super) fn names(&self) -> &[String] {
        match *self {}
    }

    pub(super) fn first(&self, _: &Source, _: usize) -> Result<Option<Columns>, Failure> {
        match *self {}
    }

    pub(super) fn profile(
        &self,
        _: &Source,
        _: &Batch<'_, '_>,
        _: u64,
    ) -> Result<Option<Result<String, String>>, Failure> {
        match *self {}
    }
}

/// Its rows.
pub(super) enum Rows {}

impl Rows {
    pub(super) fn next(&mut self) -> Result<Option<Columns>, Failure> {
        match *self {}
    }
}

/// Some of them.
pub(super) struct Columns {
    /// How much of the table they are, in bytes.
    pub(super) bytes: u64,
    never: Input,
}

impl Columns {
    pub(super) fn answer(
        &self,
        _: &mut Worker<'_, '_, '_>,
        _: &mut dyn FnMut(&mut Worker<'_, '_, '_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self.never {}
    }
}

/// How rows become Parquet.
pub(super) enum Encoder {}

impl Encoder {
    pub(super) fn group(&self) -> Result<Group, Failure> {
        match *self {}
    }
}

/// A row group that grows.
pub(super) enum Group {}

impl Group {
    pub(super) fn add(&mut self, _: &mut Worker<'_, '_, '_>) -> Result<(), Failure> {
        match *self {}
    }

    pub(super) fn close(self) -> Result<Chunks, Failure> {
        match self {}
    }
}

/// A row group.
pub(super) enum Chunks {}

/// The answer as a file in Parquet.
pub(super) enum Table {}

impl Table {
    pub(super) fn open(
        _: &Path,
        _: &Batch<'_, '_>,
        _: &[Source],
        _: &[Option<Input>],
    ) -> Result<(Table, Encoder), Failure> {
        Err(absent())
    }

    pub(super) fn write(&mut self, _: Chunks) -> Result<(), Failure> {
        match *self {}
    }

    pub(super) fn is_whole_or_not(&self) -> bool {
        match *self {}
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        match self {}
    }
}
