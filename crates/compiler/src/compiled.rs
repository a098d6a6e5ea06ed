//! What compiling comes to.

use bumpnet_ir::{Certificate, Measure, Method, Network};
use bumpnet_prove::Standing;

/// A network with its certificate, and how it was found.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The network, its certificate in it.
    pub network: Network,
    /// That its certificate is proved.
    pub standing: Standing,
    /// What `max_error` is measured by, if not by the distance.
    pub measure: Option<Measure>,
    /// The construction: the one asked for, or the one that `auto` chose.
    pub method: Method,
    /// Bumps, straight pieces, or steps.
    pub pieces: usize,
    /// Proved: no function of this form with fewer pieces has so small an error.
    pub at_least: Option<usize>,
    /// How it was constructed, a line each, where the parameters alone do not say.
    pub summary: Vec<String>,
    /// What each step of a composed network is made of.
    pub kinds: Vec<&'static str>,
    /// What `auto` tried, in order.
    pub candidates: Vec<Candidate>,
    /// Why `max_error` was not met, if it was not.
    pub missed: Option<String>,
}

impl Compiled {
    /// What an error asked for is compared with: the proved bound of the network as it is evaluated, in the measure that the
    /// error has.
    pub fn bound(&self) -> f64 {
        let bound = |certificate: &Certificate| certificate.bound_in(self.measure.as_ref());
        self.network.certificate.as_ref().and_then(bound).unwrap_or(f64::INFINITY)
    }
}

/// A construction that was tried.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    /// Its name, such as `bumps, ramp, optimal`.
    pub name: String,
    /// Neurons of the network it came to; `None` if it came to none.
    pub neurons: Option<usize>,
    /// The proved error of that network.
    pub upper: Option<f64>,
    /// What became of it.
    pub verdict: String,
}
