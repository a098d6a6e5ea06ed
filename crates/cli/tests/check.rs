//! `check`: verdicts, exit codes, and the lock.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::path::Path;

use support::{Folder, Outcome, Surroundings, run, run_in, spec_with, square};

/// Checks a path of the folder.
fn check(folder: &Folder, path: &str) -> Outcome {
    run(arguments!["check", folder.path(path), "--out", folder.path("out")])
}

/// Blesses a path of the folder; the result is the table of verdicts.
#[track_caller]
fn bless(folder: &Folder, path: &str) -> String {
    let outcome = run(arguments!["check", folder.path(path), "--bless", "--out", folder.path("out")]);
    outcome.says(&["blessed", "bumpnet.lock"]);
    outcome.clean()
}

/// A folder with one blessed spec of 20 bumps.
fn blessed() -> Folder {
    let folder = Folder::new();
    folder.write("specs/a.yaml", square(20));
    bless(&folder, "specs");
    folder
}

/// The `network verdict` pairs of a table of verdicts.
fn verdicts(out: &str) -> Vec<String> {
    let rows = out.lines().skip(1).take_while(|line| line.contains('/'));
    rows.map(|row| row.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect()
}

/// Expects an exit code and these verdicts.
#[track_caller]
fn expect(outcome: &Outcome, code: u8, expected: &[&str]) {
    assert_eq!(verdicts(&outcome.out), expected, "{}", outcome.all());
    assert_eq!(outcome.code, code, "{}", outcome.all());
}

/// The digests of what the specs ask for, as the lock has them.
fn digests(folder: &Folder) -> Vec<String> {
    let lock: serde_json::Value = serde_json::from_str(&folder.read("specs/bumpnet.lock")).unwrap();
    let networks = lock["networks"].as_object().unwrap();
    networks.values().map(|entry| entry["spec_digest"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn without_a_lock() {
    let folder = Folder::new();
    folder.write("specs/a.yaml", square(20));
    let outcome = check(&folder, "specs");
    expect(&outcome, 3, &["a/net new"]);
    outcome.says(&["there is no", "bumpnet.lock", "--bless`"]);
    assert!(!folder.path("specs/bumpnet.lock").exists());
    assert_eq!(verdicts(&bless(&folder, "specs")), ["a/net new"]);
    assert!(folder.path("specs/bumpnet.lock").is_file(), "the lock lies beside the specs");
    expect(&check(&folder, "specs"), 0, &["a/net ok"]);
}

#[test]
fn a_larger_error_fails() {
    let folder = blessed();
    let lock = folder.read("specs/bumpnet.lock");
    folder.write("specs/a.yaml", square(19));
    let outcome = check(&folder, "specs");
    expect(&outcome, 1, &["a/net error-regressed"]);
    outcome.says(&["1 of 1 network fails"]);
    assert_eq!(folder.read("specs/bumpnet.lock"), lock, "only --bless writes the lock");
    expect(&check(&folder, "specs"), 1, &["a/net error-regressed"]);
    // The table shows old and new error, and blessing accepts it.
    let shown = bless(&folder, "specs");
    assert!(shown.contains("4.93") && shown.contains("5.19"), "{shown}");
    expect(&check(&folder, "specs"), 0, &["a/net ok"]);
}

#[test]
fn a_smaller_error_is_an_improvement() {
    let folder = blessed();
    folder.write("specs/a.yaml", square(40));
    expect(&check(&folder, "specs"), 0, &["a/net improved"]);
    // It does not become what later errors are compared with before it is blessed.
    folder.write("specs/a.yaml", square(20));
    expect(&check(&folder, "specs"), 0, &["a/net ok"]);
}

#[test]
fn other_weights_of_the_same_error() {
    let folder = blessed();
    let lock = folder.read("specs/bumpnet.lock");
    let (before, after) = lock.split_once("\"weights\":\"sha256:").unwrap();
    folder.write("specs/bumpnet.lock", format!("{before}\"weights\":\"sha256:0{}", &after[1..]));
    expect(&check(&folder, "specs"), 0, &["a/net weights-changed"]);
}

#[test]
fn an_error_over_its_gate() {
    let folder = blessed();
    folder.write("specs/a.yaml", square(20) + "gate: {max_error: 0.05}\n");
    expect(&check(&folder, "specs"), 0, &["a/net ok"]);
    folder.write("specs/a.yaml", square(20) + "gate: {max_error: 0.04}\n");
    expect(&check(&folder, "specs"), 1, &["a/net over-gate"]);
    // Neither blessing nor the lack of a lock accepts what is over its gate.
    let outcome = run(arguments!["check", folder.path("specs"), "--bless", "--out", folder.path("out")]);
    expect(&outcome, 1, &["a/net over-gate"]);
    std::fs::remove_file(folder.path("specs/bumpnet.lock")).unwrap();
    expect(&check(&folder, "specs"), 3, &["a/net over-gate"]);
}

#[test]
fn a_renamed_network() {
    let folder = blessed();
    folder.write("specs/a.yaml", square(20).replace("net:", "renamed:"));
    expect(&check(&folder, "specs"), 0, &["a/renamed new", "a/net orphan"]);
    bless(&folder, "specs");
    expect(&check(&folder, "specs"), 0, &["a/renamed ok"]);
    assert!(!folder.read("specs/bumpnet.lock").contains("a/net"));
}

#[test]
fn a_deleted_spec() {
    let folder = blessed();
    folder.write("specs/b.yaml", square(10));
    bless(&folder, "specs");
    std::fs::remove_file(folder.path("specs/a.yaml")).unwrap();
    expect(&check(&folder, "specs"), 0, &["b/net ok", "a/net orphan"]);
}

#[test]
fn several_networks_fail_together() {
    let folder = Folder::new();
    let spec = |first: usize, second: usize| {
        spec_with(&format!(
            "first: {{method: bumps, activation: heaviside, resolution: {first}}}\n\
             second: {{method: bumps, activation: heaviside, resolution: {second}}}"
        ))
    };
    folder.write("specs/a.yaml", spec(10, 20));
    bless(&folder, "specs");
    folder.write("specs/a.yaml", spec(5, 40));
    let outcome = check(&folder, "specs");
    expect(&outcome, 1, &["a/first error-regressed", "a/second improved"]);
    outcome.says(&["1 of 2 networks fail"]);
    assert!(outcome.out.ends_with("1 error-regressed, 1 improved\n"), "{}", outcome.out);
}

fn in_ci() -> Surroundings<'static> {
    Surroundings { ci: true, ..Surroundings::default() }
}

#[test]
fn nothing_is_blessed_in_ci() {
    let folder = Folder::new();
    folder.write("specs/a.yaml", square(20));
    let arguments = || arguments!["check", folder.path("specs"), "--bless", "--out", folder.path("out")];
    run_in(arguments(), in_ci()).refused(2, &["--bless is refused", "`CI`"]);
    assert!(!folder.path("specs/bumpnet.lock").exists());
    bless(&folder, "specs");
    let lock = folder.read("specs/bumpnet.lock");
    folder.write("specs/a.yaml", square(10));
    run_in(arguments(), in_ci()).refused(2, &["--bless is refused", "`CI`"]);
    assert_eq!(folder.read("specs/bumpnet.lock"), lock);
    // Without --bless, CI is where it belongs.
    let outcome = run_in(arguments!["check", folder.path("specs"), "--out", folder.path("out")], in_ci());
    expect(&outcome, 1, &["a/net error-regressed"]);
}

/// Checking and blessing refuse it alike, and leave it as it is: others' lines are in it.
#[test]
fn a_damaged_lock() {
    let folder = blessed();
    let good = folder.read("specs/bumpnet.lock");
    let conflict = good.replacen("\"a/net\"", "<<<<<<< ours\n\"a/net\"", 1);
    let half = good.replacen("}}", "}\n=======\n>>>>>>> theirs\n}}", 1);
    let twice = good.replacen("\"neurons\":", "\"neurons\":1,\"neurons\":", 1);
    let later = good.replace("bumpnet-lock/1", "bumpnet-lock/2");
    for (text, place, words) in [
        ("", "1:", "not a lock file"),
        ("{\n  \"format\": 1\n}", "2:13", "not a lock file"),
        ("not a lock", "1:2", "not a lock file"),
        (&good[..good.len() - 3], "4:", "not a lock file"),
        (&conflict, "3:1", "looks like an unresolved merge"),
        (&half, "5:1", "looks like an unresolved merge"),
        (&twice, "3:", "duplicate field `neurons`"),
        (&later, "1:1", "a later version of bumpnet wrote it"),
        (&later.replacen("\"neurons\":", "\"units\":", 1), "1:1", "a later version of bumpnet wrote it"),
        (&good.replacen("\"neurons\":", "\"neurones\":", 1), "3:", "unknown field `neurones`"),
        (&good.replacen("\"neurons\":", "\"neurons\":-", 1), "3:", "not a lock file"),
        (&good.replacen("a/net", "a/net\\n::error::x", 1), "3:", "is no network's name"),
        ("\u{0}\u{0}", "1:1", "not a lock file"),
    ] {
        folder.write("specs/bumpnet.lock", text);
        for more in [&[][..], &["--bless"]] {
            let mut all = arguments!["check", folder.path("specs/a.yaml"), "--out", folder.path("out")];
            all.extend(more.iter().map(std::ffi::OsString::from));
            let said = run(all).refused(2, &[&format!("bumpnet.lock:{place}"), words, "help: ", "^"]);
            assert!(said.len() < 2000 && !said.contains("\n::"), "{said}");
            assert_eq!(folder.read("specs/bumpnet.lock"), text);
        }
    }
    folder.write("specs/bumpnet.lock", [0xff, 0xfe, 0x00]);
    check(&folder, "specs").refused(2, &["bumpnet.lock:1:"]);
    // As the advice says.
    std::fs::remove_file(folder.path("specs/bumpnet.lock")).unwrap();
    bless(&folder, "specs");
    assert_eq!(folder.read("specs/bumpnet.lock"), good);
}

/// What one spec's blessing is not about stays, whatever became of the other specs.
#[test]
fn lines_of_other_specs_stay() {
    let folder = Folder::new();
    for (name, resolution) in [("a", 20), ("b", 10)] {
        folder.write(&format!("specs/{name}.yaml"), square(resolution));
    }
    bless(&folder, "specs");
    let line = |folder: &Folder| folder.read("specs/bumpnet.lock").lines().nth(3).unwrap().to_owned();
    let before = line(&folder);
    folder.write("specs/a.yaml", square(5));
    std::fs::remove_file(folder.path("specs/b.yaml")).unwrap();
    bless(&folder, "specs/a.yaml");
    assert_eq!(line(&folder), before);
    // One that is refused: nothing is written.
    let lock = folder.read("specs/bumpnet.lock");
    folder.write("specs/a.yaml", square(6));
    folder.write("specs/c.yaml", square(6).replace("x^2", "1/x"));
    let all = arguments!["check", folder.path("specs"), "--bless", "--out", folder.path("out")];
    assert_eq!(run(all).code, 2);
    assert_eq!(folder.read("specs/bumpnet.lock"), lock);
}

/// A line of the lock alone shows nothing, whatever it says: anyone can write one.
#[test]
fn a_line_written_by_hand_leaves_nothing_out() {
    let folder = blessed();
    let only_changed = |out: &str| {
        let all = arguments!["check", folder.path("specs"), "--only-changed", "--out", folder.path(out)];
        run(all)
    };
    expect(&only_changed("out"), 0, &[]);
    // Nothing is known here, so it is made.
    expect(&only_changed("elsewhere"), 0, &["a/net ok"]);
    expect(&only_changed("elsewhere"), 0, &[]);
    // A spec is changed, and the digest and the numbers of its line by hand.
    let digest = digests(&folder).remove(0);
    let good = folder.read("specs/bumpnet.lock");
    folder.write("specs/a.yaml", square(10));
    bless(&folder, "specs");
    folder.write("specs/bumpnet.lock", good.replace(&digest, &digests(&folder)[0]));
    expect(&only_changed("out"), 1, &["a/net error-regressed"]);
    folder.write("specs/a.yaml", square(20));
    check(&folder, "specs");
    for (from, to) in [("\"neurons\":19", "\"neurons\":18"), ("\"gate\":null", "\"gate\":0.9"), ("heaviside", "ramp")] {
        folder.write("specs/bumpnet.lock", good.replacen(from, to, 1));
        let shown = if good.contains(from) { vec!["a/net ok"] } else { vec![] };
        expect(&only_changed("out"), 0, &shown);
    }
}

/// As a merge may leave it.
#[test]
fn a_network_that_stands_twice_in_the_lock() {
    let folder = blessed();
    let good = folder.read("specs/bumpnet.lock");
    let line = good.lines().nth(2).unwrap();
    folder.write("specs/bumpnet.lock", good.replace(line, &format!("{line},\n{line}")));
    check(&folder, "specs").refused(2, &["bumpnet.lock:4:", "a/net"]);
}

#[test]
fn the_nearest_lock_counts() {
    let folder = Folder::new();
    folder.write("specs/deep/er/a.yaml", square(20));
    folder.write("specs/b.yaml", square(10));
    bless(&folder, "specs");
    // Upwards from a file or folder; what is not asked for is no orphan.
    for path in ["specs/deep/er/a.yaml", "specs/deep/er", "specs/deep"] {
        expect(&check(&folder, path), 0, &["a/net ok"]);
    }
    expect(&check(&folder, "specs/b.yaml"), 0, &["b/net ok"]);
    expect(&check(&folder, "specs"), 0, &["b/net ok", "a/net ok"]);
    // A part is blessed into the same lock, and the rest stays.
    folder.write("specs/deep/er/a.yaml", square(5));
    bless(&folder, "specs/deep/er/a.yaml");
    assert!(!folder.path("specs/deep/er/bumpnet.lock").exists());
    expect(&check(&folder, "specs"), 0, &["b/net ok", "a/net ok"]);
    // A repository's end is the end of the search.
    std::fs::create_dir(folder.path("specs/deep/.git")).unwrap();
    expect(&check(&folder, "specs/deep"), 3, &["a/net new"]);
}

#[test]
fn two_locks_at_once_are_refused() {
    let folder = Folder::new();
    for name in ["one", "two"] {
        folder.write(&format!("{name}/{name}.yaml"), square(8));
        bless(&folder, name);
    }
    let arguments = arguments!["check", folder.path("one"), folder.path("two"), "--out", folder.path("out")];
    run(arguments).refused(2, &["different locks", "one/bumpnet.lock", "two/bumpnet.lock"]);
}

#[test]
fn one_lock_by_two_paths() {
    let folder = blessed();
    folder.write("specs/b.yaml", square(10));
    std::fs::create_dir(folder.path("specs/deep")).unwrap();
    let paths = arguments!["check", folder.path("specs/a.yaml"), folder.path("specs/deep/../b.yaml")];
    let outcome = run([paths, arguments!["--out", folder.path("out")]].concat());
    expect(&outcome, 0, &["a/net ok", "b/net new"]);
}

#[test]
fn what_does_not_change_a_network() {
    let folder = blessed();
    let (lock, digest) = (folder.read("specs/bumpnet.lock"), digests(&folder));
    let other_spelling = "# A comment, other words, other order, other spelling.\n\
                          networks:\n  \
                            \"net\":\n    resolution: 2e1\n    activation: heaviside   # why\n    method: bumps\n    \
                            layout: steps\n\
                          domain:\n  x: [ 0.0, \"2/2\" ]\n\
                          target: \"( x ** 2 )\"\n\
                          description: other words\n\
                          gate: {max_error: 0.06}\n\
                          version: 1\n";
    for text in [
        format!("{}description: other words\nsource: nowhere\n", square(20)),
        format!("# a comment\n\n{}", square(20).replace(": {", ":   { ")),
        square(20).replace('\n', "\r\n"),
        other_spelling.to_owned(),
    ] {
        folder.write("specs/a.yaml", &text);
        expect(&check(&folder, "specs"), 0, &["a/net ok"]);
        bless(&folder, "specs");
        assert_eq!(digests(&folder), digest, "{text}");
        // A line says what gate it was held to.
        assert_eq!(folder.read("specs/bumpnet.lock").replace("\"gate\":0.06", "\"gate\":null"), lock, "{text}");
    }
    for (from, to) in [("x^2", "x^2 + 0"), ("[0, 1]", "[0, 1.0000001]"), ("heaviside", "ramp")] {
        folder.write("specs/a.yaml", square(20).replace(from, to));
        bless(&folder, "specs");
        assert_ne!(digests(&folder), digest, "{to}");
    }
}

#[test]
fn the_lock_is_a_sorted_line_per_network() {
    let folder = Folder::new();
    for (name, resolution) in [("z", 4), ("a", 5), ("m", 6)] {
        let twice = square(resolution) + "  also: {method: bumps, activation: ramp, resolution: 3}\n";
        folder.write(&format!("specs/{name}.yaml"), twice);
    }
    bless(&folder, "specs");
    let lock = folder.read("specs/bumpnet.lock");
    let lines: Vec<&str> = lock.lines().collect();
    assert_eq!((lines[0], lines[1]), (r#"{"format":"bumpnet-lock/1","#, r#""networks":{"#), "{lock}");
    assert_eq!((lines.len(), lines[lines.len() - 1]), (9, "}}"), "{lock}");
    let names: Vec<&str> = lines[2..8].iter().filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(names, ["a/also", "a/net", "m/also", "m/net", "z/also", "z/net"]);
    assert!(lock.contains(r#""spec":"a.yaml""#), "paths are relative to the lock\n{lock}");
    // The same, whichever way it was asked for and whatever was there before.
    std::fs::remove_file(folder.path("specs/bumpnet.lock")).unwrap();
    for name in ["z", "m", "a"] {
        bless_beside(&folder, &format!("specs/{name}.yaml"));
    }
    assert_eq!(folder.read("specs/bumpnet.lock"), lock);
}

/// Blesses with another out folder, a thread, and a path that is spelt in another way.
fn bless_beside(folder: &Folder, path: &str) {
    let spelt = folder.root().join(".").join(Path::new(path));
    run(arguments!["check", spelt, "--bless", "--jobs", "1", "--out", folder.path("other")]).clean();
}

#[test]
fn bad_specs_are_not_checked() {
    let folder = blessed();
    let lock = folder.read("specs/bumpnet.lock");
    folder.write("specs/b.yaml", square(20).replace("x^2", "x^y"));
    check(&folder, "specs").refused(2, &["b.yaml:2:11"]);
    run(arguments!["check", folder.path("specs"), "--bless", "--out", folder.path("out")]).refused(2, &["b.yaml:2:11"]);
    folder.write("specs/b.yaml", square(20).replace("x^2", "1/x"));
    check(&folder, "specs").refused(2, &["b.yaml:2:9"]);
    run(arguments!["check", folder.path("specs"), "--bless", "--out", folder.path("out")]).refused(2, &["b.yaml:2:9"]);
    assert_eq!(folder.read("specs/bumpnet.lock"), lock, "nothing is lost");
    check(&folder, "missing").refused(2, &["cannot read", "missing"]);
}

/// Each run reads the lock, and writes it with its own networks.
#[cfg(unix)]
#[test]
fn blessings_at_one_instant_lose_nothing() {
    let folder = Folder::new();
    let names: Vec<String> = (0..16).map(|k| format!("specs/s{k}.yaml")).collect();
    names.iter().for_each(|name| drop(folder.write(name, square(4))));
    folder.write("specs/bumpnet.lock", "{\"format\":\"bumpnet-lock/1\",\n\"networks\":{\n\n}}\n");
    std::thread::scope(|scope| {
        names.iter().for_each(|name| drop(scope.spawn(|| bless(&folder, name))));
    });
    let lock = folder.read("specs/bumpnet.lock");
    let lost: Vec<&String> = names.iter().filter(|name| !lock.contains(&name[6..])).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// What is advised works: blessing accepts a larger error, and nothing that a spec does not allow.
#[test]
fn what_is_advised_cures() {
    let folder = Folder::new();
    let asked = |error: &str| square(20).replace("resolution: 20", &format!("resolution: 20, max_error: {error}"));
    folder.write("specs/a.yaml", asked("1e-9"));
    run(arguments!["check", folder.path("specs"), "--bless", "--out", folder.path("out")]).says(&["blessed"]);
    let outcome = check(&folder, "specs");
    expect(&outcome, 1, &["a/net over-gate"]);
    outcome.says(&["1 of 1 network is over what its spec allows", "`--bless` accepts none of that"]);
    assert!(outcome.out.contains("1e-9") && !outcome.all().contains("if that is meant"), "{}", outcome.all());
    folder.write("specs/a.yaml", asked("0.5"));
    expect(&check(&folder, "specs"), 0, &["a/net ok"]);
}
