//! Four points at a time with AVX2, chosen at run time: the operations of [`crate::table`] in the same order, without
//! fused multiply-adds, so the bits are the same.
//!
//! Rows are loaded whole and transposed, which was quicker than gathers. Eight points with one outside the domain,
//! in a crowded bucket or in a piece without a polynomial go point by point.
#![allow(unsafe_code)] // loads from rows whose indices are known to be in range, see each SAFETY

use std::arch::x86_64::*;

use crate::grid::NEAREST;
use crate::index::{CROWDED, Index, NEXT};
use crate::plan::Plan;
use crate::table::{Kind, Shared, Table};

/// Whether the processor can; if so, all values are written.
pub fn eval_into(plan: &Plan, xs: &[f64], ys: &mut [f64]) -> bool {
    if !std::arch::is_x86_feature_detected!("avx2") {
        return false;
    }
    // SAFETY: the processor has AVX2.
    unsafe { groups(plan, xs, ys) };
    true
}

#[target_feature(enable = "avx2")]
fn groups(plan: &Plan, xs: &[f64], ys: &mut [f64]) {
    let table = &plan.table;
    if let Some(row) = table.single() {
        return single(plan, row, xs, ys);
    }
    match (table.kind, table.shared.as_deref()) {
        (Kind::Constant, _) => located(plan, xs, ys, |_, pieces| constant(table, pieces)),
        (Kind::Local(2), _) => each::<false>(plan, xs, ys, |x| Some(local::<2>(table, x))),
        (Kind::Local(4), _) => each::<false>(plan, xs, ys, |x| Some(local::<4>(table, x))),
        (Kind::Local(6), _) => each::<false>(plan, xs, ys, |x| Some(local::<6>(table, x))),
        (Kind::Local(8), _) => each::<false>(plan, xs, ys, |x| Some(local::<8>(table, x))),
        (Kind::Local(12), _) => each::<false>(plan, xs, ys, |x| Some(local::<12>(table, x))),
        (Kind::Centred(4), _) => located(plan, xs, ys, |x, pieces| horner4(table, x, pieces)),
        (Kind::Centred(8), _) => located(plan, xs, ys, |x, pieces| horner::<8>(table, x, pieces)),
        (Kind::Centred(12), _) => located(plan, xs, ys, |x, pieces| horner::<12>(table, x, pieces)),
        (Kind::Centred(16), _) => located(plan, xs, ys, |x, pieces| horner::<16>(table, x, pieces)),
        (Kind::Unit, Some(shared)) => units(plan, shared, xs, ys),
        (Kind::Unit, None) | (Kind::Local(_) | Kind::Centred(_), _) => plan.eval_each(xs, ys),
    }
}

/// Steps that share a table.
#[target_feature(enable = "avx2")]
fn units(plan: &Plan, shared: &Shared, xs: &[f64], ys: &mut [f64]) {
    let table = &plan.table;
    match shared.table.kind {
        Kind::Centred(4) => located(plan, xs, ys, |x, pieces| {
            unit(table, x, pieces, shared, |t, z| horner4(t, z, buckets(&t.index, z)))
        }),
        Kind::Centred(8) => located(plan, xs, ys, |x, pieces| {
            unit(table, x, pieces, shared, |t, z| horner::<8>(t, z, buckets(&t.index, z)))
        }),
        Kind::Centred(12) => located(plan, xs, ys, |x, pieces| {
            unit(table, x, pieces, shared, |t, z| horner::<12>(t, z, buckets(&t.index, z)))
        }),
        Kind::Centred(16) => located(plan, xs, ys, |x, pieces| {
            unit(table, x, pieces, shared, |t, z| horner::<16>(t, z, buckets(&t.index, z)))
        }),
        Kind::Centred(_) | Kind::Local(_) | Kind::Constant | Kind::Unit => plan.eval_each(xs, ys),
    }
}

/// The values of one polynomial, sixteen points at a time: the centre, and the coefficients from the constant up.
#[target_feature(enable = "avx2")]
fn single(plan: &Plan, row: &[f64], xs: &[f64], ys: &mut [f64]) {
    let Some((centre, [rest @ .., last])) = row.split_first() else { return plan.eval_each(xs, ys) };
    let (xs, few) = xs.as_chunks::<16>();
    let (ys, their) = ys.as_chunks_mut::<16>();
    for (xs, ys) in xs.iter().zip(ys) {
        // SAFETY: sixteen numbers are read.
        let x = [0, 4, 8, 12].map(|k| unsafe { _mm256_loadu_pd(xs.as_ptr().add(k)) });
        let [a, b, c, d] = x.map(|x| inside(plan, x));
        if _mm256_movemask_pd(_mm256_and_pd(_mm256_and_pd(a, b), _mm256_and_pd(c, d))) != 0b1111 {
            plan.eval_each(xs, ys);
            continue;
        }
        let t = x.map(|x| _mm256_sub_pd(x, _mm256_set1_pd(*centre)));
        let mut sums = [_mm256_set1_pd(*last); 4];
        for c in rest.iter().rev() {
            let c = _mm256_set1_pd(*c);
            for (sum, t) in sums.iter_mut().zip(t) {
                *sum = _mm256_add_pd(_mm256_mul_pd(*sum, t), c);
            }
        }
        for (k, sum) in sums.into_iter().enumerate() {
            // SAFETY: sixteen numbers are written.
            unsafe { _mm256_storeu_pd(ys.as_mut_ptr().add(4 * k), sum) };
        }
    }
    plan.eval_each(few, their);
}

/// The values from the points and their pieces, found as the table's index is made.
#[target_feature(enable = "avx2")]
#[inline]
fn located(plan: &Plan, xs: &[f64], ys: &mut [f64], values: impl Fn(__m256d, [usize; 4]) -> __m256d) {
    let index = &plan.table.index;
    match (index.first.is_empty(), index.edges.is_empty()) {
        (true, true) => each::<true>(plan, xs, ys, |x| Some(values(x, buckets(index, x)))),
        (true, false) => each::<true>(plan, xs, ys, |x| even(index, x).map(|pieces| values(x, pieces))),
        (false, _) => each::<true>(plan, xs, ys, |x| searched(index, x).map(|pieces| values(x, pieces))),
    }
}

/// Two groups at a time; `values` gives nothing where a group is to go point by point. `SUMMED` is whether pieces may be
/// NaN, so that they are to be summed.
#[target_feature(enable = "avx2")]
#[inline]
fn each<const SUMMED: bool>(plan: &Plan, xs: &[f64], ys: &mut [f64], values: impl Fn(__m256d) -> Option<__m256d>) {
    let (xs, rest) = xs.as_chunks::<8>();
    let (ys, last) = ys.as_chunks_mut::<8>();
    for (xs, ys) in xs.iter().zip(ys) {
        // SAFETY: eight numbers are read.
        let (p, q) = unsafe { (_mm256_loadu_pd(xs.as_ptr()), _mm256_loadu_pd(xs.as_ptr().add(4))) };
        let inside = _mm256_movemask_pd(_mm256_and_pd(inside(plan, p), inside(plan, q))) == 0b1111;
        match if inside { values(p).zip(values(q)) } else { None } {
            Some((p, q)) if !(SUMMED && has_nan(p, q)) => {
                // SAFETY: eight numbers are written.
                unsafe {
                    _mm256_storeu_pd(ys.as_mut_ptr(), p);
                    _mm256_storeu_pd(ys.as_mut_ptr().add(4), q);
                }
            }
            _ => plan.eval_each(xs, ys),
        }
    }
    plan.eval_each(rest, last);
}

/// Which points are in the domain.
#[target_feature(enable = "avx2")]
#[inline]
fn inside(plan: &Plan, x: __m256d) -> __m256d {
    let (lo, hi) = (_mm256_set1_pd(plan.lo), _mm256_set1_pd(plan.hi));
    _mm256_and_pd(_mm256_cmp_pd::<_CMP_LE_OQ>(lo, x), _mm256_cmp_pd::<_CMP_LE_OQ>(x, hi))
}

/// Whether a value is NaN: that of a piece without a polynomial.
#[target_feature(enable = "avx2")]
#[inline]
fn has_nan(p: __m256d, q: __m256d) -> bool {
    _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_UNORD_Q>(p, q)) != 0
}

/// The position of each point, as in `Index::position`.
#[target_feature(enable = "avx2")]
#[inline]
fn position(index: &Index, x: __m256d) -> __m256d {
    _mm256_mul_pd(_mm256_sub_pd(x, _mm256_set1_pd(index.lo)), _mm256_set1_pd(index.scale))
}

/// Four numbers of 32 bits.
#[target_feature(enable = "avx2")]
#[inline]
fn four(whole: __m128i) -> [usize; 4] {
    let pairs = [_mm_cvtsi128_si64(whole), _mm_extract_epi64::<1>(whole)].map(|pair| pair as u64);
    [pairs[0] & 0xffff_ffff, pairs[0] >> 32, pairs[1] & 0xffff_ffff, pairs[1] >> 32].map(|bucket| bucket as usize)
}

/// The bucket of each point, as in `Index::bucket`: for points of the domain at most that of its end.
#[target_feature(enable = "avx2")]
#[inline]
fn buckets(index: &Index, x: __m256d) -> [usize; 4] {
    four(_mm256_cvttpd_epi32(position(index, x)))
}

/// The piece of each point where buckets are pieces with exact edges; nothing if one is next to an end of its bucket.
#[target_feature(enable = "avx2")]
#[inline]
fn even(index: &Index, x: __m256d) -> Option<[usize; 4]> {
    let position = position(index, x);
    let bucket = _mm256_cvttpd_epi32(position);
    let part = _mm256_sub_pd(position, _mm256_cvtepi32_pd(bucket));
    let after = _mm256_cmp_pd::<_CMP_GT_OQ>(part, _mm256_set1_pd(NEXT));
    let before = _mm256_cmp_pd::<_CMP_LT_OQ>(part, _mm256_set1_pd(1.0 - NEXT));
    (_mm256_movemask_pd(_mm256_and_pd(after, before)) == 0b1111).then(|| four(bucket))
}

/// The piece of each point where buckets have a list; nothing if one of them is crowded.
#[target_feature(enable = "avx2")]
#[inline]
fn searched(index: &Index, x: __m256d) -> Option<[usize; 4]> {
    // SAFETY: a point of the domain has a bucket of the list, which reaches to the bucket of the domain's end.
    let first = buckets(index, x).map(|bucket| unsafe { *index.first.get_unchecked(bucket) });
    if (first[0] | first[1] | first[2] | first[3]) & CROWDED != 0 {
        return None;
    }
    // SAFETY: a piece that a bucket names has an edge at its end; the last one's is infinite.
    let edge = first.map(|piece| unsafe { *index.edges.get_unchecked(piece as usize) });
    let edge = _mm256_set_pd(edge[3], edge[2], edge[1], edge[0]);
    let passed = _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_GE_OQ>(x, edge)) as usize;
    let [a, b, c, d] = first.map(|piece| piece as usize);
    Some([a + (passed & 1), b + (passed >> 1 & 1), c + (passed >> 2 & 1), d + (passed >> 3)])
}

/// Four numbers of the rows.
///
/// # Safety
/// They are in range.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn load(table: &Table, at: usize) -> __m256d {
    let rows = table.rows();
    debug_assert!(at + 4 <= rows.len());
    // SAFETY: the caller's promise.
    unsafe { _mm256_loadu_pd(rows.as_ptr().add(at)) }
}

/// Numbers 0 to 3 of four rows, by number.
#[target_feature(enable = "avx2")]
#[inline]
pub(crate) fn transpose([a, b, c, d]: [__m256d; 4]) -> [__m256d; 4] {
    let (ab0, ab1) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
    let (cd0, cd1) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
    [
        _mm256_permute2f128_pd::<0x20>(ab0, cd0),
        _mm256_permute2f128_pd::<0x20>(ab1, cd1),
        _mm256_permute2f128_pd::<0x31>(ab0, cd0),
        _mm256_permute2f128_pd::<0x31>(ab1, cd1),
    ]
}

#[target_feature(enable = "avx2")]
#[inline]
fn constant(table: &Table, pieces: [usize; 4]) -> __m256d {
    let rows = table.rows();
    // SAFETY: there is a row for each piece.
    let [a, b, c, d] = pieces.map(|piece| unsafe { *rows.get_unchecked(piece) });
    _mm256_set_pd(d, c, b, a)
}

#[target_feature(enable = "avx2")]
#[inline]
fn horner4(table: &Table, x: __m256d, pieces: [usize; 4]) -> __m256d {
    // SAFETY: there is a row for each piece.
    let [centre, c0, c1, c2] = transpose(pieces.map(|piece| unsafe { load(table, 4 * piece) }));
    let t = _mm256_sub_pd(x, centre);
    _mm256_add_pd(_mm256_mul_pd(_mm256_add_pd(_mm256_mul_pd(c2, t), c1), t), c0)
}

#[target_feature(enable = "avx2")]
#[inline]
fn unit(
    table: &Table,
    x: __m256d,
    pieces: [usize; 4],
    shared: &Shared,
    activation: impl Fn(&Table, __m256d) -> __m256d,
) -> __m256d {
    // SAFETY: there is a row for each piece.
    let [at, argument, base, height] = transpose(pieces.map(|piece| unsafe { load(table, 4 * piece) }));
    let z = _mm256_add_pd(_mm256_mul_pd(_mm256_sub_pd(x, at), _mm256_set1_pd(shared.weight)), argument);
    let z = _mm256_min_pd(_mm256_max_pd(z, _mm256_set1_pd(shared.lo)), _mm256_set1_pd(shared.hi));
    let s = activation(&shared.table, z);
    _mm256_add_pd(base, _mm256_mul_pd(height, s))
}

#[target_feature(enable = "avx2")]
#[inline]
fn horner<const STRIDE: usize>(table: &Table, x: __m256d, pieces: [usize; 4]) -> __m256d {
    // SAFETY: there is a row for each piece, of so many numbers.
    let block = |k: usize| transpose(pieces.map(|piece| unsafe { load(table, STRIDE * piece + 4 * k) }));
    let [centre, c0, c1, c2] = block(0);
    let t = _mm256_sub_pd(x, centre);
    let last = block(STRIDE / 4 - 1);
    let mut sum = last[3];
    let go = |sum: __m256d, c: __m256d| _mm256_add_pd(_mm256_mul_pd(sum, t), c);
    for c in [last[2], last[1], last[0]] {
        sum = go(sum, c);
    }
    for k in (1..STRIDE / 4 - 1).rev() {
        for c in block(k).into_iter().rev() {
            sum = go(sum, c);
        }
    }
    for c in [c2, c1, c0] {
        sum = go(sum, c);
    }
    sum
}

/// Pairs of numbers of four rows, by number.
#[target_feature(enable = "avx2")]
#[inline]
fn transpose_pairs([a, b, c, d]: [__m128d; 4]) -> [__m256d; 2] {
    let (ac, bd) = (_mm256_set_m128d(c, a), _mm256_set_m128d(d, b));
    [_mm256_unpacklo_pd(ac, bd), _mm256_unpackhi_pd(ac, bd)]
}

/// Polynomials in the coordinates of cells, as in `Table::local`.
#[target_feature(enable = "avx2")]
#[inline]
fn local<const STRIDE: usize>(table: &Table, x: __m256d) -> __m256d {
    let position = position(&table.index, x);
    let whole = _mm256_add_pd(position, _mm256_set1_pd(NEAREST));
    let t = _mm256_sub_pd(position, _mm256_sub_pd(whole, _mm256_set1_pd(NEAREST)));
    // The cell's number is in the lower half of each, and that is all that is multiplied.
    let scaled = _mm256_mul_epu32(_mm256_castpd_si256(whole), _mm256_set1_epi64x(STRIDE as i64));
    let mut rows = [0usize; 4];
    // SAFETY: four numbers of 64 bits are written.
    unsafe { _mm256_storeu_si256(rows.as_mut_ptr().cast(), scaled) };
    let go = |sum: __m256d, c: __m256d| _mm256_add_pd(_mm256_mul_pd(sum, t), c);
    let mut sum = None;
    let mut add = |c: __m256d| sum = Some(sum.map_or(c, |sum| go(sum, c)));
    // From the highest on, two numbers of each row at a time.
    for k in (0..STRIDE / 2).rev() {
        // SAFETY: a point of the domain has a cell, of so many numbers.
        let pair = |row: usize| unsafe { _mm_loadu_pd(table.rows().as_ptr().add(row + 2 * k)) };
        let [low, high] = transpose_pairs(rows.map(pair));
        add(high);
        add(low);
    }
    sum.unwrap_or(t)
}
