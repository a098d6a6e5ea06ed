//! Where blocks of bytes go, and how many points make one.

use std::io::Write;

use crate::context::output_error;
use crate::failure::Failure;
use crate::files::Replacement;

/// Points per block: half a megabyte of numbers, enough to share out over threads, and still in the cache when the next
/// stage takes them.
pub const BLOCK: usize = 65_536;

/// Where a text goes.
pub enum Destination<'a> {
    /// Standard output.
    Stream(&'a mut (dyn Write + Send + 'a)),
    /// A file that appears when it is finished.
    File(Replacement),
}

impl Destination<'_> {
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Destination::Stream(out) => out.write_all(bytes).map_err(output_error),
            Destination::File(file) => file.put(bytes),
        }
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Destination::Stream(out) => out.flush().map_err(output_error),
            Destination::File(file) => file.finish(),
        }
    }
}
