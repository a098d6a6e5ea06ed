//! From a point to its piece: buckets of equal width, and a comparison or two.
//!
//! A bucket is `trunc((x - lo) * scale)`, which never falls as x grows, rounding included. So where the buckets of two
//! numbers differ, so does their order, and what a bucket says of the pieces in it is checked at the edges alone.

/// Buckets per piece that are tried first; heuristic.
const SPREAD: usize = 4;
/// Most buckets per piece; heuristic: what they cost in cache they save in comparisons.
const MOST_SPREAD: usize = 32;
/// Most buckets in all: 4 MiB of them.
const MOST: usize = 1 << 20;
/// The part of the buckets with more than one edge below which it does not matter that those are slow; heuristic.
const RARE: usize = 100;
/// How near to a whole number the position of an edge is to be where buckets need no list, and how near to one a point's
/// position may be for its piece to be looked up among the edges. Rounding moves a position by some 2^-52 of its size, at
/// most 2^20 as a rule, and one point in 2^21 is compared with the edges. Heuristic.
pub const NEXT: f64 = 1.0 / (1u64 << 22) as f64;
/// Marks a bucket with more than one edge.
pub const CROWDED: u32 = 1 << 31;

/// Where one piece ends and the next begins.
#[derive(Clone, Debug)]
pub struct Index {
    /// The beginning of bucket 0, and buckets per unit of x.
    pub lo: f64,
    pub scale: f64,
    /// The piece at the left end of each bucket, with [`CROWDED`] if it holds more than one edge; a bucket is a piece if
    /// this is empty.
    pub first: Vec<u32>,
    /// `edges[p]` is the least number of piece p+1; the last is infinite. Empty if pieces need no exact edges.
    pub edges: Vec<f64>,
}

impl Index {
    /// Equal pieces of continuous functions: next to an edge either will do. The domain's end is in the last.
    pub fn cells(lo: f64, hi: f64, pieces: usize) -> Index {
        let mut scale = pieces as f64 / (hi - lo);
        while (hi - lo) * scale >= pieces as f64 {
            scale = scale.next_down();
        }
        Index { lo, scale, first: Vec::new(), edges: Vec::new() }
    }

    /// Whether the buckets of all points from `lo` to `hi` are among so many; where edges decide next to the ends of
    /// buckets, of those points for which the bucket does.
    pub fn covers(&self, lo: f64, hi: f64, buckets: usize) -> bool {
        let beyond = if self.first.is_empty() && !self.edges.is_empty() { NEXT } else { 0.0 };
        let buckets = buckets.min(i32::MAX as usize - 1) as f64;
        self.scale > 0.0 && self.position(lo) > -1.0 && self.position(hi) < buckets + beyond
    }

    /// Pieces with these edges, increasing and inside the domain.
    pub fn of_edges(lo: f64, hi: f64, mut edges: Vec<f64>) -> Index {
        let mut buckets = ((edges.len() + 1) * SPREAD).next_power_of_two().min(MOST);
        edges.push(f64::INFINITY);
        loop {
            let index = Index::cells(lo, hi, buckets);
            let first = index.fill(&edges, hi);
            let crowded = first.iter().filter(|first| **first & CROWDED != 0).count();
            let next = buckets * 2;
            if crowded * RARE <= first.len() || next > MOST || next > edges.len() * MOST_SPREAD {
                return Index { first, edges, ..index };
            }
            buckets = next;
        }
    }

    /// Buckets that need no list, one for each piece, if the edges are so nearly equally spaced that a point which is not
    /// next to an end of its bucket is in the piece of that number.
    ///
    /// Edge p-1 is about where position p is. Positions never fall as x grows, rounding included, so a point between two
    /// edges is between their positions, and if those are within [`NEXT`] of whole numbers, so is its piece's number known.
    pub fn even(lo: f64, hi: f64, edges: &[f64]) -> Option<Index> {
        let (first, last) = (*edges.first()?, *edges.last()?);
        let spacing = if edges.len() > 1 { (last - first) / (edges.len() - 1) as f64 } else { 2.0 * (hi - lo) };
        let mut index = Index { lo: first - spacing, scale: 1.0 / spacing, first: Vec::new(), edges: Vec::new() };
        let ends = index.position(lo) >= -NEXT && index.position(hi) < (edges.len() + 1) as f64 + NEXT;
        let near = |x: f64, whole: usize| (index.position(x) - whole as f64).abs() <= NEXT;
        let even = |(k, edge): (usize, &f64)| near(*edge, k + 1) && near(edge.next_down(), k + 1);
        let even = ends && index.scale.is_finite() && edges.iter().enumerate().all(even);
        index.edges.extend(edges);
        index.edges.push(f64::INFINITY);
        even.then_some(index)
    }

    /// The position of a number among equal pieces: its whole part is the bucket.
    #[inline]
    pub fn position(&self, x: f64) -> f64 {
        (x - self.lo) * self.scale
    }

    /// The piece at the left end of each bucket up to that of `hi`, and one more.
    fn fill(&self, edges: &[f64], hi: f64) -> Vec<u32> {
        let buckets = self.bucket(hi) + 1;
        let mut first = Vec::with_capacity(buckets + 1);
        let mut piece = 0;
        for bucket in 0..buckets {
            let start = piece;
            while self.bucket(edges[piece].min(hi)) <= bucket && edges[piece] <= hi {
                piece += 1;
            }
            first.push(start as u32 | if piece > start + 1 { CROWDED } else { 0 });
        }
        first.push(piece as u32);
        first
    }

    /// The bucket of a number that is not below `lo`, or less than a bucket's width below.
    #[inline]
    pub fn bucket(&self, x: f64) -> usize {
        self.position(x) as i32 as usize
    }

    /// The piece of a number of the domain.
    #[inline]
    pub fn piece(&self, x: f64) -> usize {
        let bucket = self.bucket(x);
        let Some(&first) = self.first.get(bucket) else { return self.even_piece(x, bucket) };
        let start = (first & !CROWDED) as usize;
        if first & CROWDED == 0 {
            return start + usize::from(x >= self.edges[start]);
        }
        let end = (self.first[bucket + 1] & !CROWDED) as usize;
        start + self.edges[start..end].partition_point(|edge| *edge <= x)
    }

    /// The piece of a number where buckets are pieces: next to an end of its bucket it may be in the piece beside.
    #[inline]
    fn even_piece(&self, x: f64, bucket: usize) -> usize {
        let part = self.position(x) - bucket as f64;
        if self.edges.is_empty() || (part > NEXT && part < 1.0 - NEXT) {
            return bucket;
        }
        let piece = bucket.saturating_sub(1).min(self.edges.len() - 1);
        piece + self.edges[piece..].iter().take(2).take_while(|edge| **edge <= x).count()
    }

    /// How a point is found, in words.
    pub fn kind(&self) -> &'static str {
        if self.first.is_empty() { "uniform" } else { "bucketed" }
    }

    /// Bytes of the buckets.
    pub fn bytes(&self) -> usize {
        self.first.len() * 4 + self.edges.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds(lo: f64, hi: f64, edges: &[f64], index: &Index) {
        let near = edges.iter().flat_map(|e| [e.next_down(), *e, e.next_up()]);
        let even = (0..=1000).map(|k| lo + (hi - lo) * f64::from(k) / 1000.0);
        for x in near.chain(even).chain([lo, hi]).filter(|x| (lo..=hi).contains(x)) {
            assert_eq!(index.piece(x), edges.partition_point(|edge| *edge <= x), "{x} among {edges:?}");
        }
    }

    #[test]
    fn even_edges_need_no_list() {
        for n in [2u32, 3, 10, 49, 1000, 10_000] {
            for (lo, hi) in [(0.0, 1.0), (-3.0, 7.1), (1e9, 1e9 + 1.0), (-1e-9, 2e-9)] {
                let edges: Vec<f64> = (1..n).map(|k| lo + (hi - lo) * f64::from(k) / f64::from(n)).collect();
                let even = Index::even(lo, hi, &edges);
                // Far from 0 the numbers themselves are too coarse for edges to be evenly spaced.
                assert!(even.is_some() || lo == 1e9, "{n} on [{lo}, {hi}]");
                even.iter().for_each(|index| holds(lo, hi, &edges, index));
                holds(lo, hi, &edges, &Index::of_edges(lo, hi, edges.clone()));
            }
        }
        assert!(Index::even(0.0, 1.0, &[]).is_none() && Index::even(0.0, 1.0, &[0.1, 0.2, 0.5]).is_none());
    }

    proptest! {
        #[test]
        fn finds_the_piece(mut edges in prop::collection::vec(-1.0f64..1.0, 0..200), scale in -300i32..300) {
            let scale = f64::from_bits(((1023 + scale) as u64) << 52);
            edges.sort_by(f64::total_cmp);
            edges.iter_mut().for_each(|e| *e *= scale);
            edges.dedup();
            holds(-scale, scale, &edges, &Index::of_edges(-scale, scale, edges.clone()));
            if let Some(even) = Index::even(-scale, scale, &edges) {
                holds(-scale, scale, &edges, &even);
            }
        }

        #[test]
        fn crowds_are_searched(power in 1i32..60, count in 1usize..40) {
            let edges: Vec<f64> = (0..count).map(|k| 0.3 + k as f64 * f64::from_bits(((1023 - power) as u64) << 52)).collect();
            prop_assume!(edges.windows(2).all(|pair| pair[0] < pair[1]) && edges[count - 1] <= 50.0);
            holds(0.0, 50.0, &edges, &Index::of_edges(0.0, 50.0, edges.clone()));
        }
    }
}
