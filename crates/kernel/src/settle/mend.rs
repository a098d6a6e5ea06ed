//! One sub-expression in a form that shows where it is defined.

use std::sync::Arc;

use bumpnet_interval::{Binary, Decimal, Interval, Quality, Real, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId, Quotient};

use super::rebuild::rebuilt;
use super::region::Region;
use super::{cancel, fraction, isolated, product, square, zeros};
use crate::analyse::node_ranges;

/// Cells over which a sub-expression is bounded, where one is too few. Heuristic.
const FINE: usize = 64;

/// The numbers of which a function is defined: from and to, and whether these count.
#[derive(Clone, Copy)]
struct Natural {
    lo: Option<i8>,
    hi: Option<i8>,
    closed: bool,
}

/// The expression with a sub-expression that intervals could not bound in another form, if there is one.
pub fn mend(expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
    match *expr.node(id) {
        Node::Unary(op, a) => {
            let natural = natural(op)?;
            if let Some(completed) = square::complete(expr, a) {
                return Some(completed);
            }
            within(expr, inputs, id, a, natural).or_else(|| match op {
                Unary::Ln | Unary::Log2 | Unary::Log10 => product::mend(expr, inputs, id, a),
                _ => None,
            })
        }
        Node::Binary(Binary::Div, a, b) => fraction::divided_twice(expr, id)
            .or_else(|| quotient(expr, inputs, id, (a, b), Zeros::Common))
            .or_else(|| cancel::apart(expr, id, a, b, |divisor| is_needed_without_zeros(expr, inputs, id, *divisor)))
            .or_else(|| square::complete(expr, b))
            .or_else(|| away_from_zero(expr, inputs, id, b))
            .or_else(|| of_one_sign(expr, inputs, id, a, b))
            .or_else(|| quotient(expr, inputs, id, (a, b), Zeros::LeftOut))
            .or_else(|| cancel::mend(expr, inputs, id, a, b)),
        Node::Binary(Binary::Pow, a, _) => within(expr, inputs, id, a, Natural { lo: Some(0), hi: None, closed: true }),
        _ => None,
    }
}

/// The expression with a quotient put together with what it stands in, of which more may be seen.
pub fn rearrange(expr: &Expr, id: NodeId) -> Option<Expr> {
    let Node::Binary(Binary::Div, ..) = *expr.node(id) else { return None };
    fraction::whole(expr, id)
}

fn natural(op: Unary) -> Option<Natural> {
    let (lo, hi, closed) = match op {
        Unary::Sqrt => (Some(0), None, true),
        Unary::Ln | Unary::Log2 | Unary::Log10 => (Some(0), None, false),
        Unary::Ln1p => (Some(-1), None, false),
        Unary::Asin | Unary::Acos => (Some(-1), Some(1), true),
        Unary::Acosh => (Some(1), None, true),
        Unary::Atanh => (Some(-1), Some(1), false),
        _ => return None,
    };
    Some(Natural { lo, hi, closed })
}

/// With an argument cut to the numbers that it is proved to be.
fn within(expr: &Expr, inputs: &[Input], id: NodeId, argument: NodeId, natural: Natural) -> Option<Expr> {
    let (lo, hi) = (natural.lo.map(f64::from), natural.hi.map(f64::from));
    let inside = |value: &Interval| {
        let above = lo.is_none_or(|lo| value.lo() > lo || natural.closed && value.lo() == lo);
        let below = hi.is_none_or(|hi| value.hi() < hi || natural.closed && value.hi() == hi);
        above && below
    };
    let range = Region::of(expr, inputs, id).bound(argument, inside)?;
    // An open end is cut a little inside, where the argument does not come either.
    let end = |end: Option<f64>, reached: f64, sign: f64| match end {
        Some(end) if natural.closed => signed(end),
        Some(end) => signed(end + sign * short_below((reached - end).abs())?).filter(|cut| {
            let cut = cut.0 * cut.1.nearest();
            (cut - end).abs() > 0.0 && if sign > 0.0 { cut <= reached } else { cut >= reached }
        }),
        None => None,
    };
    let (low, high) = (end(lo, range.lo(), 1.0), end(hi, range.hi(), -1.0));
    let missing = lo.is_some() && low.is_none() || hi.is_some() && high.is_none();
    (!missing).then(|| clamped(expr, id, argument, low, high))
}

/// A quotient whose divisor is cut to the numbers that it is proved to be, on one side of zero.
fn away_from_zero(expr: &Expr, inputs: &[Input], id: NodeId, divisor: NodeId) -> Option<Expr> {
    let region = Region::of(expr, inputs, id);
    if let Some(range) = region.bound(divisor, |value| value.lo() > 0.0) {
        return Some(clamped(expr, id, divisor, signed(short_below(range.lo())?), None));
    }
    let range = region.bound(divisor, |value| value.hi() < 0.0)?;
    Some(clamped(expr, id, divisor, None, signed(-short_below(-range.hi())?)))
}

/// Whether a divisor is seen not to be zero where anybody asks.
fn is_needed_without_zeros(expr: &Expr, inputs: &[Input], id: NodeId, divisor: NodeId) -> bool {
    let region = Region::of(expr, inputs, id);
    region.strict_sign(divisor).is_some()
        || region.bound(divisor, |value| value.mignitude() > 0.0).is_some()
        || quotient(expr, inputs, id, (divisor, divisor), Zeros::LeftOut).is_some()
}

/// Of which kind a divisor's zeros are.
#[derive(Clone, Copy, PartialEq)]
enum Zeros {
    /// Also zeros of what is divided.
    Common,
    /// Where nobody asks.
    LeftOut,
}

/// A quotient whose two parts vanish together, or whose divisor vanishes where nobody asks.
fn quotient(expr: &Expr, inputs: &[Input], id: NodeId, (a, b): (NodeId, NodeId), kind: Zeros) -> Option<Expr> {
    let region = Region::of(expr, inputs, id);
    let ranges = node_ranges(expr, inputs, 1);
    let finer = std::cell::LazyCell::new(|| node_ranges(expr, inputs, FINE));
    // The largest common sub-expression that both are functions of.
    for base in expr.ids().take(id.index()).collect::<Vec<_>>().into_iter().rev() {
        let (Some(top), Some(bottom)) = (crate::graph::cut(expr, a, base), crate::graph::cut(expr, b, base)) else {
            continue;
        };
        if bottom.is_constant() {
            continue;
        }
        let known = |range: &Interval| range.quality() >= Quality::Defined && range.is_bounded();
        let of = |ranges: &[Interval]| Some(ranges[base.index()]).filter(known);
        let Some(range) = of(&ranges).or_else(|| of(&finer)) else { continue };
        let at = zeros::of(&bottom, &top, range);
        if at.is_empty() {
            continue;
        }
        let found = match kind {
            // On a whole set of zeros there is no limit.
            Zeros::Common if at.iter().all(|zero| isolated::leaves(expr, inputs, base, zero.at)) => {
                let orders =
                    at.iter().map(|zero| Some((zero.at, zero.common(&top, &bottom)?))).collect::<Option<Vec<_>>>();
                orders.and_then(|at| Quotient::removable(top, bottom, &at, 0.5 * range.width().get()))
            }
            Zeros::LeftOut => {
                let points = at.iter().map(|zero| zero.at.as_point()).collect::<Option<Vec<_>>>();
                let points =
                    points.filter(|at| at.iter().all(|at| zeros::is_left_out(expr, &region.guards, base, *at)));
                points.and_then(|at| Quotient::without(top, bottom, &at, range))
            }
            _ => None,
        };
        if let Some(quotient) = found {
            let quotient = Arc::new(quotient);
            return Some(rebuilt(expr, |_, node, made, new| match node == id {
                true => Node::Quotient(quotient.clone(), new(base)),
                false => made,
            }));
        }
    }
    None
}

/// A quotient whose divisor a guard says to be positive, though no bound does, or negative: `a/b = a (1/max(b, 0))`, of which
/// nobody asks where the maximum is 0.
fn of_one_sign(expr: &Expr, inputs: &[Input], id: NodeId, a: NodeId, b: NodeId) -> Option<Expr> {
    let region = Region::of(expr, inputs, id);
    let positive = region.strict_sign(b).or_else(|| {
        quotient(expr, inputs, id, (b, b), Zeros::LeftOut)?;
        let low = || region.bound(b, |value| value.lo() >= 0.0).map(|_| true);
        low().or_else(|| region.bound(b, |value| value.hi() <= 0.0).map(|_| false))
    })?;
    // The sign is that of a difference in other terms: the divisor itself must be seen to be defined.
    region.bound(b, |_| true)?;
    let whole = inputs.iter().map(|input| Interval::new(input.lo, input.hi)).collect::<Option<Vec<_>>>()?;
    let value: Interval = expr.eval_nodes(&whole)[b.index()];
    let reach = if positive { value.hi() } else { -value.lo() };
    let range = Interval::new(0.0, reach).filter(|range| value.is_bounded() && range.hi() > 0.0)?;
    let mut builder = ExprBuilder::new(vec!["t".to_owned()]);
    let t = builder.push(Node::Input(0), 0..0);
    let one = builder.push(Node::Literal("1".parse().ok()?), 0..0);
    let inverse = Arc::new(Quotient::without(builder.finish(one), builder.finish(t), &[0.0], range)?);
    Some(rebuilt(expr, |builder, node, made, new| {
        if node != id {
            return made;
        }
        let span = expr.span(id);
        let turned = |builder: &mut ExprBuilder, node: NodeId| match positive {
            true => node,
            false => builder.push(Node::Unary(Unary::Neg, node), span.clone()),
        };
        let zero = signed(0.0).map(|zero| literal(builder, &zero, &span));
        let divisor = turned(builder, new(b));
        let held = zero.map_or(divisor, |zero| builder.push(Node::Binary(Binary::Max, divisor, zero), span.clone()));
        let inverse = builder.push(Node::Quotient(inverse.clone(), held), span.clone());
        let inverse = turned(builder, inverse);
        Node::Binary(Binary::Mul, new(a), inverse)
    }))
}

/// A literal and its sign.
type Signed = (f64, Decimal);

fn signed(value: f64) -> Option<Signed> {
    format!("{:e}", value.abs()).parse().ok().map(|literal| (if value < 0.0 { -1.0 } else { 1.0 }, literal))
}

/// A power of two below a positive number, but not far.
fn short_below(x: f64) -> Option<f64> {
    (x > 0.0).then_some(x * 0.5).filter(|half| *half >= f64::MIN_POSITIVE)
}

/// The node with an operand held between two bounds.
fn clamped(expr: &Expr, id: NodeId, operand: NodeId, low: Option<Signed>, high: Option<Signed>) -> Expr {
    let span = expr.span(operand);
    rebuilt(expr, |builder, node, made, new| {
        if node != id {
            return made;
        }
        let mut held = new(operand);
        for (op, bound) in [(Binary::Max, &low), (Binary::Min, &high)] {
            if let Some(bound) = bound {
                let bound = literal(builder, bound, &span);
                held = builder.push(Node::Binary(op, held, bound), span.clone());
            }
        }
        let swap = |child: NodeId| if child == new(operand) { held } else { child };
        match made {
            Node::Unary(op, _) => Node::Unary(op, held),
            Node::Binary(Binary::Div, a, b) => Node::Binary(Binary::Div, a, swap(b)),
            Node::Binary(op, a, b) => Node::Binary(op, swap(a), b),
            made => made,
        }
    })
}

fn literal(builder: &mut ExprBuilder, (sign, literal): &Signed, span: &bumpnet_ir::Span) -> NodeId {
    let literal = builder.push(Node::Literal(literal.clone()), span.clone());
    if *sign < 0.0 { builder.push(Node::Unary(Unary::Neg, literal), span.clone()) } else { literal }
}
