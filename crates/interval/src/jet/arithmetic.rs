//! `+ - * /` and the square of jets.

use super::{Jet, add, div, mul, neg, sub};
use crate::real::Real;

impl<T: Real> Jet<T> {
    /// `f` of each coefficient; for linear `f`.
    #[inline]
    pub(super) fn map(&self, f: impl Fn(T) -> T) -> Jet<T> {
        let mut result = *self;
        for c in &mut result.coefficients[..self.used()] {
            *c = f(*c);
        }
        result
    }

    pub(super) fn neg(&self) -> Jet<T> {
        self.map(neg)
    }

    pub(super) fn add(&self, other: &Jet<T>) -> Jet<T> {
        let (short, long) = if self.used <= other.used { (self, other) } else { (other, self) };
        let mut result = *long;
        for (c, d) in result.coefficients.iter_mut().zip(short.known()) {
            *c = add(*c, *d);
        }
        result.to_order(self.order().min(other.order()))
    }

    pub(super) fn sub(&self, other: &Jet<T>) -> Jet<T> {
        let mut result = if self.used >= other.used { *self } else { *other };
        for k in 0..result.used() {
            result.coefficients[k] = match (k < self.used(), k < other.used()) {
                (true, true) => sub(self.coefficients[k], other.coefficients[k]),
                (true, false) => self.coefficients[k],
                _ => neg(other.coefficients[k]),
            };
        }
        result.to_order(self.order().min(other.order()))
    }

    /// Leibniz' rule.
    pub(super) fn mul(&self, other: &Jet<T>) -> Jet<T> {
        let order = self.order().min(other.order());
        if self.is_constant() {
            return other.map(|c| mul(self.coefficients[0], c)).to_order(order);
        } else if other.is_constant() {
            return self.map(|c| mul(c, other.coefficients[0])).to_order(order);
        }
        let (a, b) = (self.known(), other.known());
        let mut result = Jet::from_value(mul(a[0], b[0]), order);
        for k in 1..(a.len() + b.len() - 1).min(order + 1) {
            let (first, last) = (k.saturating_sub(b.len() - 1), k.min(a.len() - 1));
            result.push(T::dot(&a[first..=last], &b[k - last..=k - first]));
        }
        result
    }

    /// The square: fewer terms than a product, and not negative.
    pub(super) fn square(&self) -> Jet<T> {
        let a = self.known();
        let mut result = Jet::from_value(super::square(a[0]), self.order());
        if !self.is_constant() {
            for k in 1..(2 * a.len() - 1).min(self.order() + 1) {
                result.push(square_coefficient(a, k));
            }
        }
        result
    }

    /// From `a = q b`: `q_k = (a_k - sum_{j=1..k} b_j q_{k-j}) / b_0`.
    pub(super) fn div(&self, other: &Jet<T>) -> Jet<T> {
        let order = self.order().min(other.order());
        if other.is_constant() {
            return self.map(|c| div(c, other.coefficients[0])).to_order(order);
        }
        let b = other.known();
        let mut result = Jet::from_value(div(self.coefficients[0], b[0]), order);
        for k in 1..=order {
            let last = k.min(b.len() - 1);
            let convolution = T::dot(&b[1..=last], &result.coefficients[k - last..k]);
            let numerator = match k < self.used() {
                true => sub(self.coefficients[k], convolution),
                false => neg(convolution),
            };
            result.push(div(numerator, b[0]));
        }
        result
    }
}

/// The coefficient of order `k >= 1` in the square of the series `a`.
#[inline]
pub(super) fn square_coefficient<T: Real>(a: &[T], k: usize) -> T {
    let (first, half) = (k.saturating_sub(a.len() - 1), k.div_ceil(2));
    let twice = |s: T| mul(T::point(2.0), s);
    // The pairs j < k - j, and the square in the middle.
    let pairs = T::dot(&a[first..half], &a[k - half + 1..=k - first]);
    match k.is_multiple_of(2).then(|| super::square(a[k / 2])) {
        Some(middle) if first == half => middle,
        Some(middle) => add(twice(pairs), middle),
        None => twice(pairs),
    }
}
