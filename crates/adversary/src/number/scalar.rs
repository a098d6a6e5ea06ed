//! Every operator of the expression language on the judge's numbers.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use bumpnet_interval::{Binary, Comparison, Constant, Decimal, Scalar, Unary};

use super::{Enclosure, Expansion};
use crate::dd::{Dd, LN_2, PI};

/// Accuracy of the functions, far beyond the 1e-29 that they have: of themselves, and absolutely where they cancel.
const RELATIVE: (f64, f64) = (1e-26, 1e-320);
const ABSOLUTE: (f64, f64) = (1e-26, 1e-27);

/// Digits of a literal that are read exactly; more are rounded.
const DIGITS: usize = 200;

/// The order of two numbers, if it is known.
fn order(a: &Enclosure, b: &Enclosure) -> Option<Ordering> {
    let sign = (a - b).sign()?;
    sign.partial_cmp(&0.0)
}

/// `10^k`, exactly, for small k.
fn power_of_ten(k: u32) -> Option<Expansion> {
    let factor = |value: f64, sum: Option<Expansion>| sum.and_then(|sum| sum.mul(&Expansion::from(value)?));
    let whole = (0..k / 22).fold(Expansion::from(1.0), |sum, _| factor(1e22, sum));
    (0..k % 22).fold(whole, |sum, _| factor(10.0, sum))
}

/// The digits as a number.
fn whole(digits: &str) -> Enclosure {
    let ten = Enclosure::from(10.0);
    digits.bytes().take(DIGITS).fold(Enclosure::from(0.0), |n, d| &(&n * &ten) + &Enclosure::from(f64::from(d - b'0')))
}

/// `10^k` for any k that literals have; in steps, so that nothing overflows on the way.
fn scaled(mut n: Enclosure, mut k: i64) -> Enclosure {
    while k != 0 {
        let step = k.clamp(-100, 100);
        let power = power_of_ten(step.unsigned_abs() as u32).map_or_else(Enclosure::unknown, Enclosure::exactly);
        n = if step < 0 { &n / &power } else { &n * &power };
        k -= step;
    }
    n
}

fn staircase(a: &Enclosure, f: impl Fn(Dd) -> f64) -> Enclosure {
    if a.lo.hi.is_infinite() || a.hi.hi.is_infinite() {
        return Enclosure::unknown();
    }
    Enclosure::range(f(a.lo), f(a.hi))
}

/// `-1`, `0` or `1`.
fn sign(x: Dd) -> f64 {
    x.partial_cmp(&Dd::ZERO).map_or(f64::NAN, |order| f64::from(order as i8))
}

fn floor(x: Dd) -> f64 {
    x.floor().hi
}

/// Sine, and cosine as its shift: known where the argument is narrow.
fn circular(a: &Enclosure, value: impl Fn(Dd) -> Dd) -> Enclosure {
    let width = (a.hi - a.lo).hi;
    if !(width < 1.0 && a.lo.hi.abs() < 1e6) {
        return Enclosure::unknown().clipped(-1.0, 1.0);
    }
    let middle = value((a.lo + a.hi).half());
    // The middle is off by 1e-29 of itself; slopes are at most 1.
    let radius = Dd::from(width * 0.51 + 1e-25 * (1.0 + a.lo.hi.abs()));
    Enclosure::ends(middle - radius, middle + radius).clipped(-1.0, 1.0)
}

pub(super) fn exp(a: &Enclosure) -> Enclosure {
    let end = |x: Dd, far: f64| if x.hi.abs() < 690.0 { Some(x.exp()) } else { (x.hi < 0.0).then(|| Dd::from(far)) };
    let infinite = |value: f64| Dd::from(value);
    let lo = end(a.lo, 0.0).unwrap_or(infinite(1e299));
    let hi = end(a.hi, 1e-299).unwrap_or(infinite(f64::INFINITY));
    let (lo, hi) = (super::moved(lo, -1e-26, 0.0), super::moved(hi, 1e-26, 0.0));
    Enclosure::ends(lo, hi)
}

fn ln(a: &Enclosure) -> Enclosure {
    if !(a.lo.hi > 1e-290) { Enclosure::unknown() } else { a.increasing(ABSOLUTE, Dd::ln) }
}

fn sqrt(a: &Enclosure) -> Enclosure {
    match a.lo.hi {
        lo if lo < 0.0 => Enclosure::unknown(),
        lo if lo < 1e-250 && a.hi.hi > 0.0 => {
            a.increasing((1e-15, 1e-125), |x| Dd::from(x.hi.max(0.0).sqrt())).clipped(0.0, f64::INFINITY)
        }
        _ => a.increasing(RELATIVE, Dd::sqrt).clipped(0.0, f64::INFINITY),
    }
}

fn sigmoid(a: &Enclosure) -> Enclosure {
    // By the exponential of the negative magnitude, so that it is known relative to itself.
    let one = Enclosure::from(1.0);
    let falling = |z: Dd| {
        let e = exp(&Enclosure { lo: z, hi: z, exact: None });
        &e / &(&one + &e)
    };
    let at = |z: Dd| if z.hi < 0.0 { falling(z) } else { &one - &falling(-z) };
    let (lo, hi) = (at(a.lo), at(a.hi));
    Enclosure::ends(lo.lo, hi.hi).clipped(0.0, 1.0)
}

/// `x^2`, which is not negative.
fn square(a: &Enclosure) -> Enclosure {
    let product = a * a;
    let product = if product.exact.is_none() { product.clipped(0.0, f64::INFINITY) } else { product };
    match a.sign() {
        None => {
            let most = a.magnitude();
            Enclosure::between(Dd::ZERO, most * most).clipped(0.0, f64::INFINITY)
        }
        Some(_) => product,
    }
}

fn power(a: &Enclosure, b: &Enclosure) -> Enclosure {
    let exponent = b.exact.as_ref().map(Expansion::leading);
    match exponent {
        Some((n, true)) if n.lo == 0.0 && n.hi == n.hi.trunc() && n.hi.abs() <= 64.0 => {
            let (mut base, mut result, mut left) = (a.clone(), Enclosure::from(1.0), n.hi.abs() as u32);
            while left > 0 {
                if left & 1 == 1 {
                    result = &result * &base;
                }
                base = square(&base);
                left >>= 1;
            }
            if n.hi < 0.0 { &Enclosure::from(1.0) / &result } else { result }
        }
        _ => exp(&(b * &ln(a))),
    }
}

fn abs(a: &Enclosure) -> Enclosure {
    match a.sign() {
        Some(sign) if sign < 0.0 => -a,
        Some(_) => a.clone(),
        None => Enclosure::ends(Dd::ZERO, a.magnitude()),
    }
}

thread_local! {
    /// Literals that were read before: a target is evaluated at many points.
    static KNOWN: RefCell<HashMap<Decimal, Enclosure>> = RefCell::new(HashMap::new());
}
const MOST_KNOWN: usize = 1000;

fn literal(decimal: &Decimal) -> Enclosure {
    let (digits, exponent) = decimal.parts();
    let nearest = decimal.nearest();
    // A literal that is a binary64 is known exactly.
    if (-300..=0).contains(&exponent) && digits.len() <= DIGITS {
        let back = power_of_ten(exponent.unsigned_abs()).and_then(|p| p.mul(&Expansion::from(nearest)?));
        let difference = back.zip(whole(digits).exact).and_then(|(a, b)| a.add(&b.neg()));
        if difference.is_some_and(|d| d.sign() == 0.0) {
            return Enclosure::from(nearest);
        }
    }
    let value = scaled(whole(digits), i64::from(exponent) + digits.len().saturating_sub(DIGITS) as i64);
    if digits.len() > DIGITS { value.hull(&Enclosure::from(nearest)) } else { value }
}

impl Scalar for Enclosure {
    fn literal(decimal: &Decimal) -> Enclosure {
        KNOWN.with_borrow_mut(|known| {
            if known.len() > MOST_KNOWN {
                known.clear();
            }
            known.entry(decimal.clone()).or_insert_with(|| literal(decimal)).clone()
        })
    }

    fn point(value: f64) -> Enclosure {
        Enclosure::from(value)
    }

    fn constant(constant: Constant) -> Enclosure {
        match constant {
            Constant::Pi => Enclosure::between(PI, PI),
            Constant::Tau => Enclosure::between(PI + PI, PI + PI),
            Constant::E => exp(&Enclosure::from(1.0)),
        }
    }

    fn unary(op: Unary, a: &Enclosure) -> Enclosure {
        let one = Enclosure::from(1.0);
        let over = |f: Enclosure, base: Dd| &f / &Enclosure::between(base, base);
        match op {
            Unary::Neg => -a,
            Unary::Sqrt => sqrt(a),
            Unary::Cbrt => {
                let root = exp(&(&ln(&abs(a)) / &Enclosure::from(3.0)));
                match a.sign() {
                    Some(0.0) => a.clone(),
                    Some(sign) => &Enclosure::from(sign) * &root,
                    None => Enclosure::unknown(),
                }
            }
            Unary::Exp => exp(a),
            Unary::Exp2 => exp(&(a * &Enclosure::between(LN_2, LN_2))),
            Unary::ExpM1 => &exp(a) - &one,
            Unary::Ln => ln(a),
            Unary::Ln1p => ln(&(&one + a)),
            Unary::Log2 => over(ln(a), LN_2),
            Unary::Log10 => over(ln(a), Dd::from(10.0).ln()),
            Unary::Abs => abs(a),
            Unary::Sign => match a.sign() {
                Some(sign) => Enclosure::from(sign),
                None => staircase(a, sign),
            },
            Unary::Step => match a.sign() {
                Some(sign) => Enclosure::from(f64::from(u8::from(sign >= 0.0))),
                None => Enclosure::range(0.0, 1.0),
            },
            Unary::Floor => staircase(a, floor),
            Unary::Ceil => staircase(a, |x| -floor(-x)),
            Unary::Trunc => staircase(a, |x| sign(x) * floor(x.abs())),
            Unary::Round => staircase(a, |x| sign(x) * floor(x.abs() + Dd::from(0.5))),
            Unary::Sin => circular(a, |x| x.sin_cos().0),
            Unary::Cos => circular(a, |x| x.sin_cos().1),
            Unary::Tan => &Enclosure::unary(Unary::Sin, a) / &Enclosure::unary(Unary::Cos, a),
            Unary::Asin => Enclosure::unary(Unary::Atan, &(a / &sqrt(&(&(&one - a) * &(&one + a))))),
            Unary::Acos => &Enclosure::between(PI.half(), PI.half()) - &Enclosure::unary(Unary::Asin, a),
            Unary::Atan => a
                .increasing(ABSOLUTE, |x| if x.hi.abs() > 1e25 { Dd::from(f64::NAN) } else { x.atan() })
                .clipped(-1.571, 1.571),
            Unary::Sinh => &(&exp(a) - &exp(&-a)) * &Enclosure::from(0.5),
            Unary::Cosh => &(&exp(a) + &exp(&-a)) * &Enclosure::from(0.5),
            Unary::Tanh => a.increasing(ABSOLUTE, Dd::tanh).clipped(-1.0, 1.0),
            Unary::Erf => a.increasing(ABSOLUTE, Dd::erf).clipped(-1.0, 1.0),
            Unary::Asinh => ln(&(a + &sqrt(&(&square(a) + &one)))),
            Unary::Acosh => ln(&(a + &sqrt(&(&square(a) - &one)))),
            Unary::Atanh => &ln(&(&(&one + a) / &(&one - a))) * &Enclosure::from(0.5),
            Unary::Sigmoid => sigmoid(a),
            Unary::Softplus => {
                let tail = ln(&(&one + &exp(&-&abs(a))));
                &Enclosure::binary(Binary::Max, a, &Enclosure::from(0.0)) + &tail
            }
            Unary::Sinc if a.sign() == Some(0.0) => one,
            Unary::Sinc => &Enclosure::unary(Unary::Sin, a) / a,
        }
    }

    fn binary(op: Binary, a: &Enclosure, b: &Enclosure) -> Enclosure {
        match op {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul if std::ptr::eq(a, b) => square(a),
            Binary::Mul => a * b,
            Binary::Div => a / b,
            Binary::Pow => power(a, b),
            Binary::Min => -&Enclosure::binary(Binary::Max, &-a, &-b),
            Binary::Max => match order(a, b) {
                Some(Ordering::Less) => b.clone(),
                Some(_) => a.clone(),
                None => {
                    let lo = if a.lo > b.lo { a.lo } else { b.lo };
                    let hi = if a.hi > b.hi { a.hi } else { b.hi };
                    Enclosure::ends(lo, hi)
                }
            },
            Binary::Hypot => sqrt(&(&square(a) + &square(b))),
            // No target that is generated has it.
            Binary::Atan2 => Enclosure::unknown(),
        }
    }

    fn select(
        op: Comparison,
        left: &Enclosure,
        right: &Enclosure,
        then: &Enclosure,
        otherwise: &Enclosure,
    ) -> Enclosure {
        let holds = |sign: f64| match op {
            Comparison::Less => sign < 0.0,
            Comparison::LessEqual => sign <= 0.0,
            Comparison::Greater => sign > 0.0,
            Comparison::GreaterEqual => sign >= 0.0,
            Comparison::Equal => sign == 0.0,
            Comparison::NotEqual => sign != 0.0,
        };
        match (left - right).sign() {
            Some(sign) => (if holds(sign) { then } else { otherwise }).clone(),
            None => then.hull(otherwise),
        }
    }
}
