//! Activations as analytic parts between breaks, and the exact places where a unit passes from one part to the next.

use bumpnet_interval::{Binary, Scalar, Unary};
use bumpnet_ir::Activation;
use bumpnet_prove::sign;
use bumpnet_prove::units::breaks;

/// Steps of one number that the search for an exact place takes at most. The quotient it starts from is off by two.
const NEARBY: usize = 64;

/// The values of a part that is constant.
pub fn constant(activation: Activation, part: usize) -> Option<f64> {
    match breaks(activation).len() {
        0 => None,
        _ if part == 0 => Some(0.0),
        n if part == n => Some(1.0),
        _ => None,
    }
}

/// The formula of a part, wherever z is.
pub fn apply<T: Scalar>(activation: Activation, part: usize, z: &T) -> T {
    let point = T::point;
    let mul = |a: &T, b: &T| T::binary(Binary::Mul, a, b);
    let add = |a: &T, b: &T| T::binary(Binary::Add, a, b);
    if let Some(value) = constant(activation, part) {
        return point(value);
    }
    let t = || add(&mul(&point(0.5), z), &point(0.5));
    match activation {
        Activation::ClippedLogistic => T::unary(Unary::Sigmoid, z),
        Activation::Ramp => t(),
        Activation::Smoothstep => {
            let t = t();
            mul(&mul(&t, &t), &T::binary(Binary::Sub, &point(3.0), &mul(&point(2.0), &t)))
        }
        Activation::Ogee => {
            // (1 -+ sqrt(m (2 - m)))/2 with m = |z|; below 0 and above.
            let side = if part == 1 { -1.0 } else { 1.0 };
            let m = mul(&point(side), z);
            let root = T::unary(Unary::Sqrt, &mul(&m, &T::binary(Binary::Sub, &point(2.0), &m)));
            mul(&point(0.5), &add(&point(1.0), &mul(&point(side), &root)))
        }
        smooth => smooth.apply(z),
    }
}

/// The least numbers at which the part of `s(w x + b)` changes, increasing: exactly, for the network without rounding.
/// `None` where that cannot be told.
pub fn edges(activation: Activation, w: f64, b: f64) -> Option<Vec<f64>> {
    if w == 0.0 {
        return Some(Vec::new());
    }
    let at = |c: &f64| edge(activation, w, b, *c);
    let mut edges: Vec<f64> = breaks(activation).iter().map(at).collect::<Option<_>>()?;
    if w < 0.0 {
        edges.reverse();
    }
    Some(edges)
}

/// Whether the break itself belongs to the part above it.
fn closed_above(activation: Activation, c: f64) -> bool {
    // The article's function is clipped above 6, not at 6; all others are continuous or `z >= 0`.
    !(activation == Activation::ClippedLogistic && c > 0.0)
}

fn edge(activation: Activation, w: f64, b: f64, c: f64) -> Option<f64> {
    if w == 1.0 && c == 0.0 {
        return Some(-b + 0.0); // no -0
    }
    let closed = closed_above(activation, c);
    // True from the edge on: the part has changed.
    let passed = |x: f64| {
        let sign = sign(w, x, b, c)?;
        Some(match w > 0.0 {
            true => sign > 0 || closed && sign == 0,
            false => sign < 0 || !closed && sign == 0,
        })
    };
    let mut x = (c - b) / w + 0.0;
    for _ in 0..NEARBY {
        if !passed(x)? {
            x = x.next_up();
        } else if passed(x.next_down())? {
            x = x.next_down();
        } else {
            return Some(x);
        }
    }
    None
}

/// The part of a unit whose weight is 0, by its bias.
pub fn part_of(activation: Activation, z: f64) -> usize {
    let above = |c: &&f64| z > **c || closed_above(activation, **c) && z == **c;
    breaks(activation).iter().filter(above).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// On either side of an edge the formula of the part is the activation.
        #[test]
        fn parts_are_the_activation(kind in 0usize..10, w in -60.0f64..60.0, b in -30.0f64..30.0, near in -2i64..3) {
            prop_assume!(w.abs() > 1e-3);
            let activation = Activation::ALL[kind];
            let edges = edges(activation, w, b).unwrap();
            prop_assert!(edges.windows(2).all(|pair| pair[0] <= pair[1]));
            let points = edges.iter().map(|e| {
                (0..near.abs()).fold(*e, |x, _| if near > 0 { x.next_up() } else { x.next_down() })
            });
            for x in points.chain([-1.0, 0.0, 0.1, 2.0]) {
                let passed = edges.partition_point(|e| *e <= x);
                let part = if w > 0.0 { passed } else { breaks(activation).len() - passed };
                // The rounded argument may be on the other side of a jump of 0.0025, next to it.
                let z = w * x + b;
                let near_break = breaks(activation).iter().any(|c| (z - c).abs() < 1e-12);
                let slack = if near_break && activation == Activation::ClippedLogistic { 0.0025 } else { 2e-7 };
                if !(near_break && activation == Activation::Heaviside) {
                    prop_assert!((apply(activation, part, &z) - activation.value(z)).abs() <= slack, "{activation:?} at {x}");
                }
            }
        }
    }
}
