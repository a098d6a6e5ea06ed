//! Products of polynomials in several variables, each at most 1 in magnitude: the inner loop of every Taylor model.

use bumpnet_interval::UpperBound;

use super::monomials::Monomials;
use crate::fault::{Fault, active};
use crate::poly::Number;

/// The coefficients of the product up to a degree, and how far the polynomial may be from it besides. With each factor comes a
/// bound of the sum of the magnitudes of its coefficients.
pub fn product<T: Number>(
    table: &Monomials,
    (a, all_a): (&[T], UpperBound),
    (b, all_b): (&[T], UpperBound),
    degree: usize,
) -> (Vec<T>, UpperBound) {
    balls(a)
        .zip(balls(b))
        .and_then(|(x, y)| of_balls(table, (&x, all_a), (&y, all_b), degree))
        .unwrap_or_else(|| (of_sets(table, a, b, degree), UpperBound::ZERO))
}

/// Coefficient by coefficient, each a set.
fn of_sets<T: Number>(table: &Monomials, x: &[T], y: &[T], degree: usize) -> Vec<T> {
    let mut c = vec![T::point(0.0); table.count[degree]];
    for (i, x) in x.iter().enumerate() {
        if x.as_point() == Some(0.0) || table.degree[i] > degree {
            continue;
        }
        let last = table.count[degree - table.degree[i]].min(y.len());
        for (y, place) in y[..last].iter().zip(table.products(i)) {
            if y.as_point() != Some(0.0) {
                let c = &mut c[usize::from(*place)];
                *c = *c + *x * *y;
            }
        }
    }
    c
}

/// A bound of the sum of the magnitudes of some coefficients.
pub fn total<T: Number>(c: &[T]) -> UpperBound {
    total_of(c, |c| c.magnitude().get())
}

/// A plain sum of n numbers that are not negative, in any order, is off by less than n roundings of itself.
fn total_of<T>(c: &[T], magnitude: impl Fn(&T) -> f64) -> UpperBound {
    const LANES: usize = 4;
    let mut sums = [0.0; LANES];
    let chunks = c.chunks_exact(LANES);
    chunks.remainder().iter().zip(&mut sums).for_each(|(c, sum)| *sum += magnitude(c));
    chunks.for_each(|chunk| chunk.iter().zip(&mut sums).for_each(|(c, sum)| *sum += magnitude(c)));
    UpperBound::new(sums.iter().sum::<f64>() * (1.0 + (c.len() as f64 + 2.0) * f64::EPSILON))
}

/// A polynomial with binary64 coefficients, and how far a function may be from it on the box.
#[derive(Clone, Debug)]
pub struct Plain {
    pub c: Vec<f64>,
    pub off: UpperBound,
}

impl Plain {
    /// Of a function that is within `rest` of a polynomial; `None` where its coefficients are better known than that.
    pub fn new<T: Number>(c: &[T], rest: UpperBound) -> Option<Plain> {
        let (c, off) = balls(c)?;
        Some(Plain { c, off: off + rest })
    }

    /// Bounds of the magnitudes of the coefficients of each degree together, up to the last that is not zero.
    fn by_degree(&self, table: &Monomials) -> Vec<UpperBound> {
        let part = |degree: usize| {
            let from = if degree == 0 { 0 } else { table.count[degree - 1] };
            let part = self.c.get(from..table.count[degree].min(self.c.len())).unwrap_or(&[]);
            total_of(part, |c| c.abs())
        };
        let mut sums: Vec<UpperBound> = (0..=table.order).map(part).collect();
        while sums.len() > 1 && sums.last() == Some(&UpperBound::ZERO) {
            sums.pop();
        }
        sums
    }
}

/// `sum_k g_k d^k` by Horner's scheme, for a `d` without a constant term and numbers `g_k` that are known to within a distance
/// each; `None` where something overflows. What is multiplied k times more is needed to the order less k only.
///
/// Every monomial is at most 1. A product of `s` and `d`, which are within `ds` and `dd` of polynomials whose coefficients add
/// up to `S` and `D`, is within `ds (D + dd) + dd S` of that of the polynomials, and that is calculated as in [`of_balls`].
pub fn horner(table: &Monomials, d: &Plain, series: &[(f64, UpperBound)]) -> Option<Plain> {
    let b = d.by_degree(table);
    // What is left of `d` from each degree on.
    let mut from = vec![UpperBound::ZERO; b.len() + 1];
    for j in (0..b.len()).rev() {
        from[j] = from[j + 1] + b[j];
    }
    let ((top, off), rest) = series.split_last()?;
    let mut sum = Plain { c: vec![*top], off: *off };
    for (k, (g, known)) in rest.iter().enumerate().rev() {
        let a = sum.by_degree(table);
        let all = a.iter().copied().sum::<UpperBound>();
        let degree = (table.order - k).min(a.len() + b.len() - 2);
        let mut c = plain_product(table, &sum.c, &d.c, degree);
        let terms = sum.c.len().min(d.c.len()) as f64;
        let mut off = sum.off * (from[0] + d.off) + d.off * all + rounding(terms, all * from[0]);
        if !active(Fault::TruncationDropped) {
            for (i, a) in a.iter().enumerate() {
                off = off + *a * from[(degree + 1).saturating_sub(i).min(b.len())];
            }
        }
        c[0] += g;
        off = off + *known + UpperBound::new(c[0].abs() * f64::EPSILON);
        if !c.iter().all(|c| c.is_finite()) {
            return None;
        }
        sum = Plain { c, off };
    }
    Some(sum)
}

/// Coefficients that are sums of at most so many products, which in all are at most `size`: a sum is off by `(n + 1) u` of the
/// sum of the magnitudes at most, but for what underflows; that is taken twice.
fn rounding(terms: f64, size: UpperBound) -> UpperBound {
    UpperBound::new((terms + 1.0) * f64::EPSILON) * size + UpperBound::new(f64::MIN_POSITIVE)
}

fn plain_product(table: &Monomials, x: &[f64], y: &[f64], degree: usize) -> Vec<f64> {
    let mut c = vec![0.0; table.count[degree]];
    for (i, x) in x.iter().enumerate().filter(|(i, x)| **x != 0.0 && table.degree[*i] <= degree) {
        let last = table.count[degree - table.degree[i]].min(y.len());
        for (y, place) in y[..last].iter().zip(table.products(i)) {
            c[usize::from(*place)] += x * y;
        }
    }
    c
}

/// Binary64 coefficients, and how far all of them together may be from the exact ones.
type Balls = (Vec<f64>, UpperBound);

fn balls<T: Number>(c: &[T]) -> Option<Balls> {
    let mut off = UpperBound::ZERO;
    let middle = c.iter().map(|c| {
        let (middle, radius) = c.ball()?;
        off = off + radius;
        Some(middle)
    });
    middle.collect::<Option<Vec<f64>>>().map(|middle| (middle, off))
}

/// The same in plain arithmetic, and how far the polynomial may be from the product of the exact ones; `None` where it
/// overflows. `all_x` and `all_y` bound the sums of the magnitudes of all coefficients.
///
/// Every monomial is at most 1. With `x`, `y` off by `dx`, `dy` in all, the product is off by `dx all_y + dy all_x`. A
/// coefficient is a sum of at most n products, n the smaller number of coefficients.
fn of_balls<T: Number>(
    table: &Monomials,
    ((x, dx), all_x): (&Balls, UpperBound),
    ((y, dy), all_y): (&Balls, UpperBound),
    degree: usize,
) -> Option<(Vec<T>, UpperBound)> {
    let c = plain_product(table, x, y, degree);
    let rounding = rounding(x.len().min(y.len()) as f64, all_x * all_y);
    let off = *dx * all_y + *dy * all_x + rounding;
    c.iter().all(|c| c.is_finite()).then(|| (c.into_iter().map(T::point).collect(), off))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpnet_interval::{Interval, Wide};
    use proptest::prelude::*;

    proptest! {
        /// What is calculated in plain arithmetic is within the distance told of what the sets say.
        #[test]
        fn plain_arithmetic_is_within_its_bound(
            numbers in proptest::collection::vec((-1e3..1e3f64, -40i32..5), 30),
            widths in proptest::collection::vec(0.0..1e-9f64, 30),
            at in proptest::collection::vec(-1.0..1.0f64, 2),
        ) {
            let table = Monomials::up_to(2, 6);
            let c: Vec<Interval> = numbers
                .iter()
                .zip(&widths)
                .map(|((m, e), w)| {
                    let middle = m * (0..e.abs()).fold(1.0, |p, _| if *e < 0 { p / 2.0 } else { p * 2.0 });
                    Interval::new(middle - w * middle.abs(), middle + w * middle.abs()).unwrap()
                })
                .collect();
            let (a, b) = c.split_at(15);
            let all = |c: &[Interval]| c.iter().map(Interval::magnitude).sum::<UpperBound>();
            let (x, off) = product(&table, (a, all(a)), (b, all(b)), 6);
            prop_assert!(off.get() > 0.0);
            let sets = of_sets(&table, a, b, 6);
            let value = |c: &[Interval]| {
                c.iter().zip(&table.exponents).fold(Interval::ZERO, |sum, (c, e)| {
                    let power = |(x, k): (&f64, &u8)| (0..*k).fold(Interval::ONE, |p, _| p * Interval::point(*x));
                    sum + *c * at.iter().zip(e).map(power).fold(Interval::ONE, |p, q| p * q)
                })
            };
            let (x, sets) = (value(&x) + Interval::symmetric(off), value(&sets));
            prop_assert!(x.lo() <= sets.hi() && sets.lo() <= x.hi());
            // Of points the exact product, by balls of 100 bits.
            let points: Vec<Interval> = c.iter().map(|c| Interval::point(c.midpoint())).collect();
            let (p, off) = product(&table, (&points[..15], all(&points[..15])), (&points[15..], all(&points[15..])), 6);
            let wide: Vec<Wide> = points.iter().map(|c| Wide::from(*c)).collect();
            let exact = of_sets(&table, &wide[..15], &wide[15..], 6);
            let apart: UpperBound = p.iter().zip(&exact).map(|(p, e)| (Wide::from(*p) - *e).interval().magnitude()).sum();
            prop_assert!(apart.get() <= off.get() * (1.0 + 1e-9));
            prop_assert!(x.contains_all(&sets) || sets.width().get() <= 1e-12 * all(a).get() * all(b).get());
        }
    }
}
