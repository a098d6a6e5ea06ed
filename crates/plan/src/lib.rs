//! Plans: networks lowered to pieces, so that a point costs the same however many neurons there are.
//!
//! A network of one input and one hidden layer is a function of one variable, so it can be tabulated: a network of jumps as
//! constants between exactly placed edges, any other as polynomials, the network's own Taylor models cut to a low degree.
//! What a plan computes is proved to be within [`Plan::bound`] of the exact network, over the whole domain, its own rounding
//! included.
//!
//! ```text
//! Network --prove--> Taylor models (model) --how wide (turn), how dear (cost)--> kind of table (lower)
//!            cells of a grid, each with its own coordinate (grid, local) ---------'   |
//!            pieces about centres (economise), and an index (index) ------------------'
//!                    jumps (steps) ------------------> constants
//!                    steep steps (shared) -----------> rows, and one table of s
//! ```
//!
//! # How near
//!
//! By default a plan is off by one hundredth of what the network itself is off by at most, its certificate's `upper`: a finer
//! one is a larger and slower table of digits that mean nothing ([`Accuracy`]). Who adds [`Plan::bound`] to `upper` has what
//! holds of the plan's values: at most 1.01 times `upper`, and rounding. Where another number was promised, as `evaluated`
//! is by a certificate, a plan is to be made within what `upper` leaves of that ([`Accuracy::Within`]) or to the last bits
//! ([`Accuracy::Exact`]), and the sum taken where that is not enough: so does `eval`. For one plan every path gives the same
//! bits; plans of different accuracies are different functions.
//!
//! A network of several inputs or hidden layers is a graph of one-input functions, or, where it is smooth and of two to
//! four inputs, one table of polynomials over its box, if that costs less: see [`graph_plan`]. Plans in binary32 are tables of
//! half the size: see [`single_plan`].
//!
//! Evaluation is a bucket, at most a comparison, a row of one or two cache lines and Horner's scheme ([`Plan::eval`]);
//! [`Plan::eval_into`] does four points at a time where the processor can, with the same bits.

mod accuracy;
mod boxes;
mod chebyshev;
mod choose;
mod cost;
mod economise;
mod graph;
mod grid;
mod index;
mod layout;
mod local;
mod lower;
mod model;
mod parts;
mod plan;
mod points;
mod quick;
mod rows;
mod shared;
#[cfg(target_arch = "x86_64")]
mod simd;
mod single;
mod steps;
mod table;
mod turn;
mod wanted;

pub use accuracy::Accuracy;
pub use graph::{GraphPlan, graph_plan, graph_plan_with};
pub use layout::{Layout, Pieces};
pub use plan::{Plan, PlanOptions, Unplannable, plan, plan_of_degree, plan_with};
pub use single::{SinglePlan, single_plan};
