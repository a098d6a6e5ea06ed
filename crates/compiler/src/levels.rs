//! Counting the cells of `placement: optimal` from the target's values where it turns, without their edges.
//!
//! On a piece where the target runs one way it is continuous, so it takes every value between those at the ends (the
//! intermediate value theorem): the cells that the greedy sweep makes of it end at levels `2 eps` apart, wherever these
//! are attained, and a division says how many there are.

use bumpnet_interval::Interval;

use crate::turning::{Piece, Run};

/// Which count: of cells that are surely good, or of stretches that surely are not.
#[derive(Clone, Copy, PartialEq)]
pub enum Side {
    /// The oscillation of each at the numbers of binary64 is proved to be at most `2 eps`: so many are enough there, and
    /// over all reals but where the target jumps between neighbouring numbers.
    Enough,
    /// The oscillation of each but the last is proved to be above `2 eps`: so many are needed.
    Needed,
}

/// What is known of the target's values on a cell: for cells that must be good all that it may take, for stretches that
/// must be bad what it surely attains.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Extent {
    /// The smallest value: a lower bound, or an upper one where it is to be attained.
    pub low: f64,
    /// The largest value: an upper bound, or a lower one where it is to be attained.
    pub high: f64,
}

impl Extent {
    /// That of a point with its value enclosed, or of values all of which may be taken.
    pub fn of(value: Interval, side: Side) -> Extent {
        match side {
            Side::Enough => Extent { low: value.lo(), high: value.hi() },
            Side::Needed => Extent { low: value.hi(), high: value.lo() },
        }
    }

    /// That of both.
    pub fn with(self, value: Interval, side: Side) -> Extent {
        let other = Extent::of(value, side);
        Extent { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Whether it is within `2 eps`: proved to be, or not proved to be beyond. Doubling is exact.
    pub fn fits(self, eps: f64, side: Side) -> bool {
        let width = Interval::point(self.high) - Interval::point(self.low);
        match side {
            Side::Enough => width.hi() <= 2.0 * eps,
            Side::Needed => width.lo() <= 2.0 * eps,
        }
    }

    /// The extent of the target's negative.
    fn mirrored(self) -> Extent {
        Extent { low: -self.high, high: -self.low }
    }
}

/// A piece of the domain, and the target's values at its ends.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// The piece.
    pub piece: Piece,
    /// The value at its lower end.
    pub from: Interval,
    /// The value at its upper end.
    pub to: Interval,
}

impl Stretch {
    /// What the piece adds to the extent of a cell that reaches to its upper end.
    pub fn reach(&self, side: Side) -> Interval {
        match self.piece.run {
            Run::Within(low, high) if side == Side::Enough => Interval::new(low, high).unwrap_or(self.to),
            _ => self.to,
        }
    }
}

/// How many cells are enough for an error, or needed; infinite where the target jumps too far for any.
pub fn count(stretches: &[Stretch], eps: f64, side: Side) -> f64 {
    let Some(first) = stretches.first() else { return 0.0 };
    let (mut count, mut extent) = (1.0, Extent::of(first.from, side));
    for stretch in stretches {
        let (steps, level) = match stretch.piece.run {
            Run::Up => rise(extent, stretch.from, stretch.to, eps, side),
            Run::Down => {
                let (steps, level) = rise(extent.mirrored(), -stretch.from, -stretch.to, eps, side);
                (steps, level.mirrored())
            }
            Run::Within(..) | Run::Gap => (0.0, extent),
        };
        count += steps;
        let grown = level.with(stretch.reach(side), side);
        let fits = grown.fits(eps, side);
        count += f64::from(u8::from(!fits));
        extent = match (stretch.piece.run, side) {
            _ if fits => grown,
            // An edge at its lower end; if it is too much for one cell even so, it is for any.
            (Run::Within(..), Side::Enough) => Extent::of(stretch.from, side).with(stretch.reach(side), side),
            // An edge at its upper end (or, where cells are to be good, some roundings before it).
            _ => Extent::of(stretch.to, side),
        };
        if side == Side::Enough && !extent.fits(eps, side) {
            return f64::INFINITY;
        }
    }
    count
}

/// Cells that end on a rising piece, and what is known of the one under way behind the last of them.
///
/// The k-th ends at the first point of the piece where the target reaches `low + k tau`: `tau` is `2 eps` for cells that
/// are good, and the next number for stretches that are not. The value there is that level, or the one at the piece's
/// lower end if that is beyond it, as it may seem to be where values are known to some roundings only.
fn rise(extent: Extent, from: Interval, to: Interval, eps: f64, side: Side) -> (f64, Extent) {
    let low = Interval::point(extent.low);
    let (tau, goal) = match side {
        Side::Enough => (2.0 * eps, to.hi()),
        Side::Needed => ((2.0 * eps).next_up(), to.lo()),
    };
    let quotient = (Interval::point(goal) - low) / Interval::point(tau);
    let steps = match side {
        // What is left must not be more than one cell takes.
        Side::Enough => quotient.hi().ceil() - 1.0,
        // The last level must be reached.
        Side::Needed => quotient.lo().floor(),
    };
    if !(steps >= 1.0) {
        return (0.0, extent);
    }
    let level = low + Interval::point(steps) * Interval::point(tau);
    let value = match side {
        Side::Enough => level,
        Side::Needed => Interval::new(level.lo(), level.hi().max(from.hi())).unwrap_or(level),
    };
    (steps, Extent::of(value, side))
}
