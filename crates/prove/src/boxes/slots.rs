//! A network on a box: each slot as a Taylor model, layer by layer.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Continuity, Network};

use super::expansion::{Expansion, Outer};
use super::monomials::Monomials;
use crate::fault::{Fault, active};
use crate::poly::{Cell, Number};
use crate::units::jumps_at;

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
    /// For each slot a factor by which a small error in it can reach the sum of the output neuron, about. A heuristic: it
    /// decides how much work is done.
    gain: Vec<f64>,
    /// For each slot whether the output depends on it: by what reads what, whatever the weights are.
    read: Vec<bool>,
    /// For each slot how far the argument of its unit may be off, where both sides of a jump are to count.
    around: Vec<UpperBound>,
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
        let mut slots = Slots { gain: Vec::new(), read: Vec::new(), around: Vec::new(), layers, inputs };
        slots.find_gains();
        slots
    }

    /// The same where a unit may be on either side of a jump that is so near to its argument, slot by slot.
    pub fn around(mut self, arguments: Vec<UpperBound>) -> Slots {
        self.around = arguments;
        self
    }

    /// A unit's argument with what may be on the other side of a jump; `None` where that makes no difference.
    fn jumping<'t, T: Number>(&self, activation: Activation, slot: usize, sum: &Expansion<'t, T>) -> Option<Interval> {
        let around = self.around.get(slot).copied().unwrap_or(UpperBound::ZERO);
        let argument = sum.range + Interval::symmetric(around);
        (activation.may_jump() && jumps_at(activation, argument).is_some()).then_some(argument)
    }

    /// The value of a unit, its argument given.
    fn value<'t, T: Number>(
        &self,
        activation: Activation,
        slot: usize,
        sum: &Expansion<'t, T>,
        negligible: f64,
    ) -> Expansion<'t, T> {
        match self.jumping(activation, slot, sum) {
            Some(argument) => Expansion::of_range(activation.apply(&argument)),
            None => sum.through(&Outer::Activation(activation), negligible),
        }
    }

    /// The network's value on a box, the output neuron applied; `tolerance` is an error that is small enough there.
    pub fn output<'t, T: Number>(&self, table: &'t Monomials, cells: &[Cell], tolerance: f64) -> Expansion<'t, T> {
        let sum = self.sum(table, cells, tolerance);
        match self.layers.last().map(|layer| layer.activation) {
            None | Some(Activation::Identity) => sum,
            Some(output) => self.value(output, self.read.len() - 1, &sum, tolerance),
        }
    }

    /// From the output back: a slot's gain is that of what reads it, times the weight and the largest slope.
    fn find_gains(&mut self) {
        let count: usize = self.inputs + self.layers.iter().map(|layer| layer.rows.len()).sum::<usize>();
        let (mut gain, mut read) = (vec![0.0; count], vec![false; count]);
        read[count - 1] = true;
        let mut first = count;
        for (k, layer) in self.layers.iter().enumerate().rev() {
            first -= layer.rows.len();
            for (row, (_, terms)) in layer.rows.iter().enumerate() {
                // A jump has no slope; where it is upright, the size of the step stands for it.
                let slope = match layer.activation.meaning().continuity {
                    Continuity::Lipschitz(c) if c > 0.0 => c,
                    Continuity::Lipschitz(_) | Continuity::Root(_) => 1.0,
                };
                let at = if k + 1 == self.layers.len() { 1.0 } else { gain[first + row] * slope };
                for (slot, weight) in terms {
                    gain[*slot] += at * weight.abs();
                    read[*slot] |= read[first + row];
                }
            }
        }
        (self.gain, self.read) = (gain, read);
    }

    /// The number of units, hidden and at the output.
    pub fn units(&self) -> usize {
        self.layers.iter().map(|layer| layer.rows.len()).sum()
    }

    /// The value before the output neuron's activation, on a box; `tolerance` is an error that is small enough there.
    fn sum<'t, T: Number>(&self, table: &'t Monomials, cells: &[Cell], tolerance: f64) -> Expansion<'t, T> {
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
                if !self.read[first + row] {
                    slots.push(plain(Expansion::constant(T::point(0.0))));
                    continue;
                }
                let outer = Outer::Activation(layer.activation);
                let axis = match terms.1[..] {
                    [(slot, _)] if slot < self.inputs => Some(slot),
                    _ => None,
                };
                let axis = axis.filter(|_| self.jumping(layer.activation, first + row, &sum).is_none());
                slots.push(match axis.and_then(|axis| Some((axis, sum.along(axis, &outer, FURTHER)?))) {
                    _ if layer.activation == Activation::Identity => plain(sum),
                    Some((axis, (value, tail))) => Slot { value, tail: Some((axis, tail)) },
                    None => {
                        let gain = self.gain[first + row].max(f64::MIN_POSITIVE);
                        plain(self.value(layer.activation, first + row, &sum, share / gain))
                    }
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
