//! The rounding of the arithmetic that the proofs themselves are made in.

/// Unit roundoff of binary64, in which the proof itself is calculated.
pub const U: f64 = f64::EPSILON / 2.0;
