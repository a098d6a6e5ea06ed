//! The network on one box of the grid after another: a change of one unit goes only where it is felt.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::Activation;

use super::axis::State;
use super::wiring::{Gate, Wiring};
use crate::fault::{Fault, active};

/// The state of all nodes.
pub struct Circuit<'w> {
    wiring: &'w Wiring,
    /// For each row, its sum of binary signals, from below and above, in its unit.
    sums: Vec<(i128, i128)>,
    /// For each real row its value.
    values: Vec<Interval>,
    /// For each ladder how many rungs are on, at least and at most; for a step 0 or 1.
    on: Vec<(u32, u32)>,
    /// A bit for each node that has to be looked at again.
    dirty: Vec<u64>,
}

/// What a weight adds in a state, from below and above.
fn part(state: (u32, u32), weight: i128) -> (i128, i128) {
    match state {
        (0, 0) => (0, 0),
        (0, _) => (weight.min(0), weight.max(0)),
        _ => (weight, weight),
    }
}

fn bounds(state: State) -> (u32, u32) {
    match state {
        State::Off => (0, 0),
        State::On => (1, 1),
        State::Both => (0, 1),
    }
}

impl<'w> Circuit<'w> {
    /// All units off, and what follows from it.
    pub fn new(wiring: &'w Wiring) -> Circuit<'w> {
        let count = wiring.nodes.len();
        let sums = wiring.nodes.iter().map(|node| match node {
            Gate::Row(row) => (row.bias, row.bias),
            Gate::Ladder(_) => (0, 0),
        });
        let mut circuit = Circuit {
            wiring,
            sums: sums.collect(),
            values: vec![Interval::ZERO; count],
            on: vec![(0, 0); count],
            dirty: vec![u64::MAX; count.div_ceil(64)],
        };
        circuit.settle();
        circuit
    }

    /// A unit of the first layers goes from one state to another; to be followed by [`settle`](Self::settle).
    pub fn change(&mut self, unit: u32, before: State, after: State) {
        let wiring = self.wiring;
        for (node, weight) in &wiring.units[unit as usize] {
            self.replace(*node, part(bounds(before), *weight), part(bounds(after), *weight));
        }
    }

    /// Takes one part of a row's sum off and adds another.
    fn replace(&mut self, node: u32, before: (i128, i128), after: (i128, i128)) {
        let sum = &mut self.sums[node as usize];
        *sum = (sum.0 - before.0 + after.0, sum.1 - before.1 + after.1);
        self.mark(node);
    }

    fn mark(&mut self, node: u32) {
        self.dirty[node as usize / 64] |= 1 << (node % 64);
    }

    /// Lets all changes through; nodes read earlier ones only, so one pass in order does it.
    pub fn settle(&mut self) {
        for word in 0..self.dirty.len() {
            while self.dirty[word] != 0 {
                let bit = self.dirty[word].trailing_zeros();
                self.dirty[word] &= !(1 << bit);
                let node = word * 64 + bit as usize;
                if node < self.wiring.nodes.len() {
                    self.update(node);
                }
            }
        }
    }

    fn update(&mut self, node: usize) {
        let wiring = self.wiring;
        match &wiring.nodes[node] {
            Gate::Row(row) => {
                let argument = row.argument(self.sums[node], &self.values);
                if row.activation != Activation::Heaviside {
                    // At a jump the evaluator may be on its other side.
                    let value = match row.activation.may_jump() {
                        true => row.activation.apply(&widened(argument, row.rounding)),
                        false => row.activation.apply(&argument),
                    };
                    if value != self.values[node] {
                        self.values[node] = value;
                        row.readers.iter().for_each(|reader| self.mark(*reader));
                    }
                    return;
                }
                let evaluated = widened(argument, row.rounding);
                let on = (u32::from(evaluated.lo() >= 0.0), u32::from(!(evaluated.hi() < 0.0)));
                let before = std::mem::replace(&mut self.on[node], on);
                if before != on {
                    for (target, weight) in &row.steps {
                        self.replace(*target, part(before, *weight), part(on, *weight));
                    }
                }
                // The output neuron may be a step.
                self.values[node] = Interval::new(f64::from(on.0), f64::from(on.1)).unwrap_or(Interval::ENTIRE);
            }
            Gate::Ladder(ladder) => {
                let source = ladder.source as usize;
                let value = widened(self.values[source], wiring.errors[source]);
                let least = ladder.rungs.partition_point(|rung| rung.1 <= value.lo());
                let most = ladder.rungs.partition_point(|rung| !(rung.0 > value.hi()));
                let on = (least as u32, most.max(least) as u32);
                let before = std::mem::replace(&mut self.on[node], on);
                if before != on {
                    for prefix in &ladder.steps {
                        self.replace(prefix.target, rungs(&prefix.sums, before), rungs(&prefix.sums, on));
                    }
                }
            }
        }
    }

    /// What the output neuron is, exactly; the evaluator's value is within [`error`](Self::error) of it.
    pub fn output(&self) -> Interval {
        self.values[self.wiring.output() as usize]
    }

    /// How far the evaluator's rounding can take the output.
    pub fn error(&self) -> UpperBound {
        match active(Fault::EvaluatorExact) {
            true => UpperBound::ZERO,
            false => self.wiring.errors[self.wiring.output() as usize],
        }
    }
}

/// What the first rungs add, where so many are on for certain and so many more may be, each or not.
fn rungs(sums: &[i128], (least, most): (u32, u32)) -> (i128, i128) {
    let certain = sums[least as usize];
    let open = &sums[least as usize..=most as usize];
    open.windows(2).fold((certain, certain), |(lo, hi), pair| {
        let weight = pair[1] - pair[0];
        (lo + weight.min(0), hi + weight.max(0))
    })
}

/// With the evaluator's rounding.
fn widened(value: Interval, rounding: UpperBound) -> Interval {
    if active(Fault::EvaluatorExact) { value } else { value + Interval::symmetric(rounding) }
}
