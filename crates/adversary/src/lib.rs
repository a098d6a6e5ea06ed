//! Random networks of every form, and an adversary that looks for points where a certificate is wrong.
//!
//! - [`case`]: from a seed to a network and a target, over the whole wire format.
//! - [`spec()`]: from a seed to the text of a spec, for a network that a construction writes.
//! - [`attack()`]: from a certificate to what is certainly false of it. A finding is judged by arithmetic of its own, which
//!   shares nothing with the proofs, so that none is an artefact of rounding; that there is none proves nothing.
//! - [`trial`]: one seed from the table to the verdict, a panic included; [`built`]: a spec's network and its certificate.

pub mod attack;
pub mod dd;
pub mod exact;
pub mod generate;
pub mod known;
pub mod number;
pub mod random;
mod trial;

pub use attack::{Claim, Finding, attack};
pub use generate::{Case, Family, case, spec};
pub use trial::{Outcome, Path, built, path, prove, trial};
