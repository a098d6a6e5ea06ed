//! `soak`: certificates of generated targets and networks, for as long as you like, each searched for a point that
//! refutes it. Errors at points are enclosed unit by unit in interval arithmetic, and taken from the evaluator itself.

use std::time::{Duration, Instant};

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Certificate, Expr, Network, Window};

use crate::args::Soak;
use crate::context::Context;
use crate::exit;
use crate::failure::Failure;
use crate::random::Random;

/// Points of the grid at which a certificate is tried, and breakpoints, with their neighbours, at most.
const GRID: usize = 1000;
const BREAKS: usize = 400;

/// How the note of a certificate begins that is not tight because of coinciding jumps or roundings.
const UNRESOLVED: &str = "not resolved further";

/// Domains, and a factor that takes each to a size of about 1.
const DOMAINS: [(&str, &str, &str); 7] = [
    ("0", "1", "1"),
    ("-300", "500", "0.00625"),
    ("1e-3", "1", "1.7"),
    ("0", "1e-6", "1e6"),
    ("-1", "1", "1.3"),
    ("-1e-12", "3e-12", "4e11"),
    ("0.1", "7.3", "0.3"),
];
const SCALES: [&str; 6] = ["1", "1e-200", "1e200", "1e-9", "1e6", "0.01"];

/// Runs the command.
pub fn run(arguments: &Soak, context: &mut Context<'_>) -> Result<u8, Failure> {
    let (started, limit) = (Instant::now(), Duration::from_secs_f64(60.0 * arguments.minutes));
    let mut random = Random(arguments.seed);
    let (mut certificates, mut refused, mut points, mut findings) = (0usize, 0usize, 0usize, 0usize);
    let (mut worst, mut loose, mut unresolved) = ((1.0, String::new()), 0usize, 0usize);
    while started.elapsed() < limit {
        let source = generate(&mut random);
        let Some((target, network, certificate)) = certified(&source) else {
            refused += 1;
            continue;
        };
        certificates += 1;
        let (tried, wrong) = refute(&target, &network, &certificate);
        points += tried;
        if let Some(wrong) = wrong {
            findings += 1;
            context.say(&format!("refuted: {wrong}\n{source}"));
        }
        let ratio = certificate.upper / certificate.lower;
        // Jumps within a rounding of each other cannot be told apart: the certificate says so.
        if certificate.note.as_ref().is_some_and(|note| note.starts_with(UNRESOLVED)) {
            unresolved += 1;
        } else if certificate.lower > 1e-12 * magnitude(&target, &network) {
            loose += usize::from(ratio > 1.01);
            if ratio > worst.0 {
                worst = (ratio, source);
            }
        }
    }
    let seed = arguments.seed;
    context.write(&format!(
        "{certificates} certificates (seed {seed}), {points} points, {refused} specs refused, {findings} refuted; \
         {unresolved} with jumps that cannot be told apart; of the others {loose} with upper/lower above 1.01, at most \
         {:.6} of\n{}",
        worst.0, worst.1
    ))?;
    Ok(if findings > 0 { exit::REGRESSION } else { exit::CLEAN })
}

/// A spec's network with its certificate; `None` where the construction refuses it.
fn certified(source: &str) -> Option<(Expr, Network, Certificate)> {
    let spec = bumpnet_parser::parse_spec(source.as_bytes(), "soak").ok()?;
    let network = bumpnet_compiler::compile(&spec, spec.networks.first()?).ok()?.network;
    let certificate = network.certificate.clone()?;
    Some((spec.target, network, certificate))
}

/// The points tried, and what is wrong at one of them.
fn refute(target: &Expr, network: &Network, certificate: &Certificate) -> (usize, Option<String>) {
    let window = Window::new(network);
    let points = points(network, window.as_ref(), certificate);
    let mut wrong = None;
    for &x in &points {
        let value: Interval = target.eval(&[Interval::point(x)]);
        let exact = exact(network, x) - value;
        if !(exact.mignitude() <= certificate.upper) {
            wrong = Some(format!("at {x:?} the error is {exact:?}, upper is {:?}", certificate.upper));
        }
        if let Some(window) = &window {
            let evaluated = Interval::point(network.output().value(window.sum(x))) - value;
            if !(evaluated.mignitude() <= certificate.evaluated) {
                let bound = certificate.evaluated;
                wrong = Some(format!("at {x:?} the evaluated error is {evaluated:?}, bounded by {bound:?}"));
            }
        }
        if [x] == certificate.argmax[..] && !(exact.magnitude().get() >= certificate.lower) {
            wrong = Some(format!("at argmax {x:?} the error is {exact:?}, lower is {:?}", certificate.lower));
        }
    }
    (points.len(), wrong)
}

/// A grid, the breakpoints with their neighbours, and the point where the error is said to be largest with its own.
fn points(network: &Network, window: Option<&Window>, certificate: &Certificate) -> Vec<f64> {
    let input = &network.inputs[0];
    let mut points: Vec<f64> =
        (0..=GRID).map(|k| input.lo + (input.hi - input.lo) * (k as f64 / GRID as f64)).collect();
    let steps = window.map_or(&[][..], |window| window.steps().0);
    let near = steps.iter().step_by(steps.len() / BREAKS + 1).chain(&certificate.argmax);
    points.extend(near.flat_map(|x| [x.next_down(), *x, x.next_up()]));
    points.retain(|x| (input.lo..=input.hi).contains(x));
    points
}

/// An enclosure of the network's value, every unit by its definition.
fn exact(network: &Network, x: f64) -> Interval {
    let Some((output, hidden)) = network.layers.split_last() else { return Interval::ENTIRE };
    let mut slots = vec![Interval::point(x)];
    for layer in hidden.iter().chain([output]) {
        let mut sums: Vec<Interval> = (0..layer.rows).map(|row| Interval::point(layer.bias.get(row))).collect();
        for (row, column, weight) in layer.weights.entries() {
            sums[row] = sums[row] + Interval::point(weight) * slots[layer.inputs[column] as usize];
        }
        // By monotony; the argument's own width is a rounding.
        let at = |z: f64| layer.activation.apply(&Interval::point(z));
        slots.extend(sums.into_iter().map(|z| at(z.lo()).hull(&at(z.hi()))));
    }
    slots.last().copied().unwrap_or(Interval::ENTIRE)
}

/// The largest magnitude of the target on the grid.
fn magnitude(target: &Expr, network: &Network) -> f64 {
    let input = &network.inputs[0];
    let at = |k: usize| input.lo + (input.hi - input.lo) * (k as f64 / GRID as f64);
    (0..=GRID).map(|k| target.eval::<f64>(&[at(k)]).abs()).fold(0.0, f64::max)
}

/// A spec of a random target and network.
fn generate(random: &mut Random) -> String {
    let (lo, hi, factor) = random.pick(&DOMAINS);
    let t = format!("(x*{factor})");
    let sum: Vec<String> = (0..1 + random.below(4)).map(|_| term(random, &t)).collect();
    let sum = sum.join("+");
    let mut activations = Activation::ALL.to_vec();
    activations.retain(|activation| *activation != Activation::Identity);
    let activation = random.pick(&activations);
    let resolution = random.pick(&[1, 2, 3, 7, 20, 50, 100, 300, 1000]);
    let (unit, optimal) = (random.below(5) == 0, random.below(4) == 0);
    let target = if unit { format!("0.5+0.45*tanh({sum})") } else { format!("{}*({sum})", random.pick(&SCALES)) };
    let form = match (optimal, unit) {
        (true, _) => "placement: optimal".to_owned(),
        (false, true) => "output: logistic".to_owned(),
        (false, false) => {
            format!("layout: {}, heights: {}", random.pick(&["steps", "pairs"]), random.pick(&["midpoint", "midrange"]))
        }
    };
    format!(
        "version: 1\nname: soak\ntarget: \"{target}\"\ndomain: {{x: [{lo}, {hi}]}}\nnetworks:\n  n: {{method: bumps, \
         activation: {}, resolution: {resolution}, {form}}}\n",
        activation.name()
    )
}

/// A term of a size of about 1: smooth, with a kink, or with a jump.
fn term(random: &mut Random, t: &str) -> String {
    let mut number = |size: f64| format!("({:.3})", size * (2.0 * random.unit() - 1.0));
    let (a, k, p) = (number(1.0), number(12.0), number(0.9));
    match random.below(14) {
        0 | 1 => format!("{a}*sin({k}*{t}+{p})"),
        2 => format!("{a}*exp(-({t}-{p})^2)"),
        3 => format!("{a}*{t}^3-{p}*{t}"),
        4 => format!("{a}*tanh({k}*({t}-{p}))"),
        5 => format!("{a}*erf({k}*{t}+{p})"),
        6 => format!("{a}/(1+({k}*{t})^2)"),
        7 => format!("{a}*ln({t}^2+1.1)"),
        8 => format!("{a}*abs({t}-{p})"),
        9 => format!("{a}*sqrt(abs({t}-{p}))"),
        10 => format!("max({a}*{t}, {p})"),
        11 => format!("{a}*step({t}-{p})"),
        12 => format!("{a}*floor(3*{t})"),
        _ => format!("if({t} < {p}, {a}*{t}, {a})"),
    }
}
