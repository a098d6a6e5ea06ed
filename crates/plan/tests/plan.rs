//! Plans against the exact network in double-double arithmetic, at random points and next to every edge; and the same bits
//! by every path.

use bumpnet_interval::{Interval, Wide};
use bumpnet_ir::{Activation, Input, Network, Outside, Parts, Precision};
use bumpnet_plan::{Accuracy, Plan, PlanOptions, SinglePlan, Unplannable, plan_with, single_plan};
use bumpnet_prove::units::Units;
use proptest::prelude::*;

const ARTICLE: &str = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";

/// A plan to the last bits.
fn plan(network: &Network) -> Result<Plan, Unplannable> {
    plan_with(network, PlanOptions { accuracy: Accuracy::Exact })
}

fn network(target: &str, domain: &str, parameters: &str) -> Network {
    let text = format!("version: 1\ntarget: {target}\ndomain: {{x: {domain}}}\nnetworks: {{n: {{{parameters}}}}}\n");
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "t").expect("the spec is right");
    bumpnet_compiler::compile(&spec, &spec.networks[0]).expect("it compiles").network
}

fn of_units(activation: Activation, units: &[(f64, f64, f64)], (lo, hi): (f64, f64), output: Activation) -> Network {
    let (w, b) = units.iter().map(|u| (u.0, u.1)).unzip();
    Network::new(Parts {
        name: "t/t".into(),
        target: "x".into(),
        inputs: vec![Input { name: "x".into(), lo, hi }],
        layers: Network::one_hidden_layer(activation, (w, b), units.iter().map(|u| u.2).collect(), 0.1, output),
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network")
}

/// Points of the domain: even ones, pseudorandom ones, and the numbers around every step and break.
fn points(network: &Network, count: usize) -> Vec<f64> {
    let (lo, hi) = (network.inputs[0].lo, network.inputs[0].hi);
    let mut xs: Vec<f64> = (0..=count).map(|k| lo + (hi - lo) * (k as f64 / count as f64)).collect();
    let mut state = 7u64;
    xs.extend((0..count).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lo + (hi - lo) * ((state >> 11) as f64 / (1u64 << 53) as f64)
    }));
    let units = Units::new(network).expect("one hidden layer");
    for unit in units.list.iter().step_by(units.list.len() / 200 + 1) {
        for z in [-6.0, -1.0, 0.0, 1.0, 6.0] {
            let at = (z - unit.bias()) / unit.weight();
            xs.extend([at.next_down().next_down(), at.next_down(), at, at.next_up(), at.next_up().next_up()]);
        }
    }
    xs.extend([lo, lo.next_up(), hi.next_down(), hi]);
    xs.retain(|x| (lo..=hi).contains(x));
    xs
}

/// Holds a plan to its bound at points; returns the largest difference found.
fn hold(network: &Network, plan: &Plan, count: usize) -> f64 {
    let units = Units::new(network).expect("one hidden layer");
    let bound = plan.bound().get();
    let mut largest = 0.0f64;
    for x in points(network, count) {
        let exact: Interval = network.output().apply(&units.value_at::<Wide>(x).interval());
        let value = plan.eval(x);
        let off = (exact.lo() - value).max(value - exact.hi());
        assert!(off <= bound, "{} at {x:?}: {value} is {off:e} from {exact:?}, bound {bound:e}", network.name);
        largest = largest.max(off);
    }
    largest
}

/// Every path gives the same bits, also for points outside and NaN.
fn same_bits(network: &Network, plan: &Plan) {
    let (lo, hi) = (network.inputs[0].lo, network.inputs[0].hi);
    let mut xs = points(network, 300);
    for (k, x) in [f64::NAN, lo - 1.0, hi + 1.0, f64::INFINITY, f64::NEG_INFINITY, -0.0].into_iter().enumerate() {
        xs.insert(17 * (k + 1), x);
    }
    for from in 0..5 {
        let xs = &xs[from..];
        let (mut quick, mut each) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
        plan.eval_into(xs, &mut quick);
        plan.eval_each(xs, &mut each);
        for ((x, quick), each) in xs.iter().zip(&quick).zip(&each) {
            assert_eq!((quick.to_bits(), each.to_bits()), (plan.eval(*x).to_bits(), plan.eval(*x).to_bits()), "at {x}");
            assert!(!x.is_nan() || quick.is_nan());
        }
    }
}

/// Every method and activation. The difference is at most `ulps` of the network's magnitude.
#[test]
fn plans_are_the_network_to_the_last_bits() {
    let kink = "abs(x-0.3)+0.1*sin(9*x)";
    let cases = [
        (ARTICLE, "[0, 1]", "method: bumps, activation: heaviside, resolution: 1", 1.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: heaviside, resolution: 777", 1.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: heaviside, steepness: 3.7, resolution: 50", 1.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: heaviside, resolution: 20, output: logistic", 6.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: heaviside, placement: optimal, max_error: 1e-3", 1.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: ramp, resolution: 100", 8.0),
        (ARTICLE, "[-1, 2]", "method: bumps, activation: ramp, placement: optimal, max_error: 1e-3", 16.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: smoothstep, resolution: 30", 4.0),
        (
            ARTICLE,
            "[0, 1]",
            "method: bumps, activation: clipped-logistic, steepness: 500, resolution: 5, output: logistic",
            8.0,
        ),
        (ARTICLE, "[0, 1]", "method: bumps, activation: clipped-logistic, steepness: 5e4, resolution: 20", 4.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: logistic, resolution: 40", 4.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: logistic, steepness: 5e3, resolution: 40", 4.0),
        (ARTICLE, "[-2, 1]", "method: bumps, activation: logistic, steepness: 8e4, resolution: 700", 4.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: tanh, steepness: 1e4, resolution: 30", 4.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: erf, steepness: 1e4, resolution: 30, layout: pairs", 8.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: gompertz, steepness: 1e4, resolution: 30", 4.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: gompertz, resolution: 10", 4.0),
        (ARTICLE, "[0, 1]", "method: bumps, activation: arctan, resolution: 10", 4.0),
        (ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-12", 4.0),
        (ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-6, activation: tanh", 4.0),
        (ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-3, precision: f32", 4.0),
        (kink, "[-1, 1]", "method: graded, max_error: 1e-6", 4.0),
        ("sqrt(x)*sin(15*x)", "[0, 1]", "method: graded, max_error: 1e-6", 4.0),
        ("1e6*sin(x)", "[1000, 1010]", "method: smooth, max_error: 1e-3", 4.0),
        ("1e-9*exp(x)", "[-1e-3, 2e-3]", "method: smooth, max_error: 1e-18", 4.0),
        (ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-9, output: logistic", 8.0),
        ("0.5+0.49*sin(3*x)", "[-3, 3]", "method: smooth, max_error: 1e-9, output: logistic", 8.0),
        ("2.5", "[0, 1]", "method: bumps, activation: heaviside, resolution: 3", 1.0),
    ];
    for (target, domain, parameters, ulps) in cases {
        let network = network(target, domain, parameters);
        let plan = plan(&network).expect("one hidden layer");
        assert_eq!(plan.summed(), 0, "{parameters}");
        hold(&network, &plan, 500);
        same_bits(&network, &plan);
        let scale = points(&network, 200).iter().map(|x| plan.eval(*x).abs()).fold(0.0, f64::max);
        let bound = plan.bound().get();
        assert!(bound <= ulps * f64::EPSILON * scale, "{parameters}: {bound:e} for {scale}");
    }
}

/// Steep steps share a table of their activation, equally spaced or not; flat ones, few, or of different weights do not.
#[test]
fn steep_steps_share_a_table() {
    let steep = |parameters: &str| {
        let network = network(ARTICLE, "[0, 1]", &format!("method: bumps, {parameters}"));
        let plan = plan(&network).expect("one hidden layer");
        hold(&network, &plan, 500);
        same_bits(&network, &plan);
        (plan.shared().is_some(), plan.index())
    };
    for activation in ["logistic", "tanh", "erf", "gompertz"] {
        let at = |rest: &str| steep(&format!("activation: {activation}, {rest}"));
        assert_eq!(at("steepness: 2e4, resolution: 100"), (true, "uniform"), "{activation}");
        assert_eq!(at("steepness: 2e4, resolution: 100, layout: pairs"), (true, "uniform"), "{activation}");
        assert_eq!(at("steepness: 1e5, placement: optimal, resolution: 30"), (true, "bucketed"), "{activation}");
    }
    assert!(!steep("activation: logistic, steepness: 500, resolution: 20").0);
    assert!(!steep("activation: ramp, steepness: 2e4, resolution: 100").0);
    // Weights that differ, steps outside the domain, and a step on its end.
    let units =
        |w: f64| (0..50).map(|k| (if k == 7 { w } else { 1e4 }, -1e4 * (f64::from(k) * 0.05 - 0.5), 0.3)).collect();
    for (w, shared) in [(1e4, true), (2e4, false)] {
        let units: Vec<(f64, f64, f64)> = units(w);
        let network = of_units(Activation::Logistic, &units, (0.0, 1.0), Activation::Identity);
        let plan = plan(&network).expect("one hidden layer");
        hold(&network, &plan, 500);
        same_bits(&network, &plan);
        assert_eq!(plan.shared().is_some(), shared, "{w}");
    }
}

/// Upright in its middle: no polynomial is found next to a break, and there the sum is evaluated.
#[test]
fn what_no_polynomial_reaches_is_summed() {
    let network = network(ARTICLE, "[0, 1]", "method: bumps, activation: ogee, resolution: 5");
    let plan = plan(&network).expect("one hidden layer");
    assert!(plan.summed() > 0 && plan.summed() < plan.pieces(), "{} of {}", plan.summed(), plan.pieces());
    hold(&network, &plan, 500);
    same_bits(&network, &plan);
}

#[test]
fn a_tolerance_makes_plans_smaller() {
    let network = network(ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-9");
    let tight = plan(&network).expect("one hidden layer");
    for tolerance in [1e-12, 1e-9, 1e-6] {
        let loose =
            plan_with(&network, PlanOptions { accuracy: Accuracy::Within(tolerance) }).expect("one hidden layer");
        let (bound, bytes) = (loose.bound().get(), loose.bytes());
        assert!(bound <= tolerance && bytes <= tight.bytes(), "{tolerance}: {bound:e}, {bytes} bytes");
        assert!(tolerance < 1e-10 || bytes * 2 <= tight.bytes(), "{tolerance}: {bytes} of {} bytes", tight.bytes());
        assert!(hold(&network, &loose, 500) > 1e-3 * tolerance);
    }
}

#[test]
fn outside_is_what_the_network_says() {
    let network = network(ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-6");
    for (outside, at) in [(Outside::Extend, None), (Outside::Clamp, Some(1.0)), (Outside::Nan, Some(f64::NAN))] {
        let network = network.changed(|parts| parts.outside = outside).unwrap();
        let plan = plan(&network).expect("one hidden layer");
        let expected = match at {
            None => Units::new(&network).unwrap().value_at::<Wide>(1.5).interval().midpoint(),
            Some(x) => plan.eval(x),
        };
        let value = plan.eval(1.5);
        assert!((value - expected).abs() < 1e-9 || value.is_nan() && expected.is_nan(), "{outside:?}: {value}");
        same_bits(&network, &plan);
    }
}

/// Few units and points, for Miri, which watches every load: constants, polynomials, and steps that share a table.
#[test]
fn four_points_at_a_time() {
    let equal: Vec<(f64, f64, f64)> = (0..8).map(|k| (900.0, 112.5 * (4.0 - f64::from(k)), 0.25)).collect();
    for (activation, units) in [
        (Activation::Heaviside, &equal[..]),
        (Activation::Ramp, &equal[..3]),
        (Activation::Smoothstep, &equal[..2]),
        (Activation::Logistic, &[(1.0, 0.25, 1.0)]),
        (Activation::Logistic, &equal[..]),
    ] {
        if cfg!(miri) && activation == Activation::Logistic {
            continue; // their models take Miri too long
        }
        let network = of_units(activation, units, (-1.0, 1.0), Activation::Identity);
        let plan = plan(&network).expect("one hidden layer");
        let mut xs: Vec<f64> = (0..24).map(|k| f64::from(k) / 11.5 - 1.0).collect();
        xs.extend([-1.0, 1.0, 0.125, f64::NAN, 2.0, 0.0, -0.0, 0.5]);
        let (mut quick, mut each) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
        plan.eval_into(&xs, &mut quick);
        plan.eval_each(&xs, &mut each);
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&quick), bits(&each), "{activation:?}");
    }
}

#[test]
fn what_cannot_be_planned() {
    let far = of_units(Activation::Logistic, &[(1.0, 0.0, 1.0)], (-1e300, 1e300), Activation::Identity);
    assert!(plan(&far).unwrap_err().to_string().contains("too wide"));
    let one = of_units(Activation::Logistic, &[(1.0, 0.0, 1.0)], (0.0, 1.0), Activation::Identity);
    let deep = one.changed(|parts| parts.layers.insert(1, one.layers[0].clone())).unwrap();
    assert!(plan(&deep).unwrap_err().to_string().contains("hidden layers"));
}

/// Middles and halves of domains: a point's place in the index of pieces is rounded differently on each.
const DOMAINS: [(f64, f64); 6] = [(0.0, 1.0), (0.3, 0.7), (1e6, 3.0), (-7.0, 1e-9), (0.0, 1e-100), (1e5, 1e8)];

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    /// Any networks: weights of both signs, flat and steep, equal units, steps outside the domain and on its ends.
    #[test]
    fn random_networks(
        kind in 0usize..10,
        units in prop::collection::vec((-60.0f64..60.0, -1.2f64..1.2, -2.0f64..2.0), 1..20),
        output in prop::bool::ANY,
        part in prop::sample::select(vec![1e-12, 1e-9, 1e-6, 1e-3]),
        (middle, half) in prop::sample::select(DOMAINS.to_vec()),
    ) {
        let activation = Activation::ALL[kind];
        let mut list: Vec<(f64, f64, f64)> = Vec::new();
        for (k, (w, position, alpha)) in units.iter().enumerate() {
            let w = match k % 5 { 0 => w * 100.0, 1 => 1.0, 4 => 0.0, _ => *w };
            let position = if k % 7 == 3 { position.signum() } else { *position };
            list.push((w / half, -w * (middle / half + position), *alpha));
        }
        list.push(list[0]);
        let output = if output { Activation::Logistic } else { Activation::Identity };
        let network = of_units(activation, &list, (middle - half, middle + half), output);
        // A narrow domain far from zero has too few numbers for a plan.
        let Ok(plan) = plan(&network) else {
            assert_ne!((middle, half), DOMAINS[0]);
            return Ok(());
        };
        hold(&network, &plan, 200);
        same_bits(&network, &plan);
        let size = points(&network, 50).iter().map(|x| plan.eval(*x).abs()).fold(0.0, f64::max);
        let options = PlanOptions { accuracy: Accuracy::Within(part * size) };
        let plan = plan_with(&network, options).expect("there is an exact one");
        hold(&network, &plan, 100);
        same_bits(&network, &plan);
        if let Ok(plan) = single_plan(&network, options) {
            hold_single(&network, &plan, 100);
        }
    }
}

/// A model of a few numbers, between two edges of a step: parts of it without a number made pieces without an edge.
#[test]
fn narrow_models_far_from_zero() {
    let (w, middle) = (1461.0764794682404, 1e6);
    let units = [(w, -w * (middle + 1.3014482428821242), 2.8633084863436034)];
    let network = of_units(Activation::Ogee, &units, (middle - 3.0, middle + 3.0), Activation::Logistic);
    let plan = plan(&network).expect("one hidden layer");
    hold(&network, &plan, 2000);
}

/// Holds a plan in binary32 to its bound at binary32 numbers of the domain, and to the same bits by every path.
fn hold_single(network: &Network, plan: &SinglePlan, count: usize) -> f64 {
    let units = Units::new(network).expect("one hidden layer");
    let bound = plan.bound().get();
    let (lo, hi) = (network.inputs[0].lo, network.inputs[0].hi);
    let mut xs: Vec<f32> = points(network, count).iter().map(|x| *x as f32).collect();
    xs.extend([f32::NAN, lo as f32 - 1.0, hi as f32 + 1.0, f32::INFINITY, f32::NEG_INFINITY, -0.0]);
    let mut largest = 0.0f64;
    let (mut quick, mut each) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
    plan.eval_into(&xs, &mut quick);
    plan.eval_each(&xs, &mut each);
    for ((x, quick), each) in xs.iter().zip(quick).zip(each) {
        assert_eq!(quick.to_bits(), each.to_bits(), "at {x}");
        assert!(!x.is_nan() || quick.is_nan());
        let (x, value) = (f64::from(*x), f64::from(quick));
        if (lo..=hi).contains(&x) {
            let exact: Interval = network.output().apply(&units.value_at::<Wide>(x).interval());
            let off = (exact.lo() - value).max(value - exact.hi());
            assert!(off <= bound, "{} at {x:?}: {value} is {off:e} from {exact:?}, bound {bound:e}", network.name);
            largest = largest.max(off);
        }
    }
    largest
}

#[test]
fn binary32_has_its_own_bound() {
    let cases = [
        (ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-3, precision: f32"),
        (ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-3"),
        (ARTICLE, "[0, 1]", "method: smooth, max_error: 1e-9"),
        (ARTICLE, "[0, 1]", "method: bumps, activation: logistic, resolution: 40"),
        ("0.5+0.49*sin(3*x)", "[-3, 3]", "method: smooth, max_error: 1e-4, output: logistic"),
        ("1e6*sin(x)", "[1000, 1010]", "method: smooth, max_error: 1e3"),
        ("exp(-x)", "[-1, 20]", "method: smooth, max_error: 1e-2"),
    ];
    for (target, domain, parameters) in cases {
        let network = network(target, domain, parameters);
        for share in [1e-6, 0.01, 1.0] {
            let options = PlanOptions { accuracy: Accuracy::Share(share) };
            let plan = single_plan(&network, options).unwrap_or_else(|reason| panic!("{parameters}: {reason}"));
            let largest = hold_single(&network, &plan, 2000);
            let bound = plan.bound().get();
            assert!(largest > bound / 64.0, "{parameters}, {share}: {largest:e} of {bound:e}");
        }
    }
    let ramps = network(ARTICLE, "[0, 1]", "method: bumps, activation: ramp, resolution: 10");
    let reason = single_plan(&ramps, PlanOptions::default()).unwrap_err().to_string();
    assert!(reason.contains("breaks"), "{reason}");
}

/// A polygon whose last ramp ends with the domain has a last piece of a single number.
#[test]
fn a_piece_of_one_number_has_a_polynomial() {
    let target = "1/(1/298.15 + ln(x/10)/3950) - 273.15";
    let network = network(target, "[1, 32]", "method: bumps, activation: ramp, placement: optimal, max_error: 0.05");
    for accuracy in [Accuracy::Exact, Accuracy::Share(0.01), Accuracy::Share(1.0)] {
        let plan = plan_with(&network, PlanOptions { accuracy }).expect("one hidden layer");
        assert_eq!(plan.summed(), 0, "{accuracy:?}");
        hold(&network, &plan, 1000);
    }
    let parameters = "method: bumps, activation: clipped-logistic, resolution: 20";
    let network = self::network("sin(3*x)+0.3*x", "[-3, 1.7]", parameters);
    for share in [0.001, 0.01, 0.5, 0.9] {
        let plan = plan_with(&network, PlanOptions { accuracy: Accuracy::Share(share) }).expect("one hidden layer");
        assert_eq!((plan.summed(), plan.bound().is_finite()), (0, true), "{share}");
        hold(&network, &plan, 1000);
    }
}
