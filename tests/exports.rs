//! Exports run by what they are for: ONNX Runtime, safetensors, NumPy, gcc, rustc, Sollya, Graphviz. Networks of the corpus
//! of every method and activation; each export is compared with the runner, within the bound that is stated for it. `.ci/consumers`
//! installs the consumers; where one is missing its test says that it is skipped.
#![allow(clippy::unwrap_used)] // a test may panic, in its helpers too

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use bumpnet_export::bound::{Evaluator, ONNX_RUNTIME, RUNNER, direct_sum};
use bumpnet_export::{Options, c, csv, dot, fixed, npz, onnx, rust, safetensors, sollya, vnnlib};
use bumpnet_ir::{Activation, Certificate, Expr, Method, Network, Outside, Precision};
use bumpnet_runner::Evaluator as Runner;

/// NumPy's functions, in unit roundoffs; its logistic function is written as `1/(1 + exp(-z))`.
const NUMPY: Evaluator = Evaluator { name: "NumPy", logistic: 12.0, others: 16.0 };
/// Most neurons of the networks that are compared: dense formats and optimised C compilers should not take minutes.
const MOST: usize = 300;
/// The networks that Sollya checks: it takes 10 s for 20 neurons.
const SMALL: [&str; 4] =
    ["erf-itself", "window-of-failure-one-series", "smooth-activations-arctan", "smooth-activations-tanh"];
/// Points of each network's comparison besides the steps.
const POINTS: usize = 2000;

/// A network to export.
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
fn samples() -> Vec<Sample> {
    let mut kinds = BTreeSet::new();
    let mut samples = Vec::new();
    for entry in support::corpus() {
        for wanted in &entry.spec.networks {
            let kind = match &wanted.method {
                Method::Bumps(bumps) => format!("bumps {:?} {:?} {:?}", bumps.activation, bumps.output, bumps.layout),
                Method::Smooth(smooth) => format!("smooth {:?} {:?}", smooth.activation, smooth.output),
                Method::Graded(graded) => format!("graded {:?} {:?}", graded.activation, graded.output),
                Method::Auto(_) => "auto".to_owned(),
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

#[test]
fn python_agrees() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut compared = Vec::new();
    for sample in samples() {
        let single = (sample.network.precision == Precision::F64).then(|| sample.binary32());
        for sample in [Some(sample), single].into_iter().flatten() {
            let file = |suffix: &str| folder.path().join(format!("{}.{suffix}", sample.id));
            let (network, certificate, options) = (&sample.network, &sample.certificate, sample.options());
            let points = sample.points();
            let bytes: Vec<u8> = points.iter().flat_map(|x| x.to_le_bytes()).collect();
            std::fs::write(file("points"), bytes).unwrap();
            std::fs::write(file("inputs"), "1").unwrap();
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
    for (sample, points, formats) in &compared {
        for format in formats {
            let values = floats(&folder.path().join(format!("{}.{format}.values", sample.id)));
            // NumPy sums in binary64 what was stored in binary32.
            let (evaluator, network) = match *format {
                "onnx" => (ONNX_RUNTIME, sample.network.clone()),
                _ => (NUMPY, Network { precision: Precision::F64, ..sample.network.clone() }),
            };
            let theirs = direct_sum(&network, &evaluator).get();
            let bound = theirs + direct_sum(&sample.network, &RUNNER).get();
            let off = largest_difference(sample, points, &values);
            println!("{:<40} {format:<12} largest difference {off:9.3e}, bound {bound:9.3e}", sample.id);
            assert!(off <= bound, "{} {format}: {off:e} > {bound:e}", sample.id);
            if *format == "onnx" {
                let (error, bound) =
                    (largest_error(sample, points, &values), onnx::bound(&sample.network, &sample.certificate).get());
                assert!(error <= bound && bound.is_finite(), "{}: {error:e} > {bound:e}", sample.id);
            }
        }
    }
}

/// Values at points by a program that reads binary64 on standard input and writes as many.
fn run_program(program: &Path, points: &[f64]) -> Vec<f64> {
    let file = program.with_extension("points");
    let bytes: Vec<u8> = points.iter().flat_map(|x| x.to_le_bytes()).collect();
    std::fs::write(&file, bytes).unwrap();
    let run = Command::new(program).stdin(std::fs::File::open(file).unwrap()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    run.stdout.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().unwrap())).collect()
}

/// Points for a table: those of the domain, the plan's edges, what is not in the domain, and no number.
fn table_points(sample: &Sample, plan: &bumpnet_plan::Plan) -> Vec<f64> {
    let mut points = sample.points();
    let layout = plan.layout();
    let edges = match layout.pieces {
        bumpnet_plan::Pieces::Steps => layout.rows.iter().copied().step_by(2).collect(),
        bumpnet_plan::Pieces::Edges { edges, .. } => edges.to_vec(),
        bumpnet_plan::Pieces::Buckets => {
            (0..layout.rows.len() / layout.stride).map(|k| layout.start + k as f64 / layout.scale).collect()
        }
    };
    points.extend(edges.iter().flat_map(|e: &f64| [e.next_down(), *e, e.next_up()]));
    let (lo, hi) = (layout.lo, layout.hi);
    points.extend([lo, hi, lo.next_up(), hi.next_down(), lo.next_down(), hi.next_up(), lo - 1.0, hi + 1.0, 0.0, -0.0]);
    points.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, -5e-324, f64::MAX, f64::MIN]);
    points
}

/// Holds a compiled table to the plan's bits and its bound; prints the largest difference from the runner.
fn hold_table(sample: &Sample, plan: &bumpnet_plan::Plan, program: &Path, language: &str) {
    let points = table_points(sample, plan);
    let values = run_program(program, &points);
    assert_eq!(points.len(), values.len());
    let input = &sample.network.inputs[0];
    for (x, value) in points.iter().zip(&values) {
        // A table ends with the domain: where the network goes on, it has the nearest point's value.
        let at = if sample.network.outside == Outside::Extend { x.clamp(input.lo, input.hi) } else { *x };
        let expected = plan.eval(at);
        let same = value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan();
        assert!(same, "{} {language} at {x:e}: {value:e}, not {expected:e}", sample.id);
    }
    let inside = sample.points();
    let values = run_program(program, &inside);
    let off = largest_difference(sample, &inside, &values);
    let bound = plan.bound().get() + direct_sum(&sample.network, &RUNNER).get();
    println!(
        "{:<40} {language:<12} largest difference {off:9.3e}, bound {bound:9.3e}; {} points equal",
        sample.id,
        points.len()
    );
    assert!(off <= bound, "{} {language}: {off:e} > {bound:e}", sample.id);
    let stated = sample.certificate.upper + plan.bound().get();
    let error = largest_error(sample, &inside, &values);
    assert!(error <= stated * (1.0 + f64::EPSILON), "{} {language}: {error:e} > {stated:e}", sample.id);
}

/// The function's name in a table's source.
fn function(source: &str, before: &str) -> String {
    let rest = source.split(before).nth(1).unwrap();
    rest.split('(').next().unwrap().to_owned()
}

#[test]
fn c_gives_the_same_bits() {
    if Command::new("gcc").arg("--version").output().is_err() {
        println!("skipped: no `gcc` on the PATH");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for sample in samples() {
        let source = match c::write(&sample.network, &sample.certificate, &sample.options()) {
            Ok(source) => source,
            Err(error) => {
                println!("{:<40} c            refused: {}", sample.id, error.problem);
                continue;
            }
        };
        let plan = bumpnet_plan::plan(&sample.network).unwrap();
        let name = function(&source, "static inline double ");
        std::fs::write(folder.path().join("network.h"), source).unwrap();
        let main = format!(
            "#include \"network.h\"\n#include <stdio.h>\nint main(void) {{\n    double x;\n    while (fread(&x, sizeof x, 1, stdin) == 1) \
             {{\n        const double y = {name}(x);\n        if (fwrite(&y, sizeof y, 1, stdout) != 1) return 1;\n    }}\n    return 0;\n}}\n"
        );
        std::fs::write(folder.path().join("main.c"), main).unwrap();
        let program = folder.path().join("program");
        let flags = "-std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off -o";
        let built = Command::new("gcc")
            .args(flags.split(' '))
            .arg(&program)
            .arg(folder.path().join("main.c"))
            .output()
            .unwrap();
        assert!(built.status.success(), "{}: {}", sample.id, String::from_utf8_lossy(&built.stderr));
        hold_table(&sample, &plan, &program, "c");
    }
}

/// Fixed point: every input of 16 bits, and many of 32, in C against the target's interval.
#[test]
fn fixed_point_keeps_its_bound() {
    if Command::new("gcc").arg("--version").output().is_err() {
        println!("skipped: no `gcc` on the PATH");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (sample, width) in
        samples().iter().flat_map(|sample| [(sample, fixed::Width::Int16), (sample, fixed::Width::Int32)])
    {
        let fixed = match fixed::fix(&sample.network, &sample.certificate, &sample.options(), width) {
            Ok(fixed) => fixed,
            Err(error) => {
                println!("{:<40} {:<12} refused: {}", sample.id, width.name(), error.problem);
                continue;
            }
        };
        let source = fixed::emit(&sample.network, &sample.certificate, &sample.options(), &fixed);
        let kind = format!("{}_t", width.name());
        let name = function(&source, &format!("static inline {kind} "));
        std::fs::write(folder.path().join("network.h"), source).unwrap();
        let main = format!(
            "#include \"network.h\"\n#include <stdio.h>\nint main(void) {{\n    double x;\n    while (fread(&x, sizeof x, 1, stdin) == 1) \
             {{\n        const double y = {name}(({kind})x);\n        if (fwrite(&y, sizeof y, 1, stdout) != 1) return 1;\n    }}\n    return 0;\n}}\n"
        );
        std::fs::write(folder.path().join("main.c"), main).unwrap();
        let program = folder.path().join("program");
        let flags = "-std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -o";
        let built = Command::new("gcc")
            .args(flags.split(' '))
            .arg(&program)
            .arg(folder.path().join("main.c"))
            .output()
            .unwrap();
        assert!(built.status.success(), "{}: {}", sample.id, String::from_utf8_lossy(&built.stderr));
        let inputs: Vec<f64> = match width {
            fixed::Width::Int16 => (i16::MIN..=i16::MAX).map(f64::from).collect(),
            fixed::Width::Int32 => {
                let span = (fixed.inputs.1 - fixed.inputs.0) as u64;
                let inside = (0..100_000u64)
                    .map(|k| fixed.inputs.0 + (k.wrapping_mul(0x9E37_79B9_7F4A_7C15) % (span + 1)) as i64);
                let ends = [i64::from(i32::MIN), i64::from(i32::MAX), fixed.inputs.0, fixed.inputs.1];
                inside.chain(ends).map(|q| q as f64).collect()
            }
        };
        let values = run_program(&program, &inputs);
        let (x_unit, y_unit) = (f64::powi(2.0, -fixed.input_bits), f64::powi(2.0, -fixed.output_bits));
        let input = &sample.network.inputs[0];
        let (mut worst, mut runner_off) = (0.0f64, 0.0f64);
        let runner = Runner::new(&sample.network);
        for (q, v) in inputs.iter().zip(&values) {
            assert_eq!(*v, fixed.value(*q as i64) as f64, "{} {} at {q}", sample.id, width.name());
            let x = q * x_unit;
            if (input.lo..=input.hi).contains(&x) {
                let target = sample.target.eval(&[bumpnet_interval::Interval::point(x)]);
                worst = worst.max((bumpnet_interval::Interval::point(v * y_unit) - target).mignitude());
                runner_off = runner_off.max((runner.eval(&[x]) - v * y_unit).abs());
            }
        }
        println!(
            "{:<40} {:<12} largest error {worst:9.3e}, bound {:9.3e}, any real {:9.3e}; from the runner {runner_off:9.3e}; {} numbers",
            sample.id,
            width.name(),
            fixed.bound,
            fixed.bound_real.unwrap_or(f64::NAN),
            fixed.size()
        );
        assert!(worst <= fixed.bound, "{} {}: {worst:e} > {:e}", sample.id, width.name(), fixed.bound);
        // A proof by exhaustion is tight.
        assert!(width == fixed::Width::Int32 || fixed.bound <= worst * 1.001 + 1e-15, "{}", sample.id);
    }
}

#[test]
fn rust_gives_the_same_bits() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    if Command::new(&rustc).arg("--version").output().is_err() {
        println!("skipped: no `rustc` on the PATH");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for sample in samples() {
        let Ok(source) = rust::write(&sample.network, &sample.certificate, &sample.options()) else { continue };
        let plan = bumpnet_plan::plan(&sample.network).unwrap();
        let name = function(&source, "pub fn ");
        std::fs::write(folder.path().join("network.rs"), source).unwrap();
        let main = format!(
            "mod network;\nuse std::io::{{Read, Write}};\nfn main() {{\n    let mut all = Vec::new();\n    \
             std::io::stdin().read_to_end(&mut all).unwrap();\n    let mut out = std::io::stdout().lock();\n    for x in all.chunks_exact(8) \
             {{\n        let y = network::{name}(f64::from_le_bytes(x.try_into().unwrap()));\n        out.write_all(&y.to_le_bytes()).unwrap();\n    \
             }}\n}}\n"
        );
        std::fs::write(folder.path().join("main.rs"), main).unwrap();
        std::fs::write(folder.path().join("bare.rs"), "#![no_std]\n#![deny(warnings)]\npub mod network;\n").unwrap();
        let compile = |arguments: &[&str], file: &str| {
            let mut command = Command::new(&rustc);
            command.current_dir(folder.path()).args(["--edition", "2021"]).args(arguments).arg(file);
            let built = command.output().unwrap();
            assert!(built.status.success(), "{}: {}", sample.id, String::from_utf8_lossy(&built.stderr));
        };
        compile(&["--crate-type", "lib", "--emit", "metadata"], "bare.rs");
        compile(&["-C", "opt-level=2", "-o", "program"], "main.rs");
        hold_table(&sample, &plan, &folder.path().join("program"), "rust");
    }
}

#[test]
fn verifiers_read_the_queries() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut written = 0;
    for sample in samples() {
        let single = (sample.network.precision == Precision::F64).then(|| sample.binary32());
        for sample in [Some(sample), single].into_iter().flatten() {
            let file = |suffix: &str| folder.path().join(format!("{}.{suffix}", sample.id));
            let (network, certificate, options) = (&sample.network, &sample.certificate, sample.options());
            let Ok(model) = onnx::write(network, certificate, &options) else { continue };
            std::fs::write(file("onnx"), model).unwrap();
            std::fs::write(file("cells.vnnlib"), vnnlib::cells(network, certificate, &options).unwrap()).unwrap();
            match vnnlib::against(network, certificate, &options) {
                Ok(pair) => {
                    std::fs::write(file("target.onnx"), pair.target).unwrap();
                    std::fs::write(file("pair.vnnlib"), pair.query).unwrap();
                    written += 1;
                }
                Err(error) => println!("{:<40} vnnlib2      refused: {}", sample.id, error.problem),
            }
        }
    }
    assert!(written >= 20, "{written}");
    let script = support::root().join("tests/consumers/queries.py");
    let run = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    println!("{}", String::from_utf8_lossy(&run.stdout));
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn sollya_checks_the_bounds() {
    if Command::new("sollya").arg("--version").output().is_err() {
        println!("skipped: no `sollya` on the PATH (Debian: apt-get install sollya)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("network.sollya");
    let (mut checked, mut proved, mut refuted) = (0, 0, false);
    for sample in samples().iter().filter(|sample| SMALL.contains(&sample.id.as_str())) {
        let Ok(script) = sollya::write(&sample.network, &sample.certificate, &sample.options()) else { continue };
        std::fs::write(&file, &script).unwrap();
        let run = Command::new("sollya").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        println!("{:<40} sollya       {}", sample.id, said.replace('\n', " "));
        let smooth =
            matches!(sample.network.layers[0].activation, Activation::Tanh | Activation::Arctan | Activation::Erf);
        proved += usize::from(said.contains("proved") && smooth);
        assert!(said.contains("proved") || said.contains("agrees"), "{}: {said}", sample.id);
        checked += 1;
        // The script can say no: of a network whose bound is too small.
        if !refuted && sample.certificate.lower > 0.0 {
            refuted = true;
            let mut wrong = sample.certificate.clone();
            (wrong.lower, wrong.upper) = (wrong.lower / 4.0, wrong.lower / 2.0);
            std::fs::write(&file, sollya::write(&sample.network, &wrong, &sample.options()).unwrap()).unwrap();
            let run = Command::new("sollya").arg(&file).output().unwrap();
            assert!(String::from_utf8_lossy(&run.stdout).contains("refuted"));
        }
    }
    assert!(checked >= 3 && proved >= 2 && refuted, "{checked} {proved}");
}

#[test]
fn graphviz_draws() {
    if Command::new("dot").arg("-V").output().is_err() {
        println!("skipped: no `dot` on the PATH (Debian: apt-get install graphviz)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for sample in samples().iter().filter(|sample| sample.network.neurons() <= 64) {
        let file = folder.path().join("network.dot");
        let text = dot::write(&sample.network, &sample.certificate, &sample.options()).unwrap();
        std::fs::write(&file, text).unwrap();
        let drawn = Command::new("dot").args(["-Tplain"]).arg(&file).output().unwrap();
        assert!(drawn.status.success(), "{}: {}", sample.id, String::from_utf8_lossy(&drawn.stderr));
        let drawn = String::from_utf8(drawn.stdout).unwrap();
        let count = |what: &str| drawn.lines().filter(|line| line.starts_with(what)).count();
        let units: usize = sample.network.layers.iter().map(|layer| layer.rows).sum();
        let weights: usize = sample.network.layers.iter().map(|layer| layer.weights.len()).sum();
        assert_eq!((count("node "), count("edge ")), (units + 1, weights), "{}", sample.id);
    }
}
