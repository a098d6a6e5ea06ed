//! One network from spec to result: construct, measure; or take both from the cache.

use bumpnet_ir::{Diagnostic, Network, NetworkSpec, Spec};
use bumpnet_runner::{Evaluator, Measured};

/// A constructed network with its measured error.
pub struct Built {
    /// The network.
    pub network: Network,
    /// Its error against the target.
    pub measured: Measured,
}

/// Constructs and measures.
///
/// # Errors
/// The construction's diagnostic, or the point at which the target has no finite value.
pub fn build(spec: &Spec, wanted: &NetworkSpec) -> Result<Built, Diagnostic> {
    let network = bumpnet_compiler::compile(spec, wanted)?;
    let measured = bumpnet_runner::measure(&spec.target, &Evaluator::new(&network), &spec.domain[0]).map_err(|at| {
        let value = spec.target.eval(&[at]);
        bumpnet_compiler::CompileError::NotFinite { at, value }.diagnose(spec, wanted)
    })?;
    Ok(Built { network, measured })
}
