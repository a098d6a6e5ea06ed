//! What no smooth network follows: a change of the target between neighbouring numbers, and the rounding of its own values.

pub mod several;

use bumpnet_interval::{Interval, Quality, Wide};
use bumpnet_ir::{Expr, Input};

use crate::chebyshev;

/// Points at which differences are looked at; heuristic.
const POINTS: usize = 2049;
/// The largest differences that are followed down to neighbouring numbers; heuristic.
const FOLLOWED: usize = 8;
/// A smaller part of the target's magnitude is not told from rounding.
const SMALLEST: f64 = 1e-9;
/// Points, one less, at which it is looked up how well the target is known; heuristic.
const KNOWN_POINTS: usize = 32;

/// A place where the target changes between two neighbouring numbers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Jump {
    /// The upper one of the two.
    pub at: f64,
    /// The values there are proved to be at least this far apart.
    pub size: f64,
    /// Whether the target is proved to be continuous there: it is steep, and does not jump.
    pub steep: bool,
}

impl Jump {
    /// Why a smooth network does not follow.
    pub fn explain(&self, input: &str) -> String {
        let Jump { at, size, steep } = *self;
        let change = format!("the target changes by {size:.4e} within a few numbers of binary64 at {input} = {at:?}");
        match steep {
            true => format!("{change}, which do not resolve it"),
            false => {
                format!(
                    "{change}, as at a jump, which only `method: bumps` with a step exactly there is sure to follow"
                )
            }
        }
    }
}

/// The largest jump found by halving the intervals of a grid over which the target changes most. What is returned is proved;
/// that there is no other is not.
pub fn largest(target: &Expr, input: &Input) -> Option<Jump> {
    let step = (input.hi - input.lo) / (POINTS - 1) as f64;
    let points: Vec<f64> = (0..POINTS).map(|k| (input.lo + k as f64 * step).min(input.hi)).collect();
    let mut values = vec![0.0; POINTS];
    target.eval_many(&points, &mut values);
    let magnitude = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    let change = |k: &usize| (values[k + 1] - values[*k]).abs();
    let mut order: Vec<usize> = (0..POINTS - 1).filter(|k| change(k) > SMALLEST * magnitude).collect();
    order.sort_by(|i, j| change(j).total_cmp(&change(i)).then(i.cmp(j)));
    let followed = order.into_iter().take(FOLLOWED).map(|k| follow(target, points[k], points[k + 1]));
    let jumps =
        followed.filter_map(|(a, b)| proved(target, input, a, b)).filter(|jump| jump.size > SMALLEST * magnitude);
    jumps.reduce(|best, jump| if jump.size > best.size { jump } else { best })
}

/// What is proved of two neighbouring numbers, or of those beside them: plain evaluation may be on a jump's other side. `None`
/// where the values may be equal.
fn proved(target: &Expr, input: &Input, a: f64, b: f64) -> Option<Jump> {
    let value = |x: f64| target.eval(&[Wide::point(x)]).interval();
    let beside = (a.next_down().max(input.lo), b.next_up().min(input.hi));
    let pairs = [(a, b), beside].into_iter().filter_map(|(a, b)| {
        let over = target.eval(&[Interval::new(a, b)?]);
        let size = (value(b) - value(a)).mignitude();
        (size > 0.0).then(|| Jump { at: b, size, steep: over.quality() == Quality::Continuous })
    });
    // Twice as far apart because of a jump between the outer ones, or much the same.
    pairs.reduce(|near, wide| if wide.size > 1.5 * near.size { wide } else { near })
}

/// Where of some points the target's value is known worst, and how far off it may be there.
pub fn known(target: &Expr, input: &Input) -> (f64, f64) {
    let radius = |x: f64| {
        let plain: Interval = target.eval(&[Interval::point(x)]);
        let value = plain.intersection(&target.eval(&[Wide::point(x)]).interval()).unwrap_or(plain);
        (x, 0.5 * value.width().get())
    };
    let points = chebyshev::points(input.lo, input.hi, KNOWN_POINTS);
    points.into_iter().map(radius).fold((input.lo, 0.0), |worst, next| if next.1 > worst.1 { next } else { worst })
}

/// What stands in the way of an error within `eps`, in words, if it is a jump, or the rounding of the target's own values.
pub fn obstacle(target: &Expr, input: &Input, eps: f64) -> Option<String> {
    let jump = largest(target, input).filter(|jump| jump.size > 2.0 * eps);
    jump.map(|jump| jump.explain(&input.name)).or_else(|| {
        let (at, radius) = known(target, input);
        let name = &input.name;
        (radius > eps).then(|| {
            format!(
                "rounding in its formula may put the target's values off by {radius:.4e}, as at {name} = {at:?}, and networks \
                 are fitted to these"
            )
        })
    })
}

/// Halves an interval, keeping the part with the larger change, down to neighbouring numbers.
fn follow(target: &Expr, mut a: f64, mut b: f64) -> (f64, f64) {
    let f = |x: f64| target.eval::<f64>(&[x]);
    let (mut at_a, mut at_b) = (f(a), f(b));
    loop {
        let middle = a + 0.5 * (b - a);
        if !(a < middle && middle < b) {
            return (a, b);
        }
        let value = f(middle);
        if (value - at_a).abs() >= (at_b - value).abs() {
            (b, at_b) = (middle, value);
        } else {
            (a, at_a) = (middle, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, lo: f64, hi: f64) -> Option<Jump> {
        let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
        largest(&target, &Input { name: "x".into(), lo, hi })
    }

    #[test]
    fn jumps_are_found_and_steep_places_are_not() {
        let jump = found("if(x < 0.5, x, x+1)", -1.0, 2.0).unwrap();
        assert!(jump.at == 0.5 && (jump.size - 1.0).abs() < 1e-15 && !jump.steep, "{jump:?}");
        let jump = found("sin(x)+1e-3*sign(x-0.3)", -1.0, 2.0).unwrap();
        assert!((jump.at - 0.3).abs() < 1e-15 && (jump.size - 2e-3).abs() < 1e-3, "{jump:?}");
        for smooth in ["x", "abs(x-0.3)", "sqrt(abs(x))", "tanh(1e6*(x-0.3))", "1/(1e-9+x^2)", "3"] {
            assert_eq!(found(smooth, -1.0, 2.0), None, "{smooth}");
        }
    }

    #[test]
    fn no_jump_is_told_of_a_continuous_target() {
        // Values of rounding only, and values that change from one number to the next.
        assert_eq!(found("x-sin(x)", -1e-6, 1e-6), None);
        assert!(found("acos(x)", -1.0, 1.0).is_none_or(|jump| jump.steep));
        let jump = found("tanh(1e18*(x-0.3))", 0.0, 1.0);
        assert!(jump.is_some_and(|jump| jump.steep), "{jump:?}");
    }

    #[test]
    fn rounding_is_seen() {
        let target = bumpnet_parser::parse_expression("x-sin(x)", vec!["x".into()]).unwrap();
        let why = obstacle(&target, &Input { name: "x".into(), lo: -1e-6, hi: 1e-6 }, 1e-25).unwrap();
        assert!(why.starts_with("rounding in its formula may put the target's values off by"), "{why}");
        assert_eq!(obstacle(&target, &Input { name: "x".into(), lo: -1.0, hi: 1.0 }, 1e-12), None);
    }
}
