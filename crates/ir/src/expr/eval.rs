//! Evaluating an expression: one loop over the arena, for any scalar; and the same loop over blocks of points.

use bumpnet_interval::{Binary, Scalar};

use super::{Expr, Node, NodeId};

/// Points that [`Expr::eval_many`] puts through a node at a time: 256 values of 8 bytes are 2 KiB, so the arenas of
/// ordinary expressions stay in a 32 KiB first-level cache.
const BLOCK: usize = 256;
/// Fewest points at a time, which still share the dispatch on the node.
const SMALL_BLOCK: usize = 16;
/// Bytes that the values of a block take, if that is possible: the second-level cache of common CPUs.
const BLOCK_BYTES: usize = 1 << 20;

impl Node {
    /// The value at a point, given those of the nodes before it.
    #[inline]
    pub(super) fn eval<T: Scalar>(&self, point: &[T], values: &[T]) -> T {
        match self {
            Node::Literal(decimal) => T::literal(decimal),
            Node::Constant(constant) => T::constant(*constant),
            Node::Input(index) => point[usize::from(*index)].clone(),
            Node::Unary(op, a) => T::unary(*op, &values[a.index()]),
            Node::Binary(Binary::Pow, a, b) if a == b => T::self_power(&values[a.index()]),
            Node::Binary(op, a, b) => T::binary(*op, &values[a.index()], &values[b.index()]),
            Node::If { op, left, right, then, otherwise } => T::select(
                *op,
                &values[left.index()],
                &values[right.index()],
                &values[then.index()],
                &values[otherwise.index()],
            ),
            Node::Quotient(quotient, a) => quotient.eval(&values[a.index()]),
        }
    }
}

impl Expr {
    /// The value at a point: one scalar per input.
    pub fn eval<T: Scalar>(&self, point: &[T]) -> T {
        let values = self.eval_nodes(point);
        values[values.len() - 1].clone()
    }

    /// The values of all nodes at a point, in the arena's order.
    pub fn eval_nodes<T: Scalar>(&self, point: &[T]) -> Vec<T> {
        let mut values: Vec<T> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            values.push(node.eval(point, &values));
        }
        values
    }

    /// The same, each value taken for what `adjust` makes of it before others are found from it.
    pub fn eval_nodes_with<T: Scalar>(&self, point: &[T], mut adjust: impl FnMut(NodeId, T) -> T) -> Vec<T> {
        let mut values: Vec<T> = Vec::with_capacity(self.nodes.len());
        for (node, id) in self.nodes.iter().zip(self.ids()) {
            values.push(adjust(id, node.eval(point, &values)));
        }
        values
    }

    /// The values at many points. `points` holds them one after another, one number per input; `out` takes one value
    /// per point. The same bits as [`eval`](Self::eval), without its dispatch per point.
    ///
    /// # Panics
    /// If `points.len() != out.len() * inputs`.
    pub fn eval_many(&self, points: &[f64], out: &mut [f64]) {
        let inputs = self.inputs.len();
        assert_eq!(points.len(), out.len() * inputs, "one number per input and point");
        let block = (BLOCK_BYTES / 8 / self.nodes.len()).clamp(SMALL_BLOCK, BLOCK);
        let mut values = vec![0.0; block * self.nodes.len()];
        for (k, out) in out.chunks_mut(block).enumerate() {
            let points = &points[k * block * inputs..][..out.len() * inputs];
            self.eval_block(points, out.len(), block, &mut values);
            out.copy_from_slice(&values[values.len() - block..][..out.len()]);
        }
    }

    /// `values` holds `block` numbers for each node, of which `count` are wanted.
    fn eval_block(&self, points: &[f64], count: usize, block: usize, values: &mut [f64]) {
        let inputs = self.inputs.len();
        for (k, node) in self.nodes.iter().enumerate() {
            let (done, rest) = values.split_at_mut(k * block);
            let out = &mut rest[..count];
            let row = |id: NodeId| &done[id.index() * block..][..count];
            match node {
                Node::Literal(decimal) => out.fill(f64::literal(decimal)),
                Node::Constant(constant) => out.fill(f64::constant(*constant)),
                Node::Input(index) => {
                    let column = points.iter().skip(usize::from(*index)).step_by(inputs);
                    out.iter_mut().zip(column).for_each(|(out, x)| *out = *x);
                }
                Node::Unary(op, a) => {
                    out.iter_mut().zip(row(*a)).for_each(|(out, a)| *out = f64::unary(*op, a));
                }
                Node::Binary(op, a, b) => {
                    let pairs = row(*a).iter().zip(row(*b));
                    out.iter_mut().zip(pairs).for_each(|(out, (a, b))| *out = f64::binary(*op, a, b));
                }
                Node::Quotient(quotient, a) => {
                    out.iter_mut().zip(row(*a)).for_each(|(out, a)| *out = quotient.eval(a));
                }
                Node::If { op, left, right, then, otherwise } => {
                    let [l, r, t, o] = [left, right, then, otherwise].map(|id| row(*id));
                    for (i, out) in out.iter_mut().enumerate() {
                        *out = f64::select(*op, &l[i], &r[i], &t[i], &o[i]);
                    }
                }
            }
        }
    }
}
