//! Bytes → the text of a profile, with a word for what is no text.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Files, MAX_FILE_BYTES, Span, no_text};

/// Adds a profile to the files.
pub(super) fn decode(files: &mut Files, name: &str, bytes: Vec<u8>) -> Result<FileId, Box<Diagnostic>> {
    let start = |file| Span { file, start: 0, end: 0 };
    if bytes.len() > MAX_FILE_BYTES {
        let file = files.add(name, "");
        let message = format!("this profile has more than {} MiB", MAX_FILE_BYTES / 1024 / 1024);
        return Err(Box::new(Diagnostic::new(Code::FileTooLarge, start(file), message)));
    }
    if let Some((what, mend)) = no_text(&bytes) {
        let file = files.add(name, "");
        let message = format!("this profile is {what}");
        return Err(Box::new(
            Diagnostic::new(Code::NotUtf8, start(file), message)
                .note(mend.unwrap_or("save it as YAML, JSON or TOML")),
        ));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(files.add(name, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or(&[])).into_owned();
            let file = files.add(name, text);
            let span = Span { file, start: valid as u32, end: valid as u32 };
            let message =
                format!("this profile is not UTF-8: the byte at offset {valid} begins no character");
            Err(Box::new(Diagnostic::new(Code::NotUtf8, span, message).note("save the file as UTF-8")))
        }
    }
}
