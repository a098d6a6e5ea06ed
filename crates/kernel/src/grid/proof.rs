//! Proofs about networks that are constant on the boxes of a grid: the distance of each constant from the target's range.

use bumpnet_interval::{Interval, UpperBound};
use bumpnet_ir::Certificate;

use super::gridded::Gridded;
use super::machine;
use super::refine::{mean_square, mean_value, middle, monotone, range, slopes};
use crate::error::CertifyError;
use crate::fault::{Fault, active};
use crate::ledger::{Ledger, Seal, power_of_two};
use crate::log::Log;
use crate::proved::Proved;
use crate::several::at_least;

/// How these certificates are proved.
pub const METHOD: &str = "grid";
/// Boxes up to which the mean square is found from slopes; beyond, the boxes are small and their ranges do. Heuristic.
const MOST_SLOPES: usize = 100_000;
/// Codes of the steps.
pub(crate) const BETTER: u32 = 0;
pub(crate) const FACES: u32 = 1;
pub(crate) const HALVES: u32 = 2;

/// A part of a box of the grid, on which the error is to be bounded: an obligation.
#[derive(Debug)]
pub struct BoxPart {
    seal: Seal,
    number: u32,
    index: usize,
    sides: Vec<(f64, f64)>,
    bound: f64,
}

impl BoxPart {
    /// Which box.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The sides, a closed box.
    pub fn sides(&self) -> &[(f64, f64)] {
        &self.sides
    }

    /// |N - f| is at most this on it.
    pub fn bound(&self) -> f64 {
        self.bound
    }
}

/// A proof under way.
pub struct GridProof<'g, 'q> {
    of: &'g Gridded<'q>,
    ledger: Ledger,
    /// Which boxes were taken up.
    taken: Vec<bool>,
    seal: Seal,
    made: u32,
}

impl<'g, 'q> GridProof<'g, 'q> {
    /// One that has only begun: every box of the grid.
    pub fn begin(of: &'g Gridded<'q>, log: Log) -> GridProof<'g, 'q> {
        let (mut ledger, seal) = Ledger::new(1.0, 1.0, log);
        let _ = ledger.divided(&seal, of.boxes());
        GridProof { of, ledger, taken: vec![false; of.boxes()], seal, made: of.boxes() as u32 }
    }

    /// Takes up a box that was not yet: discharged by the target's range where the bound is at most `enough`, or else given out.
    pub fn take(&mut self, index: usize, enough: f64, sides: &mut Vec<(f64, f64)>) -> Option<BoxPart> {
        if std::mem::replace(self.taken.get_mut(index)?, true) {
            return None;
        }
        let of = self.of;
        sides.resize(of.grid.axes.len(), (0.0, 0.0));
        of.grid.sides(index, sides);
        let bound = match index == 0 && active(Fault::CellSkipped) {
            true => 0.0,
            false => (of.value(index) - range(of.target, sides)).magnitude().get(),
        };
        let seal = self.seal.again();
        if bound <= enough {
            self.ledger.discharged_mean(seal, bound, (0.0, 0.0));
            return None;
        }
        Some(BoxPart { seal, number: index as u32, index, sides: sides.clone(), bound })
    }

    /// Discharges a part by its bound.
    pub fn close(&mut self, part: BoxPart) {
        self.ledger.discharged_mean(part.seal, part.bound, (0.0, 0.0));
    }

    /// The target's slopes on a part; `None` where it may not be continuous.
    pub fn slopes(&self, part: &BoxPart) -> Option<Vec<Interval>> {
        slopes(self.of.target, &part.sides)
    }

    /// Bounds a part by the mean value theorem too, if that is at most `enough`; whether it is.
    pub fn better(&mut self, part: &mut BoxPart, enough: f64) -> bool {
        self.ledger.own(&mut part.seal);
        let Some(slopes) = self.slopes(part) else { return false };
        let near = (self.of.value(part.index) - mean_value(self.of.target, &part.sides, &slopes)).magnitude().get();
        if !(near <= enough) {
            return false;
        }
        [BETTER, part.number].into_iter().for_each(|step| self.ledger.log.step(step));
        part.bound = part.bound.min(near);
        true
    }

    /// A part's two ends along an axis on which the target is monotone: its extremes over the part lie there.
    ///
    /// # Errors
    /// The part, where it may not be.
    pub fn faces(&mut self, part: BoxPart, axis: usize) -> Result<[BoxPart; 2], BoxPart> {
        let slope = self.slopes(&part).and_then(|slopes| slopes.get(axis).copied());
        if !slope.is_some_and(monotone) || part.sides[axis].0 == part.sides[axis].1 {
            return Err(part);
        }
        let (lo, hi) = part.sides[axis];
        Ok(self.divided(&part, FACES, axis, [(lo, lo), (hi, hi)]))
    }

    /// The halves of a part along an axis.
    ///
    /// # Errors
    /// The part, where there is no number inside that side.
    pub fn halves(&mut self, part: BoxPart, axis: usize) -> Result<[BoxPart; 2], BoxPart> {
        let Some((lo, hi)) = part.sides.get(axis).copied() else { return Err(part) };
        let middle = middle((lo, hi));
        if !(lo < middle && middle < hi) {
            return Err(part);
        }
        Ok(self.divided(&part, HALVES, axis, [(lo, middle), (middle, hi)]))
    }

    fn divided(&mut self, part: &BoxPart, code: u32, axis: usize, ends: [(f64, f64); 2]) -> [BoxPart; 2] {
        [code, part.number, axis as u32].into_iter().for_each(|step| self.ledger.log.step(step));
        let [low, high] = self.ledger.halved(&part.seal);
        let number = self.made;
        self.made = self.made.wrapping_add(2);
        let half = |seal: Seal, number: u32, side: (f64, f64)| {
            let mut sides = part.sides.clone();
            sides[axis] = side;
            let bound = (self.of.value(part.index) - range(self.of.target, &sides)).magnitude().get().min(part.bound);
            BoxPart { seal, number, index: part.index, sides, bound }
        };
        [half(low, number, ends[0]), half(high, number.wrapping_add(1), ends[1])]
    }

    /// Its steps so far, where they are kept.
    pub fn log(&self) -> Option<Log> {
        self.ledger.log.is_kept().then(|| self.ledger.log.clone())
    }

    /// A bound of the error, once all is done; infinite before.
    pub fn upper(&self) -> f64 {
        self.ledger.upper()
    }

    /// The certificate. Where `enough` is given, what runs is bounded at the numbers of binary64 alone, as closely as that.
    ///
    /// # Errors
    /// A part is not done.
    pub fn conclude(self, argmax: Vec<f64>, enough: Option<f64>, note: Option<String>) -> Result<Proved, CertifyError> {
        if !self.ledger.is_closed() {
            return Err(CertifyError::Contradiction("a part of the domain is left out of a proof".to_owned()));
        }
        let (of, upper) = (self.of, self.ledger.upper());
        let (low, high) = root_mean_square(of, upper);
        let at_numbers = enough.map_or(upper, |enough| machine::bound(of, enough).min(upper));
        Proved::new(Certificate {
            lower: at_least(of.target, of.network, &argmax)?,
            upper,
            rms: (low.min(upper), high.min(upper)),
            method: METHOD.to_owned(),
            evaluated: (UpperBound::new(at_numbers) + of.values.error).get(),
            cells: self.ledger.cells(),
            hidden: None,
            measured: None,
            note,
            argmax,
        })
    }
}

/// An enclosure of the root mean square error, which is at most `upper`.
fn root_mean_square(of: &Gridded<'_>, upper: f64) -> (f64, f64) {
    let by_slopes = of.boxes() <= MOST_SLOPES;
    let width = |lo: f64, hi: f64| Interval::point(hi) - Interval::point(lo);
    let widths: Vec<Interval> = of.network.inputs.iter().map(|input| width(input.lo, input.hi)).collect();
    // Errors are squared in units of about their size, so that squares neither overflow nor vanish.
    let unit = power_of_two(upper);
    let scaled = |v: f64| Interval::point(v) / Interval::point(unit);
    let mut sides = vec![(0.0, 0.0); of.grid.axes.len()];
    let (mut low, mut high) = (0.0, UpperBound::ZERO);
    for (index, value) in of.values.exact.iter().enumerate() {
        of.grid.sides(index, &mut sides);
        let part = sides
            .iter()
            .zip(&widths)
            .fold(Interval::ONE, |product, ((lo, hi), whole)| product * (width(*lo, *hi) / *whole));
        if sides.iter().any(|(lo, hi)| lo == hi) {
            continue; // no volume
        }
        let slopes = if by_slopes { slopes(of.target, &sides) } else { None };
        let (least, most) = match slopes {
            Some(slopes) => mean_square(*value, of.target, &sides, &slopes, unit),
            None => {
                let error = *value - range(of.target, &sides);
                let square = |v: f64| scaled(v).square();
                (square(error.mignitude()).lo(), square(error.magnitude().get()).hi())
            }
        };
        low += (Interval::point(least.max(0.0)) * part).lo().max(0.0);
        high = high + UpperBound::new(most) * part.magnitude();
    }
    // A sum of n numbers that are not negative is off by less than n roundings of itself.
    let low = low * (1.0 - (of.boxes() as f64 + 4.0) * f64::EPSILON);
    let low = (low.max(0.0).sqrt() * (1.0 - 1e-15) * unit).next_down().max(0.0);
    let high = (high.sqrt().get() * (1.0 + 1e-15) * unit).next_up();
    if high.is_nan() { (0.0, f64::INFINITY) } else { (low, high) }
}
