//! One network from spec to result, for the commands that need it whole.

use bumpnet_compiler::{Compiled, compile};
use bumpnet_ir::{Diagnostic, NetworkSpec, Spec};
use bumpnet_runner::{Evaluator, Measured};

/// A constructed and proved network with its measured error.
pub struct Built {
    /// The network, with its certificate.
    pub compiled: Compiled,
    /// Its error against the target, sampled.
    pub measured: Measured,
}

/// Constructs, proves and measures.
///
/// # Errors
/// The construction's diagnostic, or the point at which the target has no finite value.
pub fn build(spec: &Spec, wanted: &NetworkSpec) -> Result<Built, Diagnostic> {
    let compiled = compile(spec, wanted)?;
    let evaluator = Evaluator::new(&compiled.network);
    let measured = bumpnet_runner::measure_over(&spec.target, &evaluator, &spec.domain).map_err(|at| {
        let value = spec.target.eval(&at);
        bumpnet_compiler::CompileError::NotFiniteAt { at, value }.diagnose(spec, wanted)
    })?;
    drop(evaluator);
    Ok(Built { compiled, measured })
}
