//! A target in a form that shows where it is defined.
//!
//! `sqrt(x-x^2)` is defined on [0, 1], but intervals do not see it: near 0 they take `x` and `x^2` for two numbers. What a
//! bound in another form proves of an argument, on the side of every `if` where it matters, is written into the formula:
//! `sqrt(max(x-x^2, 0))` is the same function there, and every evaluator can tell. So are quotients whose two parts vanish
//! together, and `u*ln(u)`, which is `ln(u^u)`.
//!
//! **Invariant:** At every point of the domain at which the target as written has a value, the settled target has the same
//! one; where `0/0` or `0*ln(0)` stands in it, the limit.

mod cancel;
mod difference;
mod exact;
mod factors;
mod fraction;
mod guards;
mod isolated;
mod jump;
mod mend;
mod polynomial;
mod product;
mod rebuild;
mod region;
mod series;
mod square;
mod zeros;

use std::borrow::Cow;

use bumpnet_interval::{Binary, Comparison, Interval, Quality, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Input, Node, NodeId};

use self::rebuild::{is_constant, rebuilt};
use crate::analyse::{Lack, Refusal, examine, refusal};
use crate::graph::cut;

/// Sub-expressions that are put into another form before a target is given up. Heuristic.
const MOST_MENDED: usize = 24;

/// The target, or where intervals alone cannot tell that it is defined, a form of it that shows it.
///
/// # Errors
/// It is undefined or unbounded somewhere, or neither that nor the contrary could be proved.
pub fn settle<'t>(target: &'t Expr, inputs: &[Input]) -> Result<Cow<'t, Expr>, Refusal> {
    let settled = mended(target, inputs, false).or_else(|refusal| mended(target, inputs, true).map_err(|_| refusal));
    settled.map_err(|refusal| {
        let [(lo, hi)] = refusal.cell[..] else { return refusal };
        // What is undefined at zero is mostly not found at it, where the domain's halves do not end there.
        let at = if lo <= 0.0 && 0.0 <= hi { 0.0 } else { lo };
        let undefined = target.eval(&[Interval::point(at)]).quality() == Quality::Nowhere;
        if !undefined || !has_absolute_values(target) {
            return refusal;
        }
        match jump::limits(target, inputs, at, settled_form) {
            Some([below, above]) if below != above => {
                let problem = format!("the target is undefined and jumps from {below} to {above}");
                Refusal { problem, cell: vec![(at, at)], lack: Lack::Value, ..refusal }
            }
            _ => refusal,
        }
    })
}

fn settled_form(target: &Expr, inputs: &[Input]) -> Option<Expr> {
    mended(target, inputs, false).ok().map(Cow::into_owned)
}

/// The same, with the parts of what lacks a value before itself, or not.
fn mended<'t>(target: &'t Expr, inputs: &[Input], parts_first: bool) -> Result<Cow<'t, Expr>, Refusal> {
    let mut settled = Cow::Borrowed(target);
    // What is said where nothing helps: of the form before it was rearranged in vain.
    let mut before = None;
    for _ in 0..MOST_MENDED {
        let Err((id, cell)) = examine(&settled, inputs) else { return Ok(settled) };
        let part = if parts_first { part(&settled, inputs, id) } else { None };
        let mended = part.or_else(|| mend::mend(&settled, inputs, id));
        let refused = || refusal(&settled, id, &cell);
        before = match mended {
            Some(_) => None,
            None => before.or_else(|| Some(refused())),
        };
        let Some(next) = mended.or_else(|| mend::rearrange(&settled, id)) else {
            return Err(before.unwrap_or_else(refused));
        };
        settled = Cow::Owned(without_needless_choices(next, inputs).settled(target));
    }
    match examine(&settled, inputs) {
        Ok(_) => Ok(settled),
        Err((id, cell)) => Err(before.unwrap_or_else(|| refusal(&settled, id, &cell))),
    }
}

/// The expression with a quotient mended that stands in a sub-expression, and lacks a value elsewhere than that does.
fn part(expr: &Expr, inputs: &[Input], id: NodeId) -> Option<Expr> {
    let mut inside = vec![false; expr.nodes().len()];
    inside[id.index()] = true;
    for parent in expr.ids().take(id.index() + 1).collect::<Vec<_>>().into_iter().rev() {
        if inside[parent.index()] {
            expr.node(parent).children().for_each(|child| inside[child.index()] = true);
        }
    }
    let quotients = expr.ids().take(id.index()).filter(|part| inside[part.index()]);
    quotients.filter(|part| matches!(expr.node(*part), Node::Binary(Binary::Div, ..))).find_map(|part| {
        let (builder, _) = ExprBuilder::extend(expr);
        examine(&builder.finish(part), inputs).err().and_then(|_| mend::mend(expr, inputs, part))
    })
}

/// Whether it may go to different values on the two sides of a place at which it has none.
fn has_absolute_values(target: &Expr) -> bool {
    target.nodes().iter().any(|node| matches!(node, Node::Unary(Unary::Abs, _)))
}

/// `if(u == c, v, f(u))` is `f(u)` where `f(c)` is `v`: a choice that only names a limit is no jump.
fn without_needless_choices(expr: Expr, inputs: &[Input]) -> Expr {
    let whole: Vec<Interval> = inputs.iter().filter_map(|input| Interval::new(input.lo, input.hi)).collect();
    let over: Vec<Interval> = expr.eval_nodes(&whole);
    let needless = |id: NodeId| {
        let Node::If { op, left, right, then, otherwise } = *expr.node(id) else { return None };
        let (named, general) = match op {
            Comparison::Equal => (then, otherwise),
            Comparison::NotEqual => (otherwise, then),
            _ => return None,
        };
        // What is compared must have a value everywhere, for the choice to have one.
        let compared = over[left.index()];
        if compared.quality() < Quality::Defined || !compared.is_bounded() {
            return None;
        }
        let value = |id: NodeId, at: Interval| cut(&expr, id, left).map(|f| f.eval(&[at]));
        let at = value(right, Interval::ZERO).filter(|at| at.is_point() && is_constant(&expr, right))?;
        let (named, limit) = (value(named, at)?, value(general, at)?);
        (named.is_point() && named == limit).then_some(general)
    };
    let choices: Vec<_> = expr.ids().filter_map(|id| needless(id).map(|general| (id, general))).collect();
    if choices.is_empty() {
        return expr;
    }
    rebuilt(&expr, |builder, id, node, new| {
        let general = choices.iter().find(|(choice, _)| *choice == id).map(|(_, general)| new(*general));
        general.map_or(node, |general| builder.nodes()[general.index()].clone())
    })
}

#[cfg(test)]
mod tests;
