//! `export`: what it writes, and what it refuses without leaving a file.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use support::{Folder, run, spec_with};

/// A folder with a spec of three networks of `x^2`.
fn folder() -> Folder {
    let folder = Folder::new();
    let networks = "steps: {method: bumps, activation: heaviside, resolution: 8}\n\
                    bells: {method: bumps, activation: logistic, resolution: 8}\n\
                    erf: {method: smooth, activation: erf, resolution: 8}";
    folder.write("a.yaml", spec_with(networks));
    folder
}

fn network(folder: &Folder, name: &str) -> String {
    format!("{}#{name}", folder.path("a.yaml").display())
}

const TEXTS: [&str; 6] = ["csv", "c", "rust", "vnnlib", "sollya", "dot"];

#[test]
fn every_format_states_what_is_proved() {
    let folder = folder();
    run(arguments!["compile", folder.path("a.yaml"), "--out", folder.path("out")]).clean();
    let table: serde_json::Value = serde_json::from_str(&folder.read("out/a/bells.json")).unwrap();
    let (upper, digest) =
        (format!("{:?}", table["certificate"]["upper"].as_f64().unwrap()), table["digest"].as_str().unwrap());
    for format in TEXTS.into_iter().chain(["onnx", "safetensors", "npz"]) {
        let file = folder.path(&format!("bells.{format}"));
        let from_spec = run(arguments!["export", network(&folder, "bells"), "--format", format, "-o", file]);
        assert_eq!(from_spec.clean(), "", "nothing but the file");
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for fact in
            [upper.as_str(), digest, "a/bells", "x in [0.0, 1.0]", concat!("bumpnet ", env!("CARGO_PKG_VERSION"))]
        {
            assert!(text.contains(fact), "{format} does not say {fact}");
        }
        assert!(text.contains("x^2"), "{format} does not say the target");
        let again = folder.path("again");
        run(arguments!["export", folder.path("out/a/bells.json"), "--format", format, "-o", again]).clean();
        assert_eq!(std::fs::read(again).unwrap(), bytes, "{format}: the same bytes from the table");
    }
}

#[test]
fn texts_go_to_standard_output() {
    let folder = folder();
    for format in TEXTS {
        let name = if format == "sollya" { "bells" } else { "steps" };
        let out = run(arguments!["export", network(&folder, name), "--format", format]).clean();
        assert!(out.lines().count() > 10, "{format}: {out}");
    }
    let fixed = run(arguments!["export", network(&folder, "steps"), "--format", "c", "--fixed", "int16"]).clean();
    assert!(
        fixed.contains("int16_t bumpnet_a_steps_int16(int16_t q)") && fixed.contains("// bound_fixed: "),
        "{fixed}"
    );
}

#[test]
fn binary32_is_proved_anew() {
    let folder = folder();
    let export = |more: &[&str]| {
        let mut all = arguments!["export", network(&folder, "bells"), "--format", "csv"];
        all.extend(more.iter().map(std::ffi::OsString::from));
        run(all).clean()
    };
    let (double, single) = (export(&[]), export(&["--precision", "f32"]));
    let bound = |text: &str| text.lines().find(|line| line.starts_with("# bound: ")).unwrap().to_owned();
    assert_ne!(bound(&double), bound(&single));
    assert!(single.contains(" f32\n") && double.contains(" f64\n"));
}

/// Networks of several inputs are sums in C and Rust; their gates do not survive binary32.
#[test]
fn several_inputs() {
    let folder = Folder::new();
    let spec = "version: 1\ntarget: sin(3*x)*cos(2*y) + 0.3*x*y\ndomain: {x: [-1, 1], y: [-1, 1]}\nnetworks:\n  gates: {max_error: 1e-4}\n  single: {precision: f32, max_error: 0.1}\n  tanh: {activation: tanh, max_error: 1e-3}\n";
    folder.write("a.yaml", spec);
    for (format, signature) in
        [("c", "double bumpnet_a_gates(const double x[2])"), ("rust", "pub fn bumpnet_a_gates(x: [f64; 2]) -> f64 {")]
    {
        let text = run(arguments!["export", network(&folder, "gates"), "--format", format]).clean();
        assert!(text.contains(signature) && text.contains("// bound_evaluated: "), "{text}");
    }
    let file = folder.path("file");
    let refused = |name: &str, more: &[&str], words: &[&str]| {
        let mut all = arguments!["export", network(&folder, name), "-o", file];
        all.extend(more.iter().map(std::ffi::OsString::from));
        run(all).refused(2, words);
        assert!(!file.exists());
    };
    refused("gates", &["--format", "onnx", "--precision", "f32"], &["more digits", "could be", "precision: f32"]);
    let ratio =
        "version: 1\ntarget: 1/(1 + x^2 + y^2)\ndomain: {x: [-1, 1], y: [-1, 1]}\nnetworks: {a: {max_error: 1e-3}}\n";
    let ratio = format!("{}#a", folder.write("ratio.yaml", ratio).display());
    run(arguments!["export", ratio, "--format", "csv", "--precision", "f32"])
        .refused(2, &["more digits", "could be", "precision: f32"]);
    refused("tanh", &["--format", "c"], &["`tanh`", "activation: logistic"]);
    refused("gates", &["--format", "c", "--fixed", "int16"], &["one input", "without `--fixed`"]);
    run(arguments!["export", network(&folder, "single"), "--format", "onnx", "-o", file]).clean();
}

#[test]
fn two_networks_are_three_files() {
    let folder = folder();
    let query = folder.path("x/q.vnnlib");
    run(arguments!["export", network(&folder, "bells"), "--format", "vnnlib2", "-o", query]).clean();
    assert_eq!(folder.files(), ["a.yaml", "x/q.network.onnx", "x/q.target.onnx", "x/q.vnnlib"]);
    run(arguments!["export", network(&folder, "bells"), "--format", "vnnlib2"]).refused(2, &["three files", "-o FILE"]);
}

#[test]
fn what_does_not_go_is_refused() {
    let folder = folder();
    let file = folder.path("file");
    let refused = |name: &str, format: &str, words: &[&str]| {
        run(arguments!["export", network(&folder, name), "--format", format, "-o", file]).refused(2, words);
        assert!(!file.exists(), "{format} leaves no file");
    };
    refused("erf", "onnx", &["no binary64 kernel", "`erf`", "--precision f32"]);
    refused("steps", "sollya", &["`heaviside`", "verify"]);
    refused("none", "csv", &["has no network `none`", "steps, bells, erf"]);
    run(arguments!["export", network(&folder, "steps"), "--format", "csv", "--fixed", "int16"])
        .refused(2, &["--format c"]);
    run(arguments!["export", network(&folder, "steps"), "--format", "pdf"]).refused(2, &["invalid value 'pdf'"]);
    run(arguments!["export", folder.path("none.json"), "--format", "c"]).refused(2, &["there is no such file"]);
}
