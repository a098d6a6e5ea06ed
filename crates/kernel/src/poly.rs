//! Taylor polynomials with interval coefficients on a cell: enclosures of a function *and* of its derivative.
//!
//! On the cell `[a, b]` with centre `c` and radius `r`, a [`Poly`] says: for every `t = (x - c)/r` in [-1, 1] the function
//! is one of the values of `sum_k C_k t^k`, and its derivative in `t` is one of the values of `sum_k k C_k t^(k-1)`.
//!
//! Taylor's theorem gives both at once: with `C_k` at the centre for `k < n` and `C_n` over the whole cell, the remainder
//! of the function is `C_n t^n` and that of the derivative `n C_n t^(n-1)`, because the derivative's own Taylor
//! coefficient of order n-1 is n times the function's of order n. Sums and restrictions to smaller cells are linear in
//! the coefficients and keep both.

use std::ops::{Add, Div, Mul, Sub};

use bumpnet_interval::{Interval, Jet, Real, UpperBound, Wide};
use bumpnet_ir::Expr;

use crate::fault::{Fault, active};

/// Order of the expansions. Heuristic: at 15 the remainder of a sigmoid over a cell of half-width 1/2 in its argument is
/// below (1/(2 pi))^15 = 1e-12, and an expansion costs about 2 microseconds.
pub const ORDER: usize = 15;

/// What a coefficient is: an interval, or where large terms cancel a [`Wide`] ball, which knows 100 bits of them. No other
/// arithmetic can take part in a proof:
///
/// ```compile_fail,E0277
/// impl bumpnet_kernel::poly::Number for f64 {}
/// ```
pub trait Number:
    sealed::Sealed
    + Real
    + From<Interval>
    + Into<Interval>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// A binary64 and how far the number may be from it, where it is no better known than such a pair.
    fn ball(&self) -> Option<(f64, UpperBound)> {
        None
    }
}

impl Number for Interval {
    #[inline]
    fn ball(&self) -> Option<(f64, UpperBound)> {
        let middle = self.midpoint();
        let radius = if self.is_point() { UpperBound::ZERO } else { (*self - Interval::point(middle)).magnitude() };
        Some((middle, radius))
    }
}
impl Number for Wide {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Interval {}
    impl Sealed for super::Wide {}
}

/// A cell of the domain, closed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cell {
    /// Its lower end.
    pub a: f64,
    /// Its upper end.
    pub b: f64,
}

impl Cell {
    /// The binary64 that counts as its middle.
    pub fn centre(&self) -> f64 {
        self.interval().midpoint()
    }

    /// A radius about the centre that covers both ends.
    pub fn radius(&self) -> f64 {
        let centre = Interval::point(self.centre());
        let right = (Interval::point(self.b) - centre).hi();
        (centre - Interval::point(self.a)).hi().max(right)
    }

    /// The cell as an interval.
    pub fn interval(&self) -> Interval {
        Interval::new(self.a, self.b).unwrap_or(Interval::NOWHERE)
    }

    /// Whether no more than two binary64 lie strictly inside.
    pub fn is_sliver(&self) -> bool {
        self.a.next_up().next_up().next_up() >= self.b
    }

    /// Where a point lies in the cell, from -1 to 1.
    pub fn parameter<T: Number>(&self, x: T) -> T {
        if self.a == self.b {
            return T::point(0.0);
        }
        (x - T::point(self.centre())) / T::point(self.radius())
    }
}

/// A polynomial on a cell, its coefficients known to lie in sets; those beyond the degree are zero.
#[derive(Clone, Copy, Debug)]
pub struct Poly<T = Interval> {
    coefficients: [T; ORDER + 1],
    degree: usize,
}

impl<T: Number> Poly<T> {
    /// A constant.
    pub fn constant(value: T) -> Poly<T> {
        let mut coefficients = [T::point(0.0); ORDER + 1];
        coefficients[0] = value;
        Poly { coefficients, degree: 0 }
    }

    /// With coefficients of another kind.
    pub fn convert<S: Number + From<T>>(&self) -> Poly<S> {
        Poly { coefficients: self.coefficients.map(S::from), degree: self.degree }
    }

    /// With intervals for coefficients.
    pub fn interval(&self) -> Poly {
        Poly { coefficients: self.coefficients.map(T::into), degree: self.degree }
    }

    /// The coefficients up to the degree.
    pub fn coefficients(&self) -> &[T] {
        &self.coefficients[..=self.degree]
    }

    /// Adds a constant.
    pub fn add_constant(&mut self, value: T) {
        self.coefficients[0] = self.coefficients[0] + value;
    }

    /// Adds `factor * other`.
    pub fn add_scaled(&mut self, factor: T, other: &Poly<T>) {
        self.degree = self.degree.max(other.degree);
        for (c, o) in self.coefficients.iter_mut().zip(other.coefficients()) {
            *c = *c + factor * *o;
        }
    }

    /// From the jets at the centre and over the cell, in a variable that is `scale` times `t`.
    ///
    /// `None` unless the function is continuous on the cell with a bounded n-th derivative, so that Taylor's theorem holds.
    pub fn from_jets(at_centre: &Jet<T>, over_cell: &Jet<Interval>, scale: T) -> Option<Poly<T>> {
        use bumpnet_interval::Quality;
        let at: Interval = at_centre.value().into();
        let smooth = over_cell.value().quality() == Quality::Continuous
            && over_cell.coefficient(ORDER).is_bounded()
            && at.quality() == Quality::Continuous;
        if !smooth {
            return None;
        }
        let mut poly = Poly { coefficients: [T::point(0.0); ORDER + 1], degree: 0 };
        let mut power = T::point(1.0);
        for k in 0..=ORDER {
            let coefficient = if k < ORDER { at_centre.coefficient(k) } else { T::from(over_cell.coefficient(k)) };
            let remainder = k == ORDER && active(Fault::RemainderDropped);
            poly.coefficients[k] = if remainder { T::point(0.0) } else { coefficient * power };
            let enclosure: Interval = poly.coefficients[k].into();
            if !enclosure.is_bounded() {
                return None;
            }
            if enclosure != Interval::ZERO {
                poly.degree = k;
            }
            power = power * scale;
        }
        Some(poly)
    }

    /// The same function on a smaller cell.
    pub fn restrict(&self, from: &Cell, to: &Cell) -> Poly<T> {
        if self.degree == 0 {
            return *self;
        }
        let radius = T::point(from.radius());
        let shift = (T::point(to.centre()) - T::point(from.centre())) / radius;
        self.substitute(shift, T::point(to.radius()) / radius)
    }

    /// `p(shift + scale t)`, by Horner's scheme.
    fn substitute(&self, shift: T, scale: T) -> Poly<T> {
        let mut result = Poly::constant(self.coefficients[self.degree]);
        for k in (0..self.degree).rev() {
            let top = result.degree;
            result.coefficients[top + 1] = result.coefficients[top] * scale;
            for i in (1..=top).rev() {
                result.coefficients[i] = result.coefficients[i] * shift + result.coefficients[i - 1] * scale;
            }
            result.coefficients[0] = result.coefficients[0] * shift + self.coefficients[k];
            result.degree = top + 1;
        }
        result
    }

    /// The value at a parameter (or the range over a set of parameters), by Horner's scheme.
    pub fn value(&self, t: T) -> T {
        let (last, rest) = match self.coefficients().split_last() {
            Some(parts) => parts,
            None => return T::point(0.0),
        };
        rest.iter().rev().fold(*last, |sum, c| sum * t + *c)
    }

    /// The range on the whole cell: even powers lie in [0, 1], odd ones in [-1, 1].
    pub fn range(&self) -> Interval {
        let even = Interval::new(0.0, 1.0).unwrap_or(Interval::ENTIRE);
        let odd = Interval::symmetric(UpperBound::ONE);
        let constant: Interval = self.coefficients[0].into();
        self.coefficients().iter().enumerate().skip(1).fold(constant, |sum, (k, c)| {
            let coefficient: Interval = (*c).into();
            sum + coefficient * if k % 2 == 0 { even } else { odd }
        })
    }

    /// The range of the derivative in `t` on the whole cell.
    pub fn slope(&self) -> Interval {
        let even = Interval::new(0.0, 1.0).unwrap_or(Interval::ENTIRE);
        let odd = Interval::symmetric(UpperBound::ONE);
        let terms = self.coefficients().iter().enumerate().skip(1);
        terms.fold(Interval::ZERO, |sum, (k, c)| {
            let power = match k {
                1 => Interval::ONE,
                k if k % 2 == 1 => even,
                _ => odd,
            };
            let coefficient: Interval = (*c).into();
            sum + coefficient * Interval::point(k as f64) * power
        })
    }
}

impl Poly {
    /// The Taylor polynomial of an expression of one input on a cell.
    pub fn of_expression(expr: &Expr, cell: &Cell) -> Option<Poly> {
        let radius = Interval::point(cell.radius());
        let over_cell = expr.eval(&[Jet::line(cell.interval(), radius, ORDER)]);
        if !over_cell.coefficient(ORDER).is_bounded() {
            return None;
        }
        let at_centre = expr.eval(&[Jet::line(Interval::point(cell.centre()), radius, ORDER - 1)]);
        Poly::from_jets(&at_centre, &over_cell, Interval::ONE)
    }

    /// How much of the range's width comes from the coefficients not being known, rather than from the variation.
    pub fn noise(&self) -> f64 {
        self.coefficients().iter().map(|c| c.width().get()).sum()
    }

    /// Bounds of the root of the integral of the square over t in [-1, 1].
    ///
    /// The polynomial is a fixed one, the midpoints, plus something of magnitude at most the radii's sum, whose norm is
    /// at most that times the root of 2; the triangle inequality does the rest.
    ///
    /// `unit`, a power of two near the size of the polynomial, keeps the squares from underflow and overflow.
    pub fn norm(&self, unit: f64) -> (f64, f64) {
        let mut middle = [0.0; ORDER + 1];
        let mut radius = UpperBound::ZERO;
        for (m, c) in middle.iter_mut().zip(self.coefficients()) {
            let scaled = *c / Interval::point(unit);
            *m = scaled.midpoint();
            radius = radius + (scaled - Interval::point(*m)).magnitude();
        }
        let (square, off) = square_integral(&middle[..=self.degree]);
        if !(square + off).is_finite() {
            return (0.0, f64::INFINITY);
        }
        let root = |x: f64| Interval::point(x.max(0.0).sqrt());
        let slack = Interval::point(radius.get()) * Interval::point(std::f64::consts::SQRT_2.next_up());
        // The square root is correctly rounded; one ulp covers it.
        let low = root((square - off).next_down()).lo().next_down() - slack.hi().next_up();
        let high = Interval::point(root((square + off).next_up()).hi().next_up()) + slack;
        (low.max(0.0), high.hi().next_up())
    }
}

/// The integral of the square of a polynomial over [-1, 1], and how far it may be off.
///
/// It is a sum of at most 256 products of four factors; each goes through three roundings and those of the sum, so that it is
/// off by less than `(256 + 8) 2u` of the sum of magnitudes, and a little for what underflows.
fn square_integral(c: &[f64]) -> (f64, f64) {
    let (mut sum, mut size) = (0.0, 0.0);
    for (i, a) in c.iter().enumerate() {
        for (j, b) in c.iter().enumerate().skip(i % 2).step_by(2) {
            let term = a * b * 2.0 / (i + j + 1) as f64;
            sum += term;
            size += term.abs();
        }
    }
    (sum, size * (528.0 * f64::EPSILON) + f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expr(text: &str) -> Expr {
        bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap()
    }

    #[test]
    fn encloses_value_and_slope_on_smaller_cells() {
        let cell = Cell { a: 0.25, b: 0.5 };
        for text in ["sin(15*x)+x^3", "exp(-x)/x", "sqrt(x)*cos(40*x)", "1/(1+25*x^2)"] {
            let f = expr(text);
            let poly = Poly::of_expression(&f, &cell).unwrap();
            for (a, b) in [(0.25, 0.5), (0.25, 0.26), (0.3, 0.47), (0.49, 0.5)] {
                let part = Cell { a, b };
                let poly = poly.restrict(&cell, &part);
                for k in 0..=20 {
                    let x = a + (b - a) * f64::from(k) / 20.0;
                    let jet = f.eval(&[Jet::variable(Interval::point(x), 1)]);
                    let t = part.parameter(Interval::point(x));
                    let value = poly.value(t);
                    assert!(value.lo() <= jet.value().hi() && jet.value().lo() <= value.hi(), "{text} at {x}");
                    let slope = jet.coefficient(1) * Interval::point(part.radius());
                    let bound = poly.slope();
                    assert!(bound.lo() <= slope.lo() && slope.hi() <= bound.hi(), "{text}' at {x}");
                    assert!(poly.range().contains_all(&value.intersection(&poly.range()).unwrap()));
                }
            }
        }
    }

    #[test]
    fn refuses_what_is_not_smooth() {
        let cell = Cell { a: -1.0, b: 1.0 };
        for text in ["abs(x)", "step(x)", "1/x", "sqrt(x+1)", "ln(x+2)*sign(x)"] {
            assert!(Poly::of_expression(&expr(text), &cell).is_none(), "{text}");
        }
    }

    #[test]
    fn norms() {
        let cell = Cell { a: -1.0, b: 1.0 };
        for (text, square) in [("x", 2.0 / 3.0), ("1", 2.0), ("x^2-x", 2.0 / 5.0 + 2.0 / 3.0)] {
            let (low, high) = Poly::of_expression(&expr(text), &cell).unwrap().norm(1.0);
            assert!(low * low <= square && square <= high * high && high - low < 1e-12, "{text}: {low} {high}");
        }
    }
}
