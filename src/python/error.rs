//! What is wrong, as Python's `QudaoError`.

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use qudao_language::diagnostic::{self, Diagnostic};
use qudao_language::source::Files;

use crate::cli::output::Failure;

/// Why something cannot be done, before there is an exception of it: it is made where the lock on Python is held.
#[derive(Debug)]
pub(crate) struct Wrong {
    text: String,
    /// An object `qudao.diagnostics/1`.
    diagnostics: Option<String>,
}

impl Wrong {
    /// What these diagnostics say.
    pub(crate) fn of(files: &Files, diagnostics: Vec<Diagnostic>) -> Wrong {
        let errors = diagnostic::told_errors(diagnostics);
        let text: String = errors.iter().map(|found| diagnostic::render(files, found, false)).collect();
        Wrong {
            text: text.trim_end().to_string(),
            diagnostics: Some(diagnostic::to_json(files, &errors).to_string()),
        }
    }
}

impl From<String> for Wrong {
    fn from(text: String) -> Wrong {
        Wrong { text, diagnostics: None }
    }
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Wrong {
        match failure {
            Failure::ClosedPipe => "nobody reads what is written".to_string().into(),
            Failure::Message(text) => text.into(),
            Failure::Wrong(wrong) => Wrong::of(&wrong.0, wrong.1),
        }
    }
}

impl From<Wrong> for PyErr {
    fn from(wrong: Wrong) -> PyErr {
        Python::attach(|py| {
            let made = py
                .import("qudao._errors")
                .and_then(|module| module.getattr("QudaoError"))
                .and_then(|class| class.call1((&wrong.text, wrong.diagnostics)));
            match made {
                Ok(error) => PyErr::from_value(error),
                // What is wrong is told, even where the package lies in pieces.
                Err(_) => PyImportError::new_err(wrong.text),
            }
        })
    }
}
