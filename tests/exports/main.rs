//! Exports run by what they are for: ONNX Runtime, safetensors, NumPy, gcc, rustc, verifiers, Sollya, Graphviz. Networks of
//! the corpus of every method and activation; each export is compared with the runner, within the bound that is stated for
//! it. `.ci/consumers` installs the consumers; where one is missing its test says that it is skipped, and fails in CI.
#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod compiled;
#[path = "../support/consumer.rs"]
mod consumer;
mod layered;
mod provers;
mod python;
mod sums;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bumpnet_export::Options;
use bumpnet_export::bound::{Evaluator, RUNNER, any_order, direct_sum, program};
use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Certificate, Expr, Method, Network, NetworkSpec, Precision};
use bumpnet_plan::Accuracy;
use bumpnet_prove::Standing;
use bumpnet_runner::Evaluator as Runner;

/// Most neurons of the networks that are compared: dense formats and optimised C compilers should not take minutes.
const MOST: usize = 400;
/// Points of each network's comparison besides the steps.
const POINTS: usize = 2000;

/// The networks of several inputs, at least two of each method; `THOROUGH=1` adds [`LONG`].
const SEVERAL: [(&str, &[&str]); 10] = [
    ("several/franke", &["fine", "bumps"]),
    ("several/sines", &["coarse", "bumps"]),
    ("several/pendulum-energy", &["coarse"]),
    ("several/low-rank-franke", &["coarse"]),
    ("several/low-rank-product-sine", &["coarse"]),
    ("several/ridge-front", &["coarse"]),
    ("several/ridge-trig", &["coarse", "fine"]),
    ("several/towers-trigonometric", &["taught-8", "taught-logistic-8", "steps-8"]),
    ("several/towers-peak", &["equal-256", "leaves-256"]),
    ("several/superposition-trigonometric", &["one-digit", "one-digit-mean"]),
];

/// More of them, whose constructions, proofs or C compilers take longer.
const LONG: [(&str, &[&str]); 6] = [
    ("several/chain", &["fine", "bumps"]),
    ("several/bell-ten", &["fine"]),
    ("several/low-rank-franke", &["fine"]),
    ("several/ridge-gauss", &["fitted"]),
    ("several/towers-sphere", &["leaves-500"]),
    ("several/superposition-gauss", &["base-10"]),
];

/// A network to export.
#[derive(Clone)]
struct Sample {
    id: String,
    /// The method, as specs name it.
    method: &'static str,
    network: Network,
    certificate: Certificate,
    target: Expr,
}

impl Sample {
    fn new(entry: &support::Entry, wanted: &NetworkSpec, network: Network) -> Sample {
        Sample {
            id: format!("{}-{}", entry.stem, wanted.name),
            method: wanted.method.name(),
            certificate: network.certificate.clone().unwrap(),
            network,
            target: entry.spec.target.clone(),
        }
    }

    fn options(&self) -> Options<'_> {
        Options {
            target: &self.target,
            tool: "bumpnet test",
            standing: Standing::stated(),
            accuracy: Accuracy::default(),
        }
    }

    /// The same network in binary32, with a certificate of its own. Of a composed network nothing, or nothing useful, may be
    /// proved then, for its gates live on digits that binary32 does not have; `export` refuses it, too.
    fn single(&self) -> Option<Sample> {
        if self.network.precision != Precision::F64 {
            return None;
        }
        let rounded = self.network.changed(|parts| {
            parts.layers.iter_mut().for_each(|layer| layer.round(Precision::F32));
            parts.precision = Precision::F32;
        });
        let prove = |network: Network| match bumpnet_prove::certify(&self.target, &network, f64::INFINITY) {
            Ok(proved) => Ok((network, Certificate::from(proved))),
            Err(problem) => Err(format!("{problem:?}")),
        };
        let (id, composed) = (format!("{}-f32", self.id), self.network.graph.is_some());
        let (network, certificate) = match rounded.and_then(prove) {
            Ok(proved) => proved,
            Err(problem) if composed => {
                println!("{id:<40} refused: {problem}");
                return None;
            }
            Err(problem) => panic!("{id}: {problem}"),
        };
        let scale = bumpnet_prove::analyse(&self.target, &network.inputs).unwrap().magnitude().get();
        if composed && certificate.evaluated > 1e-2 * scale {
            println!("{id:<40} refused: evaluated {:.3e}", certificate.evaluated);
            return None;
        }
        Some(Sample { id, network, certificate, ..self.clone() })
    }

    /// The numbers that a point has.
    fn inputs(&self) -> usize {
        self.network.inputs.len()
    }

    /// Points of the domain, one after the other: of one input even ones, random ones, the steps and their neighbours; of
    /// several a lattice, the corners, and random ones. Numbers of the network's precision.
    fn points(&self) -> Vec<f64> {
        let inputs = &self.network.inputs;
        let mut points = if inputs.len() == 1 { self.even() } else { bumpnet_prove::lattice(inputs, POINTS) };
        points.extend(bumpnet_prove::corners(inputs, 1024));
        let mut state = 7u64;
        points.extend((0..POINTS).flat_map(|_| inputs).map(|input| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            input.lo + (input.hi - input.lo) * ((state >> 11) as f64 / (1u64 << 53) as f64)
        }));
        points.iter_mut().for_each(|x| *x = self.network.precision.round(*x));
        let inside = |point: &[f64]| {
            point.iter().zip(inputs).all(|(x, input)| (input.lo..=input.hi).contains(x))
                && (inputs.len() > 1 || !self.at_a_jump(point[0]))
        };
        points.chunks_exact(inputs.len()).filter(|point| inside(point)).flatten().copied().collect()
    }

    /// Of one input: equally spaced points, and the steps.
    fn even(&self) -> Vec<f64> {
        let input = &self.network.inputs[0];
        let mut points: Vec<f64> =
            (0..POINTS).map(|k| input.lo + (input.hi - input.lo) * (k as f64 / (POINTS - 1) as f64)).collect();
        if let Some((steps, _)) = Runner::new(&self.network).steps() {
            points.extend(steps.iter().flat_map(|s| [s.next_down(), *s, s.next_up()]));
        }
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
            samples.push(Sample::new(&entry, wanted, network));
        }
    }
    assert!(samples.len() >= 20, "only {} networks", samples.len());
    samples
}

/// Networks of several inputs, of every method for them.
fn several() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let long = if std::env::var_os("THOROUGH").is_some() { &LONG[..] } else { &[] };
        let (corpus, mut samples) = (support::corpus(), Vec::new());
        for (id, names) in SEVERAL.iter().chain(long) {
            let entry = corpus.iter().find(|entry| entry.id() == *id).unwrap();
            samples.extend(names.iter().map(|name| {
                let wanted = entry.network(name);
                Sample::new(entry, wanted, entry.compile(wanted))
            }));
        }
        // Composed networks made for binary32, which the corpus has none of.
        for (stem, target) in [("saddle", "sin(3*x)*cos(2*y) + 0.3*x*y"), ("bell", "exp(-x^2 - y^2)")] {
            let text = format!(
                "version: 1\ntarget: {target}\ndomain: {{x: [-1, 1], y: [-1, 1]}}\nnetworks:\n  \
                 composed: {{method: composed, precision: f32, max_error: 1e-2}}\n"
            );
            let spec = bumpnet_parser::parse_spec(text.as_bytes(), stem).unwrap();
            let entry = support::Entry { folder: String::new(), stem: stem.into(), bytes: text.into_bytes(), spec };
            let wanted = entry.network("composed");
            samples.push(Sample::new(&entry, wanted, entry.compile(wanted)));
        }
        samples
    })
}

/// Those of one input and those of several.
fn all_samples() -> impl Iterator<Item = &'static Sample> {
    samples().iter().chain(several())
}

/// The largest difference of each method and format, which is printed at the end.
#[derive(Default)]
struct Largest(BTreeMap<(&'static str, String), (f64, String)>);

impl Largest {
    /// Notes how far a program was from the runner, and says so.
    fn note(&mut self, sample: &Sample, format: &str, off: f64, says: &str) {
        println!("{:<40} {format:<12} largest difference {off:9.3e}, {says}", sample.id);
        let precision = sample.network.precision.name();
        let most = self.0.entry((sample.method, format!("{format} {precision}"))).or_default();
        if !(off < most.0) {
            *most = (off, sample.id.clone());
        }
    }
}

impl Drop for Largest {
    fn drop(&mut self) {
        for ((method, format), (off, id)) in &self.0 {
            println!("of all {method:<14} {format:<16} largest difference {off:9.3e} ({id})");
        }
    }
}

/// How far a program may be from the runner: what each may be from the exact network; where a proof has counted the rounding
/// of all such programs together with the error, what each may be from the target.
fn allowed(sample: &Sample, network: &Network, evaluator: &Evaluator) -> f64 {
    if any_order(network) {
        let other = program(network, &sample.target, &sample.certificate, evaluator);
        return other.get() + sample.certificate.evaluated;
    }
    (direct_sum(network, evaluator) + direct_sum(&sample.network, &RUNNER)).get()
}

/// The consumers' Python, where there is one.
fn python() -> Option<PathBuf> {
    consumer::python("numpy, safetensors, onnx, onnxruntime, vnnlib")
}

fn floats(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    bytes.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect()
}

fn largest_difference(sample: &Sample, points: &[f64], values: &[f64]) -> f64 {
    let points = points.chunks_exact(sample.inputs());
    assert_eq!(points.len(), values.len(), "{}", sample.id);
    let runner = Runner::new(&sample.network);
    points.zip(values).map(|(x, value)| (runner.eval(x) - value).abs()).fold(0.0, |most, off| {
        assert!(!off.is_nan(), "{}", sample.id);
        f64::max(most, off)
    })
}

/// Largest |value - target| at the points, the target enclosed.
fn largest_error(sample: &Sample, points: &[f64], values: &[f64]) -> f64 {
    let error = |(point, value): (&[f64], &f64)| {
        let point: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
        (Interval::point(*value) - sample.target.eval(&point)).mignitude()
    };
    points.chunks_exact(sample.inputs()).zip(values).map(error).fold(0.0, f64::max)
}

/// What a test without its consumer does, on a machine for it and elsewhere.
#[test]
fn a_missing_consumer_fails_in_ci() {
    let listed = "sollya: installing it needs root\n";
    for (name, ci, stated, fails) in [
        ("dot", true, "", true),
        ("dot", true, "sollya", true),
        ("do", true, "dot", true),
        ("dot", true, "chromium dot", false),
        ("dot", true, "all", false),
        ("dot", false, "", false),
        ("sollya", true, "", false),
        ("soll", true, "", true),
    ] {
        let said = consumer::verdict(name, ci, listed, stated);
        assert_eq!(said.is_err(), fails, "{name} {ci} {stated}: {said:?}");
        assert!(fails || said.is_ok_and(|said| said.starts_with("skipped: no `")));
    }
}
