//! `soak`: bounds searched for refutations, for as long as you like. In turn a network that some construction writes for a
//! random target, and a random weight table of any form.

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use bumpnet_adversary::random::Random;
use bumpnet_adversary::{Finding, Outcome, attack, built, case, spec, trial};
use bumpnet_ir::{Certificate, Expr, Network};
use bumpnet_prove::COMPOSED;

use crate::args::Soak;
use crate::context::Context;
use crate::exit;
use crate::failure::Failure;

/// How hard the adversary tries.
const EFFORT: usize = 1;

/// How the note of a certificate begins that is not tight because of coinciding jumps or roundings.
const UNRESOLVED: &str = "not resolved further";

/// What was tried.
#[derive(Default)]
struct Tally {
    certificates: usize,
    specs: usize,
    tables: usize,
    refused: usize,
    unresolved: usize,
    loose: usize,
    worst: Option<(f64, String)>,
}

/// Runs the command.
pub fn run(arguments: &Soak, context: &mut Context<'_>) -> Result<u8, Failure> {
    let (started, limit) = (Instant::now(), Duration::from_secs_f64(60.0 * arguments.minutes));
    let mut random = Random::of(arguments.seed);
    let (mut tally, mut refuted) = (Tally::default(), 0usize);
    while started.elapsed() < limit {
        let number = random.bits();
        for wrong in [tally.spec(number), tally.table(number)].into_iter().flatten() {
            refuted += 1;
            context.say(&format!("refuted: {wrong}"));
        }
    }
    let seed = arguments.seed;
    let Tally { certificates, specs, tables, refused, unresolved, loose, worst } = tally;
    let (ratio, source) = worst.unwrap_or((1.0, String::new()));
    context.write(&format!(
        "{certificates} certificates (seed {seed}) of {specs} specs and {tables} tables, {refused} refused, {refuted} \
         refuted; of the specs {unresolved} with jumps that cannot be told apart; of the others of one input {loose} with \
         upper/lower above 1.01, at most {ratio:.6} of\n{source}"
    ))?;
    Ok(if refuted > 0 { exit::REGRESSION } else { exit::CLEAN })
}

impl Tally {
    /// A network that a construction writes; what is wrong with its certificate.
    fn spec(&mut self, number: u64) -> Option<String> {
        let source = spec(number);
        self.specs += 1;
        let (target, network, certificate) = match catch_unwind(|| built(&source)) {
            Ok(Ok(made)) => made,
            Ok(Err(_)) => {
                self.refused += 1;
                return None;
            }
            // Its message is on the terminal already.
            Err(_) => return Some(format!("the construction panics\n{source}")),
        };
        self.certificates += 1;
        let wrong = told(&attack(&target, &network, &certificate, EFFORT, number));
        self.tightness(&target, &network, &certificate, &source);
        wrong.map(|wrong| format!("{wrong}\n{source}"))
    }

    /// A table that no construction writes; what is wrong with its certificate.
    fn table(&mut self, number: u64) -> Option<String> {
        let mut case = case(number);
        self.tables += 1;
        let wrong = match trial(&case, EFFORT) {
            Outcome::Proved(certificate, findings) => {
                self.certificates += 1;
                case.network = case.network.with_certificate(Some(*certificate));
                told(&findings)
            }
            Outcome::Refused(_) => {
                self.refused += 1;
                None
            }
            Outcome::Panicked(message) => Some(format!("the proof fails: {message}")),
            Outcome::Broken(message) => Some(format!("the search itself fails: {message}")),
        };
        wrong.map(|wrong| format!("{wrong}\n{}", case.network.to_json()))
    }

    /// How far apart the bounds of one input are.
    fn tightness(&mut self, target: &Expr, network: &Network, certificate: &Certificate, source: &str) {
        // Jumps within a rounding of each other cannot be told apart: the certificate says so.
        if certificate.note.as_ref().is_some_and(|note| note.starts_with(UNRESOLVED)) {
            self.unresolved += 1;
        } else if let [input] = &network.inputs[..]
            && certificate.method != COMPOSED
        {
            let at = |k: usize| input.lo + (input.hi - input.lo) * (k as f64 / 1000.0);
            let magnitude = (0..=1000).map(|k| target.eval::<f64>(&[at(k)]).abs()).fold(0.0, f64::max);
            let ratio = certificate.upper / certificate.lower;
            if certificate.lower > 1e-12 * magnitude {
                self.loose += usize::from(ratio > 1.01);
                if self.worst.as_ref().is_none_or(|worst| ratio > worst.0) {
                    self.worst = Some((ratio, source.to_owned()));
                }
            }
        }
    }
}

/// Findings in a line.
fn told(findings: &[Finding]) -> Option<String> {
    let texts: Vec<String> = findings.iter().map(|f| format!("{:?} {}", f.claim, f.text)).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `soak` would print of bounds that are a little too small.
    #[test]
    fn a_wrong_bound_is_told() {
        let (mut specs, mut tables) = (0, 0);
        for number in 0..40 {
            if let Ok((target, network, mut certificate)) = built(&spec(number)) {
                certificate.upper = 0.9 * certificate.lower;
                specs += usize::from(told(&attack(&target, &network, &certificate, EFFORT, number)).is_some());
            }
            let case = case(number);
            if let Outcome::Proved(mut certificate, _) = trial(&case, EFFORT) {
                certificate.upper = 0.9 * certificate.lower;
                tables +=
                    usize::from(told(&attack(&case.target, &case.network, &certificate, EFFORT, number)).is_some());
            }
        }
        assert!(specs > 20 && tables > 20, "{specs} {tables}");
        let mut tally = Tally::default();
        assert_eq!([tally.spec(3), tally.table(3)], [None, None]);
        assert_eq!((tally.specs, tally.tables, tally.certificates + tally.refused), (1, 1, 2));
    }
}
