//! Man pages: one for the program and one for each command.

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use qudao_language::diagnostic::{nearest, nearest_hint};

use super::super::Args;
use super::super::output::Failure;

/// Returns the page of the program, or of one of its commands.
pub(super) fn page(command: Option<&str>) -> Result<String, Failure> {
    let program = program();
    let Some(name) = command else { return render(program) };
    if let Some(command) = program.find_subcommand(name) {
        return render(command.clone());
    }
    let hint = nearest_hint(nearest(name, program.get_subcommands().map(Command::get_name)));
    Err(Failure::new(format!("there is no command `{name}`{hint}")))
}

/// Returns all pages, each with the name of its file.
pub(super) fn pages() -> Result<Vec<(String, String)>, Failure> {
    let (mut pages, mut open) = (Vec::new(), vec![program()]);
    while let Some(command) = open.pop() {
        open.extend(command.get_subcommands().cloned());
        pages.push((format!("{}.1", name(&command)), render(command)?));
    }
    pages.sort();
    Ok(pages)
}

fn program() -> Command {
    let mut program = Args::command().disable_help_subcommand(true);
    // So that a command knows its whole name.
    program.build();
    program
}

fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_string()
}

fn render(command: Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    let title = name(&command);
    Man::new(command)
        .title(title)
        .source(concat!("qudao ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(|error| Failure::new(format!("cannot write the man page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
