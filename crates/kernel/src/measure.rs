//! The weight of a measure, which errors are multiplied with, in a form that shows that it is defined and bounded.

use bumpnet_interval::Interval;
use bumpnet_ir::{Expr, Input, Measure};

use crate::analyse::analyse;
use crate::error::CertifyError;
use crate::settle::settle;

/// The weight for a target over a domain, and the values that it has there.
///
/// # Errors
/// It is not defined and bounded, as that of a relative error where the target is 0; or one that somebody has written is not
/// seen to be positive.
pub fn weight(measure: &Measure, target: &Expr, inputs: &[Input]) -> Result<(Expr, Interval), CertifyError> {
    let weight = measure.weight(target).map_err(CertifyError::Form)?;
    let weight = match measure {
        // What somebody has written may want another form; the others are quotients that have no limit where they are none.
        Measure::Weight(_) => settle(&weight, inputs).map_err(CertifyError::Weight)?.into_owned(),
        _ => weight,
    };
    let values = analyse(&weight, inputs).map_err(CertifyError::Weight)?;
    if matches!(measure, Measure::Weight(_)) && !(values.lo() > 0.0) {
        let least = values.lo() + 0.0;
        return Err(CertifyError::Form(format!(
            "the weight {weight} is not seen to be positive in binary64: it may be {least:?}"
        )));
    }
    Ok((weight, values))
}
