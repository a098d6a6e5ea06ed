//! What is said about bad specs: the text itself for every kind of message, and for every file of `tests/bad` that it
//! is refused and where.

mod support;

use std::fmt::Write;
use std::path::Path;

use support::{Folder, Outcome, Surroundings, repository, run, run_in, yaml_files};

fn compile(path: &Path) -> Outcome {
    let folder = Folder::new();
    let outcome = run(arguments!["compile", path, "--out", folder.path("out")]);
    if outcome.code == 2 {
        assert!(folder.files().is_empty(), "{} left {:?}", path.display(), folder.files());
    }
    outcome
}

/// Snapshot of what is said about some of the bad specs.
fn snapshot_of(kind: &str, stems: &[&str]) {
    let mut text = String::new();
    for stem in stems {
        let path = repository().join(format!("tests/bad/{stem}.yaml"));
        let said = compile(&path).refused(2, &[]).replace(&format!("{}/", repository().display()), "");
        let _ = writeln!(text, "{}\n", said.trim_end());
    }
    snapshot!(format!("diagnostics-{kind}"), text);
}

#[test]
fn yaml() {
    let stems = [
        "anchor",
        "complex-key",
        "crlf-and-unknown-name",
        "deep-yaml",
        "empty",
        "invalid-utf8",
        "nul-byte",
        "tab-indent",
        "tag",
        "two-documents",
        "unclosed-bracket",
    ];
    snapshot_of("yaml", &stems);
}

#[test]
fn keys() {
    let stems = [
        "duplicate-key",
        "duplicate-key-in-network",
        "name-dotdot",
        "not-a-mapping",
        "target-missing",
        "unknown-key",
        "unknown-key-typo",
        "version-2",
    ];
    snapshot_of("keys", &stems);
}

#[test]
fn expressions() {
    let stems = [
        "assignment",
        "chained-comparison",
        "deep-parentheses",
        "error-in-double-quoted-with-escapes",
        "error-in-folded-scalar",
        "error-in-literal-block-scalar",
        "extra-paren",
        "implicit-product",
        "let-forward-reference",
        "literal-overflow",
        "missing-operand",
        "missing-paren",
        "unicode-fraction",
        "unknown-function",
        "unknown-name",
        "wrong-arity",
    ];
    snapshot_of("expressions", &stems);
}

#[test]
fn domain() {
    let stems = [
        "domain-17-inputs",
        "domain-end-depends-on-input",
        "domain-infinite",
        "domain-name-is-function",
        "domain-reversed",
        "domain-three-ends",
    ];
    snapshot_of("domain", &stems);
}

#[test]
fn networks() {
    let stems = [
        "activation-typo",
        "edges-disagree-with-resolution",
        "edges-miss-the-domain",
        "edges-not-increasing",
        "gate-negative",
        "networks-empty",
        "resolution-huge",
        "several-errors",
        "steepness-zero",
    ];
    snapshot_of("networks", &stems);
}

#[test]
fn construction() {
    let stems = [
        "output-logistic-range",
        "target-nan-on-domain",
        "target-pole",
        "target-pole-between-midpoints",
        "target-unbounded-tangent",
        "two-inputs-for-bumps",
    ];
    snapshot_of("construction", &stems);
}

/// The places `<path>:<line>:<column>` in a text.
fn places(text: &str, path: &Path) -> Vec<(usize, usize)> {
    let rest = |after: &str| {
        let mut numbers = after.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    };
    text.split(&format!("{}:", path.display())).skip(1).filter_map(rest).collect()
}

#[test]
fn every_bad_spec_is_refused_with_its_place() {
    let files = yaml_files("tests/bad");
    assert!(files.len() >= 190, "{} files", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let outcome = compile(path);
        let source = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let in_file = |&(line, column): &(usize, usize)| {
            let length = source.split('\n').nth(line.wrapping_sub(1)).map(|text| text.chars().count());
            length.is_some_and(|length| (1..=length + 1).contains(&column))
        };
        let places = places(&outcome.err, path);
        let errors = outcome.err.lines().filter(|line| line.starts_with("error: ")).count();
        let placed = errors > 0 && places.len() == errors && places.iter().all(in_file);
        if outcome.code != 2 || !outcome.out.is_empty() || !placed || !outcome.err.contains('^') {
            wrong.push(format!("{stem}: {places:?}\n{}", outcome.all()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_folder_of_bad_specs_is_reported_whole() {
    let folder = Folder::new();
    let stems: Vec<String> = (0..5).map(|k| format!("bad-{k}")).collect();
    for stem in &stems {
        folder.write(&format!("specs/{stem}.yaml"), support::square(8).replace("x^2", "x^y"));
    }
    let said = run(arguments!["compile", folder.path("specs"), "--out", folder.path("out")]).refused(2, &[]);
    let found: Vec<_> = stems.iter().map(|stem| said.find(&format!("{stem}.yaml:2:11"))).collect();
    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{said}");
}

#[test]
fn many_errors_of_one_file_are_counted() {
    let lines: String = (0..100).map(|k| format!("unknown{k}: 1\n")).collect();
    let folder = Folder::new();
    let path = folder.write("many.yaml", support::square(8) + &lines);
    let said = compile(&path).refused(2, &["... and 80 more in"]);
    assert_eq!(said.matches("error: ").count(), 20, "{said}");
}

#[test]
fn colours_are_for_terminals() {
    let folder = Folder::new();
    let path = folder.write("bad.yaml", support::square(8).replace("x^2", "x^y"));
    let said = |terminal: bool| {
        let surroundings = Surroundings { terminal, ..Surroundings::default() };
        run_in(arguments!["compile", path, "--out", folder.path("out")], surroundings).refused(2, &[])
    };
    assert!(said(true).contains('\u{1b}'));
    assert!(!said(false).contains('\u{1b}'));
}
