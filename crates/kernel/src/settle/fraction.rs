//! Quotients put together with what they stand in: poles that cancel in a sum or a product cancel in one quotient.

use bumpnet_interval::Binary;
use bumpnet_ir::{Expr, Node, NodeId};

use super::rebuild::rebuilt;

/// The nodes that have a node for a child, if all of them are such.
fn parents(expr: &Expr, id: NodeId, such: impl Fn(&Node) -> bool) -> Option<Vec<NodeId>> {
    let parents: Vec<NodeId> =
        expr.ids().filter(|parent| expr.node(*parent).children().any(|child| child == id)).collect();
    (!parents.is_empty() && parents.iter().all(|parent| such(expr.node(*parent)))).then_some(parents)
}

/// `(a/b)/c = a/(b c)`.
pub fn divided_twice(expr: &Expr, id: NodeId) -> Option<Expr> {
    let parents =
        parents(expr, id, |parent| matches!(parent, Node::Binary(Binary::Div, q, c) if *q == id && *c != id))?;
    let Node::Binary(_, a, b) = *expr.node(id) else { return None };
    Some(rebuilt(expr, |builder, parent, made, new| match (parents.contains(&parent), &made) {
        (true, Node::Binary(_, _, c)) => {
            let bottom = builder.push(Node::Binary(Binary::Mul, new(b), *c), expr.span(parent));
            Node::Binary(Binary::Div, new(a), bottom)
        }
        _ => made,
    }))
}

/// A sum, difference or product with a quotient in it as one quotient: `a/b + c/d = (a d + c b)/(b d)`.
pub fn whole(expr: &Expr, id: NodeId) -> Option<Expr> {
    let parents = parents(
        expr,
        id,
        |parent| matches!(parent, Node::Binary(Binary::Add | Binary::Sub | Binary::Mul, a, b) if (*a == id) != (*b == id)),
    )?;
    Some(rebuilt(expr, |builder, parent, made, _| {
        let Node::Binary(op, left, right) = made else { return made };
        if !parents.contains(&parent) {
            return Node::Binary(op, left, right);
        }
        let span = expr.span(id);
        // A term that is no quotient is one by 1.
        let [(a, b), (c, d)] = [left, right].map(|term| match builder.nodes()[term.index()] {
            Node::Binary(Binary::Div, a, b) => (a, Some(b)),
            _ => (term, None),
        });
        let mut times = |x: NodeId, y: NodeId| builder.push(Node::Binary(Binary::Mul, x, y), span.clone());
        let mut by = |x: NodeId, y: Option<NodeId>| y.map_or(x, |y| times(x, y));
        let bottom = match (b, d) {
            (Some(b), d) => by(b, d),
            (None, Some(d)) => d,
            (None, None) => return Node::Binary(op, left, right),
        };
        let top = match op {
            Binary::Mul => by(a, Some(c)),
            op => {
                let (first, second) = (by(a, d), by(c, b));
                builder.push(Node::Binary(op, first, second), span)
            }
        };
        Node::Binary(Binary::Div, top, bottom)
    }))
}
