//! Why a construction refuses a target.

use bumpnet_ir::{Diagnostic, NetworkSpec, Spec};

/// Why a construction refuses a target.
#[derive(Clone, PartialEq, Debug)]
pub enum CompileError {
    /// The target has no finite value at this point.
    #[allow(missing_docs)]
    NotFinite { at: f64, value: f64 },
    /// `output: logistic`, and the target is not within (0, 1) at this point.
    #[allow(missing_docs)]
    OutsideUnit { at: f64, value: f64 },
    /// The cells are so narrow that their edges are the same binary64.
    #[allow(missing_docs)]
    CellsCollapse { at: f64, resolution: usize },
    /// A weight or bias would be infinite.
    WeightOverflow,
}

impl CompileError {
    /// The diagnostic, at the target or at the network.
    pub fn diagnose(&self, spec: &Spec, wanted: &NetworkSpec) -> Diagnostic {
        let input = &spec.domain[0].name;
        match *self {
            CompileError::NotFinite { at, value } => {
                let kind = if value.is_nan() { "is undefined" } else { "is infinite" };
                Diagnostic::new(spec.target_span.clone(), format!("the target {kind} at {input} = {at:?}"))
                    .related(wanted.span.clone(), "for this network")
                    .help("make the domain smaller, or give the target a value there with `if`")
            }
            CompileError::OutsideUnit { at, value } => {
                let message =
                    format!("`output: logistic` needs a target between 0 and 1; at {input} = {at:?} it is {value:?}");
                Diagnostic::new(spec.target_span.clone(), message)
                    .related(wanted.span.clone(), "for this network")
                    .help("use `output: identity`, or scale the target into (0, 1)")
            }
            CompileError::CellsCollapse { at, resolution } => {
                let message = format!("{resolution} cells are too narrow for binary64 near {input} = {at:?}");
                Diagnostic::new(wanted.span.clone(), message).help("lower the resolution or widen the domain")
            }
            CompileError::WeightOverflow => Diagnostic::new(wanted.span.clone(), "a weight would overflow binary64")
                .help("lower the steepness, or scale the input or the target"),
        }
    }
}
