//! `qudao doc`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use qudao_analysis::analyse::difference::{Difference, Side, report};
use qudao_language::date::Date;
use qudao_telling::document::{Document, WRITTEN};
use qudao_telling::site::{Besides, CHAPTERS, pages};

use qudao_telling::words::Speaker;

use super::argument::Argument;
use super::budget::{Spending, Waiting};
use super::load::Loaded;
use super::output::{Failure, Output};
use super::{Exit, completions, diff, files, load, profiles, test};

const EXAMPLES: &str = "Examples:
  qudao doc wechat -o site               the ruleset as pages to browse
  qudao doc shop.qd -o site --lang zh
  qudao doc shop.qd -o site --against v1.2";

/// What `qudao doc` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// Write the pages into this folder; `index.html` is the first
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// Tell what has changed since this git revision
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// Leave the tests out
    #[arg(long)]
    no_tests: bool,
    /// Read dated facts at this day (default: the ruleset's, else today)
    #[arg(long, value_name = "DATE", value_parser = profiles::date)]
    as_of: Option<Date>,
    /// Show texts in this language (default: that of `qudao.toml`, else the ruleset's first)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
    #[command(flatten)]
    spending: Spending,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let loaded = load::one(&args.ruleset)?;
    let Some(ruleset) = load::ruleset_of(&loaded, output)? else { return Ok(Exit::Found) };
    let speaker = profiles::speaker(&ruleset, args.lang.as_deref(), &loaded.project, output)?;
    let day = args.as_of.or(ruleset.as_of).unwrap_or_else(profiles::today);
    let waiting = Waiting::new(speaker.tongue.writing_pages());
    let lang = args.lang.as_deref();
    let untested = args.no_tests || ruleset.tests.is_empty() && ruleset.properties.is_empty();
    let tests = match untested {
        true => None,
        false => Some(test::told((&loaded, &ruleset), (lang, args.as_of), args.spending, output)?),
    };
    let changes = match &args.against {
        Some(revision) => match changes(args, revision, (&loaded, speaker, day), output)? {
            Some(told) => Some(told),
            None => return Ok(Exit::Found),
        },
        None => None,
    };
    let pages = pages(speaker, day, Besides { tests, changes });
    drop(waiting);
    write(&args.output, &pages)?;
    let count = pages.iter().filter(|(name, _)| name.ends_with(".html")).count();
    let first = args.output.join("index.html");
    output.note(&format!("wrote {count} pages; the first is {}\n", first.display()))?;
    Ok(Exit::Done)
}

/// Tells what has changed since a revision; nothing where what stood there has errors.
fn changes(
    args: &Args,
    revision: &str,
    (loaded, speaker, day): (&Loaded, Speaker<'_>, Date),
    output: &mut Output,
) -> Result<Option<Document>, Failure> {
    let Some(main) = &loaded.main else {
        return Err(Failure::new(format!(
            "`{}` is inside the binary and has no revisions; `--against` takes a ruleset in a file",
            args.ruleset
        )));
    };
    let then = format!("{revision}:{}", main.display());
    let Some((old_files, old)) = load::ruleset(then.as_str(), output)? else { return Ok(None) };
    let old_day = args.as_of.or(old.as_of).unwrap_or(day);
    let mut difference = Difference::new(
        Side { ruleset: &old, day: old_day, label: then },
        Side { ruleset: speaker.ruleset, day, label: main.display().to_string() },
    );
    let sides = [(loaded, speaker.ruleset), (&old_files, &old)];
    diff::find(&mut difference, sides, args.spending, &mut Vec::new());
    Ok(Some(report(&difference, &[], None, speaker.tongue)))
}

/// Writes files into a folder, over none that was not written by this command, and removes those that an earlier run
/// has left there.
fn write(folder: &Path, pages: &[(String, String)]) -> Result<(), Failure> {
    let failed = |what: &str, path: &Path, error: std::io::Error| {
        Failure::new(format!("cannot {what} `{}`: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| failed("make the folder", folder, error))?;
    let names: BTreeSet<&str> = pages.iter().map(|(name, _)| &**name).collect();
    // All are looked at before the first is written.
    for path in names.iter().map(|name| folder.join(name)) {
        if std::fs::symlink_metadata(&path).is_ok() && !is_ours(&path) {
            return Err(Failure::new(format!(
                "`{}` was not written by `qudao doc`, and is not written over",
                path.display()
            )));
        }
    }
    for (name, text) in pages {
        let path = folder.join(name);
        files::replace(&path, text).map_err(|error| failed("write", &path, error))?;
    }
    for entry in std::fs::read_dir(folder).map_err(|error| failed("read", folder, error))?.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let old = name.to_str().is_some_and(|name| is_page(name) && !names.contains(name));
        if old && is_ours(&path) {
            files::remove(&path).map_err(|error| failed("remove", &path, error))?;
        }
    }
    Ok(())
}

/// Tells whether a file has the name of a page: `rules.html`, `rules-2.html`.
fn is_page(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".html") else { return false };
    let is_number = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
    CHAPTERS.contains(&stem)
        || stem.rsplit_once('-').is_some_and(|(stem, end)| CHAPTERS.contains(&stem) && is_number(end))
}

/// Tells whether this command wrote a file: it says so at its beginning.
fn is_ours(path: &Path) -> bool {
    const BEGINNING: usize = 1000;
    let is_file = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    let bytes = if is_file { files::glance(path).unwrap_or_default() } else { Vec::new() };
    let beginning = bytes.get(..BEGINNING).unwrap_or(&bytes);
    beginning.windows(WRITTEN.len()).any(|words| words == WRITTEN.as_bytes())
}
