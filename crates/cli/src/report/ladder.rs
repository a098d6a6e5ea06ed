//! The ladder of a spec: smaller networks by the methods of its networks, made for the page and kept by the cache.

use bumpnet_ir::{Method, Network, NetworkSpec, Spec};
use bumpnet_report::html::{Rung, Shape};
use bumpnet_runner::Evaluator;

use crate::compile::{self, Row};
use crate::context::Context;
use crate::failure::Failure;
use crate::load::Loaded;
use crate::select;

/// Numbers of bumps on the ladder.
const BUMPS: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
/// Numbers of neurons on the ladder, for constructions that solve for their weights.
const NEURONS: [usize; 4] = [8, 16, 32, 64];

/// A spec's ladder.
pub struct Ladder {
    /// Its rungs.
    pub rungs: Vec<Rung>,
    /// For each network of the spec those by its method.
    pub of: Vec<Vec<usize>>,
}

/// The ladders of these specs. A rung that cannot be constructed or proved is left out.
pub fn ladders(
    specs: &[Loaded],
    rows: &[Row],
    options: &compile::Options<'_>,
    context: &Context<'_>,
) -> Result<Vec<Ladder>, Failure> {
    let mut rest = rows;
    let mut asked = Vec::new();
    let mut places = Vec::new();
    for loaded in specs {
        let (own, others) = rest.split_at(loaded.spec.networks.len());
        rest = others;
        let (networks, of) = rungs(&loaded.spec, own);
        let spec = Spec { networks, ..loaded.spec.clone() };
        asked.push(Loaded { path: loaded.path.clone(), source: Vec::new(), spec });
        places.push(of);
    }
    // A folder of its own, so that no table of a spec is overwritten, nor taken for one.
    let out = options.out.join(".ladder");
    let mut attempts = compile::attempts(&asked, &compile::Options { out: &out, ..*options }, context)?.into_iter();
    let mut ladders = Vec::new();
    for (loaded, of) in asked.iter().zip(places) {
        let own: Vec<_> = attempts.by_ref().take(loaded.spec.networks.len()).collect();
        let mut ladder = Ladder { rungs: Vec::new(), of: Vec::new() };
        let mut kept = Vec::new();
        for (network, attempt) in loaded.spec.networks.iter().zip(own) {
            let rung = match attempt {
                Some(Ok(row)) => rung(network, &row)?,
                Some(Err(_)) | None => None,
            };
            kept.push(rung.is_some().then_some(ladder.rungs.len()));
            ladder.rungs.extend(rung);
        }
        ladder.of = of.into_iter().map(|list| list.into_iter().filter_map(|k| kept[k]).collect()).collect();
        ladders.push(ladder);
    }
    Ok(ladders)
}

fn rung(network: &NetworkSpec, row: &Row) -> Result<Option<Rung>, Failure> {
    let Some(proved) = &row.record.certificate else { return Ok(None) };
    let resolution = resolution(&network.method).unwrap_or(0);
    let shape = shape(&select::table(&row.table)?.network);
    let (lower, upper, evaluated) = (proved.lower, proved.upper, proved.evaluated);
    Ok(Some(Rung { resolution, lower, upper, evaluated, shape }))
}

fn resolution(method: &Method) -> Option<usize> {
    match method {
        Method::Bumps(bumps) => bumps.resolution,
        Method::Smooth(smooth) => smooth.neurons,
        Method::Graded(graded) => graded.neurons,
        _ => None,
    }
}

/// The rungs that a spec's networks ask for, each once, and for each network which of them are its own.
fn rungs(spec: &Spec, rows: &[Row]) -> (Vec<NetworkSpec>, Vec<Vec<usize>>) {
    let mut rungs: Vec<NetworkSpec> = Vec::new();
    let mut of = Vec::new();
    for (network, row) in spec.networks.iter().zip(rows) {
        let sizes = match &network.method {
            Method::Bumps(_) => &BUMPS[..],
            Method::Smooth(_) | Method::Graded(_) => &NEURONS[..],
            _ => &[],
        };
        let mut own = Vec::new();
        for size in sizes.iter().copied().filter(|size| *size < row.record.neurons) {
            let mut rung = NetworkSpec { max_error: None, measure: None, gate: None, ..network.clone() };
            if !bumpnet_compiler::with_resolution(&mut rung, size) {
                break;
            }
            let line = rung.canonical();
            own.push(rungs.iter().position(|other| other.canonical() == line).unwrap_or(rungs.len()));
            if own.last() == Some(&rungs.len()) {
                rung.name = format!("rung-{}", rungs.len());
                rungs.push(rung);
            }
        }
        of.push(own);
    }
    (rungs, of)
}

/// What the page draws of a network.
pub fn shape(network: &Network) -> Shape {
    let evaluator = Evaluator::new(network);
    Shape::new(network, |point| evaluator.eval(point))
}
