//! Why there is no certificate, and whether one contradicts itself.

use bumpnet_ir::Certificate;

use crate::analyse::Refusal;

/// Why there is no certificate.
#[derive(Clone, PartialEq, Debug)]
pub enum CertifyError {
    /// The target is not defined and bounded on its domain.
    Target(Refusal),
    /// What errors are to be weighted with is not.
    Weight(Refusal),
    /// It is no network, or has a form that this version does not prove.
    Form(String),
    /// Two things were found that cannot both be true: an error of the program.
    Contradiction(String),
}

/// Whether what was found can be true together. A bound below an error that is attained would be an error of the program, which
/// must show and not be mended.
pub fn sound(certificate: &Certificate) -> Result<(), CertifyError> {
    let Certificate { lower, upper, evaluated, rms, measured, .. } = certificate;
    let apart = |m: &bumpnet_ir::InMeasure| !(m.lower <= m.upper && m.upper <= m.evaluated && m.rms.0 <= m.rms.1);
    if let Some(measured) = measured.as_ref().filter(|measured| apart(measured)) {
        return Err(CertifyError::Contradiction(format!(
            "the proof contradicts itself: {measured:?}; this is an error of bumpnet, please report it"
        )));
    }
    if !(lower <= upper && 0.0 <= *evaluated && rms.0 <= rms.1) {
        return Err(CertifyError::Contradiction(format!(
            "the proof contradicts itself: the error is at least {lower:?} at {:?}, and at most {upper:?} ({evaluated:?} as \
             evaluated, RMS from {:?} to {:?}); this is an error of bumpnet, please report it",
            certificate.argmax, rms.0, rms.1
        )));
    }
    Ok(())
}
