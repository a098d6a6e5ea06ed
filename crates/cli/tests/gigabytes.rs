//! Small files that ask for much: refused before anything of that size is made.

#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use bumpnet_ir::{Activation, Certificate, Input, Layer, Network, Outside, Parts, Precision, Values, Weights};
use support::{Folder, run};

/// A spec of so many inputs.
fn spec(inputs: usize, network: &str) -> String {
    let names: Vec<String> = (0..inputs).map(|k| format!("x{k}")).collect();
    let domain: Vec<String> = names.iter().map(|name| format!("{name}: [0, 1]")).collect();
    format!(
        "version: 1\ntarget: exp(-({}))\ndomain: {{{}}}\nnetworks:\n  n: {{{network}}}\n",
        names.join("+"),
        domain.join(", ")
    )
}

/// 6^16 values, 450 TB.
#[test]
fn low_rank_of_many_inputs() {
    let folder = Folder::new();
    let path = folder.write("a.yaml", spec(16, "method: low-rank, max_error: 0.1"));
    let said =
        run(arguments!["compile", path, "--out", folder.path("out")]).refused(2, &["a.yaml:5:", "^", "16 inputs"]);
    assert!(said.contains("`method: composed`") && said.contains("8 of them fit"), "{said}");
    // What is advised.
    folder.write("a.yaml", spec(16, "method: composed, max_error: 0.1"));
    run(arguments!["compile", path, "--out", folder.path("out")]).clean();
}

/// All boxes times all points that are sampled on each: 2^16 times 2^16.
#[test]
fn towers_of_many_inputs() {
    let folder = Folder::new();
    let path = folder.write("a.yaml", spec(16, "method: towers, activation: heaviside, resolution: 2"));
    let refusal = run(arguments!["compile", path, "--out", folder.path("out")]).refused(2, &["a.yaml:5:", "^", "512"]);
    assert!(refusal.contains("`method: composed`"), "{refusal}");
    // A hundred boxes of other sizes have six million corners.
    let adaptive = "method: towers, activation: heaviside, placement: adaptive, resolution: 100";
    folder.write("a.yaml", spec(16, adaptive));
    run(arguments!["compile", path, "--out", folder.path("out")])
        .refused(2, &["a.yaml:5:", "^", "more than 59 towers"]);
}

/// A network of layers; its certificate does not matter.
fn parts(layers: Vec<Layer>) -> Parts {
    let inputs = vec![Input { name: "x".into(), lo: 0.0, hi: 1.0 }];
    Parts {
        name: "a/b".into(),
        target: "x".into(),
        inputs,
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: Some(Certificate {
            lower: 0.0,
            upper: 1e9,
            argmax: vec![0.0],
            rms: (0.0, 1e9),
            method: "taylor-model".into(),
            evaluated: 1e9,
            cells: 1,
            hidden: None,
            measured: None,
            note: None,
        }),
    }
}

/// A layer of `rows` units that reads `inputs`, with one weight for each unit.
fn layer(activation: Activation, inputs: Vec<u32>, rows: usize) -> Layer {
    let columns = inputs.len() as u32;
    let col = (0..rows as u32).map(|k| k % columns).collect();
    let weights = Weights { row: (0..rows as u32).collect(), col, value: Values::Same(1.0) };
    Layer { activation, inputs, rows, weights, bias: Values::Same(0.25) }
}

#[test]
fn units_that_a_table_spends_no_bytes_on() {
    let bare = |rows: usize| Layer {
        rows,
        weights: Weights { row: vec![], col: vec![], value: Values::Same(1.0) },
        ..layer(Activation::Logistic, vec![0], 1)
    };
    let folder = Folder::new();
    for rows in [1 << 22, 1 << 24, usize::MAX] {
        let text = parts(vec![bare(rows), layer(Activation::Identity, vec![0], 1)]).to_json();
        assert!(text.len() < 600, "{} bytes", text.len());
        let path = folder.write("t.json", text);
        for command in ["verify", "time", "plot"] {
            run(arguments![command, path]).refused(2, &["t.json: not a weight table", "but a network has at most"]);
        }
        let onnx = folder.path("t.onnx");
        run(arguments!["export", path, "--format", "onnx", "-o", onnx]).refused(2, &["but a network has at most"]);
        assert!(!onnx.exists());
    }
}

/// ONNX has no sparse product: kilobytes of weights are gigabytes there.
#[test]
fn dense_matrices_of_sparse_weights() {
    let folder = Folder::new();
    let wide = |rows: usize| {
        let all = |first: usize| (first as u32..(first + rows) as u32).collect::<Vec<u32>>();
        let second = layer(Activation::Logistic, all(1), rows);
        Network::new(parts(vec![
            layer(Activation::Logistic, vec![0], rows),
            second,
            Layer { weights: Weights::row(vec![1.0; rows]), ..layer(Activation::Identity, all(1 + rows), 1) },
        ]))
        .unwrap()
    };
    let onnx = folder.path("t.onnx");
    let path = folder.write("t.json", wide(5000).to_json());
    let refusal = run(arguments!["export", path, "--format", "onnx", "-o", onnx]).refused(2, &["too large for ONNX"]);
    assert!(refusal.contains("5000 x 5000") && refusal.contains("npz") && !onnx.exists(), "{refusal}");
    // What is advised.
    run(arguments!["export", path, "--format", "npz", "-o", folder.path("t.npz")]).clean();
    let path = folder.write("t.json", wide(500).to_json());
    run(arguments!["export", path, "--format", "onnx", "-o", onnx]).clean();
}

/// Each layer gathers from all before it, by their names.
#[test]
fn layers_that_name_all_before_them() {
    let folder = Folder::new();
    let chain = |count: u32| {
        let mut layers: Vec<Layer> = (0..count).map(|k| layer(Activation::Ramp, vec![0, k], 1)).collect();
        layers.push(layer(Activation::Identity, vec![count], 1));
        Network::new(parts(layers)).unwrap().to_json()
    };
    let path = folder.write("t.json", chain(4000));
    run(arguments!["export", path, "--format", "onnx", "-o", folder.path("t.onnx")]).refused(2, &["too many for ONNX"]);
}
