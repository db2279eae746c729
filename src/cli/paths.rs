//! Paths as others want them: from the root of the repository, or from where somebody stands; patterns of paths.

use std::fs::DirEntry;
use std::path::{Component, Path, PathBuf};

/// Returns the paths that a name in a folder stands for: itself, or those that it is a pattern of, which are some.
pub(crate) fn matching(folder: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let path = folder.join(name);
    if !name.contains(['*', '?', '[']) || path.exists() {
        return Ok(vec![path]);
    }
    let found = like(folder, name)?;
    if found.is_empty() {
        return Err(format!("no file is named like `{name}`"));
    }
    Ok(found)
}

/// Returns what is named like a pattern, as a shell does it, which leaves hidden files aside. A part of a name that is not
/// Unicode is as good as any one character.
fn like(folder: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
    let mut found = vec![folder.to_path_buf()];
    for part in Path::new(name).components() {
        let text = part.as_os_str().to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            found.iter_mut().for_each(|path| path.push(part));
            found.retain(|path| path.exists());
            continue;
        }
        let pattern =
            glob::Pattern::new(&text).map_err(|error| format!("`{name}` is no pattern: {error}"))?;
        let is_like = |entry: &DirEntry| pattern.matches_with(&entry.file_name().to_string_lossy(), options);
        found = match &*text {
            "**" => folders_below(found, &is_like)?,
            _ => {
                let mut all = Vec::new();
                for path in found.iter().filter(|path| path.as_os_str().is_empty() || path.is_dir()) {
                    all.extend(
                        entries(path)?
                            .iter()
                            .filter(|entry| is_like(entry))
                            .map(|it| path.join(it.file_name())),
                    );
                }
                all
            }
        };
        found.sort();
    }
    Ok(found)
}

/// Some folders, and all folders in them, hidden ones and those behind links aside.
fn folders_below(
    folders: Vec<PathBuf>,
    is_like: &impl Fn(&DirEntry) -> bool,
) -> Result<Vec<PathBuf>, String> {
    let (mut open, mut found) = (folders, Vec::new());
    while let Some(folder) = open.pop() {
        let below = entries(&folder)?;
        let is_folder =
            |entry: &&DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_like(entry);
        open.extend(below.iter().filter(is_folder).map(|entry| folder.join(entry.file_name())));
        found.push(folder);
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<DirEntry>, String> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(here).and_then(Iterator::collect);
    entries.map_err(|error| format!("cannot read the folder `{}`: {error}", here.display()))
}

/// Returns an absolute path as somebody here would write it: what lies here or above without the way to here.
pub(crate) fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
    let (mut up, mut above) = (PathBuf::new(), here.as_path());
    loop {
        if let Ok(rest) = path.strip_prefix(above) {
            // Of the root alone nobody thinks as of the way up.
            return if above.parent().is_none() { path.to_path_buf() } else { up.join(rest) };
        }
        let Some(parent) = above.parent() else { return path.to_path_buf() };
        (up, above) = (up.join(".."), parent);
    }
}

/// Returns what gives a file's path, from the root of the repository if GitHub says where it is, else from the folder
/// that the command runs in. What lies outside stays absolute.
pub(crate) fn from_root() -> impl Fn(&str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let root = workspace.filter(|root| here.starts_with(root)).unwrap_or_else(|| here.clone());
    move |name| relative(name, &here, &root)
}

fn relative(name: &str, here: &Path, root: &Path) -> String {
    let path = plain(&here.join(name));
    let path = path.strip_prefix(plain(root)).unwrap_or(&path);
    path.to_string_lossy().replace('\\', "/")
}

/// Returns a path without `.` and `..`, as it is written: links are not followed.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_the_root() {
        let path = |name: &str| relative(name, Path::new("/srv/repo/rules"), Path::new("/srv/repo"));
        assert_eq!(path("shop.qd"), "rules/shop.qd");
        assert_eq!(path("./a/../shop.qd"), "rules/shop.qd");
        assert_eq!(path("../main.qd"), "main.qd");
        assert_eq!(path("/srv/repo/rules/b.qd"), "rules/b.qd");
        assert_eq!(path("../../other/b.qd"), "/srv/other/b.qd");
    }
}
