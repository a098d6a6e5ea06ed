//! Networks as files that other programs run. Each format is one plain function in a file of its own, from a network and
//! its certificate to bytes or text; what is proved, of what and on which domain, stands in each file's header, or that it is
//! a table that states it.
//!
//! | format | function | who runs it |
//! |---|---|---|
//! | ONNX | [`onnx::write`] | ONNX Runtime |
//! | safetensors | [`safetensors::write`] | the package of that name |
//! | npz | [`npz::write`] | NumPy |
//! | CSV | [`csv::write`] | anything |
//! | C | [`c::write`] | a C99 compiler |
//! | C, integers | [`fixed::write`] | a C99 compiler |
//! | Rust | [`rust::write`] | rustc, without `std` |
//! | VNN-LIB | [`vnnlib::cells`], [`vnnlib::against`] | verifiers of neural networks |
//! | Sollya | [`sollya::write`] | Sollya |
//! | DOT | [`dot::write`] | Graphviz |

pub mod bound;
pub mod c;
pub mod csv;
pub mod dot;
mod facts;
pub mod fixed;
pub mod npz;
pub mod onnx;
pub mod rust;
pub mod safetensors;
pub mod sollya;
mod summed;
mod tabulated;
mod tensors;
pub mod vnnlib;

use bumpnet_ir::Expr;
use bumpnet_plan::Accuracy;
use bumpnet_prove::Standing;

/// What an export needs besides the network and its certificate.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The target: the expression that the network's `target` says.
    pub target: &'a Expr,
    /// The program that writes, with its version, for the header.
    pub tool: &'a str,
    /// Whether the certificate is proved or only stated.
    pub standing: Standing,
    /// How near a table of one input is to its network.
    pub accuracy: Accuracy,
}

/// Why a network is not exported in a format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportError {
    /// What does not go.
    pub problem: String,
    /// What to do instead.
    pub help: String,
}

impl ExportError {
    fn new(problem: impl Into<String>, help: impl Into<String>) -> ExportError {
        ExportError { problem: problem.into(), help: help.into() }
    }
}

impl std::fmt::Display for ExportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n  help: {}", self.problem, self.help)
    }
}

impl std::error::Error for ExportError {}
