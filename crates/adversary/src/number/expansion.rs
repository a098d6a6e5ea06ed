//! Exact sums: a number as a list of binary64 that do not overlap (Shewchuk 1997).

use crate::dd::{Dd, two_product, two_sum};

/// Most parts that are kept; beyond, a number is no longer known exactly.
const MOST: usize = 24;

/// An exact number, its parts in increasing order of magnitude, none of them zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Expansion(Vec<f64>);

impl Expansion {
    /// One number; `None` if it is not finite.
    pub fn from(value: f64) -> Option<Expansion> {
        value.is_finite().then(|| Expansion(if value == 0.0 { Vec::new() } else { vec![value] }))
    }

    /// Adds one number (Shewchuk's GROW-EXPANSION, zeros left out).
    fn grow(&mut self, value: f64) -> Option<()> {
        let (mut sum, mut kept) = (value, 0);
        for k in 0..self.0.len() {
            let (next, rest) = two_sum(sum, self.0[k]);
            sum = next;
            if rest != 0.0 {
                self.0[kept] = rest;
                kept += 1;
            }
        }
        self.0.truncate(kept);
        if sum != 0.0 {
            self.0.push(sum);
        }
        (sum.is_finite() && self.0.len() <= MOST).then_some(())
    }

    /// The exact sum, if it is short enough.
    pub fn add(&self, other: &Expansion) -> Option<Expansion> {
        let mut sum = self.clone();
        other.0.iter().try_for_each(|part| sum.grow(*part))?;
        Some(sum)
    }

    /// The exact product, if no part of it leaves the range of binary64.
    pub fn mul(&self, other: &Expansion) -> Option<Expansion> {
        let mut sum = Expansion(Vec::new());
        for a in &self.0 {
            for b in &other.0 {
                let (product, rest) = two_product(*a, *b);
                let safe = product.abs() > 1e-280 && product.abs() < 1e290 && a.abs() < 1e290 && b.abs() < 1e290;
                if !safe {
                    return None;
                }
                sum.grow(rest)?;
                sum.grow(product)?;
            }
        }
        Some(sum)
    }

    /// The negative.
    pub fn neg(&self) -> Expansion {
        Expansion(self.0.iter().map(|part| -part).collect())
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> f64 {
        self.0.last().map_or(0.0, |part| part.signum())
    }

    /// The sum as a double-double number, and whether it is that exactly. Parts do not overlap, but one may be as small as a
    /// single bit, so that the two largest are not enough.
    pub fn leading(&self) -> (Dd, bool) {
        match self.0[..] {
            [] => (Dd::ZERO, true),
            [hi] => (Dd::from(hi), true),
            [lo, hi] => {
                let (hi, lo) = two_sum(hi, lo);
                (Dd { hi, lo }, true)
            }
            _ => (self.0.iter().fold(Dd::ZERO, |sum, part| sum + Dd::from(*part)), false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: f64) -> Expansion {
        Expansion::from(value).expect("finite")
    }

    #[test]
    fn nothing_is_lost() {
        let sum = [1e200, 1.0, 1e-200, -1e200, -1.0].iter().try_fold(of(0.0), |sum, x| sum.add(&of(*x)));
        assert_eq!(sum, Some(of(1e-200)));
        let product = of(0.1).mul(&of(3.0)).and_then(|p| p.add(&of(-0.3)));
        // 0.1 and 0.3 are not tenths: three times the one is more than the other.
        assert_eq!(product.map(|p| p.sign()), Some(1.0));
        assert_eq!(of(1e-200).mul(&of(1e-200)), None);
        assert_eq!(of(f64::MAX).add(&of(f64::MAX)), None);
    }
}
