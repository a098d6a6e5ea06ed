//! Wide arithmetic: exact results lie in the balls, and the balls are small.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use bumpnet_interval::{Decimal, Scalar, Wide};
use common::wide;

fn nothing_wrong(wrong: Vec<String>) {
    let shown: Vec<_> = wrong.iter().take(20).collect();
    assert!(wrong.is_empty(), "{} wrong: {shown:#?}", wrong.len());
}

#[test]
fn functions_and_operators_at_points() {
    nothing_wrong(wide::check_reference());
}

#[test]
fn functions_and_operators_on_balls() {
    nothing_wrong(wide::check_moved_arguments());
}

#[test]
fn literals_and_constants() {
    nothing_wrong(wide::check_literals());
}

#[test]
fn expansions() {
    nothing_wrong(wide::check_expansions());
}

#[test]
fn operations_in_exact_arithmetic() {
    nothing_wrong(wide::check_operations());
}

#[test]
fn all_operators_on_all_sorts_of_arguments() {
    nothing_wrong(wide::check_intervals());
}

#[test]
fn jets_of_all_functions() {
    nothing_wrong(wide::check_jets());
}

/// Widths relative to the value, as powers of two.
#[test]
fn widths() {
    for (kind, name, most) in [
        ('b', "*", -101.8),
        ('b', "/", -100.9),
        ('u', "sqrt", -102.4),
        ('u', "exp", -102.0),
        ('u', "expm1", -98.0),
        ('u', "sigmoid", -100.0),
        ('u', "tanh", -96.8),
        ('u', "atan", -99.0),
        ('u', "erf", -78.0),
        ('j', "exp", -98.0),
        ('j', "sigmoid", -78.0),
        ('j', "tanh", -79.0),
        ('j', "atan", -80.0),
        ('j', "erf", -82.0),
        ('j', "gompertz", -77.0),
    ] {
        let width = wide::widest(kind, name);
        println!("{kind} {name}: 2^{width:.1}");
        assert!(width <= most, "{kind} {name}: 2^{width:.1}, not 2^{most}");
    }
    for text in ["0.1", "3.14159265358979323846264338327950288", "1e-100"] {
        let x = Wide::literal(&text.parse::<Decimal>().unwrap());
        println!("{text}: {:e}", x.radius().get() / x.midpoint().0);
        assert!(x.radius().get() < 1e-29 * x.midpoint().0, "{text}: {x:?}");
    }
}
