//! Bounds of a sub-expression on the part of the domain where it matters.
//!
//! A cell is first made smaller by the guards (each says something of its two sides, which goes down to their operands:
//! F. Benhamou et al., *Revising hull and box consistency*, 1999), then the value is bounded by intervals and by the
//! mean-value form, which is exact at a corner where the sub-expression is monotone. What is not good enough is divided, at
//! the number of the fewest digits near the middle: zeros that are touched mostly lie at such.

use std::collections::{BTreeMap, VecDeque};

use bumpnet_interval::{Binary, Comparison, Interval, Jet, Quality, Real, Scalar, Unary};
use bumpnet_ir::{Expr, Input, Node, NodeId};

use super::guards::{self, Guard};

/// Steps from a guard down to what its sides are made of. Heuristic.
const MOST_STEPS: usize = 200;
/// Cells that are tried. Heuristic.
const MOST_CELLS: usize = 4000;

/// Where a sub-expression matters.
pub struct Region<'a> {
    expr: &'a Expr,
    inputs: &'a [Input],
    /// The relations that hold there.
    pub guards: Vec<Guard>,
}

impl<'a> Region<'a> {
    /// That of a sub-expression.
    pub fn of(expr: &'a Expr, inputs: &'a [Input], node: NodeId) -> Region<'a> {
        Region { expr, inputs, guards: guards::of(expr, node) }
    }

    /// An enclosure of a sub-expression's values on the region that `is_good`, if cells can be made small enough for it;
    /// every one of them is. `None` too where the region is proved empty.
    pub fn bound(&self, node: NodeId, is_good: impl Fn(&Interval) -> bool) -> Option<Interval> {
        let whole = self.inputs.iter().map(|input| Interval::new(input.lo, input.hi)).collect::<Option<Vec<_>>>()?;
        let mut stack = vec![whole];
        let mut total: Option<Interval> = None;
        let mut tried = 0;
        while let Some(cell) = stack.pop() {
            tried += 1;
            let Some((cell, value)) = self.narrowed(cell, node) else { continue };
            let good = |value: &Interval| value.quality() >= Quality::Defined && is_good(value);
            let value = if good(&value) { value } else { self.centred(&cell, node, value) };
            if good(&value) {
                total = Some(total.map_or(value, |sum| sum.hull(&value)));
                continue;
            }
            let (low, high) = self.halves(&cell).filter(|_| tried < MOST_CELLS)?;
            stack.extend([high, low]);
        }
        total
    }

    /// Whether a sub-expression is positive all over the region, or negative, because it is the difference of the two sides of
    /// a guard.
    pub fn strict_sign(&self, node: NodeId) -> Option<bool> {
        self.guards.iter().find_map(|guard| match self.difference(guard, node)? {
            Comparison::Greater => Some(true),
            Comparison::Less => Some(false),
            _ => None,
        })
    }

    /// The relation to zero that a guard says of the difference of its two sides, if a sub-expression is that.
    fn difference(&self, Guard { op, left, right }: &Guard, node: NodeId) -> Option<Comparison> {
        let own = terms(self.expr, &[(node, 1)])?;
        if own == terms(self.expr, &[(*right, 1), (*left, -1)])? {
            return Some(flipped(*op));
        }
        (own == terms(self.expr, &[(*left, 1), (*right, -1)])?).then_some(*op)
    }

    /// The part of a cell that may be in the region, with a value there; `None` if no part is.
    fn narrowed(&self, mut cell: Vec<Interval>, node: NodeId) -> Option<(Vec<Interval>, Interval)> {
        let mut values: Vec<Interval> = self.expr.eval_nodes(&cell);
        for guard in &self.guards {
            self.require(guard, &mut values, &mut cell)?;
        }
        if !self.guards.is_empty() {
            let known = values;
            values = self.expr.eval_nodes_with(&cell, |id, value: Interval| {
                let known = &known[id.index()];
                // What is narrower by a guard says nothing of how well the value is defined.
                value.intersection(known).map_or(value, |both| both.demoted(value.quality()))
            });
        }
        let mut value = values[node.index()];
        for guard in &self.guards {
            let sign = self.difference(guard, node);
            if let Some((allowed, _)) = sign.and_then(|op| allowed(op, &value, &Interval::ZERO)) {
                value = value.intersection(&allowed)?.demoted(value.quality());
            }
        }
        Some((cell, value))
    }

    /// Makes values smaller for a relation to hold; `None` if it holds nowhere.
    fn require(&self, guard: &Guard, values: &mut [Interval], cell: &mut [Interval]) -> Option<()> {
        let (left, right) = (values[guard.left.index()], values[guard.right.index()]);
        let of = |v: &Interval| v.quality() >= Quality::Partial;
        if !(of(&left) && of(&right)) {
            return Some(());
        }
        if <Interval as Real>::decide(guard.op, &left, &right) == Some(false) {
            return None;
        }
        let Some((of_left, of_right)) = allowed(guard.op, &left, &right) else { return Some(()) };
        let mut queue = VecDeque::from([(guard.left, of_left), (guard.right, of_right)]);
        for _ in 0..MOST_STEPS {
            let Some((id, allowed)) = queue.pop_front() else { break };
            let value = values[id.index()];
            if value.quality() == Quality::Nowhere {
                continue;
            }
            let both = value.intersection(&allowed)?.demoted(value.quality());
            values[id.index()] = both;
            if let Node::Input(k) = self.expr.node(id) {
                let side = &mut cell[usize::from(*k)];
                *side = side.intersection(&both)?;
            }
            queue.extend(operands(self.expr.node(id), &both, values));
        }
        Some(())
    }

    /// The value once more by the mean-value form, and at corners where it is monotone.
    fn centred(&self, cell: &[Interval], node: NodeId, value: Interval) -> Interval {
        let slopes = (0..cell.len()).map(|axis| self.slope(cell, node, axis)).collect::<Option<Vec<_>>>();
        let Some(slopes) = slopes else { return value };
        let at = |point: Vec<Interval>| self.expr.eval_nodes(&point)[node.index()];
        let centre: Vec<Interval> =
            cell.iter().map(|side| Interval::point(simple(side).unwrap_or(side.midpoint()))).collect();
        let spread = slopes.iter().zip(cell.iter().zip(&centre)).map(|(slope, (side, c))| *slope * (*side - *c));
        let mean = spread.fold(at(centre.clone()), |sum, term| sum + term);
        let corner = |low: bool| {
            let side = |(side, slope): (&Interval, &Interval)| match (slope.lo() >= 0.0, slope.hi() <= 0.0) {
                (true, _) => Interval::point(if low { side.lo() } else { side.hi() }),
                (_, true) => Interval::point(if low { side.hi() } else { side.lo() }),
                _ => *side,
            };
            at(cell.iter().zip(&slopes).map(side).collect())
        };
        let (low, high) = (corner(true), corner(false));
        let good = |v: &Interval| v.quality() >= Quality::Defined;
        let mut result = value;
        if good(&low) && good(&high) {
            let corners = Interval::new(low.lo(), high.hi()).unwrap_or(value);
            result = result.intersection(&corners).map_or(result, |both| both.demoted(value.quality()));
        }
        if good(&mean) {
            result = result.intersection(&mean).map_or(result, |both| both.demoted(value.quality()));
        }
        if let [side] = cell {
            for c in [side.lo(), side.hi()] {
                let around = self.quadratic(side, node, c);
                result =
                    around.and_then(|a| result.intersection(&a)).map_or(result, |both| both.demoted(value.quality()));
            }
        }
        result
    }

    /// The value of a sub-expression of one input by its Taylor polynomial of order 2 about a number of the cell: exact where
    /// it has an extremum there.
    fn quadratic(&self, side: &Interval, node: NodeId, c: f64) -> Option<Interval> {
        let jet = |x: Interval| self.expr.eval_nodes(&[Jet::variable(x, 2)])[node.index()];
        let (over, at) = (jet(*side), jet(Interval::point(c)));
        let d = *side - Interval::point(c);
        let value = at.value() + at.coefficient(1) * d + over.coefficient(2) * d.square();
        let smooth = over.value().quality() == Quality::Continuous && at.value().quality() == Quality::Continuous;
        (smooth && over.coefficient(2).is_bounded() && value.is_bounded()).then_some(value)
    }

    /// Enclosure of a derivative, where the sub-expression is Lipschitz along that axis.
    fn slope(&self, cell: &[Interval], node: NodeId, axis: usize) -> Option<Interval> {
        let variable = |(k, side): (usize, &Interval)| match k == axis {
            true => Jet::variable(*side, 1),
            false => Jet::constant(*side),
        };
        let jets: Vec<Jet<Interval>> = self.expr.eval_nodes(&cell.iter().enumerate().map(variable).collect::<Vec<_>>());
        let (value, slope) = (jets[node.index()].value(), jets[node.index()].coefficient(1));
        (value.quality() == Quality::Continuous && slope.is_bounded()).then_some(slope)
    }

    /// The two parts of a cell, divided across its longest side as the domain measures it.
    fn halves(&self, cell: &[Interval]) -> Option<(Vec<Interval>, Vec<Interval>)> {
        let share = |k: usize| cell[k].width().get() / (self.inputs[k].hi - self.inputs[k].lo);
        let axis = (0..cell.len()).reduce(|best, k| if share(k) > share(best) { k } else { best })?;
        let middle = simple(&cell[axis])?;
        let (mut low, mut high) = (cell.to_vec(), cell.to_vec());
        low[axis] = Interval::new(cell[axis].lo(), middle)?;
        high[axis] = Interval::new(middle, cell[axis].hi())?;
        Some((low, high))
    }
}

/// A number of few digits strictly inside, about the middle.
fn simple(side: &Interval) -> Option<f64> {
    let (lo, hi) = (side.lo(), side.hi());
    let middle = 0.5 * lo + 0.5 * hi;
    let rounded = power_of_two((hi - lo) / 2.0).map(|step| (middle / step).round() * step);
    [rounded, Some(middle)].into_iter().flatten().find(|x| lo < *x && *x < hi)
}

/// The largest power of two that is at most a positive number; `None` for one that is very large or small.
fn power_of_two(x: f64) -> Option<f64> {
    let exponent = (x.to_bits() >> 52) & 0x7ff;
    (x > 0.0 && (64..1984).contains(&exponent)).then(|| f64::from_bits(exponent << 52))
}

/// A sum's terms and how often each stands in it, sums and differences in it resolved; `None` of a sum with too many.
pub fn terms(expr: &Expr, of: &[(NodeId, i32)]) -> Option<BTreeMap<NodeId, i32>> {
    let mut found = BTreeMap::new();
    let mut stack = of.to_vec();
    for _ in 0..MOST_STEPS {
        let Some((id, count)) = stack.pop() else {
            found.retain(|_, count| *count != 0);
            return Some(found);
        };
        match *expr.node(id) {
            Node::Literal(ref decimal) if decimal.parts().0 == "0" => {}
            Node::Unary(Unary::Neg, a) => stack.push((a, -count)),
            Node::Binary(Binary::Add, a, b) => stack.extend([(a, count), (b, count)]),
            Node::Binary(Binary::Sub, a, b) => stack.extend([(a, count), (b, -count)]),
            _ => *found.entry(id).or_insert(0) += count,
        }
    }
    None
}

/// The same relation read from the right.
fn flipped(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::LessEqual => Comparison::GreaterEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterEqual => Comparison::LessEqual,
        op => op,
    }
}

/// The numbers that each side may be for a relation to hold; `None` where it says nothing.
fn allowed(op: Comparison, left: &Interval, right: &Interval) -> Option<(Interval, Interval)> {
    let (below, above) = (|hi: f64| Interval::new(f64::NEG_INFINITY, hi), |lo: f64| Interval::new(lo, f64::INFINITY));
    match op {
        Comparison::Less | Comparison::LessEqual => below(right.hi()).zip(above(left.lo())),
        Comparison::Greater | Comparison::GreaterEqual => above(right.lo()).zip(below(left.hi())),
        Comparison::Equal => Some((*right, *left)),
        Comparison::NotEqual => None,
    }
}

/// What the operands of a node may be for its value to be one of these, where that is easily said.
fn operands(node: &Node, value: &Interval, values: &[Interval]) -> Vec<(NodeId, Interval)> {
    let of = |id: &NodeId| values[id.index()];
    let up_to = |bound: f64| Interval::new(-bound, bound);
    let found = match node {
        Node::Unary(op, a) => {
            let inverse = match op {
                Unary::Neg => Some(-*value),
                Unary::Abs => up_to(value.hi()),
                Unary::Sqrt if value.lo() >= 0.0 => Some(value.square()),
                Unary::Exp => Some(Interval::unary(Unary::Ln, value)),
                Unary::Ln => Some(Interval::unary(Unary::Exp, value)),
                _ => None,
            };
            vec![inverse.map(|inverse| (*a, inverse))]
        }
        Node::Binary(Binary::Add, a, b) => vec![Some((*a, *value - of(b))), Some((*b, *value - of(a)))],
        Node::Binary(Binary::Sub, a, b) => vec![Some((*a, *value + of(b))), Some((*b, of(a) - *value))],
        Node::Binary(Binary::Mul, a, b) if a == b => vec![up_to(value.sqrt().hi()).map(|side| (*a, side))],
        Node::Binary(Binary::Mul, a, b) => {
            let by = |other: &NodeId| (of(other).mignitude() > 0.0).then(|| *value / of(other));
            vec![by(b).map(|side| (*a, side)), by(a).map(|side| (*b, side))]
        }
        Node::Binary(Binary::Div, a, b) => vec![Some((*a, *value * of(b)))],
        Node::Binary(Binary::Pow, a, b) if of(b) == Interval::point(2.0) => {
            vec![up_to(value.sqrt().hi()).map(|side| (*a, side))]
        }
        _ => Vec::new(),
    };
    let known = |(_, side): &(NodeId, Interval)| side.quality() >= Quality::Partial;
    found.into_iter().flatten().filter(known).collect()
}
