//! The activations: what each is, and its value in any scalar.
//!
//! All that is known of one besides its formula stands in one table, [`Activation::meaning`].

pub mod meaning;

use bumpnet_interval::{Binary, Comparison, Scalar, Unary};

/// The function of a unit. All but `identity` rise from their value at minus infinity to their value at infinity,
/// which are 0 and 1 (for `tanh` -1 and 1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Activation {
    /// `0` for z < 0, `1` for z >= 0 (Heaviside's unit step; H(0) = 1).
    Heaviside,
    /// `1/(1+e^-z)` (Verhulst 1845; the sigmoid of Nielsen, chapter 4).
    Logistic,
    /// Logistic, but exactly 0 below -6 and exactly 1 above 6 (Tavora 2019). It jumps by 0.0025 at +-6.
    ClippedLogistic,
    /// `tanh z`.
    Tanh,
    /// `exp(-e^-z)` (Gompertz 1825).
    Gompertz,
    /// Two quarter-ellipse arcs joined upright at (0, 1/2): `(1-sqrt(-z(2+z)))/2` on [-1, 0] and
    /// `(1+sqrt(z(2-z)))/2` on [0, 1].
    Ogee,
    /// `3t^2-2t^3` with `t = clip((z+1)/2, 0, 1)` (Hermite's cubic).
    Smoothstep,
    /// `clip(z/2+1/2, 0, 1)`.
    Ramp,
    /// `(1+erf z)/2`.
    Erf,
    /// `1/2+atan(z)/pi`. It never saturates: its tail falls like 1/(pi z).
    Arctan,
    /// `z`.
    Identity,
}

impl Activation {
    /// Every activation, in the order of the documentation.
    pub const ALL: [Activation; 11] = {
        use Activation::*;
        [Heaviside, Logistic, ClippedLogistic, Tanh, Gompertz, Ogee, Smoothstep, Ramp, Erf, Arctan, Identity]
    };

    /// As it is written in specs and tables.
    pub fn name(self) -> &'static str {
        self.meaning().name
    }

    /// The formula, in the notation of the expression language.
    pub fn formula(self) -> &'static str {
        self.meaning().formula
    }

    /// The activation of that name.
    pub fn from_name(name: &str) -> Option<Activation> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }

    /// The values at minus infinity and at infinity (infinite for `identity`).
    pub fn limits(self) -> (f64, f64) {
        self.meaning().limits
    }

    /// Saturation points `(a, b)`: the evaluator takes the left limit for z < a and the right limit for z > b. See
    /// [`meaning::Meaning::saturation`].
    pub fn saturation(self) -> (f64, f64) {
        self.meaning().saturation
    }

    /// The largest distance between the activation and its limit beyond a saturation point.
    pub fn tail(self) -> f64 {
        self.meaning().tail
    }

    /// The largest slope beyond a saturation point; see [`meaning::Meaning::tail_slope`].
    pub fn tail_slope(self) -> f64 {
        self.meaning().tail_slope
    }

    /// The slope at z = 0 divided by the rise between the limits: the steepness of the step of unit height.
    /// For `ogee`, upright in its middle, it is the slope of the chord between its ends. `None` where there is no slope
    /// (`heaviside`) or no step (`identity`).
    pub fn unit_slope(self) -> Option<f64> {
        self.meaning().unit_slope
    }

    /// Whether it is analytic on the whole real axis and no polynomial: what the fitted constructions need.
    pub fn is_smooth(self) -> bool {
        self.meaning().analytic
    }

    /// The value at `z`, by the formula, in any scalar.
    pub fn apply<T: Scalar>(self, z: &T) -> T {
        match self {
            Activation::Heaviside => T::unary(Unary::Step, z),
            Activation::Logistic => T::unary(Unary::Sigmoid, z),
            Activation::ClippedLogistic => saturate(z, 6.0, T::unary(Unary::Sigmoid, z)),
            Activation::Tanh => T::unary(Unary::Tanh, z),
            Activation::Gompertz => {
                let inner = T::unary(Unary::Exp, &T::unary(Unary::Neg, z));
                T::unary(Unary::Exp, &T::unary(Unary::Neg, &inner))
            }
            Activation::Ogee => saturate(z, 1.0, ogee(z)),
            Activation::Smoothstep => {
                let t = ramp(z);
                let slope = T::binary(Binary::Sub, &T::point(3.0), &T::binary(Binary::Mul, &T::point(2.0), &t));
                T::binary(Binary::Mul, &T::binary(Binary::Mul, &t, &t), &slope)
            }
            Activation::Ramp => ramp(z),
            Activation::Erf => half(&T::binary(Binary::Add, &T::point(1.0), &T::unary(Unary::Erf, z))),
            Activation::Arctan => {
                let turn =
                    T::binary(Binary::Div, &T::unary(Unary::Atan, z), &T::constant(bumpnet_interval::Constant::Pi));
                T::binary(Binary::Add, &T::point(0.5), &turn)
            }
            Activation::Identity => z.clone(),
        }
    }

    /// The value as the evaluator computes it: the formula, cut off at the [saturation points](Self::saturation).
    #[inline]
    pub fn value(self, z: f64) -> f64 {
        let (from, to) = self.saturation();
        if z < from {
            self.limits().0
        } else if z > to {
            self.limits().1
        } else {
            self.apply(&z)
        }
    }
}

fn half<T: Scalar>(x: &T) -> T {
    T::binary(Binary::Mul, &T::point(0.5), x)
}

fn ramp<T: Scalar>(z: &T) -> T {
    let t = T::binary(Binary::Add, &half(z), &T::point(0.5));
    T::binary(Binary::Min, &T::binary(Binary::Max, &t, &T::point(0.0)), &T::point(1.0))
}

/// 0 below `-at`, 1 above `at`, `inside` between.
fn saturate<T: Scalar>(z: &T, at: f64, inside: T) -> T {
    let upper = T::select(Comparison::Greater, z, &T::point(at), &T::point(1.0), &inside);
    T::select(Comparison::Less, z, &T::point(-at), &T::point(0.0), &upper)
}

/// The two arcs on [-1, 1]. With `m = min(|z|, 1)` the root is `sqrt(m(2-m))`, so it is real for every z.
fn ogee<T: Scalar>(z: &T) -> T {
    let m = T::binary(Binary::Min, &T::unary(Unary::Abs, z), &T::point(1.0));
    let root = T::unary(Unary::Sqrt, &T::binary(Binary::Mul, &m, &T::binary(Binary::Sub, &T::point(2.0), &m)));
    let arc = T::select(Comparison::Less, z, &T::point(0.0), &T::unary(Unary::Neg, &root), &root);
    half(&T::binary(Binary::Add, &T::point(1.0), &arc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_between_its_limits() {
        for a in Activation::ALL.into_iter().filter(|a| *a != Activation::Identity) {
            let (low, high) = a.limits();
            let mut previous = low;
            for k in -100_000..=100_000 {
                let z = f64::from(k) / 1000.0;
                let value = a.value(z);
                assert!((low..=high).contains(&value), "{a:?}({z}) = {value}");
                assert!(value >= previous - 1e-15, "{a:?} falls at {z}");
                previous = value;
            }
            assert_eq!(Activation::from_name(a.name()), Some(a));
        }
    }

    #[test]
    fn cut_tails_are_below_their_bound() {
        for a in Activation::ALL.into_iter().filter(|a| a.tail() > 0.0) {
            let (from, to) = a.saturation();
            // 1 - value loses the tail at the right end, so it is measured by a complement where there is one.
            assert!(a.apply(&from) - a.limits().0 <= a.tail(), "{a:?}");
            assert!(a.limits().1 - a.apply(&to) <= a.tail(), "{a:?}");
        }
        assert!(Activation::Logistic.apply(&-40.0) > 1e-18, "the cut is not wasteful");
    }

    #[test]
    fn slopes_are_those_of_the_formula() {
        for a in Activation::ALL {
            let Some(slope) = a.unit_slope().filter(|_| a != Activation::Ogee) else { continue };
            let h = 1e-6;
            let rise = a.limits().1 - a.limits().0;
            assert!(((a.apply(&h) - a.apply(&-h)) / (2.0 * h) / rise - slope).abs() < 1e-6, "{a:?}");
        }
    }

    #[test]
    fn values_at_the_joints() {
        assert_eq!(Activation::Heaviside.value(0.0), 1.0);
        assert_eq!(Activation::Heaviside.value(-5e-324), 0.0);
        assert_eq!(Activation::ClippedLogistic.value(6.000000000000001), 1.0);
        assert!(Activation::ClippedLogistic.value(6.0) < 1.0);
        assert_eq!(Activation::Ogee.value(0.0), 0.5);
        assert_eq!((Activation::Ogee.value(-1.0), Activation::Ogee.value(1.0)), (0.0, 1.0));
        assert_eq!(Activation::Smoothstep.value(0.0), 0.5);
        assert!(Activation::ALL.iter().all(|a| a.value(f64::NAN).is_nan()));
    }
}
