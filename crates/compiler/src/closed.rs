//! The closed form of the smooth construction: output weights from the target's values off the real axis, no solve.
//!
//! Convolving with the logistic density `w s'(w x)` multiplies by `(pi D/w)/sinh(pi D/w)` with `D = d/(i dx)`. To undo it
//! is to apply `sinh(pi D/w)/(pi D/w)`, and for the derivative `f' = i D f` that is
//! `(w/pi) (f(x + i pi/w) - f(x - i pi/w))/(2i) = (w/pi) Im f(x + i pi/w)`, where f is analytic that far from the axis. So
//!
//! `f(x) = const + (w/pi) integral of s(w(x - s)) Im f(s + i pi/w) ds`,
//!
//! and the trapezoid rule with spacing h gives `s_k = lo - G/w + (k + 1/2) h`, `alpha_k = (h w/pi) Im f(s_k + i pi/w)`. It
//! leaves an aliasing error of order `exp(-2 pi^2/(w h))` (the density's transform at the frequency `2 pi/h`), and the steps
//! cut off beyond `G/w` one of order `exp(-G)`; `c0` is the midrange of what is left.
//!
//! For `tanh` the same steps, since `logistic(z) = (1 + tanh(z/2))/2`. The densities of the other activations have no such
//! local inverse.

use std::f64::consts::PI;

use bumpnet_interval::{Complex, Scalar, Unary};
use bumpnet_ir::{Activation, Expr, Input, Precision, Smooth};
use bumpnet_prove::{Obstacle, analytic};

use crate::chebyshev;
use crate::draft::{Budget, Draft};
use crate::error::CompileError;
use crate::fit::{AIM, Fitted, Goal, MOST_NEURONS, Steps, weights};

/// Steepness times the domain's width: a ladder by the root of 2, upwards; heuristic.
const STEEPEST: usize = 18;
const FLATTEST: f64 = 4.0;
/// Cut-offs `G = 2 pi^2/(w h)`: from an error of e^-3 to one of e^-40, below binary64's roundings.
const LEAST_DIGITS: f64 = 3.0;
const MOST_DIGITS: f64 = 40.0;
/// Powers of e beyond the error relative to the target that a cut-off may have; heuristic: weights are of e^0 to e^4.
const SPARE_DIGITS: f64 = 8.0;
/// Halvings of the range of cut-offs: to 0.01 of a power of e.
const HALVINGS: usize = 12;
/// Samples of the domain per neuron, for `c0` and the choice among steepnesses; heuristic.
const DENSITY: usize = 3;

/// Constructs the layers for a number of neurons, or as few as an error needs.
///
/// # Errors
/// The activation has no closed form, or the target is not analytic far enough around the domain.
pub fn build(
    target: &Expr,
    input: &Input,
    parameters: &Smooth,
    precision: Precision,
    budget: Budget,
) -> Result<Draft, CompileError> {
    let budget = match budget {
        Budget::Error { eps, most } => Budget::Error { eps: AIM * eps, most },
        by_number => by_number,
    };
    let goal = Goal::new(target, input, (parameters.output, precision), parameters.max_weight, None)?;
    if !matches!(parameters.activation, Activation::Logistic | Activation::Tanh) {
        let what = format!("the closed form is for `logistic` and `tanh`, not for `{}`", parameters.activation.name());
        return Err(CompileError::Unproved(what));
    }
    let form = Summand { goal: &goal, input, activation: parameters.activation };
    let mut best: Option<TrapezoidSum> = None;
    let mut obstacle = None;
    for k in 0..STEEPEST {
        let w = FLATTEST * f64::unary(Unary::Exp2, &(k as f64 / 2.0)) / (input.hi - input.lo);
        // A domain so narrow that no steps are steep enough for it.
        if !w.is_finite() {
            return Err(CompileError::WeightOverflow);
        }
        let found = match budget {
            Budget::Pieces(n) => form.with_neurons(w, n)?,
            Budget::Error { eps, most } => {
                let good = best.as_ref().filter(|best| best.fitted.error <= eps);
                let most = good.map_or(most.min(MOST_NEURONS), |best| best.fitted.neurons());
                form.with_error(w, eps, most)?
            }
        };
        match found {
            Ok(sum) if best.as_ref().is_none_or(|best| sum.better(best, budget)) => best = Some(sum),
            Ok(_) => {}
            Err(why) => obstacle = Some(why), // the last one is that of the steepest steps, which ask for least
        }
    }
    let Some(best) = best else { return Err(not_analytic(obstacle, input)) };
    let (error, neurons) = (best.fitted.error, best.fitted.neurons());
    let limit = matches!(budget, Budget::Error { eps, .. } if error > eps).then(|| {
        "the closed form comes no closer within the strip on which the target is proved to be analytic".into()
    });
    let summary = vec![
        format!(
            "closed form: {neurons} steps of w = {:.6} spaced by {:.6e}, weights from Im f(x + {:.6}i)",
            best.w,
            best.h,
            PI / best.w
        ),
        weights(&best.fitted, &goal),
    ];
    Ok(Draft { summary, limit, ..Draft::new(goal.layers(&best.steps, &best.fitted), neurons) })
}

fn not_analytic(obstacle: Option<Obstacle>, input: &Input) -> CompileError {
    match obstacle {
        Some(obstacle) => CompileError::NotApplicable(Box::new(
            obstacle.diagnose(&input.name).help("use `route: least-squares`, which needs no values off the real axis"),
        )),
        None => CompileError::Unproved("the closed form needs more neurons than are allowed".to_owned()),
    }
}

/// What is summed.
struct Summand<'a> {
    goal: &'a Goal<'a>,
    input: &'a Input,
    activation: Activation,
}

/// A trapezoid sum for one steepness and spacing.
struct TrapezoidSum {
    w: f64,
    h: f64,
    steps: Steps,
    fitted: Fitted,
}

impl TrapezoidSum {
    fn better(&self, other: &TrapezoidSum, budget: Budget) -> bool {
        let by_error = self.fitted.error < other.fitted.error;
        match budget {
            Budget::Pieces(_) => by_error,
            Budget::Error { eps, .. } => match (self.fitted.error <= eps, other.fitted.error <= eps) {
                (true, true) => self.fitted.neurons() < other.fitted.neurons(),
                (mine, theirs) => mine || !theirs && by_error,
            },
        }
    }
}

/// A sum, or why the target does not allow that steepness.
type Tried = Result<TrapezoidSum, Obstacle>;

impl Summand<'_> {
    fn width(&self) -> f64 {
        self.input.hi - self.input.lo
    }

    /// Steps and spacing of about equal truncation and aliasing: `w h = 2 pi^2/G`.
    fn count(&self, w: f64, g: f64) -> (f64, usize) {
        let h = 2.0 * PI * PI / (g * w);
        (h, ((self.width() + 2.0 * g / w) / h).ceil() as usize)
    }

    /// The cut-off that a number of neurons allows: `2 G^2 + w width G = 2 pi^2 n`.
    fn with_neurons(&self, w: f64, n: usize) -> Result<Tried, CompileError> {
        let a = w * self.width();
        let g = ((a * a + 16.0 * PI * PI * n as f64).sqrt() - a) / 4.0;
        let h = (self.width() + 2.0 * g / w) / n as f64;
        self.sum(w, h, g, n)
    }

    /// The smallest cut-off that reaches an error, or else the largest.
    fn with_error(&self, w: f64, eps: f64, most: usize) -> Result<Tried, CompileError> {
        let tried = |g: f64| {
            let (h, n) = self.count(w, g);
            self.sum(w, h, g, n)
        };
        // As many neurons as are allowed.
        let a = w * self.width();
        let allowed = ((a * a + 16.0 * PI * PI * most as f64).sqrt() - a) / 4.0;
        let needed = f64::unary(Unary::Ln, &(self.goal.scale / eps).max(1.0)) + SPARE_DIGITS;
        let (mut low, mut high) = (LEAST_DIGITS, MOST_DIGITS.min(allowed).min(needed));
        let mut best = match tried(high)? {
            Ok(sum) => sum,
            refused => return Ok(refused),
        };
        if best.fitted.error > eps {
            return Ok(Ok(best));
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            match tried(middle)? {
                Ok(sum) if sum.fitted.error <= eps => (high, best) = (middle, sum),
                _ => low = middle,
            }
        }
        Ok(Ok(best))
    }

    fn sum(&self, w: f64, h: f64, g: f64, n: usize) -> Result<Tried, CompileError> {
        let (height, beyond) = (PI / w, g / w);
        if let Err(obstacle) = analytic(self.goal.hidden(), self.input.lo - beyond, self.input.hi + beyond, height) {
            return Ok(Err(obstacle));
        }
        // tanh at half the steepness, with half the weight, is the same step up to a constant.
        let (part, steepness) = if self.activation == Activation::Tanh { (0.5, 0.5 * w) } else { (1.0, w) };
        let mut steps = Steps::new(self.activation);
        let mut alpha = Vec::with_capacity(n);
        for k in 0..n {
            let position = self.input.lo - beyond + (k as f64 + 0.5) * h;
            let value: Complex<f64> = self.goal.hidden().eval(&[Complex::new(position, height)]);
            steps.push(position, steepness, self.goal.precision);
            alpha.push(self.goal.precision.round(part * (h * w / PI) * value.im));
        }
        let samples = self.goal.sample(chebyshev::points(self.input.lo, self.input.hi, DENSITY * n.max(8)))?;
        let mut fitted = Fitted { alpha, c0: 0.0, error: f64::INFINITY };
        let (low, high) = self.goal.deviation(&steps, &fitted, &samples);
        fitted.c0 = self.goal.precision.round(-(0.5 * low + 0.5 * high));
        fitted.error = match fitted.alpha.iter().all(|alpha| alpha.abs() <= self.goal.max_weight) {
            true => self.goal.error(&steps, &fitted, &samples),
            false => f64::INFINITY,
        };
        Ok(Ok(TrapezoidSum { w, h, steps, fitted }))
    }
}
