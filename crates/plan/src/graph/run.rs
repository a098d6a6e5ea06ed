//! A graph at many points: in blocks of columns, one for each value that is still needed.

use super::GraphPlan;
use super::step::Step;
use crate::boxes::BoxTable;

/// Points of a block. Heuristic: some dozens of columns fit a first-level cache.
const BLOCK: usize = 128;

/// The values of a block.
type Column = Vec<f64>;

impl GraphPlan {
    /// All points block by block; `quick` is whether several at a time.
    pub(super) fn eval_blocks(&self, points: &[f64], values: &mut [f64], quick: bool) {
        let inputs = self.inputs();
        assert_eq!(points.len(), values.len() * inputs, "one number per input and point");
        let mut columns = vec![vec![0.0; BLOCK.min(values.len())]; self.columns];
        for (points, values) in points.chunks(BLOCK * inputs).zip(values.chunks_mut(BLOCK)) {
            let inside = self.load(points, &mut columns, values.len());
            for step in &self.steps {
                self.step(step, &mut columns, values.len(), quick);
            }
            values.copy_from_slice(&columns[self.output][..values.len()]);
            if !inside {
                self.correct(points, values);
            }
        }
    }

    /// The same with a table over the box.
    pub(super) fn eval_table(&self, table: &BoxTable, points: &[f64], values: &mut [f64], quick: bool) {
        let inputs = self.inputs();
        assert_eq!(points.len(), values.len() * inputs, "one number per input and point");
        let done = match quick {
            true => table.eval_into(points, values, |from, values| {
                self.correct(&points[from * inputs..][..values.len() * inputs], values);
            }),
            false => 0,
        };
        for (point, value) in points.chunks_exact(inputs).zip(values).skip(done) {
            *value = table.value(point);
            self.correct(point, std::slice::from_mut(value));
        }
    }

    /// The inputs into their columns, moved to the domain; whether they all were there.
    fn load(&self, points: &[f64], columns: &mut [Column], count: usize) -> bool {
        let inputs = self.inputs();
        let mut inside = true;
        for (k, input) in self.network.inputs.iter().enumerate() {
            for (point, to) in points.chunks_exact(inputs).zip(&mut columns[k][..count]) {
                let x = point[k];
                inside &= input.lo <= x && x <= input.hi;
                // NaN goes to an end, too.
                *to = x.max(input.lo).min(input.hi);
            }
        }
        inside
    }

    /// The values of points that are not in the domain.
    #[cold]
    fn correct(&self, points: &[f64], values: &mut [f64]) {
        for (point, value) in points.chunks_exact(self.inputs()).zip(values) {
            let inside = |(x, input): (&f64, &bumpnet_ir::Input)| input.lo <= *x && *x <= input.hi;
            if !point.iter().zip(&self.network.inputs).all(inside) {
                *value = self.elsewhere(point, *value);
            }
        }
    }

    fn step(&self, step: &Step, columns: &mut [Column], count: usize, quick: bool) {
        match step {
            Step::Affine { bias, terms, to } => {
                columns[*to][..count].fill(*bias);
                for terms in terms.chunks(2) {
                    match *terms {
                        [(a, u), (b, v)] => two_terms(columns, (a, u), (b, v), *to, count),
                        [(a, u)] => one_term(columns, (a, u), *to, count),
                        _ => {}
                    }
                }
            }
            Step::Curve { plan, source, to } => {
                let (from, into) = two(columns, *source, *to);
                let plan = &self.plans[*plan];
                match quick {
                    true => plan.eval_into(&from[..count], &mut into[..count]),
                    false => plan.eval_each(&from[..count], &mut into[..count]),
                }
            }
        }
    }
}

/// Adds `u * column a` to a column.
fn one_term(columns: &mut [Column], (a, u): (usize, f64), to: usize, count: usize) {
    let (from, sum) = two(columns, a, to);
    sum[..count].iter_mut().zip(&from[..count]).for_each(|(sum, x)| *sum += u * x);
}

/// Adds `u * column a`, and then `v * column b`, in one pass.
fn two_terms(columns: &mut [Column], (a, u): (usize, f64), (b, v): (usize, f64), to: usize, count: usize) {
    let mut sum = std::mem::take(&mut columns[to]);
    let (first, second) = (&columns[a][..count], &columns[b][..count]);
    for ((sum, x), y) in sum[..count].iter_mut().zip(first).zip(second) {
        *sum = (*sum + u * x) + v * y;
    }
    columns[to] = sum;
}

/// One column to read, and another one to write.
fn two(columns: &mut [Column], read: usize, write: usize) -> (&Column, &mut Column) {
    let (low, high) = columns.split_at_mut(read.max(write));
    if read < write { (&low[read], &mut high[0]) } else { (&high[0], &mut low[write]) }
}
