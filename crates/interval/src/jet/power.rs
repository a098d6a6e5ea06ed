//! `a^b`, `hypot` and `atan2` of jets.

use super::{Jet, div, series};
use crate::operator::{Binary, Comparison, Unary};
use crate::real::Real;

impl<T: Real> Jet<T> {
    pub(super) fn pow(&self, exponent: &Jet<T>) -> Jet<T> {
        let order = self.order().min(exponent.order());
        if exponent.is_constant() {
            self.constant_power(exponent.value()).to_order(order)
        } else {
            // e^(b ln a), which is real for a > 0 only; the value has its own rules.
            let value = T::binary(Binary::Pow, &self.value(), &exponent.value());
            if T::decide(Comparison::Greater, &self.value(), &T::point(0.0)) != Some(true) {
                return Jet::value_only(value, order);
            }
            let product = exponent.mul(&self.smooth(Unary::Ln));
            // The exponential's coefficients are multiples of its value, which is better known.
            Jet::compose(&series::exponential::exponential_of_value(value, order), &product)
        }
    }

    fn constant_power(&self, r: T) -> Jet<T> {
        match r.as_point() {
            Some(2.0) => self.square(),
            Some(n) if self.used() > 2 && n == n.trunc() && (3.0..=64.0).contains(&n) => {
                self.natural_power(n as u32).with_value(T::binary(Binary::Pow, &self.value(), &r))
            }
            _ => Jet::compose(&series::algebraic::power(self.value(), r, self.order()), self),
        }
    }

    /// `a^n` by repeated squaring, which needs no division, for `n >= 1`.
    fn natural_power(&self, n: u32) -> Jet<T> {
        let half = if n >= 2 { self.natural_power(n / 2) } else { return *self };
        if n.is_multiple_of(2) { half.square() } else { half.square().mul(self) }
    }

    pub(super) fn hypot(&self, other: &Jet<T>) -> Jet<T> {
        let value = T::binary(Binary::Hypot, &self.value(), &other.value());
        self.square().add(&other.square()).smooth(Unary::Sqrt).with_value(value)
    }

    /// The angle of `(x, y)`: `angle' = (x y' - y x')/(x^2 + y^2)`, except where it jumps, at `y = 0, x <= 0`.
    pub(super) fn atan2(y: &Jet<T>, x: &Jet<T>) -> Jet<T> {
        let value = T::binary(Binary::Atan2, &y.value(), &x.value());
        let order = y.order().min(x.order());
        if y.is_constant() && x.is_constant() {
            return Jet::from_value(value, order);
        }
        let zero = T::point(0.0);
        let is = |op, a: &Jet<T>| T::decide(op, &a.value(), &zero) == Some(true);
        if !(is(Comparison::Greater, x) || is(Comparison::Greater, y) || is(Comparison::Less, y)) {
            return Jet::value_only(value, order);
        }
        let numerator = x.mul(&y.derivative()).sub(&y.mul(&x.derivative()));
        let slope = numerator.div(&x.square().add(&y.square()));
        let mut result = Jet::from_value(value, order);
        for k in 1..=order {
            result.push(div(slope.coefficient(k - 1), T::point(k as f64)));
        }
        result
    }

    /// The jet of the derivative, of an order less by one (a constant's is zero).
    fn derivative(&self) -> Jet<T> {
        if self.is_constant() {
            return Jet::from_value(T::point(0.0), self.order());
        }
        let mut result = Jet::from_value(self.coefficients[1], self.order() - 1);
        for (k, c) in self.known().iter().enumerate().skip(2) {
            result.push(super::mul(T::point(k as f64), *c));
        }
        result
    }
}
