//! The steps of a proof as numbers: what a cover is made of.

/// Steps in order, where they are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    kept: bool,
    /// Codes and small numbers.
    pub steps: Vec<u32>,
    /// Places and sizes.
    pub numbers: Vec<f64>,
}

impl Log {
    /// One that keeps what it is told, or does not.
    pub fn new(kept: bool) -> Log {
        Log { kept, ..Log::default() }
    }

    /// One to be read.
    pub fn of(steps: Vec<u32>, numbers: Vec<f64>) -> Log {
        Log { kept: true, steps, numbers }
    }

    /// Whether it keeps what it is told.
    pub fn is_kept(&self) -> bool {
        self.kept
    }

    /// Takes down a code or a small number.
    #[inline]
    pub fn step(&mut self, step: u32) {
        if self.kept {
            self.steps.push(step);
        }
    }

    /// Takes down a place or a size.
    #[inline]
    pub fn number(&mut self, number: f64) {
        if self.kept {
            self.numbers.push(number);
        }
    }

    /// Goes on with the steps of another.
    pub fn append(&mut self, other: Log) {
        if self.kept {
            self.steps.extend(other.steps);
            self.numbers.extend(other.numbers);
        }
    }

    /// To read it from the beginning.
    pub fn read(&self) -> LogCursor<'_> {
        LogCursor { steps: self.steps.iter(), numbers: self.numbers.iter() }
    }
}

/// A log under way.
#[derive(Clone, Debug)]
pub struct LogCursor<'l> {
    steps: std::slice::Iter<'l, u32>,
    numbers: std::slice::Iter<'l, f64>,
}

impl LogCursor<'_> {
    /// The next code or small number.
    pub fn step(&mut self) -> Option<u32> {
        self.steps.next().copied()
    }

    /// Nothing, if all was read: what is left over belongs to no step.
    pub fn end(&self) -> Option<()> {
        (self.steps.len() == 0 && self.numbers.len() == 0).then_some(())
    }

    /// The next place or size.
    pub fn number(&mut self) -> Option<f64> {
        self.numbers.next().copied()
    }
}
