//! Places where units of any layer change most: on lines through the domain, by solving for the first layer's units and by
//! bisection for those behind it, to neighbouring numbers.

use bumpnet_ir::{Activation, Input, Layer, Network, Precision};

use crate::dd::Dd;
use crate::generate::sums;
use crate::random::Random;

/// Places of one line, besides breaks; breaks that are closed in on; and those of the first layer that are solved for.
const GRID: usize = 24;
const BISECTED: usize = 24;
const SOLVED: usize = 120;

/// Where an activation jumps, bends, or is steep.
fn places(activation: Activation) -> &'static [f64] {
    match activation {
        Activation::Identity => &[],
        Activation::ClippedLogistic => &[-6.0, 6.0, 0.0],
        Activation::Ogee => &[-1.0, 0.0, 1.0],
        Activation::Smoothstep | Activation::Ramp => &[-1.0, 1.0],
        _ => &[0.0],
    }
}

/// The numbers around one, two on each side: binary64, and of the precision if that is another.
pub fn neighbours(x: f64, precision: Precision) -> Vec<f64> {
    let mut list = vec![x.next_down().next_down(), x.next_down(), x, x.next_up(), x.next_up().next_up()];
    if precision == Precision::F32 && x.abs() < 3e38 {
        let narrow = x as f32;
        list.extend([narrow.next_down(), narrow, narrow.next_up()].map(f64::from));
    }
    list
}

/// A line parallel to an axis.
struct AxisLine<'a> {
    network: &'a Network,
    base: Vec<f64>,
    axis: usize,
}

impl AxisLine<'_> {
    fn at(&self, t: f64) -> Vec<f64> {
        let mut x = self.base.clone();
        x[self.axis] = t;
        x
    }

    /// All units' arguments, each less each of the places of its activation.
    fn arguments(&self, t: f64) -> Vec<f64> {
        let precision = self.network.precision;
        let mut slots: Vec<f64> = self.at(t).iter().map(|x| precision.round(*x)).collect();
        let mut list = Vec::new();
        for layer in &self.network.layers {
            let sums = sums(layer, &slots, precision);
            list.extend(sums.iter().flat_map(|z| places(layer.activation).iter().map(move |place| z - place)));
            slots.extend(sums.iter().map(|z| precision.round(layer.activation.apply(z))));
        }
        list
    }

    /// Where units that read inputs alone have their places.
    fn solved(&self) -> Vec<f64> {
        let n = self.base.len() as u32;
        let reads = |layer: &&Layer| layer.inputs.iter().all(|slot| *slot < n);
        let mut breaks = Vec::new();
        for layer in self.network.layers.iter().filter(reads) {
            let mut rows: Vec<(f64, Dd)> = (0..layer.rows).map(|row| (0.0, Dd::from(layer.bias.get(row)))).collect();
            for (row, column, weight) in layer.weights.entries() {
                let slot = layer.inputs[column] as usize;
                if slot == self.axis {
                    rows[row].0 += weight;
                } else {
                    rows[row].1 = rows[row].1 + Dd::from(weight) * Dd::from(self.base[slot]);
                }
            }
            let sloped = rows.iter().filter(|(w, _)| *w != 0.0);
            let solve = |(w, b): &(f64, Dd)| {
                let (w, b) = (*w, *b);
                places(layer.activation).iter().map(move |z| ((Dd::from(*z) - b) / Dd::from(w)).hi)
            };
            breaks.extend(sloped.flat_map(solve));
        }
        breaks
    }

    /// All places of the line that matter, in order.
    fn places(&self, random: &mut Random) -> Vec<f64> {
        let side = &self.network.inputs[self.axis];
        let inside = |x: &f64| (side.lo..=side.hi).contains(x);
        let mut solved = self.solved();
        solved.retain(inside);
        while solved.len() > SOLVED {
            solved.swap_remove(random.below(solved.len()));
        }
        let mut list: Vec<f64> = vec![side.lo, side.hi, side.lo.next_up(), side.hi.next_down()];
        list.extend((1..GRID).map(|k| {
            let share = (k as f64 + 0.5 * random.unit()) / GRID as f64;
            (1.0 - share) * side.lo + share * side.hi
        }));
        list.extend(solved.iter().flat_map(|x| neighbours(*x, self.network.precision)));
        list.retain(inside);
        sort(&mut list);
        // Between two breaks that are close together.
        let middles: Vec<f64> = list.windows(2).map(|pair| 0.5 * pair[0] + 0.5 * pair[1]).collect();
        list.extend(middles);
        sort(&mut list);
        let signs: Vec<Vec<f64>> = list.iter().map(|t| self.arguments(*t)).collect();
        let mut brackets: Vec<(usize, usize)> = Vec::new();
        for k in 1..list.len() {
            let changes = |j: &usize| (signs[k - 1][*j] < 0.0) != (signs[k][*j] < 0.0);
            brackets.extend((0..signs[k].len()).filter(changes).map(|j| (k, j)));
        }
        brackets.retain(|(k, _)| list[k - 1].next_up() < list[*k]);
        while brackets.len() > BISECTED {
            brackets.swap_remove(random.below(brackets.len()));
        }
        let found: Vec<f64> = brackets.iter().map(|(k, j)| self.bisect(list[k - 1], list[*k], *j)).collect();
        list.extend(found.iter().flat_map(|x| neighbours(*x, self.network.precision)).filter(inside));
        list
    }

    /// A number at which an argument has changed its sign, next to one where it has not.
    fn bisect(&self, mut a: f64, mut b: f64, which: usize) -> f64 {
        let negative = |t: f64| self.arguments(t)[which] < 0.0;
        let left = negative(a);
        loop {
            let middle = 0.5 * a + 0.5 * b;
            if !(a < middle && middle < b) {
                return b;
            }
            if negative(middle) == left { a = middle } else { b = middle }
        }
    }
}

fn sort(list: &mut Vec<f64>) {
    list.sort_by(f64::total_cmp);
    list.dedup();
}

/// Points on lines parallel to the axes, through the place of the largest error and through random ones.
pub fn points(
    network: &Network,
    argmax: &[f64],
    worst: Vec<Vec<f64>>,
    lines: usize,
    random: &mut Random,
) -> Vec<Vec<f64>> {
    let n = network.inputs.len();
    let mut bases = worst;
    bases.push(argmax.iter().zip(&network.inputs).map(|(x, side)| x.clamp(side.lo, side.hi)).collect());
    let mut points: Vec<Vec<f64>> = Vec::new();
    for k in 0..if n == 1 { 1 } else { lines } {
        let base = match bases.get(k / n) {
            Some(base) => base.clone(),
            // Through a place found before, so that the breaks of several axes meet.
            None if k % 3 == 0 && !points.is_empty() => points[random.below(points.len())].clone(),
            None => network.inputs.iter().map(|side| random.between(side.lo, side.hi)).collect(),
        };
        let line = AxisLine { network, base, axis: k % n };
        points.extend(line.places(random).into_iter().map(|t| line.at(t)));
    }
    points
}

/// Points whose every coordinate is a break of the first units, a neighbour of one, or the middle between two: the corners and
/// centres of the boxes that those units make.
pub fn boxes(network: &Network, count: usize, random: &mut Random) -> Vec<Vec<f64>> {
    let centre: Vec<f64> = network.inputs.iter().map(|side| random.between(side.lo, side.hi)).collect();
    let along = |(axis, side): (usize, &Input)| {
        let mut breaks = AxisLine { network, base: centre.clone(), axis }.solved();
        breaks.retain(|x| (side.lo..=side.hi).contains(x));
        breaks.extend([side.lo, side.hi]);
        sort(&mut breaks);
        let middles: Vec<f64> = breaks.windows(2).map(|pair| 0.5 * pair[0] + 0.5 * pair[1]).collect();
        (breaks, middles)
    };
    let axes: Vec<_> = network.inputs.iter().enumerate().map(along).collect();
    let mut coordinate = |(side, (breaks, middles)): (&Input, &(Vec<f64>, Vec<f64>))| {
        let x =
            if random.once_in(2) { middles[random.below(middles.len())] } else { breaks[random.below(breaks.len())] };
        random.pick(&[x, x, x.next_up(), x.next_down()]).clamp(side.lo, side.hi)
    };
    (0..count).map(|_| network.inputs.iter().zip(&axes).map(&mut coordinate).collect()).collect()
}

/// Points that are no binary64: between two neighbouring numbers around the first units' breaks, and at random.
pub fn between(network: &Network, random: &mut Random, count: usize) -> Vec<Vec<Dd>> {
    let n = network.inputs.len();
    let centre: Vec<f64> = network.inputs.iter().map(|side| random.between(side.lo, side.hi)).collect();
    let breaks: Vec<Vec<f64>> = (0..n)
        .map(|axis| {
            AxisLine { network, base: centre.clone(), axis }.solved().into_iter().filter(|x| x.is_finite()).collect()
        })
        .collect();
    let mut points = Vec::new();
    for _ in 0..count {
        let mut point: Vec<Dd> = Vec::with_capacity(n);
        for (side, breaks) in network.inputs.iter().zip(&breaks) {
            let at = match breaks.is_empty() || random.once_in(4) {
                true => random.between(side.lo, side.hi),
                false => breaks[random.below(breaks.len())],
            };
            let at = at.clamp(side.lo, side.hi.next_down().max(side.lo));
            let part = random.pick(&[0.0, 0.001, 0.25, 0.5, 0.75, 0.999]);
            let sum = Dd::from(at) + Dd::from(part * (at.next_up() - at));
            point.push(if sum <= Dd::from(side.hi) { sum } else { Dd::from(side.hi) });
        }
        points.push(point);
    }
    points
}
