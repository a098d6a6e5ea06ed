//! Plans as commands ask for them: how near to their networks, and in which precision.

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Network, Precision};
use bumpnet_runner::{
    Accuracy, GraphPlan, PlanOptions, SinglePlan, Unplannable, graph_plan_with, par_eval_points, par_eval_single,
    single_plan,
};
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

/// A plan in one of the precisions.
pub enum AnyPlan {
    /// In binary64.
    Double(Box<GraphPlan>),
    /// In binary32, of one input: points are rounded to binary32 first.
    Single(SinglePlan),
}

impl AnyPlan {
    /// Makes one.
    pub fn new(network: &Network, precision: Precision, accuracy: Accuracy) -> Result<AnyPlan, Unplannable> {
        let options = PlanOptions { accuracy };
        match precision {
            Precision::F64 => graph_plan_with(network, options).map(|plan| AnyPlan::Double(Box::new(plan))),
            Precision::F32 => single_plan(network, options).map(AnyPlan::Single),
        }
    }

    /// How far it is from the network at most.
    pub fn bound(&self) -> UpperBound {
        match self {
            AnyPlan::Double(plan) => plan.bound(),
            AnyPlan::Single(plan) => plan.bound(),
        }
    }

    /// The values at points, by all threads.
    pub fn eval(&self, points: &[f64], values: &mut [f64]) {
        match self {
            AnyPlan::Double(plan) => par_eval_points(plan, points, values),
            AnyPlan::Single(plan) => par_eval_single(plan, points, values),
        }
    }
}
