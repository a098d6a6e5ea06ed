//! `export`: a network as a file that another program runs.

use bumpnet_export::fixed::Width;
use bumpnet_export::{ExportError, Options};
use bumpnet_ir::text::visible;
use bumpnet_ir::{Certificate, Network, Precision};
use bumpnet_prove::{Asked, Proved};

use crate::args::{Export, ExportFormat, ExportPrecision, FixedWidth};
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::files::Shown;
use crate::select::{self, Subject};
use crate::version::TOOL;

/// The largest part of the target's size that the proved error of a composed network may be in binary32. Heuristic: two
/// digits; where gates break down it is more than all of it.
const USEFUL: f64 = 1e-2;

/// Runs the command.
pub fn run(arguments: &Export, context: &mut Context<'_>) -> Result<u8, Failure> {
    if arguments.fixed.is_some() && arguments.format != ExportFormat::C {
        return Err(Failure::new("--fixed goes with --format c only"));
    }
    let mut subject = select::network(&arguments.network, context)?;
    let certificate = prepare(&mut subject, arguments.precision)?;
    let accuracy = arguments.plans.options().accuracy;
    let options = Options { target: &subject.target, tool: TOOL, standing: subject.standing, accuracy };
    if arguments.format == ExportFormat::Vnnlib2 {
        return pair(arguments, &subject.network, &certificate, &options, context);
    }
    let written = match arguments.fixed {
        Some(width) => fixed(width, &subject.network, &certificate, &options),
        None => write(arguments.format, &subject.network, &certificate, &options),
    };
    let bytes = written.map_err(|error| Failure::new(format!("{}: {error}", visible(&arguments.network))))?;
    let by_table =
        matches!(arguments.format, ExportFormat::C | ExportFormat::Rust) && subject.network.layers.len() <= 2;
    if let Some(why) = bumpnet_export::bound::both_sides(&certificate).filter(|_| by_table) {
        context.say(&format!("note: {why}"));
    }
    match &arguments.output {
        Some(path) => {
            files::write(path, &bytes)?;
            context.say(&format!("wrote {}", path.shown()));
        }
        None => context.put(&bytes)?,
    }
    Ok(crate::exit::CLEAN)
}

fn fixed(
    width: FixedWidth,
    network: &Network,
    certificate: &Certificate,
    options: &Options<'_>,
) -> Result<Vec<u8>, ExportError> {
    let width = match width {
        FixedWidth::Int16 => Width::Int16,
        FixedWidth::Int32 => Width::Int32,
    };
    bumpnet_export::fixed::write(network, certificate, options, width).map(String::into_bytes)
}

/// A query about two networks: three files, which appear one after the other, the query last.
fn pair(
    arguments: &Export,
    network: &Network,
    certificate: &Certificate,
    options: &Options<'_>,
    context: &mut Context<'_>,
) -> Result<u8, Failure> {
    let Some(path) = &arguments.output else {
        return Err(Failure::new(
            "vnnlib2 writes three files: name the query's with -o FILE; the networks' stand beside it",
        ));
    };
    let written = bumpnet_export::vnnlib::against(network, certificate, options);
    let written = written.map_err(|error| Failure::new(format!("{}: {error}", visible(&arguments.network))))?;
    let (network, target) = (path.with_extension("network.onnx"), path.with_extension("target.onnx"));
    files::write(&network, &written.network)?;
    files::write(&target, &written.target)?;
    files::write(path, written.query.as_bytes())?;
    context.say(&format!("wrote {}, {} and {}", network.shown(), target.shown(), path.shown()));
    Ok(crate::exit::CLEAN)
}

fn write(
    format: ExportFormat,
    network: &Network,
    certificate: &Certificate,
    options: &Options<'_>,
) -> Result<Vec<u8>, ExportError> {
    match format {
        // Three files; see `pair`.
        ExportFormat::Vnnlib2 => bumpnet_export::vnnlib::against(network, certificate, options).map(|o| o.query.into()),
        ExportFormat::Onnx => bumpnet_export::onnx::write(network, certificate, options),
        ExportFormat::Safetensors => bumpnet_export::safetensors::write(network, certificate, options),
        ExportFormat::Npz => bumpnet_export::npz::write(network, certificate, options),
        ExportFormat::Csv => bumpnet_export::csv::write(network, certificate, options).map(String::into_bytes),
        ExportFormat::C => bumpnet_export::c::write(network, certificate, options).map(String::into_bytes),
        ExportFormat::Rust => bumpnet_export::rust::write(network, certificate, options).map(String::into_bytes),
        ExportFormat::Vnnlib => bumpnet_export::vnnlib::cells(network, certificate, options).map(String::into_bytes),
        ExportFormat::Sollya => bumpnet_export::sollya::write(network, certificate, options).map(String::into_bytes),
        ExportFormat::Dot => bumpnet_export::dot::write(network, certificate, options).map(String::into_bytes),
    }
}

/// The certificate of what is exported: the network's own, or a new one where its numbers are rounded first or a table has
/// none.
fn prepare(subject: &mut Subject, precision: Option<ExportPrecision>) -> Result<Certificate, Failure> {
    let wanted = match precision {
        None => subject.network.precision,
        Some(ExportPrecision::F64) => Precision::F64,
        Some(ExportPrecision::F32) => Precision::F32,
    };
    if wanted == subject.network.precision
        && let Some(certificate) = &subject.network.certificate
    {
        return Ok(certificate.clone());
    }
    let rounded = subject.network.changed(|parts| {
        parts.layers.iter_mut().for_each(|layer| layer.round(wanted));
        parts.precision = wanted;
    });
    subject.network =
        rounded.map_err(|_| Failure::new(format!("a weight or bias is too large for {}", wanted.format())))?;
    let proved = prove(subject)?;
    subject.standing = proved.standing();
    let certificate = Certificate::from(proved);
    subject.network = subject.network.clone().with_certificate(Some(certificate.clone()));
    Ok(certificate)
}

/// The certificate of a network whose numbers were rounded. Refused is a composed network in binary32 of which nothing useful
/// is proved any more: its gates are differences of values that agree in more digits than binary32 has.
fn prove(subject: &Subject) -> Result<Proved, Failure> {
    let Subject { network, target, .. } = subject;
    let gates = network.precision == Precision::F32 && network.graph.is_some();
    let broken = |what: String| {
        Failure::new(format!(
            "{}: the gates of a composed network need more digits than binary32 has: {what}\n  help: write `precision: f32` in \
             the network's spec, which then has overlapping steps instead of gates, and compile it",
            network.name
        ))
    };
    let measure =
        network.certificate.as_ref().and_then(|stated| stated.measured.as_ref()).map(|stated| &stated.measure);
    match bumpnet_prove::certify_in(target, network, Asked { measure, ..Asked::within(f64::INFINITY) }) {
        Ok(proved) if gates && !(proved.evaluated <= USEFUL * size(subject)) => {
            Err(broken(format!("its error could be {:.1e}", proved.evaluated)))
        }
        Ok(proved) => Ok(proved),
        Err(_) if gates => Err(broken("nothing is proved of it".to_owned())),
        Err(error) => {
            Err(Failure::new(format!("nothing can be proved of what would be exported: {}", said(&error, network))))
        }
    }
}

/// A magnitude of the target.
fn size(Subject { network, target, .. }: &Subject) -> f64 {
    bumpnet_prove::analyse(target, &network.inputs).map_or(f64::INFINITY, |range| range.magnitude().get())
}

fn said(error: &bumpnet_prove::CertifyError, network: &Network) -> String {
    match error {
        bumpnet_prove::CertifyError::Form(what) | bumpnet_prove::CertifyError::Contradiction(what) => what.clone(),
        bumpnet_prove::CertifyError::Target(refusal) | bumpnet_prove::CertifyError::Weight(refusal) => {
            format!("{} {}", refusal.problem, refusal.place(&network.inputs))
        }
    }
}
