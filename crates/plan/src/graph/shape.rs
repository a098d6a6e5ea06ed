//! What is known of a curve: its values and slopes on any part of its domain.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::{Activation, Input, Network, Outside, Parts, Precision};
use bumpnet_prove::poly::{Cell, Poly};
use bumpnet_prove::units::Units;

use super::wiring::{Curve, jumps};
use crate::model::Layer;

/// The part of a curve's magnitude that its models may be off; their errors widen ranges only. Heuristic.
const LOOSE: f64 = 1e-6;

/// A curve on its domain.
#[derive(Debug)]
pub struct PiecewiseCurve {
    /// The curve as a network of one input.
    pub network: Network,
    units: Units,
    /// Polynomials from left to right: the points they are for, their cells, and the polynomials if there are.
    models: Vec<((f64, f64), Cell, Option<Poly>)>,
    /// Between two models that touch at a break, how far around it either may be meant: 0 where nothing breaks.
    gap: f64,
}

/// Values and slopes.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    pub values: Interval,
    pub slopes: Interval,
}

impl Reach {
    fn hull(self, other: Reach) -> Reach {
        Reach { values: self.values.hull(&other.values), slopes: self.slopes.hull(&other.slopes) }
    }
}

impl PiecewiseCurve {
    /// `None` where the curve is not one of plans.
    pub fn new(curve: &Curve, lo: f64, hi: f64) -> Option<PiecewiseCurve> {
        let (weights, heights): (Vec<_>, Vec<_>) = curve.units.iter().map(|(w, b, alpha)| ((*w, *b), *alpha)).unzip();
        let (w, b): (Vec<_>, Vec<_>) = weights.into_iter().unzip();
        // Where any constant will do, one that leaves small numbers.
        let middle = lo + (hi - lo) / 2.0;
        let sum = |sum: f64, (w, b, alpha): &(f64, f64, f64)| sum + alpha * curve.activation.apply(&(w * middle + b));
        let constant = curve.constant.unwrap_or_else(|| -curve.units.iter().fold(0.0, sum));
        let network = Network::new(Parts {
            name: String::new(),
            target: String::new(),
            inputs: vec![Input { name: "t".to_owned(), lo, hi }],
            layers: Network::one_hidden_layer(curve.activation, (w, b), heights, constant, Activation::Identity),
            precision: Precision::F64,
            outside: Outside::Clamp,
            graph: None,
            certificate: None,
        })
        .ok()?; // a range that ends beyond all binary64 is no domain
        let units = Units::new(&network)?;
        if !constant.is_finite() {
            return None;
        }
        let (models, gap) = match Layer::new(&units, lo, hi) {
            Some(layer) => {
                let size =
                    (0..=16).map(|k| units.value_at::<Interval>(lo + (hi - lo) * (f64::from(k) / 16.0)).magnitude());
                let size = size.map(|size| size.get()).fold(f64::MIN_POSITIVE, f64::max);
                let models = layer.models(lo, hi, LOOSE * size).into_iter();
                let moved = Interval::symmetric(layer.moved);
                let interval = |mut poly: Poly| {
                    poly.add_constant(moved);
                    poly
                };
                let models = models.map(|model| (model.core, model.cell, model.poly.map(|p| interval(p.interval()))));
                // Twice what the layer makes one.
                let gap = if layer.margin > 0.0 { 0.0 } else { 16.0 * f64::EPSILON * lo.abs().max(hi.abs()) };
                (models.collect(), gap)
            }
            None => (Vec::new(), 0.0),
        };
        Some(PiecewiseCurve { network, units, models, gap })
    }

    /// The constant that it has.
    pub fn constant(&self) -> f64 {
        self.network.layers.last().map_or(0.0, |last| last.bias.get(0))
    }

    /// Its units.
    pub fn units(&self) -> &Units {
        &self.units
    }

    /// Where it is known.
    pub fn domain(&self) -> (f64, f64) {
        (self.network.inputs[0].lo, self.network.inputs[0].hi)
    }

    /// Whether it may jump.
    pub fn jumps(&self) -> bool {
        jumps(self.units.activation)
    }

    /// The values and slopes for arguments in a part of the domain.
    pub fn on(&self, t: Interval) -> Reach {
        let (lo, hi) = self.domain();
        if self.models.is_empty() || !(lo <= t.lo() && t.hi() <= hi) {
            return self.plainly(t);
        }
        // The last model that begins at or left of the interval's ends.
        let first = self.models.partition_point(|(core, ..)| core.0 <= t.lo()).saturating_sub(1);
        let mut reach: Option<Reach> = None;
        let mut add = |part: Reach| reach = Some(reach.map_or(part, |known| known.hull(part)));
        for (k, (core, cell, poly)) in self.models.iter().enumerate().skip(first) {
            if core.0 > t.hi() {
                break;
            }
            let part = Cell { a: core.0.max(t.lo()), b: core.1.min(t.hi()).max(core.0.max(t.lo())) };
            add(match poly {
                Some(poly) => on(poly, cell, &part),
                None => self.plainly(part.interval()),
            });
            let next = self.models.get(k + 1).map(|(core, ..)| core.0).filter(|next| self.gap > 0.0 && *next <= t.hi());
            if let Some(gap) = next.and_then(|next| Interval::new(core.1 - self.gap, next + self.gap)) {
                add(self.plainly(gap));
            }
        }
        reach.unwrap_or_else(|| self.plainly(t))
    }

    /// The same unit by unit.
    fn plainly(&self, t: Interval) -> Reach {
        let Units { activation, list, c0, .. } = &self.units;
        let values = list.iter().fold(*c0, |sum, unit| sum + unit.alpha * unit.hull(*activation, t));
        let slopes = list.iter().fold(Interval::ZERO, |sum, unit| sum + unit.slope(*activation, t));
        Reach { values, slopes }
    }
}

/// A polynomial's values and slopes on a part of its cell.
fn on(poly: &Poly, cell: &Cell, part: &Cell) -> Reach {
    // A point has no inside: the numbers around it.
    let around = Cell { a: part.a.next_down().max(cell.a), b: part.b.next_up().min(cell.b) };
    if around.a >= around.b {
        return Reach { values: poly.range(), slopes: Interval::ENTIRE };
    }
    let restricted = poly.restrict(cell, &around);
    Reach { values: range(&restricted), slopes: restricted.slope() / Interval::point(around.radius()) }
}

/// The range of a polynomial on its cell: exactly that of its quadratic part, `c2 (t + q)^2 - c2 q^2` with `q = c1/(2 c2)`,
/// so that squares are not negative.
fn range(poly: &Poly) -> Interval {
    let plain = poly.range();
    let [_, c1, c2, ..] = *poly.coefficients() else { return plain };
    let t = Interval::symmetric(UpperBound::ONE);
    let q = c1 / (Interval::point(2.0) * c2);
    if c2.contains(0.0) || !q.is_bounded() {
        return plain;
    }
    let higher = poly
        .coefficients()
        .iter()
        .enumerate()
        .skip(3)
        .fold(poly.coefficients()[0], |sum, (k, c)| sum + *c * if k % 2 == 0 { t.square() } else { t });
    let around = higher + c2 * (t + q).square() - c2 * q.square();
    around.intersection(&plain).unwrap_or(plain)
}
