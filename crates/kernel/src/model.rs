//! The target on a cell as a polynomial with binary64 coefficients, and one bound of all that is left out.
//!
//! What is proved is only this: `|f(x) - p(x)| <= error` on the cell, for the polynomial `p` that the coefficients *are*. So
//! `p` may be moved, cut and evaluated in plain arithmetic, each step adding its rounding to the bound, and properties of
//! `p` (its slope, its curvature) need no enclosure of the target's. `u` is the unit roundoff; every bound of a rounding
//! is taken a few `u` larger than it is, and sums of bounds are multiplied by [`SAFE`] for their own.

use bumpnet_interval::{Interval, Jet, Quality};
use bumpnet_ir::Expr;

use crate::fault::{Fault, active};
use crate::poly::{Cell, ORDER};
use crate::roundoff::U;

/// Covers the roundings of 400 operations on non-negative numbers, powers of `1 + 4u` among them.
pub const SAFE: f64 = 1.0 + 400.0 * U;

/// A polynomial in `t = (x - centre)/radius` on a cell.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    c: [f64; ORDER + 1],
    degree: usize,
    centre: f64,
    radius: f64,
    inverse: f64,
    /// The target is no further than this from the polynomial.
    pub error: f64,
}

impl Model {
    /// The Taylor polynomial of the order with the smallest remainder, if that is within the tolerance; and how many times
    /// as wide a cell might be, 0 where the target is not smooth enough for any order.
    pub fn new(target: &Expr, cell: &Cell, tolerance: f64) -> (Option<Model>, f64) {
        let radius = cell.radius();
        let slope = Interval::point(radius);
        let over_cell = target.eval(&[Jet::line(cell.interval(), slope, ORDER)]);
        let Some((order, remainder)) = best_order(&over_cell) else { return (None, 0.0) };
        // The remainder falls like the width to that power; its root is about so many square roots.
        let roots = (order + order / 2).ilog2();
        let wider = (0..roots).fold(tolerance / remainder, |factor, _| factor.sqrt());
        if !(remainder <= tolerance) {
            return (None, wider.min(1.0));
        }
        let at_centre = target.eval(&[Jet::line(Interval::point(cell.centre()), slope, order - 1)]);
        let model = Model::from_jets(&at_centre, &over_cell, order, cell.centre(), radius);
        let wider = if model.is_none() { 0.0 } else { wider };
        (model, wider)
    }

    /// Taylor's theorem: the coefficients at the centre, and the last one over the whole cell. Each becomes its midpoint, and
    /// the rest an error.
    fn from_jets(
        at_centre: &Jet<Interval>,
        over_cell: &Jet<Interval>,
        order: usize,
        centre: f64,
        radius: f64,
    ) -> Option<Model> {
        let mut model = Model { c: [0.0; ORDER + 1], degree: 0, centre, radius, inverse: 1.0 / radius, error: 0.0 };
        for k in 0..=order {
            let exact = if k < order { at_centre.coefficient(k) } else { over_cell.coefficient(k) };
            let middle = exact.midpoint();
            let dropped = k == order && active(Fault::RemainderDropped);
            if middle != 0.0 {
                (model.c[k], model.degree) = (middle, k);
            }
            model.error += if dropped { 0.0 } else { (exact - Interval::point(middle)).magnitude().get() };
        }
        model.error *= SAFE;
        let continuous = at_centre.value().quality() == Quality::Continuous;
        (continuous && model.error.is_finite()).then_some(model)
    }

    /// `sum_k (per_order k + 2) |c_k| u`: the shape of every bound of a rounding here; and more than all underflows.
    fn rounding(&self, per_order: f64) -> f64 {
        let weighted = |sum: f64, (k, c): (usize, &f64)| sum + (per_order * k as f64 + 2.0) * c.abs();
        self.c[..=self.degree].iter().enumerate().fold(0.0, weighted) * U + f64::MIN_POSITIVE
    }

    /// The same polynomial about the middle of a part of the cell, terms of high order left out up to a tolerance.
    ///
    /// With `t = s + h t'`, `sum_k c_k t^k` is expanded by Horner's scheme. A term of `c_k` goes through k products and 2k
    /// roundings at most, one more where it is added, and `s` and `h` are off by `2u` and `u` of themselves: in all less than
    /// `(4k + 2) u |c_k| (|s| + |h|)^k`.
    pub fn restrict(&self, part: &Cell, tolerance: f64) -> Model {
        let (centre, radius) = (part.centre(), part.radius());
        let (s, h) = ((centre - self.centre) / self.radius, radius / self.radius);
        let mut c = [0.0; ORDER + 1];
        c[0] = self.c[self.degree];
        for (top, k) in (0..self.degree).rev().enumerate() {
            c[top + 1] = c[top] * h;
            for i in (1..=top).rev() {
                c[i] = c[i] * s + c[i - 1] * h;
            }
            c[0] = c[0] * s + self.c[k];
        }
        // A part's own radius may reach beyond the cell by the rounding of its middle.
        let reach = (s.abs() + h).max(1.0);
        let growth = (0..ORDER).fold(1.0, |power, _| power * reach);
        let error = (self.error + self.rounding(4.0) * growth) * SAFE;
        let mut model = Model { c, degree: self.degree, centre, radius, inverse: 1.0 / radius, error };
        model.trim(tolerance);
        model
    }

    /// Leaves out terms of high order as long as they are no more than a tolerance together: `|t| <= 1`.
    fn trim(&mut self, tolerance: f64) {
        let mut cut = 0.0;
        while self.degree > 0 && cut + self.c[self.degree].abs() <= tolerance {
            cut += self.c[self.degree].abs();
            self.degree -= 1;
        }
        self.error += cut * SAFE;
    }

    /// The value at a point of the cell, in plain arithmetic: up to [`at_error`](Self::at_error).
    #[inline]
    pub fn at(&self, x: f64) -> f64 {
        let t = (x - self.centre) * self.inverse;
        let (last, rest) = (self.c[self.degree], &self.c[..self.degree]);
        rest.iter().rev().fold(last, |sum, c| sum * t + c)
    }

    /// How far [`at`](Self::at) may be from the polynomial: `t` is off by less than `4u` of itself, so the term of order k by
    /// `4k u`, and its 2k roundings and the last sum are as much as `(2k + 1) u`.
    pub fn at_error(&self) -> f64 {
        self.rounding(6.0) * SAFE
    }

    /// The largest magnitude of the polynomial on the cell.
    pub fn magnitude(&self) -> f64 {
        self.c[..=self.degree].iter().fold(0.0, |sum, c| sum + c.abs()) * SAFE
    }

    /// An eighth of the largest second derivative (in t): between points `d` apart the polynomial leaves its chord by at most
    /// that times `d^2`.
    pub fn curvature(&self) -> f64 {
        if active(Fault::CurvatureForgotten) {
            return 0.0;
        }
        let second = |sum: f64, (k, c): (usize, &f64)| sum + (k * k.saturating_sub(1)) as f64 * c.abs();
        self.c[..=self.degree].iter().enumerate().fold(0.0, second) / 8.0 * SAFE
    }

    /// Whether the polynomial is monotone on the cell: its slope keeps away from zero.
    pub fn is_monotone(&self) -> bool {
        let slope = |sum: f64, (k, c): (usize, &f64)| sum + k as f64 * c.abs();
        let rest = self.c[..=self.degree].iter().enumerate().skip(2).fold(0.0, slope);
        active(Fault::MonotoneUnchecked) || self.c[1].abs() > rest * SAFE && self.degree > 0
    }

    /// 1/radius, for lengths in t; its rounding is 1 u.
    pub fn inverse(&self) -> f64 {
        self.inverse
    }
}

/// The order whose last coefficient over a cell leaves the least unknown, and how much that is; `None` unless the target
/// is continuous there with a bounded derivative, so that Taylor's theorem holds.
fn best_order(over_cell: &Jet<Interval>) -> Option<(usize, f64)> {
    if over_cell.value().quality() != Quality::Continuous {
        return None;
    }
    let mut best = None;
    for k in 1..=ORDER {
        let last = over_cell.coefficient(k);
        let remainder = last.width().get();
        if last.is_bounded() && best.is_none_or(|(_, least)| remainder <= least) {
            best = Some((k, remainder));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance from the target that is certain, at points of a cell; and whether it is within the bound.
    fn check(text: &str, model: &Model, target: &Expr, cell: &Cell) {
        for k in 0..=50 {
            let x = (cell.a + (cell.b - cell.a) * f64::from(k) / 50.0).clamp(cell.a, cell.b);
            let exact = target.eval(&[Interval::point(x)]);
            let apart = (exact - Interval::point(model.at(x))).mignitude();
            let bound = model.error + model.at_error();
            assert!(apart <= bound, "{text} at {x}: {apart} > {bound}");
        }
        let (ends, middle) = ([model.at(cell.a), model.at(cell.b)], model.at(cell.centre()));
        let chord = ends[0] + (ends[1] - ends[0]) * ((cell.centre() - cell.a) / (cell.b - cell.a));
        let bulge = model.curvature() * 4.0; // the whole cell is 2 wide in t
        let rounding = 4.0 * model.at_error() + 4.0 * U * model.magnitude();
        assert!((middle - chord).abs() <= bulge + rounding, "{text}: {bulge}");
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let off = model.at_error();
        assert!(!model.is_monotone() || (low - off..=high + off).contains(&middle), "{text} is not monotone");
    }

    #[test]
    fn the_target_is_within_the_bound() {
        for text in [
            "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)",
            "exp(-3*x)/(1+x)",
            "x^15-x^14",
            "1e200*erf(x)",
            "0.1",
            "max(x, x)+abs(x-0.15)",
        ] {
            let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
            for (a, b) in [(0.1, 0.2), (0.3, 0.3 + 1e-9), (-1e-3, 2e-3), (0.7, 0.75)] {
                let cell = Cell { a, b };
                let (model, wider) = Model::new(&target, &cell, f64::MAX);
                let model = model.unwrap();
                assert!(wider >= 1.0, "{text}");
                check(text, &model, &target, &cell);
                for (p, q) in [(0.0, 0.125), (0.5, 0.625), (0.9, 1.0)] {
                    let part = Cell { a: a + p * (b - a), b: (a + q * (b - a)).min(b) };
                    for tolerance in [0.0, 1e-9, 1e-3] {
                        let scale = model.magnitude();
                        check(text, &model.restrict(&part, tolerance * scale), &target, &part);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_smooth_has_no_model() {
        let cell = Cell { a: -1.0, b: 1.0 };
        for text in ["floor(x)", "1/x", "sqrt(x+1)"] {
            let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
            let (model, wider) = Model::new(&target, &cell, 1e-3);
            assert!(model.is_none() && wider == 0.0, "{text}");
        }
        // Continuous, but not within the tolerance.
        for text in ["sin(30*x)", "abs(x)", "x^2+1e-9*sin(1e9*x)"] {
            let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
            let (model, wider) = Model::new(&target, &cell, 1e-3);
            assert!(model.is_none() && 0.0 < wider && wider < 1.0, "{text}");
        }
    }
}
