//! The series of `sinc(x) = sin(x)/x`, which is smooth at 0 although the quotient is not.
//!
//! `sinc(x) = integral_0^1 cos(x t) dt`, so `|sinc^(k)(x)| <= integral_0^1 t^k dt = 1/(k+1)` everywhere.

use super::circular::wave;
use super::terms::n;
use crate::fault::{Fault, active};
use crate::interval::UpperBound;
use crate::jet::{Jet, add, div, mul, neg, sub};
use crate::operator::{Binary, Comparison, Unary};
use crate::real::Real;

/// Up to this magnitude the power series at 0 is summed; its terms then stay below `8^8/9!`, about 46.
const NEAR: f64 = 8.0;

pub(super) fn sinc<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    if x.magnitude().get() <= NEAR {
        power_series(s, x, order);
    } else if T::decide(Comparison::Greater, &T::unary(Unary::Abs, &x), &T::point(1.0)) == Some(true) {
        quotient(s, x, order);
    } else {
        // Wide around 0: only the bound is known. Zero times x has the quality of x.
        let zero = mul(T::point(0.0), x);
        let mut factorial = 1.0;
        for k in 1..=order {
            factorial *= k as f64;
            s.push(zero.plus_minus(|| integral_bound(k, factorial)));
        }
    }
    let mut factorial = 1.0;
    for k in 1..=order {
        factorial *= k as f64;
        s.coefficients[k] = s.coefficients[k].bounded(|| integral_bound(k, factorial));
    }
}

/// `1/((k+1) k!)`, for `k!` rounded at most once (`22!` is the last that is exact, `23!` the last that is asked for).
fn integral_bound(k: usize, factorial: f64) -> UpperBound {
    UpperBound::ONE.div_by_lower(((k + 1) as f64 * factorial).next_down().next_down())
}

/// `x g = sin`: `g_k = (sin_k - g_{k-1})/x`. An error grows by `1/|x|` with each order.
fn quotient<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    let mut sine = Jet::from_value(T::unary(Unary::Sin, &x), order);
    wave(&mut sine, Unary::Sin, x, order);
    for k in 1..=order {
        s.push(div(sub(sine.coefficients[k], s.coefficients[k - 1]), x));
    }
}

/// `sinc(x) = sum_m (-1)^m x^(2m)/(2m+1)!`, so `g_k = sum_{2m>=k} (-1)^m binomial(2m, k) x^(2m-k)/(2m+1)!`.
///
/// The terms' ratio is `x^2 (2m+1) / ((2m+3)(2m+2-k)(2m+1-k)) <= x^2/((2m+2-k)(2m+1-k))` in magnitude. With `j = 2m - k`
/// that is below `1/16` from `j = 18` on if `|x| <= 1`, from 26 on if `|x| <= 3`, and from 38 on if `|x| <= 8`
/// (`64/(40*39)`), so what is left out after a last term of such a `j` is less than `1/15` of that term.
fn power_series<T: Real>(s: &mut Jet<T>, x: T, order: usize) {
    const CAPACITY: usize = 20;
    let least_last = match x.magnitude().get() {
        m if m <= 1.0 => 18,
        m if m <= 3.0 => 26,
        _ => 38,
    };
    let square = T::binary(Binary::Pow, &x, &T::point(2.0));
    // 1/(2m+1)! for the first m of this k
    let mut first = T::point(1.0);
    for k in 0..=order {
        let m0 = k.div_ceil(2);
        if k % 2 == 1 {
            first = div(first, n(2 * m0 * (2 * m0 + 1)));
        }
        // j = 2m - k is 0 or 1 for the first term; binomial(2m0, k) is 1 or k + 1.
        let odd = 2 * m0 - k;
        let start = if odd == 0 { first } else { mul(first, n(k + 1)) };
        let (mut coefficient, mut coefficients, mut m) = (start, [T::point(0.0); CAPACITY], m0);
        let mut count = 0;
        loop {
            coefficients[count] = if m % 2 == 0 { coefficient } else { neg(coefficient) };
            count += 1;
            if 2 * m - k >= least_last || (2 * m - k >= 10 && active(Fault::SeriesCutShort)) {
                break;
            }
            let ratio = n((2 * m + 3) * (2 * m + 2 - k) * (2 * m + 1 - k));
            coefficient = div(mul(coefficient, n(2 * m + 1)), ratio);
            m += 1;
        }
        let last = m_term(coefficient, &square, x, 2 * m - k);
        let horner = coefficients[..count].iter().rev().copied().reduce(|sum, c| add(mul(sum, square), c));
        let Some(sum) = horner else { continue };
        let sum = if odd == 0 { sum } else { mul(sum, x) };
        let sum = match active(Fault::SeriesCutShort) {
            true => sum,
            false => sum.plus_minus(|| last.magnitude().div_by_lower(15.0)),
        };
        if k > 0 {
            s.push(sum);
        }
    }
}

/// The last term, `c x^j`.
fn m_term<T: Real>(c: T, square: &T, x: T, j: usize) -> T {
    let even = mul(c, T::binary(Binary::Pow, square, &n(j / 2)));
    if j.is_multiple_of(2) { even } else { mul(even, x) }
}
