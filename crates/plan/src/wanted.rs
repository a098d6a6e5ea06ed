//! What is wanted of a table.

use bumpnet_ir::{Activation, Precision};

use crate::model::Model;
use crate::quick::Quick;

/// Halvings of one model at most.
pub const DEEPEST: usize = 20;
/// Most pieces: 32 MiB at degree 14 are more than a last-level cache.
pub const MOST: usize = 1 << 18;
/// Most equal cells where unequal ones would do, as a multiple of those, for a network's own table. Heuristic: a search
/// among edges costs about what a twice as large table costs.
pub const EQUAL: usize = 4;

/// What is wanted.
#[derive(Clone, Copy)]
pub struct TableWanted {
    /// The output neuron's activation.
    pub output: Activation,
    /// How far a piece may be from the network before rounding.
    pub tolerance: f64,
    /// Whether pieces may be in the coordinates of a grid's cells.
    pub cells: bool,
    /// Whether the network breaks nowhere in the domain, so that equal cells will do.
    pub smooth: bool,
    /// How much wider than their cores the models' cells are.
    pub margin: f64,
    /// The largest number of the domain.
    pub largest: f64,
    /// Most equal cells where unequal ones would do, as a multiple of those.
    pub equal: usize,
    /// Plans that share the caches.
    pub plans: usize,
    /// The degree that pieces are to have, if any other than the cheapest.
    pub degree: Option<usize>,
    /// What grids and their polynomials are calculated in.
    pub precision: Precision,
}

impl TableWanted {
    /// What is wanted of cells in binary32.
    pub fn single(output: Activation, tolerance: f64, margin: f64, largest: f64) -> TableWanted {
        let (equal, precision) = (EQUAL, Precision::F32);
        TableWanted {
            output,
            tolerance,
            cells: true,
            smooth: true,
            margin,
            largest,
            equal,
            plans: 1,
            degree: None,
            precision,
        }
    }

    /// A model made ready for plain arithmetic, where the tolerance leaves room for that.
    pub fn quick(&self, model: &Model) -> Option<Quick> {
        Quick::new(model, self.largest, self.tolerance).filter(|_| self.output == Activation::Identity)
    }
}
