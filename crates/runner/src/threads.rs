//! Work shared out over threads, or done one after another where the feature `rayon` is off: the same results.

/// Points of one input that a thread takes at a time: 64 KiB of values, small enough to share out, large enough to hide the
/// scheduling. Of several inputs, which take longer, a quarter of that.
pub const CHUNK: usize = 8192;

/// Fills `out`, a value per point of `inputs` numbers, chunk by chunk.
#[cfg(feature = "rayon")]
pub fn fill(points: &[f64], inputs: usize, out: &mut [f64], f: impl Fn(&[f64], &mut [f64]) + Sync) {
    use rayon::prelude::*;
    let chunk = if inputs == 1 { CHUNK } else { CHUNK / 4 };
    out.par_chunks_mut(chunk).zip(points.par_chunks(chunk * inputs)).for_each(|(out, points)| f(points, out));
}

/// Fills `out`, a value per point of `inputs` numbers.
#[cfg(not(feature = "rayon"))]
pub fn fill(points: &[f64], _: usize, out: &mut [f64], f: impl Fn(&[f64], &mut [f64]) + Sync) {
    f(points, out);
}

/// The results for each item, in order.
#[cfg(feature = "rayon")]
pub fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    items.par_iter().map(f).collect()
}

/// The results for each item, in order.
#[cfg(not(feature = "rayon"))]
pub fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.iter().map(f).collect()
}
