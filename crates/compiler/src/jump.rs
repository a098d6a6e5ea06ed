//! Does a target jump, and where? A continuous network is off by at least half of any jump.

use bumpnet_ir::{Expr, Input};

/// Points at which differences are looked at; heuristic.
const POINTS: usize = 2049;
/// The largest differences that are followed down to neighbouring numbers; heuristic.
const FOLLOWED: usize = 8;
/// A smaller part of the target's magnitude is not told from rounding.
const SMALLEST: f64 = 1e-9;

/// A jump that was found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Jump {
    /// The number before which it is.
    pub at: f64,
    /// The distance between the values at that number and the one before.
    pub size: f64,
}

impl Jump {
    /// Why a continuous network cannot have a smaller error than half the jump.
    pub fn explain(&self, input: &str) -> String {
        let (at, size) = (self.at, self.size);
        format!(
            "the target jumps by {size:.4e} at {input} = {at:?}, and a continuous network is off by at least half of that; \
             only `method: bumps` with a step exactly there could do"
        )
    }
}

/// The largest jump found by halving the intervals of a grid over which the target changes most. A search, not a proof.
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
    let jumps = followed.filter(|jump| jump.size > SMALLEST * magnitude);
    jumps.reduce(|best, jump| if jump.size > best.size { jump } else { best })
}

/// Halves an interval, keeping the part with the larger change, down to neighbouring numbers.
fn follow(target: &Expr, mut a: f64, mut b: f64) -> Jump {
    let f = |x: f64| target.eval::<f64>(&[x]);
    let (mut at_a, mut at_b) = (f(a), f(b));
    loop {
        let middle = a + 0.5 * (b - a);
        if !(a < middle && middle < b) {
            return Jump { at: b, size: (at_b - at_a).abs() };
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

    fn found(text: &str) -> Option<Jump> {
        let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
        largest(&target, &Input { name: "x".into(), lo: -1.0, hi: 2.0 })
    }

    #[test]
    fn jumps_are_found_and_steep_places_are_not() {
        assert_eq!(found("if(x < 0.5, x, x+1)"), Some(Jump { at: 0.5, size: 1.0 }));
        let jump = found("sin(x)+1e-3*sign(x-0.3)").unwrap();
        assert!((jump.at - 0.3).abs() < 1e-15 && (jump.size - 2e-3).abs() < 1e-3, "{jump:?}");
        for smooth in ["x", "abs(x-0.3)", "sqrt(abs(x))", "tanh(1e6*(x-0.3))", "1/(1e-9+x^2)", "3"] {
            assert_eq!(found(smooth), None, "{smooth}");
        }
    }
}
