//! A network straight from its table, unit by unit, in double-double arithmetic, by formulas of its own.

use bumpnet_ir::{Activation, Network};

use super::dd::{Dd, PI};

/// `c0 + sum alpha s(w x + b)`, then the output's activation.
pub struct Exact {
    hidden: Activation,
    output: Activation,
    /// `(w, b, alpha)`.
    pub units: Vec<(f64, f64, f64)>,
    c0: f64,
}

impl Exact {
    pub fn new(network: &Network) -> Exact {
        let last = network.layers.last().unwrap();
        let mut exact = Exact {
            hidden: network.layers[0].activation,
            output: last.activation,
            units: Vec::new(),
            c0: last.bias.get(0),
        };
        if let [hidden, output] = &network.layers[..] {
            exact.units = (0..hidden.rows).map(|k| (0.0, hidden.bias.get(k), 0.0)).collect();
            for (row, _, w) in hidden.weights.entries() {
                exact.units[row].0 = w;
            }
            for (_, column, alpha) in output.weights.entries() {
                exact.units[output.inputs[column] as usize - 1].2 = alpha;
            }
        }
        exact
    }

    pub fn activation(&self) -> Activation {
        self.hidden
    }

    /// What the rounding of this evaluation may be: 1e-27 of all terms.
    pub fn slack(&self) -> f64 {
        1e-27 * (self.c0.abs() + self.units.iter().map(|unit| unit.2.abs()).sum::<f64>())
    }

    /// The value in front of the output's activation.
    pub fn sum(&self, x: Dd) -> Dd {
        self.units.iter().fold(Dd::from(self.c0), |sum, (w, b, alpha)| {
            let z = Dd::from(*w) * x + Dd::from(*b);
            sum + Dd::from(*alpha) * value(self.hidden, z)
        })
    }

    pub fn value(&self, x: Dd) -> Dd {
        value(self.output, self.sum(x))
    }

    /// The places where the hidden layer is not smooth, or else the middles of its steps, to double-double accuracy.
    pub fn breakpoints(&self) -> Vec<Dd> {
        let at: &[f64] = match self.hidden {
            Activation::ClippedLogistic => &[-6.0, 6.0],
            Activation::Ogee => &[-1.0, 0.0, 1.0],
            Activation::Smoothstep | Activation::Ramp => &[-1.0, 1.0],
            _ => &[0.0],
        };
        let sloped = self.units.iter().filter(|unit| unit.0 != 0.0);
        sloped.flat_map(|(w, b, _)| at.iter().map(|z| (Dd::from(*z) - Dd::from(*b)) / Dd::from(*w))).collect()
    }
}

fn constant(x: f64) -> Dd {
    Dd::from(x)
}

/// The activations, by their definitions.
fn value(activation: Activation, z: Dd) -> Dd {
    let (one, two) = (Dd::ONE, constant(2.0));
    let clipped = if z < constant(-1.0) {
        constant(-1.0)
    } else if z > one {
        one
    } else {
        z
    };
    match activation {
        Activation::Identity => z,
        Activation::Heaviside => constant(f64::from(u8::from(z >= Dd::ZERO))),
        Activation::Logistic if z.hi > 80.0 => one,
        Activation::Logistic if z.hi < -80.0 => Dd::ZERO,
        Activation::Logistic => z.sigmoid(),
        Activation::ClippedLogistic if z < constant(-6.0) => Dd::ZERO,
        Activation::ClippedLogistic if z > constant(6.0) => one,
        Activation::ClippedLogistic => z.sigmoid(),
        Activation::Tanh => z.tanh(),
        Activation::Gompertz if z.hi < -5.0 => Dd::ZERO,
        Activation::Gompertz if z.hi > 80.0 => one,
        Activation::Gompertz => (-(-z).exp()).exp(),
        Activation::Ogee => {
            // The lower arc: (y - 1/2)^2/(1/4) + (z + 1)^2 = 1 with y below 1/2; the upper one by symmetry.
            let from_end = if clipped < Dd::ZERO { clipped + one } else { clipped - one };
            let rise = (one - from_end * from_end).sqrt() / two;
            if clipped < Dd::ZERO { one / two - rise } else { one / two + rise }
        }
        Activation::Smoothstep => {
            let t = (clipped + one) / two;
            t * t * constant(3.0) - t * t * t * two
        }
        Activation::Ramp => (clipped + one) / two,
        Activation::Erf => (one + z.erf()) / two,
        Activation::Arctan => one / two + z.atan() / PI,
    }
}
