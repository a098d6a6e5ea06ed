//! `u*ln(u)`, which goes to 0 with `u`: it is `ln(u^u)`, and that is defined and continuous at 0.

use bumpnet_interval::{Binary, Decimal, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId, Span};

use super::isolated;
use super::rebuild::{is_constant, rebuilt};
use super::region::Region;

/// The expression with every product with a logarithm in this form, if the logarithm stands in such products only and its
/// argument is not negative where it matters.
pub fn mend(expr: &Expr, inputs: &[Input], logarithm: NodeId, argument: NodeId) -> Option<Expr> {
    let Node::Unary(op, _) = *expr.node(logarithm) else { return None };
    let region = Region::of(expr, inputs, logarithm);
    region.bound(argument, |value| value.lo() >= 0.0)?;
    if !isolated::leaves_zero(expr, inputs, argument) {
        return None;
    }
    let zero: Decimal = "0".parse().ok()?;
    let parents = expr.ids().filter(|id| expr.node(*id).children().any(|child| child == logarithm));
    let parents = parents.map(|id| factor(expr, id, logarithm, argument).map(|found| (id, found)));
    let parents = parents.collect::<Option<Vec<_>>>().filter(|parents| !parents.is_empty())?;
    Some(rebuilt(expr, |builder, id, made, new| {
        let Some((_, factor)) = parents.iter().find(|(parent, _)| *parent == id) else { return made };
        let span = expr.span(id);
        // Beyond a guard it may be negative.
        let held = match region.guards.is_empty() {
            true => new(argument),
            false => {
                let zero = builder.push(Node::Literal(zero.clone()), span.clone());
                builder.push(Node::Binary(Binary::Max, new(argument), zero), span.clone())
            }
        };
        let base = match factor.root {
            true => builder.push(Node::Unary(Unary::Sqrt, held), span.clone()),
            false => held,
        };
        let power = builder.push(Node::Binary(Binary::Pow, base, base), span.clone());
        let mut result = Node::Unary(op, power);
        for rest in &factor.rest {
            let left = builder.push(result, span.clone());
            let op = if let Rest::Over(_) = rest { Binary::Div } else { Binary::Mul };
            result = Node::Binary(op, left, rest.push(builder, &span, held, new));
        }
        match factor.negative {
            true => Node::Unary(Unary::Neg, builder.push(result, span)),
            false => result,
        }
    }))
}

/// A factor as `u` or `sqrt(u)` times some others.
struct Factor {
    root: bool,
    negative: bool,
    rest: Vec<Rest>,
}

/// Another factor.
enum Rest {
    Node(NodeId),
    Number(Decimal),
    /// A power of `u`.
    Power(Decimal),
    /// One over this.
    Over(NodeId),
}

impl Rest {
    fn push(&self, builder: &mut ExprBuilder, span: &Span, u: NodeId, new: &dyn Fn(NodeId) -> NodeId) -> NodeId {
        let mut number = |decimal: Decimal| builder.push(Node::Literal(decimal), span.clone());
        match self {
            Rest::Node(id) | Rest::Over(id) => new(*id),
            Rest::Number(decimal) => number(decimal.clone()),
            Rest::Power(exponent) => {
                let exponent = number(exponent.clone());
                builder.push(Node::Binary(Binary::Pow, u, exponent), span.clone())
            }
        }
    }
}

/// What a product with the logarithm has besides `u` and the logarithm.
fn factor(expr: &Expr, parent: NodeId, logarithm: NodeId, argument: NodeId) -> Option<Factor> {
    let Node::Binary(Binary::Mul, a, b) = *expr.node(parent) else { return None };
    let other = if a == logarithm { b } else { a };
    let mut stack = vec![other];
    let mut result = Factor { root: false, negative: false, rest: Vec::new() };
    let mut found = false;
    while let Some(id) = stack.pop() {
        // v = u/c of u = c v, and v = u c of u = v/c.
        if !found && let Some(rest) = multiple(expr, argument, id) {
            found = true;
            result.rest.push(rest);
            continue;
        }
        match *expr.node(id) {
            _ if id == argument && !found => found = true,
            // v = u/c of u = c v, and v = u c of u = v/c.
            Node::Unary(Unary::Sqrt, u) if u == argument && !found => {
                // sqrt(u) ln(u) = 2 ln(sqrt(u)^sqrt(u))
                (found, result.root) = (true, true);
                result.rest.push(Rest::Number("2".parse().ok()?));
            }
            Node::Binary(Binary::Pow, u, exponent) if u == argument && !found => {
                let Node::Literal(exponent) = expr.node(exponent) else { return None };
                let less = exponent.nearest() - 1.0;
                if !(less > 0.0 && exponent.order().is_eq()) {
                    return None;
                }
                found = true;
                result.rest.push(Rest::Power(less.to_string().parse().ok()?));
            }
            Node::Unary(Unary::Neg, a) => {
                result.negative = !result.negative;
                stack.push(a);
            }
            Node::Binary(Binary::Mul, a, b) => stack.extend([b, a]),
            _ => result.rest.push(Rest::Node(id)),
        }
    }
    found.then_some(result)
}

/// What a sub-expression is times, to be another, where that is a constant.
fn multiple(expr: &Expr, of: NodeId, id: NodeId) -> Option<Rest> {
    match *expr.node(of) {
        Node::Binary(Binary::Mul, c, v) if v == id && is_constant(expr, c) => Some(Rest::Over(c)),
        Node::Binary(Binary::Mul, v, c) if v == id && is_constant(expr, c) => Some(Rest::Over(c)),
        Node::Binary(Binary::Div, v, c) if v == id && is_constant(expr, c) => Some(Rest::Node(c)),
        _ => None,
    }
}
