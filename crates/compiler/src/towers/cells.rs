//! The boxes that towers stand on, and how high each tower is.

use bumpnet_ir::{Expr, Input, Precision};

use crate::edges::NEAR;
use crate::error::CompileError;

/// Most towers: their boxes and units fill some hundred megabytes in a proof. Heuristic.
pub const MOST_TOWERS: usize = 1 << 18;
/// Most evaluations of the target for all boxes: seconds. Heuristic; it is felt from six inputs on.
const MOST_SAMPLES: usize = 1 << 25;

/// Most towers for a number of inputs: the more of these, the more points are sampled on each box.
pub fn most_towers(inputs: usize) -> usize {
    (MOST_SAMPLES / lattice(inputs).1).clamp(1, MOST_TOWERS)
}

/// A box with a tower.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// From where to where on each axis.
    pub sides: Vec<(f64, f64)>,
    /// The tower's height.
    pub height: f64,
    /// Half of what the target was found to vary by on the box, in samples.
    pub spread: f64,
    /// The same along single lines parallel to each axis, the largest of them.
    pub along: Vec<f64>,
}

/// Points that are sampled on a box, about; at least the ends and the middle of each axis. Heuristic.
const SAMPLES: f64 = 81.0;

/// Points per axis for a number of inputs: odd, so that the middle is one of them.
fn per_axis(inputs: usize) -> usize {
    (1..=4)
        .map(|half| 2 * half + 1)
        .rev()
        .find(|m| (0..inputs).map(|_| *m as f64).product::<f64>() <= SAMPLES)
        .unwrap_or(3)
}

/// Points per axis of a box, and on all of it.
fn lattice(inputs: usize) -> (usize, usize) {
    let m = if inputs > 10 { 2 } else { per_axis(inputs) };
    (m, m.pow(inputs as u32))
}

/// The numbers across which a target jumps, for each axis, in order: edges of boxes are moved there, and a box that ends at
/// one ends before it.
#[derive(Clone, Debug)]
pub struct Cuts {
    /// For each axis.
    pub axes: Vec<Vec<f64>>,
    /// The upper ends of the domain.
    ends: Vec<f64>,
    precision: Precision,
}

impl Cuts {
    /// For a target that jumps across these numbers of each axis: the first of what runs behind each.
    pub fn new(inputs: &[Input], axes: Vec<Vec<f64>>, precision: Precision) -> Cuts {
        let first = |cuts: Vec<f64>| {
            let mut cuts: Vec<f64> = cuts.into_iter().map(|cut| precision.round_up(cut)).collect();
            cuts.dedup();
            cuts
        };
        let ends = inputs.iter().map(|input| input.hi).collect();
        Cuts { axes: axes.into_iter().map(first).collect(), ends, precision }
    }

    /// From where to where a side of a box is sampled: to the number before a cut; and a little inside of cuts, since plain
    /// evaluation may be on the jump's other side.
    fn inside(&self, axis: usize, (lo, hi): (f64, f64)) -> (f64, f64) {
        let is_cut = |edge: f64| self.axes[axis].contains(&edge);
        let beside = |x: f64, step: &dyn Fn(f64) -> f64| (0..NEAR).fold(x, |x, _| step(x));
        let (up, down) = (|x: f64| self.precision.next_up(x), |x: f64| self.precision.next_down(x));
        let last = if hi > self.ends[axis] || is_cut(hi) { down(hi).max(lo) } else { hi };
        let inner =
            (if is_cut(lo) { beside(lo, &up) } else { lo }, if is_cut(hi) { beside(last, &down) } else { last });
        if inner.0 <= inner.1 { inner } else { (lo, last) }
    }

    /// The cut that an edge stands for, if it is as near as rounding may have put it.
    fn near(&self, axis: usize, edge: f64) -> Option<f64> {
        let (low, high) = (0..NEAR).fold((edge, edge), |(low, high), _| (low.next_down(), high.next_up()));
        let (low, high) = (self.precision.round_up(low), self.precision.round_up(high));
        self.axes[axis].iter().copied().find(|cut| (low..=high).contains(cut))
    }

    /// The boxes between the cuts; `None` where there are more than `most`.
    pub fn boxes(&self, inputs: &[Input], most: usize) -> Option<Vec<Vec<(f64, f64)>>> {
        let mut boxes = vec![Vec::new()];
        for (input, cuts) in inputs.iter().zip(&self.axes) {
            let mut edges = vec![input.lo];
            edges.extend(cuts.iter().copied().filter(|cut| input.lo < *cut));
            // A jump at the upper end has that number alone behind it.
            let last = edges.last().is_some_and(|last| *last >= input.hi);
            edges.push(if last { self.precision.next_up(input.hi) } else { input.hi });
            if boxes.len() * edges.len() > 2 * most {
                return None;
            }
            let longer = |sides: &Vec<(f64, f64)>| {
                let sides = sides.clone();
                edges.windows(2).map(move |pair| [&sides[..], &[(pair[0], pair[1])]].concat()).collect::<Vec<_>>()
            };
            boxes = boxes.iter().flat_map(longer).collect();
        }
        (boxes.len() <= most).then_some(boxes)
    }
}

/// A number of a side: `k` of `m - 1` parts from its beginning.
fn part((lo, hi): (f64, f64), k: usize, m: usize) -> f64 {
    if k + 1 == m { hi } else { lo + (hi - lo) * (k as f64 / (m - 1) as f64) }
}

impl Leaf {
    /// Samples a box on a lattice; the height is the middle of the values.
    ///
    /// # Errors
    /// The target is not finite at a point.
    pub fn new(target: &Expr, sides: Vec<(f64, f64)>, cuts: &Cuts) -> Result<Leaf, CompileError> {
        let n = sides.len();
        let (m, count) = lattice(n);
        let sampled: Vec<(f64, f64)> = sides.iter().enumerate().map(|(axis, side)| cuts.inside(axis, *side)).collect();
        let mut points = Vec::with_capacity(count * n);
        for index in 0..count {
            let mut rest = index;
            for side in &sampled {
                points.push(part(*side, rest % m, m));
                rest /= m;
            }
        }
        let mut values = vec![0.0; count];
        target.eval_many(&points, &mut values);
        if let Some(bad) = values.iter().position(|value| !value.is_finite()) {
            return Err(CompileError::NotFiniteAt { at: points[bad * n..][..n].to_vec(), value: values[bad] });
        }
        let range = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)))
        };
        let (lo, hi) = range(&mut values.iter().copied());
        let mut along = Vec::with_capacity(n);
        let mut stride = 1;
        for _ in 0..n {
            let starts = (0..count).filter(|index| index / stride % m == 0);
            let line = |start: usize| {
                let (lo, hi) = range(&mut (0..m).map(|k| values[start + k * stride]));
                hi - lo
            };
            along.push(starts.map(line).fold(0.0, f64::max));
            stride *= m;
        }
        Ok(Leaf { sides, height: lo / 2.0 + hi / 2.0, spread: hi / 2.0 - lo / 2.0, along })
    }
}

/// `n` equal cells on each axis.
///
/// # Errors
/// The target is not finite somewhere, or there would be too many cells, or too narrow ones.
pub fn uniform(target: &Expr, inputs: &[Input], n: usize, cuts: &Cuts) -> Result<Vec<Leaf>, CompileError> {
    let most = most_towers(inputs.len());
    let count = inputs.iter().try_fold(1usize, |count, _| count.checked_mul(n)).filter(|count| *count <= most);
    let Some(count) = count else { return Err(CompileError::TooManyTowers { most }) };
    let edge = |axis: usize, k: usize| {
        let edge = part((inputs[axis].lo, inputs[axis].hi), k, n + 1);
        if 0 < k && k < n { cuts.near(axis, edge).unwrap_or(edge) } else { edge }
    };
    for axis in 0..inputs.len() {
        if let Some(k) = (0..n).find(|k| !(edge(axis, *k) < edge(axis, k + 1))) {
            return Err(CompileError::CellsCollapse { at: edge(axis, k), resolution: n });
        }
    }
    let cell = |mut index: usize| {
        let side = |axis: usize| {
            let k = index % n;
            index /= n;
            (edge(axis, k), edge(axis, k + 1))
        };
        Leaf::new(target, (0..inputs.len()).map(side).collect(), cuts)
    };
    (0..count).map(cell).collect()
}
