//! Deliberate errors in the proof, for tests that a proof can fail; see [`bumpnet_interval::fault`].

/// One deliberate error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The remainder of a Taylor polynomial is left out.
    RemainderDropped,
    /// A unit counts as saturated a little too early.
    WindowTooNarrow,
    /// At a jump only the value on the right counts.
    JumpOneSided,
    /// A cell counts as monotone without looking at the units in it.
    MonotoneUnchecked,
    /// The rounding of the evaluator is left out of its bound.
    EvaluatorExact,
    /// The first cell of the domain is not looked at.
    CellSkipped,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 6] = {
        use Fault::*;
        [RemainderDropped, WindowTooNarrow, JumpOneSided, MonotoneUnchecked, EvaluatorExact, CellSkipped]
    };
}

#[cfg(feature = "fault-injection")]
thread_local! {
    static SELECTED: std::cell::Cell<Option<Fault>> = const { std::cell::Cell::new(None) };
}

/// Runs `body` with one fault in this thread; it is gone afterwards, also after a panic.
#[cfg(feature = "fault-injection")]
pub fn inject<R>(fault: Fault, body: impl FnOnce() -> R) -> R {
    struct Restore(Option<Fault>);
    impl Drop for Restore {
        fn drop(&mut self) {
            SELECTED.set(self.0);
        }
    }
    let _restore = Restore(SELECTED.replace(Some(fault)));
    body()
}

/// Whether `fault` is selected in this thread.
#[cfg(feature = "fault-injection")]
pub(crate) fn active(fault: Fault) -> bool {
    SELECTED.get() == Some(fault)
}

/// No fault exists without the feature.
#[cfg(not(feature = "fault-injection"))]
#[inline(always)]
pub(crate) const fn active(_: Fault) -> bool {
    false
}
