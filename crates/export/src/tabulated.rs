//! What the exports in C and Rust share: a network's plan as tables, checked for what a table can hold, and names.

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Certificate, Network, Outside};
use bumpnet_plan::{Accuracy, Plan, PlanOptions, plan_with};

use crate::facts::{Facts, facts, said_of_sum};
use crate::{ExportError, Options};

/// Most numbers of a table: 16 MiB, as source code about 50 MB, which compilers take. Heuristic.
pub const MOST: usize = 1 << 21;

/// A plan for a table.
///
/// # Errors
/// The network has no plan, or one that needs the network's own sum somewhere, or too large a one.
pub fn plan(network: &Network, accuracy: Accuracy) -> Result<Plan, ExportError> {
    let other = "export it as onnx, which takes any network";
    let plan = plan_with(network, PlanOptions { accuracy });
    let plan = plan.map_err(|reason| ExportError::new(format!("no table: {reason}"), other))?;
    if plan.summed() > 0 {
        let what = format!("no table: for {} pieces of the domain no polynomial was found", plan.summed());
        return Err(ExportError::new(what, other));
    }
    if plan.layout().rows.len() > MOST {
        let what = format!("a table of {} numbers is too large for source code", plan.layout().rows.len());
        return Err(ExportError::new(what, "accept a larger error with fewer neurons, or export it as onnx"));
    }
    Ok(plan)
}

/// The facts of a table that computes a plan.
pub fn of_plan(network: &Network, certificate: &Certificate, options: &Options<'_>, plan: &Plan) -> Facts {
    let mut facts = facts(network, certificate, options);
    let bound = UpperBound::new(certificate.upper) + plan.bound();
    facts.retain(|(name, _)| *name != "outside");
    facts.push((
        "table",
        match plan.shared() {
            None => format!("{} pieces of degree {}", plan.pieces(), plan.degree()),
            Some((pieces, degree)) => {
                format!("{} steps that share {pieces} pieces of degree {degree}", plan.pieces())
            }
        },
    ));
    facts.push(("bound_evaluated", format!("{:?}", bound.get())));
    facts.push((
        "bound_evaluated_means",
        format!(
            "|this function - target| at every binary64 of the domain, its rounding included: {}",
            said_of_sum(options.standing)
        ),
    ));
    facts.extend(
        in_measure(network, certificate, options, plan.bound()).map(|fact| ("bound_evaluated_in_measure", fact)),
    );
    facts.push(("outside", said(plan.layout().outside).to_owned()));
    facts
}

/// The bound of a function in the certificate's measure that is so far from the network: where the weight is large, the last
/// digits of a table are too.
pub fn in_measure(
    network: &Network,
    certificate: &Certificate,
    options: &Options<'_>,
    off: UpperBound,
) -> Option<String> {
    let measured = certificate.measured.as_ref()?;
    let weight = bumpnet_prove::weight(&measured.measure, options.target, &network.inputs);
    let largest = weight.map_or(UpperBound::INFINITE, |(_, values)| values.magnitude());
    let bound = UpperBound::new(measured.upper) + off * largest;
    Some(format!("{} of this function: {:?}: {}", measured.measure.name(), bound.get(), said_of_sum(options.standing)))
}

/// What the function is outside the domain.
fn said(outside: Outside) -> &'static str {
    match outside {
        Outside::Extend => {
            "the value at the nearest point of the domain (the network says `extend`, but a table ends with the domain)"
        }
        Outside::Clamp => "the value at the nearest point of the domain (clamp)",
        Outside::Nan => "NaN (nan)",
    }
}

/// The network's name as an identifier.
pub fn identifier(network: &Network) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    format!("bumpnet_{}", network.name.chars().map(plain).collect::<String>())
}

/// Numbers separated by commas, in lines of a few.
pub fn list<T>(numbers: &[T], number: impl Fn(&T) -> String) -> String {
    let line = |chunk: &[T]| format!("    {},\n", chunk.iter().map(&number).collect::<Vec<_>>().join(", "));
    numbers.chunks(8).map(line).collect()
}
