//! Large networks: the domain in equal parts that are searched on their own, on all cores where the feature `rayon` is on.
//!
//! How the domain is cut depends on the network alone, and what is found is put together from left to right, so a proof
//! has the same bits on any number of threads.

use crate::descent::{Node, Search};
use crate::poly::{Cell, Number};

/// Units from which on a search is shared out. Heuristic: below, it takes milliseconds.
const LARGE: usize = 2048;
/// Parts. Heuristic: enough to keep some cores busy to the end; each part looks at all units once.
const PARTS: usize = 64;

/// Searches the whole domain, in parts if the network is large.
pub fn run<T: Number + Send + Sync>(search: &mut Search<'_>, root: Node<T>) {
    let Cell { a, b } = root.cell;
    let edge = |k: usize| if k == PARTS { b } else { a + (b - a) * (k as f64 / PARTS as f64) };
    let edges: Vec<f64> = (0..=PARTS).map(edge).collect();
    if search.units.list.len() < LARGE || !edges.is_sorted_by(|p, q| p < q) {
        return search.run(root);
    }
    let cells: Vec<Cell> = edges.windows(2).map(|pair| Cell { a: pair[0], b: pair[1] }).collect();
    let known = search.found.begun();
    let found = map(&cells, |cell| {
        let mut part = search.with(known.clone());
        part.run(Node { poly: root.poly.restrict(&root.cell, cell), cell: *cell, ..root.clone() });
        part.found
    });
    found.iter().for_each(|part| search.found.add(part));
}

#[cfg(feature = "rayon")]
fn map<R: Send>(cells: &[Cell], search: impl Fn(&Cell) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    cells.par_iter().map(search).collect()
}

#[cfg(not(feature = "rayon"))]
fn map<R>(cells: &[Cell], search: impl Fn(&Cell) -> R) -> Vec<R> {
    cells.iter().map(search).collect()
}
