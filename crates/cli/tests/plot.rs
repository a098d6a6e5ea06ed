//! `plot`: figures of tables and specs.

mod support;

use support::{Folder, repository, run, spec_with, without_bound};

/// The networks of the spec that is drawn.
const NETWORKS: &str = "sharp: {method: bumps, activation: clipped-logistic, steepness: 500, resolution: 5, layout: pairs}\n\
                        joined: {method: bumps, activation: ramp, resolution: 6}";

/// Draws into a file of the folder; the result is its bytes.
#[track_caller]
fn draw(folder: &Folder, subject: &str, name: &str) -> Vec<u8> {
    let path = folder.path(name);
    let outcome = run(arguments!["plot", subject, "--output", path]);
    outcome.says(&["wrote", name]);
    assert_eq!(outcome.clean(), "");
    std::fs::read(path).expect("the figure is written")
}

#[test]
fn figures_have_the_same_bytes_each_time() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", spec_with(NETWORKS));
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    let of_spec = format!("{}#sharp", spec.display());
    let svg = draw(&folder, &of_spec, "figure.svg");
    let text = String::from_utf8(svg.clone()).unwrap();
    assert!(text.contains("<svg") && text.trim_end().ends_with("</svg>"));
    assert!(text.contains("a/sharp") && text.contains("10 neurons"), "the figure says what it shows");
    assert!(!text.contains("NaN") && !text.contains("inf\""));
    let png = draw(&folder, &of_spec, "figure.png");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000);

    assert!(draw(&folder, &of_spec, "again.svg") == svg);
    assert!(draw(&folder, &of_spec, "again.png") == png);
    let table = folder.path("out/a/sharp.json").display().to_string();
    let of_table = String::from_utf8(draw(&folder, &table, "table.svg")).unwrap();
    assert!(text.contains(">proved: ") && !text.contains("stated"), "a spec's bound is proved");
    assert!(of_table.contains(">stated: ") && !of_table.contains("proved"), "a table's own is not");
    assert!(without_bound(&of_table) == without_bound(&text), "the rest of the table's figure is the spec's");
    assert!(draw(&folder, &format!("{}#joined", spec.display()), "joined.svg") != svg);
}

#[test]
fn all_networks_of_a_spec() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", spec_with(NETWORKS));
    let outcome = run(arguments!["plot", spec, "--out", folder.path("out")]);
    outcome.says(&["wrote"]);
    outcome.clean();
    assert_eq!(folder.files(), ["a.yaml", "out/a/joined.svg", "out/a/sharp.svg"]);
    let figure = folder.path("figure.svg");
    run(arguments!["plot", spec, "--output", figure]).refused(2, &["--output is for one network", "a/sharp, a/joined"]);
    assert!(!figure.exists());
}

#[test]
fn what_cannot_be_drawn() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", spec_with(NETWORKS)).display().to_string();
    for name in ["figure.pdf", "figure", "figure.svg.gz", ".svg"] {
        let path = folder.path(name);
        run(arguments!["plot", format!("{spec}#sharp"), "--output", path]).refused(2, &[name, ".svg or .png"]);
        assert!(!path.exists());
    }
    let below = folder.path("a.yaml/below.svg");
    run(arguments!["plot", format!("{spec}#sharp"), "--output", below]).refused(2, &["cannot write", "below.svg"]);
    let bad = folder.write("bad.yaml", spec_with(NETWORKS).replace("x^2", "1/x"));
    run(arguments!["plot", bad, "--out", folder.path("out")]).refused(2, &["error: the target ", "bad.yaml:2:"]);
    run(arguments!["plot", folder.path("missing.yaml")]).refused(2, &["cannot read"]);
}

/// Constants, steep jumps, tiny and huge values: a figure has no number to stumble over.
#[test]
fn odd_targets() {
    let folder = Folder::new();
    let mut targets: Vec<(String, &str)> = ["0*x", "1e-300*x", "1e300*x", "step(x - 1/2)", "-5", "floor(1000*x)"]
        .map(|target| (spec_with(NETWORKS).replace("x^2", target), "sharp"))
        .into();
    targets.push((spec_with(NETWORKS).replace("[0, 1]", "[1e15, 1e15+2]"), "joined"));
    targets.push((spec_with(NETWORKS).replace("[0, 1]", "[-1e-12, 1e-12]").replace("500", "5e15"), "sharp"));
    for (k, (text, network)) in targets.iter().enumerate() {
        let spec = folder.write(&format!("odd-{k}.yaml"), text);
        let svg = draw(&folder, &format!("{}#{network}", spec.display()), &format!("odd-{k}.svg"));
        let svg = String::from_utf8(svg).unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf\"") && !svg.contains("inf,"), "{text}");
    }
}

#[test]
fn the_articles_figure() {
    let folder = Folder::new();
    let spec = repository().join("specs/article/tavora.yaml");
    let svg = String::from_utf8(draw(&folder, &format!("{}#article", spec.display()), "article.svg")).unwrap();
    for word in ["tavora/article", "10 neurons", "error", "target"] {
        assert!(svg.contains(word), "{word:?}");
    }
}
