//! One hidden layer over one input: saturated units are constants, summed once; only the active ones are evaluated.
//!
//! `N(x) = c0 + sum_k alpha_k s(w_k x + b_k)`. Left of its window a unit is at one limit of the activation, right of it
//! at the other. Units are sorted by where their windows begin. With
//! `base[i] = c0 + sum_{k<i} alpha_k right_k + sum_{k>=i} alpha_k left_k`,
//! the value is `base[i] + sum_{i<=k<j} alpha_k (s(z_k) - left_k)`, where `i..j` holds every unit active at x. The
//! bases are summed in double-double arithmetic, so a network of a million units has no drift.
//!
//! In binary32 the same is computed with every number and every operation rounded to binary32, the point first: a sum,
//! difference or product of two binary32 numbers in binary64, rounded again, is the binary32 operation (Figueroa 1995:
//! 53 >= 2 * 24 + 2). The activation is rounded from its binary64 value.

use bumpnet_interval::Sum;

use super::{Network, Values};
use crate::activation::Activation;
use crate::activation::meaning::Continuity;
use crate::evaluation::Precision;

/// A hidden layer made ready: parallel lists, sorted.
#[derive(Debug)]
pub struct Window {
    activation: Activation,
    precision: Precision,
    w: Vec<f64>,
    b: Vec<f64>,
    alpha: Vec<f64>,
    /// The activation's limit left of the window: `left[k]`.
    left: Vec<f64>,
    /// And right of it.
    right: Vec<f64>,
    /// `base[i]`, one more than there are units.
    base: Vec<f64>,
    /// `ends[i]`: no unit before i is active right of this; increasing.
    ends: Vec<f64>,
    /// `starts[i]`: no unit from i on is active left of this; increasing.
    starts: Vec<f64>,
    /// Step positions, increasing, each once, and the largest half-width.
    steps: (Vec<f64>, f64),
}

/// A part of a window's sum, `base[i] + sum_{i<=k} alpha_k (s(w_k x + b_k) - left_k)` for an `i` up to `skipped`; where the
/// sum may end before the last unit, the units behind are at their left limit.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The weights on the input.
    pub w: &'a [f64],
    /// The biases.
    pub b: &'a [f64],
    /// The output weights.
    pub alpha: &'a [f64],
    /// The activation's limits left of the units' windows.
    pub left: &'a [f64],
    /// And right of them.
    pub right: &'a [f64],
    /// The sum where all units before are at their right limit, the others at their left one: one more than there are units.
    pub base: &'a [f64],
    /// The largest `i`.
    pub skipped: usize,
}

struct WindowUnit {
    w: f64,
    b: f64,
    alpha: f64,
    limits: (f64, f64),
    from: f64,
    to: f64,
}

impl Window {
    /// For the network's own precision. `None` if the network has another form, or an output neuron that jumps or is upright: there
    /// the rounding of the sum is no matter of a slope, so that proofs follow its terms one by one, and so does the evaluator.
    pub fn new(network: &Network) -> Option<Window> {
        Window::in_precision(network, network.precision)
    }

    /// The same numbers, summed in another precision.
    pub fn in_precision(network: &Network, precision: Precision) -> Option<Window> {
        let [hidden, output] = &network.layers[..] else { return None };
        if network.inputs.len() != 1 || hidden.inputs != [0] || output.inputs.contains(&0) {
            return None;
        }
        if output.activation.may_jump() || matches!(output.activation.meaning().continuity, Continuity::Root(_)) {
            return None;
        }
        let mut w = vec![0.0; hidden.rows];
        for (row, _, value) in hidden.weights.entries() {
            w[row] += value;
        }
        let mut alpha = vec![0.0; hidden.rows];
        for (_, column, value) in output.weights.entries() {
            alpha[output.inputs[column] as usize - 1] += value;
        }
        let mut units: Vec<WindowUnit> = (0..hidden.rows)
            .map(|k| unit(hidden.activation, precision, w[k], bias(&hidden.bias, k), alpha[k]))
            .collect();
        units.sort_by(|a, b| a.from.total_cmp(&b.from));
        Some(Window::from_units((hidden.activation, precision), units, bias(&output.bias, 0)))
    }

    fn from_units((activation, precision): (Activation, Precision), units: Vec<WindowUnit>, c0: f64) -> Window {
        let mut ends: Vec<f64> = Vec::with_capacity(units.len());
        let mut furthest = f64::NEG_INFINITY;
        for unit in &units {
            furthest = furthest.max(unit.to);
            ends.push(furthest);
        }
        let mut sum = Sum::default();
        sum.add(c0);
        units.iter().for_each(|unit| sum.add(unit.alpha * unit.limits.0));
        let mut base = vec![precision.round(sum.value())];
        for unit in &units {
            sum.add(unit.alpha * unit.limits.1);
            sum.add(-(unit.alpha * unit.limits.0));
            base.push(precision.round(sum.value()));
        }
        let mut positions: Vec<f64> = units.iter().filter(|u| u.w != 0.0).map(|u| -u.b / u.w).collect();
        positions.sort_by(f64::total_cmp);
        positions.dedup();
        let half_width = units.iter().map(|u| (u.to - u.from) / 2.0).filter(|w| w.is_finite()).fold(0.0, f64::max);
        Window {
            activation,
            precision,
            w: units.iter().map(|u| u.w).collect(),
            b: units.iter().map(|u| u.b).collect(),
            alpha: units.iter().map(|u| u.alpha).collect(),
            left: units.iter().map(|u| u.limits.0).collect(),
            right: units.iter().map(|u| u.limits.1).collect(),
            starts: units.iter().map(|u| u.from).collect(),
            base,
            ends,
            steps: (positions, half_width),
        }
    }

    /// The sum at `x`, without the output's activation; NaN for NaN.
    pub fn sum(&self, x: f64) -> f64 {
        match self.precision {
            Precision::F64 => self.rounded_sum(x, |value| value),
            Precision::F32 => self.rounded_sum(Precision::F32.round(x), |value| Precision::F32.round(value)),
        }
    }

    #[inline]
    fn rounded_sum(&self, x: f64, round: impl Fn(f64) -> f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let first = self.ends.partition_point(|end| *end < x);
        let last = first + self.starts[first..].partition_point(|start| *start <= x);
        let mut sum = self.base[first];
        for k in first..last {
            let z = round(round(self.w[k] * x) + self.b[k]);
            let rise = round(round(self.activation.value(z)) - self.left[k]);
            sum = round(sum + round(self.alpha[k] * rise));
        }
        sum
    }

    /// What is summed at the points of `[lo, hi]`, numbers of the precision: the units that may be, in their order, the bases
    /// before and after each, and how many of them a point may leave out at the beginning.
    pub fn run(&self, lo: f64, hi: f64) -> Run<'_> {
        let first = |x: f64| self.ends.partition_point(|end| *end < x);
        let from = first(lo);
        let last = (from + self.starts[from..].partition_point(|start| *start <= hi)).max(first(hi));
        Run {
            w: &self.w[from..last],
            b: &self.b[from..last],
            alpha: &self.alpha[from..last],
            left: &self.left[from..last],
            right: &self.right[from..last],
            base: &self.base[from..=last],
            skipped: first(hi) - from,
        }
    }

    /// Step positions, increasing and each once, and the largest half-width of a step.
    pub fn steps(&self) -> (&[f64], f64) {
        (&self.steps.0, self.steps.1)
    }
}

fn bias(values: &Values, index: usize) -> f64 {
    values.get(index)
}

/// A unit with a window outside of which its rounded argument is certainly beyond the saturation points.
fn unit(activation: Activation, precision: Precision, w: f64, b: f64, alpha: f64) -> WindowUnit {
    // Never saturated: always active, counted from zero.
    let always = WindowUnit { w, b, alpha, limits: (0.0, 0.0), from: f64::NEG_INFINITY, to: f64::INFINITY };
    let (low, high) = activation.limits();
    let (from, to) = activation.saturation();
    if !from.is_finite() || w == 0.0 {
        return always;
    }
    let [at_from, at_to] = [(from - b) / w, (to - b) / w];
    let (from, to, limits) = if w > 0.0 { (at_from, at_to, (low, high)) } else { (at_to, at_from, (high, low)) };
    // (z - b)/w and w x + b round at most four times, each by half an ulp of a number no larger than |b| + |z|.
    let slack = 8.0 * precision.unit_roundoff() * ((b.abs() + 40.0) / w.abs() + from.abs().max(to.abs()));
    let (from, to) = (from - slack, to + slack);
    // Where the window is beyond the numbers, its place cannot be told.
    if from.is_finite() && to.is_finite() { WindowUnit { w, b, alpha, limits, from, to } } else { always }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Parts};
    use proptest::prelude::*;

    fn network(activation: Activation, units: &[(f64, f64, f64)], c0: f64) -> Network {
        let (w, b) = units.iter().map(|u| (u.0, u.1)).unzip();
        let alpha = units.iter().map(|u| u.2).collect();
        Network::new(Parts {
            name: "t/t".into(),
            target: "x".into(),
            inputs: vec![Input { name: "x".into(), lo: -1.0, hi: 1.0 }],
            layers: Network::one_hidden_layer(activation, (w, b), alpha, c0, Activation::Identity),
            precision: Precision::F64,
            outside: crate::Outside::Extend,
            graph: None,
            certificate: None,
        })
        .expect("a network")
    }

    /// The plain sum with the same cut-offs; summed with compensation, so that it is the better of the two.
    fn plain(activation: Activation, units: &[(f64, f64, f64)], c0: f64, x: f64) -> f64 {
        let mut sum = Sum::default();
        sum.add(c0);
        units.iter().for_each(|(w, b, alpha)| sum.add(alpha * activation.value(w * x + b)));
        sum.value()
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_sum(
            kind in 0usize..10,
            units in prop::collection::vec((-60.0f64..60.0, -1.2f64..1.2, -2.0f64..2.0), 1..40),
            xs in prop::collection::vec(-3.0f64..3.0, 1..20),
        ) {
            let activation = Activation::ALL[kind];
            // Positions within the domain, the weights of both signs; every third unit has weight 0 or a steep one.
            let units: Vec<_> = units.iter().enumerate().map(|(k, (w, s, a))| {
                let w = match k % 7 { 3 => 0.0, 5 => w * 1e4, _ => *w };
                (w, -w * s, *a)
            }).collect();
            let network = network(activation, &units, 0.25);
            let window = Window::new(&network).unwrap();
            let steps: Vec<f64> = window.steps().0.to_vec();
            for x in xs.into_iter().chain(steps.iter().flat_map(|s| [*s, s.next_up(), s.next_down()])) {
                let (fast, slow) = (window.sum(x), plain(activation, &units, 0.25, x));
                prop_assert!((fast - slow).abs() <= 1e-14 * 80.0, "{} at {x}: {fast} {slow}", activation.name());
            }
        }
    }

    #[test]
    fn binary32_rounds_every_operation() {
        let f = |v: f64| f64::from(v as f32);
        let units = [(f(3.3), f(-0.7), f(0.1)), (f(-2.9), f(0.4), f(1.7)), (f(11.3), f(-6.1), f(-0.9))];
        let network = network(Activation::Arctan, &units, f(0.3));
        let network = network.changed(|parts| parts.precision = Precision::F32).unwrap();
        let window = Window::new(&network).unwrap();
        for k in -50..=50 {
            let x = f64::from(k) / 37.0;
            let mut sum = 0.3f32;
            for (w, b, alpha) in units.map(|u| (u.0 as f32, u.1 as f32, u.2 as f32)) {
                let z = w * x as f32 + b;
                sum += alpha * Activation::Arctan.value(f64::from(z)) as f32;
            }
            assert_eq!(window.sum(x), f64::from(sum), "at {x}");
        }
    }

    #[test]
    fn unusual_points() {
        let network = network(Activation::Logistic, &[(500.0, 0.0, 1.0), (500.0, -100.0, -1.0)], 0.0);
        let window = Window::new(&network).unwrap();
        assert!(window.sum(f64::NAN).is_nan());
        assert_eq!(window.sum(f64::INFINITY), 0.0);
        assert_eq!(window.sum(f64::NEG_INFINITY), 0.0);
        assert_eq!(window.sum(0.1), 1.0);
    }

    /// Units whose windows lie beyond all numbers are looked at everywhere, and hide no other.
    #[test]
    fn windows_beyond_the_numbers() {
        let far = |b: f64| (8.9e-40, b, 1e6);
        let units = [far(-1.3e278), far(-1.4e278), far(1.3e278), (-3.75, 2700.0, 6e5)];
        for activation in [Activation::Logistic, Activation::Heaviside, Activation::Ramp] {
            let window = Window::new(&network(activation, &units, 0.0)).unwrap();
            for x in [0.0, 700.0, 719.0, 725.0, 740.0] {
                let off = (window.sum(x) - plain(activation, &units, 0.0, x)).abs();
                assert!(off <= 1e-9, "{} at {x}: off by {off:e}", activation.name());
            }
        }
    }

    #[test]
    fn a_million_units_have_no_drift() {
        let count = 1_000_000;
        let units: Vec<_> = (0..count).map(|k| (1.0, -f64::from(k) / f64::from(count), 0.1)).collect();
        let network = network(Activation::Heaviside, &units, 0.0);
        let error = (Window::new(&network).unwrap().sum(2.0) - 0.1 * f64::from(count)).abs();
        assert!(error <= 1e-10, "{error}");
    }
}
