//! Tables over a box: within their bound of the exact network wherever one looks, by every path the same bits.

mod support;

use bumpnet_ir::{Activation, Input, Layer, Network, Outside, Parts, Precision, Values, Weights};
use bumpnet_plan::{Accuracy, GraphPlan, PlanOptions, graph_plan, graph_plan_with};
use support::{exact, network, next};

const SMOOTH: [Activation; 4] = [Activation::Logistic, Activation::Tanh, Activation::Erf, Activation::Arctan];

/// Points of the domain: random ones, and such whose coordinates are edges and middles of cells, or next to one.
fn points(network: &Network, cells: &[usize], count: usize, state: &mut u64) -> Vec<f64> {
    let mut points = Vec::new();
    for k in 0..count {
        for (input, cells) in network.inputs.iter().zip(cells) {
            let width = input.hi - input.lo;
            let part = if k % 3 == 0 {
                next(state)
            } else {
                (next(state) * 2.0 * (*cells as f64 + 0.5)).floor() / (2 * cells) as f64
            };
            let x = input.lo + width * part;
            let beside = (next(state) * 7.0) as i64 - 3;
            let x = (0..beside.abs()).fold(x, |x, _| if beside > 0 { x.next_up() } else { x.next_down() });
            points.push(x.clamp(input.lo, input.hi));
        }
    }
    points
}

/// Holds a plan to its bound, and every path through it to the same bits; the largest part of the bound that was found.
fn hold(network: &Network, plan: &GraphPlan, count: usize, state: &mut u64) -> f64 {
    let (inputs, bound) = (network.inputs.len(), plan.bound().get());
    let cells = plan.cells().unwrap_or(vec![1; inputs]);
    let points = points(network, &cells, count, state);
    let mut values = vec![0.0; count];
    plan.eval_into(&points, &mut values);
    let mut largest = 0.0f64;
    for (point, value) in points.chunks_exact(inputs).zip(&values) {
        let exact = exact(network, point);
        let off = (exact.lo() - value).max(value - exact.hi());
        assert!(off <= bound, "{} at {point:?}: {value} is {off:e} from {exact:?}, bound {bound:e}", network.name);
        assert_eq!(plan.eval(point).to_bits(), value.to_bits(), "{} at {point:?}", network.name);
        largest = largest.max(off / bound);
    }
    same_bits(network, plan, points);
    largest
}

/// The same bits one by one and in batches of any length, with points outside and NaN among them.
fn same_bits(network: &Network, plan: &GraphPlan, mut points: Vec<f64>) {
    let (inputs, first) = (network.inputs.len(), &network.inputs[0]);
    let strange = [f64::NAN, first.lo.next_down(), first.hi.next_up(), f64::INFINITY, f64::NEG_INFINITY, -0.0];
    for (k, x) in strange.into_iter().enumerate() {
        points[(13 * k + 3) * inputs + k % inputs] = x;
    }
    let count = points.len() / inputs;
    let mut each = vec![0.0; count];
    plan.eval_each(&points, &mut each);
    for length in [1, 2, 3, 4, 5, 7, 31, 32, 33, 63, 65, count] {
        let mut quick = vec![0.0; count];
        for (points, values) in points.chunks(length * inputs).zip(quick.chunks_mut(length)) {
            plan.eval_into(points, values);
        }
        for ((point, quick), each) in points.chunks_exact(inputs).zip(&quick).zip(&each) {
            assert_eq!(quick.to_bits(), each.to_bits(), "{} at {point:?}, by {length}", network.name);
            assert!(!point.iter().any(|x| x.is_nan()) || quick.is_nan(), "{} at {point:?}", network.name);
        }
    }
}

fn within(network: &Network, tolerance: f64) -> GraphPlan {
    let options = PlanOptions { accuracy: Accuracy::Within(tolerance) };
    graph_plan_with(network, options).unwrap_or_else(|problem| panic!("{}: {problem}", network.name))
}

/// A random network: units over combinations of the inputs, sums of them, units over those, a sum, and perhaps one more.
fn random_network(inputs: usize, domain: impl Fn(usize) -> (f64, f64), state: &mut u64) -> Network {
    let mut about = |size: f64| size * (2.0 * next(state) - 1.0);
    let activation = SMOOTH[(about(0.5) * 4.0 + 2.0) as usize % 4];
    let full = |rows: usize, columns: std::ops::Range<u32>, weights: Vec<f64>, bias: Vec<f64>, activation| {
        let count = columns.len() as u32;
        Layer {
            activation,
            rows,
            weights: Weights {
                row: (0..rows as u32 * count).map(|k| k / count).collect(),
                col: (0..rows as u32 * count).map(|k| k % count).collect(),
                value: Values::Each(weights),
            },
            inputs: columns.collect(),
            bias: Values::Each(bias),
        }
    };
    let (units, sums) = (4, 2);
    // Weights by the domain's widths, so that units change inside.
    let sides: Vec<(f64, f64)> = (0..inputs).map(domain).collect();
    let (mut weights, mut bias) = (Vec::new(), Vec::new());
    for _ in 0..units {
        let mut shift = about(2.0);
        for (lo, hi) in &sides {
            let weight = about(4.0) / (hi - lo);
            weights.push(weight);
            shift -= weight * (lo + (hi - lo) / 2.0);
        }
        bias.push(shift);
    }
    let n = inputs as u32;
    let (a, b) = (n + units as u32, n + units as u32 + sums as u32);
    let identity = Activation::Identity;
    let mut several = |count: usize, size: f64| (0..count).map(|_| about(size)).collect::<Vec<f64>>();
    let layers = vec![
        full(units, 0..n, weights, bias, activation),
        full(sums, n..a, several(sums * units, 2.0), several(sums, 0.5), identity),
        full(3, a..b, several(3 * sums, 2.0), several(3, 1.0), activation),
        full(
            1,
            b..b + 3,
            several(3, 1.0),
            several(1, 0.5),
            if several(1, 1.0)[0] > 0.5 { activation } else { identity },
        ),
    ];
    let input = |(k, (lo, hi)): (usize, &(f64, f64))| Input { name: format!("x{k}"), lo: *lo, hi: *hi };
    Network::new(Parts {
        name: "random".into(),
        target: "x0".into(),
        inputs: sides.iter().enumerate().map(input).collect(),
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network")
}

#[test]
fn random_networks_are_held_at_every_edge() {
    let mut state = 7u64;
    let (mut tables, mut tight) = (0, 0.0f64);
    for k in 0..16 {
        let inputs = 2 + usize::from(k % 4 == 3) + usize::from(k == 11);
        let network = random_network(inputs, |_| (-1.0, 1.5), &mut state);
        let plan = within(&network, [1e-3, 1e-5, 1e-8, 1e-4][k % 4]);
        tables += usize::from(plan.cells().is_some());
        tight = tight.max(hold(&network, &plan, 600, &mut state));
    }
    assert!(tables >= 12, "only {tables} tables");
    // A bound that no point comes near would hide an error of the proof.
    assert!(tight > 0.3, "{tight} of the bound");
}

/// Domains far from zero, narrow and wide, whose sides differ: the bound holds, be it a table's or a graph's.
#[test]
fn domains_of_any_size() {
    let sides = [
        (1e6, 1e6 + 1.0),
        (-1e-9, 3e-9),
        (0.0, 1e12),
        (1.0, 1.0 + 1e-13),
        (0.0, 1e-300),
        (-1e300, 1e300),
        (-3.0, -1.0),
    ];
    let mut state = 3u64;
    let mut tables = 0;
    for first in 0..sides.len() {
        for second in [first, (first + 3) % sides.len()] {
            let network = random_network(2, |k| sides[[first, second][k]], &mut state);
            let options = PlanOptions { accuracy: Accuracy::Within(1e-4) };
            if let Ok(plan) = graph_plan_with(&network, options) {
                tables += usize::from(plan.cells().is_some());
                hold(&network, &plan, 120, &mut state);
            }
        }
    }
    assert!(tables >= 4, "only {tables} tables");
}

/// What people write: one table by default, near enough to the network, and few bytes where little is asked for.
#[test]
fn usual_targets_are_tables() {
    let cases = [
        ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "method: composed, max_error: 1e-4"),
        ("exp(-x^2-2*y^2)", "x: [-1, 2], y: [0, 1]", "method: low-rank, max_error: 1e-3"),
        ("1/(1+x^2+y^2+z^2)", "x: [-1, 1], y: [-1, 1], z: [0, 1]", "method: low-rank, max_error: 1e-2"),
    ];
    let mut state = 11u64;
    for (target, domain, parameters) in cases {
        let network = network(target, domain, parameters);
        let upper = network.certificate.as_ref().expect("it is proved").upper;
        let plan = graph_plan(&network).expect("it has a plan");
        assert!(plan.cells().is_some(), "{target}: {} look-ups", plan.curves());
        assert!(plan.bound().get() <= 0.01 * upper && plan.bytes() < 1 << 21, "{target}: {:?}", plan.bound());
        assert!(hold(&network, &plan, 400, &mut state) > 0.05, "{target}");
        assert!(within(&network, upper).bytes() <= plan.bytes() / 2, "{target}");
        // The last bits are for graphs.
        let exact = graph_plan_with(&network, PlanOptions { accuracy: Accuracy::Exact }).expect("it has a plan");
        assert!(exact.cells().is_none() && exact.bound() < plan.bound(), "{target}");
    }
}

#[test]
fn outside_is_what_the_network_says() {
    let network = network("exp(x*y)", "x: [-1, 1], y: [0, 1]", "method: composed, max_error: 1e-3");
    let beyond = [([2.0, 0.5], [1.0, 0.5]), ([-1.5, -0.25], [-1.0, 0.0]), ([0.5, f64::INFINITY], [0.5, 1.0])];
    for outside in Outside::ALL {
        let network = network.changed(|parts| parts.outside = outside).unwrap();
        let plan = within(&network, 1e-3);
        assert!(plan.cells().is_some());
        for (point, nearest) in beyond {
            // One of several points, so that it is met four at a time.
            let mut values = [0.0; 5];
            plan.eval_into(&[[0.5, 0.5], point, nearest, [0.25, 1.0], point].concat(), &mut values);
            assert_eq!(values[1].to_bits(), values[4].to_bits(), "{point:?}");
            assert_eq!(values[2].to_bits(), plan.eval(&nearest).to_bits(), "{point:?}");
            match outside {
                Outside::Extend => assert_eq!(values[1], bumpnet_prove::value_at::<f64>(&network, &point)),
                Outside::Clamp => assert_eq!(values[1], values[2], "{point:?}"),
                Outside::Nan => assert!(values[1].is_nan(), "{point:?}"),
            }
        }
        assert!(plan.eval(&[f64::NAN, 0.5]).is_nan() && plan.eval(&[3.0, f64::NAN]).is_nan());
    }
}
