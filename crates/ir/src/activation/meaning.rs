//! What an activation is: the one table that every evaluation and every proof looks it up in.
//!
//! There is no wildcard arm: whoever adds an activation says all of it. The tests hold each row to the formula.

use super::Activation;

/// How fast an activation can change where it is continuous.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Continuity {
    /// `|s(x) - s(y)| <= c |x - y|` wherever no jump lies between x and y.
    Lipschitz(f64),
    /// `|s(x) - s(y)| <= sqrt(c |x - y|)`: upright somewhere.
    Root(f64),
}

/// A place where the left and the right limit differ. A jump has no slope.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Jump {
    /// The argument.
    pub at: f64,
    /// Bounds of the value at and around the jump: from below and above, both limits included.
    pub between: (f64, f64),
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Meaning {
    /// As it is written in specs and tables.
    pub name: &'static str,
    /// The formula, in the notation of the expression language.
    pub formula: &'static str,
    /// The values at minus infinity and at infinity. All activations rise from the one to the other.
    pub limits: (f64, f64),
    /// Saturation points `(a, b)`: the evaluator takes the left limit for z < a and the right limit for z > b.
    ///
    /// For `heaviside`, `clipped-logistic`, `ogee`, `smoothstep` and `ramp` that is their definition. The others are cut
    /// where the distance to the limit is below 1e-17, a tenth of an ulp of 1/2, and the bound beside each says so.
    /// `arctan` and `identity` never saturate.
    pub saturation: (f64, f64),
    /// The largest distance from the limit beyond a saturation point.
    pub tail: f64,
    /// The largest slope beyond a saturation point of an activation that has a tail: logistic `s(1-s) < e^-40`, tanh
    /// `4 e^-41 = 6.3e-18`, gompertz `e^3.75 exp(-e^3.75) = 1.5e-17`, erf `exp(-6.125^2)/sqrt(pi) = 2.9e-17`.
    pub tail_slope: f64,
    /// The arguments where it is not smooth, in increasing order; jumps are among them.
    pub breaks: &'static [f64],
    /// Where it jumps, in increasing order.
    pub jumps: &'static [Jump],
    /// How fast it changes between its jumps.
    pub continuity: Continuity,
    /// See [`Activation::unit_slope`].
    pub unit_slope: Option<f64>,
    /// Whether it is analytic on the whole real axis and no polynomial.
    pub analytic: bool,
}

/// A step from 0 to 1 that is over beyond its saturation points, by definition.
const STEP: Meaning = Meaning {
    name: "",
    formula: "",
    limits: (0.0, 1.0),
    saturation: (0.0, 0.0),
    tail: 0.0,
    tail_slope: 0.0,
    breaks: &[],
    jumps: &[],
    continuity: Continuity::Lipschitz(0.0),
    unit_slope: None,
    analytic: false,
};

/// One that only nearly is, and analytic.
const SMOOTH: Meaning = Meaning { tail: 1e-17, tail_slope: 3e-17, analytic: true, ..STEP };

/// `1/(1 + e^6)`, from below and above.
const CLIPPED: (f64, f64) = (0.002_472_623_156_634_774, 0.002_472_623_156_634_775);

impl Activation {
    /// All that is known of it.
    pub const fn meaning(self) -> Meaning {
        match self {
            Activation::Heaviside => Meaning {
                name: "heaviside",
                formula: "step(z)",
                breaks: &[0.0],
                jumps: &[Jump { at: 0.0, between: (0.0, 1.0) }],
                ..STEP
            },
            Activation::Logistic => Meaning {
                name: "logistic",
                formula: "1/(1+exp(-z))",
                saturation: (-40.0, 40.0), // e^-40 = 4.2e-18
                continuity: Continuity::Lipschitz(0.25),
                unit_slope: Some(0.25),
                ..SMOOTH
            },
            Activation::ClippedLogistic => Meaning {
                name: "clipped-logistic",
                formula: "if(z < -6, 0, if(z > 6, 1, 1/(1+exp(-z))))",
                saturation: (-6.0, 6.0),
                breaks: &[-6.0, 6.0],
                jumps: &[
                    Jump { at: -6.0, between: (0.0, CLIPPED.1) },
                    Jump { at: 6.0, between: (1.0 - CLIPPED.1, 1.0) },
                ],
                continuity: Continuity::Lipschitz(0.25),
                unit_slope: Some(0.25),
                ..STEP
            },
            Activation::Tanh => Meaning {
                name: "tanh",
                formula: "tanh(z)",
                limits: (-1.0, 1.0),
                saturation: (-20.5, 20.5), // 1 - tanh(20.5) < 2 e^-41 = 3.2e-18
                continuity: Continuity::Lipschitz(1.0),
                unit_slope: Some(0.5),
                ..SMOOTH
            },
            Activation::Gompertz => Meaning {
                name: "gompertz",
                formula: "exp(-exp(-z))",
                saturation: (-3.75, 40.0), // exp(-e^3.75) = 3.4e-19; 1 - exp(-e^-40) < e^-40 = 4.2e-18
                continuity: Continuity::Lipschitz(0.3679), // 1/e
                unit_slope: Some(0.367_879_441_171_442_33), // 1/e, where the curve is steepest
                ..SMOOTH
            },
            Activation::Ogee => Meaning {
                name: "ogee",
                formula: "if(z < -1, 0, if(z > 1, 1, if(z < 0, (1-sqrt(-z*(2+z)))/2, (1+sqrt(z*(2-z)))/2)))",
                saturation: (-1.0, 1.0),
                breaks: &[-1.0, 0.0, 1.0],
                // |sqrt(a) - sqrt(b)| <= sqrt|a - b|, and m(2-m) has a slope of at most 2: an arc moves by at most
                // sqrt(2 d)/2; across the middle, d = p + q, by (sqrt(2p) + sqrt(2q))/2 <= sqrt(p + q).
                continuity: Continuity::Root(1.0),
                unit_slope: Some(0.5),
                ..STEP
            },
            Activation::Smoothstep => Meaning {
                name: "smoothstep",
                formula: "t*t*(3-2*t) with t = min(max(z/2+1/2, 0), 1)",
                saturation: (-1.0, 1.0),
                breaks: &[-1.0, 1.0],
                continuity: Continuity::Lipschitz(0.75), // 6 t (1-t) / 2 at t = 1/2
                unit_slope: Some(0.75),
                ..STEP
            },
            Activation::Ramp => Meaning {
                name: "ramp",
                formula: "min(max(z/2+1/2, 0), 1)",
                saturation: (-1.0, 1.0),
                breaks: &[-1.0, 1.0],
                continuity: Continuity::Lipschitz(0.5),
                unit_slope: Some(0.5),
                ..STEP
            },
            Activation::Erf => Meaning {
                name: "erf",
                formula: "(1+erf(z))/2",
                saturation: (-6.125, 6.125),               // erfc(6.125)/2 = 2.3e-18
                continuity: Continuity::Lipschitz(0.5642), // 1/sqrt(pi)
                unit_slope: Some(0.564_189_583_547_756_3), // 1/sqrt(pi)
                ..SMOOTH
            },
            Activation::Arctan => Meaning {
                name: "arctan",
                formula: "1/2+atan(z)/pi",
                saturation: (f64::NEG_INFINITY, f64::INFINITY),
                tail: 0.0,
                tail_slope: 0.0,
                continuity: Continuity::Lipschitz(0.3184), // 1/pi
                unit_slope: Some(std::f64::consts::FRAC_1_PI),
                ..SMOOTH
            },
            Activation::Identity => Meaning {
                name: "identity",
                formula: "z",
                limits: (f64::NEG_INFINITY, f64::INFINITY),
                saturation: (f64::NEG_INFINITY, f64::INFINITY),
                continuity: Continuity::Lipschitz(1.0),
                ..STEP
            },
        }
    }

    /// Whether it jumps somewhere.
    pub const fn may_jump(self) -> bool {
        !self.meaning().jumps.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpnet_interval::Interval;

    /// Arguments around all that matters, and the neighbours of each.
    fn arguments(row: &Meaning) -> Vec<f64> {
        let mut all: Vec<f64> = (-4200..=4200).map(|k| f64::from(k) / 100.0).collect();
        all.extend((0..200).flat_map(|k| [1.0, -1.0].map(|sign| sign * f64::from_bits((1023 - k) << 52))));
        all.extend(row.breaks.iter().flat_map(|at| [at.next_down(), *at, at.next_up()]));
        all.sort_by(f64::total_cmp);
        all
    }

    fn exact(activation: Activation, z: f64) -> Interval {
        activation.apply(&Interval::point(z))
    }

    #[test]
    fn every_row_holds_of_the_formula() {
        for activation in Activation::ALL {
            let row = activation.meaning();
            let all = arguments(&row);
            for pair in all.windows(2).filter(|pair| pair[0] < pair[1]) {
                let (below, above) = (exact(activation, pair[0]), exact(activation, pair[1]));
                assert!(below.lo() <= above.hi(), "{} falls at {}", row.name, pair[0]);
                let step = (Interval::point(pair[1]) - Interval::point(pair[0])).hi();
                let jump = row.jumps.iter().find(|jump| pair[0] <= jump.at && jump.at <= pair[1]);
                let rise = (above - below).mignitude();
                let limit = match row.continuity {
                    Continuity::Lipschitz(c) => c * step,
                    Continuity::Root(c) => (c * step).sqrt(),
                };
                let height = jump.map_or(0.0, |jump| jump.between.1 - jump.between.0);
                assert!(rise <= (limit + height) * (1.0 + 1e-15), "{} at {}: {rise} > {limit}", row.name, pair[0]);
            }
            for jump in row.jumps {
                assert!(row.breaks.contains(&jump.at));
                let sides = [jump.at.next_down(), jump.at, jump.at.next_up()].map(|z| exact(activation, z));
                let hull = sides[0].hull(&sides[1]).hull(&sides[2]);
                let (low, high) = jump.between;
                assert!((low - hull.lo()).abs() < 1e-15 && (high - hull.hi()).abs() < 1e-15, "{} {hull:?}", row.name);
                assert!(hull.width().get() > 1e-3, "{} does not jump at {}", row.name, jump.at);
            }
            let (from, to) = row.saturation;
            for z in all.iter().filter(|z| **z < from) {
                assert!((exact(activation, *z) - Interval::point(row.limits.0)).mignitude() <= row.tail);
            }
            for z in all.iter().filter(|z| **z > to) {
                assert!((exact(activation, *z) - Interval::point(row.limits.1)).mignitude() <= row.tail);
            }
        }
    }

    /// A constant that is too large would cost tightness.
    #[test]
    fn continuity_is_not_wasteful() {
        for activation in Activation::ALL.into_iter().filter(|a| a.meaning().continuity != Continuity::Lipschitz(0.0)) {
            let row = activation.meaning();
            let pairs = (-4000..=4000).map(|k| f64::from(k) / 1000.0).map(|z| [z, z + 1e-3]).chain([[-1e-4, 1e-4]]);
            let attained = pairs.into_iter().any(|pair| {
                let (rise, step) = (activation.apply(&pair[1]) - activation.apply(&pair[0]), pair[1] - pair[0]);
                let limit = match row.continuity {
                    Continuity::Lipschitz(c) => c * step,
                    Continuity::Root(c) => (c * step).sqrt(),
                };
                rise >= 0.7 * limit
            });
            assert!(attained, "{}", row.name);
        }
    }
}
