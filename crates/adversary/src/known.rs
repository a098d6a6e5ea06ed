//! What is known to be wrong with the proofs of today, by seed; whoever mends them takes the seeds off these lists.

/// Proofs that do not end.
pub const ENDLESS: &[u64] = &[821, 1331, 1990, 2040, 2278];

/// Certificates that are refuted, and proofs that panic.
pub const REFUTED: &[u64] = &[
    2, 116, 138, 140, 187, 189, 201, 211, 228, 262, 272, 332, 363, 434, 439, 465, 475, 494, 509, 521, 523, 574, 583,
    593, 621, 626, 636, 639, 676, 689, 690, 697, 780, 796, 889, 904, 910, 917, 925, 934, 943, 1007, 1048, 1102, 1153,
    1206, 1211, 1213, 1269, 1272, 1279, 1291, 1294, 1305, 1375, 1376, 1468, 1495,
];
