//! What is known to be wrong with the proofs of today, by seed; whoever mends them takes the seeds off these lists.

/// Proofs that do not end.
pub const ENDLESS: &[u64] = &[];

/// Certificates that are refuted, and proofs that panic.
pub const REFUTED: &[u64] = &[];

/// Seeds of later campaigns whose certificates were refuted, and are mended: windows beyond all numbers; a sum of a composed
/// network that is too large for binary32.
pub const MENDED: &[u64] = &[77_041_245, 90_063_520];
