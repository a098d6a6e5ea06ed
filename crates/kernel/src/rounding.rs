//! How far the evaluator's rounding can take a network's value from the exact one.
//!
//! The evaluator ([`bumpnet_ir::Window`]) adds a base, itself the rounding of a double-double sum, and
//! `alpha_k (s(z_k) - left_k)` for the units whose window holds x. With u the unit roundoff, 2^-53 or in binary32 2^-24:
//! - `z_k = w x + b` is off by at most `2u|w x| + u|z|`, which moves `s` by that times its largest slope; only x within the
//!   unit's window count;
//! - `s` is evaluated to 4 ulp (fpmath's functions are good to 1, with at most three operations after them; in binary32
//!   that is rounded once more), cut tails are below 1e-17, and the product and the difference round once each;
//! - the running sum rounds once per unit that it goes through, by u times its size, which is at most `base + sum |alpha|`
//!   over those units;
//! - where a product is subnormal, and a base, it is off by half the least positive number instead; sums are then exact.
//!   Where something may be too large for the precision, nothing is known.
//!
//! Where that is much, [`crate::local`] does the same on short parts of the domain.
//!
//! A jump in the wrong place is not counted here: cells around jumps are widened by the rounding of `z` instead, so the
//! sup over them covers both sides. (One that only the evaluator takes inside the domain is `Jumps::early`.)
//!
//! The inputs are numbers of the network's precision: how a point was rounded to one is not the evaluator's doing.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Input, Network, Window};

use crate::fault::{Fault, active};
use crate::jumps::Jumps;
use crate::local::{self, UnitSum};
use crate::moved::{moved, own_error};
use crate::roundoff::U;
use crate::units::{Unit, Units};

/// A bound of |evaluated - exact| over the domain, in the units' precision. Where the plain bound is more than `enough`, the
/// domain is looked at part by part.
pub fn of_units(network: &Network, units: &Units, enough: UpperBound) -> UpperBound {
    if active(Fault::EvaluatorExact) {
        return UpperBound::ZERO;
    }
    let (input, output) = (&network.inputs[0], network.output());
    let plain = over_the_domain(units, input);
    let window = (plain > enough).then(|| Window::in_precision(network, units.precision)).flatten();
    let sum = match &window {
        Some(window) => {
            plain.min(local::bound(&UnitSum::of_window(units), (input.lo, input.hi), |lo, hi| window.run(lo, hi)))
        }
        None => plain,
    };
    after_output(sum, output, units.precision.unit_roundoff())
}

/// A bound of `w |evaluated - exact|` over the domain, for a weight by its values on a part: part by part, and the tails of
/// units too, since far from a step the weight may be as large as its tail is small.
pub fn weighted(network: &Network, units: &Units, weight: impl Fn(Interval) -> UpperBound) -> UpperBound {
    let (input, output) = (&network.inputs[0], network.output());
    let Some(window) = Window::in_precision(network, units.precision) else {
        // Without units there is the output's bias alone.
        let whole = Interval::new(input.lo, input.hi).unwrap_or(Interval::ENTIRE);
        let constant = after_output(UpperBound::ZERO, output, units.precision.unit_roundoff()) * weight(whole);
        return if units.list.is_empty() { constant } else { UpperBound::INFINITE };
    };
    let amount = |part: Interval, bound: UpperBound| {
        let sum = bound + local::tails(units, part);
        after_output(sum, output, units.precision.unit_roundoff()) * weight(part)
    };
    local::bound_by(&UnitSum::of_window_within(units), (input.lo, input.hi), |lo, hi| window.run(lo, hi), amount)
}

/// The bound of the sum that looks at the domain as a whole.
fn over_the_domain(units: &Units, input: &Input) -> UpperBound {
    let u = units.precision.unit_roundoff();
    let (least, largest) = units.precision.extremes();
    let domain = Interval::new(input.lo, input.hi).unwrap_or(Interval::ENTIRE);
    let (low, high) = units.activation.limits();
    // The largest |s| and |s - left|: 1 or 2, but for `identity`, which has no limits.
    let rise = |unit: &Unit| match high - low {
        rise if rise < f64::INFINITY => UpperBound::new(rise),
        _ => unit.largest_argument(domain),
    };
    let (mut windows, mut errors) = (Vec::new(), Vec::new());
    let mut weights = UpperBound::ZERO;
    for unit in &units.list {
        weights = weights + unit.size;
        let window = Span::new(units.activation, unit.weight(), unit.bias(), u);
        let from_argument = match Interval::new(window.from.max(input.lo), window.to.min(input.hi)) {
            None => UpperBound::ZERO, // saturated on the whole domain
            Some(x) => moved(units.activation, unit.argument_rounding(x)),
        };
        if rise(unit).get() > largest {
            return UpperBound::INFINITE;
        }
        // 4 ulp of s, the product, the difference, and the addition to a sum of about that size.
        let of_value = rise(unit).max(UpperBound::ONE) * UpperBound::new(16.0 * u);
        let of_product = UpperBound::new(unit.count as f64) * UpperBound::new(least);
        errors.push((unit.size * (from_argument + of_value) + of_product).get());
        windows.push(window);
    }
    let (crowd, _) = crowding(windows.iter().zip(&errors).map(|(window, error)| (window.from, window.to, *error, 1)));
    // The evaluator goes through every unit from the first whose window is not over to the last that has begun: also
    // through units that are over, if the window of one before them is not. Each is an addition.
    let runs = runs(&windows).into_iter().zip(&units.list);
    let (weight, most) = crowding(runs.map(|(run, unit)| (run.0, run.1, (unit.size * rise(unit)).get(), unit.count)));
    // The base is a sum of the jumps before, up to the order of the units whose windows begin together.
    let sum = partial_sums(units, &windows, rise) + UpperBound::new(2.0 * weight);
    let per_addition = sum * UpperBound::new(u * (most as f64 + 3.0)) + UpperBound::new(least);
    let rounding = UpperBound::new(crowd) + per_addition;
    if (sum + rounding).get() > largest {
        return UpperBound::INFINITE;
    }
    rounding + weights * UpperBound::new(units.activation.tail())
}

/// The same for jumps, whose units are exactly 0 or 1: nothing rounds but the base and the sum over the units in play,
/// each a number no larger than the largest base and those units' weights together.
pub fn of_jumps(jumps: &Jumps, output: Activation) -> UpperBound {
    if active(Fault::EvaluatorExact) {
        return UpperBound::ZERO;
    }
    let partial = jumps.sums.iter().fold(0.0, |most: f64, sum| most.max(sum.abs()));
    // Up to the order of the units whose windows begin together, the base is a sum of the jumps before.
    let sum = UpperBound::new(partial) + UpperBound::new(jumps.slack) + UpperBound::new(2.0 * jumps.crowd.weight);
    after_output(sum * UpperBound::new(U * (jumps.crowd.most as f64 + 3.0)), output, U)
}

/// An error of the sum, behind the output's activation, whose own rounding is added. An output that jumps is on one side
/// of its jump here; its proof takes both.
pub fn after_output(sum: UpperBound, output: Activation, u: f64) -> UpperBound {
    let own = match output {
        // Nothing follows the function: 4 ulp of a number below 1, and one rounding.
        Activation::Logistic => UpperBound::new(8.0 * u) + UpperBound::new(output.tail()),
        other => own_error(other, u),
    };
    moved(output, sum) + own
}

/// Where a unit is active: generously `from` and `to`, and `begin` as the evaluator has it or a little later.
struct Span {
    from: f64,
    begin: f64,
    to: f64,
}

impl Span {
    fn new(activation: Activation, w: f64, b: f64, u: f64) -> Span {
        let always = Span { from: f64::NEG_INFINITY, begin: f64::NEG_INFINITY, to: f64::INFINITY };
        let (from, to) = activation.saturation();
        if !from.is_finite() || w == 0.0 {
            return always;
        }
        let (p, q) = ((from - b) / w, (to - b) / w);
        // Twice what the evaluator itself allows for, and more.
        let relative = 1e-9 + 16.0 * u;
        let slack = relative * (p.abs() + q.abs() + (q - p).abs()) + 16.0 * u * (b.abs() + 40.0) / w.abs();
        let (first, last) = (p.min(q), p.max(q));
        // Where the window is beyond the numbers, the evaluator takes the unit for active everywhere.
        let told = (first - slack).is_finite() && (last + slack).is_finite();
        if told { Span { from: first - slack, begin: first, to: last + slack } } else { always }
    }
}

/// For each unit: from where to where the evaluator may go through it.
fn runs(windows: &[Span]) -> Vec<(f64, f64)> {
    let mut order: Vec<&Span> = windows.iter().collect();
    order.sort_by(|p, q| p.from.total_cmp(&q.from));
    let mut furthest = f64::NEG_INFINITY;
    let ends: Vec<f64> = order
        .iter()
        .map(|window| {
            furthest = furthest.max(window.to);
            furthest
        })
        .collect();
    let run = |window: &Span| {
        let before = order.partition_point(|other| other.from <= window.begin);
        (window.from, ends[before.max(1) - 1].max(window.to))
    };
    windows.iter().map(run).collect()
}

/// The largest sum of the sizes of units active together, and the largest number of them; of `(from, to, size, count)`.
fn crowding(spans: impl Iterator<Item = (f64, f64, f64, usize)>) -> (f64, usize) {
    let mut events: Vec<(f64, bool, f64, usize)> = Vec::new();
    for (from, to, size, count) in spans {
        // Where a place cannot be told, the unit counts everywhere.
        let (from, to) = if from <= to { (from, to) } else { (f64::NEG_INFINITY, f64::INFINITY) };
        events.push((from, false, size, count));
        events.push((to, true, size, count));
    }
    // Of events at one place the beginnings come first.
    events.sort_by(|p, q| p.0.total_cmp(&q.0).then(p.1.cmp(&q.1)));
    let (mut sum, mut worst, mut total) = (0.0f64, 0.0f64, 0.0f64);
    let (mut number, mut most) = (0usize, 0usize);
    for (_, ends, size, count) in &events {
        total += size;
        if *ends {
            sum -= size;
            number -= count;
        } else {
            sum += size;
            number += count;
        }
        worst = worst.max(sum);
        most = most.max(number);
    }
    // The sums of n floats are off by at most n u times the sum of sizes.
    ((worst + total * U * (events.len() as f64 + 2.0)).next_up(), most)
}

/// A bound of |c0 + the first k jumps|, for all k, in the order in which the windows begin.
fn partial_sums(units: &Units, windows: &[Span], rise: impl Fn(&Unit) -> UpperBound) -> UpperBound {
    let (low, high) = units.activation.limits();
    if !(low.is_finite() && high.is_finite()) {
        return units.list.iter().fold(units.c0.magnitude(), |sum, unit| sum + unit.size * rise(unit));
    }
    // Left and right of its step. A unit that is always active counts from zero.
    let sides = |k: usize| match units.list[k].weight() {
        _ if windows[k].from == f64::NEG_INFINITY => (Interval::ZERO, Interval::ZERO),
        w if w > 0.0 => (Interval::point(low), Interval::point(high)),
        _ => (Interval::point(high), Interval::point(low)),
    };
    let mut order: Vec<usize> = (0..windows.len()).collect();
    order.sort_by(|p, q| windows[*p].from.total_cmp(&windows[*q].from));
    let mut sum = order.iter().fold(units.c0, |sum, k| sum + units.list[*k].alpha * sides(*k).0);
    let mut worst = sum.magnitude();
    for k in order {
        let (left, right) = sides(k);
        sum = sum + units.list[k].alpha * (right - left);
        worst = worst.max(sum.magnitude());
    }
    worst
}
