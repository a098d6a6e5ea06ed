//! Printing an expression as LaTeX's mathematics, for reading; nothing reads it back.

use std::fmt;

use bumpnet_interval::{Binary, Comparison, Constant, Unary};

use super::{Expr, Node, NodeId};

/// An expression to be displayed as LaTeX.
///
/// ```
/// use bumpnet_ir::expr::{latex::Latex, sexpr};
/// let expr = sexpr::parse("(/ (sin x) (^ x 2))", vec!["x".into()]).unwrap();
/// assert_eq!(Latex(&expr).to_string(), r"\frac{\sin\left(x\right)}{x^{2}}");
/// ```
#[derive(Debug)]
pub struct Latex<'a>(pub &'a Expr);

/// Binding strength, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Choice,
    Sum,
    Product,
    Power,
    Atom,
}

/// What is still to be written.
enum Mark {
    Text(&'static str),
    Owned(String),
    /// A sub-expression, in parentheses if it binds less than this.
    Node(NodeId, Strength),
}

use Mark::{Node as Part, Text};

impl fmt::Display for Latex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut stack = vec![Part(self.0.root(), Strength::Choice)];
        while let Some(item) = stack.pop() {
            match item {
                Text(text) => f.write_str(text)?,
                Mark::Owned(text) => f.write_str(&text)?,
                Part(id, at_least) => {
                    let parenthesised = self.strength(id) < at_least;
                    let mut line = self.parts(id);
                    if parenthesised {
                        line.insert(0, Text(r"\left("));
                        line.push(Text(r"\right)"));
                    }
                    stack.extend(line.into_iter().rev());
                }
            }
        }
        Ok(())
    }
}

impl Latex<'_> {
    fn strength(&self, id: NodeId) -> Strength {
        match self.0.node(id) {
            Node::If { .. } => Strength::Choice,
            Node::Binary(Binary::Add | Binary::Sub, ..) | Node::Unary(Unary::Neg, _) => Strength::Sum,
            Node::Binary(Binary::Mul, ..) => Strength::Product,
            Node::Literal(decimal) if decimal.to_string().contains('e') => Strength::Product,
            Node::Binary(Binary::Div | Binary::Pow, ..) | Node::Unary(Unary::Exp | Unary::Exp2, _) => Strength::Power,
            _ => Strength::Atom,
        }
    }

    /// A node's parts in the order of writing.
    fn parts(&self, id: NodeId) -> Vec<Mark> {
        let whole = |id: NodeId| Part(id, Strength::Choice);
        match *self.0.node(id) {
            Node::Literal(ref decimal) => vec![Mark::Owned(number(&decimal.to_string()))],
            Node::Constant(Constant::Pi) => vec![Text(r"\pi")],
            Node::Constant(Constant::Tau) => vec![Text(r"\tau")],
            Node::Constant(Constant::E) => vec![Text("e")],
            Node::Input(index) => vec![Mark::Owned(name(&self.0.inputs()[usize::from(index)]))],
            Node::Unary(op, a) => {
                let (before, after) = around(op);
                let at_least = if op == Unary::Neg { Strength::Product } else { Strength::Choice };
                vec![Text(before), Part(a, at_least), Text(after)]
            }
            Node::Binary(op, a, b) => match op {
                Binary::Add => vec![Part(a, Strength::Sum), Text(" + "), Part(b, Strength::Product)],
                Binary::Sub => vec![Part(a, Strength::Sum), Text(" - "), Part(b, Strength::Product)],
                Binary::Mul => vec![Part(a, Strength::Product), Text(r" \cdot "), Part(b, Strength::Power)],
                Binary::Div => vec![Text(r"\frac{"), whole(a), Text("}{"), whole(b), Text("}")],
                Binary::Pow => vec![Part(a, Strength::Atom), Text("^{"), whole(b), Text("}")],
                Binary::Min => call(r"\min\left(", a, b),
                Binary::Max => call(r"\max\left(", a, b),
                Binary::Hypot => call(r"\operatorname{hypot}\left(", a, b),
                Binary::Atan2 => call(r"\operatorname{atan2}\left(", a, b),
            },
            Node::If { .. } => self.cases(id),
            // In a settled expression only, which is printed as it was written.
            Node::Quotient(_, a) => vec![Text(r"\operatorname{quotient}\left("), whole(a), Text(r"\right)")],
        }
    }

    /// A choice, and those that are its other case, as lines.
    fn cases(&self, id: NodeId) -> Vec<Mark> {
        let mut line = vec![Text(r"\begin{cases} ")];
        let mut id = id;
        while let Node::If { op, left, right, then, otherwise } = *self.0.node(id) {
            line.extend([Part(then, Strength::Sum), Text(r" & \text{if } "), Part(left, Strength::Sum)]);
            line.extend([Text(relation(op)), Part(right, Strength::Sum), Text(r" \\ ")]);
            id = otherwise;
        }
        line.extend([Part(id, Strength::Sum), Text(r" & \text{otherwise} \end{cases}")]);
        line
    }
}

fn call(open: &'static str, a: NodeId, b: NodeId) -> Vec<Mark> {
    vec![Text(open), Part(a, Strength::Choice), Text(", "), Part(b, Strength::Choice), Text(r"\right)")]
}

fn relation(op: Comparison) -> &'static str {
    match op {
        Comparison::Less => " < ",
        Comparison::LessEqual => r" \le ",
        Comparison::Greater => " > ",
        Comparison::GreaterEqual => r" \ge ",
        Comparison::Equal => " = ",
        Comparison::NotEqual => r" \ne ",
    }
}

/// What stands before and behind the argument of a function.
fn around(op: Unary) -> (&'static str, &'static str) {
    const CLOSE: &str = r"\right)";
    match op {
        Unary::Neg => ("-", ""),
        Unary::Sqrt => (r"\sqrt{", "}"),
        Unary::Cbrt => (r"\sqrt[3]{", "}"),
        Unary::Exp => ("e^{", "}"),
        Unary::Exp2 => ("2^{", "}"),
        Unary::ExpM1 => (r"\operatorname{expm1}\left(", CLOSE),
        Unary::Ln => (r"\ln\left(", CLOSE),
        Unary::Ln1p => (r"\operatorname{log1p}\left(", CLOSE),
        Unary::Log2 => (r"\log_{2}\left(", CLOSE),
        Unary::Log10 => (r"\log_{10}\left(", CLOSE),
        Unary::Abs => (r"\left|", r"\right|"),
        Unary::Sign => (r"\operatorname{sign}\left(", CLOSE),
        Unary::Floor => (r"\left\lfloor ", r"\right\rfloor "),
        Unary::Ceil => (r"\left\lceil ", r"\right\rceil "),
        Unary::Round => (r"\operatorname{round}\left(", CLOSE),
        Unary::Trunc => (r"\operatorname{trunc}\left(", CLOSE),
        Unary::Sin => (r"\sin\left(", CLOSE),
        Unary::Cos => (r"\cos\left(", CLOSE),
        Unary::Tan => (r"\tan\left(", CLOSE),
        Unary::Asin => (r"\arcsin\left(", CLOSE),
        Unary::Acos => (r"\arccos\left(", CLOSE),
        Unary::Atan => (r"\arctan\left(", CLOSE),
        Unary::Sinh => (r"\sinh\left(", CLOSE),
        Unary::Cosh => (r"\cosh\left(", CLOSE),
        Unary::Tanh => (r"\tanh\left(", CLOSE),
        Unary::Asinh => (r"\operatorname{arsinh}\left(", CLOSE),
        Unary::Acosh => (r"\operatorname{arcosh}\left(", CLOSE),
        Unary::Atanh => (r"\operatorname{artanh}\left(", CLOSE),
        Unary::Erf => (r"\operatorname{erf}\left(", CLOSE),
        Unary::Sigmoid => (r"\operatorname{sigmoid}\left(", CLOSE),
        Unary::Softplus => (r"\operatorname{softplus}\left(", CLOSE),
        Unary::Sinc => (r"\operatorname{sinc}\left(", CLOSE),
        Unary::Step => (r"\operatorname{step}\left(", CLOSE),
    }
}

fn number(text: &str) -> String {
    match text.split_once('e') {
        Some((digits, power)) => format!(r"{digits} \cdot 10^{{{power}}}"),
        None => text.to_owned(),
    }
}

/// A letter as it is, with its number as an index; longer names upright.
fn name(name: &str) -> String {
    let letter = name.get(..1).unwrap_or_default();
    let rest = name.get(1..).unwrap_or_default();
    let index = rest.strip_prefix('_').unwrap_or(rest);
    match rest {
        "" if letter != "_" => name.to_owned(),
        _ if letter != "_" && !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{letter}_{{{index}}}")
        }
        _ => format!(r"\mathrm{{{}}}", name.replace('_', r"\_")),
    }
}

#[cfg(test)]
mod tests {
    use super::Latex;
    use crate::expr::sexpr;

    #[test]
    fn formulas() {
        let inputs = || ["x", "x1", "rate_of"].map(str::to_owned).to_vec();
        for (formula, latex) in [
            ("(- (^ x 2))", "-x^{2}"),
            ("(^ (- x) 2)", r"\left(-x\right)^{2}"),
            ("(- x (- 1 x1))", r"x - \left(1 - x_{1}\right)"),
            ("(* (+ x 1) (/ 1 x))", r"\left(x + 1\right) \cdot \frac{1}{x}"),
            ("(^ (/ x 2) 2)", r"\left(\frac{x}{2}\right)^{2}"),
            ("(^ (exp x) 2)", r"\left(e^{x}\right)^{2}"),
            ("(* 2e-30 rate_of)", r"2 \cdot 10^{-30} \cdot \mathrm{rate\_of}"),
            (
                "(* 2 (if (<= x 0) 1 (if (> x 1) 2 3)))",
                r"2 \cdot \left(\begin{cases} 1 & \text{if } x \le 0 \\ 2 & \text{if } x > 1 \\ 3 & \text{otherwise} \end{cases}\right)",
            ),
            ("(max (abs x) pi)", r"\max\left(\left|x\right|, \pi\right)"),
        ] {
            let expr = sexpr::parse(formula, inputs()).unwrap();
            assert_eq!(Latex(&expr).to_string(), latex, "{formula}");
        }
    }
}
