//! Kolmogorov's theorem as networks: inner layers that know no target, both read-outs, proved errors.

#![allow(clippy::unwrap_used)] // a test may panic

use bumpnet_compiler::{Compiled, compile};
use bumpnet_ir::{Layer, Spec};

const TRIG: &str = "sin(3*x)*cos(2*y)+0.3*x*y";

fn spec(target: &str, network: &str) -> Spec {
    let text = format!(
        "version: 1\nname: t\ntarget: {target}\ndomain: {{x: [-1, 1], y: [-1, 1]}}\nnetworks:\n  n: {{method: superposition, {network}}}\n"
    );
    bumpnet_parser::parse_spec(text.as_bytes(), "t").map_err(|problems| problems[0].message.clone()).unwrap()
}

fn compiled(target: &str, network: &str) -> Compiled {
    let spec = spec(target, network);
    compile(&spec, &spec.networks[0]).map_err(|diagnostic| diagnostic.message).unwrap()
}

/// Steps that read an input or another step; comparators are left out.
fn steps(compiled: &Compiled) -> usize {
    let jumps = |layer: &&Layer| layer.activation == bumpnet_ir::Activation::Heaviside;
    compiled.network.layers.iter().filter(jumps).map(|layer| layer.rows).sum()
}

/// The digest of the inner layers' weights.
fn inner_digest(compiled: Compiled) -> String {
    let mut parts = compiled.network.into_parts();
    parts.layers.truncate(2);
    parts.weight_digest()
}

/// Prints and checks the table of the documentation: digits, steps, and the proved errors of the two read-outs.
#[test]
fn proved_errors_of_both_readouts() {
    for (digits, most, median, mean) in [(1, 225, 0.2985, 0.26), (2, 6825, 0.054, 0.05), (3, 235_425, 0.0101, 0.0101)] {
        let by_median = compiled(TRIG, &format!("gamma: 6, digits: {digits}, readout: median"));
        let by_mean = compiled(TRIG, &format!("gamma: 6, digits: {digits}, readout: mean"));
        println!(
            "{digits} digits, {} steps: median {:.4}, mean {:.4}",
            steps(&by_median),
            by_median.bound(),
            by_mean.bound()
        );
        assert!(steps(&by_median) <= most && by_median.network.neurons() == steps(&by_median) + 7);
        assert!(by_median.bound() <= median && by_mean.bound() <= mean, "{} {}", by_median.bound(), by_mean.bound());
        for compiled in [&by_median, &by_mean] {
            let certificate = compiled.network.certificate.as_ref().unwrap();
            assert!(certificate.upper <= 1.01 * certificate.lower && certificate.note.is_none(), "{certificate:?}");
        }
    }
}

/// The classical iteration: digits, rounds, and what is proved of the error. With a digit more than the last round's cubes have,
/// psi takes values in the gaps, and a round takes off a part of the error only.
#[test]
fn rounds_of_the_classical_iteration() {
    let mut table = vec![(2, 1, 0.525, 0.535), (2, 2, 0.23, 0.24)];
    if std::env::var_os("THOROUGH").is_some() {
        table.extend([(3, 1, 0.525, 0.53), (3, 2, 0.34, 0.35)]);
    }
    for (digits, rounds, least, most) in table {
        let found = compiled(TRIG, &format!("digits: {digits}, rounds: {rounds}, readout: mean"));
        let certificate = found.network.certificate.as_ref().unwrap();
        println!("{digits} digits, {rounds} rounds: [{:.4}, {:.4}]", certificate.lower, certificate.upper);
        assert!(certificate.lower >= least && certificate.upper <= most, "{certificate:?}");
        assert!(certificate.upper <= 1.01 * certificate.lower && certificate.note.is_none(), "{certificate:?}");
    }
    // The inner layers know nothing of the rounds either.
    let inner = |network: &str| inner_digest(compiled("x*y", network));
    assert_eq!(inner("digits: 2, rounds: 1, readout: mean"), inner("digits: 2"));
}

#[test]
fn inner_layers_are_the_same_for_all_targets() {
    let inner = |target: &str, readout: &str| inner_digest(compiled(target, &format!("digits: 2, readout: {readout}")));
    let digest = inner(TRIG, "median");
    assert_eq!(inner("exp(-(x^2+y^2))", "median"), digest);
    assert_eq!(inner("abs(x-y)", "mean"), digest);
}

#[test]
fn digits_for_an_error() {
    let found = compiled(TRIG, "max_error: 0.1");
    assert!(found.missed.is_none() && found.bound() <= 0.1, "{}", found.bound());
    assert!(found.summary[0].starts_with("2 digits to the base 6, 5 shifts"), "{:?}", found.summary);
}

#[test]
fn three_inputs_and_refusals() {
    let text = "version: 1\nname: t\ntarget: x*y+z\ndomain: {x: [-1, 1], y: [0, 1], z: [0, 2]}\nnetworks:\n  n: {method: superposition, digits: 1}\n";
    let of_three = bumpnet_parser::parse_spec(text.as_bytes(), "t").unwrap();
    let three = compile(&of_three, &of_three.networks[0]).map_err(|diagnostic| diagnostic.message).unwrap();
    let certificate = three.network.certificate.as_ref().unwrap();
    assert!(certificate.upper <= 1.01 * certificate.lower && certificate.upper < 1.0, "{certificate:?}");
    let refusal = |network: &str| {
        let spec = spec("x*y", network);
        compile(&spec, &spec.networks[0]).err().map(|diagnostic| diagnostic.message)
    };
    assert!(refusal("digits: 1, gamma: 5").unwrap().contains("at least 6"));
    assert!(refusal("digits: 5").unwrap().contains("more than"));
    assert!(refusal("digits: 1, precision: f32").unwrap().contains("binary64"));
}
