//! The evaluator's rounding of a sum over units of one argument, `c0 + sum_k alpha_k s(w_k t + b_k)`, part by part of the
//! argument's range.
//!
//! Weights of overlapping units are large and cancel. What a running sum can be, and how steep a unit is, is known well on
//! a short part of the range, and the largest bound over all parts is far below one for the range as a whole. On a part
//! `T`, with u the unit roundoff:
//! - the argument `w t + b`, rounded twice, is off by `u |w T| + u |w T + b|`, which moves `s` by that times its largest
//!   slope there;
//! - `s` itself is off by 4 ulp: `8 u`, of its value for `logistic` and `tanh`, also in their tails, of 1 for the others; in
//!   binary32 it is rounded once more;
//! - the difference `s - left` and the product with `alpha` round once each;
//! - adding to the running sum rounds by u of the result. With `base_k` the sum where all units before k are at their right
//!   limit and the others at their left one, the k-th result is `base_{k+1} + sum_{i<=k} alpha_i (s_i - right_i)`: what the
//!   units at their limit contribute cancels exactly, whether the evaluator has added them or not;
//! - whatever may be subnormal is off by the least positive number instead.
//!
//! A jump in the wrong place is not counted here, as in [`crate::rounding`].

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use bumpnet_interval::{Interval, Jet, UpperBound};
use bumpnet_ir::{Activation, Precision, Run};

use crate::moved::moved;
use crate::units::Units;

/// Parts of a range to begin with; parts looked at, and values of units that are looked at in all, at most. Heuristic: the worst
/// parts are halved, more of that gains little, and the work is below that of the proof of the error.
const FIRST: usize = 8;
const MOST_PARTS: usize = 64;
const MOST_VALUES: usize = 1 << 16;

/// `2^-98`: of a double-double sum, for each of its terms.
const BASE: f64 = f64::EPSILON * f64::EPSILON * 64.0;

/// A sum over units of one argument.
pub struct UnitSum {
    /// Their activation.
    pub activation: Activation,
    /// In which it is evaluated.
    pub precision: Precision,
    /// What else the sum may be off by, on every part; see [`UnitSum::of_window`].
    pub others: UpperBound,
}

impl UnitSum {
    /// Of a window, whose bases are sums in double-double arithmetic, 3 n + 1 additions of parts of the size of all weights
    /// together, each good to 2^-104; units at their limit, and values that the evaluator cuts, are within the tail of it.
    pub fn of_window(units: &Units) -> UnitSum {
        let whole = UnitSum::of_window_within(units);
        let tails = (units.size() + units.c0.magnitude()) * UpperBound::new(2.0 * units.activation.tail());
        UnitSum { others: whole.others + tails, ..whole }
    }

    /// That without the [`tails`] of units at their limit and of values that the evaluator cuts.
    pub fn of_window_within(units: &Units) -> UnitSum {
        let count: usize = units.list.iter().map(|unit| unit.count).sum();
        let others = (units.size() + units.c0.magnitude()) * UpperBound::new((count as f64 + 1.0) * BASE);
        UnitSum { activation: units.activation, precision: units.precision, others }
    }
}

/// A bound of |evaluated - exact| of the sum for `t` in `[lo, hi]`, numbers that reach the units without an error. `run` says
/// which units are summed on a part.
pub fn bound<'a>(sum: &UnitSum, domain: (f64, f64), run: impl Fn(f64, f64) -> Run<'a>) -> UpperBound {
    bound_by(sum, domain, run, |_, bound| bound)
}

/// The largest of what `amount` makes of a part and the bound of |evaluated - exact| there: something that does not grow when
/// part or bound become smaller.
pub fn bound_by<'a>(
    sum: &UnitSum,
    (lo, hi): (f64, f64),
    run: impl Fn(f64, f64) -> Run<'a>,
    amount: impl Fn(Interval, UpperBound) -> UpperBound,
) -> UpperBound {
    let on = |(a, b): (f64, f64)| {
        let run = run(a, b);
        let bound = Interval::new(a, b).and_then(|t| part(sum, t, &run).map(|bound| amount(t, bound)));
        let bound = bound.unwrap_or(UpperBound::INFINITE);
        (Subinterval { bound, a, b }, run.w.len())
    };
    // Of many units only few are active at a time, so that short parts are less work.
    let (mut parts, mut values) = (BinaryHeap::new(), 0);
    for ends in ends(lo, hi, FIRST) {
        if values > MOST_VALUES {
            return UpperBound::INFINITE;
        }
        let (part, looked_at) = on(ends);
        parts.push(part);
        values += looked_at;
    }
    let mut looked_at = FIRST;
    while let Some(Subinterval { bound, a, b }) = parts.pop() {
        let middle = a + 0.5 * (b - a);
        if looked_at >= MOST_PARTS || values > MOST_VALUES || !(a < middle && middle < b) {
            return bound;
        }
        for half in [(a, middle), (middle, b)] {
            let (part, used) = on(half);
            // What holds for the whole holds for its halves.
            parts.push(Subinterval { bound: part.bound.min(bound), ..part });
            (looked_at, values) = (looked_at + 1, values + used);
        }
    }
    UpperBound::ZERO
}

/// How far units are from the limits that the evaluator takes instead of their values, on a part of the domain. It does so only
/// beyond the saturation points, and there they are no farther than the tail of the activation, nor than they are.
pub fn tails(units: &Units, t: Interval) -> UpperBound {
    let (activation, tail) = (units.activation, UpperBound::new(units.activation.tail()));
    let (low, high) = activation.limits();
    let (from, to) = activation.saturation();
    let off = |unit: &crate::units::Unit| {
        let z = unit.wide_argument(t);
        if from < z.lo() && z.hi() < to {
            return UpperBound::ZERO;
        }
        let value = unit.hull(activation, t);
        let off = (value - Interval::point(low)).magnitude().min((Interval::point(high) - value).magnitude());
        unit.size * off.min(tail)
    };
    let sum = units.list.iter().fold(UpperBound::ZERO, |sum, unit| sum + off(unit));
    sum + sum
}

/// A part, and the bound on it.
struct Subinterval {
    bound: UpperBound,
    a: f64,
    b: f64,
}

impl Ord for Subinterval {
    fn cmp(&self, other: &Subinterval) -> Ordering {
        self.bound.get().total_cmp(&other.bound.get()).then(other.a.total_cmp(&self.a))
    }
}

impl PartialOrd for Subinterval {
    fn partial_cmp(&self, other: &Subinterval) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Subinterval {
    fn eq(&self, other: &Subinterval) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Subinterval {}

/// The ends of equal parts that cover a range.
fn ends(lo: f64, hi: f64, parts: usize) -> impl Iterator<Item = (f64, f64)> {
    let at = move |k: usize| match k {
        0 => lo,
        k if k == parts => hi,
        k => (lo + (hi - lo) * (k as f64 / parts as f64)).clamp(lo, hi),
    };
    (0..parts).map(move |k| (at(k), at(k + 1)))
}

/// The bound on one part; `None` where a number may be too large for the precision.
fn part(sum: &UnitSum, t: Interval, run: &Run<'_>) -> Option<UpperBound> {
    let UnitSum { activation, precision, .. } = *sum;
    let u = precision.unit_roundoff();
    let (least, largest) = precision.extremes();
    // Where the exponential in a unit overflows its value is 0, and should be below this.
    let tiny = UpperBound::new(least.max(f64::MIN_POSITIVE));
    let bases = run.base[..=run.skipped].iter().fold(0.0, |most: f64, base| most.max(base.abs()));
    let (mut sizes, mut off, mut most) = (UpperBound::new(bases), UpperBound::ZERO, UpperBound::new(bases));
    let mut beyond = Interval::ZERO;
    for k in 0..run.w.len() {
        let (w, alpha) = (Interval::point(run.w[k]), Interval::point(run.alpha[k]));
        let size = alpha.magnitude();
        let (value, error) = unit(activation, precision, (w, Interval::point(run.b[k])), t)?;
        let rise = value - Interval::point(run.left[k]);
        let rise = rise.magnitude() + error;
        // The difference, the product, and what is subnormal.
        off =
            off + size * (error + rise * UpperBound::new(2.01 * u)) + (size + UpperBound::ONE + UpperBound::ONE) * tiny;
        beyond = beyond + alpha * (value - Interval::point(run.right[k]));
        let result = (Interval::point(run.base[k + 1]) + beyond).magnitude();
        sizes = sizes + result;
        most = most.max(result).max(size * rise).max(rise);
    }
    // The running sums that the evaluator has are off by all errors together: with n u below a half, less than twice this.
    let sizes = sizes + UpperBound::new(2.0 * run.w.len() as f64 + 2.0) * (off + sizes * UpperBound::new(u));
    let bound = off + sizes * UpperBound::new(1.01 * u) + sum.others;
    ((most + bound).get() <= largest).then_some(bound)
}

/// The values of a unit on a part, and how far the evaluator's may be off.
fn unit(
    activation: Activation,
    precision: Precision,
    (w, b): (Interval, Interval),
    t: Interval,
) -> Option<(Interval, UpperBound)> {
    let u = precision.unit_roundoff();
    let (least, largest) = precision.extremes();
    let (product, argument) = (w * t, w * t + b);
    // Twice the product's: what its rounding adds to the sum's magnitude is far less.
    let rounding = (product.magnitude() + product.magnitude() + argument.magnitude()) * UpperBound::new(1.01 * u);
    let rounding = rounding + UpperBound::new(least);
    if !((argument.magnitude() + product.magnitude() + rounding).get() <= largest) {
        return None;
    }
    let wide = argument + Interval::symmetric(rounding);
    let jet = activation.apply(&Jet::variable(wide, 1));
    let value = jet.value();
    let slope = jet.coefficient(1).magnitude();
    let mut moved = moved(activation, rounding);
    if slope.is_finite() {
        moved = moved.min(slope * rounding);
    }
    let own = match activation {
        Activation::Identity | Activation::Heaviside => UpperBound::ZERO,
        Activation::Logistic | Activation::Tanh => value.magnitude() * own(u),
        _ => value.magnitude().max(UpperBound::ONE) * own(u),
    };
    Some((value, moved + own))
}

/// 4 ulp of a number in binary64, and in binary32 its rounding.
fn own(u: f64) -> UpperBound {
    UpperBound::new(4.0 * f64::EPSILON) + UpperBound::new(if u > f64::EPSILON { 1.01 * u } else { 0.0 })
}
