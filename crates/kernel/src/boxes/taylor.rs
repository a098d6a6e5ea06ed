//! A network on a box: each slot as a Taylor model.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Continuity, Domain, Program, Row};

use super::expansion::{AxisModel, Outer, TaylorModel};
use super::monomials::Monomials;
use crate::poly::{Cell, Number};
use crate::units::jumps_at;

/// Orders beyond the table's up to which units of one input are followed. Heuristic: layers of overlapping steps have large
/// weights, and what cancels up to order 20 leaves a remainder that does not matter.
const FURTHER: usize = 9;

/// A slot's value.
#[derive(Clone, Debug)]
pub enum TaylorSlot<'t, T> {
    /// In all variables.
    Model(TaylorModel<'t, T>),
    /// Of one input.
    Along(AxisModel<'t, T>),
}

impl<T: Number> TaylorSlot<'_, T> {
    fn of_range(range: Interval) -> Self {
        TaylorSlot::Model(TaylorModel::of_range(range))
    }
}

/// A program ready for boxes.
#[derive(Debug)]
pub struct Slots {
    program: Program,
    /// For each slot a factor by which a small error in it can reach the sum of the output neuron, about. A heuristic: it
    /// decides how much work is done.
    gains: Vec<f64>,
    /// For each slot how far the argument of its unit may be off, where both sides of a jump are to count.
    around: Vec<UpperBound>,
}

impl Slots {
    /// Of a program. A unit may be on either side of a jump that is as near to its argument as `around` says, slot by slot;
    /// an empty list stands for zeros.
    pub fn new(program: Program, around: Vec<UpperBound>) -> Slots {
        // A jump has no slope; where it is upright, the size of the step stands for it.
        let gains = program.gains(|activation| match activation.meaning().continuity {
            Continuity::Lipschitz(c) if c > 0.0 => c,
            Continuity::Lipschitz(_) | Continuity::Root(_) => 1.0,
        });
        Slots { gains, around, program }
    }

    /// The number of units, hidden and at the output.
    pub fn units(&self) -> usize {
        self.program.rows.len()
    }

    /// The weights of all units.
    pub fn terms(&self) -> usize {
        self.program.rows.iter().map(|row| row.terms.len()).sum()
    }

    /// The network's value on a box, the output neuron applied; `tolerance` is an error that is small enough there.
    pub fn output<'t, T: Number>(&self, table: &'t Monomials, cells: &[Cell], tolerance: f64) -> TaylorModel<'t, T> {
        let inputs = variables(table, cells).into_iter().map(TaylorSlot::Model).collect();
        let models = Models { slots: self, inputs: table.inputs, tolerance, kind: std::marker::PhantomData };
        match self.program.output(&models, inputs) {
            Some(TaylorSlot::Model(value)) => value,
            // The output's slot is none of one input.
            _ => TaylorModel::of_range(Interval::NOWHERE),
        }
    }

    /// A unit's argument with what may be on the other side of a jump; `None` where that makes no difference.
    fn jumping<T: Number>(&self, activation: Activation, slot: usize, sum: &TaylorModel<'_, T>) -> Option<Interval> {
        let around = self.around.get(slot).copied().unwrap_or(UpperBound::ZERO);
        let argument = sum.range + Interval::symmetric(around);
        (activation.may_jump() && jumps_at(activation, argument).is_some()).then_some(argument)
    }

    /// How much each axis of a box adds to the remainders, about: the arguments' variation along it.
    pub fn variation(&self, cells: &[Cell]) -> Vec<f64> {
        let mut sums = vec![0.0; cells.len()];
        for (k, row) in self.program.rows.iter().enumerate() {
            let mut along = vec![0.0; cells.len()];
            for (slot, weight) in row.terms.iter().filter(|(slot, _)| (*slot as usize) < cells.len()) {
                along[*slot as usize] = weight.abs() * cells[*slot as usize].radius();
            }
            // Remainders fall like a high power of the whole variation; the fourth stands for it.
            let whole: f64 = along.iter().sum();
            let gain = if k + 1 == self.program.rows.len() { 1.0 } else { self.gains[self.program.inputs + k] };
            let size = gain * whole * whole * whole;
            sums.iter_mut().zip(&along).for_each(|(sum, part)| *sum += size * part);
        }
        sums
    }
}

/// Taylor models as values.
struct Models<'s, 't, T> {
    slots: &'s Slots,
    inputs: usize,
    tolerance: f64,
    kind: std::marker::PhantomData<TaylorModel<'t, T>>,
}

impl<'t, T: Number> Models<'_, 't, T> {
    fn is_last(&self, slot: usize) -> bool {
        slot + 1 == self.slots.program.slots()
    }

    /// What is small enough in a slot.
    fn negligible(&self, slot: usize) -> f64 {
        let share = self.tolerance / self.slots.units() as f64;
        if self.is_last(slot) { self.tolerance } else { share / self.slots.gains[slot].max(f64::MIN_POSITIVE) }
    }
}

impl<'t, T: Number> Domain for Models<'_, 't, T> {
    type Value = TaylorSlot<'t, T>;

    /// A bias and weighted slots. The orders beyond the table's are added up along each axis before their size is taken.
    fn row(&self, _: usize, row: &Row, slots: &[TaylorSlot<'t, T>]) -> TaylorSlot<'t, T> {
        let mut sum = TaylorModel::constant(T::point(row.bias));
        let mut lines: Vec<Vec<T>> = vec![Vec::new(); self.inputs];
        for (slot, weight) in &row.terms {
            let weight = T::point(*weight);
            match &slots[*slot as usize] {
                TaylorSlot::Model(value) => sum.add_scaled(weight, value),
                TaylorSlot::Along(line) => {
                    sum.add_beside(weight, line);
                    let along = &mut lines[line.axis];
                    along.resize(line.c.len().max(along.len()), T::point(0.0));
                    along.iter_mut().zip(&line.c).for_each(|(sum, c)| *sum = *sum + weight * *c);
                }
            }
        }
        lines.iter().enumerate().for_each(|(axis, line)| sum.add_along(axis, line));
        TaylorSlot::Model(sum.settle())
    }

    fn unit(&self, slot: usize, row: &Row, sum: TaylorSlot<'t, T>) -> TaylorSlot<'t, T> {
        if row.activation == Activation::Identity {
            return sum;
        }
        let TaylorSlot::Model(sum) = sum else { return TaylorSlot::of_range(Interval::ENTIRE) };
        let outer = Outer::Activation(row.activation);
        if let Some(argument) = self.slots.jumping(row.activation, slot, &sum) {
            return TaylorSlot::of_range(row.activation.apply(&argument));
        }
        let axis = match row.terms[..] {
            [(slot, _)] if (slot as usize) < self.inputs => Some(slot as usize),
            _ => None,
        };
        match axis.filter(|_| !self.is_last(slot)).and_then(|axis| sum.along(axis, &outer, FURTHER)) {
            Some(line) => TaylorSlot::Along(line),
            None => TaylorSlot::Model(sum.through(&outer, self.negligible(slot))),
        }
    }
}

/// The inputs on a box.
pub fn variables<'t, T: Number>(table: &'t Monomials, cells: &[Cell]) -> Vec<TaylorModel<'t, T>> {
    let variable = |(axis, cell): (usize, &Cell)| {
        let range = Interval::new(cell.a, cell.b).unwrap_or(Interval::ENTIRE);
        TaylorModel::variable(table, axis, (cell.centre(), cell.radius()), range)
    };
    cells.iter().enumerate().map(variable).collect()
}
