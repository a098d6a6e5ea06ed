//! Composed networks: certificates against an evaluator that shares nothing with them, at random points and where errors are
//! likely to be largest; the sizes that the literature of this repository promises; and graphs that lie.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_compiler::compile;
use bumpnet_interval::Scalar;
use bumpnet_ir::{Certificate, Expr, Network};
use bumpnet_prove::{certify, verify};
use support::dd::Dd;
use support::random::Random;

/// The target and its network.
fn built(target: &str, domain: &str, network: &str) -> (Expr, Network) {
    let text = format!("version: 1\ntarget: {target}\ndomain: {{{domain}}}\nnetworks: {{n: {{{network}}}}}\n");
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "t").unwrap_or_else(|p| panic!("{target}: {p:?}"));
    let compiled = compile(&spec, &spec.networks[0]).unwrap_or_else(|problem| panic!("{target}: {problem:?}"));
    assert_eq!(compiled.missed, None, "{target}");
    (spec.target, compiled.network)
}

/// The network's value by its definition, in any scalar, sums in the order of the matrix.
fn value<T: Scalar>(network: &Network, point: &[f64]) -> T {
    use bumpnet_interval::Binary::{Add, Mul};
    let mut slots: Vec<T> = point.iter().map(|x| T::point(*x)).collect();
    for layer in &network.layers {
        let mut sums: Vec<T> = (0..layer.rows).map(|row| T::point(layer.bias.get(row))).collect();
        for (row, column, weight) in layer.weights.entries() {
            let term = T::binary(Mul, &T::point(weight), &slots[layer.inputs[column] as usize]);
            sums[row] = T::binary(Add, &sums[row], &term);
        }
        slots.extend(sums.iter().map(|sum| layer.activation.apply(sum)));
    }
    slots.pop().unwrap()
}

/// Random points, all corners (of up to ten inputs), random points of edges and faces, and the neighbourhood of the argmax.
fn points(network: &Network, certificate: &Certificate, count: usize) -> Vec<Vec<f64>> {
    let mut random = Random(17);
    let inputs = &network.inputs;
    let mut points = Vec::new();
    for _ in 0..count {
        points.push(
            inputs.iter().map(|i| (i.lo + random.unit() * (i.hi - i.lo)).clamp(i.lo, i.hi)).collect::<Vec<f64>>(),
        );
    }
    for k in 0..count / 4 {
        let mut point = points[k].clone();
        for (x, input) in point.iter_mut().zip(inputs) {
            match random.below(3) {
                0 => *x = input.lo,
                1 => *x = input.hi,
                _ => {}
            }
        }
        points.push(point);
    }
    for corner in 0..1usize << inputs.len().min(10) {
        points.push(inputs.iter().enumerate().map(|(k, i)| if corner >> k & 1 == 0 { i.lo } else { i.hi }).collect());
    }
    for k in 0..count / 4 {
        let size = [1e-9, 1e-6, 1e-3, 1e-2][k % 4];
        let moved =
            |(x, i): (&f64, &bumpnet_ir::Input)| (x + (random.unit() - 0.5) * size * (i.hi - i.lo)).clamp(i.lo, i.hi);
        points.push(certificate.argmax.iter().zip(inputs).map(moved).collect());
    }
    points.push(certificate.argmax.clone());
    points
}

fn check(target: &Expr, network: &Network, certificate: &Certificate, count: usize) {
    let mut largest = (0.0f64, 0.0f64);
    for point in points(network, certificate, count) {
        let at: Vec<Dd> = point.iter().map(|x| Dd::from(*x)).collect();
        let wanted: Dd = target.eval(&at);
        let exact = (value::<Dd>(network, &point) - wanted).hi.abs();
        let evaluated = (Dd::from(value::<f64>(network, &point)) - wanted).hi.abs();
        assert!(exact <= certificate.upper, "{target} at {point:?}: {exact:e} > {:e}", certificate.upper);
        assert!(evaluated <= certificate.evaluated, "{target} at {point:?}: {evaluated:e} as evaluated");
        largest = (largest.0.max(exact), largest.1.max(evaluated));
    }
    let at: Vec<Dd> = certificate.argmax.iter().map(|x| Dd::from(*x)).collect();
    let there = (value::<Dd>(network, &certificate.argmax) - target.eval::<Dd>(&at)).hi.abs();
    assert!(there >= certificate.lower * (1.0 - 1e-12), "{target}: {there:e} at argmax, lower {:e}", certificate.lower);
    println!(
        "{target}: {} neurons, upper {:.3e} (largest seen {:.3e}), evaluated {:.3e} ({:.3e}), lower {:.3e}",
        network.neurons(),
        certificate.upper,
        largest.0,
        certificate.evaluated,
        largest.1,
        certificate.lower
    );
}

/// Targets with every operator that has a rewriting, and what to ask for.
const TARGETS: [(&str, &str, &str); 22] = [
    ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-6"),
    ("exp(-(x^2+y^2))", "x: [-2, 2], y: [-2, 2]", "max_error: 1e-6"),
    ("x*y*z-2*x", "x: [-1, 2], y: [0, 3], z: [10, 20]", "max_error: 1e-5"),
    ("(x-0.1)/(1+y^2)", "x: [0, 1], y: [-3, 3]", "max_error: 1e-6"),
    ("hypot(x, y)", "x: [1, 2], y: [-1, 1]", "max_error: 1e-7"),
    ("atan2(y, x)", "x: [0.5, 2], y: [-2, 2]", "max_error: 1e-5"),
    ("atan2(y, x)", "x: [-2, 2], y: [0.5, 2]", "max_error: 1e-5"),
    ("atan2(y, x)", "x: [-2, 2], y: [-2, -0.5]", "max_error: 1e-5"),
    ("max(x, y)+min(x^2, 0.3*y, 0.1)", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-6"),
    ("abs(x-y)*exp(x)", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-6"),
    ("x^y", "x: [0.5, 2], y: [-1, 1]", "max_error: 1e-5"),
    ("(x+y)^3-sqrt(2+x*y)", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-6"),
    ("ln(1+x^2+y^2)", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-6"),
    ("tanh(10*(x-y))+sigmoid(3*x+y)+erf(x*y)", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-6"),
    ("if(x+y > -5, x*y, 1/(x-x))", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-7"),
    ("0.1*x+0.2*y-1/3", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-14"),
    ("2*pi*sqrt(x/y)", "x: [0.1, 2], y: [9, 10]", "max_error: 1e-5"),
    ("100*(y-x^2)^2+(1-x)^2", "x: [-2, 2], y: [-1, 3]", "max_error: 1e-3"),
    ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "gates: bumps, max_error: 1e-6"),
    ("max(x, y)*z", "x: [-1, 1], y: [-1, 1], z: [0, 1]", "gates: bumps, max_error: 1e-4"),
    ("exp(-x)*sin(5*x)", "x: [0, 1]", "method: composed, max_error: 1e-8"),
    ("sin(3*x)*cos(2*y)", "x: [-1, 1], y: [-1, 1]", "precision: f32, max_error: 1e-3"),
];

#[test]
fn no_bound_is_refuted() {
    support::in_parallel(TARGETS.len(), |k| {
        let (target, domain, wanted) = TARGETS[k];
        let method = if wanted.contains("method") { "" } else { "method: composed, " };
        let (target, network) = built(target, domain, &format!("{method}{wanted}"));
        let certificate = network.certificate.clone().unwrap();
        if network.precision == bumpnet_ir::Precision::F64 {
            check(&target, &network, &certificate, 4000);
        }
        assert!(verify(&target, &network, &certificate).is_ok(), "{target}");
        let read = Network::from_json(&network.to_json()).unwrap();
        assert!(read == network, "{target}: another network is read");
    });
}

/// The sizes that composed networks are held to; 1e5 points for two inputs, a quarter of that for ten.
#[test]
fn bars() {
    let chain: Vec<String> = (1..10).map(|k| format!("sin(x{k}*x{})", k + 1)).collect();
    let chain = chain.join("+");
    let ten: Vec<String> = (1..=10).map(|k| format!("x{k}: [-1, 1]")).collect();
    let ten = ten.join(", ");
    let squares: Vec<String> = (1..=10).map(|k| format!("x{k}^2")).collect();
    let bell = format!("1/(1+{})", squares.join("+"));
    let franke = "0.75*exp(-(9*x-2)^2/4-(9*y-2)^2/4)+0.75*exp(-(9*x+1)^2/49-(9*y+1)/10)\
                  +0.5*exp(-(9*x-7)^2/4-(9*y-3)^2/4)-0.2*exp(-(9*x-4)^2-(9*y-7)^2)";
    let (trig, square) = ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]");
    let bars = [
        (franke, "x: [0, 1], y: [0, 1]", "max_error: 1e-8", 10),
        (trig, square, "max_error: 1e-4", 20),
        (trig, square, "max_error: 1e-6", 30),
        (&chain, &ten, "max_error: 1e-6", 110),
        (&chain, &ten, "gates: bumps, max_error: 1e-6", 220),
        (&bell, &ten, "max_error: 1e-6", 35),
    ];
    support::in_parallel(bars.len(), |k| {
        let (target, domain, wanted, most) = bars[k];
        let (target, network) = built(target, domain, &format!("method: composed, {wanted}"));
        assert!(network.neurons() <= most, "{target}: {} neurons", network.neurons());
        check(
            &target,
            &network,
            network.certificate.as_ref().unwrap(),
            if network.inputs.len() == 2 { 66_000 } else { 16_000 },
        );
    });
}

/// What the bound is made of adds up to it, to the rounding of the sums.
#[test]
fn accounts_add_up() {
    let franke = "0.75*exp(-(9*x-2)^2/4-(9*y-2)^2/4)+0.5*exp(-(9*x-7)^2/4-(9*y-3)^2/4)";
    for (target, domain, wanted) in [
        ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-4"),
        ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "gates: bumps, max_error: 1e-6"),
        (franke, "x: [0, 1], y: [0, 1]", "max_error: 1e-6"),
        // Where rounded weights are no trifle.
        ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "precision: f32, max_error: 1e-3"),
        ("x*y/(z+2)", "x: [-1, 1], y: [-1, 1], z: [-1, 1]", "max_error: 1e-3"),
    ] {
        let (target, network) = built(target, domain, &format!("method: composed, {wanted}"));
        let certificate = network.certificate.as_ref().unwrap();
        let account = bumpnet_prove::account(&target, &network).unwrap();
        assert_eq!(account.upper.get(), certificate.upper, "the same proof");
        let steps: f64 = account.items.iter().map(|item| item.amount.get()).sum();
        let whole = steps + account.rounded_weights.get();
        assert!((whole / certificate.upper - 1.0).abs() < 1e-12, "{whole} {}", certificate.upper);
        assert_eq!(account.items.iter().map(|item| item.neurons).sum::<usize>(), network.neurons());
        for item in &account.items {
            let product = item.factor.get() * item.error.get();
            assert!(item.amount.get() >= product && item.amount.get() <= product * (1.0 + 1e-15) + f64::MIN_POSITIVE);
        }
        // One input's worth of proof has no such account.
        let other = Network {
            certificate: Some(Certificate { method: "other".into(), ..certificate.clone() }),
            ..network.clone()
        };
        assert!(bumpnet_prove::account(&target, &other).is_err());
    }
}

/// A graph that lies is refused, or what is proved is still true.
#[test]
fn graphs_are_not_trusted() {
    let (target, network) =
        built("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "method: composed, max_error: 1e-4");
    let count = network.graph.as_ref().unwrap().values.len();
    assert!(count >= 4);
    let mut lies: Vec<Network> = Vec::new();
    let mut lie = |change: &dyn Fn(&mut Network)| {
        let mut liar = network.clone();
        change(&mut liar);
        lies.push(liar);
    };
    lie(&|n| n.graph.as_mut().unwrap().expand = false);
    lie(&|n| n.graph.as_mut().unwrap().values.truncate(1));
    lie(&|n| n.graph = None);
    for k in 0..count {
        for slot in 0..40 {
            lie(&|n| n.graph.as_mut().unwrap().values[k] = slot);
            lie(&|n| n.graph.as_mut().unwrap().arguments[k] = slot);
        }
        lie(&|n| n.graph.as_mut().unwrap().values.swap(k, (k + 1) % count));
        lie(&|n| n.graph.as_mut().unwrap().arguments.swap(k, (k + 1) % count));
    }
    // Weights that are not what they should be, the graph as it was.
    for layer in 0..network.layers.len() {
        for entry in 0..network.layers[layer].weights.len().min(4) {
            lie(&|n| {
                let weights = &mut n.layers[layer].weights;
                let mut list: Vec<f64> = (0..weights.len()).map(|i| weights.value.get(i)).collect();
                list[entry] *= 1.001;
                weights.value = bumpnet_ir::Values::Each(list);
            });
        }
    }
    let stated = network.certificate.clone().unwrap();
    let mut refused = 0;
    for liar in lies {
        match certify(&target, &liar, f64::INFINITY) {
            Ok(certificate) => check(&target, &liar, &certificate, 200),
            Err(_) => refused += 1,
        }
        if liar.layers != network.layers {
            assert!(verify(&target, &liar, &stated).is_err());
        }
    }
    assert!(refused > 100, "{refused}");
}
