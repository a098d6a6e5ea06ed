//! Certificates of networks of jumps: the mean square against a numeric integral, jumps on the ends of the domain, and
//! tables as no construction writes them, each held against the adversary.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_ir::{Activation, Certificate, Expr, Network};
use support::{line, mean_square, refutation, target};

fn compiled(target: &str, (lo, hi): (&str, &str), network: &str) -> (Expr, Network) {
    let source = format!(
        "version: 1\nname: t\ntarget: {target}\ndomain: {{x: [{lo}, {hi}]}}\nnetworks:\n  n: {{method: bumps, \
         activation: heaviside, {network}}}\n"
    );
    support::compiled(&source).unwrap()
}

fn table(units: &[(f64, f64, f64)], c0: f64, text: &str, output: Activation) -> (Expr, Network) {
    let network = line((0.0, 1.0), text, Activation::Heaviside, units, c0);
    let network = network.changed(|parts| parts.layers.last_mut().unwrap().activation = output).unwrap();
    let target = target(&network);
    let certificate = bumpnet_prove::certify(&target, &network, f64::INFINITY).unwrap().into();
    (target, network.with_certificate(Some(certificate)))
}

fn holds((target, network): &(Expr, Network)) -> Certificate {
    let certificate = network.certificate.clone().unwrap();
    assert_eq!(refutation(target, network, &certificate, 3), None);
    let ratio = certificate.upper / certificate.lower;
    assert!(ratio <= 1.01 && certificate.note.is_none(), "{target}: {ratio} {certificate:?}");
    certificate
}

/// Parts whose middles are on no jump: those of networks and targets are at multiples of 1/4200.
const PARTS: usize = 16 * 4200;

#[test]
fn the_mean_square_is_known_to_a_percent() {
    for (target, tight) in [
        ("0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)", 1.01),
        ("x^2", 1.001),
        ("exp(-3*x)", 1.01),
        ("abs(x-0.5)", 1.01),
        ("sqrt(x)", 1.01),
        ("floor(7*x)+x", 1.01),
    ] {
        for (resolution, output) in [(1, ""), (10, ""), (10, ", output: logistic"), (100, ""), (1400, "")] {
            let target = if output.is_empty() { target.to_owned() } else { format!("0.1+0.1*({target})") };
            let case = compiled(&target, ("0", "1"), &format!("resolution: {resolution}{output}"));
            let (low, high) = holds(&case).rms;
            let true_mean = mean_square(&case.0, &case.1, PARTS);
            assert!(low <= 1.002 * true_mean && true_mean <= 1.002 * high, "{target}: {true_mean} {low} {high}");
            assert!(high <= tight * low, "{target} with {resolution}: {low} {high}, {}", high / low);
        }
    }
}

#[test]
fn jumps_on_the_ends_of_the_domain() {
    for steepness in ["", ", steepness: 500", ", steepness: 0.3", ", steepness: 256", ", steepness: 0.125"] {
        for domain in [("0", "1"), ("0.1", "7.3"), ("-1", "1"), ("1000", "1001"), ("-1e-3", "2e-3")] {
            for resolution in [1, 3, 10, 64] {
                let network = format!("resolution: {resolution}, layout: pairs{steepness}");
                holds(&compiled("cos(x)+x/3", domain, &network));
            }
        }
    }
}

#[test]
fn tables_that_no_construction_writes() {
    let linear = Activation::Identity;
    // Not in order, some units twice, some outside of the domain, one of no effect.
    let shuffled = [
        (3.0, -2.0, 0.3),
        (1.0, -0.25, 0.4),
        (7.0, 20.0, -1.0),
        (3.0, -2.0, -0.1),
        (2.0, -5.0, 9.0),
        (0.7, -0.35, 0.0),
        (1e-3, -1e-3, 0.5),
    ];
    holds(&table(&shuffled, 1.0, "x", linear));
    holds(&table(&shuffled, -0.5, "1/(1+exp(-x))", Activation::Logistic));
    holds(&table(&shuffled, 0.1, "tanh(x)", Activation::Tanh));
    // Jumps closer together than the evaluator's windows, and than what a division can tell apart.
    let close: Vec<_> = (0..200).map(|k| (1.0, -(0.5 + f64::from(k) * 1e-15), 1e-3)).collect();
    holds(&table(&close, 0.0, "x/3", linear));
    let undecided: Vec<_> = (0..5).map(|k| (3.0 + f64::from(k), -(3.0 + f64::from(k)) / 3.0, 0.1)).collect();
    holds(&table(&undecided, 0.0, "x", linear));
    // Different units with one jump, at a kink.
    let shared = [(1.0, -0.5, 0.2), (2.0, -1.0, 0.3), (4.0, -2.0, -0.1), (0.5, -0.375, 0.2)];
    holds(&table(&shared, 0.0, "abs(x-0.4)+abs(x-0.5)", linear));
    // Steps down and up.
    holds(&table(&[(-1.0, 0.3, 1.0), (1.0, -0.6, 1.0), (-2.0, 2.0, 0.25)], 0.0, "x", linear));
    // Errors next to the rounding of the target.
    holds(&table(&[(1.0, -0.5, 1e-11)], 1.0, "1+2e-11*x", linear));
}

/// A unit whose weight is nothing is on where its bias is not below 0, however small the input.
#[test]
fn units_without_a_weight() {
    for domain in [(1e-300, 3e-300), (-3e-300, 3e-300), (0.5, 1.0)] {
        for weight in [0.0, -0.0] {
            let units = [(4.0, 10.0, 1.0), (weight, 0.0, 1.0), (weight, -1.0, 1.0)];
            let certificate = support::holds(&line(domain, "2", Activation::Heaviside, &units, 0.0), 3).1;
            assert_eq!((certificate.lower, certificate.upper), (0.0, 0.0), "{domain:?}");
        }
    }
}
