//! What cancels in a quotient, by whichever way there is.

use bumpnet_interval::{Binary, Unary};
use bumpnet_ir::{Expr, Input, Node, NodeId};

use super::factors::{Factors, one};
use super::rebuild::{is_constant, replaced};
use super::region::Region;
use super::{difference, guards, polynomial};

/// The expression with a quotient of which something has cancelled.
pub fn mend(expr: &Expr, inputs: &[Input], id: NodeId, a: NodeId, b: NodeId) -> Option<Expr> {
    let factors = Factors::of(expr, a, b)?;
    factors
        .grouped(expr, inputs)
        .map(|group| replaced(expr, id, |builder, span, new| Some(group.push(builder, span, new))))
        .or_else(|| polynomial::cancel(expr, inputs, id, &factors))
        .or_else(|| difference::part(expr, id, &factors))
        .or_else(|| factors.chained(expr, inputs, id))
        .or_else(|| term_by_term(expr, inputs, id, a, b))
        .or_else(|| factors.rooted(expr, inputs, id))
        .or_else(|| powers_as_exponentials(expr, inputs, id))
}

/// `a/(b c)` as `a (1/b) (1/c)`, where `settled` of all divisors: that nobody asks for it where they are zero.
pub fn apart(expr: &Expr, id: NodeId, a: NodeId, b: NodeId, settled: impl Fn(&NodeId) -> bool) -> Option<Expr> {
    let factors = Factors::of(expr, a, b)?;
    let worth = !guards::of(expr, id).is_empty() && factors.bottom.len() > 1 && factors.bottom.iter().all(settled);
    worth.then(|| {
        replaced(expr, id, |builder, span, new| {
            let one = builder.push(one(), span.clone());
            let inverse = |of: &NodeId| builder.push(Node::Binary(Binary::Div, one, new(*of)), span.clone());
            let inverses: Vec<NodeId> = factors.bottom.iter().map(inverse).collect();
            let top = Factors { bottom: Vec::new(), ..factors.clone() };
            Some(top.push(builder, span, new, [&inverses, &[]]))
        })
    })
}

/// The powers in a quotient whose exponents are no constants as exponentials: `a^b = exp(b ln(a))`.
fn powers_as_exponentials(expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
    let positive = |a: NodeId| Region::of(expr, inputs, id).bound(a, |value| value.lo() > 0.0).is_some();
    let found = expr.ids().take(id.index()).find_map(|power| match *expr.node(power) {
        Node::Binary(Binary::Pow, a, b) if !is_constant(expr, a) && !is_constant(expr, b) && a != b && positive(a) => {
            Some((power, a, b))
        }
        _ => None,
    });
    let (power, a, b) = found?;
    Some(replaced(expr, power, |builder, span, new| {
        let logarithm = builder.push(Node::Unary(Unary::Ln, new(a)), span.clone());
        let exponent = builder.push(Node::Binary(Binary::Mul, new(b), logarithm), span.clone());
        Some(Node::Unary(Unary::Exp, exponent))
    }))
}

/// `(a + b)/c` as `a/c + b/c`, where something cancels in both.
fn term_by_term(expr: &Expr, inputs: &[Input], id: NodeId, a: NodeId, b: NodeId) -> Option<Expr> {
    let Node::Binary(op @ (Binary::Add | Binary::Sub), left, right) = *expr.node(a) else { return None };
    let group = |term: NodeId| Factors::of(expr, term, b)?.grouped(expr, inputs);
    let (left, right) = (group(left)?, group(right)?);
    Some(replaced(expr, id, |builder, span, new| {
        let [left, right] = [&left, &right].map(|group| {
            let node = group.push(builder, span, new);
            builder.push(node, span.clone())
        });
        Some(Node::Binary(op, left, right))
    }))
}
