//! Building an expression: each distinct node once, and the canonical order at the end.

use std::collections::HashMap;

use bumpnet_interval::{Binary, Comparison, Scalar, Unary};

use super::{Expr, Node, NodeId};
use crate::diagnostic::Span;

/// An arena under construction. Equal nodes are stored once; the span of the first is kept.
#[derive(Clone, Debug)]
pub struct ExprBuilder {
    inputs: Vec<String>,
    nodes: Vec<Node>,
    spans: Vec<Span>,
    known: HashMap<Node, NodeId>,
}

impl ExprBuilder {
    /// An empty arena over these inputs.
    pub fn new(inputs: Vec<String>) -> Self {
        ExprBuilder { inputs, nodes: Vec::new(), spans: Vec::new(), known: HashMap::new() }
    }

    /// An arena that continues an expression, and the expression's root in it.
    pub fn extend(expr: &Expr) -> (Self, NodeId) {
        let mut builder = ExprBuilder::new(expr.inputs.clone());
        for (node, span) in expr.nodes.iter().zip(&expr.spans) {
            builder.push(node.clone(), span.clone());
        }
        (builder, expr.root())
    }

    /// The names of the inputs.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// The nodes so far, children before parents.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Adds the values at a point of the nodes that have none yet, in the arena's order.
    pub fn eval_more<T: Scalar>(&self, point: &[T], values: &mut Vec<T>) {
        for node in &self.nodes[values.len()..] {
            values.push(node.eval(point, values));
        }
    }

    /// Adds a node whose children are there already, or finds the equal one. A choice of the smaller or the larger of what
    /// is compared is written as what it is, `min`, `max` or `abs`: these are continuous at a glance.
    pub fn push(&mut self, node: Node, span: Span) -> NodeId {
        let node = self.extreme(&node).unwrap_or(node);
        let next = NodeId(self.nodes.len() as u32);
        let id = *self.known.entry(node.clone()).or_insert(next);
        if id == next {
            self.nodes.push(node);
            self.spans.push(span);
        }
        id
    }

    /// `if(a < b, a, b)` and its like as `min(a, b)` or `max(a, b)`; `if(a < 0, -a, a)` and its like as `abs(a)`.
    fn extreme(&self, node: &Node) -> Option<Node> {
        let Node::If { op, left, right, then, otherwise } = *node else { return None };
        // Which of the two is taken where they are equal makes no difference.
        let (low, high) = match op {
            Comparison::Less | Comparison::LessEqual => (left, right),
            Comparison::Greater | Comparison::GreaterEqual => (right, left),
            _ => return None,
        };
        let is_zero = |id: NodeId| matches!(&self.nodes[id.index()], Node::Literal(value) if value.parts().0 == "0");
        let negated = |id: NodeId, of: NodeId| self.nodes[id.index()] == Node::Unary(Unary::Neg, of);
        match (then, otherwise) {
            _ if (then, otherwise) == (low, high) => Some(Node::Binary(Binary::Min, left, right)),
            _ if (then, otherwise) == (high, low) => Some(Node::Binary(Binary::Max, left, right)),
            _ if is_zero(high) && otherwise == low && negated(then, low) => Some(Node::Unary(Unary::Abs, low)),
            _ if is_zero(low) && then == high && negated(otherwise, high) => Some(Node::Unary(Unary::Abs, high)),
            _ => None,
        }
    }

    /// The expression with this root: what the root needs, in canonical order.
    pub fn finish(&self, root: NodeId) -> Expr {
        let mut expr = Expr { inputs: self.inputs.clone(), nodes: Vec::new(), spans: Vec::new(), written: None };
        let mut renamed: Vec<Option<NodeId>> = vec![None; self.nodes.len()];
        // A node is visited twice: first its children are put on the stack above it, then it is written.
        let mut stack = vec![(root, false)];
        while let Some((id, children_done)) = stack.pop() {
            if renamed[id.index()].is_some() {
                continue;
            }
            let node = &self.nodes[id.index()];
            if children_done {
                renamed[id.index()] = Some(NodeId(expr.nodes.len() as u32));
                expr.nodes.push(node.map(|child| renamed[child.index()].unwrap_or(child)));
                expr.spans.push(self.spans[id.index()].clone());
            } else {
                stack.push((id, true));
                stack.extend(node.children().rev().map(|child| (child, false)));
            }
        }
        expr
    }
}

impl Expr {
    /// `ln(f/(1-f))`, the inverse of the logistic function after `f`.
    ///
    /// ```
    /// use bumpnet_ir::expr::sexpr;
    /// let half = sexpr::parse("(/ x 2)", vec!["x".into()]).unwrap();
    /// assert_eq!(half.logit().to_string(), "ln(x/2/(1-x/2))");
    /// ```
    pub fn logit(&self) -> Expr {
        let (mut builder, f) = ExprBuilder::extend(self);
        let span = self.span(f);
        // The digit 1 is a decimal; there is no other way to write it.
        let Ok(one) = "1".parse() else { return self.clone() };
        let one = builder.push(Node::Literal(one), span.clone());
        let rest = builder.push(Node::Binary(Binary::Sub, one, f), span.clone());
        let odds = builder.push(Node::Binary(Binary::Div, f, rest), span.clone());
        let logit = builder.push(Node::Unary(Unary::Ln, odds), span);
        builder.finish(logit)
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::sexpr;

    #[test]
    fn choices_of_what_is_compared() {
        for (choice, meant) in [
            ("(if (< x y) x y)", "min(x, y)"),
            ("(if (<= x y) y x)", "max(x, y)"),
            ("(if (> x y) x y)", "max(x, y)"),
            ("(if (>= x y) y x)", "min(x, y)"),
            ("(if (< x 0) (- x) x)", "abs(x)"),
            ("(if (> x 0) x (- x))", "abs(x)"),
            ("(if (< 0 x) x (- x))", "abs(x)"),
            ("(if (< x 0) 0 x)", "max(x, 0)"),
            ("(if (< x 0) x (- x))", "if(x < 0, x, -x)"),
            ("(if (== x y) x y)", "if(x == y, x, y)"),
        ] {
            let expr = sexpr::parse(choice, vec!["x".into(), "y".into()]).unwrap();
            assert_eq!(expr.to_string(), meant, "{choice}");
        }
    }
}
