//! The nouns of bumpnet and what they mean.
//!
//! - [`Expr`]: a target function, an arena of nodes with exact literals; [`eval`](Expr::eval) puts any
//!   [`Scalar`](bumpnet_interval::Scalar) through it; [`expr::infix`] and [`expr::sexpr`] print it.
//! - [`Spec`]: what a spec file says: a target, a box, and the networks wanted for it.
//! - [`Network`]: a feed-forward network over slots, with its wire format in [`network::wire`].
//! - [`Activation`]: the unit's function, its formula, source and saturation points.
//! - [`Certificate`]: what is proved of a network's error; [`Measure`]: in which sense.
//! - [`Diagnostic`]: what is wrong with an input, where, and what to do.
//! - [`text`]: foreign text, escaped for each language that the program writes.
//!
//! Every verb crate shares these and none of them depends on another.

pub mod activation;
pub mod certificate;
pub mod diagnostic;
pub mod digest;
pub mod evaluation;
pub mod expr;
pub mod measure;
pub mod names;
pub mod network;
pub mod several;
pub mod single;
pub mod spec;
pub mod text;

pub use activation::Activation;
pub use activation::meaning::{Continuity, Jump, Meaning};
pub use certificate::{Bounds, Certificate, Hidden, InMeasure};
pub use diagnostic::{Diagnostic, Span};
pub use evaluation::{Outside, Precision};
pub use expr::build::ExprBuilder;
pub use expr::{Expr, Node, NodeId, Quotient};
pub use measure::Measure;
pub use network::program::{Domain, Formula, Program, Rounding, Row};
pub use network::window::{Run, Window};
pub use network::{Graph, Input, Layer, Network, Parts, Values, Weights};
pub use several::{Composed, Gates, LowRank, Readout, Ridge, Superposition, TowerForm, Towers};
pub use single::{Auto, Bumps, Graded, Heights, Layout, Placement, Route, Smooth, Steepness};
pub use spec::{Gate, Method, NetworkSpec, Spec};
