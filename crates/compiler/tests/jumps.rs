//! Targets of several inputs that jump: met where the jump is across an axis, and named in seconds where it is not.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

use bumpnet_compiler::compile;
use bumpnet_interval::Wide;
use bumpnet_ir::{Network, Spec};

fn spec(target: &str, domain: &str, network: &str) -> Spec {
    let source =
        format!("version: 1\nname: t\ntarget: {target}\ndomain: {{{domain}}}\nnetworks:\n  n: {{{network}}}\n");
    bumpnet_parser::parse_spec(source.as_bytes(), "t").unwrap()
}

/// The largest error at numbers on and beside the steps.
fn beside_steps(spec: &Spec, network: &Network) -> f64 {
    let numbers = |axis: usize| -> Vec<f64> {
        let input = &spec.domain[axis];
        let first = &network.layers[0];
        let steps = first.weights.entries().filter(|(_, col, _)| *col == axis).map(|(row, _, _)| -first.bias.get(row));
        let around = |x: f64| [x.next_down().next_down(), x.next_down(), x, x.next_up(), x.next_up().next_up()];
        let numbers = steps.flat_map(around).chain([input.lo, 0.3 * input.lo + 0.7 * input.hi, input.hi]);
        numbers.map(|x| network.precision.round(x)).filter(|x| (input.lo..=input.hi).contains(x)).collect()
    };
    let mut largest = 0.0f64;
    for x in numbers(0) {
        for y in numbers(1) {
            let value = bumpnet_prove::value_at::<f64>(network, &[x, y]);
            let target = spec.target.eval(&[Wide::point(x), Wide::point(y)]).interval().midpoint();
            largest = largest.max((value - target).abs());
        }
    }
    largest
}

#[test]
fn jumps_across_an_axis_are_met() {
    let (square, adaptive) = ("x: [-1, 1], y: [-1, 1]", "method: towers, activation: heaviside, placement: adaptive");
    for (target, domain, network, eps, most) in [
        ("if(x<0, 0, 1)", square, adaptive, 1e-9, 2),
        ("if(x<0, 0, 1)", square, "method: towers, activation: heaviside", 1e-9, 2),
        ("if(x<0, 0, 1)", square, "method: auto", 1e-9, 2),
        ("if(x<=0.7, 0, 1)*y", square, "method: auto", 5e-2, 64),
        ("if(x<0.7, 0, 1)+step(y-0.1)", square, "precision: f32", 1e-6, 4),
        ("if(x<0.7, 0, 1)", square, "method: towers, activation: heaviside, precision: f32", 1e-6, 2),
        ("if(x<0.3, 0, if(y<0.9, 0, 1))", square, "method: auto", 1e-9, 3),
        ("floor(x)+floor(y)", "x: [-1.5, 2.5], y: [-1, 2]", "method: auto", 1e-9, 14),
        ("sign(x)*y", square, "method: auto", 1e-2, 600),
        ("floor(50*x)+floor(50*y)", "x: [0, 1], y: [0, 1]", "method: auto", 1e-9, 200),
    ] {
        let spec = spec(target, domain, &format!("{network}, max_error: {eps:?}"));
        let built = compile(&spec, &spec.networks[0]).unwrap_or_else(|problem| panic!("{target}: {}", problem.message));
        let (neurons, bound) = (built.network.neurons(), built.bound());
        assert!(built.missed.is_none() && neurons <= most && bound <= eps, "{target}: {neurons}, {:?}", built.missed);
        let seen = beside_steps(&spec, &built.network);
        assert!(seen <= bound + 1e-12, "{target}, {network}: {seen} above {bound}");
        let certificate = built.network.certificate.as_ref().unwrap();
        bumpnet_prove::verify(&spec.target, &built.network, certificate).unwrap();
        let cover = bumpnet_prove::cover(&spec.target, &built.network, certificate).unwrap();
        assert!(bumpnet_prove::verify_by(&cover, &spec.target, &built.network, certificate).is_some(), "{target}");
    }
}

#[test]
fn other_jumps_are_named() {
    let adaptive = "method: towers, activation: heaviside, placement: adaptive";
    for target in ["if(x^2+y^2<1, 1, 0)", "if(x<y, x, y+1)", "step(x+y-0.3)"] {
        for network in ["method: auto", adaptive, "method: low-rank", "method: ridge", "method: towers, form: solved"] {
            let spec = spec(target, "x: [-1, 1], y: [-1, 1]", &format!("{network}, max_error: 1e-2"));
            let problem = compile(&spec, &spec.networks[0]).unwrap_err();
            assert!(problem.message.starts_with("the target changes by 1.0000e0"), "{target}: {}", problem.message);
            assert!(problem.message.contains("is off by 5.0000e-1"), "{target}: {}", problem.message);
            assert!(problem.help.is_some_and(|help| help.contains("a max_error of 5.25e-1")), "{target}");
        }
        // What it says to do.
        let spec = spec(target, "x: [-1, 1], y: [-1, 1]", &format!("{adaptive}, max_error: 5.25e-1"));
        let met = compile(&spec, &spec.networks[0]).is_ok_and(|built| built.missed.is_none());
        assert!(met || target.contains("y+1"), "{target}");
    }
    for network in ["method: low-rank", "method: ridge", "method: towers, form: solved"] {
        let spec = spec("if(x<0, 0, 1)", "x: [-1, 1], y: [-1, 1]", &format!("{network}, max_error: 1e-2"));
        let problem = compile(&spec, &spec.networks[0]).unwrap_err();
        assert!(problem.help.is_some_and(|help| help.contains("placement: adaptive")), "{network}");
    }
}
