//! Values of expressions that jump, on the right side of each jump.
//!
//! Plain evaluation rounds: 10 times the binary64 below 7/10 is 7 to it, so that `floor(10*x)` is 7 there and not 6. Where
//! intervals cannot tell that the value is away from all jumps, later digits decide.

use bumpnet_interval::{Binary, Interval, Quality, Unary, Wide};

use super::{Expr, Node};

impl Node {
    fn may_jump(&self) -> bool {
        use Unary::{Ceil, Floor, Round, Sign, Step, Trunc};
        matches!(
            self,
            Node::If { .. }
                | Node::Unary(Sign | Floor | Ceil | Round | Trunc | Step, _)
                | Node::Binary(Binary::Atan2, ..)
        )
    }
}

impl Expr {
    /// Whether there is a function in it that jumps.
    pub fn may_jump(&self) -> bool {
        self.nodes.iter().any(Node::may_jump)
    }

    /// The value at a point as [`eval`](Self::eval) finds it, or, where that is on the wrong side of a jump, as more digits do.
    pub fn value_at(&self, point: &[f64]) -> f64 {
        let value = self.eval(point);
        if self.may_jump() { self.beside_jumps(point, value) } else { value }
    }

    /// The same at many points, as [`eval_many`](Self::eval_many) takes them.
    ///
    /// # Panics
    /// If `points.len() != out.len() * inputs`.
    pub fn values_at(&self, points: &[f64], out: &mut [f64]) {
        self.eval_many(points, out);
        if self.may_jump() && !self.inputs.is_empty() {
            let points = points.chunks_exact(self.inputs.len());
            out.iter_mut().zip(points).for_each(|(value, point)| *value = self.beside_jumps(point, *value));
        }
    }

    /// The value that was found, unless more digits know better.
    fn beside_jumps(&self, point: &[f64], value: f64) -> f64 {
        // NaN and the infinities are in no interval.
        if !point.iter().all(|x| x.is_finite()) {
            return value;
        }
        let enclosed: Interval = self.eval(&point.iter().map(|x| Interval::point(*x)).collect::<Vec<_>>());
        if enclosed.quality() == Quality::Continuous {
            return value;
        }
        let exact = self.eval(&point.iter().map(|x| Wide::point(*x)).collect::<Vec<_>>()).interval();
        let (middle, width) = (exact.midpoint(), exact.width().get());
        // Where these digits do not decide either, both sides are in the interval.
        if exact.is_bounded() && (value - middle).abs() > width { middle } else { value }
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::sexpr;

    #[test]
    fn the_side_of_a_jump_is_that_of_the_number() {
        for (text, x, value) in [
            ("(floor (* 10 x))", 0.7, 6.0),
            ("(floor (* 10 x))", 0.7f64.next_up(), 7.0),
            ("(floor (* 10 x))", 0.5, 5.0),
            ("(ceil (* 10 x))", 0.1, 2.0),
            ("(step (- x (/ 1 3)))", 1.0 / 3.0, 0.0),
            ("(step (- x (/ 1 3)))", (1.0f64 / 3.0).next_up(), 1.0),
            ("(if (< (* 10 x) 7) 1 3)", 0.7, 1.0),
            ("(+ (sign (- (* 3 x) 0.3)) x)", 0.1, 1.1),
            ("(floor (+ (^ (sin x) 2) (^ (cos x) 2)))", 0.5, 1.0),
        ] {
            let expr = sexpr::parse(text, vec!["x".into()]).unwrap();
            let mut out = [0.0; 3];
            expr.values_at(&[0.05, x, f64::NAN], &mut out);
            assert!(
                expr.may_jump() && out[1] == expr.value_at(&[x]) && (out[1] - value).abs() < 1e-15,
                "{text} {x} {out:?}"
            );
            assert_eq!(out[0], expr.eval::<f64>(&[0.05]), "{text}");
        }
    }
}
