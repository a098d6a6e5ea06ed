//! Exports run by what they are for: ONNX Runtime, safetensors, NumPy, gcc, rustc, verifiers, Sollya, Graphviz. Networks of
//! the corpus of every method and activation; each export is compared with the runner, within the bound that is stated for
//! it. `.ci/consumers` installs the consumers; where one is missing its test says that it is skipped.
#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod compiled;
mod layered;
mod provers;
mod python;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use bumpnet_export::Options;
use bumpnet_ir::{Activation, Certificate, Expr, Method, Network, Precision};
use bumpnet_runner::Evaluator as Runner;

/// Most neurons of the networks that are compared: dense formats and optimised C compilers should not take minutes.
const MOST: usize = 300;
/// Points of each network's comparison besides the steps.
const POINTS: usize = 2000;

/// A network to export.
#[derive(Clone)]
struct Sample {
    id: String,
    network: Network,
    certificate: Certificate,
    target: Expr,
}

impl Sample {
    fn options(&self) -> Options<'_> {
        Options { target: &self.target, tool: "bumpnet test" }
    }

    /// The same network in binary32, with a certificate of its own.
    fn binary32(&self) -> Sample {
        let mut network = self.network.clone();
        network.layers.iter_mut().for_each(|layer| layer.round(Precision::F32));
        network.precision = Precision::F32;
        let certificate = bumpnet_prove::certify(&self.target, &network, f64::INFINITY).unwrap();
        Sample { id: format!("{}-f32", self.id), network, certificate, target: self.target.clone() }
    }

    /// Points of the domain: even ones, random ones, the steps and their neighbours; numbers of the network's precision.
    fn points(&self) -> Vec<f64> {
        let input = &self.network.inputs[0];
        let mut points: Vec<f64> =
            (0..POINTS).map(|k| input.lo + (input.hi - input.lo) * (k as f64 / (POINTS - 1) as f64)).collect();
        let mut state = 7u64;
        points.extend((0..POINTS).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            input.lo + (input.hi - input.lo) * ((state >> 11) as f64 / (1u64 << 53) as f64)
        }));
        if let Some((steps, _)) = Runner::new(&self.network).steps() {
            points.extend(steps.iter().flat_map(|s| [s.next_down(), *s, s.next_up()]));
        }
        points.extend([input.lo, input.hi]);
        points.iter_mut().for_each(|x| *x = self.network.precision.round(*x));
        points.retain(|x| (input.lo..=input.hi).contains(x) && !self.at_a_jump(*x));
        points
    }

    /// Whether an argument is within rounding of a jump, where a program may take either side.
    fn at_a_jump(&self, x: f64) -> bool {
        let hidden = &self.network.layers[0];
        let breaks: &[f64] = match hidden.activation {
            Activation::ClippedLogistic => &[-6.0, 6.0],
            // With weight 1 the sign of `x + b` is exact in every program.
            Activation::Heaviside if hidden.weights.entries().any(|(_, _, w)| w != 1.0) => &[0.0],
            _ => return false,
        };
        let u = self.network.precision.unit_roundoff();
        hidden.weights.entries().any(|(row, _, w)| {
            let b = hidden.bias.get(row);
            breaks.iter().any(|at| (w * x + b - at).abs() <= 4.0 * u * ((w * x).abs() + b.abs() + 6.0))
        })
    }
}

/// Networks of the corpus, one of each kind: method, activations, output, precision, outside.
fn samples() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(compiled_samples)
}

fn compiled_samples() -> Vec<Sample> {
    let mut kinds = BTreeSet::new();
    let mut samples = Vec::new();
    // Of one input: `layered` has several.
    for entry in support::corpus().into_iter().filter(|entry| entry.spec.domain.len() == 1) {
        for wanted in &entry.spec.networks {
            let kind = match &wanted.method {
                Method::Bumps(bumps) => format!("bumps {:?} {:?} {:?}", bumps.activation, bumps.output, bumps.layout),
                Method::Smooth(smooth) => format!("smooth {:?} {:?}", smooth.activation, smooth.output),
                Method::Graded(graded) => format!("graded {:?} {:?}", graded.activation, graded.output),
                other => other.name().to_owned(),
            };
            if !kinds.insert(format!("{kind} {:?} {:?}", wanted.precision, wanted.outside)) {
                continue;
            }
            let network = entry.compile(wanted);
            if network.neurons() > MOST {
                kinds.remove(&format!("{kind} {:?} {:?}", wanted.precision, wanted.outside));
                continue;
            }
            samples.push(Sample {
                id: format!("{}-{}", entry.stem, wanted.name),
                certificate: network.certificate.clone().unwrap(),
                network,
                target: entry.spec.target.clone(),
            });
        }
    }
    assert!(samples.len() >= 20, "only {} networks", samples.len());
    samples
}

/// The consumers' Python; `None`, and a word about it, where it is missing.
fn python() -> Option<PathBuf> {
    let folder = std::env::var_os("CONSUMERS").map_or_else(|| support::root().join("target/consumers"), PathBuf::from);
    let python = folder.join("bin/python");
    let probe = Command::new(&python).args(["-c", "import numpy, safetensors, onnx, onnxruntime, vnnlib"]).output();
    let there = probe.is_ok_and(|probe| probe.status.success());
    if !there {
        println!(
            "skipped: no Python with numpy, safetensors, onnx, onnxruntime and vnnlib in {} (see .ci/consumers)",
            folder.display()
        );
    }
    there.then_some(python)
}

fn floats(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    bytes.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect()
}

fn largest_difference(sample: &Sample, points: &[f64], values: &[f64]) -> f64 {
    assert_eq!(points.len(), values.len(), "{}", sample.id);
    let runner = Runner::new(&sample.network);
    points.iter().zip(values).map(|(x, value)| (runner.eval(&[*x]) - value).abs()).fold(0.0, |most, off| {
        assert!(!off.is_nan(), "{}", sample.id);
        f64::max(most, off)
    })
}

/// Largest |value - target| at the points, the target enclosed.
fn largest_error(sample: &Sample, points: &[f64], values: &[f64]) -> f64 {
    let error = |(x, value): (&f64, &f64)| {
        let target = sample.target.eval(&[bumpnet_interval::Interval::point(*x)]);
        (bumpnet_interval::Interval::point(*value) - target).mignitude()
    };
    points.iter().zip(values).map(error).fold(0.0, f64::max)
}
