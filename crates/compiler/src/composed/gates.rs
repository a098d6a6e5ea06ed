//! Gates: a few neurons at a place where their own curve is the step.

use bumpnet_interval::{Binary, Unary, elementary};
use bumpnet_ir::{Activation, Expr, Input, Layer, Network, Node};
use bumpnet_prove::graph::{coefficients, exponent, quadratic};

/// Where the logistic function's fourth derivative vanishes: `ln(5 + 2 sqrt(6))`.
const FLAT: f64 = 2.292_431_669_561_177_4;
/// The second derivative there: `-sqrt(6)/36`.
const CURVATURE: f64 = -0.068_041_381_743_977_17;
/// How far on either side of it the three values of a square are. Balances `h^4/240`, the error of the difference quotient,
/// and `1.4e-14/h^2`, that of rounding.
const REACH: f64 = 0.011;
/// How far left of its step a unit is an exponential: `e^-36 = 2.3e-16` is the relative error.
const TAIL: f64 = 36.0;

/// The gate for a function, if there is one, and its name.
pub fn gate(function: &Expr, input: &Input, native: bool) -> Option<(Vec<Layer>, &'static str)> {
    if let Some(layers) = relu(function, input) {
        return Some((layers, "ramp"));
    }
    if !native {
        return None;
    }
    exponential(function, input)
        .map(|layers| (layers, "exponential gate"))
        .or_else(|| square(function, input).map(|layers| (layers, "square gate")))
        .or_else(|| itself(function).map(|layers| (layers, "the unit itself")))
}

fn layers(activation: Activation, units: (Vec<f64>, Vec<f64>), alpha: Vec<f64>, c0: f64) -> Vec<Layer> {
    Network::one_hidden_layer(activation, units, alpha, c0, Activation::Identity)
}

/// `c t^2` on a range about 0: `[s(b + h t) + s(b - h t) - 2 s(b)]/(h^2 s''(b))`.
fn square(function: &Expr, input: &Input) -> Option<Vec<Layer>> {
    let [c0, c1, c2] = quadratic(function)?.map(|c| c.midpoint());
    let radius = input.lo.abs().max(input.hi.abs());
    // Only about its vertex; elsewhere the odd terms do not cancel.
    if c1 != 0.0 || c2 == 0.0 || !(radius > 0.0) {
        return None;
    }
    // A power of two, so that both units have exactly opposite weights.
    let h = REACH / power_of_two_above(radius);
    let alpha = c2 / (h * h * CURVATURE);
    let base = Activation::Logistic.value(FLAT);
    Some(layers(Activation::Logistic, (vec![h, -h], vec![FLAT, FLAT]), vec![alpha, alpha], c0 - 2.0 * alpha * base))
}

/// `e^(q0 + q1 t)`: `e^(T + B) s(t - T - B)` where it is at most `e^T`.
fn exponential(function: &Expr, input: &Input) -> Option<Vec<Layer>> {
    let [q0, q1, q2] = exponent(function)?.map(|c| c.midpoint());
    if q2 != 0.0 || q1 == 0.0 {
        return None;
    }
    let most = (q0 + q1 * input.lo).max(q0 + q1 * input.hi);
    let shift = (most + TAIL).ceil();
    let alpha = elementary::unary(Unary::Exp, shift);
    let bias = q0 - shift;
    (alpha.is_finite() && alpha > 0.0).then(|| layers(Activation::Logistic, (vec![q1], vec![bias]), vec![alpha], 0.0))
}

/// An activation of an affine argument.
fn itself(function: &Expr) -> Option<Vec<Layer>> {
    let Node::Unary(op, a) = function.node(function.root()) else { return None };
    let (activation, alpha, c0) = match op {
        Unary::Sigmoid => (Activation::Logistic, 1.0, 0.0),
        Unary::Tanh => (Activation::Tanh, 1.0, 0.0),
        Unary::Erf => (Activation::Erf, 2.0, -1.0),
        Unary::Atan => (Activation::Arctan, std::f64::consts::PI, -std::f64::consts::FRAC_PI_2),
        _ => return None,
    };
    let [q0, q1, q2] = coefficients(function)[a.index()]?.map(|c| c.midpoint());
    (q2 == 0.0 && q1 != 0.0).then(|| layers(activation, (vec![q1], vec![q0]), vec![alpha], c0))
}

/// `max(t, 0)` by one ramp, whose kinks are at 0 and beyond the range.
fn relu(function: &Expr, input: &Input) -> Option<Vec<Layer>> {
    let Node::Binary(Binary::Max, a, b) = function.node(function.root()) else { return None };
    let coefficients = coefficients(function);
    let zero = |c: bumpnet_interval::Interval| c == bumpnet_interval::Interval::ZERO;
    let [one, other] = [coefficients[a.index()]?, coefficients[b.index()]?];
    let identity = zero(one[0]) && one[1] == bumpnet_interval::Interval::ONE && zero(one[2]);
    if !(identity && other.into_iter().all(zero)) {
        return None;
    }
    // Powers of two, so that the kink is exactly at 0: `R ramp(2 t/R - 1)`.
    let reach = power_of_two_above(input.hi);
    Some(layers(Activation::Ramp, (vec![2.0 / reach], vec![-1.0]), vec![reach], 0.0))
}

/// The least power of two above a positive number.
fn power_of_two_above(x: f64) -> f64 {
    let mut power = 1.0;
    while power <= x && power < f64::MAX / 2.0 {
        power *= 2.0;
    }
    while power > 2.0 * x && power > f64::MIN_POSITIVE {
        power *= 0.5;
    }
    power
}
