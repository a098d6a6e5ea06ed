//! Where the cells are: edges, and the point that stands for each cell.

use bumpnet_ir::{Bumps, Heights, Input, Placement, Steepness};

use crate::error::CompileError;

/// `n` cells: `n + 1` increasing edges and `n` centres, one inside each cell.
#[derive(Clone, PartialEq, Debug)]
pub struct Cells {
    /// The edges, the ends of the domain among them.
    pub edges: Vec<f64>,
    /// The point that stands for each cell.
    pub centres: Vec<f64>,
}

/// The cells that the parameters ask for.
///
/// With a matched steepness and midpoint heights, the centres are `n` equally spaced knots, both ends among them, and
/// the edges lie midway: neighbouring steps then join, and the network interpolates the target at the knots (exactly
/// so for `ramp`). Otherwise the edges are equally spaced, or as given, and centres are midpoints.
pub fn cells(input: &Input, parameters: &Bumps, n: usize) -> Result<Cells, CompileError> {
    let interpolating = parameters.steepness == Steepness::Auto
        && parameters.activation.unit_slope().is_some()
        && parameters.heights == Heights::Midpoint
        && n > 1;
    let cells = match &parameters.placement {
        Placement::Given(edges) => from_edges(edges.clone()),
        Placement::Uniform if interpolating => {
            let centres: Vec<f64> = (0..n).map(|k| equal_edge(input, k, n - 1)).collect();
            let mut edges = vec![input.lo];
            edges.extend(centres.windows(2).map(|pair| middle(pair[0], pair[1])));
            edges.push(input.hi);
            Cells { edges, centres }
        }
        // Optimal edges are found by the construction itself; without it, equal cells are what is left.
        Placement::Uniform | Placement::Optimal => from_edges((0..=n).map(|k| equal_edge(input, k, n)).collect()),
    };
    check(cells, n)
}

/// Refuses cells whose edges do not increase.
fn check(cells: Cells, n: usize) -> Result<Cells, CompileError> {
    check_edges(&cells.edges, n).map(|()| cells)
}

/// Refuses edges that do not increase.
pub fn check_edges(edges: &[f64], n: usize) -> Result<(), CompileError> {
    match edges.windows(2).find(|pair| pair[0] >= pair[1]) {
        None => Ok(()),
        Some(pair) => Err(CompileError::CellsCollapse { at: pair[0], resolution: n }),
    }
}

/// Cells with these edges; their midpoints stand for them.
pub fn from_edges(edges: Vec<f64>) -> Cells {
    let centres = edges.windows(2).map(|pair| middle(pair[0], pair[1])).collect();
    Cells { edges, centres }
}

/// The point `k/n` of the way, exact at both ends; ends of opposite sign and huge size do not overflow.
pub fn equal_edge(input: &Input, k: usize, n: usize) -> f64 {
    let t = k as f64 / n as f64;
    match k {
        0 => input.lo,
        _ if k == n => input.hi,
        _ if (input.hi - input.lo).is_finite() => input.lo + (input.hi - input.lo) * t,
        _ => input.lo * (1.0 - t) + input.hi * t,
    }
}

fn middle(a: f64, b: f64) -> f64 {
    a / 2.0 + b / 2.0
}
