//! `check --format`: a seeded regression in every format, on its line, held against the formats' schemas; and the parts of a
//! corpus that `--partition` and `--only-changed` check.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

#[path = "../../../tests/support/consumer.rs"]
mod consumer;
mod support;

use std::process::Command;

use serde_json::Value;
use support::{Folder, Outcome, repository, run, spec_with};

const SPEC: &str = "same: {method: bumps, activation: heaviside, resolution: 9}\n\
                    worse: {method: bumps, activation: heaviside, resolution: 20}\n\
                    better: {method: bumps, activation: heaviside, resolution: 10}\n\
                    old: {method: bumps, activation: heaviside, resolution: 8}\n\
                    gone: {method: bumps, activation: heaviside, resolution: 7}";

fn check(folder: &Folder, more: &[&str]) -> Outcome {
    let mut all = arguments!["check", folder.path("specs"), "--out", folder.path("out")];
    all.extend(more.iter().map(std::ffi::OsString::from));
    run(all)
}

/// A folder whose network `worse`, on line 6 of its spec, has regressed; others have improved, come and gone.
fn regressed() -> Folder {
    let folder = Folder::new();
    let spec = |text: &str| folder.write("specs/a.yaml", spec_with(text));
    spec(SPEC);
    check(&folder, &["--bless"]).clean();
    let after = SPEC.replace("old", "fresh").replace("resolution: 20", "resolution: 19");
    let after: Vec<&str> = after.lines().filter(|line| !line.starts_with("gone")).collect();
    spec(&after.join("\n").replace("resolution: 10", "resolution: 11"));
    folder
}

fn printed(folder: &Folder, format: &str) -> String {
    let outcome = check(folder, &["--format", format]);
    assert_eq!(outcome.code, 1, "{format}: {}", outcome.all());
    outcome.out
}

/// Holds JSON against a schema, which must also refuse something.
fn hold(schema: &str, text: &str) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(!validator.is_valid(&serde_json::json!({"runs": 1})));
    value
}

#[test]
fn sarif_is_valid() {
    let folder = regressed();
    let schema = std::fs::read_to_string(repository().join("tests/schemas/sarif-2.1.0.json")).unwrap();
    // A bracket of the standard's own pattern for languages is closed that was never opened: a literal one, then.
    let schema = schema.replace("{2}]?$", r"{2}\\]?$");
    let log = hold(&schema, &printed(&folder, "sarif"));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let worse: Vec<&Value> = results.iter().filter(|result| result["level"] == "error").collect();
    assert_eq!((results.len(), worse.len()), (5, 1), "{results:#?}");
    let place = &worse[0]["locations"][0]["physicalLocation"];
    assert_eq!((&worse[0]["ruleId"], &place["region"]["startLine"]), (&"error-regressed".into(), &6.into()));
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("/specs/a.yaml"));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules[worse[0]["ruleIndex"].as_u64().unwrap() as usize]["id"], "error-regressed");
}

#[test]
fn json_is_valid() {
    let folder = regressed();
    let schema = run(arguments!["schema", "check"]).clean();
    let report = hold(&schema, &printed(&folder, "json"));
    let networks = report["networks"].as_array().unwrap();
    assert_eq!((report["failed"].as_u64(), networks.len()), (Some(1), 6));
    let worse = networks.iter().find(|network| network["fails"] == true).unwrap();
    assert_eq!(
        (&worse["name"], &worse["line"], &worse["verdict"]),
        (&"a/worse".into(), &6.into(), &"error-regressed".into())
    );
    assert!(worse["now"].as_f64() > worse["accepted"].as_f64());
    let verdict = |name: &str| networks.iter().find(|network| network["name"] == name).unwrap()["verdict"].clone();
    assert_eq!([verdict("a/same"), verdict("a/better"), verdict("a/fresh")], ["ok", "improved", "new"]);
    assert_eq!([verdict("a/gone"), verdict("a/old")], ["orphan", "orphan"]);
    let orphan = networks.iter().find(|network| network["name"] == "a/gone").unwrap();
    let line = orphan["line"].as_u64().unwrap() as usize;
    assert!(folder.read("specs/bumpnet.lock").lines().nth(line - 1).unwrap().starts_with("\"a/gone\""));
}

#[test]
fn github_annotates_the_line() {
    let folder = regressed();
    let out = printed(&folder, "github");
    let errors: Vec<&str> = out.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(errors.len(), 1, "{out}");
    assert!(
        errors[0].contains("specs/a.yaml,line=6,col=3,title=a/worse error-regressed::the proved error has grown"),
        "{out}"
    );
    assert_eq!(out.lines().filter(|line| line.starts_with("::notice ")).count(), 4, "{out}");
}

#[test]
fn markdown_shows_old_and_new() {
    let folder = regressed();
    let out = printed(&folder, "markdown");
    let row = out.lines().find(|line| line.contains("a/worse")).unwrap();
    assert!(row.starts_with("| `a/worse` | ❌ error-regressed | 4.938e-2 → 5.194e-2 | 19 → 18 |"), "{out}");
    assert!(!out.contains("a/same"), "what is as accepted is counted only");
    assert!(out.find("a/worse") < out.find("a/better"), "what fails comes first");
}

#[test]
fn junit_is_valid() {
    let folder = regressed();
    let out = printed(&folder, "junit");
    assert!(out.contains("<testsuite name=\"a\" tests=\"6\" failures=\"1\" errors=\"0\" skipped=\"2\">"), "{out}");
    assert!(out.contains("<failure type=\"error-regressed\"") && out.contains("specs/a.yaml:6:3: "), "{out}");
    let (file, schema) = (folder.write("junit.xml", &out), repository().join("tests/schemas/junit-10.xsd"));
    let Some(python) = consumer::python("xmlschema") else { return };
    let validate = "import sys, xmlschema; xmlschema.validate(sys.argv[1], sys.argv[2])";
    let valid = |file: &std::path::Path| {
        Command::new(&python).args(["-c", validate]).arg(file).arg(&schema).output().unwrap().status.success()
    };
    assert!(valid(&file), "{out}");
    assert!(!valid(&folder.write("wrong.xml", out.replace("<testcase name", "<testcase nome"))));
}

#[test]
fn parts_are_complete_and_do_not_overlap() {
    let folder = regressed();
    let names = |more: &[&str]| -> Vec<String> {
        let out = check(&folder, &[&["--format", "json"], more].concat()).out;
        let report: Value = serde_json::from_str(&out).unwrap();
        report["networks"].as_array().unwrap().iter().map(|n| n["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut whole = names(&[]);
    whole.sort();
    for parts in [1, 2, 3, 7] {
        let mut all: Vec<String> = (1..=parts).flat_map(|k| names(&["--partition", &format!("{k}/{parts}")])).collect();
        all.sort();
        assert_eq!(all, whole, "{parts} parts");
    }
    let mut changed = names(&["--only-changed"]);
    changed.sort();
    assert_eq!(changed, ["a/better", "a/fresh", "a/gone", "a/old", "a/worse"]);
    for bad in ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"] {
        assert_eq!(check(&folder, &[&format!("--partition={bad}")]).code, 2, "{bad}");
    }
    assert_eq!(check(&folder, &["--bless", "--only-changed"]).code, 2);
}

/// What users give the action is never split into words or options, and every installation is that of a lock.
#[test]
fn the_action_quotes_its_inputs() {
    let read = |name: &str| std::fs::read_to_string(repository().join(name)).unwrap();
    let action: serde_yaml::Value = serde_yaml::from_str(&read("action.yml")).unwrap();
    for step in action["runs"]["steps"].as_sequence().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "inputs come by the environment: {script}");
        for line in script.lines().filter(|line| !line.trim_start().starts_with('#')) {
            // Every other part stands in quotes; the exit code is a number.
            let bare: String = line.split('"').step_by(2).collect();
            assert!(!bare.replace("=$?", "").contains('$'), "{line}");
        }
        assert!(
            script
                .lines()
                .filter(|line| line.contains("bumpnet check"))
                .all(|line| line.contains(" -- \"${paths[@]}\""))
        );
    }
    for file in [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/recipes.md",
        "action.yml",
        ".ci/run",
        ".ci/mutants",
        ".github/workflows/ci.yml",
    ] {
        for line in read(file).lines().filter(|line| line.contains("cargo install ")) {
            let pinned = line.split("cargo install ").skip(1).all(|rest| rest.contains("--locked"));
            assert!(pinned, "{file}: {line}");
        }
    }
}

/// Two lines of paths are two paths, whatever is in them.
#[cfg(unix)]
#[test]
fn the_action_passes_paths_whole() {
    let folder = Folder::new();
    let action = std::fs::read_to_string(repository().join("action.yml")).unwrap();
    let action: serde_yaml::Value = serde_yaml::from_str(&action).unwrap();
    let script = action["runs"]["steps"][1]["run"].as_str().unwrap();
    // A stand-in that writes down its arguments, one a line.
    let stand_in = format!("bumpnet() {{ printf '%s\\n' \"$@\" >> \"{}\"; }}\n", folder.path("arguments").display());
    let status = Command::new("bash")
        .args(["-c", &(stand_in + script)])
        .env("PATHS", "two words/*\n\n--bless\n")
        .env("PARTITION", "1/2 --bless")
        .env("ONLY_CHANGED", "true")
        .env("GITHUB_STEP_SUMMARY", folder.path("summary"))
        .status();
    assert!(status.unwrap().success());
    let expected = |format: &str| {
        format!("check\n--partition\n1/2 --bless\n--only-changed\n--format\n{format}\n--\ntwo words/*\n--bless\n")
    };
    assert_eq!(folder.read("arguments"), expected("github") + &expected("markdown"));
}

/// The action and the hook are YAML, and call this program with options that it has.
#[test]
fn the_action_and_the_hook_call_what_is_there() {
    let read = |name: &str| std::fs::read_to_string(repository().join(name)).unwrap();
    let (action, hooks) = (read("action.yml"), read(".pre-commit-hooks.yaml"));
    let parsed: serde_yaml::Value = serde_yaml::from_str(&action).unwrap();
    assert_eq!(parsed["runs"]["using"], "composite");
    let parsed: serde_yaml::Value = serde_yaml::from_str(&hooks).unwrap();
    assert_eq!(parsed[0]["entry"], "bumpnet check");
    let help = run(arguments!["check", "--help"]).clean();
    for option in ["--partition", "--only-changed", "--format"] {
        assert!(help.contains(option) && (action.contains(option) || hooks.contains(option)), "{option}");
    }
    for format in ["github", "markdown"] {
        assert!(help.contains(&format!("- {format}:")) && action.contains(&format!("--format {format}")), "{format}");
    }
}
