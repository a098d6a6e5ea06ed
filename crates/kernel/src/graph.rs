//! A target's normal form: affine maps between steps of one variable each.
//!
//! Products become differences of squares, quotients products with reciprocals, `min` and `max` ramps, so that every step
//! that is not affine is a function of one variable. What a step's argument is in the target's own words is kept beside its
//! affine form, because the factored form often has the tighter range.
//!
//! **Invariant:** The normal form is the target, identically on the domain: each rewriting is an identity in real numbers, and
//! coefficients are enclosures of exact numbers.

mod builder;
mod function;

use bumpnet_interval::Interval;
use bumpnet_ir::{Expr, NodeId};

pub use function::{coefficients, exponent, quadratic, slope};
pub(crate) use function::{cut, rename};

/// An affine form over values: the inputs first, then the steps.
#[derive(Clone, PartialEq, Debug)]
pub struct Linear {
    /// The constant term.
    pub constant: Interval,
    /// The value's number and its coefficient, numbers in increasing order.
    pub terms: Vec<(usize, Interval)>,
}

/// A step that is not affine: a function of one variable, of an affine form of values before it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The function; its one input is `t`.
    pub function: Expr,
    /// Its argument.
    pub argument: Linear,
    /// The argument, where the target has it as a sub-expression,
    /// together with what is taken off it.
    pub origin: Option<(NodeId, f64)>,
    /// The step's value, where the target has it as a sub-expression.
    pub result: Option<NodeId>,
}

/// The normal form.
#[derive(Clone, Debug)]
pub struct NormalForm {
    /// Number of inputs: the values before those of the steps.
    pub inputs: usize,
    /// The steps, each of values before it only.
    pub steps: Vec<Step>,
    /// The target itself.
    pub root: Linear,
}

/// How far the normal form goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expansion {
    /// Quadratics of one variable share its square, and exponentials have affine arguments: for gates made for these.
    Quadratics,
    /// Whatever depends on one variable only is one step.
    OneVariable,
}

impl Linear {
    /// A constant.
    pub fn constant(constant: Interval) -> Linear {
        Linear { constant, terms: Vec::new() }
    }

    /// One of the values.
    pub fn value(number: usize) -> Linear {
        Linear { constant: Interval::ZERO, terms: vec![(number, Interval::ONE)] }
    }

    /// The number of the value that this is, if it is one itself.
    pub fn as_value(&self) -> Option<usize> {
        match self.terms[..] {
            [(number, factor)] if factor == Interval::ONE && self.constant == Interval::ZERO => Some(number),
            _ => None,
        }
    }

    /// The sum with a multiple of another.
    #[must_use]
    pub fn plus(&self, factor: Interval, other: &Linear) -> Linear {
        let mut terms = std::collections::BTreeMap::new();
        for (number, coefficient) in &self.terms {
            terms.insert(*number, *coefficient);
        }
        for (number, coefficient) in &other.terms {
            let term = scaled(factor, *coefficient);
            let sum = terms.get(number).map_or(term, |before| *before + term);
            terms.insert(*number, sum);
        }
        let terms = terms.into_iter().filter(|(_, coefficient)| *coefficient != Interval::ZERO).collect();
        Linear { constant: sum(self.constant, scaled(factor, other.constant)), terms }
    }

    /// A multiple.
    #[must_use]
    pub fn times(&self, factor: Interval) -> Linear {
        Linear::constant(Interval::ZERO).plus(factor, self)
    }

    /// An enclosure of the value for these values.
    pub fn range(&self, values: &[Interval]) -> Interval {
        self.terms.iter().fold(self.constant, |sum, (number, factor)| sum + *factor * values[*number])
    }
}

/// The product, exactly where a factor is 0 or 1.
fn scaled(a: Interval, b: Interval) -> Interval {
    match (a == Interval::ONE, b == Interval::ONE) {
        (true, _) => b,
        (_, true) => a,
        _ if a == Interval::ZERO || b == Interval::ZERO => Interval::ZERO,
        _ => a * b,
    }
}

/// The sum, exactly where a term is 0.
fn sum(a: Interval, b: Interval) -> Interval {
    match (a == Interval::ZERO, b == Interval::ZERO) {
        (true, _) => b,
        (_, true) => a,
        _ => a + b,
    }
}
