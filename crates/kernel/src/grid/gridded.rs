//! A target, and a network that is constant on the boxes of a grid: what proofs over grids are about.

use bumpnet_interval::Interval;
use bumpnet_ir::{Expr, Network};

use super::walk::{Grid, GridValues};
use crate::error::CertifyError;

/// A target, a network, its grid, and its value on every box.
pub struct Gridded<'q> {
    /// What the network is for.
    pub(super) target: &'q Expr,
    /// The network.
    pub(super) network: &'q Network,
    /// The grid.
    pub(super) grid: Grid,
    /// The values.
    pub(super) values: GridValues,
}

impl<'q> Gridded<'q> {
    /// Of a network that is constant on boxes.
    ///
    /// # Errors
    /// It has a form that is not proved.
    pub fn new(target: &'q Expr, network: &'q Network) -> Result<Gridded<'q>, CertifyError> {
        crate::analyse::analyse(target, &network.inputs).map_err(CertifyError::Target)?;
        let grid = Grid::new(network).map_err(CertifyError::Form)?;
        let values = grid.values();
        Ok(Gridded { target, network, grid, values })
    }

    /// What the network is for.
    pub fn target(&self) -> &'q Expr {
        self.target
    }

    /// The network.
    pub fn network(&self) -> &'q Network {
        self.network
    }

    /// The grid.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The network's values on all boxes.
    pub fn values(&self) -> &[Interval] {
        &self.values.exact
    }

    /// The network's value on a box.
    pub fn value(&self, index: usize) -> Interval {
        self.values.exact[index]
    }

    /// The sides of a box.
    pub fn sides(&self, index: usize) -> Vec<(f64, f64)> {
        let mut sides = vec![(0.0, 0.0); self.grid.axes.len()];
        self.grid.sides(index, &mut sides);
        sides
    }

    /// How many boxes there are.
    pub fn boxes(&self) -> usize {
        self.values.exact.len()
    }
}
