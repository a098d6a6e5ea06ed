//! Jumps of targets of several inputs: across an axis, where an edge of boxes can be, or elsewhere.

use std::collections::BTreeMap;

use bumpnet_interval::{Interval, Quality, Wide};
use bumpnet_ir::{Expr, Input};
use bumpnet_prove::lattice;

use super::SMALLEST;
use crate::edges::NEAR;
use crate::error::BoxJump;
use crate::turning::middle_by_bits;

/// Lines parallel to each axis that are looked at, spread over the domain. Heuristic.
const LINES: usize = 12;
/// Times that lines are looked at, the later ones beside the cuts found before: so many of them, on so many lines. Heuristic.
const PASSES: usize = 3;
const BETWEEN: usize = 8;
const EACH: usize = 3;
/// Intervals of a line that are looked at. Heuristic: a thousand jumps.
const INTERVALS: usize = 1 << 15;
/// Points at which the target's size is looked up. Heuristic.
const POINTS: usize = 256;
/// How far beside a line another is, in parts of the domain, that tells a jump across an axis from others. Heuristic.
const BESIDE: f64 = 1.0 / 1024.0;
/// A smaller part of the domain is halved by the bits of numbers.
const SMALL: f64 = f64::EPSILON;

/// The jumps that were found.
pub struct BoxJumps {
    /// For each axis the numbers across which the target jumps, in order: the first numbers behind it.
    pub cuts: Vec<Vec<f64>>,
    /// The largest of all.
    pub largest: Option<BoxJump>,
    /// The largest that is across no axis.
    pub oblique: Option<BoxJump>,
}

/// Looks for jumps on lines parallel to the axes. What is returned is proved; that there are no others is not.
pub fn find(target: &Expr, inputs: &[Input]) -> BoxJumps {
    let n = inputs.len();
    let least = SMALLEST * magnitude(target, inputs);
    let mut jumps = BoxJumps { cuts: vec![Vec::new(); n], largest: None, oblique: None };
    let mut points: Vec<Vec<f64>> = lattice(inputs, LINES).chunks(n).map(<[f64]>::to_vec).collect();
    for _ in 0..PASSES {
        let mut new = Vec::new();
        for axis in 0..n {
            for jump in along(target, inputs, &points, axis, least) {
                if jump.across && !jumps.cuts[axis].contains(&jump.at[axis]) {
                    jumps.cuts[axis].push(jump.at[axis]);
                    new.push((axis, jump.at[axis]));
                }
                if !jump.across {
                    jumps.oblique = larger(jumps.oblique.take(), jump.clone());
                }
                jumps.largest = larger(jumps.largest.take(), jump);
            }
        }
        // A part between cuts may be narrow, and have jumps of its own: lines on both sides of each new one.
        new.truncate(BETWEEN);
        points = new.into_iter().flat_map(|(axis, cut)| beside(inputs, axis, cut)).collect();
    }
    jumps.cuts.iter_mut().for_each(|cuts| cuts.sort_by(f64::total_cmp));
    jumps
}

/// Points on both sides of a cut.
fn beside(inputs: &[Input], axis: usize, cut: f64) -> Vec<Vec<f64>> {
    let points = lattice(inputs, EACH);
    // A little off, where targets such as `floor` are continuous.
    let Input { lo, hi, .. } = inputs[axis];
    let off = |step: fn(f64) -> f64| (0..2 * NEAR).fold(cut, |x, _| step(x)).clamp(lo, hi);
    let sides = [off(f64::next_up), off(f64::next_down)];
    let on = |x: f64| {
        points.chunks(inputs.len()).map(move |point| {
            let mut point = point.to_vec();
            point[axis] = x;
            point
        })
    };
    sides.into_iter().flat_map(on).collect()
}

/// The jumps on the lines through some points, at each number the largest.
fn along(target: &Expr, inputs: &[Input], points: &[Vec<f64>], axis: usize, least: f64) -> Vec<BoxJump> {
    // By the bits of the numbers; their order does not matter.
    let mut found: BTreeMap<u64, (usize, BoxJump)> = BTreeMap::new();
    for point in points {
        for at in gaps(target, &inputs[axis], point, axis) {
            let mut place = point.clone();
            place[axis] = at;
            let size = change(target, &place, axis);
            if size > least {
                let jump = BoxJump { at: place, axis, size, across: true };
                let (lines, largest) = found.entry(at.to_bits()).or_insert((0, jump.clone()));
                *lines += 1;
                if jump.size > largest.size {
                    *largest = jump;
                }
            }
        }
    }
    let judged = |(lines, jump): (usize, BoxJump)| {
        let across = lines > 1 || is_across(target, inputs, &jump, least);
        BoxJump { across, ..jump }
    };
    found.into_values().map(judged).collect()
}

fn larger(best: Option<BoxJump>, next: BoxJump) -> Option<BoxJump> {
    Some(best.filter(|best| best.size >= next.size).unwrap_or(next))
}

/// The target's largest magnitude at some points.
fn magnitude(target: &Expr, inputs: &[Input]) -> f64 {
    let points = lattice(inputs, POINTS);
    let mut values = vec![0.0; POINTS];
    target.eval_many(&points, &mut values);
    values.into_iter().map(f64::abs).filter(|v| v.is_finite()).fold(0.0, f64::max)
}

/// The numbers on a line behind each pair of neighbours between which the target is not proved to be continuous.
fn gaps(target: &Expr, input: &Input, point: &[f64], axis: usize) -> Vec<f64> {
    let mut place: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
    let (mut gaps, mut stack, mut left) = (Vec::new(), vec![(input.lo, input.hi)], INTERVALS);
    while let Some((a, b)) = stack.pop() {
        place[axis] = Interval::new(a, b).unwrap_or(Interval::ENTIRE);
        if left == 0 || target.eval(&place).quality() == Quality::Continuous {
            continue;
        }
        left -= 1;
        if a.next_up() >= b {
            gaps.push(b + 0.0); // no -0
            continue;
        }
        let middle = match b - a <= SMALL * (input.hi - input.lo) {
            true => middle_by_bits(a, b),
            false => place[axis].midpoint(),
        };
        stack.extend([(middle, b), (a, middle)]);
    }
    gaps
}

/// By how much the target is proved to change along an axis to a point from its neighbour.
fn change(target: &Expr, at: &[f64], axis: usize) -> f64 {
    let value = |x: f64| {
        let wide = |(k, at): (usize, &f64)| Wide::point(if k == axis { x } else { *at });
        target.eval(&at.iter().enumerate().map(wide).collect::<Vec<Wide>>()).interval()
    };
    let size = (value(at[axis]) - value(at[axis].next_down())).mignitude();
    if size.is_nan() { 0.0 } else { size }
}

/// Whether the target jumps at the same number of an axis beside a point too.
fn is_across(target: &Expr, inputs: &[Input], jump: &BoxJump, least: f64) -> bool {
    let others = (0..inputs.len()).filter(|k| *k != jump.axis);
    others.flat_map(|k| [(k, BESIDE), (k, -BESIDE)]).any(|(k, part)| {
        let mut at = jump.at.clone();
        let Input { lo, hi, .. } = inputs[k];
        at[k] = (at[k] + part * (hi - lo)).clamp(lo, hi);
        at[k] != jump.at[k] && change(target, &at, jump.axis) > least
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> BoxJumps {
        let inputs = ["x", "y"].map(|name| Input { name: name.into(), lo: -1.0, hi: 1.5 });
        let target = bumpnet_parser::parse_expression(text, vec!["x".into(), "y".into()]).unwrap();
        find(&target, &inputs)
    }

    #[test]
    fn jumps_across_an_axis_are_told_from_others() {
        let next = f64::from_bits(1);
        for (text, x, y) in [
            ("if(x<0, 0, 1)", vec![0.0], vec![]),
            ("sign(x)*y", vec![0.0, next], vec![]),
            ("floor(x)+floor(2*y)", vec![0.0, 1.0], vec![-0.5, 0.0, 0.5, 1.0, 1.5]),
            ("step(y-0.7)*x", vec![], vec![0.7f64.next_up()]),
            ("if(x<0.5, if(y<1, 1, 2), 3)", vec![0.5], vec![1.0]),
            ("if(x<0.5, 0, if(y<1.25, 0, 1))", vec![0.5], vec![1.25]),
        ] {
            let jumps = found(text);
            assert_eq!(jumps.cuts, [x, y], "{text}");
            assert!(jumps.oblique.is_none() && jumps.largest.is_some(), "{text}");
        }
        for text in ["if(x^2+y^2<1, 1, 0)", "if(x<y, x, y+1)", "step(x+y-0.3)", "floor(x*y)"] {
            let jumps = found(text);
            assert!(jumps.cuts.iter().all(Vec::is_empty), "{text}");
            assert!(jumps.oblique.is_some_and(|jump| jump.size > 0.5), "{text}");
        }
        for text in ["if(x<y, x, y)", "max(x, y)", "sqrt(abs(x*y))", "atan(1e6*x*y)", "1e-3", "x*floor(x/10)*0"] {
            assert!(found(text).largest.is_none(), "{text}");
        }
    }
}
