//! Where a target turns: its domain cut into pieces on which it is proved to rise, to fall, or to vary so little that it
//! does not matter.

use bumpnet_interval::{Interval, Jet, Quality};
use bumpnet_ir::{Expr, Input};

/// Most pieces; beyond, the target turns too often for this construction. Heuristic.
const MOST_PIECES: usize = 200_000;

/// A cell is not divided further when it is this small a part of the domain, 2^-52: its ends are neighbours there, or it
/// is next to zero. Heuristic.
const SMALLEST: f64 = f64::EPSILON;

/// A piece of the domain and what is proved of the target there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Piece {
    /// Its lower end.
    pub a: f64,
    /// Its upper end.
    pub b: f64,
    /// How the target runs.
    pub run: Run,
}

/// How the target runs on a piece.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Run {
    /// It does not fall.
    Up,
    /// It does not rise.
    Down,
    /// It stays between these; about a turning point, a kink or a jump.
    Within(f64, f64),
}

/// The pieces, from left to right. Pieces that do not rise or fall are divided until their range is narrower than
/// `tolerance`, or they are a few numbers wide.
///
/// # Errors
/// A point near which the target turns too often.
pub fn pieces(target: &Expr, input: &Input, tolerance: f64) -> Result<Vec<Piece>, f64> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut stack = vec![(input.lo, input.hi)];
    while let Some((a, b)) = stack.pop() {
        let x = Interval::new(a, b).unwrap_or(Interval::ENTIRE);
        let jet = target.eval(&[Jet::variable(x, 1)]);
        let slope = jet.coefficient(1);
        let value = jet.value();
        let continuous = value.quality() == Quality::Continuous;
        let centred = target.eval(&[Interval::point(x.midpoint())]) + slope * (x - Interval::point(x.midpoint()));
        let range = if continuous { value.intersection(&centred).unwrap_or(value) } else { value };
        let run = if continuous && slope.lo() >= 0.0 {
            Some(Run::Up)
        } else if continuous && slope.hi() <= 0.0 {
            Some(Run::Down)
        } else if range.width().get() <= tolerance
            || a.next_up().next_up() >= b
            || b - a <= SMALLEST * (input.hi - input.lo)
        {
            Some(Run::Within(range.lo(), range.hi()))
        } else {
            None
        };
        match (run, pieces.last_mut()) {
            (Some(run), Some(last)) if last.run == run && !matches!(run, Run::Within(..)) => last.b = b,
            (Some(run), _) => pieces.push(Piece { a, b, run }),
            (None, _) => {
                let middle = x.midpoint();
                stack.push((middle, b));
                stack.push((a, middle));
            }
        }
        if pieces.len() + stack.len() > MOST_PIECES {
            return Err(a);
        }
    }
    Ok(pieces)
}
