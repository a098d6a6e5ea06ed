//! The pieces between two jumps: the largest error on each, and what it adds to the mean square, from the errors at its ends.
//!
//! Errors are computed in plain arithmetic from a [`Model`] of the target on a part of the domain; each block's `off` bounds all
//! that they are off by.

use crate::fault::{Fault, active};
use crate::model::{Model, SAFE};
use crate::roundoff::U;

/// Points looked at, at least: for the mean square of networks with few jumps. Heuristic.
const POINTS: f64 = 900.0;
/// Most parts of a piece.
const PARTS: f64 = 10_000.0;
/// Shares of the largest error: together below the 1 % of the promise, and the chords' also for the mean square.
const MODEL: f64 = 3e-4;
const CHORD: f64 = 2e-3;
const FINE: f64 = 5e-4;
/// An error within this factor of the largest one is not looked at more closely.
const TIGHT: f64 = 1.006;

/// How closely a pass looks, as magnitudes of error.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// Of a model: remainder, roundings.
    pub model: f64,
    /// Of a chord: the curvature between two points.
    pub chord: f64,
    /// That, where it would show in the result.
    pub fine: f64,
    /// The largest error known when the pass begins.
    pub lower: f64,
    /// An error that the upper bound should stay below.
    pub threshold: f64,
}

impl Tolerance {
    /// From the largest error known and an error that matters, infinite for none. `closer` is 1 for the first pass.
    pub fn new(lower: f64, threshold: f64, noise: f64, closer: f64) -> Tolerance {
        let room = if threshold > lower { (threshold - lower) / 8.0 } else { f64::INFINITY };
        let part = |share: f64| (share * closer * lower).min(closer * room).max(noise).max(f64::MIN_POSITIVE);
        Tolerance {
            model: part(MODEL),
            chord: part(CHORD).max(closer * CHORD * lower),
            fine: part(FINE),
            lower,
            threshold,
        }
    }

    /// As numbers, all finite.
    pub fn numbers(&self) -> [f64; 5] {
        [self.model, self.chord, self.fine, self.lower, self.threshold.min(f64::MAX)]
    }

    /// From its numbers; `None` where they ask for more than rounding allows, `noise`.
    pub fn of(noise: f64, mut next: impl FnMut() -> Option<f64>) -> Option<Tolerance> {
        let (model, chord, fine) = (next()?, next()?, next()?);
        let (lower, threshold) = (next()?, next()?);
        let fits = model >= noise && chord >= noise && fine >= noise && !lower.is_nan() && !threshold.is_nan();
        fits.then_some(Tolerance { model, chord, fine, lower, threshold })
    }
}

/// A point at which a large error was seen, not rigorously: which, where, and after how many jumps.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// The error, about.
    pub error: f64,
    /// Where.
    pub x: f64,
    /// So many jumps have happened there.
    pub jumps: usize,
}

/// A part of a cell, and what is known of the target on it.
pub struct Block<'m> {
    model: &'m Model,
    curvature: f64,
    monotone: bool,
    /// The computed error is off by at most this.
    off: f64,
    /// Points further apart than this get others between them.
    step: f64,
}

impl Block<'_> {
    /// How far the error may be from its chord between two points so far apart.
    #[inline]
    fn bulge(&self, width: f64) -> f64 {
        let t = width * self.model.inverse();
        self.curvature * t * t * SAFE
    }
}

/// What the pieces looked at add up to.
#[derive(Debug)]
pub struct Totals<'a> {
    /// The network's values between the jumps.
    levels: &'a [f64],
    /// How closely it looks.
    pub tolerance: Tolerance,
    /// Points are no further apart than this.
    apart: f64,
    /// One by the unit of the errors in squares.
    scale: f64,
    /// The root of the unit of lengths.
    root_span: f64,
    /// |e| is at most this on all that is done.
    pub upper: f64,
    /// The largest error seen.
    pub best: Candidate,
    /// The integral of the square of the chords through the errors at neighbouring points, in squared units, times 3.
    pub chords: f64,
    /// That of the square of a bound of the distance from the error to its chord.
    pub off_chords: f64,
    /// Pieces looked at.
    pub pieces: usize,
}

impl<'a> Totals<'a> {
    /// Nothing yet, on a domain of that width. The units are powers of two near the target's magnitude
    /// and the root of the domain's width.
    pub fn new(levels: &'a [f64], tolerance: Tolerance, width: f64, (unit, root_span): (f64, f64)) -> Totals<'a> {
        let best = Candidate { error: -1.0, x: f64::NAN, jumps: 0 };
        let (apart, scale) = (width / POINTS, 1.0 / unit);
        Totals { levels, tolerance, apart, scale, root_span, upper: 0.0, best, chords: 0.0, off_chords: 0.0, pieces: 0 }
    }

    /// The root of the integral of the square of the error, in units, from below and above: that of the chords is off by at most
    /// the root of that of the distance to them, the triangle inequality. Each sum of n terms, each of a few roundings, is
    /// off by less than `(n + 16) 2^-52` of itself.
    pub fn norm(&self) -> (f64, f64) {
        let slack = (self.pieces as f64 + 16.0) * 2.0 * U;
        let (chords, off) = ((self.chords / 3.0).sqrt(), (self.off_chords * (1.0 + slack)).sqrt() * (1.0 + 8.0 * U));
        ((chords * (1.0 - slack) - off).max(0.0), (chords * (1.0 + slack) + off) * (1.0 + 4.0 * U))
    }

    /// A block, whose computed errors are off by at most `off`.
    pub fn block<'m>(&self, model: &'m Model, off: f64) -> Block<'m> {
        let curvature = model.curvature();
        let step = ((self.tolerance.chord / curvature).sqrt() / model.inverse()).min(self.apart);
        Block { model, curvature, monotone: model.is_monotone(), off, step }
    }

    /// Between two points without a jump: `k` have happened.
    #[inline]
    pub fn piece(&mut self, block: &Block<'_>, from: (f64, f64), to: (f64, f64), k: usize) {
        let level = self.levels[k];
        let (from, to) = ((from.0, from.1 - level), (to.0, to.1 - level));
        let (width, parts) = self.parts(block, from, to);
        if parts == 1 {
            return self.part(block, from, to, k);
        }
        let mut start = from;
        for i in 1..parts {
            let x = (from.0 + width * i as f64).clamp(start.0, to.0);
            let end = (x, block.model.at(x) - level);
            self.part(block, start, end, k);
            start = end;
        }
        self.part(block, start, to, k);
    }

    /// Into how many parts the chord's tolerance and the number of points wanted divide a piece, and about how wide they are.
    #[inline]
    fn parts(&self, block: &Block<'_>, from: (f64, f64), to: (f64, f64)) -> (f64, usize) {
        let width = to.0 - from.0;
        if width <= block.step {
            return (width, 1);
        }
        // One more than needed, if it is a whole number.
        let parts = (width / block.step).min(PARTS) as usize + 1;
        (width / parts as f64, parts)
    }

    /// A part of a piece, with the errors at its ends: looked at more closely where its bulge would decide the result.
    #[inline]
    fn part(&mut self, block: &Block<'_>, from: (f64, f64), to: (f64, f64), k: usize) {
        let bulge = block.bulge(to.0 - from.0);
        let ends = from.1.abs().max(to.1.abs());
        if !block.monotone && bulge > self.tolerance.fine && ends + bulge + block.off > self.goal() {
            return self.closer(block, from, to, k);
        }
        self.note(block, from, to, bulge, k);
    }

    /// An error that is worth no closer look.
    fn goal(&self) -> f64 {
        let known = self.best.error.max(self.tolerance.lower);
        if known < self.tolerance.threshold { (TIGHT * known).min(self.tolerance.threshold) } else { TIGHT * known }
    }

    /// A part in as many parts as the finer tolerance asks for.
    #[inline(never)]
    fn closer(&mut self, block: &Block<'_>, from: (f64, f64), to: (f64, f64), k: usize) {
        let parts = ((block.bulge(to.0 - from.0) / self.tolerance.fine).sqrt().min(PARTS)) as usize + 1;
        let (width, level) = ((to.0 - from.0) / parts as f64, self.levels[k]);
        let mut start = from;
        for i in 1..=parts {
            let x = (from.0 + width * i as f64).clamp(start.0, to.0);
            let end = if i == parts { to } else { (x, block.model.at(x) - level) };
            self.note(block, start, end, block.bulge(end.0 - start.0), k);
            start = end;
        }
    }

    /// Takes down a part: the largest error on it, and what it adds to the integrals.
    ///
    /// On it the error is the chord, up to `bulge q` with `q <= 1` a parabola that is zero at the ends, whose square has the mean
    /// 8/15, and up to `off`.
    #[inline]
    fn note(&mut self, block: &Block<'_>, (a, left): (f64, f64), (b, right): (f64, f64), bulge: f64, k: usize) {
        let right = if active(Fault::JumpOneSided) { left } else { right };
        let beyond = block.off + if block.monotone { 0.0 } else { bulge };
        let largest = left.abs().max(right.abs());
        if largest > self.best.error {
            let x = if left.abs() >= right.abs() { a } else { b.next_down().max(a) };
            self.best = Candidate { error: largest, x, jumps: k };
        }
        self.upper = self.upper.max((largest + beyond).next_up());
        let (u, v) = (left * self.scale, right * self.scale);
        let off = (0.7303 * bulge + block.off) * self.scale;
        let width = self.length(b - a);
        self.chords += width * (u * u + u * v + v * v);
        self.off_chords += width * (off * off);
        self.pieces += 1;
    }

    /// A length in units: exact, as long as it is an ordinary number.
    #[inline]
    fn length(&self, width: f64) -> f64 {
        width / self.root_span / self.root_span
    }

    /// Between two points where the jump `k` may be: both values count everywhere.
    pub fn stretch(&mut self, block: &Block<'_>, (a, from): (f64, f64), (b, to): (f64, f64), k: usize) {
        let beyond = block.bulge(b - a) + block.off;
        let levels = [self.levels[k], self.levels[k + 1]];
        let largest =
            levels.iter().fold(0.0, |most: f64, level| most.max((from - level).abs()).max((to - level).abs()));
        let size = (largest + beyond) * SAFE;
        self.upper = self.upper.max(size);
        self.off_chords += self.length(b - a) * (size * self.scale) * (size * self.scale);
        self.pieces += 1;
    }
}
