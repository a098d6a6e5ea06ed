//! Taylor models with plain coefficients: on a box, a polynomial in binary64 and a bound of what it leaves out, roundings
//! included.
//!
//! Of every point t of `[-1, 1]^d` a model says that the function's value there is within `rest` of `sum c_k t^k`. An
//! operation rounds each coefficient; what that and the terms beyond the order come to goes into `rest` as sums of
//! magnitudes, which is coarser than intervals and many times as quick. Tables are never as fine as rounding, so it is
//! fine enough.

use bumpnet_interval::UpperBound;

use super::terms::Terms;

/// Unit roundoff of binary64, and a little more, so that `(1 + u)^n - 1` is at most `n U` for all n here.
pub const U: f64 = f64::EPSILON / 2.0 * (1.0 + 1e-6);

/// A bound of a quantity of which a sum of magnitudes was rounded on the way: less than a million terms, no subtraction.
pub fn over(sum: f64) -> UpperBound {
    UpperBound::new(sum * (1.0 + 1e-9) + f64::MIN_POSITIVE)
}

/// A function on a box.
#[derive(Clone, Debug)]
pub struct BoxModel {
    /// All coefficients up to some total degree.
    pub c: Vec<f64>,
    /// How far the function may be from the polynomial.
    pub rest: UpperBound,
}

impl BoxModel {
    pub fn constant(value: f64) -> BoxModel {
        BoxModel { c: vec![value], rest: UpperBound::ZERO }
    }

    /// `centre + radius t` for a variable, within `rest`.
    pub fn variable(inputs: usize, axis: usize, (centre, radius): (f64, f64), rest: UpperBound) -> BoxModel {
        let mut c = vec![0.0; 1 + inputs];
        (c[0], c[1 + axis]) = (centre, radius);
        BoxModel { c, rest }
    }

    /// How far the function may be from the polynomial's constant term.
    pub fn deviation(&self) -> UpperBound {
        over(self.c[1..].iter().map(|c| c.abs()).sum()) + self.rest
    }

    /// Adds `factor * other`.
    pub fn add_scaled(&mut self, factor: f64, other: &BoxModel) {
        if other.c.len() > self.c.len() {
            self.c.resize(other.c.len(), 0.0);
        }
        let mut rounded = 0.0;
        for (c, o) in self.c.iter_mut().zip(&other.c) {
            let term = factor * o;
            *c += term;
            rounded += term.abs() + c.abs();
        }
        self.rest = self.rest + UpperBound::new(factor.abs()) * other.rest + over(rounded * U);
    }

    /// Without the constant term, divided by `scale`.
    fn scaled(&self, scale: f64) -> BoxModel {
        let mut c: Vec<f64> = self.c.iter().map(|c| c / scale).collect();
        c[0] = 0.0;
        let rounded = over(c.iter().map(|c| c.abs()).sum::<f64>() * U);
        BoxModel { c, rest: self.rest.div_by_lower(scale) + rounded }
    }

    /// The magnitudes of the coefficients of each degree together.
    fn by_degree(&self, terms: &Terms) -> Vec<f64> {
        let mut sums = vec![0.0; terms.degree[self.c.len() - 1] + 1];
        self.c.iter().zip(&terms.degree).for_each(|(c, degree)| sums[*degree] += c.abs());
        sums
    }

    /// The product, up to a total degree.
    fn product(&self, other: &BoxModel, terms: &Terms, degree: usize) -> BoxModel {
        let (a, b) = (self.by_degree(terms), other.by_degree(terms));
        let degree = degree.min(a.len() + b.len() - 2);
        let mut c = vec![0.0; terms.count[degree]];
        for (i, x) in self.c.iter().enumerate().filter(|(_, x)| **x != 0.0) {
            let Some(left) = degree.checked_sub(terms.degree[i]) else { break };
            let places = &terms.product[i][..terms.count[left].min(other.c.len())];
            places.iter().zip(&other.c).for_each(|(place, y)| c[*place as usize] += x * y);
        }
        let beyond = |(i, a): (usize, &f64)| a * b[(degree + 1).saturating_sub(i).min(b.len())..].iter().sum::<f64>();
        let beyond: f64 = a.iter().enumerate().map(beyond).sum();
        let (a, b): (f64, f64) = (a.iter().sum(), b.iter().sum());
        let rounded = over(a * b * U * (terms.most + 2) as f64);
        let rest = self.rest * (over(b) + other.rest) + other.rest * over(a) + over(beyond) + rounded;
        BoxModel { c, rest }
    }

    /// `sum_k c_k v^k` within `rest`, for v this model's distance from its constant term, divided by `scale`.
    ///
    /// v has no constant term: what is multiplied by it k times more is needed to the order less k only.
    pub fn through(&self, scale: f64, (coefficients, rest): (&[f64], UpperBound), terms: &Terms) -> BoxModel {
        let v = self.scaled(scale);
        let Some((last, lower)) = coefficients.split_last() else { return BoxModel::constant(0.0) };
        let mut sum = BoxModel::constant(*last);
        for (k, c) in lower.iter().enumerate().rev() {
            sum = sum.product(&v, terms, terms.order.saturating_sub(k));
            sum.c[0] += c;
            sum.rest = sum.rest + over(sum.c[0].abs() * U);
        }
        sum.rest = sum.rest + rest;
        sum
    }
}
