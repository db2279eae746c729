//! `qudao review`

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use qudao_analysis::analyse::settings::declared;
use qudao_analysis::testing::causes::{Cause, Proposal, causes, causes_by_trial, partly};
use qudao_analysis::testing::has_conflict;
use qudao_analysis::testing::report;
use qudao_language::check::check;
use qudao_language::date::Date;
use qudao_telling::document::{Block, Document};
use qudao_telling::words::Tongue;

use super::argument::Argument;
use super::output::{Failure, Output};
use super::profiles::{date, quoted};
use super::project::Project;
use super::snapshots::{Beside, Deciding, Held, accept, accept_in_part, held};
use super::{Exit, completions, files, load};

const EXAMPLES: &str = "Examples:
  qudao review                           step through the causes
  qudao review --accept-causes all       accept them without asking";

/// What `qudao review` takes.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Rulesets: files, or folders with all rulesets below them (default: those of `qudao.toml`, else the current folder)
    #[arg(value_name = "PATH")]
    paths: Vec<Argument>,
    /// Accept these causes, by number, without asking; `all` accepts every one
    #[arg(long = "accept-causes", alias = "accept", value_name = "NUMBER", value_delimiter = ',', value_parser = which)]
    accept: Vec<Which>,
    /// Reject these causes, by number, without asking; `all` rejects every one
    #[arg(long = "reject-causes", alias = "reject", value_name = "NUMBER", value_delimiter = ',', value_parser = which)]
    reject: Vec<Which>,
    /// Read dated facts at this day (default: the ruleset's)
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
    /// Tell causes in this language (default: that of `qudao.toml`, else English)
    #[arg(long, value_name = "TAG", add = completions::languages())]
    lang: Option<String>,
}

/// Causes that are named on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Which {
    All,
    Number(usize),
}

fn which(text: &str) -> Result<Which, String> {
    match text {
        "all" => Ok(Which::All),
        _ => text.parse().map(Which::Number).map_err(|_| "expected a number of the list, or `all`".into()),
    }
}

/// What was decided of some lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Choice {
    Accepted,
    Rejected,
}

pub(crate) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let mut mains = Vec::new();
    for path in &Project::rulesets(&args.paths)? {
        mains.extend(load::main_files(path)?);
    }
    let interactive = io::stdin().is_terminal() && io::stdout().is_terminal();
    let told = !args.accept.is_empty() || !args.reject.is_empty();
    let (mut left, mut seen, mut offset) = (0, 0, 0);
    let mut tongue = None;
    let mut terminal = Terminal(console::Term::stdout());
    for main in &mains {
        let project = Project::of(main.parent().unwrap_or(Path::new("")))?;
        let own = project.tongue(args.lang.as_deref());
        output.speak(*tongue.get_or_insert(own));
        let mut review = Review { tongue: own, ..Review::of(main, args.as_of)? };
        if review.causes.is_empty() {
            continue;
        }
        seen += 1;
        if told {
            review.choose(args, offset)?;
        } else if interactive {
            if !review.step(output, &mut terminal)? {
                left += review.open();
                break;
            }
        } else {
            review.list(output, main, offset)?;
        }
        offset += review.causes.len();
        left += review.open();
    }
    let numbers = args.accept.iter().chain(&args.reject);
    let greatest = numbers.filter_map(|which| match which {
        Which::Number(number) => Some(*number),
        Which::All => None,
    });
    if let Some(beyond) = greatest.max().filter(|number| *number > offset || *number == 0) {
        return Err(Failure::new(format!("there is no cause {beyond}; there are {offset}")));
    }
    let tongue: Tongue = tongue.unwrap_or_default();
    match (seen, left) {
        (0, _) => output.hint(&format!("{}\n", tongue.no_snapshot_pending()))?,
        (_, 0) => output.hint(&format!("{}\n", tongue.nothing_to_review()))?,
        (_, left) if told || interactive => output.hint(&format!("{}\n", tongue.left_to_review(left)))?,
        _ => {}
    }
    Ok(if left == 0 { Exit::Done } else { Exit::Found })
}

/// A pending case.
struct Pending {
    old: Option<Held>,
    new: Held,
}

/// The pending cases beside a main file, and what moved them.
struct Review {
    beside: Beside,
    pending: BTreeMap<String, Pending>,
    causes: Vec<Cause>,
    /// The language in which they are told.
    tongue: Tongue,
    /// What was decided, by the number of the cause and the case.
    chosen: BTreeMap<(usize, String), Choice>,
}

/// Gives one key after another.
trait Keys {
    fn key(&mut self) -> io::Result<char>;
}

struct Terminal(console::Term);

impl Keys for Terminal {
    fn key(&mut self) -> io::Result<char> {
        self.0.read_char()
    }
}

impl Review {
    fn of(main: &Path, as_of: Option<Date>) -> Result<Review, Failure> {
        let beside = Beside::find(main);
        let read = |path: PathBuf| held(&path).map_err(Failure::new);
        let (mut pending, mut kept) = (BTreeMap::new(), BTreeMap::new());
        for case in beside.cases.keys() {
            let old = read(beside.accepted(case))?;
            match read(beside.pending(case))? {
                Some(new) if has_conflict(&new.contents) => {
                    let path = beside.pending(case);
                    let told = "holds the marks of a merge conflict; `qudao test` writes it anew";
                    return Err(Failure::new(format!("`{}` {told}", path.display())));
                }
                Some(new) if old.as_ref().is_none_or(|old| old.contents != new.contents) => {
                    pending.insert(case.clone(), Pending { old, new });
                }
                Some(_) | None => kept.extend(old.map(|old| (case.clone(), old))),
            }
        }
        let changed = pending.iter().map(|(case, pending): (&String, &Pending)| Proposal {
            case,
            old: pending.old.as_ref().map_or("", |old| &old.contents),
            new: &pending.new.contents,
        });
        let same = kept.iter().map(|(case, old): (&String, &Held)| Proposal {
            case,
            old: &old.contents,
            new: &old.contents,
        });
        let proposals: Vec<Proposal<'_>> = changed.chain(same).collect();
        let found =
            if pending.is_empty() { Vec::new() } else { found(main, as_of, &beside, &pending, &proposals) };
        Ok(Review { beside, pending, causes: found, tongue: Tongue::English, chosen: BTreeMap::new() })
    }

    /// How many causes are not decided for all of their cases.
    fn open(&self) -> usize {
        let open = |(number, cause): &(usize, &Cause)| {
            cause.cases.keys().any(|case| !self.chosen.contains_key(&(*number, case.clone())))
        };
        self.causes.iter().enumerate().filter(open).count()
    }

    /// Decides causes that the command line names.
    fn choose(&mut self, args: &Args, offset: usize) -> Result<(), Failure> {
        for number in 0..self.causes.len() {
            let named = |list: &[Which]| {
                list.contains(&Which::Number(offset + number + 1)) || list.contains(&Which::All)
            };
            if named(&args.accept) {
                self.decide(number, None, Choice::Accepted)?;
            } else if named(&args.reject) {
                self.decide(number, None, Choice::Rejected)?;
            }
        }
        Ok(())
    }

    /// Prints the causes, each with a case in full, and how to decide them.
    fn list(&self, output: &mut Output, main: &Path, offset: usize) -> Result<(), Failure> {
        for (number, cause) in (1..).zip(&self.causes) {
            let first = cause.cases.keys().next();
            tell(
                output,
                report::cause(cause, (offset + number, offset + self.causes.len()), first, self.tongue),
            )?;
            output.print("\n")?;
        }
        let path = quoted(&main.to_string_lossy());
        output.hint(&format!("{}\n", self.tongue.accept_some(&path)))
    }

    /// Steps through the causes; false where the user wants to stop.
    fn step(&mut self, output: &mut Output, keys: &mut impl Keys) -> Result<bool, Failure> {
        for number in 0..self.causes.len() {
            let Some(cause) = self.causes.get(number).cloned() else { continue };
            let mut shown = cause.cases.keys().cycle();
            tell(output, report::cause(&cause, (number + 1, self.causes.len()), shown.next(), self.tongue))?;
            loop {
                match ask(output, keys, self.tongue.review_keys())? {
                    'a' => self.decide(number, None, Choice::Accepted)?,
                    'r' => self.decide(number, None, Choice::Rejected)?,
                    's' => {}
                    'c' if !self.by_case(number, &cause, output, keys)? => return Ok(false),
                    'c' => {}
                    'd' => {
                        if let Some(case) = shown.next() {
                            tell(output, report::in_full(&cause, case, self.tongue))?;
                        }
                        continue;
                    }
                    'q' => return Ok(false),
                    _ => continue,
                }
                break;
            }
            output.print("\n")?;
        }
        Ok(true)
    }

    /// Steps through the cases of a cause; false where the user wants to stop.
    fn by_case(
        &mut self,
        number: usize,
        cause: &Cause,
        output: &mut Output,
        keys: &mut impl Keys,
    ) -> Result<bool, Failure> {
        for case in cause.cases.keys() {
            tell(output, report::in_full(cause, case, self.tongue))?;
            loop {
                match ask(output, keys, self.tongue.review_case_keys())? {
                    'a' => self.decide(number, Some(case), Choice::Accepted)?,
                    'r' => self.decide(number, Some(case), Choice::Rejected)?,
                    's' => {}
                    'q' => return Ok(false),
                    _ => continue,
                }
                break;
            }
        }
        Ok(true)
    }

    /// Decides a cause for a case, or for all of them, and writes what comes of it.
    fn decide(&mut self, number: usize, case: Option<&str>, choice: Choice) -> Result<(), Failure> {
        let Some(cause) = self.causes.get(number) else { return Ok(()) };
        let cases: Vec<String> = match case {
            Some(case) => vec![case.to_string()],
            None => cause.cases.keys().cloned().collect(),
        };
        for case in cases {
            self.chosen.insert((number, case.clone()), choice);
            self.write(&case).map_err(|error| {
                let path = self.beside.accepted(&case);
                Failure::new(format!("cannot write `{}`: {error}", path.display()))
            })?;
        }
        Ok(())
    }

    /// Brings the snapshot of a case to what was accepted so far. It is pending no more when all its causes are decided.
    fn write(&self, case: &str) -> io::Result<()> {
        let Some(pending) = self.pending.get(case) else { return Ok(()) };
        let of_case = self.causes.iter().enumerate().filter_map(|(number, cause)| {
            let lines = cause.cases.get(case)?;
            Some((cause, lines, self.chosen.get(&(number, case.to_string())).copied()))
        });
        let of_case: Vec<_> = of_case.collect();
        if of_case.iter().all(|(_, _, choice)| *choice == Some(Choice::Accepted)) {
            return accept(&self.beside, case, &pending.new);
        }
        let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
        let mut rests = pending.old.as_ref().map(|old| old.rests.clone()).unwrap_or_default();
        for (cause, lines, _) in of_case.iter().filter(|(_, _, choice)| *choice == Some(Choice::Accepted)) {
            gone.extend(lines.gone.iter().map(String::as_str));
            come.extend(lines.come.iter().map(String::as_str));
            // What was accepted rests on these as they are set now; on the others as they were.
            for name in &cause.settings {
                rests.remove(name);
                rests.extend(pending.new.rests.get(name).map(|set| (name.clone(), set.clone())));
            }
        }
        if !gone.is_empty() || !come.is_empty() {
            let old = pending.old.as_ref().map_or("", |old| &old.contents);
            let contents = partly(old, &pending.new.contents, |line, comes| {
                if comes { come.contains(line) } else { gone.contains(line) }
            });
            accept_in_part(&self.beside, case, &Held { contents, rests })?;
        }
        if of_case.iter().all(|(_, _, choice)| choice.is_some()) {
            files::remove(&self.beside.pending(case))?;
        }
        Ok(())
    }
}

/// What moved the lines of pending cases. They are decided again to tell, as long as the ruleset gives what is pending.
fn found(
    main: &Path,
    as_of: Option<Date>,
    beside: &Beside,
    pending: &BTreeMap<String, Pending>,
    proposals: &[Proposal<'_>],
) -> Vec<Cause> {
    let ruleset = load::load(main.as_os_str(), None).ok();
    let ruleset = ruleset.and_then(|loaded| check(&loaded.first()?.sources).ruleset);
    let Some(ruleset) = ruleset else { return causes(proposals, &BTreeSet::new()) };
    let by_lines = || causes(proposals, &declared(&ruleset));
    let mut deciding = Deciding::of(&ruleset, beside, (false, Tongue::English), as_of);
    for (case, pending) in pending {
        let now = beside.cases.get(case).map(|profiles| deciding.case(case, profiles, &mut |_| {}));
        match now {
            Some(Ok(now)) if now.contents == pending.new.contents => {}
            // It was changed since: the lines alone tell what was pending then.
            _ => return by_lines(),
        }
        deciding.accept(case, pending.old.as_ref().map(|old| old.rests.clone()).unwrap_or_default());
    }
    match deciding.retrial() {
        Some(retrial) => causes_by_trial(proposals, &retrial),
        None => by_lines(),
    }
}

fn tell(output: &mut Output, block: Block) -> Result<(), Failure> {
    output.report(&Document { body: vec![block], ..Document::default() }, false)
}

fn ask(output: &mut Output, keys: &mut impl Keys, prompt: &str) -> Result<char, Failure> {
    output.print(&format!("  {prompt} "))?;
    output.flush()?;
    let key = match keys.key() {
        Ok(key) => key.to_ascii_lowercase(),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 'q',
        Err(error) => return Err(Failure::new(format!("cannot read a key: {error}"))),
    };
    output.print(&format!("{}\n", if key.is_ascii_graphic() { key } else { ' ' }))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::super::output::Colour;
    use super::*;

    struct Typed(Vec<char>);

    impl Keys for Typed {
        fn key(&mut self) -> io::Result<char> {
            Ok(self.0.remove(0))
        }
    }

    const OLD: &str = "x possible with 1\nx because r\ny possible with 0\n";

    /// Two cases: the points of `r` change in both, and in the first a rule `s` comes to act on `y`.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("shop.qd", "ruleset shop \"Shop\"\n");
        for case in ["a", "b"] {
            let old = OLD
                .replace("possible with 0", if case == "a" { "possible with 0" } else { "excluded with 0" });
            write(&format!("profiles/{case}.yaml"), "{}\n");
            write(&format!("snapshots/{case}.snap"), &format!("---\nexpression: \"{case}\"\n---\n{old}"));
            let mut new = old.replace("with 1", "with 2");
            if case == "a" {
                new = new.replace("y possible with 0", "y recommended with 1\ny because s");
            }
            write(&format!("snapshots/{case}.snap.new"), &format!("---\n---\n{new}"));
        }
        folder
    }

    fn reviewed(folder: &Path, keys: &str) -> (bool, usize, Vec<String>) {
        let mut review = Review::of(&folder.join("shop.qd"), None).unwrap();
        assert_eq!(review.causes.len(), 2, "{:?}", review.causes);
        let mut output = Output::new(Colour::Never, false, false);
        let ended = review.step(&mut output, &mut Typed(keys.chars().collect())).unwrap();
        let mut names: Vec<String> = std::fs::read_dir(folder.join("snapshots"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        (ended, review.open(), names)
    }

    fn snapshot(folder: &Path, case: &str) -> String {
        held(&folder.join(format!("snapshots/{case}.snap"))).unwrap().unwrap().contents
    }

    #[test]
    fn one_key_accepts_a_cause_everywhere() {
        let folder = folder();
        let (ended, open, names) = reviewed(folder.path(), "as");
        assert_eq!((ended, open), (true, 1));
        assert_eq!(names, ["a.snap", "a.snap.new", "b.snap"]);
        assert_eq!(snapshot(folder.path(), "a"), "x possible with 2\nx because r\ny possible with 0\n");
        assert_eq!(snapshot(folder.path(), "b"), "x possible with 2\nx because r\ny excluded with 0\n");
    }

    #[test]
    fn all_accepted_is_the_new_snapshot_and_all_rejected_the_old() {
        let folder_of_all = folder();
        assert_eq!(reviewed(folder_of_all.path(), "aa"), (true, 0, vec!["a.snap".into(), "b.snap".into()]));
        assert_eq!(
            snapshot(folder_of_all.path(), "a"),
            "x possible with 2\nx because r\ny recommended with 1\ny because s\n"
        );
        let folder_of_none = folder();
        assert_eq!(reviewed(folder_of_none.path(), "rr"), (true, 0, vec!["a.snap".into(), "b.snap".into()]));
        assert_eq!(snapshot(folder_of_none.path(), "a"), OLD);
    }

    #[test]
    fn cases_are_decided_one_by_one_and_other_keys_do_nothing() {
        let folder = folder();
        let (ended, open, names) = reviewed(folder.path(), "xdcarq");
        assert_eq!((ended, open), (false, 1));
        assert_eq!(names, ["a.snap", "a.snap.new", "b.snap"]);
        assert!(snapshot(folder.path(), "a").starts_with("x possible with 2\n"));
        assert!(snapshot(folder.path(), "b").starts_with("x possible with 1\n"));
    }
}
