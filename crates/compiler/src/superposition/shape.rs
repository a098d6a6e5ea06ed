//! The size of a superposition: base, digits and shifts, and how large it may be.

/// Most outer steps of a shift. Heuristic: with all shifts that is near the limit of what a table holds.
pub const MOST_STEPS: usize = 1 << 20;

/// What the inner functions depend on, besides the number of inputs.
#[derive(Clone, Copy, Debug)]
pub struct SprecherParameters {
    /// The base.
    pub gamma: usize,
    /// Digits.
    pub digits: u32,
    /// Shifts besides the first: twice the number of inputs, so that the median is of an odd number.
    pub shifts: usize,
}
