//! The error of a network that is constant on boxes at the numbers of its precision alone, which is all that ever runs.
//!
//! As [`crate::machine`] says of one input: where a step of the network is on a jump of the target, the two differ at no
//! number, and between numbers by the jump. A box has the numbers from the first to the last of each axis at which its units
//! are what they are on it; where these are divided, it is between two neighbours, of which nothing lies in either part.

use bumpnet_interval::{Interval, Wide};

use super::gridded::Gridded;
use super::refine::{mean_value, middle, monotone, range, slopes};

/// Above the largest error seen, where it is enough.
const PROMISE: f64 = 1.01;
/// A part of the largest value that is rounding.
const NOISE: f64 = 4.0 * f64::EPSILON;
/// Divisions, at most, besides eight for each box. Heuristic: seconds.
const DIVISIONS: usize = 1 << 18;
/// Divisions, at most, of the numbers of one box. Heuristic: among them a jump that is not on a step is not resolved.
const OF_ONE: usize = 1 << 10;

/// From which to which number, on each axis.
type Sides = Vec<(f64, f64)>;

/// A bound of the exact error at every number in the domain, no closer than `enough` or 1 % above an error that there is.
pub fn bound(of: &Gridded<'_>, enough: f64) -> f64 {
    let mut sides = vec![(0.0, 0.0); of.grid().axes.len()];
    let mut enough = seen(of, &mut sides).max(enough);
    let (mut worst, mut left) = (0.0f64, DIVISIONS + 8 * of.boxes());
    for (index, value) in of.values().iter().enumerate() {
        if !of.grid().numbers(index, &mut sides) {
            continue;
        }
        let mut stack = vec![sides.clone()];
        let mut own = left.min(OF_ONE);
        left -= own;
        while let Some(part) = stack.pop() {
            let (error, slopes) = error(of, *value, &part, enough);
            enough = enough.max(PROMISE * error.mignitude());
            let bound = error.magnitude().get();
            let parts = match bound <= enough || own == 0 || worst >= bound {
                true => Vec::new(),
                false => divide(&part, slopes, part == sides),
            };
            if parts.is_empty() {
                // Where nothing is known, a NaN bounds nothing.
                worst = if bound.is_nan() { f64::INFINITY } else { worst.max(bound) };
            }
            own = own.saturating_sub(usize::from(!parts.is_empty()));
            stack.extend(parts);
        }
        left += own;
    }
    worst
}

/// A little above the largest error at a number in the middle of each box, or above rounding.
fn seen(of: &Gridded<'_>, sides: &mut [(f64, f64)]) -> f64 {
    let (mut seen, mut scale) = (0.0f64, 0.0f64);
    for (index, value) in of.values().iter().enumerate() {
        scale = scale.max(value.magnitude().get());
        if of.grid().numbers(index, sides) {
            let centre = |side: &(f64, f64)| Interval::point(of.network().precision.round(middle(*side)));
            let centre: Vec<Interval> = sides.iter().map(centre).collect();
            seen = seen.max((*value - of.target().eval(&centre)).mignitude());
        }
    }
    (PROMISE * seen).max(NOISE * scale)
}

/// The error's range on some numbers, and the target's slopes where they were looked at and it is continuous.
fn error(of: &Gridded<'_>, value: Interval, part: &Sides, enough: f64) -> (Interval, Option<Vec<Interval>>) {
    let plain = value - range(of.target(), part);
    if plain.magnitude().get() <= enough {
        return (plain, None);
    }
    let close = value - closely(of, part);
    let plain = plain.intersection(&close).unwrap_or(close);
    if plain.magnitude().get() <= enough {
        return (plain, None);
    }
    let slopes = slopes(of.target(), part);
    let near = slopes.as_ref().map(|slopes| value - mean_value(of.target(), part, slopes));
    (near.filter(|near| near.is_bounded()).and_then(|near| plain.intersection(&near)).unwrap_or(plain), slopes)
}

/// The target's range in more digits than binary64 has: a jump may be next to the last number.
fn closely(of: &Gridded<'_>, part: &Sides) -> Interval {
    let wide = |(from, to): &(f64, f64)| match from == to {
        true => Wide::point(*from),
        false => Wide::from(Interval::new(*from, *to).unwrap_or(Interval::ENTIRE)),
    };
    of.target().eval(&part.iter().map(wide).collect::<Vec<Wide>>()).interval()
}

/// The number in the middle of those between two of one sign, or zero: a jump next to zero is found among few.
fn middle_by_bits(from: f64, to: f64) -> f64 {
    match (from >= 0.0, to <= 0.0) {
        (true, _) => f64::from_bits(from.abs().to_bits().midpoint(to.to_bits())),
        (_, true) => -f64::from_bits(from.abs().to_bits().midpoint(to.abs().to_bits())),
        _ => 0.0,
    }
}

/// Parts that hold all numbers of one; none where it is a single number.
fn divide(part: &Sides, slopes: Option<Vec<Interval>>, whole: bool) -> Vec<Sides> {
    let with = |axis: usize, side: (f64, f64)| {
        let mut sides = part.clone();
        sides[axis] = side;
        sides
    };
    let open: Vec<usize> = (0..part.len()).filter(|k| part[*k].0 < part[*k].1).collect();
    match slopes {
        // The numbers next to the steps by themselves.
        None if whole => open.iter().fold(vec![part.clone()], |parts, axis| {
            let (from, to) = part[*axis];
            let ends = [(from, from), (to, to), (from.next_up(), to.next_down())];
            let each = |sides: &Sides| {
                let sides = sides.clone();
                ends.into_iter().filter(|(from, to)| from <= to).map(move |end| {
                    let mut sides = sides.clone();
                    sides[*axis] = end;
                    sides
                })
            };
            parts.iter().flat_map(each).collect()
        }),
        // Its extremes lie on the two ends.
        Some(slopes) if open.iter().any(|k| monotone(slopes[*k])) => {
            let axis = open.iter().copied().find(|k| monotone(slopes[*k])).unwrap_or(0);
            let (from, to) = part[axis];
            vec![with(axis, (from, from)), with(axis, (to, to))]
        }
        slopes => {
            let width = |k: &usize| {
                let (from, to) = part[*k];
                (to - from) * slopes.as_ref().map_or(1.0, |slopes| slopes[*k].magnitude().get())
            };
            let axis = open.into_iter().reduce(|a, b| if width(&b) > width(&a) { b } else { a });
            axis.map_or(Vec::new(), |axis| {
                let (from, to) = part[axis];
                let middle = match slopes {
                    Some(_) => middle((from, to)),
                    None => middle_by_bits(from, to),
                };
                let middle = middle.max(from).min(to.next_down());
                vec![with(axis, (from, middle)), with(axis, (middle.next_up(), to))]
            })
        }
    }
}
