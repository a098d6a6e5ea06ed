//! Quotients of products: the factors that vanish together, each such group by itself.

use std::sync::Arc;

use bumpnet_interval::{Binary, Decimal, Interval, Quality, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId, Quotient, Span};

use super::exact::{MINUS_ONE, MOST_FACTORS, Number, Ratio};
use super::rebuild::{grafted, is_constant, rebuilt};
use super::region::Region;
use super::series::Series;
use super::{difference, guards, isolated, mend, polynomial, zeros};
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

/// The expression with a quotient of which something has cancelled.
pub fn mend(expr: &Expr, inputs: &[Input], id: NodeId, a: NodeId, b: NodeId) -> Option<Expr> {
    let factors = Factors::of(expr, a, b)?;
    factors
        .grouped(expr, inputs)
        .map(|group| replaced(expr, id, |builder, span, new| Some(group.push(builder, span, new))))
        .or_else(|| polynomial::cancel(expr, inputs, id, &factors))
        .or_else(|| difference::part(expr, id, &factors))
        .or_else(|| factors.chained(expr, inputs, id))
        .or_else(|| term_by_term(expr, inputs, id, a, b))
        .or_else(|| factors.rooted(expr, inputs, id))
        .or_else(|| powers_as_exponentials(expr, inputs, id))
}

/// `a/(b c)` as `a (1/b) (1/c)`, where nobody asks for it where one of the divisors is zero.
pub fn apart(expr: &Expr, inputs: &[Input], id: NodeId, a: NodeId, b: NodeId) -> Option<Expr> {
    let factors = Factors::of(expr, a, b)?;
    let settled = |divisor: &NodeId| mend::is_needed_without_zeros(expr, inputs, id, *divisor);
    let worth = !guards::of(expr, id).is_empty() && factors.bottom.len() > 1 && factors.bottom.iter().all(settled);
    worth.then(|| {
        replaced(expr, id, |builder, span, new| {
            let one = builder.push(one(), span.clone());
            let inverse = |of: &NodeId| builder.push(Node::Binary(Binary::Div, one, new(*of)), span.clone());
            let inverses: Vec<NodeId> = factors.bottom.iter().map(inverse).collect();
            let top = Factors { bottom: Vec::new(), ..factors.clone() };
            Some(top.push(builder, span, new, [&inverses, &[]]))
        })
    })
}

/// The powers in a quotient whose exponents are no constants as exponentials: `a^b = exp(b ln(a))`.
fn powers_as_exponentials(expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
    let positive = |a: NodeId| Region::of(expr, inputs, id).bound(a, |value| value.lo() > 0.0).is_some();
    let found = expr.ids().take(id.index()).find_map(|power| match *expr.node(power) {
        Node::Binary(Binary::Pow, a, b) if !is_constant(expr, a) && !is_constant(expr, b) && a != b && positive(a) => {
            Some((power, a, b))
        }
        _ => None,
    });
    let (power, a, b) = found?;
    Some(replaced(expr, power, |builder, span, new| {
        let logarithm = builder.push(Node::Unary(Unary::Ln, new(a)), span.clone());
        let exponent = builder.push(Node::Binary(Binary::Mul, new(b), logarithm), span.clone());
        Some(Node::Unary(Unary::Exp, exponent))
    }))
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

/// `(a + b)/c` as `a/c + b/c`, where something cancels in both.
fn term_by_term(expr: &Expr, inputs: &[Input], id: NodeId, a: NodeId, b: NodeId) -> Option<Expr> {
    let Node::Binary(op @ (Binary::Add | Binary::Sub), left, right) = *expr.node(a) else { return None };
    let group = |term: NodeId| Factors::of(expr, term, b)?.grouped(expr, inputs);
    let (left, right) = (group(left)?, group(right)?);
    Some(replaced(expr, id, |builder, span, new| {
        let [left, right] = [&left, &right].map(|group| {
            let node = group.push(builder, span, new);
            builder.push(node, span.clone())
        });
        Some(Node::Binary(op, left, right))
    }))
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
                Node::Binary(Binary::Pow, a, n) => match whole(expr, n) {
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
    fn rooted(&self, expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
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
    fn chained(&self, expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
        let whole = inputs.iter().map(|input| Interval::new(input.lo, input.hi)).collect::<Option<Vec<_>>>()?;
        let values: Vec<Interval> = expr.eval_nodes(&whole);
        let lists = [(&self.top, false), (&self.bottom, true)];
        let all = lists.into_iter().flat_map(|(list, below)| list.iter().map(move |factor| (*factor, below)));
        for (factor, below) in all {
            let products = expr.ids().take(factor.index()).filter(|u| match expr.node(*u) {
                Node::Binary(Binary::Mul | Binary::Div, ..) | Node::Unary(Unary::Neg, _) => !is_constant(expr, *u),
                Node::Binary(Binary::Pow, _, n) => self::whole(expr, *n).is_some(),
                _ => false,
            });
            for u in products.collect::<Vec<_>>().into_iter().rev() {
                let range = values[u.index()];
                let quotient = || {
                    let function = cut(expr, factor, u).filter(|_| range.is_bounded() && range.contains(0.0))?;
                    let order = Series::of(&function, &Number::ratio(Ratio::ZERO))?.order().filter(|n| *n > 0)?;
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
    fn push(&self, builder: &mut ExprBuilder, span: &Span, new: &dyn Fn(NodeId) -> NodeId) -> Node {
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

/// A positive fraction as a literal.
pub fn decimal(ratio: Ratio) -> Option<Decimal> {
    let decimal: Decimal = (ratio.top as f64 / ratio.bottom as f64).to_string().parse().ok()?;
    (Ratio::literal(&decimal)? == ratio).then_some(decimal)
}

/// A whole exponent that is not large.
pub fn whole(expr: &Expr, exponent: NodeId) -> Option<i128> {
    let Node::Literal(exponent) = expr.node(exponent) else { return None };
    let ratio = Ratio::literal(exponent)?;
    (ratio.bottom == 1 && (1..=MOST_FACTORS).contains(&ratio.top)).then_some(ratio.top)
}
