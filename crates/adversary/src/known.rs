//! What is known to be wrong with the proofs of today, by seed; whoever mends them takes the seeds off these lists.

/// Proofs that do not end.
pub const ENDLESS: &[u64] = &[];

/// Certificates that are refuted, and proofs that panic.
pub const REFUTED: &[u64] = &[];

/// Seeds of later campaigns whose certificates were refuted, and are mended: windows beyond all numbers; a sum of a composed
/// network that is too large for binary32; the sign of a sum without a weight at inputs below 1e-140 (four seeds); bases that
/// overflow behind an output neuron that is upright, which no proof of that form spoke of.
pub const MENDED: &[u64] = &[77_041_245, 90_063_520, 200_023_738, 200_024_059, 200_030_374, 200_034_913, 300_041_091];
