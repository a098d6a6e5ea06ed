//! The exact result lies in what every scalar computes, for every operation.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

fn nothing_wrong(wrong: Vec<String>) {
    let shown: Vec<_> = wrong.iter().take(40).collect();
    assert!(wrong.is_empty(), "{} wrong: {shown:#?}", wrong.len());
}

#[test]
fn every_operation_is_in_the_reference() {
    for op in bumpnet_interval::Unary::ALL {
        assert!(common::cases('u').filter(|c| c.name == op.name()).count() >= 60, "{op:?}");
    }
    for op in bumpnet_interval::Binary::ALL {
        assert!(common::cases('b').filter(|c| c.name == op.name()).count() >= 60, "{op:?}");
    }
}

#[test]
fn unary_of_intervals() {
    nothing_wrong(common::checks::check_interval_unary());
}

#[test]
fn binary_of_intervals() {
    nothing_wrong(common::checks::check_interval_binary());
}

#[test]
fn upper_bounds() {
    nothing_wrong(common::checks::check_upper_bounds());
}

#[test]
fn literals() {
    nothing_wrong(common::checks::check_literals());
}

#[test]
fn points() {
    nothing_wrong(common::checks::check_points());
}

#[test]
fn jets_of_intervals() {
    nothing_wrong(common::checks::check_interval_jets());
}

#[test]
fn products_of_jets() {
    nothing_wrong(common::checks::check_products());
}

#[test]
fn jets_of_points() {
    nothing_wrong(common::checks::check_point_jets());
}
