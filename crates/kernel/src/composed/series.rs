//! Taylor series of a step around a number: its function, its block, and the block's error, which is their difference.
//!
//! With `y = (t - c)/r` a series is `sum_i f_i y^i`, and on a range that reaches no further than `r` from `c` Lagrange's remainder after any
//! order is at most the largest next coefficient over that range. The function `f^(j)/j!` in the same variable has the
//! coefficients `C(i+j, j) f_(i+j)`, and the same bounds with the same factors.

use bumpnet_interval::{Interval, Jet, Quality, Scalar, UpperBound, Wide};
use bumpnet_ir::Expr;

use crate::poly::Number;
use crate::units::Units;

/// Coefficients at the centre, and bounds of the coefficients over the range, of one order more.
#[derive(Debug)]
pub struct Series {
    at: Vec<Interval>,
    over: Vec<UpperBound>,
}

/// A step on a range of its argument.
#[derive(Debug)]
pub struct Around {
    /// The unit of the variable.
    pub radius: f64,
    /// What the step stands for.
    pub function: Series,
    /// What the network has in its place.
    pub block: Series,
    /// The block less the function.
    pub error: Series,
}

impl Around {
    /// The block's slopes on the range.
    pub fn slope(&self) -> Interval {
        self.block.range(1, UpperBound::ONE) / Interval::point(self.radius)
    }

    /// Series up to an order about a number in a bounded range. Large weights cancel in the block, so that is summed with 100 bits.
    pub fn new(units: &Units, function: &Expr, (centre, range): (f64, Interval), order: usize) -> Around {
        let from_centre = (range - Interval::point(centre)).magnitude().get();
        let radius = if from_centre > 0.0 { from_centre } else { 1.0 };
        let jets = |n: usize, at: Interval| {
            let function = function.eval(&[Jet::line(at, Interval::point(radius), n)]);
            (list(&function, n), sum::<Interval>(units, at, radius, n))
        };
        let (over_function, over_block) = jets(order + 1, range);
        let sizes = |of: &[Interval]| -> Vec<UpperBound> {
            // Without continuity there is no remainder either.
            let smooth = of[0].quality() == Quality::Continuous;
            of.iter().map(|c| if smooth && c.is_bounded() { c.magnitude() } else { UpperBound::INFINITE }).collect()
        };
        let (over_function, over_block) = (sizes(&over_function), sizes(&over_block));
        let over_error = over_function.iter().zip(&over_block).map(|(a, b)| *a + *b).collect();
        let point = |x: f64| -> Wide { Scalar::point(x) };
        let wide = function.eval(&[Jet::line(point(centre), point(radius), order)]);
        let (wide, block) = (list(&wide, order), sum::<Wide>(units, point(centre), radius, order));
        let error = block.iter().zip(&wide).map(|(a, b)| (*a - *b).into()).collect();
        let narrow = |of: Vec<Wide>| of.into_iter().map(Wide::into).collect();
        Around {
            radius,
            function: Series { at: narrow(wide), over: over_function },
            block: Series { at: narrow(block), over: over_block },
            error: Series { at: error, over: over_error },
        }
    }
}

/// A jet's coefficients.
fn list<T: Number>(jet: &Jet<T>, order: usize) -> Vec<T> {
    (0..=order).map(|k| jet.coefficient(k)).collect()
}

/// The coefficients of a sum over units.
fn sum<T: Number>(units: &Units, at: T, radius: f64, order: usize) -> Vec<T> {
    let mut sums = vec![T::point(0.0); order + 1];
    sums[0] = T::from(units.c0);
    for unit in &units.list {
        let (w, b) = (T::point(unit.weight()), T::point(unit.bias()));
        let jet = units.activation.apply(&Jet::line(w * at + b, w * T::point(radius), order));
        let alpha = T::from(unit.alpha);
        sums.iter_mut().zip(list(&jet, order)).for_each(|(sum, c)| *sum = *sum + alpha * c);
    }
    sums
}

impl Series {
    /// The coefficient of `y^i` of `f^(j)/j!`.
    pub fn coefficient(&self, j: usize, i: usize) -> Interval {
        Interval::point(binomial(i + j, j)) * self.at[i + j]
    }

    /// For each `n` up to `most`, a bound of what `f^(j)/j!` is beyond its terms up to `y^n`, for `|y|` up to `reach`: of the terms
    /// that follow, up to the order after which the remainder makes the sum least.
    pub fn tails(&self, j: usize, reach: UpperBound, most: usize) -> Vec<UpperBound> {
        let last = self.at.len() - 1 - j;
        let powers: Vec<UpperBound> =
            std::iter::successors(Some(UpperBound::ONE), |power| Some(*power * reach)).take(last + 2).collect();
        let factor = |i: usize| UpperBound::new(binomial(i + j, j)) * powers[i];
        let remainder = |i: usize| factor(i) * self.over[i + j];
        let mut tails = vec![remainder(last + 1)];
        for i in (1..=last).rev() {
            let further = factor(i) * self.at[i + j].magnitude() + tails[tails.len() - 1];
            tails.push(further.min(remainder(i)));
        }
        tails.reverse();
        tails.truncate(most + 1);
        tails
    }

    /// The values of `f^(j)/j!` for `|y|` up to `reach`.
    pub fn range(&self, j: usize, reach: UpperBound) -> Interval {
        let by_terms = self.coefficient(j, 0) + Interval::symmetric(self.tails(j, reach, 0)[0]);
        let by_range = Interval::symmetric(self.over[j]);
        by_terms.intersection(&by_range).unwrap_or(by_range)
    }
}

/// `C(n, k)`, exactly: for n up to 24 all products are integers below 2^53.
fn binomial(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64)
}
