//! `method: superposition`: Kolmogorov's theorem, executable.
//!
//! `f(x) = sum_q Phi_q(sum_p lambda_p psi(x_p + q a))`: increasing inner functions that depend on the number of inputs only, and
//! outer functions of one variable that are made of the target. Psi is cut off after k digits to the base gamma; then `xi_q`
//! says in which cube of the q-th, shifted, lattice a point lies, and Phi_q is the target's value at that cube's centre.
//! `readout` makes one number of these: their mean, as in the classical proof, or their median.

mod inner;
mod median;
mod outer;
mod psi;

use bumpnet_ir::{Activation, Expr, Input, Precision, Readout, Superposition};

use crate::CompileError;
use crate::bumps::{Budget, Draft};
use inner::Inner;

/// Most outer steps of a shift. Heuristic: with all shifts that is near the limit of what a table holds.
const MOST_STEPS: usize = 1 << 20;

/// What the inner functions depend on, besides the number of inputs.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The base.
    pub gamma: usize,
    /// Digits.
    pub digits: u32,
    /// Shifts besides the first: twice the number of inputs, so that the median is of an odd number.
    pub shifts: usize,
}

fn refused(message: String, help: &str) -> CompileError {
    CompileError::Parameters { message, help: help.to_owned() }
}

/// Constructs the layers for a number of digits.
///
/// # Errors
/// The parameters do not fit the number of inputs, or there would be too many steps.
pub fn build(
    target: &Expr,
    inputs: &[Input],
    parameters: &Superposition,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let shifts = 2 * inputs.len();
    let gamma = parameters.gamma.unwrap_or(shifts + 2);
    if gamma < shifts + 2 {
        let message = format!("`gamma` must be at least {} for {} inputs", shifts + 2, inputs.len());
        return Err(refused(message, "leave `gamma` out, or write a larger one"));
    }
    if parameters.activation != Activation::Heaviside {
        let message =
            format!("`method: superposition` is made of `heaviside` steps, not of `{}`", parameters.activation.name());
        return Err(refused(message, "leave `activation` out"));
    }
    if precision != Precision::F64 {
        return Err(refused("inner sums need binary64 to be told apart".to_owned(), "write `precision: f64`"));
    }
    if parameters.rounds.is_some_and(|rounds| rounds > 1) {
        return Err(refused(
            "more than one round of the classical iteration is not built in this version".to_owned(),
            "leave `rounds` out",
        ));
    }
    match budget {
        Budget::Pieces(digits) => {
            draft(target, inputs, parameters.readout, &Shape { gamma, digits: digits as u32, shifts })
        }
        Budget::Error { .. } => Err(CompileError::Unproved("digits are chosen by number".to_owned())),
    }
}

fn draft(target: &Expr, inputs: &[Input], readout: Readout, shape: &Shape) -> Result<Draft, CompileError> {
    let fits = shape.gamma.checked_pow(shape.digits).is_some_and(|count| count <= MOST_STEPS);
    if !fits {
        return Err(CompileError::TooManyTowers { most: MOST_STEPS });
    }
    let inner = Inner::new(inputs, shape)?;
    let mut layers = inner.layers.clone();
    outer::append(&mut layers, &inner, target, (shape, readout), inputs.len())?;
    let Shape { gamma, digits, shifts } = shape;
    let (inner_steps, outer_steps) = (layers[0].rows, layers[2].rows);
    let mut draft = Draft::new(layers, outer_steps);
    draft.summary = vec![
        format!(
            "{digits} digits to the base {gamma}, {} shifts; {inner_steps} inner steps, the same for all targets",
            shifts + 1
        ),
        format!("{outer_steps} outer steps, one between every two cubes of a shift"),
        match readout {
            Readout::Mean => "read-out: the mean of the shifts".to_owned(),
            Readout::Median => "read-out: the median of the shifts, by comparators of one `ramp` unit each".to_owned(),
        },
    ];
    Ok(draft)
}
