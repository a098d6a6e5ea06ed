//! Networks put together from linear forms over slots, squares, and the product of two forms as a gate.
//!
//! Where an activation has `s''''(b) = 0` and `s''(b)` is not zero, `[s(b + h t) + s(b - h t) - 2 s(b)]/(h^2 s''(b))` is `t^2`
//! up to `2 s^(6)(b) h^4 t^6/(6! s''(b))`; and `u v = ((u+v)/2)^2 - ((u-v)/2)^2`.

use bumpnet_interval::Jet;
use bumpnet_ir::{Activation, Layer, Values, Weights};

/// `constant + sum weight * slot`.
#[derive(Clone, Debug, Default)]
pub struct Linear {
    pub constant: f64,
    pub terms: Vec<(u32, f64)>,
}

impl Linear {
    /// One slot.
    pub fn slot(slot: u32) -> Linear {
        Linear { constant: 0.0, terms: vec![(slot, 1.0)] }
    }

    /// Adds a multiple of another.
    pub fn add(&mut self, factor: f64, other: &Linear) {
        self.constant += factor * other.constant;
        for (slot, weight) in &other.terms {
            match self.terms.iter_mut().find(|(own, _)| own == slot) {
                Some((_, sum)) => *sum += factor * weight,
                None => self.terms.push((*slot, factor * weight)),
            }
        }
    }
}

/// A network under construction.
pub struct Builder {
    pub layers: Vec<Layer>,
    slots: u32,
}

impl Builder {
    /// Over a number of inputs.
    pub fn new(inputs: usize) -> Builder {
        Builder { layers: Vec::new(), slots: inputs as u32 }
    }

    /// Adds a layer; the slots of its units.
    pub fn layer(&mut self, activation: Activation, rows: &[Linear]) -> Vec<u32> {
        let mut inputs: Vec<u32> = rows.iter().flat_map(|row| row.terms.iter().map(|(slot, _)| *slot)).collect();
        inputs.sort_unstable();
        inputs.dedup();
        let (mut row, mut col, mut value) = (Vec::new(), Vec::new(), Vec::new());
        for (k, linear) in rows.iter().enumerate() {
            let mut terms = linear.terms.clone();
            terms.sort_by_key(|(slot, _)| *slot);
            for (slot, weight) in terms.into_iter().filter(|(_, weight)| *weight != 0.0) {
                row.push(k as u32);
                col.push(inputs.partition_point(|s| *s < slot) as u32);
                value.push(weight);
            }
        }
        let bias = Values::new(rows.iter().map(|row| row.constant).collect());
        let weights = Weights { row, col, value: Values::new(value) };
        self.layers.push(Layer { activation, inputs, rows: rows.len(), weights, bias });
        let first = self.slots;
        self.slots += rows.len() as u32;
        (first..self.slots).collect()
    }
}

/// Where an activation's curve is a square, up to the sixth order.
#[derive(Clone, Copy, Debug)]
pub struct Square {
    pub activation: Activation,
    /// The place.
    pub b: f64,
    /// The step in the argument.
    pub h: f64,
    /// `h^2 s''(b)`.
    pub curve: f64,
    /// `s'(b)`.
    pub slope: f64,
    /// `s^(6)(b)/(360 s''(b))`: the error of the square, over `h^4 t^6`.
    sixth: f64,
}

impl Square {
    /// With an error of at most about `eps` for arguments up to 1; `None` if the activation has no such place.
    pub fn new(activation: Activation, eps: f64) -> Option<Square> {
        let square = Square::with_step(activation, 1.0)?;
        let h = (eps / square.sixth).sqrt().sqrt().clamp(0.008, 0.25);
        Some(Square { h, curve: h * h * square.curve, ..square })
    }

    /// With a step in the argument; `None` if the activation has no such place.
    pub fn with_step(activation: Activation, h: f64) -> Option<Square> {
        let series = |z: f64| activation.apply(&Jet::variable(z, 6));
        let fourth = |z: f64| series(z).coefficient(4);
        // The first change of sign beyond the middle, which for odd curves is a place without curvature.
        let mut low = 0.05;
        while low < 6.0 && (fourth(low) < 0.0) == (fourth(low + 0.05) < 0.0) {
            low += 0.05;
        }
        let (mut a, mut c) = (low, low + 0.05);
        for _ in 0..60 {
            let middle = 0.5 * (a + c);
            if (fourth(middle) < 0.0) == (fourth(a) < 0.0) { a = middle } else { c = middle }
        }
        let at = series(a);
        let second = 2.0 * at.coefficient(2);
        if !(second.abs() > 1e-3) {
            return None;
        }
        // coefficient(6) is s^(6)/6!; the error of the square is twice that, h^4, over s''.
        let sixth = (2.0 * at.coefficient(6) / second).abs().max(1e-6);
        Some(Square { activation, b: a, h, curve: h * h * second, slope: at.coefficient(1), sixth })
    }
}

/// A product that is wanted: two forms with their ranges.
#[derive(Clone, Debug)]
pub struct Product {
    pub u: (Linear, (f64, f64)),
    pub v: (Linear, (f64, f64)),
}

/// Adds gates for products, four neurons each; each product as a form over slots.
pub fn products(builder: &mut Builder, square: &Square, wanted: &[Product]) -> Vec<Linear> {
    let normal = |(form, (lo, hi)): &(Linear, (f64, f64))| {
        let (centre, radius) = (0.5 * (lo + hi), 0.5 * (hi - lo));
        let mut unit = Linear::default();
        if radius > 0.0 {
            unit.add(1.0 / radius, form);
            unit.constant -= centre / radius;
        }
        (unit, centre, radius)
    };
    let parts: Vec<_> = wanted.iter().map(|product| (normal(&product.u), normal(&product.v))).collect();
    let mut arguments = Vec::new();
    for ((u, ..), (v, ..)) in &parts {
        for sign in [1.0, -1.0] {
            let mut form = Linear::default();
            form.add(0.5, u);
            form.add(0.5 * sign, v);
            arguments.push(form);
        }
    }
    let arguments = builder.layer(Activation::Identity, &arguments);
    let gates: Vec<Linear> = arguments
        .iter()
        .flat_map(|slot| [square.h, -square.h].map(|h| Linear { constant: square.b, terms: vec![(*slot, h)] }))
        .collect();
    let gates = builder.layer(square.activation, &gates);
    parts
        .iter()
        .zip(wanted)
        .zip(gates.chunks_exact(4))
        .map(|((((_, cu, ru), (_, cv, rv)), product), gates)| {
            // u v = cu v + cv u - cu cv + (u - cu)(v - cv); the constants of the two squares cancel.
            let mut sum = Linear { constant: -cu * cv, terms: Vec::new() };
            sum.add(*cu, &product.v.0);
            sum.add(*cv, &product.u.0);
            let factor = ru * rv / square.curve;
            for (slot, sign) in gates.iter().zip([1.0, 1.0, -1.0, -1.0]) {
                sum.add(sign * factor, &Linear::slot(*slot));
            }
            sum
        })
        .collect()
}

impl Square {
    /// The square of a number.
    #[cfg(test)]
    fn at(&self, t: f64) -> f64 {
        let s = |z: f64| self.activation.value(z);
        (s(self.b + self.h * t) + s(self.b - self.h * t) - 2.0 * s(self.b)) / self.curve
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_within_their_error() {
        for activation in Activation::ALL.into_iter().filter(|a| a.is_smooth()) {
            for eps in [1e-3, 1e-5, 1e-7] {
                let Some(square) = Square::new(activation, eps) else { panic!("{} has no square", activation.name()) };
                let worst = (0..=40).map(|k| f64::from(k) / 20.0 - 1.0).map(|t| (square.at(t) - t * t).abs());
                let worst = worst.fold(0.0, f64::max);
                assert!(worst <= 1.5 * eps || square.h == 0.25, "{} {eps}: {worst}", activation.name());
            }
        }
    }
}
