//! Polynomials on the cells of a [`CellGrid`], each in its cell's own coordinate, with a bound that holds as they are evaluated.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::Activation;
use bumpnet_prove::poly::{Cell, ORDER, Poly};

use crate::economise::{Middle, economised, horner_rounding};
use crate::grid::CellGrid;
use crate::model::Model;
use crate::quick::{Quick, QuickRow};

/// Rows, one after another, and a bound of their error.
pub struct Local {
    /// From the constant up, numbers of the grid's precision.
    pub rows: Vec<f64>,
    /// A bound of |polynomial - network| as it is evaluated.
    pub bound: UpperBound,
}

/// The polynomials of a degree on all cells; `None` where one is further off than the tolerance, or no model has a cell.
pub fn local(models: &[Model], output: Activation, grid: &CellGrid, degree: usize, tolerance: f64) -> Option<Local> {
    let mut local = Local { rows: Vec::with_capacity(grid.cells * (degree + 1)), bound: UpperBound::ZERO };
    let mut models = models.iter();
    let mut model = models.next()?;
    let largest = grid.start.abs().max((grid.start + grid.cells as f64 / grid.scale).abs());
    let quick = |model: &Model| Quick::new(model, largest, tolerance).filter(|_| output == Activation::Identity);
    let mut quickly = quick(model);
    for k in 0..grid.cells {
        let reach = reach(grid, k)?;
        while model.cell.b < reach.hi() {
            model = models.next()?;
            quickly = quick(model);
        }
        if !(model.cell.a <= reach.lo()) {
            return None;
        }
        let (row, truncation) = match &quickly {
            Some(quick) => {
                let (middle, unit) = (grid.start + k as f64 / grid.scale, 1.0 / grid.scale);
                quick.part((middle, unit), 0.5 + grid.off(), degree, grid.precision)
            }
            None => fitted(model, output, grid, k, degree)?,
        };
        let row = &row[..=degree];
        let (rounding, slope) = horner_rounding(row, UpperBound::new(0.5 + grid.off()), grid.precision);
        let bound = truncation + rounding + slope * UpperBound::new(grid.off());
        if !(bound.get() <= tolerance) {
            return None;
        }
        local.rows.extend(row);
        local.bound = local.bound.max(bound);
    }
    Some(local)
}

/// The points that a cell is to hold for.
fn reach(grid: &CellGrid, k: usize) -> Option<Interval> {
    let (middle, half) = (k as f64, 0.5 + grid.off());
    let positions = Interval::new(middle, middle)? + Interval::symmetric(UpperBound::new(half));
    Some(Interval::point(grid.start) + positions / Interval::point(grid.scale))
}

/// The polynomial on a cell in balls, and how far it is from the network at most.
fn fitted(
    model: &Model,
    output: Activation,
    grid: &CellGrid,
    k: usize,
    degree: usize,
) -> Option<(QuickRow, UpperBound)> {
    let poly = model.poly.as_ref()?;
    if output == Activation::Identity {
        return fitted_to(poly, &model.cell, grid, k, degree);
    }
    let reach = reach(grid, k)?;
    let cell = Cell { a: reach.lo(), b: reach.hi() };
    let part = poly.restrict(&model.cell, &cell).interval();
    fitted_to(&bumpnet_prove::through(output, &part)?, &cell, grid, k, degree)
}

fn fitted_to<T: Middle>(
    poly: &Poly<T>,
    cell: &Cell,
    grid: &CellGrid,
    k: usize,
    degree: usize,
) -> Option<(QuickRow, UpperBound)> {
    let half = 0.5 + grid.off();
    let point = T::point;
    let (scale, radius) = (point(grid.scale), point(cell.radius()));
    let shift = (point(grid.start) - point(cell.centre()) + point(k as f64) / scale) / radius;
    let c = substituted(poly.coefficients(), shift, point(half) / (scale * radius));
    let (coefficients, truncation) = economised(&c, half, degree, grid.precision)?;
    let mut row = [0.0; ORDER + 1];
    row[..=degree].copy_from_slice(&coefficients);
    Some((row, truncation))
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
