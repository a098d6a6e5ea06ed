//! A network of jumps at the numbers of its precision, which are all that ever run: where the evaluator takes each step.
//!
//! Rounding is monotone, so that `fl(fl(w x) + b)` has one sign up to some number and the other behind it, which halving
//! finds, whatever the weight and the precision are.

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Layer, Network, Precision};

use crate::jumps::Running;

/// Steps, at most. Heuristic: a second.
const MOST: usize = 1 << 16;

/// The sums of the hidden layer, each on a run of numbers.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The first number of each run but the first, increasing.
    pub from: Vec<f64>,
    /// The first and the last number of the domain.
    pub ends: (f64, f64),
    /// What numbers there are.
    pub precision: Precision,
    sums: Vec<f64>,
    slack: f64,
}

impl Taken {
    /// `None` where the network is not one hidden layer of jumps over one input, or has too many of them.
    pub fn new(network: &Network) -> Option<Taken> {
        let ([input], precision) = (&network.inputs[..], network.precision) else { return None };
        let ends = (precision.round_up(input.lo), -precision.round_up(-input.hi));
        let (output, hidden) = network.layers.split_last()?;
        let mut sum = Running::new(output.bias.get(0));
        let mut steps = match hidden {
            [] if output.inputs.is_empty() => Vec::new(),
            [hidden] if hidden.inputs == [0] && !output.inputs.contains(&0) => {
                steps(hidden, output, ends, precision, &mut sum)?
            }
            _ => return None,
        };
        steps.sort_by(|p, q| p.0.total_cmp(&q.0));
        let mut taken = Taken { from: Vec::new(), ends, precision, sums: Vec::new(), slack: 0.0 };
        for (at, alpha) in steps {
            if taken.from.last() != Some(&at) {
                taken.sums.push(sum.rounded());
                taken.from.push(at);
            }
            sum.add(alpha);
        }
        taken.sums.push(sum.rounded());
        taken.slack = sum.slack();
        (taken.slack.is_finite() && ends.0 <= ends.1).then_some(taken)
    }

    /// An enclosure of the sum on the run `k`, its terms as they are.
    pub fn sum(&self, k: usize) -> Interval {
        Interval::point(self.sums[k]) + Interval::new(-self.slack, self.slack).unwrap_or(Interval::ENTIRE)
    }
}

/// Where each step is taken, or taken back, and by how much the sum grows there; adds those that are taken from the first
/// number on to the sum.
fn steps(
    hidden: &Layer,
    output: &Layer,
    (lo, hi): (f64, f64),
    precision: Precision,
    sum: &mut Running,
) -> Option<Vec<(f64, f64)>> {
    if hidden.activation != Activation::Heaviside || output.weights.len() > MOST {
        return None;
    }
    let mut w = vec![None; hidden.rows];
    for (row, _, value) in hidden.weights.entries() {
        if w[row].replace(value).is_some() {
            return None; // two entries for one place
        }
    }
    let mut steps = Vec::with_capacity(output.weights.len());
    for (_, column, alpha) in output.weights.entries() {
        let row = output.inputs[column] as usize - 1;
        let (w, b) = (w[row].unwrap_or(0.0), hidden.bias.get(row));
        let risen = |x: f64| precision.round(precision.round(w * x) + b) >= 0.0;
        let (first, last) = (risen(lo), risen(hi));
        if first {
            sum.add(alpha);
        }
        if first != last {
            steps.push((change(risen, lo, hi, precision), if last { alpha } else { -alpha }));
        }
    }
    Some(steps)
}

/// The first number at which it is not as at the first.
fn change(risen: impl Fn(f64) -> bool, lo: f64, hi: f64, precision: Precision) -> f64 {
    let (mut before, mut after, first) = (lo, hi, risen(lo));
    while precision.next_up(before) < after {
        let middle = precision.middle(before, after);
        if risen(middle) == first { before = middle } else { after = middle }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpnet_ir::{Input, Outside, Window};

    /// Against the evaluator, at the numbers around every step, rising and falling, in both precisions.
    #[test]
    fn steps_are_taken_where_the_evaluator_takes_them() {
        for precision in [Precision::F64, Precision::F32] {
            for k in 1..200 {
                let number = |j: i32| precision.round((f64::from(k * 7 + j) * 0.618_033_988_7).fract() - 0.5);
                let units: Vec<(f64, f64)> = (0..6).map(|j| (number(3 * j) * 9.0, number(3 * j + 1))).collect();
                let units = units.into_iter().map(|(w, b)| (precision.round(w), b));
                let (w, b) = units.chain([(1.0, -0.25), (-1.0, 0.25), (0.0, 0.5)]).unzip();
                let alpha = (0..9).map(|j| f64::from(1 << j)).collect();
                let network = Network::new(bumpnet_ir::Parts {
                    name: "t/n".into(),
                    target: "x".into(),
                    inputs: vec![Input { name: "x".into(), lo: -0.9, hi: 1.1 }],
                    layers: Network::one_hidden_layer(Activation::Heaviside, (w, b), alpha, 0.0, Activation::Identity),
                    precision,
                    outside: Outside::Extend,
                    graph: None,
                    certificate: None,
                })
                .expect("a network");
                let (taken, window) = (Taken::new(&network).unwrap(), Window::new(&network).unwrap());
                let mut run = [vec![taken.ends.0], taken.from.clone()].concat();
                run.push(precision.next_up(taken.ends.1));
                for (k, pair) in run.windows(2).enumerate() {
                    for x in [pair[0], precision.next_down(pair[1])] {
                        assert!((-0.9..=1.1).contains(&x) && precision.round(x) == x);
                        assert_eq!(Interval::point(window.sum(x)), taken.sum(k), "{x}");
                    }
                }
            }
        }
    }
}
