//! For tests: random networks of every form, and an adversary that looks for points where a certificate is wrong.
//!
//! Nothing that is shipped depends on this crate.

pub mod dd;
pub mod exact;
pub mod number;
pub mod random;
