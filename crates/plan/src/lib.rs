//! Plans: networks lowered to pieces, so that a point costs the same however many neurons there are.
//!
//! A network of one input and one hidden layer is a function of one variable, so it can be tabulated: a network of jumps as
//! constants between exactly placed edges, any other as polynomials, the network's own Taylor models cut to a low degree,
//! on cells so small that the difference is a rounding or two. What a plan computes is proved to be within
//! [`Plan::bound`] of the exact network, over the whole domain, its own rounding included.
//!
//! ```text
//! Network --prove--> Taylor models (model) --lower--> pieces, economised (economise), and an index (index)
//!                    jumps (steps) ------------------> constants -----------------------'
//!                    steep steps (shared) -----------> rows, and one table of s --------'
//! ```
//!
//! A network of several inputs or hidden layers is a graph of one-input functions: see [`graph_plan`].
//!
//! Evaluation is a bucket, at most a comparison, a row of one or two cache lines and Horner's scheme ([`Plan::eval`]);
//! [`Plan::eval_into`] does four points at a time where the processor can, with the same bits.

mod accuracy;
mod chebyshev;
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

pub use accuracy::Accuracy;
pub use graph::{GraphPlan, graph_plan, graph_plan_with};
pub use layout::{Layout, Pieces};
pub use plan::{Plan, PlanOptions, Unplannable, plan, plan_of_degree, plan_with};
pub use single::{SinglePlan, single_plan};
