//! Sub-expressions that have one value only here and there: what has a limit there, has it by points at which they have others.
//!
//! A function that is analytic, and not constant, has any one value on a nowhere dense set. It need not be so at its poles:
//! what is left of a connected set of complex numbers without the zeros of a divisor is connected.

use bumpnet_interval::{Binary, Interval, Quality, Unary};
use bumpnet_ir::{Expr, Input, Node, NodeId};

use super::rebuild::{is_constant, whole_exponent};

/// Whether a sub-expression is proved to be analytic on the domain but for poles, and to have another value than this somewhere.
pub fn leaves(expr: &Expr, inputs: &[Input], id: NodeId, value: Interval) -> bool {
    // No two inputs in the same part of their sides, for what depends on their difference.
    let part = |k: usize| (k + 1) as f64 / (inputs.len() + 2) as f64;
    let points = [
        |_, input: &Input| input.lo,
        |_, input: &Input| input.hi,
        |part: f64, input: &Input| (part * input.lo + (1.0 - part) * input.hi).clamp(input.lo, input.hi),
    ];
    let other = |at: fn(f64, &Input) -> f64| {
        let point: Vec<Interval> =
            inputs.iter().enumerate().map(|(k, input)| Interval::point(at(part(k), input))).collect();
        let found = expr.eval_nodes(&point)[id.index()];
        found.is_bounded() && found.intersection(&value).is_none()
    };
    is_analytic(expr, inputs, id) && points.into_iter().any(other)
}

/// The same of zero, for what is zero where such a function is.
pub fn leaves_zero(expr: &Expr, inputs: &[Input], id: NodeId) -> bool {
    let mut id = id;
    while let Node::Unary(Unary::Sqrt | Unary::Cbrt | Unary::Abs | Unary::Neg, a) = *expr.node(id) {
        id = a;
    }
    leaves(expr, inputs, id, Interval::ZERO)
}

fn is_analytic(expr: &Expr, inputs: &[Input], id: NodeId) -> bool {
    let whole: Vec<Interval> = inputs.iter().filter_map(|input| Interval::new(input.lo, input.hi)).collect();
    let values: Vec<Interval> = expr.eval_nodes(&whole);
    let above = |id: NodeId, bound: f64| {
        let value = &values[id.index()];
        value.quality() == Quality::Continuous && value.is_bounded() && value.lo() > bound
    };
    let mut seen = vec![false; expr.nodes().len()];
    let mut stack = vec![id];
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut seen[id.index()], true) || is_constant(expr, id) {
            continue;
        }
        let analytic = match *expr.node(id) {
            Node::Input(_) => true,
            Node::Unary(Unary::Ln | Unary::Log2 | Unary::Log10 | Unary::Sqrt | Unary::Cbrt, a) => above(a, 0.0),
            Node::Unary(Unary::Ln1p, a) => above(a, -1.0),
            Node::Unary(op, _) => is_entire(op),
            Node::Binary(Binary::Add | Binary::Sub | Binary::Mul | Binary::Div, ..) => true,
            Node::Binary(Binary::Pow, a, n) => whole_exponent(expr, n).is_some() || above(a, 0.0),
            Node::Quotient(ref quotient, _) => {
                quotient.is_removable() && quotient.parts().into_iter().all(is_elementary)
            }
            _ => false,
        };
        if !analytic {
            return false;
        }
        stack.extend(expr.node(id).children());
    }
    true
}

/// Whether a function is analytic for all numbers but poles.
fn is_elementary(function: &Expr) -> bool {
    function.ids().all(|id| match *function.node(id) {
        Node::Input(_) | Node::Literal(_) | Node::Constant(_) => true,
        Node::Unary(op, _) => is_entire(op),
        Node::Binary(Binary::Pow, _, n) => whole_exponent(function, n).is_some(),
        Node::Binary(op, ..) => matches!(op, Binary::Add | Binary::Sub | Binary::Mul | Binary::Div),
        _ => false,
    })
}

/// Whether a function is analytic for all real numbers.
fn is_entire(op: Unary) -> bool {
    use Unary::{Asinh, Atan, Cos, Cosh, Erf, Exp, Exp2, ExpM1, Neg, Sigmoid, Sin, Sinc, Sinh, Softplus, Tanh};
    matches!(
        op,
        Neg | Sin | Cos | Exp | Exp2 | ExpM1 | Sinh | Cosh | Tanh | Atan | Asinh | Erf | Sigmoid | Softplus | Sinc
    )
}
