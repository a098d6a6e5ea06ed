//! Range and domain analysis: is the target defined and bounded on its domain, and between which values?
//!
//! Interval evaluation over the whole domain may fail only because it is coarse (`x/(x+1)` over a wide box, `x - x`), so
//! the domain is subdivided before anything is refused. What is still undefined on a tiny cell is refused, with the
//! sub-expression that is to blame and the sub-interval.

use bumpnet_interval::{Binary, Interval, Quality, Real, Scalar, Unary};
use bumpnet_ir::{Diagnostic, Expr, Input, Node, NodeId, Span};

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
    /// Where in the domain: from and to on each axis.
    pub cell: Vec<(f64, f64)>,
    /// The sub-expression's place in the text.
    pub span: Span,
    /// What it lacks there.
    pub lack: Lack,
}

/// Why a target is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lack {
    /// It is proved to have no value.
    Value,
    /// It is not seen to be finite.
    Bound,
    /// It could not be decided whether it has a value.
    Proof,
}

impl Refusal {
    /// As a diagnostic, for these inputs.
    pub fn diagnose(&self, inputs: &[Input]) -> Diagnostic {
        let help = match self.lack {
            Lack::Value => "make the domain smaller, or give the target another formula there with `if`",
            Lack::Bound => "make the domain smaller, or scale what overflows",
            Lack::Proof => {
                "write this part so that its sign shows, such as (x-1)^2 for x^2-2*x+1; or bound it, as in sqrt(max(..., 0)); \
                 or make the domain smaller"
            }
        };
        Diagnostic::new(self.span.clone(), format!("{} {}", self.problem, self.place(inputs)))
            .label("this part")
            .help(help)
    }

    /// Where it is, in words.
    pub fn place(&self, inputs: &[Input]) -> String {
        let sides = inputs.iter().zip(&self.cell).map(|(Input { name, .. }, (from, to))| match from == to {
            true => format!("{name} = {from:?}"),
            false => format!("{name} in [{from:?}, {to:?}]"),
        });
        let word = if self.cell.iter().all(|(from, to)| from == to) { "at" } else { "for" };
        format!("{word} {}", sides.collect::<Vec<_>>().join(", "))
    }
}

/// The range of a target over its domain, an enclosure; every point of the domain is proved to have a finite value.
///
/// # Errors
/// The first sub-interval (of the cells that were tried) on which some sub-expression may be undefined or unbounded.
pub fn analyse(target: &Expr, inputs: &[Input]) -> Result<Interval, Refusal> {
    examine(target, inputs).map_err(|(id, cell)| refusal(target, id, &cell))
}

/// The same, with the sub-expression and the cell in place of words.
pub(crate) fn examine(target: &Expr, inputs: &[Input]) -> Result<Interval, (NodeId, Vec<Cell>)> {
    let mut total: Option<Interval> = None;
    let mut stack = vec![inputs.iter().map(|input| Cell { a: input.lo, b: input.hi }).collect::<Vec<_>>()];
    let mut tried = 0;
    while let Some(cell) = stack.pop() {
        tried += 1;
        let value: Interval = target.eval(&cell.iter().map(Cell::interval).collect::<Vec<_>>());
        if is_good(&value) {
            total = Some(total.map_or(value, |sum| sum.hull(&value)));
            continue;
        }
        let Some((low, high)) = halves(&cell, inputs).filter(|_| tried < MOST_CELLS) else {
            return Err((guilty(target, &cell), cell));
        };
        stack.extend([high, low]);
    }
    Ok(total.unwrap_or(Interval::ENTIRE))
}

fn is_good(value: &Interval) -> bool {
    value.quality() >= Quality::Defined && value.is_bounded()
}

/// The two halves of a cell, divided across its longest side as the domain measures it; `None` for the smallest cells.
pub fn halves(cell: &[Cell], inputs: &[Input]) -> Option<(Vec<Cell>, Vec<Cell>)> {
    let share = |k: usize| (cell[k].b - cell[k].a) / (inputs[k].hi - inputs[k].lo);
    // Of equally long sides the first.
    let axis = (0..cell.len()).reduce(|best, k| if share(k) > share(best) { k } else { best })?;
    let Cell { a, b } = cell[axis];
    let middle = cell[axis].centre();
    if !(a < middle && middle < b && share(axis) > SMALLEST) {
        return None;
    }
    let (mut low, mut high) = (cell.to_vec(), cell.to_vec());
    (low[axis], high[axis]) = (Cell { a, b: middle }, Cell { a: middle, b });
    Some((low, high))
}

/// The range of a target that [`analyse`] has found good, from about this many cells.
pub fn range_over(target: &Expr, inputs: &[Input], cells: usize) -> Interval {
    let value = |cell: Vec<Cell>| target.eval(&cell.iter().map(Cell::interval).collect::<Vec<_>>());
    divided(inputs, cells).into_iter().map(value).reduce(|a: Interval, b| a.hull(&b)).unwrap_or(Interval::ENTIRE)
}

/// The range of each node of a target, from about this many cells.
pub fn node_ranges(target: &Expr, inputs: &[Input], cells: usize) -> Vec<Interval> {
    let values = |cell: Vec<Cell>| target.eval_nodes(&cell.iter().map(Cell::interval).collect::<Vec<_>>());
    let hulls = |a: Vec<Interval>, b: Vec<Interval>| a.iter().zip(&b).map(|(a, b)| a.hull(b)).collect();
    divided(inputs, cells).into_iter().map(values).reduce(hulls).unwrap_or_default()
}

/// The domain divided into about this many equal cells.
pub fn divided(inputs: &[Input], cells: usize) -> Vec<Vec<Cell>> {
    let mut queue = std::collections::VecDeque::new();
    queue.push_back(inputs.iter().map(|input| Cell { a: input.lo, b: input.hi }).collect::<Vec<_>>());
    while queue.len() < cells
        && let Some(cell) = queue.pop_front()
    {
        match halves(&cell, inputs) {
            Some((low, high)) => queue.extend([low, high]),
            None => {
                queue.push_back(cell);
                break;
            }
        }
    }
    queue.into()
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
fn guilty(target: &Expr, cell: &[Cell]) -> NodeId {
    let values: Vec<Interval> = target.eval_nodes(&cell.iter().map(Cell::interval).collect::<Vec<_>>());
    let of_good = |id: &NodeId| target.node(*id).children().all(|child| is_good(&values[child.index()]));
    let guilty =
        target.ids().filter(|id| !is_good(&values[id.index()]) && of_good(id) && matters(target, &values, *id));
    // A quotient that is known at its zeros may be unbounded where nobody asks: another one first.
    let guilty = guilty.min_by_key(|id| matches!(target.node(*id), Node::Quotient(..)));
    guilty.unwrap_or(target.root())
}

/// Whether a bad value is one because of which the root's is bad, and not only a branch's that is not taken.
fn matters(target: &Expr, values: &[Interval], id: NodeId) -> bool {
    let mut reached = vec![false; values.len()];
    reached[target.root().index()] = true;
    for parent in target.ids().collect::<Vec<_>>().into_iter().rev() {
        if !reached[parent.index()] {
            continue;
        }
        let taken = match *target.node(parent) {
            Node::If { op, left, right, then, otherwise } => {
                let decided = <Interval as Real>::decide(op, &values[left.index()], &values[right.index()]);
                decided.map(|holds| [left, right, if holds { then } else { otherwise }].to_vec())
            }
            _ => None,
        };
        let children = taken.unwrap_or_else(|| target.node(parent).children().collect());
        children.into_iter().for_each(|child| reached[child.index()] = true);
    }
    reached[id.index()]
}

/// What is wrong with a sub-expression on a cell, in words.
pub(crate) fn refusal(target: &Expr, id: NodeId, cell: &[Cell]) -> Refusal {
    let sides = |cell: &[Cell]| cell.iter().map(Cell::interval).collect::<Vec<_>>();
    let value_on = |cell: &[Cell]| target.eval_nodes(&sides(cell))[id.index()];
    let nowhere = |cell: &[Cell]| target.eval::<Interval>(&sides(cell)).quality() == Quality::Nowhere;
    // A point of the cell at which it is certain, if there is one.
    let point = |at: fn(&Cell) -> f64| cell.iter().map(|side| Cell { a: at(side), b: at(side) }).collect::<Vec<_>>();
    let points = [point(|side| side.a), point(|side| side.b), point(Cell::centre)];
    let undefined = std::iter::once(cell.to_vec()).chain(points).find(|cell| nowhere(cell));
    let place = |cell: &[Cell]| cell.iter().map(|side| (side.a, side.b)).collect();
    let (value, span) = (value_on(cell), target.span(id));
    let divisor = match *target.node(id) {
        Node::Binary(Binary::Div, _, divisor) => Some(divisor),
        _ => None,
    };
    let (problem, cell, lack) = match undefined {
        Some(at) if divisor.is_some() => ("the target divides by zero", place(&at), Lack::Value),
        Some(at) => ("the target is undefined", place(&at), Lack::Value),
        None if divisor.is_some_and(|divisor| changes_sign(target, divisor, cell)) => {
            ("the target divides by zero somewhere", place(cell), Lack::Value)
        }
        None if is_pole_of_tan(target, id, cell) => {
            ("the target has a pole of `tan` somewhere", place(cell), Lack::Value)
        }
        None if divisor.is_some() && value.quality() < Quality::Defined => {
            ("the target divides by zero, or by something that cannot be told from it,", place(cell), Lack::Proof)
        }
        None if value.quality() >= Quality::Defined => {
            ("the target overflows, or cannot be told from infinity,", place(cell), Lack::Bound)
        }
        None if value.is_bounded() => ("the target could not be proved to be defined", place(cell), Lack::Proof),
        None => ("the target could not be proved to be defined and finite", place(cell), Lack::Proof),
    };
    Refusal { problem: problem.to_owned(), cell, span, lack }
}

/// Whether a sub-expression of one input is `tan` of what is proved to come through an odd multiple of pi/2 in a cell: its
/// cosine changes its sign, and is continuous as the argument is.
fn is_pole_of_tan(target: &Expr, id: NodeId, cell: &[Cell]) -> bool {
    let (Node::Unary(Unary::Tan, argument), [side]) = (target.node(id), cell) else { return false };
    let angle = |x: Interval| target.eval_nodes(&[x])[argument.index()];
    let cosine = |x: Interval| Interval::unary(Unary::Cos, &angle(x));
    let (low, high) = (cosine(Interval::point(side.a)), cosine(Interval::point(side.b)));
    angle(side.interval()).quality() == Quality::Continuous
        && (low.hi() < 0.0 && high.lo() > 0.0 || low.lo() > 0.0 && high.hi() < 0.0)
}

/// Whether a sub-expression of one input is proved to be zero somewhere in a cell: continuous there, and of both signs.
fn changes_sign(target: &Expr, id: NodeId, cell: &[Cell]) -> bool {
    let [side] = cell else { return false };
    let value = |x: Interval| target.eval_nodes(&[x])[id.index()];
    let (low, high) = (value(Interval::point(side.a)), value(Interval::point(side.b)));
    value(side.interval()).quality() == Quality::Continuous
        && (low.hi() < 0.0 && high.lo() > 0.0 || low.lo() > 0.0 && high.hi() < 0.0)
}
