//! Powers and Chebyshev polynomials in each other, to order [`ORDER`].

use bumpnet_prove::poly::ORDER;

/// `WEIGHTS[k][j]`: the part of `T_j` in `t^k`, which is `2^(1-k) binomial(k, (k-j)/2)`, half of that for j = 0.
const WEIGHTS: [[f64; ORDER + 1]; ORDER + 1] = weights();
/// `POLYNOMIALS[j][k]`: the coefficient of `t^k` in `T_j`.
const POLYNOMIALS: [[f64; ORDER + 1]; ORDER + 1] = polynomials();

/// The part of `T_j` in `t^k`, exact.
pub fn weight(k: usize, j: usize) -> f64 {
    WEIGHTS[k][j]
}

/// What Lanczos' economisation to a degree adds to the coefficients up to that degree: multiples of Chebyshev polynomials are
/// taken off, the highest first, which costs `|a_j|` each where plain truncation would cost `2^(j-1)` times that.
pub fn cut(c: &[f64; ORDER + 1], degree: usize) -> [f64; ORDER + 1] {
    let mut change = [0.0; ORDER + 1];
    for j in (degree + 1..=ORDER).rev() {
        let leading = (c[j] + change[j]) / POLYNOMIALS[j][j];
        (0..=j).rev().step_by(2).for_each(|k| change[k] -= leading * POLYNOMIALS[j][k]);
    }
    change
}

const fn weights() -> [[f64; ORDER + 1]; ORDER + 1] {
    let mut all = [[0.0; ORDER + 1]; ORDER + 1];
    let (mut k, mut scale) = (0, 2.0);
    while k <= ORDER {
        let mut j = k % 2;
        while j <= k {
            all[k][j] = binomial(k, (k - j) / 2) * scale * if j == 0 { 0.5 } else { 1.0 };
            j += 2;
        }
        (k, scale) = (k + 1, scale / 2.0);
    }
    all
}

/// By `T_(j+1) = 2 t T_j - T_(j-1)`; whole numbers.
const fn polynomials() -> [[f64; ORDER + 1]; ORDER + 1] {
    let mut all = [[0.0; ORDER + 1]; ORDER + 1];
    (all[0][0], all[1][1]) = (1.0, 1.0);
    let mut j = 2;
    while j <= ORDER {
        let mut k = 0;
        while k <= j {
            all[j][k] = if k > 0 { 2.0 * all[j - 1][k - 1] } else { 0.0 } - all[j - 2][k];
            k += 1;
        }
        j += 1;
    }
    all
}

/// The coefficient of `t^k` in `T_j` of any order up to 48, exact: for `j - k = 2 m` and j at least 1 it is
/// `2^(k-1) j (-1)^m (j-m-1)! / (m! k!)`.
pub fn polynomial(j: usize, k: usize) -> f64 {
    if j == 0 {
        return if k == 0 { 1.0 } else { 0.0 };
    }
    let m = (j - k) / 2;
    // j/(j-m) binomial(j-m, m) is a whole number.
    let whole = (j as f64) * binomial(j - m, m) / (j - m) as f64;
    let power = if k == 0 { 0.5 } else { (1u64 << (k - 1)) as f64 };
    whole * power * if m.is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Binomial coefficient; exact for the orders here.
pub const fn binomial(n: usize, k: usize) -> f64 {
    let (mut result, mut i) = (1.0, 0);
    while i < k {
        result = result * (n - i) as f64 / (i + 1) as f64;
        i += 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        let of = |j: usize| -> Vec<f64> { (j % 2..=j).step_by(2).map(|k| POLYNOMIALS[j][k]).collect() };
        assert_eq!(of(5), [5.0, -20.0, 16.0]);
        assert_eq!(of(8), [1.0, -32.0, 160.0, -256.0, 128.0]);
        assert_eq!((binomial(15, 7), POLYNOMIALS[15][15]), (6435.0, 16384.0));
        // T_(j+1) = 2 t T_j - T_(j-1), beyond the tables too.
        let coefficient = |j: usize, k: usize| if k <= j && (j - k).is_multiple_of(2) { polynomial(j, k) } else { 0.0 };
        for j in 1..48 {
            for k in 0..=j + 1 {
                let twice = if k > 0 { 2.0 * coefficient(j, k - 1) } else { 0.0 };
                assert_eq!(coefficient(j + 1, k), twice - coefficient(j - 1, k), "{j}, {k}");
            }
        }
        for k in 0..=ORDER {
            for power in 0..=ORDER {
                let sum: f64 = POLYNOMIALS.iter().enumerate().map(|(j, t)| weight(k, j) * t[power]).sum();
                assert_eq!(sum, if power == k { 1.0 } else { 0.0 });
            }
        }
    }
}
