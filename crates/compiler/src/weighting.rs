//! Errors in a measure: what deviations are multiplied with, and the targets for which constant pieces in a measure are
//! constant pieces of another function.

use bumpnet_interval::{Binary, Scalar, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Measure, NetworkSpec, Node};
use bumpnet_prove::{CertifyError, Refusal, range, weight};

use crate::draft::Budget;
use crate::error::CompileError;

/// A measure and its weight on the domain.
#[derive(Clone, Debug)]
pub struct Weighting {
    /// The measure.
    pub measure: Measure,
    /// What errors are multiplied with, seen to be defined on the whole domain.
    pub weight: Expr,
    /// No weight on the domain is larger.
    pub largest: f64,
}

impl Weighting {
    /// What a network's errors are to be measured by; `None` for the distance itself.
    ///
    /// # Errors
    /// The weight is not defined on the domain, as where a relative error is asked for and the target is 0.
    pub fn of(target: &Expr, domain: &[Input], wanted: &NetworkSpec) -> Result<Option<Weighting>, CompileError> {
        let Some(measure) = wanted.measured() else { return Ok(None) };
        let (weight, values) = weight(measure, target, domain).map_err(|error| match error {
            CertifyError::Weight(refusal) => refused(measure, refusal, domain),
            CertifyError::Form(message) => {
                CompileError::Parameters { message, help: "write a weight above 0 on the whole domain".to_owned() }
            }
            error => unproved(error, None, domain),
        })?;
        Ok(Some(Weighting { measure: measure.clone(), weight, largest: values.magnitude().get() }))
    }

    /// What is asked of constructions of several inputs, which know no weights: an error that is small enough everywhere.
    pub fn budget(&self, budget: Budget) -> Budget {
        match budget {
            Budget::Error { eps, most } => Budget::Error { eps: eps / self.largest, most },
            pieces => pieces,
        }
    }

    /// A function of which constant pieces within a number are those of the target within an error in this measure, if there
    /// is one: that number, and the heights, are translated.
    ///
    /// With `f + d` positive for `d = absolute/relative`, `|c - f| <= E (absolute + relative f)` for all values `f` between `m`
    /// and `M` means `(1 - e)(M + d) <= c + d <= (1 + e)(m + d)`, with `e = E relative`. Such a `c` exists exactly if
    /// `ln(M + d) - ln(m + d) <= 2 artanh(e)`, and `c + d = sqrt(1 - e^2) exp(g)` is one for `g` in the middle.
    pub fn logarithmic(&self, target: &Expr, input: &Input) -> Option<Logarithmic> {
        let (relative, shift) = match self.measure {
            Measure::Relative => (1.0, 0.0),
            Measure::Mixed { relative, absolute } => (relative, absolute / relative),
            _ => return None,
        };
        let values = range(target, input, 64);
        let negative = values.hi() < 0.0;
        if !(values.lo() > 0.0 || negative) || !shift.is_finite() {
            return None;
        }
        let (mut builder, f) = ExprBuilder::extend(target);
        let span = target.span(f);
        let size = builder.push(Node::Unary(Unary::Abs, f), span.clone());
        let shift_node = builder.push(Node::Literal(format!("{shift:?}").parse().ok()?), span.clone());
        let sum = builder.push(Node::Binary(Binary::Add, size, shift_node), span.clone());
        let logarithm = builder.push(Node::Unary(Unary::Ln, sum), span);
        Some(Logarithmic { target: builder.finish(logarithm), relative, shift, negative })
    }
}

/// A positive or negative target's logarithm.
#[derive(Clone, Debug)]
pub struct Logarithmic {
    /// `ln(|f| + shift)`.
    pub target: Expr,
    relative: f64,
    shift: f64,
    negative: bool,
}

impl Logarithmic {
    /// How far the logarithm may be off for an error in the measure; infinite where any will do.
    pub fn eps(&self, error: f64) -> f64 {
        let e = error * self.relative;
        if e < 1.0 { f64::unary(Unary::Atanh, &e) } else { f64::INFINITY }
    }

    /// The error in the measure where the logarithm is off by so much.
    pub fn error(&self, eps: f64) -> f64 {
        f64::unary(Unary::Tanh, &eps) / self.relative
    }

    /// The height of a piece, from the middle of the logarithm's values on it.
    pub fn height(&self, middle: f64, eps: f64) -> f64 {
        let e = f64::unary(Unary::Tanh, &eps);
        let size = f64::unary(Unary::Exp, &middle) * (1.0 - e * e).sqrt() - self.shift;
        if self.negative { -size } else { size }
    }
}

/// A refusal of a weight, in words about the measure.
fn refused(measure: &Measure, refusal: Refusal, domain: &[Input]) -> CompileError {
    let place = refusal.place(domain);
    match measure {
        Measure::Relative => CompileError::Parameters {
            message: format!("a relative error needs a target that is not 0; that is not proved {place}"),
            help: "add what is allowed there, as in `max_error: {relative: 1e-4, absolute: 1e-9}`, or make the domain smaller"
                .to_owned(),
        },
        Measure::Ulps(_) => CompileError::Parameters {
            message: format!("{}: the unit is too small for binary64 to divide by it {place}", measure.name()),
            help: "make the domain smaller, so that the target keeps away from 0, or write {relative: 1e-4, absolute: 1e-9}"
                .to_owned(),
        },
        _ => CompileError::Parameters {
            message: format!("{}: {} {place}", measure.name(), refusal.problem.replace("the target", "the weight")),
            help: "write a weight that is defined and positive on the whole domain".to_owned(),
        },
    }
}

/// Why a proof refuses what a construction came to.
pub fn unproved(error: CertifyError, weighting: Option<&Weighting>, domain: &[Input]) -> CompileError {
    match (error, weighting) {
        (CertifyError::Target(refusal), _) | (CertifyError::Weight(refusal), None) => CompileError::Undefined(refusal),
        (CertifyError::Weight(refusal), Some(weighting)) => refused(&weighting.measure, refusal, domain),
        (CertifyError::Form(what) | CertifyError::Contradiction(what), _) => CompileError::Unproved(what),
    }
}
