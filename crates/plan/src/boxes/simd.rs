//! Four points at a time with AVX2, chosen at run time: the operations of [`super::table`] in the same order, without fused
//! multiply-adds, so the bits are the same.
//!
//! A row's numbers are vectors of four powers of the lane, used as they lie there; only what Horner's scheme in the other
//! inputs leaves is transposed, four points of it.
#![allow(unsafe_code)] // loads from rows whose indices are known to be in range, see each SAFETY

use std::arch::x86_64::*;

use super::shape::LANES;
use super::table::BoxTable;
use super::terms::MOST_INPUTS;
use crate::simd::transpose;

/// One number for each of four points.
type Four = __m256d;

/// Points whose rows are found before any is read, so that these are on their way from the caches meanwhile. Heuristic.
const BATCH: usize = 32;
/// Cache lines of a row that are asked for, in tables of more bytes than that; the processor fetches the next ones itself.
/// Heuristic: in smaller ones asking costs more than it brings.
const ASKED: (usize, usize) = (2, 1 << 19);

/// If the processor can, the values of as many of the first points as there are whole fours of, and how many these are.
/// `elsewhere` is told the first number of each four points of which one is not in the domain, and given their values.
pub fn eval_into(
    table: &BoxTable,
    points: &[f64],
    values: &mut [f64],
    elsewhere: impl FnMut(usize, &mut [f64]),
) -> usize {
    if !std::arch::is_x86_feature_detected!("avx2") {
        return 0;
    }
    // SAFETY: the processor has AVX2.
    unsafe {
        match table.axes.len() {
            2 => batches::<2>(table, points, values, elsewhere),
            3 => batches::<3>(table, points, values, elsewhere),
            4 => batches::<4>(table, points, values, elsewhere),
            _ => 0,
        }
    }
}

/// Some points' rows and places in their cells.
struct Places<const D: usize> {
    starts: [u32; BATCH],
    places: [[f64; BATCH]; D],
    /// For each four points whether all are in the domain.
    inside: [bool; BATCH / 4],
}

#[target_feature(enable = "avx2")]
fn batches<const D: usize>(
    table: &BoxTable,
    points: &[f64],
    values: &mut [f64],
    mut elsewhere: impl FnMut(usize, &mut [f64]),
) -> usize {
    let lane = table.shape.lane;
    let mut others = [0; MOST_INPUTS];
    table.shape.others().zip(&mut others).for_each(|(k, other)| *other = k);
    let others: [usize; 3] = [others[0].min(D - 1), others[1].min(D - 1), others[2].min(D - 1)];
    let (groups, _) = values.as_chunks_mut::<4>();
    let done = 4 * groups.len();
    let mut batch = Places::<D> { starts: [0; BATCH], places: [[0.0; BATCH]; D], inside: [true; BATCH / 4] };
    let asked = if table.bytes() > ASKED.1 { table.stride().div_ceil(8).min(ASKED.0) } else { 0 };
    let mut first = 0;
    for (points, groups) in points.chunks(BATCH * D).zip(groups.chunks_mut(BATCH / 4)) {
        for (k, points) in points.chunks_exact(4 * D).enumerate() {
            find(table, asked, points, k, &mut batch);
        }
        for (k, values) in groups.iter_mut().enumerate() {
            let sum = horner(table, &batch, k, lane, others);
            // SAFETY: four numbers are written.
            unsafe { _mm256_storeu_pd(values.as_mut_ptr(), sum) };
            if !batch.inside[k] {
                elsewhere(first + 4 * k, values);
            }
        }
        first += BATCH;
    }
    done
}

/// For each of four points its row, which is asked for, its place in the cell, and whether all are in the domain.
#[target_feature(enable = "avx2")]
#[inline]
fn find<const D: usize>(table: &BoxTable, asked: usize, points: &[f64], k: usize, batch: &mut Places<D>) {
    let mut cell = _mm_setzero_si128();
    let mut inside = _mm256_castsi256_pd(_mm256_set1_epi64x(-1));
    for (axis, (side, places)) in table.axes.iter().zip(&mut batch.places).enumerate() {
        let x = _mm256_set_pd(points[3 * D + axis], points[2 * D + axis], points[D + axis], points[axis]);
        let (lo, hi) = (_mm256_set1_pd(side.lo), _mm256_set1_pd(side.hi));
        // NaN becomes the second operand.
        let clamped = _mm256_min_pd(_mm256_max_pd(x, lo), hi);
        inside = _mm256_and_pd(inside, _mm256_cmp_pd::<_CMP_EQ_OQ>(x, clamped));
        let position = _mm256_mul_pd(_mm256_sub_pd(clamped, lo), _mm256_set1_pd(side.scale));
        let at = _mm_min_epi32(_mm256_cvttpd_epi32(position), _mm_set1_epi32(side.cells as i32 - 1));
        let place = _mm256_sub_pd(_mm256_sub_pd(position, _mm256_cvtepi32_pd(at)), _mm256_set1_pd(0.5));
        cell = _mm_add_epi32(_mm_mullo_epi32(cell, _mm_set1_epi32(side.cells as i32)), at);
        let places = &mut places[4 * k..][..4];
        // SAFETY: four numbers are written.
        unsafe { _mm256_storeu_pd(places.as_mut_ptr(), place) };
    }
    batch.inside[k] = _mm256_movemask_pd(inside) == 0b1111;
    let start = _mm_mullo_epi32(cell, _mm_set1_epi32(table.stride() as i32));
    let starts = &mut batch.starts[4 * k..][..4];
    // SAFETY: four numbers are written.
    unsafe { _mm_storeu_si128(starts.as_mut_ptr().cast(), start) };
    for start in starts {
        for line in 0..asked {
            // SAFETY: what is asked for need not be there; it is all the same.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(table.rows().as_ptr().add(*start as usize + 8 * line).cast()) };
        }
    }
}

/// Four rows, and how far they are read.
struct FourRows {
    rows: [*const f64; 4],
    read: usize,
}

/// The values of four points.
#[target_feature(enable = "avx2")]
#[inline]
fn horner<const D: usize>(table: &BoxTable, batch: &Places<D>, k: usize, lane: usize, others: [usize; 3]) -> Four {
    let first = table.rows().as_ptr();
    let starts = &batch.starts[4 * k..][..4];
    debug_assert!(starts.iter().all(|start| *start as usize + table.stride() <= table.rows().len()));
    // SAFETY: each cell of the table has a row.
    let rows = unsafe {
        [
            first.add(starts[0] as usize),
            first.add(starts[1] as usize),
            first.add(starts[2] as usize),
            first.add(starts[3] as usize),
        ]
    };
    let mut rows = FourRows { rows, read: 0 };
    // SAFETY: four numbers are read.
    let x = unsafe { _mm256_loadu_pd(batch.places[lane][4 * k..][..4].as_ptr()) };
    let square = _mm256_mul_pd(x, x);
    let fourth = _mm256_mul_pd(square, square);
    let mut degrees = table.shape.degrees.iter().rev();
    let mut sum = cubic(block::<D>(&mut rows, batch, k, others, degrees.next().copied().unwrap_or(0)), x, square);
    for degree in degrees {
        sum = plus(cubic(block::<D>(&mut rows, batch, k, others, *degree), x, square), sum, fourth);
    }
    sum
}

/// `c + a x`.
#[target_feature(enable = "avx2")]
#[inline]
fn plus(c: Four, a: Four, x: Four) -> Four {
    _mm256_add_pd(c, _mm256_mul_pd(a, x))
}

/// Four powers of the lane, added up.
#[target_feature(enable = "avx2")]
#[inline]
fn cubic(sums: [Four; 4], x: Four, square: Four) -> Four {
    let [c0, c1, c2, c3] = transpose(sums);
    plus(plus(c0, c1, x), plus(c2, c3, x), square)
}

/// The factors of four powers of the lane, for each point.
#[target_feature(enable = "avx2")]
#[inline]
fn block<const D: usize>(
    rows: &mut FourRows,
    batch: &Places<D>,
    k: usize,
    others: [usize; 3],
    degree: usize,
) -> [Four; 4] {
    let x = spread(&batch.places[others[0]], k);
    match D {
        2 => line(rows, &x, degree),
        3 => square(rows, [&x, &spread(&batch.places[others[1]], k)], degree),
        _ => cube(rows, [&x, &spread(&batch.places[others[1]], k), &spread(&batch.places[others[2]], k)], degree),
    }
}

/// Each of four points' number in all four lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn spread(places: &[f64; BATCH], k: usize) -> [Four; 4] {
    let places = &places[4 * k..][..4];
    [_mm256_set1_pd(places[0]), _mm256_set1_pd(places[1]), _mm256_set1_pd(places[2]), _mm256_set1_pd(places[3])]
}

/// The next four numbers of each row.
#[target_feature(enable = "avx2")]
#[inline]
fn next(rows: &mut FourRows) -> [Four; 4] {
    let at = rows.read;
    rows.read += LANES;
    // SAFETY: a row holds so many vectors as the scheme takes of it, which `Shape::row` writes in the same order.
    unsafe {
        [
            _mm256_loadu_pd(rows.rows[0].add(at)),
            _mm256_loadu_pd(rows.rows[1].add(at)),
            _mm256_loadu_pd(rows.rows[2].add(at)),
            _mm256_loadu_pd(rows.rows[3].add(at)),
        ]
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn step(sum: [Four; 4], x: &[Four; 4], c: [Four; 4]) -> [Four; 4] {
    [plus(c[0], sum[0], x[0]), plus(c[1], sum[1], x[1]), plus(c[2], sum[2], x[2]), plus(c[3], sum[3], x[3])]
}

/// Horner's scheme in one input.
#[target_feature(enable = "avx2")]
#[inline]
fn line(rows: &mut FourRows, x: &[Four; 4], degree: usize) -> [Four; 4] {
    let mut sum = next(rows);
    for _ in 0..degree {
        let c = next(rows);
        sum = step(sum, x, c);
    }
    sum
}

/// In two.
#[target_feature(enable = "avx2")]
#[inline]
fn square(rows: &mut FourRows, [x, y]: [&[Four; 4]; 2], degree: usize) -> [Four; 4] {
    let mut sum = next(rows);
    for power in 1..=degree {
        let c = line(rows, y, power);
        sum = step(sum, x, c);
    }
    sum
}

/// In three.
#[target_feature(enable = "avx2")]
#[inline]
fn cube(rows: &mut FourRows, [x, y, z]: [&[Four; 4]; 3], degree: usize) -> [Four; 4] {
    let mut sum = next(rows);
    for power in 1..=degree {
        let c = square(rows, [y, z], power);
        sum = step(sum, x, c);
    }
    sum
}
