//! Directed rounding without touching the processor's rounding mode.
//!
//! IEEE 754 rounds `+ - * / sqrt` to nearest, so the exact result lies between the two neighbours of the rounded one;
//! moving one neighbour outward is therefore always enough. A bound stays where it is when the operation is known to be
//! exact:
//!
//! - A sum's rounding error is computed exactly by TwoSum (Knuth; Boldo, Graillat, Muller 2017 on its robustness: when
//!   the sum does not overflow, the error is exact, also for subnormal numbers, except that an intermediate result may
//!   overflow when an operand is the largest binary64; such an error is not finite and then not trusted).
//! - A product of factors of `m` and `n` significant bits has at most `m + n` bits, and `n` if `m = 1`; if that is at
//!   most 53 and the result is in the normal range, it is exact. The number of significant bits is 53 less the trailing
//!   zeros of the mantissa. This is cheaper than an error-free product and finds integers and dyadic fractions. A
//!   rounded result of exactly `MIN_POSITIVE` may come from an inexact subnormal product, so it does not count.
//!
//! The neighbours of a finite number come from Rump, Zimmermann, Boldo, Melquiond, *Computing predecessor and successor in
//! rounding to nearest* (BIT 49, 2009): with `u = 2^-53`, `e = u (1 + 2u) |x| + 2^-1074`, all rounded to nearest, `x - e`
//! is at most the predecessor of `x` and `x + e` at least the successor; they are equal to them for all `x` but some next
//! to the subnormal numbers. That needs no branch and no integer arithmetic.

use crate::fault::{Fault, active};

/// `u (1 + 2u)`.
const RELATIVE: f64 = 0.5 * f64::EPSILON * (1.0 + f64::EPSILON);

/// The smallest positive number, `2^-1074`.
const TINIEST: f64 = f64::from_bits(1);

/// At most the predecessor of a finite `x`, as a rule equal to it.
#[inline(always)]
pub fn below(x: f64) -> f64 {
    x - (RELATIVE * x.abs() + TINIEST)
}

/// At least the successor of a finite `x`, as a rule equal to it.
#[inline(always)]
pub fn above(x: f64) -> f64 {
    x + (RELATIVE * x.abs() + TINIEST)
}

/// `a + b` rounded down.
#[inline(always)]
pub fn add_down(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    if error.abs() < f64::INFINITY {
        if error < 0.0 && !active(Fault::AddLowerNearest) { below(sum) } else { sum }
    } else {
        overflowed(sum.next_down())
    }
}

/// `a + b` rounded up.
#[inline(always)]
pub fn add_up(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    if error.abs() < f64::INFINITY { if error > 0.0 { above(sum) } else { sum } } else { overflowed(sum.next_up()) }
}

/// Marks a branch as rare.
#[cold]
#[inline(never)]
fn overflowed(x: f64) -> f64 {
    x
}

/// The rounded sum and its rounding error (exact minus rounded), which is not finite when the sum or a step overflows.
#[inline(always)]
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// `a * b` rounded down, for factors that are not `0` and `inf`.
#[inline]
pub fn mul_down(a: f64, b: f64) -> f64 {
    let product = a * b;
    if product_is_exact(a, b, product) { product } else { product.next_down() }
}

/// `a * b` rounded up, for factors that are not `0` and `inf`.
#[inline]
pub fn mul_up(a: f64, b: f64) -> f64 {
    let product = a * b;
    if product_is_exact(a, b, product) || active(Fault::MulUpperNearest) { product } else { product.next_up() }
}

/// `a / b` rounded down, for `b` not 0 and not both infinite.
#[inline]
pub fn div_down(a: f64, b: f64) -> f64 {
    let quotient = a / b;
    match quotient_is_exact(a, b, quotient) {
        true => quotient,
        false if active(Fault::DivInward) => quotient.next_up(),
        false => quotient.next_down(),
    }
}

/// `a / b` rounded up, for `b` not 0 and not both infinite.
#[inline]
pub fn div_up(a: f64, b: f64) -> f64 {
    let quotient = a / b;
    match quotient_is_exact(a, b, quotient) {
        true => quotient,
        false if active(Fault::DivInward) => quotient.next_down(),
        false => quotient.next_up(),
    }
}

/// The square root of `x >= 0` rounded down; it neither overflows nor underflows.
#[inline]
pub fn sqrt_down(x: f64) -> f64 {
    let root = x.sqrt();
    if root_is_exact(x, root) { root } else { root.next_down() }
}

/// The square root of `x >= 0` rounded up; it neither overflows nor underflows.
#[inline]
pub fn sqrt_up(x: f64) -> f64 {
    let root = x.sqrt();
    if root_is_exact(x, root) || active(Fault::SqrtUpperNearest) { root } else { root.next_up() }
}

/// Two binary64 numbers down: below every number whose rounded value, with an error of less than 2 ulp, is `x`.
#[inline]
pub fn two_below(x: f64) -> f64 {
    x.next_down().next_down()
}

/// Two binary64 numbers up: above every number whose rounded value, with an error of less than 2 ulp, is `x`.
#[inline]
pub fn two_above(x: f64) -> f64 {
    x.next_up().next_up()
}

/// Trailing zeros of the 53-bit mantissa, 52 for a power of two and for zero.
#[inline]
fn trailing_zeros(bits: u64) -> u32 {
    (bits | 1 << 52).trailing_zeros()
}

/// Whether mantissas with at least that many trailing zeros have a product of at most 53 bits.
#[inline]
fn product_fits(a_zeros: u32, b_zeros: u32) -> bool {
    a_zeros + b_zeros >= 53 || a_zeros == 52 || b_zeros == 52
}

/// Whether every product of a bound of `(a, b)` and a bound of `(c, d)` fits 53 bits. It is exact if it is
/// [safely normal](is_safely_normal) besides.
#[inline]
pub(super) fn products_fit((a, b): (f64, f64), (c, d): (f64, f64)) -> bool {
    product_fits(trailing_zeros(a.to_bits() | b.to_bits()), trailing_zeros(c.to_bits() | d.to_bits()))
}

/// Finite, and above the subnormal numbers even before it was rounded.
#[inline]
pub(super) fn is_safely_normal(x: f64) -> bool {
    x.abs() > f64::MIN_POSITIVE && x.abs() < f64::INFINITY
}

#[inline]
fn product_is_exact(a: f64, b: f64, product: f64) -> bool {
    (is_safely_normal(product) && products_fit((a, a), (b, b))) || a == 0.0 || b == 0.0
}

#[inline]
fn quotient_is_exact(a: f64, b: f64, quotient: f64) -> bool {
    let back = quotient * b;
    (a == 0.0) || (back == a && is_safely_normal(back) && products_fit((quotient, quotient), (b, b)))
}

#[inline]
fn root_is_exact(x: f64, root: f64) -> bool {
    x == 0.0 || (root * root == x && product_is_exact(root, root, x))
}
