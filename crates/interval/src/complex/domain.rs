//! Where the functions of one argument are analytic: the plane without their cuts.

use super::Complex;
use crate::fault::{Fault, active};
use crate::operator::{Comparison, Constant, Unary};
use crate::real::Real;
use crate::rules::{holds, of, strict_order};

/// Whether the number is known to lie on no cut of the function, branch points included. (A pole need not be known: what
/// has one divides by something that may be zero.)
pub(super) fn holds_off_cuts<T: Real>(op: Unary, z: &Complex<T>) -> bool {
    if active(Fault::CutOverlooked) {
        return true;
    }
    let (x, y) = (z.re, z.im);
    let zero = T::point(0.0);
    let is_not = |a: T, b: T| strict_order(&a, &b).is_some();
    let above = |a: T, b: f64| holds(Comparison::Greater, a, T::point(b));
    let within = |a: T, b: T| holds(Comparison::Less, of(Unary::Abs, a), b);
    let one = T::point(1.0);
    match op {
        // The negative real axis.
        Unary::Sqrt | Unary::Ln | Unary::Log2 | Unary::Log10 => above(x, 0.0) || is_not(y, zero),
        Unary::Ln1p => above(x, -1.0) || is_not(y, zero),
        Unary::Acosh => above(x, 1.0) || is_not(y, zero),
        // The real axis without (-1, 1).
        Unary::Asin | Unary::Acos | Unary::Atanh => within(x, one) || is_not(y, zero),
        // The imaginary axis without (-i, i).
        Unary::Atan | Unary::Asinh => within(y, one) || is_not(x, zero),
        // The imaginary axis without (-pi i, pi i).
        Unary::Softplus => within(y, T::constant(Constant::Pi)) || is_not(x, zero),
        // The imaginary axis, where the pieces meet.
        Unary::Cbrt | Unary::Abs => is_not(x, zero),
        Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc | Unary::Step => !T::may_jump(op, &x),
        Unary::Neg
        | Unary::Exp
        | Unary::Exp2
        | Unary::ExpM1
        | Unary::Sin
        | Unary::Cos
        | Unary::Tan
        | Unary::Sinh
        | Unary::Cosh
        | Unary::Tanh
        | Unary::Erf
        | Unary::Sigmoid
        | Unary::Sinc => true,
    }
}
