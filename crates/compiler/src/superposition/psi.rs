//! The inner function psi of Kolmogorov's theorem, exactly.
//!
//! It is Sprecher's function with Koeppen's correction, for which Braun and Griebel (*On a constructive proof of Kolmogorov's
//! superposition theorem*, Constructive Approximation 30, 2009) prove what is needed: it is continuous and increasing, and
//! `xi(x) = sum_p lambda_p psi(x_p)` keeps the points apart whose coordinates have k digits. It depends on the base and the
//! number of inputs, and on no target.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive};

/// `beta(r) = (n^r - 1)/(n - 1)`, or r for n = 1.
fn beta(n: usize, r: u32) -> u32 {
    (0..r).fold(0u32, |sum, power| sum.saturating_add((n as u32).saturating_pow(power)))
}

/// `gamma^-e`.
fn power(gamma: usize, e: u32) -> BigRational {
    BigRational::new(BigInt::one(), BigInt::from(gamma).pow(e))
}

/// psi at all numbers of k digits to the base gamma, in order: at `0, gamma^-k, ..., 1 - gamma^-k`.
///
/// A number's digits narrow down an interval of values. The first digit takes one of gamma equal parts. With
/// `u = gamma^-beta(r)`, the r-th digit i takes `[lo + i u, lo + (i + 1) u]` if `i < gamma - 2`; the last two share what
/// is left, on either side of `(lo + (gamma - 2) u + hi)/2`.
pub fn values(n: usize, gamma: usize, k: u32) -> Vec<BigRational> {
    let whole = (BigRational::from_integer(0.into()), BigRational::one());
    let mut parts = vec![whole];
    let two = BigRational::from_integer(2.into());
    for r in 1..=k {
        let u = power(gamma, beta(n, r));
        let mut next = Vec::with_capacity(parts.len() * gamma);
        for (lo, hi) in &parts {
            let at = |i: usize| lo + &u * BigRational::from_integer(i.into());
            if r == 1 {
                next.extend((0..gamma).map(|i| (at(i), at(i + 1))));
                continue;
            }
            let middle = (at(gamma - 2) + hi) / &two;
            next.extend((0..gamma - 2).map(|i| (at(i), at(i + 1))));
            next.push((at(gamma - 2), middle.clone()));
            next.push((middle, hi.clone()));
        }
        parts = next;
    }
    parts.into_iter().map(|(lo, _)| lo).collect()
}

/// `lambda_p = sum_r gamma^(-(p - 1) beta(r))` for `p = 1..=n`; 1 for p = 1. The terms fall so fast that those beyond the
/// twentieth binary64 of the sum are left out.
pub fn lambdas(n: usize, gamma: usize) -> Vec<BigRational> {
    let lambda = |p: usize| {
        let exponents = (1..).map(|r| beta(n, r).saturating_mul(p as u32)).take_while(|e| *e < 400);
        exponents.map(|e| power(gamma, e)).fold(BigRational::from_integer(0.into()), |sum, term| sum + term)
    };
    (0..n).map(|p| if p == 0 { BigRational::one() } else { lambda(p) }).collect()
}

/// The binary64 next to a number.
pub fn nearest(number: &BigRational) -> f64 {
    number.to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Increasing on the numbers of 1 to 4 digits, exactly; the least gap is `gamma^-beta(k)`.
    #[test]
    fn psi_is_strictly_increasing() {
        for (n, gamma) in [(2, 6), (2, 10), (3, 8), (3, 10)] {
            for k in 1..=4 {
                let values = values(n, gamma, k);
                assert_eq!(values.len(), gamma.pow(k));
                let least = values.windows(2).map(|pair| &pair[1] - &pair[0]).min().unwrap();
                let bound = power(gamma, beta(n, k));
                assert_eq!(least, bound, "n = {n}, gamma = {gamma}, {k} digits: the least gap");
            }
        }
    }

    /// The values of fewer digits are among those of more.
    #[test]
    fn more_digits_refine() {
        let (few, more) = (values(2, 6, 2), values(2, 6, 3));
        assert!(few.iter().enumerate().all(|(d, value)| more[6 * d] == *value));
        let first: Vec<f64> = values(2, 6, 2).iter().take(7).map(nearest).collect();
        let u = 1.0 / 216.0;
        assert!((first[1] - u).abs() < 1e-15 && (first[4] - 4.0 * u).abs() < 1e-15, "{first:?}");
        assert!((first[5] - (4.0 * u + 1.0 / 6.0) / 2.0).abs() < 1e-15 && (first[6] - 1.0 / 6.0).abs() < 1e-15);
    }

    #[test]
    fn sums_keep_points_of_few_digits_apart() {
        for (n, gamma, k) in [(2, 6, 1), (2, 6, 2), (3, 8, 1)] {
            let (values, lambdas) = (values(n, gamma, k), lambdas(n, gamma));
            let mut sums = vec![BigRational::from_integer(0.into())];
            for lambda in &lambdas {
                sums = sums.iter().flat_map(|sum| values.iter().map(move |value| sum + lambda * value)).collect();
            }
            sums.sort();
            let least = sums.windows(2).map(|pair| &pair[1] - &pair[0]).min().unwrap();
            assert!(least > BigRational::from_integer(0.into()), "n = {n}, gamma = {gamma}, {k} digits");
        }
    }
}
