//! Elementary functions on `f64`: the same bits on every platform.
//!
//! The source is [`fpmath`], pure Rust, pinned to one version (`=` in `Cargo.toml`), whose stated error is below
//! 0.5 + 2^-10 ulp. `sqrt`, `floor`, `ceil`, `round`, `trunc` and `abs` are exact operations of IEEE 754 and come from the
//! standard library. Every other module asks here, and only here.
//!
//! # The margin of enclosures
//!
//! An enclosure takes two binary64 numbers on either side of the returned one (see `interval/monotone.rs`), so it holds
//! the exact result as long as the error is below 2 ulp. Measured, the largest error of any function used is 0.5002 ulp:
//! among 20 million arguments of each (`tests/reference/generate_hard.py` says how they were searched), the worst cases that
//! CORE-MATH knows, the arguments next to multiples of pi/2 of every exponent, results next to halfway points, and the ends of
//! domains and of binary64.
//!
//! ```console
//! cargo test -p bumpnet-interval --test fpmath_hard -- --nocapture       # the largest error of each function, in ulps
//! cargo test -p bumpnet-interval --test fpmath_accuracy -- --nocapture   # how often it is not the nearest number
//! ```
//!
//! The margin would not survive an error of 4 ulp, and need not. What makes a result hard to *round* cannot make it wrong by
//! more: a function is computed to about 2^-12 ulp, measured, and rounded once; next to a halfway point that little decides
//! between two neighbours, 0.5 ulp away each. An error of 4 ulp would be one of *computing*, ten thousand times the usual: a wrong
//! branch, coefficient or reduction. Such an error is no matter of single arguments, but of all in a cell of a table, of an
//! exponent, or next to a zero: hundreds or thousands for each function, which millions of arguments do not miss.
//! (Arguments that are hard to *reduce* are single ones. They are known, and tested one by one.) The version is pinned, its
//! arithmetic is that of IEEE 754 without fused operations, and so the tested bits are the bits that run everywhere.

use crate::operator::{Binary, Unary};

/// The value of a function of one argument; NaN outside its domain.
#[inline]
pub fn unary(op: Unary, x: f64) -> f64 {
    match op {
        Unary::Neg => -x,
        Unary::Sqrt => x.sqrt(),
        Unary::Cbrt => fpmath::cbrt(x),
        Unary::Exp => fpmath::exp(x),
        Unary::Exp2 => fpmath::exp2(x),
        Unary::ExpM1 => fpmath::exp_m1(x),
        Unary::Ln => fpmath::ln(x),
        Unary::Ln1p => fpmath::ln_1p(x),
        Unary::Log2 => fpmath::log2(x),
        Unary::Log10 => fpmath::log10(x),
        Unary::Abs => x.abs(),
        Unary::Sign => sign(x),
        Unary::Floor => x.floor(),
        Unary::Ceil => x.ceil(),
        Unary::Round => x.round(),
        Unary::Trunc => x.trunc(),
        Unary::Sin => fpmath::sin(x),
        Unary::Cos => fpmath::cos(x),
        Unary::Tan => fpmath::tan(x),
        Unary::Asin => fpmath::asin(x),
        Unary::Acos => fpmath::acos(x),
        Unary::Atan => fpmath::atan(x),
        Unary::Sinh => fpmath::sinh(x),
        Unary::Cosh => fpmath::cosh(x),
        Unary::Tanh => fpmath::tanh(x),
        Unary::Asinh => fpmath::asinh(x),
        Unary::Acosh => fpmath::acosh(x),
        Unary::Atanh => fpmath::atanh(x),
        Unary::Erf => fpmath::erf(x),
        Unary::Sigmoid => 1.0 / (1.0 + fpmath::exp(-x)),
        Unary::Softplus => x.max(0.0) + fpmath::ln_1p(fpmath::exp(-x.abs())),
        Unary::Sinc => sinc(x),
        Unary::Step => step(x),
    }
}

/// The value of an operator or function of two arguments; NaN where it is undefined.
#[inline]
pub fn binary(op: Binary, a: f64, b: f64) -> f64 {
    match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Pow => pow(a, b),
        Binary::Min if a.is_nan() || b.is_nan() => f64::NAN,
        Binary::Min => a.min(b),
        Binary::Max if a.is_nan() || b.is_nan() => f64::NAN,
        Binary::Max => a.max(b),
        Binary::Hypot => fpmath::hypot(a, b),
        Binary::Atan2 => fpmath::atan2(a, b),
    }
}

/// `a^b`. A square is one multiplication, which IEEE 754 rounds correctly.
#[inline]
fn pow(a: f64, b: f64) -> f64 {
    if b == 2.0 { a * a } else { fpmath::pow(a, b) }
}

#[inline]
fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x.abs() // 0 for both zeros, NaN for NaN
    }
}

#[inline]
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { fpmath::sin(x) / x }
}

#[inline]
fn step(x: f64) -> f64 {
    if x.is_nan() {
        f64::NAN
    } else if x >= 0.0 {
        1.0
    } else {
        0.0
    }
}
