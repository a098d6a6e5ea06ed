//! Double-double arithmetic: a number as the sum of two binary64, about 31 decimal digits. It shares nothing with the
//! intervals of the product, so that a mistake there is not made here too.
//!
//! Sums and products: Knuth 1969, Dekker 1971; a sum is good to 2^-104 of itself even where it cancels.

mod functions;

use std::ops::{Add, Div, Mul, Neg, Sub};

/// `hi + lo`, with `|lo|` at most half an ulp of `hi`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Dd {
    /// The nearest binary64.
    pub hi: f64,
    /// What is missing.
    pub lo: f64,
}

/// pi.
pub(crate) const PI: Dd = Dd { hi: std::f64::consts::PI, lo: 1.224_646_799_147_353_2e-16 };
/// ln 2.
pub(crate) const LN_2: Dd = Dd { hi: std::f64::consts::LN_2, lo: 2.319_046_813_846_299_6e-17 };
/// pi to a third part.
const PI_3: f64 = -2.994_769_809_718_339_7e-33;

/// The sum as two numbers, without error (Knuth).
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let part = s - a;
    (s, (a - (s - part)) + (b - part))
}

fn split(a: f64) -> (f64, f64) {
    let c = 134_217_729.0 * a; // 2^27 + 1
    let high = c - (c - a);
    (high, a - high)
}

/// The product as two numbers, without error where nothing leaves the range of binary64 (Dekker, Veltkamp).
pub(crate) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let p = a * b;
    let ((a1, a2), (b1, b2)) = (split(a), split(b));
    (p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2)
}

impl From<f64> for Dd {
    fn from(hi: f64) -> Dd {
        Dd { hi, lo: 0.0 }
    }
}

impl Add for Dd {
    type Output = Dd;
    fn add(self, other: Dd) -> Dd {
        let (s, e) = two_sum(self.hi, other.hi);
        let (t, f) = two_sum(self.lo, other.lo);
        let (s, e) = two_sum(s, e + t);
        let (hi, lo) = two_sum(s, e + f);
        Dd { hi, lo }
    }
}

impl Neg for Dd {
    type Output = Dd;
    fn neg(self) -> Dd {
        Dd { hi: -self.hi, lo: -self.lo }
    }
}

impl Sub for Dd {
    type Output = Dd;
    fn sub(self, other: Dd) -> Dd {
        self + -other
    }
}

impl Mul for Dd {
    type Output = Dd;
    fn mul(self, other: Dd) -> Dd {
        let (p, e) = two_product(self.hi, other.hi);
        let (hi, lo) = two_sum(p, e + (self.hi * other.lo + self.lo * other.hi));
        Dd { hi, lo }
    }
}

impl Div for Dd {
    type Output = Dd;
    fn div(self, other: Dd) -> Dd {
        let first = self.hi / other.hi;
        let rest = self - other * Dd::from(first);
        let second = rest.hi / other.hi;
        let rest = rest - other * Dd::from(second);
        Dd::from(first) + Dd::from(second) + Dd::from(rest.hi / other.hi)
    }
}

impl Dd {
    /// 0.
    pub const ZERO: Dd = Dd { hi: 0.0, lo: 0.0 };
    /// 1.
    pub const ONE: Dd = Dd { hi: 1.0, lo: 0.0 };
    const NAN: Dd = Dd { hi: f64::NAN, lo: f64::NAN };

    /// The magnitude.
    pub fn abs(self) -> Dd {
        if self < Dd::ZERO { -self } else { self }
    }

    /// Half of it.
    pub fn half(self) -> Dd {
        Dd { hi: 0.5 * self.hi, lo: 0.5 * self.lo }
    }

    /// The largest integer below or at it.
    pub fn floor(self) -> Dd {
        let whole = self.hi.floor();
        let low = if whole == self.hi { self.lo.floor() } else { 0.0 };
        Dd::from(whole) + Dd::from(low)
    }

    /// The square root.
    pub fn sqrt(self) -> Dd {
        if self == Dd::ZERO {
            return self;
        }
        let guess = Dd::from(self.hi.sqrt());
        guess + (self - guess * guess) / (guess + guess)
    }
}
