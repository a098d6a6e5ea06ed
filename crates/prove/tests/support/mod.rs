//! What the campaigns against the certificates share: the adversary, and tables by hand.
#![allow(dead_code)] // each test binary uses a part
#![allow(clippy::unwrap_used)] // a test may panic

use std::sync::atomic::{AtomicUsize, Ordering};

use bumpnet_ir::{
    Activation, Certificate, Expr, Input, Layer, Network, Outside, Parts, Precision, Spec, Values, Weights,
};
use bumpnet_runner::Evaluator;

/// Runs numbered cases on all processors, each as soon as one is free.
pub fn in_parallel(cases: usize, run: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= cases {
                break;
            }
            run(number);
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
}

/// The worst of what the adversary finds to be false of a certificate.
pub fn refutation(target: &Expr, network: &Network, certificate: &Certificate, effort: usize) -> Option<String> {
    let found = bumpnet_adversary::attack(target, network, certificate, effort, 5);
    found.first().map(|finding| format!("{:?} {}, of {target}: {certificate:?}", finding.claim, finding.text))
}

/// The target of a spec and its network, whose certificate the compiler has filled in.
pub fn compiled(source: &str) -> Result<(Expr, Network), String> {
    let spec: Spec = bumpnet_parser::parse_spec(source.as_bytes(), "t").map_err(|p| p[0].message.clone())?;
    let compiled = bumpnet_compiler::compile(&spec, &spec.networks[0]).map_err(|problem| problem.message)?;
    assert_eq!(compiled.missed, None, "{source}");
    Ok((spec.target, compiled.network))
}

/// The target of a network, as its table has it.
pub fn target(network: &Network) -> Expr {
    let names = network.inputs.iter().map(|input| input.name.clone()).collect();
    bumpnet_parser::parse_expression(&network.target, names).unwrap()
}

/// The mean square at the middles of so many equal parts of each side, which should be on no jump.
pub fn mean_square(target: &Expr, network: &Network, sides: usize) -> f64 {
    let evaluator = Evaluator::new(network);
    let count = sides.pow(network.inputs.len() as u32);
    let square = |cell: usize| {
        let part = |k: usize| (cell / sides.pow(k as u32) % sides) as f64 + 0.5;
        let at = |(k, input): (usize, &Input)| input.lo + (input.hi - input.lo) * part(k) / sides as f64;
        let point: Vec<f64> = network.inputs.iter().enumerate().map(at).collect();
        let error = evaluator.eval(&point) - target.eval::<f64>(&point);
        error * error
    };
    ((0..count).map(square).sum::<f64>() / count as f64).sqrt()
}

/// A layer from its rows: a bias, and columns with their weights.
pub fn layer(activation: Activation, inputs: Vec<u32>, rows: &[(f64, Vec<(u32, f64)>)]) -> Layer {
    let mut weights = (Vec::new(), Vec::new(), Vec::new());
    for (row, (_, terms)) in rows.iter().enumerate() {
        for (col, value) in terms {
            weights.0.push(row as u32);
            weights.1.push(*col);
            weights.2.push(*value);
        }
    }
    Layer {
        activation,
        inputs,
        rows: rows.len(),
        weights: Weights { row: weights.0, col: weights.1, value: Values::Each(weights.2) },
        bias: Values::Each(rows.iter().map(|row| row.0).collect()),
    }
}

/// One hidden layer of units `(w, b, alpha)`.
pub fn ridge(activation: Activation, units: &[(Vec<f64>, f64, f64)], c0: f64) -> Vec<Layer> {
    let n = units[0].0.len() as u32;
    let row = |(w, b, _): &(Vec<f64>, f64, f64)| (*b, (0..n).zip(w.iter().copied()).collect());
    let rows: Vec<_> = units.iter().map(row).collect();
    let out = (0..).zip(units.iter().map(|unit| unit.2)).collect();
    let slots = (n..n + units.len() as u32).collect();
    vec![layer(activation, (0..n).collect(), &rows), layer(Activation::Identity, slots, &[(c0, out)])]
}

/// A network over a box with the names that targets use.
pub fn network(domain: &[(f64, f64)], target: &str, layers: Vec<Layer>) -> Network {
    let input = |(name, (lo, hi)): (&str, &(f64, f64))| Input { name: name.into(), lo: *lo, hi: *hi };
    Network::new(Parts {
        name: "t/n".into(),
        target: target.into(),
        inputs: ["x", "y", "z", "u"].into_iter().zip(domain).map(input).collect(),
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network")
}

/// One input and one hidden layer of units `(w, b, alpha)`.
pub fn line(domain: (f64, f64), text: &str, hidden: Activation, units: &[(f64, f64, f64)], c0: f64) -> Network {
    let (w, b) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
    let alpha = units.iter().map(|unit| unit.2).collect();
    network(&[domain], text, Network::one_hidden_layer(hidden, (w, b), alpha, c0, Activation::Identity))
}

/// The target of a table and its certificate, which the adversary could not refute.
pub fn holds(network: &Network, effort: usize) -> (Expr, Certificate) {
    let target = target(network);
    let certificate = bumpnet_prove::certify(&target, network, f64::INFINITY).unwrap().into();
    assert_eq!(refutation(&target, network, &certificate, effort), None);
    (target, certificate)
}
