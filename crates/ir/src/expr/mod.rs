//! Expressions: an arena of nodes, children before parents, each distinct sub-expression once.
//!
//! Everything that walks an expression is a loop over the arena or uses a stack of its own, so no input, however long,
//! can overflow the call stack: not in building, printing, evaluating or dropping.

pub mod build;
mod eval;
pub mod infix;
mod jumps;
pub mod latex;
mod quotient;
pub mod sexpr;

use std::sync::Arc;

use bumpnet_interval::{Binary, Comparison, Constant, Decimal, Interval, Unary};

use crate::diagnostic::Span;

/// Index of a node in its expression's arena.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(u32);

impl NodeId {
    /// The node at a position of the arena.
    pub fn at(position: usize) -> NodeId {
        NodeId(position as u32)
    }

    /// Position in the arena.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One node. Children are earlier in the arena.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // the fields of `If` are named as in `if(left op right, then, otherwise)`
pub enum Node {
    /// An exact literal.
    Literal(Decimal),
    /// A named constant.
    Constant(Constant),
    /// The input with this index.
    Input(u16),
    /// A function of one argument.
    Unary(Unary, NodeId),
    /// An operator or function of two arguments.
    Binary(Binary, NodeId, NodeId),
    /// A choice.
    If { op: Comparison, left: NodeId, right: NodeId, then: NodeId, otherwise: NodeId },
    /// A quotient of two functions of one number, known where both vanish.
    Quotient(Arc<Quotient>, NodeId),
}

/// A function of named inputs. Made by [`ExprBuilder`](build::ExprBuilder) only, which keeps the arena in canonical order: the depth-first
/// post-order of the root, so equal functions as written are equal arenas (`spans` aside).
///
/// ```
/// use bumpnet_interval::Binary;
/// use bumpnet_ir::{ExprBuilder, Node};
/// let mut builder = ExprBuilder::new(vec!["x".into()]);
/// let x = builder.push(Node::Input(0), 0..1);
/// let square = builder.push(Node::Binary(Binary::Mul, x, x), 0..3);
/// let expr = builder.finish(square);
/// assert_eq!(expr.eval(&[3.0]), 9.0);
/// assert_eq!(expr.to_string(), "x*x");
/// ```
#[derive(Clone, Debug)]
pub struct Expr {
    inputs: Vec<String>,
    nodes: Vec<Node>,
    spans: Vec<Span>,
    /// What somebody wrote, where this is the same function in a form that says more.
    written: Option<Arc<Expr>>,
}

/// `top(t)/bottom(t)` of one number `t`.
#[derive(Clone, PartialEq, Debug)]
pub struct Quotient {
    top: Expr,
    bottom: Expr,
    places: Vec<DivisorZero>,
}

/// A place where the bottom is zero, and bounds of it.
#[derive(Clone, PartialEq, Debug)]
struct DivisorZero {
    at: Interval,
    around: Around,
}

/// What the quotient is around such a place.
#[derive(Clone, PartialEq, Debug)]
enum Around {
    /// Within the radius a polynomial in `t - at`, the last coefficient that of the remainder.
    Polynomial { radius: f64, coefficients: Vec<Interval> },
    /// Whatever the quotient comes to on both sides; the place itself, the only one in this range, does not count.
    LeftOut { range: Interval },
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.inputs == other.inputs && self.nodes == other.nodes
    }
}

impl Eq for Expr {}

impl Expr {
    /// The names of the inputs; [`Node::Input`] indexes them.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// The nodes, children before parents, the root last.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node of that index.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Where the node was first written.
    pub fn span(&self, id: NodeId) -> Span {
        self.spans[id.index()].clone()
    }

    /// The last node: the expression's value.
    pub fn root(&self) -> NodeId {
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// The ids of the arena, in order.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The expression as it was written, which [`settled`](Self::settled) keeps: for whoever prints or translates it.
    pub fn as_written(&self) -> &Expr {
        self.written.as_deref().unwrap_or(self)
    }

    /// This expression, as another form of what was written: it prints as that.
    #[must_use]
    pub fn settled(self, written: &Expr) -> Expr {
        Expr { written: Some(Arc::new(written.as_written().clone())), ..self }
    }

    /// Whether no input stands in it.
    pub fn is_constant(&self) -> bool {
        !self.nodes.iter().any(|node| matches!(node, Node::Input(_)))
    }
}

impl Node {
    /// The children, in the order of writing.
    pub fn children(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        let (list, count) = match *self {
            Node::Literal(_) | Node::Constant(_) | Node::Input(_) => ([NodeId(0); 4], 0),
            Node::Unary(_, a) | Node::Quotient(_, a) => ([a; 4], 1),
            Node::Binary(_, a, b) => ([a, b, b, b], 2),
            Node::If { left, right, then, otherwise, .. } => ([left, right, then, otherwise], 4),
        };
        list.into_iter().take(count)
    }

    /// The same node with its children renamed.
    pub fn map(&self, rename: impl Fn(NodeId) -> NodeId) -> Node {
        match *self {
            Node::Literal(_) | Node::Constant(_) | Node::Input(_) => self.clone(),
            Node::Unary(op, a) => Node::Unary(op, rename(a)),
            Node::Binary(op, a, b) => Node::Binary(op, rename(a), rename(b)),
            Node::If { op, left, right, then, otherwise } => Node::If {
                op,
                left: rename(left),
                right: rename(right),
                then: rename(then),
                otherwise: rename(otherwise),
            },
            Node::Quotient(ref quotient, a) => Node::Quotient(quotient.clone(), rename(a)),
        }
    }
}
