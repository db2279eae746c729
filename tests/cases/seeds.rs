//! What holds for any bytes at all, tried with the inputs that are kept for the fuzz targets, those that something was
//! wrong with once and those to begin with, and with the files of other cases.

use std::path::Path;

use libtest_mimic::Trial;

use crate::support::{files_below, folder};
use crate::{case, file_name, fuzz};

/// The targets, and the folders whose files they are given.
type Target = (&'static str, fn(&[u8]), &'static [&'static str]);

const TARGETS: [Target; 3] = [
    ("agreement", fuzz::agreement, &["seeds/agreement"]),
    ("ruleset", fuzz::ruleset, &["seeds/ruleset", "format", "planted", "diagnostics"]),
    ("profile", fuzz::profile, &["seeds/profile", "profiles", "../rulesets/wechat/profiles"]),
];

pub(crate) fn trials() -> Vec<Trial> {
    let given = TARGETS.into_iter().flat_map(|(target, body, folders)| {
        folders.iter().flat_map(move |below| {
            let files = files_below(&folder(below));
            assert!(!files.is_empty(), "{below} is empty");
            files.into_iter().map(move |path| {
                let within = Path::new(below).file_name().unwrap().to_string_lossy();
                let within = if below.starts_with("seeds/") { "kept" } else { &within };
                case(format!("seeds::{target}::{within}::{}", file_name(&path)), path, move |path| {
                    body(&std::fs::read(path).unwrap());
                    Vec::new()
                })
            })
        })
    });
    given.collect()
}
