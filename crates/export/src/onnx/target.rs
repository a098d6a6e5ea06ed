//! A target in ONNX' operators: what a network is compared with. Literals are rounded to the graph's precision and every
//! operator is a floating-point one, so nothing is proved of this graph; where ONNX has no operator, or ONNX Runtime no
//! binary64 kernel, the function is written by others (`tan` as `sin/cos`).

use bumpnet_interval::{Binary, Comparison, Constant, Scalar, Unary};
use bumpnet_ir::{Expr, Node, Precision};

use super::graph::{Graph, Name};
use crate::ExportError;

/// The target's value; `x` has the shape `[points, inputs]`, the result `[points, 1]`.
///
/// # Errors
/// A function that cannot be written so.
pub fn value(graph: &mut Graph, target: &Expr, x: &Name) -> Result<Name, ExportError> {
    let target = target.as_written();
    let mut names: Vec<Name> = Vec::with_capacity(target.nodes().len());
    for node in target.nodes() {
        let name = match node {
            Node::Literal(decimal) => graph.scalar(decimal.nearest()),
            Node::Constant(constant) => graph.scalar(number(*constant)),
            Node::Input(index) => {
                let index = graph.indices(&[u32::from(*index)]);
                graph.node_with("Gather", &[x, &index], &[("axis", 1)])
            }
            Node::Unary(op, a) => unary(graph, *op, &names[a.index()])?,
            Node::Binary(op, a, b) => binary(graph, *op, &names[a.index()], &names[b.index()])?,
            Node::If { op, left, right, then, otherwise } => {
                let holds = comparison(graph, *op, &names[left.index()], &names[right.index()]);
                graph.node("Where", &[&holds, &names[then.index()], &names[otherwise.index()]])
            }
            Node::Quotient(..) => return Err(refusal("quotient")), // nobody can write one
        };
        names.push(name);
    }
    let root = names.pop().ok_or_else(|| refusal("an empty expression"))?;
    // A constant has no points of its own.
    let column = graph.indices(&[0]);
    let first = graph.node_with("Gather", &[x, &column], &[("axis", 1)]);
    let zero = graph.scalar(0.0);
    let nothing = graph.node("Mul", &[&first, &zero]);
    Ok(graph.node("Add", &[&root, &nothing]))
}

fn number(constant: Constant) -> f64 {
    <f64 as Scalar>::constant(constant)
}

fn refusal(what: &str) -> ExportError {
    ExportError::new(
        format!("ONNX Runtime has no binary64 kernel for `{what}` of the target"),
        "export it with `--precision f32`, or the queries about the network alone with `--format vnnlib`",
    )
}

fn comparison(graph: &mut Graph, op: Comparison, a: &Name, b: &Name) -> Name {
    let operator = match op {
        Comparison::Less => "Less",
        Comparison::LessEqual => "LessOrEqual",
        Comparison::Greater => "Greater",
        Comparison::GreaterEqual => "GreaterOrEqual",
        Comparison::Equal | Comparison::NotEqual => "Equal",
    };
    let holds = graph.node(operator, &[a, b]);
    if op == Comparison::NotEqual { graph.node("Not", &[&holds]) } else { holds }
}

fn binary(graph: &mut Graph, op: Binary, a: &Name, b: &Name) -> Result<Name, ExportError> {
    let operator = match op {
        Binary::Add => "Add",
        Binary::Sub => "Sub",
        Binary::Mul => "Mul",
        Binary::Div => "Div",
        Binary::Pow => "Pow",
        Binary::Min => "Min",
        Binary::Max => "Max",
        Binary::Hypot => {
            let (p, q) = (graph.node("Mul", &[a, a]), graph.node("Mul", &[b, b]));
            let sum = graph.node("Add", &[&p, &q]);
            return Ok(graph.node("Sqrt", &[&sum]));
        }
        Binary::Atan2 => return Err(refusal("atan2")),
    };
    Ok(graph.node(operator, &[a, b]))
}

fn unary(graph: &mut Graph, op: Unary, a: &Name) -> Result<Name, ExportError> {
    let operator = match op {
        Unary::Neg => "Neg",
        Unary::Sqrt => "Sqrt",
        Unary::Exp => "Exp",
        Unary::Ln => "Log",
        Unary::Abs => "Abs",
        Unary::Sign => "Sign",
        Unary::Floor => "Floor",
        Unary::Ceil => "Ceil",
        Unary::Sin => "Sin",
        Unary::Cos => "Cos",
        Unary::Tanh => "Tanh",
        Unary::Sigmoid => "Sigmoid",
        Unary::Asin | Unary::Acos | Unary::Atan | Unary::Erf if graph.precision() == Precision::F64 => {
            return Err(refusal(op.name()));
        }
        Unary::Asin => "Asin",
        Unary::Acos => "Acos",
        Unary::Atan => "Atan",
        Unary::Erf => "Erf",
        other => return Ok(composed(graph, other, a)),
    };
    Ok(graph.node(operator, &[a]))
}

/// The functions without an operator of their own.
fn composed(graph: &mut Graph, op: Unary, a: &Name) -> Name {
    let [zero, half, one, two] = [0.0, 0.5, 1.0, 2.0].map(|value| graph.scalar(value));
    match op {
        Unary::Cbrt => {
            let third = graph.scalar(1.0 / 3.0);
            let (sign, size) = (graph.node("Sign", &[a]), graph.node("Abs", &[a]));
            let root = graph.node("Pow", &[&size, &third]);
            graph.node("Mul", &[&sign, &root])
        }
        Unary::Exp2 => graph.node("Pow", &[&two, a]),
        Unary::ExpM1 => {
            let exp = graph.node("Exp", &[a]);
            graph.node("Sub", &[&exp, &one])
        }
        Unary::Ln1p => {
            let sum = graph.node("Add", &[&one, a]);
            graph.node("Log", &[&sum])
        }
        Unary::Log2 | Unary::Log10 => {
            let unit = if op == Unary::Log2 { std::f64::consts::LN_2 } else { std::f64::consts::LN_10 };
            let (log, unit) = (graph.node("Log", &[a]), graph.scalar(unit));
            graph.node("Div", &[&log, &unit])
        }
        Unary::Round | Unary::Trunc => {
            let (sign, size) = (graph.node("Sign", &[a]), graph.node("Abs", &[a]));
            let size = if op == Unary::Round { graph.node("Add", &[&size, &half]) } else { size };
            let whole = graph.node("Floor", &[&size]);
            graph.node("Mul", &[&sign, &whole])
        }
        Unary::Tan => {
            let (sin, cos) = (graph.node("Sin", &[a]), graph.node("Cos", &[a]));
            graph.node("Div", &[&sin, &cos])
        }
        Unary::Sinh | Unary::Cosh => {
            let minus = graph.node("Neg", &[a]);
            let (up, down) = (graph.node("Exp", &[a]), graph.node("Exp", &[&minus]));
            let sum = graph.node(if op == Unary::Sinh { "Sub" } else { "Add" }, &[&up, &down]);
            graph.node("Mul", &[&half, &sum])
        }
        Unary::Asinh | Unary::Acosh => {
            let square = graph.node("Mul", &[a, a]);
            let shifted = graph.node(if op == Unary::Asinh { "Add" } else { "Sub" }, &[&square, &one]);
            let root = graph.node("Sqrt", &[&shifted]);
            // asinh is odd: of |a|, so that nothing cancels.
            let size = graph.node("Abs", &[a]);
            let sum = graph.node("Add", &[&size, &root]);
            let log = graph.node("Log", &[&sum]);
            let sign = graph.node("Sign", &[a]);
            graph.node("Mul", &[&sign, &log])
        }
        Unary::Atanh => {
            let (up, down) = (graph.node("Add", &[&one, a]), graph.node("Sub", &[&one, a]));
            let ratio = graph.node("Div", &[&up, &down]);
            let log = graph.node("Log", &[&ratio]);
            graph.node("Mul", &[&half, &log])
        }
        Unary::Softplus => {
            let (size, above) = (graph.node("Abs", &[a]), graph.node("Max", &[a, &zero]));
            let minus = graph.node("Neg", &[&size]);
            let exp = graph.node("Exp", &[&minus]);
            let sum = graph.node("Add", &[&one, &exp]);
            let log = graph.node("Log", &[&sum]);
            graph.node("Add", &[&above, &log])
        }
        Unary::Sinc => {
            let (sin, at_zero) = (graph.node("Sin", &[a]), graph.node("Equal", &[a, &zero]));
            let ratio = graph.node("Div", &[&sin, a]);
            graph.node("Where", &[&at_zero, &one, &ratio])
        }
        // Step, and what `unary` has answered already.
        _ => {
            let above = graph.node("GreaterOrEqual", &[a, &zero]);
            graph.node("Where", &[&above, &one, &zero])
        }
    }
}
