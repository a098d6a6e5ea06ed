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
    /// The last jump before the end of a block is not looked at.
    JumpSkipped,
    /// Between two points the target counts as straight.
    CurvatureForgotten,
    /// A jump that may be just inside the domain counts as outside.
    JumpMovedOutside,
    /// What a product of polynomials in several variables has beyond the order is left out.
    TruncationDropped,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 10] = {
        use Fault::*;
        [
            RemainderDropped,
            WindowTooNarrow,
            JumpOneSided,
            MonotoneUnchecked,
            EvaluatorExact,
            CellSkipped,
            JumpSkipped,
            CurvatureForgotten,
            JumpMovedOutside,
            TruncationDropped,
        ]
    };
}

bumpnet_interval::fault_switch!(Fault);
