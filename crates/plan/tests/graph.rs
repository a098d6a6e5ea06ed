//! Plans of networks of several inputs: within their bound of the exact network, wherever one looks.

mod support;

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Input, Layer, Method, Network, Outside, Parts, Precision, Values, Weights};
use bumpnet_plan::{Accuracy, GraphPlan, PlanOptions, Unplannable, graph_plan_with, plan_with};
use support::{exact, network, next};

const EXACT: PlanOptions = PlanOptions { accuracy: Accuracy::Exact };

/// A plan to the last bits.
fn graph_plan(network: &Network) -> Result<GraphPlan, Unplannable> {
    graph_plan_with(network, EXACT)
}

/// The networks of a file of the corpus.
fn corpus(file: &str) -> Vec<Network> {
    let path = format!("{}/../../specs/several/{file}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read(path).expect("the corpus has it");
    let spec = bumpnet_parser::parse_spec(&text, file).expect("the spec is right");
    spec.networks.iter().map(|wanted| bumpnet_compiler::compile(&spec, wanted).expect("it compiles").network).collect()
}

/// Points of the domain: random ones, corners, ends, ends of the pieces of plans of an input, and their neighbours.
fn points(network: &Network, plan: &GraphPlan, count: usize) -> Vec<f64> {
    let inputs = &network.inputs;
    let mut state = 11u64;
    let mut random = |input: &Input| (input.lo + (input.hi - input.lo) * next(&mut state)).clamp(input.lo, input.hi);
    let mut points: Vec<f64> = (0..count).flat_map(|_| inputs.iter().map(&mut random).collect::<Vec<_>>()).collect();
    for corner in 0..1usize << inputs.len().min(6) {
        points.extend(inputs.iter().enumerate().map(|(k, i)| if corner >> (k % 6) & 1 == 0 { i.lo } else { i.hi }));
    }
    let edges = edges(network, plan);
    for (k, input) in inputs.iter().enumerate() {
        for x in edges.iter().filter(|x| input.lo <= **x && **x <= input.hi) {
            for x in [x.next_down(), *x, x.next_up()] {
                let mut point: Vec<f64> = inputs.iter().map(&mut random).collect();
                point[k] = x.clamp(input.lo, input.hi);
                points.extend(point);
            }
        }
    }
    points
}

/// Where plans pass from one piece to the next, for equal pieces where they should.
fn edges(network: &Network, plan: &GraphPlan) -> Vec<f64> {
    let mut edges: Vec<f64> = network.inputs.iter().flat_map(|input| [input.lo, input.hi, 0.0]).collect();
    for plan in plan.plans() {
        let layout = plan.layout();
        let found: Vec<f64> = match layout.pieces {
            bumpnet_plan::Pieces::Even { edges } | bumpnet_plan::Pieces::Edges { edges, .. } => edges.to_vec(),
            bumpnet_plan::Pieces::Buckets | bumpnet_plan::Pieces::Cells => {
                (0..=plan.pieces()).map(|k| layout.start + k as f64 / layout.scale).collect()
            }
        };
        edges.extend(found.iter().step_by(found.len() / 24 + 1));
    }
    edges.retain(|x| x.is_finite());
    edges
}

/// Holds a plan to its bound at points, and all paths through it to the same bits; the largest difference found.
fn hold(network: &Network, plan: &GraphPlan, count: usize) -> f64 {
    let inputs = network.inputs.len();
    let points = points(network, plan, count);
    let mut values = vec![0.0; points.len() / inputs];
    plan.eval_into(&points, &mut values);
    let mut largest = 0.0f64;
    for (k, (point, value)) in points.chunks_exact(inputs).zip(&values).enumerate() {
        let exact = exact(network, point);
        let off = (exact.lo() - value).max(value - exact.hi());
        let bound = plan.bound().get();
        assert!(off <= bound, "{} at {point:?}: {value} is {off:e} from {exact:?}, bound {bound:e}", network.name);
        largest = largest.max(off);
        if k % 7 == 0 {
            assert_eq!(plan.eval(point).to_bits(), value.to_bits(), "{} at {point:?}", network.name);
        }
    }
    same_bits(network, plan, points);
    largest
}

/// The same bits one by one and in blocks that begin anywhere, with points outside and NaN among them.
fn same_bits(network: &Network, plan: &GraphPlan, mut points: Vec<f64>) {
    let inputs = network.inputs.len();
    let (lo, hi) = (network.inputs[0].lo, network.inputs[0].hi);
    let strange = [f64::NAN, lo.next_down(), hi.next_up(), f64::INFINITY, f64::NEG_INFINITY, -0.0, lo - 1.0, hi + 1.0];
    for (k, x) in strange.into_iter().enumerate() {
        points[(41 * k + 3) * inputs + k % inputs] = x;
    }
    for from in 0..5 {
        let points = &points[from * inputs..];
        let (mut quick, mut each) = (vec![0.0; points.len() / inputs], vec![0.0; points.len() / inputs]);
        plan.eval_into(points, &mut quick);
        plan.eval_each(points, &mut each);
        for ((point, quick), each) in points.chunks_exact(inputs).zip(&quick).zip(&each) {
            assert_eq!(quick.to_bits(), each.to_bits(), "{} at {point:?}", network.name);
            assert!(!point.iter().any(|x| x.is_nan()) || quick.is_nan(), "{} at {point:?}", network.name);
        }
    }
}

/// The network's size: the largest value at some points.
fn size(network: &Network) -> f64 {
    let mut state = 5u64;
    let mut point = || network.inputs.iter().map(|i| i.lo + (i.hi - i.lo) * next(&mut state)).collect::<Vec<_>>();
    (0..64).map(|_| exact(network, &point()).magnitude().get()).fold(0.0, f64::max)
}

/// Every composed, low-rank and ridge network of the corpus, by file; the plan is better than `ulps` of its size.
fn hold_files(files: &[&str], ulps: f64) {
    for file in files {
        for network in corpus(file) {
            let plan = graph_plan(&network).unwrap_or_else(|problem| panic!("{}: {problem}", network.name));
            let (bound, size) = (plan.bound().get(), size(&network));
            assert!(bound <= ulps * f64::EPSILON * size, "{}: {bound:e} for {size}", network.name);
            assert_eq!(plan.summed(), 0, "{}", network.name);
            let largest = hold(&network, &plan, 400);
            assert!(largest > 0.0, "{}: nothing is off", network.name);
        }
    }
}

#[test]
fn composed_networks() {
    let files = [
        "bearing",
        "bell-ten",
        "black-scholes",
        "branin",
        "chain",
        "chroma",
        "franke",
        "hinge",
        "ideal-gas",
        "luma",
        "pendulum-energy",
        "robot-arm-x",
        "robot-elbow",
        "rosenbrock",
        "sines",
    ];
    hold_files(&files, 1e4);
}

#[test]
fn formulas_of_physics_and_test_functions() {
    let files = [
        "feynman-dipole-potential",
        "feynman-interference",
        "feynman-relativistic-mass",
        "feynman-velocity-addition",
        "genz-continuous",
        "genz-corner-peak",
        "genz-gaussian",
        "genz-oscillatory",
        "genz-product-peak",
    ];
    hold_files(&files, 1e4);
}

#[test]
fn low_rank_and_ridge_networks() {
    let files =
        ["low-rank-franke", "low-rank-product-sine", "low-rank-runge", "ridge-front", "ridge-gauss", "ridge-trig"];
    hold_files(&files, 1e5);
}

/// The files above are all there are whose networks are neither towers nor superpositions.
#[test]
fn the_corpus_is_held_completely() {
    let source = include_str!("graph.rs");
    let folder = format!("{}/../../specs/several", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("names are plain").to_owned();
        let text = std::fs::read(&path).expect("it can be read");
        let spec = bumpnet_parser::parse_spec(&text, &name).expect("the spec is right");
        let flat = |method: &Method| matches!(method, Method::Towers(_) | Method::Superposition(_));
        if !spec.networks.iter().any(|network| flat(&network.method)) {
            assert!(source.contains(&format!("\"{name}\"")), "{name} is not held");
        }
    }
}

/// Where the plan is a hundred times nearer to the network than the direct sum in binary64.
#[test]
fn what_cancels_in_the_direct_sum_does_not_in_the_plan() {
    let network = network("x*y", "x: [-1, 1], y: [-1, 1]", "method: composed, max_error: 1e-8");
    let plan = graph_plan(&network).expect("it is composed");
    assert!(plan.bound().get() <= 8.0 * f64::EPSILON, "{:?}", plan.bound());
    let mut state = 3u64;
    let mut direct = 0.0f64;
    for _ in 0..200 {
        let point = [2.0 * next(&mut state) - 1.0, 2.0 * next(&mut state) - 1.0];
        let value = bumpnet_prove::value_at::<f64>(&network, &point);
        direct = direct.max((Interval::point(value) - exact(&network, &point)).mignitude());
    }
    assert!(direct > 100.0 * plan.bound().get(), "{direct:e} and {:?}", plan.bound());
}

#[test]
fn outside_is_what_the_network_says() {
    let network = network("exp(x*y)", "x: [-1, 1], y: [0, 1]", "method: composed, max_error: 1e-6");
    for outside in Outside::ALL {
        let network = network.changed(|parts| parts.outside = outside).unwrap();
        let plan = graph_plan(&network).expect("it is composed");
        for (point, nearest) in
            [([2.0, 0.5], [1.0, 0.5]), ([-1.5, -0.25], [-1.0, 0.0]), ([0.5, f64::INFINITY], [0.5, 1.0])]
        {
            let value = plan.eval(&point);
            match outside {
                Outside::Extend => {
                    assert_eq!(value.to_bits(), bumpnet_prove::value_at::<f64>(&network, &point).to_bits());
                }
                Outside::Clamp => assert_eq!(value.to_bits(), plan.eval(&nearest).to_bits(), "{point:?}"),
                Outside::Nan => assert!(value.is_nan(), "{point:?}"),
            }
        }
        assert!(plan.eval(&[f64::NAN, 0.5]).is_nan() && plan.eval(&[3.0, f64::NAN]).is_nan());
        hold(&network, &plan, 400);
    }
}

/// One input: the same bits as the plan of one input.
#[test]
fn one_input_is_one_plan() {
    let network = network("sin(9*x)", "x: [0, 1]", "method: smooth, max_error: 1e-9");
    let (graph, one) = (graph_plan(&network).expect("any"), plan_with(&network, EXACT).expect("one hidden layer"));
    assert_eq!((graph.curves(), graph.sums(), graph.bound()), (1, 0, one.bound()));
    let xs: Vec<f64> = (0..1000).map(|k| f64::from(k) / 900.0 - 0.05).collect();
    let (mut a, mut b) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
    graph.eval_into(&xs, &mut a);
    one.eval_into(&xs, &mut b);
    assert_eq!(a.iter().map(|v| v.to_bits()).collect::<Vec<_>>(), b.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
}

#[test]
fn a_tolerance_makes_plans_smaller() {
    let network = network("exp(-x^2-y^2)*sin(3*x)", "x: [-2, 2], y: [-2, 2]", "method: composed, max_error: 1e-9");
    let tight = graph_plan(&network).expect("it is composed");
    for tolerance in [1e-11, 1e-8, 1e-5] {
        let loose =
            graph_plan_with(&network, PlanOptions { accuracy: Accuracy::Within(tolerance) }).expect("it is composed");
        assert!(loose.bound().get() <= tolerance + 1e-14, "{tolerance}: {:?}", loose.bound());
        // (A table over the box is quicker, not smaller.)
        let smaller = loose.cells().is_some() || loose.bytes() < tight.bytes();
        assert!(smaller, "{tolerance}: {} of {}", loose.bytes(), tight.bytes());
        hold(&network, &loose, 400);
    }
}

/// Activations with breaks and jumps in the first layer, several hidden layers over one input, an output neuron.
#[test]
fn other_networks() {
    let unit = |activation: Activation, w: f64, b: f64| {
        Network::new(Parts {
            name: "t/t".into(),
            target: "x".into(),
            inputs: vec![Input { name: "x".into(), lo: 0.0, hi: 1.0 }],
            layers: Network::one_hidden_layer(
                activation,
                (vec![w, w], vec![b, b - 1.0]),
                vec![1.0, 0.5],
                0.1,
                activation,
            ),
            precision: Precision::F64,
            outside: Outside::Extend,
            graph: None,
            certificate: None,
        })
        .expect("a network")
    };
    for activation in Activation::ALL.into_iter().filter(|a| *a != Activation::Identity) {
        // s over a sum of s: the output neuron reads a value that is calculated.
        let network = unit(activation, 7.3, -2.9);
        let jumps = matches!(activation, Activation::Heaviside | Activation::ClippedLogistic);
        match graph_plan(&network) {
            Err(problem) if jumps => assert!(problem.to_string().contains("jumps"), "{activation:?}: {problem}"),
            // Upright in its middle, where it is summed, with no bound of the rounding.
            Err(problem) => assert!(activation == Activation::Ogee, "{activation:?}: {problem}"),
            // (One input and one hidden layer have a plan of their own, which knows jumps of jumps.)
            Ok(plan) => _ = hold(&network, &plan, 400),
        }
        // Without the output neuron, and a second input that only moves the sum.
        let mut parts = network.into_parts();
        parts.inputs.push(Input { name: "y".into(), lo: -1.0, hi: 2.0 });
        parts.layers[0].inputs = vec![0];
        parts.layers[1].inputs = vec![2, 3, 1];
        parts.layers[1].activation = Activation::Identity;
        parts.layers[1].weights = Weights::row(vec![1.0, -0.5, 0.25]);
        let network = Network::new(parts).unwrap();
        match graph_plan(&network) {
            Err(problem) => assert!(activation == Activation::Ogee, "{activation:?}: {problem}"),
            Ok(plan) => _ = hold(&network, &plan, 400),
        }
    }
}

#[test]
fn what_has_no_plan() {
    let towers = network("x*y", "x: [0, 1], y: [0, 1]", "method: towers, activation: heaviside, resolution: 3");
    let problem = graph_plan(&towers).expect_err("its second layer jumps").to_string();
    assert!(problem.contains("jumps in a value that is calculated"), "{problem}");
    let twice = network("x*y", "x: [0, 1], y: [0, 1]", "method: composed, max_error: 1e-3");
    let twice = twice.changed(|parts| parts.layers[0].inputs.fill(0)).unwrap();
    let problem = graph_plan(&twice).expect_err("two weights for one slot").to_string();
    assert!(problem.contains("two weights"), "{problem}");
    // A value that is known only to be among all numbers, since its size and what it may be off overflow.
    let layer = |activation, slots: &[u32], rows: &[u32], weight| Layer {
        activation,
        rows: 1 + rows[rows.len() - 1] as usize,
        weights: Weights { row: rows.to_vec(), col: (0..rows.len() as u32).collect(), value: Values::Same(weight) },
        inputs: slots.to_vec(),
        bias: Values::Same(0.0),
    };
    let (logistic, identity) = (Activation::Logistic, Activation::Identity);
    let huge = towers.with_certificate(None).changed(|parts| {
        parts.layers = vec![
            layer(logistic, &[0, 1], &[0, 1], 1.0),
            layer(identity, &[2, 3], &[0, 0], 0.4 * f64::MAX),
            layer(logistic, &[4], &[0], 1.0),
            layer(identity, &[5], &[0], 1.0),
        ];
    });
    let problem = graph_plan(&huge.unwrap()).expect_err("a range without an end").to_string();
    assert!(problem.contains("cannot be bounded"), "{problem}");
}
