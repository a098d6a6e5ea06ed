//! Proves how far a network is from its target.
//!
//! - [`analyse`]: the range of a target over its domain, or the sub-expression that is undefined or unbounded there.
//! - [`settle`]: a target in a form that shows that it is defined.
//! - [`analytic`]: whether a target is analytic on a strip around its domain; [`analytic_height`]: on how wide a one.
//! - [`certify`]: `[lower, upper]` around the sup error, for the network as written and as the evaluator rounds it;
//!   [`certify_in`]: in a measure too.
//! - [`Proved`], [`Standing`]: what was proved here, and by which word to call it, apart from what a table states.
//! - [`units`], [`poly`]: a hidden layer and its Taylor models, for whoever else wants to know a network on a cell.
//!
//! **Invariant:** nothing here knows how a network was constructed. A wrong construction can cost tightness or be refused;
//! it cannot make a bound wrong.

mod best;
mod boxes;
mod certify;
mod composed;
mod cover;
mod descent;
mod found;
mod grid;
mod one_input;
mod parts;
mod pass;
mod sample;
mod several;
mod staircase;
mod strip;
pub mod watch;
pub mod work;

pub use bumpnet_kernel::analyse::{Lack, Refusal, analyse, divided, halves, range, range_over};
pub use bumpnet_kernel::boxes::rounding::rounding_of_layers;
pub use bumpnet_kernel::composed::{Account, METHOD as COMPOSED, StepContribution, sensitivity};
pub use bumpnet_kernel::grid::proof::METHOD as GRID;
pub use bumpnet_kernel::jumps::Running;
pub use bumpnet_kernel::measure::weight;
pub use bumpnet_kernel::moved::moved;
pub use bumpnet_kernel::place::sign;
pub use bumpnet_kernel::rounding::{after_output, of_units as rounding_of};
pub use bumpnet_kernel::settle::settle;
pub use bumpnet_kernel::several::value_at;
pub use bumpnet_kernel::{CertifyError, Proved, Standing, fault, graph, poly, through, units};
pub use certify::{certify, certify_in, cover, verify, verify_by};
pub use composed::{account, in_any_order};
pub use cover::Cover;
pub use grid::is_for as is_constant_on_boxes;
pub use one_input::Asked;
pub use sample::{climb, corners, lattice};
pub use strip::{Obstacle, analytic, analytic_height};
