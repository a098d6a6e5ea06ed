//! Deliberate errors, for tests that a proof can fail.
//!
//! A test that never saw a wrong bound proves nothing. With the feature `fault-injection` a test selects one [`Fault`]
//! for its thread and checks that something notices. Without the feature `active` is the constant `false`, and the
//! optimiser removes every trace.

/// One deliberate error in the arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The lower bound of a sum is rounded to nearest.
    AddLowerNearest,
    /// The upper bound of a product is rounded to nearest.
    MulUpperNearest,
    /// Both bounds of a quotient are moved inward.
    DivInward,
    /// The upper bound of a square root is rounded to nearest.
    SqrtUpperNearest,
    /// The elementary functions are taken to be correctly rounded and exact.
    ElementaryNoUlps,
    /// A literal is the nearest binary64, as if it were exact.
    LiteralNearest,
    /// A maximum of sine or cosine inside the interval is overlooked.
    SineMaximumMissed,
    /// An even power of an interval that contains zero is taken from its ends.
    EvenPowerEndpoints,
    /// The series of `sinc` is cut short, and its remainder is left out.
    SeriesCutShort,
    /// The bound on the coefficients of the sigmoid decays one order too fast.
    SigmoidBoundTooSmall,
    /// The chain rule treats an argument as if its second derivative were zero.
    ChainRuleTruncated,
    /// Sums of products are not rounded outward.
    DotNearest,
    /// A kink inside the interval is overlooked: the derivative is that of one branch.
    KinkOverlooked,
    /// A branch cut through a complex box is overlooked.
    CutOverlooked,
    /// The rounding errors of wide arithmetic are left out of the radius.
    WideRoundingDropped,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 15] = {
        use Fault::*;
        [
            AddLowerNearest,
            MulUpperNearest,
            DivInward,
            SqrtUpperNearest,
            ElementaryNoUlps,
            LiteralNearest,
            SineMaximumMissed,
            EvenPowerEndpoints,
            SeriesCutShort,
            SigmoidBoundTooSmall,
            ChainRuleTruncated,
            DotNearest,
            KinkOverlooked,
            CutOverlooked,
            WideRoundingDropped,
        ]
    };
}

/// The switch for an enum of faults: `inject` and `active`, for the crate that asks for it. Its feature `fault-injection`
/// decides whether there is anything to switch.
#[doc(hidden)]
#[macro_export]
macro_rules! fault_switch {
    ($fault:ident) => {
        #[cfg(feature = "fault-injection")]
        thread_local! {
            static SELECTED: std::cell::Cell<Option<$fault>> = const { std::cell::Cell::new(None) };
        }

        /// Runs `body` with one fault in the arithmetic of this thread; the fault is gone afterwards, also after a panic.
        #[cfg(feature = "fault-injection")]
        pub fn inject<R>(fault: $fault, body: impl FnOnce() -> R) -> R {
            struct Restore(Option<$fault>);
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
        #[inline]
        pub(crate) fn active(fault: $fault) -> bool {
            SELECTED.get() == Some(fault)
        }

        /// No fault exists without the feature.
        #[cfg(not(feature = "fault-injection"))]
        #[inline(always)]
        pub(crate) const fn active(_: $fault) -> bool {
            false
        }
    };
}

fault_switch!(Fault);
