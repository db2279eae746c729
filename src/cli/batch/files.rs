//! The tables that a batch reads, and the file that it writes.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use qudao::program::batch::{Batch, Form, Rows};

use super::super::output::{Failure, Output};

/// A table of profiles.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Its name, as places show it.
    pub(super) name: String,
    /// Where it is; standard input where there is none.
    path: Option<PathBuf>,
    /// How it is written.
    pub(super) form: Form,
}

/// Returns the form that a file's ending tells.
pub(super) fn form_of(path: &Path) -> Option<Form> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" | "json" => Some(Form::Ndjson),
        "csv" => Some(Form::Csv),
        _ => None,
    }
}

/// Returns the tables that arguments name, patterns filled in.
pub(super) fn sources(arguments: &[String], form: Option<Form>) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for argument in arguments {
        if argument == "-" {
            sources.push(Source { name: "-".into(), path: None, form: form.unwrap_or(Form::Ndjson) });
            continue;
        }
        let mut found: Vec<PathBuf> = Vec::new();
        if argument.contains(['*', '?', '[']) && !Path::new(argument).exists() {
            let paths = glob::glob(argument)
                .map_err(|error| Failure::new(format!("`{argument}` is no pattern: {error}")))?;
            for path in paths {
                found.push(path.map_err(|error| Failure::new(error.to_string()))?);
            }
            if found.is_empty() {
                return Err(Failure::new(format!("no file is named like `{argument}`")));
            }
        } else {
            found.push(PathBuf::from(argument));
        }
        for path in found {
            let name = path.display().to_string();
            let Some(form) = form.or(form_of(&path)) else {
                return Err(Failure::new(format!(
                    "`{name}` ends in none of .ndjson, .jsonl and .csv; say --from"
                )));
            };
            sources.push(Source { name, path: Some(path), form });
        }
    }
    Ok(sources)
}

/// Returns how many threads this machine runs at once.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

impl Source {
    /// Returns how many bytes it has, if that is known.
    pub(super) fn size(&self) -> Option<u64> {
        std::fs::metadata(self.path.as_ref()?).ok().map(|metadata| metadata.len())
    }

    pub(super) fn open(&self) -> Result<Box<dyn Read>, Failure> {
        Ok(match &self.path {
            None => Box::new(io::stdin().lock()),
            Some(path) => Box::new(File::open(path).map_err(|error| self.failed(&error))?),
        })
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::new(format!("cannot read `{}`: {error}", self.name))
    }

    /// Reads some bytes, fewer only at the end.
    pub(super) fn read(&self, reader: &mut impl Read, count: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::with_capacity(count);
        reader.take(count as u64).read_to_end(&mut bytes).map_err(|error| self.failed(&error))?;
        Ok(bytes)
    }
}

/// Takes the header off the first rows of a table.
pub(super) fn header(name: &str, rows: &Rows) -> Result<(Vec<String>, Rows), Failure> {
    let (names, rest) =
        qudao::program::batch::header(rows).map_err(|reason| Failure::new(format!("{name}: {reason}")))?;
    Ok((names, rest))
}

/// Tells which columns nothing asks for.
pub(super) fn tell_idle(
    batch: &Batch<'_, '_>,
    name: &str,
    columns: &[String],
    output: &mut Output,
) -> Result<(), Failure> {
    tell(name, &batch.idle(columns.iter().map(String::as_str)), output)
}

/// Tells names that are no fields.
pub(super) fn tell(name: &str, idle: &[&str], output: &mut Output) -> Result<(), Failure> {
    if idle.is_empty() {
        return Ok(());
    }
    output
        .note(&format!("{name}: no field is named {}; not read\n", qudao::visible::visible(&idle.join(", "))))
}

/// Where answers go: a file that is whole or not there, or standard output.
pub(super) enum Target {
    Stdout(BufWriter<io::Stdout>),
    File(BufWriter<tempfile::NamedTempFile>, PathBuf),
}

impl Target {
    pub(super) fn open(path: Option<&Path>) -> Result<Target, Failure> {
        let Some(path) = path else { return Ok(Target::Stdout(BufWriter::new(io::stdout()))) };
        let failed = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
        if path.is_dir() {
            return Err(failed(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".qudao-").tempfile_in(folder).map_err(failed)?;
        super::super::files::readable(file.as_file()).map_err(failed)?;
        Ok(Target::File(BufWriter::new(file), path.to_path_buf()))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Target::Stdout(out) => out.write_all(bytes).map_err(super::super::output::closed),
            Target::File(file, path) => file
                .write_all(bytes)
                .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display()))),
        }
    }

    /// Writes out what is left and gives a file its name; tells whether it is a file.
    pub(super) fn finish(self) -> Result<bool, Failure> {
        match self {
            Target::Stdout(mut out) => out.flush().map_err(super::super::output::closed).map(|()| false),
            Target::File(file, path) => {
                let failed =
                    |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
                let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
                file.as_file().sync_all().map_err(failed)?;
                file.persist(&path).map_err(|error| failed(error.error))?;
                Ok(true)
            }
        }
    }
}
