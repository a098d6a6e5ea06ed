//! Verdicts that are certain: a bound is refuted where the least magnitude that an enclosure allows is above it.

use bumpnet_interval::Scalar;
use bumpnet_ir::{Certificate, Expr, InMeasure, Network};
use bumpnet_runner::Evaluator;

use super::finding::{Claim, Finding};
use crate::dd::Dd;
use crate::exact;
use crate::number::Enclosure;

/// A certificate on trial.
pub struct Judge<'a> {
    target: &'a Expr,
    network: &'a Network,
    certificate: &'a Certificate,
    /// The target in front of the output neuron, and that network, where a bound of it is stated.
    hidden: Option<Expr>,
    /// What errors are multiplied with in the measure that is stated.
    weight: Option<Expr>,
    /// The worst of each claim.
    pub findings: Vec<Finding>,
}

impl<'a> Judge<'a> {
    /// A certificate of a network about a target.
    pub fn new(target: &'a Expr, network: &'a Network, certificate: &'a Certificate) -> Judge<'a> {
        let hidden = certificate.hidden.as_ref().map(|_| target.logit());
        let weight = certificate.measured.as_ref().and_then(|stated| stated.measure.weight(target).ok());
        Judge { target, network, certificate, hidden, weight, findings: Vec::new() }
    }

    /// Notes what is false, if it is worse than what is known of the same claim.
    pub fn report(&mut self, claim: Claim, (truth, bound): (f64, f64), text: impl FnOnce() -> String) {
        let factor = if truth > 0.0 { truth / bound } else { f64::INFINITY };
        match self.findings.iter_mut().find(|finding| finding.claim == claim) {
            Some(known) if known.factor >= factor => {}
            Some(known) => (known.text, known.factor) = (text(), factor),
            None => self.findings.push(Finding { claim, text: text(), factor }),
        }
    }

    /// What a certificate's numbers must be whatever they are about.
    pub fn fields(&mut self) {
        let c = self.certificate;
        let upper = [c.upper, c.evaluated, c.rms.1];
        let lower = [c.lower, c.rms.0];
        // An infinite upper bound says nothing; anything else must be a number, and none is negative.
        if upper.iter().any(|v| !(*v >= 0.0)) || lower.iter().any(|v| !(*v >= 0.0 && *v < f64::INFINITY)) {
            self.report(Claim::Field, (f64::NAN, 0.0), || format!("{c:?}"));
        }
        let hidden = c.hidden.as_ref().is_none_or(|h| h.lower <= h.upper);
        let ordered = |m: &InMeasure| m.lower <= m.upper && m.upper <= m.evaluated && m.rms.0 <= m.rms.1;
        if !c.measured.as_ref().is_none_or(ordered) {
            self.report(Claim::Measured, (f64::NAN, 0.0), || format!("{c:?}"));
        }
        if !(c.lower <= c.upper && c.rms.0 <= c.rms.1 && c.rms.0 <= c.upper && hidden) {
            self.report(Claim::Order, (f64::NAN, 0.0), || format!("{c:?}"));
        }
    }

    /// The exact error at a point, held against `upper` and the bound in front of the output neuron.
    pub fn try_point(&mut self, x: &[Dd]) {
        let point: Vec<Enclosure> = x.iter().map(|x| Enclosure::from_pair(*x)).collect();
        let error = &exact::value(self.network, &point) - &self.target.eval(&point);
        let least = error.mignitude();
        let upper = self.certificate.upper;
        if least > Dd::from(upper) {
            self.report(Claim::Upper, (least.hi, upper), || {
                format!("at {}: error {:?} > upper {upper:?}", place(x), least.hi)
            });
        }
        self.weighted(&error, &point, |stated| stated.upper, || place(x));
        let Some((logit, hidden)) = self.hidden.as_ref().zip(self.certificate.hidden.as_ref()) else { return };
        let least = (&exact::hidden(self.network, &point) - &logit.eval(&point)).mignitude();
        if least > Dd::from(hidden.upper) {
            let upper = hidden.upper;
            self.report(Claim::Hidden, (least.hi, upper), || {
                format!("at {}: hidden error {:?} > {upper:?}", place(x), least.hi)
            });
        }
    }

    /// The evaluator's own value at a point of its precision, held against `evaluated`.
    pub fn try_evaluated(&mut self, evaluator: &Evaluator<'_>, x: &[f64]) {
        let x: Vec<f64> = x.iter().map(|x| evaluator.round(*x)).collect();
        let bound = self.certificate.evaluated;
        if !inside(self.network, &x) || bound == f64::INFINITY {
            return;
        }
        let value = evaluator.eval(&x);
        if !value.is_finite() {
            self.report(Claim::Evaluated, (f64::INFINITY, bound), || {
                format!("at {x:?}: the value is {value}, evaluated {bound:?}")
            });
            return;
        }
        let point: Vec<Enclosure> = x.iter().map(|x| Enclosure::point(*x)).collect();
        let error = &Enclosure::point(value) - &self.target.eval(&point);
        self.weighted(&error, &point, |stated| stated.evaluated, || format!("{x:?}, as it runs"));
        let least = error.mignitude();
        if least > Dd::from(bound) {
            self.report(Claim::Evaluated, (least.hi, bound), || {
                format!("at {x:?}: evaluated error {:?} > {bound:?}", least.hi)
            });
        }
    }

    /// An error at a point, weighted, held against a bound in the measure.
    fn weighted(
        &mut self,
        error: &Enclosure,
        point: &[Enclosure],
        bound: impl Fn(&InMeasure) -> f64,
        at: impl Fn() -> String,
    ) {
        let Some((weight, stated)) = self.weight.as_ref().zip(self.certificate.measured.as_ref()) else { return };
        let (least, bound) = ((error * &weight.eval(point)).mignitude(), bound(stated));
        if least > Dd::from(bound) {
            let text = || format!("at {}: {} {:?} > {bound:?}", at(), stated.measure.name(), least.hi);
            self.report(Claim::Measured, (least.hi, bound), text);
        }
    }

    /// `lower` is the error at `argmax`, or less.
    pub fn lower(&mut self) {
        let c = self.certificate;
        self.attained(Claim::Lower, c.lower, &c.argmax, false);
        if let Some((stated, weight)) = c.measured.as_ref().zip(self.weight.as_ref())
            && inside(self.network, &stated.argmax)
        {
            let point: Vec<Enclosure> = stated.argmax.iter().map(|x| Enclosure::point(*x)).collect();
            let error = &(&exact::value(self.network, &point) - &self.target.eval(&point)) * &weight.eval(&point);
            let (most, lower) = (error.magnitude(), stated.lower);
            if most < Dd::from(lower) {
                let text = || format!("at argmax {:?}: {:?} < lower {lower:?}", stated.argmax, most.hi);
                self.report(Claim::Measured, (lower, most.hi), text);
            }
        }
        if let Some(hidden) = &c.hidden {
            self.attained(Claim::Hidden, hidden.lower, &hidden.argmax, true);
        }
    }

    fn attained(&mut self, claim: Claim, lower: f64, argmax: &[f64], in_front: bool) {
        if !inside(self.network, argmax) {
            self.report(claim, (f64::NAN, 0.0), || format!("argmax {argmax:?} is no point of the domain"));
            return;
        }
        let point: Vec<Enclosure> = argmax.iter().map(|x| Enclosure::point(*x)).collect();
        let error = match (in_front, &self.hidden) {
            (true, Some(logit)) => &exact::hidden(self.network, &point) - &logit.eval(&point),
            _ => &exact::value(self.network, &point) - &self.target.eval(&point),
        };
        let most = error.magnitude();
        if most < Dd::from(lower) {
            self.report(claim, (lower, most.hi), || {
                format!("at argmax {argmax:?}: error {:?} < lower {lower:?}", most.hi)
            });
        }
    }
}

/// A point whose numbers are sums of two.
fn place(x: &[Dd]) -> String {
    let one = |x: &Dd| if x.lo == 0.0 { format!("{:?}", x.hi) } else { format!("{:?} + {:e}", x.hi, x.lo) };
    x.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Whether it is a point of the domain.
pub fn inside(network: &Network, x: &[f64]) -> bool {
    x.len() == network.inputs.len() && x.iter().zip(&network.inputs).all(|(x, input)| (input.lo..=input.hi).contains(x))
}
