//! Certificates of fitted networks in binary32, whose large output weights cancel: an adversary with higher precision tries to
//! refute every one. Those of random targets are in `adversarial.rs`.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_ir::{Activation, Network, Precision};
use support::{compiled, line, refutation, target};

/// A table of binary32 numbers.
fn table(activation: Activation, (units, c0): (&[(f64, f64, f64)], f64), text: &str, domain: (f64, f64)) -> Network {
    let mut parts = line(domain, text, activation, units, c0).into_parts();
    parts.layers.iter_mut().for_each(|layer| layer.round(Precision::F32));
    parts.precision = Precision::F32;
    Network::new(parts).unwrap()
}

/// Tables at both ends of binary32's range, and jumps as near as its roundings.
#[test]
fn binary32_has_its_bound_on_hostile_tables() {
    let many = |size: f64| -> Vec<_> {
        (0..50).map(|k| (3.1, -0.07 * f64::from(k), size * (1.0 + f64::from(k % 7)))).collect()
    };
    let crowd: Vec<_> = (0..200).map(|k| (3.0, -1.1 - 2e-8 * f64::from(k), 0.01)).collect();
    let largest = f64::from(f32::MAX);
    #[allow(clippy::type_complexity)] // a table of cases
    let cases: [(&str, Activation, Vec<(f64, f64, f64)>, f64, &str, (f64, f64)); 11] = [
        ("subnormal weights", Activation::Logistic, many(1e-43), 0.0, "0", (0.0, 1.0)),
        ("small weights", Activation::Arctan, many(1e-38), 1e-38, "0", (0.0, 1.0)),
        ("subnormal bias", Activation::Erf, many(0.0), 3e-45, "0", (0.0, 1.0)),
        (
            "a sum that overflows",
            Activation::Tanh,
            vec![(1.0, 3.0, 0.9 * largest), (1.0, 4.0, 0.9 * largest), (1.0, 5.0, -0.9 * largest)],
            0.0,
            "0",
            (0.0, 1.0),
        ),
        (
            "saturated sums that overflow",
            Activation::Logistic,
            vec![(1.0, 50.0, 0.9 * largest), (1.0, 50.5, 0.9 * largest), (1.0, 51.0, -0.9 * largest)],
            0.0,
            "0",
            (0.0, 1.0),
        ),
        ("an argument that overflows", Activation::Arctan, vec![(largest, -0.99 * largest, 1.0)], 0.0, "0", (0.0, 3.0)),
        ("crowded jumps", Activation::Heaviside, crowd.clone(), 0.0, "3*x", (0.0, 1.0)),
        (
            "crowded ramps",
            Activation::Ramp,
            crowd.iter().map(|(w, b, a)| (w * 1e4, b * 1e4, *a)).collect(),
            0.0,
            "3*x",
            (0.0, 1.0),
        ),
        (
            "cancelling",
            Activation::Gompertz,
            vec![(3.0, -1.0, 1e6), (3.01, -1.0, -2e6), (3.02, -1.0, 1e6)],
            0.0,
            "x",
            (-1.0, 1.0),
        ),
        (
            "a hidden identity",
            Activation::Identity,
            (0..200).map(|k| (1.0, 1000.3 + f64::from(k), 0.7)).collect(),
            0.1,
            "0",
            (0.0, 1.0),
        ),
        ("inputs below binary32", Activation::Tanh, vec![(1e38, 0.5, 1.0)], 0.0, "0", (-1e-44, 1e-40)),
    ];
    let mut refuted = Vec::new();
    for (what, activation, units, c0, text, bounds) in cases {
        let network = table(activation, (&units, c0), text, bounds);
        let target = target(&network);
        let certificate = bumpnet_prove::certify(&target, &network, f64::INFINITY).unwrap();
        println!("{what}: {certificate:?}");
        refuted.extend(refutation(&target, &network, &certificate, 4).map(|finding| format!("{what}: {finding}")));
    }
    assert!(refuted.is_empty(), "{}", refuted.join("\n"));
}

/// A break is known to the evaluator's precision only: halving cells around it to binary64's would take 2^26 times as long.
#[test]
fn breaks_known_to_binary32_end_the_search() {
    let text = "version: 1\ntarget: sin(3*x)\ndomain: {x: [1000, 1001]}\n\
                networks: {n: {method: bumps, activation: heaviside, resolution: 300, precision: f32}}\n";
    let certificate = compiled(text).unwrap().1.into_parts().certificate.unwrap();
    assert!(certificate.upper < 0.02 && certificate.cells < 100_000, "{certificate:?}");
}
