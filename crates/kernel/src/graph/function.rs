//! Functions of one variable as expressions: cutting one out of a target, building small ones, and recognising the forms for
//! which there are gates.

use bumpnet_interval::{Binary, Decimal, Interval, Jet, Scalar, Unary};
use bumpnet_ir::ExprBuilder;
use bumpnet_ir::{Expr, Node, NodeId};

/// The name of the variable.
const VARIABLE: &str = "t";

/// The target's sub-expression `root` as a function of its sub-expression `base`; `None` if it depends on anything else.
pub fn cut(target: &Expr, root: NodeId, base: NodeId) -> Option<Expr> {
    let mut wanted = vec![false; root.index() + 1];
    wanted[root.index()] = true;
    for id in target.ids().take(root.index() + 1).collect::<Vec<_>>().into_iter().rev() {
        if wanted[id.index()] && id != base {
            target.node(id).children().for_each(|child| wanted[child.index()] = true);
        }
    }
    let mut builder = ExprBuilder::new(vec![VARIABLE.to_owned()]);
    let mut renamed: Vec<Option<NodeId>> = vec![None; root.index() + 1];
    for id in target.ids().take(root.index() + 1).filter(|id| wanted[id.index()]) {
        let node = match target.node(id) {
            _ if id == base => Node::Input(0),
            Node::Input(_) => return None,
            node => rename(node, |child| renamed[child.index()])?,
        };
        renamed[id.index()] = Some(builder.push(node, target.span(id)));
    }
    renamed[root.index()].map(|root| builder.finish(root))
}

/// A node with its children renamed.
pub fn rename(node: &Node, new: impl Fn(NodeId) -> Option<NodeId>) -> Option<Node> {
    Some(match *node {
        Node::Literal(_) | Node::Constant(_) | Node::Input(_) => node.clone(),
        Node::Unary(op, a) => Node::Unary(op, new(a)?),
        Node::Binary(op, a, b) => Node::Binary(op, new(a)?, new(b)?),
        Node::Quotient(ref quotient, a) => Node::Quotient(quotient.clone(), new(a)?),
        Node::If { op, left, right, then, otherwise } => {
            Node::If { op, left: new(left)?, right: new(right)?, then: new(then)?, otherwise: new(otherwise)? }
        }
    })
}

/// The functions that rewriting needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Square,
    Reciprocal,
    Relu,
    Apply(Unary),
}

/// One of them as an expression.
pub fn known(function: Known) -> Expr {
    let mut builder = ExprBuilder::new(vec![VARIABLE.to_owned()]);
    let t = builder.push(Node::Input(0), 0..0);
    // Single digits are decimals; there is no other way to write them.
    let digit = |text: &str| text.parse::<Decimal>().ok().map(Node::Literal);
    let root = match function {
        Known::Square => Some(Node::Binary(Binary::Mul, t, t)),
        Known::Apply(op) => Some(Node::Unary(op, t)),
        Known::Reciprocal => digit("1").map(|one| Node::Binary(Binary::Div, builder.push(one, 0..0), t)),
        Known::Relu => digit("0").map(|zero| Node::Binary(Binary::Max, t, builder.push(zero, 0..0))),
    };
    let root = root.map_or(t, |node| builder.push(node, 0..0));
    builder.finish(root)
}

/// The coefficients of a function that is written as a polynomial of degree two at most: `[c0, c1, c2]`.
pub fn quadratic(function: &Expr) -> Option<[Interval; 3]> {
    coefficients(function).pop().flatten()
}

/// The coefficients of the argument of an exponential, where that is such a polynomial.
pub fn exponent(function: &Expr) -> Option<[Interval; 3]> {
    match function.node(function.root()) {
        Node::Unary(Unary::Exp, a) => coefficients(function)[a.index()],
        _ => None,
    }
}

/// Those of every node.
pub fn coefficients(function: &Expr) -> Vec<Option<[Interval; 3]>> {
    let mut all: Vec<Option<[Interval; 3]>> = Vec::with_capacity(function.nodes().len());
    for node in function.nodes() {
        let constant = |c: Interval| Some([c, Interval::ZERO, Interval::ZERO]);
        let of = |id: &NodeId| all[id.index()];
        let next = match node {
            Node::Literal(decimal) => constant(Interval::literal(decimal)),
            Node::Constant(named) => constant(Interval::constant(*named)),
            Node::Input(_) => Some([Interval::ZERO, Interval::ONE, Interval::ZERO]),
            Node::Unary(Unary::Neg, a) => of(a).map(|a| a.map(|c| -c)),
            Node::Unary(op, a) => of(a).and_then(plain).and_then(|a| constant(Interval::unary(*op, &a))),
            Node::Binary(op, a, b) => of(a).zip(of(b)).and_then(|(a, b)| combined(*op, a, b)),
            Node::If { .. } | Node::Quotient(..) => None,
        };
        all.push(next.filter(|c| c.iter().all(Interval::is_bounded)));
    }
    all
}

/// The constant that a polynomial is, if it is one.
fn plain(a: [Interval; 3]) -> Option<Interval> {
    (a[1] == Interval::ZERO && a[2] == Interval::ZERO).then_some(a[0])
}

fn combined(op: Binary, a: [Interval; 3], b: [Interval; 3]) -> Option<[Interval; 3]> {
    let zero = Interval::ZERO;
    let times = |x: Interval, y: Interval| if x == zero || y == zero { zero } else { x * y };
    match (op, plain(a), plain(b)) {
        (Binary::Add, ..) => Some([0, 1, 2].map(|k| a[k] + b[k])),
        (Binary::Sub, ..) => Some([0, 1, 2].map(|k| a[k] - b[k])),
        (Binary::Mul, ..) => {
            let high = [times(a[1], b[2]), times(a[2], b[1]), times(a[2], b[2])];
            let low = times(a[0], b[2]) + times(a[1], b[1]) + times(a[2], b[0]);
            let product = [times(a[0], b[0]), times(a[0], b[1]) + times(a[1], b[0]), low];
            high.iter().all(|c| *c == zero).then_some(product)
        }
        (Binary::Div, _, Some(divisor)) => {
            (divisor.mignitude() > 0.0).then(|| a.map(|c| if c == zero { c } else { c / divisor }))
        }
        (Binary::Pow, _, Some(exponent)) if exponent == Interval::ONE => Some(a),
        (Binary::Pow, _, Some(exponent)) if exponent == Interval::point(2.0) => combined(Binary::Mul, a, a),
        (op, Some(x), Some(y)) => Some([Interval::binary(op, &x, &y), zero, zero]),
        _ => None,
    }
}

/// An enclosure of the function's slopes on a range; unbounded where that is not known.
pub fn slope(function: &Expr, range: Interval) -> Interval {
    function.eval(&[Jet::variable(range, 1)]).coefficient(1)
}
