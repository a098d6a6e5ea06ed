//! `schema`: the checked-in JSON Schema is the printed one, takes every spec of the corpus, and refuses bad ones.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::path::Path;

use support::{repository, run, yaml_files};

/// How many of the bad specs a schema can tell: those with wrong keys, names, types and choices.
const FEWEST_REFUSED: usize = 60;

fn validator() -> jsonschema::Validator {
    let schema: serde_json::Value = serde_json::from_str(&run(arguments!["schema"]).clean()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).expect("it is a JSON Schema");
    jsonschema::validator_for(&schema).expect("it is a JSON Schema")
}

/// A YAML file as JSON, as an editor sees it; `None` if it is no YAML, or has no likeness in JSON.
fn json(path: &Path) -> Option<serde_json::Value> {
    let value: serde_yaml::Value = serde_yaml::from_slice(&std::fs::read(path).unwrap()).ok()?;
    serde_json::to_value(value).ok()
}

#[test]
fn the_checked_in_schema_is_the_printed_one() {
    let checked_in = std::fs::read_to_string(repository().join("specs/spec.schema.json")).unwrap();
    let printed = run(arguments!["schema"]).clean();
    assert!(printed == checked_in, "write it anew: cargo xtask schema > specs/spec.schema.json");
}

#[test]
fn the_corpus_is_valid() {
    let validator = validator();
    let files = yaml_files("specs");
    assert!(files.len() >= 30, "{} files", files.len());
    for path in files {
        let spec = json(&path).unwrap_or_else(|| panic!("{} is not YAML", path.display()));
        let errors: Vec<String> =
            validator.iter_errors(&spec).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}\n{}", path.display(), errors.join("\n"));
    }
}

#[test]
fn many_bad_specs_are_not() {
    let validator = validator();
    let read: Vec<_> = yaml_files("tests/bad").into_iter().filter_map(|path| Some((json(&path)?, path))).collect();
    let refused: Vec<_> = read.iter().filter(|(spec, _)| !validator.is_valid(spec)).collect();
    assert!(refused.len() >= FEWEST_REFUSED, "{} of {}", refused.len(), read.len());
    for stem in ["unknown-key-typo", "activation-typo", "name-slash", "gate-empty", "version-2", "let-not-a-mapping"] {
        assert!(refused.iter().any(|(_, path)| path.ends_with(format!("{stem}.yaml"))), "{stem} is valid");
    }
}

/// What needs no arithmetic and no expression, a schema can tell.
#[test]
fn forms_that_the_reader_refuses_are_not_valid() {
    let validator = validator();
    let stems = ["domain-empty", "domain-17-inputs", "networks-empty", "network-name-slash", "name-dotdot"];
    let valid = |stem: &&str| validator.is_valid(&json(&repository().join(format!("tests/bad/{stem}.yaml"))).unwrap());
    let valid: Vec<&str> = stems.into_iter().filter(valid).collect();
    assert!(valid.is_empty(), "{valid:?}");
    let good = support::square(8);
    assert!(validator.is_valid(&serde_yaml::from_str(&good).unwrap()));
    for key in ["name", "let", "gate"] {
        let null = format!("{good}{key}: ~\n");
        assert!(bumpnet_parser::parse_spec(null.as_bytes(), "a").is_err());
        assert!(!validator.is_valid(&serde_yaml::from_str(&null).unwrap()), "{key}");
    }
}
