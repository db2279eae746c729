//! Profiles as arguments: files, standard input, assignments; the day and the language.

use std::ffi::OsStr;
use std::path::Path;
use std::time::SystemTime;

use clap::{Args, ValueEnum};
use qudao_language::date::Date;
use qudao_language::model::Ruleset;
use qudao_language::profile::{self, Format, ReadProfile};
use qudao_language::visible::visible;
use qudao_telling::words::{Speaker, not_in_language};

use super::argument::Argument;
use super::output::{Failure, Output};
use super::project::Project;
use super::{completions, files};

/// How a profile from standard input is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ProfileFormat {
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// TOML
    Toml,
}

/// What evaluation takes besides a ruleset and profiles.
#[derive(Args, Debug)]
pub(crate) struct Input {
    /// Give a field a value, whatever the profile says: `posts=9`, `goals={a, b}`, `posts=unknown`
    #[arg(long = "set", value_name = "FIELD=VALUE", add = completions::assignments())]
    pub(crate) assignments: Vec<String>,
    /// Read dated facts at this day (default: the ruleset's, else today)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<Date>,
    /// Show texts in this language (default: that of `qudao.toml`, else the
    /// ruleset's first)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    pub(crate) lang: Option<String>,
    /// How profiles are written, whatever their endings
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) profile_format: Option<ProfileFormat>,
}

pub(crate) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "expected a day such as 2021-06-01".into())
}

impl Input {
    /// Returns the day to read dated facts at: the caller's, the ruleset's, or today in UTC.
    pub(crate) fn day(&self, ruleset: &Ruleset) -> Date {
        self.as_of.or(ruleset.as_of).unwrap_or_else(today)
    }

    /// Returns a speaker of the language asked for; says so where not all is told in it.
    pub(crate) fn speaker<'r>(
        &'r self,
        ruleset: &'r Ruleset,
        project: &'r Project,
        output: &mut Output,
    ) -> Result<Speaker<'r>, Failure> {
        speaker(ruleset, self.lang.as_deref(), project, output)
    }

    /// Reads one profile; `-` is standard input. Without one, a profile is made of the assignments alone.
    pub(crate) fn read(
        &self,
        ruleset: &Ruleset,
        argument: Option<&(impl AsRef<OsStr> + ?Sized)>,
    ) -> Result<ReadProfile, Failure> {
        let asked = self.profile_format.map(|format| match format {
            ProfileFormat::Json => Format::Json,
            ProfileFormat::Yaml => Format::Yaml,
            ProfileFormat::Toml => Format::Toml,
        });
        let Some(argument) = argument else {
            return Ok(profile::read_assignments(ruleset, &self.assignments));
        };
        let path = Path::new(argument);
        let argument = &*path.to_string_lossy();
        if argument == "-" {
            let bytes = files::read_stdin()
                .map_err(|error| Failure::new(format!("cannot read the input: {error}")))?;
            let format = asked.unwrap_or_else(|| format_of(&bytes));
            return Ok(profile::read(ruleset, "-", bytes, format, &self.assignments));
        }
        let (bytes, format) = named(path, asked, "; say --profile-format")?;
        Ok(profile::read(ruleset, argument, bytes, format, &self.assignments))
    }
}

/// Returns the profiles that arguments stand for, folders and patterns gone through; of no argument one, of what is said
/// by options alone.
pub(crate) fn given(arguments: &[Argument]) -> Result<Vec<Option<Argument>>, Failure> {
    let mut profiles = Vec::new();
    for argument in arguments {
        match &**argument {
            "-" => profiles.push(Some(argument.clone())),
            _ => {
                let files = argument.files(is_profile)?.into_iter();
                profiles.extend(files.map(|path| Some(Argument::from(path.into_os_string()))));
            }
        }
    }
    if profiles.is_empty() {
        profiles.push(None);
    }
    Ok(profiles)
}

/// Tells whether the name of a file is one of a profile.
pub(crate) fn is_profile(path: &Path) -> bool {
    Format::of_name(&path.to_string_lossy()).is_some()
}

/// Reads the file of a profile that the command line names, once: it may be a pipe. Returns how it is written, too.
/// `hint` says what to do where its name tells no format.
pub(crate) fn named(path: &Path, asked: Option<Format>, hint: &str) -> Result<(Vec<u8>, Format), Failure> {
    let name = path.to_string_lossy();
    let known = asked.or(Format::of_name(&name));
    // The name of a pipe tells nothing.
    if known.is_none() && !files::is_stream(path) && name.contains('=') && !path.exists() {
        return Err(Failure::new(format!("no profile is named `{name}`; a field is set by `--set {name}`")));
    }
    if known.is_none() && !files::is_stream(path) {
        return Err(Failure::new(format!("`{name}` ends in none of .json, .yaml, .yml and .toml{hint}")));
    }
    let bytes = files::read_named(path)
        .map_err(|error| Failure::new(format!("cannot read the profile `{name}`: {error}")))?;
    let format = known.unwrap_or_else(|| format_of(&bytes));
    Ok((bytes, format))
}

/// Returns how a profile without a name most likely is written.
fn format_of(bytes: &[u8]) -> Format {
    let json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if json { Format::Json } else { Format::Yaml }
}

impl Input {
    /// Returns a command for the same profile, with what was set, ready to be typed.
    pub(crate) fn command(&self, command: &str, profile: Option<&str>) -> String {
        let assignments = self.assignments.iter().map(|assignment| format!("--set {}", quoted(assignment)));
        let parts = std::iter::once(command.to_string()).chain(profile.map(quoted)).chain(assignments);
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// Returns a speaker of a language, else of the project's; says so where not all is told in it.
pub(crate) fn speaker<'r>(
    ruleset: &'r Ruleset,
    language: Option<&'r str>,
    project: &'r Project,
    output: &mut Output,
) -> Result<Speaker<'r>, Failure> {
    let language = language.or(project.lang.as_deref());
    if let Some(said) = language.and_then(|asked| not_in_language(ruleset, asked)) {
        output.note(&format!("warning: {}\n", visible(&said)))?;
    }
    Ok(Speaker::new(ruleset, language))
}

/// Returns an argument as a shell reads it back.
pub(crate) fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=./,:@%+".contains(c);
    match !argument.is_empty() && argument.chars().all(plain) {
        true => argument.to_string(),
        false => format!("'{}'", argument.replace('\'', "'\\''")),
    }
}

/// Returns today's date in UTC.
pub(crate) fn today() -> Date {
    let seconds =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    Date::new(1970, 1, 1).unwrap_or(Date::MIN).plus_days(i128::from(seconds / 86_400))
}
