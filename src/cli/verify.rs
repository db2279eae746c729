//! `qudao verify`

use std::path::PathBuf;

use qudao_language::date::Date;
use qudao_language::decide::decide;
use qudao_language::profile::{self, Format as ProfileFormat};
use qudao_telling::certificate::{Broken, Certificate, changed};
use qudao_telling::words::Tongue;

use super::argument::Argument;
use super::eval::Format;
use super::output::{Failure, Output};
use super::written::Written;
use super::{Exit, completions, files, load, profiles};

const EXAMPLES: &str = "Examples:
  qudao verify answer.json               does each step follow from the others?
  qudao verify answer.json wechat        and do these rules still answer so?";

/// What `qudao verify` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A certificate that `qudao eval` wrote
    #[arg(value_hint = clap::ValueHint::FilePath)]
    certificate: PathBuf,
    /// A ruleset to compare it with: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Option<Argument>,
    /// Compare with what the rules say on this day (default: the certificate's)
    #[arg(long, value_name = "DATE", value_parser = profiles::date, requires = "ruleset")]
    as_of: Option<Date>,
    /// Tell it in this language (default: the certificate's)
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    #[command(flatten)]
    pub(crate) written: Written<Format>,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let name = args.certificate.display();
    let bytes = files::read_named(&args.certificate)
        .map_err(|error| Failure::new(format!("cannot read the certificate `{name}`: {error}")))?;
    files::merged(&name.to_string(), &String::from_utf8_lossy(&bytes))?;
    let certificate = match Certificate::read(&bytes) {
        Ok(certificate) => certificate,
        Err(Broken::Changed) => {
            let said = Tongue::of(args.lang.as_deref().unwrap_or("en")).was_changed();
            match args.written.format() {
                Format::Json => output.print_json(&format!("{:#}\n", changed(said)))?,
                Format::Text | Format::Markdown => output.print(&format!("{name}: {said}\n"))?,
            }
            return Ok(Exit::Found);
        }
        Err(Broken::Later(schema)) => {
            return Err(Failure::new(format!("`{name}` is a `{schema}`, which a later qudao reads")));
        }
        Err(Broken::Other) => {
            return Err(Failure::new(format!(
                "`{name}` is no certificate; `qudao eval RULESET PROFILE --certificate FILE` makes one"
            )));
        }
    };
    let faults = certificate.faults();
    let mut found = !faults.is_empty();
    let mut compared = None;
    if let Some(argument) = &args.ruleset {
        let loaded = load::one(argument)?;
        let Some(ruleset) = load::ruleset_of(&loaded, output)? else { return Ok(Exit::Found) };
        let (answers, yaml) = (certificate.profile.clone().into_bytes(), ProfileFormat::Yaml);
        let read = profile::read(&ruleset, &name.to_string(), answers, yaml, &[]);
        output.diagnostics(&read.files, &read.diagnostics, false)?;
        let Some(profile) = &read.profile else { return Ok(Exit::Found) };
        let day = args.as_of.or_else(|| certificate.day()).unwrap_or_else(profiles::today);
        let told = certificate.compare(&decide(&ruleset, profile, day));
        found |= told.is_false || !told.moved.is_empty();
        compared = Some(told);
    }
    match args.written.format() {
        Format::Json => {
            let json = certificate.json(&faults, compared.as_ref());
            output.print_json(&format!("{json:#}\n"))?;
        }
        format => {
            let tongue = Tongue::of(args.lang.as_deref().unwrap_or(certificate.lang()));
            let report = certificate.report(&faults, compared.as_ref(), tongue);
            output.report(&report, format == Format::Markdown)?;
        }
    }
    Ok(if found { Exit::Found } else { Exit::Done })
}
