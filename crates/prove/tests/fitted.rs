//! Certificates of fitted networks, whose large output weights cancel, in binary64 and in binary32: an adversary with
//! higher precision tries to refute every one.
//! `CAMPAIGN_CASES=500 CAMPAIGN_SEED=3 cargo test -p bumpnet-prove --test fitted` tries others, for as long as it takes.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

mod support;

use std::sync::Mutex;
use std::time::Instant;

use bumpnet_ir::{Activation, Certificate, Expr, Input, Network, Precision};
use support::attack::attack;
use support::random::Random;

/// Cases tried: every method with every activation, in both precisions.
const CASES: usize = 64;
const SEED: u64 = 11;
/// Points in double-double arithmetic, about, for each certificate.
const EFFORT: usize = 100;

const METHODS: [&str; 4] = ["smooth", "graded", "smooth", "auto"];
const ACTIVATIONS: [&str; 5] = ["logistic", "tanh", "erf", "arctan", "gompertz"];
/// The domains, as written, with a factor that takes them to a size of about 1.
const DOMAINS: [(&str, &str, &str); 6] = [
    ("-1", "1", "1.3"),
    ("0", "1", "1"),
    ("0.1", "7.3", "0.3"),
    ("-300", "500", "0.00625"),
    ("0", "1e-6", "1e6"),
    ("1e-3", "1", "1.7"),
];
const SCALES: [&str; 5] = ["1", "1", "1e-9", "1e6", "0.01"];
/// Beyond the ordinary numbers of binary32, or near its largest.
const SCALES_F32: [&str; 4] = ["1", "1e-38", "1e-42", "1e36"];

#[derive(Default)]
struct Tally {
    tried: usize,
    in_f32: usize,
    points: usize,
    evaluated: usize,
    refused: Vec<String>,
    findings: Vec<String>,
    loose: Vec<String>,
    worst: (f64, String),
    largest_weight: f64,
    slowest: (f64, String),
}

/// A target of size about 1 in `t`: analytic, or with a kink for the graded trees.
fn target(random: &mut Random, t: &str, kink: bool) -> String {
    let (a, k, p) = (random.decimal(0.2, 1.0), random.decimal(0.5, 4.0), random.decimal(-0.5, 0.5));
    if kink {
        return match random.below(3) {
            0 => format!("({a})*abs({t}-({p}))"),
            1 => format!("max({t}, ({p})*{t}^2)"),
            _ => format!("({a})*sqrt(abs({t}-({p})))"),
        };
    }
    match random.below(8) {
        0 => format!("({a})*sin(({k})*{t}+({p}))"),
        1 => format!("exp(-({k})*({t}-({p}))^2)"),
        2 => format!("({a})*tanh(({k})*({t}-({p})))"),
        3 => format!("{t}^3-({p})*{t}"),
        4 => format!("({a})/(1+({t}*({k}))^2)"),
        5 => format!("ln({t}^2+1.1)*({a})"),
        6 => format!("({a})*cos(({k})*{t})+({p})*{t}"),
        _ => format!("exp(({p})*{t})*({a})"),
    }
}

/// The spec of a case.
fn spec(number: usize, seed: u64) -> String {
    let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let method = METHODS[number % METHODS.len()];
    let activation = ACTIVATIONS[number % ACTIVATIONS.len()];
    let binary32 = number % 3 == 2;
    let logistic = number % 7 == 5;
    let (lo, hi, factor) = random.pick(&DOMAINS);
    let kink = method == "graded" && random.below(2) == 0;
    let body = target(&mut random, &format!("(x*{factor})"), kink);
    let scale = if binary32 { random.pick(&SCALES_F32) } else { random.pick(&SCALES) };
    let (text, scale) =
        if logistic { (format!("0.5+0.4*tanh({body})"), "1") } else { (format!("{scale}*({body})"), scale) };
    // What is out of reach would be looked for among up to a thousand neurons, which takes its time.
    let least = match (binary32, method) {
        (true, "smooth") => -4.5,
        (false, "smooth") => -13.0,
        (false, _) => -4.5,
        (true, _) => f64::INFINITY,
    };
    let size = scale.parse::<f64>().unwrap();
    // Of subnormal numbers there are too few for an error to be asked for.
    let wanted = match random.below(3) {
        0 | 1 if least < 0.0 && size > 1e-30 => {
            format!("max_error: {:e}", size * power_of_ten(random.between(least, -3.0)))
        }
        _ => format!(
            "resolution: {}",
            random.pick(if method == "smooth" { &[8, 13, 40, 100, 200][..] } else { &[8, 13, 24, 40, 50][..] })
        ),
    };
    let activation = if method == "auto" { String::new() } else { format!("activation: {activation}, ") };
    let (precision, output) =
        (if binary32 { ", precision: f32" } else { "" }, if logistic { ", output: logistic" } else { "" });
    format!(
        "version: 1\nname: f\ntarget: \"{text}\"\ndomain: {{x: [{lo}, {hi}]}}\nnetworks:\n  n: {{method: {method}, \
         {activation}{wanted}{precision}{output}}}\n"
    )
}

fn power_of_ten(exponent: f64) -> f64 {
    bumpnet_interval::elementary::binary(bumpnet_interval::Binary::Pow, 10.0, exponent)
}

/// The largest magnitude of a target on a grid.
fn scale(target: &Expr, input: &Input) -> f64 {
    let point = |k: usize| input.lo + (input.hi - input.lo) * (k as f64 / 1000.0);
    (0..=1000).map(|k| target.eval::<f64>(&[point(k)]).abs()).fold(0.0, f64::max)
}

fn largest_weight(network: &Network) -> f64 {
    let output = network.layers.last().unwrap();
    output.weights.entries().map(|(_, _, weight)| weight.abs()).fold(0.0, f64::max)
}

fn try_case(number: usize, seed: u64, tally: &Mutex<Tally>) {
    let started = Instant::now();
    let source = spec(number, seed);
    let parsed =
        bumpnet_parser::parse_spec(source.as_bytes(), "f").unwrap_or_else(|p| panic!("{}: {source}", p[0].message));
    let compiled = match bumpnet_compiler::compile(&parsed, &parsed.networks[0]) {
        Ok(compiled) => compiled,
        Err(problem) => {
            tally.lock().unwrap().refused.push(format!("{number}: {}\n{source}", problem.message));
            return;
        }
    };
    let compiled_in = started.elapsed().as_secs_f64();
    let network = &compiled.network;
    let certificate = network.certificate.as_ref().unwrap();
    let found = attack(&parsed.target, network, certificate, EFFORT, number as u64);
    let ratio = certificate.upper / certificate.lower;
    let name = format!("{number}: {} neurons, lower {:e}\n{source}", network.neurons(), certificate.lower);
    let mut tally = tally.lock().unwrap();
    tally.tried += 1;
    tally.in_f32 += usize::from(network.precision == Precision::F32);
    tally.points += found.points;
    tally.evaluated += found.scanned;
    if let Some(finding) = found.findings.first() {
        tally.findings.push(format!("{finding} ({} findings)\n    {name}", found.findings.len()));
    }
    if ratio > 1.01 {
        // In binary32 the weights' own rounding may leave an error near zero of nothing but roundings.
        if certificate.note.is_none() || certificate.lower >= 1e-12 * scale(&parsed.target, &network.inputs[0]) {
            tally.loose.push(format!("{ratio} {:?}\n    {name}", certificate.note));
        }
    } else if ratio > tally.worst.0 {
        tally.worst = (ratio, name.clone());
    }
    let size = scale(&parsed.target, &network.inputs[0]);
    tally.largest_weight = tally.largest_weight.max(largest_weight(network) / size);
    if started.elapsed().as_secs_f64() > tally.slowest.0 {
        tally.slowest = (started.elapsed().as_secs_f64(), format!("compiled in {compiled_in}, {name}"));
    }
}

#[test]
fn no_certificate_of_a_fitted_network_is_refuted() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (cases, seed) = (number("CAMPAIGN_CASES", CASES as u64) as usize, number("CAMPAIGN_SEED", SEED));
    let tally = Mutex::new(Tally::default());
    support::in_parallel(cases, |number| try_case(number, seed, &tally));
    let tally = tally.into_inner().unwrap();
    println!(
        "{} certificates of {cases} cases (seed {seed}), {} of them in binary32; {} points in double-double, {} values of the \
         evaluator; weights up to {:.3e} of the target; worst upper/lower {:.6}, {}",
        tally.tried, tally.in_f32, tally.points, tally.evaluated, tally.largest_weight, tally.worst.0, tally.worst.1
    );
    println!("slowest {} s, {}", tally.slowest.0, tally.slowest.1);
    tally.refused.iter().for_each(|line| println!("refused {line}"));
    tally.loose.iter().for_each(|line| println!("loose {line}"));
    assert!(tally.findings.is_empty(), "{} refuted:\n{}", tally.findings.len(), tally.findings.join("\n"));
    assert!(tally.loose.is_empty(), "upper/lower above 1.01");
    assert!(20 * tally.tried >= 19 * cases, "too many targets are refused");
}

/// A table of binary32 numbers, and its certificate.
fn table(
    activation: Activation,
    (units, c0): (&[(f64, f64, f64)], f64),
    text: &str,
    (lo, hi): (f64, f64),
) -> (Expr, Network, Certificate) {
    let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
    let (w, b) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
    let alpha = units.iter().map(|unit| unit.2).collect();
    let mut layers = Network::one_hidden_layer(activation, (w, b), alpha, c0, Activation::Identity);
    layers.iter_mut().for_each(|layer| layer.round(Precision::F32));
    let network = Network {
        name: "t/n".into(),
        target: text.into(),
        inputs: vec![Input { name: "x".into(), lo, hi }],
        layers,
        precision: Precision::F32,
        outside: bumpnet_ir::Outside::Extend,
        graph: None,
        certificate: None,
    };
    let certificate = bumpnet_prove::certify(&target, &network, f64::INFINITY).unwrap();
    (target, network, certificate.into())
}

/// Tables at both ends of binary32's range, and jumps as near as its roundings.
#[test]
fn binary32_has_its_bound_on_hostile_tables() {
    let many = |size: f64| -> Vec<_> {
        (0..50).map(|k| (3.1, -0.07 * f64::from(k), size * (1.0 + f64::from(k % 7)))).collect()
    };
    let crowd: Vec<_> = (0..200).map(|k| (3.0, -1.1 - 2e-8 * f64::from(k), 0.01)).collect();
    let largest = f64::from(f32::MAX);
    #[allow(clippy::type_complexity)] // a table of cases
    let cases: [(&str, Activation, Vec<(f64, f64, f64)>, f64, &str, (f64, f64)); 11] = [
        ("subnormal weights", Activation::Logistic, many(1e-43), 0.0, "0", (0.0, 1.0)),
        ("small weights", Activation::Arctan, many(1e-38), 1e-38, "0", (0.0, 1.0)),
        ("subnormal bias", Activation::Erf, many(0.0), 3e-45, "0", (0.0, 1.0)),
        (
            "a sum that overflows",
            Activation::Tanh,
            vec![(1.0, 3.0, 0.9 * largest), (1.0, 4.0, 0.9 * largest), (1.0, 5.0, -0.9 * largest)],
            0.0,
            "0",
            (0.0, 1.0),
        ),
        (
            "saturated sums that overflow",
            Activation::Logistic,
            vec![(1.0, 50.0, 0.9 * largest), (1.0, 50.5, 0.9 * largest), (1.0, 51.0, -0.9 * largest)],
            0.0,
            "0",
            (0.0, 1.0),
        ),
        ("an argument that overflows", Activation::Arctan, vec![(largest, -0.99 * largest, 1.0)], 0.0, "0", (0.0, 3.0)),
        ("crowded jumps", Activation::Heaviside, crowd.clone(), 0.0, "3*x", (0.0, 1.0)),
        (
            "crowded ramps",
            Activation::Ramp,
            crowd.iter().map(|(w, b, a)| (w * 1e4, b * 1e4, *a)).collect(),
            0.0,
            "3*x",
            (0.0, 1.0),
        ),
        (
            "cancelling",
            Activation::Gompertz,
            vec![(3.0, -1.0, 1e6), (3.01, -1.0, -2e6), (3.02, -1.0, 1e6)],
            0.0,
            "x",
            (-1.0, 1.0),
        ),
        (
            "a hidden identity",
            Activation::Identity,
            (0..200).map(|k| (1.0, 1000.3 + f64::from(k), 0.7)).collect(),
            0.1,
            "0",
            (0.0, 1.0),
        ),
        ("inputs below binary32", Activation::Tanh, vec![(1e38, 0.5, 1.0)], 0.0, "0", (-1e-44, 1e-40)),
    ];
    let mut refuted = Vec::new();
    for (what, activation, units, c0, text, bounds) in cases {
        let started = Instant::now();
        let (target, network, certificate) = table(activation, (&units, c0), text, bounds);
        let found = attack(&target, &network, &certificate, 300, 5);
        println!(
            "{what}: {} points, {:e}..{:e}, evaluated {:e}, {:.2} s",
            found.points,
            certificate.lower,
            certificate.upper,
            certificate.evaluated,
            started.elapsed().as_secs_f64()
        );
        refuted.extend(found.findings.first().map(|finding| format!("{what}: {finding}")));
    }
    assert!(refuted.is_empty(), "{}", refuted.join("\n"));
}

/// A break is known to the evaluator's precision only: halving cells around it to binary64's would take 2^26 times as long.
#[test]
fn breaks_known_to_binary32_end_the_search() {
    let text = "version: 1\ntarget: sin(3*x)\ndomain: {x: [1000, 1001]}\n\
                networks: {n: {method: bumps, activation: heaviside, resolution: 300, precision: f32}}\n";
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "breaks").unwrap();
    let network = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network;
    let certificate = network.certificate.unwrap();
    assert!(certificate.upper < 0.02 && certificate.cells < 100_000, "{certificate:?}");
}
