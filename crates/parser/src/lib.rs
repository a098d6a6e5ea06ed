//! Text in, [`Spec`](bumpnet_ir::Spec) or diagnostics out.
//!
//! ```text
//! bytes --yaml--> tree with spans --spec, network--> Spec
//!                                         `-- expression (pest grammar) --> Expr
//! ```
//! Every stage collects all its errors; each names a range of bytes of the file, also inside quoted, folded and
//! literal block scalars.

mod decode;
pub mod expression;
mod network;
pub mod schema;
mod spec;
mod suggest;
pub mod yaml;

use bumpnet_ir::{Diagnostic, Spec};
pub use expression::{parse_constant, parse_expression};

/// Largest spec file, in bytes (1 MiB).
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// Reads one spec. `stem` names it where the file does not.
///
/// # Errors
/// All problems found, in the order of the file.
///
/// ```
/// let spec = bumpnet_parser::parse_spec(
///     b"version: 1\ntarget: x^2\ndomain: {x: [0, 1]}\n\
///       networks: {a: {method: bumps, activation: ramp, resolution: 8}}\n",
///     "square",
/// )
/// .unwrap();
/// assert_eq!(spec.name, "square");
/// assert_eq!(spec.target.eval(&[0.5]), 0.25);
/// ```
pub fn parse_spec(bytes: &[u8], stem: &str) -> Result<Spec, Vec<Diagnostic>> {
    let source = yaml::text(bytes)?;
    let tree = yaml::parse(source)?;
    let (spec, mut problems) = spec::read(&tree, source, stem);
    problems.sort_by_key(|problem| problem.label.0.start);
    match spec {
        Some(spec) if problems.is_empty() => Ok(spec),
        _ => Err(problems),
    }
}
