//! A table of polynomials over equal cells of a box, and its value at a point.
//!
//! This is the reference: [`super::simd`] does the same operations in the same order, four points at a time.

use bumpnet_interval::UpperBound;

use super::shape::{LANES, Shape};
use super::terms::MOST_INPUTS;

/// Equal cells along an input.
#[derive(Clone, Copy, Debug)]
pub struct CellAxis {
    pub lo: f64,
    pub hi: f64,
    /// Cells per unit.
    pub scale: f64,
    pub cells: usize,
}

impl CellAxis {
    /// So many cells; `None` where they cannot be counted in binary64.
    pub fn new(lo: f64, hi: f64, cells: usize) -> Option<CellAxis> {
        let mut scale = cells as f64 / (hi - lo);
        // The end belongs to the last cell: its position must not be beyond it.
        while (hi - lo) * scale > cells as f64 {
            scale = scale.next_down();
        }
        (scale.is_normal() && (hi - lo).is_normal()).then_some(CellAxis { lo, hi, scale, cells })
    }

    /// The cell of a point of the domain, and its place there, from -1/2 to 1/2.
    #[inline]
    pub fn place(&self, x: f64) -> (usize, f64) {
        let position = (x - self.lo) * self.scale;
        let cell = (position as u32 as usize).min(self.cells - 1);
        (cell, position - cell as f64 - 0.5)
    }

    /// Centre and radius of a cell, rounded.
    pub fn cell(&self, k: usize) -> (f64, f64) {
        let width = (self.hi - self.lo) / self.cells as f64;
        (self.lo + (k as f64 + 0.5) * width, width / 2.0)
    }
}

/// The table.
#[derive(Debug)]
pub struct BoxTable {
    pub axes: Vec<CellAxis>,
    pub shape: Shape,
    /// A bound of |table - network|, roundings included.
    pub bound: UpperBound,
    /// The rows from `start` on, the last input's cells side by side.
    rows: Vec<f64>,
    start: usize,
    /// Numbers in a row.
    stride: usize,
}

impl BoxTable {
    /// From one row for each cell.
    pub fn new(axes: Vec<CellAxis>, shape: Shape, content: &[f64], bound: UpperBound) -> BoxTable {
        let cells: usize = axes.iter().map(|axis| axis.cells).product();
        assert_eq!(content.len(), cells * shape.vectors() * LANES, "a row for each cell");
        // One cache line more than needed, so that rows can begin at the beginning of a line.
        let mut rows: Vec<f64> = Vec::with_capacity(content.len() + 8);
        let start = rows.as_ptr().align_offset(64).min(7);
        rows.resize(start, 0.0);
        rows.extend(content);
        BoxTable { stride: shape.vectors() * LANES, axes, shape, bound, rows, start }
    }

    /// All rows.
    #[inline]
    pub fn rows(&self) -> &[f64] {
        &self.rows[self.start..]
    }

    /// Numbers in a row.
    #[inline]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.axes.iter().map(|axis| axis.cells).product()
    }

    /// Bytes of the rows.
    pub fn bytes(&self) -> usize {
        self.rows().len() * 8
    }

    /// The value at a point, or at the nearest one of the domain; NaN is taken for an end.
    pub fn value(&self, point: &[f64]) -> f64 {
        let (mut cell, mut place) = (0, [0.0; MOST_INPUTS]);
        for ((axis, x), place) in self.axes.iter().zip(point).zip(&mut place) {
            let (at, within) = axis.place(x.max(axis.lo).min(axis.hi));
            (cell, *place) = (cell * axis.cells + at, within);
        }
        let x = place[self.shape.lane];
        let mut others = [0.0; MOST_INPUTS];
        self.shape.others().zip(&mut others).for_each(|(k, other)| *other = place[k]);
        let others = &others[..self.axes.len() - 1];
        let stride = self.stride();
        let mut row = self.rows()[cell * stride..][..stride].as_chunks::<LANES>().0.iter();
        let (square, mut sum) = (x * x, None);
        for degree in self.shape.degrees.iter().rev() {
            let [c0, c1, c2, c3] = nested(&mut row, others, *degree);
            let cubic = (c0 + c1 * x) + (c2 + c3 * x) * square;
            sum = Some(sum.map_or(cubic, |sum: f64| cubic + sum * (square * square)));
        }
        sum.unwrap_or(f64::NAN)
    }
}

/// Horner's scheme in each input in turn, the first outermost, for all lanes at once.
fn nested<'r>(row: &mut impl Iterator<Item = &'r [f64; LANES]>, others: &[f64], degree: usize) -> [f64; LANES] {
    let Some((x, inner)) = others.split_first() else { return row.next().copied().unwrap_or([f64::NAN; LANES]) };
    let mut sum = nested(row, inner, 0);
    for power in (0..degree).rev() {
        let next = nested(row, inner, degree - power);
        sum.iter_mut().zip(next).for_each(|(sum, c)| *sum = *sum * x + c);
    }
    sum
}
