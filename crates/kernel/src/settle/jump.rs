//! Where a target of one input has no value, but one on each side that it goes to: it jumps.

use bumpnet_interval::{Interval, Unary};
use bumpnet_ir::{Expr, Input, Node};

use super::rebuild::rebuilt;
use super::region::Region;

/// How far from the place it is looked at, as a part of the domain. Heuristic.
const PART: f64 = 1.0 / 1024.0;

/// What the target goes to from below and from above, if that is proved of both.
pub fn limits(
    target: &Expr,
    inputs: &[Input],
    at: f64,
    settled: impl Fn(&Expr, &[Input]) -> Option<Expr>,
) -> Option<[f64; 2]> {
    let [input] = inputs else { return None };
    let reach = PART * (input.hi - input.lo);
    let sides = [((at - reach).max(input.lo), at), (at, (at + reach).min(input.hi))];
    let limits = sides.map(|(lo, hi)| limit(target, &Input { lo, hi, ..input.clone() }, at, &settled));
    let [Some(below), Some(above)] = limits else { return None };
    Some([below, above])
}

/// What it goes to from one side, where its absolute values are those of one sign.
fn limit(target: &Expr, side: &Input, at: f64, settled: impl Fn(&Expr, &[Input]) -> Option<Expr>) -> Option<f64> {
    if side.lo >= side.hi {
        return None;
    }
    let inputs = std::slice::from_ref(side);
    let smooth = rebuilt(target, |builder, id, made, new| {
        let Node::Unary(Unary::Abs, a) = *target.node(id) else { return made };
        let region = Region::of(target, inputs, id);
        if region.bound(a, |value| value.lo() >= 0.0).is_some() {
            return builder.nodes()[new(a).index()].clone();
        }
        match region.bound(a, |value| value.hi() <= 0.0) {
            Some(_) => Node::Unary(Unary::Neg, new(a)),
            None => made,
        }
    });
    let value: Interval = settled(&smooth, inputs)?.eval(&[Interval::point(at)]);
    let narrow = value.is_bounded() && value.width().get() <= 1e-9 * (1.0 + value.magnitude().get());
    narrow.then(|| value.midpoint())
}
