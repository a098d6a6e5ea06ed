//! `verify`: a table's certificate is proved anew; a forged or missing one is not believed.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::path::PathBuf;

use bumpnet_ir::{Network, Parts};
use support::{Folder, run, square};

/// A folder with the spec `a.yaml` and its table.
fn compiled() -> (Folder, PathBuf) {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", square(20));
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    let table = folder.path("out/a/net.json");
    (folder, table)
}

/// What is done to a network.
type Change = fn(&mut Parts);

/// Rewrites the table with another network; its digest is right again.
fn forge(table: &PathBuf, change: impl FnOnce(&mut Parts)) {
    let network = Network::from_json(&std::fs::read_to_string(table).unwrap()).unwrap();
    std::fs::write(table, network.changed(change).unwrap().to_json()).unwrap();
}

#[test]
fn what_was_compiled_is_verified() {
    let (folder, table) = compiled();
    let out = run(arguments!["verify", table]).clean();
    assert!(out.contains("net.json: verified") && out.contains("<= 4.938e-2 on x in [0.0, 1.0]"), "{out}");
    run(arguments!["verify", table, "--spec", folder.path("a.yaml")]).clean();
    // Comments and words do not matter, target and domain do.
    folder.write("b.yaml", format!("# a comment\ndescription: words\n{}", square(3)));
    run(arguments!["verify", table, "--spec", folder.path("b.yaml")]).clean();
    for (from, to) in [("x^2", "x^3"), ("[0, 1]", "[0, 2]"), ("[0, 1]", "[0, 0.9999999]")] {
        folder.write("b.yaml", square(20).replace(from, to));
        let words = ["net.json: not the target or domain of", "b.yaml"];
        run(arguments!["verify", table, "--spec", folder.path("b.yaml")]).refused(1, &words);
    }
}

#[test]
fn what_is_forged_is_not() {
    let forgeries: [(&str, &str, Change); 10] = [
        ("a bound that is too low", "not verified", |n| n.certificate.as_mut().unwrap().upper *= 0.9),
        ("an error that is not attained", "not verified", |n| n.certificate.as_mut().unwrap().lower *= 1.1),
        ("another place", "not verified", |n| n.certificate.as_mut().unwrap().argmax = vec![0.5]),
        ("a place outside", "not verified", |n| n.certificate.as_mut().unwrap().argmax = vec![2.0]),
        ("an RMS that is too low", "not verified", |n| n.certificate.as_mut().unwrap().rms = (0.0, 1e-3)),
        ("too little rounding", "not verified", |n| n.certificate.as_mut().unwrap().evaluated = 0.0),
        ("no certificate", "no certificate", |n| n.certificate = None),
        ("another target", "not verified", |n| n.target = "x^2+0.01*sin(20*x)".into()),
        ("a wider domain", "not verified", |n| n.inputs[0].hi = 1.5),
        ("another height", "not verified", |n| n.layers[1].bias = bumpnet_ir::Values::Each(vec![0.03])),
    ];
    for (what, words, change) in forgeries {
        let (_folder, table) = compiled();
        forge(&table, change);
        let outcome = run(arguments!["verify", table]);
        assert_eq!((outcome.code, outcome.out.as_str()), (1, ""), "{what}: {}", outcome.all());
        outcome.says(&["net.json: ", words]);
    }
}

#[test]
fn what_is_no_table_is_refused() {
    let (folder, table) = compiled();
    let good = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, good.replacen("0.", "1.", 1)).unwrap();
    run(arguments!["verify", table]).refused(2, &["net.json", "digest"]);
    std::fs::write(&table, &good[..good.len() / 2]).unwrap();
    run(arguments!["verify", table]).refused(2, &["net.json", "not a weight table"]);
    run(arguments!["verify", folder.path("missing.json")]).refused(2, &["cannot read", "missing.json"]);
}

/// A cover beside the table spares the search; one that does not fit spares nothing, and is no harm.
#[test]
fn covers() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", square(20));
    let (out, table, cover) = (folder.path("out"), folder.path("out/a/net.json"), folder.path("out/a/net.cover"));
    run(arguments!["compile", spec, "--out", out]).clean();
    assert!(!cover.exists());
    let without = run(arguments!["verify", table]).clean();
    // From the cache, too.
    run(arguments!["compile", spec, "--out", out, "--cover"]).clean();
    let with = run(arguments!["verify", table]).clean();
    assert_eq!(with, without.replace(" cells)", " cells, by its cover)"));
    assert_eq!(run(arguments!["verify", table, "--no-cover"]).clean(), without);
    let good = std::fs::read_to_string(&cover).unwrap();
    let digits = good.find("\"steps\":[").unwrap() + "\"steps\":[".len();
    let changed = format!("{}7,{}", &good[..digits], &good[digits..]);
    for (text, problem) in [
        (changed.as_str(), "its steps do not prove what the table states"),
        (&good[..good.len() / 2], "EOF while parsing"),
        (&good.replace("bumpnet-cover/1", "bumpnet-cover/2"), "this version reads `bumpnet-cover/1`"),
        ("", "EOF while parsing"),
    ] {
        std::fs::write(&cover, text).unwrap();
        let outcome = run(arguments!["verify", table]);
        outcome.says(&["note: ", "net.cover: ", problem, "searched for anew"]);
        assert_eq!(outcome.clean(), without, "{problem}");
    }
    // A forged table has no cover, whatever stands beside it.
    std::fs::write(&cover, &good).unwrap();
    forge(&table, |parts| parts.certificate.as_mut().unwrap().upper *= 0.9);
    let outcome = run(arguments!["verify", table]);
    outcome.says(&["net.cover: it is the cover of another table"]);
    assert_eq!(outcome.code, 1, "{}", outcome.all());
    // What does not fit is made anew.
    run(arguments!["compile", spec, "--out", out, "--cover"]).clean();
    assert!(run(arguments!["verify", table]).clean().contains("by its cover"));
}

/// A spec where a table is meant, and a table where a spec is.
#[test]
fn what_is_taken_for_the_other() {
    let (folder, table) = compiled();
    let spec = folder.write("b.yaml", square(4));
    run(arguments!["verify", spec]).refused(2, &["b.yaml is a spec", "for weight tables", "compile"]);
    run(arguments!["verify", format!("{}#net", spec.display())]).refused(2, &["b.yaml is a spec"]);
    run(arguments!["verify", folder.root()]).refused(2, &["it is a folder, not a file"]);
    for command in ["compile", "check"] {
        run(arguments![command, table, "--out", folder.path("o")]).refused(2, &["is a weight table", "for specs"]);
    }
}

/// The cover of a table goes with it.
#[test]
fn an_older_cover_goes() {
    let folder = Folder::new();
    let (out, cover) = (folder.path("out"), folder.path("out/a/net.cover"));
    run(arguments!["compile", folder.write("a.yaml", square(20)), "--out", out, "--cover"]).clean();
    assert!(cover.exists());
    run(arguments!["compile", folder.path("a.yaml"), "--out", out, "--force"]).clean();
    assert!(cover.exists(), "it is the same table");
    run(arguments!["compile", folder.write("a.yaml", square(21)), "--out", out]).clean();
    assert!(!cover.exists());
}
