//! Differences `f(u) - f(v)` beside `u - v`, as what shows that they vanish with it.

use bumpnet_interval::{Binary, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Node, NodeId, Span};

use super::factors::Factors;
use super::rebuild::replaced;
use super::region::terms;

/// The expression with such a difference, in a quotient with `u - v` on the other side, as a product in which `u - v` stands.
pub fn part(expr: &Expr, id: NodeId, factors: &Factors) -> Option<Expr> {
    for (list, others, below) in [(&factors.top, &factors.bottom, false), (&factors.bottom, &factors.top, true)] {
        for factor in list {
            let Node::Binary(Binary::Sub, left, right) = *expr.node(*factor) else { continue };
            let (Node::Unary(op, u), Node::Unary(other, v)) = (expr.node(left), expr.node(right)) else { continue };
            let signs = |of: &NodeId| {
                let of = terms(expr, &[(*of, 1)])?;
                let apart = |sign: i32| terms(expr, &[(*u, sign), (*v, -sign)]);
                (apart(1)? == of).then_some(false).or((apart(-1)? == of).then_some(true))
            };
            let found = others.iter().find_map(|of| signs(of).map(|negative| (*of, negative)));
            let Some((apart, negative)) = found.filter(|_| op == other) else { continue };
            let rest = factors.without(below, *factor);
            let made = replaced(expr, id, |builder, span, new| {
                let mut apart = new(apart);
                if negative {
                    apart = builder.push(Node::Unary(Unary::Neg, apart), span.clone());
                }
                let product = Work { builder, span }.product(*op, [new(*u), new(*v)], apart)?;
                Some(rest.push(builder, span, new, if below { [&[], &product] } else { [&product, &[]] }))
            });
            if made != *expr {
                return Some(made);
            }
        }
    }
    None
}

struct Work<'a> {
    builder: &'a mut ExprBuilder,
    span: &'a Span,
}

impl Work<'_> {
    /// `f(u) - f(v)` as factors, where `apart` is `u - v`.
    fn product(&mut self, op: Unary, [u, v]: [NodeId; 2], apart: NodeId) -> Option<Vec<NodeId>> {
        let two = self.builder.push(Node::Literal("2".parse().ok()?), self.span.clone());
        let one = self.builder.push(Node::Literal("1".parse().ok()?), self.span.clone());
        let sum = self.binary(Binary::Add, u, v);
        let (mean, half) = (self.binary(Binary::Div, sum, two), self.binary(Binary::Div, apart, two));
        let mut both = |first: Unary, second: Unary| vec![two, self.unary(first, mean), self.unary(second, half)];
        Some(match op {
            Unary::Sin => both(Unary::Cos, Unary::Sin),
            Unary::Sinh => both(Unary::Cosh, Unary::Sinh),
            Unary::Cosh => both(Unary::Sinh, Unary::Sinh),
            Unary::Cos => {
                let sine = self.unary(Unary::Sin, mean);
                vec![two, self.unary(Unary::Neg, sine), self.unary(Unary::Sin, half)]
            }
            Unary::Exp => vec![self.unary(Unary::Exp, v), self.unary(Unary::ExpM1, apart)],
            Unary::Ln => {
                let ratio = self.binary(Binary::Div, apart, v);
                vec![self.unary(Unary::Ln1p, ratio)]
            }
            Unary::Sqrt => {
                let roots = [u, v].map(|of| self.unary(Unary::Sqrt, of));
                let sum = self.binary(Binary::Add, roots[0], roots[1]);
                vec![apart, self.binary(Binary::Div, one, sum)]
            }
            Unary::Tanh => {
                let values = [u, v].map(|of| self.unary(Unary::Tanh, of));
                let product = self.binary(Binary::Mul, values[0], values[1]);
                vec![self.unary(Unary::Tanh, apart), self.binary(Binary::Sub, one, product)]
            }
            _ => return None,
        })
    }

    fn unary(&mut self, op: Unary, a: NodeId) -> NodeId {
        self.builder.push(Node::Unary(op, a), self.span.clone())
    }

    fn binary(&mut self, op: Binary, a: NodeId, b: NodeId) -> NodeId {
        self.builder.push(Node::Binary(op, a, b), self.span.clone())
    }
}
