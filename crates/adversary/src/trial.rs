//! One seed from the table to the verdict, and a spec to its network.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bumpnet_ir::{Activation, Certificate, Expr, Measure, Network, Precision};
use bumpnet_prove::work::limited;
use bumpnet_prove::{Asked, COMPOSED, CertifyError, GRID, certify_in};

use crate::attack::{Finding, attack};
use crate::generate::{Case, is_window};
use crate::random::Random;

/// The part of a proof's usual work that a table is worth, of one input and hidden layer and of others: milliseconds.
const SHARES: (f64, f64) = (1e-2, 5e-4);

/// The way that a network was proved.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Path {
    /// One input, one hidden layer.
    Units,
    /// The same of steps that all rise.
    Jumps,
    /// A grid of boxes on which the network is constant.
    Grid,
    /// Taylor models over boxes.
    Boxes,
    /// Step by step, along a graph.
    Composed,
    /// None: refused or panicked, several inputs or layers.
    Several,
}

/// The same for what a construction writes over several inputs.
const SHARE_OF_A_SPEC: f64 = 0.01;

/// What became of a case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// There is a certificate, and this is false of it.
    Proved(Box<Certificate>, Vec<Finding>),
    /// There is none, with the reason.
    Refused(String),
    /// The proof panicked.
    Panicked(String),
    /// The attack panicked: an error of this crate.
    Broken(String),
}

/// The proof of a case, with as much work as a table is worth; of every other one in a measure too, where that has a proof.
pub fn prove(case: &Case) -> Result<Certificate, CertifyError> {
    let share = if is_window(&case.network) { SHARES.0 } else { SHARES.1 };
    let prove = |measure: Option<&Measure>| {
        let wanted = Asked { measure, ..Asked::within(case.threshold) };
        limited(share, || certify_in(&case.target, &case.network, wanted)).map(Certificate::from)
    };
    match prove(measure(case).as_ref()) {
        Err(CertifyError::Weight(_) | CertifyError::Form(_)) => prove(None),
        proved => proved,
    }
}

/// The measure of a case, if it has one.
fn measure(case: &Case) -> Option<Measure> {
    let random = &mut Random::of(case.seed ^ MEASURED);
    let input = &case.network.inputs[0];
    let slope = random.pick(&[-30.0, -3.0, 0.1, 8.0]) / (input.hi - input.lo).max(f64::MIN_POSITIVE);
    let measures = [
        Measure::Relative,
        Measure::Mixed { relative: 1e-3, absolute: 1e-3 * random.power_of_ten(-6.0, 0.0) },
        Measure::Weight(format!("(exp (* (- {:?}) {}))", slope.abs().clamp(1e-300, 1e300), input.name)),
        Measure::Weight(format!("(+ 0.001 (abs {}))", input.name)),
        Measure::Ulps(random.pick(&[Precision::F32, Precision::F64])),
    ];
    let chosen = random.below(2 * measures.len());
    measures.into_iter().nth(chosen)
}

/// Another sequence of random numbers than the case's own.
const MEASURED: u64 = 0x6d65_6173;

/// The target of a spec and its first network, whose certificate stands in it; `Err` where it is refused.
pub fn built(source: &str) -> Result<(Expr, Network, Certificate), String> {
    let spec =
        bumpnet_parser::parse_spec(source.as_bytes(), "random").map_err(|problems| problems[0].message.clone())?;
    let share = if spec.domain.len() == 1 { 1.0 } else { SHARE_OF_A_SPEC };
    let compiled = limited(share, || bumpnet_compiler::compile(&spec, &spec.networks[0]));
    let network = compiled.map_err(|problem| problem.message)?.network;
    let certificate = network.certificate.clone().ok_or("it has no certificate")?;
    Ok((spec.target, network, certificate))
}

/// Proves a case and attacks the certificate.
pub fn trial(case: &Case, effort: usize) -> Outcome {
    let proved = catch_unwind(AssertUnwindSafe(|| prove(case)));
    let certificate = match proved {
        Ok(Ok(certificate)) => certificate,
        Ok(Err(CertifyError::Target(refusal) | CertifyError::Weight(refusal))) => {
            return Outcome::Refused(format!("target: {}", refusal.problem));
        }
        Ok(Err(CertifyError::Form(reason))) => return Outcome::Refused(reason),
        // As bad as a panic: what the proof found cannot be true.
        Ok(Err(CertifyError::Contradiction(what))) => return Outcome::Panicked(what),
        Err(panic) => return Outcome::Panicked(message(&*panic)),
    };
    let attacked =
        catch_unwind(AssertUnwindSafe(|| attack(&case.target, &case.network, &certificate, effort, case.seed)));
    match attacked {
        Ok(findings) => Outcome::Proved(Box::new(certificate), findings),
        Err(panic) => Outcome::Broken(message(&*panic)),
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Which proof it was, as far as form and method tell.
pub fn path(network: &Network, certificate: Option<&Certificate>) -> Path {
    if is_window(network) {
        let hidden = &network.layers[0];
        let upright = hidden.activation == Activation::Heaviside && network.precision == Precision::F64;
        let rises = hidden.weights.value.as_slice().iter().all(|w| *w > 0.0);
        return if upright && rises { Path::Jumps } else { Path::Units };
    }
    match certificate.map(|certificate| certificate.method.as_str()) {
        Some(GRID) => Path::Grid,
        Some(COMPOSED) => Path::Composed,
        Some(_) => Path::Boxes,
        None => Path::Several,
    }
}
