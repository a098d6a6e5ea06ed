//! The programs that run exports in tests. Where one is missing its test says that it is skipped; where `CI` is set, that is a
//! failure, unless `.ci/consumers` has stated that it cannot install the program there.
//!
//! Its statements are the lines of the file `without` in the consumers' folder, a program and the reason. `CONSUMERS_WITHOUT`
//! states others: names with spaces between them, or `all`.
#![allow(dead_code)] // each test uses its part

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the consumers: its Python environment and what is stated to be missing.
pub fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|folder| folder.join(".ci/consumers").is_file());
    let root = root.expect("the repository has .ci/consumers");
    std::env::var_os("CONSUMERS").map_or_else(|| root.join("target/consumers"), PathBuf::from)
}

/// Whether a program can be run, as `program argument`; see [`there`].
pub fn has(program: &str, argument: &str) -> bool {
    there(program, Command::new(program).arg(argument).output().is_ok())
}

/// The consumers' Python with these modules; see [`there`].
pub fn python(modules: &str) -> Option<PathBuf> {
    let python = folder().join("bin/python");
    let probe = Command::new(&python).args(["-c", &format!("import {modules}")]).output();
    there("python", probe.is_ok_and(|probe| probe.status.success())).then_some(python)
}

/// Whether a consumer is there; a word about it where it is not.
///
/// # Panics
/// It is missing although `CI` is set, and nothing states that it is.
pub fn there(name: &str, found: bool) -> bool {
    if found {
        return true;
    }
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    let listed = std::fs::read_to_string(folder().join("without")).unwrap_or_default();
    let stated = std::env::var("CONSUMERS_WITHOUT").unwrap_or_default();
    match verdict(name, ci, &listed, &stated) {
        Ok(said) => println!("{said}"),
        Err(said) => panic!("{said}"),
    }
    false
}

/// What is said of a consumer that is missing: that its test is skipped, or that it must not be.
pub fn verdict(name: &str, ci: bool, listed: &str, stated: &str) -> Result<String, String> {
    let reason = listed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    match reason {
        Some(reason) => Ok(format!("skipped: no `{name}`: {reason}")),
        None if stated.split_whitespace().any(|word| word == name || word == "all") => {
            Ok(format!("skipped: no `{name}`, as CONSUMERS_WITHOUT states"))
        }
        None if ci => {
            Err(format!("no `{name}`, which .ci/consumers installs; CONSUMERS_WITHOUT={name} goes without it"))
        }
        None => Ok(format!("skipped: no `{name}`; .ci/consumers installs it")),
    }
}
