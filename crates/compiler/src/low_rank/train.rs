//! Tensor trains: a target on a grid as products of matrices whose entries are functions of one input each (Oseledets 2011),
//! by singular value decompositions of its unfoldings. For two inputs that is the singular value decomposition itself.

use bumpnet_ir::{Expr, Input};

use super::svd::{Svd, svd};
use crate::box_fit::product;
use crate::chebyshev;
use crate::error::CompileError;
use crate::purse::Purse;

/// One input's part: `left x right` functions, by their values at the input's nodes.
pub struct Core {
    pub left: usize,
    pub right: usize,
    /// The values of entry `(a, b)` at `a * right + b`.
    pub values: Vec<Vec<f64>>,
}

/// A target on a grid of Chebyshev points.
pub struct Train {
    pub nodes: Vec<Vec<f64>>,
    pub cores: Vec<Core>,
    /// For each core, the largest magnitude of what stands to the left of each row, and to the right of each column.
    pub left: Vec<Vec<f64>>,
    pub right: Vec<Vec<f64>>,
    /// The least and the largest value of what stands to the right of each column.
    pub range: Vec<Vec<(f64, f64)>>,
}

/// Nodes per axis. Heuristic: some ten thousand in all.
fn nodes_per_axis(inputs: usize) -> usize {
    match inputs {
        1 | 2 => 80,
        3 => 30,
        4 => 14,
        5 => 8,
        _ => 6,
    }
}

/// What a singular value decomposition takes, about, in parts of the rows times the square of the columns: some sweeps.
const SWEEPS: f64 = 20.0;

/// Most memory of a grid and its train.
const MOST_BYTES: f64 = 1e9;

/// What a grid and its train take, about: for each point its coordinates, its value, and three copies on the way through a
/// decomposition.
fn bytes(inputs: usize) -> f64 {
    let points = (0..inputs).fold(1.0, |points, _| points * nodes_per_axis(inputs) as f64);
    8.0 * points * (inputs as f64 + 4.0)
}

fn too_large(inputs: usize) -> CompileError {
    let most = (1..inputs).rev().find(|fewer| bytes(*fewer) <= MOST_BYTES).unwrap_or(1);
    CompileError::Parameters {
        message: format!(
            "`method: low-rank` samples {q} points on each axis: for {inputs} inputs that takes {:.1e} bytes, and {MOST_BYTES:.0e} \
             at most are used",
            bytes(inputs),
            q = nodes_per_axis(inputs),
        ),
        help: format!(
            "use `method: composed` or `method: ridge`, or write constants for inputs in `let`: {most} of them fit"
        ),
    }
}

/// The values of a target on a grid of Chebyshev points, the last input running fastest.
pub struct Grid {
    pub nodes: Vec<Vec<f64>>,
    pub values: Vec<f64>,
}

impl Grid {
    /// # Errors
    /// The target has no finite value somewhere, or the grid does not fit into memory.
    pub fn new(target: &Expr, inputs: &[Input]) -> Result<Grid, CompileError> {
        let q = nodes_per_axis(inputs.len());
        if bytes(inputs.len()) > MOST_BYTES {
            return Err(too_large(inputs.len()));
        }
        let nodes: Vec<Vec<f64>> = inputs.iter().map(|i| chebyshev::points(i.lo, i.hi, q - 1)).collect();
        let mut points = Vec::new();
        product(&nodes, |x| points.extend_from_slice(x));
        let mut values = vec![0.0; points.len() / inputs.len()];
        target.eval_many(&points, &mut values);
        match values.iter().position(|value| !value.is_finite()) {
            Some(k) => {
                let at = points[k * inputs.len()..][..inputs.len()].to_vec();
                Err(CompileError::NotFiniteAt { at, value: values[k] })
            }
            None => Ok(Grid { nodes, values }),
        }
    }

    /// The largest magnitude.
    pub fn magnitude(&self) -> f64 {
        self.values.iter().fold(0.0, |m, v| m.max(v.abs()))
    }

    /// A train within `eps` of the values on the grid; `None` where that takes more than the budget.
    pub fn train(&self, eps: f64, purse: &Purse) -> Option<Train> {
        let mut cut = eps * (self.values.len() as f64).sqrt();
        loop {
            let cores = self.cores(cut, purse)?;
            let off = contract(&cores).iter().zip(&self.values).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
            // Near the rounding of the values themselves no cut helps.
            if off <= eps || cut < 1e-15 * self.magnitude() {
                return Some(self.finish(cores));
            }
            cut /= 2.0;
        }
    }

    /// From the left: each unfolding's singular vectors become a core, and what is left goes on to the right.
    fn cores(&self, cut: f64, purse: &Purse) -> Option<Vec<Core>> {
        let n = self.nodes.len();
        let (mut cores, mut rest, mut rank) = (Vec::new(), self.values.clone(), 1);
        for axis in 0..n - 1 {
            let q = self.nodes[axis].len();
            let width = rest.len() / (rank * q);
            let columns: Vec<Vec<f64>> =
                (0..width).map(|j| (0..rank * q).map(|i| rest[i * width + j]).collect()).collect();
            let (most, least) = (width.max(rank * q) as f64, width.min(rank * q) as f64);
            purse.pay((SWEEPS * most * least * least) as u64);
            if purse.is_empty() {
                return None;
            }
            let Svd { u, s, v } = svd(&columns);
            let mut tail = 0.0;
            let mut right = s.len();
            while right > 1 && tail + s[right - 1] * s[right - 1] <= cut * cut {
                tail += s[right - 1] * s[right - 1];
                right -= 1;
            }
            let entry = |k: usize| (0..q).map(|i| u[k % right][(k / right) * q + i]).collect();
            cores.push(Core { left: rank, right, values: (0..rank * right).map(entry).collect() });
            rest = (0..right).flat_map(|k| v[k].iter().map(|x| s[k] * x).collect::<Vec<_>>()).collect();
            rank = right;
        }
        let q = self.nodes[n - 1].len();
        let values = (0..rank).map(|k| rest[k * q..][..q].to_vec()).collect();
        cores.push(Core { left: rank, right: 1, values });
        Some(cores)
    }

    /// The sizes of what stands on either side of each core.
    fn finish(&self, cores: Vec<Core>) -> Train {
        let (mut left, mut right, mut range) = (Vec::new(), Vec::new(), Vec::new());
        for k in 0..cores.len() {
            let before = contract_open(&cores[..k]);
            left.push(if k == 0 { vec![1.0] } else { before.iter().map(|v| magnitude(v)).collect() });
            let after: Vec<Vec<f64>> = match k + 1 < cores.len() {
                true => (0..cores[k].right).map(|b| contract_from(&cores[k + 1..], b)).collect(),
                false => vec![vec![1.0]],
            };
            right.push(after.iter().map(|v| magnitude(v)).collect());
            let ends =
                |v: &Vec<f64>| v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
            range.push(after.iter().map(ends).collect());
        }
        Train { nodes: self.nodes.clone(), cores, left, right, range }
    }
}

fn magnitude(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, v| m.max(v.abs()))
}

/// The product of all cores on the grid.
fn contract(cores: &[Core]) -> Vec<f64> {
    contract_from(cores, 0)
}

/// Row `a` of the product of some last cores, on the grid of their inputs.
fn contract_from(cores: &[Core], a: usize) -> Vec<f64> {
    let mut sums: Vec<Vec<f64>> = vec![vec![1.0]];
    for core in cores.iter().skip(1).rev() {
        sums = (0..core.left).map(|a| one_more(core, a, &sums)).collect();
    }
    cores.first().map_or(vec![1.0], |core| one_more(core, a, &sums))
}

/// `sum_b core[a, b](x) sums[b]`, the core's own input running slowest.
fn one_more(core: &Core, a: usize, sums: &[Vec<f64>]) -> Vec<f64> {
    let q = core.values.first().map_or(0, Vec::len);
    let mut result = Vec::with_capacity(q * sums[0].len());
    for i in 0..q {
        let entry = |j: usize| (0..core.right).map(|b| core.values[a * core.right + b][i] * sums[b][j]).sum::<f64>();
        result.extend((0..sums[0].len()).map(entry));
    }
    result
}

/// The columns of the product of some first cores, on the grid of their inputs.
fn contract_open(cores: &[Core]) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = vec![vec![1.0]];
    for core in cores {
        let q = core.values.first().map_or(0, Vec::len);
        let column = |b: usize| {
            let mut result = Vec::with_capacity(q * sums[0].len());
            let entry = |j: usize, i: usize| {
                (0..core.left).map(|a| sums[a][j] * core.values[a * core.right + b][i]).sum::<f64>()
            };
            (0..sums[0].len()).for_each(|j| result.extend((0..q).map(|i| entry(j, i))));
            result
        };
        sums = (0..core.right).map(column).collect();
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refused before it is made.
    #[test]
    fn grids_fit_into_memory() {
        let inputs =
            |n: usize| -> Vec<Input> { (0..n).map(|k| Input { name: format!("x{k}"), lo: 0.0, hi: 1.0 }).collect() };
        let target = |n: usize| {
            bumpnet_parser::parse_expression("x0+x1", inputs(n).into_iter().map(|i| i.name).collect()).unwrap()
        };
        assert!(Grid::new(&target(8), &inputs(8)).is_ok());
        for n in [9, 10, 16] {
            let Err(CompileError::Parameters { help, .. }) = Grid::new(&target(n), &inputs(n)) else {
                panic!("{n} inputs")
            };
            assert!(help.contains("8 of them fit"), "{help}");
        }
    }

    #[test]
    fn trains_reproduce_the_grid() {
        for (text, names, ranks) in [("x*y+x", vec!["x", "y"], vec![1]), ("x*y*z+z", vec!["x", "y", "z"], vec![2, 2])] {
            let names: Vec<String> = names.into_iter().map(Into::into).collect();
            let inputs: Vec<Input> = names.iter().map(|n| Input { name: n.clone(), lo: -1.0, hi: 1.5 }).collect();
            let target = bumpnet_parser::parse_expression(text, names).unwrap();
            let grid = Grid::new(&target, &inputs).unwrap();
            let train = grid.train(1e-12, &Purse::new(1_000_000_000)).unwrap();
            let off = contract(&train.cores).iter().zip(&grid.values).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
            assert!(off <= 1e-12, "{text}: {off}");
            let found: Vec<usize> = train.cores[..train.cores.len() - 1].iter().map(|core| core.right).collect();
            assert!(found.iter().zip(&ranks).all(|(a, b)| a <= b), "{text}: {found:?}");
        }
    }
}
