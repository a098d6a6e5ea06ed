//! Powers with a constant exponent, square and cube root.

use super::terms::{n, recip};
use crate::jet::{Jet, div, mul, sub};
use crate::operator::{Binary, Comparison};
use crate::real::Real;

/// `x^(1/2)`: `g_k = g_{k-1} (3/2 - k)/(k x)`, that is `sqrt(x) (1/x)^k` times the binomial coefficient.
pub(super) fn sqrt<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let inverse = recip(x);
    let mut term = s.value();
    for k in 1..=order {
        // (1/2 - (k - 1))/k = (3 - 2k)/2k
        term = mul(div(mul(term, T::point(3.0 - 2.0 * k as f64)), n(2 * k)), inverse);
        s.push(term);
    }
}

/// `x^(1/3)`: `g_k = g_{k-1} (4/3 - k)/(k x)`.
pub(super) fn cbrt<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let inverse = recip(x);
    let mut term = s.value();
    for k in 1..=order {
        term = mul(div(mul(term, T::point(4.0 - 3.0 * k as f64)), n(3 * k)), inverse);
        s.push(term);
    }
}

/// `x^r` for a constant `r`: `g_k = binomial(r, k) x^(r - k)`.
///
/// Each power is taken of `x` itself, so it is right and tight also where `x` contains zero. A natural `r` has no
/// coefficients beyond the `r`-th.
pub(in crate::jet) fn power<T: Real>(x: T, r: T, order: usize) -> Jet<T> {
    let mut series = Jet::from_value(T::binary(Binary::Pow, &x, &r), order);
    let mut binomial = T::point(1.0);
    for k in 1..=order {
        if r.as_point() == Some((k - 1) as f64) {
            break;
        }
        binomial = div(mul(binomial, sub(r, n(k - 1))), n(k));
        let term = mul(binomial, T::binary(Binary::Pow, &x, &sub(r, n(k))));
        // If r is not known exactly but may be a natural number below k, the coefficient may be 0, even where the power
        // is undefined.
        let may_vanish = T::decide(Comparison::NotEqual, &binomial, &T::point(0.0)) != Some(true);
        series.push(if may_vanish { term.either(&T::point(0.0)) } else { term });
    }
    series
}
