//! Errors in measures: an adversary looks for points at which one is larger than proved, exactly and as evaluated; and what a
//! table states of one is not believed.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_interval::{Interval, Wide};
use bumpnet_ir::{Activation, Certificate, Expr, InMeasure, Measure, Network, Precision};
use bumpnet_prove::{Asked, certify_in, cover, verify, verify_by};
use bumpnet_runner::Evaluator;
use support::{compiled, line, target};

/// The error in a measure at a point, of the exact network and of what runs.
fn errors((f, weight): (&Expr, &Expr), network: &Network, evaluator: &Evaluator<'_>, x: f64) -> (Interval, Interval) {
    let at = [Wide::point(x)];
    let (f, w) = (f.eval(&at), weight.eval(&at));
    let exact = bumpnet_prove::value_at(network, &at);
    let runs = Wide::point(evaluator.eval(&[x]));
    (((exact - f) * w).interval(), ((runs - f) * w).interval())
}

/// No point refutes what is proved, and some point comes near it.
fn holds(target: &Expr, network: &Network, measured: &InMeasure) {
    let weight = measured.measure.weight(target).unwrap();
    let (lo, hi) = (network.inputs[0].lo, network.inputs[0].hi);
    let evaluator = Evaluator::new(network);
    let round = |x: f64| network.precision.round(x).clamp(lo, hi);
    let mut points: Vec<f64> = (0..=4000).map(|k| round(lo + (hi - lo) * f64::from(k) / 4000.0)).collect();
    points.extend(
        evaluator
            .steps()
            .map_or(Vec::new(), |(at, _)| at.to_vec())
            .into_iter()
            .flat_map(|x| [x.next_down(), x, x.next_up()].map(&round)),
    );
    points.extend(
        [measured.argmax[0], measured.argmax[0].next_down(), measured.argmax[0].next_up()].map(|x| x.clamp(lo, hi)),
    );
    for x in points.into_iter().filter(|x| (lo..=hi).contains(x)) {
        let (exact, runs) = errors((target, &weight), network, &evaluator, x);
        assert!(exact.mignitude() <= measured.upper, "{x}: {exact:?}, {measured:?}");
        if network.precision.round(x) == x {
            assert!(runs.mignitude() <= measured.evaluated, "{x}: {runs:?}, {measured:?}");
        }
    }
    let (exact, _) = errors((target, &weight), network, &evaluator, measured.argmax[0]);
    assert!(measured.lower <= exact.magnitude().get(), "{exact:?}, {measured:?}");
    assert!(measured.rms.0 <= measured.rms.1 && measured.rms.1 <= measured.upper, "{measured:?}");
}

const SPECS: [(&str, &str, &str, f64); 9] = [
    ("exp(x)", "[-20, 20]", "max_error: {relative: 1e-4}", 1e-4),
    ("ln(x)", "[1e-6, 0.9]", "max_error: {relative: 1e-6}", 1e-6),
    ("sin(x)", "[-pi, pi]", "max_error: {relative: 1e-9, absolute: 1e-12}", 1.0),
    ("exp2(x)", "[0, 1]", "max_error: {ulps: 2, of: f32}", 2.0),
    ("exp2(x)", "[-1, 2]", "max_error: {ulps: 3, of: f32}", 3.0),
    ("cos(x)", "[-1, 2]", "max_error: {weight: \"1/(0.1+x^2)\", at_most: 1e-3}", 1e-3),
    ("sqrt(x)", "[1e-4, 1]", "method: graded, max_error: {relative: 1e-5}", 1e-5),
    (
        "-exp(x)",
        "[-3, 3]",
        "method: bumps, activation: heaviside, placement: optimal, max_error: {relative: 0.01}",
        0.01,
    ),
    ("1/(1+x)", "[0, 9]", "method: bumps, activation: ramp, max_error: {relative: 0.02}", 0.02),
];

#[test]
fn errors_asked_for_are_met_and_hold() {
    for (function, domain, asked, eps) in SPECS {
        let source = format!("version: 1\ntarget: {function}\ndomain: {{x: {domain}}}\nnetworks: {{n: {{{asked}}}}}\n");
        let (target, network) = compiled(&source).unwrap();
        let measured = network.certificate.as_ref().unwrap().measured.clone().unwrap();
        assert!(measured.evaluated <= eps, "{source}: {measured:?}");
        assert!(measured.upper <= 1.01 * measured.lower, "{source}: {measured:?}");
        holds(&target, &network, &measured);
    }
}

/// Piecewise constant relative errors have as many pieces as their logarithm has.
#[test]
fn the_fewest_pieces() {
    let source = "version: 1\ntarget: exp(x)\ndomain: {x: [-3, 3]}\nnetworks: {n: {method: bumps, activation: heaviside, \
                  placement: optimal, max_error: {relative: 0.01}}}\n";
    let (_, network) = compiled(source).unwrap();
    // 6/(2 artanh 0.01) is 299.99.
    assert_eq!(network.neurons(), 299);
}

fn table(precision: Precision, activation: Activation, units: &[(f64, f64, f64)], c0: f64) -> Network {
    let mut parts = line((-2.0, 3.0), "2+sin(3*x)", activation, units, c0).into_parts();
    parts.layers.iter_mut().for_each(|layer| layer.round(precision));
    parts.precision = precision;
    Network::new(parts).unwrap()
}

/// Of any table, in any measure, with weights that vary by 30 powers of ten; and what is proved is proved again by its cover.
#[test]
fn no_point_refutes_a_proof() {
    let units = |w: f64| -> Vec<(f64, f64, f64)> {
        (0..12).map(|k| (w, w * (2.0 - 0.43 * f64::from(k)), 0.3 * f64::from(k % 5) - 0.4)).collect()
    };
    let measures = [
        Measure::Relative,
        Measure::Mixed { relative: 1e-3, absolute: 1e-6 },
        Measure::Weight("(exp (* 14 x))".into()),
        Measure::Weight("(+ 1e-9 (abs x))".into()),
        Measure::Ulps(Precision::F32),
    ];
    for activation in
        [Activation::Logistic, Activation::Heaviside, Activation::ClippedLogistic, Activation::Ramp, Activation::Arctan]
    {
        for (precision, w) in [(Precision::F64, 3.0), (Precision::F32, 0.7), (Precision::F64, -40.0)] {
            let network = table(precision, activation, &units(w), 2.0);
            let target = target(&network);
            for measure in &measures {
                let wanted = Asked { measure: Some(measure), ..Asked::within(f64::INFINITY) };
                let proved = certify_in(&target, &network, wanted).unwrap();
                let measured = proved.measured.clone().unwrap();
                holds(&target, &network, &measured);
                let stated = Certificate::from(proved);
                let cover = cover(&target, &network, &stated).unwrap();
                let again = verify_by(&cover, &target, &network, &stated)
                    .unwrap_or_else(|| panic!("{activation:?} {measure:?}"));
                assert_eq!(again.measured.as_ref(), Some(&measured), "{activation:?} {measure:?}");
            }
        }
    }
}

/// Of several inputs, by Taylor models over boxes.
#[test]
fn errors_of_several_inputs_hold() {
    let networks = "low: {method: low-rank, max_error: {relative: 1e-3}}";
    let composed = "n: {method: composed, max_error: {weight: \"exp(x+y)\", at_most: 1e-3}}";
    for (function, domain, asked) in [
        ("exp(-x^2-y)", "{x: [-1, 1], y: [0, 2]}", networks),
        ("x*8.314/y", "{x: [1, 2], y: [0.5, 2]}", networks),
        ("x*y+exp(-x)", "{x: [0, 2], y: [0, 1]}", composed),
    ] {
        let source = format!("version: 1\ntarget: {function}\ndomain: {domain}\nnetworks: {{{asked}}}\n");
        let (target, network) = compiled(&source).unwrap();
        let stated = network.certificate.clone().unwrap();
        let measured = stated.measured.clone().unwrap();
        assert!(measured.evaluated <= 1e-3 && measured.lower <= measured.upper, "{measured:?}");
        let (weight, evaluator) = (measured.measure.weight(&target).unwrap(), Evaluator::new(&network));
        let side = |axis: usize, k: usize| {
            let input = &network.inputs[axis];
            (input.lo + (input.hi - input.lo) * k as f64 / 100.0).clamp(input.lo, input.hi)
        };
        for k in 0..=100 * 101 + 100 {
            let point = [side(0, k / 101), side(1, k % 101)];
            let at = point.map(Wide::point);
            let (f, w) = (target.eval(&at), weight.eval(&at));
            let exact = ((bumpnet_prove::value_at(&network, &at) - f) * w).interval();
            let runs = ((Wide::point(evaluator.eval(&point)) - f) * w).interval();
            assert!(exact.mignitude() <= measured.upper, "{point:?}: {exact:?} {measured:?}");
            assert!(runs.mignitude() <= measured.evaluated, "{point:?}: {runs:?} {measured:?}");
        }
        let cover = cover(&target, &network, &stated).unwrap();
        let again = verify_by(&cover, &target, &network, &stated).expect("it is repeated");
        assert_eq!(again.measured.as_ref(), Some(&measured));
    }
}

#[test]
fn what_is_stated_is_not_believed() {
    let network = table(Precision::F64, Activation::Logistic, &[(3.0, 1.0, 0.4), (2.0, -1.0, 0.7)], 1.5);
    let target = target(&network);
    let wanted = Asked { measure: Some(&Measure::Relative), ..Asked::within(f64::INFINITY) };
    let stated = Certificate::from(certify_in(&target, &network, wanted).unwrap());
    assert!(verify(&target, &network, &stated).is_ok());
    let with = |change: &dyn Fn(&mut InMeasure)| {
        let mut other = stated.clone();
        other.measured.iter_mut().for_each(change);
        verify(&target, &network, &other)
    };
    let refused = |change: &dyn Fn(&mut InMeasure), word: &str| {
        let reason = with(change).expect_err(word);
        assert!(reason.contains(word) && reason.contains("`measured`"), "{reason}");
    };
    refused(&|m| m.upper *= 0.98, "`upper`");
    refused(&|m| m.evaluated *= 0.98, "`evaluated`");
    refused(&|m| m.lower *= 1.02, "lower bound");
    refused(&|m| m.rms = (m.rms.0, m.rms.1 * 0.9), "`rms`");
    refused(&|m| m.argmax = vec![7.0], "argmax");
    refused(&|m| m.measure = Measure::Ulps(Precision::F64), "`upper`");
    assert!(with(&|m| m.measure = Measure::Weight("(/ 1 x)".into())).is_err());
}
