//! A network on a box: each slot as a Taylor model, layer by layer.

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Network};

use super::expansion::{Expansion, Outer};
use super::monomials::Monomials;
use crate::fault::{Fault, active};
use crate::poly::{Cell, Number};
use crate::rounding::largest_slope;

/// Orders beyond the table's up to which units of one input are followed. Heuristic: layers of overlapping steps have large
/// weights, and what cancels up to order 20 leaves a remainder that does not matter.
const FURTHER: usize = 9;

/// A slot's value, and beyond the table's order the coefficients along its axis, if it has only one.
struct Slot<'t, T> {
    value: Expansion<'t, T>,
    tail: Option<(usize, Vec<T>)>,
}

/// A network made ready: its sums as lists, and what an error in a slot can do to the output.
#[derive(Debug)]
pub struct Slots {
    layers: Vec<Rows>,
    /// For each slot a factor by which a small error in it can reach the sum of the output neuron, about.
    gain: Vec<f64>,
    inputs: usize,
}

#[derive(Debug)]
struct Rows {
    activation: Activation,
    /// A bias, and slots with their weights.
    rows: Vec<(f64, Vec<(usize, f64)>)>,
}

impl Slots {
    /// Of a network whose slots are those of its own layers.
    pub fn new(network: &Network) -> Slots {
        let layers: Vec<Rows> = network
            .layers
            .iter()
            .map(|layer| {
                let mut rows: Vec<(f64, Vec<_>)> = (0..layer.rows).map(|k| (layer.bias.get(k), Vec::new())).collect();
                for (row, column, weight) in layer.weights.entries() {
                    rows[row].1.push((layer.inputs[column] as usize, weight));
                }
                Rows { activation: layer.activation, rows }
            })
            .collect();
        let inputs = network.inputs.len();
        let mut slots = Slots { gain: vec![0.0; inputs], layers, inputs };
        slots.find_gains();
        slots
    }

    /// From the output back: a slot's gain is that of what reads it, times the weight and the largest slope.
    fn find_gains(&mut self) {
        let count: usize = self.inputs + self.layers.iter().map(|layer| layer.rows.len()).sum::<usize>();
        let mut gain = vec![0.0; count];
        let mut first = count;
        for (k, layer) in self.layers.iter().enumerate().rev() {
            first -= layer.rows.len();
            for (row, (_, terms)) in layer.rows.iter().enumerate() {
                let at =
                    if k + 1 == self.layers.len() { 1.0 } else { gain[first + row] * largest_slope(layer.activation) };
                for (slot, weight) in terms {
                    gain[*slot] += at * weight.abs();
                }
            }
        }
        self.gain = gain;
    }

    /// The number of units, hidden and at the output.
    pub fn units(&self) -> usize {
        self.layers.iter().map(|layer| layer.rows.len()).sum()
    }

    /// The value before the output neuron's activation, on a box; `tolerance` is an error that is small enough there.
    pub fn sum<'t, T: Number>(&self, table: &'t Monomials, cells: &[Cell], tolerance: f64) -> Expansion<'t, T> {
        let plain = |value| Slot { value, tail: None };
        let mut slots: Vec<Slot<'t, T>> = variables(table, cells).into_iter().map(plain).collect();
        let share = tolerance / self.units() as f64;
        for (k, layer) in self.layers.iter().enumerate() {
            let first = slots.len();
            for (row, terms) in layer.rows.iter().enumerate() {
                let sum = row_sum(terms, &slots, table.inputs);
                if k + 1 == self.layers.len() {
                    return sum;
                }
                let gain = self.gain[first + row];
                let outer = Outer::Activation(layer.activation);
                let axis = match terms.1[..] {
                    [(slot, _)] if slot < self.inputs => Some(slot),
                    _ => None,
                };
                slots.push(match axis.and_then(|axis| Some((axis, sum.along(axis, &outer, FURTHER)?))) {
                    _ if layer.activation == Activation::Identity => plain(sum),
                    _ if gain == 0.0 => plain(Expansion::constant(T::point(0.0))), // nothing reads it
                    Some((axis, (value, tail))) => Slot { value, tail: Some((axis, tail)) },
                    None => plain(sum.through(&outer, share / gain)),
                });
            }
        }
        Expansion::constant(T::point(0.0))
    }

    /// How much each axis of a box adds to the remainders, about: the arguments' variation along it.
    pub fn variation(&self, cells: &[Cell]) -> Vec<f64> {
        let mut sums = vec![0.0; cells.len()];
        let mut first = self.inputs;
        for layer in &self.layers {
            for (row, (_, terms)) in layer.rows.iter().enumerate() {
                let mut along = vec![0.0; cells.len()];
                for (slot, weight) in terms.iter().filter(|(slot, _)| *slot < cells.len()) {
                    along[*slot] = weight.abs() * cells[*slot].radius();
                }
                // Remainders fall like a high power of the whole variation; the fourth stands for it.
                let whole: f64 = along.iter().sum();
                let size = self.gain.get(first + row).copied().unwrap_or(1.0) * whole * whole * whole;
                sums.iter_mut().zip(&along).for_each(|(sum, part)| *sum += size * part);
            }
            first += layer.rows.len();
        }
        sums
    }
}

/// A bias and weighted slots. The orders beyond the table's are added up along each axis before their size is taken.
fn row_sum<'t, T: Number>(
    (bias, terms): &(f64, Vec<(usize, f64)>),
    slots: &[Slot<'t, T>],
    inputs: usize,
) -> Expansion<'t, T> {
    let mut sum = Expansion::constant(T::point(*bias));
    let mut tails: Vec<Vec<T>> = vec![Vec::new(); inputs];
    for (slot, weight) in terms {
        let weight = T::point(*weight);
        sum.add_scaled(weight, &slots[*slot].value);
        if let Some((axis, tail)) = &slots[*slot].tail {
            tails[*axis].resize(tail.len(), T::point(0.0));
            tails[*axis].iter_mut().zip(tail).for_each(|(sum, c)| *sum = *sum + weight * *c);
        }
    }
    if !active(Fault::TruncationDropped) {
        sum.rest = tails.iter().flatten().fold(sum.rest, |rest, c| rest + c.magnitude());
    }
    sum.settle()
}

/// The inputs on a box.
pub fn variables<'t, T: Number>(table: &'t Monomials, cells: &[Cell]) -> Vec<Expansion<'t, T>> {
    let variable = |(axis, cell): (usize, &Cell)| {
        let range = Interval::new(cell.a, cell.b).unwrap_or(Interval::ENTIRE);
        Expansion::variable(table, axis, (cell.centre(), cell.radius()), range)
    };
    cells.iter().enumerate().map(variable).collect()
}
