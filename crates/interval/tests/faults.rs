//! The shared suite notices every deliberate fault: `cargo test --features fault-injection`.
#![cfg(feature = "fault-injection")]
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use bumpnet_interval::fault::{Fault, inject};
use bumpnet_interval::{Complex, Interval, Jet, Scalar, Unary};

/// Everything that the suite finds wrong.
fn findings() -> Vec<String> {
    let checks = [
        common::checks::check_interval_unary,
        common::checks::check_interval_binary,
        common::checks::check_literals,
        common::checks::check_interval_jets,
        common::checks::check_products,
        common::wide::check_wide,
        check_kink,
        check_bell_bound,
        check_cut,
    ];
    checks.into_iter().flat_map(|check| check()).collect()
}

/// The slope of `|x|` on either side of 0.
fn check_kink() -> Vec<String> {
    let slope = Jet::unary(Unary::Abs, &Jet::variable(Interval::new(-1.0, 1.0).unwrap(), 2)).coefficient(1);
    if slope.contains(-1.0) && slope.contains(1.0) { Vec::new() } else { vec![format!("slope of |x|: {slope:?}")] }
}

/// Coefficients over a cell enclose those at its points.
fn check_bell_bound() -> Vec<String> {
    let at = |x| Jet::unary(Unary::Sigmoid, &Jet::variable(x, 12));
    let (point, cell) = (at(Interval::point(0.0)), at(Interval::new(-1.0, 1.0).unwrap()));
    (1..=12)
        .filter(|k| !cell.coefficient(*k).contains_all(&point.coefficient(*k)))
        .map(|k| format!("sigmoid of order {k}: {:?}", cell.coefficient(k)))
        .collect()
}

/// Functions with cuts or kinks, over a box that meets them.
fn check_cut() -> Vec<String> {
    let z = Complex::new(Interval::new(-2.0, 3.0).unwrap(), Interval::new(-2.0, 4.0).unwrap());
    let functions = [Unary::Sqrt, Unary::Cbrt, Unary::Ln, Unary::Asin, Unary::Atan, Unary::Softplus, Unary::Abs];
    functions
        .into_iter()
        .filter(|op| Complex::unary(*op, &z).is_analytic())
        .map(|op| format!("{op:?} is not analytic"))
        .collect()
}

#[test]
fn nothing_is_found_without_a_fault() {
    assert_eq!(findings(), Vec::<String>::new());
}

#[test]
fn every_fault_is_found() {
    for fault in Fault::ALL {
        let found = inject(fault, findings);
        println!("{fault:?}: {} findings, such as {:?}", found.len(), found.first());
        assert!(!found.is_empty(), "{fault:?} goes unnoticed");
    }
}

#[test]
fn a_fault_ends_with_its_scope() {
    let sum = || (Interval::point(1.0) + Interval::point(-1e-30)).lo();
    assert_eq!(inject(Fault::AddLowerNearest, sum), 1.0);
    assert!(sum() < 1.0);
    assert!(std::panic::catch_unwind(|| inject(Fault::AddLowerNearest, || panic!("on purpose"))).is_err());
    assert!(sum() < 1.0);
}
