//! The grid: the axes of a network's first layers, and a walk over all its boxes that crosses one jump at a time.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Network};

use super::axis::{Axis, Knot, State};
use super::circuit::Circuit;
use super::wiring::Wiring;
use crate::fault::{Fault, active};

/// Boxes that a proof may take: what is kept of each is 16 bytes. Heuristic; it is far beyond the networks that a table can hold.
pub const MOST_BOXES: usize = 1 << 23;

/// A network that is constant on every box of a grid (or, next to steps that are not upright, known to a range).
#[derive(Clone, Debug)]
pub struct Grid {
    /// The cuts of each input.
    pub axes: Vec<Axis>,
    wiring: Wiring,
}

/// What the output is on every box.
pub struct GridValues {
    /// In the order of the boxes: that of the last axis is the fastest.
    pub exact: Vec<Interval>,
    /// How far the evaluator may be from it.
    pub error: UpperBound,
}

impl Grid {
    /// Cuts the domain of a network whose inputs are only read by units that read nothing else.
    ///
    /// # Errors
    /// Why it is not of this form.
    pub fn new(network: &Network) -> Result<Grid, String> {
        let inputs = network.inputs.len();
        let front: Vec<bool> =
            network.layers.iter().map(|layer| layer.inputs.iter().any(|slot| (*slot as usize) < inputs)).collect();
        let mut knots: Vec<Vec<Knot>> = vec![Vec::new(); inputs];
        let mut activations = Vec::new();
        for (layer, _) in network.layers.iter().zip(&front).filter(|(_, front)| **front) {
            if !stepwise(layer.activation) {
                return Err(format!("`{}` units that read an input are no steps from 0 to 1", layer.activation.name()));
            }
            let first = activations.len();
            activations.extend(std::iter::repeat_n(layer.activation, layer.rows));
            let mut read: Vec<Option<(usize, f64)>> = vec![None; layer.rows];
            for (row, column, w) in layer.weights.entries() {
                let slot = layer.inputs[column] as usize;
                if slot >= inputs || w == 0.0 || read[row].replace((slot, w)).is_some() {
                    return Err("a unit that reads an input reads something else too, or nothing".to_owned());
                }
            }
            for (row, read) in read.into_iter().enumerate() {
                let (slot, w) = read.ok_or("a unit of the first layer reads nothing")?;
                knots[slot].push(Knot { unit: (first + row) as u32, w, b: layer.bias.get(row) });
            }
        }
        if front.last() != Some(&false) {
            return Err("the output neuron reads an input".to_owned());
        }
        let axes = network.inputs.iter().zip(&knots).map(|(input, knots)| {
            Axis::new(input, knots, |unit| activations[unit as usize], network.precision)
                .ok_or_else(|| format!("where the steps in `{}` are cannot be told to the last digit", input.name))
        });
        let axes: Vec<Axis> = axes.collect::<Result<_, _>>()?;
        let wiring = Wiring::new(network, &front, activations.len())?;
        let grid = Grid { axes, wiring };
        match grid.boxes() {
            Some(boxes) if boxes <= MOST_BOXES => Ok(grid),
            _ => Err(format!("the steps cut the domain into more than {MOST_BOXES} boxes")),
        }
    }

    /// How many boxes there are.
    pub fn boxes(&self) -> Option<usize> {
        self.axes.iter().try_fold(1usize, |product, axis| product.checked_mul(axis.cells.len()))
    }

    /// Whether the steps are over on most of every axis.
    pub fn is_flat(&self, network: &Network) -> bool {
        self.axes.iter().zip(&network.inputs).all(|(axis, input)| {
            let mut open: std::collections::HashSet<u32> =
                axis.first.iter().filter(|first| first.1 == State::Both).map(|first| first.0).collect();
            let mut steep = 0.0;
            for (k, (lo, hi)) in axis.cells.iter().enumerate() {
                steep += if open.is_empty() { 0.0 } else { hi - lo };
                for change in axis.changes.get(k).into_iter().flatten() {
                    match change.after {
                        State::Both => drop(open.insert(change.unit)),
                        _ => drop(open.remove(&change.unit)),
                    }
                }
            }
            steep <= 0.5 * (input.hi - input.lo)
        })
    }

    /// The sides of a box.
    pub fn sides(&self, mut index: usize, sides: &mut [(f64, f64)]) {
        for (axis, side) in self.axes.iter().zip(sides).rev() {
            *side = axis.cells[index % axis.cells.len()];
            index /= axis.cells.len();
        }
    }

    /// The numbers of the precision on a box at which units are what they are on it, as sides; `false` where there are none.
    pub fn numbers(&self, mut index: usize, sides: &mut [(f64, f64)]) -> bool {
        for (axis, side) in self.axes.iter().zip(&mut *sides).rev() {
            *side = axis.numbers[index % axis.numbers.len()];
            index /= axis.numbers.len();
        }
        sides.iter().all(|(from, to)| from <= to)
    }

    /// The output on every box: a walk in the order of the reflected Gray code of mixed radix (Knuth, *The Art of Computer
    /// Programming*, 7.2.1.1, algorithm H), which goes from a box to a neighbour.
    pub fn values(&self) -> GridValues {
        let mut circuit = Circuit::new(&self.wiring);
        for (unit, state) in self.axes.iter().flat_map(|axis| &axis.first) {
            circuit.change(*unit, State::Off, *state);
        }
        circuit.settle();
        let axes = self.axes.len();
        let mut strides = vec![1; axes];
        for k in (1..axes).rev() {
            strides[k - 1] = strides[k] * self.axes[k].cells.len();
        }
        let mut exact = vec![Interval::ZERO; self.boxes().unwrap_or(0)];
        let (mut at, mut forward, mut index) = (vec![0; axes], vec![true; axes], 0);
        loop {
            exact[index] = circuit.output();
            let Some(k) = (0..axes).rev().find(|k| {
                let movable = if forward[*k] { at[*k] + 1 < self.axes[*k].cells.len() } else { at[*k] > 0 };
                forward[*k] ^= !movable;
                movable
            }) else {
                break;
            };
            match forward[k] {
                true => {
                    let changes = &self.axes[k].changes[at[k]];
                    if !active(Fault::JumpSkipped) {
                        changes.iter().for_each(|c| circuit.change(c.unit, c.before, c.after));
                    }
                    (at[k], index) = (at[k] + 1, index + strides[k]);
                }
                false => {
                    (at[k], index) = (at[k] - 1, index - strides[k]);
                    let changes = &self.axes[k].changes[at[k]];
                    changes.iter().rev().for_each(|c| circuit.change(c.unit, c.after, c.before));
                }
            }
            circuit.settle();
        }
        GridValues { exact, error: circuit.error() }
    }
}

/// Whether an activation is a step from 0 to 1 that is over somewhere.
fn stepwise(activation: Activation) -> bool {
    let (from, to) = activation.saturation();
    activation.limits() == (0.0, 1.0) && from.is_finite() && to.is_finite()
}
