//! Conditions: comparisons joined by `and`, `or` and `not`, written out as nested choices between two values.

use bumpnet_interval::Comparison;
use bumpnet_ir::{Diagnostic, Node, NodeId, Span};
use pest::iterators::Pair;

use super::fold::{Fold, span};
use super::grammar::{MAX_NESTING, Rule};
use super::syntax;
use crate::suggest::quoted;

/// A condition without negations: those are in its comparisons.
pub enum Condition {
    Compare(Comparison, NodeId, NodeId),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Fold<'_> {
    /// An argument that is a condition, or what is to be its contrary.
    pub fn condition(&mut self, pair: Pair<'_, Rule>, depth: usize, negated: bool) -> Option<Condition> {
        if depth > MAX_NESTING {
            return self.problem(*syntax::too_deep(span(&pair).start));
        }
        // `and` binds more tightly than `or`; each list holds what `and` joins. All clauses are read before any is missed.
        let mut groups = vec![Vec::new()];
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::connective if matches!(part.as_str(), "or" | "||" | "∨") => groups.push(Vec::new()),
                Rule::connective => {}
                _ => {
                    let clause = self.clause(part, depth, negated);
                    groups.last_mut()?.push(clause);
                }
            }
        }
        let join = |parts: Vec<Condition>, all: bool| {
            if all != negated { Condition::All(parts) } else { Condition::Any(parts) }
        };
        let groups = groups.into_iter().map(|group| Some(join(group.into_iter().collect::<Option<_>>()?, true)));
        Some(join(groups.collect::<Option<_>>()?, false))
    }

    fn clause(&mut self, pair: Pair<'_, Rule>, depth: usize, negated: bool) -> Option<Condition> {
        let (whole, text) = (span(&pair), pair.as_str());
        let (negations, parts): (Vec<_>, Vec<_>) = pair.into_inner().partition(|part| part.as_rule() == Rule::negation);
        let negated = negated != (negations.len() % 2 == 1);
        match <[_; 3]>::try_from(parts) {
            Ok([left, operator, right]) => {
                let op = comparison(operator.as_str());
                let (left, right) = (self.sum(left, depth)?, self.sum(right, depth)?);
                Some(Condition::Compare(if negated { op.contrary() } else { op }, left.0, right.0))
            }
            Err(parts) if parts.len() == 1 => match alone(&parts[0]) {
                Some(inner) => self.condition(inner, depth + 1, negated),
                None => self.problem(no_comparison(whole, parts[0].as_str())),
            },
            Err(parts) => self.problem(chained(whole, text, &parts)),
        }
    }

    /// The choice between two values, each comparison an `if`.
    pub fn choose(&mut self, condition: &Condition, then: NodeId, otherwise: NodeId, whole: &Span) -> NodeId {
        match condition {
            Condition::Compare(op, left, right) => {
                self.push(Node::If { op: *op, left: *left, right: *right, then, otherwise }, whole.clone()).0
            }
            Condition::All(parts) => {
                parts.iter().rev().fold(then, |then, part| self.choose(part, then, otherwise, whole))
            }
            Condition::Any(parts) => {
                parts.iter().rev().fold(otherwise, |otherwise, part| self.choose(part, then, otherwise, whole))
            }
        }
    }

    /// `if(c, a, b)`, and `piecewise(c1, a1, c2, a2, ..., otherwise)`, of which it is the shortest.
    pub fn cases(&mut self, arguments: Vec<Pair<'_, Rule>>, whole: &Span, depth: usize) -> Option<NodeId> {
        let mut cases = Vec::new();
        let mut arguments = arguments.into_iter();
        let mut last = None;
        while let Some(first) = arguments.next() {
            match arguments.next() {
                Some(value) => {
                    let condition = self.condition(first, depth, false);
                    cases.push((condition, self.argument(value, depth)));
                }
                None => last = self.argument(first, depth),
            }
        }
        let mut value = last?.0;
        for (condition, then) in cases.into_iter().rev() {
            value = self.choose(&condition?, then?.0, value, whole);
        }
        Some(value)
    }
}

/// The condition in parentheses that is all of a sum.
fn alone<'t>(sum: &Pair<'t, Rule>) -> Option<Pair<'t, Rule>> {
    let mut parts = sum.clone().into_inner();
    match (parts.next(), parts.next()) {
        (Some(group), None) if group.as_rule() == Rule::group => group.into_inner().next(),
        _ => None,
    }
}

fn no_comparison(whole: Span, text: &str) -> Diagnostic {
    let help = match quoted(text) {
        Some(text) => format!("write {text} != 0, or another comparison"),
        None => "write if(a < b, then, otherwise)".to_owned(),
    };
    Diagnostic::new(whole, "a condition is a comparison").help(help)
}

fn chained(whole: Span, text: &str, parts: &[Pair<'_, Rule>]) -> Diagnostic {
    let pairs: Vec<String> = (0..parts.len() - 2)
        .step_by(2)
        .map(|k| parts[k..k + 3].iter().map(|part| part.as_str().trim()).collect::<Vec<_>>().join(" "))
        .collect();
    let help = match quoted(text) {
        Some(_) => format!("write {}", pairs.join(" and ")),
        None => "write a < b and b < c".to_owned(),
    };
    Diagnostic::new(whole, "comparisons do not chain").help(help)
}

fn comparison(text: &str) -> Comparison {
    match text {
        "≤" => Comparison::LessEqual,
        "≥" => Comparison::GreaterEqual,
        "≠" => Comparison::NotEqual,
        // The grammar has no other.
        text => Comparison::ALL.into_iter().find(|op| op.name() == text).unwrap_or(Comparison::Equal),
    }
}
