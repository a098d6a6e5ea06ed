//! Why there is no certificate, and whether one contradicts itself.

use bumpnet_ir::Certificate;

use crate::analyse::Refusal;

/// Why there is no certificate.
#[derive(Clone, PartialEq, Debug)]
pub enum CertifyError {
    /// The target is not defined and bounded on its domain.
    Target(Refusal),
    /// It is no network, or has a form that this version does not prove.
    Form(String),
    /// Two things were found that cannot both be true: an error of the program.
    Contradiction(String),
}

/// Whether what was found can be true together. A bound below an error that is attained would be an error of the program, which
/// must show and not be mended.
pub fn sound(certificate: &Certificate) -> Result<(), CertifyError> {
    let Certificate { lower, upper, evaluated, rms, .. } = certificate;
    if !(lower <= upper && 0.0 <= *evaluated && rms.0 <= rms.1) {
        return Err(CertifyError::Contradiction(format!(
            "the proof contradicts itself: the error is at least {lower:?} at {:?}, and at most {upper:?} ({evaluated:?} as \
             evaluated, RMS from {:?} to {:?}); this is an error of bumpnet, please report it",
            certificate.argmax, rms.0, rms.1
        )));
    }
    Ok(())
}
