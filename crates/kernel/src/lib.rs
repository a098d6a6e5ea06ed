//! The rules by which certificates are proved, and the only place where one is made.
//!
//! A search decides where to divide a domain and which rule to try; it may sample, guess and be wrong, and stands outside of
//! this crate. What it gets here are *obligations*: values that say of a part of the domain that the error there is to be
//! bounded. They can be neither copied nor made elsewhere; a rule divides one into others that cover it, or discharges it with
//! an enclosure that it computes itself. A [`Proved`] certificate comes from a proof whose obligations are all discharged
//! (as theorems do in provers of the LCF family: R. Milner, *Logic for computable functions*, 1972).
//!
//! - [`mod@line`], [`on_line`], [`sweep`]: networks of one hidden layer over one input.
//! - [`boxes`]: smooth networks, by Taylor models in several variables.
//! - [`grid`]: networks that are constant on boxes.
//! - [`composed`], [`graph`]: networks that follow their target's graph, by proofs about their blocks.
//! - [`rounding`], [`local`]: what the evaluator's arithmetic adds.
//! - [`settle`]: a target in a form that shows where it is defined; [`measure`]: what errors in a measure are multiplied with.
//! - [`replay`]: a proof repeated from its log.
//!
//! **Invariant:** nothing here samples, and no bound has a tolerance: sizes that a caller chooses decide which rule applies,
//! never what it says.

pub mod analyse;
pub mod boxes;
pub mod composed;
pub mod conclude;
pub mod error;
mod exact_sums;
pub mod fault;
pub mod graph;
pub mod grid;
pub mod jumps;
mod layers;
pub mod ledger;
pub mod line;
pub mod local;
pub mod log;
mod machine;
pub mod measure;
pub mod model;
pub mod moved;
pub mod on_line;
pub mod pieces;
pub mod place;
pub mod poly;
mod proved;
pub mod replay;
pub mod rounding;
pub mod roundoff;
pub mod settle;
pub mod several;
pub mod sweep;
mod taken;
pub mod units;

pub use error::CertifyError;
pub use layers::through;
pub use proved::{Proved, Standing};
