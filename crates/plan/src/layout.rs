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
}

/// From a bucket to the value of its piece.
#[derive(Clone, Copy, Debug)]
pub enum Pieces<'a> {
    /// Row `[edge, value]` of the bucket: below the edge that value, from it on that of the next row.
    Steps,
    /// The bucket is the piece.
    Buckets,
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
    /// The plan as plain numbers. A row of one number is the piece's value; a longer one is
    /// `[centre, c_0, ..., c_n]`, the value `sum_k c_k (x - centre)^k` by Horner's scheme.
    pub fn layout(&self) -> Layout<'_> {
        let index = &self.table.index;
        let pieces = match self.table.kind {
            Kind::Step => Pieces::Steps,
            _ if index.first.is_empty() => Pieces::Buckets,
            _ => Pieces::Edges { first: &index.first, edges: &index.edges },
        };
        Layout {
            lo: self.lo,
            hi: self.hi,
            outside: self.outside(),
            start: index.lo,
            scale: index.scale,
            pieces,
            stride: self.table.kind.stride(),
            rows: self.table.rows(),
        }
    }
}
