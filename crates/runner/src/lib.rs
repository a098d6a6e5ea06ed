//! Runs networks: values at many points, and how far they are from the target.
//!
//! - [`plan`]: a network of one input lowered to pieces, so that a point costs the same however many neurons there are;
//!   [`par_eval_into`] does many points on all cores.
//! - [`graph_plan`]: the same for a network of any number of inputs and layers, a graph of such plans;
//!   [`par_eval_points`] does many points on all cores.
//! - [`Evaluator`]: a network of any form made ready to evaluate by direct sum, the reference; saturated units cost
//!   nothing.
//! - [`measure()`]: the sup error over a dense grid, with its place, RMS and mean. Sampled, so never a bound.
//!
//! Work is split over points only, never inside a sum: results have the same bits for every thread count. Without the
//! feature `rayon` all of it runs on the caller's thread.
//!
//! ```
//! use bumpnet_runner::{Network, plan};
//! # let spec = b"version: 1\ntarget: sin(x)\ndomain: {x: [0, 1]}\nnetworks: {n: {max_error: 1e-6}}\n";
//! # let spec = bumpnet_parser::parse_spec(spec, "sine").unwrap();
//! # let table = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network.to_json();
//! // `table` is the text of a weight table, such as `target/bumpnet/sine/n.json`.
//! let network = Network::from_json(&table)?;
//! let plan = plan(&network)?;
//! assert!((plan.eval(0.5) - 0.5f64.sin()).abs() <= 1e-6 + plan.bound().get());
//!
//! let xs = [0.0, 0.25, 0.5];
//! let mut ys = [0.0; 3];
//! plan.eval_into(&xs, &mut ys);
//! assert_eq!(ys[2], plan.eval(0.5));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With several inputs a point is so many numbers, one after another:
//!
//! ```
//! use bumpnet_runner::{Network, graph_plan};
//! # let spec = b"version: 1\ntarget: x*y\ndomain: {x: [0, 1], y: [0, 1]}\nnetworks: {n: {max_error: 1e-6}}\n";
//! # let spec = bumpnet_parser::parse_spec(spec, "product").unwrap();
//! # let table = bumpnet_compiler::compile(&spec, &spec.networks[0]).unwrap().network.to_json();
//! let network = Network::from_json(&table)?;
//! let plan = graph_plan(&network)?;
//! assert!((plan.eval(&[0.5, 0.25]) - 0.125).abs() <= 1e-6 + plan.bound().get());
//!
//! let points = [0.5, 0.25, 1.0, 0.0];
//! let mut values = [0.0; 2];
//! plan.eval_into(&points, &mut values);
//! assert_eq!(values[0], plan.eval(&[0.5, 0.25]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod evaluate;
pub mod measure;
pub mod sample;
mod threads;

pub use bumpnet_ir::Network;
pub use bumpnet_plan::{
    Accuracy, GraphPlan, Plan, PlanOptions, SinglePlan, Unplannable, graph_plan, graph_plan_with, plan, plan_with,
    single_plan,
};
pub use evaluate::{Evaluator, par_eval_into, par_eval_points, par_eval_single};
pub use measure::{Measured, measure};
pub use sample::measure_over;
