//! Networks of jumps made ready for a proof: where each jump is, and the hidden layer's sum between two of them.

use bumpnet_interval::Interval;
use bumpnet_ir::{Activation, Network, Precision};

use crate::place::{place, two_sum};
use crate::roundoff::U;

/// A network of `heaviside` units that all rise in x, each jump apart from the next: constant between them.
#[derive(Clone, Debug)]
pub struct Jumps {
    /// For `x < left[k]` the jump has not happened, neither exactly nor (inside the domain) as the evaluator rounds.
    pub left: Vec<f64>,
    /// For `x >= right[k]` it has. Mostly the two are equal; increasing: `right[k] < left[k + 1]`.
    pub right: Vec<f64>,
    /// The sum of the output's bias and the first k jumps, up to `slack`; one more than there are jumps.
    pub sums: Vec<f64>,
    /// How far a sum may be off.
    pub slack: f64,
    /// What can be in play at one point for the evaluator.
    pub crowd: Crowd,
    /// A jump beyond the domain's end that the evaluator's rounding takes just before it: from where on, and which.
    pub early: Option<(f64, usize)>,
}

/// Units whose windows in the evaluator may overlap, at most.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// How many.
    pub most: usize,
    /// The sum of their weights' magnitudes, in whole numbers of roundings larger than it is.
    pub weight: f64,
}

/// One unit: its jump, and where it stands in the layer.
#[derive(Clone, Copy)]
struct JumpUnit {
    left: f64,
    right: f64,
    alpha: f64,
    row: usize,
}

impl Jumps {
    /// `None` for any other network.
    pub fn new(network: &Network) -> Option<Jumps> {
        let [input] = &network.inputs[..] else { return None };
        // In binary32 a jump may be elsewhere, and an output rounds to other numbers; the general proof knows.
        if network.precision != Precision::F64 {
            return None;
        }
        let (hidden, output) = match &network.layers[..] {
            [output] if output.inputs.is_empty() => return Jumps::between(&[], output.bias.get(0), |_, _| true),
            [hidden, output] if hidden.inputs == [0] && !output.inputs.contains(&0) => (hidden, output),
            _ => return None,
        };
        if hidden.activation != Activation::Heaviside || !(input.hi - input.lo).is_finite() {
            return None;
        }
        let mut w = vec![f64::NAN; hidden.rows];
        for (row, _, value) in hidden.weights.entries() {
            if !w[row].is_nan() {
                return None; // two entries for one place
            }
            w[row] = value;
        }
        let mut units = Vec::with_capacity(output.weights.len());
        for (_, column, alpha) in output.weights.entries() {
            let row = output.inputs[column] as usize - 1;
            let (left, right) = place(w[row], hidden.bias.get(row), input)?;
            units.push(JumpUnit { left, right, alpha, row });
        }
        if !units.windows(2).all(|pair| pair[0].left <= pair[1].left) {
            units.sort_by(|p, q| p.left.total_cmp(&q.left).then(p.right.total_cmp(&q.right)));
        }
        let same = |p: usize, q: usize| w[p] == w[q] && hidden.bias.get(p) == hidden.bias.get(q);
        let mut jumps = Jumps::between(&units, output.bias.get(0), same)?;
        let reach = |unit: &JumpUnit| 32.0 * f64::EPSILON * ((hidden.bias.get(unit.row).abs() + 40.0) / w[unit.row]);
        jumps.crowd = crowd(&units, reach);
        let beyond = units.iter().find(|unit| unit.left > input.hi);
        let early = beyond.is_some_and(|unit| w[unit.row] * input.hi + hidden.bias.get(unit.row) >= 0.0);
        jumps.early = early.then(|| {
            let from = input.hi - (8.0 * U * input.hi.abs() + f64::MIN_POSITIVE);
            (from.max(input.lo), jumps.left.partition_point(|left| *left <= input.hi))
        });
        Some(jumps)
    }

    /// From sorted units; those at one place are one jump. `same` says whether two rows are the same unit.
    fn between(units: &[JumpUnit], c0: f64, same: impl Fn(usize, usize) -> bool) -> Option<Jumps> {
        let room = || Vec::with_capacity(units.len() + 1);
        let (mut left, mut right, mut sums): (Vec<f64>, Vec<f64>, Vec<f64>) = (room(), room(), room());
        let mut sum = Running::new(c0);
        let mut before: Option<&JumpUnit> = None;
        for unit in units {
            let apart = before.is_none_or(|before| before.right < unit.left);
            if apart {
                sums.push(sum.rounded());
                left.push(unit.left);
                right.push(unit.right);
            } else {
                // Jumps that are known exactly are one if they are at one place, others if they are equal units.
                let one = before.is_some_and(|before| {
                    (before.left, before.right) == (unit.left, unit.right)
                        && (unit.left == unit.right || same(before.row, unit.row))
                });
                if !one {
                    return None;
                }
            }
            sum.add(unit.alpha);
            before = Some(unit);
        }
        sums.push(sum.rounded());
        let crowd = Crowd { most: 0, weight: 0.0 };
        let slack = sum.slack();
        slack.is_finite().then_some(Jumps { left, right, sums, slack, crowd, early: None })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.left.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// An enclosure of the sum at a point; `None` where a jump may be there.
    pub fn at(&self, x: f64) -> Option<Interval> {
        let over = self.right.partition_point(|right| *right <= x);
        let begun = self.left.partition_point(|left| *left <= x);
        (over == begun).then(|| self.sum(over))
    }

    /// An enclosure of the sum after the first k jumps.
    pub fn sum(&self, k: usize) -> Interval {
        match self.slack {
            0.0 => Interval::point(self.sums[k]),
            slack => Interval::point(self.sums[k]) + Interval::new(-slack, slack).unwrap_or(Interval::ENTIRE),
        }
    }
}

/// How many units the evaluator may go through at one point, and their weight.
///
/// A unit's window is about `reach` around its jump (four times what the evaluator allows for, so that roundings do not
/// matter), and the evaluator goes through units whose jumps are within three reaches of x on either side.
fn crowd(units: &[JumpUnit], reach: impl Fn(&JumpUnit) -> f64) -> Crowd {
    let own = |unit: &JumpUnit| reach(unit) + 32.0 * f64::EPSILON * unit.right.abs().max(unit.left.abs());
    let reach = units.iter().map(own).fold(0.0, f64::max);
    let (mut first, mut weight, mut total) = (0, 0.0f64, 0.0f64);
    let (mut most, mut heaviest) = (0, 0.0f64);
    for (last, unit) in units.iter().enumerate() {
        while !(unit.right - units[first].left <= 6.0 * reach) && first < last {
            weight -= units[first].alpha.abs();
            first += 1;
        }
        if first == last {
            weight = 0.0; // no rounding is carried on from one crowd to another
        }
        weight += unit.alpha.abs();
        total += unit.alpha.abs();
        most = most.max(last + 1 - first);
        heaviest = heaviest.max(weight);
    }
    // Sums of n numbers are off by at most n u times the sum of sizes; here only those of one crowd go in.
    let rounding = if most > 1 { 2.0 * U * (units.len() as f64 + 2.0) * total } else { 0.0 };
    Crowd { most, weight: heaviest + rounding }
}

/// A running sum in double-double arithmetic with a bound of what its rounded values are off by.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    high: f64,
    low: f64,
    /// The roundings of the low part.
    slack: f64,
    /// The largest part that rounding a sum to one binary64 has cut off.
    cut: f64,
}

impl Running {
    /// A sum of one number.
    pub fn new(start: f64) -> Running {
        Running { high: start, low: 0.0, slack: 0.0, cut: 0.0 }
    }

    /// Adds a number.
    pub fn add(&mut self, term: f64) {
        let (high, error) = two_sum(self.high, term);
        let low = self.low + error;
        self.slack += U * low.abs();
        (self.high, self.low) = (high, low);
    }

    /// The sum as one binary64.
    pub fn rounded(&mut self) -> f64 {
        let (sum, rest) = two_sum(self.high, self.low);
        self.cut = self.cut.max(rest.abs());
        sum
    }

    /// How far any rounded sum so far may be off; not finite if something overflowed.
    pub fn slack(&self) -> f64 {
        // The slack is a sum of rounded numbers itself; twice it covers that for up to 2^50 terms.
        (2.0 * self.slack + self.cut) * (1.0 + 4.0 * U) + 0.0 * (self.high + self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpnet_ir::{Input, Layer};

    fn layers(units: &[(f64, f64, f64)], c0: f64) -> Vec<Layer> {
        let (w, b) = units.iter().map(|unit| (unit.0, unit.1)).unzip();
        let alpha = units.iter().map(|unit| unit.2).collect();
        Network::one_hidden_layer(Activation::Heaviside, (w, b), alpha, c0, Activation::Identity)
    }

    fn jumps(units: &[(f64, f64, f64)], c0: f64, (lo, hi): (f64, f64)) -> Option<Jumps> {
        let inputs = vec![Input { name: "x".into(), lo, hi }];
        let (name, target) = ("t/n".into(), "x".into());
        Jumps::new(
            &Network::new(bumpnet_ir::Parts {
                name,
                target,
                inputs,
                layers: layers(units, c0),
                precision: Precision::F64,
                outside: bumpnet_ir::Outside::Extend,
                graph: None,
                certificate: None,
            })
            .expect("a network"),
        )
    }

    #[test]
    fn weights_that_are_powers_of_two_have_exact_jumps() {
        let jumps = jumps(&[(1.0, -0.1, 0.5), (4.0, -1.0, 1.0), (0.25, -0.5, -2.0)], 3.0, (0.0, 5.0)).unwrap();
        assert_eq!((&jumps.left[..], &jumps.right[..]), (&[0.1, 0.25, 2.0][..], &[0.1, 0.25, 2.0][..]));
        assert_eq!((&jumps.sums[..], jumps.slack, jumps.crowd.most), (&[3.0, 3.5, 4.5, 2.5][..], 0.0, 1));
    }

    #[test]
    fn equal_units_are_one_jump() {
        let pairs = [(3.0, -0.3, 1.0), (3.0, -1.0, -1.0), (3.0, -1.0, 2.0), (3.0, -2.0, -2.0)];
        let jumps = jumps(&pairs, 0.0, (-1.0, 1.0)).unwrap();
        assert_eq!((jumps.len(), &jumps.sums[..], jumps.crowd.most), (3, &[0.0, 1.0, 2.0, 0.0][..], 2));
    }

    #[test]
    fn other_networks_have_none() {
        for units in [&[(-1.0, 0.5, 1.0)][..], &[(0.0, 0.5, 1.0)], &[(3.0, -1.0, 1.0), (6.0, -2.0, 1.0)]] {
            assert!(jumps(units, 0.0, (0.0, 1.0)).is_none(), "{units:?}");
        }
    }

    /// Sums are as far off as they say at most, also where they cancel.
    #[test]
    fn sums_are_enclosed() {
        let units: Vec<_> =
            (0..1000).map(|k| (1.0, -f64::from(k), if k % 2 == 0 { 0.1 } else { 1e12 * 0.1 })).collect();
        let jumps = jumps(&units, 1e-20, (0.0, 1e3)).unwrap();
        let mut exact = Interval::point(1e-20);
        for (k, unit) in units.iter().enumerate() {
            assert!(exact.intersection(&jumps.sum(k)).is_some() && jumps.slack <= 1e-2, "{k}");
            exact = exact + Interval::point(unit.2);
        }
    }

    #[test]
    fn jumps_at_the_ends_are_decided() {
        // 500 * 1 is exact: at x = 1 the last step has been taken, at x = 0 the first.
        let jumps = jumps(&[(500.0, -0.0, 1.0), (500.0, -250.0, 1.0), (500.0, -500.0, -2.0)], 0.0, (0.0, 1.0)).unwrap();
        assert_eq!((jumps.right[0], jumps.right[2]), (0.0, 1.0));
    }
}
