//! The article's figures, and how fast the error falls: known results that the constructions must show.
//!
//! M. Tavora, "The Approximation Power of Neural Networks (with Python codes)", 2019; the target is from M. Nielsen,
//! "Neural Networks and Deep Learning", chapter 4.

mod support;

use bumpnet_compiler::with_resolution;
use bumpnet_runner::measure::{errors, linspace, scaled_rms};
use bumpnet_runner::{Evaluator, measure};

/// The place and the size of the largest error.
fn largest(points: &[f64], errors: &[f64]) -> (f64, f64) {
    let pairs = points.iter().zip(errors).map(|(x, error)| (*x, error.abs()));
    pairs.fold((f64::NAN, 0.0), |best, pair| if pair.1 > best.1 { pair } else { best })
}

/// Equal to the four digits that the figure is quoted with.
fn assert_quoted(what: &str, value: f64, quoted: f64) {
    assert!((value - quoted).abs() <= 0.5e-4, "{what}: {value}, quoted as {quoted}");
}

#[test]
fn the_articles_network_has_the_articles_errors() {
    let entry = support::entry("article/tavora");
    let network = entry.compile(entry.network("article"));
    let evaluator = Evaluator::new(&network);
    let points = linspace(0.0, 1.0, 1000);
    assert_eq!(network.neurons(), 10);

    let (at, sup) = largest(&points, &errors(&entry.spec.target, &evaluator, &points));
    assert_quoted("sup", sup, 0.4127);
    assert_quoted("RMS", scaled_rms(&errors(&entry.spec.target, &evaluator, &points)), 0.1034);
    println!("after the sigmoid: {sup} at {at}");

    let logit = entry.spec.target.logit();
    let hidden: Vec<f64> = points.iter().map(|x| evaluator.eval_hidden(&[*x]) - logit.eval::<f64>(&[*x])).collect();
    let (at, sup) = largest(&points, &hidden);
    assert_quoted("sup against the logit", sup, 1.7595);
    assert_quoted("its place", at, 808.0 / 999.0);
    assert_quoted("RMS against the logit", scaled_rms(&hidden), 0.4925);
    println!("before the sigmoid: {sup} at {at}");
}

/// The outer steps sit on the ends of the domain, so that half a bump is missing there.
#[test]
fn half_a_bump_at_the_ends() {
    let entry = support::entry("article/tavora");
    let network = entry.compile(entry.network("article"));
    let evaluator = Evaluator::new(&network);
    let [first, last] = [0.0, 1.0].map(|x| evaluator.eval_hidden(&[x]));
    assert!((first - -0.6).abs() < 1e-15 && (last - 0.5).abs() < 1e-15, "{first} and {last}");
    let [second, before] = [0.1, 0.9].map(|x| evaluator.eval_hidden(&[x]));
    assert!((second - -1.2).abs() < 1e-15 && (before - 1.0).abs() < 1e-15, "{second} and {before}");
}

/// The logit spec is the hidden layer of the article's network, as a network of its own.
#[test]
fn the_logit_spec_is_the_hidden_layer() {
    let [article, logit] = ["article/tavora", "article/tavora-logit"].map(support::entry);
    let [article, logit] = [article, logit].map(|entry| entry.compile(entry.network("article")));
    let [outer, inner] = [Evaluator::new(&article), Evaluator::new(&logit)];
    for x in linspace(0.0, 1.0, 1000) {
        assert_eq!(outer.eval_hidden(&[x]).to_bits(), inner.eval(&[x]).to_bits(), "at {x}");
    }
}

/// The measured error of one of the article's networks at another resolution.
fn error_at(network: &str, resolution: usize) -> f64 {
    let entry = support::entry("article/tavora");
    let mut wanted = entry.network(network).clone();
    assert!(with_resolution(&mut wanted, resolution));
    let network = entry.compile(&wanted);
    measure(&entry.spec.target, &Evaluator::new(&network), &entry.spec.domain[0]).expect("the target is finite").sup
}

#[test]
fn ten_bumps() {
    assert_quoted("midpoint", error_at("midpoint-10", 10), 0.2461);
    assert_quoted("midrange", error_at("midrange-10", 10), 0.2367);
}

/// Doubling the resolution halves the error of steps and quarters that of ramps.
#[test]
fn errors_fall_as_they_must() {
    for (network, range) in [("midpoint-10", 1.8..2.2), ("ramp-64", 3.5..4.5)] {
        let errors: Vec<f64> = [64, 128, 256, 512].into_iter().map(|n| error_at(network, n)).collect();
        let ratios: Vec<f64> = errors.windows(2).map(|pair| pair[0] / pair[1]).collect();
        println!("{network}: errors {errors:?}, ratios {ratios:.3?}");
        assert!(ratios.iter().all(|ratio| range.contains(ratio)), "{network}: {errors:?} {ratios:?}");
    }
}
