//! Equal cells in which a point is known by its own coordinate, from -1/2 to 1/2, so that no row needs to say where it is.
//!
//! A point's position is `p = (x - start) * scale`, its cell the nearest whole number k, its coordinate `t = p - k`, which
//! is exact. The two roundings of p move it by at most `2.01 u p`, u the unit roundoff, so a cell of n is to hold for
//! `|t| <= 1/2 + 2.5 u n`.

use bumpnet_ir::Precision;

/// `1.5 * 2^52`: a number of half the size of a position's largest, added to it, has the nearest whole number in its last
/// bits.
pub const NEAREST: f64 = 6_755_399_441_055_744.0;
/// The same for binary32.
pub const NEAREST_SINGLE: f32 = 12_582_912.0;
/// Steps in which the ends of the grid are brought to where every point of the domain has a cell.
const STEPS: usize = 256;

/// Equal cells.
#[derive(Clone, Copy, Debug)]
pub struct CellGrid {
    /// The middle of cell 0.
    pub start: f64,
    /// Cells per unit of x.
    pub scale: f64,
    /// How many.
    pub cells: usize,
    /// What positions are calculated in; `start` and `scale` are such numbers.
    pub precision: Precision,
}

impl CellGrid {
    /// Cells that every number of the precision from `lo` to `hi`, which are such numbers, has one of.
    pub fn new((lo, hi): (f64, f64), cells: usize, precision: Precision) -> Option<CellGrid> {
        let width = hi - lo;
        let scale = precision.round(cells as f64 / width);
        let start = precision.round(lo + 0.5 * (width / cells as f64));
        let mut grid = CellGrid { start, scale, cells, precision };
        if !(scale > 0.0 && scale.is_finite() && start.is_finite()) {
            return None;
        }
        for _ in 0..STEPS {
            if !(grid.position(lo) >= -0.5) {
                grid.start = precision.next_down(grid.start);
            } else if !(grid.position(hi) < cells as f64 - 0.5) {
                grid.scale = precision.next_down(grid.scale);
            } else {
                return Some(grid);
            }
        }
        None
    }

    /// The position as it is calculated.
    fn position(&self, x: f64) -> f64 {
        // Of numbers of binary32 a sum or product in binary64, rounded again, is what binary32 gives.
        let round = |x: f64| self.precision.round(x);
        round(round(x - self.start) * self.scale)
    }

    /// How far a position may be from the exact one, with more to spare than adding it to 1/2 rounds.
    pub fn off(&self) -> f64 {
        self.cells as f64 * (2.5 * self.precision.unit_roundoff())
    }
}
