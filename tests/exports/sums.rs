//! Networks of several inputs in C and Rust: their sums, and the logistic function that comes with them.

use bumpnet_export::{Options, c, rust};
use bumpnet_interval::{Interval, Scalar, Unary};
use bumpnet_ir::expr::sexpr;
use bumpnet_ir::{Activation, Outside, Precision};
use bumpnet_plan::Accuracy;
use bumpnet_prove::Standing;
use bumpnet_runner::Evaluator as Runner;

use crate::compiled::{Module, Program, build_c, build_rust, function, has_gcc, rustc};
use crate::layered::{certificate, layer, network};
use crate::{Largest, Sample, largest_difference, largest_error, several};

/// Holds a program to the runner's bits where nothing but sums and jumps is calculated, and to its bound everywhere.
fn hold(sample: &Sample, program: &Program, language: &str, largest: &mut Largest) {
    let points = sample.points();
    let values = program.run(&points);
    let (off, error) = (largest_difference(sample, &points, &values), largest_error(sample, &points, &values));
    let bound = sample.certificate.evaluated;
    largest.note(sample, language, off, &format!("error {error:9.3e}, bound {bound:9.3e}"));
    let simple = |activation| matches!(activation, Activation::Heaviside | Activation::Ramp | Activation::Identity);
    let exact = sample.network.layers.iter().all(|layer| simple(layer.activation));
    assert!(off <= if exact { 0.0 } else { 2.0 * bound }, "{} {language}: {off:e}", sample.id);
    assert!(error <= bound, "{} {language}: {error:e} > {bound:e}", sample.id);
    assert!(program.run(&vec![f64::NAN; sample.inputs()])[0].is_nan(), "{}: NaN for NaN", sample.id);
}

#[test]
fn sums_in_c_keep_their_bound() {
    if !has_gcc() {
        return;
    }
    let (folder, mut largest) = (tempfile::tempdir().unwrap(), Largest::default());
    for sample in several() {
        let source = c::write(&sample.network, &sample.certificate, &sample.options()).unwrap();
        let call = format!("{}(x)", function(&source, "// double "));
        hold(
            sample,
            &build_c(folder.path(), &source, (&call, sample.inputs()), "-ffp-contract=off"),
            "c",
            &mut largest,
        );
    }
}

#[test]
fn sums_in_rust_keep_their_bound() {
    let Some(rustc) = rustc() else { return };
    let (folder, mut largest) = (tempfile::tempdir().unwrap(), Largest::default());
    let module = |sample: &Sample| {
        let source = rust::write(&sample.network, &sample.certificate, &sample.options()).unwrap();
        let call = format!("{}(x)", function(&source, "pub fn "));
        Module { source, call, inputs: sample.inputs() }
    };
    let modules: Vec<Module> = several().iter().map(module).collect();
    for (sample, program) in several().iter().zip(build_rust(&rustc, folder.path(), &modules)) {
        hold(sample, &program, "rust", &mut largest);
    }
}

/// The logistic function in C and Rust is good to 5.6 unit roundoffs of itself, from one end of its range to the other; and
/// points that are not in the domain are what the network says of them, in both precisions.
#[test]
fn units_and_what_lies_outside() {
    let (gcc, rustc) = (has_gcc(), rustc());
    let folder = tempfile::tempdir().unwrap();
    for (activation, precision, outside) in [
        (Activation::Logistic, Precision::F64, Outside::Extend),
        (Activation::ClippedLogistic, Precision::F32, Outside::Clamp),
        (Activation::Smoothstep, Precision::F64, Outside::Nan),
        (Activation::Ramp, Precision::F32, Outside::Nan),
    ] {
        let layers = vec![
            layer(activation, &[0, 1], &[(0, 0, 1.0), (0, 1, 1.0)], &[0.0]),
            layer(Activation::Identity, &[2], &[(0, 0, 1.0)], &[0.0]),
        ];
        let network = network(2, layers, precision, outside);
        let target = sexpr::parse("x0", vec!["x0".into(), "x1".into()]).unwrap();
        let options = Options {
            target: &target,
            tool: "bumpnet test",
            standing: Standing::stated(),
            accuracy: Accuracy::default(),
        };
        let (certificate, runner) = (certificate(), Runner::new(&network));
        let points: Vec<f64> =
            (-80_000..=80_000).flat_map(|k| [precision.round(f64::from(k) * 9.37e-3), 0.0]).collect();
        let check = |program: &Program| {
            for (point, value) in points.chunks_exact(2).zip(program.run(&points)) {
                let expected = runner.eval(point);
                assert_eq!(value.is_nan(), expected.is_nan(), "{} at {point:?}", activation.name());
                let same = value.to_bits() == expected.to_bits() || value.is_nan();
                if activation != Activation::Logistic {
                    let close = (value - expected).abs() <= 8.0 * precision.unit_roundoff();
                    assert!(same || activation == Activation::ClippedLogistic && close, "{value:e} at {point:?}");
                    continue;
                }
                let exact = Interval::unary(Unary::Sigmoid, &Interval::point(point[0]));
                let off = (Interval::point(value) - exact).mignitude();
                let bound = 5.6 * precision.unit_roundoff() * exact.hi() + f64::MIN_POSITIVE;
                assert!(off <= bound, "{value:e} at {point:?}: {off:e} > {bound:e}");
            }
        };
        if gcc {
            let source = c::write(&network, &certificate, &options).unwrap();
            check(&build_c(folder.path(), &source, ("bumpnet_t_t(x)", 2), "-ffp-contract=off"));
        }
        if let Some(rustc) = &rustc {
            let source = rust::write(&network, &certificate, &options).unwrap();
            let module = Module { source, call: "bumpnet_t_t(x)".into(), inputs: 2 };
            build_rust(rustc, folder.path(), &[module]).iter().for_each(check);
        }
    }
}
