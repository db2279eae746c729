//! Addresses of files, as clients tell them, and paths.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;
use qudao_editor::rename::plain_path;
use serde_json::Value as Json;

/// Returns the path that an address is of, if it is of a file.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.get(rest.find('/')?..)?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.bytes();
    while let Some(byte) = left.next() {
        let mut digits = left.clone().take(2).map(|digit| (digit as char).to_digit(16));
        match (byte, digits.next().flatten(), digits.next().flatten()) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                left.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    // `/C:/folder` of a client on Windows.
    let drive = path
        .get(1..3)
        .is_some_and(|it| it.ends_with(':') && it.starts_with(|c: char| c.is_ascii_alphabetic()));
    let path = if drive { path.get(1..)? } else { &path };
    Some(PathBuf::from(plain_path(path)))
}

/// Returns the path of a document; one that lies in no file has its whole address as its name.
pub(super) fn path_of(uri: &str) -> PathBuf {
    path(uri).unwrap_or_else(|| PathBuf::from(uri))
}

/// Returns the address of a path.
pub(super) fn uri(path: &Path) -> Uri {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut uri = String::new();
    if !text.starts_with('/') {
        if let Ok(own) = Uri::from_str(&text)
            && own.scheme().is_some_and(|scheme| scheme.as_str().len() > 1)
        {
            return own;
        }
        uri.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte as char),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte as char),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&format!("file://{uri}")).expect("what is no letter is written as its digits")
}

/// Escapes what cannot stand in an address, wherever a message holds one: some clients write blanks and letters of all
/// languages as they are.
pub(super) fn escape(message: &mut Json) {
    match message {
        Json::Array(all) => all.iter_mut().for_each(escape),
        Json::Object(all) => {
            for (key, value) in all {
                match value {
                    Json::String(uri) if key == "uri" || key.ends_with("Uri") => *uri = escaped(uri),
                    other => escape(other),
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn escaped(uri: &str) -> String {
    let mut escaped = String::with_capacity(uri.len());
    for c in uri.chars() {
        if c.is_ascii_graphic() && !r#""<>\^`{|}"#.contains(c) {
            escaped.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| escaped.push_str(&format!("%{byte:02X}")));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths() {
        for (address, own) in [
            ("file:///a/b%20c/%E6%B8%A0.qd", "/a/b c/渠.qd"),
            ("file:///a/100%25.qd", "/a/100%.qd"),
            ("untitled:Untitled-1", "untitled:Untitled-1"),
        ] {
            assert_eq!(path_of(address), PathBuf::from(own));
            assert_eq!(uri(Path::new(own)).as_str(), address);
        }
        assert_eq!(path("file:///C%3A/a.qd"), Some(PathBuf::from("C:/a.qd")));
        assert_eq!(path("file:///a/%4"), Some(PathBuf::from("/a/%4")));
    }
}
