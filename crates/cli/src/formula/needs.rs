//! What a formula needs to be defined, in words: of each root, logarithm, quotient and power, its condition.

use bumpnet_interval::{Binary, Unary};
use bumpnet_ir::{Expr, ExprBuilder, Node, NodeId};

/// Conditions that are listed.
const MOST: usize = 12;
/// Longest sub-expression in a condition, in bytes.
const LONGEST: usize = 200;

/// The conditions, each once, in the order of the formula.
pub fn of(expr: &Expr) -> Vec<String> {
    let (builder, _) = ExprBuilder::extend(expr);
    let always = always(expr);
    let mut needs: Vec<String> = Vec::new();
    for id in expr.ids() {
        let part = |id: NodeId| Operand { expr: builder.finish(id) };
        let need = match *expr.node(id) {
            Node::Unary(op, a) => of_function(op, &part(a)),
            Node::Binary(op, a, b) => of_operator(op, &part(a), &part(b)),
            _ => None,
        };
        let Some(need) = need else { continue };
        let need = if always[id.index()] { need } else { format!("{need}, where this branch is taken") };
        if !needs.contains(&need) {
            needs.push(need);
        }
        if needs.len() > MOST {
            needs.truncate(MOST);
            needs.push("and more".to_owned());
            break;
        }
    }
    needs
}

/// Of each node, whether it counts whichever branches are taken.
fn always(expr: &Expr) -> Vec<bool> {
    let mut always = vec![false; expr.nodes().len()];
    let mut stack = vec![expr.root()];
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut always[id.index()], true) {
            continue;
        }
        match *expr.node(id) {
            Node::If { left, right, .. } => stack.extend([left, right]),
            ref node => stack.extend(node.children()),
        }
    }
    always
}

/// A part of the formula.
struct Operand {
    expr: Expr,
}

impl Operand {
    /// Its value, if it is a constant.
    fn value(&self) -> Option<f64> {
        self.expr.is_constant().then(|| self.expr.value_at(&vec![0.0; self.expr.inputs().len()]))
    }

    fn text(&self) -> String {
        if self.expr.printed_len_bound() > LONGEST { "its argument".to_owned() } else { self.expr.to_string() }
    }

    /// A condition on it in words, unless it is a constant that meets it.
    fn must(&self, meets: impl Fn(f64) -> bool, words: impl Fn(&str) -> String) -> Option<String> {
        if self.value().is_some_and(meets) { None } else { Some(words(&self.text())) }
    }
}

fn of_function(op: Unary, a: &Operand) -> Option<String> {
    match op {
        Unary::Sqrt => a.must(|a| a >= 0.0, |a| format!("{a} >= 0")),
        Unary::Ln | Unary::Log2 | Unary::Log10 => a.must(|a| a > 0.0, |a| format!("{a} > 0")),
        Unary::Ln1p => a.must(|a| a > -1.0, |a| format!("{a} > -1")),
        Unary::Asin | Unary::Acos => a.must(|a| a.abs() <= 1.0, |a| format!("-1 <= {a} <= 1")),
        Unary::Acosh => a.must(|a| a >= 1.0, |a| format!("{a} >= 1")),
        Unary::Atanh => a.must(|a| a.abs() < 1.0, |a| format!("-1 < {a} < 1")),
        Unary::Tan => a.must(|a| a.abs() < 1.57, |a| format!("cos({a}) != 0")),
        _ => None,
    }
}

fn of_operator(op: Binary, a: &Operand, b: &Operand) -> Option<String> {
    match (op, b.value()) {
        (Binary::Div, _) => b.must(|b| b != 0.0, |b| format!("{b} != 0")),
        (Binary::Pow, Some(power)) => match (power == power.trunc(), power >= 0.0) {
            (true, true) => None,
            (true, false) => a.must(|a| a != 0.0, |a| format!("{a} != 0")),
            (false, true) => a.must(|a| a >= 0.0, |a| format!("{a} >= 0")),
            (false, false) => a.must(|a| a > 0.0, |a| format!("{a} > 0")),
        },
        (Binary::Pow, None) => {
            let exponent = b.text();
            a.must(|a| a > 0.0, |a| format!("{a} > 0, or {a} = 0 with {exponent} >= 0, or {exponent} a whole number"))
        }
        (Binary::Atan2, x) if a.value().or(x).is_none_or(|value| value == 0.0) => {
            Some(format!("{} != 0 or {} != 0", a.text(), b.text()))
        }
        _ => None,
    }
}
