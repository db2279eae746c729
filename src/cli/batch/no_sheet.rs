//! In place of sheets of workbooks, where the program is built without: nothing of them can be made.

use std::marker::PhantomData;
use std::path::Path;

use qudao_engine::program::batch::{Batch, Reject, Rows};
use qudao_telling::words::Speaker;

use super::super::output::Failure;
use super::files::Source;

pub(super) use super::super::workbook::absent;

enum Never {}

/// A sheet of a workbook.
pub(super) struct Sheet(Never);

impl Sheet {
    pub(super) fn open(_: &Source, _: &Batch<'_, '_>) -> Result<Sheet, Failure> {
        Err(absent())
    }

    pub(super) fn names(&self) -> Vec<String> {
        match self.0 {}
    }

    pub(super) fn told(&self) -> String {
        match self.0 {}
    }

    pub(super) fn places(&self) -> Places {
        match self.0 {}
    }

    pub(super) fn rows<E: From<Failure>>(
        &mut self,
        _: impl FnMut(Vec<Rows>) -> Result<bool, E>,
    ) -> Result<(), E> {
        match self.0 {}
    }
}

/// Where the cells of its rows stand.
pub(super) struct Places(Never);

impl Places {
    pub(super) fn of(&self, _: &Reject) -> String {
        match self.0 {}
    }
}

/// Answers as a workbook.
pub(super) struct Workbook<'r> {
    never: Never,
    of: PhantomData<&'r ()>,
}

impl<'r> Workbook<'r> {
    pub(super) fn open(
        _: Option<&Path>,
        _: &Batch<'_, 'r>,
        _: &[Source],
        _: Speaker<'r>,
    ) -> Result<Workbook<'r>, Failure> {
        Err(absent())
    }

    pub(super) fn add(&mut self, _: &[u8], _: &[String]) -> Result<(), Failure> {
        match self.never {}
    }

    pub(super) fn is_whole_or_not(&self) -> bool {
        match self.never {}
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.never {}
    }
}
