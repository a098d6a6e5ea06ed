//! Range and domain analysis: is the target defined and bounded on its domain, and between which values?
//!
//! Interval evaluation over the whole domain may fail only because it is coarse (`x/(x+1)` over a wide box, `x - x`), so
//! the domain is subdivided before anything is refused. What is still undefined on a tiny cell is refused, with the
//! sub-expression that is to blame and the sub-interval.

use bumpnet_interval::{Interval, Quality};
use bumpnet_ir::{Diagnostic, Expr, Input, Node, Span};

use crate::poly::Cell;

/// Cells that are tried before a target is given up. Heuristic: enough to bisect down to neighbouring numbers around a
/// hundred bad points.
const MOST_CELLS: usize = 20_000;

/// A cell is not divided further when it is this small a part of the domain: 2^-40. Heuristic.
const SMALLEST: f64 = 1.0 / (1u64 << 40) as f64;

/// Why a target is refused on a domain.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// What is wrong, of the sub-expression.
    pub problem: String,
    /// Where in the domain.
    pub from: f64,
    /// To where.
    pub to: f64,
    /// The sub-expression's place in the text.
    pub span: Span,
}

impl Refusal {
    /// As a diagnostic, for an input of this name.
    pub fn diagnose(&self, input: &str) -> Diagnostic {
        let place = match self.from == self.to {
            true => format!("at {input} = {:?}", self.from),
            false => format!("for {input} in [{:?}, {:?}]", self.from, self.to),
        };
        Diagnostic::new(self.span.clone(), format!("{} {place}", self.problem))
            .label("this part")
            .help("make the domain smaller, or give the target another formula there with `if`")
    }
}

/// The range of a target over its domain, an enclosure; every point of the domain is proved to have a finite value.
///
/// # Errors
/// The first sub-interval (of the cells that were tried) on which some sub-expression may be undefined or unbounded.
pub fn analyse(target: &Expr, input: &Input) -> Result<Interval, Refusal> {
    let width = input.hi - input.lo;
    let mut total: Option<Interval> = None;
    let mut stack = vec![Cell { a: input.lo, b: input.hi }];
    let mut tried = 0;
    while let Some(cell) = stack.pop() {
        tried += 1;
        let value = target.eval(&[cell.interval()]);
        if value.quality() >= Quality::Defined && value.is_bounded() {
            total = Some(total.map_or(value, |sum| sum.hull(&value)));
            continue;
        }
        let middle = cell.centre();
        let divisible = cell.a < middle && middle < cell.b && cell.b - cell.a > SMALLEST * width;
        if !divisible || tried >= MOST_CELLS {
            return Err(blame(target, &cell));
        }
        stack.push(Cell { a: middle, b: cell.b });
        stack.push(Cell { a: cell.a, b: middle });
    }
    Ok(total.unwrap_or(Interval::ENTIRE))
}

/// A tighter enclosure of the range over a cell: subdivided until each part is narrow against the whole.
///
/// For deciding strict inequalities, such as a range within (0, 1).
pub fn range(target: &Expr, input: &Input, parts: usize) -> Interval {
    let points: Vec<f64> = (0..=parts)
        .map(|k| if k == parts { input.hi } else { input.lo + (input.hi - input.lo) * (k as f64 / parts as f64) })
        .collect();
    let cells = points.windows(2).map(|pair| target.eval(&[Cell { a: pair[0], b: pair[1] }.interval()]));
    cells.reduce(|a, b| a.hull(&b)).unwrap_or(Interval::ENTIRE)
}

/// The deepest sub-expression that is bad on the cell although all its operands are good.
fn blame(target: &Expr, cell: &Cell) -> Refusal {
    let values = target.eval_nodes(&[cell.interval()]);
    let good = |value: &Interval| value.quality() >= Quality::Defined && value.is_bounded();
    let guilty = target
        .ids()
        .find(|id| !good(&values[id.index()]) && target.node(*id).children().all(|child| good(&values[child.index()])));
    let id = guilty.unwrap_or(target.root());
    let value = values[id.index()];
    let problem = match value.quality() {
        Quality::Nowhere => "is undefined",
        Quality::Partial if value.is_bounded() => "may be undefined",
        Quality::Partial if matches!(target.node(id), Node::Binary(bumpnet_interval::Binary::Div, ..)) => {
            "divides by zero, or by something that cannot be told from it,"
        }
        Quality::Partial => "may be undefined or infinite",
        _ => "overflows, or cannot be told from infinity,",
    };
    Refusal { problem: format!("the target {problem}"), from: cell.a, to: cell.b, span: target.span(id) }
}
