//! Reading, constructing and evaluating, by spec: `cargo bench --bench corpus -- article` runs what has `article` in its
//! name. Each benchmark first checks that what it times is right.
#![allow(clippy::disallowed_methods)] // the native closure is the standard library's by intention

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Duration;

use bumpnet_compiler::with_resolution;
use bumpnet_ir::{Network, NetworkSpec};
use bumpnet_runner::measure::linspace;
use bumpnet_runner::{Evaluator, measure};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use support::Entry;

/// Points of an evaluation.
const POINTS: usize = 10_000;

/// The networks that are timed: the first of each spec, all of the article's.
fn timed(entry: &Entry) -> &[NetworkSpec] {
    match entry.folder.as_str() {
        "article" => &entry.spec.networks,
        _ => &entry.spec.networks[..1],
    }
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for entry in support::corpus_of_one_input() {
        group.throughput(Throughput::Bytes(entry.bytes.len() as u64));
        group.bench_function(entry.id(), |bencher| {
            let again = bumpnet_parser::parse_spec(&entry.bytes, &entry.stem).expect("the corpus reads");
            assert_eq!(again.target, entry.spec.target);
            bencher.iter(|| bumpnet_parser::parse_spec(black_box(&entry.bytes), &entry.stem));
        });
    }
}

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    for entry in support::corpus_of_one_input() {
        for wanted in timed(&entry) {
            let id = format!("{}/{}", entry.id(), wanted.name);
            group.bench_function(id, |bencher| {
                assert_in_gate(&entry, wanted, &entry.compile(wanted));
                bencher.iter(|| bumpnet_compiler::compile(black_box(&entry.spec), wanted));
            });
        }
    }
}

fn assert_in_gate(entry: &Entry, wanted: &NetworkSpec, network: &Network) {
    let measured =
        measure(&entry.spec.target, &Evaluator::new(network), &entry.spec.domain[0]).expect("the target is finite");
    let gate = wanted.gate.as_ref().expect("the corpus is gated").max_error;
    assert!(measured.sup <= gate, "{}: {} is over the gate {gate}", network.name, measured.sup);
}

fn evaluate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate");
    group.throughput(Throughput::Elements(POINTS as u64));
    for entry in support::corpus_of_one_input() {
        let input = &entry.spec.domain[0];
        let points = linspace(input.lo, input.hi, POINTS);
        let mut values = vec![0.0; POINTS];
        for wanted in timed(&entry) {
            group.bench_function(format!("{}/{}", entry.id(), wanted.name), |bencher| {
                let network = entry.compile(wanted);
                assert_in_gate(&entry, wanted, &network);
                let evaluator = Evaluator::new(&network);
                evaluator.eval_many(&points, &mut values);
                assert!(points.iter().zip(&values).all(|(x, y)| evaluator.eval(&[*x]).to_bits() == y.to_bits()));
                bencher.iter(|| evaluator.eval_many(black_box(&points), &mut values));
            });
        }
    }
}

/// The article's target itself: natively, interpreted by meval, and by the batch interpreter.
fn target(criterion: &mut Criterion) {
    let entry = support::entry("article/tavora");
    let points = linspace(0.0, 1.0, POINTS);
    let mut values = vec![0.0; POINTS];
    entry.spec.target.eval_many(&points, &mut values);
    let native = |x: f64| 0.2 + 0.4 * x * x + 0.3 * x * (15.0 * x).sin() + 0.05 * (50.0 * x).cos();
    let oracle: meval::Expr = entry.spec.target.to_string().parse().expect("meval reads the target");
    let oracle = oracle.bind("x").expect("x is the only name");
    for (x, value) in points.iter().zip(&values) {
        assert!((native(*x) - value).abs() < 1e-14 && (oracle(*x) - value).abs() < 1e-14, "at {x}");
    }
    let mut group = criterion.benchmark_group("target/article/tavora");
    group.throughput(Throughput::Elements(POINTS as u64));
    group.bench_function("native", |bencher| bencher.iter(|| fill(&points, &mut values, native)));
    group.bench_function("meval", |bencher| bencher.iter(|| fill(&points, &mut values, &oracle)));
    group.bench_function("bumpnet", |bencher| {
        bencher.iter(|| entry.spec.target.eval_many(black_box(&points), &mut values))
    });
}

fn fill(points: &[f64], values: &mut [f64], f: impl Fn(f64) -> f64) {
    points.iter().zip(values).for_each(|(x, y)| *y = f(black_box(*x)));
}

/// What more bumps cost: construction, making ready and evaluation of the article's target by steps.
fn size(criterion: &mut Criterion) {
    let entry = support::entry("article/tavora");
    let points = linspace(0.0, 1.0, POINTS);
    let mut values = vec![0.0; POINTS];
    for resolution in [10, 100, 1000, 10_000, 100_000] {
        let mut wanted = entry.network("midpoint-10").clone();
        assert!(with_resolution(&mut wanted, resolution));
        let network = entry.compile(&wanted);
        let evaluator = Evaluator::new(&network);
        evaluator.eval_many(&points, &mut values);
        let error = |(x, y): (&f64, &f64)| (entry.spec.target.eval::<f64>(&[*x]) - y).abs();
        let largest = points.iter().zip(&values).map(error).fold(0.0, f64::max);
        assert!(largest <= 4.0 / resolution as f64, "{resolution} bumps are off by {largest}");

        let mut group = criterion.benchmark_group("size/article/tavora/heaviside");
        group.throughput(Throughput::Elements(resolution as u64));
        group.bench_function(BenchmarkId::new("compile", resolution), |bencher| {
            bencher.iter(|| bumpnet_compiler::compile(black_box(&entry.spec), &wanted));
        });
        group.bench_function(BenchmarkId::new("make-ready", resolution), |bencher| {
            bencher.iter(|| Evaluator::new(black_box(&network)));
        });
        group.throughput(Throughput::Elements(POINTS as u64));
        group.bench_function(BenchmarkId::new("evaluate", resolution), |bencher| {
            bencher.iter(|| evaluator.eval_many(black_box(&points), &mut values));
        });
    }
}

fn settings() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400))
}

criterion_group! { name = benches; config = settings(); targets = parse, compile, evaluate, target, size }
criterion_main!(benches);
