//! Names and calls: what stands for them in the arena, and what to say of those that stand for nothing.

use bumpnet_interval::{Binary, Constant, Decimal, Unary};
use bumpnet_ir::{Diagnostic, Node, NodeId, Span};
use pest::iterators::Pair;

use super::defined::defined;
use super::fold::{Fold, Value, span};
use super::function::written_out;
use super::grammar::{Function, Rule, function};
use super::scope::Scope;
use crate::foreign;
use crate::suggest::{echo, quoted};

impl Fold<'_> {
    /// What a name stands for.
    pub fn name(&mut self, name: &str, span: Span) -> Option<Value> {
        let Scope { builder, bindings, functions, refused, .. } = &*self.scope;
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
        if functions.contains_key(name) || function(name).is_some() {
            let problem = Diagnostic::new(span, format!("`{name}` is a function and needs arguments"));
            return self.problem(problem.help(format!("write {name}(...)")));
        }
        if let Some(problem) = self.scope.too_early(name, span.clone()) {
            return self.problem(problem);
        }
        if !self.scope.complete {
            return None;
        }
        let Scope { builder, named, suggestions, is_number, .. } = &mut *self.scope;
        let inputs = builder.inputs();
        let inputs = if *is_number { &[][..] } else { inputs };
        let known = inputs.iter().chain(&*named).map(String::as_str).chain(Constant::ALL.iter().map(|c| c.name()));
        let help = foreign::constant(name).map(str::to_owned).or_else(|| suggestions.nearest(name, known));
        self.problem(Diagnostic { help, ..Diagnostic::new(span, format!("unknown name `{}`", echo(name))) })
    }

    /// What a call stands for.
    pub fn call(&mut self, pair: Pair<'_, Rule>, depth: usize) -> Option<Value> {
        let (whole, text) = (span(&pair), pair.as_str());
        let mut parts = pair.into_inner();
        let name = parts.next()?;
        let arguments: Vec<_> = parts.collect();
        if let Some(count) = self.scope.functions.get(name.as_str()).map(|template| template.arguments.len()) {
            return self.call_template(name.as_str(), count, arguments, whole, depth);
        }
        if self.scope.refused.contains(name.as_str()) && !self.scope.has_input(name.as_str()) {
            return None;
        }
        if let Some(function) = function(name.as_str()) {
            return self.call_function(name.as_str(), function, arguments, whole, depth);
        }
        match defined(name.as_str()) {
            Some((named, formula)) if self.scope.too_early(name.as_str(), whole.clone()).is_none() => {
                self.scope.define(name.as_str(), named, formula)?;
                let count = self.scope.functions.get(name.as_str())?.arguments.len();
                self.call_template(name.as_str(), count, arguments, whole, depth)
            }
            _ => self.unknown_function(&name, text),
        }
    }

    /// A call of one of the language's functions.
    fn call_function(
        &mut self,
        name: &str,
        function: Function,
        arguments: Vec<Pair<'_, Rule>>,
        whole: Span,
        depth: usize,
    ) -> Option<Value> {
        let count = arguments.len();
        let right = match function {
            Function::Unary(Unary::Ln) if name == "log" => count == 1 || count == 2,
            Function::Unary(_) => count == 1,
            Function::Binary(_) => count == 2,
            Function::Fold(_) | Function::Mean => count >= 1,
            Function::If => count == 3,
            Function::Piecewise => count >= 3 && count % 2 == 1,
        };
        if !right {
            let texts: Option<Vec<&str>> = arguments.iter().map(|argument| quoted(argument.as_str())).collect();
            return self.problem(wrong_arity(name, function, &texts.unwrap_or_default(), count, whole));
        }
        if let Function::If | Function::Piecewise = function {
            return self.cases(arguments, &whole, depth).map(|id| (id, whole));
        }
        let values = self.values(arguments, depth)?;
        let first = *values.first()?;
        let fold = |this: &mut Self, op: Binary| {
            values[1..].iter().fold(first, |a, b| this.push(Node::Binary(op, a, *b), whole.clone()).0)
        };
        let id = match function {
            Function::Unary(_) if count == 2 => self.logarithm(first, values[1], &whole),
            Function::Unary(op) => self.push(Node::Unary(op, first), whole.clone()).0,
            Function::Mean => {
                let sum = fold(self, Binary::Add);
                let count = self.push(Node::Literal(count.to_string().parse().ok()?), whole.clone()).0;
                self.push(Node::Binary(Binary::Div, sum, count), whole.clone()).0
            }
            Function::Binary(op) | Function::Fold(op) => fold(self, op),
            Function::If | Function::Piecewise => return None,
        };
        Some((id, whole))
    }

    /// The arguments, collected before they are judged, so that each one's problems are found.
    fn values(&mut self, arguments: Vec<Pair<'_, Rule>>, depth: usize) -> Option<Vec<NodeId>> {
        let values: Vec<Option<Value>> = arguments.into_iter().map(|argument| self.argument(argument, depth)).collect();
        values.into_iter().map(|value| value.map(|(id, _)| id)).collect()
    }

    /// `log(a, base)`.
    fn logarithm(&mut self, a: NodeId, base: NodeId, whole: &Span) -> NodeId {
        let is = |decimal: &Decimal, number: f64| decimal.order().is_eq() && decimal.nearest() == number;
        let op = match &self.scope.builder.nodes()[base.index()] {
            Node::Literal(decimal) if is(decimal, 2.0) => Some(Unary::Log2),
            Node::Literal(decimal) if is(decimal, 10.0) => Some(Unary::Log10),
            _ => None,
        };
        let mut push = |node: Node| self.push(node, whole.clone()).0;
        if let Some(op) = op {
            return push(Node::Unary(op, a));
        }
        let (top, bottom) = (push(Node::Unary(Unary::Ln, a)), push(Node::Unary(Unary::Ln, base)));
        push(Node::Binary(Binary::Div, top, bottom))
    }

    /// A call of a function that is a formula.
    fn call_template(
        &mut self,
        name: &str,
        wanted: usize,
        arguments: Vec<Pair<'_, Rule>>,
        whole: Span,
        depth: usize,
    ) -> Option<Value> {
        if arguments.len() != wanted {
            let named = self.scope.functions.get(name).map(|template| template.arguments.join(", "));
            let count = if wanted == 1 { "one argument".to_owned() } else { format!("{wanted} arguments") };
            let message = format!("`{}` takes {count}, not {}", echo(name), arguments.len());
            let help = format!("write {}({})", echo(name), named.unwrap_or_default());
            return self.problem(Diagnostic::new(whole, message).help(help));
        }
        let values = self.values(arguments, depth)?;
        let placed = (self.place)(whole.clone());
        match written_out(self.scope, name, &values, placed) {
            Some(id) => Some((id, whole)),
            None => self.problem(
                Diagnostic::new(
                    whole,
                    "functions of functions that come to too many operators when they are written out",
                )
                .help("call fewer functions in one another: each call is put in its place"),
            ),
        }
    }

    fn unknown_function<T>(&mut self, name: &Pair<'_, Rule>, call: &str) -> Option<T> {
        let text = name.as_str();
        let is_value = self.scope.has_input(text)
            || self.scope.bindings.contains_key(text)
            || Constant::ALL.iter().any(|c| c.name() == text);
        if is_value {
            let product = call.strip_prefix(text).and_then(|rest| quoted(rest)).unwrap_or("(...)");
            return self.problem(
                Diagnostic::new(span(name), format!("`{}` is not a function", echo(text)))
                    .help(format!("write {}*{product}", echo(text))),
            );
        }
        if let Some(problem) = self.scope.too_early(text, span(name)) {
            return self.problem(problem);
        }
        let Scope { suggestions, functions, .. } = &mut *self.scope;
        let known = bumpnet_ir::names::functions().into_iter().chain(functions.keys().map(String::as_str));
        let help = foreign::function(text).or_else(|| suggestions.few(text, known));
        self.problem(Diagnostic { help, ..Diagnostic::new(span(name), format!("unknown function `{}`", echo(text))) })
    }
}

fn wrong_arity(name: &str, function: Function, texts: &[&str], count: usize, span: Span) -> Diagnostic {
    let (wanted, form) = match (function, texts) {
        (Function::Unary(Unary::Atan), [y, x]) => ("one argument", format!("atan2({y}, {x})")),
        (Function::Unary(Unary::Round), [a, "0"]) => ("one argument", format!("round({a})")),
        (Function::Unary(Unary::Round), [a, digits]) => ("one argument", format!("round({a}*10^{digits})/10^{digits}")),
        (Function::Unary(Unary::Ln), _) if name == "log" => {
            ("one argument or two", "log(a), or log(a, base)".to_owned())
        }
        (Function::Unary(_), _) => ("one argument", format!("{name}(a)")),
        (Function::Binary(Binary::Hypot), [a, b, c]) => ("two arguments", format!("hypot({a}, hypot({b}, {c}))")),
        (Function::Binary(_), _) => ("two arguments", format!("{name}(a, b)")),
        (Function::Fold(_) | Function::Mean, _) => ("one argument or more", format!("{name}(a, b, ...)")),
        (Function::If, _) => ("three arguments", "if(a < b, then, otherwise)".to_owned()),
        (Function::Piecewise, _) => {
            let message =
                format!("`piecewise` takes conditions, each with its value, and one value more, not {count} arguments");
            return Diagnostic::new(span, message).help("write piecewise(x < 0, a, x < 1, b, otherwise)");
        }
    };
    Diagnostic::new(span, format!("`{name}` takes {wanted}, not {count}")).help(format!("write {form}"))
}
