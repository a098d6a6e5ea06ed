//! Sub-expressions that have one value only here and there: what has a limit there, has it by points at which they have others.
//!
//! A function that is analytic for all real arguments, and not constant, has any one value on a nowhere dense set.

use bumpnet_interval::{Binary, Interval, Unary};
use bumpnet_ir::{Expr, Input, Node, NodeId};

use super::rebuild::is_constant;

/// Whether a sub-expression is proved to be analytic for all real inputs, and to have another value than this somewhere.
pub fn leaves(expr: &Expr, inputs: &[Input], id: NodeId, value: f64) -> bool {
    let points =
        [|input: &Input| input.lo, |input: &Input| input.hi, |input: &Input| 0.75 * input.lo + 0.25 * input.hi];
    let other = |at: fn(&Input) -> f64| {
        let point: Vec<Interval> = inputs.iter().map(|input| Interval::point(at(input))).collect();
        let found = expr.eval_nodes(&point)[id.index()];
        found.is_bounded() && !found.contains(value)
    };
    is_entire(expr, id) && points.into_iter().any(other)
}

/// The same of zero, for what is zero where such a function is.
pub fn leaves_zero(expr: &Expr, inputs: &[Input], id: NodeId) -> bool {
    let mut id = id;
    while let Node::Unary(Unary::Sqrt | Unary::Cbrt | Unary::Abs | Unary::Neg, a) = *expr.node(id) {
        id = a;
    }
    leaves(expr, inputs, id, 0.0)
}

fn is_entire(expr: &Expr, id: NodeId) -> bool {
    let mut seen = vec![false; expr.nodes().len()];
    let mut stack = vec![id];
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut seen[id.index()], true) || is_constant(expr, id) {
            continue;
        }
        use Unary::{Asinh, Atan, Cos, Cosh, Erf, Exp, Exp2, ExpM1, Neg, Sigmoid, Sin, Sinc, Sinh, Softplus, Tanh};
        let entire = match *expr.node(id) {
            Node::Input(_) => true,
            Node::Unary(op, _) => matches!(
                op,
                Neg | Sin
                    | Cos
                    | Exp
                    | Exp2
                    | ExpM1
                    | Sinh
                    | Cosh
                    | Tanh
                    | Atan
                    | Asinh
                    | Erf
                    | Sigmoid
                    | Softplus
                    | Sinc
            ),
            Node::Binary(Binary::Add | Binary::Sub | Binary::Mul, ..) => true,
            Node::Binary(Binary::Div, _, b) => is_constant(expr, b),
            Node::Binary(Binary::Pow, _, b) => match expr.node(b) {
                Node::Literal(n) => n.order().is_eq() && n.nearest() >= 1.0 && n.nearest() == n.nearest().trunc(),
                _ => false,
            },
            _ => false,
        };
        if !entire {
            return false;
        }
        stack.extend(expr.node(id).children());
    }
    true
}
