//! The error of one block: a small network of one input against the function that it stands for.

use bumpnet_interval::{Interval, Jet, Scalar, Unary, UpperBound};
use bumpnet_ir::{Activation, Expr, Input, Network, Run, Values};

use super::question::Blocks;
use crate::error::CertifyError;
use crate::graph::exponent;
use crate::line::Line;
use crate::local;
use crate::units::{Unit, Units};

/// In which order the terms of a row are added.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// As they stand in the table, from the bias on: this workspace's evaluator.
    Listed,
    /// Whichever: a program that is not ours.
    Any,
}

/// Of the error, what its rounding may be without being looked at more closely. Heuristic.
const NEGLIGIBLE: f64 = 1e-3;

/// Bounds of |block - function| on a range: exactly, and as evaluated.
pub fn error(
    block: &Network,
    function: &Expr,
    range: Interval,
    (order, blocks): (Order, &dyn Blocks),
) -> Result<(UpperBound, UpperBound), String> {
    // A certificate is over an interval with an inside.
    let (lo, hi) =
        if range.is_point() { (range.lo().next_down(), range.hi().next_up()) } else { (range.lo(), range.hi()) };
    let over = block.changed(|parts| parts.inputs = vec![Input { name: "t".to_owned(), lo, hi }])?;
    let Some(units) = Units::new(&over) else { return Err("its block is not one hidden layer".to_owned()) };
    let exact = match exponential(&units, function, range) {
        Some(bound) => bound,
        None => certified(function, &over, blocks).map_err(|e| match e {
            CertifyError::Form(what) | CertifyError::Contradiction(what) => what,
            CertifyError::Target(refusal) | CertifyError::Weight(refusal) => {
                format!("{} {}", refusal.problem, refusal.place(&over.inputs))
            }
        })?,
    };
    if !exact.is_finite() {
        return Err("no bound of its error is found".to_owned());
    }
    let any = rounding(&units, range);
    let coarse = order == Order::Listed && any > exact * UpperBound::new(NEGLIGIBLE);
    Ok((exact, exact + if coarse { any.min(as_listed(block, &units, range)) } else { any }))
}

/// How far the evaluator's rounding can take the block's value when it adds the terms as they are listed, part by part of
/// the range.
fn as_listed(block: &Network, units: &Units, t: Interval) -> UpperBound {
    let [hidden, output] = &block.layers[..] else { return UpperBound::INFINITE };
    let count = hidden.rows;
    let list = |values: &Values| (0..count).map(|k| values.get(k)).collect::<Vec<f64>>();
    let (w, b, alpha) = (list(&hidden.weights.value), list(&hidden.bias), list(&output.weights.value));
    let (none, base) = (vec![0.0; count], vec![output.bias.get(0); count + 1]);
    let run = Run { w: &w, b: &b, alpha: &alpha, left: &none, right: &none, base: &base, skipped: 0 };
    let sum = local::UnitSum {
        activation: units.activation,
        precision: units.precision,
        // Nothing is cut, and the base is a bias.
        others: UpperBound::ZERO,
    };
    local::bound(&sum, (t.lo(), t.hi()), |_, _| run)
}

/// By a proof of its own.
fn certified(function: &Expr, block: &Network, blocks: &dyn Blocks) -> Result<UpperBound, CertifyError> {
    let line = Line::new(function, block)
        .unwrap_or_else(|| Err(CertifyError::Form("its block has an output neuron that jumps".to_owned())))?;
    let proof = blocks.prove(&line);
    // A proof about something else is none.
    let about = std::ptr::eq(proof.line(), &line);
    Ok(if about { UpperBound::new(proof.upper()) } else { UpperBound::INFINITE })
}

/// One logistic unit far left of its step is an exponential: with `z = w t + b`,
/// `alpha s(z) = alpha e^b e^(w t)/(1 + e^z)`, so against `e^(q0 + q1 t)` it is off by the factor
/// `kappa/(1 + e^z) - 1` where `kappa = alpha e^(b - q0 + (w - q1) t)`.
fn exponential(units: &Units, function: &Expr, t: Interval) -> Option<UpperBound> {
    let [q0, q1, q2] = exponent(function)?;
    let ([unit], Activation::Logistic, true, true) =
        (&units.list[..], units.activation, units.c0 == Interval::ZERO, q2 == Interval::ZERO)
    else {
        return None;
    };
    let exp = |z: Interval| Interval::unary(Unary::Exp, &z);
    let (w, b) = (Interval::point(unit.weight()), Interval::point(unit.bias()));
    let kappa = unit.alpha * exp(b - q0 + (w - q1) * t);
    let (most, value) = (exp(w * t + b), exp(q0 + q1 * t));
    let off = (kappa - Interval::ONE - most) / (Interval::ONE + most);
    let bound = value.magnitude() * off.magnitude();
    bound.is_finite().then_some(bound)
}

/// How far the evaluator's rounding can take the block's value: every unit's argument rounds twice, its value to 4 ulp (of
/// itself for `logistic` and `tanh`, also in their tails; of 1 for those that are a sum with 1/2 or 1), and each product and sum once,
/// where the sum, in any order, never exceeds that of all magnitudes. Exports rely on that.
fn rounding(units: &Units, t: Interval) -> UpperBound {
    let u = units.precision.unit_roundoff();
    let (least, largest) = units.precision.extremes();
    // Where the exponential in a unit overflows its value is 0, and should be below this.
    let least = least.max(f64::MIN_POSITIVE);
    let (mut sum, mut moved) = (units.c0.magnitude(), UpperBound::ZERO);
    for unit in &units.list {
        let (value, slope) = values_and_slopes(unit, units.activation, t);
        let own = match units.activation {
            Activation::Logistic | Activation::Tanh => value.magnitude(),
            _ => value.magnitude().max(UpperBound::ONE),
        };
        sum = sum + unit.size * value.magnitude();
        let argument = unit.argument_rounding(t);
        moved = moved + unit.size * (slope.magnitude() * argument + own * UpperBound::new(16.0 * u));
        moved = moved + (unit.size + UpperBound::ONE) * UpperBound::new(least * unit.count as f64);
    }
    let count = units.list.iter().map(|unit| unit.count).sum::<usize>() as f64;
    let bound = moved + (sum + moved) * UpperBound::new(1.01 * u * (count + 1.0));
    if (sum + bound).get() > largest { UpperBound::INFINITE } else { bound }
}

/// A unit's values and the slopes of its activation over a range that is widened by its argument's rounding.
fn values_and_slopes(unit: &Unit, activation: Activation, t: Interval) -> (Interval, Interval) {
    let z = Interval::point(unit.weight()) * t + Interval::point(unit.bias());
    let z = z + Interval::symmetric(unit.argument_rounding(t));
    let jet = activation.apply(&Jet::variable(z, 1));
    (jet.value(), jet.coefficient(1))
}
