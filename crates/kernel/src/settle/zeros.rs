//! Where a divisor is zero: numbers at which it is proved to be, found by halving and by rounding to few digits.

use bumpnet_interval::{Comparison, Interval, Jet, Real};
use bumpnet_ir::{Expr, NodeId};

use super::guards::Guard;
use crate::graph::cut;

/// Cells that are looked at. Heuristic.
const MOST_CELLS: usize = 400;
/// Zeros of one divisor. Heuristic.
const MOST_ZEROS: usize = 16;
/// Newton's steps, enough for a double zero to 1e-9 of the domain.
const STEPS: usize = 60;

/// The numbers in a range at which a function of one variable is exactly zero, as far as they are found; in increasing
/// order.
pub fn of(function: &Expr, range: Interval) -> Vec<f64> {
    let may_vanish = |cell: &Interval| !(function.eval::<Interval>(&[*cell]).mignitude() > 0.0);
    let mut cells = vec![range];
    while cells.len() < MOST_CELLS / 4 {
        let parts = cells.iter().flat_map(|cell| <[Interval; 2]>::from(cell.split())).filter(&may_vanish);
        let parts: Vec<_> = parts.collect();
        let narrow = cells.iter().all(|cell| cell.width().get() < range.width().get() / 1024.0);
        if parts.is_empty() || narrow {
            break;
        }
        cells = parts;
    }
    let mut zeros: Vec<f64> =
        cells.iter().take(MOST_CELLS).filter_map(|cell| zero_near(function, cell, range)).collect();
    zeros.sort_by(f64::total_cmp);
    zeros.dedup();
    zeros.truncate(MOST_ZEROS);
    zeros
}

/// An exact zero near the middle of a cell.
fn zero_near(function: &Expr, cell: &Interval, range: Interval) -> Option<f64> {
    let mut t = cell.midpoint();
    for _ in 0..STEPS {
        let jet = function.eval(&[Jet::variable(t, 1)]);
        let step = jet.value() / jet.coefficient(1);
        if !step.is_finite() || step == 0.0 {
            break;
        }
        t = (t - step).clamp(range.lo(), range.hi());
    }
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
    candidates.chain([t]).find(is_zero)
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
