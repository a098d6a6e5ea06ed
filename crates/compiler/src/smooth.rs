//! `method: smooth`: equally spaced steps that overlap, for analytic targets.
//!
//! With steepness times spacing of 0.3 to 3 the sum of neighbouring steps reproduces constants almost exactly and
//! everything analytic spectrally. The steps are `s_k = lo + (k - pad + 1/2) delta`, some of them beyond the ends of the
//! domain; the output weights come from linear least squares, or from the closed form in `closed`.
//!
//! Wide steps need the fewest neurons and the largest weights. How wide, and how many beyond the ends, is searched for by
//! sampled errors; the certificate judges what is found.

use std::collections::BTreeMap;

use bumpnet_ir::{Activation, Expr, Input, Layer, Precision, Route, Smooth};
use bumpnet_prove::watch;

use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::fit::{AIM, Fitted, Goal, MOST_NEURONS, Samples, Steps, weights};
use crate::purse::Purse;
use crate::solve::Fit;
use crate::{chebyshev, closed, jump};

/// Steepness times spacing, in units of the logistic function. Heuristic: below 0.25 the steps cannot be told apart in
/// binary64, above 3 their sum ripples.
const OVERLAPS: [f64; 16] = [0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0];
/// Where the search begins: 0.5, and five steps beyond each end. Heuristic, the best of most targets tried.
const START: (usize, usize) = (5, 5);
/// Where else descents begin when the number of neurons is given: wider and narrower steps. Heuristic.
const STARTS: [(usize, usize); 3] = [START, (2, 8), (11, 2)];
/// Where else they begin for weighted errors. Heuristic.
const NARROWER: [(usize, usize); 2] = [(11, 3), (14, 2)];
/// Most steps beyond each end. Heuristic.
const MOST_PAD: usize = 12;
/// Samples per neuron. Heuristic: Chebyshev points this dense leave a fit's error between them within a few percent.
const DENSITY: usize = 4;
/// Neurons up to which all neighbours of a candidate are tried; heuristic, a solve of more takes too long. Beyond, the
/// best overlap and pad hardly change any more, and are searched for once.
const SEARCHED: usize = 192;
/// Where the search for weighted errors begins: with two thirds of so many neurons. Heuristic.
const FIRST_WEIGHTED: usize = 12;
/// Neurons below the fewest found that are tried although one above them failed. Heuristic.
const WALK: usize = 2;
/// Operations that all solves of a search may take: seconds. Heuristic; the corpus takes a part of it.
const WORK: u64 = 1 << 33;
/// Rounds towards equal ripple for a candidate that misses by less than [`NEAR`]. Heuristic.
const ROUNDS: usize = 4;
/// Equal ripple gains up to about a third.
const NEAR: f64 = 1.5;

/// Most neurons in geometric progression, the ends that they may stand at, the first steepness in units of the range, and the
/// ratios. Heuristic.
const MOST_GEOMETRIC: usize = 24;
const GEOMETRIC_ENDS: [f64; 2] = [-1.0, 1.0];
const GEOMETRIC_FIRST: [f64; 6] = [0.4, 0.6, 0.8, 1.0, 1.4, 2.0];
const GEOMETRIC_RATIO: [f64; 6] = [1.4, 1.5, 1.6, 1.8, 2.0, 2.3];
/// How far beyond the end the steps stand, in units of their own width: what is seen of them are nearly exponentials.
/// Heuristic: farther off, the weights grow like the exponential of it.
const BEYOND: [f64; 2] = [4.0, 7.0];

/// Constructs the layers for a number of neurons, or as few as an error needs.
///
/// # Errors
/// The target is not finite somewhere, or a weight overflows.
pub fn build(
    target: &Expr,
    input: &Input,
    parameters: &Smooth,
    (precision, weight): (Precision, Option<&Expr>),
    budget: Budget,
) -> Result<Draft, CompileError> {
    let solved = || {
        let mut search = OverlapSearch::new(target, input, parameters, (precision, weight))?;
        let obstacle = match budget {
            Budget::Error { eps, .. } if weight.is_none() => {
                jump::obstacle(search.goal.hidden(), input, eps / search.goal.steepest())
            }
            _ => None,
        };
        let (candidate, limit) = match (budget, obstacle) {
            (Budget::Error { eps, most }, Some(_)) if budget.is_capped() => {
                return Err(CompileError::TooMany { most, eps });
            }
            (Budget::Error { eps, most }, Some(obstacle)) => (search.best(SEARCHED.min(most), eps)?, Some(obstacle)),
            (Budget::Pieces(n), _) => (search.thorough(n)?, None),
            (Budget::Error { eps, most }, None) => {
                search.fewest(AIM * eps, most.min(MOST_NEURONS), budget.is_capped())?
            }
        };
        search.draft(&candidate, limit, budget)
    };
    let direct = || closed::build(target, input, parameters, precision, budget);
    match parameters.route {
        Route::LeastSquares => solved(),
        Route::ClosedForm => direct(),
        // The closed form takes more neurons wherever the solve does well; it stands in where that is at its limits. It knows no
        // weights.
        Route::Auto => match solved()? {
            draft if draft.limit.is_none() || weight.is_some() => Ok(draft),
            draft => Ok(direct().ok().filter(|direct| direct.limit.is_none()).unwrap_or(draft)),
        },
    }
}

/// The steps for a number of neurons, an overlap and a pad; with a negative overlap they fall.
pub fn steps(
    input: &Input,
    activation: Activation,
    (n, overlap, pad): (usize, f64, usize),
    precision: Precision,
) -> Steps {
    let delta = (input.hi - input.lo) / (n - 2 * pad) as f64;
    let w = overlap * logistic_units(activation) / delta;
    let mut steps = Steps::new(activation);
    for k in 0..n {
        steps.push(input.lo + (k as f64 - pad as f64 + 0.5) * delta, w, precision);
    }
    steps
}

/// The steepness at which an activation is as steep as the logistic function at 1.
pub fn logistic_units(activation: Activation) -> f64 {
    0.25 / activation.unit_slope().unwrap_or(0.25)
}

/// A candidate: places in the ladder of overlaps, and the pad.
#[derive(Clone, Copy, Debug)]
struct OverlapCandidate {
    n: usize,
    overlap: usize,
    pad: usize,
    error: f64,
}

struct OverlapSearch<'a> {
    input: &'a Input,
    activation: Activation,
    overlaps: Vec<f64>,
    pads: (usize, usize),
    goal: Goal<'a>,
    /// Samples by number of neurons, and the errors of candidates.
    samples: BTreeMap<usize, Samples>,
    tried: BTreeMap<(usize, usize, usize), f64>,
    /// Where the last search ended: neighbouring numbers of neurons have neighbouring optima.
    start: (usize, usize),
    /// Whether that was a search among many neurons.
    settled: bool,
    /// What is left of the work that the search may take.
    purse: Purse,
}

impl<'a> OverlapSearch<'a> {
    fn new(
        target: &'a Expr,
        input: &'a Input,
        parameters: &Smooth,
        (precision, weight): (Precision, Option<&'a Expr>),
    ) -> Result<OverlapSearch<'a>, CompileError> {
        let goal = Goal::new(target, input, (parameters.output, precision), parameters.max_weight, weight)?;
        let overlaps = parameters.overlap.map_or(OVERLAPS.to_vec(), |overlap| vec![overlap]);
        let mut search = OverlapSearch {
            input,
            activation: parameters.activation,
            start: START,
            settled: false,
            overlaps,
            pads: parameters.pad.map_or((0, MOST_PAD), |pad| (pad, pad)),
            goal,
            samples: BTreeMap::new(),
            tried: BTreeMap::new(),
            purse: Purse::new(WORK),
        };
        search.start = search.first();
        Ok(search)
    }

    /// Where every search begins that has nothing better.
    fn first(&self) -> (usize, usize) {
        (START.0.min(self.overlaps.len() - 1), START.1)
    }

    fn steps(&self, candidate: &OverlapCandidate) -> Steps {
        let overlap = self.overlaps[candidate.overlap];
        let shape = (candidate.n, if self.goal.falling { -overlap } else { overlap }, candidate.pad);
        steps(self.input, self.activation, shape, self.goal.precision)
    }

    fn samples(&mut self, n: usize) -> Result<Samples, CompileError> {
        if !self.samples.contains_key(&n) {
            let points = chebyshev::points(self.input.lo, self.input.hi, DENSITY * n + 1);
            self.samples.insert(n, self.goal.sample(points)?);
        }
        Ok(self.samples[&n].clone())
    }

    /// A candidate's sampled error; that of equal ripple where it misses `enough` by little.
    fn error(&mut self, candidate: &OverlapCandidate, enough: f64) -> Result<f64, CompileError> {
        let key = (candidate.n, candidate.overlap, candidate.pad);
        if let Some(error) = self.tried.get(&key) {
            return Ok(*error);
        }
        let samples = self.samples(candidate.n)?;
        let mut fit = Fit::new(&self.goal, &self.steps(candidate), samples);
        let plain = fit.solve().error;
        let near = plain > enough && plain <= NEAR * enough && candidate.n <= SEARCHED;
        let error = if near { fit.level(ROUNDS).error } else { plain };
        self.purse.pay(fit.operations());
        self.tried.insert(key, error);
        Ok(error)
    }

    /// The best candidate with this many neurons, or the first that is good enough: descent from neighbour to neighbour.
    fn best(&mut self, n: usize, enough: f64) -> Result<OverlapCandidate, CompileError> {
        let most_pad = ((n - 1) / 2).min(self.pads.1);
        let at = |(overlap, pad): (usize, usize)| OverlapCandidate { n, overlap, pad, error: f64::INFINITY };
        watch::trying(|| format!("smooth, {n} neurons"));
        let mut best = at((self.start.0, self.start.1.clamp(self.pads.0.min(most_pad), most_pad)));
        best.error = self.error(&best, enough)?;
        let mut moved = n <= SEARCHED || !self.settled;
        self.settled |= n > SEARCHED;
        while moved && best.error > enough && !self.purse.is_empty() {
            moved = false;
            // Wider steps go with more of them beyond the ends, so those directions come first.
            for (across, beyond) in [(-1, 1), (1, -1), (-1, 0), (1, 0), (0, 1), (0, -1)] {
                let overlap = best.overlap.checked_add_signed(across).filter(|k| *k < self.overlaps.len());
                let pad = best.pad.checked_add_signed(beyond).filter(|p| (self.pads.0..=most_pad).contains(p));
                let (Some(overlap), Some(pad)) = (overlap, pad) else { continue };
                if self.purse.is_empty() {
                    break;
                }
                let mut next = at((overlap, pad));
                next.error = self.error(&next, enough)?;
                if next.error < best.error {
                    (best, moved) = (next, true);
                    break;
                }
            }
        }
        self.start = (best.overlap, best.pad);
        Ok(best)
    }

    /// The best candidate with this many neurons of several descents.
    fn thorough(&mut self, n: usize) -> Result<OverlapCandidate, CompileError> {
        let mut best: Option<OverlapCandidate> = None;
        for (overlap, pad) in STARTS {
            if best.is_some() && self.purse.is_empty() {
                break;
            }
            self.start = (overlap.min(self.overlaps.len() - 1), pad);
            let next = self.best(n, 0.0)?;
            if best.as_ref().is_none_or(|best| next.error < best.error) {
                best = Some(next);
            }
        }
        best.ok_or(CompileError::TooFewNeurons { most: n, least: 1 })
    }

    /// The best candidate with this many neurons for an error. Weighted errors are large and flat where steps are too wide for
    /// what the weight does, and narrower ones are tried then.
    fn looked_for(&mut self, n: usize, enough: f64) -> Result<OverlapCandidate, CompileError> {
        let mut best = self.best(n, enough)?;
        let starts: &[(usize, usize)] = if self.goal.is_weighted() { &NARROWER } else { &[] };
        for (overlap, pad) in starts {
            if best.error <= enough || self.purse.is_empty() {
                break;
            }
            let known = self.start;
            self.start = ((*overlap).min(self.overlaps.len() - 1), *pad);
            let next = self.best(n, enough)?;
            if next.error < best.error {
                best = next;
            } else {
                self.start = known;
            }
        }
        Ok(best)
    }

    /// The candidate with the fewest neurons whose sampled error is at most `eps`; or the best found and what limits it, or
    /// nothing if that is not to count.
    fn fewest(
        &mut self,
        eps: f64,
        most: usize,
        capped: bool,
    ) -> Result<(OverlapCandidate, Option<String>), CompileError> {
        let refused = CompileError::TooMany { most, eps };
        let guess = match self.goal.is_weighted() {
            // What Chebyshev interpolation takes is about unweighted errors.
            true => Some(if capped { most } else { FIRST_WEIGHTED }),
            false => chebyshev::needed(self.goal.hidden(), self.input, eps / self.goal.steepest()),
        };
        let Some(guess) = guess else {
            if capped {
                return Err(refused);
            }
            let limit = format!(
                "equally spaced steps are for targets that Chebyshev interpolation is for; that does not reach {eps:?} with {} \
                 coefficients either",
                chebyshev::MOST_COEFFICIENTS
            );
            return Ok((self.best(SEARCHED.min(most), eps)?, Some(limit)));
        };
        // Half the coefficients did for none of the targets tried.
        if capped && guess > 2 * most {
            return Err(refused);
        }
        // If they are nearly as many as are allowed, all of those are tried at once.
        let first = if capped && 4 * guess > 3 * most { most } else { 2 * guess / 3 };
        let enough = if self.goal.is_weighted() { SEARCHED } else { 3 * guess + 16 };
        let (mut bad, mut n) = (0, first.clamp(4.min(most), most));
        let mut good = self.looked_for(n, eps)?;
        while good.error > eps {
            // Twice the coefficients do for most targets tried.
            if n >= most || n > enough || self.purse.is_empty() {
                let limit = self.purse.limit().unwrap_or_else(|| self.limit(&good, most));
                return if capped { Err(refused) } else { Ok((good, Some(limit))) };
            }
            (bad, n) = (n, (n + n / 4 + 2).min(most));
            // From there again: what was best for too few neurons may lead astray.
            self.start = self.first();
            let next = self.looked_for(n, eps)?;
            if next.error < good.error || next.error <= eps {
                good = next;
            }
        }
        while bad + 1 < good.n && !self.purse.is_empty() {
            let tried = self.looked_for(bad + (good.n - bad) / 2, eps)?;
            if tried.error <= eps { good = tried } else { bad = tried.n }
        }
        let mut failures = 0;
        while good.n > 1 + failures && failures < WALK && !self.purse.is_empty() {
            let tried = self.looked_for(good.n - 1 - failures, eps)?;
            if tried.error <= eps { (good, failures) = (tried, 0) } else { failures += 1 }
        }
        Ok((good, None))
    }

    fn limit(&self, best: &OverlapCandidate, most: usize) -> String {
        if best.n >= most {
            return format!("{most} neurons of this construction do not do");
        }
        let largest = self.goal.max_weight;
        format!(
            "up to {} neurons it was looked for and not found; output weights of at most {largest:?} are allowed",
            self.tried.keys().map(|key| key.0).max().unwrap_or(best.n)
        )
    }

    fn draft(
        &mut self,
        candidate: &OverlapCandidate,
        limit: Option<String>,
        budget: Budget,
    ) -> Result<Draft, CompileError> {
        let samples = self.samples(candidate.n)?;
        let steps = self.steps(candidate);
        let mut fit = Fit::new(&self.goal, &steps, samples);
        let plain = fit.solve();
        let enough = matches!(budget, Budget::Error { eps, .. } if plain.error <= AIM * eps);
        let fitted = if enough || candidate.n > SEARCHED { plain } else { fit.level(ROUNDS) };
        let summary = vec![
            format!(
                "equally spaced steps: w times spacing = {:?}, {} of them beyond each end; output weights by least squares",
                self.overlaps[candidate.overlap], candidate.pad
            ),
            weights(&fitted, &self.goal),
        ];
        Ok(Draft { summary, limit, ..Draft::new(self.goal.layers(&steps, &fitted), fitted.neurons()) })
    }
}

/// Networks for one function with one neuron after the other.
pub struct Rungs<'a>(OverlapSearch<'a>);

impl<'a> Rungs<'a> {
    /// Makes ready.
    ///
    /// # Errors
    /// The target is not finite somewhere.
    pub fn new(
        target: &'a Expr,
        input: &'a Input,
        parameters: &Smooth,
        precision: Precision,
    ) -> Result<Rungs<'a>, CompileError> {
        OverlapSearch::new(target, input, parameters, (precision, None)).map(Rungs)
    }

    /// The best layers found with this many neurons.
    ///
    /// # Errors
    /// The target is not finite somewhere.
    pub fn at(&mut self, n: usize) -> Result<Vec<Layer>, CompileError> {
        self.0.purse = Purse::new(WORK);
        let candidate = self.0.thorough(n)?;
        Ok(self.0.draft(&candidate, None, Budget::Pieces(n))?.layers)
    }

    /// The best sum of `n` bells' tails found, all from one end of the range, their steepness in geometric progression: for
    /// functions like `1/t`, which are sums of exponentials. `None` where the number is too large for the search.
    ///
    /// # Errors
    /// The target is not finite somewhere.
    pub fn geometric(&mut self, n: usize) -> Result<Option<Vec<Layer>>, CompileError> {
        let search = &mut self.0;
        if !(2..=MOST_GEOMETRIC).contains(&n) {
            return Ok(None);
        }
        let samples = search.samples(n)?;
        let (lo, hi, activation) = (search.input.lo, search.input.hi, search.activation);
        let unit = logistic_units(activation) / (hi - lo);
        let mut best: Option<(Steps, Fitted)> = None;
        let shapes = BEYOND.into_iter().flat_map(|beyond| GEOMETRIC_ENDS.map(|end| (beyond, end)));
        let rates = GEOMETRIC_FIRST.into_iter().flat_map(|first| GEOMETRIC_RATIO.map(|ratio| (first, ratio)));
        for ((beyond, end), (first, ratio)) in shapes.flat_map(|shape| rates.clone().map(move |rate| (shape, rate))) {
            let mut steps = Steps::new(activation);
            let mut w = first * unit;
            for _ in 0..n {
                let place = if end < 0.0 { lo - beyond / w } else { hi + beyond / w };
                steps.push(place, w, search.goal.precision);
                w *= ratio;
            }
            let fitted = Fit::new(&search.goal, &steps, samples.clone()).solve();
            if best.as_ref().is_none_or(|(_, best)| fitted.error < best.error) {
                best = Some((steps, fitted));
            }
        }
        let Some((steps, _)) = best else { return Ok(None) };
        let fitted = Fit::new(&search.goal, &steps, samples).level(ROUNDS);
        Ok(Some(search.goal.layers(&steps, &fitted)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1/t` is a sum of exponentials: nine of them do for what twenty equally spaced steps are needed for.
    #[test]
    fn tails_for_reciprocals() {
        let reciprocal = bumpnet_ir::expr::sexpr::parse("(/ 1 t)", vec!["t".into()]).unwrap();
        for (lo, hi) in [(1.0, 11.0), (-22.0, -2.0)] {
            let input = Input { name: "t".into(), lo, hi };
            let parameters = Smooth {
                activation: Activation::Logistic,
                neurons: None,
                overlap: None,
                pad: None,
                route: Route::LeastSquares,
                max_weight: None,
                output: Activation::Identity,
            };
            let mut rungs = Rungs::new(&reciprocal, &input, &parameters, Precision::F64).unwrap();
            let error = |layers: &[Layer]| {
                let unit = |k: usize, x: f64| {
                    let (w, b) = (layers[0].weights.value.get(k), layers[0].bias.get(k));
                    layers[1].weights.value.get(k) * Activation::Logistic.value(w * x + b)
                };
                let value = |x: f64| (0..layers[0].rows).map(|k| unit(k, x)).sum::<f64>() + layers[1].bias.get(0);
                let points = chebyshev::points(lo, hi, 500);
                points.iter().map(|x| (value(*x) - 1.0 / x).abs()).fold(0.0, f64::max)
            };
            let geometric = error(&rungs.geometric(9).unwrap().unwrap());
            let equal = error(&rungs.at(9).unwrap());
            assert!(geometric < 6e-7 && equal > 1e-5, "{geometric:e} {equal:e}");
        }
    }
}
