//! Expressions: the pest grammar's flat lists folded into an arena, names resolved, arities checked.
//!
//! Nesting is capped before pest sees the text, and operators are folded with an explicit stack, so the call stack
//! is never deeper than [`grammar::MAX_NESTING`] levels whatever the input.

mod call;
mod condition;
mod defined;
mod fold;
mod function;
pub mod grammar;
pub mod pasted;
mod product;
pub mod scope;
mod syntax;
mod template;

use bumpnet_ir::names::{is_identifier, is_reserved};
use bumpnet_ir::{Diagnostic, Expr, NodeId, Span};
use pest::Parser;

use grammar::{Grammar, Rule};
use scope::Scope;

impl Scope {
    /// Parses a text into the arena. `place` maps a range of the text to the range of the file that diagnostics and
    /// nodes name.
    ///
    /// # Errors
    /// A syntax error alone, or else all unknown names and wrong arities: none if only a refused name is in the way.
    pub fn parse(&mut self, text: &str, place: &dyn Fn(Span) -> Span) -> Result<NodeId, Vec<Diagnostic>> {
        self.read(text, place).map_err(|problems| problems.into_iter().map(|p| relocate(p, place)).collect())
    }

    /// The same, where problems have their places in the text.
    fn read(&mut self, text: &str, place: &dyn Fn(Span) -> Span) -> Result<NodeId, Vec<Diagnostic>> {
        syntax::check_nesting(text).map_err(|problem| vec![*problem])?;
        let mut pairs = Grammar::parse(Rule::expression, text).map_err(|error| {
            let translated = self.suggestions.another().then(|| pasted::translated(text, self)).flatten();
            vec![translated.unwrap_or_else(|| syntax::explain(text, &error))]
        })?;
        let mut fold = fold::Fold { scope: self, place, problems: Vec::new() };
        let root = pairs.next().and_then(|expression| expression.into_inner().next());
        let value = root.and_then(|argument| fold.argument(argument, 0));
        let problems = fold.problems;
        match value {
            Some(value) if problems.is_empty() => Ok(value.0),
            _ => Err(problems),
        }
    }
}

fn relocate(mut problem: Diagnostic, place: &dyn Fn(Span) -> Span) -> Diagnostic {
    problem.label.0 = place(problem.label.0);
    problem
}

/// Parses an expression over these inputs; spans are those of the text.
///
/// # Errors
/// All problems found.
///
/// ```
/// let expr = bumpnet_parser::parse_expression("-x^2 + 2^3^2", vec!["x".into()]).unwrap();
/// assert_eq!(expr.eval(&[3.0]), 503.0);
/// ```
pub fn parse_expression(text: &str, inputs: Vec<String>) -> Result<Expr, Vec<Diagnostic>> {
    let mut scope = Scope::new(inputs);
    let root = scope.parse(text, &|span| span)?;
    Ok(scope.builder.finish(root))
}

/// The value of a constant expression, such as an end of a domain.
///
/// # Errors
/// All problems found, or that the value is not a finite number.
pub fn parse_constant(text: &str) -> Result<f64, Vec<Diagnostic>> {
    let value = parse_expression(text, Vec::new())?.eval::<f64>(&[]);
    let problem = || vec![Diagnostic::new(0..text.len(), format!("the value is {value}, not a finite number"))];
    if value.is_finite() { Ok(value) } else { Err(problem()) }
}

/// The names in a text that could be inputs: no number, no function or constant of the language, nothing that is called.
///
/// ```
/// let names: Vec<_> = bumpnet_parser::free_names("2x*sin(omega*t) + f(x)").collect();
/// assert_eq!(names, ["x", "omega", "t", "x"]);
/// ```
pub fn free_names(text: &str) -> impl Iterator<Item = &str> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    let words = std::iter::from_fn(move || {
        let start = at + text[at..].find(is_letter)?;
        at = text[start..].find(|c| !is_letter(c)).map_or(text.len(), |k| start + k);
        Some((&text[start..at], text[at..].trim_start().starts_with('(')))
    });
    words.filter(|(_, is_called)| !is_called).filter_map(|(word, _)| {
        let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_name = is_identifier(word) && !is_reserved(word) && !matches!(word, "and" | "or" | "not");
        is_name.then_some(word)
    })
}
