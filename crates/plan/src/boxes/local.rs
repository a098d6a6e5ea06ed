//! A curve near an argument: on a short interval, a polynomial in binary64 and a bound of how far the curve is from it.

use bumpnet_interval::{UpperBound, Wide};
use bumpnet_prove::poly::{Cell, ORDER, Poly};
use bumpnet_prove::units::Units;

use super::model::{U, over};
use super::terms::power;
use crate::chebyshev::polynomial as chebyshev;
use crate::model::Layer;

/// `cos((2k + 1) pi/32)`, where polynomials of degree 15 are fixed by their values (the other half are the negatives).
const NODES: [f64; 8] = [
    0.995_184_726_672_196_9,
    0.956_940_335_732_208_8,
    0.881_921_264_348_355,
    0.773_010_453_362_737,
    0.634_393_284_163_645_4,
    0.471_396_736_825_997_6,
    0.290_284_677_254_462_3,
    0.098_017_140_329_560_6,
];

/// A curve on its domain.
pub struct LocalCurve {
    /// From left to right, side by side.
    pieces: Vec<LocalPiece>,
}

struct LocalPiece {
    core: (f64, f64),
    /// A cell that the core lies in; the coefficients are by its parameter.
    cell: Cell,
    coefficients: Vec<f64>,
    /// How far the curve may be from the polynomial on the cell.
    rest: UpperBound,
}

/// A polynomial in `v = (z - centre)/radius`, and how far the curve may be from it for v in [-1, 1] and z in the domain.
pub struct LocalPoly {
    pub coefficients: Vec<f64>,
    pub rest: UpperBound,
}

impl LocalPiece {
    fn value(&self, z: f64) -> f64 {
        let t = (z - self.cell.centre()) / self.cell.radius();
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * t + c)
    }

    /// The polynomial in `v = (z - centre)/radius`, and a bound of the roundings: each term goes through two for each power,
    /// and shift and scale through two each.
    fn around(&self, centre: f64, radius: f64) -> (Vec<f64>, UpperBound) {
        let (shift, scale) = ((centre - self.cell.centre()) / self.cell.radius(), radius / self.cell.radius());
        substituted(&self.coefficients, shift, scale)
    }
}

impl LocalCurve {
    /// `None` where no polynomials are found. `tolerance` is an error that is small.
    pub fn new(units: &Units, lo: f64, hi: f64, tolerance: f64) -> Option<LocalCurve> {
        if !units.activation.is_smooth() {
            return None;
        }
        let layer = Layer::new(units, lo, hi)?;
        let piece = |model: &crate::model::Model| {
            let (coefficients, rest) = plain(model.poly.as_ref()?);
            Some(LocalPiece { core: model.core, cell: model.cell, coefficients, rest: rest + layer.moved })
        };
        Some(LocalCurve { pieces: layer.models(lo, hi, tolerance).iter().map(piece).collect::<Option<_>>()? })
    }

    /// The curve for arguments of its domain in `[centre - radius, centre + radius]`, of the lowest degree that is within
    /// about `share` of it.
    pub fn about(&self, centre: f64, radius: f64, share: f64) -> Option<LocalPoly> {
        let (from, to) = ((centre - radius).next_down(), (centre + radius).next_up());
        let first = self.pieces.partition_point(|piece| piece.core.1 < from).min(self.pieces.len() - 1);
        let count = self.pieces[first..].iter().take_while(|piece| piece.core.0 <= to).count().max(1);
        let pieces = &self.pieces[first..first + count];
        if let [piece] = pieces {
            let (coefficients, rounded) = piece.around(centre, radius);
            let (coefficients, cut) = economised(coefficients, share);
            return Some(LocalPoly { coefficients, rest: piece.rest + rounded + cut });
        }
        let coefficients = interpolated(pieces, centre, radius, share);
        let mut rest = UpperBound::ZERO;
        for piece in pieces {
            // All points of the piece that count, in an interval that is given by binary64.
            let (a, b) = (piece.core.0.max(from), piece.core.1.min(to));
            let (middle, half) =
                (a + (b - a) / 2.0, ((b - a) / 2.0 * (1.0 + 1e-12)).next_up() + f64::EPSILON * (a.abs() + b.abs()));
            let (theirs, rounded) = piece.around(middle, half);
            let (ours, rounded_too) = substituted(&coefficients, (middle - centre) / radius, half / radius);
            rest = rest.max(piece.rest + rounded + rounded_too + distance(&theirs, &ours));
        }
        Some(LocalPoly { coefficients, rest })
    }
}

/// A polynomial in `v = (z - centre)/radius` that has the pieces' values at the nodes, without what is small at its end.
fn interpolated(pieces: &[LocalPiece], centre: f64, radius: f64, share: f64) -> Vec<f64> {
    let nodes = NODES.iter().copied().chain(NODES.iter().map(|node| -node));
    let mut sums = [0.0; ORDER + 1];
    for v in nodes {
        let z = centre + radius * v;
        let at = pieces.partition_point(|piece| piece.core.1 < z).min(pieces.len() - 1);
        let value = pieces[at].value(z);
        let (mut now, mut next) = (1.0, v);
        for sum in &mut sums {
            *sum += value * now;
            (now, next) = (next, 2.0 * v * next - now);
        }
    }
    sums.iter_mut().for_each(|sum| *sum /= NODES.len() as f64);
    sums[0] /= 2.0;
    let mut cut = 0.0;
    let kept = sums.iter().rposition(|c| {
        cut += c.abs();
        cut > share
    });
    let kept = kept.unwrap_or(0);
    let mut c = vec![0.0; kept + 1];
    for (j, sum) in sums[..=kept].iter().enumerate() {
        match j {
            0 => c[0] += sum,
            _ => (j % 2..=j).step_by(2).for_each(|k| c[k] += sum * chebyshev(j, k)),
        }
    }
    c
}

/// A bound of the difference of two polynomials on [-1, 1], by Chebyshev polynomials: their factors are positive and 1
/// together for each power, so that a rounding costs no more than the power.
fn distance(a: &[f64], b: &[f64]) -> UpperBound {
    let mut sums = [0.0; ORDER + 1];
    let mut size = 0.0;
    for k in 0..a.len().max(b.len()) {
        let difference = a.get(k).unwrap_or(&0.0) - b.get(k).unwrap_or(&0.0);
        size += f64::abs(difference);
        power(k).for_each(|(j, factor)| sums[j] += factor * difference);
    }
    over(sums.iter().map(|sum| sum.abs()).sum::<f64>() + size * U * (ORDER + 4) as f64)
}

/// Midpoints, and the distances from them together.
fn plain(poly: &Poly<Wide>) -> (Vec<f64>, UpperBound) {
    let mut rest = UpperBound::ZERO;
    let number = |c: &Wide| {
        let middle = c.midpoint().0;
        rest = rest + (*c - Wide::point(middle)).magnitude();
        middle
    };
    (poly.coefficients().iter().map(number).collect(), rest)
}

/// `p(shift + scale v)`, by Horner's scheme, and a bound of the roundings for v in [-1, 1]: each term goes through two for
/// each power, shift and scale through two each, and powers of a sum of them that is above 1 grow.
fn substituted(c: &[f64], shift: f64, scale: f64) -> (Vec<f64>, UpperBound) {
    let mut made = vec![0.0; c.len()];
    for (top, c) in c.iter().rev().enumerate() {
        for k in (0..=top).rev() {
            made[k] = made[k] * shift + if k > 0 { made[k - 1] * scale } else { *c };
        }
    }
    let reach = (shift.abs() + scale) * (1.0 + 4.0 * U);
    let size = c.iter().rev().fold(0.0, |sum, c| sum * reach + c.abs());
    (made, over(size * U * (5 * c.len() + 8) as f64))
}

/// Multiples of Chebyshev polynomials taken off from the top, as long as they are small together; and a bound of that.
///
/// The magnitudes of `T_j`'s coefficients are at most `2.5^j` together, so that their roundings are nothing beside `T_j`.
fn economised(mut c: Vec<f64>, share: f64) -> (Vec<f64>, UpperBound) {
    let mut off = UpperBound::ZERO;
    while let Some(j) = c.len().checked_sub(1).filter(|j| *j > 0) {
        let leading = c[j] / chebyshev(j, j);
        let with = off + over(leading.abs() * (1.0 + 1e-6));
        if !(with.get() <= share) {
            break;
        }
        (0..j).rev().skip(1).step_by(2).for_each(|k| c[k] -= leading * chebyshev(j, k));
        c.pop();
        let rounded = over(c.iter().map(|c| c.abs()).sum::<f64>() * U);
        off = with + rounded;
    }
    debug_assert!(c.len() <= ORDER + 1);
    (c, off)
}
