//! Where a divisor is zero: numbers at which it is proved to be, found by halving, and by rounding to few digits or to what is
//! known exactly.

use bumpnet_interval::{Comparison, Constant, Interval, Jet, Real, Scalar};
use bumpnet_ir::{Expr, NodeId};

use super::exact::{Atom, Exact, MINUS_ONE, Ratio};
use super::guards::Guard;
use super::rebuild::is_constant;
use super::series::ExactSeries;
use crate::graph::cut;

/// Cells that are looked at. Heuristic.
const MOST_CELLS: usize = 400;
/// Halvings of the range. Heuristic.
const HALVINGS: usize = 11;
/// Zeros of one divisor. Heuristic.
const MOST_ZEROS: usize = 16;
/// Highest order of a common zero, and one more. Heuristic.
const MOST_ORDER: usize = 5;
/// Constants of a function that are tried. Heuristic.
const MOST_CONSTANTS: usize = 16;
/// Largest lower part of a simple fraction. Heuristic.
const MOST_PARTS: i128 = 10_000;
/// How near Newton's steps come, as a part of the range. Heuristic.
const NEAR: f64 = 1e-7;
/// Newton's steps, enough for a double zero to 1e-9 of the domain.
const STEPS: usize = 60;

/// A zero of a function.
#[derive(Clone, Debug)]
pub struct Zero {
    /// Bounds of it.
    pub at: Interval,
    /// What it is exactly, where there is a form for it.
    exact: Option<Exact>,
}

impl Zero {
    /// How often the bottom of a quotient vanishes there, if the top does so at least as often.
    pub fn common(&self, top: &Expr, bottom: &Expr) -> Option<usize> {
        let exactly = || {
            let [above, below] = [top, bottom].map(|part| ExactSeries::of(part, self.exact.as_ref()?));
            let order = below?.order()?;
            above?.vanishes(order).then_some(order)
        };
        exactly().or_else(|| {
            let jets = [top, bottom].map(|part| part.eval(&[Jet::variable(self.at, MOST_ORDER)]));
            let order = (0..=MOST_ORDER).find(|k| jets[1].coefficient(*k) != Interval::ZERO)?;
            (0..order).all(|k| jets[0].coefficient(k) == Interval::ZERO).then_some(order)
        })
    }
}

/// The numbers in a range at which a function of one variable is exactly zero, as far as they are found; in increasing
/// order. Among them those that stand in another one, that of the quotient's top.
pub fn of(function: &Expr, other: &Expr, range: Interval) -> Vec<Zero> {
    let may_vanish = |cell: &Interval| !(function.eval::<Interval>(&[*cell]).mignitude() > 0.0);
    let mut cells = vec![range];
    for _ in 0..HALVINGS {
        let parts = cells.iter().flat_map(|cell| <[Interval; 2]>::from(cell.split())).filter(&may_vanish);
        let parts: Vec<_> = parts.collect();
        if parts.is_empty() || cells.len() >= MOST_CELLS / 4 {
            break;
        }
        cells = parts;
    }
    let mut zeros: Vec<Zero> = Vec::new();
    for cell in cells.iter().take(MOST_CELLS) {
        let near = newton(function, cell.midpoint(), range);
        // A zero that is known is that of the next cell too.
        let known = zeros.iter().any(|zero| (zero.at.midpoint() - near).abs() <= NEAR * range.width().get());
        if zeros.len() < MOST_ZEROS && !known {
            zeros.extend(short_zero(function, cell, range, near).or_else(|| exact_zero(function, other, range, near)));
        }
    }
    zeros.sort_by(|a, b| a.at.lo().total_cmp(&b.at.lo()));
    zeros.dedup_by(|a, b| a.at.intersection(&b.at).is_some());
    zeros
}

/// Where Newton's steps from a number lead.
fn newton(function: &Expr, from: f64, range: Interval) -> f64 {
    let mut t = from;
    for _ in 0..STEPS {
        let jet = function.eval(&[Jet::variable(t, 1)]);
        let step = jet.value() / jet.coefficient(1);
        if !step.is_finite() || step == 0.0 {
            break;
        }
        t = (t - step).clamp(range.lo(), range.hi());
    }
    t
}

/// A zero of few digits near the middle of a cell.
fn short_zero(function: &Expr, cell: &Interval, range: Interval, t: f64) -> Option<Zero> {
    // From few digits to many.
    let width = range.width().get();
    let candidates = (0..50).map(|k| {
        let step = power_of_two(width) / (1u64 << k) as f64;
        (t / step).round() * step
    });
    let is_zero = |t: &f64| {
        let near = (t - cell.midpoint()).abs() <= 2.0 * cell.width().get();
        near && range.contains(*t) && function.eval::<Interval>(&[Interval::point(*t)]) == Interval::ZERO
    };
    let at = candidates.chain([t]).find(is_zero)?;
    Some(Zero { at: Interval::point(at), exact: Ratio::point(at).map(Exact::ratio) })
}

/// A zero that is a constant of the two functions, a simple fraction, or one of pi.
fn exact_zero(function: &Expr, other: &Expr, range: Interval, near: f64) -> Option<Zero> {
    let is_near = |at: &Interval| (at.midpoint() - near).abs() <= NEAR * range.width().get();
    let found = |at: Interval, exact: Exact| {
        let vanishes = at.is_bounded() && is_near(&at) && ExactSeries::value_at(function, &exact)?.is_zero();
        vanishes.then_some(Zero { at, exact: Some(exact) })
    };
    let of_constants = [function, other].into_iter().find_map(|expr| {
        let all: Vec<Interval> = expr.eval_nodes(&[range]);
        let constants = expr.ids().filter(|id| is_constant(expr, *id)).take(MOST_CONSTANTS);
        constants.map(|id| (id, all[id.index()])).find_map(|(id, value)| {
            let exact = || ExactSeries::value(expr, id);
            let positive = is_near(&value).then(exact).flatten().and_then(|exact| found(value, exact));
            positive.or_else(|| {
                let exact = is_near(&-value).then(exact).flatten()?;
                found(-value, Exact::whole(0).plus(MINUS_ONE, &exact)?)
            })
        })
    });
    let fraction = |x: f64, unit: Interval, number: Exact| {
        let ratio = simple_fraction(x)?;
        let value = Interval::point(ratio.top as f64) / Interval::point(ratio.bottom as f64);
        found(value * unit, number.times(&Exact::ratio(ratio))?)
    };
    let pi = <Interval as Scalar>::constant(Constant::Pi);
    of_constants
        .or_else(|| fraction(near, Interval::ONE, Exact::whole(1)))
        .or_else(|| fraction(near / pi.midpoint(), pi, Exact::atom(Atom::Pi)))
}

/// A fraction of few digits next to a number.
fn simple_fraction(x: f64) -> Option<Ratio> {
    let (mut before, mut now) = ((0i128, 1i128), (1i128, 0i128));
    let mut rest = x;
    for _ in 0..12 {
        let whole = rest.floor();
        if !(whole.abs() < 1e9) {
            return None;
        }
        let whole = whole as i128;
        (before, now) = (now, (whole * now.0 + before.0, whole * now.1 + before.1));
        if now.1 > MOST_PARTS || (now.0 as f64 / now.1 as f64 - x).abs() <= 1e-9 * (1.0 + x.abs()) {
            break;
        }
        rest = 1.0 / (rest - rest.floor());
    }
    Ratio::new(now.0, now.1).filter(|ratio| ratio.bottom <= MOST_PARTS && ratio.top.abs() < 1i128 << 53)
}

/// A power of two about as large.
fn power_of_two(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & (0x7ff << 52))
}

/// Whether a guard says that nobody asks for what it guards where a sub-expression has a value.
pub fn is_left_out(expr: &Expr, guards: &[Guard], base: NodeId, at: f64) -> bool {
    guards.iter().any(|guard| {
        let side = |id: NodeId| cut(expr, id, base).map(|f| f.eval::<Interval>(&[Interval::point(at)]));
        let sides = side(guard.left).zip(side(guard.right));
        sides.is_some_and(|(left, right)| {
            <Interval as Real>::decide(guard.op, &left, &right) == Some(false)
                || guard.op == Comparison::NotEqual && left.is_point() && left == right
        })
    })
}
