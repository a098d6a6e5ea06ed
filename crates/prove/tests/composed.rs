//! Composed networks: certificates against an adversary that shares nothing with them; the sizes that the literature of this repository promises; and graphs that lie.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use bumpnet_ir::{Certificate, Expr, Network, Parts};
use bumpnet_prove::{certify, verify};
use support::{compiled, refutation};

/// The target and its network.
fn built(target: &str, domain: &str, network: &str) -> (Expr, Network) {
    let text = format!("version: 1\ntarget: {target}\ndomain: {{{domain}}}\nnetworks: {{n: {{{network}}}}}\n");
    compiled(&text).unwrap_or_else(|problem| panic!("{target}: {problem}"))
}

fn check(target: &Expr, network: &Network, certificate: &Certificate, effort: usize) {
    assert_eq!(refutation(target, network, certificate, effort), None);
    println!("{target}: {} neurons, {certificate:?}", network.neurons());
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
        check(&target, &network, &certificate, 8);
        assert!(verify(&target, &network, &certificate).is_ok(), "{target}");
        let read = Network::from_json(&network.to_json()).unwrap();
        assert!(read == network, "{target}: another network is read");
    });
}

/// The sizes that composed networks are held to.
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
        check(&target, &network, network.certificate.as_ref().unwrap(), 20);
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
        // The certificate may know of signs that cancel.
        let sum = account.upper.get();
        assert!(sum >= certificate.upper && sum < 4.0 * certificate.upper, "{sum} {}", certificate.upper);
        let steps: f64 = account.items.iter().map(|item| item.amount.get()).sum();
        let whole = steps + account.rounded_weights.get();
        assert!((whole / sum - 1.0).abs() < 1e-12, "{whole} {sum}");
        assert_eq!(account.items.iter().map(|item| item.neurons).sum::<usize>(), network.neurons());
        for item in &account.items {
            let product = item.factor.get() * item.error.get();
            assert!(item.amount.get() >= product && item.amount.get() <= product * (1.0 + 1e-15) + f64::MIN_POSITIVE);
        }
        // One input's worth of proof has no such account.
        let other = Certificate { method: "other".into(), ..certificate.clone() };
        let other = network.clone().with_certificate(Some(other));
        assert!(bumpnet_prove::account(&target, &other).is_err());
    }
}

/// Where the value does not depend on a step to first order, or a block is worst at arguments that no point has, the bound
/// keeps its promise.
#[test]
fn errors_keep_their_signs() {
    let d = "(ln(s)+0.02+v^2/2)/v";
    let call = format!("s*0.5*(1+erf({d}/sqrt(2)))-exp(-0.02)*0.5*(1+erf(({d}-v)/sqrt(2)))");
    for (target, domain, wanted) in [
        (call.as_str(), "s: [0.5, 1.5], v: [0.2, 0.6]", "max_error: 1e-3"),
        ("hypot(x, y)", "x: [20, 100], y: [-80, 80]", "max_error: 1e-1"),
        ("sin(3*x)*cos(2*y)+0.3*x*y", "x: [-1, 1], y: [-1, 1]", "gates: bumps, max_error: 1e-6"),
        ("max(sin(3*x), y)", "x: [-1, 1], y: [-1, 1]", "max_error: 1e-4"),
    ] {
        let (target, network) = built(target, domain, &format!("method: composed, {wanted}"));
        let certificate = network.certificate.clone().unwrap();
        assert!(certificate.upper <= 1.01 * certificate.lower, "{target}: {certificate:?}");
        check(&target, &network, &certificate, 8);
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
    let mut lie = |change: &dyn Fn(&mut Parts)| lies.push(network.changed(change).unwrap());
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
            Ok(certificate) => check(&target, &liar, &certificate, 1),
            Err(_) => refused += 1,
        }
        if liar.layers != network.layers {
            assert!(verify(&target, &liar, &stated).is_err());
        }
    }
    assert!(refused > 100, "{refused}");
}
