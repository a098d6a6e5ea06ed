//! Quotients of products: the factors that vanish together, each such group by itself.

use std::sync::Arc;

use bumpnet_interval::{Binary, Interval, Quality, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId, Quotient, Span};

use super::exact::{Exact, MINUS_ONE, Ratio};
use super::rebuild::{decimal, grafted, is_constant, replaced, whole_exponent};
use super::series::ExactSeries;
use super::{isolated, zeros};
use crate::graph::cut;

/// Factors that are told apart. Heuristic.
const MOST: usize = 40;

/// A quotient as what stands above and below.
#[derive(Clone, Default)]
pub struct Factors {
    /// The factors.
    pub top: Vec<NodeId>,
    /// The divisors.
    pub bottom: Vec<NodeId>,
    /// Whether one more is -1.
    pub negative: bool,
}

/// Those of them that one function of one sub-expression can stand for.
pub struct Group {
    quotient: Arc<Quotient>,
    base: NodeId,
    rest: Factors,
}

impl Factors {
    /// One over another.
    pub fn quotient(top: NodeId, bottom: NodeId) -> Factors {
        Factors { top: vec![top], bottom: vec![bottom], negative: false }
    }

    /// Those of a quotient; `None` if there are too many.
    pub fn of(expr: &Expr, top: NodeId, bottom: NodeId) -> Option<Factors> {
        Factors::found(expr, vec![(bottom, true), (top, false)])
    }

    /// Those of a product.
    pub fn of_product(expr: &Expr, product: NodeId) -> Option<Factors> {
        Factors::found(expr, vec![(product, false)])
    }

    fn found(expr: &Expr, mut stack: Vec<(NodeId, bool)>) -> Option<Factors> {
        let mut found = Factors::default();
        while let Some((id, below)) = stack.pop() {
            if stack.len() + found.top.len() + found.bottom.len() > MOST {
                return None;
            }
            match *expr.node(id) {
                Node::Unary(Unary::Neg, a) => {
                    found.negative = !found.negative;
                    stack.push((a, below));
                }
                Node::Binary(Binary::Mul, a, b) => stack.extend([(b, below), (a, below)]),
                Node::Binary(Binary::Div, a, b) => stack.extend([(b, !below), (a, below)]),
                Node::Binary(Binary::Pow, a, n) => match whole_exponent(expr, n) {
                    Some(n) => stack.extend((0..n).map(|_| (a, below))),
                    None if below => found.bottom.push(id),
                    None => found.top.push(id),
                },
                _ if below => found.bottom.push(id),
                _ => found.top.push(id),
            }
        }
        Some(found)
    }

    /// Without one of the factors, or one of the divisors.
    #[must_use]
    pub fn without(&self, below: bool, id: NodeId) -> Factors {
        let mut rest = self.clone();
        let list = if below { &mut rest.bottom } else { &mut rest.top };
        list.iter().position(|other| *other == id).map(|at| list.remove(at));
        rest
    }

    /// The quotient, with further factors and divisors that are built already.
    pub fn push(
        &self,
        builder: &mut ExprBuilder,
        span: &Span,
        new: &dyn Fn(NodeId) -> NodeId,
        [above, below]: [&[NodeId]; 2],
    ) -> Node {
        let mut product = |list: &[NodeId], more: &[NodeId]| {
            let all: Vec<NodeId> = list.iter().map(|id| new(*id)).chain(more.iter().copied()).collect();
            all.into_iter().reduce(|a, b| builder.push(Node::Binary(Binary::Mul, a, b), span.clone()))
        };
        let (top, bottom) = (product(&self.top, above), product(&self.bottom, below));
        let top = top.unwrap_or_else(|| builder.push(one(), span.clone()));
        let top = if self.negative { builder.push(Node::Unary(Unary::Neg, top), span.clone()) } else { top };
        match bottom {
            Some(bottom) => Node::Binary(Binary::Div, top, bottom),
            None => builder.nodes()[top.index()].clone(),
        }
    }

    /// A divisor that has zeros, together with all that is a function of the same sub-expression: where these cancel.
    pub fn grouped(&self, expr: &Expr, inputs: &[Input]) -> Option<Group> {
        let whole = inputs.iter().map(|input| Interval::new(input.lo, input.hi)).collect::<Option<Vec<_>>>()?;
        let values: Vec<Interval> = expr.eval_nodes(&whole);
        let vanishing = self.bottom.iter().filter(|id| !(values[id.index()].mignitude() > 0.0));
        for divisor in vanishing {
            for base in expr.ids().take(divisor.index() + 1).collect::<Vec<_>>().into_iter().rev() {
                let range = values[base.index()];
                let known = range.quality() >= Quality::Defined && range.is_bounded() && !is_constant(expr, base);
                if known
                    && cut(expr, *divisor, base).is_some()
                    && let Some(group) = self.group_of(expr, inputs, base, range)
                {
                    return Some(group);
                }
            }
        }
        None
    }

    fn group_of(&self, expr: &Expr, inputs: &[Input], base: NodeId, range: Interval) -> Option<Group> {
        let of_base = |id: &&NodeId| !is_constant(expr, **id) && cut(expr, **id, base).is_some();
        let [above, below] =
            [&self.top, &self.bottom].map(|list| list.iter().filter(of_base).copied().collect::<Vec<_>>());
        let part = |list: &[NodeId]| product(&list.iter().map(|id| cut(expr, *id, base)).collect::<Option<Vec<_>>>()?);
        let (top, bottom) = (part(&above)?, part(&below)?);
        let at = zeros::of(&bottom, &top, range);
        if at.is_empty() || !at.iter().all(|zero| isolated::leaves(expr, inputs, base, zero.at)) {
            return None;
        }
        let orders = at.iter().map(|zero| Some((zero.at, zero.common(&top, &bottom)?))).collect::<Option<Vec<_>>>()?;
        let quotient = Quotient::removable(top, bottom, &orders, 0.5 * range.width().get())?;
        let rest = above.iter().fold(self.clone(), |rest, id| rest.without(false, *id));
        let rest = below.iter().fold(rest, |rest, id| rest.without(true, *id));
        Some(Group { quotient: Arc::new(quotient), base, rest })
    }

    /// `a/sqrt(u)` as `(a/u) sqrt(u)`, where `a/u` has a limit; and other powers alike.
    pub fn rooted(&self, expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
        self.bottom.iter().find_map(|divisor| {
            let (u, missing) = root(expr, *divisor)?;
            let mut factors = self.without(true, *divisor);
            factors.bottom.push(u);
            let Group { quotient, base, rest } = factors.grouped(expr, inputs)?;
            let power = decimal(missing)?;
            Some(replaced(expr, id, |builder, span, new| {
                let power = builder.push(Node::Literal(power.clone()), span.clone());
                let power = builder.push(Node::Binary(Binary::Pow, new(u), power), span.clone());
                let quotient = builder.push(Node::Quotient(quotient.clone(), new(base)), span.clone());
                Some(rest.push(builder, span, new, [&[power, quotient], &[]]))
            }))
        })
    }

    /// With `f(u)`, where `u` is a product, as `(f(u)/u^n) u^n`: of the factors of `u` some may cancel.
    pub fn chained(&self, expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
        let whole = inputs.iter().map(|input| Interval::new(input.lo, input.hi)).collect::<Option<Vec<_>>>()?;
        let values: Vec<Interval> = expr.eval_nodes(&whole);
        let lists = [(&self.top, false), (&self.bottom, true)];
        let all = lists.into_iter().flat_map(|(list, below)| list.iter().map(move |factor| (*factor, below)));
        for (factor, below) in all {
            let products = expr.ids().take(factor.index()).filter(|u| match expr.node(*u) {
                Node::Binary(Binary::Mul | Binary::Div, ..) | Node::Unary(Unary::Neg, _) => !is_constant(expr, *u),
                Node::Binary(Binary::Pow, _, n) => whole_exponent(expr, *n).is_some(),
                _ => false,
            });
            for u in products.collect::<Vec<_>>().into_iter().rev() {
                let range = values[u.index()];
                let quotient = || {
                    let function = cut(expr, factor, u).filter(|_| range.is_bounded() && range.contains(0.0))?;
                    let order = ExactSeries::of(&function, &Exact::ratio(Ratio::ZERO))?.order().filter(|n| *n > 0)?;
                    let power = power_of_variable(order)?;
                    let reach = 0.5 * range.width().get();
                    Some((Quotient::removable(function, power, &[(Interval::ZERO, order)], reach)?, order))
                };
                let Some((quotient, order)) = quotient() else { continue };
                let (quotient, rest) = (Arc::new(quotient), self.without(below, factor));
                return Some(replaced(expr, id, |builder, span, new| {
                    let mut more = vec![builder.push(Node::Quotient(quotient.clone(), new(u)), span.clone())];
                    more.extend((0..order).map(|_| new(u)));
                    Some(rest.push(builder, span, new, if below { [&[], &more] } else { [&more, &[]] }))
                }));
            }
        }
        None
    }
}

/// A divisor that is a power of `u` less than one whole, and what is missing to the next.
fn root(expr: &Expr, divisor: NodeId) -> Option<(NodeId, Ratio)> {
    let half = Ratio { top: 1, bottom: 2 };
    match *expr.node(divisor) {
        Node::Unary(Unary::Sqrt, u) => Some((u, half)),
        Node::Binary(Binary::Pow, u, exponent) => {
            let Node::Literal(exponent) = expr.node(exponent) else { return None };
            let missing = Ratio::ONE.plus(MINUS_ONE.times(Ratio::literal(exponent)?)?)?;
            (0 < missing.top && missing.top < missing.bottom).then_some((u, missing))
        }
        _ => None,
    }
}

impl Group {
    /// The quotient that they stand for, times the rest.
    pub fn push(&self, builder: &mut ExprBuilder, span: &Span, new: &dyn Fn(NodeId) -> NodeId) -> Node {
        let quotient = builder.push(Node::Quotient(self.quotient.clone(), new(self.base)), span.clone());
        self.rest.push(builder, span, new, [&[quotient], &[]])
    }
}

/// The number 1.
pub fn one() -> Node {
    // A digit is a decimal; there is no other way to write it.
    "1".parse().map_or(Node::Constant(bumpnet_interval::Constant::E), Node::Literal)
}

/// The product of functions of one variable.
fn product(parts: &[Expr]) -> Option<Expr> {
    let mut builder = ExprBuilder::new(vec!["t".to_owned()]);
    let mut product = builder.push(one(), 0..0);
    for (k, part) in parts.iter().enumerate() {
        let part = grafted(&mut builder, part)?;
        product = if k == 0 { part } else { builder.push(Node::Binary(Binary::Mul, product, part), 0..0) };
    }
    Some(builder.finish(product))
}

/// A power of the variable.
fn power_of_variable(order: usize) -> Option<Expr> {
    let mut builder = ExprBuilder::new(vec!["t".to_owned()]);
    let t = builder.push(Node::Input(0), 0..0);
    product(&vec![builder.finish(t); order])
}
