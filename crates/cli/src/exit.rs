//! The commands' results: the process's exit codes.

/// All is well.
pub const CLEAN: u8 = 0;
/// A regression, or a gate not met.
pub const REGRESSION: u8 = 1;
/// Wrong usage or input.
pub const USAGE: u8 = 2;
/// No lock to check against.
pub const NO_LOCK: u8 = 3;
/// Ended by ctrl-C, or asked to end by the system.
pub const INTERRUPTED: u8 = 130;
