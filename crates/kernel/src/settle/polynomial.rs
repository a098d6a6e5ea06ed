//! Polynomials that divide one another, such as `x^2-y^2` and `x-y`.

use bumpnet_interval::{Binary, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId, Span};

use super::exact::{Atom, Exact, MINUS_ONE, Ratio};
use super::factors::Factors;
use super::isolated;
use super::rebuild::{replaced, whole_exponent};

/// The expression with a factor divided by a divisor, or that by it, if there are such without a rest.
pub fn cancel(expr: &Expr, inputs: &[Input], id: NodeId, factors: &Factors) -> Option<Expr> {
    let polynomials = polynomials(expr);
    let of = |id: &NodeId| polynomials[id.index()].as_ref().filter(|number| number.as_ratio().is_none());
    for (top, above) in factors.top.iter().filter_map(|id| of(id).map(|number| (*id, number))) {
        for (bottom, below) in factors.bottom.iter().filter_map(|id| of(id).map(|number| (*id, number))) {
            let (result, divisor) = match above.divided_by(below) {
                Some(quotient) => ([Some(quotient), None], bottom),
                None => ([None, Some(below.divided_by(above)?)], top),
            };
            // On a whole set of zeros there is no limit.
            if !isolated::leaves_zero(expr, inputs, divisor) {
                continue;
            }
            let rest = factors.without(false, top).without(true, bottom);
            return Some(replaced(expr, id, |builder, span, new| {
                let [above, below] = [0, 1].map(|k| match &result[k] {
                    Some(number) => written(number, builder, span, new).map(|id| vec![id]),
                    None => Some(Vec::new()),
                });
                Some(rest.push(builder, span, new, [&above?, &below?]))
            }));
        }
    }
    None
}

/// The sub-expressions as polynomials of those that are none.
fn polynomials(expr: &Expr) -> Vec<Option<Exact>> {
    let mut known: Vec<Option<Exact>> = Vec::with_capacity(expr.nodes().len());
    for (id, node) in expr.ids().zip(expr.nodes()) {
        let of = |id: NodeId| known[id.index()].clone();
        let next = match *node {
            Node::Literal(ref decimal) => Ratio::literal(decimal).map(Exact::ratio),
            Node::Unary(Unary::Neg, a) => of(a).and_then(|a| Exact::whole(0).plus(MINUS_ONE, &a)),
            Node::Binary(Binary::Add, a, b) => of(a).zip(of(b)).and_then(|(a, b)| a.plus(Ratio::ONE, &b)),
            Node::Binary(Binary::Sub, a, b) => of(a).zip(of(b)).and_then(|(a, b)| a.plus(MINUS_ONE, &b)),
            Node::Binary(Binary::Mul, a, b) => of(a).zip(of(b)).and_then(|(a, b)| a.times(&b)),
            Node::Binary(Binary::Div, a, b) => {
                let by = of(b).and_then(|b| b.as_ratio()?.inverse());
                by.zip(of(a)).and_then(|(by, a)| a.times(&Exact::ratio(by)))
            }
            Node::Binary(Binary::Pow, a, n) => {
                whole_exponent(expr, n).zip(of(a)).and_then(|(top, a)| a.power(Ratio { top, bottom: 1 }))
            }
            _ => None,
        };
        known.push(next.or_else(|| Some(Exact::atom(Atom::Named(id.index())))));
    }
    known
}

/// A polynomial written out.
fn written(number: &Exact, builder: &mut ExprBuilder, span: &Span, new: &dyn Fn(NodeId) -> NodeId) -> Option<NodeId> {
    let mut sum: Option<NodeId> = None;
    for (product, factor) in number.terms() {
        let digits = |n: i128| n.unsigned_abs().to_string().parse().ok().map(Node::Literal);
        let mut term = builder.push(digits(factor.top)?, span.clone());
        for (atom, power) in product {
            let Atom::Named(index) = atom else { return None };
            for _ in 0..power.top {
                term = builder.push(Node::Binary(Binary::Mul, term, new(NodeId::at(*index))), span.clone());
            }
        }
        if factor.bottom != 1 {
            let bottom = builder.push(digits(factor.bottom)?, span.clone());
            term = builder.push(Node::Binary(Binary::Div, term, bottom), span.clone());
        }
        sum = Some(match (sum, factor.top < 0) {
            (None, false) => term,
            (None, true) => builder.push(Node::Unary(Unary::Neg, term), span.clone()),
            (Some(sum), negative) => {
                let op = if negative { Binary::Sub } else { Binary::Add };
                builder.push(Node::Binary(op, sum, term), span.clone())
            }
        });
    }
    sum
}
