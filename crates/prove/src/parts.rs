//! Large networks: the domain in equal parts that are searched on their own, on all cores where the feature `rayon` is on.
//!
//! How the domain is cut depends on the network alone, and what is found is put together from left to right, so a proof
//! has the same bits on any number of threads.

use bumpnet_kernel::line::Node;
use bumpnet_kernel::on_line::{LineProof, Part, Promise};
use bumpnet_kernel::poly::{Cell, Number};

use crate::descent::Search;
use crate::watch;

/// Units from which on a search is shared out. Heuristic: below, it takes milliseconds.
const LARGE: usize = 2048;
/// Parts. Heuristic: enough to keep some cores busy to the end; each part looks at all units once.
const PARTS: usize = 64;

/// Searches the whole domain, in parts if the network is large.
pub fn run<'l, 'q, T: Number + Send + Sync>(search: &mut Search<'l, 'q>, proof: &mut LineProof<'l, 'q>, root: Node<T>) {
    let Cell { a, b } = root.cell();
    let edge = |k: usize| if k == PARTS { b } else { a + (b - a) * (k as f64 / PARTS as f64) };
    let edges: Vec<f64> = (0..=PARTS).map(edge).collect();
    if search.line.units().list.len() < LARGE {
        return search.run(proof, root);
    }
    let parts = match proof.fork(root, &edges) {
        Ok(parts) => parts,
        Err(root) => return search.run(proof, root),
    };
    let (known, watched) = (search.clone(), watch::current());
    let run = |Part { promise, proof: mut part, node }: Part<'l, 'q, T>| {
        let mut search = known.clone();
        watch::under(watched.clone(), || search.run(&mut part, node));
        (promise, part, search)
    };
    let done: Vec<(Promise, LineProof<'l, 'q>, Search<'l, 'q>)> = map(parts, run);
    for (promise, part, found) in done {
        proof.settle(promise, part);
        search.add(&found);
    }
}

#[cfg(feature = "rayon")]
fn map<A: Send, R: Send>(parts: Vec<A>, search: impl Fn(A) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    parts.into_par_iter().map(search).collect()
}

#[cfg(not(feature = "rayon"))]
fn map<A, R>(parts: Vec<A>, search: impl Fn(A) -> R) -> Vec<R> {
    parts.into_iter().map(search).collect()
}
