//! Paths as a ruleset writes them.

/// Tells whether a path that was joined goes up at its beginning.
pub(super) fn leads_out(resolved: &str) -> bool {
    resolved == ".." || resolved.starts_with("../")
}

/// Joins a path to the folder of the file that names it. The result goes up only at its beginning.
pub(super) fn resolve(folder: &str, path: &str) -> Result<String, &'static str> {
    if path.is_empty() {
        return Err("this path is empty");
    }
    if path.starts_with('/') || path.contains('\\') || path.contains(':') || path.contains('\0') {
        return Err("a path is relative, with `/` between names");
    }
    let mut names: Vec<&str> = Vec::new();
    for name in folder.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => {
                names.pop();
            }
            _ => names.push(name),
        }
    }
    Ok(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_and_go_up_at_the_beginning_only() {
        assert_eq!(resolve("parts/", "../facts.qd"), Ok("facts.qd".into()));
        assert_eq!(resolve("", "a/./b/../c.qd"), Ok("a/c.qd".into()));
        assert_eq!(resolve("", "../../x"), Ok("../../x".into()));
        assert!(resolve("", "/etc/passwd").is_err());
        assert!(resolve("", "C:\\x").is_err());
    }
}
