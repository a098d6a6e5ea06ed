//! Folding the grammar's flat lists of operands and operators into nodes, with an explicit operator stack.
//!
//! Precedence, loosest first: `+ -`, `* /`, sign, `^`. `^` is right-associative and binds tighter than a sign on its
//! left, so `-x^2 = -(x^2)` and `2^-x = 2^(-x)`; meval agrees.

use bumpnet_interval::{Binary, Comparison, Constant, Unary};
use bumpnet_ir::{Diagnostic, Node, NodeId, Span};
use pest::iterators::Pair;

use super::grammar::{Function, MAX_NESTING, Rule, function};
use super::product::merged;
use super::scope::Scope;
use super::syntax;
use crate::foreign;
use crate::suggest::echo;

type Value = (NodeId, Span);

/// One expression being folded; problems are collected, with spans of the text.
pub struct Fold<'a> {
    pub scope: &'a mut Scope,
    pub place: &'a dyn Fn(Span) -> Span,
    pub problems: Vec<Diagnostic>,
}

/// An operator waiting for its right operand.
enum Pending {
    Sign(usize),
    Infix(Binary),
}

impl Pending {
    fn precedence(&self) -> u8 {
        match self {
            Pending::Infix(Binary::Add | Binary::Sub) => 1,
            Pending::Infix(Binary::Mul | Binary::Div) => 2,
            Pending::Sign(_) => 3,
            Pending::Infix(_) => 4,
        }
    }
}

impl Fold<'_> {
    fn push(&mut self, node: Node, span: Span) -> Value {
        let placed = (self.place)(span.clone());
        (self.scope.builder.push(node, placed), span)
    }

    fn problem<T>(&mut self, problem: Diagnostic) -> Option<T> {
        self.problems.push(problem);
        None
    }

    /// An expression where a comparison would be wrong.
    pub fn argument(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Value> {
        let mut parts = pair.into_inner();
        let value = parts.next().and_then(|sum| self.sum(sum, depth));
        match parts.next() {
            None => value,
            Some(comparison) => self.problem(
                Diagnostic::new(span(&comparison), "a comparison outside the condition of `if`")
                    .help("write if(a < b, then, otherwise); step(x) is 1 for x >= 0 and 0 otherwise"),
            ),
        }
    }

    fn condition(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<(Comparison, NodeId, NodeId)> {
        let whole = span(&pair);
        let parts: Vec<_> = pair.into_inner().collect();
        match <[_; 3]>::try_from(parts) {
            Ok([left, operator, right]) => {
                let op = Comparison::ALL.into_iter().find(|op| op.name() == operator.as_str());
                let (left, right) = (self.sum(left, depth), self.sum(right, depth));
                Some((op?, left?.0, right?.0))
            }
            Err(parts) if parts.len() == 1 => self.problem(
                Diagnostic::new(whole, "the condition of `if` is a comparison")
                    .help("write if(a < b, then, otherwise)"),
            ),
            Err(_) => self.problem(
                Diagnostic::new(whole, "comparisons do not chain")
                    .help("nest: if(a < b, if(b < c, then, otherwise), otherwise)"),
            ),
        }
    }

    fn sum(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Value> {
        let mut values: Vec<Value> = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        let mut complete = true;
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
                Rule::prefix if part.as_str() == "-" => pending.push(Pending::Sign(at)),
                Rule::prefix => {}
                Rule::infix => {
                    let operator = Pending::Infix(infix(part.as_str()));
                    self.reduce(&mut values, &mut pending, operator.precedence());
                    pending.push(operator);
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
                Err(error) => self.problem(Diagnostic::new(span, format!("the number is {error}"))),
            },
            Rule::name => self.name(pair.as_str(), span),
            Rule::group => {
                let inner = pair.into_inner().next()?;
                self.argument(inner, depth + 1).map(|(id, _)| (id, span))
            }
            _ => self.call(pair, depth + 1),
        }
    }

    fn name(&mut self, name: &str, span: Span) -> Option<Value> {
        let Scope { builder, bindings, named, later, refused, complete, suggestions, is_number, current, .. } =
            &mut *self.scope;
        let inputs = builder.inputs();
        if let Some(index) = inputs.iter().position(|input| input == name) {
            return Some(self.push(Node::Input(index as u16), span));
        }
        if let Some(id) = bindings.get(name) {
            return Some((*id, span));
        }
        if let Some(constant) = Constant::ALL.into_iter().find(|c| c.name() == name) {
            return Some(self.push(Node::Constant(constant), span));
        }
        if refused.contains(name) {
            return None;
        }
        if function(name).is_some() {
            let problem = Diagnostic::new(span, format!("`{name}` is a function and needs arguments"));
            return self.problem(problem.help(format!("write {name}(...)")));
        }
        if current.as_deref() == Some(name) {
            let problem = Diagnostic::new(span, format!("`{}` is defined by itself", echo(name)));
            return self.problem(problem.help("a `let` value is a formula of inputs and of values above it"));
        }
        if later.contains(name) {
            let problem = Diagnostic::new(span, format!("`{}` is used before it is defined", echo(name)));
            return self.problem(problem.help("`let` is read from top to bottom: move its line up"));
        }
        if !*complete {
            return None;
        }
        let inputs = if *is_number { &[][..] } else { inputs };
        let known = inputs.iter().chain(&*named).map(String::as_str).chain(Constant::ALL.iter().map(|c| c.name()));
        let help = suggestions.nearest(name, known);
        self.problem(Diagnostic { help, ..Diagnostic::new(span, format!("unknown name `{}`", echo(name))) })
    }

    fn call(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Value> {
        let whole = span(&pair);
        let mut parts = pair.into_inner();
        let name = parts.next()?;
        let arguments: Vec<_> = parts.collect();
        let Some(function) = function(name.as_str()) else { return self.unknown_function(&name) };
        let count = arguments.len();
        let right = match function {
            Function::Unary(_) => count == 1,
            Function::Binary(_) => count == 2,
            Function::Fold(_) => count >= 1,
            Function::If => count == 3,
        };
        if !right {
            return self.problem(wrong_arity(name.as_str(), function, count, whole));
        }
        let mut arguments = arguments.into_iter();
        if let Function::If = function {
            let condition = self.condition(arguments.next()?, depth);
            let [then, otherwise] = [arguments.next()?, arguments.next()?].map(|branch| self.argument(branch, depth));
            let (op, left, right) = condition?;
            return Some(self.push(Node::If { op, left, right, then: then?.0, otherwise: otherwise?.0 }, whole));
        }
        // Collected before it is judged, so that each argument's problems are found.
        let values: Vec<Option<Value>> = arguments.map(|argument| self.argument(argument, depth)).collect();
        let mut values = values.into_iter().collect::<Option<Vec<Value>>>()?.into_iter().map(|(id, _)| id);
        let first = values.next()?;
        match function {
            Function::Unary(op) => Some(self.push(Node::Unary(op, first), whole)),
            Function::Binary(op) | Function::Fold(op) => {
                Some(values.fold((first, whole.clone()), |(a, _), b| self.push(Node::Binary(op, a, b), whole.clone())))
            }
            Function::If => None,
        }
    }

    fn unknown_function<T>(&mut self, name: &Pair<'_, Rule>) -> Option<T> {
        let text = name.as_str();
        let is_value = self.scope.builder.inputs().iter().any(|input| input == text)
            || self.scope.bindings.contains_key(text)
            || self.scope.refused.contains(text)
            || Constant::ALL.iter().any(|c| c.name() == text);
        let problem = if is_value {
            Diagnostic::new(span(name), format!("`{}` is not a function", echo(text)))
                .help(format!("products are written with `*`, as in {}*(...)", echo(text)))
        } else {
            let nearest = |this: &mut Self| this.scope.suggestions.nearest(text, bumpnet_ir::names::functions());
            let help = foreign::function(text).or_else(|| nearest(self));
            Diagnostic { help, ..Diagnostic::new(span(name), format!("unknown function `{}`", echo(text))) }
        };
        self.problem(problem)
    }
}

fn wrong_arity(name: &str, function: Function, count: usize, span: Span) -> Diagnostic {
    let (wanted, form) = match function {
        Function::Unary(_) => ("one argument", format!("{name}(a)")),
        Function::Binary(_) => ("two arguments", format!("{name}(a, b)")),
        Function::Fold(_) => ("one argument or more", format!("{name}(a, b, ...)")),
        Function::If => ("three arguments", "if(a < b, then, otherwise)".to_owned()),
    };
    Diagnostic::new(span, format!("`{name}` takes {wanted}, not {count}")).help(format!("write {form}"))
}

fn infix(text: &str) -> Binary {
    match text {
        "+" => Binary::Add,
        "-" => Binary::Sub,
        "*" => Binary::Mul,
        "/" => Binary::Div,
        _ => Binary::Pow, // `^` and `**`: the grammar has no other
    }
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    span.start()..span.end()
}
