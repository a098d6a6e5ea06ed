//! Networks that are constant on the boxes of a grid.

pub mod axis;
pub mod circuit;
pub mod fixed;
pub mod gridded;
mod machine;
pub mod proof;
pub mod refine;
pub mod replay;
pub mod walk;
pub mod wiring;
