//! A network on a box: each slot as a Taylor model, layer by layer.

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Network};

use super::expansion::{Expansion, Outer};
use super::monomials::Monomials;
use crate::poly::{Cell, Number};
use crate::rounding::largest_slope;

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
        let mut slots: Vec<Expansion<'t, T>> = variables(table, cells);
        let share = tolerance / self.units() as f64;
        for (k, layer) in self.layers.iter().enumerate() {
            let first = slots.len();
            for (row, (bias, terms)) in layer.rows.iter().enumerate() {
                let mut sum = Expansion::constant(T::point(*bias));
                for (slot, weight) in terms {
                    sum.add_scaled(T::point(*weight), &slots[*slot]);
                }
                let sum = sum.settle();
                if k + 1 == self.layers.len() {
                    return sum;
                }
                let gain = self.gain[first + row];
                slots.push(match layer.activation {
                    Activation::Identity => sum,
                    activation if gain > 0.0 => sum.through(&Outer::Activation(activation), share / gain),
                    _ => Expansion::constant(T::point(0.0)), // nothing reads it
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

/// The inputs on a box.
pub fn variables<'t, T: Number>(table: &'t Monomials, cells: &[Cell]) -> Vec<Expansion<'t, T>> {
    let variable = |(axis, cell): (usize, &Cell)| {
        let range = Interval::new(cell.a, cell.b).unwrap_or(Interval::ENTIRE);
        Expansion::variable(table, axis, (cell.centre(), cell.radius()), range)
    };
    cells.iter().enumerate().map(variable).collect()
}
