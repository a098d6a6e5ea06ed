//! `Jet` as a scalar: the same operators as its coefficients.

use super::{Jet, series};
use crate::decimal::Decimal;
use crate::operator::{Binary, Comparison, Constant, Unary};
use crate::real::Real;
use crate::scalar::Scalar;

impl<T: Real> Jet<T> {
    /// A smooth function: its series at the value, put together with the jet.
    pub(super) fn smooth(&self, op: Unary) -> Jet<T> {
        let order = if self.is_constant() { 0 } else { self.order() };
        Jet::compose(&series::of(op, self.value(), order), self)
    }
}

impl<T: Real> Scalar for Jet<T> {
    fn literal(decimal: &Decimal) -> Jet<T> {
        Jet::constant(T::literal(decimal))
    }

    fn point(value: f64) -> Jet<T> {
        Jet::constant(T::point(value))
    }

    fn constant(constant: Constant) -> Jet<T> {
        Jet::constant(T::constant(constant))
    }

    fn unary(op: Unary, a: &Jet<T>) -> Jet<T> {
        match op {
            Unary::Neg => a.neg(),
            Unary::Abs => a.abs(),
            Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc | Unary::Step => a.staircase(op),
            _ => a.smooth(op),
        }
    }

    fn binary(op: Binary, a: &Jet<T>, b: &Jet<T>) -> Jet<T> {
        match op {
            Binary::Add => a.add(b),
            Binary::Sub => a.sub(b),
            Binary::Mul => a.mul(b),
            Binary::Div => a.div(b),
            Binary::Pow => a.pow(b),
            Binary::Min | Binary::Max => Jet::extremum(op, a, b),
            Binary::Hypot => a.hypot(b),
            Binary::Atan2 => Jet::atan2(a, b),
        }
    }

    fn select(op: Comparison, left: &Jet<T>, right: &Jet<T>, then: &Jet<T>, otherwise: &Jet<T>) -> Jet<T> {
        Jet::choose(op, left, right, then, otherwise)
    }

    fn between(lo: f64, hi: f64) -> Option<Jet<T>> {
        T::between(lo, hi).map(Jet::constant)
    }

    fn bounds(&self) -> Option<(f64, f64)> {
        self.value().bounds()
    }

    fn order(&self) -> usize {
        if self.is_constant() { 0 } else { Jet::order(self) }
    }

    fn defined(self) -> Jet<T> {
        let order = Jet::order(&self);
        Jet::value_only(self.value().defined(), order)
    }
}
