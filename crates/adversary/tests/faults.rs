//! An adversary that finds nothing proves nothing: deliberate errors in the proofs and in the arithmetic under them, each of
//! which must be found in some of the generated tables. Run with `--features fault-injection`.

#![allow(clippy::unwrap_used)] // a test may stop where its own input is wrong

use std::panic::{AssertUnwindSafe, catch_unwind};

use bumpnet_adversary::{Case, attack, case, prove};
use bumpnet_prove::CertifyError;

/// Tables that are tried until one shows the fault.
const TABLES: u64 = 3000;

/// What is false of a case's certificate that is made within `inject`.
fn finding(case: &Case, inject: &dyn Fn(&mut dyn FnMut())) -> Option<String> {
    let mut proved = None;
    catch_unwind(AssertUnwindSafe(|| inject(&mut || proved = Some(prove(case))))).ok()?;
    let certificate = match proved? {
        Ok(certificate) => certificate,
        Err(CertifyError::Contradiction(what)) => return Some(what),
        Err(_) => return None,
    };
    let found = attack(&case.target, &case.network, &certificate, 1, case.seed);
    found.first().map(|finding| format!("{:?} {}", finding.claim, finding.text))
}

/// The first table whose certificate is refuted under the fault and not without.
fn refuted(inject: &dyn Fn(&mut dyn FnMut())) -> Option<(u64, String)> {
    (0..TABLES).filter(|seed| !bumpnet_adversary::known::ENDLESS.contains(seed)).find_map(|seed| {
        let case = case(seed);
        let text = finding(&case, inject)?;
        finding(&case, &|body| body()).is_none().then_some((seed, text))
    })
}

#[test]
fn faults_of_the_proofs_are_found() {
    use bumpnet_prove::fault::{Fault, inject};
    std::panic::set_hook(Box::new(|_| ()));
    let mut unnoticed = Vec::new();
    for fault in Fault::ALL {
        match refuted(&|body| inject(fault, body)) {
            Some((seed, text)) => println!("{fault:?}: seed {seed}: {text}"),
            None => unnoticed.push(fault),
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:?} go unnoticed");
}

#[test]
fn faults_of_the_arithmetic_are_found() {
    use Fault::*;
    use bumpnet_interval::fault::{Fault, inject};
    std::panic::set_hook(Box::new(|_| ()));
    let mut unnoticed = Vec::new();
    for fault in [
        AddLowerNearest,
        MulUpperNearest,
        ElementaryNoUlps,
        LiteralNearest,
        SigmoidBoundTooSmall,
        ChainRuleTruncated,
        KinkOverlooked,
        EvenPowerEndpoints,
        SineMaximumMissed,
    ] {
        match refuted(&|body| inject(fault, body)) {
            Some((seed, text)) => println!("{fault:?}: seed {seed}: {text}"),
            None => unnoticed.push(fault),
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:?} go unnoticed");
}
