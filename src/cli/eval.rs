//! `qudao eval`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use qudao_language::decide::decide;
use qudao_language::profile::ReadProfile;
use qudao_telling::certificate::certificate;
use qudao_telling::{result, why};

use super::argument::{Argument, Top, top};
use super::output::{Failure, Output};
use super::profiles::{Input, given, quoted};
use super::watch::watch;
use super::written::{Formats, Written};
use super::{Exit, completions, files, load};

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people, as wide as the terminal
    Text,
    /// One document, or one a line for several profiles
    Json,
    /// For reports
    Markdown,
}

/// Whom an answer is written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Reader {
    /// Whoever writes or checks the rules
    Author,
    /// Whoever asked for the answer
    Client,
}

impl Formats for Format {
    const TEXT: Format = Format::Text;
    const JSON: Format = Format::Json;
}

const EXAMPLES: &str = "Examples:
  qudao eval wechat profile.yaml         rank the channels, and say why
  qudao eval wechat clients --json       a folder of profiles, a result a line
  qudao eval wechat --set entity_type=company --set sells_in_wechat=true";

/// What `qudao eval` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES, override_usage = "qudao eval [OPTIONS] <RULESET> <PROFILE>...
       qudao eval [OPTIONS] <RULESET> --set <FIELD=VALUE>...")]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// Profiles: files in JSON, YAML or TOML, folders or patterns of them, or `-` for standard input
    #[arg(value_name = "PROFILE", required_unless_present = "assignments")]
    profiles: Vec<Argument>,
    #[command(flatten)]
    input: Input,
    /// Write it for its author, or for a client: in words, with titles, and sources as footnotes
    #[arg(long = "for", value_enum, value_name = "READER", default_value_t = Reader::Author)]
    reader: Reader,
    /// Tell names beside titles, for a client too
    #[arg(long)]
    ids: bool,
    /// Tell so many channels in full, and the others in short; or `all` (default: 10)
    #[arg(long, value_name = "N", value_parser = top)]
    top: Option<Top>,
    #[command(flatten)]
    pub(crate) written: Written<Format>,
    /// List every rule and what became of it
    #[arg(long)]
    trace: bool,
    /// Write a certificate of the answer to this file: all that it rests on, which `qudao verify` replays
    #[arg(long, value_name = "FILE", conflicts_with = "watch")]
    certificate: Option<PathBuf>,
    /// Answer anew whenever a file changes
    #[arg(long, conflicts_with = "output")]
    watch: bool,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let for_client = args.reader == Reader::Client;
    let wrong = match () {
        () if for_client && args.written.format() == Format::Json => {
            Some("`--for client` writes text or Markdown, not JSON")
        }
        () if for_client && args.trace => {
            Some("`--for client` tells no rules; `--trace` is for their author")
        }
        () if for_client && args.top.is_some() => {
            Some("`--for client` tells what is recommended, not `--top` so many")
        }
        () if !for_client && args.ids => {
            Some("`--ids` is for `--for client`; their author is told names anyway")
        }
        () => None,
    };
    if let Some(wrong) = wrong {
        return Err(Failure::new(wrong));
    }
    let answer = args.written.to.file().unwrap_or(Path::new("-"));
    if let Some(certificate) = &args.certificate
        && (files::same(answer, certificate)
            || [answer, certificate].iter().all(|to| files::is_standard_output(to)))
    {
        return Err(Failure::new("the answer and the certificate would go to one place; name two"));
    }
    match args.watch {
        true => watch(output, |output, paths| once(args, output, paths)),
        false => once(args, output, &mut Vec::new()),
    }
}

/// Evaluates all profiles once; tells the files that it read.
fn once(args: &Args, output: &mut Output, paths: &mut Vec<PathBuf>) -> Result<Exit, Failure> {
    let profiles = args.profiles.iter().filter(|profile| &***profile != "-");
    let profiles = profiles.map(|profile| profile.path().to_path_buf());
    paths.extend(profiles.chain(load::arguments(&args.ruleset)));
    let loaded = load::one(&args.ruleset)?;
    paths.extend(loaded.watched());
    let Some(ruleset) = load::ruleset_of(&loaded, output)? else { return Ok(Exit::Found) };
    let speaker = args.input.speaker(&ruleset, &loaded.project, output)?;
    let day = args.input.day(&ruleset);
    let profiles = given(&args.profiles)?;
    let files = profiles.iter().flatten().filter(|profile| &***profile != "-");
    paths.extend(files.map(|profile| profile.path().to_path_buf()));
    let several = profiles.len() > 1;
    if several && args.certificate.is_some() {
        return Err(Failure::new("`--certificate` is of one answer; evaluate one profile"));
    }
    if let (Some(certificate), Some(answer)) = (&args.certificate, args.written.to.file())
        && files::same(certificate, answer)
    {
        return Err(Failure::new("the answer and the certificate would go to one place; name two"));
    }
    let mut exit = Exit::Done;
    for (number, argument) in profiles.iter().map(Option::as_ref).enumerate() {
        let read = args.input.read(&ruleset, argument)?;
        let Some(profile) = &read.profile else {
            exit = Exit::Found;
            reject(args.written.format(), argument.map_or("--set", |argument| argument), &read, output)?;
            continue;
        };
        output.diagnostics(&read.files, &read.diagnostics, false)?;
        let decision = decide(&ruleset, profile, day);
        if let Some(path) = &args.certificate {
            files::put(path, &certificate(&decision, speaker), paths)?;
            output.note(&format!("{}\n", speaker.tongue.wrote(&path.display().to_string())))?;
        }
        if args.written.format() == Format::Json {
            let write = |out: &mut dyn Write| {
                result::write_json(&decision, speaker, args.trace, !several, &mut *out)?;
                out.write_all(b"\n")
            };
            output.write_json(write)?;
            continue;
        }
        let markdown = args.written.format() == Format::Markdown;
        if let (true, false, Some(argument)) = (several, markdown, argument) {
            let gap = if number > 0 { "\n" } else { "" };
            output.print(&format!("{gap}── {} ──\n", qudao_language::visible::visible(argument)))?;
        }
        if args.reader == Reader::Client {
            let advice = why::client_advice(&decision);
            let told = why::client(&decision, speaker, &advice, args.ids).in_text(&speaker);
            output.report(&told, markdown)?;
            continue;
        }
        let why = format!("qudao why {}", quoted(&args.ruleset));
        let why = args.input.command(&why, argument.map(|argument| &**argument));
        let options = why::Options { top: Top::of(args.top), trace: args.trace, why: Some(why) };
        output.report(&why::answer(&decision, speaker, &options), markdown)?;
    }
    // Where the program ends, nobody has to take a large ruleset apart.
    if !args.watch {
        std::mem::forget((loaded, ruleset));
    }
    Ok(exit)
}

/// Reports a profile that cannot be used: with the results in JSON, beside them otherwise.
fn reject(format: Format, profile: &str, read: &ReadProfile, output: &mut Output) -> Result<(), Failure> {
    if format != Format::Json {
        return output.diagnostics(&read.files, &read.diagnostics, false);
    }
    output.print_json(&format!("{}\n", read.rejected(profile)))
}
