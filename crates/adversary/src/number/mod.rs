//! Numbers of the judge: enclosures whose ends are double-double numbers, beside the exact value as long as it is known.
//!
//! They share nothing with the product's intervals, and decide where a unit of exact weights jumps: an argument that is
//! exactly 0 is known to be. What cannot be decided or does not exist is every real number, which refutes nothing.

mod expansion;
mod scalar;

use crate::dd::Dd;
pub use expansion::Expansion;

/// What an operation on double-double numbers is off by at most, relative (the arithmetic is good to about 2^-102), and
/// absolute, where parts are too small for binary64.
const ROUNDING: (f64, f64) = (1e-28, 1e-320);

/// An enclosure of a real number.
#[derive(Clone, Debug)]
pub struct Enclosure {
    lo: Dd,
    hi: Dd,
    exact: Option<Expansion>,
}

fn moved(x: Dd, relative: f64, absolute: f64) -> Dd {
    if x.hi.is_infinite() { x } else { x + Dd::from(x.hi.abs() * relative + absolute) }
}

impl Enclosure {
    /// Every real number: nothing is known.
    pub fn unknown() -> Enclosure {
        Enclosure { lo: Dd::from(f64::NEG_INFINITY), hi: Dd::from(f64::INFINITY), exact: None }
    }

    /// This number, exactly; nothing for an infinity or a NaN.
    pub fn from(value: f64) -> Enclosure {
        Expansion::from(value).map_or_else(Enclosure::unknown, Enclosure::exactly)
    }

    /// The sum of two binary64, exactly.
    pub fn from_pair(x: Dd) -> Enclosure {
        let sum = Expansion::from(x.hi).zip(Expansion::from(x.lo)).and_then(|(hi, lo)| hi.add(&lo));
        sum.map_or_else(Enclosure::unknown, Enclosure::exactly)
    }

    fn exactly(value: Expansion) -> Enclosure {
        let (leading, whole) = value.leading();
        let (lo, hi) = if whole { (leading, leading) } else { widened(leading, leading) };
        Enclosure { lo, hi, exact: Some(value) }
    }

    /// The numbers from `lo` to `hi`, both moved outward by the rounding of one operation; all of them if that makes none.
    fn between(lo: Dd, hi: Dd) -> Enclosure {
        let (lo, hi) = widened(lo, hi);
        Enclosure::ends(lo, hi)
    }

    fn ends(lo: Dd, hi: Dd) -> Enclosure {
        let finite = |x: Dd, otherwise: f64| if x.hi.is_finite() && x.lo.is_finite() { x } else { Dd::from(otherwise) };
        Enclosure { lo: finite(lo, f64::NEG_INFINITY), hi: finite(hi, f64::INFINITY), exact: None }
    }

    /// All numbers between two binary64.
    pub fn range(lo: f64, hi: f64) -> Enclosure {
        if lo == hi { Enclosure::from(lo) } else { Enclosure::ends(Dd::from(lo), Dd::from(hi)) }
    }

    /// The smallest enclosure of both.
    pub fn hull(&self, other: &Enclosure) -> Enclosure {
        let lo = if self.lo < other.lo { self.lo } else { other.lo };
        let hi = if self.hi > other.hi { self.hi } else { other.hi };
        Enclosure::ends(lo, hi)
    }

    /// A number not above its magnitude.
    pub fn mignitude(&self) -> Dd {
        if self.lo > Dd::ZERO {
            self.lo
        } else if self.hi < Dd::ZERO {
            -self.hi
        } else {
            Dd::ZERO
        }
    }

    /// A number not below its magnitude.
    pub fn magnitude(&self) -> Dd {
        let (lo, hi) = (-self.lo, self.hi);
        if lo > hi { lo } else { hi }
    }

    /// -1, 0 or 1, if that is known.
    pub fn sign(&self) -> Option<f64> {
        match &self.exact {
            Some(exact) => Some(exact.sign()),
            None if self.lo > Dd::ZERO => Some(1.0),
            None if self.hi < Dd::ZERO => Some(-1.0),
            None => None,
        }
    }

    /// An increasing function, whose double-double is good to this part of itself and this much besides.
    fn increasing(&self, (relative, absolute): (f64, f64), f: impl Fn(Dd) -> Dd) -> Enclosure {
        let end = |x: Dd, sign: f64| {
            let y = if x.hi.is_infinite() { Dd::from(f64::NAN) } else { f(x) };
            moved(y, sign * relative, sign * absolute)
        };
        Enclosure::ends(end(self.lo, -1.0), end(self.hi, 1.0))
    }

    /// An increasing function that is made of operations on numbers.
    pub fn monotone(&self, f: impl Fn(Enclosure) -> Enclosure) -> Enclosure {
        if self.exact.is_some() {
            return f(self.clone());
        }
        let end = |x: Dd| f(Enclosure { lo: x, hi: x, exact: None });
        Enclosure::ends(end(self.lo).lo, end(self.hi).hi)
    }

    /// The same number, which is known to lie between these two; one that is known exactly stays as it is.
    pub fn within(self, lo: f64, hi: f64) -> Enclosure {
        if self.exact.is_some() { self } else { self.clipped(lo, hi) }
    }

    fn clipped(self, lo: f64, hi: f64) -> Enclosure {
        let lo = if self.lo < Dd::from(lo) { Dd::from(lo) } else { self.lo };
        let hi = if self.hi > Dd::from(hi) { Dd::from(hi) } else { self.hi };
        if lo <= hi { Enclosure { lo, hi, ..self } } else { self }
    }
}

fn widened(lo: Dd, hi: Dd) -> (Dd, Dd) {
    (moved(lo, -ROUNDING.0, -ROUNDING.1), moved(hi, ROUNDING.0, ROUNDING.1))
}

impl std::ops::Add for &Enclosure {
    type Output = Enclosure;
    fn add(self, other: &Enclosure) -> Enclosure {
        let exact = self.exact.as_ref().zip(other.exact.as_ref()).and_then(|(a, b)| a.add(b));
        exact.map_or_else(|| Enclosure::between(self.lo + other.lo, self.hi + other.hi), Enclosure::exactly)
    }
}

impl std::ops::Neg for &Enclosure {
    type Output = Enclosure;
    fn neg(self) -> Enclosure {
        Enclosure { lo: -self.hi, hi: -self.lo, exact: self.exact.as_ref().map(Expansion::neg) }
    }
}

impl std::ops::Sub for &Enclosure {
    type Output = Enclosure;
    fn sub(self, other: &Enclosure) -> Enclosure {
        self + &-other
    }
}

impl std::ops::Mul for &Enclosure {
    type Output = Enclosure;
    fn mul(self, other: &Enclosure) -> Enclosure {
        let exact = self.exact.as_ref().zip(other.exact.as_ref()).and_then(|(a, b)| a.mul(b));
        exact.map_or_else(|| corners(self, other, |a, b| a * b), Enclosure::exactly)
    }
}

/// The hull of an operation at the four corners; of no use where one of them is not finite.
fn corners(a: &Enclosure, b: &Enclosure, f: impl Fn(Dd, Dd) -> Dd) -> Enclosure {
    let at = [f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)];
    if at.iter().any(|x| !(x.hi.is_finite() && x.lo.is_finite())) {
        return Enclosure::unknown();
    }
    let (mut lo, mut hi) = (at[0], at[0]);
    for x in at {
        (lo, hi) = (if x < lo { x } else { lo }, if x > hi { x } else { hi });
    }
    Enclosure::between(lo, hi)
}

impl std::ops::Div for &Enclosure {
    type Output = Enclosure;
    fn div(self, other: &Enclosure) -> Enclosure {
        if !(other.lo > Dd::ZERO || other.hi < Dd::ZERO) {
            return Enclosure::unknown();
        }
        let ordinary = |x: Dd| (1e-140..1e140).contains(&x.hi.abs());
        if [self.lo, self.hi].into_iter().all(|x| x == Dd::ZERO || ordinary(x))
            && ordinary(other.lo)
            && ordinary(other.hi)
        {
            return corners(self, other, |a, b| a / b);
        }
        // Elsewhere the remainder may be too small for binary64, and the quotient is that of the leading parts.
        let plain = corners(self, other, |a, b| Dd::from(a.hi / b.hi));
        Enclosure::ends(moved(plain.lo, -1e-15, -1e-320), moved(plain.hi, 1e-15, 1e-320))
    }
}
