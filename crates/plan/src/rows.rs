//! Numbers that begin at the beginning of a cache line, so that rows are in one line each or in whole ones.

/// The numbers, from `start` on.
#[derive(Clone, Debug)]
pub struct AlignedRows<T> {
    numbers: Vec<T>,
    start: usize,
}

impl<T: Copy + Default> AlignedRows<T> {
    /// Room for one cache line more than needed is where they begin. (A clone loses that, which costs time only.)
    pub fn new(content: &[T]) -> AlignedRows<T> {
        let line = 64 / size_of::<T>();
        let mut numbers: Vec<T> = Vec::with_capacity(content.len() + line);
        let start = numbers.as_ptr().align_offset(64).min(line - 1);
        numbers.resize(start, T::default());
        numbers.extend_from_slice(content);
        AlignedRows { numbers, start }
    }

    /// All of them.
    #[inline]
    pub fn all(&self) -> &[T] {
        &self.numbers[self.start..]
    }
}
