//! `new`: a commented starter spec.

use std::path::PathBuf;

use crate::args::New;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::files::Shown;

const STARTER: &str = "\
# What this function is, and what its networks are for. The format: specs/README.md of bumpnet.
version: 1
description: NAME
# Constants and sub-expressions, in order; remove it if you need none.
let:
  a: 0.5
target: a*sin(2*pi*x) + exp(-3*x)
domain: {x: [0, 1]}
networks:
  # Sharp steps: what chapter 4 teaches.
  steps: {method: bumps, activation: logistic, steepness: 10000, resolution: 100}
  # Steps that join: far closer with as many neurons; `ramp` is linear interpolation.
  joined: {method: bumps, activation: ramp, resolution: 100}
  # As few bumps as an error allows, proved.
  least: {method: bumps, activation: heaviside, placement: optimal, max_error: 1e-2}
# The error that `compile` and `check` accept, over the whole domain.
gate: {max_error: 0.05}
";

/// Runs the command.
pub fn run(arguments: &New, context: &mut Context<'_>) -> Result<u8, Failure> {
    let mut path: PathBuf = arguments.name.clone();
    if path.extension().is_none_or(|extension| extension != "yaml" && extension != "yml") {
        path.as_mut_os_string().push(".yaml");
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let text = STARTER.replace("NAME", &stem);
    if let Err(problems) = bumpnet_parser::parse_spec(text.as_bytes(), &stem) {
        let help = problems[0].help.clone().unwrap_or_default();
        return Err(Failure::new(format!("{}\n  {help}", problems[0].message)));
    }
    if path.exists() {
        return Err(Failure::new(format!("{} exists already; choose another name", path.shown())));
    }
    files::write(&path, text.as_bytes())?;
    context.say(&format!("wrote {}; now: {} compile {}", path.shown(), context.name, path.shown()));
    Ok(crate::exit::CLEAN)
}
