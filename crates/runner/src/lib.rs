//! Runs networks: values at many points, and how far they are from the target.
//!
//! - [`Evaluator`]: a network made ready to evaluate; saturated units cost nothing.
//! - [`measure()`]: the sup error over a dense grid, with its place, RMS and mean. Sampled, so never a bound.
//!
//! Work is split over points only, never inside a sum: results have the same bits for every thread count.

mod evaluate;
pub mod measure;

pub use evaluate::Evaluator;
pub use measure::{Measured, measure};
