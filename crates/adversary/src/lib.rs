//! For tests: random networks of every form, and an adversary that looks for points where a certificate is wrong.
//!
//! - [`case`]: from a seed to a network and a target, over the whole wire format.
//!
//! Nothing that is shipped depends on this crate.

pub mod dd;
pub mod exact;
pub mod generate;
pub mod number;
pub mod random;

pub use generate::{Case, Family, case};
