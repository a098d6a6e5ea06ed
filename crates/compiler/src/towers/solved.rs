//! Round towers whose heights are solved for.
//!
//! A tower is one unit of the second layer, `s(B - A |t - c|^2)` for inputs t normalised to [-1, 1], where
//! `|t - c|^2 = sum_i t_i^2 - 2 c_i t_i + c_i^2`. Two units of the first layer for each input give both: with b where the fourth
//! derivative of s is zero, `s(b + h t) + s(b - h t)` is a square of t up to a constant and a factor, nearly, and
//! `s(b + h t) - s(b - h t)` is a multiple of t, nearly. Nearly is enough, because the heights are found by least squares for
//! the towers as they are. So `2 n` units and as many as there are towers, whose centres form a lattice.

use bumpnet_ir::{Activation, Expr, Input, Precision};
use bumpnet_prove::watch::stopped;

use crate::box_fit::{BoxFit, Solution, product};
use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::gates::{Builder, Linear, Square};
use crate::smooth::logistic_units;

/// Most towers: a solve takes about 9 n^3 operations, and a search many solves. Heuristic.
pub const MOST: usize = 1024;
/// The step of the squares: the larger, the smaller are weights and the less round are towers. Heuristic.
const STEP: f64 = 0.5;
/// A, how far out the outermost centres are, and B, in units of the logistic function. Heuristic ladders.
const STEEPNESS: [f64; 15] = [0.15, 0.2, 0.27, 0.37, 0.5, 0.7, 1.0, 1.35, 1.85, 2.5, 3.4, 4.7, 6.4, 8.8, 12.0];
const REACH: [f64; 9] = [0.7, 0.85, 1.0, 1.15, 1.3, 1.5, 1.8, 2.1, 2.5];
const HEIGHT: [f64; 3] = [-8.0, -4.0, 0.0];
/// Where searches begin, and where they may go from one place in the ladders. Heuristic: steep towers close together and
/// flat ones far apart do about as well, so both are changed at once, too.
const START: LadderIndex = [6, 4, 1];
const MOVES: [[isize; 3]; 8] =
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [-1, 1, 0], [1, -1, 0], [0, 0, 1], [0, 0, -1]];
/// Most towers that are tried with every B. Heuristic: a solve for so many takes a tenth of a second.
const FEW: usize = 256;
/// What a fit aims at, of the error asked for: samples miss some of it. Heuristic.
const AIM: f64 = 0.97;
/// Towers per axis from which searches go up. Heuristic.
const LADDER: [usize; 9] = [1, 2, 3, 4, 6, 8, 12, 16, 24];

/// Largest height, relative to the target's magnitude. Heuristic, as in `low_rank`: with a hundred times more a few towers
/// less do, and the evaluator's rounding is larger than the error.
const LARGEST_WEIGHT: f64 = 1e4;

/// Places in the ladders of steepness, reach and height.
type LadderIndex = [usize; 3];

/// A fitted network, and what it is made of.
struct TowerFit {
    counts: Vec<usize>,
    shape: LadderIndex,
    solution: Solution,
}

impl TowerFit {
    fn towers(&self) -> usize {
        self.counts.iter().product()
    }
}

/// The layers for a number of towers per axis, or as few towers as an error needs.
///
/// # Errors
/// The activation has no square, the target is not finite somewhere, or there would be too many towers.
pub fn draft(
    target: &Expr,
    inputs: &[Input],
    activation: Activation,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let square = Square::with_step(activation, STEP).filter(|_| activation.is_smooth()).ok_or_else(|| {
        let message = format!("`form: solved` needs a smooth activation, which `{}` is not", activation.name());
        CompileError::Parameters { message, help: "write `activation: logistic`, or `form: steps`".to_owned() }
    })?;
    if precision != Precision::F64 {
        let message = "the squares that `form: solved` is made of need the digits of binary64".to_owned();
        return Err(CompileError::Parameters { message, help: "write `precision: f64`, or `form: steps`".to_owned() });
    }
    let allowed = |n: usize| n.checked_pow(inputs.len() as u32).is_some_and(|count| count <= MOST);
    let least = match budget {
        Budget::Pieces(n) => n,
        Budget::Error { .. } => 2,
    };
    if !allowed(least) {
        return Err(CompileError::TooManyTowers { most: MOST });
    }
    let mut fit = BoxFit::new(target, inputs, precision, None)?;
    fit.max_weight = fit.max_weight.min(LARGEST_WEIGHT * fit.magnitude());
    let search = TowerSearch { fit, square, tried: Vec::new() };
    match budget {
        Budget::Pieces(n) => search.of_number(n),
        Budget::Error { eps, most } => search.fewest(AIM * eps, most.min(MOST)),
    }
}

/// A search for towers; what it has tried is kept to be told.
struct TowerSearch<'a> {
    fit: BoxFit<'a>,
    square: Square,
    tried: Vec<(Vec<usize>, f64)>,
}

impl TowerSearch<'_> {
    /// The best with so many towers per axis, its shape found on the way up.
    fn of_number(mut self, n: usize) -> Result<Draft, CompileError> {
        let mut shape = START;
        let towers = |count: usize| count.pow(self.inputs() as u32);
        let affordable = |below: &usize| self.fit.affords(towers(n) + towers(*below));
        let ladder: Vec<usize> = LADDER.into_iter().filter(|below| 3 * below <= 2 * n).filter(affordable).collect();
        for below in ladder {
            shape = self.best(vec![below; self.inputs()], shape, 0.0)?.shape;
        }
        let found = self.best(vec![n; self.inputs()], shape, 0.0)?;
        Ok(self.assemble(&found, None))
    }

    /// The fewest towers whose sampled error is at most `eps`; or the best found and what limits it.
    fn fewest(mut self, eps: f64, most: usize) -> Result<Draft, CompileError> {
        let n = self.inputs();
        let allowed = |count: &usize| count.checked_pow(n as u32).is_some_and(|towers| towers <= most);
        let last = (1..).take_while(|count| allowed(count)).last().unwrap_or(1);
        let (mut shape, mut bad) = (START, 0);
        let mut best: Option<TowerFit> = None;
        for count in LADDER.into_iter().filter(|count| *count < last).chain([last]) {
            if best.is_some() && !self.fit.affords(count.pow(n as u32)) {
                break;
            }
            let found = self.best(vec![count; n], shape, eps)?;
            shape = found.shape;
            if found.solution.error <= eps {
                let found = self.trim(found, bad, eps)?;
                return Ok(self.assemble(&found, None));
            }
            bad = count;
            if best.as_ref().is_none_or(|best| found.solution.error < best.solution.error) {
                best = Some(found);
            }
            if stopped() {
                break;
            }
        }
        match best {
            Some(best) => {
                let limit = match bad < last {
                    true => format!(
                        "the budget of the search ended with {bad} towers per axis; a larger max_error, or another method \
                         such as `composed`, would do"
                    ),
                    false => format!("{last} towers per axis do not do"),
                };
                Ok(self.assemble(&best, Some(limit)))
            }
            None => Err(CompileError::TooFewNeurons { most, least: 1 }),
        }
    }

    /// From towers that are enough down, `bad` per axis are not: first the same number on all axes, then axis by axis.
    fn trim(&mut self, mut found: TowerFit, mut bad: usize, eps: f64) -> Result<TowerFit, CompileError> {
        while bad + 1 < found.counts[0] && self.fit.affords(found.towers()) {
            let middle = bad + (found.counts[0] - bad) / 2;
            let next = self.best(vec![middle; self.inputs()], found.shape, eps)?;
            if next.solution.error <= eps { found = next } else { bad = middle }
        }
        let mut axis = 0;
        while axis < self.inputs() {
            let mut counts = found.counts.clone();
            counts[axis] -= 1;
            let affordable = counts[axis] > 0 && self.fit.affords(found.towers());
            let next = if affordable { Some(self.best(counts, found.shape, eps)?) } else { None };
            match next.filter(|next| next.solution.error <= eps) {
                Some(next) => found = next,
                None => axis += 1,
            }
        }
        Ok(found)
    }

    /// The best shape for numbers of towers per axis, by descents; `start` is where a smaller lattice's ended.
    fn best(&mut self, counts: Vec<usize>, start: LadderIndex, enough: f64) -> Result<TowerFit, CompileError> {
        let mut best = self.solve(&counts, start)?;
        let mut seen = vec![start];
        self.descend(&mut best, &mut seen, enough)?;
        // A descent seldom changes B for the better, so few towers are tried with each.
        let few = counts.iter().product::<usize>() <= FEW;
        for height in (0..HEIGHT.len()).filter(|_| few) {
            let start = [START[0], START[1], height];
            if best.solution.error > enough && !seen.contains(&start) && self.fit.affords(best.towers()) {
                let mut found = self.solve(&counts, start)?;
                seen.push(start);
                self.descend(&mut found, &mut seen, enough)?;
                if found.solution.error < best.solution.error {
                    best = found;
                }
            }
        }
        self.tried.push((counts, best.solution.error));
        Ok(best)
    }

    /// From a shape to better ones next to it, for as long as there is one that was not seen.
    fn descend(&self, best: &mut TowerFit, seen: &mut Vec<LadderIndex>, enough: f64) -> Result<(), CompileError> {
        let ladders = [STEEPNESS.len(), REACH.len(), HEIGHT.len()];
        let mut moved = true;
        while moved && best.solution.error > enough && !stopped() {
            moved = false;
            for by in MOVES {
                let place = |k: usize| best.shape[k].checked_add_signed(by[k]).filter(|place| *place < ladders[k]);
                let (Some(a), Some(r), Some(b)) = (place(0), place(1), place(2)) else { continue };
                let next = [a, r, b];
                if seen.contains(&next) || !self.fit.affords(best.towers()) || stopped() {
                    continue;
                }
                seen.push(next);
                let found = self.solve(&best.counts, next)?;
                if found.solution.error < best.solution.error {
                    (*best, moved) = (found, true);
                }
            }
        }
        Ok(())
    }

    fn solve(&self, counts: &[usize], shape: LadderIndex) -> Result<TowerFit, CompileError> {
        let towers = self.towers(counts, shape);
        let solution = self.fit.solve(towers.len(), |points| self.columns(&towers, points))?;
        Ok(TowerFit { counts: counts.to_vec(), shape, solution })
    }

    fn inputs(&self) -> usize {
        self.fit.inputs.len()
    }

    /// The weights of each tower on the first layer, and its bias.
    fn towers(&self, counts: &[usize], [steepness, reach, height]: LadderIndex) -> Vec<(Vec<f64>, f64)> {
        let unit = logistic_units(self.square.activation);
        let (a, b) = (unit * STEEPNESS[steepness], unit * HEIGHT[height]);
        let centre = |k: usize, n: usize| match n {
            1 => 0.0,
            _ => REACH[reach] * (2.0 * k as f64 / (n - 1) as f64 - 1.0),
        };
        let axes: Vec<Vec<f64>> = counts.iter().map(|n| (0..*n).map(|k| centre(k, *n)).collect()).collect();
        let (even, odd) = (1.0 / self.square.curve, 1.0 / (self.square.h * self.square.slope));
        let middle = 2.0 * self.square.activation.value(self.square.b) * even;
        let mut towers = Vec::new();
        product(&axes, |c| {
            let w = c.iter().flat_map(|c| [a * (c * odd - even), -a * (c * odd + even)]).collect();
            towers.push((w, b + c.iter().map(|c| a * (middle - c * c)).sum::<f64>()));
        });
        towers
    }

    /// The weight and the bias of the two units of an input.
    fn pair(&self, input: &Input) -> [(f64, f64); 2] {
        let w = self.square.h / (0.5 * input.hi - 0.5 * input.lo);
        [w, -w].map(|w| (w, self.square.b - w * (0.5 * input.lo + 0.5 * input.hi)))
    }

    /// The towers' values at normalised points, as the first layer makes them.
    fn columns(&self, towers: &[(Vec<f64>, f64)], points: &[f64]) -> Vec<Vec<f64>> {
        let (activation, n) = (self.square.activation, self.inputs());
        let pairs: Vec<[(f64, f64); 2]> = self.fit.inputs.iter().map(|input| self.pair(input)).collect();
        let first: Vec<f64> = points
            .iter()
            .enumerate()
            .flat_map(|(k, t)| {
                let x = crate::box_fit::from_unit(&self.fit.inputs[k % n], *t);
                pairs[k % n].map(|(w, b)| activation.value(w * x + b))
            })
            .collect();
        let column = |(w, b): &(Vec<f64>, f64)| {
            let value = |v: &[f64]| activation.value(b + w.iter().zip(v).map(|(w, v)| w * v).sum::<f64>());
            first.chunks_exact(2 * n).map(value).collect()
        };
        towers.iter().map(column).collect()
    }

    fn assemble(&self, found: &TowerFit, limit: Option<String>) -> Draft {
        let mut builder = Builder::new(self.inputs());
        let first: Vec<Linear> = (0u32..)
            .zip(self.fit.inputs)
            .flat_map(|(k, input)| self.pair(input).map(|(w, b)| Linear { constant: b, terms: vec![(k, w)] }))
            .collect();
        let first = builder.layer(self.square.activation, &first);
        let weights = &found.solution.weights;
        let (mut towers, mut heights) = (Vec::new(), Vec::new());
        for ((w, b), height) in self.towers(&found.counts, found.shape).into_iter().zip(weights) {
            if *height != 0.0 {
                towers.push(Linear { constant: b, terms: first.iter().copied().zip(w).collect() });
                heights.push(*height);
            }
        }
        let slots = builder.layer(self.square.activation, &towers);
        let last = Linear { constant: found.solution.c0, terms: slots.into_iter().zip(heights).collect() };
        builder.layer(Activation::Identity, &[last]);
        let mut draft = Draft::new(builder.layers, towers.len());
        draft.limit = limit;
        draft.summary = self.summary(found);
        draft
    }

    fn summary(&self, found: &TowerFit) -> Vec<String> {
        let lattice = |counts: &[usize]| counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
        let [steepness, reach, height] = found.shape;
        let largest = found.solution.weights.iter().fold(0.0f64, |most, weight| most.max(weight.abs()));
        let tried: Vec<String> =
            self.tried.iter().map(|(counts, error)| format!("{}: {error:.1e}", lattice(counts))).collect();
        vec![
            format!(
                "{} round towers s({:?} - {:?} |t - c|^2) of inputs t in [-1, 1], the outermost centres at {:?}",
                lattice(&found.counts),
                HEIGHT[height],
                STEEPNESS[steepness],
                REACH[reach]
            ),
            format!(
                "two units for each input make its square; heights by least squares, the largest {largest:.3e} (allowed: {:.3e})",
                self.fit.max_weight
            ),
            format!("tried, with sampled errors: {}", tried.join(", ")),
        ]
    }
}
