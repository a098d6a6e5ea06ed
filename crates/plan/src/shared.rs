//! Steep steps far apart: one unit in reach of each point, all others saturated, and one table of the activation for all.
//!
//! Polynomial pieces would need hundreds for every step. Here a step is a row of four numbers, and what all steps have in
//! common, `s` itself, is a table of some hundred pieces that stays in the nearest cache: `base + height s(z)` with
//! `z = (x - position) w + argument`. The difference from the position is exact or nearly so, which `w x + b` with its
//! cancellation would not be.

use bumpnet_interval::{Interval, UpperBound, Wide};
use bumpnet_ir::{Activation, Input, Network, Outside, Parts, Precision};
use bumpnet_prove::Running;
use bumpnet_prove::units::{Unit, Units};

use crate::index::Index;
use crate::lower::lower;
use crate::model::{Layer, near_limit};
use crate::table::{Shared, Table};
use crate::wanted::TableWanted;

/// Unit roundoff of binary64.
const U: f64 = f64::EPSILON / 2.0;
/// A bound of `|z s'(z)|`: logistic 0.224, tanh 0.448, erf 0.242, arctan 1/(2 pi), gompertz 0.31 (z e^-z exp(-e^-z) near 1.35).
/// No slope is larger than 1.
const STRETCH: f64 = 0.45;
/// How far a step may be from its place among equally spaced ones, as a part of a piece; heuristic.
const EVEN: f64 = 1e-3;
/// Bytes of polynomial pieces that are no dearer than a row and a table; heuristic.
const SMALL: usize = 1 << 15;
/// Equal cells of the activation's table as a multiple of unequal ones: as many as it takes, since all steps share them.
const EQUAL: usize = 64;
/// Most pieces without a step, beside those with one: a domain much wider than its steps gets polynomial pieces.
const EMPTY: f64 = 16.0;

/// A piece of the domain: the points for which the index says so, and the unit whose step is there.
struct Cell {
    points: Interval,
    unit: Option<usize>,
}

/// The table and a bound of its error; `None` where steps overlap, where their weights differ, or where polynomial
/// pieces are cheap.
pub fn shared(units: &Units, (lo, hi): (f64, f64), tolerance: f64) -> Option<(Table, UpperBound)> {
    let weight = units.list.first()?.weight();
    if !units.activation.is_smooth() || !(weight > 0.0) || units.list.iter().any(|unit| unit.weight() != weight) {
        return None;
    }
    let at: Vec<f64> = units.list.iter().map(Unit::position).collect();
    let (index, cells) = even(&at, lo, hi).or_else(|| uneven(&at, lo, hi))?;
    let neglected = neglected(units, &cells)?;
    if !(neglected.get() <= tolerance / 4.0) {
        return None;
    }
    let tallest = units.list.iter().map(|unit| unit.size).fold(UpperBound::ZERO, UpperBound::max);
    let (activation, off) = activation(units.activation, tolerance / tallest.get())?;
    if activation.pieces() * cells.len() * 8 * 8 <= SMALL {
        return None;
    }
    let (low, high) = units.activation.saturation();
    let (rows, sums) = rows(units, &cells, weight)?;
    // Of z: the difference, the product and the sum are off by u each, which is 3u |z| and as much of the argument at the
    // position, which is rounded itself.
    let argument = (UpperBound::new(STRETCH) + sums.argument) * UpperBound::new(4.0 * U);
    let rounded = (sums.magnitude + tallest) * UpperBound::new(3.0 * U);
    let bound = neglected + tallest * (off + argument) + sums.slack + rounded;
    let table = Table::of_units(index, rows, Shared { weight, lo: low, hi: high, table: activation });
    bound.is_finite().then_some((table, bound))
}

/// The domain in equal pieces around equally spaced steps, those at its ends perhaps without a step.
fn even(at: &[f64], lo: f64, hi: f64) -> Option<(Index, Vec<Cell>)> {
    let (first, last) = (*at.first()?, *at.last()?);
    let spacing = if at.len() > 1 { (last - first) / (at.len() - 1) as f64 } else { hi - lo };
    let even = |(k, at): (usize, &f64)| (at - (first + spacing * k as f64)).abs() <= EVEN * spacing;
    let (before, after) = (((first - lo) / spacing + 0.5).floor(), ((hi - last) / spacing + 0.5).floor());
    // Steps outside the domain are left out.
    let pieces = before + after + at.len() as f64;
    if !(spacing > 0.0 && at.iter().enumerate().all(even) && before.max(after) <= EMPTY && pieces >= 1.0) {
        return None;
    }
    let (origin, scale) = (first - spacing * (before + 0.5), 1.0 / spacing);
    // A position is off by 2u of itself. So are the numbers that belong to a whole one.
    let off = Interval::new(1.0 - 4.0 * U, 1.0 + 4.0 * U)?;
    let points = |k: usize| {
        let whole = Interval::new(k as f64, (k + 1) as f64)?;
        Some(Interval::point(origin) + whole * off / Interval::point(scale))
    };
    let unit = |k: usize| usize::try_from(k as i64 - before as i64).ok().filter(|k| *k < at.len());
    let cell = |k: usize| Some(Cell { points: points(k)?, unit: unit(k) });
    let cells = (0..pieces as usize).map(cell).collect::<Option<_>>()?;
    Some((Index { lo: origin, scale, first: Vec::new(), edges: Vec::new() }, cells))
}

/// The domain in pieces, one for each step in it, ending halfway to the next.
fn uneven(at: &[f64], lo: f64, hi: f64) -> Option<(Index, Vec<Cell>)> {
    let inside: Vec<usize> = (0..at.len()).filter(|k| (lo..=hi).contains(&at[*k])).collect();
    let half = |pair: &[usize]| at[pair[0]] + (at[pair[1]] - at[pair[0]]) / 2.0;
    let edges: Vec<f64> = inside.windows(2).map(half).collect();
    let rising = edges.is_sorted_by(|p, q| p < q) && edges.iter().all(|edge| lo < *edge && *edge < hi);
    if inside.is_empty() || !rising {
        return None;
    }
    let edge = |k: usize, end: f64| edges.get(k).copied().unwrap_or(end);
    let begin = |k: usize| if k == 0 { lo } else { edge(k - 1, lo) };
    let cell =
        |(k, unit): (usize, &usize)| Some(Cell { points: Interval::new(begin(k), edge(k, hi))?, unit: Some(*unit) });
    let cells = inside.iter().enumerate().map(cell).collect::<Option<_>>()?;
    Some((Index::of_edges(lo, hi, edges), cells))
}

/// A bound of what is left out where all units but the cell's own are taken for their limits.
///
/// The two beside it are looked at one by one; the next bounds the distance of all others.
fn neglected(units: &Units, cells: &[Cell]) -> Option<UpperBound> {
    let total = units.size();
    let mut most = UpperBound::ZERO;
    for (k, cell) in cells.iter().enumerate() {
        let distance = |k: usize| -> Option<UpperBound> {
            let unit = &units.list[k];
            let z = Interval::point(unit.weight()) * cell.points + Interval::point(unit.bias());
            Some(near_limit(units.activation, z)?.1)
        };
        let (left, right) = match cell.unit {
            Some(unit) => (unit, unit + 1),
            // No step here: those beside, left or right of all.
            None => match cells[k..].iter().find_map(|cell| cell.unit) {
                Some(next) => (next, next),
                None => (units.list.len(), units.list.len()),
            },
        };
        let mut sum = UpperBound::ZERO;
        for (beside, beyond) in [(left.checked_sub(1), left.checked_sub(2)), (Some(right), Some(right + 1))] {
            if let Some(k) = beside.filter(|k| *k < units.list.len()) {
                sum = sum + units.list[k].size * distance(k)?;
            }
            if let Some(k) = beyond.filter(|k| *k < units.list.len()) {
                sum = sum + total * distance(k)?;
            }
        }
        most = most.max(sum);
    }
    Some(most)
}

/// The activation between its saturation points as a table, and a bound of how far from it `s` is for any argument.
fn activation(activation: Activation, tolerance: f64) -> Option<(Table, UpperBound)> {
    let (lo, hi) = activation.saturation();
    let name = || "s".to_owned();
    let network = Network::new(Parts {
        name: name(),
        target: name(),
        inputs: vec![Input { name: name(), lo, hi }],
        layers: Network::one_hidden_layer(activation, (vec![1.0], vec![0.0]), vec![1.0], 0.0, Activation::Identity),
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network");
    if !(lo.is_finite() && hi.is_finite()) {
        return None;
    }
    let unit = Units::new(&network)?;
    let layer = Layer::new(&unit, lo, hi)?;
    let tolerance = tolerance.clamp(U, 1e-3);
    let wanted = TableWanted {
        output: Activation::Identity,
        tolerance,
        cells: false,
        smooth: true,
        margin: layer.margin,
        largest: lo.abs().max(hi.abs()),
        equal: EQUAL,
        plans: 1,
        degree: None,
        precision: Precision::F64,
    };
    let lowered = lower(&layer.models(lo, hi, tolerance / 8.0), (lo, hi), wanted);
    let beyond = |z: f64| near_limit(activation, Interval::point(z)).map(|(_, distance)| distance);
    let even = lowered.table.index.first.is_empty() && lowered.direct == 0;
    even.then_some((lowered.table, lowered.bound + layer.moved + beyond(lo)? + beyond(hi)?))
}

/// What is known of the sums in the rows.
struct Sums {
    magnitude: UpperBound,
    /// The largest argument at a position.
    argument: UpperBound,
    slack: UpperBound,
}

/// The rows: position, argument there, the sum of the other units' limits, and the height.
fn rows(units: &Units, cells: &[Cell], weight: f64) -> Option<(Vec<[f64; 4]>, Sums)> {
    let (low, high) = units.activation.limits();
    let mut sum = Running::new(units.c0.midpoint());
    let mut merged = units.c0.width();
    for unit in &units.list {
        merged = merged + unit.alpha.width();
        sum.add(low * unit.alpha.midpoint());
    }
    let (mut passed, mut slack) = (0, UpperBound::ZERO);
    let (mut magnitude, mut largest) = (UpperBound::ZERO, UpperBound::ZERO);
    let mut rows = Vec::with_capacity(cells.len());
    for (k, cell) in cells.iter().enumerate() {
        let next = cells[k..].iter().find_map(|cell| cell.unit).unwrap_or(units.list.len());
        for unit in &units.list[passed..next] {
            // Limits are -1, 0 and 1.
            sum.add((high - low) * unit.alpha.midpoint());
        }
        passed = next;
        let row = match cell.unit {
            None => [0.0, 0.0, sum.rounded(), 0.0],
            Some(k) => {
                let unit = &units.list[k];
                let (position, height) = (unit.position(), unit.alpha.midpoint());
                let mut base = sum;
                base.add(-low * height);
                let rounded = base.rounded();
                slack = slack.max(UpperBound::new(base.slack()));
                let argument = Wide::point(weight) * Wide::point(position) + Wide::point(unit.bias());
                [position, argument.midpoint().0, rounded, height]
            }
        };
        magnitude = magnitude.max(UpperBound::new(row[2].abs()));
        largest = largest.max(UpperBound::new(row[1].abs()));
        rows.push(row);
    }
    let slack = merged + slack.max(UpperBound::new(sum.slack()));
    rows.iter()
        .flatten()
        .all(|number| number.is_finite())
        .then_some((rows, Sums { magnitude, argument: largest, slack }))
}
