//! Bytes → the text of a profile, with a word for what is no text.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Files, MAX_FILE_BYTES, Span};

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
        return Err(Box::new(Diagnostic::new(Code::NotUtf8, start(file), message).note(mend)));
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

/// Tells by its first bytes what a file is that is no text in UTF-8.
fn no_text(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const SAVE: &str = "save the file as UTF-8";
    Some(match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("written in UTF-16", SAVE),
        // Without a mark: the first characters are of ASCII, every other byte of them is zero.
        [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..] => ("written in UTF-16", SAVE),
        [0x1f, 0x8b, ..] => ("compressed (gzip)", "unpack it first"),
        [b'P', b'K', 3, 4, ..] => ("a ZIP archive, as workbooks are", "save it as YAML, JSON or TOML"),
        [b'%', b'P', b'D', b'F', ..] => ("a PDF document", "save it as YAML, JSON or TOML"),
        _ => return None,
    })
}
