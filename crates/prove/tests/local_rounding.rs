//! The bound of the evaluator's rounding, part by part of the domain: it covers what the evaluator does, and it is no
//! longer in proportion to the number of units times their weights.

#![allow(clippy::unwrap_used)] // a test

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::{Activation, Input, Network, Outside, Parts, Precision, Window};
use bumpnet_prove::units::Units;
use bumpnet_prove::{in_any_order, rounding_of, value_at};
use proptest::prelude::*;

/// Sizes of output weights.
const SIZES: [f64; 5] = [1.0, 1e2, 1e4, 1e6, 1e8];

fn network(activation: Activation, precision: Precision, units: &[(f64, f64, f64)], c0: f64) -> Network {
    let (w, b) = units.iter().map(|unit| (precision.round(unit.0), precision.round(unit.1))).unzip();
    let alpha = units.iter().map(|unit| precision.round(unit.2)).collect();
    Network::new(Parts {
        name: "t/t".into(),
        target: "x".into(),
        inputs: vec![Input { name: "x".into(), lo: -1.0, hi: 1.0 }],
        layers: Network::one_hidden_layer(activation, (w, b), alpha, precision.round(c0), Activation::Identity),
        precision,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Overlapping and steep units with weights of all sizes that cancel: at no point is the evaluator farther from the
    /// exact sum than the bound says.
    #[test]
    fn covers_the_evaluator(
        kind in 0usize..10,
        single in any::<bool>(),
        units in prop::collection::vec((-1.0f64..1.0, -1.2f64..1.2, -1.0f64..1.0, 0u32..12), 1..40),
        size in 0usize..5,
        xs in prop::collection::vec(-1.0f64..1.0, 20),
    ) {
        let activation = Activation::ALL[kind];
        prop_assume!(!activation.may_jump());
        let precision = if single { Precision::F32 } else { Precision::F64 };
        let units: Vec<_> = units.iter().map(|(w, s, alpha, steep)| {
            let w = w * f64::from(1u32 << steep);
            (w, -w * s, alpha * SIZES[size])
        }).collect();
        let network = network(activation, precision, &units, 0.3);
        let bound = rounding_of(&network, &Units::new(&network).unwrap(), UpperBound::ZERO).get();
        let window = Window::new(&network).unwrap();
        for x in xs.into_iter().map(|x| precision.round(x)).chain([-1.0, 1.0]) {
            let exact = value_at::<Wide>(&network, &[Wide::point(x)]).interval();
            let off = (Interval::point(window.sum(x)) - exact).mignitude();
            prop_assert!(off <= bound, "{} at {x}: {off:e} > {bound:e}", activation.name());
        }
    }
}

/// Forty overlapping units whose weights of 1e5 cancel: the running sums are far smaller than all weights together, and the
/// bound is a few roundings of those instead of forty.
#[test]
fn running_sums_cancel() {
    let units: Vec<_> = (0..40)
        .map(|k| {
            let place = f64::from(k) / 19.5 - 1.0;
            (8.0, -8.0 * place, if k % 2 == 0 { 1e5 } else { -1e5 })
        })
        .collect();
    let network = network(Activation::Logistic, Precision::F64, &units, 0.0);
    let bound = rounding_of(&network, &Units::new(&network).unwrap(), UpperBound::ZERO).get();
    let weights = 40.0 * 1e5 * f64::EPSILON / 2.0;
    assert!(bound <= 12.0 * weights, "{:.1} roundings of all weights", bound / weights);
    assert!(bound >= weights, "it cannot be so little: {:.1}", bound / weights);
}

/// A number of units past which the domain is looked at as a whole still has a bound.
#[test]
fn many_units_have_the_plain_bound() {
    let units: Vec<_> = (0..3000).map(|k| (0.5, f64::from(k) / 3000.0, 1.0)).collect();
    let network = network(Activation::Arctan, Precision::F64, &units, 0.0);
    let bound = rounding_of(&network, &Units::new(&network).unwrap(), UpperBound::ZERO).get();
    assert!(bound.is_finite() && bound < 1e-6, "{bound:e}");
}

/// A program that sums in any order may be off by more than the evaluator, whose `evaluated` is below what weights of this
/// size can make of an order that is not known.
#[test]
fn any_order_is_never_below_the_order_of_the_table() {
    let text = "version: 1\ntarget: exp(-x^2)*sin(3*y)\ndomain: {x: [-2, 2], y: [0, 2]}\n\
                networks: {n: {method: composed, max_error: 1e-8}}\n";
    let spec = bumpnet_parser::parse_spec(text.as_bytes(), "t").unwrap();
    let compiled = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap();
    let proved = compiled.network.certificate.clone().unwrap();
    let any = in_any_order(&spec.target, &compiled.network).unwrap().get();
    assert!(proved.evaluated <= 1e-8 && any > proved.evaluated, "{any:e} {:e}", proved.evaluated);
}
