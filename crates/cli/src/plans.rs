//! How near plans are to be to their networks: an option of the commands that make plans.

use bumpnet_runner::{Accuracy, PlanOptions};
use clap::Args;

/// Options of the commands that make plans.
#[derive(Args)]
pub struct Plans {
    /// How far a plan may be from its network, as a share of the network's proved error, or `exact`: to the last bits; 0.01
    /// by default
    #[arg(long, value_name = "SHARE|exact", value_parser = accuracy)]
    pub plan_share: Option<Accuracy>,
}

impl Plans {
    /// The options for making a plan.
    pub fn options(&self) -> PlanOptions {
        PlanOptions { accuracy: self.plan_share.unwrap_or_default() }
    }
}

fn accuracy(text: &str) -> Result<Accuracy, String> {
    if text == "exact" {
        return Ok(Accuracy::Exact);
    }
    let share = text.parse::<f64>().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.map(Accuracy::Share).ok_or_else(|| "a number above 0 and up to 1, such as 0.01, or `exact`".to_owned())
}
