//! What a proof has found so far: the largest error at a point, a bound of all errors, and the mean square.

use bumpnet_interval::Interval;

use crate::poly::Cell;

/// Of the parts of the domain that are done.
#[derive(Clone, Debug)]
pub struct Found {
    /// |e| at `argmax` is at least this.
    pub lower: f64,
    pub argmax: f64,
    /// |e| is at most this on all cells done.
    pub upper: f64,
    /// That, where only the evaluator is so far off, before the rounding of its values.
    pub evaluated: f64,
    /// The integral of e^2 from below and above, in units of `unit^2`: plain sums of non-negative numbers, which are off
    /// by at most one rounding per cell; see [`Found::square_bounds`].
    squares: (f64, f64),
    /// A power of two near the error's size, so that squares neither overflow nor vanish.
    pub unit: f64,
    /// Cells done.
    pub cells: usize,
    /// Whether rounding kept some cell from being proved tight.
    pub floor: bool,
    /// Whether the number of cells did.
    pub stopped: bool,
}

impl Found {
    /// Nothing yet, for a target of that magnitude on a domain that begins there.
    pub fn new(scale: f64, start: f64) -> Found {
        let (squares, unit) = ((0.0, 0.0), power_of_two(scale));
        Found {
            lower: 0.0,
            argmax: start,
            upper: 0.0,
            evaluated: 0.0,
            squares,
            unit,
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

    /// A cell is done: its error lies in `range`, and the root of its square's integral in `norm`.
    pub fn done(&mut self, range: Interval, norm: (f64, f64)) {
        self.upper = self.upper.max(range.magnitude().get());
        self.cells += 1;
        self.add_squares((norm.0 / self.unit, norm.1 / self.unit)); // by a power of two: exact
    }

    /// Adds the square of a root of an integral, in units.
    pub fn add_squares(&mut self, (low, high): (f64, f64)) {
        self.squares = (self.squares.0 + low * low, self.squares.1 + high * high);
    }

    /// A cell is done by its range alone.
    pub fn done_by_range(&mut self, cell: &Cell, range: Interval) {
        let width = cell.interval().width();
        let root = width.sqrt();
        let high = range.magnitude() * root;
        let low =
            (Interval::point(range.mignitude()) * Interval::point(width.get().sqrt().next_down().next_down())).lo();
        self.done(range, (low.max(0.0), high.get()));
    }

    /// The same with the mean square of another proof about the same network, and with its cells, which that is a sum over.
    pub fn with_squares_of(self, other: &Found) -> Found {
        Found { squares: other.squares, cells: other.cells, ..self }
    }

    /// The same with the largest error of another search.
    pub fn with_largest_of(self, other: &Found) -> Found {
        Found { lower: other.lower, argmax: other.argmax, ..self }
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

    /// Bounds of the integral of e^2: each sum of n terms, each term a rounded square, is off by less than `(n + 2) 2^-52`
    /// of itself.
    pub fn square_bounds(&self) -> (f64, f64) {
        let slack = (self.cells as f64 + 4.0) * f64::EPSILON;
        ((self.squares.0 * (1.0 - slack)).max(0.0), self.squares.1 * (1.0 + slack) + f64::MIN_POSITIVE)
    }
}

/// The power of two below a number, so that division by it is exact; 1 for zero.
fn power_of_two(scale: f64) -> f64 {
    if scale == 0.0 || !scale.is_normal() {
        return 1.0;
    }
    f64::from_bits(scale.to_bits() & 0x7ff0_0000_0000_0000)
}
