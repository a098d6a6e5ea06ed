//! Certificates of networks that the constructions write for random targets, and of tables made to be hard: an adversary with
//! higher precision tries to refute every one.
//! `CAMPAIGN_CASES=5000 CAMPAIGN_SEED=3 cargo test -p bumpnet-prove --test adversarial` tries others, for as long as it takes.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use std::sync::Mutex;

use bumpnet_ir::{Activation, Expr, Input};
use bumpnet_prove::COMPOSED;
use support::{holds, line, refutation};

/// Specs tried; most of them have one input.
const CASES: usize = 240;
const SEED: u64 = 2026;

#[derive(Default)]
struct Tally {
    certificates: usize,
    refused: Vec<String>,
    findings: Vec<String>,
    loose: Vec<String>,
    known: Vec<String>,
    worst: (f64, String),
}

/// The largest magnitude of a target on a grid.
fn scale(target: &Expr, input: &Input) -> f64 {
    let point = |k: usize| input.lo + (input.hi - input.lo) * (k as f64 / 1000.0);
    (0..=1000).map(|k| target.eval::<f64>(&[point(k)]).abs()).fold(0.0, f64::max)
}

fn try_case(seed: u64, tally: &Mutex<Tally>) {
    let source = bumpnet_adversary::spec(seed);
    let (target, network, certificate) = match bumpnet_adversary::built(&source) {
        Ok(case) => case,
        Err(reason) => return tally.lock().unwrap().refused.push(format!("{seed}: {reason}\n{source}")),
    };
    let finding = refutation(&target, &network, &certificate, 1);
    let ratio = certificate.upper / certificate.lower;
    let mut tally = tally.lock().unwrap();
    tally.certificates += 1;
    tally.findings.extend(finding.map(|finding| format!("{finding}\n{source}")));
    let [input] = &network.inputs[..] else { return };
    if certificate.method == COMPOSED || !(certificate.lower >= 1e-12 * scale(&target, input)) {
        return;
    }
    if ratio > 1.01 {
        // Jumps within a rounding of one another, and errors near a rounding: the certificate says so.
        let noted = certificate.note.as_ref().is_some_and(|note| note.starts_with("not resolved further"));
        let line = format!("{ratio} {:?}\n{source}", certificate.note);
        if noted { &mut tally.known } else { &mut tally.loose }.push(line);
    } else if ratio > tally.worst.0 {
        tally.worst = (ratio, source);
    }
}

#[test]
fn no_certificate_is_refuted() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (cases, seed) = (number("CAMPAIGN_CASES", CASES as u64) as usize, number("CAMPAIGN_SEED", SEED));
    let tally = Mutex::new(Tally::default());
    support::in_parallel(cases, |number| try_case(seed.wrapping_mul(1_000_003) + number as u64, &tally));
    let tally = tally.into_inner().unwrap();
    println!(
        "{} certificates of {cases} cases (seed {seed}); worst upper/lower {:.6}: {}",
        tally.certificates, tally.worst.0, tally.worst.1
    );
    tally.refused.iter().for_each(|line| println!("refused {line}"));
    tally.loose.iter().for_each(|line| println!("loose {line}"));
    tally.known.iter().for_each(|line| println!("not resolved {line}"));
    assert!(tally.findings.is_empty(), "{} refuted:\n{}", tally.findings.len(), tally.findings.join("\n"));
    assert!(tally.loose.is_empty(), "upper/lower above 1.01");
    assert!(20 * tally.known.len() <= cases, "too many bounds are not resolved");
    assert!(10 * tally.certificates >= 9 * cases, "too many targets are refused");
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
        holds(&line((0.0, hi), "1+x/3", activation, &units, 1.0), 4);
    }
}

/// Units that do not depend on x, on a jump of their activation: nothing to divide, and so nothing to wait for.
#[test]
fn constant_units_on_a_jump() {
    for (activation, b) in [(Activation::Heaviside, 0.0), (Activation::ClippedLogistic, 6.0), (Activation::Ogee, 0.0)] {
        let network = line((0.0, 1.0), "1+x", activation, &[(0.0, b, -0.2), (1.0, -0.3, 1.0)], 1.0);
        let (_, certificate) = holds(&network, 2);
        assert!(certificate.upper <= 1.01 * certificate.lower, "{certificate:?}");
    }
}
