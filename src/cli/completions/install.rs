//! `qudao completions install`: completion and man pages for the present user.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::output::{Failure, Output};
use super::super::{Exit, files};
use super::{Shell, man, script};

/// What `qudao completions install` takes.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The shell (default: the one that `SHELL` names)
    #[arg(value_enum)]
    shell: Option<Shell>,
    /// Write nothing; say what would be written where
    #[arg(long)]
    dry_run: bool,
}

/// By these words a file is known to be ours.
const MARK: &str = "written by `qudao completions install`, and written anew by it";

/// A file to be written, and what stands in it now.
struct Planned {
    path: PathBuf,
    text: String,
    is: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Absent,
    /// An older one of ours.
    Old,
    /// The same already.
    Same,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Exit, Failure> {
    let shell = args.shell.or_else(present).ok_or_else(|| {
        Failure::new("`SHELL` names no shell that can be taught; say `bash`, `fish` or `zsh`")
    })?;
    let data = base("XDG_DATA_HOME", ".local/share")?;
    let (completion, more) = place(shell, &data)?;
    let mut planned = vec![plan(completion, marked(&script(shell)?, shell))?];
    for (name, page) in man::pages()? {
        planned.push(plan(data.join("man/man1").join(name), format!(".\\\" {MARK}\n{page}"))?);
    }
    for file in &planned {
        let shown = file.path.display();
        let word = match file.is {
            State::Same => "there already:",
            State::Absent | State::Old if args.dry_run => "would write",
            State::Absent | State::Old => {
                write(file).map_err(|error| Failure::new(format!("cannot write `{shown}`: {error}")))?;
                "wrote"
            }
        };
        output.print(&format!("{word} {shown}\n"))?;
    }
    output.hint(&more)?;
    Ok(Exit::Done)
}

/// The shell that the present user has.
fn present() -> Option<Shell> {
    let shell = PathBuf::from(std::env::var_os("SHELL")?);
    let name = shell.file_stem()?.to_str()?.to_string();
    [Shell::Bash, Shell::Fish, Shell::Zsh].into_iter().find(|shell| shell.name() == name)
}

/// A folder of the user's, as the environment says, else where it is by custom.
fn base(variable: &str, custom: &str) -> Result<PathBuf, Failure> {
    let said = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    said.map_or_else(|| Ok(home()?.join(custom)), Ok)
}

fn home() -> Result<PathBuf, Failure> {
    let home = std::env::home_dir().filter(|home| home.is_absolute());
    home.ok_or_else(|| Failure::new("`HOME` names no folder to install into"))
}

/// Where the script of a shell goes, and what is to be done besides.
fn place(shell: Shell, data: &Path) -> Result<(PathBuf, String), Failure> {
    Ok(match shell {
        Shell::Bash => (
            data.join("bash-completion/completions/qudao"),
            "new shells know it where the package bash-completion is there\n".into(),
        ),
        Shell::Fish => (
            base("XDG_CONFIG_HOME", ".config")?.join("fish/completions/qudao.fish"),
            "new shells know it\n".into(),
        ),
        Shell::Zsh => {
            let dots = std::env::var_os("ZDOTDIR").map(PathBuf::from).filter(|path| path.is_absolute());
            let folder = dots.map_or_else(home, Ok)?.join(".zfunc");
            let line = "new shells know it once this stands in .zshrc, before `compinit` is called:\n";
            let more =
                format!("{line}  fpath+={}\n", super::super::profiles::quoted(&folder.to_string_lossy()));
            (folder.join("_qudao"), more)
        }
        Shell::Elvish | Shell::Powershell => {
            let name = shell.name();
            return Err(Failure::new(format!(
                "{name} reads no folder of scripts; `qudao completions {name}` prints one for its own file"
            )));
        }
    })
}

/// Puts the mark into a script. Zsh wants its first line as it is, and calls a function of the file's name at the first
/// tab.
fn marked(script: &str, shell: Shell) -> String {
    let call = "[[ $funcstack[1] == _qudao ]] && _clap_dynamic_completer_qudao \"$@\"\n";
    match script.split_once('\n').filter(|_| shell == Shell::Zsh) {
        Some((first, rest)) => format!("{first}\n# {MARK}\n{rest}{call}"),
        None => format!("# {MARK}\n{script}"),
    }
}

/// Looks at what is there. Nothing is written over that is not ours.
fn plan(path: PathBuf, text: String) -> Result<Planned, Failure> {
    let is = match files::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(&path).is_err() => {
            State::Absent
        }
        Ok(there) if there == text.as_bytes() => State::Same,
        Ok(there) if String::from_utf8_lossy(&there).contains(MARK) => State::Old,
        _ => {
            let shown = path.display();
            return Err(Failure::new(format!(
                "`{shown}` is there and not from here, so nothing is written; move it away first"
            )));
        }
    };
    Ok(Planned { path, text, is })
}

fn write(file: &Planned) -> std::io::Result<()> {
    fs::create_dir_all(files::folder_of(&file.path))?;
    files::replace(&file.path, &file.text)
}
