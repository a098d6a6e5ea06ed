//! `man` and `completions`: manual pages and shell scripts, made from the definition of the command line.

use clap_mangen::Man as Page;

use crate::args::{self, Completions, Man};
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::files::Shown;

/// Writes a page for the program and one for each command.
pub fn run(arguments: &Man, context: &mut Context<'_>) -> Result<u8, Failure> {
    let pages = pages()?;
    for (name, text) in &pages {
        files::write(&arguments.out.join(name), text.as_bytes())?;
    }
    context.say(&format!("wrote {} pages to {}", pages.len(), arguments.out.shown()));
    Ok(crate::exit::CLEAN)
}

/// The file's name and text of each page. They are about `bumpnet`, whatever this program is called.
fn pages() -> Result<Vec<(String, String)>, Failure> {
    let mut program = args::command("bumpnet").disable_help_subcommand(true);
    program.build();
    let commands: Vec<clap::Command> = program.get_subcommands().cloned().collect();
    std::iter::once(program).chain(commands).map(|command| page(&command)).collect()
}

fn page(command: &clap::Command) -> Result<(String, String), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot make a manual page: {error}"));
    let page = Page::new(command.clone()).manual("bumpnet").source(crate::version::TOOL);
    let mut text = Vec::new();
    page.render_title(&mut text).map_err(failed)?;
    page.render_name_section(&mut text).map_err(failed)?;
    page.render_synopsis_section(&mut text).map_err(failed)?;
    page.render_description_section(&mut text).map_err(failed)?;
    page.render_options_section(&mut text).map_err(failed)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text).map_err(failed)?;
    }
    Ok((page.get_filename(), String::from_utf8_lossy(&text).into_owned() + &notes(command)))
}

/// What stands below the options in the help: examples and remarks, line for line, which clap_mangen would fill.
fn notes(command: &clap::Command) -> String {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let line = |line: &str| {
        let plain = line.replace('\\', "\\e").replace('-', "\\-");
        // A line that starts with a dot or a quote is a request of roff.
        let guard = if plain.starts_with(['.', '\'']) { "\\&" } else { "" };
        format!("{guard}{plain}\n")
    };
    format!(".SH EXAMPLES AND REMARKS\n.nf\n{}.fi\n", help.lines().map(line).collect::<String>())
}

/// The completion script of a shell, for the program `bumpnet`.
pub fn completions(arguments: &Completions) -> String {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut args::command("bumpnet"), "bumpnet", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
