//! Targets whose slope is not bounded where a square root has an end, as that of `sqrt(x^2+y^2)` is at the origin: the steps
//! are those of `sqrt(a + d^2) - d/2`, which is within `d/2` of `sqrt(a)` and smooth. What it makes of the target is judged by
//! the proof of the whole, which is about the target itself.

use bumpnet_interval::{Binary, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId};
use bumpnet_prove::{corners, lattice};

/// The part of an error that the softening may take. Heuristic: the sharper, the more neurons the roots need.
const SHARE: f64 = 0.4;
/// Points at which it is sampled, besides the middle and the corners.
const POINTS: usize = 4000;
/// Halvings of `d`, at most; heuristic, below that binary64 knows the sums of squares no better.
const HALVINGS: i32 = 40;

/// A softened target for an error, and how far it was found to be from the target; `None` where there is nothing to soften.
pub fn softened(target: &Expr, inputs: &[Input], eps: f64) -> Option<(Expr, f64)> {
    let has_root = |node: &Node| matches!(node, Node::Unary(Unary::Sqrt, _) | Node::Binary(Binary::Hypot, ..));
    if !target.nodes().iter().any(has_root) {
        return None;
    }
    let mut points = lattice(inputs, POINTS);
    points.extend(corners(inputs, POINTS));
    points.extend(inputs.iter().map(|input| 0.5 * input.lo + 0.5 * input.hi));
    points.extend(inputs.iter().map(|input| 0f64.clamp(input.lo, input.hi)));
    let values = |expr: &Expr| {
        let mut values = vec![0.0; points.len() / inputs.len()];
        expr.eval_many(&points, &mut values);
        values
    };
    let sharp = values(target);
    // A power of two: its square is a literal of few digits.
    let mut exponent = 0;
    while power(exponent) > eps {
        exponent -= 1;
    }
    for _ in 0..HALVINGS {
        let soft = with(target, power(exponent))?;
        let off = values(&soft).iter().zip(&sharp).fold(0.0f64, |most, (a, b)| most.max((a - b).abs()));
        if off <= SHARE * eps {
            return Some((soft, off));
        }
        exponent -= 1;
    }
    None
}

/// `2^k`, for exponents that a normal number has.
fn power(k: i32) -> f64 {
    f64::from_bits(((k.max(-1000) + 1023) as u64) << 52)
}

/// The target with every root softened by `d`.
fn with(target: &Expr, d: f64) -> Option<Expr> {
    let mut builder = ExprBuilder::new(target.inputs().to_vec());
    let literal = |x: f64| format!("{x:e}").parse().ok().map(Node::Literal);
    let mut renamed: Vec<NodeId> = Vec::with_capacity(target.nodes().len());
    for id in target.ids() {
        let span = target.span(id);
        let node = target.node(id).map(|child| renamed[child.index()]);
        let sum = match node {
            Node::Unary(Unary::Sqrt, a) => Some(a),
            Node::Binary(Binary::Hypot, a, b) => {
                let two = builder.push(literal(2.0)?, span.clone());
                let squares = [a, b].map(|a| builder.push(Node::Binary(Binary::Pow, a, two), span.clone()));
                Some(builder.push(Node::Binary(Binary::Add, squares[0], squares[1]), span.clone()))
            }
            _ => None,
        };
        renamed.push(match sum {
            None => builder.push(node, span),
            Some(a) => {
                let square = builder.push(literal(d * d)?, span.clone());
                let lifted = builder.push(Node::Binary(Binary::Add, a, square), span.clone());
                let root = builder.push(Node::Unary(Unary::Sqrt, lifted), span.clone());
                let half = builder.push(literal(0.5 * d)?, span.clone());
                builder.push(Node::Binary(Binary::Sub, root, half), span)
            }
        });
    }
    Some(builder.finish(*renamed.last()?))
}
