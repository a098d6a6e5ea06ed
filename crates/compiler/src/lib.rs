//! Constructs networks from targets; nothing is trained.
//!
//! [`compile()`] is the pipeline. A construction is a plain function in a file of its own, chosen by one `match`; it
//! returns a draft or a [`CompileError`], which `compile` turns into a diagnostic at the right place of the spec. What it
//! drafts is judged by `bumpnet-prove` only.

pub mod auto;
mod box_fit;
pub mod bumps;
mod cells;
pub mod chebyshev;
mod closed;
mod compile;
mod compiled;
mod composed;
mod construct;
pub mod draft;
mod edges;
mod error;
mod fit;
mod gates;
mod graded;
mod jump;
mod knots;
mod least_squares;
mod levels;
mod low_rank;
pub mod optimal;
mod purse;
mod ridge;
mod scale;
mod search;
mod smooth;
mod solve;
mod superposition;
mod towers;
mod turning;
mod weighting;

pub use compile::{compile, with_resolution};
pub use compiled::{Candidate, Compiled};
pub use error::CompileError;
pub use fit::MOST_NEURONS;
