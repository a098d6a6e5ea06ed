//! Fitting `c0 + sum_k alpha_k s(w_k x + b_k)` to a target for given steps: what the smooth and the graded construction
//! share.
//!
//! The points are dense where the steps are, so that the least-squares solution is nearly the best one in the sup norm.
//! Errors here are sampled, and only choose between candidates; the certificate judges what is kept.

use bumpnet_interval::{Scalar, Unary};
use bumpnet_ir::{Activation, Expr, Input, Layer, Network, Precision};

use crate::chebyshev;
use crate::error::CompileError;

/// Roundings for each unit of active weight, in binary64 and binary32: what the proof finds of most networks of the corpus is 10 to
/// 15, and 4 to 6. Heuristic.
const ROUNDINGS: (f64, f64) = (12.0, 6.0);
/// Smaller values of a unit are none.
const NOTHING: f64 = 1e-100;
/// Points at which the goal's magnitude is looked up; heuristic.
const SCALE_POINTS: usize = 64;

/// What constructions that sample aim at, of the error asked for: the rest is for what samples miss and for the proof's
/// own width. Heuristic.
pub const AIM: f64 = 0.995;

/// Most neurons: a solve takes `8 n^3` operations, 10 s for this many.
pub const MOST_NEURONS: usize = 1024;

/// Hidden units of one activation, without their output weights.
#[derive(Clone, Debug)]
pub struct Steps {
    /// Their activation.
    pub activation: Activation,
    /// The weights on the input.
    pub w: Vec<f64>,
    /// The biases.
    pub b: Vec<f64>,
}

impl Steps {
    /// No units yet.
    pub fn new(activation: Activation) -> Steps {
        Steps { activation, w: Vec::new(), b: Vec::new() }
    }

    /// A step at a position, `w` per unit of the input; both numbers are rounded to the precision of the table.
    pub fn push(&mut self, position: f64, w: f64, precision: Precision) {
        let w = precision.round(w);
        self.w.push(w);
        self.b.push(precision.round(-(w * position)));
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.w.len()
    }

    /// The values of all units at some points: one column per unit.
    pub fn columns(&self, x: &[f64]) -> Vec<Vec<f64>> {
        // Nothing is changed by numbers so small, and products of them are slow where they are not normal.
        let kept = |value: f64| if value.abs() < NOTHING { 0.0 } else { value };
        let value = |w: f64, b: f64| x.iter().map(move |x| kept(self.activation.value(w * x + b)));
        self.w.iter().zip(&self.b).map(|(w, b)| value(*w, *b).collect()).collect()
    }
}

/// What the hidden layer is to approximate: the target, or its logit where the output neuron is a sigmoid.
#[derive(Clone, Debug)]
pub struct Goal<'a> {
    /// The target.
    target: &'a Expr,
    /// What the output neuron leaves to be approximated.
    hidden: Expr,
    /// The output neuron's activation.
    pub output: Activation,
    /// What errors are multiplied with, if not 1.
    weight: Option<&'a Expr>,
    /// How the numbers are stored.
    pub precision: Precision,
    /// Largest output weight allowed.
    pub max_weight: f64,
    /// Whether steps fall, so that units are off where errors count most: a small value is then no difference of large ones.
    pub falling: bool,
    /// Largest output weight allowed, times the largest weighted value of its unit.
    pub max_weighted: f64,
    /// A power of two near the magnitude of what is approximated.
    pub scale: f64,
    /// About what the evaluator's rounding may add for each unit of active weight, as the proof will count it.
    pub rounding: f64,
}

/// Samples of a goal: where, what, and how much a deviation of the hidden layer counts in the output.
#[derive(Clone, Debug)]
pub struct Samples {
    /// The points.
    pub x: Vec<f64>,
    /// What the hidden layer should be there, divided by the goal's scale.
    pub f: Vec<f64>,
    /// The slope of the output neuron there, times what errors are weighted with.
    pub slope: Vec<f64>,
}

/// Output weights of a set of steps.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// One per step; zero for a step that is not needed.
    pub alpha: Vec<f64>,
    /// The output neuron's bias.
    pub c0: f64,
    /// Largest deviation at the samples, through the output neuron's slope; with the evaluator's rounding. Not a bound.
    pub error: f64,
}

impl<'a> Goal<'a> {
    /// The goal for a target on a domain. `max_weight` of `None` stands for the default of [`largest_weight`].
    ///
    /// # Errors
    /// The goal has no finite value somewhere.
    pub fn new(
        target: &'a Expr,
        input: &Input,
        (output, precision): (Activation, Precision),
        max_weight: Option<f64>,
        weight: Option<&'a Expr>,
    ) -> Result<Goal<'a>, CompileError> {
        let hidden = if output == Activation::Logistic { target.logit() } else { target.clone() };
        let rounding = precision.unit_roundoff()
            * match precision {
                Precision::F64 => ROUNDINGS.0,
                Precision::F32 => ROUNDINGS.1,
            };
        let far = far(input);
        let rounding = if far > NEAR { rounding + precision.unit_roundoff() * FAR * far } else { rounding };
        let (unbounded, scale) = (f64::INFINITY, 1.0);
        let mut goal = Goal {
            target,
            hidden,
            output,
            weight,
            precision,
            max_weight: unbounded,
            falling: false,
            max_weighted: unbounded,
            scale,
            rounding,
        };
        let samples = goal.sample(chebyshev::points(input.lo, input.hi, SCALE_POINTS))?;
        let magnitude = samples.f.iter().fold(0.0, |largest: f64, f| largest.max(f.abs()));
        let weighted =
            samples.f.iter().zip(&samples.slope).fold(0.0, |most: f64, (f, slope)| most.max((f * slope).abs()));
        if weight.is_some() {
            // Chebyshev points are in order.
            goal.falling = samples.slope.first() < samples.slope.last();
            goal.max_weighted = largest_weight(precision) * weighted.max(f64::MIN_POSITIVE);
        }
        goal.scale = power_of_two(magnitude);
        let largest = if far > NEAR { largest_weight(precision) * root(far) } else { largest_weight(precision) };
        goal.max_weight = max_weight.unwrap_or(largest * magnitude.max(f64::MIN_POSITIVE));
        Ok(goal)
    }

    /// The same with numbers of binary64, and without the evaluator's rounding.
    pub fn unrounded(&self) -> Goal<'a> {
        Goal { precision: Precision::F64, rounding: 0.0, ..self.clone() }
    }

    /// What the hidden layer approximates.
    pub fn hidden(&self) -> &Expr {
        &self.hidden
    }

    /// Whether errors are multiplied with a weight.
    pub fn is_weighted(&self) -> bool {
        self.weight.is_some()
    }

    /// The largest slope of the output neuron.
    pub fn steepest(&self) -> f64 {
        if self.output == Activation::Logistic { 0.25 } else { 1.0 }
    }

    /// Samples at these points.
    ///
    /// # Errors
    /// The goal has no finite value at one of them.
    pub fn sample(&self, x: Vec<f64>) -> Result<Samples, CompileError> {
        let mut f = vec![0.0; x.len()];
        self.hidden.eval_many(&x, &mut f);
        if let Some(k) = f.iter().position(|value| !value.is_finite()) {
            return Err(CompileError::NotFinite { at: x[k], value: f[k] });
        }
        f.iter_mut().for_each(|value| *value /= self.scale);
        let slope = match self.output {
            Activation::Logistic => {
                let mut slope = vec![0.0; x.len()];
                self.target.eval_many(&x, &mut slope);
                slope.iter_mut().for_each(|value| *value *= 1.0 - *value);
                slope
            }
            _ => vec![1.0; x.len()],
        };
        let slope = match self.weight {
            Some(weight) => weighted(weight, &x, slope)?,
            None => slope,
        };
        Ok(Samples { x, f, slope })
    }

    /// The largest deviation of a fitted network at samples, through the output neuron's slope, with the
    /// evaluator's rounding.
    pub fn error(&self, steps: &Steps, fitted: &Fitted, samples: &Samples) -> f64 {
        let (deviations, active) = self.deviations(steps, fitted, samples);
        let off = deviations.iter().zip(&active).map(|(sum, active)| sum.abs() + active * self.rounding);
        off.zip(&samples.slope).map(|(off, slope)| off * slope).fold(0.0, f64::max)
    }

    /// The smallest and the largest deviation of the hidden layer, with its sign.
    pub fn deviation(&self, steps: &Steps, fitted: &Fitted, samples: &Samples) -> (f64, f64) {
        let (deviations, _) = self.deviations(steps, fitted, samples);
        deviations.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), d| (low.min(*d), high.max(*d)))
    }

    /// At each sample the deviation, and the sum of what the active units are there, each by its magnitude.
    fn deviations(&self, steps: &Steps, fitted: &Fitted, samples: &Samples) -> (Vec<f64>, Vec<f64>) {
        let mut sum: Vec<f64> = samples.f.iter().map(|f| fitted.c0 - f * self.scale).collect();
        let mut size = vec![0.0; sum.len()];
        for (k, alpha) in fitted.alpha.iter().enumerate().filter(|(_, alpha)| **alpha != 0.0) {
            let (w, b) = (steps.w[k], steps.b[k]);
            let values = samples.x.iter().map(|x| steps.activation.value(w * x + b));
            add(&mut sum, &mut size, *alpha, values, steps.activation.limits());
        }
        (sum, size)
    }

    /// The layers of the fitted network; steps of weight zero are left out.
    pub fn layers(&self, steps: &Steps, fitted: &Fitted) -> Vec<Layer> {
        let kept: Vec<usize> = (0..steps.len()).filter(|k| fitted.alpha[*k] != 0.0).collect();
        let pick = |list: &[f64]| kept.iter().map(|k| list[*k]).collect::<Vec<f64>>();
        let hidden = (pick(&steps.w), pick(&steps.b));
        Network::one_hidden_layer(steps.activation, hidden, pick(&fitted.alpha), fitted.c0, self.output)
    }
}

/// How far a domain is from zero, in units of its width.
fn far(input: &Input) -> f64 {
    input.lo.abs().max(input.hi.abs()) / (input.hi - input.lo)
}

/// Domains farther from zero than this: there the rounding of `w x + b`, two numbers that nearly cancel, is what counts.
/// Heuristic.
const NEAR: f64 = 64.0;
/// That rounding is about so many times `far u` for each unit of active weight: of a slope of 1/4 and steps whose `w` is 16 in
/// units of the domain. Heuristic.
const FAR: f64 = 12.0;

/// By how much smaller weights must be there: between what does in binary64 and in binary32 near zero. Heuristic.
fn root(far: f64) -> f64 {
    f64::unary(Unary::Exp, &(-0.55 * f64::unary(Unary::Ln, &far)))
}

/// Largest output weight, relative to the target's magnitude, unless the spec says otherwise. Heuristic: the sum's
/// rounding in the evaluator is about u times the largest weight, 1e-10 in binary64 and 1e-6 in binary32; the fewest
/// neurons for an error need weights up to here.
pub fn largest_weight(precision: Precision) -> f64 {
    match precision {
        Precision::F64 => 1e6,
        Precision::F32 => 16.0,
    }
}

/// The power of two below a magnitude; 1 for zero.
pub fn power_of_two(magnitude: f64) -> f64 {
    let bits = magnitude.to_bits();
    match magnitude {
        0.0 => 1.0,
        normal if normal.is_normal() => f64::from_bits(bits & 0x7ff0_0000_0000_0000),
        _ => f64::from_bits(1 << bits.ilog2()),
    }
}

impl Fitted {
    /// How many steps are in use.
    pub fn neurons(&self) -> usize {
        self.alpha.iter().filter(|alpha| **alpha != 0.0).count()
    }
}

/// Slopes at some points, times what errors are weighted with there.
fn weighted(weight: &Expr, x: &[f64], mut slope: Vec<f64>) -> Result<Vec<f64>, CompileError> {
    let mut weights = vec![0.0; x.len()];
    weight.eval_many(x, &mut weights);
    if let Some(k) = weights.iter().position(|weight| !weight.is_finite()) {
        return Err(CompileError::NotFinite { at: x[k], value: weights[k] });
    }
    slope.iter_mut().zip(weights).for_each(|(slope, weight)| *slope *= weight);
    Ok(slope)
}

/// Adds a unit's values to sums at some points, and where it is not at a limit, their magnitudes.
pub fn add(sum: &mut [f64], size: &mut [f64], alpha: f64, values: impl Iterator<Item = f64>, (low, high): (f64, f64)) {
    for ((sum, size), value) in sum.iter_mut().zip(size).zip(values) {
        let term = alpha * value;
        *sum += term;
        *size += if low < value && value < high { term.abs() } else { 0.0 };
    }
}

/// The size of the output weights, in words.
pub fn weights(fitted: &Fitted, goal: &Goal<'_>) -> String {
    let largest = fitted.alpha.iter().fold(0.0, |largest: f64, alpha| largest.max(alpha.abs()));
    format!("largest output weight {largest:.3e} (allowed: {:.3e})", goal.max_weight)
}
