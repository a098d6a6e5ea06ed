//! How far the evaluator's rounding can take the value of a network of several layers from the exact one.
//!
//! The evaluator sums a row from its bias on, in the order of its entries, rounding each product and each sum once. So with
//! slots off by at most `d_j` and of magnitude at most `m_j`, a row of weights `w_j` is off by at most
//! `sum |w_j| d_j + u sum |w_j| m_j + u sum_k S_k`, where `S_k` bounds the k-th partial sum; products that underflow add
//! half the least positive number. An activation moves by what its steepness makes of that, and adds the error of its own
//! evaluation (see [`crate::rounding`]). At a jump within reach of that error the evaluator may be on the other side: the
//! proof takes both, with [`Rounding::arguments`].

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Domain, Network, Precision, Program, Row};

use crate::fault::{Fault, active};
use crate::moved::{moved, own_error};

/// A value's range, and how far the evaluator's may be from the exact one.
#[derive(Clone, Copy, Debug)]
pub struct Rounded {
    /// Where the exact value lies.
    pub range: Interval,
    /// How far the evaluator's may be off.
    pub off: UpperBound,
    /// How far its argument may have been off, if it is a unit's.
    pub argument: UpperBound,
}

/// How far the evaluator may be from the exact network, on either side of a jump that is within the error of its argument.
#[derive(Debug)]
pub struct Rounding {
    /// For each slot of the program: how far the argument of its unit may be off. Inputs are exact.
    pub arguments: Vec<UpperBound>,
    /// How far the output may be off, where every unit is on the same side of its jumps as the exact one, or its enclosure
    /// takes both sides.
    pub output: UpperBound,
}

/// A bound of |evaluated - exact| over the domain, for networks whose units do not jump: where one does, nothing is said here
/// of its other side, and the bound is infinite.
pub fn rounding_of_layers(network: &Network) -> UpperBound {
    let program = Program::new(network);
    let jumps = program.rows.iter().any(|row| row.activation.may_jump());
    if jumps { UpperBound::INFINITE } else { analyse(network, &program).output }
}

/// Bounds over the domain, slot by slot. What a unit can be is taken from its argument's range with its error around it, where
/// its activation jumps: so ranges hold for the evaluator's values too, up to the slot's error.
pub fn analyse(network: &Network, program: &Program) -> Rounding {
    let exact = |input: &bumpnet_ir::Input| Rounded {
        range: Interval::new(input.lo, input.hi).unwrap_or(Interval::ENTIRE),
        off: UpperBound::ZERO,
        argument: UpperBound::ZERO,
    };
    let domain = Errors { precision: network.precision };
    let (slots, sum) = program.run(&domain, network.inputs.iter().map(exact).collect());
    let mut arguments: Vec<UpperBound> = slots.iter().map(|slot| slot.argument).collect();
    let (Some(sum), Some(last)) = (sum, program.rows.last()) else {
        return Rounding { arguments, output: UpperBound::INFINITE };
    };
    arguments.push(sum.off);
    match active(Fault::EvaluatorExact) {
        true => Rounding { arguments: vec![UpperBound::ZERO; arguments.len()], output: UpperBound::ZERO },
        false => Rounding { output: domain.unit(slots.len(), last, sum).off, arguments },
    }
}

/// Ranges and errors as values.
struct Errors {
    precision: Precision,
}

impl Domain for Errors {
    type Value = Rounded;

    fn row(&self, _: usize, row: &Row, slots: &[Rounded]) -> Rounded {
        let u = UpperBound::new(self.precision.unit_roundoff());
        let (least, largest) = self.precision.extremes();
        let mut sum = Rounded { range: Interval::point(row.bias), off: UpperBound::ZERO, argument: UpperBound::ZERO };
        let mut partial = sum.range.magnitude();
        for (slot, weight) in &row.terms {
            let (slot, size) = (slots[*slot as usize], UpperBound::new(weight.abs()));
            let term = size * (slot.range.magnitude() + slot.off);
            partial = partial + term;
            // Twice u for each: what the roundings before have added to the magnitudes is far less than that.
            let rounding = (term + partial) * u * UpperBound::new(1.0 + 1e-3) + UpperBound::new(least);
            sum.off = sum.off + size * slot.off + rounding;
            sum.range = sum.range + Interval::point(*weight) * slot.range;
            // A slot that may be no number is none times zero either.
            if !((partial + sum.off).get() < largest) || !slot.off.is_finite() {
                sum.off = UpperBound::INFINITE;
            }
        }
        sum
    }

    fn unit(&self, _: usize, row: &Row, sum: Rounded) -> Rounded {
        let activation = row.activation;
        if activation == Activation::Identity {
            return Rounded { argument: sum.off, ..sum };
        }
        let (low, high) = activation.limits();
        let limits = Interval::new(low, high).unwrap_or(Interval::ENTIRE);
        let argument = if activation.may_jump() { sum.range + Interval::symmetric(sum.off) } else { sum.range };
        let range = activation.apply(&argument).intersection(&limits).unwrap_or(limits);
        let u = self.precision.unit_roundoff();
        Rounded { range, off: moved(activation, sum.off) + own_error(activation, u), argument: sum.off }
    }
}
