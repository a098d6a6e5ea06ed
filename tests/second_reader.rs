//! A second reader: serde_yaml reads every spec of the corpus as the parser's YAML tree does.

mod support;

use bumpnet_parser::yaml::{Style, Value, YamlNode};
use serde_yaml::Value as Other;

/// The first difference, with the path to it; or the number of nodes compared.
fn compare(ours: &YamlNode, other: &Other, path: &str) -> Result<usize, String> {
    match (&ours.value, other) {
        (Value::Mapping(ours), Other::Mapping(other)) => {
            if ours.len() != other.len() {
                return Err(format!("{path}: {} and {} keys", ours.len(), other.len()));
            }
            // `serde_yaml::Mapping` keeps the order of the file.
            ours.iter().zip(other).try_fold(1, |count, ((key, value), (other_key, other_value))| {
                let name = key.text().unwrap_or("?");
                let keys = compare(key, other_key, &format!("key {path}/{name}"))?;
                Ok(count + keys + compare(value, other_value, &format!("{path}/{name}"))?)
            })
        }
        (Value::List(ours), Other::Sequence(other)) => {
            if ours.len() != other.len() {
                return Err(format!("{path}: {} and {} items", ours.len(), other.len()));
            }
            let pairs = ours.iter().zip(other).enumerate();
            pairs
                .map(|(k, (ours, other))| compare(ours, other, &format!("{path}/{k}")))
                .sum::<Result<usize, _>>()
                .map(|n| n + 1)
        }
        (Value::Scalar { text, style }, other) if scalar(text, *style, other) => Ok(1),
        (ours, other) => Err(format!("{path}: {ours:?} and {other:?}")),
    }
}

fn scalar(text: &str, style: Style, other: &Other) -> bool {
    match other {
        Other::String(other) => {
            let number = style == Style::Plain && text.parse::<f64>().is_ok_and(f64::is_finite);
            text == other && !number
        }
        _ if style != Style::Plain => false,
        Other::Number(number) => number.as_f64().is_some_and(|n| text.parse() == Ok(n)),
        Other::Bool(value) => text == value.to_string(),
        Other::Null => ["", "~", "null"].contains(&text),
        _ => false,
    }
}

fn check(source: &str) -> Result<usize, String> {
    let ours = bumpnet_parser::yaml::parse(source).map_err(|problems| problems[0].message.clone())?;
    let other: Other = serde_yaml::from_str(source).map_err(|error| error.to_string())?;
    compare(&ours, &other, "")
}

#[test]
fn both_read_the_corpus_the_same() {
    let (mut files, mut nodes, mut problems) = (0, 0, Vec::new());
    for path in support::yaml_files(&support::root().join("specs")) {
        let source = std::fs::read_to_string(&path).expect("the spec is UTF-8");
        files += 1;
        match check(&source) {
            Ok(count) => nodes += count,
            Err(problem) => problems.push(format!("{}: {problem}", path.display())),
        }
    }
    println!("{files} files, {nodes} nodes");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(files >= 100 && nodes >= 5000, "{files} files, {nodes} nodes");
}

#[test]
fn both_read_every_style_the_same() {
    let source = "a: >-\n  x +\n  y\n\n  + z\nb: |\n  1\n   2\nc: 'it''s'\nd: \"\\u002b\\\n  1\"\n\
                  e: [1, -2.5e-3, true, ~, null, '', text]\nf:\ng: {h: 7.0, i: \"1\"}\n";
    let nodes = check(source).unwrap();
    assert_eq!(nodes, 26);
}

#[test]
fn differences_are_found() {
    let read = |source: &str| bumpnet_parser::yaml::parse(source).unwrap();
    let ours = read("a: {b: 1, c: [x, 2]}");
    for wrong in [
        "a: {c: [x, 2], b: 1}",
        "a: {b: 1.5, c: [x, 2]}",
        "a: {b: '1', c: [x, 2]}",
        "a: {b: 1, c: [y, 2]}",
        "a: {b: 1, c: [x]}",
        "a: {b: 1, c: {x: 2}}",
        "a: {b: true, c: [x, 2]}",
        "a: {b: 1, c: [~, 2]}",
        "a: {b: 1}",
        "[a]",
    ] {
        let other: Other = serde_yaml::from_str(wrong).unwrap();
        assert!(compare(&ours, &other, "").is_err(), "{wrong}");
    }
}
