//! A proof that cannot fail proves nothing: deliberate errors in the certificates and in the arithmetic under them, each
//! of which must be refuted. Run by `cargo test -p bumpnet-prove --features fault-injection --test faults`.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_ir::{Activation, Input, Network};
use bumpnet_prove::{certify, fault};
use support::attack::attack;
use support::cases::case;

/// Cases of the campaign that are tried until one shows the fault.
const CASES: usize = 24;
const SEED: u64 = 7;

/// What comes of a proof under a fault.
enum Told<T> {
    Made(T),
    /// A bound below an error that is attained shows by itself.
    Contradiction(String),
    Nothing,
}

fn told<T>(made: Result<T, String>) -> Told<T> {
    match made {
        Ok(made) => Told::Made(made),
        Err(what) if what.contains("contradicts itself") => Told::Contradiction(what),
        Err(_) => Told::Nothing,
    }
}

/// What refutes the certificates made by `make` under a fault.
fn refutation(cases: usize, inject: impl Fn(&mut dyn FnMut())) -> Option<String> {
    for (k, (target, network)) in special().into_iter().enumerate() {
        let mut made = Err(String::new());
        inject(&mut || made = certify(&target, &network, f64::INFINITY).map_err(|error| format!("{error:?}")));
        let certificate = match told(made) {
            Told::Made(certificate) => certificate,
            Told::Contradiction(what) => return Some(what),
            Told::Nothing => continue,
        };
        let found = attack(&target, &network, &certificate, 150, 3);
        if let Some(finding) = found.findings.into_iter().next() {
            return Some(format!("special case {k}, {target}: {finding}"));
        }
    }
    for (k, network) in over_boxes().into_iter().enumerate() {
        let target = bumpnet_parser::parse_expression(&network.target, vec!["x".into(), "y".into()]).unwrap();
        let mut made = Err(String::new());
        inject(&mut || made = certify(&target, &network, f64::INFINITY).map_err(|error| format!("{error:?}")));
        let certificate = match told(made) {
            Told::Made(certificate) => certificate,
            Told::Contradiction(what) => return Some(what),
            Told::Nothing => continue,
        };
        if let Some(finding) = support::boxes::attack(&target, &network, &certificate, 4000, 3).into_iter().next() {
            return Some(format!("box case {k}, {target}: {finding}"));
        }
    }
    for number in 0..cases {
        let mut made = Err(String::new());
        inject(&mut || made = case(number, SEED));
        let case = match told(made) {
            Told::Made(case) => case,
            Told::Contradiction(what) => return Some(what),
            Told::Nothing => continue,
        };
        let found = attack(&case.target, &case.network, &case.certificate, 150, number as u64);
        if let Some(finding) = found.findings.into_iter().next() {
            return Some(format!("case {number}: {finding}"));
        }
    }
    None
}

/// Two inputs: a target of higher order than any polynomial here, and a needle between all points that are sampled.
fn over_boxes() -> Vec<Network> {
    let nothing = || support::boxes::ridge(Activation::Tanh, &[(vec![0.5, -0.25], 0.0, 0.0)], 0.0);
    let domain = [(-1.0, 1.0), (-1.0, 1.0)];
    ["x^8*y^8", "exp(-200000*((x-0.123)^2+(y-0.456)^2))"]
        .map(|target| support::boxes::network(&domain, target, nothing()))
        .into()
}

/// Pairs for which one rounding decides: the network is a constant, the binary64 next to the target's value.
fn special() -> Vec<(bumpnet_ir::Expr, Network)> {
    let constant = |text: &str, c0: f64| pair(text, Activation::Heaviside, &[], c0);
    vec![
        constant("0.1", 0.1),
        constant("1-1e-20*x", 1.0),
        // 1 + 2^-30 squared is 1 + 2^-29 + 2^-60.
        constant(
            "1.000000000931322574615478515625*1.000000000931322574615478515625",
            (1.0 + 1.0 / f64::from(1 << 29)).next_down(),
        ),
        constant("1/3", 1.0 / 3.0),
        constant("sqrt(3)", 3f64.sqrt().next_down()),
        constant("exp(1)", std::f64::consts::E),
        constant("abs(2*x-1)+x/7", 0.4),
        // The largest error is between two points that are looked at, and nothing but the curvature covers it.
        constant("x*(0.7-x)", -0.5),
        pair("sigmoid(50*x-25)", Activation::Logistic, &[(50.0, -25.0, 1.0)], 0.0),
        pair("x", Activation::Ramp, &[(20.0, -7.0, 1.0), (20.0, -9.0, -0.5)], 0.0),
        pair("exp(-80*x)", Activation::Heaviside, &[(1.0, -0.2, 0.01)], 0.0),
        // A target so steep that it changes on the very numbers around a jump; the error is largest on the jump's left.
        pair_on(
            (0.3, 0.300_000_000_000_1),
            "-(x-0.3)*10000000000000",
            Activation::Heaviside,
            &[(1.0, -0.300_000_000_000_05, -1.0)],
            1.0,
        ),
        // 3 times the domain's lower end is rounded up in the bias, so that the step is not yet taken there.
        pair_on((0.1, 0.2), "x", Activation::Heaviside, &[(3.0, -(3.0 * 0.1), 1.0)], -0.5),
    ]
}

fn pair(text: &str, activation: Activation, units: &[(f64, f64, f64)], c0: f64) -> (bumpnet_ir::Expr, Network) {
    pair_on((0.0, 1.0), text, activation, units, c0)
}

fn pair_on(
    (lo, hi): (f64, f64),
    text: &str,
    activation: Activation,
    units: &[(f64, f64, f64)],
    c0: f64,
) -> (bumpnet_ir::Expr, Network) {
    let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
    let (w, b) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
    let alpha = units.iter().map(|unit| unit.2).collect();
    let layers = Network::one_hidden_layer(activation, (w, b), alpha, c0, Activation::Identity);
    let inputs = vec![Input { name: "x".into(), lo, hi }];
    (
        target,
        Network {
            name: "t/n".into(),
            target: text.into(),
            inputs,
            layers,
            precision: bumpnet_ir::Precision::F64,
            outside: bumpnet_ir::Outside::Extend,
            graph: None,
            certificate: None,
        },
    )
}

#[test]
fn nothing_is_refuted_without_a_fault() {
    assert_eq!(refutation(CASES, |body| body()), None);
}

#[test]
fn every_fault_of_the_proof_is_refuted() {
    for fault in fault::Fault::ALL {
        let found = refutation(CASES, |body| fault::inject(fault, body));
        println!("{fault:?}: {found:?}");
        assert!(found.is_some(), "{fault:?} goes unnoticed");
    }
}

/// Of the arithmetic's own faults (whose own tests are beside it) these show in a certificate.
#[test]
fn faults_of_the_arithmetic_are_refuted_through_certificates() {
    use Fault::*;
    use bumpnet_interval::fault::{Fault, inject};
    for fault in [
        AddLowerNearest,
        MulUpperNearest,
        DivInward,
        SqrtUpperNearest,
        ElementaryNoUlps,
        LiteralNearest,
        SigmoidBoundTooSmall,
        ChainRuleTruncated,
        KinkOverlooked,
    ] {
        let found = refutation(4, |body| inject(fault, body));
        println!("{fault:?}: {found:?}");
        assert!(found.is_some(), "{fault:?} goes unnoticed");
    }
}
