//! What the campaigns against the certificates share.
#![allow(dead_code)] // each test binary uses a part
#![allow(clippy::unwrap_used)] // a test may panic

use std::sync::atomic::{AtomicUsize, Ordering};

pub mod attack;
pub mod boxes;
pub mod cases;
pub mod dd;
pub mod exact;
pub mod random;

/// Runs numbered cases on all processors, each as soon as one is free.
pub fn in_parallel(cases: usize, run: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= cases {
                break;
            }
            run(number);
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
}
