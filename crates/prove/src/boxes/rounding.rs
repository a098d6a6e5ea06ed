//! How far the evaluator's rounding can take the value of a network of several layers from the exact one.
//!
//! The evaluator sums a row from its bias on, in the order of its entries, rounding each product and each sum once. So with
//! slots off by at most `d_j` and of magnitude at most `m_j`, a row of weights `w_j` is off by at most
//! `sum |w_j| d_j + u sum |w_j| m_j + u sum_k S_k`, where `S_k` bounds the k-th partial sum; products that underflow add
//! half the least positive number. An activation multiplies that by its largest slope and adds 16 u for its own
//! evaluation (see [`crate::rounding`]) and the cut tail.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Network};

use crate::fault::{Fault, active};
use crate::rounding::{after_output, largest_slope};

/// What is known of a slot over the domain.
#[derive(Clone, Copy)]
struct Slot {
    range: Interval,
    off: UpperBound,
}

/// A bound of |evaluated - exact| over the domain.
pub fn of_layers(network: &Network) -> UpperBound {
    if active(Fault::EvaluatorExact) {
        return UpperBound::ZERO;
    }
    let u = network.precision.unit_roundoff();
    let domain = |input: &bumpnet_ir::Input| Interval::new(input.lo, input.hi).unwrap_or(Interval::ENTIRE);
    let mut slots: Vec<Slot> =
        network.inputs.iter().map(|input| Slot { range: domain(input), off: UpperBound::ZERO }).collect();
    for (k, layer) in network.layers.iter().enumerate() {
        let sums = sums(network, k, &slots);
        if k + 1 == network.layers.len() {
            return sums.first().map_or(UpperBound::INFINITE, |sum| after_output(sum.off, layer.activation, u));
        }
        slots.extend(sums.iter().map(|sum| through(layer.activation, sum, u)));
    }
    UpperBound::INFINITE
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
        if !((partial[row] + sum.off).get() < largest) {
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
    let range = activation.apply(&sum.range).intersection(&limits).unwrap_or(limits);
    let own = UpperBound::new(16.0 * u) + UpperBound::new(activation.tail());
    Slot { range, off: sum.off * UpperBound::new(largest_slope(activation)) + own }
}
