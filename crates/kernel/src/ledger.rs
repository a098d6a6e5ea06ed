//! What is still to be proved of a network on its domain, and what has been.
//!
//! A proof begins with one obligation, the whole domain. A rule either divides an obligation into others that together
//! cover it, or discharges it with a bound of the error there. Obligations are values that can be neither copied nor made
//! outside of this crate; the ledger counts them. One that is lost, or belongs to another proof, leaves the count open for
//! ever, and [`Ledger::is_closed`] says so: nothing is concluded from such a proof.

use std::sync::atomic::{AtomicU64, Ordering};

use bumpnet_interval::Interval;

use crate::log::Log;
use crate::poly::Cell;

/// The account of one proof.
#[derive(Debug)]
pub struct Ledger {
    /// Which proof it is; the obligations bear its number.
    number: u64,
    /// Obligations neither divided nor discharged; of parts proved apart, one each.
    open: usize,
    /// Whether an obligation of another proof was offered.
    broken: bool,
    /// Whether it is of a part that is proved apart, of which nothing can be concluded but by whom it is a part of.
    is_part: bool,
    /// |e| is at most this wherever an obligation was discharged.
    upper: f64,
    /// The integral of e^2 from below and above, in units of `unit^2 root_span^2`: plain sums of non-negative numbers, which are off
    /// by at most one rounding per cell; see [`Ledger::square_bounds`].
    squares: (f64, f64),
    /// A power of two near the error's size, so that squares neither overflow nor vanish.
    unit: f64,
    /// A power of two whose square is near the domain's width; 1 where squares are means.
    root_span: f64,
    /// Obligations discharged.
    cells: usize,
    /// The steps taken, where they are kept.
    pub log: Log,
}

/// The number of an obligation's proof.
#[derive(Debug, PartialEq, Eq)]
pub struct Seal(u64);

impl Seal {
    /// The seal of one of the obligations that this one was divided into, each of which its owner gives out once.
    pub fn again(&self) -> Seal {
        Seal(self.0)
    }
}

impl Ledger {
    /// One obligation, for errors of about `unit`'s size, on a domain whose width is about the square of `root_span`.
    pub fn new(unit: f64, root_span: f64, log: Log) -> (Ledger, Seal) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (upper, squares) = (0.0, (0.0, 0.0));
        let (broken, is_part, cells) = (false, false, 0);
        (Ledger { number, open: 1, broken, is_part, upper, squares, unit, root_span, cells, log }, Seal(number))
    }

    /// An obligation becomes so many.
    pub fn divided(&mut self, seal: &Seal, into: usize) -> impl Iterator<Item = Seal> + use<> {
        self.broken |= seal.0 != self.number || self.open == 0;
        self.open = self.open.wrapping_add(into).wrapping_sub(1);
        let number = self.number;
        (0..into).map(move |_| Seal(number))
    }

    /// Takes the seal off an obligation of another proof whose rule this one's is used on: it can never be discharged then.
    pub fn own(&self, seal: &mut Seal) {
        if seal.0 != self.number {
            seal.0 = u64::MAX;
        }
    }

    /// An obligation becomes two.
    pub fn halved(&mut self, seal: &Seal) -> [Seal; 2] {
        let _ = self.divided(seal, 2);
        [Seal(self.number), Seal(self.number)]
    }

    /// A ledger for a part that is proved apart, in the same units.
    pub fn apart(&self) -> (Ledger, Seal) {
        let (ledger, seal) = Ledger::new(self.unit, self.root_span, Log::new(self.log.is_kept()));
        (Ledger { is_part: true, ..ledger }, seal)
    }

    /// Which proof it is.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// An obligation is discharged: |e| is at most `upper` there, and the root of its square's integral lies in `norm`, in units.
    pub fn discharged(&mut self, seal: Seal, upper: f64, norm: (f64, f64)) {
        let _ = self.divided(&seal, 0);
        // A NaN is no bound.
        self.upper =
            if upper >= self.upper { upper } else { self.upper.max(if upper.is_nan() { f64::INFINITY } else { 0.0 }) };
        self.cells += 1;
        self.add_squares(norm);
    }

    /// An obligation is discharged, whose square has a mean over the domain between these on its part, in squared units.
    pub fn discharged_mean(&mut self, seal: Seal, upper: f64, square: (f64, f64)) {
        self.discharged(seal, upper, (0.0, 0.0));
        self.squares = (self.squares.0 + square.0, self.squares.1 + square.1);
    }

    /// An enclosure of the root mean square, where squares are means.
    pub fn root_of_means(&self) -> (f64, f64) {
        // Each sum of n non-negative numbers is off by less than n u of itself.
        let slack = (self.cells as f64 + 8.0) * f64::EPSILON;
        // The square root is correctly rounded, and the unit exact but where it underflows.
        let low = ((self.squares.0 * (1.0 - slack)).sqrt().next_down() * self.unit).next_down().max(0.0);
        let high = ((self.squares.1 * (1.0 + slack)).sqrt().next_up() * self.unit).next_up();
        if high.is_nan() || !self.is_closed() { (0.0, f64::INFINITY) } else { (low, high) }
    }

    /// A part that was proved [apart](Self::apart), by the ledger of that number, in the place of an obligation.
    pub fn settled(&mut self, seal: Seal, number: u64, part: Ledger) {
        let _ = self.divided(&seal, 0);
        self.broken |= part.open != 0 || part.broken || part.number != number;
        self.upper = self.upper.max(part.upper);
        self.squares = (self.squares.0 + part.squares.0, self.squares.1 + part.squares.1);
        self.cells += part.cells;
        self.log.append(part.log);
    }

    /// Whether everything is proved, on the whole domain.
    pub fn is_closed(&self) -> bool {
        self.open == 0 && !self.broken && !self.is_part
    }

    /// A bound of |e| on the whole domain, if everything is proved.
    pub fn upper(&self) -> f64 {
        if self.is_closed() { self.upper } else { f64::INFINITY }
    }

    /// A bound of |e| on all that is proved yet.
    pub fn so_far(&self) -> f64 {
        self.upper
    }

    /// How many obligations were discharged.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Counts cells that one obligation stood for.
    pub fn count(&mut self, cells: usize) {
        self.cells += cells;
    }

    /// The units of sizes and of the root of lengths.
    pub fn units(&self) -> (f64, f64) {
        (self.unit, self.root_span)
    }

    /// The root of a length, in units: from below and above. The square root is correctly rounded, and the division exact.
    pub fn root_of(&self, length: f64) -> (f64, f64) {
        let root = length.sqrt() / self.root_span;
        (root.next_down().max(0.0), root.next_up())
    }

    /// Adds the square of a root of an integral, in units.
    pub fn add_squares(&mut self, (low, high): (f64, f64)) {
        self.squares = (self.squares.0 + low * low, self.squares.1 + high * high);
    }

    /// The norm on a cell of what lies in a range, in units.
    pub fn norm_of_range(&self, cell: &Cell, range: Interval) -> (f64, f64) {
        let width = cell.interval().width().get();
        let (short, long) = self.root_of(width);
        let (least, most) = (Interval::point(range.mignitude() / self.unit), range.magnitude().get() / self.unit);
        // The width is rounded up by at most an ulp, and divisions are exact but where they underflow.
        let low = (least * Interval::point(short.next_down().max(0.0))).lo();
        let high = Interval::point(most + f64::MIN_POSITIVE) * Interval::point(long);
        (low.max(0.0), high.hi())
    }

    /// An enclosure of the root mean square over a domain. Where a size is too extreme to be told, it is from 0 to infinity.
    pub fn root_mean_square(&self, (lo, hi): (f64, f64)) -> (f64, f64) {
        let (low, high) = self.square_bounds();
        // In two steps, so that nothing overflows; by powers of two, exact as long as it is an ordinary number.
        let span = (hi - lo) / self.root_span / self.root_span;
        let width = Interval::new(span.next_down(), span.next_up()).unwrap_or(Interval::NOWHERE);
        let ordinary = span.is_normal() && high < f64::INFINITY && self.unit.is_normal();
        if !ordinary || width.lo() <= 0.0 || !self.is_closed() {
            return (0.0, f64::INFINITY);
        }
        let mean = |square: f64| Interval::point(square) / width;
        let low = mean(low).lo().max(0.0).sqrt() * (1.0 - 1e-15) * self.unit;
        let high = mean(high).hi().sqrt() * (1.0 + 1e-15) * self.unit;
        (low.next_down().max(0.0), high.next_up())
    }

    /// Bounds of the integral of e^2: each sum of n terms, each term a rounded square, is off by less than `(n + 2) 2^-52`
    /// of itself.
    fn square_bounds(&self) -> (f64, f64) {
        let slack = (self.cells as f64 + 4.0) * f64::EPSILON;
        let low = self.squares.0 * (1.0 - slack) - f64::MIN_POSITIVE; // squares that underflow
        let high = self.squares.1 * (1.0 + slack) + f64::MIN_POSITIVE;
        (low.max(0.0), if high.is_nan() { f64::INFINITY } else { high })
    }
}

/// The power of two below a number, so that division by it is exact; 1 for zero.
pub fn power_of_two(scale: f64) -> f64 {
    if scale == 0.0 || !scale.is_normal() {
        return 1.0;
    }
    f64::from_bits(scale.to_bits() & 0x7ff0_0000_0000_0000)
}
