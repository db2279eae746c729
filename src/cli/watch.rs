//! Doing something again whenever a file changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anstream::adapter::strip_str;
use qudao_language::visible::one_line;
use similar::{ChangeTag, TextDiff};

use super::Exit;
use super::output::{Failure, Output};

const PAUSE: Duration = Duration::from_millis(300);
/// So many files that changed are named.
const MOST_NAMED: usize = 5;
/// So many lines that changed are shown.
const MOST_LINES: usize = 20;

/// When a file was changed, and how long it is; nothing where it is not there.
type Stamp = Option<(SystemTime, u64)>;

/// Runs something, which says what files it depends on, again and again as they change, until the program is stopped.
pub(crate) fn watch(
    output: &mut Output,
    mut run: impl FnMut(&mut Output, &mut Vec<PathBuf>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let mut known: BTreeMap<PathBuf, Stamp> = BTreeMap::new();
    let mut before: Option<String> = None;
    output.said();
    loop {
        let mut paths = Vec::new();
        let ended = run(output, &mut paths);
        if let Err(Failure::ClosedPipe) = ended {
            return ended;
        }
        if let Err(failure) = &ended {
            output.fail(failure);
        }
        let said = output.said().unwrap_or_default();
        if let Some(before) = before.replace(said.clone()) {
            output.note(&differences(&before, &said))?;
        }
        // What cannot be read now may be mended, so that what was watched before stays watched.
        known.extend(paths.into_iter().map(|path| (path.clone(), stamp(&path))));
        if known.is_empty() {
            return Err(Failure::new("there is no file to watch"));
        }
        let count = known.len();
        output.hint(&format!("watching {count} files and folders; stop with Ctrl-C\n"))?;
        let mut changed: Vec<String> = Vec::new();
        while changed.is_empty() {
            std::thread::sleep(PAUSE);
            for (path, before) in &mut known {
                let now = stamp(path);
                if now != *before {
                    *before = now;
                    changed.push(path.display().to_string());
                }
            }
        }
        output.clear()?;
        output.print("\n")?;
        output.said();
        let more = changed.len().saturating_sub(MOST_NAMED);
        changed.truncate(MOST_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        output.note(&format!("changed: {}{more}\n", one_line(&changed.join(", "))))?;
    }
}

/// What two answers, one after the other, have not in common.
fn differences(before: &str, now: &str) -> String {
    let (before, now) = (strip_str(before).to_string(), strip_str(now).to_string());
    let diff = TextDiff::from_lines(&before, &now);
    let lines = diff.iter_all_changes().filter_map(|change| {
        let mark = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => return None,
        };
        let line = change.value().trim_end();
        (!line.is_empty()).then(|| format!("{mark} {line}\n"))
    });
    let mut lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return "the answer is as it was\n".into();
    }
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    let rest = if more > 0 { format!("and {more} more lines\n") } else { String::new() };
    format!("what changed in the answer\n{}{rest}", lines.concat())
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
