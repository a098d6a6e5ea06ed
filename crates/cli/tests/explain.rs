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

/// The graph of a composed network: each step once, and shares that add up to a bound.
#[test]
fn the_graph_of_a_composed_network() {
    let text = explain("several/sines.yaml#coarse");
    snapshot!("explain-composed", text);
    let figures = |row: &str, column: usize| {
        let from = text.lines().find(|line| line.contains("neurons  error e")).unwrap();
        let start = ["neurons", "L e"].map(|name| from.find(name).unwrap())[column];
        let end = ["error e", "share"].map(|name| from.find(name).unwrap())[column];
        let cell: String = row.chars().skip(start).take(end - start).collect();
        cell.trim().parse::<f64>().unwrap()
    };
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("─ s") && line.contains(" = ")).collect();
    let rounded = text.lines().find(|line| line.contains("rounded weights  ")).unwrap();
    let all = text.lines().find(|line| line.contains("in all  ")).unwrap();
    assert_eq!(rows.iter().map(|row| figures(row, 0)).sum::<f64>(), figures(all, 0));
    assert!(text.contains(&format!(", {} neurons,", figures(all, 0))));
    let sum = rows.iter().chain([&rounded]).map(|row| figures(row, 1)).sum::<f64>();
    // Each is rounded up to four digits.
    assert!(sum >= figures(all, 1) * 0.999 && sum <= figures(all, 1) * 1.002, "{sum} {all}");
    let bound = text.split_once("and at most ").unwrap().1.split(';').next().unwrap();
    // The sum is a bound too; the proved one knows of signs.
    assert!(bound.trim().parse::<f64>().unwrap() <= figures(all, 1));
    for k in 1..=rows.len() {
        assert_eq!(text.matches(&format!("─ s{k} = ")).count(), 1, "s{k} is drawn once");
    }
    // A network that is proved in another way has no such graph.
    assert!(!explain("several/towers-peak.yaml#leaves-256").contains("factor L"));
}

/// The graph for Graphviz names the steps as `explain` does.
#[test]
fn names_in_dot() {
    let spec = format!("{}/specs/several/sines.yaml#coarse", repository().display());
    let dot = run(arguments!["export", spec, "--format", "dot"]).clean();
    let text = explain("several/sines.yaml#coarse");
    let steps = text.lines().filter(|line| line.contains("─ s") && line.contains(" = ")).count();
    for k in 1..=steps {
        assert_eq!(dot.matches(&format!("label=\"s{k}\\nidentity")).count(), 1, "s{k}\n{dot}");
    }
    assert!(dot.contains("label=\"t of s3\\nidentity") && !dot.contains(&format!("\"s{}\\n", steps + 1)));
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
