//! Polynomials on the cells of a [`Grid`], each in its cell's own coordinate, with a bound that holds as they are evaluated.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::Activation;
use bumpnet_prove::poly::{Cell, ORDER, Poly};

use crate::economise::{Middle, economised, horner_rounding};
use crate::grid::Grid;
use crate::model::Model;

/// The part of the magnitude above which a tolerance leaves room for the noise of intervals: a thousand ulps. Heuristic.
const ROOM: f64 = 1.0 / (1u64 << 42) as f64;

/// Rows, one after another, and a bound of their error.
pub struct Local {
    /// From the constant up, numbers of the grid's precision.
    pub rows: Vec<f64>,
    /// A bound of |polynomial - network| as it is evaluated.
    pub bound: UpperBound,
}

/// The polynomials of a degree on all cells; `None` where one is further off than the tolerance, or no model has a cell.
pub fn local(models: &[Model], output: Activation, grid: &Grid, degree: usize, tolerance: f64) -> Option<Local> {
    let mut local = Local { rows: Vec::with_capacity(grid.cells * (degree + 1)), bound: UpperBound::ZERO };
    let (mut model, mut quick) = (models.first()?, None);
    let mut rest = models.iter();
    for k in 0..grid.cells {
        let reach = reach(grid, k)?;
        while model.cell.b < reach.hi() || quick.is_none() {
            model = rest.next()?;
            let poly = model.poly.as_ref()?;
            let size = poly.coefficients().iter().map(|c| c.midpoint().0.abs()).fold(0.0, f64::max);
            quick = Some((tolerance >= ROOM * size).then(|| poly.interval()));
        }
        if !(model.cell.a <= reach.lo() && reach.hi() <= model.cell.b) {
            return None;
        }
        let (row, bound) = match (output, &quick) {
            (Activation::Identity, Some(Some(poly))) => fitted(poly, &model.cell, grid, k, degree)?,
            (Activation::Identity, _) => fitted(model.poly.as_ref()?, &model.cell, grid, k, degree)?,
            (output, _) => {
                let cell = Cell { a: reach.lo(), b: reach.hi() };
                let part = model.poly.as_ref()?.restrict(&model.cell, &cell).interval();
                fitted(&bumpnet_prove::through(output, &part)?, &cell, grid, k, degree)?
            }
        };
        if !(bound.get() <= tolerance) {
            return None;
        }
        local.rows.extend(row);
        local.bound = local.bound.max(bound);
    }
    Some(local)
}

/// The points that a cell is to hold for.
fn reach(grid: &Grid, k: usize) -> Option<Interval> {
    let (middle, half) = (k as f64, 0.5 + grid.off());
    let positions = Interval::new(middle, middle)? + Interval::symmetric(UpperBound::new(half));
    Some(Interval::point(grid.start) + positions / Interval::point(grid.scale))
}

/// The polynomial on a cell, and its bound.
fn fitted<T: Middle>(
    poly: &Poly<T>,
    cell: &Cell,
    grid: &Grid,
    k: usize,
    degree: usize,
) -> Option<(Vec<f64>, UpperBound)> {
    let half = 0.5 + grid.off();
    let point = T::point;
    let (scale, radius) = (point(grid.scale), point(cell.radius()));
    let shift = (point(grid.start) - point(cell.centre()) + point(k as f64) / scale) / radius;
    let c = substituted(poly.coefficients(), shift, point(half) / (scale * radius));
    let (coefficients, truncation) = economised(&c, half, degree, grid.precision)?;
    let (rounding, slope) = horner_rounding(&coefficients, UpperBound::new(half), grid.precision);
    let bound = truncation + rounding + slope * UpperBound::new(grid.off());
    bound.is_finite().then_some((coefficients, bound))
}

/// The coefficients of `p(shift + scale t)`.
fn substituted<T: Middle>(coefficients: &[T], shift: T, scale: T) -> [T; ORDER + 1] {
    let mut c = [T::point(0.0); ORDER + 1];
    c[..coefficients.len()].copy_from_slice(coefficients);
    let last = coefficients.len() - 1;
    for from in 0..last {
        for k in (from..last).rev() {
            c[k] = c[k] + shift * c[k + 1];
        }
    }
    let mut power = scale;
    for c in &mut c[1..=last] {
        *c = *c * power;
        power = power * scale;
    }
    c
}
