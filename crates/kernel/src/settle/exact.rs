//! Numbers known exactly, so that it is seen whether one is zero: sums of products of powers of `pi`, `e`, `sqrt(2)`, `sin(1)`
//! and the like, with rational factors. With names for inputs they are polynomials.
//!
//! **Invariant:** A number that comes out as zero is zero, if all that it is made of has a value. What is not known to be
//! related is taken for independent, so nothing is said of a number that does not.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use bumpnet_interval::{Decimal, Unary};

/// Terms of a number. Heuristic.
const MOST_TERMS: usize = 12;
/// Factors that are multiplied out. Heuristic.
pub const MOST_FACTORS: i128 = 12;
/// Functions inside one another. Heuristic.
const DEPTH: u8 = 3;

/// A fraction in lowest terms, the lower part positive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ratio {
    /// The upper part.
    pub top: i128,
    /// The lower part.
    pub bottom: i128,
}

/// What numbers are made of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Atom {
    /// Whatever has this name.
    Named(usize),
    /// Archimedes' constant.
    Pi,
    /// A positive fraction, of which there is a power between 0 and 1.
    Root(Ratio),
    /// A function of a number, and how many functions are inside one another in it.
    Value(u8, Unary, Exact),
}

/// A product of powers.
pub type Powers = BTreeMap<Atom, Ratio>;

/// A sum of products, each with its factor; none of these is zero.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Exact(BTreeMap<Powers, Ratio>);

/// Minus one.
pub const MINUS_ONE: Ratio = Ratio { top: -1, bottom: 1 };

impl Ratio {
    /// Zero.
    pub const ZERO: Ratio = Ratio { top: 0, bottom: 1 };
    /// One.
    pub const ONE: Ratio = Ratio { top: 1, bottom: 1 };

    /// `top/bottom`, for a lower part that is not zero.
    pub fn new(top: i128, bottom: i128) -> Option<Ratio> {
        let (mut a, mut b) = (top.checked_abs()?, bottom.checked_abs()?);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a.checked_mul(bottom.signum())?;
        (bottom != 0).then(|| Ratio { top: top / divisor, bottom: bottom / divisor })
    }

    /// That of a literal of not too many digits.
    pub fn literal(decimal: &Decimal) -> Option<Ratio> {
        let (digits, exponent) = decimal.parts();
        let power = 10i128.checked_pow(exponent.unsigned_abs())?;
        let digits: i128 = digits.parse().ok()?;
        if exponent < 0 { Ratio::new(digits, power) } else { Ratio::new(digits.checked_mul(power)?, 1) }
    }

    /// That of a binary64 that is not very large or small.
    pub fn point(x: f64) -> Option<Ratio> {
        let scale = (0..64).find(|k| (x * (1u64 << k) as f64).fract() == 0.0)?;
        let top = x * (1u64 << scale) as f64;
        (top.abs() < 1e30).then(|| Ratio::new(top as i128, 1i128 << scale))?
    }

    pub(super) fn plus(self, other: Ratio) -> Option<Ratio> {
        let top = self.top.checked_mul(other.bottom)?.checked_add(other.top.checked_mul(self.bottom)?)?;
        Ratio::new(top, self.bottom.checked_mul(other.bottom)?)
    }

    pub(super) fn times(self, other: Ratio) -> Option<Ratio> {
        Ratio::new(self.top.checked_mul(other.top)?, self.bottom.checked_mul(other.bottom)?)
    }

    pub(super) fn inverse(self) -> Option<Ratio> {
        Ratio::new(self.bottom, self.top)
    }

    /// The root of a positive fraction, if it is a fraction.
    fn root(self, degree: i128) -> Option<Ratio> {
        let degree = u32::try_from(degree).ok()?;
        let of = |n: i128| {
            let (mut low, mut high) = (1, n);
            while low < high {
                let middle = low + (high - low) / 2;
                match middle.checked_pow(degree).is_some_and(|power| power < n) {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            (low.checked_pow(degree) == Some(n)).then_some(low)
        };
        Ratio::new(of(self.top)?, of(self.bottom)?)
    }

    /// A power with a whole exponent.
    fn power(self, exponent: i128) -> Option<Ratio> {
        let base = if exponent < 0 { self.inverse()? } else { self };
        let exponent = u32::try_from(exponent.unsigned_abs()).ok()?;
        Ratio::new(base.top.checked_pow(exponent)?, base.bottom.checked_pow(exponent)?)
    }

    fn is_whole(self) -> bool {
        self.bottom == 1
    }
}

impl Exact {
    /// A fraction.
    pub fn ratio(ratio: Ratio) -> Exact {
        Exact::product(Powers::new(), ratio)
    }

    /// A whole number.
    pub fn whole(n: i128) -> Exact {
        Exact::ratio(Ratio { top: n, bottom: 1 })
    }

    /// One of what numbers are made of.
    pub fn atom(atom: Atom) -> Exact {
        Exact::product(Powers::from([(atom, Ratio::ONE)]), Ratio::ONE)
    }

    fn product(product: Powers, factor: Ratio) -> Exact {
        Exact((factor.top != 0).then_some((product, factor)).into_iter().collect())
    }

    /// Whether it is certainly zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Its terms.
    pub fn terms(&self) -> impl Iterator<Item = (&Powers, Ratio)> {
        self.0.iter().map(|(product, factor)| (product, *factor))
    }

    /// The fraction that it is, if it is one.
    pub fn as_ratio(&self) -> Option<Ratio> {
        match self.terms().next() {
            None => Some(Ratio::ZERO),
            Some((product, factor)) => (product.is_empty() && self.0.len() == 1).then_some(factor),
        }
    }

    /// The sum with a multiple of another.
    pub fn plus(&self, factor: Ratio, other: &Exact) -> Option<Exact> {
        let mut sum = self.0.clone();
        for (product, term) in other.terms() {
            let before = sum.remove(product).unwrap_or(Ratio::ZERO);
            let after = before.plus(term.times(factor)?)?;
            if after.top != 0 {
                sum.insert(product.clone(), after);
            }
        }
        (sum.len() <= MOST_TERMS).then_some(Exact(sum))
    }

    /// The product.
    pub fn times(&self, other: &Exact) -> Option<Exact> {
        let mut sum = Exact::whole(0);
        for (a, x) in self.terms() {
            for (b, y) in other.terms() {
                sum = sum.plus(x.times(y)?, &multiplied(a.clone(), b)?)?;
            }
        }
        Some(sum)
    }

    /// One over it, of a single product.
    pub fn inverse(&self) -> Option<Exact> {
        self.power(MINUS_ONE)
    }

    /// A power: of what is positive by its form, or with a whole exponent.
    pub fn power(&self, exponent: Ratio) -> Option<Exact> {
        if exponent.is_whole() && (0..=MOST_FACTORS).contains(&exponent.top) {
            return (0..exponent.top).try_fold(Exact::whole(1), |power, _| power.times(self));
        }
        let ((product, factor), 1) = (self.terms().next()?, self.0.len()) else { return None };
        let positive = |atom: &Atom| matches!(atom, Atom::Pi | Atom::Root(_) | Atom::Value(_, Unary::Exp, _));
        if !(exponent.is_whole() || factor.top > 0 && product.keys().all(positive)) {
            return None;
        }
        let powers = product.iter().map(|(atom, power)| Some((atom.clone(), power.times(exponent)?)));
        let root = match exponent.is_whole() {
            true => Exact::ratio(factor.power(exponent.top)?),
            false => multiplied(Powers::new(), &Powers::from([(Atom::Root(factor), exponent)]))?,
        };
        multiplied(Powers::new(), &powers.collect::<Option<_>>()?)?.times(&root)
    }

    /// `exp` of it: a product of powers of the exponentials of its products.
    pub fn exp(&self) -> Option<Exact> {
        let power = |(product, factor): (&Powers, Ratio)| {
            Some((value(Unary::Exp, &Exact::product(product.clone(), Ratio::ONE))?, factor))
        };
        let powers: Powers = self.terms().map(power).collect::<Option<_>>()?;
        Some(Exact::product(powers, Ratio::ONE))
    }

    /// `ln` of it.
    pub fn ln(&self) -> Option<Exact> {
        let single = self.terms().next().filter(|_| self.0.len() == 1);
        match single {
            Some((product, Ratio::ONE)) if product.keys().all(|atom| matches!(atom, Atom::Value(_, Unary::Exp, _))) => {
                product.iter().try_fold(Exact::whole(0), |sum, (atom, power)| match atom {
                    Atom::Value(_, _, exponent) => sum.plus(*power, exponent),
                    _ => None,
                })
            }
            _ => Some(Exact::atom(value(Unary::Ln, self)?)),
        }
    }

    /// `sin` of it.
    pub fn sin(&self) -> Option<Exact> {
        let Some(turns) = self.times(&Exact::atom(Atom::Pi).inverse()?)?.as_ratio() else {
            // Odd: of a number and its opposite, the sine of one is taken.
            let negative = self.terms().next().is_some_and(|(_, factor)| factor.top < 0);
            let sign = Ratio { top: if negative { -1 } else { 1 }, bottom: 1 };
            let sine = Exact::atom(value(Unary::Sin, &Exact::whole(0).plus(sign, self)?)?);
            return Exact::whole(0).plus(sign, &sine);
        };
        let twelfths = turns.times(Ratio { top: 12, bottom: 1 }).filter(|t| t.is_whole());
        let Some(Ratio { top, .. }) = twelfths else {
            return Some(Exact::atom(value(Unary::Sin, self)?));
        };
        let (sign, within) = if top.rem_euclid(24) < 12 { (1, top.rem_euclid(12)) } else { (-1, top.rem_euclid(12)) };
        // sin(k pi/12) = sqrt(n)/2
        let quarter = match within.min(12 - within) {
            0 => 0,
            2 => 1,
            3 => 2,
            4 => 3,
            6 => 4,
            _ => return Some(Exact::atom(value(Unary::Sin, self)?)),
        };
        let half = Ratio { top: sign, bottom: 2 };
        match quarter {
            0 => Some(Exact::whole(0)),
            1 => Some(Exact::ratio(half)),
            4 => Some(Exact::whole(sign)),
            n => Exact::whole(n).power(Ratio { top: 1, bottom: 2 })?.times(&Exact::ratio(half)),
        }
    }

    /// The function of it, as something new.
    pub fn value(&self, op: Unary) -> Option<Exact> {
        value(op, self).map(Exact::atom)
    }

    /// The quotient of two polynomials, if it is one.
    pub fn divided_by(&self, divisor: &Exact) -> Option<Exact> {
        let (lead, factor) = divisor.leading()?;
        let (mut rest, mut quotient) = (self.clone(), Exact::whole(0));
        for _ in 0..MOST_TERMS {
            let Some((top, coefficient)) = rest.leading() else { return Some(quotient) };
            let mut powers = top.clone();
            for (atom, power) in lead {
                let less = powers.remove(atom)?.plus(Ratio { top: -power.top, ..*power })?;
                if less.top < 0 {
                    return None;
                }
                if less.top > 0 {
                    powers.insert(atom.clone(), less);
                }
            }
            let term = Exact::product(powers, coefficient.times(factor.inverse()?)?);
            rest = rest.plus(MINUS_ONE, &term.times(divisor)?)?;
            quotient = quotient.plus(Ratio::ONE, &term)?;
        }
        None
    }

    /// The term that stands first: of the highest power of the first atom, among these of the second, and so on.
    fn leading(&self) -> Option<(&Powers, Ratio)> {
        self.terms().max_by(|(a, _), (b, _)| {
            let atoms: BTreeSet<&Atom> = a.keys().chain(b.keys()).collect();
            let power = |product: &Powers, atom: &Atom| product.get(atom).copied().unwrap_or(Ratio::ZERO);
            let compared = atoms.into_iter().map(|atom| {
                let difference = power(b, atom).times(MINUS_ONE)?.plus(power(a, atom))?;
                Some(difference.top.cmp(&0))
            });
            compared.flatten().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        })
    }
}

/// The product of two, where roots of fractions may come to whole powers.
fn multiplied(mut product: Powers, other: &Powers) -> Option<Exact> {
    let mut factor = Ratio::ONE;
    for (atom, power) in other {
        let mut sum = product.remove(atom).unwrap_or(Ratio::ZERO).plus(*power)?;
        if let Atom::Root(base) = atom {
            let whole = sum.top.div_euclid(sum.bottom);
            sum = sum.plus(Ratio { top: -whole, bottom: 1 })?;
            factor = factor.times(base.power(whole)?)?;
            if let Some(root) = base.root(sum.bottom).filter(|_| sum.top != 0) {
                factor = factor.times(root.power(sum.top)?)?;
                sum = Ratio::ZERO;
            }
        }
        if sum.top != 0 {
            product.insert(atom.clone(), sum);
        }
    }
    Some(Exact::product(product, factor))
}

/// A function of a number that is nothing simpler.
fn value(op: Unary, of: &Exact) -> Option<Atom> {
    let inside = of.0.keys().flat_map(BTreeMap::keys).map(|atom| match atom {
        Atom::Value(depth, ..) => *depth,
        _ => 0,
    });
    let depth = inside.max().unwrap_or(0) + 1;
    (depth <= DEPTH).then(|| Atom::Value(depth, op, of.clone()))
}
