//! Networks of any form: what a proof is about, and the network's exact error at a point.

use bumpnet_interval::{Interval, Scalar, Wide};
use bumpnet_ir::{Expr, Formula, Input, Network, Program};

use crate::error::CertifyError;

/// Network minus target at a point, exactly but for the width of the interval.
pub fn error_at(target: &Expr, network: &Network, point: &[f64]) -> Interval {
    let wide: Vec<Wide> = point.iter().map(|x| Wide::point(*x)).collect();
    let value: Wide = value_at(network, &wide);
    value.interval() - target.eval::<Wide>(&wide).interval()
}

/// What the magnitude of the error is at least, at a point of the domain.
///
/// # Errors
/// It is none.
pub fn at_least(target: &Expr, network: &Network, point: &[f64]) -> Result<f64, CertifyError> {
    inside(network, point)?;
    Ok(error_at(target, network, point).mignitude())
}

/// Whether a point is one of the domain.
///
/// # Errors
/// It is none.
pub fn inside(network: &Network, point: &[f64]) -> Result<(), CertifyError> {
    let on = |(x, input): (&f64, &Input)| (input.lo..=input.hi).contains(x);
    match point.len() == network.inputs.len() && point.iter().zip(&network.inputs).all(on) {
        true => Ok(()),
        false => Err(CertifyError::Form("`argmax` is not a point of the domain".to_owned())),
    }
}

/// The network's value, its output neuron applied, in any scalar: the sums as they stand.
pub fn value_at<T: Scalar>(network: &Network, point: &[T]) -> T {
    Program::new(network).output(&Formula::new(), point.to_vec()).unwrap_or(T::point(f64::NAN))
}
