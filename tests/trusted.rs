//! The lines that a proof trusts: counted, named in the README, and kept from growing unseen.

mod support;

use std::path::{Path, PathBuf};

/// What is trusted of each crate: the folder, and which of its files are not.
const TRUSTED: [(&str, &[&str]); 3] = [
    // Deliberate errors are for tests; complex numbers serve constructions.
    ("crates/interval/src", &["fault.rs", "complex"]),
    ("crates/ir/src", &[]),
    // A log is read by rules that check what they are asked.
    ("crates/kernel/src", &["fault.rs", "log.rs", "replay.rs", "tests.rs"]),
];

/// Of `ir`, what a network and a target mean; the rest is about files and specs.
const MEANING: [&str; 9] = [
    "activation.rs",
    "activation/meaning.rs",
    "evaluation.rs",
    "expr/eval.rs",
    "expr/mod.rs",
    "expr/quotient.rs",
    "network/mod.rs",
    "network/program.rs",
    "network/window.rs",
];

/// Lines of code, without comments, empty lines, and what follows `#[cfg(test)]`.
fn lines(path: &Path) -> usize {
    let text = std::fs::read_to_string(path).expect("a source is readable");
    let code = text.lines().map(str::trim).take_while(|line| !line.starts_with("#[cfg(test)]"));
    code.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder is readable") {
        let path = entry.expect("an entry is readable").path();
        match path.is_dir() {
            true => found.extend(sources(&path)),
            false if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
            false => {}
        }
    }
    found
}

#[test]
fn the_readme_says_how_many_lines_are_trusted() {
    let counts = TRUSTED.map(|(folder, left_out)| {
        let root = support::root().join(folder);
        let trusted = |path: &PathBuf| {
            let name = path.strip_prefix(&root).expect("below its folder").to_string_lossy().replace('\\', "/");
            let meaning = folder != "crates/ir/src" || MEANING.contains(&name.as_str());
            meaning && !left_out.iter().any(|part| name.split('/').any(|step| step == *part))
        };
        sources(&root).iter().filter(|path| trusted(path)).map(|path| lines(path)).sum::<usize>()
    });
    let [interval, meaning, kernel] = counts;
    let total = interval + meaning + kernel;
    println!("{total} lines: interval {interval}, meaning {meaning}, kernel {kernel}");
    let readme = std::fs::read_to_string(support::root().join("README.md")).expect("the README is readable");
    for said in [
        format!("{total} lines of this repository"),
        format!("`crates/interval`, {interval} lines"),
        format!("{meaning} lines of `crates/ir`"),
        format!("`crates/kernel`, {kernel} lines"),
    ] {
        assert!(readme.contains(&said), "the README should say \"{said}\"");
    }
}
