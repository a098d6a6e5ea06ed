//! How far the evaluator's rounding can take the value of a network of several layers from the exact one.
//!
//! The evaluator sums a row from its bias on, in the order of its entries, rounding each product and each sum once. So with
//! slots off by at most `d_j` and of magnitude at most `m_j`, a row of weights `w_j` is off by at most
//! `sum |w_j| d_j + u sum |w_j| m_j + u sum_k S_k`, where `S_k` bounds the k-th partial sum; products that underflow add
//! half the least positive number. An activation moves by what its steepness makes of that, and adds the error of its own
//! evaluation (see [`crate::rounding`]). At a jump within reach of that error the evaluator may be on the other side: the
//! proof takes both, with [`Rounding::arguments`].

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Network};

use crate::fault::{Fault, active};
use crate::moved::{moved, own_error};

/// What is known of a slot over the domain.
#[derive(Clone, Copy)]
struct Slot {
    range: Interval,
    off: UpperBound,
}

/// How far the evaluator may be from the exact network, on either side of a jump that is within the error of its argument.
#[derive(Debug)]
pub struct Rounding {
    /// For each slot: how far the argument of its unit may be off. Inputs are exact.
    pub arguments: Vec<UpperBound>,
    /// How far the output may be off, where every unit is on the same side of its jumps as the exact one, or its enclosure
    /// takes both sides.
    pub output: UpperBound,
}

/// A bound of |evaluated - exact| over the domain, for networks whose units do not jump: where one does, nothing is said here
/// of its other side, and the bound is infinite.
pub fn of_layers(network: &Network) -> UpperBound {
    let jumps = network.layers.iter().any(|layer| layer.activation.may_jump());
    if jumps { UpperBound::INFINITE } else { analyse(network).output }
}

/// Bounds over the domain, slot by slot. What a unit can be is taken from its argument's range with its error around it, where
/// its activation jumps: so ranges hold for the evaluator's values too, up to the slot's error.
pub fn analyse(network: &Network) -> Rounding {
    let u = network.precision.unit_roundoff();
    let domain = |input: &bumpnet_ir::Input| Interval::new(input.lo, input.hi).unwrap_or(Interval::ENTIRE);
    let mut slots: Vec<Slot> =
        network.inputs.iter().map(|input| Slot { range: domain(input), off: UpperBound::ZERO }).collect();
    let mut arguments = vec![UpperBound::ZERO; slots.len()];
    for k in 0..network.layers.len() {
        let sums = sums(network, k, &slots);
        arguments.extend(sums.iter().map(|sum| sum.off));
        slots.extend(sums.iter().map(|sum| through(network.layers[k].activation, sum, u)));
    }
    let output = slots.last().map_or(UpperBound::INFINITE, |slot| slot.off);
    match active(Fault::EvaluatorExact) {
        true => Rounding { arguments: vec![UpperBound::ZERO; slots.len()], output: UpperBound::ZERO },
        false => Rounding { arguments, output },
    }
}

/// The sums of a layer's rows.
fn sums(network: &Network, k: usize, slots: &[Slot]) -> Vec<Slot> {
    let layer = &network.layers[k];
    let u = UpperBound::new(network.precision.unit_roundoff());
    let (least, largest) = network.precision.extremes();
    let start = |row: usize| Slot { range: Interval::point(layer.bias.get(row)), off: UpperBound::ZERO };
    let mut sums: Vec<Slot> = (0..layer.rows).map(start).collect();
    let mut partial: Vec<UpperBound> = sums.iter().map(|sum| sum.range.magnitude()).collect();
    for (row, column, weight) in layer.weights.entries() {
        let slot = slots[layer.inputs[column] as usize];
        let size = UpperBound::new(weight.abs());
        let term = size * (slot.range.magnitude() + slot.off);
        partial[row] = partial[row] + term;
        // Twice u for each: what the roundings before have added to the magnitudes is far less than that.
        let rounding = (term + partial[row]) * u * UpperBound::new(1.0 + 1e-3) + UpperBound::new(least);
        let sum = &mut sums[row];
        sum.off = sum.off + size * slot.off + rounding;
        sum.range = sum.range + Interval::point(weight) * slot.range;
        // A slot that may be no number is none times zero either.
        if !((partial[row] + sum.off).get() < largest) || !slot.off.is_finite() {
            sum.off = UpperBound::INFINITE;
        }
    }
    sums
}

/// A unit's value.
fn through(activation: Activation, sum: &Slot, u: f64) -> Slot {
    if activation == Activation::Identity {
        return *sum;
    }
    let (low, high) = activation.limits();
    let limits = Interval::new(low, high).unwrap_or(Interval::ENTIRE);
    let argument = if activation.may_jump() { sum.range + Interval::symmetric(sum.off) } else { sum.range };
    let range = activation.apply(&argument).intersection(&limits).unwrap_or(limits);
    Slot { range, off: moved(activation, sum.off) + own_error(activation, u) }
}
