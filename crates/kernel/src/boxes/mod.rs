//! Smooth networks over boxes, by Taylor models in several variables, subtracted before absolute values.

pub mod expansion;
pub mod monomials;
mod product;
pub mod proof;
pub mod replay;
pub mod residual;
pub mod rounding;
pub mod source;
pub mod taylor;
