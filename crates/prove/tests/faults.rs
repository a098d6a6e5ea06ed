//! A proof that cannot fail proves nothing: deliberate errors in the certificates and in the arithmetic under them, each
//! of which must be refuted. Run by `cargo test -p bumpnet-prove --features fault-injection --test faults`.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_ir::{Activation, Network};
use bumpnet_prove::{certify, fault};
use support::{line, target};

/// Specs of random targets that are tried until one shows the fault.
const SPECS: u64 = 24;

/// What refutes what is made under a fault.
fn told(made: Result<(bumpnet_ir::Expr, Network), String>) -> Option<String> {
    match made {
        Ok((target, network)) => support::refutation(&target, &network, network.certificate.as_ref()?, 3),
        // A bound below an error that is attained shows by itself.
        Err(what) => what.contains("contradicts itself").then_some(what),
    }
}

/// What refutes the certificates that are made under a fault: of tables by hand, then of so many specs.
fn refutation(specs: u64, inject: impl Fn(&mut dyn FnMut())) -> Option<String> {
    let table = |network: Network| {
        let target = target(&network);
        let mut made = Err(String::new());
        inject(&mut || {
            made = certify(&target, &network, f64::INFINITY).map_err(|error| format!("{error:?}"));
        });
        told(made.map(|made| (target, network.with_certificate(Some(made.into())))))
    };
    let spec = |seed: u64| {
        let mut made = Err(String::new());
        inject(&mut || {
            made =
                bumpnet_adversary::built(&bumpnet_adversary::spec(seed)).map(|(target, network, _)| (target, network));
        });
        told(made)
    };
    special().into_iter().chain(over_boxes()).find_map(table).or_else(|| (0..specs).find_map(spec))
}

/// Two inputs: a target of higher order than any polynomial here, and a needle between all points that are sampled.
fn over_boxes() -> Vec<Network> {
    let nothing = || support::ridge(Activation::Tanh, &[(vec![0.5, -0.25], 0.0, 0.0)], 0.0);
    let domain = [(-1.0, 1.0), (-1.0, 1.0)];
    ["x^8*y^8", "exp(-200000*((x-0.123)^2+(y-0.456)^2))"]
        .map(|target| support::network(&domain, target, nothing()))
        .into()
}

/// Tables for which one rounding decides: the network is a constant, the binary64 next to the target's value.
fn special() -> Vec<Network> {
    let pair = |text: &str, hidden, units: &[_], c0| line((0.0, 1.0), text, hidden, units, c0);
    let constant = |text: &str, c0| pair(text, Activation::Heaviside, &[], c0);
    vec![
        constant("0.1", 0.1),
        constant("1-1e-20*x", 1.0),
        // 1 + 2^-30 squared is 1 + 2^-29 + 2^-60.
        constant(
            "1.000000000931322574615478515625*1.000000000931322574615478515625",
            (1.0 + 1.0 / f64::from(1 << 29)).next_down(),
        ),
        constant("1/3", 1.0 / 3.0),
        // A quotient of a whole range, beside a unit that does nothing, so that no rounding of plain arithmetic is allowed for.
        pair("(floor(2*x)+2)/3", Activation::Logistic, &[(0.0, 0.0, 0.0)], 0.0),
        constant("sqrt(3)", 3f64.sqrt().next_down()),
        constant("exp(1)", std::f64::consts::E),
        constant("abs(2*x-1)+x/7", 0.4),
        // The largest error is between two points that are looked at, and nothing but the curvature covers it.
        constant("x*(0.7-x)", -0.5),
        pair("sigmoid(50*x-25)", Activation::Logistic, &[(50.0, -25.0, 1.0)], 0.0),
        pair("x", Activation::Ramp, &[(20.0, -7.0, 1.0), (20.0, -9.0, -0.5)], 0.0),
        pair("exp(-80*x)", Activation::Heaviside, &[(1.0, -0.2, 0.01)], 0.0),
        // A target so steep that it changes on the very numbers around a jump; the error is largest on the jump's left.
        line(
            (0.3, 0.300_000_000_000_1),
            "-(x-0.3)*10000000000000",
            Activation::Heaviside,
            &[(1.0, -0.300_000_000_000_05, -1.0)],
            1.0,
        ),
        // 3 times the domain's lower end is rounded up in the bias, so that the step is not yet taken there.
        line((0.1, 0.2), "x", Activation::Heaviside, &[(3.0, -(3.0 * 0.1), 1.0)], -0.5),
    ]
}

#[test]
fn nothing_is_refuted_without_a_fault() {
    assert_eq!(refutation(SPECS, |body| body()), None);
}

#[test]
fn every_fault_of_the_proof_is_refuted() {
    for fault in fault::Fault::ALL {
        let found = refutation(SPECS, |body| fault::inject(fault, body));
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
        let found = refutation(SPECS, |body| inject(fault, body));
        println!("{fault:?}: {found:?}");
        assert!(found.is_some(), "{fault:?} goes unnoticed");
    }
}
