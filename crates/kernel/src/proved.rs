//! What was proved in this run, as a type of its own, so that nothing else can be called so: a certificate that was read
//! from a file only states.

use std::ops::Deref;

use bumpnet_ir::Certificate;

use crate::error::{CertifyError, sound};

/// A certificate that this crate has proved, in this process. It is read as the [`Certificate`] that it holds.
///
/// Only the conclusion of a complete proof makes one; no other crate can:
///
/// ```compile_fail,E0451
/// fn proved(certificate: bumpnet_ir::Certificate) -> bumpnet_kernel::Proved {
///     bumpnet_kernel::Proved { certificate }
/// }
/// ```
///
/// ```compile_fail,E0624
/// fn proved(certificate: bumpnet_ir::Certificate) -> bumpnet_kernel::Proved {
///     bumpnet_kernel::Proved::new(certificate)
/// }
/// ```
///
/// Nor can it be changed afterwards, but for a copy that is no longer called proved:
///
/// ```compile_fail,E0594
/// fn lower(mut proved: bumpnet_kernel::Proved) {
///     proved.upper = 0.0;
/// }
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Proved {
    certificate: Certificate,
}

impl Proved {
    /// Called by the conclusions of proofs, and nowhere else.
    ///
    /// # Errors
    /// What was found cannot be true together.
    pub(crate) fn new(certificate: Certificate) -> Result<Proved, CertifyError> {
        sound(&certificate)?;
        Ok(Proved { certificate })
    }

    /// What its figures are: proved.
    pub fn standing(&self) -> Standing {
        Standing { proved: true }
    }
}

impl Deref for Proved {
    type Target = Certificate;

    fn deref(&self) -> &Certificate {
        &self.certificate
    }
}

impl From<Proved> for Certificate {
    /// The certificate as a network holds it: what it says, without who says so.
    fn from(proved: Proved) -> Certificate {
        proved.certificate
    }
}

/// Whether a figure that is printed was proved in this run, or is only stated, by a weight table.
///
/// That something is proved comes from [`Proved::standing`] alone:
///
/// ```compile_fail,E0451
/// let proved = bumpnet_kernel::Standing { proved: true };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    proved: bool,
}

impl Standing {
    /// Of what a table says of itself. It is also the default.
    pub fn stated() -> Standing {
        Standing { proved: false }
    }

    /// Whether this run has proved it.
    pub fn is_proved(self) -> bool {
        self.proved
    }

    /// `proved` or `stated`.
    pub fn word(self) -> &'static str {
        if self.proved { "proved" } else { "stated" }
    }
}

#[cfg(test)]
mod tests {
    use super::Standing;

    #[test]
    fn nothing_is_proved_by_default() {
        assert_eq!(Standing::default(), Standing::stated());
        assert_eq!((Standing::stated().word(), Standing::stated().is_proved()), ("stated", false));
    }
}
