//! Exports as ONNX Runtime, safetensors, NumPy and plain text see them.

use std::process::Command;

use bumpnet_export::bound::{Evaluator, ONNX_RUNTIME};
use bumpnet_export::{csv, npz, onnx, safetensors};
use bumpnet_ir::{Activation, Precision};

use crate::{Largest, all_samples, allowed, floats, largest_difference, largest_error, python, support};

/// NumPy's functions, in unit roundoffs; its logistic function is written as `1/(1 + exp(-z))`.
const NUMPY: Evaluator = Evaluator { name: "NumPy", logistic: 12.0, others: 16.0 };

#[test]
fn python_agrees() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut compared = Vec::new();
    for sample in all_samples() {
        let single = sample.single();
        for sample in [Some(sample.clone()), single].into_iter().flatten() {
            let file = |suffix: &str| folder.path().join(format!("{}.{suffix}", sample.id));
            let (network, certificate, options) = (&sample.network, &sample.certificate, sample.options());
            let points = sample.points();
            let bytes: Vec<u8> = points.iter().flat_map(|x| x.to_le_bytes()).collect();
            std::fs::write(file("points"), bytes).unwrap();
            std::fs::write(file("inputs"), sample.inputs().to_string()).unwrap();
            let mut formats = vec!["safetensors", "npz", "csv"];
            std::fs::write(file("safetensors"), safetensors::write(network, certificate, &options).unwrap()).unwrap();
            std::fs::write(file("npz"), npz::write(network, certificate, &options).unwrap()).unwrap();
            std::fs::write(file("csv"), csv::write(network, certificate, &options).unwrap()).unwrap();
            match onnx::write(network, certificate, &options) {
                Ok(model) => {
                    std::fs::write(file("onnx"), model).unwrap();
                    formats.push("onnx");
                }
                Err(error) => {
                    let hidden = network.layers[0].activation;
                    assert!(matches!(hidden, Activation::Erf | Activation::Arctan), "{}: {error}", sample.id);
                }
            }
            compared.push((sample, points, formats));
        }
    }
    let script = support::root().join("tests/consumers/evaluate.py");
    let run = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut largest = Largest::default();
    for (sample, points, formats) in &compared {
        for format in formats {
            let values = floats(&folder.path().join(format!("{}.{format}.values", sample.id)));
            // NumPy sums in binary64 what was stored in binary32.
            let (evaluator, network) = match *format {
                "onnx" => (ONNX_RUNTIME, sample.network.clone()),
                _ => (NUMPY, sample.network.changed(|parts| parts.precision = Precision::F64).unwrap()),
            };
            let bound = allowed(sample, &network, &evaluator);
            let off = largest_difference(sample, points, &values);
            largest.note(sample, format, off, &format!("bound {bound:9.3e}"));
            assert!(off <= bound, "{} {format}: {off:e} > {bound:e}", sample.id);
            if *format == "onnx" {
                let (error, bound) = (
                    largest_error(sample, points, &values),
                    onnx::bound(&sample.network, &sample.target, &sample.certificate).get(),
                );
                assert!(error <= bound && bound.is_finite(), "{}: {error:e} > {bound:e}", sample.id);
            }
        }
    }
}
