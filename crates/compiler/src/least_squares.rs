//! Linear least squares by Householder reflections with column pivoting (Businger & Golub 1965; Golub & Van Loan,
//! *Matrix Computations*, 5.4.2), in a fixed order of operations.
//!
//! The columns of overlapping steps are nearly dependent, so the factorisation stops where what is left of the best
//! column is rounding noise. One factorisation holds the solutions of every smaller rank too: a solution of rank r uses
//! the r columns chosen first, and the others have weight zero.
//!
//! **Invariant:** the same bits on every machine. Sums run in eight interleaved partial sums, which compilers turn into
//! vector instructions of any width without changing the order.

/// Partial sums of a dot product: enough for the widest vector registers. Heuristic.
const LANES: usize = 8;

/// What a factorisation knows: columns in pivot order, reduced to triangular form.
#[derive(Debug)]
pub struct Factors {
    /// Column `k` holds, above its diagonal, what the earlier reflections left of it.
    columns: Vec<Vec<f64>>,
    diagonal: Vec<f64>,
    order: Vec<usize>,
    rhs: Vec<f64>,
    operations: u64,
}

impl Factors {
    /// Factors `columns` (equally long) together with the right-hand side.
    ///
    /// Columns are taken as long as the part of the best one that is orthogonal to those taken is longer than `cut_off`
    /// times the first.
    pub fn new(columns: Vec<Vec<f64>>, rhs: Vec<f64>, cut_off: f64) -> Factors {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            #[allow(unsafe_code)]
            return unsafe { Factors::with_avx2(columns, rhs, cut_off) };
        }
        Factors::factor(columns, rhs, cut_off)
    }

    /// [`factor`](Self::factor) in vectors of four: the same operations in the same order, so the same bits.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn with_avx2(columns: Vec<Vec<f64>>, rhs: Vec<f64>, cut_off: f64) -> Factors {
        Factors::factor(columns, rhs, cut_off)
    }

    #[inline(always)]
    fn factor(mut columns: Vec<Vec<f64>>, mut rhs: Vec<f64>, cut_off: f64) -> Factors {
        let (n, m) = (columns.len(), rhs.len());
        let mut order: Vec<usize> = (0..n).collect();
        let mut left: Vec<f64> = columns.iter().map(|column| dot(column, column)).collect();
        let (mut diagonal, mut operations) = (Vec::new(), 0);
        for k in 0..n.min(m) {
            let best = (k..n).fold(k, |best, j| if left[j] > left[best] { j } else { best });
            columns.swap(k, best);
            order.swap(k, best);
            left.swap(k, best);
            let length = dot(&columns[k][k..], &columns[k][k..]).sqrt();
            // Also where nothing is left at all, or not a number.
            if !(length > cut_off * diagonal.first().map_or(0.0, |d: &f64| d.abs())) {
                break;
            }
            let (done, rest) = columns.split_at_mut(k + 1);
            let reflector = &mut done[k][k..];
            let head = reflector[0];
            let turned = if head > 0.0 { -length } else { length };
            reflector[0] = head - turned;
            // v.v/2 with v = reflector: (|head| + length) length.
            let half = length * (length + head.abs());
            let mut pairs = rest.chunks_exact_mut(2);
            for pair in &mut pairs {
                let (first, second) = pair.split_at_mut(1);
                reflect_two(reflector, half, &mut first[0][k..], &mut second[0][k..]);
            }
            pairs.into_remainder().iter_mut().for_each(|column| reflect(reflector, half, &mut column[k..]));
            for (column, left) in rest.iter_mut().zip(&mut left[k + 1..]) {
                // Downdating loses digits as the column vanishes; then its length is taken anew.
                let rest = *left - column[k] * column[k];
                *left = if rest > RETAKE * *left { rest } else { dot(&column[k + 1..], &column[k + 1..]) };
            }
            reflect(reflector, half, &mut rhs[k..]);
            operations += 4 * (m - k) as u64 * (n - k) as u64;
            diagonal.push(turned);
        }
        Factors { columns, diagonal, order, rhs, operations }
    }

    /// The operations that the factorisation took, about.
    pub fn operations(&self) -> u64 {
        self.operations
    }

    /// The columns in use, in the order in which they were chosen.
    pub fn chosen(&self) -> &[usize] {
        &self.order[..self.rank()]
    }

    /// Columns that could be told apart.
    pub fn rank(&self) -> usize {
        self.diagonal.len()
    }

    /// The solution of full rank for another right-hand side.
    pub fn solve(&self, mut rhs: Vec<f64>) -> Vec<f64> {
        for k in 0..self.rank() {
            let reflector = &self.columns[k][k..];
            let half = dot(reflector, reflector) / 2.0;
            reflect(reflector, half, &mut rhs[k..]);
        }
        self.back(self.rank(), &rhs, |v| v)
    }

    /// The solution that uses the first `rank` columns, one number per column of the matrix.
    ///
    /// Each number is passed through `round` as soon as it is known, and the following ones make up for its rounding as
    /// well as they can (Babai's nearest plane, Combinatorica 6, 1986).
    pub fn solution(&self, rank: usize, round: impl Fn(f64) -> f64) -> Vec<f64> {
        self.back(rank, &self.rhs, round)
    }

    /// Back substitution.
    fn back(&self, rank: usize, rhs: &[f64], round: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut rest = rhs[..rank].to_vec();
        let mut solution = vec![0.0; self.order.len()];
        for k in (0..rank).rev() {
            let value = round(rest[k] / self.diagonal[k]);
            solution[self.order[k]] = value;
            for (rest, entry) in rest[..k].iter_mut().zip(&self.columns[k]) {
                *rest -= entry * value;
            }
        }
        solution
    }
}

/// A column's squared length is computed anew when an update leaves less than this part of it; heuristic: half the digits.
const RETAKE: f64 = 1e-8;

/// `x - v (v.x)/half`, half of `v.v`.
#[inline(always)]
fn reflect(v: &[f64], half: f64, x: &mut [f64]) {
    let factor = dot(v, x) / half;
    x.iter_mut().zip(v).for_each(|(x, v)| *x -= factor * v);
}

/// [`reflect`] of two columns, to the same bits: their sums go on side by side, and neither waits for its own last term.
#[inline(always)]
fn reflect_two(v: &[f64], half: f64, x: &mut [f64], y: &mut [f64]) {
    let parts = || v.chunks_exact(LANES).zip(x.chunks_exact(LANES)).zip(y.chunks_exact(LANES));
    let (mut in_x, mut in_y) = ([0.0; LANES], [0.0; LANES]);
    for ((v, x), y) in parts() {
        for k in 0..LANES {
            in_x[k] += v[k] * x[k];
            in_y[k] += v[k] * y[k];
        }
    }
    let done = v.len() - v.len() % LANES;
    let rest = |x: &[f64]| -> f64 { v[done..].iter().zip(&x[done..]).map(|(a, b)| a * b).sum() };
    let (by_x, by_y) = ((total(in_x) + rest(x)) / half, (total(in_y) + rest(y)) / half);
    for ((x, y), v) in x.iter_mut().zip(y).zip(v) {
        *x -= by_x * v;
        *y -= by_y * v;
    }
}

/// The sum of partial sums.
#[inline(always)]
fn total(sums: [f64; LANES]) -> f64 {
    ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
}

/// The inner product, in a fixed order.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_parts, b_parts) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = a_parts.remainder().iter().zip(b_parts.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0; LANES];
    for (a, b) in a_parts.zip(b_parts) {
        for k in 0..LANES {
            sums[k] += a[k] * b[k];
        }
    }
    total(sums) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn residual(columns: &[Vec<f64>], rhs: &[f64], solution: &[f64]) -> Vec<f64> {
        (0..rhs.len()).map(|i| rhs[i] - (0..columns.len()).map(|j| columns[j][i] * solution[j]).sum::<f64>()).collect()
    }

    #[test]
    fn residual_is_orthogonal_to_all_columns() {
        let m = 23;
        let columns: Vec<Vec<f64>> =
            (0..5).map(|j| (0..m).map(|i| (0..j).map(|_| f64::from(i) / 7.0).product()).collect()).collect();
        let rhs: Vec<f64> = (0..m).map(|i| 1.0 / (1.0 + f64::from(i))).collect();
        let factors = Factors::new(columns.clone(), rhs.clone(), 1e-14);
        assert_eq!(factors.rank(), 5);
        let rest = residual(&columns, &rhs, &factors.solution(5, |v| v));
        for column in &columns {
            assert!(dot(column, &rest).abs() <= 1e-13 * dot(column, column).sqrt(), "{}", dot(column, &rest));
        }
    }

    #[test]
    fn another_right_hand_side() {
        let columns: Vec<Vec<f64>> =
            (0..4).map(|j| (0..9).map(|i| 1.0 / (1.0 + f64::from(i) + 2.0 * f64::from(j))).collect()).collect();
        let rhs = |p: f64| (0..9).map(|i| 1.0 / (p + f64::from(i))).collect::<Vec<f64>>();
        let factors = Factors::new(columns.clone(), rhs(2.0), 1e-14);
        let own = Factors::new(columns, rhs(3.0), 1e-14).solution(4, |v| v);
        // The second column itself: all other numbers are roundings around 0, as large as the condition lets them be.
        for (a, b) in factors.solve(rhs(3.0)).iter().zip(&own) {
            assert!((a - b).abs() <= 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn dependent_columns_are_left_out() {
        let base: Vec<f64> = (0..9).map(|i| f64::from(i * i % 7)).collect();
        let twice: Vec<f64> = base.iter().map(|v| 2.0 * v).collect();
        let factors = Factors::new(vec![base.clone(), twice, vec![0.0; 9]], base.clone(), 1e-14);
        assert_eq!(factors.rank(), 1);
        let solution = factors.solution(1, |v| v);
        assert!(solution[0] == 0.0 && (solution[1] - 0.5).abs() < 1e-15 && solution[2] == 0.0, "{solution:?}");
        assert_eq!(Factors::new(vec![], vec![1.0], 1e-14).rank(), 0);
        assert_eq!(Factors::new(vec![vec![f64::NAN]], vec![1.0], 1e-14).rank(), 0);
    }

    #[test]
    fn the_same_bits_with_and_without_vectors() {
        let columns: Vec<Vec<f64>> =
            (0..21).map(|j| (0..133).map(|i| 1.0 / (1.0 + f64::from(i) + 1.7 * f64::from(j))).collect()).collect();
        let rhs: Vec<f64> = (0..133).map(|i| 1.0 / (3.0 + f64::from(i))).collect();
        let bits = |factors: Factors| {
            let all = factors.columns.iter().chain([&factors.diagonal, &factors.rhs]);
            all.map(|list| list.iter().map(|v| v.to_bits()).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        let plain = bits(Factors::factor(columns.clone(), rhs.clone(), 1e-14));
        assert_eq!(bits(Factors::new(columns, rhs, 1e-14)), plain);
    }

    #[test]
    fn later_numbers_make_up_for_the_rounding_of_earlier_ones() {
        // Two nearly equal columns: rounding both on their own leaves 0.5 of each, rounding in turn very little.
        let columns = vec![vec![1.0, 0.0], vec![1.0, 1e-3]];
        let rhs = vec![2.0, 0.5e-3];
        let factors = Factors::new(columns.clone(), rhs.clone(), 1e-14);
        let solution = factors.solution(2, |v| v.round());
        assert!(solution.iter().all(|v| v.fract() == 0.0));
        assert!(residual(&columns, &rhs, &solution).iter().all(|r| r.abs() <= 1e-3), "{solution:?}");
    }
}
