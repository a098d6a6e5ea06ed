//! The plan in binary32 among the contenders.

use bumpnet_ir::Network;
use bumpnet_runner::{PlanOptions, SinglePlan, single_plan};
use rayon::prelude::*;

use crate::context::plural;
use crate::failure::Failure;

/// Points that a thread takes at a time.
const SHARE: usize = 8192;

/// A plan in binary32, which was asked for.
pub fn plan(network: &Network, options: PlanOptions) -> Result<SinglePlan, Failure> {
    single_plan(network, options).map_err(|reason| {
        Failure::new(format!("{}: no plan in binary32: {reason}\n  help: leave --f32 out", network.name))
    })
}

/// Its values, at points that are binary32 numbers already.
pub fn fill<'a>(
    plan: &'a SinglePlan,
    points: &[f64],
    threads: usize,
) -> impl FnMut(&[f64], &mut [f64]) + Send + use<'a> {
    let numbers: Vec<f32> = points.iter().map(|x| *x as f32).collect();
    let mut values = vec![0.0; numbers.len()];
    move |_, _| {
        match threads {
            1 => plan.eval_into(&numbers, &mut values),
            _ => {
                let shares = values.par_chunks_mut(SHARE).zip(numbers.par_chunks(SHARE));
                shares.for_each(|(values, numbers)| plan.eval_into(numbers, values));
            }
        }
        std::hint::black_box(&mut values);
    }
}

/// What it is, in words.
pub fn facts(plan: &SinglePlan) -> String {
    format!(
        "{} of degree {} in binary32, {:.1} kB, proved within {} of the network at binary32 numbers",
        plural(plan.pieces(), "piece"),
        plan.degree(),
        plan.bytes() as f64 / 1024.0,
        crate::compile::round_up(plan.bound().get())
    )
}
