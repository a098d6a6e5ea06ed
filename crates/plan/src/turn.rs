//! How fast a network turns, and so how wide cells of a degree may be: estimates in plain arithmetic, by which tables are
//! chosen. What is proved of a table is proved elsewhere.

use bumpnet_interval::Wide;
use bumpnet_ir::Activation;
use bumpnet_prove::poly::{Cell, ORDER, Poly};

use crate::model::Model;

/// Points of a model, on either side of its middle, on which it is looked at; heuristic.
const LOOKS: i32 = 4;

/// Where a model is looked at behind an output neuron, which costs more, and how much of it; heuristic.
const THIRDS: [f64; 3] = [-0.8, 0.0, 0.8];
const SMALL: f64 = 1.0 / 16.0;

/// Of a model the Taylor coefficients that are largest at some points, each by itself, the domain's width for a unit.
pub struct Turn([f64; ORDER + 1]);

impl Turn {
    /// `None` where there is no polynomial.
    pub fn new(model: &Model, width: f64, output: Activation) -> Option<Turn> {
        let poly = model.poly.as_ref()?;
        let mut turn = Turn([0.0; ORDER + 1]);
        if output != Activation::Identity {
            for part in THIRDS {
                turn.add_behind(output, poly, model.cell, part, width)?;
            }
            return Some(turn);
        }
        let mut middles = [0.0; ORDER + 1];
        poly.coefficients().iter().zip(&mut middles).for_each(|(c, middle)| *middle = c.midpoint().0);
        for k in -LOOKS..=LOOKS {
            let shift = f64::from(k) / f64::from(LOOKS);
            let mut c = middles;
            for from in 0..ORDER {
                for k in (from..ORDER).rev() {
                    c[k] += shift * c[k + 1];
                }
            }
            turn.add(&c, model.cell.radius() / width);
        }
        Some(turn)
    }

    fn add(&mut self, c: &[f64], radius: f64) {
        let mut power = 1.0;
        for (most, c) in self.0.iter_mut().zip(c) {
            *most = most.max(c.abs() * power);
            power /= radius;
        }
    }

    /// What there is behind the output neuron, on a small part of the model about a place in it.
    fn add_behind(&mut self, output: Activation, poly: &Poly<Wide>, cell: Cell, part: f64, width: f64) -> Option<()> {
        let (middle, half) = (cell.centre() + part * cell.radius(), cell.radius() * SMALL);
        let small = Cell { a: (middle - half).max(cell.a), b: (middle + half).min(cell.b) };
        let behind = bumpnet_prove::through(output, &poly.restrict(&cell, &small).interval())?;
        let middles: Vec<f64> = behind.coefficients().iter().map(|c| c.midpoint()).collect();
        self.add(&middles, small.radius() / width);
        Some(())
    }

    /// The largest slope.
    pub fn slope(&self) -> f64 {
        self.0[1]
    }

    /// The largest half width of cells of which economisation takes no more than the tolerance: `2 |c_k| (h/2)^k` for each k
    /// beyond the degree.
    pub fn half(&self, degree: usize, tolerance: f64) -> f64 {
        let beyond = &self.0[degree + 1..];
        let off = |h: f64| {
            let sum = beyond.iter().rev().fold(0.0, |sum, c| (sum + c) * (h / 2.0));
            2.0 * (0..degree).fold(sum, |product, _| product * (h / 2.0))
        };
        // By the bits, whose order is that of the numbers, to a hundredth or so.
        let (mut within, mut beyond) = (LEAST.to_bits(), 1f64.to_bits());
        while beyond - within > 1 << 46 {
            let middle = within + (beyond - within) / 2;
            *(if off(f64::from_bits(middle)) <= tolerance { &mut within } else { &mut beyond }) = middle;
        }
        f64::from_bits(within)
    }
}

/// No cell is narrower, as a part of the domain.
const LEAST: f64 = 1e-30;
