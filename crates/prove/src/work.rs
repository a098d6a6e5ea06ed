//! How much work a proof may take. Searches count cells and divisions, not seconds; whoever makes a million proofs, as tests
//! do, asks for a part of the usual work and gets bounds that are as right and less tight.

use std::cell::Cell;

thread_local! {
    static SHARE: Cell<f64> = const { Cell::new(1.0) };
}

/// Runs `body` with this part of the usual work for the proofs that this thread makes.
pub fn limited<R>(share: f64, body: impl FnOnce() -> R) -> R {
    struct Restore(f64);
    impl Drop for Restore {
        fn drop(&mut self) {
            SHARE.set(self.0);
        }
    }
    let _restore = Restore(SHARE.replace(share));
    body()
}

/// Whether less is asked for than usual.
pub(crate) fn is_limited() -> bool {
    SHARE.get() < 1.0
}

/// That part of a number of steps, and a few at least.
pub(crate) fn steps(most: usize) -> usize {
    ((most as f64 * SHARE.get()) as usize).max(16)
}
