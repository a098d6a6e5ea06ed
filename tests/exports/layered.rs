//! ONNX beyond one hidden layer over one input: several inputs, skip connections, what lies outside the domain; and whether
//! ONNX Runtime's functions are as good as the bounds assume.

use std::path::Path;
use std::process::Command;

use bumpnet_export::bound::{ONNX_RUNTIME, RUNNER, direct_sum};
use bumpnet_export::{Options, onnx};
use bumpnet_ir::expr::sexpr;
use bumpnet_ir::{Activation, Certificate, Graph, Input, Layer, Network, Outside, Parts, Precision, Values, Weights};
use bumpnet_plan::Accuracy;
use bumpnet_prove::Standing;
use bumpnet_runner::Evaluator as Runner;

use crate::{floats, python, support};

pub fn layer(activation: Activation, inputs: &[u32], weights: &[(u32, u32, f64)], bias: &[f64]) -> Layer {
    Layer {
        activation,
        inputs: inputs.to_vec(),
        rows: bias.len(),
        weights: Weights {
            row: weights.iter().map(|w| w.0).collect(),
            col: weights.iter().map(|w| w.1).collect(),
            value: Values::new(weights.iter().map(|w| w.2).collect()),
        },
        bias: Values::new(bias.to_vec()),
    }
}

pub fn network(inputs: usize, mut layers: Vec<Layer>, precision: Precision, outside: Outside) -> Network {
    let input = |k: usize| Input { name: format!("x{k}"), lo: -45.0, hi: 45.0 };
    layers.iter_mut().for_each(|layer| layer.round(precision));
    Network::new(Parts {
        name: "t/t".into(),
        target: "x0".into(),
        inputs: (0..inputs).map(input).collect(),
        layers,
        precision,
        outside,
        graph: None,
        certificate: None,
    })
    .unwrap()
}

/// A certificate that says little: it is of no matter here.
pub fn certificate() -> Certificate {
    Certificate {
        lower: 0.0,
        upper: 1.0,
        argmax: vec![0.0],
        rms: (0.0, 1.0),
        method: "none".into(),
        evaluated: 1.0,
        cells: 1,
        hidden: None,
        measured: None,
        note: None,
    }
}

/// Writes a model and its points.
fn put(folder: &Path, name: &str, network: &Network, points: &[f64]) {
    let target = sexpr::parse("x0", network.inputs.iter().map(|input| input.name.clone()).collect()).unwrap();
    let model = onnx::write(
        network,
        &certificate(),
        &Options { target: &target, tool: "bumpnet test", standing: Standing::stated(), accuracy: Accuracy::default() },
    )
    .unwrap();
    let file = |suffix: &str| folder.join(format!("{name}.{suffix}"));
    std::fs::write(file("onnx"), model).unwrap();
    std::fs::write(file("inputs"), network.inputs.len().to_string()).unwrap();
    std::fs::write(file("points"), points.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).unwrap();
}

fn evaluate(python: &Path, folder: &Path) {
    let script = support::root().join("tests/consumers/evaluate.py");
    let run = Command::new(python).arg(script).arg(folder).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn several_inputs_layers_and_skips() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut networks = Vec::new();
    for precision in [Precision::F64, Precision::F32] {
        for outside in Outside::ALL {
            // The second layer reads inputs and units in any order, the third both layers and an input, two rows of nothing.
            let layers = vec![
                layer(
                    Activation::Tanh,
                    &[0, 1],
                    &[(0, 0, 0.7), (0, 1, -0.2), (1, 1, 0.3), (2, 0, 0.1)],
                    &[0.1, 0.0, -0.4],
                ),
                layer(Activation::Logistic, &[4, 0, 2], &[(0, 0, 1.5), (0, 2, -2.0), (1, 1, 0.05)], &[0.0, 0.25]),
                layer(Activation::Gompertz, &[5, 3, 1], &[(0, 0, 1.0), (0, 1, 0.5), (2, 2, 0.02)], &[0.0, 0.6, 0.1]),
                layer(
                    Activation::Identity,
                    &[7, 8, 9, 0],
                    &[(0, 0, 2.0), (0, 1, -1.0), (0, 2, 0.5), (0, 3, 0.01)],
                    &[0.3],
                ),
            ];
            let network = network(2, layers, precision, outside);
            let mut state = 3u64;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                precision.round(110.0 * ((state >> 11) as f64 / (1u64 << 53) as f64 - 0.5))
            };
            let mut points: Vec<f64> = (0..4000).map(|_| next()).collect();
            points.extend([f64::NAN, 1.0, 1.0, f64::NAN, 45.0, -45.0]);
            let name = format!("{}-{}", precision.name(), outside.name());
            put(folder.path(), &name, &network, &points);
            networks.push((name, network, points));
        }
    }
    evaluate(&python, folder.path());
    for (name, network, points) in &networks {
        let values = floats(&folder.path().join(format!("{name}.onnx.values")));
        let bound = (direct_sum(network, &ONNX_RUNTIME) + direct_sum(network, &RUNNER)).get();
        assert!(bound < if network.precision == Precision::F64 { 1e-12 } else { 1e-3 }, "{bound:e}");
        let runner = Runner::new(network);
        let mut largest = 0.0f64;
        for (point, value) in points.chunks_exact(2).zip(&values) {
            let expected = runner.eval(point);
            assert_eq!(value.is_nan(), expected.is_nan(), "{name} at {point:?}: {value}, not {expected}");
            largest = largest.max(if value.is_nan() { 0.0 } else { (value - expected).abs() });
        }
        println!("{name:<40} onnx         largest difference {largest:9.3e}, bound {bound:9.3e}");
        assert!(largest <= bound, "{name}: {largest:e} > {bound:e}");
    }
}

/// What the bounds assume of ONNX Runtime, measured: each activation alone, at 200,000 points.
#[test]
fn activations_are_as_good_as_assumed() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut networks = Vec::new();
    for precision in [Precision::F64, Precision::F32] {
        for activation in Activation::ALL {
            if precision == Precision::F64 && matches!(activation, Activation::Erf | Activation::Arctan) {
                continue; // no kernel
            }
            let layers = vec![
                layer(activation, &[0], &[(0, 0, 1.0)], &[0.0]),
                layer(Activation::Identity, &[1], &[(0, 0, 1.0)], &[0.0]),
            ];
            let network = network(1, layers, precision, Outside::Extend);
            let points: Vec<f64> = (-100_000..=100_000).map(|k| precision.round(f64::from(k) * 4.4e-4)).collect();
            let name = format!("{}-{}", activation.name(), precision.name());
            put(folder.path(), &name, &network, &points);
            networks.push((name, network, points));
        }
    }
    evaluate(&python, folder.path());
    for (name, network, points) in &networks {
        let values = floats(&folder.path().join(format!("{name}.onnx.values")));
        let activation = network.layers[0].activation;
        let off = |(x, value): (&f64, &f64)| (activation.apply(x) - value).abs();
        let largest = points.iter().zip(&values).map(off).fold(0.0, f64::max) / network.precision.unit_roundoff();
        let assumed = match activation {
            Activation::Logistic | Activation::ClippedLogistic => ONNX_RUNTIME.logistic,
            Activation::Identity | Activation::Heaviside => 0.0,
            _ => ONNX_RUNTIME.others,
        };
        println!("{name:<24} measured {largest:5.2} unit roundoffs, assumed {assumed}");
        assert!(largest <= assumed, "{name}: {largest} > {assumed}");
    }
}

/// The same of the logistic function of composed networks, whose error is a part of its own value, far left of its step too.
#[test]
fn tails_are_as_good_as_assumed() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut networks = Vec::new();
    for (precision, lowest) in [(Precision::F64, -700.0), (Precision::F32, -80.0)] {
        let layers = vec![
            layer(Activation::Logistic, &[0], &[(0, 0, 1.0)], &[0.0]),
            layer(Activation::Identity, &[1], &[(0, 0, 1.0)], &[0.0]),
        ];
        let graph = Graph { arguments: vec![0], values: vec![2], expand: false };
        let network = network(1, layers, precision, Outside::Extend);
        let network = network.changed(|parts| parts.graph = Some(graph)).unwrap();
        let points: Vec<f64> = (0..200_000).map(|k| precision.round(lowest + f64::from(k) * 3.7e-3)).collect();
        put(folder.path(), precision.name(), &network, &points);
        networks.push((network, points));
    }
    evaluate(&python, folder.path());
    for (network, points) in &networks {
        let values = floats(&folder.path().join(format!("{}.onnx.values", network.precision.name())));
        let off = |(x, value): (&f64, &f64)| {
            let exact: f64 = Activation::Logistic.apply(x);
            (value - exact).abs() / exact
        };
        let largest = points.iter().zip(&values).map(off).fold(0.0, f64::max) / network.precision.unit_roundoff();
        println!("logistic tails, {:<9} measured {largest:5.2} unit roundoffs, assumed 8", network.precision.name());
        assert!(largest <= ONNX_RUNTIME.logistic, "{largest}");
    }
}
