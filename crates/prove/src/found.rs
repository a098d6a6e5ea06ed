//! What a proof has found so far: the largest error at a point, a bound of all errors, and the mean square.

use bumpnet_interval::Interval;
use bumpnet_ir::Input;

use crate::poly::Cell;

/// Of the parts of the domain that are done.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// |e| at `argmax` is at least this.
    pub lower: f64,
    pub argmax: f64,
    /// |e| is at most this on all cells done.
    pub upper: f64,
    /// That, where only the evaluator is so far off, before the rounding of its values.
    pub evaluated: f64,
    /// The integral of e^2 from below and above, in units of `unit^2 root_span^2`: plain sums of non-negative numbers, which are off
    /// by at most one rounding per cell; see [`Found::square_bounds`].
    squares: (f64, f64),
    /// A power of two near the error's size, so that squares neither overflow nor vanish.
    pub unit: f64,
    /// A power of two whose square is near the domain's width.
    pub root_span: f64,
    /// Cells done.
    pub cells: usize,
    /// Whether rounding kept some cell from being proved tight.
    pub floor: bool,
    /// Whether the number of cells did.
    pub stopped: bool,
}

impl Found {
    /// Nothing yet, for a target of that magnitude on a domain.
    pub fn new(scale: f64, domain: &Input) -> Found {
        let (squares, unit) = ((0.0, 0.0), power_of_two(scale));
        let root_span = power_of_two((domain.hi - domain.lo).sqrt());
        Found {
            lower: 0.0,
            argmax: domain.lo,
            upper: 0.0,
            evaluated: 0.0,
            squares,
            unit,
            root_span,
            cells: 0,
            floor: false,
            stopped: false,
        }
    }

    /// Notes the error at a point.
    pub fn at(&mut self, x: f64, error: Interval) {
        if error.mignitude() > self.lower {
            self.lower = error.mignitude();
            self.argmax = x;
        }
    }

    /// A cell is done: its error lies in `range`, and the root of its square's integral in `norm`, in units.
    pub fn done(&mut self, range: Interval, norm: (f64, f64)) {
        self.upper = self.upper.max(range.magnitude().get());
        self.cells += 1;
        self.add_squares(norm);
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

    /// A cell is done by its range alone.
    pub fn done_by_range(&mut self, cell: &Cell, range: Interval) {
        let width = cell.interval().width().get();
        let (short, long) = self.root_of(width);
        let (least, most) = (Interval::point(range.mignitude() / self.unit), range.magnitude().get() / self.unit);
        // The width is rounded up by at most an ulp, and divisions are exact but where they underflow.
        let low = (least * Interval::point(short.next_down().max(0.0))).lo();
        let high = Interval::point(most + f64::MIN_POSITIVE) * Interval::point(long);
        self.done(range, (low.max(0.0), high.hi()));
    }

    /// The same with the mean square of another proof about the same network, and with its cells, which that is a sum over.
    pub fn with_squares_of(self, other: &Found) -> Found {
        Found { squares: other.squares, cells: other.cells, ..self }
    }

    /// Nothing yet but the largest error, for a part of the same domain.
    pub fn begun(&self) -> Found {
        let (unit, root_span) = (self.unit, self.root_span);
        Found { lower: self.lower, argmax: self.argmax, unit, root_span, ..Found::default() }
    }

    /// Adds what was found on another part of the domain, by a search with the same unit.
    pub fn add(&mut self, part: &Found) {
        if part.lower > self.lower {
            (self.lower, self.argmax) = (part.lower, part.argmax);
        }
        self.upper = self.upper.max(part.upper);
        self.evaluated = self.evaluated.max(part.evaluated);
        self.squares = (self.squares.0 + part.squares.0, self.squares.1 + part.squares.1);
        self.cells += part.cells;
        self.floor |= part.floor;
        self.stopped |= part.stopped;
    }

    /// An enclosure of the root mean square over the domain. Where a size is too extreme to be told, it is from 0 to infinity.
    pub fn root_mean_square(&self, domain: &Input) -> (f64, f64) {
        let (low, high) = self.square_bounds();
        // In two steps, so that nothing overflows; by powers of two, exact as long as it is an ordinary number.
        let span = (domain.hi - domain.lo) / self.root_span / self.root_span;
        let width = Interval::new(span.next_down(), span.next_up()).unwrap_or(Interval::NOWHERE);
        let ordinary = span.is_normal() && high < f64::INFINITY && self.unit.is_normal();
        if !ordinary || width.lo() <= 0.0 {
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
