//! The singular value decomposition by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselic 1992: small singular
//! values are found to high relative accuracy), in a fixed order of operations.

use crate::least_squares::dot;

/// Passes over all pairs of columns; convergence is quadratic, and ten are plenty. Heuristic.
const SWEEPS: usize = 30;
/// Columns whose cosine is below this are orthogonal: a few roundings.
const ORTHOGONAL: f64 = 1e-15;
/// Columns that are this small a part of the largest are rounding, and not told apart.
const NOISE: f64 = 1e-17;

/// `A = sum_k u_k s_k v_k^T`, the largest singular value first.
pub struct Svd {
    /// Of unit length, as long as the columns of `A`.
    pub u: Vec<Vec<f64>>,
    pub s: Vec<f64>,
    /// Of unit length, as long as the rows of `A`.
    pub v: Vec<Vec<f64>>,
}

/// Of a matrix given by its columns, all equally long.
pub fn svd(columns: &[Vec<f64>]) -> Svd {
    let rows = columns.first().map_or(0, Vec::len);
    if columns.len() <= rows {
        return tall(columns.to_vec());
    }
    let transposed = (0..rows).map(|i| columns.iter().map(|column| column[i]).collect()).collect();
    let Svd { u, s, v } = tall(transposed);
    Svd { u: v, s, v: u }
}

/// Of a matrix with at least as many rows as columns.
fn tall(mut a: Vec<Vec<f64>>) -> Svd {
    let n = a.len();
    let mut v: Vec<Vec<f64>> = (0..n).map(|k| (0..n).map(|i| f64::from(u8::from(i == k))).collect()).collect();
    let least = NOISE * NOISE * a.iter().map(|column| dot(column, column)).fold(0.0, f64::max);
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let (x, y, z) = (dot(&a[p], &a[p]), dot(&a[q], &a[q]), dot(&a[p], &a[q]));
                if !(z.abs() > ORTHOGONAL * (x * y).sqrt()) || x.max(y) <= least {
                    continue;
                }
                rotated = true;
                let zeta = (y - x) / (2.0 * z);
                let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                rotate(&mut a, p, q, c, c * t);
                rotate(&mut v, p, q, c, c * t);
            }
        }
        if !rotated {
            break;
        }
    }
    let mut order: Vec<(f64, usize)> =
        a.iter().enumerate().map(|(k, column)| (dot(column, column).sqrt(), k)).collect();
    order.sort_by(|p, q| q.0.total_cmp(&p.0).then(p.1.cmp(&q.1)));
    let unit = |(s, k): &(f64, usize)| a[*k].iter().map(|x| if *s > 0.0 { x / s } else { 0.0 }).collect();
    Svd {
        u: order.iter().map(unit).collect(),
        s: order.iter().map(|(s, _)| *s).collect(),
        v: order.iter().map(|(_, k)| v[*k].clone()).collect(),
    }
}

fn rotate(columns: &mut [Vec<f64>], p: usize, q: usize, c: f64, s: f64) {
    let (left, right) = columns.split_at_mut(q);
    for (x, y) in left[p].iter_mut().zip(&mut right[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_the_matrix_together_again() {
        for (rows, count) in [(7, 4), (4, 7), (5, 5), (3, 1)] {
            let columns: Vec<Vec<f64>> = (0..count)
                .map(|j| (0..rows).map(|i| 1.0 / (1.0 + (i * i) as f64 + 1.5 * j as f64)).collect())
                .collect();
            let Svd { u, s, v } = svd(&columns);
            for (j, column) in columns.iter().enumerate() {
                for (i, entry) in column.iter().enumerate() {
                    let sum: f64 = (0..s.len()).map(|k| u[k][i] * s[k] * v[k][j]).sum();
                    assert!((sum - entry).abs() < 1e-14, "{sum} {entry}");
                }
            }
            assert!(s.windows(2).all(|pair| pair[0] >= pair[1]));
            for k in 0..s.len().min(3) {
                assert!((dot(&u[k], &u[k]) - 1.0).abs() < 1e-13 && (k == 0 || dot(&u[k], &u[0]).abs() < 1e-12));
            }
        }
    }
}
