//! Help, usage errors and completions. These run the real program, because help is as wide as the terminal.

mod support;

use std::fmt::Write;
use std::process::{Command, Stdio};

use support::{Surroundings, run_in};

/// Runs the program without a terminal, so that help has its default width.
fn program(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_bumpnet"))
        .args(arguments)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    (output.status.code().expect("the program ends by itself"), text(output.stdout), text(output.stderr))
}

/// The subcommands that the program's own help lists.
fn subcommands() -> Vec<String> {
    let (_, help, _) = program(&["--help"]);
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list of commands");
    let names = list.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.map(str::to_owned).collect()
}

#[test]
fn help_of_every_command() {
    let commands = subcommands();
    for command in
        ["compile", "check", "verify", "eval", "plot", "time", "explain", "new", "schema", "completions", "man"]
    {
        assert!(commands.iter().any(|known| known == command), "{command} is not in {commands:?}");
    }
    let mut text = String::new();
    for command in [None].into_iter().chain(commands.iter().map(Some)) {
        let arguments: Vec<&str> = command.map(String::as_str).into_iter().chain(["--help"]).collect();
        let (code, out, err) = program(&arguments);
        assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
        if command.is_some() {
            assert!(out.contains("Example"), "{arguments:?}: no example\n{out}");
        }
        let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
        let _ = writeln!(text, "$ bumpnet {}\n{}\n", arguments.join(" "), lines.join("\n"));
    }
    snapshot!("help", text);
}

#[test]
fn usage_errors() {
    let wrong: [&[&str]; 14] = [
        &[],
        &["compose"],
        &["compile"],
        &["compile", "specs", "--nope"],
        &["compile", "specs", "--resolution", "0"],
        &["compile", "specs", "--resolution", "-4"],
        &["compile", "specs", "--resolution", "18446744073709551615"],
        &["compile", "specs", "--format", "xml"],
        &["compile", "specs", "--jobs", "0"],
        &["eval", "table.json"],
        &["eval", "table.json", "--at", "0", "--grid", "3"],
        &["eval", "table.json", "--grid", "0"],
        &["plot"],
        &["completions", "tcsh"],
    ];
    let mut text = String::new();
    for arguments in wrong {
        let (code, out, err) = program(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}\n{err}");
        let _ = writeln!(text, "$ bumpnet {}\n{err}", arguments.join(" "));
    }
    snapshot!("usage-errors", text);
}

#[test]
fn the_version_is_a_result() {
    let (code, out, err) = program(&["--version"]);
    assert_eq!((code, err.as_str()), (0, ""));
    // The digest of the sources tells builds of one version apart.
    let build = out.trim_end().strip_prefix(concat!("bumpnet ", env!("CARGO_PKG_VERSION"), "+")).unwrap();
    assert!(build.len() == 12 && build.bytes().all(|byte| byte.is_ascii_hexdigit()), "{out}");
}

#[test]
fn examples_call_the_program_by_its_name() {
    for name in ["bumpnet", "cargo xtask"] {
        for command in subcommands() {
            let surroundings = Surroundings { name, ..Surroundings::default() };
            let help = run_in(arguments![command, "--help"], surroundings).clean();
            // However wide the terminal is.
            let help: Vec<&str> = help.split_whitespace().collect();
            let help = help.join(" ");
            assert!(help.contains(&format!("Usage: {name} {command}")), "{help}");
            let example = help.split("Example").nth(1).expect("there is an example");
            assert!(example.contains(&format!(": {name} {command}")), "{help}");
            assert!(!help.contains("{bin}"), "{help}");
        }
    }
}

#[test]
fn completions_of_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = support::run(arguments!["completions", shell]).clean();
        for word in ["bumpnet", "resolution", "completions"] {
            assert!(script.contains(word), "{shell}: `{word}` is missing");
        }
    }
}

#[test]
fn manual_pages_of_every_command() {
    let folder = support::Folder::new();
    let write = |name: &str| support::run(arguments!["man", folder.path(name)]).clean();
    write("man");
    let mut expected: Vec<String> = subcommands().iter().map(|name| format!("man/bumpnet-{name}.1")).collect();
    expected.push("man/bumpnet.1".to_owned());
    expected.sort();
    assert_eq!(folder.files(), expected);
    for name in subcommands() {
        let page = folder.read(&format!("man/bumpnet-{name}.1"));
        assert!(page.contains(&format!(".TH bumpnet-{name} 1")), "{page}");
        // Examples as they are in the help, line for line.
        let (_, help, _) = program(&[&name, "--help"]);
        let example = help.split("Example").nth(1).and_then(|rest| rest.lines().nth(1)).expect("there is an example");
        let example = format!("\n{}\n", example.replace('-', "\\-"));
        assert!(page.contains(&example) && page.contains("\n.nf\nExample"), "{example}{page}");
        for option in help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
            let plain = option.trim_end_matches(|c: char| !c.is_ascii_lowercase()).replace('-', "\\-");
            assert!(page.contains(&plain), "{plain} is not in\n{page}");
        }
        assert!(!page.contains("{bin}"), "{page}");
    }
    let page = folder.read("man/bumpnet.1");
    assert!(subcommands().iter().all(|name| page.contains(&format!("bumpnet\\-{name}(1)"))), "{page}");
    write("again");
    assert_eq!(page, folder.read("again/bumpnet.1"));
    // What is in the way of a page is no folder.
    let outcome = support::run(arguments!["man", folder.write("file", "")]);
    outcome.refused(2, &["cannot write"]);
}
