//! Eight points at a time with AVX2, chosen at run time: the operations of [`SinglePlan::eval`] in the same order, without
//! fused multiply-adds, so the bits are the same. Sixteen points with one outside the domain go point by point.
#![allow(unsafe_code)] // loads from rows whose indices are known to be in range, see each SAFETY

use std::arch::x86_64::*;

use super::SinglePlan;
use crate::grid::NEAREST_SINGLE;

/// Whether the processor can; if so, all values are written.
pub fn eval_into(plan: &SinglePlan, xs: &[f32], ys: &mut [f32]) -> bool {
    if !std::arch::is_x86_feature_detected!("avx2") {
        return false;
    }
    // SAFETY: the processor has AVX2.
    unsafe {
        match plan.stride {
            2 => each::<2>(plan, xs, ys),
            4 => each::<4>(plan, xs, ys),
            8 => each::<8>(plan, xs, ys),
            _ => return false,
        }
    }
    true
}

#[target_feature(enable = "avx2")]
fn each<const STRIDE: usize>(plan: &SinglePlan, xs: &[f32], ys: &mut [f32]) {
    let (xs, rest) = xs.as_chunks::<16>();
    let (ys, last) = ys.as_chunks_mut::<16>();
    let rows = plan.rows.all();
    for (xs, ys) in xs.iter().zip(ys) {
        // SAFETY: sixteen numbers are read.
        let (p, q) = unsafe { (_mm256_loadu_ps(xs.as_ptr()), _mm256_loadu_ps(xs.as_ptr().add(8))) };
        if _mm256_movemask_ps(_mm256_and_ps(inside(plan, p), inside(plan, q))) != 0b1111_1111 {
            plan.eval_each(xs, ys);
            continue;
        }
        // SAFETY: sixteen numbers are written; all points are in the domain.
        unsafe {
            _mm256_storeu_ps(ys.as_mut_ptr(), values::<STRIDE>(plan, rows, p));
            _mm256_storeu_ps(ys.as_mut_ptr().add(8), values::<STRIDE>(plan, rows, q));
        }
    }
    plan.eval_each(rest, last);
}

/// Which points are in the domain.
#[target_feature(enable = "avx2")]
#[inline]
fn inside(plan: &SinglePlan, x: __m256) -> __m256 {
    let (lo, hi) = (_mm256_set1_ps(plan.lo), _mm256_set1_ps(plan.hi));
    _mm256_and_ps(_mm256_cmp_ps::<_CMP_LE_OQ>(lo, x), _mm256_cmp_ps::<_CMP_LE_OQ>(x, hi))
}

/// The values at eight points.
///
/// # Safety
/// All are in the domain.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn values<const STRIDE: usize>(plan: &SinglePlan, rows: &[f32], x: __m256) -> __m256 {
    let position = _mm256_mul_ps(_mm256_sub_ps(x, _mm256_set1_ps(plan.start)), _mm256_set1_ps(plan.scale));
    let whole = _mm256_add_ps(position, _mm256_set1_ps(NEAREST_SINGLE));
    let t = _mm256_sub_ps(position, _mm256_sub_ps(whole, _mm256_set1_ps(NEAREST_SINGLE)));
    let cell = _mm256_sub_epi32(_mm256_castps_si256(whole), _mm256_set1_epi32(NEAREST_SINGLE.to_bits() as i32));
    let offset = _mm256_mullo_epi32(cell, _mm256_set1_epi32(STRIDE as i32));
    let mut offsets = [0u32; 8];
    // SAFETY: eight numbers are written.
    unsafe { _mm256_storeu_si256(offsets.as_mut_ptr().cast(), offset) };
    let go = |sum: __m256, c: __m256| _mm256_add_ps(_mm256_mul_ps(sum, t), c);
    if STRIDE == 2 {
        // SAFETY: a point of the domain has a cell, of so many numbers.
        let [c0, c1] = unsafe { pairs(rows, offsets) };
        return go(c1, c0);
    }
    let mut sum = None;
    for block in (0..STRIDE / 4).rev() {
        // SAFETY: a point of the domain has a cell, of so many numbers.
        let [c0, c1, c2, c3] = unsafe { fours(rows, offsets, 4 * block) };
        for c in [c3, c2, c1, c0] {
            sum = Some(sum.map_or(c, |sum| go(sum, c)));
        }
    }
    sum.unwrap_or(t)
}

/// Two numbers of eight rows, by number.
///
/// # Safety
/// The rows are in range.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn pairs(rows: &[f32], offsets: [u32; 8]) -> [__m256; 2] {
    // SAFETY: the caller's promise; numbers of 64 bits need no alignment here.
    let two = |a: usize, b: usize| unsafe {
        let at = |k: usize| rows.as_ptr().add(offsets[k] as usize).cast::<f64>();
        _mm_castpd_ps(_mm_loadh_pd(_mm_load_sd(at(a)), at(b)))
    };
    let (low, high) = (_mm256_set_m128(two(4, 5), two(0, 1)), _mm256_set_m128(two(6, 7), two(2, 3)));
    [_mm256_shuffle_ps::<0b10_00_10_00>(low, high), _mm256_shuffle_ps::<0b11_01_11_01>(low, high)]
}

/// Four numbers of eight rows, from one on, by number.
///
/// # Safety
/// The rows are in range.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn fours(rows: &[f32], offsets: [u32; 8], from: usize) -> [__m256; 4] {
    // SAFETY: the caller's promise.
    let row = |k: usize| unsafe { _mm_loadu_ps(rows.as_ptr().add(offsets[k] as usize + from)) };
    let [a, b, c, d] = [0, 1, 2, 3].map(|k| _mm256_set_m128(row(k + 4), row(k)));
    let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
    let (ab_high, cd_high) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
    [
        _mm256_shuffle_ps::<0b01_00_01_00>(ab, cd),
        _mm256_shuffle_ps::<0b11_10_11_10>(ab, cd),
        _mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
        _mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
    ]
}
