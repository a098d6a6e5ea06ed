//! How fast a tree's error falls towards singular places, and how far ahead that lets it grow.

use bumpnet_interval::{Scalar, Unary};

/// The part of the levels needed that are halved at once at singular places, how many at most, and the rounds after which the
/// fall of the error is taken to be known. Heuristic.
const ANTICIPATED: f64 = 0.6;
const MOST_LEVELS: f64 = 4.0;
const SEEN: usize = 3;

/// How fast the error falls as cells at singular places are halved.
#[derive(Default)]
pub struct Pace {
    /// The worst error and the number of neurons now, and how many levels of such cells alone were halved for it; none at
    /// first, and where other cells were among them.
    now: Option<(f64, usize)>,
    levels: usize,
    /// By what power of e the error fell with each of these levels, and how many neurons each took.
    fall: Option<(f64, f64)>,
    /// Rounds in a row in which the worst cells were at singular places.
    rounds: usize,
}

impl Pace {
    /// Notes what a round has come to; whether all the worst cells are at singular places.
    pub fn see(&mut self, worst: f64, neurons: usize, singular: bool) {
        let before = self.now.filter(|_| self.levels > 0);
        self.fall = before.map(|(error, fewer)| {
            let levels = self.levels as f64;
            (f64::unary(Unary::Ln, &(error / worst)) / levels, (neurons as f64 - fewer as f64) / levels)
        });
        self.now = Some((worst, neurons));
        self.rounds = if singular { self.rounds + 1 } else { 0 };
    }

    /// The levels that are missing if the error goes on to fall as it did.
    pub fn missing(&self, eps: f64) -> Option<f64> {
        let ((worst, _), (fall, _)) = (self.now?, self.fall.filter(|_| self.rounds >= SEEN && eps > 0.0)?);
        let missing = f64::unary(Unary::Ln, &(worst / eps)) / fall;
        (missing.is_finite() && missing > 0.0).then_some(missing)
    }

    /// The neurons that are then needed.
    pub fn needed(&self, eps: f64, neurons: usize) -> f64 {
        let each = self.fall.map_or(0.0, |(_, each)| each);
        neurons as f64 + self.missing(eps).map_or(0.0, |levels| levels * each)
    }

    /// How many levels to halve at once.
    pub fn levels(&mut self, eps: f64) -> usize {
        let levels = self.missing(eps).map_or(1, |missing| (ANTICIPATED * missing).clamp(1.0, MOST_LEVELS) as usize);
        self.levels = if self.rounds > 0 { levels } else { 0 };
        levels
    }
}
