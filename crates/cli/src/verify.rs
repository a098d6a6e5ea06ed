//! `verify`: a table's certificate proved anew. Only the table's own text is used, and no construction.

use std::path::Path;

use crate::args::Verify;
use crate::compile::round_up;
use crate::context::Context;
use crate::failure::Failure;
use crate::files::Shown;
use crate::{cover, exit, load, select};

/// Runs the command.
pub fn run(arguments: &Verify, context: &mut Context<'_>) -> Result<u8, Failure> {
    let name = arguments.table.shown();
    if let Some(spec) = named_spec(&arguments.table) {
        return Err(Failure::new(format!(
            "{} is a spec, and `verify` is for weight tables\n  help: `{} compile {}` proves its networks and writes their \
             tables, OUT/SPEC/NETWORK.json",
            spec.shown(),
            context.name,
            spec.shown()
        )));
    }
    let subject = select::table(&arguments.table)?;
    let network = &subject.network;
    if let Some(path) = &arguments.spec {
        let loaded = load::one(path, context)?;
        let spec = &loaded.spec;
        if network.target != spec.target.to_string() || network.inputs != spec.domain {
            context.say(&format!("{name}: not the target or domain of {}", path.shown()));
            return Ok(exit::REGRESSION);
        }
    }
    let Some(stated) = &network.certificate else {
        context.say(&format!("{name}: the table has no certificate"));
        return Ok(exit::REGRESSION);
    };
    let covered = if arguments.no_cover { None } else { cover::prove(&arguments.table, &subject, stated) };
    if let Some(Err(problem)) = &covered {
        context.say(&format!("note: {problem}; the proof is searched for anew"));
    }
    let (proved, how) = match covered {
        Some(Ok(proved)) => (Ok(proved), ", by its cover"),
        _ => {
            let search = || bumpnet_prove::verify(&subject.target, network, stated);
            (context.wait.search(&name, search), "")
        }
    };
    let in_measure = stated.measured.as_ref().map_or(String::new(), |measured| {
        let (name, upper) = (measured.measure.name(), round_up(measured.upper));
        format!("; {name} <= {upper}, as evaluated <= {}", round_up(measured.evaluated))
    });
    match proved {
        Ok(proved) => context.print(&format!(
            "{name}: verified: |network - target| <= {} on {}; as evaluated in {} <= {}{in_measure} ({} cells{how})\n",
            round_up(stated.upper),
            network
                .inputs
                .iter()
                .map(|i| format!("{} in [{:?}, {:?}]", i.name, i.lo, i.hi))
                .collect::<Vec<_>>()
                .join(", "),
            network.precision.format(),
            round_up(stated.evaluated),
            proved.cells
        )),
        Err(_) if context.wait.is_over() => {
            context.say(&format!("{name}: not verified: {} before a proof was found", context.wait.why()));
            Ok(exit::REGRESSION)
        }
        Err(reason) => {
            context.say(&format!("{name}: not verified: {reason}"));
            Ok(exit::REGRESSION)
        }
    }
}

/// The spec that `SPEC` or `SPEC#NETWORK` names, given where a table is meant.
fn named_spec(table: &Path) -> Option<&Path> {
    let path = table.to_str().map_or(table, |text| Path::new(select::split(text).0));
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml").then_some(path)
}
