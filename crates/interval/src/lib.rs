//! Numbers: what the rest of bumpnet calculates with.
//!
//! - [`Decimal`]: a literal as it was written, exactly (`0.1` is one tenth).
//! - [`operator`]: the operators and functions of the expression language, as plain enums.
//! - [`Scalar`]: what a type must offer to be put through an expression. There is one definition of each operator per
//!   scalar and one evaluator for all of them, so point values and other evaluations cannot drift apart.
//! - [`elementary`]: the elementary functions on `f64`. They give the same bits on every platform.
//! - [`Sum`]: a running sum that does not drift.
//! - [`interval`]: rigorous enclosures, rounded outward; [`UpperBound`] for proved bounds of magnitudes.
//! - [`wide`]: balls around double-double midpoints, for sums that cancel.
//! - [`jet`]: truncated Taylor series over any [`Real`], so derivatives, and enclosures of derivatives.
//! - [`complex`]: complex numbers over any [`Real`], so continuations from the real axis, and proofs that they are analytic.
//!
//! **Invariant:** nothing here calls a transcendental function of the standard library (`clippy.toml` bans them).

pub mod complex;
pub mod decimal;
pub mod elementary;
pub mod fault;
pub mod interval;
pub mod jet;
pub mod operator;
pub mod real;
mod rules;
pub mod scalar;
mod sum;
pub mod wide;

pub use complex::Complex;
pub use decimal::{Decimal, DecimalError};
pub use interval::{Interval, Quality, UpperBound};
pub use jet::Jet;
pub use operator::{Binary, Comparison, Constant, Unary};
pub use real::Real;
pub use scalar::Scalar;
pub use sum::Sum;
pub use wide::Wide;
