//! `export`: what it writes, and what it refuses without leaving a file.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::ffi::OsStr;

use bumpnet_ir::Network;
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
        let table = folder.path("out/a/bells.json");
        run(arguments!["export", table, "--format", format, "-o", again]).clean();
        let stated = std::fs::read(&again).unwrap();
        assert_ne!(stated, bytes, "{format}: nobody has proved what the table states");
        if TEXTS.contains(&format) {
            assert_eq!(standing_left_out(&stated), standing_left_out(&bytes), "{format}: the rest is the same");
        }
        // In its own precision a table is not proved again; in another one it is.
        if format != "sollya" {
            let single = |from: &OsStr| {
                run(arguments!["export", from, "--format", format, "--precision", "f32", "-o", again]).clean();
                std::fs::read(&again).unwrap()
            };
            assert_eq!(single(table.as_ref()), single(network(&folder, "bells").as_ref()), "{format}: proved anew");
        }
    }
}

/// A text without the words for what is proved and what is stated, and without the line of a query whose answer rests on it.
fn standing_left_out(text: &[u8]) -> String {
    let text = std::str::from_utf8(text).unwrap();
    let unchecked = "stated by the table and not checked here (`bumpnet verify` does that)";
    let lines = text.lines().filter(|line| !line.contains("expected only if"));
    let same = |line: &str| {
        line.replace(", plus the distance from the network, which is bounded here", "")
            .replace(unchecked, "proved")
            .replace(" (stated)", "")
            .replace(", stated\"", ", proved\"")
    };
    lines.map(|line| same(line) + "\n").collect()
}

/// What a table states is called stated, whatever it is, and so is all that rests on it; `verify`, to which the files send
/// their readers, refuses it. What a spec gives is proved.
#[test]
fn what_a_table_states_is_not_called_proved() {
    let folder = folder();
    run(arguments!["compile", folder.path("a.yaml"), "--out", folder.path("out")]).clean();
    let table = Network::from_json(&folder.read("out/a/bells.json")).unwrap();
    let mut certificate = table.certificate.clone().unwrap();
    (certificate.lower, certificate.upper, certificate.evaluated) = (0.0, 1e-300, 1e-300);
    let table = table.with_certificate(Some(certificate));
    let doctored = folder.write("doctored.json", table.to_json());
    run(arguments!["verify", doctored]).refused(1, &["not verified", "`upper` is 1e-300"]);
    let comments = |from: &OsStr, format: &str| -> String {
        let text = run(arguments!["export", from, "--format", format]).clean();
        // A script says `proved` where another prover has proved it.
        text.lines().filter(|line| !line.contains("print(")).map(|line| line.to_owned() + "\n").collect()
    };
    for format in TEXTS {
        let stated = comments(doctored.as_ref(), format);
        assert!(stated.contains("bound: 1e-300\n") && stated.contains("in exact arithmetic: stated by"), "{stated}");
        assert!(stated.contains("`bumpnet verify`") && !stated.contains("proved"), "{format}: {stated}");
        let proved = comments(network(&folder, "bells").as_ref(), format);
        assert!(proved.contains("in exact arithmetic: proved\n") && !proved.contains("stated"), "{format}: {proved}");
    }
    let words = |format: &str, words: &str| {
        let text = comments(doctored.as_ref(), format);
        assert!(text.contains(words), "{format} does not say {words}: {text}");
    };
    words("dot", "<= 1.0000e-300, stated\"");
    words("c", "its rounding included: stated by the table");
    words("rust", "its rounding included: stated by the table");
    words("vnnlib", "; expected only if the network's bound holds: it is stated by the table");
    let file = folder.path("query");
    run(arguments!["export", doctored, "--format", "vnnlib2", "-o", file]).clean();
    assert!(folder.read("query").contains("; expected only if the network's bound holds: it is stated"));
    for (format, said) in [("onnx", "network's own bound holds, which is stated by"), ("npz", "arithmetic: stated by")]
    {
        run(arguments!["export", doctored, "--format", format, "-o", file]).clean();
        assert!(String::from_utf8_lossy(&std::fs::read(&file).unwrap()).contains(said), "{format}");
    }
}

/// Integers are proved straight against the target, whatever the table states, but for jumps in 32 bits.
#[test]
fn fixed_point_says_what_its_own_bound_is() {
    let folder = folder();
    run(arguments!["compile", folder.path("a.yaml"), "--out", folder.path("out")]).clean();
    for (name, width, stated) in
        [("steps", "int16", false), ("steps", "int32", true), ("bells", "int16", false), ("bells", "int32", false)]
    {
        let table = folder.path(&format!("out/a/{name}.json"));
        let export = |from: &OsStr| {
            let text = run(arguments!["export", from, "--format", "c", "--fixed", width]).clean();
            assert!(text.contains("// bound_fixed: "), "{text}");
            text.lines().find(|line| line.starts_with("// bound_fixed_means")).unwrap().to_owned()
        };
        let (from_table, from_spec) = (export(table.as_ref()), export(network(&folder, name).as_ref()));
        assert!(from_spec.ends_with(": proved"), "{from_spec}");
        assert_eq!(from_table.contains("stated by the table"), stated, "{name} {width}: {from_table}");
        assert_eq!(from_table == from_spec, !stated, "{name} {width}: {from_table}");
    }
}

/// Networks without a table: the certificate's own bound of the sum.
#[test]
fn sums_say_what_their_bound_is() {
    let folder = Folder::new();
    let spec = "version: 1\ntarget: x*y\ndomain: {x: [-1, 1], y: [-1, 1]}\nnetworks: {net: {max_error: 1e-3}}\n";
    let spec = folder.write("a.yaml", spec);
    run(arguments!["compile", spec, "--out", folder.path("out")]).clean();
    for format in ["c", "rust"] {
        let stated = run(arguments!["export", folder.path("out/a/net.json"), "--format", format]).clean();
        assert!(stated.contains("rounding included: stated by the table") && !stated.contains("proved"), "{stated}");
        let proved = run(arguments!["export", spec, "--format", format]).clean();
        assert!(proved.contains("rounding included: proved\n") && !proved.contains("stated"), "{proved}");
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

/// A table says why its bound is larger than what is proved of the network as it is evaluated.
#[test]
fn jumps_count_twice() {
    let folder = Folder::new();
    let jumps = "net: {method: bumps, activation: heaviside, placement: optimal, max_error: 0.1}";
    let spec = folder.write("a.yaml", spec_with(jumps).replace("x^2", "floor(10*x)"));
    for (format, says) in [("c", true), ("rust", true), ("csv", false)] {
        let outcome = run(arguments!["export", spec, "--format", format]);
        assert_eq!(outcome.err.contains("counts both sides of every jump"), says, "{format}: {}", outcome.err);
        assert!(outcome.clean().contains("counts both sides of every jump"), "{format}");
    }
}
