//! Files that cannot be read as a whole.

use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::source::{FileId, MAX_FILE_BYTES, Span};

/// So many lines get their ends mended.
const MAX_LINES: usize = 100_000;

/// Tells why a file cannot be read as a whole: it is too large, of another encoding, or has line ends that would make
/// one comment of the rest.
pub(super) fn unreadable(file: FileId, text: &str) -> Option<Diagnostic> {
    let at = |start: usize, end: usize| Span { file, start: start as u32, end: end as u32 };
    if text.len() > MAX_FILE_BYTES {
        let message = format!("this file has more than {} MiB", MAX_FILE_BYTES / 1024 / 1024);
        return Some(Diagnostic::new(Code::FileTooLarge, at(0, 0), message).here("the file begins here"));
    }
    let beginning = text.as_bytes().get(..text.len().min(512)).unwrap_or(&[]);
    let zeros = beginning.iter().filter(|byte| **byte == 0).count();
    if zeros > 2 && zeros * 3 > beginning.len() {
        let message = "this file is not UTF-8: every second byte is zero";
        return Some(
            Diagnostic::new(Code::NotUtf8, at(0, 0), message)
                .here("the file begins here")
                .note("the file looks like UTF-16; save it as UTF-8"),
        );
    }
    let mut lone =
        text.match_indices('\r').map(|(at, _)| at).filter(|at| text.as_bytes().get(at + 1) != Some(&b'\n'));
    let first = lone.next()?;
    let mut diagnostic = Diagnostic::new(
        Code::ForbiddenCharacter,
        at(first, first + 1),
        "a line ends as on old Macs, with CR alone",
    )
    .here("a line ends here")
    .note("save the file with the line ends LF or CR LF");
    let edit = |start| Edit { span: at(start, start + 1), text: "\n".into() };
    let edits: Vec<Edit> = [first].into_iter().chain(lone).take(MAX_LINES + 1).map(edit).collect();
    if edits.len() <= MAX_LINES {
        diagnostic = diagnostic.fix("end all lines with LF", at(first, first + 1), "\n");
        diagnostic.fix = diagnostic.fix.map(|fix| crate::diagnostic::Fix { edits, ..fix });
    }
    Some(diagnostic)
}
