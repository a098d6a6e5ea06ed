//! The README and the pages of `docs/`: their commands are run, what they print is compared, and their figures are what the
//! commands beside them draw.
//!
//! In a page, a block `yaml NAME` or `c NAME` is a file of that name, and in a `console` block a line `$ COMMAND` is run in
//! the folder with these files; the lines beneath it are all that it prints, where `...` stands for any lines. Each heading of
//! the second level starts with an empty folder.

// The commands are those of a GNU system; the figures are the same everywhere.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Folder, repository};

/// The folder's name in the pages.
const HOME: &str = "/home/ada/loop";

/// A part of a page that is run.
enum Step {
    File { name: String, text: String },
    Command { line: usize, command: String, expected: Vec<String> },
}

/// What is to be run of a page, by its headings of the second level.
fn sections(page: &str) -> Vec<(String, Vec<Step>)> {
    let mut sections = vec![(String::new(), Vec::new())];
    let mut lines = page.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push((heading.to_owned(), Vec::new()));
        }
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let block: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| *line != "```").collect();
        let steps = &mut sections.last_mut().expect("there is one").1;
        match info.split_once(' ') {
            Some((_, name)) => {
                let text = block.iter().map(|(_, line)| format!("{line}\n")).collect();
                steps.push(Step::File { name: name.to_owned(), text });
            }
            None if info == "console" && block.first().is_some_and(|(_, line)| line.starts_with("$ ")) => {
                for (number, line) in block {
                    match (line.strip_prefix("$ "), steps.last_mut()) {
                        (Some(command), _) => {
                            let command = command.to_owned();
                            steps.push(Step::Command { line: number + 1, command, expected: Vec::new() });
                        }
                        (None, Some(Step::Command { expected, .. })) => expected.push(line.trim_end().to_owned()),
                        (None, _) => unreachable!("the block starts with a command"),
                    }
                }
            }
            None => {}
        }
    }
    sections
}

/// Runs a command in a folder; the result is what it prints, on both outputs.
fn shell(folder: &Folder, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_bumpnet")).parent().expect("it is in a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(program.to_owned()).chain(std::env::split_paths(&path));
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(folder.root())
        .env("PATH", std::env::join_paths(path).expect("the folders can be joined"))
        .env_remove("CI")
        .env_remove("COLUMNS")
        .output()
        .expect("the shell starts");
    String::from_utf8_lossy(&output.stdout).replace(&folder.root().display().to_string(), HOME)
}

/// Whether lines are those expected, of which `...` may be any.
fn alike(expected: &[String], lines: &[&str]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((dots, rest)) if dots == "..." => (0..=lines.len()).any(|skipped| alike(rest, &lines[skipped..])),
        Some((line, rest)) => lines.first() == Some(&line.as_str()) && alike(rest, &lines[1..]),
    }
}

/// Runs a page; the result is how many commands there were.
fn run_page(name: &str) -> usize {
    let page = std::fs::read_to_string(repository().join(name)).expect("the page is there");
    let mut commands = 0;
    for (heading, steps) in sections(&page) {
        let folder = Folder::new();
        for step in steps {
            match step {
                Step::File { name, text } => drop(folder.write(&name, text)),
                Step::Command { line, command, mut expected } => {
                    commands += 1;
                    let printed = shell(&folder, &command);
                    let mut lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
                    lines.truncate(lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1));
                    expected.truncate(expected.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1));
                    assert!(
                        alike(&expected, &lines),
                        "{name}:{line}, {heading}: `{command}` prints\n{printed}\nand not\n{}",
                        expected.join("\n")
                    );
                }
            }
        }
    }
    commands
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_readme_runs() {
    assert!(run_page("README.md") >= 8);
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_recipes_run() {
    assert!(run_page("docs/recipes.md") >= 15);
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_formulas_run() {
    assert!(run_page("docs/formulas.md") >= 6);
}

/// The pages with figures.
fn pages() -> Vec<PathBuf> {
    let docs = support::files_below(&repository().join("docs"));
    let docs = docs.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    std::iter::once(repository().join("README.md")).chain(docs).collect()
}

#[test]
fn figures_are_what_their_commands_draw() {
    let folder = Folder::new();
    let mut drawn = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("the page is there");
        for command in text.split('`').filter_map(|code| code.strip_prefix("cargo xtask ")) {
            let Some((command, name)) = command.split_once(" -o docs/") else { continue };
            drawn.push(format!("docs/{name}"));
            let file = folder.path(name);
            let program = Command::new(env!("CARGO_BIN_EXE_bumpnet"))
                .args(command.split(' '))
                .arg("-o")
                .arg(&file)
                .current_dir(repository())
                .output()
                .expect("the program starts");
            assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
            let same = std::fs::read(&file).ok() == std::fs::read(repository().join("docs").join(name)).ok();
            assert!(same, "docs/{name} is not what `cargo xtask {command} -o docs/{name}` draws now");
        }
    }
    let mut figures = support::files_below(&repository().join("docs"));
    // A browser's picture of the report page, which depends on its fonts.
    figures.retain(|path| !path.ends_with("docs/report.png"));
    for figure in figures.iter().filter(|path| path.extension().is_some_and(|extension| extension != "md")) {
        let name = figure.strip_prefix(repository()).expect("it was found there").display().to_string();
        assert!(drawn.contains(&name), "{name}: no page says how it is drawn");
    }
}

/// The README's table of other ways: its errors are those that the study prints.
#[test]
fn other_ways_are_what_the_study_prints() {
    let folder = Folder::new();
    let spec = repository().join("specs/article/tavora.yaml");
    let figure = folder.path("study.svg");
    let printed = support::run(arguments!["study", spec, "--neurons", "48", "-o", figure]).clean();
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the page is there");
    let table = readme.split("## Beside other ways").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = table.expect("there is one").lines().filter(|line| line.starts_with("| ") && !line.contains("trained"));
    let errors: Vec<&str> = rows.skip(1).filter_map(|row| row.split(" | ").nth(1)).collect();
    assert_eq!(errors.len(), 6, "{errors:?}");
    for error in errors {
        assert!(printed.split_whitespace().any(|word| word == error), "{error} is not in\n{printed}");
    }
}

#[test]
fn dots_stand_for_any_lines() {
    let expected = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (lines, matches) in
        [(&["a", "b", "c"][..], true), (&["a", "c"], true), (&["a"], false), (&["a", "c", "d"], false)]
    {
        assert_eq!(alike(&expected("a\n...\nc"), lines), matches, "{lines:?}");
    }
    assert!(alike(&[], &[]) && !alike(&[], &["a"]));
}
