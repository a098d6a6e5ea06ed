//! `Interval` as a scalar: which function of this module stands for which operator.

use super::{Interval, Quality, composite, literal, monotone, piecewise, power, trigonometric};
use crate::decimal::Decimal;
use crate::operator::{Binary, Comparison, Constant, Unary};
use crate::scalar::Scalar;

impl Scalar for Interval {
    fn literal(decimal: &Decimal) -> Interval {
        literal::enclose(decimal)
    }

    #[inline]
    fn point(value: f64) -> Interval {
        Interval::point(value)
    }

    fn constant(constant: Constant) -> Interval {
        literal::constant(constant)
    }

    #[inline]
    fn unary(op: Unary, a: &Interval) -> Interval {
        match op {
            Unary::Neg => -*a,
            Unary::Sqrt => a.sqrt(),
            Unary::Abs => piecewise::abs(*a),
            Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc | Unary::Step => {
                piecewise::staircase(op, *a)
            }
            Unary::Sin => trigonometric::sin(*a),
            Unary::Cos => trigonometric::cos(*a),
            Unary::Tan => trigonometric::tan(*a),
            Unary::Cosh => monotone::cosh(*a),
            Unary::Sigmoid => composite::sigmoid(*a),
            Unary::Softplus => composite::softplus(*a),
            Unary::Sinc => composite::sinc(*a),
            Unary::Cbrt
            | Unary::Exp
            | Unary::Exp2
            | Unary::ExpM1
            | Unary::Ln
            | Unary::Ln1p
            | Unary::Log2
            | Unary::Log10
            | Unary::Asin
            | Unary::Acos
            | Unary::Atan
            | Unary::Sinh
            | Unary::Tanh
            | Unary::Asinh
            | Unary::Acosh
            | Unary::Atanh
            | Unary::Erf => monotone::increasing(op, *a),
        }
    }

    #[inline]
    fn binary(op: Binary, a: &Interval, b: &Interval) -> Interval {
        match op {
            Binary::Add => *a + *b,
            Binary::Sub => *a - *b,
            Binary::Mul => *a * *b,
            Binary::Div => *a / *b,
            Binary::Pow => power::pow(*a, *b),
            Binary::Min => piecewise::min(*a, *b),
            Binary::Max => piecewise::max(*a, *b),
            Binary::Hypot => power::hypot(*a, *b),
            Binary::Atan2 => trigonometric::atan2(*a, *b),
        }
    }

    fn self_power(a: &Interval) -> Interval {
        power::self_power(*a)
    }

    fn select(op: Comparison, left: &Interval, right: &Interval, then: &Interval, otherwise: &Interval) -> Interval {
        piecewise::select(op, left, right, then, otherwise)
    }

    fn between(lo: f64, hi: f64) -> Option<Interval> {
        Interval::new(lo, hi)
    }

    fn bounds(&self) -> Option<(f64, f64)> {
        (self.is_bounded() && self.quality() >= Quality::Defined).then_some((self.lo(), self.hi()))
    }

    fn defined(self) -> Interval {
        match self.quality() {
            Quality::Partial => Interval::raw(self.lo(), self.hi(), Quality::Defined),
            _ => self,
        }
    }
}
