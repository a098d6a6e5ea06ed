//! A plan as plain numbers, for whoever writes it in another language.

use bumpnet_ir::Outside;

use crate::index::CROWDED;
use crate::plan::Plan;
use crate::table::Kind;

/// What [`Plan::eval`] does with a point x of `[lo, hi]`, in binary64 without fused operations:
/// `bucket = trunc((x - start) * scale)`, from there to a piece, and from its row to the value.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// The domain.
    pub lo: f64,
    /// Its upper end.
    pub hi: f64,
    /// What the value is elsewhere.
    pub outside: Outside,
    /// Where bucket 0 begins.
    pub start: f64,
    /// Buckets per unit of x.
    pub scale: f64,
    /// From a bucket to a piece.
    pub pieces: Pieces<'a>,
    /// Numbers in a row.
    pub stride: usize,
    /// The rows, one for each piece.
    pub rows: &'a [f64],
    /// The activation's own table, if rows are steps that share one.
    pub shared: Option<Activation<'a>>,
}

/// The table of an activation: equal pieces of the arguments from `lo` to `hi`, each a row `[centre, c_0, ..., c_n]`.
///
/// A step's row `[position, argument, base, height]` is then `base + height s(z)` with
/// `z = (x - position) * weight + argument`, clamped to `[lo, hi]`.
#[derive(Clone, Copy, Debug)]
pub struct Activation<'a> {
    /// The weight on the input.
    pub weight: f64,
    /// Arguments below are taken for this one.
    pub lo: f64,
    /// Arguments above are taken for this one.
    pub hi: f64,
    /// Where piece 0 begins.
    pub start: f64,
    /// Pieces per unit of the argument.
    pub scale: f64,
    /// Numbers in a row.
    pub stride: usize,
    /// The rows.
    pub rows: &'a [f64],
}

/// From a bucket to the value of its piece.
#[derive(Clone, Copy, Debug)]
pub enum Pieces<'a> {
    /// The piece is the bucket or one beside it: `edges[p]` is the least number of piece p + 1; the last is infinite.
    Even {
        /// Where each piece ends.
        edges: &'a [f64],
    },
    /// The bucket is the piece.
    Buckets,
    /// The piece is the whole number nearest to `p = (x - start) * scale`, that with an even number of two, and the value
    /// `sum_k c_k t^k` with `t = p - piece` of its row `[c_0, ..., c_n]`.
    Cells,
    /// `first[bucket]` is the bucket's first piece, `edges[p]` the least number of piece p + 1. A bucket whose first piece
    /// is marked by [`CROWDED`](Self::CROWDED) holds several edges, which are searched up to the next bucket's first.
    Edges {
        /// The first piece of each bucket.
        first: &'a [u32],
        /// Where each piece ends; the last is infinite.
        edges: &'a [f64],
    },
}

impl Pieces<'_> {
    /// The mark of a bucket with several edges.
    pub const CROWDED: u32 = CROWDED;
}

impl Plan {
    /// The plan as plain numbers. But for [`Pieces::Cells`] a row of one number is the piece's value; a longer
    /// one is `[centre, c_0, ..., c_n]`, the value `sum_k c_k (x - centre)^k` by Horner's scheme, or a step of [`Layout::shared`].
    pub fn layout(&self) -> Layout<'_> {
        let index = &self.table.index;
        let pieces = match (index.first.is_empty(), index.edges.is_empty()) {
            _ if matches!(self.table.kind, Kind::Local(_)) => Pieces::Cells,
            (true, true) => Pieces::Buckets,
            (true, false) => Pieces::Even { edges: &index.edges },
            (false, _) => Pieces::Edges { first: &index.first, edges: &index.edges },
        };
        let shared = self.table.shared.as_ref().map(|shared| Activation {
            weight: shared.weight,
            lo: shared.lo,
            hi: shared.hi,
            start: shared.table.index.lo,
            scale: shared.table.index.scale,
            stride: shared.table.kind.stride(),
            rows: shared.table.rows(),
        });
        Layout {
            lo: self.lo,
            hi: self.hi,
            outside: self.outside(),
            start: index.lo,
            scale: index.scale,
            pieces,
            stride: self.table.kind.stride(),
            rows: self.table.rows(),
            shared,
        }
    }
}
