//! Expressions as s-expressions, `(+ 0.2 (* 0.4 (^ x 2)))`: the structure without precedence. Both ways.

use std::fmt;

use bumpnet_interval::{Binary, Comparison, Constant, Unary};

use super::build::ExprBuilder;
use super::{Expr, Node, NodeId};

/// Prints as an s-expression; see [`parse`] for the other way.
pub struct Sexpr<'a>(pub &'a Expr);

enum Item {
    Node(NodeId),
    Text(&'static str),
}

impl fmt::Display for Sexpr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expr = self.0.as_written();
        let mut stack = vec![Item::Node(expr.root())];
        while let Some(item) = stack.pop() {
            let id = match item {
                Item::Text(text) => {
                    f.write_str(text)?;
                    continue;
                }
                Item::Node(id) => id,
            };
            match *expr.node(id) {
                Node::Literal(ref decimal) => write!(f, "{decimal}")?,
                Node::Constant(constant) => f.write_str(constant.name())?,
                Node::Input(index) => f.write_str(&expr.inputs()[usize::from(index)])?,
                Node::Unary(op, a) => {
                    write!(f, "({} ", op.name())?;
                    stack.extend([Item::Text(")"), Item::Node(a)]);
                }
                Node::Binary(op, a, b) => {
                    write!(f, "({} ", op.name())?;
                    stack.extend([Item::Text(")"), Item::Node(b), Item::Text(" "), Item::Node(a)]);
                }
                Node::Quotient(_, a) => stack.extend([Item::Text(")"), Item::Node(a), Item::Text("(quotient ")]),
                Node::If { op, left, right, then, otherwise } => {
                    write!(f, "(if ({} ", op.name())?;
                    stack.extend([Item::Text(")"), Item::Node(otherwise), Item::Text(" "), Item::Node(then)]);
                    stack.extend([Item::Text(") "), Item::Node(right), Item::Text(" "), Item::Node(left)]);
                }
            }
        }
        Ok(())
    }
}

/// Reads what [`Sexpr`] prints. Spans are those of the text.
///
/// # Errors
/// A message with the byte at which the text stops making sense.
///
/// ```
/// use bumpnet_ir::expr::sexpr::{Sexpr, parse};
/// let expr = parse("(* 2 (sin x))", vec!["x".into()]).unwrap();
/// assert_eq!(expr.to_string(), "2*sin(x)");
/// assert_eq!(Sexpr(&expr).to_string(), "(* 2 (sin x))");
/// ```
pub fn parse(text: &str, inputs: Vec<String>) -> Result<Expr, (usize, String)> {
    let mut builder = ExprBuilder::new(inputs);
    let mut open: Vec<Form> = Vec::new();
    let mut done: Option<Operand> = None;
    for (at, token) in tokens(text) {
        if done.is_some() {
            return Err((at, format!("`{token}` after the end")));
        }
        let value = match token {
            "(" => {
                open.push(Form { at, head: None, arguments: Vec::new() });
                continue;
            }
            ")" => {
                let form = open.pop().ok_or((at, "`)` without `(`".to_owned()))?;
                form.close(&mut builder, at + 1)?
            }
            word => match open.last_mut() {
                Some(form) if form.head.is_none() => {
                    form.head = Some(word.to_owned());
                    continue;
                }
                _ => Operand::Node(atom(&mut builder, word, at)?),
            },
        };
        match open.last_mut() {
            Some(form) => form.arguments.push(value),
            None => done = Some(value),
        }
    }
    match (done, open.last()) {
        (_, Some(form)) => Err((form.at, "`(` without `)`".to_owned())),
        (Some(Operand::Node(root)), None) => Ok(builder.finish(root)),
        (Some(Operand::Condition(..)), None) => Err((0, "a comparison is not an expression".to_owned())),
        (None, None) => Err((text.len(), "nothing to read".to_owned())),
    }
}

/// A finished part: an expression, or the condition of an `if`.
enum Operand {
    Node(NodeId),
    Condition(Comparison, NodeId, NodeId),
}

/// A list that is not closed yet.
struct Form {
    at: usize,
    head: Option<String>,
    arguments: Vec<Operand>,
}

impl Form {
    fn close(self, builder: &mut ExprBuilder, end: usize) -> Result<Operand, (usize, String)> {
        let span = self.at..end;
        let head = self.head.ok_or((self.at, "an empty list".to_owned()))?;
        let node = match self.arguments[..] {
            [Operand::Node(a)] => Unary::ALL.into_iter().find(|op| op.name() == head).map(|op| Node::Unary(op, a)),
            [Operand::Node(a), Operand::Node(b)] => {
                if let Some(op) = Comparison::ALL.into_iter().find(|op| op.name() == head) {
                    return Ok(Operand::Condition(op, a, b));
                }
                Binary::ALL.into_iter().find(|op| op.name() == head).map(|op| Node::Binary(op, a, b))
            }
            [Operand::Condition(op, left, right), Operand::Node(then), Operand::Node(otherwise)] if head == "if" => {
                Some(Node::If { op, left, right, then, otherwise })
            }
            _ => None,
        };
        match node {
            Some(node) => Ok(Operand::Node(builder.push(node, span))),
            None => Err((self.at, format!("no operator `{head}` of {} such arguments", self.arguments.len()))),
        }
    }
}

fn atom(builder: &mut ExprBuilder, word: &str, at: usize) -> Result<NodeId, (usize, String)> {
    let node = if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        Node::Literal(word.parse().map_err(|error| (at, format!("`{word}` is {error}")))?)
    } else if let Some(index) = builder.inputs().iter().position(|name| name == word) {
        Node::Input(index as u16)
    } else if let Some(constant) = Constant::ALL.into_iter().find(|c| c.name() == word) {
        Node::Constant(constant)
    } else {
        return Err((at, format!("unknown name `{word}`")));
    };
    Ok(builder.push(node, at..at + word.len()))
}

/// Parentheses and words, with where they start.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let first = rest.chars().next()?;
        let length = match first {
            '(' | ')' => 1,
            _ => rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')').unwrap_or(rest.len()),
        };
        at += length;
        Some((at - length, &rest[..length]))
    })
}
