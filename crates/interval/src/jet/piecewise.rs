//! Kinks and jumps: `abs`, `min`, `max`, the staircase functions and `if`.
//!
//! A branch counts as the function only where the function is that branch on a neighbourhood of every point of the
//! argument, so comparisons are strict here unless both sides are constants.

use super::Jet;
use crate::fault::{Fault, active};
use crate::operator::{Binary, Comparison, Unary};
use crate::real::Real;
use crate::rules::strict_order;

impl<T: Real> Jet<T> {
    pub(super) fn abs(&self) -> Jet<T> {
        let value = T::unary(Unary::Abs, &self.value());
        let zero = T::point(0.0);
        match strict_order(&self.value(), &zero) {
            Some(true) => self.neg().with_value(value),
            Some(false) => self.with_value(value),
            None => self.kink(value, self, &self.neg()),
        }
    }

    /// `min` or `max`.
    pub(super) fn extremum(op: Binary, a: &Jet<T>, b: &Jet<T>) -> Jet<T> {
        let value = T::binary(op, &a.value(), &b.value());
        let order = a.order().min(b.order());
        let chosen = match strict_order(&a.value(), &b.value()) {
            Some(a_is_less) => Some(if a_is_less == (op == Binary::Min) { a } else { b }),
            None if a.is_constant() && b.is_constant() => Some(a),
            None => None,
        };
        match chosen {
            Some(branch) => branch.to_order(order).with_value(value),
            None => Jet::from_value(value, order).kink(value, a, b),
        }
    }

    /// A continuous function that is one of two branches near each point: one of their slopes, and no more is known.
    fn kink(&self, value: T, one: &Jet<T>, other: &Jet<T>) -> Jet<T> {
        if one.is_constant() && other.is_constant() {
            return Jet::from_value(value, self.order());
        }
        let mut result = Jet::value_only(value, self.order());
        if self.order() > 0 {
            result.coefficients[1] = match active(Fault::KinkOverlooked) {
                true => one.coefficient(1),
                false => one.coefficient(1).either(&other.coefficient(1)),
            };
        }
        result
    }

    /// `sign`, `floor`, `ceil`, `round`, `trunc` or `step`: constant between jumps.
    pub(super) fn staircase(&self, op: Unary) -> Jet<T> {
        let value = T::unary(op, &self.value());
        if self.is_constant() || !T::may_jump(op, &self.value()) {
            Jet::from_value(value, self.order())
        } else {
            Jet::value_only(value, self.order())
        }
    }

    pub(super) fn choose(op: Comparison, left: &Jet<T>, right: &Jet<T>, then: &Jet<T>, otherwise: &Jet<T>) -> Jet<T> {
        let order = [left, right, then, otherwise].into_iter().map(Jet::order).min().unwrap_or(0);
        let value = T::select(op, &left.value(), &right.value(), &then.value(), &otherwise.value());
        let constant_condition = left.is_constant() && right.is_constant();
        let decided = if constant_condition || strict_order(&left.value(), &right.value()).is_some() {
            T::decide(op, &left.value(), &right.value())
        } else {
            None
        };
        match decided {
            Some(true) => then.to_order(order).with_value(value),
            Some(false) => otherwise.to_order(order).with_value(value),
            // The condition is the same everywhere, only not known: no jump, but one of two functions.
            None if constant_condition => {
                let mut result = Jet::from_value(value, order);
                for k in 1..then.used().max(otherwise.used()).min(order + 1) {
                    result.push(then.coefficient(k).either(&otherwise.coefficient(k)));
                }
                result
            }
            None => Jet::value_only(value, order),
        }
    }
}
