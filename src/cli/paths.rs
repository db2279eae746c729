//! Paths as others want them: from the root of the repository.

use std::path::{Component, Path, PathBuf};

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
