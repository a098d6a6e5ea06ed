//! Chebyshev interpolation (Trefethen, *Approximation Theory and Approximation Practice*, ch. 3 and 4): the yardstick for
//! analytic targets, and a first idea of how many neurons one needs.

use bumpnet_interval::{Scalar, Unary};
use bumpnet_ir::{Expr, Input};

/// Most coefficients that are tried. Heuristic: a transform of n points takes n^2 products here, 4 million for this many.
pub const MOST_COEFFICIENTS: usize = 2048;

/// The points at which a polynomial of degree `last` interpolates: `lo + (hi - lo) sin(pi k / (2 last))^2`, both ends
/// among them, in increasing order.
pub fn points(lo: f64, hi: f64, last: usize) -> Vec<f64> {
    let turn = |k: usize| std::f64::consts::FRAC_PI_2 * (k as f64 / last.max(1) as f64);
    let part = |k: usize| {
        let sine = f64::unary(Unary::Sin, &turn(k));
        sine * sine
    };
    (0..=last).map(|k| (lo + (hi - lo) * part(k)).clamp(lo, hi)).collect()
}

/// The coefficients of the interpolant through `values` at [`points`]; the first belongs to the constant.
fn coefficients(values: &[f64]) -> Vec<f64> {
    let last = values.len() - 1;
    // cos(pi m / last) for all m that occur, modulo the period.
    let period = 2 * last.max(1);
    let cosine: Vec<f64> =
        (0..period).map(|m| f64::unary(Unary::Cos, &(std::f64::consts::TAU * (m as f64 / period as f64)))).collect();
    let half = |k: usize| if k == 0 || k == last { 0.5 } else { 1.0 };
    (0..=last)
        .map(|j| {
            let term = |k: usize| half(k) * values[last - k] * cosine[(j * k) % period];
            let sum: f64 = (0..=last).map(term).sum();
            2.0 * half(j) * sum / last.max(1) as f64
        })
        .collect()
}

/// How many coefficients an interpolant needs so that what is left of the series is at most `eps`, as found from a series
/// of twice that length and more; `None` if [`MOST_COEFFICIENTS`] do not do, or the target is not finite somewhere.
///
/// The interpolant's error is at most twice the sum of the coefficients left out (Trefethen, theorem 4.2); the sum of
/// those computed stands for it. An estimate, not a bound.
pub fn needed(target: &Expr, input: &Input, eps: f64) -> Option<usize> {
    needed_within(target, input, eps, MOST_COEFFICIENTS)
}

/// The same, from series of `most` terms at most, so that about half as many coefficients may be found to do.
pub fn needed_within(target: &Expr, input: &Input, eps: f64, most: usize) -> Option<usize> {
    let mut last = 16;
    while last <= most.min(MOST_COEFFICIENTS) {
        let points = points(input.lo, input.hi, last);
        let mut values = vec![0.0; points.len()];
        target.eval_many(&points, &mut values);
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let magnitude = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let noise = 4.0 * f64::EPSILON * magnitude;
        let series = coefficients(&values);
        let mut tail = 0.0;
        let kept = series.iter().rposition(|c| {
            tail += 2.0 * (c.abs() - noise).max(0.0);
            tail > eps
        });
        let needed = kept.map_or(1, |k| k + 1);
        if needed <= last / 2 {
            return Some(needed);
        }
        last *= 2;
    }
    None
}

/// Points between neighbouring nodes at which [`interpolation_error`] samples. Heuristic: the largest error of an
/// analytic target is then found to a percent or so.
const BETWEEN: usize = 8;
/// It samples at least this many gaps, so that few coefficients do not mean few samples. Heuristic.
const FEWEST_SAMPLES: usize = 4096;

/// The sampled sup error of the interpolant with this many coefficients (at least 1), by the barycentric formula
/// (Trefethen, theorem 5.2); NaN if the target is not finite at a sample. Measured, not a bound.
pub fn interpolation_error(target: &Expr, input: &Input, coefficients: usize) -> f64 {
    let last = coefficients.max(1) - 1;
    let nodes = match last {
        0 => vec![input.lo + 0.5 * (input.hi - input.lo)],
        last => points(input.lo, input.hi, last),
    };
    let samples = points(input.lo, input.hi, (BETWEEN * last).max(FEWEST_SAMPLES));
    let values = |x: &[f64]| {
        let mut values = vec![0.0; x.len()];
        target.eval_many(x, &mut values);
        values
    };
    let (at_nodes, wanted) = (values(&nodes), values(&samples));
    let error = |(x, wanted): (&f64, &f64)| (interpolate(&nodes, &at_nodes, *x) - wanted).abs();
    samples
        .iter()
        .zip(&wanted)
        .map(error)
        .fold(0.0, |sup, error| if error > sup || error.is_nan() { error } else { sup })
}

/// The polynomial through values at Chebyshev points: weights of alternating sign, halved at the ends.
pub fn interpolate(nodes: &[f64], values: &[f64], x: f64) -> f64 {
    let last = nodes.len() - 1;
    let (mut above, mut below) = (0.0, 0.0);
    for (k, (node, value)) in nodes.iter().zip(values).enumerate() {
        if x == *node {
            return *value;
        }
        let half = if k == 0 || k == last { 0.5 } else { 1.0 };
        let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
        let weight = sign * half / (x - node);
        above += weight * value;
        below += weight;
    }
    above / below
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &str = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)";

    fn parsed(text: &str, (lo, hi): (f64, f64)) -> (Expr, Input) {
        let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
        (target, Input { name: "x".into(), lo, hi })
    }

    fn count(text: &str, domain: (f64, f64), eps: f64) -> Option<usize> {
        let (target, input) = parsed(text, domain);
        needed(&target, &input, eps)
    }

    fn error(text: &str, domain: (f64, f64), coefficients: usize) -> f64 {
        let (target, input) = parsed(text, domain);
        interpolation_error(&target, &input, coefficients)
    }

    #[test]
    fn counts_of_known_functions() {
        assert_eq!(count("3", (0.0, 1.0), 1e-12), Some(1));
        assert_eq!(count("4*x^3-3*x", (-1.0, 1.0), 1e-12), Some(4));
        assert_eq!(count("abs(x)", (-1.0, 1.0), 1e-9), None);
        // Numbers of the literature's kind of test functions, found by interpolating and measuring.
        for (eps, wanted) in [(1e-6, 39), (1e-9, 45), (1e-12, 51)] {
            let found = count(ARTICLE, (0.0, 1.0), eps).unwrap();
            assert!(found.abs_diff(wanted) <= 2, "{eps}: {found} for {wanted}");
        }
    }
    #[test]
    fn errors_of_known_interpolants() {
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() <= 1e-5 * wanted, "{found} for {wanted}");
        // x^2 on [-1, 1]: its middle value, its chord, itself.
        near(error("x^2", (-1.0, 1.0), 1), 1.0);
        near(error("x^2", (-1.0, 1.0), 2), 1.0);
        assert!(error("x^2", (-1.0, 1.0), 3) < 1e-15);
        // T4 at the points of degree 3 is T2 there (aliasing), so the error is that of T4 - T2.
        near(error("8*x^4-8*x^2+1", (-1.0, 1.0), 4), 2.0);
        for (coefficients, decade) in [(39, 1e-6), (45, 1e-9), (51, 1e-12)] {
            let found = error(ARTICLE, (0.0, 1.0), coefficients);
            assert!((decade / 8.0..decade * 2.0).contains(&found), "{coefficients}: {found}");
        }
        assert!(error("1/x", (0.0, 1.0), 8).is_nan());
    }
}
