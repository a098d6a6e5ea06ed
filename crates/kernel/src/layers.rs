//! The output neuron: composing an activation with a polynomial, and the target taken off.

use bumpnet_interval::{Interval, Jet, Quality, UpperBound};
use bumpnet_ir::{Activation, Continuity, Expr};

use crate::poly::{Cell, ORDER, Poly};

/// `output(p(t)) - target` as a polynomial on the cell; `None` where its remainder is larger than the tolerance.
pub fn compose(output: Activation, poly: &Poly, target: &Expr, cell: &Cell, tolerance: f64) -> Option<Poly> {
    let mut error = through(output, poly)?;
    error.add_scaled(Interval::point(-1.0), &Poly::of_expression(target, cell)?);
    let remainder = error.coefficients().get(ORDER).map_or(0.0, |c| c.width().get());
    let defined = error.range().quality() == Quality::Continuous;
    (defined && remainder <= tolerance).then_some(error)
}

/// `output(p(t))` as a polynomial on the cell.
///
/// The polynomial's coefficients are not known exactly, so that `p = q + r` with midpoints `q` and a small `r`. Then
/// `output(p)` is `output(q)` up to the largest slope of the output times |r|: its value is known that well, and its own
/// derivative is not needed any more.
pub fn through(output: Activation, poly: &Poly) -> Option<Poly> {
    if output.may_jump() || !matches!(output.meaning().continuity, Continuity::Lipschitz(c) if c <= 1.0) {
        return None;
    }
    let middle: Vec<Interval> = poly.coefficients().iter().map(|c| Interval::point(c.midpoint())).collect();
    let rest: UpperBound = poly.coefficients().iter().map(|c| (*c - Interval::point(c.midpoint())).magnitude()).sum();
    let at = |t: Interval, order: usize| output.apply(&horner(&middle, Jet::variable(t, order)));
    let whole = Interval::symmetric(UpperBound::ONE);
    let mut composed = Poly::from_jets(&at(Interval::ZERO, ORDER - 1), &at(whole, ORDER), Interval::ONE)?;
    // No slope of an activation that gets here is above 1.
    composed.add_constant(Interval::symmetric(rest));
    Some(composed)
}

fn horner(coefficients: &[Interval], t: Jet<Interval>) -> Jet<Interval> {
    use bumpnet_interval::{Binary, Scalar};
    let Some((last, rest)) = coefficients.split_last() else { return Jet::constant(Interval::ZERO) };
    rest.iter().rev().fold(Jet::constant(*last), |sum, c| {
        Jet::binary(Binary::Add, &Jet::binary(Binary::Mul, &sum, &t), &Jet::constant(*c))
    })
}
