//! The rows that are looked up, one for each piece, and what is done with a row: a comparison or Horner's scheme.
//!
//! This is the reference: [`crate::simd`] does the same operations in the same order, four points at a time.

use crate::economise::Piece;
use crate::grid::{CellGrid, NEAREST};
use crate::index::{CROWDED, Index};
use crate::rows::AlignedRows;

/// Rows of one length, each in one cache line or whole ones.
#[derive(Clone, Debug)]
pub struct Table {
    /// From a point to its row.
    pub index: Index,
    /// What a row is.
    pub kind: Kind,
    /// The activation, where rows are [`Kind::Unit`].
    pub shared: Option<Box<Shared>>,
    rows: AlignedRows<f64>,
}

/// A table of the activation that all rows share.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The weight on the input, the same for all units.
    pub weight: f64,
    /// Arguments below are taken for this one.
    pub lo: f64,
    /// Arguments above are taken for this one.
    pub hi: f64,
    /// The activation between them: a polynomial in each of equal cells.
    pub table: Table,
}

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `[value]`.
    Constant,
    /// So many numbers `[centre, c0, c1, ...]`: `sum_k c_k (x - centre)^k`.
    Centred(usize),
    /// So many numbers `[c0, c1, ...]`: `sum_k c_k t^k`, t the coordinate in the cell; see [`crate::grid`].
    Local(usize),
    /// `[position, argument, base, height]`: the one unit in reach, `base + height s((x - position) w + argument)`.
    Unit,
}

impl Kind {
    /// Those about a centre: whole blocks of four numbers.
    pub const CENTRED: [Kind; 4] = [Kind::Centred(4), Kind::Centred(8), Kind::Centred(12), Kind::Centred(16)];
    /// Those in a cell's coordinate.
    pub const LOCAL: [Kind; 5] = [Kind::Local(2), Kind::Local(4), Kind::Local(6), Kind::Local(8), Kind::Local(12)];

    /// Those of them in binary32.
    pub const SINGLE: [Kind; 3] = [Kind::Local(2), Kind::Local(4), Kind::Local(8)];

    /// Numbers in a row.
    pub fn stride(self) -> usize {
        match self {
            Kind::Constant => 1,
            Kind::Unit => 4,
            Kind::Centred(stride) | Kind::Local(stride) => stride,
        }
    }

    /// The degree of the pieces, in `s` for `Unit`.
    pub fn degree(self) -> usize {
        match self {
            Kind::Constant => 0,
            Kind::Unit => 1,
            Kind::Centred(stride) => stride - 2,
            Kind::Local(stride) => stride - 1,
        }
    }
}

impl Table {
    fn new(index: Index, kind: Kind, content: &[f64]) -> Table {
        Table { index, kind, shared: None, rows: AlignedRows::new(content) }
    }

    /// Constant pieces.
    pub fn of_steps(index: Index, values: &[f64]) -> Table {
        Table::new(index, Kind::Constant, values)
    }

    /// Units that share a table.
    pub fn of_units(index: Index, rows: Vec<[f64; 4]>, shared: Shared) -> Table {
        Table { shared: Some(Box::new(shared)), ..Table::new(index, Kind::Unit, rows.as_flattened()) }
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
        Table::new(index, kind, &rows)
    }

    /// Equal cells, each a polynomial in its own coordinate.
    pub fn of_cells(grid: &CellGrid, stride: usize, rows: Vec<f64>) -> Table {
        let index = Index { lo: grid.start, scale: grid.scale, first: Vec::new(), edges: Vec::new() };
        Table::new(index, Kind::Local(stride), &rows)
    }

    /// All rows.
    #[inline]
    pub fn rows(&self) -> &[f64] {
        self.rows.all()
    }

    /// Whether every point from `lo` to `hi` has its row: what the loads of [`crate::simd`] rely on.
    pub fn covers(&self, lo: f64, hi: f64) -> bool {
        let Index { first, edges, .. } = &self.index;
        let pieces = self.pieces();
        // Below the end of each bucket's list there is a piece with an edge; the piece after that has a row.
        let listed = first.iter().all(|first| ((first & !CROWDED) as usize) < edges.len()) && edges.len() <= pieces;
        let buckets = if first.is_empty() { pieces } else { first.len() - 1 };
        let shared = self.shared.as_ref().is_none_or(|shared| shared.table.covers(shared.lo, shared.hi));
        let covers = match self.kind {
            Kind::Local(_) => {
                self.index.scale > 0.0
                    && self.index.position(lo) >= -0.5
                    && self.index.position(hi) < pieces as f64 - 0.5
            }
            _ => self.index.covers(lo, hi, buckets),
        };
        covers && (first.is_empty() || listed) && shared
    }

    /// The row of the only piece, if it is a polynomial, without what is zero at its end.
    pub fn single(&self) -> Option<&[f64]> {
        let row = Some(self.rows()).filter(|row| row.len() == self.kind.stride() && !row[0].is_nan())?;
        let length = row.iter().rposition(|c| *c != 0.0)? + 1;
        (length > 1 && matches!(self.kind, Kind::Centred(_))).then_some(&row[..length])
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.rows().len() / self.kind.stride()
    }

    /// Bytes of rows and index.
    pub fn bytes(&self) -> usize {
        let shared = self.shared.as_ref().map_or(0, |shared| shared.table.bytes());
        self.rows().len() * 8 + self.index.bytes() + shared
    }

    /// The value at a point of the domain; NaN where a piece is to be summed directly. Small where it is called: what is
    /// usual.
    #[inline]
    pub fn value(&self, x: f64) -> f64 {
        match self.kind {
            Kind::Local(stride) => self.local(stride, x),
            _ => self.other(x),
        }
    }

    /// Equal cells: the nearest whole number of a position, and what the position is from there.
    #[inline]
    fn local(&self, stride: usize, x: f64) -> f64 {
        let position = self.index.position(x);
        let whole = position + NEAREST;
        let t = position - (whole - NEAREST);
        match &self.rows()[stride * (whole.to_bits() as u32 as usize)..][..stride] {
            [c0, c1] => c1 * t + c0,
            [c0, c1, c2, c3] => ((c3 * t + c2) * t + c1) * t + c0,
            row => row.iter().rev().copied().reduce(|sum, c| sum * t + c).unwrap_or(f64::NAN),
        }
    }

    fn other(&self, x: f64) -> f64 {
        match self.kind {
            Kind::Constant => self.rows()[self.index.piece(x)],
            Kind::Centred(4) => self.centred::<4>(x),
            Kind::Centred(8) => self.centred::<8>(x),
            Kind::Centred(12) => self.centred::<12>(x),
            Kind::Centred(16) => self.centred::<16>(x),
            Kind::Unit => self.unit(x),
            Kind::Local(_) | Kind::Centred(_) => f64::NAN,
        }
    }

    #[inline]
    fn unit(&self, x: f64) -> f64 {
        let Some(shared) = &self.shared else { return f64::NAN };
        let row = &self.rows()[4 * self.index.piece(x)..][..4];
        let z = ((x - row[0]) * shared.weight + row[1]).max(shared.lo).min(shared.hi);
        row[2] + row[3] * shared.table.value(z)
    }

    #[inline]
    fn centred<const STRIDE: usize>(&self, x: f64) -> f64 {
        let row = &self.rows()[STRIDE * self.index.piece(x)..][..STRIDE];
        let t = x - row[0];
        row[1..STRIDE - 1].iter().rev().fold(row[STRIDE - 1], |sum, c| sum * t + c)
    }
}
