//! How near a plan is to be to its network: no nearer than the network is to its target, unless that is asked for.

use bumpnet_ir::Network;

/// How far a plan may be from its network, besides half an ulp of the network's magnitude, which any value costs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Accuracy {
    /// No further: plans that are the network to the last bits.
    Exact,
    /// This share of the largest error that the network's certificate leaves (its `upper`). Without a certificate, and where
    /// that is about an error in a measure, of which a distance is no share: as [`Exact`](Self::Exact).
    Share(f64),
    /// This, in the target's unit.
    Within(f64),
}

impl Accuracy {
    /// The share that plans have by default. Heuristic: a hundredth of an error hardly shows, and tables are many times
    /// smaller for it.
    pub const SHARE: f64 = 0.01;

    /// How far the plan of a network may be from it, in the target's unit, besides rounding.
    pub fn tolerance(self, network: &Network) -> f64 {
        let wanted = match self {
            Accuracy::Exact => 0.0,
            Accuracy::Share(share) => {
                let certificate = network.certificate.as_ref().filter(|certificate| certificate.measured.is_none());
                share * certificate.map_or(0.0, |certificate| certificate.upper)
            }
            Accuracy::Within(tolerance) => tolerance,
        };
        // Infinite where nothing is proved, and not a number where that is multiplied by nothing.
        if wanted.is_finite() { wanted.max(0.0) } else { 0.0 }
    }
}

impl Default for Accuracy {
    fn default() -> Self {
        Accuracy::Share(Accuracy::SHARE)
    }
}
