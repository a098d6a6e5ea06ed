//! Jets: truncated Taylor series in one variable, so that an expression yields its derivatives along with its value.
//!
//! A [`Jet`] holds the normalised coefficients `f^(k)/k!` for `k = 0..=order`. Over `f64` they are approximations; over
//! [`Interval`](crate::Interval) they are enclosures, by the inclusion principle of every operation below:
//!
//! - `Jet::variable(X, n)` over an interval `X` gives coefficients that enclose those of the function at **every** point of
//!   `X` where it has that many derivatives.
//! - So, with `m` in `X`, coefficients `c_k` at `m` and `C_n` over `X`, Taylor's theorem with Lagrange's remainder encloses
//!   the function: `f(x) in sum_{k<n} c_k (x - m)^k + C_n (x - m)^n` for all `x` in `X`, provided `C_n` is bounded and
//!   coefficient 0 over `X` has quality [`Continuous`](crate::Quality::Continuous). The rules for points without
//!   derivative see to that:
//!   - A kink (`abs`, `min`, `max`): coefficient 1 encloses the slopes of both branches, which makes it right for `n = 1`
//!     (a Lipschitz bound); all higher ones are [unknown](crate::Real::unknown), that is unbounded.
//!   - A jump (`floor`, `if`, ...): coefficient 0 encloses both sides and all others are unknown.
//!
//! Coefficients over wide intervals may be poor, but are right. What a point is next to is decided strictly: at a point
//! where two branches meet exactly, the derivative of neither is taken, because the true function may have another one.
//!
//! Each function is one Taylor series of its own at the value of its argument (`series`) and is put together with the
//! argument's jet in `Jet::compose`, the chain rule.

mod arithmetic;
mod piecewise;
mod power;
mod scalar;
mod series;

use crate::fault::{Fault, active};
use crate::real::Real;
use crate::rules::{add, div, mul, neg, square, sub};

/// The highest order that a jet can have.
pub const MAX_ORDER: usize = CAPACITY - 1;

const CAPACITY: usize = 24;

/// A truncated Taylor series with coefficients of type `T`.
///
/// A constant has no order of its own; operations between jets of different orders give the lower one.
///
/// ```
/// # use bumpnet_interval::{Binary, Jet, Scalar, Unary};
/// let x = Jet::variable(0.0, 4);
/// let f = Jet::unary(Unary::Exp, &Jet::binary(Binary::Mul, &Jet::constant(2.0), &x));
/// assert_eq!((f.coefficient(0), f.coefficient(1), f.coefficient(2)), (1.0, 2.0, 2.0));
/// ```
#[derive(Clone, Copy)]
pub struct Jet<T> {
    /// The first `used` hold the coefficients.
    coefficients: [T; CAPACITY],
    /// Coefficients from here on are zero. A jet with only the first is locally constant: zero in *every* order.
    used: u8,
    order: u8,
}

impl<T: Real> Jet<T> {
    /// A number that does not depend on the variable.
    #[inline]
    pub fn constant(value: T) -> Jet<T> {
        Jet::from_value(value, MAX_ORDER)
    }

    /// The variable at `value`, for coefficients up to `order` (at most [`MAX_ORDER`], to which larger ones are cut).
    #[inline]
    pub fn variable(value: T, order: usize) -> Jet<T> {
        let mut jet = Jet::from_value(value, order.min(MAX_ORDER));
        if order > 0 {
            jet.push(T::point(1.0));
        }
        jet
    }

    /// `value + slope t`, with coefficients in `t` up to `order` (at most [`MAX_ORDER`]). On an interval of radius `slope` they are
    /// those of Taylor's theorem for `t` in [-1, 1], of the size of their terms whatever the unit of the variable is.
    #[inline]
    pub fn line(value: T, slope: T, order: usize) -> Jet<T> {
        let mut jet = Jet::from_value(value, order.min(MAX_ORDER));
        if order > 0 {
            jet.push(slope);
        }
        jet
    }

    /// The highest order of which it knows the coefficient.
    #[inline]
    pub fn order(&self) -> usize {
        usize::from(self.order)
    }

    /// The value.
    #[inline]
    pub fn value(&self) -> T {
        self.coefficients[0]
    }

    /// The coefficient `f^(k)/k!`; unknown beyond the order.
    #[inline]
    pub fn coefficient(&self, k: usize) -> T {
        if k < self.used() {
            self.coefficients[k]
        } else if k <= self.order() {
            T::point(0.0)
        } else {
            T::unknown()
        }
    }

    /// All coefficients, from the value to that of the highest order.
    pub fn coefficients(&self) -> impl Iterator<Item = T> + '_ {
        (0..=self.order()).map(|k| self.coefficient(k))
    }

    /// Whether it is the same number around each point, not only in the orders it knows. (A jet of order 0, of which no
    /// derivative is ever known, counts too.)
    #[inline]
    pub fn is_constant(&self) -> bool {
        self.used == 1
    }

    /// A jet of which only the value is there yet.
    #[inline]
    fn from_value(value: T, order: usize) -> Jet<T> {
        let mut coefficients = [T::point(0.0); CAPACITY];
        coefficients[0] = value;
        Jet { coefficients, used: 1, order: order as u8 }
    }

    /// A jet of which nothing is known but the value.
    fn value_only(value: T, order: usize) -> Jet<T> {
        Jet { coefficients: [T::unknown(); CAPACITY], used: order as u8 + 1, order: order as u8 }.with_value(value)
    }

    #[inline]
    fn with_value(mut self, value: T) -> Jet<T> {
        self.coefficients[0] = value;
        self
    }

    /// The same jet to an order that is at most its own.
    #[inline]
    fn to_order(self, order: usize) -> Jet<T> {
        Jet { order: order as u8, used: self.used.min(order as u8 + 1), ..self }
    }

    /// Appends the next coefficient.
    #[inline]
    fn push(&mut self, coefficient: T) {
        self.coefficients[usize::from(self.used)] = coefficient;
        self.used += 1;
    }

    #[inline]
    fn used(&self) -> usize {
        usize::from(self.used)
    }

    /// The coefficients from order `places` on: those of `f(x)/(x - c)^places` over an interval around `c`, where `f` and its
    /// derivatives before that order are zero at `c`. The divided difference `f[c, ..., c, x, ..., x]` with `places` times
    /// `c` and `k + 1` times `x` is a mean of `f^(k + places)/(k + places)!` (Hermite and Genocchi's formula).
    #[must_use]
    pub fn shifted(&self, places: usize) -> Jet<T> {
        let mut result = Jet::from_value(self.coefficient(places), self.order().saturating_sub(places));
        for k in 1..self.used().saturating_sub(places) {
            result.push(self.coefficients[places + k]);
        }
        result
    }

    /// The coefficients that may be other than zero.
    #[inline]
    fn known(&self) -> &[T] {
        &self.coefficients[..self.used()]
    }

    /// The chain rule: the jet of `g(a)`, where `outer` holds the coefficients of `g` at the value of `a` (those that are
    /// missing are zero).
    ///
    /// With `d = a - a_0`, `g(a) = sum_k g_k d^k`, by Horner's scheme in `d`; `d` has no constant term, so the part that
    /// is multiplied `k` times more is needed to the order `n - k` only.
    fn compose(outer: &Jet<T>, a: &Jet<T>) -> Jet<T> {
        let order = a.order();
        let mut result = Jet::from_value(outer.value(), order);
        let outer = &outer.known()[..outer.used().min(order + 1)];
        if a.is_constant() {
            return result;
        }
        if a.used() == 2 || active(Fault::ChainRuleTruncated) {
            let mut power = a.coefficients[1];
            for (k, g) in outer.iter().enumerate().skip(1) {
                result.push(mul(*g, power));
                if k + 1 < outer.len() {
                    power = mul(power, a.coefficients[1]);
                }
            }
            return result;
        }
        let Some((first, rest)) = outer.split_last() else { return result };
        if rest.is_empty() {
            return result;
        }
        result.used = order as u8 + 1;
        let (a, c) = (a.known(), &mut result.coefficients);
        c[0] = *first;
        for (k, g) in rest.iter().enumerate().rev() {
            for i in (1..=order - k).rev() {
                // Those before c[i] are coefficients of the previous round as long as i descends.
                let last = i.min(a.len() - 1);
                c[i] = T::dot(&a[1..=last], &c[i - last..i]);
            }
            c[0] = *g;
        }
        result
    }
}

impl<T: Real + std::fmt::Debug> std::fmt::Debug for Jet<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.coefficients()).finish()
    }
}
