//! Where a target turns and jumps: its domain cut into pieces on which it is proved to rise, to fall, or to vary so little
//! that it does not matter, and gaps between neighbouring numbers, across which it may jump.

use bumpnet_interval::{Interval, Jet, Quality};
use bumpnet_ir::{Expr, Input};
use bumpnet_prove::watch::stopped;

use crate::error::CompileError;

/// Most pieces; beyond, the target turns too often for this construction. Heuristic.
const MOST_PIECES: usize = 200_000;

/// A cell is not divided further when it is this small a part of the domain, 2^-52: its ends are neighbours there, or it
/// is next to zero, where a jump is sought among the bits of numbers. Heuristic.
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
    /// It stays between these; about a turning point or a kink.
    Within(f64, f64),
    /// It may jump, and no number of binary64 is inside: the two ends are neighbours.
    Gap,
}

/// The pieces, from left to right. Pieces that do not rise or fall are divided until their range is narrower than
/// `tolerance`, or they are a few numbers wide; about a jump, until they are gaps.
///
/// # Errors
/// A point near which the target turns too often, or that the search was stopped.
pub fn pieces(target: &Expr, input: &Input, tolerance: f64) -> Result<Vec<Piece>, CompileError> {
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
        let small = b - a <= SMALLEST * (input.hi - input.lo);
        let run = if continuous && slope.lo() >= 0.0 {
            Some(Run::Up)
        } else if continuous && slope.hi() <= 0.0 {
            Some(Run::Down)
        } else if range.width().get() <= tolerance || continuous && (a.next_up().next_up() >= b || small) {
            Some(Run::Within(range.lo(), range.hi()))
        } else if a.next_up() >= b {
            Some(Run::Gap)
        } else {
            None
        };
        match (run, pieces.last_mut()) {
            (Some(run), Some(last)) if last.run == run && matches!(run, Run::Up | Run::Down) => last.b = b,
            (Some(run), _) => pieces.push(Piece { a, b, run }),
            (None, _) => {
                let middle = if small { middle_by_bits(a, b) } else { x.midpoint() };
                stack.push((middle, b));
                stack.push((a, middle));
            }
        }
        if pieces.len() + stack.len() > MOST_PIECES {
            return Err(CompileError::TurnsTooOften { at: a });
        }
        if stopped() {
            return Err(CompileError::Stopped);
        }
    }
    Ok(pieces)
}

/// The number in the middle of those from `a` to `b`.
pub fn middle_by_bits(a: f64, b: f64) -> f64 {
    // In the order of the numbers: bits of negative ones run the other way.
    let key = |x: f64| if x < 0.0 { -((x.to_bits() << 1 >> 1) as i64) } else { (x + 0.0).to_bits() as i64 };
    let middle = key(a) + (key(b) - key(a)) / 2;
    if middle < 0 { -f64::from_bits(middle.unsigned_abs()) } else { f64::from_bits(middle.unsigned_abs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_by_bits_end_at_neighbours() {
        for (mut a, mut b) in [(-1e-20_f64, 3e-18_f64), (0.0, 1e-30), (-0.0, 5e-324), (-1e-300, -0.0), (-1e-17, -1e-18)]
        {
            let mut halvings = 0;
            while a.next_up() < b {
                let middle = middle_by_bits(a, b);
                assert!(a < middle && middle < b, "{a:e} {middle:e} {b:e}");
                if halvings % 3 == 0 {
                    a = middle
                } else {
                    b = middle
                }
                halvings += 1;
            }
            assert!(halvings <= 64);
        }
    }

    #[test]
    fn jumps_are_gaps() {
        let input = Input { name: "x".into(), lo: -1.0, hi: 1.0 };
        for (text, at) in [("step(x)", 0.0), ("step(x-0.7)", 0.7f64.next_up()), ("if(x <= 0, x, x+1)", 5e-324)] {
            let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
            let pieces = pieces(&target, &input, 1e-12).unwrap();
            assert!(pieces.iter().any(|piece| piece.run == Run::Gap && piece.b == at), "{text}: {pieces:?}");
            assert!(pieces.len() < 12, "{text}: {pieces:?}");
        }
    }
}
