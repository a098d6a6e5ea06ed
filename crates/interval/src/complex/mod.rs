//! Complex numbers: what an expression is off the real axis, and a proof that it is analytic there.
//!
//! Each operator is the analytic continuation of the real one. As a function of complex numbers it is single-valued on a
//! *domain*: the plane without its poles and its cuts, which `domain` lists.
//!
//! - Poles and cuts lie where the usual principal branches have them. On the part of the real axis where the real
//!   function is undefined or not analytic there is always a cut or a branch point. (`cbrt`, which is real for all real
//!   numbers, is cut along the imaginary axis, and continues the real cube root on either side.)
//! - A function made of pieces (`abs`, `sign`, `floor`, `min`, `if`, ...) is decided by **real parts**: `abs(z)` is `z`
//!   where `Re z > 0` and `-z` where `Re z < 0`. Its domain is the plane without the lines where the decision changes; on
//!   either side it is the continuation of the piece that stands on that part of the real axis.
//!
//! Over `f64` a [`Complex`] is an approximate value; on a cut it is NaN or the value on one side. Over
//! [`Interval`] it is a box, by the inclusion principle: it holds the values at all points of the argument boxes that lie
//! in the domain. What is more, [`is_analytic`](Complex::is_analytic) says of the result whether every operation on the
//! way was in its domain, on the whole box. The qualities mean
//!
//! - [`Continuous`](Quality::Continuous): in the domain, so analytic on a neighbourhood of the box;
//! - [`Defined`](Quality::Defined): a line between two pieces may run through the box; the values of both are enclosed;
//! - [`Partial`](Quality::Partial): a cut or a pole may be in the box, or the real function may be undefined.
//!
//! Since an operator is one single-valued function on its domain, boxes that overlap or touch continue the same function:
//! if a connected region is covered by boxes on which an expression is analytic, it is analytic on the region, and
//! on real arguments it has the real scalar's values.
//!
//! A box that is a single real number counts as a constant. So `abs(0)` is analytic in an expression, where it can only
//! stem from a constant; ask with boxes of the variable that have an interior.

mod arithmetic;
mod circular;
mod domain;
mod error;
mod exponential;
mod inverse;
mod piecewise;
mod power;
mod scalar;

use crate::interval::{Interval, Quality};
use crate::operator::{Comparison, Unary};
use crate::real::Real;
use crate::rules::{holds, mul, neg, of};

/// A complex number with parts of type `T`.
///
/// ```
/// # use bumpnet_interval::{Complex, Interval, Scalar, Unary};
/// let z = Complex::new(0.0, 1.0);
/// assert_eq!(Complex::unary(Unary::Cosh, &z).re, 0.5403023058681398); // cosh(i) = cos(1)
///
/// let side = |lo, hi| Interval::new(lo, hi).unwrap();
/// let root = |re| Complex::unary(Unary::Sqrt, &Complex::new(re, side(-0.5, 0.5)));
/// assert!(root(side(0.5, 1.0)).is_analytic());
/// assert!(!root(side(-0.5, 1.0)).is_analytic()); // the box holds the branch point 0
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Complex<T> {
    /// The real part.
    pub re: T,
    /// The imaginary part.
    pub im: T,
}

impl Complex<Interval> {
    /// Whether every operation that led to this is proved to be analytic on the whole box of its arguments.
    pub fn is_analytic(&self) -> bool {
        self.re.quality().min(self.im.quality()) == Quality::Continuous
    }

    /// Whether both parts are.
    pub fn is_bounded(&self) -> bool {
        self.re.is_bounded() && self.im.is_bounded()
    }
}

impl<T: Real> Complex<T> {
    /// A number from its parts. What is not known of one is not known of the other.
    #[inline]
    pub fn new(re: T, im: T) -> Complex<T> {
        Complex { re: re.limited_by(&im), im: im.limited_by(&re) }
    }

    /// A real number.
    #[inline]
    pub fn real(value: T) -> Complex<T> {
        Complex { re: value, im: T::point(0.0).limited_by(&value) }
    }

    /// `r (cos t + i sin t)`
    fn polar(r: T, t: T) -> Complex<T> {
        Complex::new(mul(r, of(Unary::Cos, t)), mul(r, of(Unary::Sin, t)))
    }

    /// A number of which nothing is known: the result where an operation may be undefined.
    fn unknown() -> Complex<T> {
        Complex { re: T::unknown(), im: T::unknown() }
    }

    /// The same values, of a function that is made of pieces and may not be analytic.
    fn in_pieces(self) -> Complex<T> {
        Complex { re: self.re.either(&self.re), im: self.im.either(&self.im) }
    }

    /// Whether it is known to be real.
    #[inline]
    fn is_real(&self) -> bool {
        self.im.as_point() == Some(0.0)
    }

    /// The number that it is, if it is a single real one.
    #[inline]
    fn as_constant(&self) -> Option<f64> {
        if self.is_real() { self.re.as_point() } else { None }
    }

    fn conjugate(self) -> Complex<T> {
        Complex { re: self.re, im: neg(self.im) }
    }

    /// `i z`
    fn turned(self) -> Complex<T> {
        Complex { re: neg(self.im), im: self.re }
    }

    /// `-i z`
    fn turned_back(self) -> Complex<T> {
        Complex { re: self.im, im: neg(self.re) }
    }

    /// `f` of it, for a function with `f(conj z) = conj f(z)` that is only known for imaginary parts >= 0.
    fn by_upper_half(self, f: impl Fn(Complex<T>) -> Complex<T>) -> Complex<T> {
        let zero = T::point(0.0);
        if holds(Comparison::GreaterEqual, self.im, zero) {
            f(self)
        } else if holds(Comparison::LessEqual, self.im, zero) {
            f(self.conjugate()).conjugate()
        } else {
            // Both halves of the box; their values differ in the sign of the imaginary part.
            let upper = f(Complex { im: of(Unary::Abs, self.im), ..self });
            Complex::new(upper.re, zero.plus_minus(|| upper.im.magnitude()))
        }
    }
}
