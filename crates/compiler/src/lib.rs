//! Constructs networks from targets; nothing is trained.
//!
//! [`compile()`] is the pipeline. A construction is a plain function in a file of its own, chosen by one `match`; it
//! returns layers or a [`CompileError`], which `compile` turns into a diagnostic at the right place of the spec.

pub mod bumps;
mod cells;
mod compile;
mod error;
mod sum;

pub use compile::{compile, with_resolution};
pub use error::CompileError;
