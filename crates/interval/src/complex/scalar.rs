//! `Complex` as a scalar: which function of this module stands for which operator.

use super::domain::holds_off_cuts;
use super::{Complex, circular, error, exponential, inverse, piecewise, power};
use crate::decimal::Decimal;
use crate::operator::{Binary, Comparison, Constant, Unary};
use crate::real::Real;
use crate::scalar::Scalar;

impl<T: Real> Scalar for Complex<T> {
    fn literal(decimal: &Decimal) -> Complex<T> {
        Complex::real(T::literal(decimal))
    }

    fn point(value: f64) -> Complex<T> {
        Complex::real(T::point(value))
    }

    fn constant(constant: Constant) -> Complex<T> {
        Complex::real(T::constant(constant))
    }

    fn unary(op: Unary, z: &Complex<T>) -> Complex<T> {
        match op {
            Unary::Neg => z.negative(),
            Unary::Abs => piecewise::abs(z),
            Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc | Unary::Step => {
                piecewise::staircase(op, z)
            }
            _ if z.is_real() => on_the_axis(op, z),
            _ if holds_off_cuts(op, z) => off_the_axis(op, *z),
            _ => Complex::unknown(),
        }
    }

    fn binary(op: Binary, a: &Complex<T>, b: &Complex<T>) -> Complex<T> {
        match op {
            Binary::Add => a.plus(*b),
            Binary::Sub => a.minus(*b),
            Binary::Mul => a.times(*b),
            Binary::Div => a.over(*b),
            Binary::Pow => power::pow(a, b),
            Binary::Min | Binary::Max => piecewise::extremum(op, a, b),
            Binary::Hypot => power::hypot(a, b),
            Binary::Atan2 => inverse::atan2(a, b),
        }
    }

    fn select(
        op: Comparison,
        left: &Complex<T>,
        right: &Complex<T>,
        then: &Complex<T>,
        otherwise: &Complex<T>,
    ) -> Complex<T> {
        piecewise::select(op, left, right, then, otherwise)
    }
}

/// The real function; a real function may go on where it is not analytic, such as a square root at 0.
fn on_the_axis<T: Real>(op: Unary, z: &Complex<T>) -> Complex<T> {
    let value = Complex::real(T::unary(op, &z.re));
    if z.as_constant().is_some() || holds_off_cuts(op, z) { value } else { value.in_pieces() }
}

/// The continuation, of a number on no cut.
fn off_the_axis<T: Real>(op: Unary, z: Complex<T>) -> Complex<T> {
    match op {
        Unary::Sqrt => power::sqrt(z),
        Unary::Cbrt => power::cbrt(z),
        Unary::Exp | Unary::Exp2 | Unary::ExpM1 => exponential::exp(op, z),
        Unary::Ln => exponential::ln(z),
        Unary::Ln1p => exponential::ln_1p(z),
        Unary::Log2 => exponential::log(2.0, z),
        Unary::Log10 => exponential::log(10.0, z),
        Unary::Sin => circular::sin(z),
        Unary::Cos => circular::cos(z),
        Unary::Tan => circular::tan(z),
        Unary::Sinc => circular::sinc(z),
        Unary::Asin => inverse::asin(z),
        Unary::Acos => inverse::acos(z),
        Unary::Acosh => inverse::acosh(z),
        Unary::Atan => inverse::atan(z),
        // f(z) = -i g(i z)
        Unary::Sinh => circular::sin(z.turned()).turned_back(),
        Unary::Tanh => circular::tan(z.turned()).turned_back(),
        Unary::Asinh => inverse::asin(z.turned()).turned_back(),
        Unary::Atanh => inverse::atan(z.turned()).turned_back(),
        Unary::Cosh => circular::cos(z.turned()),
        Unary::Erf => error::erf(z),
        Unary::Sigmoid => exponential::sigmoid(z),
        Unary::Softplus => exponential::softplus(z),
        Unary::Neg => z.negative(),
        // `unary` sees to these.
        Unary::Abs | Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc | Unary::Step => {
            Complex::unknown()
        }
    }
}
