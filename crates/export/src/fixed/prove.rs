//! Bounds of fixed-point tables, straight against the target.
//!
//! - 16 bits: all inputs, one by one. `y` is exact, the target is enclosed at the point of the input (for `bound`), and over
//!   all reals that round to the input (for `bound_real`).
//! - 32 bits, knots: cell by cell. The value is within half a unit of the line between its knots at the input's point, and
//!   the line moves by at most its slope times half an input between that point and any real that rounds to it; line minus
//!   target is a Taylor polynomial on the cell, half an input wider on both sides, whose range is bounded.
//! - 32 bits, jumps: at an input the table has exactly the plan's piece, so the certificate's bound, the plan's, and the
//!   values' rounding add up. Between inputs nothing is stated: a jump may be on the other side.

use bumpnet_interval::{Interval, Jet, Quality, UpperBound};
use bumpnet_ir::{Certificate, Expr};
use bumpnet_plan::Plan;
use bumpnet_prove::poly::{Cell, ORDER, Poly};

use super::table::{Fixed, Table, Width, power_of_two};
use crate::{ExportError, Options};

/// Parts into which a cell is divided where the target has no Taylor polynomial on it, such as at a kink. Heuristic.
const PARTS: usize = 256;

/// Finds the bounds.
pub fn prove(
    fixed: &mut Fixed,
    certificate: &Certificate,
    plan: &Plan,
    options: &Options<'_>,
) -> Result<(), ExportError> {
    match (&fixed.table, fixed.width) {
        (_, Width::Int16) => {
            fixed.bound = exhaustive(fixed, plan, options.target, false)?.get();
            fixed.bound_real = exhaustive(fixed, plan, options.target, true).ok().map(UpperBound::get);
        }
        (Table::Steps { values, .. }, Width::Int32) => {
            let rounding = rounding(values, plan, fixed.output_bits);
            fixed.bound = (UpperBound::new(certificate.upper) + plan.bound() + rounding).get();
            fixed.rests = true;
        }
        (Table::Knots { shift, raised }, Width::Int32) => {
            let bound = lines(fixed, (*shift, raised), plan, options.target)?;
            (fixed.bound, fixed.bound_real) = (bound.get(), Some(bound.get()));
        }
    }
    Ok(())
}

fn unknown(from: f64, to: f64) -> ExportError {
    ExportError::new(
        format!("nothing is known of the target in [{from:?}, {to:?}], so no bound can be proved"),
        "write the target so that interval arithmetic bounds it there, or export it as c in binary64",
    )
}

/// The reals that round to inputs from `from` to `to`, within the domain; those at the ends take what is beyond them.
fn rounded_to(fixed: &Fixed, plan: &Plan, from: i64, to: i64) -> (f64, f64) {
    let (layout, unit) = (plan.layout(), power_of_two(-fixed.input_bits));
    // Exact: integers of 32 bits and halves, times a power of two.
    let (a, b) = ((from as f64 - 0.5) * unit, (to as f64 + 0.5) * unit);
    let a = if from == fixed.inputs.0 { layout.lo } else { a.clamp(layout.lo, layout.hi) };
    let b = if to == fixed.inputs.1 { layout.hi } else { b.clamp(layout.lo, layout.hi) };
    (a.min(b), b)
}

/// The largest error over all inputs. `reals`: over all reals that round to them.
fn exhaustive(fixed: &Fixed, plan: &Plan, target: &Expr, reals: bool) -> Result<UpperBound, ExportError> {
    let unit = power_of_two(-fixed.output_bits);
    let mut worst = UpperBound::ZERO;
    for q in fixed.inputs.0..=fixed.inputs.1 {
        let point = q as f64 * power_of_two(-fixed.input_bits);
        let (a, b) = if reals { rounded_to(fixed, plan, q, q) } else { (point, point) };
        let layout = plan.layout();
        if !reals && !(layout.lo..=layout.hi).contains(&point) {
            continue; // rounded out of the domain by less than half an input
        }
        let range = target.eval(&[Interval::new(a, b).ok_or_else(|| unknown(a, b))?]);
        if !(range.quality() >= Quality::Defined && range.is_bounded()) {
            return Err(unknown(a, b));
        }
        worst = worst.max((Interval::point(fixed.value(q) as f64 * unit) - range).magnitude());
    }
    Ok(worst)
}

/// How far the values of a table of jumps are from the plan's.
fn rounding(values: &[i64], plan: &Plan, output_bits: i32) -> UpperBound {
    let layout = plan.layout();
    let off = |(value, exact): (&i64, &f64)| {
        (Interval::point(*value as f64 * power_of_two(-output_bits)) - Interval::point(*exact)).magnitude()
    };
    values.iter().zip(layout.rows).map(off).fold(UpperBound::ZERO, UpperBound::max)
}

/// Lines between knots against the target.
fn lines(fixed: &Fixed, (shift, raised): (u32, &[i64]), plan: &Plan, target: &Expr) -> Result<UpperBound, ExportError> {
    let unit = Interval::point(power_of_two(-fixed.output_bits));
    let lowered = |k: usize| Interval::point((raised[k] - fixed.width.largest() - 1) as f64);
    let half = Interval::point(0.5);
    let mut worst = UpperBound::ZERO;
    for k in 0..raised.len() - 1 {
        let from = fixed.inputs.0 + ((k as i64) << shift);
        let to = (from + (1 << shift) - 1).min(fixed.inputs.1);
        if from > to {
            continue;
        }
        let (a, b) = rounded_to(fixed, plan, from, to);
        // The line, as a function of x: value + slope (x 2^f - from).
        let slope = (lowered(k + 1) - lowered(k)) / Interval::point(power_of_two(shift as i32)) * unit;
        let per_x = slope * Interval::point(power_of_two(fixed.input_bits));
        let line = |x: Interval| {
            lowered(k) * unit + per_x * (x - Interval::point(from as f64 * power_of_two(-fixed.input_bits)))
        };
        let off = match off_on(target, Cell { a, b }, &line, per_x) {
            Some(off) => off,
            None => parts(a, b).try_fold(UpperBound::ZERO, |most, (a, b)| {
                let off = off_on(target, Cell { a, b }, &line, per_x).or_else(|| off_roughly(target, (a, b), &line));
                off.map(|off| most.max(off)).ok_or_else(|| unknown(a, b))
            })?,
        };
        // Half a unit of rounding to an output, and half an input.
        worst = worst.max(off + (half * unit).magnitude() + (half * slope).magnitude());
    }
    Ok(worst)
}

fn parts(a: f64, b: f64) -> impl Iterator<Item = (f64, f64)> {
    let edge = move |k: usize| if k == PARTS { b } else { (a + (b - a) * (k as f64 / PARTS as f64)).clamp(a, b) };
    (0..PARTS).map(move |k| (edge(k), edge(k + 1)))
}

/// The largest |line - target| on a cell, by the target's Taylor polynomial; `None` where it has none.
fn off_on(target: &Expr, cell: Cell, line: &impl Fn(Interval) -> Interval, per_x: Interval) -> Option<UpperBound> {
    if cell.is_sliver() {
        return off_roughly(target, (cell.a, cell.b), line);
    }
    let mut error = Poly::of_expression(target, &cell)?;
    let radius = Interval::point(cell.radius());
    let centre = Interval::point(cell.centre());
    let x = Poly::from_jets(
        &Jet::line(centre, radius, ORDER - 1),
        &Jet::line(cell.interval(), radius, ORDER),
        Interval::ONE,
    )?;
    error.add_constant(-(line(centre) - per_x * centre));
    error.add_scaled(-per_x, &x);
    Some(error.range().magnitude()).filter(|off| off.is_finite())
}

fn off_roughly(target: &Expr, (a, b): (f64, f64), line: &impl Fn(Interval) -> Interval) -> Option<UpperBound> {
    let x = Interval::new(a, b)?;
    let range = target.eval(&[x]);
    let known = range.quality() >= Quality::Defined && range.is_bounded();
    known.then(|| (line(x) - range).magnitude())
}
