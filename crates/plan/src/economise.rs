//! From a Taylor model of the network to the polynomial that is evaluated: economised, rounded, and bounded.
//!
//! A model of order [`ORDER`] is cut to a lower degree by taking off multiples of Chebyshev polynomials (Lanczos'
//! economisation), which costs `|a_j|` each where plain truncation would cost `2^(j-1)` times that. What is off
//! is then enclosed once more for the rounded coefficients: the difference of the model and the polynomial, written in
//! Chebyshev polynomials, is at most the sum of its coefficients' magnitudes.

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::Precision;
use bumpnet_prove::poly::{Cell, Number, ORDER, Poly};

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
    let radius = cell.radius();
    let (coefficients, truncation) = economised(model.coefficients(), radius, degree, Precision::F64)?;
    let (size, slope) = horner_rounding(&coefficients, UpperBound::new(radius), Precision::F64);
    // The difference from the centre is rounded too.
    let rounding = size + slope * UpperBound::new(radius) * UpperBound::new(Precision::F64.unit_roundoff());
    let piece = Piece { centre: cell.centre(), coefficients, truncation, rounding };
    (piece.truncation.is_finite() && piece.rounding.is_finite()).then_some(piece)
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
    let mut change = [0.0; ORDER + 1];
    for j in (degree + 1..=ORDER).rev() {
        let leading = (c[j] + change[j]) / chebyshev(j, j);
        (0..=j).rev().step_by(2).for_each(|k| change[k] -= leading * chebyshev(j, k));
    }
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
    // t^k = 2^(1-k) sum_j binomial(k, (k-j)/2) T_j, half of that for j = 0.
    let coefficient = |j: usize| {
        let part = |k: usize| {
            let scale = f64::from_bits((1023 + 1 - k as u64) << 52) * if j == 0 { 0.5 } else { 1.0 };
            c[k] * Interval::point(binomial(k, (k - j) / 2) * scale)
        };
        (j..=ORDER).step_by(2).map(part).fold(Interval::ZERO, |sum, term| sum + term).magnitude()
    };
    (0..=ORDER).map(coefficient).sum()
}

/// Binomial coefficient; exact for the orders here.
const fn binomial(n: usize, k: usize) -> f64 {
    let (mut result, mut i) = (1.0, 0);
    while i < k {
        result = result * (n - i) as f64 / (i + 1) as f64;
        i += 1;
    }
    result
}

/// The coefficient of `t^k` in the Chebyshev polynomial `T_j`, `j >= 1`, `j - k` even:
/// `2^(k-1) j (-1)^m (j-m-1)! / (m! k!)` with `m = (j - k)/2`; exact for the orders here.
fn chebyshev(j: usize, k: usize) -> f64 {
    let m = (j - k) / 2;
    // j/(j-m) binomial(j-m, m) is an integer.
    let whole = (j as f64) * binomial(j - m, m) / (j - m) as f64;
    let power = if k == 0 { 0.5 } else { (1u64 << (k - 1)) as f64 };
    whole * power * if m.is_multiple_of(2) { 1.0 } else { -1.0 }
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

    #[test]
    fn chebyshev_polynomials() {
        let t5: Vec<f64> = [1, 3, 5].iter().map(|k| chebyshev(5, *k)).collect();
        assert_eq!(t5, [5.0, -20.0, 16.0]);
        let t8: Vec<f64> = [0, 2, 4, 6, 8].iter().map(|k| chebyshev(8, *k)).collect();
        assert_eq!(t8, [1.0, -32.0, 160.0, -256.0, 128.0]);
        assert_eq!((binomial(15, 7), chebyshev(15, 15)), (6435.0, 16384.0));
    }

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
