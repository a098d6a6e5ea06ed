//! What a point costs in each kind of table, by which kinds are chosen: measured once, and the same everywhere, so that
//! plans are.
//!
//! `cargo bench --bench plans -- --costs` prints what the numbers come from: nanoseconds a point where the table is in the
//! nearest cache, and what tables of each size add.

use crate::table::Kind;

/// Nanoseconds a point that an index with edges adds.
const SEARCHED: f64 = 1.5;
/// Half of what a first-level cache holds, and a second-level one: what passes through takes the other half.
const CACHES: (f64, f64) = (16.0 * 1024.0, 512.0 * 1024.0);
/// Nanoseconds a point for each doubling beyond these, where the row is known from the point, and where it is searched.
const KNOWN: (f64, f64) = (0.2, 0.4);
const FOUND: (f64, f64) = (0.35, 0.6);

/// Nanoseconds a point of a table of so many bytes.
pub fn cost(kind: Kind, bytes: usize, searched: bool) -> f64 {
    let arithmetic = match kind {
        Kind::Constant => 0.6,
        Kind::Unit => 3.0,
        Kind::Local(2) => 0.65,
        Kind::Local(4) => 1.0,
        Kind::Local(6) => 1.3,
        Kind::Local(stride) => 0.2 * (stride + 1) as f64,
        Kind::Centred(stride) => 0.2 + 0.21 * stride as f64,
    };
    let (first, second) = (doublings(bytes as f64 / CACHES.0), doublings(bytes as f64 / CACHES.1));
    let (index, doubling) = if searched { (SEARCHED, FOUND) } else { (0.0, KNOWN) };
    arithmetic + index + doubling.0 * first + doubling.1 * second
}

/// How often a number is to be halved to be at most 1, about.
fn doublings(x: f64) -> f64 {
    (x.max(1.0).to_bits() - 1f64.to_bits()) as f64 / (1u64 << 52) as f64
}
