//! Doing something again whenever a file changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Exit;
use super::output::{Failure, Output};

const PAUSE: Duration = Duration::from_millis(300);

/// When a file was changed, and how long it is; nothing where it is not there.
type Stamp = Option<(SystemTime, u64)>;

/// Runs something, which says what files it depends on, again and again as they change, until the program is stopped.
pub(crate) fn watch(
    output: &mut Output,
    mut run: impl FnMut(&mut Output, &mut Vec<PathBuf>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let mut known: BTreeMap<PathBuf, Stamp> = BTreeMap::new();
    loop {
        let mut paths = Vec::new();
        let ended = run(output, &mut paths);
        if let Err(Failure::ClosedPipe) = ended {
            return ended;
        }
        if let Err(failure) = &ended {
            output.fail(failure);
        }
        // What cannot be read now may be mended, so that what was watched before stays watched.
        known.extend(paths.into_iter().map(|path| (path.clone(), stamp(&path))));
        if known.is_empty() {
            return Err(Failure::new("there is no file to watch"));
        }
        let count = known.len();
        output.hint(&format!("watching {count} files and folders; stop with Ctrl-C\n"))?;
        while known.iter().all(|(path, before)| stamp(path) == *before) {
            std::thread::sleep(PAUSE);
        }
        for (path, before) in &mut known {
            *before = stamp(path);
        }
        output.print("\n")?;
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
