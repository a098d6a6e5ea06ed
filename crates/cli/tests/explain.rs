//! `explain`: how specs are read and networks built.

mod support;

use support::{Folder, repository, run, spec_with};

/// Explains a spec of the corpus, its place left out.
fn explain(name: &str) -> String {
    let out = run(arguments!["explain", repository().join("specs").join(name)]).clean();
    out.replace(&format!("{}/", repository().display()), "")
}

#[test]
fn the_articles_network() {
    let text = explain("article/tavora.yaml#article");
    // Tavora's figures: sup and RMS before the output sigmoid and after it, and half a bump at either end.
    for figure in
        ["sup 1.7595 at x = 0.8088", "RMS 0.4925", "sup 0.4127", "RMS 0.1034", "-0.6 at", "0.5 at", "half a bump"]
    {
        assert!(text.contains(figure), "{figure:?} is missing\n{text}");
    }
    snapshot!("explain-article", text);
}

#[test]
fn every_network_of_a_spec() {
    let text = explain("article/tavora.yaml");
    let spec = std::fs::read(repository().join("specs/article/tavora.yaml")).unwrap();
    let spec = bumpnet_parser::parse_spec(&spec, "tavora").unwrap();
    assert!(spec.networks.len() > 5);
    for network in &spec.networks {
        assert!(text.contains(&format!("\nnetwork {}\n", network.name)), "{}", network.name);
    }
    assert_eq!(text.matches("measured error: sup").count(), spec.networks.len(), "{text}");
    assert_eq!(text.matches("\n  gate: ").count(), spec.networks.len(), "{text}");
    assert!(!text.contains("OVER"), "{text}");
}

#[test]
fn what_was_read() {
    let folder = Folder::new();
    let text = "version: 1\nlet: {a: 0.4, b: a*x}\ntarget: -b^2 + 1\ndomain: {x: [0, 2*pi]}\ndescription: some words\n\
                networks:\n  net: {method: bumps, activation: heaviside, resolution: 2, gate: {max_error: 1e-3}}\n";
    let path = folder.write("parsed.yaml", text);
    let out = run(arguments!["explain", path]).clean();
    for words in [
        "parsed (",
        "some words",
        "(+ (- (^ (* 0.4 x) 2)) 1)",
        "x in [0.0, 6.283185307179586]",
        "range   about [-5.31",
        ", 1.000000]",
        "2 cells of width 3.141592653589793",
        "gate: 0.001, OVER",
    ] {
        assert!(out.contains(words), "{words:?} is missing\n{out}");
    }
}

#[test]
fn bad_specs_are_not_explained() {
    let folder = Folder::new();
    let net = "net: {method: bumps, activation: heaviside, resolution: 4}";
    let path = folder.write("bad.yaml", spec_with(net).replace("x^2", "x^y"));
    run(arguments!["explain", path]).refused(2, &["bad.yaml:2:11"]);
    let path = folder.write("pole.yaml", spec_with(net).replace("x^2", "1/x"));
    let outcome = run(arguments!["explain", path]);
    assert_eq!(outcome.code, 2);
    outcome.says(&["error: the target ", "pole.yaml:2:"]);
}
