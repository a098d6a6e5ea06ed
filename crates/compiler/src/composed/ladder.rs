//! The networks that a step may have: more neurons for smaller errors, made as they are asked for.

use bumpnet_ir::{Activation, Expr, Graded, Input, Layer, Precision, Route, Smooth};

use super::gates;
use crate::draft::Budget;
use crate::error::CompileError;
use crate::smooth::Rungs;
use crate::{chebyshev, graded, jump};

/// Most neurons of a step. Heuristic.
const MOST: usize = 160;
/// Rungs in a row that may fail to lower the error before a ladder ends. Heuristic.
const PATIENCE: usize = 12;
/// Points at which a rung's error is sampled, for each of its neurons and in any case. Heuristic.
const SAMPLES: (usize, usize) = (16, 200);

/// A network for a step.
#[derive(Clone, Debug)]
pub struct Rung {
    /// Hidden layer and output.
    pub layers: Vec<Layer>,
    /// Its largest error, sampled or known. Not a bound.
    pub error: f64,
    /// What it is made of.
    pub kind: &'static str,
}

impl Rung {
    /// Its hidden units.
    pub fn neurons(&self) -> usize {
        self.layers.split_last().map_or(0, |(_, hidden)| hidden.iter().map(|layer| layer.rows).sum())
    }
}

/// The networks for a function on a range, each with a smaller error than those before it.
pub struct NetworkLadder<'a> {
    function: &'a Expr,
    input: &'a Input,
    activation: Activation,
    precision: Precision,
    smooth: Rungs<'a>,
    /// So far.
    pub rungs: Vec<Rung>,
    next: usize,
    failures: usize,
    kinked: bool,
}

impl<'a> NetworkLadder<'a> {
    /// The gates, and the constant in their absence.
    pub fn new(
        function: &'a Expr,
        input: &'a Input,
        activation: Activation,
        native: bool,
        precision: Precision,
    ) -> Result<NetworkLadder<'a>, CompileError> {
        let parameters = Smooth {
            activation,
            neurons: None,
            overlap: None,
            pad: None,
            route: Route::LeastSquares,
            max_weight: None,
            output: Activation::Identity,
        };
        let smooth = Rungs::new(function, input, &parameters, precision)?;
        let kinked = jump::largest(function, input).is_some() || chebyshev::needed(function, input, 1e-4).is_none();
        let mut ladder = NetworkLadder {
            function,
            input,
            activation,
            precision,
            smooth,
            rungs: Vec::new(),
            next: 1,
            failures: 0,
            kinked,
        };
        if let Some((layers, kind)) = gates::gate(function, input, native) {
            let error = ladder.sampled(&layers);
            ladder.rungs.push(Rung { layers, error, kind });
        } else {
            ladder.extend(0)?;
        }
        Ok(ladder)
    }

    /// Makes sure of a rung, unless the ladder ends before it.
    pub fn extend(&mut self, rung: usize) -> Result<(), CompileError> {
        while self.rungs.len() <= rung && self.failures < PATIENCE && self.next <= MOST {
            let n = self.next;
            self.next += 1 + n / 16;
            let (layers, kind) = match self.kinked && n > 8 {
                true => (self.graded(n)?, "graded"),
                false => (self.smooth.at(n)?, "smooth"),
            };
            let mut best = Rung { error: self.sampled(&layers), layers, kind };
            if let Some(layers) = self.smooth.geometric(n)? {
                let error = self.sampled(&layers);
                if error < best.error {
                    best = Rung { layers, error, kind: "exponentials" };
                }
            }
            let better =
                self.rungs.last().is_none_or(|last| best.error < last.error && best.neurons() >= last.neurons());
            if better {
                self.failures = 0;
                self.rungs.push(best);
            } else {
                self.failures += 1;
            }
        }
        Ok(())
    }

    fn graded(&self, n: usize) -> Result<Vec<Layer>, CompileError> {
        let parameters = Graded {
            activation: self.activation,
            neurons: None,
            overlap: None,
            leaf: None,
            max_weight: None,
            output: Activation::Identity,
        };
        Ok(graded::build(self.function, self.input, &parameters, (self.precision, None), Budget::Pieces(n))?.layers)
    }

    fn sampled(&self, layers: &[Layer]) -> f64 {
        let neurons = layers.first().map_or(0, |layer| layer.rows);
        let count = SAMPLES.0 * neurons + SAMPLES.1;
        let points = chebyshev::points(self.input.lo, self.input.hi, count);
        let mut wanted = vec![0.0; points.len()];
        self.function.eval_many(&points, &mut wanted);
        let error = |(x, f): (&f64, &f64)| (value(layers, *x) - f).abs();
        points.iter().zip(&wanted).map(error).fold(0.0, f64::max)
    }
}

/// The value of one hidden layer and its output, by the formula.
fn value(layers: &[Layer], x: f64) -> f64 {
    let Some((last, hidden)) = layers.split_last() else { return 0.0 };
    let Some(hidden) = hidden.first() else { return last.bias.get(0) };
    let unit = |k: usize| hidden.activation.apply(&(hidden.weights.value.get(k) * x + hidden.bias.get(k)));
    (0..hidden.rows).fold(last.bias.get(0), |sum, k| sum + last.weights.value.get(k) * unit(k))
}
