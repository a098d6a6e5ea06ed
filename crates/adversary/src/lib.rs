//! For tests: random networks of every form, and an adversary that looks for points where a certificate is wrong.
//!
//! - [`case`]: from a seed to a network and a target, over the whole wire format.
//! - [`attack()`]: from a certificate to what is certainly false of it. A finding is judged by arithmetic of its own, which
//!   shares nothing with the proofs, so that none is an artefact of rounding; that there is none proves nothing.
//! - [`trial`]: one seed from the table to the verdict, a panic included.
//!
//! Nothing that is shipped depends on this crate.

pub mod attack;
pub mod dd;
pub mod exact;
pub mod generate;
pub mod known;
pub mod number;
pub mod random;
mod trial;

pub use attack::{Claim, Finding, attack};
pub use generate::{Case, Family, case};
pub use trial::{Outcome, Path, path, prove, trial};
