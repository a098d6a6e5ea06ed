//! Ratios of one run on one machine: `cargo bench --bench ratios -- article` prints how the article's networks compare
//! with meval, with the target as native code, and with the plain sum over all units. Times of different machines do
//! not compare; these ratios do, roughly.
//!
//! All on one thread. What is timed is checked first.
#![allow(clippy::disallowed_methods)] // the native closure is the standard library's by intention

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bumpnet_compiler::bumps;
use bumpnet_compiler::draft::Budget;
use bumpnet_compiler::with_resolution;
use bumpnet_ir::{Method, Network};
use bumpnet_runner::measure::linspace;
use bumpnet_runner::{Evaluator, measure};
use support::Entry;

/// Points of an evaluation.
const POINTS: usize = 10_000;
/// Rounds of which the quickest counts.
const ROUNDS: usize = 15;
/// How long a round lasts at least.
const ROUND: Duration = Duration::from_millis(10);

fn main() {
    // Cargo adds `--bench`; what is no option filters by name.
    let filters: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread starts");
    pool.install(|| {
        for entry in support::corpus_of_one_input() {
            let networks = if entry.folder == "article" { entry.spec.networks.len() } else { 1 };
            let chosen =
                |name: &str| filters.is_empty() || filters.iter().any(|f| format!("{}/{name}", entry.id()).contains(f));
            let names: Vec<&str> =
                entry.spec.networks[..networks].iter().map(|n| n.name.as_str()).filter(|name| chosen(name)).collect();
            if !names.is_empty() {
                compare(&entry, &names);
            }
        }
        if filters.is_empty() || filters.iter().any(|f| "size/article/tavora/heaviside".contains(f)) {
            sizes();
        }
        if filters.is_empty() || filters.iter().any(|f| "fitted/article/tavora".contains(f)) {
            fitted();
        }
    });
}

/// Evaluates networks of a spec beside its target.
fn compare(entry: &Entry, names: &[&str]) {
    let target = &entry.spec.target;
    let input = &entry.spec.domain[0];
    let points = linspace(input.lo, input.hi, POINTS);
    let mut expected = vec![0.0; POINTS];
    target.eval_many(&points, &mut expected);
    let scale = expected.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let mut values = vec![0.0; POINTS];

    let interpreted = quickest(|| target.eval_many(black_box(&points), &mut values));
    let oracle = target.to_string().parse::<meval::Expr>().ok().and_then(|expr| expr.bind(&input.name).ok());
    let oracle = oracle.map(|oracle| {
        points.iter().zip(&expected).for_each(|(x, y)| assert!((oracle(*x) - y).abs() <= 1e-9 * scale, "meval at {x}"));
        quickest(|| fill(&points, &mut values, &oracle))
    });
    let native = (entry.id() == "article/tavora").then(|| {
        let native = |x: f64| 0.2 + 0.4 * x * x + 0.3 * x * (15.0 * x).sin() + 0.05 * (50.0 * x).cos();
        points.iter().zip(&expected).for_each(|(x, y)| assert!((native(*x) - y).abs() < 1e-14, "natively at {x}"));
        quickest(|| fill(&points, &mut values, native))
    });
    let target_line = [("meval", oracle), ("native", native)];
    println!("target {}: {} ns a point{}", entry.id(), per_point(interpreted), ratios(interpreted, &target_line));
    for name in names {
        let wanted = entry.network(name);
        let network = entry.compile(wanted);
        let evaluator = Evaluator::new(&network);
        let measured = measure(target, &evaluator, input).expect("the target is finite");
        let gate = wanted.gate.as_ref().expect("the corpus is gated").max_error;
        assert!(measured.sup <= gate, "{}: {} is over the gate {gate}", network.name, measured.sup);
        let time = quickest(|| evaluator.eval_many(black_box(&points), &mut values));
        let plain = plain_sum(&network, &points, &values);
        let others =
            [("meval", oracle), ("native", native), ("the target", Some(interpreted)), ("the plain sum", plain)];
        let error = format!("{} neurons, error {:.2e}", network.neurons(), measured.sup);
        println!("evaluate {}/{name} ({error}): {} ns a point{}", entry.id(), per_point(time), ratios(time, &others));
    }
}

/// The time of the sum over all units, unit by unit, its values checked against `values`.
fn plain_sum(network: &Network, points: &[f64], values: &[f64]) -> Option<Duration> {
    let [hidden, output] = &network.layers[..] else { return None };
    let units: Vec<(f64, f64, f64)> = (0..hidden.rows)
        .map(|k| (hidden.weights.value.get(k), hidden.bias.get(k), output.weights.value.get(k)))
        .collect();
    let c0 = output.bias.get(0);
    let sum = |x: f64| {
        let hidden = units.iter().fold(c0, |sum, (w, b, alpha)| sum + alpha * hidden.activation.value(w * x + b));
        output.activation.value(hidden)
    };
    // Fewer points: the plain sum costs a unit each.
    let step = points.len() / 200;
    let few: Vec<f64> = points.iter().copied().step_by(step).collect();
    let scale = units.iter().map(|unit| unit.2.abs()).sum::<f64>() + c0.abs();
    for (x, value) in few.iter().zip(values.iter().step_by(step)) {
        assert!((sum(*x) - value).abs() <= 1e-12 * scale, "{} at {x}", network.name);
    }
    let mut out = vec![0.0; few.len()];
    let time = quickest(|| fill(&few, &mut out, sum));
    Some(time.mul_f64(points.len() as f64 / few.len() as f64))
}

/// What ten times as many bumps cost.
fn sizes() {
    let entry = support::entry("article/tavora");
    let points = linspace(0.0, 1.0, POINTS);
    let mut values = vec![0.0; POINTS];
    let mut before: Option<[Duration; 3]> = None;
    for resolution in [10, 100, 1000, 10_000, 100_000] {
        let mut wanted = entry.network("midpoint-10").clone();
        assert!(with_resolution(&mut wanted, resolution));
        let network = entry.compile(&wanted);
        let evaluator = Evaluator::new(&network);
        let compile = quickest(|| drop(black_box(bumpnet_compiler::compile(&entry.spec, &wanted))));
        let Method::Bumps(parameters) = &wanted.method else { panic!("a network of bumps") };
        let (target, input) = (&entry.spec.target, &entry.spec.domain[0]);
        let draft = || bumps::build(target, input, parameters, (wanted.precision, None), Budget::Pieces(resolution));
        let (build, prove) = (
            quickest(|| drop(black_box(draft()))),
            quickest(|| drop(black_box(bumpnet_prove::certify(target, &network, f64::INFINITY)))),
        );
        let proof = prove.as_secs_f64() / build.as_secs_f64();
        let ready = quickest(|| drop(black_box(Evaluator::new(&network))));
        let evaluate = quickest(|| evaluator.eval_many(black_box(&points), &mut values));
        let largest = points
            .iter()
            .zip(&values)
            .fold(0.0, |m: f64, (x, y)| m.max((entry.spec.target.eval::<f64>(&[*x]) - y).abs()));
        assert!(largest <= 4.0 / resolution as f64, "{resolution} bumps are off by {largest}");
        let times = [compile, ready, evaluate];
        let growth = match before.replace(times) {
            Some(before) => {
                let [c, r, e] = [0, 1, 2].map(|k| times[k].as_secs_f64() / before[k].as_secs_f64());
                format!("; {c:.1}x, {r:.1}x and {e:.1}x the line before")
            }
            None => String::new(),
        };
        println!(
            "size/article/tavora/heaviside {resolution}: compile {compile:?} (build {build:?}, \
             prove {prove:?}: {proof:.1}x), make ready {ready:?}, evaluate {} ns a point{growth}",
            per_point(evaluate)
        );
    }
}

/// From the article's spec to a fitted network with its proof, by error and by number of neurons.
fn fitted() {
    let spec = |network: &str| {
        let text = format!(
            "version: 1\ntarget: 0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)\ndomain: {{x: [0, 1]}}\n\
             networks: {{n: {{method: smooth, {network}}}}}\n"
        );
        bumpnet_parser::parse_spec(text.as_bytes(), "article").expect("the spec is right")
    };
    let compile = |network: &str| {
        let spec = spec(network);
        bumpnet_compiler::compile(&spec, &spec.networks[0]).expect("it compiles")
    };
    let mut networks: Vec<String> = [1e-3, 1e-6, 1e-9, 1e-12].iter().map(|e| format!("max_error: {e:e}")).collect();
    networks.push("route: closed-form, max_error: 1e-9".to_owned());
    networks.extend([16, 32, 64, 128, 256].map(|n| format!("resolution: {n}")));
    for network in networks {
        let built = compile(&network);
        assert!(built.missed.is_none(), "{network}: {:?}", built.missed);
        let target = &spec(&network).target;
        let whole = quickest(|| drop(black_box(compile(&network))));
        let prove = quickest(|| drop(black_box(bumpnet_prove::certify(target, &built.network, f64::INFINITY))));
        println!(
            "fitted/article/tavora smooth {network}: {} neurons, proved {:.2e}; from the spec's text {whole:?}, one proof \
             {prove:?}",
            built.network.neurons(),
            built.bound()
        );
    }
}

/// `: 2.0x meval, ...`: how many times as quick as each of the others.
fn ratios(time: Duration, others: &[(&str, Option<Duration>)]) -> String {
    let ratio = |(name, other): &(&str, Option<Duration>)| {
        let ratio = other.as_ref()?.as_secs_f64() / time.as_secs_f64();
        let digits = if ratio < 10.0 { 2 } else { 1 };
        Some(format!("{ratio:.digits$}x {name}"))
    };
    let ratios: Vec<String> = others.iter().filter_map(ratio).collect();
    if ratios.is_empty() { String::new() } else { format!("; {}", ratios.join(", ")) }
}

fn per_point(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e9 / POINTS as f64)
}

fn fill(points: &[f64], values: &mut [f64], f: impl Fn(f64) -> f64) {
    points.iter().zip(values).for_each(|(x, y)| *y = f(black_box(*x)));
}

/// The time of the quickest of several rounds; other work on the machine only adds to it.
fn quickest(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    let once = start.elapsed().max(Duration::from_nanos(1));
    let repeats = (ROUND.as_nanos() / once.as_nanos()).clamp(1, 1_000_000) as u32;
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        (0..repeats).for_each(|_| run());
        start.elapsed() / repeats
    });
    rounds.min().unwrap_or(once)
}
