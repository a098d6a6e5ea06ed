//! Folding the grammar's flat lists of operands and operators into nodes, with an explicit operator stack.
//!
//! Precedence, loosest first: `+ -`, `* /`, sign, `^`. `^` is right-associative and binds tighter than a sign on its
//! left, so `-x^2 = -(x^2)` and `2^-x = 2^(-x)`; meval agrees.

use bumpnet_interval::{Binary, Constant, Unary};
use bumpnet_ir::{Diagnostic, Node, NodeId, Span};
use pest::iterators::Pair;

use super::grammar::{MAX_NESTING, Rule, infix};
use super::product::{factorial, merged};
use super::scope::Scope;
use super::syntax;
use crate::suggest::quoted;

/// A node, and where it stands in the text.
pub type Value = (NodeId, Span);

/// One expression being folded; problems are collected, with spans of the text.
pub struct Fold<'a> {
    pub scope: &'a mut Scope,
    pub place: &'a dyn Fn(Span) -> Span,
    pub problems: Vec<Diagnostic>,
}

/// An operator waiting for its right operand.
enum Pending {
    Sign(usize),
    Root(Unary, usize),
    Infix(Binary),
}

impl Pending {
    fn precedence(&self) -> u8 {
        match self {
            Pending::Infix(Binary::Add | Binary::Sub) => 1,
            Pending::Infix(Binary::Mul | Binary::Div) => 2,
            Pending::Sign(_) => 3,
            Pending::Infix(_) => 4,
            Pending::Root(..) => 5,
        }
    }
}

impl Fold<'_> {
    pub fn push(&mut self, node: Node, span: Span) -> Value {
        let placed = (self.place)(span.clone());
        (self.scope.builder.push(node, placed), span)
    }

    pub fn problem<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problems.push(problem);
        None
    }

    /// An expression where a condition would be wrong.
    pub fn argument(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Value> {
        let (whole, text) = (span(&pair), pair.as_str());
        let mut clauses = pair.into_inner();
        let mut parts = clauses.next()?.into_inner().peekable();
        if let (Some(true), 1, None) =
            (parts.peek().map(|part| part.as_rule() == Rule::sum), parts.len(), clauses.next())
        {
            return parts.next().and_then(|sum| self.sum(sum, depth));
        }
        // What is not a comparison is true where it is not 0.
        let negated = text.trim().strip_prefix('!').or_else(|| text.trim().strip_prefix("not "));
        let negated = negated.filter(|rest| {
            !rest.contains(['<', '>', '=', '!', '(']) && !rest.contains(" and ") && !rest.contains(" or ")
        });
        let help = match quoted(negated.unwrap_or(text).trim()) {
            Some(rest) if negated.is_some() => format!("write if({rest} == 0, 1, 0)"),
            Some(text) => format!("write if({text}, 1, 0)"),
            None => "write if(a < b, then, otherwise)".to_owned(),
        };
        self.problem(Diagnostic::new(whole, "a condition where a number is meant").help(help))
    }

    /// A sum of products.
    pub fn sum(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Value> {
        let mut values: Vec<Value> = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        let mut complete = true;
        // Whether the last operand has an exponent as a superscript.
        let mut raised = false;
        let parts: Vec<Pair<'_, Rule>> = pair.into_inner().collect();
        let mut merged = merged(&parts);
        for (k, part) in parts.into_iter().enumerate() {
            let at = part.as_span().start();
            if depth + pending.len() > MAX_NESTING {
                return self.problem(*syntax::too_deep(at));
            }
            match part.as_rule() {
                _ if matches!(merged.get(&k), Some(None)) => {}
                Rule::number if merged.contains_key(&k) => {
                    let literal = merged.remove(&k).flatten().map(Node::Literal);
                    values.extend(literal.map(|literal| self.push(literal, span(&part))));
                }
                Rule::prefix if matches!(pending.last(), Some(Pending::Root(..))) && !is_root(&part) => {
                    let help = "write sqrt(...) or cbrt(...) around all of it";
                    return self.problem(Diagnostic::new(span(&part), "a sign behind a root").help(help));
                }
                Rule::prefix => pending.extend(match part.as_str() {
                    "+" => None,
                    "√" => Some(Pending::Root(Unary::Sqrt, at)),
                    "∛" => Some(Pending::Root(Unary::Cbrt, at)),
                    _ => Some(Pending::Sign(at)),
                }),
                Rule::superscript | Rule::infix if is_power(&part) && (raised || is_rooted(&pending)) => {
                    return self.problem(unclear(&part, raised));
                }
                Rule::infix => {
                    raised = false;
                    let operator = Pending::Infix(infix(part.as_str()));
                    self.reduce(&mut values, &mut pending, operator.precedence());
                    pending.push(operator);
                }
                Rule::superscript => {
                    raised = true;
                    let base = values.pop()?;
                    values.push(self.superscript(base, &part)?);
                }
                Rule::factorial => {
                    let value = self.factorial(values.pop()?, &part);
                    complete &= value.is_some();
                    values.push(value.unwrap_or_else(|| self.zero(at)));
                }
                // A wrong operand is replaced by a zero, to find the other problems of the expression.
                _ => match self.operand(part, depth + pending.len()) {
                    Some(value) => values.push(value),
                    None => {
                        complete = false;
                        values.push(self.zero(at));
                    }
                },
            }
        }
        self.reduce(&mut values, &mut pending, 0);
        values.pop().filter(|_| complete)
    }

    fn zero(&mut self, at: usize) -> Value {
        self.push(Node::Constant(Constant::Pi), at..at)
    }

    /// Applies the waiting operators that bind at least as tightly as `precedence` (more tightly, for `^`).
    fn reduce(&mut self, values: &mut Vec<Value>, pending: &mut Vec<Pending>, precedence: u8) {
        let tighter =
            |top: &Pending| top.precedence() > precedence || (top.precedence() == precedence && precedence < 4);
        while pending.last().is_some_and(tighter) {
            let value = match (pending.pop(), values.pop()) {
                (Some(Pending::Sign(at)), Some((a, span))) => self.push(Node::Unary(Unary::Neg, a), at..span.end),
                (Some(Pending::Root(op, at)), Some((a, span))) => self.push(Node::Unary(op, a), at..span.end),
                (Some(Pending::Infix(op)), Some((b, right))) => match values.pop() {
                    Some((a, left)) => self.push(Node::Binary(op, a, b), left.start..right.end),
                    None => return,
                },
                _ => return,
            };
            values.push(value);
        }
    }

    fn operand(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Value> {
        let span = span(&pair);
        match pair.as_rule() {
            Rule::number => match pair.as_str().parse() {
                Ok(decimal) => Some(self.push(Node::Literal(decimal), span)),
                Err(error) => self.problem(
                    Diagnostic::new(span, format!("the number is {error}"))
                        .help("measure the inputs or the target in larger units"),
                ),
            },
            Rule::name => self.name(pair.as_str(), span),
            Rule::symbol if pair.as_str() == "τ" => Some(self.push(Node::Constant(Constant::Tau), span)),
            Rule::symbol => Some(self.push(Node::Constant(Constant::Pi), span)),
            Rule::call => self.call(pair, depth + 1),
            brackets => {
                let inner = pair.into_inner().next()?;
                let (id, _) = self.argument(inner, depth + 1)?;
                Some(match brackets {
                    Rule::floor => self.push(Node::Unary(Unary::Floor, id), span),
                    Rule::ceil => self.push(Node::Unary(Unary::Ceil, id), span),
                    _ => (id, span),
                })
            }
        }
    }

    /// A power whose exponent is a superscript.
    fn superscript(&mut self, base: Value, part: &Pair<'_, Rule>) -> Option<Value> {
        let place = span(part);
        let text = part.as_str();
        let digits: String =
            text.chars().filter_map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c)).map(|d| d.to_string()).collect();
        let exponent = match digits.parse() {
            Ok(decimal) => self.push(Node::Literal(decimal), place.clone()).0,
            Err(error) => return self.problem(Diagnostic::new(place, format!("the exponent is {error}"))),
        };
        let exponent = if text.starts_with('⁻') {
            self.push(Node::Unary(Unary::Neg, exponent), place.clone()).0
        } else {
            exponent
        };
        Some(self.push(Node::Binary(Binary::Pow, base.0, exponent), base.1.start..place.end))
    }

    /// The factorial of a literal, as a literal.
    fn factorial(&mut self, (id, operand): Value, part: &Pair<'_, Rule>) -> Option<Value> {
        let whole = operand.start..span(part).end;
        let number = match &self.scope.builder.nodes()[id.index()] {
            Node::Literal(decimal) => decimal.to_string().parse().ok().and_then(factorial),
            _ => None,
        };
        match number {
            Some(literal) => Some(self.push(Node::Literal(literal), whole)),
            None => self.problem(
                Diagnostic::new(whole, "a factorial of what is no whole number from 0 to 170")
                    .help("write out such a number, as in 5! or 120; the gamma function is not in the language"),
            ),
        }
    }
}

fn is_root(prefix: &Pair<'_, Rule>) -> bool {
    matches!(prefix.as_str(), "√" | "∛")
}

fn is_rooted(pending: &[Pending]) -> bool {
    matches!(pending.last(), Some(Pending::Root(..)))
}

fn is_power(part: &Pair<'_, Rule>) -> bool {
    part.as_rule() == Rule::superscript || infix(part.as_str()) == Binary::Pow
}

/// A power of what has an exponent or a root already.
fn unclear(part: &Pair<'_, Rule>, raised: bool) -> Diagnostic {
    let (message, help) = match raised {
        true => ("a power behind a superscript reads in two ways", "write (x^2)^3 or x^(2^3)"),
        false => ("a power behind a root sign reads in two ways", "write sqrt(x^2) or sqrt(x)^2"),
    };
    Diagnostic::new(span(part), message).help(help)
}

/// Where it stands in the text.
pub fn span(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    span.start()..span.end()
}
