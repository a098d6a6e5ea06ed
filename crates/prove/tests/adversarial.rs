//! Generated targets and networks, and an adversary with higher precision who tries to refute every certificate.
//! `CAMPAIGN_CASES=5000 CAMPAIGN_SEED=3 cargo test -p bumpnet-prove --test adversarial` tries others, for as long as it takes.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use std::sync::Mutex;

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Certificate, Expr, Input, Network};
use support::attack::attack;
use support::cases::{Case, Kind, case};

/// Cases tried; every activation meets every kind of target five times.
const CASES: usize = 200;
const SEED: u64 = 2026;
/// Points in double-double arithmetic, about, for each certificate.
const EFFORT: usize = 120;

#[derive(Default)]
struct Tally {
    certificates: usize,
    refused: Vec<String>,
    points: usize,
    scanned: usize,
    findings: Vec<String>,
    loose: Vec<String>,
    known: Vec<String>,
    worst: (f64, String),
}

/// The largest magnitude of a target on a grid.
fn scale(case: &Case) -> f64 {
    let input = &case.network.inputs[0];
    let point = |k: usize| input.lo + (input.hi - input.lo) * (k as f64 / 1000.0);
    (0..=1000).map(|k| case.target.eval::<f64>(&[point(k)]).abs()).fold(0.0, f64::max)
}

/// Whether the target may jump at an end of the domain: decimals like the `1e6` of `floor(3*(x*1e6))` meet a binary64 there
/// that interval arithmetic cannot tell from the place of the jump. Both sides count, and the certificate says so.
fn jumps_at_an_end(case: &Case) -> bool {
    let input = &case.network.inputs[0];
    let wide = |x: f64| case.target.eval(&[Interval::point(x)]).width().get() > 1e-9 * scale(case);
    let noted = case.certificate.note.as_ref().is_some_and(|note| note.starts_with("not resolved further"));
    case.kind == Kind::Jumps && noted && (wide(input.lo) || wide(input.hi))
}

fn try_case(number: usize, seed: u64, tally: &Mutex<Tally>) {
    let case = match case(number, seed) {
        Ok(case) => case,
        Err(reason) => {
            tally.lock().unwrap().refused.push(format!("{number}: {reason}"));
            return;
        }
    };
    let found = attack(&case.target, &case.network, &case.certificate, EFFORT, number as u64);
    let certificate = &case.certificate;
    let ratio = certificate.upper / certificate.lower;
    let mut tally = tally.lock().unwrap();
    tally.certificates += 1;
    tally.points += found.points;
    tally.scanned += found.scanned;
    if let Some(finding) = found.findings.first() {
        tally.findings.push(format!("{finding} ({} findings)\n    {}", found.findings.len(), case.name));
    }
    if certificate.lower >= 1e-12 * scale(&case) {
        if ratio > 1.01 {
            let line = format!("{ratio} {:?}\n    {}", certificate.note, case.name);
            let list = if jumps_at_an_end(&case) { &mut tally.known } else { &mut tally.loose };
            list.push(line);
        } else if ratio > tally.worst.0 {
            tally.worst = (ratio, case.name.clone());
        }
    }
}

#[test]
fn no_certificate_is_refuted() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (cases, seed) = (number("CAMPAIGN_CASES", CASES as u64) as usize, number("CAMPAIGN_SEED", SEED));
    let tally = Mutex::new(Tally::default());
    support::in_parallel(cases, |number| try_case(number, seed, &tally));
    let tally = tally.into_inner().unwrap();
    println!(
        "{} certificates of {cases} cases (seed {seed}), {} points in double-double and {} in binary64; worst upper/lower {:.6}: {}",
        tally.certificates, tally.points, tally.scanned, tally.worst.0, tally.worst.1
    );
    for line in &tally.refused {
        println!("refused {line}");
    }
    for line in &tally.loose {
        println!("loose {line}");
    }
    for line in &tally.known {
        println!("the target jumps at an end: {line}");
    }
    assert!(tally.loose.is_empty(), "upper/lower above 1.01");
    assert!(20 * tally.certificates >= 19 * cases, "too many targets are refused");
    assert!(tally.findings.is_empty(), "{} refuted:\n{}", tally.findings.len(), tally.findings.join("\n"));
}

/// `c0 + sum alpha s(w x + b)` for a target on a domain, and its certificate.
fn table(
    activation: Activation,
    units: &[(f64, f64, f64)],
    text: &str,
    (lo, hi): (f64, f64),
) -> (Expr, Network, Certificate) {
    let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
    let (w, b) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
    let alpha = units.iter().map(|unit| unit.2).collect();
    let network = Network {
        name: "t/n".into(),
        target: text.into(),
        inputs: vec![Input { name: "x".into(), lo, hi }],
        layers: Network::one_hidden_layer(activation, (w, b), alpha, 1.0, Activation::Identity),
        precision: bumpnet_ir::Precision::F64,
        outside: bumpnet_ir::Outside::Extend,
        graph: None,
        certificate: None,
    };
    let certificate = bumpnet_prove::certify(&target, &network, f64::INFINITY).unwrap();
    (target, network, certificate.into())
}

/// Tables made so that the evaluator's running sum loses as much as it can.
#[test]
fn the_evaluator_has_its_bound_on_hostile_tables() {
    // Steps far closer together than the evaluator's windows, each too small to change a sum near 1.
    let crowd: Vec<_> = (0..1000).map(|k| (1.0, -1e-17 * f64::from(k), 1e-16)).collect();
    // A step that is never over before many that are.
    let wide: Vec<_> =
        std::iter::once((1.0, -0.5, 1e-3)).chain((0..1000).map(|k| (1e5, -1e2 * f64::from(k), 1e-16))).collect();
    // Equal units whose weights cancel.
    let equal = vec![(3.0, -1.0, 1.0), (3.0, -1.0, 1e10), (3.0, -1.0, -1e10)];
    // Steps down, and units that do not depend on x at all.
    let down: Vec<_> = (0..2000).map(|k| (-1.0, 1e-17 * f64::from(k), 1e-16)).chain([(0.0, 0.0, 0.25)]).collect();
    for (activation, units, hi) in [
        (Activation::Heaviside, crowd.clone(), 1e-13),
        (Activation::Heaviside, down, 1e-13),
        (Activation::Logistic, wide.clone(), 1.0),
        (Activation::Erf, wide, 1.0),
        (Activation::Logistic, equal.clone(), 1.0),
        (Activation::Arctan, equal.clone(), 1.0),
        (Activation::Heaviside, equal, 1.0),
    ] {
        let (target, network, certificate) = table(activation, &units, "1+x/3", (0.0, hi));
        let found = attack(&target, &network, &certificate, 400, 5);
        println!(
            "{} units of {}: {} points, {:e}..{:e}, evaluated {:e}",
            units.len(),
            activation.name(),
            found.points,
            certificate.lower,
            certificate.upper,
            certificate.evaluated
        );
        assert!(found.findings.is_empty(), "{}: {:?}", activation.name(), found.findings.first());
    }
}

/// Units that do not depend on x, on a jump of their activation: nothing to divide, and so nothing to wait for.
#[test]
fn constant_units_on_a_jump() {
    for (activation, b) in [(Activation::Heaviside, 0.0), (Activation::ClippedLogistic, 6.0), (Activation::Ogee, 0.0)] {
        let (target, network, certificate) = table(activation, &[(0.0, b, -0.2), (1.0, -0.3, 1.0)], "1+x", (0.0, 1.0));
        let found = attack(&target, &network, &certificate, 200, 5);
        assert!(found.findings.is_empty(), "{}: {:?}", activation.name(), found.findings.first());
        assert!(certificate.upper <= 1.01 * certificate.lower, "{certificate:?}");
    }
}
