//! Very large and very small targets of several inputs, multiplied with a power of two: constructions square and multiply, and
//! what they make of a target is the same at every scale.

use bumpnet_interval::Binary;
use bumpnet_ir::{Expr, ExprBuilder, Input, LowRank, Method, Node, Ridge, Values};
use bumpnet_prove::{corners, lattice};

use crate::draft::{Budget, Draft};

/// Exponents up to which a target is left as it is: products of three such numbers are far from the ends of binary64.
const PLAIN: i32 = 64;
/// Points at which the target's size is sampled.
const POINTS: usize = 1000;

/// `2^k`, the power that brings a target to about 1 where it is far from that; 1 otherwise.
pub fn factor(target: &Expr, inputs: &[Input]) -> f64 {
    let mut points = lattice(inputs, POINTS);
    points.extend(corners(inputs, POINTS));
    let mut values = vec![0.0; points.len() / inputs.len()];
    target.eval_many(&points, &mut values);
    let largest = values.iter().map(|v| v.abs()).filter(|v| v.is_finite()).fold(0.0, f64::max);
    match exponent(largest) {
        k if largest == 0.0 || k.abs() <= PLAIN => 1.0,
        k => f64::from_bits(((1023 - k).clamp(1, 2046) as u64) << 52),
    }
}

/// The exponent of a positive number; of a subnormal one the least of a normal.
fn exponent(x: f64) -> i32 {
    (x.to_bits() >> 52 & 0x7ff) as i32 - 1023
}

/// The target times a power of two. In binary64 that is exact.
pub fn scaled(target: &Expr, factor: f64) -> Expr {
    let (mut builder, root) = ExprBuilder::extend(target);
    let Ok(literal) = format!("{factor:e}").parse() else { return target.clone() };
    let literal = builder.push(Node::Literal(literal), target.span(root));
    let product = builder.push(Node::Binary(Binary::Mul, root, literal), target.span(root));
    builder.finish(product)
}

/// What a budget asks of the scaled target.
pub fn budget(budget: Budget, factor: f64) -> Budget {
    match budget {
        Budget::Error { eps, most } => Budget::Error { eps: eps * factor, most },
        pieces => pieces,
    }
}

/// The construction of the scaled target: largest weights are those of output neurons.
pub fn method(method: &Method, factor: f64) -> Method {
    let mut method = method.clone();
    if let Method::LowRank(LowRank { max_weight, .. }) | Method::Ridge(Ridge { max_weight, .. }) = &mut method {
        *max_weight = max_weight.map(|weight| weight * factor);
    }
    method
}

/// The draft of the scaled target as one of the target: its last row divided by the power.
pub fn back(mut draft: Draft, factor: f64) -> Draft {
    let divide = |values: &mut Values| match values {
        Values::Same(value) => *value /= factor,
        Values::Each(list) => list.iter_mut().for_each(|value| *value /= factor),
    };
    if let Some(last) = draft.layers.last_mut() {
        divide(&mut last.weights.value);
        divide(&mut last.bias);
    }
    draft.aim /= factor;
    draft.summary.push(format!("constructed for the target times {factor:e}, a power of two"));
    draft
}
