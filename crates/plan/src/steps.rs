//! Networks of jumps: constant pieces between the exact places of the jumps.

use bumpnet_interval::UpperBound;
use bumpnet_ir::Activation;
use bumpnet_prove::units::Units;
use bumpnet_prove::{Running, after_output};

use crate::parts;

/// Constant pieces.
pub struct StepFunction {
    /// Where a piece ends and the next begins, increasing, inside the domain.
    pub edges: Vec<f64>,
    /// The value of each piece, one more than there are edges.
    pub values: Vec<f64>,
    /// A bound of how far a value is from the network's.
    pub bound: UpperBound,
}

/// The pieces of a network of `heaviside` units; `None` where a jump cannot be placed exactly.
pub fn steps(units: &Units, lo: f64, hi: f64, output: Activation) -> Option<StepFunction> {
    // Base: the sum at `lo`. Jumps: what each edge inside adds.
    let mut base = Vec::with_capacity(units.list.len());
    let mut jumps: Vec<(f64, f64)> = Vec::with_capacity(units.list.len());
    let mut add = |w: f64, b: f64, alpha: f64| {
        let edge = parts::edges(Activation::Heaviside, w, b)?.first().copied();
        let (before, after) = match edge {
            None => (parts::part_of(Activation::Heaviside, b) as f64, 0.0),
            Some(_) if w > 0.0 => (0.0, 1.0),
            Some(_) => (1.0, -1.0),
        };
        let edge = edge.unwrap_or(f64::INFINITY);
        base.push(alpha * if edge <= lo { before + after } else { before });
        if lo < edge && edge <= hi {
            jumps.push((edge, alpha * after));
        }
        Some(())
    };
    let mut merged = UpperBound::ZERO;
    for unit in &units.list {
        merged = merged + unit.alpha.width();
        add(unit.weight(), unit.bias(), unit.alpha.midpoint())?;
    }
    if !jumps.is_sorted_by(|p, q| p.0 <= q.0) {
        jumps.sort_by(|p, q| p.0.total_cmp(&q.0));
    }
    let mut sum = Running::new(units.c0.midpoint());
    base.into_iter().for_each(|term| sum.add(term));
    let (mut edges, mut values): (Vec<f64>, Vec<f64>) = (Vec::with_capacity(jumps.len()), vec![0.0]);
    values[0] = sum.rounded();
    for (edge, jump) in jumps {
        sum.add(jump);
        if edges.last() == Some(&edge) {
            values.pop();
        } else {
            edges.push(edge);
        }
        values.push(sum.rounded());
    }
    if output != Activation::Identity {
        values.iter_mut().for_each(|value| *value = output.value(*value));
    }
    let slack = UpperBound::new(sum.slack()) + merged;
    let bound = after_output(slack, output, f64::EPSILON / 2.0);
    bound.is_finite().then_some(StepFunction { edges, values, bound })
}
