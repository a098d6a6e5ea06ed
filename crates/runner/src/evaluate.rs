//! Evaluating a network: the direct sum layer by layer, or by a window of active units where that is possible.

use bumpnet_ir::{Activation, Layer, Network, Window};
use rayon::prelude::*;

/// Points a thread takes at a time: 64 KiB of values, small enough to share out, large enough to hide the scheduling.
const CHUNK: usize = 8192;

/// A network made ready to evaluate. Values are those of the stored weights, summed in a fixed order.
#[derive(Debug)]
pub struct Evaluator<'n> {
    network: &'n Network,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// One hidden layer over one input: see [`Window`].
    Window(Box<Window>, Activation),
    /// Anything else: all layers, unit by unit.
    Direct,
}

impl<'n> Evaluator<'n> {
    /// Makes ready: `O(n log n)` in the number of units. The network must satisfy [`Network::check`].
    pub fn new(network: &'n Network) -> Self {
        let form = match Window::new(network) {
            Some(window) => Form::Window(Box::new(window), network.output()),
            None => Form::Direct,
        };
        Evaluator { network, form }
    }

    /// Number of inputs: the numbers that one point takes.
    pub fn inputs(&self) -> usize {
        self.network.inputs.len()
    }

    /// The value at a point, the output's activation applied.
    pub fn eval(&self, point: &[f64]) -> f64 {
        match &self.form {
            Form::Window(window, output) => self.round(output.value(window.sum(point[0]))),
            Form::Direct => self.round(self.network.output().value(direct(self.network, point))),
        }
    }

    /// A number rounded to the network's precision: what the evaluator makes of an input.
    pub fn round(&self, value: f64) -> f64 {
        self.network.precision.round(value)
    }

    /// The value at a point before the output's activation.
    pub fn eval_hidden(&self, point: &[f64]) -> f64 {
        match &self.form {
            Form::Window(window, _) => window.sum(point[0]),
            Form::Direct => direct(self.network, point),
        }
    }

    /// The values at many points, in parallel. `points` holds [`inputs`](Self::inputs) numbers a point.
    ///
    /// # Panics
    /// If `points.len() != out.len() * inputs`.
    pub fn eval_many(&self, points: &[f64], out: &mut [f64]) {
        let inputs = self.inputs();
        assert_eq!(points.len(), out.len() * inputs, "one number per input and point");
        out.par_chunks_mut(CHUNK).zip(points.par_chunks(CHUNK * inputs)).for_each(|(out, points)| {
            for (out, point) in out.iter_mut().zip(points.chunks_exact(inputs)) {
                *out = self.eval(point);
            }
        });
    }

    /// Abscissae where the network changes most: the step of each unit, in increasing order without repetition, and
    /// the largest half-width of a step. `None` for networks of several inputs or hidden layers.
    pub fn steps(&self) -> Option<(&[f64], f64)> {
        match &self.form {
            Form::Window(window, _) => Some(window.steps()),
            Form::Direct => None,
        }
    }
}

/// The last layer's sum, its activation not yet applied: slots are filled in order, each sum runs in the order of the
/// matrix' entries.
fn direct(network: &Network, point: &[f64]) -> f64 {
    let round = |value: f64| network.precision.round(value);
    let mut slots: Vec<f64> = point.iter().map(|x| round(*x)).collect();
    let mut sums = Vec::new();
    for (k, layer) in network.layers.iter().enumerate() {
        sum_rows(layer, &slots, &mut sums, round);
        if k + 1 < network.layers.len() {
            slots.extend(sums.iter().map(|z| round(layer.activation.value(*z))));
        }
    }
    sums.first().copied().unwrap_or(f64::NAN)
}

fn sum_rows(layer: &Layer, slots: &[f64], sums: &mut Vec<f64>, round: impl Fn(f64) -> f64) {
    sums.clear();
    sums.extend((0..layer.rows).map(|row| layer.bias.get(row)));
    for (row, column, value) in layer.weights.entries() {
        sums[row] = round(sums[row] + round(value * slots[layer.inputs[column] as usize]));
    }
}
