//! `method: superposition`: Kolmogorov's theorem, executable.
//!
//! `f(x) = sum_q Phi_q(sum_p lambda_p psi(x_p + q a))`: increasing inner functions that depend on the number of inputs only, and
//! outer functions of one variable that are made of the target. Psi is cut off after k digits to the base gamma; then `xi_q`
//! says in which cube of the q-th, shifted, lattice a point lies, and Phi_q is the target's value at that cube's centre.
//! `readout` makes one number of these: their mean, as in the classical proof, or their median. `rounds` are those of the
//! classical proof: each adds to the outer functions what the ones before have left of the target, on smaller cubes.

mod inner;
mod median;
mod outer;
mod psi;
mod shape;

use bumpnet_ir::{Activation, Expr, Input, Precision, Readout, Superposition};

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use inner::Inner;
use shape::{MOST_STEPS, SprecherParameters};

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
    match budget {
        Budget::Pieces(digits) => {
            draft(target, inputs, parameters, &SprecherParameters { gamma, digits: digits as u32, shifts })
        }
        Budget::Error { .. } => Err(CompileError::Unproved("digits are chosen by number".to_owned())),
    }
}

fn draft(
    target: &Expr,
    inputs: &[Input],
    parameters: &Superposition,
    shape: &SprecherParameters,
) -> Result<Draft, CompileError> {
    let (readout, rounds) = (parameters.readout, parameters.rounds);
    let fits = shape.gamma.checked_pow(shape.digits).is_some_and(|count| count <= MOST_STEPS);
    if !fits {
        return Err(CompileError::TooManyTowers { most: MOST_STEPS });
    }
    let inner = Inner::new(inputs, shape)?;
    let mut layers = inner.layers.clone();
    outer::append(&mut layers, &inner, target, (shape, readout, rounds), inputs)?;
    let SprecherParameters { gamma, digits, shifts } = shape;
    let (inner_steps, outer_steps) = (layers[0].rows, layers[2].rows);
    let mut draft = Draft::new(layers, outer_steps);
    draft.summary = vec![
        format!(
            "{digits} digits to the base {gamma}, {} shifts; {inner_steps} inner steps, the same for all targets",
            shifts + 1
        ),
        match rounds {
            None => format!("{outer_steps} outer steps, one between every two cubes of a shift"),
            Some(rounds) => {
                format!("{outer_steps} outer ramps; rounds of the classical iteration on cubes of 1 to {rounds} digits")
            }
        },
        match readout {
            Readout::Mean => "read-out: the mean of the shifts".to_owned(),
            Readout::Median => "read-out: the median of the shifts, by comparators of one `ramp` unit each".to_owned(),
        },
    ];
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpnet_prove::lattice;

    /// The classical iteration contracts slowly: what one, two and three rounds leave, where psi has a digit more than the
    /// smallest cubes. Measured, not a bound.
    #[test]
    fn the_classical_iteration_contracts_slowly() {
        let names = vec!["x".to_owned(), "y".to_owned()];
        let target = bumpnet_parser::parse_expression("sin(3*x)*cos(2*y)+0.3*x*y", names.clone()).unwrap();
        let inputs: Vec<Input> = names.into_iter().map(|name| Input { name, lo: -1.0, hi: 1.0 }).collect();
        let mut points = lattice(&inputs, 20_000);
        for k in 0..=200 {
            let t = f64::from(k) / 100.0 - 1.0;
            points.extend([t, -1.0, t, 1.0, -1.0, t, 1.0, t]);
        }
        for (rounds, least, most) in [(1, 0.49, 0.535), (2, 0.33, 0.37), (3, 0.19, 0.24)] {
            let shape = SprecherParameters { gamma: 6, digits: rounds + 1, shifts: 4 };
            let inner = Inner::new(&inputs, &shape).unwrap();
            let fitted = outer::fit(&inner, &target, (&shape, Some(rounds as usize)), &inputs).unwrap();
            let rest = outer::residual(&target, &inner, &fitted, &points).unwrap();
            let sup = rest.iter().fold(0.0f64, |most, v| most.max(v.abs()));
            println!("{rounds} rounds: measured sup {sup:.4}");
            assert!(least < sup && sup < most, "{rounds} rounds: {sup}");
        }
    }
}
