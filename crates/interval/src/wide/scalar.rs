//! `Wide` as a scalar: which operators have an expansion of their own; the others go by way of intervals.

use super::arithmetic::through;
use super::{Wide, literal};
use crate::decimal::Decimal;
use crate::interval::{Interval, Quality, UpperBound, piecewise};
use crate::operator::{Binary, Comparison, Constant, Unary};
use crate::real::Real;
use crate::scalar::Scalar;

impl Scalar for Wide {
    fn literal(decimal: &Decimal) -> Wide {
        literal::enclose(decimal)
    }

    #[inline]
    fn point(value: f64) -> Wide {
        Wide::point(value)
    }

    fn constant(constant: Constant) -> Wide {
        literal::constant(constant)
    }

    #[inline]
    fn unary(op: Unary, a: &Wide) -> Wide {
        match op {
            Unary::Neg => -*a,
            Unary::Sqrt => a.sqrt(),
            Unary::Exp => a.exp(),
            Unary::ExpM1 => a.exp_m1(),
            Unary::Sigmoid => a.sigmoid(),
            Unary::Tanh => a.tanh(),
            Unary::Erf => a.erf(),
            Unary::Atan => a.atan(),
            Unary::Abs => a.abs(),
            Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc | Unary::Sign | Unary::Step => a.staircase(op),
            _ => a.through(|x| Interval::unary(op, &x)),
        }
    }

    #[inline]
    fn binary(op: Binary, a: &Wide, b: &Wide) -> Wide {
        match op {
            Binary::Add => *a + *b,
            Binary::Sub => *a - *b,
            Binary::Mul => *a * *b,
            Binary::Div => *a / *b,
            Binary::Pow => a.pow(b),
            Binary::Min => a.extremum(b, Comparison::LessEqual, |x, y| Interval::binary(op, &x, &y)),
            Binary::Max => a.extremum(b, Comparison::GreaterEqual, |x, y| Interval::binary(op, &x, &y)),
            Binary::Hypot | Binary::Atan2 => through(*a, *b, |x, y| Interval::binary(op, &x, &y)),
        }
    }

    /// As for intervals: when the condition is decided, the other branch does not count, nor does a jump in the operands of
    /// the condition; that they may be undefined does.
    fn select(op: Comparison, left: &Wide, right: &Wide, then: &Wide, otherwise: &Wide) -> Wide {
        let condition = match left.quality.min(right.quality) {
            Quality::Nowhere => return Wide::NOWHERE,
            Quality::Partial => Quality::Partial,
            Quality::Defined | Quality::Continuous => Quality::Continuous,
        };
        match Wide::decide(op, left, right) {
            Some(true) => then.demoted(condition),
            Some(false) => otherwise.demoted(condition),
            None => through(*then, *otherwise, |a, b| a.hull(&b)).demoted(condition.min(Quality::Defined)),
        }
    }

    fn between(lo: f64, hi: f64) -> Option<Wide> {
        Interval::new(lo, hi).map(Wide::from)
    }

    fn bounds(&self) -> Option<(f64, f64)> {
        self.interval().bounds()
    }

    fn defined(self) -> Wide {
        if self.quality == Quality::Partial { Wide::from(self.interval().defined()) } else { self }
    }
}

impl Real for Wide {
    fn decide(op: Comparison, left: &Wide, right: &Wide) -> Option<bool> {
        let coarse = piecewise::decide(op, &left.interval(), &right.interval());
        // Numbers that binary64 cannot tell apart may differ in later digits.
        coarse.or_else(|| piecewise::decide(op, &(*left - *right).interval(), &Interval::ZERO))
    }

    fn unknown() -> Wide {
        Wide::ENTIRE.demoted(Quality::Partial)
    }

    /// The smallest ball around both, at best [`Quality::Defined`].
    fn either(&self, other: &Wide) -> Wide {
        let both = if self == other { *self } else { through(*self, *other, |a, b| a.hull(&b)) };
        both.demoted(Quality::Defined)
    }

    #[inline]
    fn bounded(self, bound: impl FnOnce() -> UpperBound) -> Wide {
        let bound = bound();
        if self.magnitude() <= bound { self } else { Real::bounded(self.interval(), || bound).into() }
    }

    #[inline]
    fn plus_minus(self, radius: impl FnOnce() -> UpperBound) -> Wide {
        Wide::plus_minus(self, radius())
    }

    #[inline]
    fn near(self, radius: impl FnOnce() -> UpperBound, _: impl FnOnce() -> Wide) -> Wide {
        Wide::plus_minus(self, radius())
    }

    #[inline]
    fn limited_by(self, other: &Wide) -> Wide {
        self.demoted(other.quality)
    }

    #[inline]
    fn dot(a: &[Wide], b: &[Wide]) -> Wide {
        Wide::sum_of_products(a, b)
    }

    fn mignitude(&self) -> f64 {
        Wide::mignitude(self)
    }

    fn magnitude(&self) -> UpperBound {
        Wide::magnitude(self)
    }

    fn as_point(&self) -> Option<f64> {
        (self.rad == 0.0 && self.lo == 0.0).then_some(self.hi)
    }

    fn may_jump(op: Unary, at: &Wide) -> bool {
        piecewise::may_jump(op, at.interval())
    }
}

impl Wide {
    /// The magnitude.
    fn abs(self) -> Wide {
        let x = self.interval();
        if x.lo() >= 0.0 {
            self
        } else if x.hi() <= 0.0 {
            -self
        } else {
            self.through(|x| Interval::unary(Unary::Abs, &x))
        }
    }

    /// A function that increases by jumps only. Where binary64 cannot tell on which side of one the numbers are, later digits
    /// may.
    fn staircase(self, op: Unary) -> Wide {
        let both = Interval::unary(op, &self.interval());
        let (low, high) = (both.lo(), both.hi());
        let jump = match op {
            Unary::Floor => high,
            Unary::Ceil => low,
            Unary::Round => 0.5 * low + 0.5 * high,
            Unary::Trunc if high > 0.0 => high,
            Unary::Trunc => low,
            _ => 0.0,
        };
        let one = matches!(op, Unary::Sign | Unary::Step) || high - low == 1.0;
        if !both.is_bounded() || both.is_point() || !one {
            return both.into();
        }
        let beside = (self - Wide::point(jump)).interval();
        match (beside.hi() < 0.0, beside.lo() > 0.0) {
            (true, _) => Wide::point(low).demoted(self.quality),
            (_, true) => Wide::point(high).demoted(self.quality),
            _ if beside == Interval::ZERO => {
                Wide::from(Interval::unary(op, &Interval::point(jump))).demoted(self.quality)
            }
            _ => both.into(),
        }
    }

    /// The operand that stands in the relation to the other, if one is known to, else the result for intervals.
    fn extremum(&self, other: &Wide, op: Comparison, both: impl Fn(Interval, Interval) -> Interval) -> Wide {
        match Wide::decide(op, self, other) {
            Some(true) => self.demoted(other.quality),
            Some(false) => other.demoted(self.quality),
            None => through(*self, *other, both),
        }
    }

    /// `a^b`: whole powers up to 1024 by products, the power 1/2 by a root.
    fn pow(&self, exponent: &Wide) -> Wide {
        match exponent.as_point() {
            Some(2.0) => self.square().demoted(exponent.quality),
            Some(0.5) => self.sqrt().demoted(exponent.quality),
            Some(n) if n == n.trunc() && n.abs() <= 1024.0 => self.powi(n as i32).demoted(exponent.quality),
            _ => through(*self, *exponent, |a, b| Interval::binary(Binary::Pow, &a, &b)),
        }
    }
}
