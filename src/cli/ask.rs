//! `qudao ask`

use std::collections::BTreeSet;
use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;

use qudao_engine::ask::{Question, Why, further, next, required, value};
use qudao_language::decide::{Decision, decide};
use qudao_language::model::{Field, Id, Ruleset};
use qudao_language::profile;
use qudao_language::profile::ReadProfile;
use qudao_language::visible::visible;
use qudao_telling::why;
use qudao_telling::words::Speaker;

use super::argument::{Argument, Top, top};
use super::output::{Failure, Output, closed};
use super::profiles::{Input, quoted};
use super::{Exit, completions, files, load, page};

const EXAMPLES: &str = "Examples:
  qudao ask wechat                       answer questions, and get the answer
  qudao ask wechat -o me.yaml            the same, and keep the profile
  qudao ask wechat profile.yaml          go on from a profile";

/// What `qudao ask` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A ruleset: a file, a folder, or the name of one inside the binary
    #[arg(add = completions::rulesets())]
    ruleset: Argument,
    /// A profile to go on from: a file in JSON, YAML or TOML
    profile: Option<Argument>,
    /// Write the profile to this file, which is not there yet, into a pipe, or with `-` to standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write a page that asks the questions in a browser, the ruleset inside, to this file; only in a program that was
    /// built with `--features page`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "output", "assignments", "as_of", "top"])]
    html: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    /// Tell so many channels in full, and the others in short; or `all` (default: 10)
    #[arg(long, value_name = "N", value_parser = top)]
    top: Option<Top>,
}

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    if args.profile.as_deref() == Some("-") {
        return Err(Failure::new("standard input gives the answers; name the profile as a file"));
    }
    let file = args.output.as_deref().filter(|path| !files::is_standard_output(path));
    if let Some(path) = file.filter(|path| path.exists() && !files::is_stream(path)) {
        return Err(Failure::new(format!("`{}` is there already", path.display())));
    }
    let Some((loaded, ruleset)) = load::ruleset(&args.ruleset, output)? else { return Ok(Exit::Found) };
    let speaker = args.input.speaker(&ruleset, &loaded.project, output)?;
    if let Some(path) = &args.html {
        let page = page::interview(&loaded, args.input.lang.as_deref().or(loaded.project.lang.as_deref()))?;
        files::put(path, &page, &loaded.paths())?;
        output.note(&format!("{}\n", speaker.tongue.wrote(&path.display().to_string())))?;
        return Ok(Exit::Done);
    }
    let mut interview = Interview { args, ruleset: &ruleset, speaker, answers: Vec::new(), more: None };
    let Some(read) = interview.hold(output)? else { return Ok(Exit::Found) };
    output.diagnostics(&read.files, &read.diagnostics, false)?;
    let Some(profile) = &read.profile else { return Ok(Exit::Found) };
    if let Some(path) = file {
        files::replace(path, &profile::yaml_text(&ruleset, profile))
            .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display())))?;
        output.hint(&format!("{}\n", speaker.tongue.wrote(&path.display().to_string())))?;
    }
    let decision = decide(&ruleset, profile, args.input.day(&ruleset));
    let command = format!("qudao why {}", quoted(&args.ruleset));
    let why = match file {
        Some(path) => format!("{command} {}", quoted(&path.to_string_lossy())),
        None => interview.input().command(&command, args.profile.as_deref()),
    };
    let options = why::Options { top: Top::of(args.top), trace: false, why: Some(why) };
    let answer = why::answer(&decision, speaker, &options);
    // The profile is the result where it takes the place of one.
    if args.output.is_some() && file.is_none() {
        output.print(&profile::yaml_text(&ruleset, profile))?;
        output.note(&answer.columns(output.width(), false))?;
    } else {
        output.report(&answer, false)?;
    }
    Ok(Exit::Done)
}

/// What was answered so far.
struct Interview<'a> {
    args: &'a Args,
    ruleset: &'a Ruleset,
    speaker: Speaker<'a>,
    /// The fields in the order in which they were asked, each with an assignment; nothing where it was left open.
    answers: Vec<(Id<Field>, Option<String>)>,
    /// Whether questions that no verdict waits for are asked, once somebody has said so.
    more: Option<bool>,
}

/// What somebody types.
enum Typed {
    Answer(String),
    /// The answer before is to be given anew.
    Back,
    /// Nothing more is answered.
    End,
}

/// What comes after the questions that verdicts wait for.
enum Offered {
    Question(Question),
    Back,
    Nothing,
}

/// Reads a line, if there is one more.
fn read_line(lines: &mut impl BufRead, output: &mut Output) -> Result<Option<String>, Failure> {
    output.note("> ")?;
    let mut line = Vec::new();
    let mut bounded = io::Read::take(&mut *lines, LONGEST);
    if bounded.read_until(b'\n', &mut line).map_err(closed)? == 0 {
        output.note("\n")?;
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line).into_owned();
    if !io::stdin().is_terminal() {
        // What is typed stands on a terminal already.
        output.note(&format!("{}\n", visible(line.trim_end())))?;
    }
    Ok(Some(line))
}

impl Interview<'_> {
    /// Asks until nothing is open, or nobody answers any more; returns the profile then. Nothing if what the command
    /// line gave is wrong already.
    fn hold(&mut self, output: &mut Output) -> Result<Option<ReadProfile>, Failure> {
        let mut lines = io::stdin().lock();
        let mut ended = false;
        output.note(&format!("{}\n\n", self.speaker.tongue.keys()))?;
        loop {
            let question = match self.lacking() {
                Some(question) => question,
                None => {
                    let read = self.read(None)?;
                    let Some(profile) = &read.profile else {
                        output.diagnostics(&read.files, &read.diagnostics, false)?;
                        return Ok(None);
                    };
                    if ended {
                        return Ok(Some(read));
                    }
                    let decision = decide(self.ruleset, profile, self.args.input.day(self.ruleset));
                    let asked: BTreeSet<Id<Field>> = self.answers.iter().map(|(field, _)| *field).collect();
                    match next(&decision, &asked) {
                        Some(question) => question,
                        None => match self.further(&decision, &asked, &mut lines, output)? {
                            Offered::Question(question) => question,
                            Offered::Back => {
                                self.answers.pop();
                                continue;
                            }
                            Offered::Nothing => return Ok(Some(read)),
                        },
                    }
                }
            };
            if ended {
                // What every profile answers is not known, as far as we were told.
                self.answers.push((question.field, Some(self.assignment(question.field, "?"))));
                continue;
            }
            let number = self.answers.len() + 1;
            output.note(&why::question(self.speaker, &question, number, output.colour()))?;
            match self.ask(&question, &mut lines, output)? {
                Typed::Answer(text) if text.is_empty() => self.answers.push((question.field, None)),
                Typed::Answer(assignment) => self.answers.push((question.field, Some(assignment))),
                Typed::Back => {
                    self.answers.pop();
                }
                Typed::End => ended = true,
            }
        }
    }

    /// Returns a question that no verdict waits for, if such are wanted; asks once whether they are.
    fn further(
        &mut self,
        decision: &Decision<'_>,
        asked: &BTreeSet<Id<Field>>,
        lines: &mut impl BufRead,
        output: &mut Output,
    ) -> Result<Offered, Failure> {
        let Some(question) = further(decision, asked) else { return Ok(Offered::Nothing) };
        if self.more.is_none() {
            let more = why::more_answers(decision, self.speaker, asked).unwrap_or_default();
            output.note(&format!("{}\n", self.speaker.tongue.ask_more(&more)))?;
            let line = read_line(lines, output)?;
            let wanted = match line.as_deref().map(str::trim) {
                Some("<") => return Ok(Offered::Back),
                Some(answer) => matches!(&*answer.to_lowercase(), "y" | "yes" | "是"),
                None => false,
            };
            self.more = Some(wanted);
        }
        Ok(if self.more == Some(true) { Offered::Question(question) } else { Offered::Nothing })
    }

    /// Returns the first question that every profile answers, and this one does not yet.
    fn lacking(&self) -> Option<Question> {
        if self.args.profile.is_some() {
            return None;
        }
        let given = self.input().assignments;
        let given: Vec<&str> =
            given.iter().filter_map(|assignment| Some(assignment.split_once('=')?.0.trim())).collect();
        let is_given = |id: Id<Field>| {
            let field = &self.ruleset.fields[id];
            let names = field.was.iter().chain([&field.name]);
            names.into_iter().any(|name| given.contains(&&**name))
        };
        required(self.ruleset).find(|question| !is_given(question.field))
    }

    /// Reads an answer that the field takes; says what is wrong with others.
    fn ask(
        &self,
        question: &Question,
        lines: &mut impl BufRead,
        output: &mut Output,
    ) -> Result<Typed, Failure> {
        loop {
            let Some(line) = read_line(lines, output)? else { return Ok(Typed::End) };
            let confirmed = self.confirmed(question);
            match line.trim() {
                "<" => return Ok(Typed::Back),
                "." => return Ok(Typed::End),
                "" if question.why == Why::Required => output.note("? if it is not known\n")?,
                "" if confirmed.is_none() => return Ok(Typed::Answer(String::new())),
                answer => {
                    let confirmed = confirmed.filter(|_| answer.is_empty());
                    let assignment = confirmed.unwrap_or_else(|| self.assignment(question.field, answer));
                    let read = self.read(Some(assignment.clone()))?;
                    let place = format!("--set #{}", self.input().assignments.len() + 1);
                    let wrong = read
                        .diagnostics
                        .into_iter()
                        .filter(|found| read.files.get(found.label.span.file).name() == place);
                    let wrong: Vec<_> = wrong.collect();
                    if wrong.is_empty() {
                        return Ok(Typed::Answer(assignment));
                    }
                    output.diagnostics(&read.files, &wrong, false)?;
                }
            }
        }
    }

    /// Returns what an empty line stands for: that the default is right.
    fn confirmed(&self, question: &Question) -> Option<String> {
        let field = &self.ruleset.fields[question.field];
        let default = field.default.as_ref().filter(|_| question.why == Why::Assumed)?;
        Some(format!("{}={}", field.name, self.speaker.id(default, field.ty)))
    }

    fn assignment(&self, field: Id<Field>, answer: &str) -> String {
        format!("{}={}", self.ruleset.fields[field].name, value(self.ruleset, field, answer))
    }

    /// What evaluation takes: what the command line gave, and the answers.
    fn input(&self) -> Input {
        let given = &self.args.input;
        let answers = self.answers.iter().filter_map(|(_, answer)| answer.clone());
        Input {
            assignments: given.assignments.iter().cloned().chain(answers).collect(),
            as_of: given.as_of,
            lang: given.lang.clone(),
            profile_format: given.profile_format,
        }
    }

    fn read(&self, answer: Option<String>) -> Result<ReadProfile, Failure> {
        let mut input = self.input();
        input.assignments.extend(answer);
        input.read(self.ruleset, self.args.profile.as_ref())
    }
}
