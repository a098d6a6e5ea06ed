//! What is known to be wrong with the proofs of today, by seed; whoever mends them takes the seeds off these lists.

/// Proofs that do not end.
pub const ENDLESS: &[u64] = &[];

/// Certificates that are refuted, and proofs that panic.
pub const REFUTED: &[u64] = &[];
