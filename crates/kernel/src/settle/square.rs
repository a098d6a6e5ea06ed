//! Quadratics with the square completed: `x^2-2*x+1.001` is `(x-1)^2+0.001`, whose bounds are exact.

use bumpnet_interval::{Binary, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Node, NodeId, Span};

use super::rebuild::{is_constant, rebuilt};

/// Sums and products inside one another that are looked through. Heuristic.
const DEPTH: usize = 24;

/// The expression with a sub-expression that is a quadratic of some other, in this form; `None` of one without a linear term.
pub fn complete(expr: &Expr, id: NodeId) -> Option<Expr> {
    let terms = expr.ids().take(id.index()).filter(|base| !is_constant(expr, *base)).collect::<Vec<_>>();
    let is_one = |base: NodeId| matches!(Coefficients::new(expr, id, base).of(id, DEPTH), Some([_, Some(_), Some(_)]));
    let base = terms.into_iter().rev().find(|base| is_one(*base))?;
    Some(rebuilt(expr, |builder, node, made, new| match node == id {
        true => completed(expr, id, base, builder, new).unwrap_or(made),
        false => made,
    }))
}

/// `a (u + b/(2a))^2 + (c - b^2/(4a))`.
fn completed(
    expr: &Expr,
    id: NodeId,
    base: NodeId,
    builder: &mut ExprBuilder,
    new: &dyn Fn(NodeId) -> NodeId,
) -> Option<Node> {
    let span = expr.span(id);
    // In an arena of their own, which begins with all nodes as they were.
    let mut work = Coefficients::new(expr, id, base);
    let [c, Some(b), Some(a)] = work.of(id, DEPTH)? else { return None };
    let two = work.number("2")?;
    let four = work.number("4")?;
    let double = work.push(Binary::Mul, two, a);
    let shift = work.push(Binary::Div, b, double);
    let square_of_b = work.push(Binary::Mul, b, b);
    let quadruple = work.push(Binary::Mul, four, a);
    let lost = work.push(Binary::Div, square_of_b, quadruple);
    let sum = work.push(Binary::Add, base, shift);
    let square = work.push(Binary::Pow, sum, two);
    let first = work.push(Binary::Mul, a, square);
    let zero = work.number("0")?;
    let rest = work.push(Binary::Sub, c.unwrap_or(zero), lost);
    let whole = work.push(Binary::Add, first, rest);
    // Into the builder go those that are not there yet. A node that is equal to a later one of the expression has its place.
    let nodes = work.builder.nodes();
    let mut needed = vec![false; nodes.len()];
    needed[whole.index()] = true;
    for k in (id.index()..nodes.len()).rev() {
        if needed[k] {
            nodes[k].children().for_each(|child| needed[child.index()] = true);
        }
    }
    let mut placed: Vec<Option<NodeId>> = vec![None; nodes.len()];
    let mut made = None;
    for k in (id.index()..nodes.len()).filter(|k| needed[*k]) {
        let place = |child: NodeId| if child.index() < id.index() { Some(new(child)) } else { placed[child.index()] };
        let node = crate::graph::rename(&nodes[k], place)?;
        placed[k] = Some(builder.push(node.clone(), span.clone()));
        made = Some(node).filter(|_| k == whole.index()).or(made);
    }
    made
}

/// The coefficients of a sub-expression as a polynomial of another, as expressions.
struct Coefficients<'a> {
    expr: &'a Expr,
    base: NodeId,
    builder: ExprBuilder,
    span: Span,
}

/// `[c, b, a]` of `a u^2 + b u + c`; those that are missing are zero.
type Quadratic = [Option<NodeId>; 3];

impl<'a> Coefficients<'a> {
    fn new(expr: &'a Expr, id: NodeId, base: NodeId) -> Coefficients<'a> {
        Coefficients { expr, base, builder: ExprBuilder::extend(expr).0, span: expr.span(id) }
    }

    fn push(&mut self, op: Binary, a: NodeId, b: NodeId) -> NodeId {
        self.builder.push(Node::Binary(op, a, b), self.span.clone())
    }

    fn number(&mut self, digits: &str) -> Option<NodeId> {
        Some(self.builder.push(Node::Literal(digits.parse().ok()?), self.span.clone()))
    }

    fn of(&mut self, id: NodeId, depth: usize) -> Option<Quadratic> {
        let depth = depth.checked_sub(1)?;
        if id == self.base {
            return Some([None, Some(self.number("1")?), None]);
        }
        if is_constant(self.expr, id) {
            return Some([Some(id), None, None]);
        }
        match *self.expr.node(id) {
            Node::Unary(Unary::Neg, a) => {
                let a = self.of(a, depth)?;
                Some(a.map(|c| c.map(|c| self.builder.push(Node::Unary(Unary::Neg, c), self.span.clone()))))
            }
            Node::Binary(op @ (Binary::Add | Binary::Sub), a, b) => {
                let (a, b) = (self.of(a, depth)?, self.of(b, depth)?);
                Some([0, 1, 2].map(|k| self.sum(op, a[k], b[k])))
            }
            Node::Binary(Binary::Mul, a, b) if a == self.base && b == self.base => {
                Some([None, None, Some(self.number("1")?)])
            }
            Node::Binary(Binary::Mul, a, b) => {
                let (a, b) = (self.of(a, depth)?, self.of(b, depth)?);
                let beyond = [(1, 2), (2, 1), (2, 2)].iter().any(|(i, j)| a[*i].is_some() && b[*j].is_some());
                if beyond {
                    return None;
                }
                let mut result = [None; 3];
                for (i, x) in a.into_iter().enumerate() {
                    for (j, y) in b.into_iter().enumerate() {
                        if let (Some(x), Some(y)) = (x, y) {
                            let term = self.push(Binary::Mul, x, y);
                            result[i + j] = self.sum(Binary::Add, result[i + j], Some(term));
                        }
                    }
                }
                Some(result)
            }
            Node::Binary(Binary::Div, a, b) if is_constant(self.expr, b) => {
                let a = self.of(a, depth)?;
                Some(a.map(|c| c.map(|c| self.push(Binary::Div, c, b))))
            }
            Node::Binary(Binary::Pow, a, b) if a == self.base => {
                let Node::Literal(exponent) = self.expr.node(b) else { return None };
                let is_two = exponent.nearest() == 2.0 && exponent.order().is_eq();
                if is_two { Some([None, None, Some(self.number("1")?)]) } else { None }
            }
            _ => None,
        }
    }

    fn sum(&mut self, op: Binary, a: Option<NodeId>, b: Option<NodeId>) -> Option<NodeId> {
        match (a, b) {
            (Some(a), Some(b)) => Some(self.push(op, a, b)),
            (None, Some(b)) if op == Binary::Sub => {
                Some(self.builder.push(Node::Unary(Unary::Neg, b), self.span.clone()))
            }
            (a, b) => a.or(b),
        }
    }
}
