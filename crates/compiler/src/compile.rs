//! The pipeline: spec in, network out.

use bumpnet_ir::{Bumps, Diagnostic, Heights, Method, Network, NetworkSpec, Placement, Spec};

use crate::bumps;

/// Constructs one of a spec's networks.
///
/// # Errors
/// A diagnostic that names the place in the spec: the target where the target is the trouble, the network otherwise.
pub fn compile(spec: &Spec, wanted: &NetworkSpec) -> Result<Network, Diagnostic> {
    let layers = match &wanted.method {
        Method::Bumps(parameters) => bumps::build(&spec.target, &spec.domain[0], parameters),
    };
    let network = Network {
        name: format!("{}/{}", spec.name, wanted.name),
        target: spec.target.to_string(),
        inputs: spec.domain.clone(),
        layers: layers.map_err(|error| error.diagnose(spec, wanted))?,
    };
    debug_assert_eq!(network.check(), Ok(()));
    Ok(network)
}

/// The same network wanted at another resolution. Given edges or heights fix the resolution: then it stays.
///
/// Returns whether it could be changed.
pub fn with_resolution(wanted: &mut NetworkSpec, resolution: usize) -> bool {
    match &mut wanted.method {
        Method::Bumps(Bumps {
            placement: Placement::Uniform,
            heights: Heights::Midpoint | Heights::Midrange,
            resolution: old,
            ..
        }) => {
            *old = resolution;
            true
        }
        Method::Bumps(_) => false,
    }
}
