//! What a point costs in each kind of table, by which kinds are chosen: measured once, and the same everywhere, so that
//! plans are.
//!
//! `cargo bench --bench plans -- --costs` prints what the numbers come from: nanoseconds a point where the table is in the
//! nearest cache, and what tables of each size add.

use crate::table::Kind;

/// Nanoseconds a point that an index with edges adds.
const SEARCHED: f64 = 0.9;
/// Bytes of a table, beside what passes through, that the first-level cache holds.
const NEAREST_CACHE: f64 = 24.0 * 1024.0;
/// Bytes of what the second-level cache holds.
const NEXT_CACHE: f64 = 768.0 * 1024.0;
/// Nanoseconds a point for each doubling beyond the first, and beyond the second.
const DOUBLING: (f64, f64) = (0.08, 0.5);

/// Nanoseconds a point of a table of so many bytes: a guess that is good enough to choose by.
pub fn cost(kind: Kind, bytes: usize, searched: bool) -> f64 {
    let arithmetic = match kind {
        Kind::Constant => 0.6,
        Kind::Unit => 3.0,
        Kind::Local(stride) => 0.4 + 0.11 * stride as f64,
        Kind::Centred(stride) => 0.5 + 0.14 * stride as f64,
    };
    let doublings = |beyond: f64| doublings(bytes as f64 / beyond);
    let index = if searched { SEARCHED } else { 0.0 };
    arithmetic + index + DOUBLING.0 * doublings(NEAREST_CACHE) + DOUBLING.1 * doublings(NEXT_CACHE)
}

/// How often a number is to be halved to be at most 1, about.
fn doublings(x: f64) -> f64 {
    (x.max(1.0).to_bits() - 1f64.to_bits()) as f64 / (1u64 << 52) as f64
}
