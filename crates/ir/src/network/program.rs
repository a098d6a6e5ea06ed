//! What a network computes, lowered once: rows and units over slots, what nothing reads left out.
//!
//! Everything that evaluates a network of any form is the one loop of [`Program::run`] over a [`Domain`]: numbers as they are
//! rounded, enclosures, Taylor models, errors of a floating-point evaluation. (One hidden layer over one input has
//! [`Window`](super::window::Window) besides, which leaves out the units that are at their limits.)

use bumpnet_interval::{Binary, Scalar};

use super::Network;
use crate::activation::Activation;
use crate::evaluation::Precision;

/// A network's rows in order. The slots before them are the inputs; the last row is the output.
#[derive(Clone, PartialEq, Debug)]
pub struct Program {
    /// Number of inputs.
    pub inputs: usize,
    /// The rows that the output depends on, by what reads what, whatever the weights are.
    pub rows: Vec<Row>,
}

/// `activation(bias + sum of weights times slots)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The function of the unit.
    pub activation: Activation,
    /// What the sum begins with.
    pub bias: f64,
    /// Slots and their weights, in the order in which they are added.
    pub terms: Vec<(u32, f64)>,
}

/// A way to evaluate: what a value is, a row's sum, and a unit. A slot is known by its number.
pub trait Domain {
    /// The value of a slot.
    type Value: Clone;
    /// The sum of the row that ends up in a slot.
    fn row(&self, slot: usize, row: &Row, slots: &[Self::Value]) -> Self::Value;
    /// The activation of that sum.
    fn unit(&self, slot: usize, row: &Row, sum: Self::Value) -> Self::Value;
}

impl Program {
    /// Lowers a network.
    pub fn new(network: &Network) -> Program {
        let inputs = network.inputs.len();
        let mut rows: Vec<Row> = Vec::new();
        for layer in &network.layers {
            let first = rows.len();
            let row = |k| Row { activation: layer.activation, bias: layer.bias.get(k), terms: Vec::new() };
            rows.extend((0..layer.rows).map(row));
            for (row, column, weight) in layer.weights.entries() {
                rows[first + row].terms.push((layer.inputs[column], weight));
            }
        }
        Program { inputs, rows }.pruned()
    }

    /// Without the rows that the last one does not depend on.
    fn pruned(self) -> Program {
        let Program { inputs, rows } = self;
        let mut read = vec![false; rows.len()];
        if let Some(last) = read.last_mut() {
            *last = true;
        }
        for (k, row) in rows.iter().enumerate().rev() {
            if read[k] {
                row.terms
                    .iter()
                    .filter_map(|(slot, _)| (*slot as usize).checked_sub(inputs))
                    .for_each(|j| read[j] = true);
            }
        }
        let mut renamed: Vec<u32> = (0..inputs as u32).collect();
        let mut next = inputs as u32;
        for read in &read {
            renamed.push(next);
            next += u32::from(*read);
        }
        let kept = rows.into_iter().zip(read).filter(|(_, read)| *read);
        let rename = |(mut row, _): (Row, bool)| {
            row.terms.iter_mut().for_each(|(slot, _)| *slot = renamed[*slot as usize]);
            row
        };
        Program { inputs, rows: kept.map(rename).collect() }
    }

    /// Number of slots.
    pub fn slots(&self) -> usize {
        self.inputs + self.rows.len()
    }

    /// The value of every slot but the output's, and the output's sum, in front of its activation.
    pub fn run<D: Domain>(&self, domain: &D, inputs: Vec<D::Value>) -> (Vec<D::Value>, Option<D::Value>) {
        let mut slots = inputs;
        let Some((last, hidden)) = self.rows.split_last() else { return (slots, None) };
        slots.reserve(hidden.len());
        for row in hidden {
            let slot = slots.len();
            let sum = domain.row(slot, row, &slots);
            slots.push(domain.unit(slot, row, sum));
        }
        let sum = domain.row(slots.len(), last, &slots);
        (slots, Some(sum))
    }

    /// The output.
    pub fn output<D: Domain>(&self, domain: &D, inputs: Vec<D::Value>) -> Option<D::Value> {
        let (slots, sum) = self.run(domain, inputs);
        Some(domain.unit(slots.len(), self.rows.last()?, sum?))
    }

    /// For each slot a factor by which a small error in it reaches the output's sum, at most where nothing jumps: adjoints of
    /// magnitudes. `steepness` is the largest slope of an activation, or what stands for one.
    pub fn gains(&self, steepness: impl Fn(Activation) -> f64) -> Vec<f64> {
        let mut gains = vec![0.0; self.slots()];
        for (k, row) in self.rows.iter().enumerate().rev() {
            let is_last = k + 1 == self.rows.len();
            let at = if is_last { 1.0 } else { gains[self.inputs + k] * steepness(row.activation) };
            row.terms.iter().for_each(|(slot, weight)| gains[*slot as usize] += at * weight.abs());
        }
        gains
    }
}

/// By the formulas, in any scalar: exact numbers, intervals, jets. Sums as they stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Formula<T>(std::marker::PhantomData<T>);

impl<T> Formula<T> {
    /// That.
    pub fn new() -> Formula<T> {
        Formula(std::marker::PhantomData)
    }
}

impl<T: Scalar + Clone> Domain for Formula<T> {
    type Value = T;

    fn row(&self, _: usize, row: &Row, slots: &[T]) -> T {
        row.terms.iter().fold(T::point(row.bias), |sum, (slot, weight)| {
            T::binary(Binary::Add, &sum, &T::binary(Binary::Mul, &T::point(*weight), &slots[*slot as usize]))
        })
    }

    fn unit(&self, _: usize, row: &Row, sum: T) -> T {
        row.activation.apply(&sum)
    }
}

/// As the evaluator rounds: every product, every sum and every value to the precision, in the order of the terms.
#[derive(Clone, Copy, Debug)]
pub struct Rounding(pub Precision);

impl Domain for Rounding {
    type Value = f64;

    #[inline]
    fn row(&self, _: usize, row: &Row, slots: &[f64]) -> f64 {
        let round = |value: f64| self.0.round(value);
        row.terms.iter().fold(row.bias, |sum, (slot, weight)| round(sum + round(weight * slots[*slot as usize])))
    }

    #[inline]
    fn unit(&self, _: usize, row: &Row, sum: f64) -> f64 {
        // By the formula: exponentials are made of tails, which must not be cut.
        self.0.round(row.activation.apply(&sum))
    }
}
