//! Certificates of networks of jumps: the mean square against a numeric integral, jumps on the ends of the domain, and
//! tables as no construction writes them, each held against the adversary.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_ir::{Activation, Certificate, Expr, Input, Network, Window};
use bumpnet_prove::certify;
use support::attack::attack;

fn compiled(target: &str, (lo, hi): (&str, &str), network: &str) -> (Expr, Network, Certificate) {
    let source = format!(
        "version: 1\nname: t\ntarget: {target}\ndomain: {{x: [{lo}, {hi}]}}\nnetworks:\n  n: {{method: bumps, \
         activation: heaviside, {network}}}\n"
    );
    let spec = bumpnet_parser::parse_spec(source.as_bytes(), "t").unwrap();
    let network = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network;
    let certificate = network.certificate.clone().unwrap();
    (spec.target, network, certificate)
}

fn table(units: &[(f64, f64, f64)], c0: f64, target: &str, output: Activation) -> (Expr, Network, Certificate) {
    let expr = bumpnet_parser::parse_expression(target, vec!["x".into()]).unwrap();
    let (w, b) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
    let alpha = units.iter().map(|unit| unit.2).collect();
    let network = Network {
        name: "t/n".into(),
        target: target.into(),
        inputs: vec![Input { name: "x".into(), lo: 0.0, hi: 1.0 }],
        layers: Network::one_hidden_layer(Activation::Heaviside, (w, b), alpha, c0, output),
        precision: bumpnet_ir::Precision::F64,
        outside: bumpnet_ir::Outside::Extend,
        graph: None,
        certificate: None,
    };
    let certificate = certify(&expr, &network, f64::INFINITY).unwrap();
    (expr, network, certificate.into())
}

fn holds((target, network, certificate): &(Expr, Network, Certificate)) {
    let found = attack(target, network, certificate, 400, 11);
    assert!(found.findings.is_empty(), "{target}: {:?}", found.findings.first());
    let ratio = certificate.upper / certificate.lower;
    assert!(ratio <= 1.01 && certificate.note.is_none(), "{target}: {ratio} {certificate:?}");
}

/// By midpoints, which are on no jump; good to about a thousandth.
fn mean_square(target: &Expr, network: &Network) -> f64 {
    // Jumps of networks and targets are at multiples of 1/4200.
    const POINTS: usize = 16 * 4200;
    let window = Window::new(network);
    let value = |x: f64| window.as_ref().map_or(network.layers[0].bias.get(0), |window| window.sum(x));
    let square = |k: usize| {
        let x = (k as f64 + 0.5) / POINTS as f64;
        let error = network.output().value(value(x)) - target.eval::<f64>(&[x]);
        error * error
    };
    ((0..POINTS).map(square).sum::<f64>() / POINTS as f64).sqrt()
}

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
            let (low, high) = case.2.rms;
            let true_mean = mean_square(&case.0, &case.1);
            assert!(low <= 1.002 * true_mean && true_mean <= 1.002 * high, "{target}: {true_mean} {:?}", case.2);
            assert!(high <= tight * low, "{target} with {resolution}: {low} {high}, {}", high / low);
            holds(&case);
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
