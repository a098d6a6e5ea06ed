//! `max_error` without a resolution: the smallest network that is proved good enough.
//!
//! The proved error falls with the resolution, but not strictly: the search doubles, then bisects, then walks down from
//! what it found for as long as smaller networks are good too.

use bumpnet_prove::watch;

use crate::compiled::Compiled;
use crate::error::CompileError;
use crate::purse::Purse;

/// Resolutions below the one found that are tried although one above them failed. Heuristic: errors of neighbouring
/// resolutions scatter by a few percent, which for an error like 1/n is a few resolutions in a hundred.
const WALK: usize = 6;
/// Doublings in a row that may fail to lower the error by a fifth before the search gives up. Heuristic.
const PATIENCE: usize = 4;

/// Bumps of all networks that a search may build and prove: seconds. Heuristic.
const WORK: u64 = 1 << 22;

/// What a search found.
pub struct Found {
    /// The smallest network that is good enough, or else the best one tried.
    pub compiled: Compiled,
    /// Whether more bumps did not help.
    pub stalled: bool,
}

/// The smallest resolution, `most` at most, whose proved error is at most `eps`.
///
/// # Errors
/// Those of `build`.
pub fn smallest(
    eps: f64,
    most: usize,
    build: impl Fn(usize) -> Result<Compiled, CompileError>,
) -> Result<Found, CompileError> {
    let purse = Purse::new(WORK);
    let build = |n: usize, purse: &Purse| {
        watch::trying(|| format!("bumps, {n} of them"));
        purse.pay(n as u64);
        build(n)
    };
    let mut n = 1;
    let mut best = build(n, &purse)?;
    let mut previous = 0;
    let mut patience = PATIENCE;
    while best.bound() > eps {
        if n >= most || patience == 0 || purse.is_empty() {
            best.missed = best.missed.or_else(|| purse.limit());
            return Ok(Found { compiled: best, stalled: patience == 0 });
        }
        previous = n;
        n = (2 * n).min(most);
        let next = build(n, &purse)?;
        // Small networks say little about how the error will fall.
        patience = if n < 64 || next.bound() < 0.8 * best.bound() { PATIENCE } else { patience - 1 };
        if next.bound() <= best.bound() {
            best = next;
        }
    }
    bisect(eps, (previous, n), best, &purse, build)
}

/// The smallest number from 1 on that is good enough, for networks that grow so fast that one too many cannot be built.
///
/// # Errors
/// Those of `build`, but that a network becomes too large after one that does not.
pub fn upward(eps: f64, build: impl Fn(usize) -> Result<Compiled, CompileError>) -> Result<Found, CompileError> {
    let mut best = build(1)?;
    for n in 2.. {
        if best.bound() <= eps {
            break;
        }
        match build(n) {
            Ok(next) if next.bound() < best.bound() => best = next,
            Ok(_) | Err(CompileError::TooManyTowers { .. } | CompileError::CellsCollapse { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(Found { compiled: best, stalled: false })
}

/// Between a resolution that is not good enough and one that is.
fn bisect(
    eps: f64,
    (mut bad, mut good): (usize, usize),
    mut best: Compiled,
    purse: &Purse,
    build: impl Fn(usize, &Purse) -> Result<Compiled, CompileError>,
) -> Result<Found, CompileError> {
    while bad + 1 < good && !purse.is_empty() {
        let middle = bad + (good - bad) / 2;
        let tried = build(middle, purse)?;
        if tried.bound() <= eps {
            (good, best) = (middle, tried);
        } else {
            bad = middle;
        }
    }
    let mut failures = 0;
    let mut n = good;
    while n > 1 && failures < WALK && !purse.is_empty() {
        n -= 1;
        let tried = build(n, purse)?;
        if tried.bound() <= eps {
            (best, failures) = (tried, 0);
        } else {
            failures += 1;
        }
    }
    Ok(Found { compiled: best, stalled: false })
}
