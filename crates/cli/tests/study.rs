//! `study`: errors against neurons.

mod support;

use serde_json::Value;
use support::{Folder, Outcome, repository, run, spec_with};

const NETWORK: &str = "net: {method: bumps, activation: heaviside, resolution: 4, gate: {max_error: 1e-9}}";

/// A study of this target over [0, 1], its figure in `figure`.
fn study(folder: &Folder, target: &str, figure: &str, options: &str) -> Outcome {
    let spec = folder.write("a.yaml", spec_with(NETWORK).replace("x^2", target));
    let mut arguments = arguments!["study", spec, "--output", folder.path(figure)];
    arguments.extend(options.split_whitespace().map(Into::into));
    run(arguments)
}

#[test]
fn the_table() {
    let folder = Folder::new();
    let outcome = study(&folder, "x^2", "figure.svg", "--neurons 16,4,8,4");
    outcome.says(&["wrote", "figure.svg"]);
    snapshot!("study-table", outcome.clean());
}

#[test]
fn json_lines_tell_what_is_proved() {
    let folder = Folder::new();
    let options = "--methods ramp,optimal --neurons 7,31 --format json";
    let out = study(&folder, "x^2", "figure.svg", options).clean();
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    let name = |line: &Value| line.get("method").or(line.get("reference")).and_then(Value::as_str).map(str::to_owned);
    let names: Vec<String> = lines.iter().filter_map(name).collect();
    let twice = ["ramp", "optimal", "article", "variation", "chebyshev"].iter().flat_map(|name| [*name, *name]);
    assert_eq!(names, twice.collect::<Vec<_>>());
    for line in &lines {
        let number = |key: &str| line[key].as_f64().unwrap_or_else(|| panic!("{key} is missing in {line}"));
        assert!((1.0..=31.0).contains(&number("neurons")), "{line}");
        match line.get("method") {
            Some(_) => assert!(number("lower") <= number("upper") && number("upper") < 0.1, "{line}"),
            None => assert!(number("error") >= 0.0 && line.get("upper").is_none(), "{line}"),
        }
    }
    // x^2 varies by 1; 8 and 32 pieces share it, and placed steps prove it.
    for (line, wanted) in lines[2..4].iter().zip([1.0 / 16.0, 1.0 / 64.0]) {
        let upper = line["upper"].as_f64().unwrap();
        assert!((wanted..wanted * 1.001).contains(&upper), "{line}");
    }
    for (line, wanted) in lines[6..8].iter().zip([1.0 / 16.0, 1.0 / 64.0]) {
        assert!((line["error"].as_f64().unwrap() - wanted).abs() < 1e-12, "{line}");
    }
    assert!(lines[8]["error"].as_f64().unwrap() < 1e-14, "seven coefficients are three too many");
}

#[test]
fn figures_have_the_same_bytes_each_time() {
    let folder = Folder::new();
    let draw = |name: &str| {
        study(&folder, "sin(9*x)", name, "--neurons 4,8,16").clean();
        std::fs::read(folder.path(name)).expect("the figure is written")
    };
    let svg = draw("figure.svg");
    assert!(svg == draw("again.svg"));
    let text = String::from_utf8(svg).unwrap();
    for word in ["<svg ", "proved sup error", "neurons", "smooth", "graded", "(measured)", "(estimate)", "sin(9*x)"] {
        assert!(text.contains(word), "{word:?}");
    }
    assert!(!text.contains("NaN") && !text.contains("inf\""));
    let png = draw("figure.png");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png == draw("again.png"));
}

#[test]
fn the_figures_place_without_output() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", spec_with(NETWORK));
    run(arguments!["study", spec, "--neurons", "4", "--methods", "bumps", "--out", folder.path("out")]).clean();
    assert_eq!(folder.files(), ["a.yaml", "out/a/study.svg"]);
}

#[test]
fn a_refusal_leaves_its_entry_empty() {
    let folder = Folder::new();
    let options = "--methods bumps,graded --neurons 1,2,8 --format json";
    let outcome = study(&folder, "x^2", "figure.svg", options);
    outcome.says(&["note: no `graded` for 1 neuron: ", "note: no `article` for 1 neuron: a bump takes two neurons"]);
    assert_eq!(outcome.err.matches("`graded`").count(), 1, "{}", outcome.all());
    let out = outcome.clean();
    assert_eq!((out.matches("\"bumps\"").count(), out.matches("\"graded\"").count()), (3, 2), "{out}");

    // Too many coefficients to interpolate by in a moment; steps do not mind.
    let outcome = study(&folder, "x^2", "figure.svg", "--methods bumps --neurons 8,3000");
    outcome.says(&["note: no `chebyshev` for 3000 neurons: no more than 2048 coefficients"]);
    outcome.clean();
}

#[test]
fn what_cannot_be_studied() {
    let folder = Folder::new();
    let refused = |target: &str, figure: &str, options: &str, words: &[&str]| {
        let err = study(&folder, target, figure, options).refused(2, words);
        assert!(!folder.path(figure).exists(), "{err}");
    };
    refused("x^2", "figure.svg", "--methods bumps,wavelets", &["'wavelets'", "bumps, optimal, ramp, smooth, graded"]);
    refused("x^2", "figure.svg", "--neurons 8,0", &["0 is not in 1..=999999"]);
    refused("x^2", "figure.svg", "--neurons 8,many", &["'many'"]);
    refused(
        "x^2",
        "figure.svg",
        "--neurons 8,1025",
        &["`smooth` takes at most 1024 neurons, not 1025", "--methods bumps,optimal,ramp"],
    );
    refused(
        "x^2",
        "figure.svg",
        "--neurons 2000 --methods graded",
        &["`graded` takes at most 1024", "lower --neurons"],
    );
    refused("x^2", "figure.pdf", "", &["figure.pdf: figures are .svg or .png"]);
    refused("x^2", "figure.svg", "another.yaml", &["unexpected argument 'another.yaml'"]);
    refused("1/x", "figure.svg", "", &["error: the target ", "a.yaml:2:"]);
    refused("x^y", "figure.svg", "", &["a.yaml:2:"]);
    // The table stands although the figure cannot be written.
    let outcome = study(&folder, "x^2", "a.yaml/below.svg", "--neurons 4 --methods bumps");
    outcome.says(&["cannot write", "below.svg"]);
    assert_eq!((outcome.code, outcome.out.contains("proved")), (2, true), "{}", outcome.all());
    run(arguments!["study", folder.path("missing.yaml")]).refused(2, &["cannot read"]);
}

#[test]
fn placed_pieces_keep_to_the_total_variation() {
    let folder = Folder::new();
    let spec = repository().join("specs/article/tavora.yaml");
    let options = ["--methods", "optimal", "--neurons", "16,64", "--format", "json"];
    let mut arguments = arguments!["study", spec, "--output", folder.path("figure.svg")];
    arguments.extend(options.map(Into::into));
    let out = run(arguments).clean();
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors = |name: &str, key: &str| -> Vec<f64> {
        lines.iter().filter(|line| line[name].is_string()).filter_map(|line| line[key].as_f64()).collect()
    };
    let (proved, references) = (errors("method", "upper"), errors("reference", "error"));
    assert_eq!((proved.len(), references.len()), (2, 6), "{out}");
    for (k, upper) in proved.iter().enumerate() {
        let (article, variation) = (references[k], references[2 + k]);
        assert!(0.7 * variation < *upper && *upper <= variation * 1.001, "{out}");
        // Half a bump at the end of the domain, where the target is 0.84.
        assert!((0.4..0.5).contains(&article), "{out}");
    }
}
