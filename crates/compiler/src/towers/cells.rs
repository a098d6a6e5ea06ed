//! The boxes that towers stand on, and how high each tower is.

use bumpnet_ir::{Expr, Input};

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

/// A number of a side: `k` of `m - 1` parts from its beginning.
fn part((lo, hi): (f64, f64), k: usize, m: usize) -> f64 {
    if k + 1 == m { hi } else { lo + (hi - lo) * (k as f64 / (m - 1) as f64) }
}

impl Leaf {
    /// Samples a box on a lattice; the height is the middle of the values.
    ///
    /// # Errors
    /// The target is not finite at a point.
    pub fn new(target: &Expr, sides: Vec<(f64, f64)>) -> Result<Leaf, CompileError> {
        let n = sides.len();
        let (m, count) = lattice(n);
        let mut points = Vec::with_capacity(count * n);
        for index in 0..count {
            let mut rest = index;
            for side in &sides {
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
pub fn uniform(target: &Expr, inputs: &[Input], n: usize) -> Result<Vec<Leaf>, CompileError> {
    let most = most_towers(inputs.len());
    let count = inputs.iter().try_fold(1usize, |count, _| count.checked_mul(n)).filter(|count| *count <= most);
    let Some(count) = count else { return Err(CompileError::TooManyTowers { most }) };
    let edge = |input: &Input, k: usize| part((input.lo, input.hi), k, n + 1);
    for input in inputs {
        if let Some(k) = (0..n).find(|k| !(edge(input, *k) < edge(input, k + 1))) {
            return Err(CompileError::CellsCollapse { at: edge(input, k), resolution: n });
        }
    }
    let cell = |mut index: usize| {
        let side = |input: &Input| {
            let k = index % n;
            index /= n;
            (edge(input, k), edge(input, k + 1))
        };
        Leaf::new(target, inputs.iter().map(side).collect())
    };
    (0..count).map(cell).collect()
}
