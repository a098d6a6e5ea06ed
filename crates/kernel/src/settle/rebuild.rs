//! An expression built once more, with some of its nodes made anew.

use bumpnet_ir::{Expr, ExprBuilder, Node, NodeId};

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
