//! `u*ln(u)`, which goes to 0 with `u`: it is `ln(u^u)`, and that is defined and continuous at 0.
//!
//! So is `u^p ln(u)^k`: with `w = u^r` it is `u^(p - k r) (ln(w^w)/r)^k`. And `f ln(u)` is `(f/u) u ln(u)`, where `f/u` has a
//! limit.

use bumpnet_interval::{Binary, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId, Span};

use super::exact::{MINUS_ONE, Ratio};
use super::factors::Factors;
use super::isolated;
use super::rebuild::{decimal, is_constant, rebuilt, whole_exponent};
use super::region::Region;

/// Square roots of square roots. Heuristic.
const MOST_ROOTS: usize = 6;

/// The expression with every product with a logarithm in this form, if the logarithm stands in such products only and its
/// argument is not negative where it matters.
pub fn mend(expr: &Expr, inputs: &[Input], logarithm: NodeId, argument: NodeId) -> Option<Expr> {
    let Node::Unary(op, _) = *expr.node(logarithm) else { return None };
    let region = Region::of(expr, inputs, logarithm);
    region.bound(argument, |value| value.lo() >= 0.0)?;
    if !isolated::leaves_zero(expr, inputs, argument) {
        return None;
    }
    let products = products(expr, logarithm)?;
    let products =
        products.into_iter().map(|id| Some((id, LogarithmProduct::of(expr, inputs, id, logarithm, argument)?)));
    let products = products.collect::<Option<Vec<_>>>()?;
    let guarded = !region.guards.is_empty();
    Some(rebuilt(expr, |builder, id, made, new| match products.iter().find(|(product, _)| *product == id) {
        Some((_, product)) => product.push(builder, &expr.span(id), op, new, guarded).unwrap_or(made),
        None => made,
    }))
}

/// The largest products that a factor stands in; `None` if it stands elsewhere too.
fn products(expr: &Expr, factor: NodeId) -> Option<Vec<NodeId>> {
    let mut inside = vec![false; expr.nodes().len()];
    inside[factor.index()] = true;
    for id in expr.ids().skip(factor.index() + 1) {
        inside[id.index()] = match *expr.node(id) {
            Node::Unary(Unary::Neg, a) => inside[a.index()],
            Node::Binary(Binary::Mul, a, b) => inside[a.index()] || inside[b.index()],
            Node::Binary(Binary::Div, a, b) => inside[a.index()] && !inside[b.index()],
            Node::Binary(Binary::Pow, a, n) => inside[a.index()] && whole_exponent(expr, n).is_some(),
            _ => false,
        };
    }
    let mut largest = vec![false; expr.nodes().len()];
    largest[expr.root().index()] = true;
    for id in expr.ids().filter(|id| !inside[id.index()]) {
        expr.node(id).children().for_each(|child| largest[child.index()] = true);
    }
    let found: Vec<NodeId> = expr.ids().filter(|id| inside[id.index()] && largest[id.index()]).collect();
    (!found.contains(&factor)).then_some(found)
}

/// A product with `ln(u)^times`.
struct LogarithmProduct {
    u: NodeId,
    times: usize,
    /// How many times the square root is taken of `u` for what stands in the logarithm.
    roots: usize,
    /// The power of `u` that is left.
    power: Ratio,
    /// What goes over `u`, for want of a power of it.
    over: Option<NodeId>,
    /// Multiples of `u` by constants: these.
    constants: Vec<(NodeId, bool)>,
    rest: Factors,
}

impl LogarithmProduct {
    fn of(expr: &Expr, inputs: &[Input], id: NodeId, logarithm: NodeId, u: NodeId) -> Option<LogarithmProduct> {
        let mut rest = Factors::of_product(expr, id)?;
        let times = rest.top.iter().filter(|factor| **factor == logarithm).count();
        rest.top.retain(|factor| *factor != logarithm);
        if rest.bottom.contains(&logarithm) {
            return None;
        }
        let (mut power, mut constants) = (Ratio::ZERO, Vec::new());
        let mut others = Vec::new();
        for factor in &rest.top {
            let (more, multiple) = match (power_of(expr, *factor, u), multiple(expr, u, *factor)) {
                (Some(more), _) => (more, None),
                (_, Some(multiple)) => (Ratio::ONE, Some(multiple)),
                _ => {
                    others.push(*factor);
                    continue;
                }
            };
            power = power.plus(more)?;
            constants.extend(multiple);
        }
        rest.top = others;
        let mut over = None;
        if power.top <= 0 {
            let vanishes = |factor: &NodeId| Factors::quotient(*factor, u).grouped(expr, inputs).is_some();
            let factor = rest.top.iter().copied().find(vanishes)?;
            rest = rest.without(false, factor);
            (over, power) = (Some(factor), power.plus(Ratio::ONE)?);
        }
        let count = Ratio { top: i128::try_from(times).ok()?, bottom: 1 };
        let enough = (0..=MOST_ROOTS).find_map(|roots| {
            let used = count.times(Ratio { top: 1, bottom: 1 << roots })?;
            let left = power.plus(used.times(MINUS_ONE)?)?;
            (left.top >= 0).then_some((roots, left))
        });
        let (roots, power) = enough.filter(|_| power.top > 0)?;
        Some(LogarithmProduct { u, times, roots, power, over, constants, rest })
    }

    fn push(
        &self,
        builder: &mut ExprBuilder,
        span: &Span,
        op: Unary,
        new: &dyn Fn(NodeId) -> NodeId,
        guarded: bool,
    ) -> Option<Node> {
        let mut add = |node: Node| builder.push(node, span.clone());
        // Beyond a guard it may be negative.
        let held = match guarded {
            false => new(self.u),
            true => {
                let zero = add(Node::Literal("0".parse().ok()?));
                add(Node::Binary(Binary::Max, new(self.u), zero))
            }
        };
        let base = (0..self.roots).fold(held, |base, _| add(Node::Unary(Unary::Sqrt, base)));
        let power = add(Node::Binary(Binary::Pow, base, base));
        let logarithm = add(Node::Unary(op, power));
        let (mut above, mut below) = (vec![logarithm; self.times], Vec::new());
        if self.roots > 0 {
            let number = 1u64.checked_shl(u32::try_from(self.roots * self.times).ok()?)?;
            above.push(add(Node::Literal(number.to_string().parse().ok()?)));
        }
        if self.power.top > 0 {
            let exponent = add(Node::Literal(decimal(self.power)?));
            above.push(if self.power == Ratio::ONE { held } else { add(Node::Binary(Binary::Pow, held, exponent)) });
        }
        if let Some(over) = self.over {
            above.push(add(Node::Binary(Binary::Div, new(over), new(self.u))));
        }
        for (constant, divides) in &self.constants {
            if *divides { below.push(new(*constant)) } else { above.push(new(*constant)) }
        }
        // The logarithm first, as the smallest.
        let rest = Factors { top: Vec::new(), ..self.rest.clone() };
        above.extend(self.rest.top.iter().map(|id| new(*id)));
        Some(rest.push(builder, span, new, [&above, &below]))
    }
}

/// The power of `u` that a factor is.
fn power_of(expr: &Expr, factor: NodeId, u: NodeId) -> Option<Ratio> {
    match *expr.node(factor) {
        _ if factor == u => Some(Ratio::ONE),
        Node::Unary(Unary::Sqrt, a) if a == u => Some(Ratio { top: 1, bottom: 2 }),
        Node::Binary(Binary::Pow, a, exponent) if a == u => {
            let Node::Literal(exponent) = expr.node(exponent) else { return None };
            Ratio::literal(exponent)
        }
        _ => None,
    }
}

/// What a factor is times, to be `u`; and whether that divides the factor where `u` stands for it.
fn multiple(expr: &Expr, u: NodeId, factor: NodeId) -> Option<(NodeId, bool)> {
    match *expr.node(u) {
        // v = u/c of u = c v, and v = u c of u = v/c.
        Node::Binary(Binary::Mul, c, v) if v == factor && is_constant(expr, c) => Some((c, true)),
        Node::Binary(Binary::Mul, v, c) if v == factor && is_constant(expr, c) => Some((c, true)),
        Node::Binary(Binary::Div, v, c) if v == factor => Some((c, false)),
        _ => None,
    }
}
