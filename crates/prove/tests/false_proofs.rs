//! Tables from outside whose false certificates were once accepted, and their kinds; each is in `cases/`.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

use bumpnet_ir::{Activation, Certificate, Expr, Input, Layer, Network, Outside, Parts, Precision, Values, Weights};
use bumpnet_prove::{certify, verify};
use bumpnet_runner::Evaluator;

fn expr(text: &str, network: &Network) -> Expr {
    let names = network.inputs.iter().map(|input| input.name.clone()).collect();
    bumpnet_parser::parse_expression(text, names).unwrap()
}

fn table(text: &str) -> (Network, Expr) {
    let network = Network::from_json(text).unwrap();
    let target = expr(&network.target, &network);
    (network, target)
}

fn refusal(text: &str) -> String {
    let (network, target) = table(text);
    let stated = network.certificate.clone().unwrap();
    verify(&target, &network, &stated).unwrap_err()
}

/// A unit that only jumps read matters: the error of 10 is seen.
#[test]
fn what_only_jumps_read_counts() {
    let refusal = refusal(include_str!("cases/hole1-verified-but-wrong.json"));
    assert!(refusal.contains("proved to be at least 10.0"), "{refusal}");
}

#[test]
fn outputs_that_jump_are_on_both_sides() {
    for text in [include_str!("cases/V1_upper.json"), include_str!("cases/V3_evaluated_output.json")] {
        let refusal = refusal(text);
        assert!(refusal.contains("only 1.0"), "{refusal}");
    }
}

#[test]
fn names_of_inputs_are_those_of_specs() {
    let text = include_str!("cases/V6_dup.json");
    assert!(Network::from_json(text).unwrap_err().contains("two inputs are named `x`"));
    for (name, problem) in [("pi", "has a meaning"), ("x\n", "no name of an input"), ("", "no name of an input")] {
        let network = network(&[("x", 0.0, 1.0)], vec![layer(Activation::Identity, &[0], &[(0, 0, 1.0)], &[0.0])]);
        let mut parts = network.into_parts();
        parts.inputs[0].name = name.into();
        let refusal = Network::from_json(&parts.to_json()).unwrap_err();
        assert!(refusal.contains(problem), "{refusal}");
    }
}

/// The argument of a jump may round to its other side, in a layer behind the first: the evaluator is off by 10.
#[test]
fn a_jump_that_rounds_to_the_other_side_counts_as_evaluated() {
    let (network, target) = table(include_str!("cases/hole2-jump-rounding.json"));
    let proved = certify(&target, &network, f64::INFINITY).unwrap();
    let seen = (Evaluator::new(&network).eval(&[0.5, 0.5]) - 10.5).abs();
    assert!(seen > 9.9 && proved.evaluated >= seen, "{seen} {proved:?}");
    assert!(proved.upper < 1e-6, "{proved:?}");
}

fn layer(activation: Activation, inputs: &[u32], weights: &[(u32, u32, f64)], bias: &[f64]) -> Layer {
    let value = weights.iter().map(|w| w.2).collect();
    let weights = Weights {
        row: weights.iter().map(|w| w.0).collect(),
        col: weights.iter().map(|w| w.1).collect(),
        value: Values::new(value),
    };
    Layer { activation, inputs: inputs.to_vec(), rows: bias.len(), weights, bias: Values::new(bias.to_vec()) }
}

fn network(inputs: &[(&str, f64, f64)], layers: Vec<Layer>) -> Network {
    Network::new(Parts {
        name: "t/n".into(),
        target: "0".into(),
        inputs: inputs.iter().map(|(name, lo, hi)| Input { name: (*name).into(), lo: *lo, hi: *hi }).collect(),
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network")
}

/// Clipped logistic units in a later layer, and at the output, jump at 6 by 0.0025.
#[test]
fn clipped_units_round_to_the_other_side_too() {
    // logistic(x) + logistic(-x) is 1, and rounds to other numbers; 6 times that is on both sides of the jump.
    let first = layer(Activation::Logistic, &[0], &[(0, 0, 1.0), (1, 0, -1.0)], &[0.0, 0.0]);
    let clipped = layer(Activation::ClippedLogistic, &[1, 2], &[(0, 0, 6.0), (0, 1, 6.0)], &[0.0]);
    let last = layer(Activation::Identity, &[3], &[(0, 0, 1000.0)], &[0.0]);
    for layers in [vec![first.clone(), clipped.clone(), last], vec![first, clipped]] {
        let network = network(&[("x", -1.0, 1.0)], layers);
        let scale = if network.layers.len() == 3 { 1000.0 } else { 1.0 };
        let target = expr(&format!("{scale}/(1+exp(-6))"), &network);
        let proved = certify(&target, &network, f64::INFINITY).unwrap();
        let runner = Evaluator::new(&network);
        let values = (0..=2000).map(|k| runner.eval(&[f64::from(k) / 1000.0 - 1.0]));
        let seen = values.map(|v| (v - target.eval::<f64>(&[0.0])).abs()).fold(0.0, f64::max);
        assert!(seen >= 2e-3 * scale && seen <= proved.evaluated, "{seen} {proved:?}");
    }
}

/// In binary32 the band of a step is as wide as its argument's rounding.
#[test]
fn binary32_steps_are_where_binary32_rounds() {
    let round = |v: f64| f64::from(v as f32);
    let mut first =
        layer(Activation::Ramp, &[0], &[(0, 0, round(1e7)), (1, 0, round(-3e6))], &[round(-8.0000037e12), 2.4e12]);
    first.round(Precision::F32);
    let mut gates = layer(Activation::Heaviside, &[2, 3], &[(0, 0, 1.0), (0, 1, 1.0)], &[-1.5]);
    gates.round(Precision::F32);
    let last = layer(Activation::Identity, &[4], &[(0, 0, 1.0)], &[0.0]);
    let network = network(&[("x", 800_000.0, 800_000.5), ("y", 0.0, 1.0)], vec![first, gates, last]);
    let network = network.changed(|parts| parts.precision = Precision::F32).unwrap();
    let target = expr("0*x", &network);
    let Ok(proved) = certify(&target, &network, f64::INFINITY) else { return };
    let runner = Evaluator::new(&network);
    for k in 0..=500_000 {
        let x = 800_000.0 + f64::from(k) / 1e6;
        let seen = runner.eval(&[x, 0.5]).abs();
        assert!(seen <= proved.evaluated, "at {x}: {seen} {proved:?}");
    }
}

/// Root mean squares where squares, or products with widths, underflow or overflow.
#[test]
fn root_mean_squares_of_extreme_sizes() {
    // N = 0 against the target: the error is the target.
    let zero = |width: f64| network(&[("x", 0.0, width)], vec![layer(Activation::Identity, &[], &[], &[0.0])]);
    let deep = |width: f64, scale: f64| {
        let tanh = layer(Activation::Tanh, &[0], &[(0, 0, 1.0 / width)], &[0.0]);
        let again = layer(Activation::Tanh, &[1], &[(0, 0, 1.0)], &[0.0]);
        let last = layer(Activation::Identity, &[2], &[(0, 0, 1e-9 * scale)], &[0.0]);
        network(&[("x", 0.0, width)], vec![tanh, again, last])
    };
    let jump = |width: f64, scale: f64| {
        let step = layer(Activation::Heaviside, &[0], &[(0, 0, 1.0)], &[-0.5 * width]);
        network(&[("x", 0.0, width)], vec![step, layer(Activation::Identity, &[1], &[(0, 0, 1e-9 * scale)], &[0.0])])
    };
    for width in [1e-280, 1e-100, 1.0, 1e200] {
        for scale in [1e-250, 1e-150, 1.0, 1e156, 1e250] {
            let rate = 1.0 / width;
            for (kind, network) in [zero(width), deep(width, scale), jump(width, scale)].into_iter().enumerate() {
                let target = expr(&format!("{scale:?}*(1+0.1*sin(x*{rate:?}))"), &network);
                let Ok(proved) = certify(&target, &network, f64::INFINITY) else { continue };
                // sqrt(mean((1 + sin(t)/10)^2)) over [0, 1]
                let rms = scale * 1.046_32;
                let Certificate { rms: (low, high), upper, .. } = *proved;
                assert!(low <= rms * 1.0001 && high >= rms * 0.9999, "{kind} {width} {scale}: {low} {high} {upper}");
                assert!(high <= 1.2 * rms, "{kind} {width} {scale}: {low} {high} {upper}");
            }
        }
    }
}

/// A lower bound is held to the least that the error can be at the stated point, and the mean square from below too.
#[test]
fn lower_bounds_are_held_to_what_is_certain() {
    let network = network(&[("x", 0.0, 1.0)], vec![layer(Activation::Identity, &[], &[], &[0.0])]);
    let target = expr("1+x", &network);
    let proved = certify(&target, &network, f64::INFINITY).unwrap();
    assert!(verify(&target, &network, &proved).is_ok());
    type Change = fn(&mut Certificate);
    let changes: [(&str, Change); 3] = [
        ("rms", |c| c.rms.0 = c.rms.1 * (1.0 + 1e-9)),
        ("lower", |c| c.lower = c.upper * 1.001),
        ("lower", |c| c.argmax = vec![0.5]),
    ];
    for (what, change) in changes {
        let mut stated = Certificate::from(proved.clone());
        (stated.rms.1, stated.upper, stated.evaluated) =
            (stated.rms.1 * 1.1, stated.upper * 1.1, stated.evaluated * 1.1);
        assert!(verify(&target, &network, &stated).is_ok());
        change(&mut stated);
        assert!(verify(&target, &network, &stated).unwrap_err().contains(what), "{what}");
    }
}

/// Domains of a few numbers, whose middle is an end, end.
#[test]
fn domains_of_few_numbers_end() {
    for (lo, hi) in [(1e300, 1e300f64.next_up()), (1.0, 1.0f64.next_up()), (0.0, 5e-324), (-5e-324, 5e-324)] {
        for activation in Activation::ALL {
            let first = layer(activation, &[0], &[(0, 0, 1.0), (1, 0, 3.0)], &[-lo, -3.0 * hi]);
            let last = layer(Activation::Identity, &[1, 2], &[(0, 0, 1.0), (0, 1, -1.0)], &[0.0]);
            let network = network(&[("x", lo, hi)], vec![first, last]);
            let target = expr("0.5+abs(x)*0", &network);
            let _ends = certify(&target, &network, 1e-3);
        }
    }
}

/// Where a sum may overflow to both sides it is no number, and a step makes none of it: nothing is said of the evaluator.
#[test]
fn a_jump_of_a_sum_that_is_no_number_is_not_covered() {
    let first = layer(Activation::Tanh, &[0, 1], &[(0, 0, 1.0), (1, 1, 1.0)], &[0.0, 0.0]);
    let large = layer(Activation::Identity, &[2, 3], &[(0, 0, 1e300), (1, 1, 1e300)], &[0.0, 0.0]);
    let step = layer(Activation::Heaviside, &[4, 5], &[(0, 0, 1e300), (0, 1, -1e300)], &[0.0]);
    let last = layer(Activation::Identity, &[6], &[(0, 0, 1.0)], &[0.0]);
    let network = network(&[("x", -10.0, 10.0), ("y", -10.0, 10.0)], vec![first, large, step, last]);
    assert!(Evaluator::new(&network).eval(&[5.0, 5.0]).is_nan());
    let proved = certify(&expr("0.5+0*x*y", &network), &network, f64::INFINITY).unwrap();
    assert_eq!(proved.evaluated, f64::INFINITY, "{proved:?}");
}

/// The same where a number that may overflow is read with weight 0.
#[test]
fn zero_times_what_may_overflow_is_no_number() {
    let first = layer(Activation::Tanh, &[0, 1], &[(0, 0, 1.0), (1, 1, 1.0)], &[0.0, 0.0]);
    let large = layer(Activation::Identity, &[2, 3], &[(0, 0, f64::MAX), (0, 1, f64::MAX)], &[0.0]);
    let last = layer(Activation::Identity, &[4, 2], &[(0, 0, 0.0), (0, 1, 1.0)], &[0.0]);
    let network = network(&[("x", -10.0, 10.0), ("y", -10.0, 10.0)], vec![first, large, last]);
    assert!(Evaluator::new(&network).eval(&[5.0, 5.0]).is_nan());
    let Ok(proved) = certify(&expr("tanh(x)+0*y", &network), &network, f64::INFINITY) else { return };
    assert_eq!(proved.evaluated, f64::INFINITY, "{proved:?}");
}

/// A constant behind an output neuron rounds in the network's own precision.
#[test]
fn constants_round_in_their_precision() {
    for activation in [Activation::Gompertz, Activation::Tanh, Activation::Erf, Activation::Arctan] {
        let network = network(&[("x", 0.0, 1.0)], vec![layer(activation, &[], &[], &[0.25])]);
        let network = network.changed(|parts| parts.precision = Precision::F32).unwrap();
        let proved = certify(&expr("0*x", &network), &network, f64::INFINITY).unwrap();
        let seen = Evaluator::new(&network).eval(&[0.5]);
        assert!(seen <= proved.evaluated && proved.evaluated > proved.upper * (1.0 + 1e-8), "{seen} {proved:?}");
    }
}
