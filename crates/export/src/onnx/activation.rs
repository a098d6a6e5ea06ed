//! The activations in ONNX' operators: the formulas of [`Activation`], NaN for NaN.

use bumpnet_ir::{Activation, Precision};

use super::graph::{Graph, Name};
use crate::ExportError;

/// `activation(z)`. With `tails` a logistic function far left of its step must be good to some unit roundoffs of itself.
/// ONNX Runtime's `Sigmoid` is not: at -36 it is off by 4 %, below -37 it is 0 (binary64), so it is written as its formula.
///
/// # Errors
/// ONNX Runtime has no binary64 kernel for `Erf` and `Atan`.
pub fn apply(graph: &mut Graph, activation: Activation, z: &Name, tails: bool) -> Result<Name, ExportError> {
    if graph.precision() == Precision::F64 && matches!(activation, Activation::Erf | Activation::Arctan) {
        return Err(ExportError::new(
            format!("ONNX Runtime has no binary64 kernel for the activation `{}`", activation.name()),
            "export it with `--precision f32`, or use a format that is not ONNX",
        ));
    }
    let (zero, one, half) = (graph.scalar(0.0), graph.scalar(1.0), graph.scalar(0.5));
    Ok(match activation {
        Activation::Identity => z.clone(),
        Activation::Logistic if tails => {
            let minus = graph.node("Neg", &[z]);
            let inner = graph.node("Exp", &[&minus]);
            let sum = graph.node("Add", &[&one, &inner]);
            graph.node("Div", &[&one, &sum])
        }
        Activation::Logistic => graph.node("Sigmoid", &[z]),
        Activation::Tanh => graph.node("Tanh", &[z]),
        Activation::Heaviside => {
            // No comparison holds for NaN, which stays.
            let (above, below) = (graph.node("GreaterOrEqual", &[z, &zero]), graph.node("Less", &[z, &zero]));
            let rest = graph.node("Where", &[&below, &zero, z]);
            graph.node("Where", &[&above, &one, &rest])
        }
        Activation::ClippedLogistic => {
            let inside = graph.node("Sigmoid", &[z]);
            let (low, high) = (graph.scalar(-6.0), graph.scalar(6.0));
            let (above, below) = (graph.node("Greater", &[z, &high]), graph.node("Less", &[z, &low]));
            let rest = graph.node("Where", &[&above, &one, &inside]);
            graph.node("Where", &[&below, &zero, &rest])
        }
        Activation::Gompertz => {
            let minus = graph.node("Neg", &[z]);
            let inner = graph.node("Exp", &[&minus]);
            let minus = graph.node("Neg", &[&inner]);
            graph.node("Exp", &[&minus])
        }
        Activation::Ramp => ramp(graph, z),
        Activation::Smoothstep => {
            let t = ramp(graph, z);
            let (two, three) = (graph.scalar(2.0), graph.scalar(3.0));
            let (square, double) = (graph.node("Mul", &[&t, &t]), graph.node("Mul", &[&two, &t]));
            let slope = graph.node("Sub", &[&three, &double]);
            graph.node("Mul", &[&square, &slope])
        }
        Activation::Ogee => {
            // (1 -+ sqrt(m (2 - m)))/2 with m = min(|z|, 1): beyond 1 that is 0 and 1.
            let two = graph.scalar(2.0);
            let size = graph.node("Abs", &[z]);
            let m = graph.node("Min", &[&size, &one]);
            let rest = graph.node("Sub", &[&two, &m]);
            let product = graph.node("Mul", &[&m, &rest]);
            let root = graph.node("Sqrt", &[&product]);
            let minus = graph.node("Neg", &[&root]);
            let below = graph.node("Less", &[z, &zero]);
            let arc = graph.node("Where", &[&below, &minus, &root]);
            let sum = graph.node("Add", &[&one, &arc]);
            graph.node("Mul", &[&half, &sum])
        }
        Activation::Erf => {
            let erf = graph.node("Erf", &[z]);
            let sum = graph.node("Add", &[&one, &erf]);
            graph.node("Mul", &[&half, &sum])
        }
        Activation::Arctan => {
            let (atan, pi) = (graph.node("Atan", &[z]), graph.scalar(std::f64::consts::PI));
            let turn = graph.node("Div", &[&atan, &pi]);
            graph.node("Add", &[&half, &turn])
        }
    })
}

fn ramp(graph: &mut Graph, z: &Name) -> Name {
    let (zero, one, half) = (graph.scalar(0.0), graph.scalar(1.0), graph.scalar(0.5));
    let product = graph.node("Mul", &[&half, z]);
    let sum = graph.node("Add", &[&product, &half]);
    let above = graph.node("Max", &[&sum, &zero]);
    graph.node("Min", &[&above, &one])
}
