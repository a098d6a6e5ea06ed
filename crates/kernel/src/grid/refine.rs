//! The distance of a constant from the target over a box: intervals, slopes, and division where those are not enough.

use bumpnet_interval::{Interval, Jet, Quality};
use bumpnet_ir::Expr;

use crate::fault::{Fault, active};

fn interval((lo, hi): (f64, f64)) -> Interval {
    Interval::new(lo, hi).unwrap_or(Interval::NOWHERE)
}

/// The target's range over a box, straight by intervals.
pub fn range(target: &Expr, sides: &[(f64, f64)]) -> Interval {
    let sides: Vec<Interval> = sides.iter().copied().map(interval).collect();
    target.eval(&sides)
}

/// A finite number within a side.
pub fn middle((lo, hi): (f64, f64)) -> f64 {
    (0.5 * lo + 0.5 * hi).clamp(lo, hi)
}

/// Whether a function of such slopes is monotone.
pub fn monotone(slope: Interval) -> bool {
    slope.lo() >= 0.0 || slope.hi() <= 0.0 || active(Fault::MonotoneUnchecked)
}

/// The target's slopes along each axis over a box, with its centre; `None` where it may not be continuous.
pub fn slopes(target: &Expr, sides: &[(f64, f64)]) -> Option<Vec<Interval>> {
    let over: Vec<Interval> = sides.iter().copied().map(interval).collect();
    let mut slopes = Vec::with_capacity(sides.len());
    for axis in 0..sides.len() {
        let jet = |k: usize| if k == axis { Jet::variable(over[k], 1) } else { Jet::constant(over[k]) };
        let point: Vec<Jet<Interval>> = (0..sides.len()).map(jet).collect();
        let jet = target.eval(&point);
        let slope = jet.coefficient(1);
        let known = jet.value().quality() == Quality::Continuous && slope.is_bounded() && !slope.lo().is_nan();
        slopes.push(known.then_some(slope)?);
    }
    Some(slopes)
}

/// The target's range over a box by the mean value theorem: its value at the centre and the slopes.
pub fn mean_value(target: &Expr, sides: &[(f64, f64)], slopes: &[Interval]) -> Interval {
    let centre: Vec<Interval> = sides.iter().map(|side| Interval::point(middle(*side))).collect();
    let value = target.eval(&centre);
    if active(Fault::CurvatureForgotten) {
        return value;
    }
    sides
        .iter()
        .zip(&centre)
        .zip(slopes)
        .fold(value, |sum, ((side, centre), slope)| sum + *slope * (interval(*side) - *centre))
}

/// The mean over a box of the square of `v - f`, from below and above, from the slopes. With m the box's centre, c the number
/// next to it, `f = f(c) + (g + d).(x - c)`, where `g` is the slopes' middle and `|d_i| <= r_i`: the root of the mean square of
/// `v - f(c) - g.(x - m)` is that of `(v - f(c))^2 + sum g_i^2 h_i^2/3` (`h_i` half the sides), and the rest is at most
/// `sum r_i (h_i + |c_i - m_i|) + |g_i| |c_i - m_i|`, and what is not known of v.
///
/// In units of `unit^2`, a power of two.
pub fn mean_square(value: Interval, target: &Expr, sides: &[(f64, f64)], slopes: &[Interval], unit: f64) -> (f64, f64) {
    let centre: Vec<Interval> = sides.iter().map(|side| Interval::point(middle(*side))).collect();
    let known = Interval::point(value.midpoint());
    let scaled = |x: Interval| x / Interval::point(unit);
    let mut square = scaled(known - target.eval(&centre)).square();
    let mut rest = scaled(value - known).magnitude();
    let half = Interval::point(0.5);
    for ((side, centre), slope) in sides.iter().zip(&centre).zip(slopes) {
        let (left, right) = (*centre - Interval::point(side.0), Interval::point(side.1) - *centre);
        let (length, shift) = ((left + right) * half, ((right - left) * half).magnitude());
        let g = Interval::point(slope.midpoint());
        square = square + scaled(g * length).square() / Interval::point(3.0);
        let off = (*slope - g).magnitude() * (length.magnitude() + shift) + g.magnitude() * shift;
        rest = rest + scaled(Interval::point(off.get())).magnitude();
    }
    let low = (square.lo().max(0.0).sqrt() * (1.0 - 1e-15) - rest.get()).max(0.0) * (1.0 - 1e-15);
    let high = square.hi().sqrt() * (1.0 + 1e-15) + rest.get();
    (low * low * (1.0 - 1e-15), high * high * (1.0 + 1e-14) + f64::MIN_POSITIVE)
}
