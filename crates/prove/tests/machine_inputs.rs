//! Steps at jumps of the target: the bound over all reals is the jump, and what runs is exact.

#![allow(clippy::unwrap_used)] // a test

use bumpnet_compiler::compile;
use bumpnet_interval::{Interval, Wide};
use bumpnet_ir::{Certificate, Expr, Network, Parts, Values};
use bumpnet_prove::{certify, verify};
use bumpnet_runner::Evaluator;

fn built(target: &str, domain: &str, network: &str) -> (Expr, Network, Certificate) {
    let text = format!("version: 1\ntarget: {target}\ndomain: {{x: {domain}}}\nnetworks: {{n: {{{network}}}}}\n");
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "t").unwrap_or_else(|p| panic!("{target}: {p:?}"));
    let compiled = compile(&spec, &spec.networks[0]).unwrap_or_else(|problem| panic!("{target}: {problem:?}"));
    let certificate = compiled.network.certificate.clone().unwrap();
    (spec.target, compiled.network, certificate)
}

/// The largest error at the numbers around all steps, the evaluator's own.
fn around_steps(target: &Expr, network: &Network) -> f64 {
    let evaluator = Evaluator::new(network);
    let input = &network.inputs[0];
    let (steps, _) = evaluator.steps().unwrap();
    let precision = network.precision;
    let near = |x: &f64| {
        let first = (0..4).fold(precision.round(*x), |x, _| precision.next_down(x));
        std::iter::successors(Some(first), |x| Some(precision.next_up(*x))).take(9).collect::<Vec<f64>>()
    };
    let ends = [precision.round_up(input.lo), -precision.round_up(-input.hi)];
    let points = steps.iter().flat_map(near).chain(ends);
    let inside = points.filter(|x| (input.lo..=input.hi).contains(x));
    // In more digits than binary64 has, which rounds 10 times the number below 7/10 to 7.
    let exact = |x: f64| target.eval::<Wide>(&[Wide::point(x)]).interval();
    inside.map(|x| (Interval::point(evaluator.eval(&[x])) - exact(x)).mignitude()).fold(0.0, f64::max)
}

/// Staircases, quantisers and definitions by pieces, whose jumps are no numbers of binary64 for the most part.
#[test]
fn staircases_are_met_exactly_by_what_runs() {
    for (target, domain, network, jump) in [
        (
            "floor(10*x)/10",
            "[0, 0.95]",
            "method: bumps, activation: heaviside, placement: {given: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]}",
            0.1,
        ),
        (
            "floor(7*x)",
            "[0, 0.999]",
            "method: bumps, activation: heaviside, placement: {given: [0, 0.14285714285714285, 0.2857142857142857, 0.42857142857142855, 0.5714285714285714, 0.7142857142857143, 0.8571428571428571, 0.999]}",
            1.0,
        ),
        ("if(x < 0.7, 1, 3)", "[0, 1]", "method: bumps, activation: heaviside, placement: {given: [0, 0.7, 1]}", 2.0),
        (
            "ceil(10*x)",
            "[0.05, 0.95]",
            "method: bumps, activation: heaviside, heights: midrange, placement: {given: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]}",
            1.0,
        ),
        (
            "step(x-1/3)",
            "[0, 1]",
            "method: bumps, activation: heaviside, placement: {given: [0, 0.3333333333333333, 1]}",
            1.0,
        ),
    ] {
        let (target, network, proved) = built(&format!("\"{target}\""), domain, network);
        assert!(proved.evaluated <= 1e-14, "{target}: evaluated {:e}", proved.evaluated);
        assert!(proved.upper <= jump + 1e-12, "{target}: {:e}", proved.upper);
        let seen = around_steps(&target, &network);
        assert!(seen <= proved.evaluated, "{target}: {seen:e}");
        verify(&target, &network, &proved).unwrap();
        // One number to the side, and what runs is off by the jump there.
        let steps = &network.layers[0];
        let moved = Values::new((0..steps.rows).map(|k| steps.bias.get(k).next_down()).collect());
        let beside = network.changed(|parts| parts.layers[0].bias = moved).unwrap();
        let other = certify(&target, &beside, f64::INFINITY).unwrap();
        assert!(other.evaluated >= 0.99 * jump, "{target}: {:e}", other.evaluated);
        assert!(around_steps(&target, &beside) <= other.evaluated, "{target}");
    }
}

/// Between jumps the target may do what it likes: its error there counts.
#[test]
fn pieces_count_between_jumps() {
    let edges = "method: bumps, activation: heaviside, placement: {given: [0, 0.3, 0.6, 1]}";
    let (target, network, proved) = built("\"if(x < 0.3, x, if(x < 0.6, 2-x, x+5))\"", "[0, 1]", edges);
    let seen = around_steps(&target, &network);
    // The widest cell is 0.4, and its height is that of its middle.
    assert!(
        0.2 - 1e-12 <= seen && seen <= proved.evaluated && proved.evaluated <= 0.2 * 1.011,
        "{:e}",
        proved.evaluated
    );
    assert!(proved.upper >= 4.0, "over all reals it is the jump");
    verify(&target, &network, &proved).unwrap();
}

/// The same network with each step taken up to the last number before the place from which it was.
fn falling(network: &Network) -> Network {
    let precision = network.precision;
    let (hidden, output) = (&network.layers[0], &network.layers[1]);
    let last_before = |k: usize| precision.next_down(-hidden.bias.get(k));
    let heights = output.weights.value.as_slice();
    let base = output.bias.get(0) + heights.iter().sum::<f64>();
    let fall = |parts: &mut Parts| {
        parts.layers[0].weights.value = Values::new(vec![-1.0; hidden.rows]);
        parts.layers[0].bias = Values::new((0..hidden.rows).map(last_before).collect());
        parts.layers[1].weights.value = Values::new(heights.iter().map(|h| -h).collect());
        parts.layers[1].bias = Values::new(vec![precision.round(base)]);
    };
    network.changed(fall).unwrap()
}

/// In either precision, by steps and by pairs of them, with steep weights, and falling.
#[test]
fn other_networks_meet_jumps_too() {
    let given = "{given: [0, 0.1, 0.3, 0.7, 1]}";
    for (target, network, tiny) in [
        ("step(x-0.1)+2*step(x-0.3)-3*step(x-0.7)", "layout: pairs", 1e-14),
        ("step(x-0.1)+2*step(x-0.3)-3*step(x-0.7)", "layout: pairs, precision: f32", 1e-5),
        ("if(x < 0.1, 1, if(x <= 0.3, 3, if(x < 0.7, -1, 2)))", "precision: f32", 1e-5),
        ("if(x < 0.1, 1, if(x <= 0.3, 3, if(x < 0.7, -1, 2)))", "precision: f32, heights: midrange", 1e-5),
        ("if(x < 0.1, 1, if(x <= 0.3, 3, if(x < 0.7, -1, 2)))", "steepness: 8", 1e-14),
        ("if(x < 0.1, 1, if(x <= 0.3, 3, if(x < 0.7, -1, 2)))", "heights: midrange", 1e-14),
    ] {
        let spec = format!("method: bumps, activation: heaviside, placement: {given}, {network}");
        let (expr, built, proved) = built(&format!("\"{target}\""), "[0, 1]", &spec);
        assert!(proved.evaluated <= tiny, "{target}, {network}: evaluated {:e}", proved.evaluated);
        assert!(around_steps(&expr, &built) <= proved.evaluated, "{target}, {network}");
        verify(&expr, &built, &proved).unwrap();
        if built.layers[0].rows == 3 && !network.contains("steepness") {
            let fallen = falling(&built);
            let proved = certify(&expr, &fallen, f64::INFINITY).unwrap();
            assert!(proved.evaluated <= tiny, "{target}, {network}, falling: {:e}", proved.evaluated);
            assert!(around_steps(&expr, &fallen) <= proved.evaluated, "{target}, {network}, falling");
        }
    }
    for (precision, tiny) in [("f64", 1e-14), ("f32", 1e-5)] {
        let optimal = format!(
            "method: bumps, activation: heaviside, placement: optimal, max_error: 1e-3, precision: {precision}"
        );
        let (expr, built, proved) = built("\"floor(7*x)-step(x-1/pi)\"", "[0, 0.99]", &optimal);
        assert!(proved.evaluated <= tiny && built.layers[0].rows == 7, "{precision}: {:e}", proved.evaluated);
        assert!(around_steps(&expr, &built) <= proved.evaluated, "{precision}");
    }
}

/// Sums of whole numbers do not round, in either precision, so that nothing is added for it.
#[test]
fn whole_heights_have_no_rounding() {
    let edges = "[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]";
    for (target, more, error) in [
        ("floor(10*x)", "", 0.0),
        ("floor(10*x)", ", precision: f32", 0.0),
        ("floor(10*x)", ", heights: {given: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}", 1.0),
        ("floor(10*x)/8+1000", ", precision: f32", 0.0),
        ("floor(10*x)/1024+1000000", ", precision: f32", 0.5),
        ("floor(10*x)/10", "", 1e-15),
    ] {
        let spec = format!("method: bumps, activation: heaviside, placement: {{given: {edges}}}{more}");
        let (expr, network, proved) = built(&format!("\"{target}\""), "[0, 0.95]", &spec);
        let seen = around_steps(&expr, &network);
        assert!(seen <= proved.evaluated, "{target}{more}: {seen:e} {:e}", proved.evaluated);
        match error == 0.0 || error == 1.0 {
            true => assert_eq!(proved.evaluated, error, "{target}{more}"),
            false => assert!(0.0 < proved.evaluated && proved.evaluated <= error, "{target}: {:e}", proved.evaluated),
        }
        verify(&expr, &network, &proved).unwrap();
    }
}
