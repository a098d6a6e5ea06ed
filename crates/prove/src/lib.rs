//! Proves how far a network is from its target.
//!
//! - [`analyse`]: the range of a target over its domain, or the sub-expression that is undefined or unbounded there.
//! - [`analytic`]: whether a target is analytic on a strip around its domain; [`analytic_height`]: on how wide a one.
//! - [`certify`]: `[lower, upper]` around the sup error, for the network as written and as the evaluator rounds it.
//! - [`Proved`], [`Standing`]: what was proved here, and by which word to call it, apart from what a table states.
//! - [`units`], [`poly`]: a hidden layer and its Taylor models, for whoever else wants to know a network on a cell.
//!
//! **Invariant:** nothing here knows how a network was constructed. A wrong construction can cost tightness or be refused;
//! it cannot make a bound wrong.

mod analyse;
mod boxes;
mod certify;
mod composed;
mod descent;
mod error;
mod exact_sums;
pub mod fault;
mod found;
pub mod graph;
mod grid;
mod jumps;
mod layers;
mod local;
mod machine;
mod model;
mod moved;
mod one_input;
mod parts;
mod pieces;
mod place;
pub mod poly;
mod proved;
mod rounding;
mod roundoff;
mod sample;
mod several;
mod staircase;
mod strip;
mod sweep;
mod taken;
pub mod units;
pub mod work;

pub use analyse::{Refusal, analyse, divided, halves, range, range_over};
pub use boxes::rounding_of_layers;
pub use certify::{certify, verify};
pub use composed::{Account, Item, METHOD as COMPOSED, account, in_any_order, sensitivity};
pub use error::CertifyError;
pub use grid::{METHOD as GRID, is_for as is_constant_on_boxes};
pub use jumps::Running;
pub use layers::through;
pub use moved::moved;
pub use place::sign;
pub use proved::{Proved, Standing};
pub use rounding::{after_output, of_units as rounding_of};
pub use sample::{climb, corners, lattice};
pub use several::value_at;
pub use strip::{Obstacle, analytic, analytic_height};
