//! Edges of cells on jumps of a target: moved there from beside them, and how many equal cells have edges there.

use bumpnet_interval::Wide;
use bumpnet_ir::{Expr, Input, Precision};

use crate::cells::{Cells, equal_edge};
use crate::turning::{Run, pieces};

/// Numbers on either side of an edge among which a jump of the target counts as being at the edge: what writing it as a
/// decimal, or as a part of the domain, can be off by. Heuristic.
pub const NEAR: usize = 2;
/// A smaller part of the target's values is not told from rounding.
const SMALLEST_JUMP: f64 = 1e-9;

/// Moves edges onto jumps of the target that are between neighbouring numbers at them: an edge is the first number behind
/// its step, so that network and target then jump between the same two.
pub fn onto_jumps(target: &Expr, cells: &mut Cells) {
    let (last, size) = (cells.edges.len() - 1, size(target, cells));
    for edge in &mut cells.edges[1..last] {
        let first = (0..NEAR).fold(*edge, |x, _| x.next_down());
        let points = std::iter::successors(Some(first), |x| Some(x.next_up())).take(2 * NEAR);
        if let Some(before) = points.into_iter().find(|x| changes(target, size, *x)) {
            *edge = before.next_up();
        }
    }
}

/// Rounds edges at jumps of the target up to a precision: to the first number behind the jump that runs.
pub fn round_up_at_jumps(target: &Expr, cells: &mut Cells, precision: Precision) {
    if precision == Precision::F64 {
        return;
    }
    let (last, size) = (cells.edges.len() - 1, size(target, cells));
    for edge in &mut cells.edges[1..last] {
        if changes(target, size, edge.next_down()) {
            *edge = precision.round_up(*edge);
        }
    }
}

/// The largest of the target's values that stand for cells.
pub fn size(target: &Expr, cells: &Cells) -> f64 {
    let mut values = vec![0.0; cells.centres.len()];
    target.eval_many(&cells.centres, &mut values);
    values.iter().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()))
}

/// Whether the target's values at a number and at the next one differ by more than rounding.
pub fn changes(target: &Expr, size: f64, x: f64) -> bool {
    // In more digits than binary64 has, which rounds 10 times the number below 7/10 to 7.
    let value = |x: f64| target.eval::<Wide>(&[Wide::point(x)]).interval().midpoint();
    let (a, b) = (value(x), value(x.next_up()));
    (b - a).abs() > SMALLEST_JUMP * size.max(a.abs()).max(b.abs())
}

/// The least number of equal cells, `most` at most, with an edge at every jump of more than `2 eps`, as those of its
/// multiples are: no other number comes within `eps`. 1 where there is no such jump, or too many places may be one.
///
/// # Errors
/// A jump at which no such cells have an edge: the first number behind it.
pub fn equal_cells(target: &Expr, input: &Input, eps: f64, most: usize) -> Result<usize, f64> {
    let value = |x: f64| target.eval(&[Wide::point(x)]).interval();
    let pieces = pieces(target, input, 2.0 * eps).unwrap_or_default();
    let gaps = pieces.iter().filter(|piece| piece.run == Run::Gap);
    let large = gaps.filter(|gap| (value(gap.b) - value(gap.a)).mignitude() > 2.0 * eps);
    let mut cells = 1;
    let mut met: Vec<f64> = Vec::new();
    for jump in large.map(|gap| gap.b) {
        met.push(jump);
        let meets = |n: &usize| met.iter().all(|jump| is_edge(input, *jump, *n));
        cells = (cells..=most).step_by(cells).find(meets).ok_or(jump)?;
    }
    Ok(cells)
}

/// The least number of equal cells on each axis, `most` at most, with an edge at every cut of every axis.
///
/// # Errors
/// A cut at which no such cells have an edge, and its axis.
pub fn equal_boxes(inputs: &[Input], cuts: &[Vec<f64>], most: usize) -> Result<usize, (usize, f64)> {
    let all: Vec<(usize, f64)> =
        cuts.iter().enumerate().flat_map(|(k, cuts)| cuts.iter().map(move |at| (k, *at))).collect();
    let mut cells = 1;
    for (k, cut) in all.iter().enumerate() {
        let meets = |n: &usize| all[..=k].iter().all(|(axis, at)| is_edge(&inputs[*axis], *at, *n));
        cells = (cells..=most).step_by(cells).find(meets).ok_or(*cut)?;
    }
    Ok(cells)
}

/// Whether a number is an inner edge of `n` equal cells, or near enough for one to be moved onto it.
fn is_edge(input: &Input, jump: f64, n: usize) -> bool {
    let k = ((jump - input.lo) / (input.hi - input.lo) * n as f64).round_ties_even();
    let edge = equal_edge(input, k as usize, n);
    let (low, high) = (0..NEAR).fold((jump, jump), |(low, high), _| (low.next_down(), high.next_up()));
    0.0 < k && k < n as f64 && low <= edge && edge < high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_cells_with_edges_at_jumps() {
        let input = Input { name: "x".into(), lo: 0.0, hi: 1.0 };
        for (text, cells) in [
            ("step(x-0.7)", Ok(10)),
            ("floor(7*x)-step(x-1)", Ok(7)),
            ("if(x < 1/3, 0, if(x < 0.4, 1, 2))", Ok(15)),
            ("sin(9*x)", Ok(1)),
            ("step(x-0.7)/10", Ok(1)),
            ("step(x-1/pi)", Err(std::f64::consts::FRAC_1_PI)),
            ("floor(x)", Err(1.0)),
        ] {
            let target = bumpnet_parser::parse_expression(text, vec!["x".into()]).unwrap();
            let found = equal_cells(&target, &input, 0.1, 100_000);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-15;
            assert!(found == cells || matches!((found, cells), (Err(a), Err(b)) if near(a, b)), "{text}: {found:?}");
        }
    }
}
