//! The rows that are looked up, one for each piece, and what is done with a row: a comparison or Horner's scheme.
//!
//! This is the reference: [`crate::simd`] does the same operations in the same order, four points at a time.

use crate::economise::Piece;
use crate::index::{CROWDED, Index};

/// Rows of one length, each in one cache line or whole ones.
#[derive(Clone, Debug)]
pub struct Table {
    /// From a point to its row.
    pub index: Index,
    /// What a row is.
    pub kind: Kind,
    /// The rows, from `start` on.
    rows: Vec<f64>,
    start: usize,
}

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `[edge, value]`: below the edge that value, from it on that of the next row. The index has equal cells.
    Step,
    /// `[value]`, the index finds the piece itself.
    Constant,
    /// `[centre, c0, c1, c2]`: `sum_k c_k (x - centre)^k`.
    Quadratic,
    /// The same to degree 6: a cache line.
    Sextic,
    /// The same to degree 14: two cache lines.
    Degree14,
}

impl Kind {
    /// Numbers in a row.
    pub fn stride(self) -> usize {
        match self {
            Kind::Step => 2,
            Kind::Constant => 1,
            Kind::Quadratic => 4,
            Kind::Sextic => 8,
            Kind::Degree14 => 16,
        }
    }

    /// The degree of the pieces.
    pub fn degree(self) -> usize {
        match self {
            Kind::Step | Kind::Constant => 0,
            kind => kind.stride() - 2,
        }
    }
}

impl Table {
    fn new(index: Index, kind: Kind, content: Vec<f64>) -> Table {
        // One cache line more than needed, so that rows can begin at the beginning of a line. (A clone loses that, which
        // costs time only.)
        let mut rows: Vec<f64> = Vec::with_capacity(content.len() + 8);
        let start = rows.as_ptr().align_offset(64).min(7);
        rows.resize(start, 0.0);
        rows.extend(content);
        Table { index, kind, rows, start }
    }

    /// Constant pieces.
    pub fn of_steps(index: Index, values: &[f64]) -> Table {
        if !index.first.is_empty() {
            return Table::new(index, Kind::Constant, values.to_vec());
        }
        let mut rows: Vec<f64> = index.edges.iter().zip(values).flat_map(|(edge, value)| [*edge, *value]).collect();
        // The row after the last is looked at, and not taken.
        rows.extend([f64::INFINITY, f64::NAN]);
        Table::new(index, Kind::Step, rows)
    }

    /// Polynomial pieces; those that are `None` are rows of NaN, so that their values are.
    pub fn of_pieces(index: Index, kind: Kind, pieces: &[Option<Piece>]) -> Table {
        let mut rows = Vec::with_capacity(pieces.len() * kind.stride());
        for piece in pieces {
            match piece {
                Some(piece) => {
                    rows.push(piece.centre);
                    rows.extend(&piece.coefficients);
                }
                None => rows.extend(std::iter::repeat_n(f64::NAN, kind.stride())),
            }
        }
        Table::new(index, kind, rows)
    }

    /// All rows.
    #[inline]
    pub fn rows(&self) -> &[f64] {
        &self.rows[self.start..]
    }

    /// Whether every point from `lo` to `hi` has its row: what the loads of [`crate::simd`] rely on.
    pub fn covers(&self, lo: f64, hi: f64) -> bool {
        let Index { first, edges, .. } = &self.index;
        let pieces = self.pieces();
        // Below the end of each bucket's list there is a piece with an edge; the piece after that has a row.
        let listed = first.iter().all(|first| ((first & !CROWDED) as usize) < edges.len()) && edges.len() <= pieces;
        let buckets = if first.is_empty() { pieces } else { first.len() - 1 };
        self.index.covers(lo, hi, buckets) && (first.is_empty() || listed)
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.rows().len() / self.kind.stride() - usize::from(self.kind == Kind::Step)
    }

    /// Bytes of rows and index.
    pub fn bytes(&self) -> usize {
        // Where the edges stand in the rows the list is not read.
        let index = if self.kind == Kind::Step { 0 } else { self.index.bytes() };
        self.rows().len() * 8 + index
    }

    /// The value at a point of the domain; NaN where a piece is to be summed directly.
    #[inline]
    pub fn value(&self, x: f64) -> f64 {
        match self.kind {
            Kind::Step => {
                let rows = &self.rows()[2 * self.index.bucket(x)..][..4];
                // A load, not a branch: at random points a branch is wrong half of the time.
                rows[if x < rows[0] { 1 } else { 3 }]
            }
            Kind::Constant => self.rows()[self.index.piece(x)],
            Kind::Quadratic => self.horner::<4>(x),
            Kind::Sextic => self.horner::<8>(x),
            Kind::Degree14 => self.horner::<16>(x),
        }
    }

    #[inline]
    fn horner<const STRIDE: usize>(&self, x: f64) -> f64 {
        let row = &self.rows()[STRIDE * self.index.piece(x)..][..STRIDE];
        let t = x - row[0];
        row[1..STRIDE - 1].iter().rev().fold(row[STRIDE - 1], |sum, c| sum * t + c)
    }
}
