//! From a Taylor model of the network to the polynomial that is evaluated: economised, rounded, and bounded.
//!
//! A model of order [`ORDER`] is cut to a lower degree ([`cut`]). What is off is then enclosed once more for the rounded coefficients: the difference of the model and the polynomial, written in
//! Chebyshev polynomials, is at most the sum of its coefficients' magnitudes.

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::Precision;
use bumpnet_prove::poly::{Cell, Number, ORDER, Poly};

use crate::chebyshev::{cut, weight};

/// A polynomial piece: `sum_k coefficients[k] (x - centre)^k`.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Where it is expanded.
    pub centre: f64,
    /// From the constant up.
    pub coefficients: Vec<f64>,
    /// A bound of how far it is from the network on its cell, its arithmetic exact.
    pub truncation: UpperBound,
    /// A bound of what Horner's scheme adds in binary64.
    pub rounding: UpperBound,
}

/// A coefficient that economisation takes: with a middle in two parts, the second zero where it is no better known.
pub trait Middle: Number {
    /// The middle.
    fn middle(&self) -> (f64, f64);
}

impl Middle for Interval {
    fn middle(&self) -> (f64, f64) {
        (self.midpoint(), 0.0)
    }
}

impl Middle for Wide {
    fn middle(&self) -> (f64, f64) {
        self.midpoint()
    }
}

/// The polynomial of that degree for a model on a cell. `None` where a coefficient is too large for binary64.
pub fn economise(model: &Poly<Wide>, cell: &Cell, degree: usize) -> Option<Piece> {
    let (coefficients, truncation) = economised(model.coefficients(), cell.radius(), degree, Precision::F64)?;
    Piece::new(cell, coefficients, truncation)
}

impl Piece {
    /// On a cell, with a bound for exact arithmetic; `None` where that or rounding is not finite.
    pub fn new(cell: &Cell, coefficients: Vec<f64>, truncation: UpperBound) -> Option<Piece> {
        let radius = UpperBound::new(cell.radius());
        let (size, slope) = horner_rounding(&coefficients, radius, Precision::F64);
        // The difference from the centre is rounded too.
        let rounding = size + slope * radius * UpperBound::new(Precision::F64.unit_roundoff());
        let piece = Piece { centre: cell.centre(), coefficients, truncation, rounding };
        (piece.truncation.is_finite() && piece.rounding.is_finite()).then_some(piece)
    }
}

/// The coefficients of `sum_k b_k x^k` for a model `sum_k c_k (x/radius)^k` on `|x| <= radius`, and a bound of the difference.
pub fn economised<T: Middle>(
    model: &[T],
    radius: f64,
    degree: usize,
    precision: Precision,
) -> Option<(Vec<f64>, UpperBound)> {
    let mut c = [0.0; ORDER + 1];
    model.iter().zip(&mut c).for_each(|(ball, c)| *c = ball.middle().0);
    // What economisation changes is kept apart from the coefficients, so that each is rounded once.
    let change = cut(&c, degree);
    let radius = T::point(radius);
    let mut power = T::point(1.0);
    let mut coefficients = Vec::with_capacity(degree + 1);
    let mut difference = [Interval::ZERO; ORDER + 1];
    for k in 0..=ORDER {
        let ball = model.get(k).copied().unwrap_or(T::point(0.0));
        difference[k] = match k <= degree {
            false => ball.into(),
            true => {
                let (high, low) = ball.middle();
                // On a cell of one point only the constant counts.
                let scale = power.middle().0;
                let b = if scale == 0.0 { 0.0 } else { precision.round((high + (low + change[k])) / scale) };
                coefficients.push(b);
                (ball - T::point(b) * power).into()
            }
        };
        power = power * radius;
    }
    coefficients.iter().all(|b| b.is_finite()).then(|| (coefficients, magnitude(&difference)))
}

/// A bound of `|sum_k c_k t^k|` for t in [-1, 1], by its Chebyshev coefficients.
fn magnitude(c: &[Interval; ORDER + 1]) -> UpperBound {
    let coefficient = |j: usize| {
        let part = |k: usize| c[k] * Interval::point(weight(k, j));
        (j..=ORDER).step_by(2).map(part).fold(Interval::ZERO, |sum, term| sum + term).magnitude()
    };
    (0..=ORDER).map(coefficient).sum()
}

/// A bound of the rounding errors of Horner's scheme for `|t| <= radius`, and one of the slope, for what t itself is off
/// (Higham 2002, section 5.1: each product and each sum is off by u times its size).
pub fn horner_rounding(coefficients: &[f64], radius: UpperBound, precision: Precision) -> (UpperBound, UpperBound) {
    let u = UpperBound::new(precision.unit_roundoff());
    let least = UpperBound::new(match precision {
        Precision::F64 => f64::from_bits(1), // a subnormal product
        Precision::F32 => f64::from(f32::from_bits(1)),
    });
    let Some((last, rest)) = coefficients.split_last() else { return (UpperBound::ZERO, UpperBound::ZERO) };
    // Of the rounded argument: radius (1 + u). `size` bounds the exact partial result, `error` the computed one's error,
    // `slope` the derivative.
    let reach = radius * UpperBound::new(1.0 + 2.0 * precision.unit_roundoff());
    let (mut size, mut error, mut slope) = (UpperBound::new(last.abs()), UpperBound::ZERO, UpperBound::ZERO);
    for b in rest.iter().rev() {
        let product = (size + error) * reach;
        error = error * reach + u * product + least;
        slope = slope * reach + size;
        size = size * reach + UpperBound::new(b.abs());
        error = error + u * (size + error);
    }
    (error, slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpnet_interval::Jet;

    /// sin on a cell: the bound holds at many points, and economised it is better than cut off.
    #[test]
    fn bounds_hold() {
        let cell = Cell { a: 0.25, b: 1.25 };
        let f = |text: &str| bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
        for text in ["sin(3*x)", "exp(-2*x)", "x^2-x"] {
            let expr = f(text);
            let over: Jet<Interval> = expr.eval(&[Jet::variable(cell.interval(), ORDER)]);
            let at: Jet<Wide> = expr.eval(&[Jet::variable(Wide::point(cell.centre()), ORDER - 1)]);
            let model = Poly::from_jets(&at, &over, Wide::point(cell.radius())).unwrap();
            for degree in [2, 6, 14] {
                let piece = economise(&model, &cell, degree).unwrap();
                let bound = (piece.truncation + piece.rounding).get();
                let mut largest = 0.0f64;
                for k in 0..=1000 {
                    let x = 0.25 + f64::from(k) / 1000.0;
                    let t = x - piece.centre;
                    let value = piece.coefficients.iter().rev().fold(0.0, |sum, b| sum * t + b);
                    let exact: Wide = expr.eval(&[Wide::point(x)]);
                    largest = largest.max((exact - Wide::point(value)).magnitude().get());
                }
                assert!(largest <= bound, "{text}, degree {degree}: {largest} > {bound}");
                assert!(bound <= 3.0 * largest + 1e-15, "{text}, degree {degree}: {bound} for {largest}");
            }
        }
    }
}
