//! What the campaigns against the certificates share.
#![allow(dead_code)] // each test binary uses a part
#![allow(clippy::unwrap_used)] // a test may panic

pub mod attack;
pub mod cases;
pub mod dd;
pub mod exact;
pub mod random;
