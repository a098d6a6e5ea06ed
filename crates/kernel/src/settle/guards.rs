//! The conditions under which a sub-expression matters: the choices on whose one side only it stands.

use bumpnet_interval::Comparison;
use bumpnet_ir::{Expr, Node, NodeId};

/// Choices that are looked at. Heuristic: each takes a walk over the expression.
const MOST: usize = 64;

/// A relation that holds wherever a sub-expression matters.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Guard {
    /// The relation.
    pub op: Comparison,
    /// Its left side.
    pub left: NodeId,
    /// Its right side.
    pub right: NodeId,
}

/// All guards of a sub-expression.
pub fn of(expr: &Expr, node: NodeId) -> Vec<Guard> {
    let choices = expr.ids().filter(|id| matches!(expr.node(*id), Node::If { .. })).take(MOST);
    choices.flat_map(|choice| [true, false].map(|side| guard(expr, node, choice, side))).flatten().collect()
}

/// The condition of one side of a choice, if the sub-expression stands on that side only.
fn guard(expr: &Expr, node: NodeId, choice: NodeId, side: bool) -> Option<Guard> {
    let Node::If { op, left, right, then, otherwise } = *expr.node(choice) else { return None };
    let op = if side { op } else { op.contrary() };
    let leave_out = if side { then } else { otherwise };
    let other = if side { otherwise } else { then };
    // From the root without the way through that side.
    let mut seen = vec![false; expr.nodes().len()];
    let mut stack = vec![expr.root()];
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut seen[id.index()], true) {
            continue;
        }
        match id == choice {
            true => stack.extend([left, right, other]),
            false => stack.extend(expr.node(id).children()),
        }
    }
    (leave_out != other && !seen[node.index()]).then_some(Guard { op, left, right })
}
