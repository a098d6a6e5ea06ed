//! An expression built once more, with some of its nodes made anew.

use bumpnet_interval::Decimal;
use bumpnet_ir::{Expr, ExprBuilder, Node, NodeId, Span};

use super::exact::{MOST_FACTORS, Ratio};
use crate::graph::rename;

/// The expression with some of its nodes made anew: `make` is given each node, its children renamed already, and the
/// builder.
pub fn rebuilt(
    expr: &Expr,
    mut make: impl FnMut(&mut ExprBuilder, NodeId, Node, &dyn Fn(NodeId) -> NodeId) -> Node,
) -> Expr {
    let mut builder = ExprBuilder::new(expr.inputs().to_vec());
    let mut renamed: Vec<NodeId> = Vec::with_capacity(expr.nodes().len());
    for id in expr.ids() {
        let new = |child: NodeId| renamed[child.index()];
        let node = rename(expr.node(id), |child| Some(new(child))).unwrap_or_else(|| expr.node(id).clone());
        let node = make(&mut builder, id, node, &new);
        renamed.push(builder.push(node, expr.span(id)));
    }
    let root = renamed[expr.root().index()];
    builder.finish(root)
}

/// The expression with a node that is made anew.
pub fn replaced(
    expr: &Expr,
    id: NodeId,
    make: impl Fn(&mut ExprBuilder, &Span, &dyn Fn(NodeId) -> NodeId) -> Option<Node>,
) -> Expr {
    rebuilt(expr, |builder, node, made, new| match node == id {
        true => make(builder, &expr.span(id), new).unwrap_or(made),
        false => made,
    })
}

/// The root of an expression, built where its inputs mean the same.
pub fn grafted(builder: &mut ExprBuilder, expr: &Expr) -> Option<NodeId> {
    let mut renamed: Vec<NodeId> = Vec::with_capacity(expr.nodes().len());
    for id in expr.ids() {
        let node = rename(expr.node(id), |child| renamed.get(child.index()).copied())?;
        renamed.push(builder.push(node, expr.span(id)));
    }
    renamed.pop()
}

/// Whether no input stands in a sub-expression.
pub fn is_constant(expr: &Expr, id: NodeId) -> bool {
    let mut stack = vec![id];
    while let Some(id) = stack.pop() {
        if matches!(expr.node(id), Node::Input(_)) {
            return false;
        }
        stack.extend(expr.node(id).children());
    }
    true
}

/// A positive fraction as a literal.
pub fn decimal(ratio: Ratio) -> Option<Decimal> {
    let decimal: Decimal = (ratio.top as f64 / ratio.bottom as f64).to_string().parse().ok()?;
    (Ratio::literal(&decimal)? == ratio).then_some(decimal)
}

/// A whole exponent that is not large.
pub fn whole_exponent(expr: &Expr, exponent: NodeId) -> Option<i128> {
    let Node::Literal(exponent) = expr.node(exponent) else { return None };
    let ratio = Ratio::literal(exponent)?;
    (ratio.bottom == 1 && (1..=MOST_FACTORS).contains(&ratio.top)).then_some(ratio.top)
}
