//! `new`: the starter spec.

mod support;

use support::{Folder, run};

#[test]
fn the_starter_compiles_cleanly() {
    let folder = Folder::new();
    for name in ["my-function", "other.yaml", "third.yml", "deep/er/fourth", "v1.2"] {
        let outcome = run(arguments!["new", folder.path(name)]);
        outcome.says(&["wrote", name, "bumpnet compile"]);
        assert_eq!(outcome.clean(), "");
    }
    let specs: Vec<String> = folder.files();
    assert_eq!(specs, ["deep/er/fourth.yaml", "my-function.yaml", "other.yaml", "third.yml", "v1.2.yaml"]);
    let outcome = run(arguments!["compile", folder.root(), "--out", folder.path("out")]);
    assert_eq!(outcome.err, "", "nothing is to be said about a starter");
    let table = outcome.clean();
    assert!(table.contains("my-function  steps") && table.contains("my-function  joined"), "{table}");
    assert!(!table.contains("OVER"), "{table}");
}

#[test]
fn a_file_is_never_overwritten() {
    let folder = Folder::new();
    let path = folder.write("mine.yaml", "mine");
    for name in ["mine.yaml", "mine"] {
        run(arguments!["new", folder.path(name)]).refused(2, &["mine.yaml exists already"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }
    run(arguments!["new", folder.path("mine.yaml/inner")]).refused(2, &["cannot write"]);
}

#[test]
fn bad_names_are_refused() {
    let folder = Folder::new();
    for name in ["a b", "..", "...", ".hidden", "-x", "café", "a..b", &"a".repeat(101)] {
        run(arguments!["new", folder.path(name)]).refused(2, &["cannot be a name", "letters a-z A-Z"]);
    }
    run(arguments!["new", ""]).refused(2, &[]);
    run(arguments!["new", "/"]).refused(2, &[]);
    assert!(folder.files().is_empty(), "{:?}", folder.files());
}
