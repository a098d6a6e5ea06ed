//! Printing an expression as infix, with the fewest parentheses; the parser reads it back as the same expression.

use std::fmt;

use bumpnet_interval::{Binary, Unary};

use super::{Expr, Node, NodeId};

/// Binding strength, loosest first: sum, product, unary minus, power, atom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Sum,
    Product,
    Negation,
    Power,
    Atom,
}

impl Node {
    fn strength(&self) -> Strength {
        match self {
            Node::Binary(Binary::Add | Binary::Sub, ..) => Strength::Sum,
            Node::Binary(Binary::Mul | Binary::Div, ..) => Strength::Product,
            Node::Unary(Unary::Neg, _) => Strength::Negation,
            Node::Binary(Binary::Pow, ..) => Strength::Power,
            _ => Strength::Atom,
        }
    }
}

/// What is still to be written.
enum Item {
    Text(&'static str),
    /// A sub-expression, in parentheses if it binds less than this.
    Node(NodeId, Strength),
    /// The same, behind an operator: in parentheses also if it is a negation, and so is what it begins with.
    Behind(NodeId, Strength),
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(written) = &self.written {
            return written.fmt(f);
        }
        let mut stack = vec![Item::Node(self.root(), Strength::Sum)];
        let mut line = Vec::new();
        while let Some(item) = stack.pop() {
            match item {
                Item::Text(text) => f.write_str(text)?,
                Item::Node(id, at_least) => {
                    self.write_node(f, id, at_least, false, &mut line)?;
                    stack.extend(line.drain(..).rev());
                }
                Item::Behind(id, at_least) => {
                    self.write_node(f, id, at_least, true, &mut line)?;
                    stack.extend(line.drain(..).rev());
                }
            }
        }
        Ok(())
    }
}

impl Expr {
    /// Writes an atom, or puts the parts of a compound into `line` in the order of writing.
    fn write_node(
        &self,
        f: &mut fmt::Formatter<'_>,
        id: NodeId,
        at_least: Strength,
        behind: bool,
        line: &mut Vec<Item>,
    ) -> fmt::Result {
        let node = self.node(id);
        let negation = matches!(node, Node::Unary(Unary::Neg, _));
        let parenthesised = node.strength() < at_least || behind && negation;
        if parenthesised {
            line.push(Item::Text("("));
        }
        match *node {
            Node::Literal(ref decimal) => write!(f, "{decimal}")?,
            Node::Constant(constant) => f.write_str(constant.name())?,
            Node::Input(index) => f.write_str(&self.inputs[usize::from(index)])?,
            Node::Unary(Unary::Neg, a) => line.extend([Item::Text("-"), Item::Node(a, Strength::Negation)]),
            Node::Unary(op, a) => {
                line.extend([Item::Text(op.name()), Item::Text("("), Item::Node(a, Strength::Sum), Item::Text(")")])
            }
            Node::Binary(op, a, b) => match operand_strengths(op) {
                Some((left, right)) => {
                    // Its left operand stands where it begins itself, unless that is a parenthesis.
                    let first = if behind && !parenthesised { Item::Behind(a, left) } else { Item::Node(a, left) };
                    line.extend([first, Item::Text(op.name()), Item::Behind(b, right)]);
                }
                None => {
                    line.extend([Item::Text(op.name()), Item::Text("("), Item::Node(a, Strength::Sum)]);
                    if matches!(op, Binary::Min | Binary::Max) {
                        self.flatten(op, line);
                    }
                    line.extend([Item::Text(", "), Item::Node(b, Strength::Sum), Item::Text(")")]);
                }
            },
            Node::If { op, left, right, then, otherwise } => line.extend([
                Item::Text("if("),
                Item::Node(left, Strength::Sum),
                Item::Text(" "),
                Item::Text(op.name()),
                Item::Text(" "),
                Item::Node(right, Strength::Sum),
                Item::Text(", "),
                Item::Node(then, Strength::Sum),
                Item::Text(", "),
                Item::Node(otherwise, Strength::Sum),
                Item::Text(")"),
            ]),
            // In a settled expression only, which prints as it was written.
            Node::Quotient(_, a) => {
                line.extend([Item::Text("quotient("), Item::Node(a, Strength::Sum), Item::Text(")")]);
            }
        }
        if parenthesised {
            line.push(Item::Text(")"));
        }
        Ok(())
    }

    /// Replaces the first argument at the end of `line` by its own arguments for as long as it is the same function:
    /// `max(max(a, b), c)` is written `max(a, b, c)`, which the parser folds from the left again.
    fn flatten(&self, op: Binary, line: &mut Vec<Item>) {
        let mut later = Vec::new();
        while let Some(Item::Node(id, strength)) = line.pop() {
            match *self.node(id) {
                Node::Binary(inner, a, b) if inner == op => {
                    later.push(b);
                    line.push(Item::Node(a, strength));
                }
                _ => {
                    line.push(Item::Node(id, strength));
                    break;
                }
            }
        }
        line.extend(later.into_iter().rev().flat_map(|b| [Item::Text(", "), Item::Node(b, Strength::Sum)]));
    }

    /// An upper bound of the printed length in bytes, sub-expressions written out wherever they are used.
    pub fn printed_len_bound(&self) -> usize {
        let mut lengths: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let own = match node {
                Node::Literal(decimal) => decimal.parts().0.len() + 24, // point, exponent, zeros up to 1e16
                Node::Input(index) => self.inputs[usize::from(*index)].len(),
                _ => 16, // the longest function name, parentheses, commas
            };
            lengths.push(node.children().fold(own, |sum, child| sum.saturating_add(lengths[child.index()])));
        }
        lengths[lengths.len() - 1]
    }
}

/// How strongly the operands of an infix operator must bind to need no parentheses; `None` for a function.
///
/// The parser reads a sign behind any operator (`x+-y`, `2*-x`, `2^-x`). [`Item::Behind`] writes parentheses there all
/// the same, as in `x+(-y)` and `x+(-y)*z`, because people read them more easily. A sign behind a sign has none.
fn operand_strengths(op: Binary) -> Option<(Strength, Strength)> {
    match op {
        Binary::Add | Binary::Sub => Some((Strength::Sum, Strength::Product)),
        Binary::Mul | Binary::Div => Some((Strength::Product, Strength::Power)),
        Binary::Pow => Some((Strength::Atom, Strength::Power)),
        Binary::Min | Binary::Max | Binary::Hypot | Binary::Atan2 => None,
    }
}
