//! `plot`: target against network, the bumps, and the error beneath; of several inputs as maps or slices.

mod several;
mod view;

use std::path::Path;

use bumpnet_ir::{Certificate, Input, Network};
use bumpnet_report::{DrawError, Figure, Format, Series, draw};
use bumpnet_runner::{Evaluator, measure};

use crate::args::Plot;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::files::Shown;
use crate::select::{self, Subject};

/// Steps up to which both sides of each are drawn, and bumps up to which the panel of bumps is; beyond, a pixel holds
/// several. Heuristic.
const MOST_STEPS: usize = 2000;
/// Points of all bumps together, at most: 160 MB. Only flat units, whose bumps are as wide as the domain, have more. Heuristic.
const MOST_POINTS: usize = 10_000_000;
/// Points across the rise of a step.
const RISE_POINTS: i32 = 24;

/// Runs the command.
pub fn run(arguments: &Plot, context: &mut Context<'_>) -> Result<u8, Failure> {
    let subjects = select::networks(&arguments.network, context)?;
    if arguments.output.is_some() && subjects.len() > 1 {
        let names: Vec<&str> = subjects.iter().map(|subject| subject.network.name.as_str()).collect();
        return Err(Failure::new(format!("--output is for one network; these are {}", names.join(", "))));
    }
    for subject in &subjects {
        let default = || arguments.out.join(format!("{}.svg", subject.network.name));
        let path = arguments.output.clone().unwrap_or_else(default);
        let format = format(&path)?;
        let drawn = match &subject.network.inputs[..] {
            [_] if arguments.slice.is_some() || arguments.through.is_some() => {
                let message = "--slice and --through are for networks of several inputs";
                return Err(Failure::new(format!("{message}; {} has one", subject.network.name)));
            }
            [input] => figure(subject, input, format)?,
            inputs => several::figure(subject, &view::view(arguments, inputs, context)?, format),
        };
        let bytes = drawn.map_err(|error| Failure::new(format!("{}: {error}", path.shown())))?;
        files::write(&path, &bytes)?;
        context.say(&format!("wrote {}", path.shown()));
    }
    Ok(crate::exit::CLEAN)
}

/// The format of a figure, by the name of its file.
pub fn format(path: &Path) -> Result<Format, Failure> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        _ => Err(Failure::new(format!("{}: figures are .svg or .png", path.shown()))),
    }
}

fn figure(subject: &Subject, input: &Input, format: Format) -> Result<Result<Vec<u8>, DrawError>, Failure> {
    let Subject { network, target, .. } = subject;
    let evaluator = Evaluator::new(network);
    let measured = measure(target, &evaluator, input)
        .map_err(|at| Failure::new(format!("the target has no finite value at {} = {at:?}", input.name)))?;
    let x = abscissae(&evaluator, input);
    let mut values = vec![0.0; x.len()];
    evaluator.eval_many(&x, &mut values);
    let mut wanted = vec![0.0; x.len()];
    target.values_at(&x, &mut wanted);
    let mut error: Vec<f64> = values.iter().zip(&wanted).map(|(value, wanted)| value - wanted).collect();
    let bumps = bumps(network, input);
    let at = measured.argmax[0];
    let mut argmax = (at, evaluator.eval(&[at]) - target.value_at(&[at]));
    let certificate = network.certificate.as_ref().map(Certificate::in_its_measure);
    if let Some(measure) = certificate.and_then(|certificate| certificate.measure) {
        let weight = measure.weight(target).map_err(Failure::new)?;
        error.iter_mut().zip(&x).for_each(|(error, x)| *error *= weight.eval::<f64>(&[*x]));
        let largest =
            |best: (f64, f64), (x, error): (&f64, &f64)| if error.abs() > best.1.abs() { (*x, *error) } else { best };
        argmax = x.iter().zip(&error).fold((input.lo, 0.0), largest);
    }
    let label = match certificate {
        Some(certificate) => crate::compile::error_in(certificate.measure),
        None => format!("error (measured: largest {:.3e} at {} = {at:.6})", measured.sup, input.name),
    };
    let figure = Figure {
        title: &network.name,
        subtitle: &format!("target = {}\n{} neurons", network.target, network.neurons()),
        input: &input.name,
        target: Series { x: &x, y: &wanted },
        network: Series { x: &x, y: &values },
        bumps: bumps.iter().map(|(x, y)| Series { x, y }).collect(),
        error: Series { x: &x, y: &error },
        error_label: &label,
        error_band: certificate.map(|certificate| (certificate.lower, certificate.upper)),
        evaluated: certificate.map(|certificate| certificate.evaluated),
        standing: subject.standing,
        argmax: Some(argmax),
    };
    Ok(draw(&figure, format))
}

/// A uniform grid, and the shape of each step where there are not too many.
fn abscissae(evaluator: &Evaluator<'_>, input: &Input) -> Vec<f64> {
    let mut x = measure::linspace(input.lo, input.hi, view::GRID);
    if let Some((steps, half_width)) = evaluator.steps().filter(|(steps, _)| steps.len() <= MOST_STEPS) {
        x.extend(steps.iter().flat_map(|step| around(*step, half_width.min((input.hi - input.lo) / 8.0))));
    }
    x.retain(|x| (input.lo..=input.hi).contains(x));
    x.sort_unstable_by(f64::total_cmp);
    x.dedup();
    x
}

/// Both sides of a step, and points across its rise, denser in its middle.
fn around(step: f64, half_width: f64) -> impl Iterator<Item = f64> {
    let rise = (-RISE_POINTS..=RISE_POINTS).map(move |k| {
        let t = f64::from(k) / f64::from(RISE_POINTS);
        step + half_width * t * t.abs()
    });
    rise.chain([step.next_down()])
}

type Polyline = (Vec<f64>, Vec<f64>);

/// The bumps whose sum the hidden layer is, as chapter 4 draws them: for `pairs` the pairs; for telescoped steps the
/// height reached between neighbouring steps, times one step up and one down. Empty for other networks.
fn bumps(network: &Network, input: &Input) -> Vec<Polyline> {
    let [hidden, output] = &network.layers[..] else { return Vec::new() };
    let count = hidden.rows;
    let one_input = network.inputs.len() == 1 && hidden.weights.len() == count && output.weights.len() == count;
    if !one_input || count > MOST_STEPS {
        return Vec::new();
    }
    let (low, high) = hidden.activation.limits();
    let alpha = |k: usize| output.weights.value.get(k);
    let unit = |k: usize, x: f64| {
        (hidden.activation.value(hidden.weights.value.get(k) * x + hidden.bias.get(k)) - low) / (high - low)
    };
    let pairs =
        count % 2 == 0 && (0..count / 2).all(|k| alpha(2 * k) == -alpha(2 * k + 1)) && output.bias.get(0) == 0.0;
    let x = abscissae(&Evaluator::new(network), input);
    let most = MOST_POINTS / (count + 1);
    let curve = |f: &dyn Fn(f64) -> f64| thinned(nonzero(&x, x.iter().map(|x| f(*x)).collect()), most);
    if pairs {
        let bump = |k: usize| curve(&|x| alpha(2 * k) * (high - low) * (unit(2 * k, x) - unit(2 * k + 1, x)));
        return (0..count / 2).map(bump).collect();
    }
    let mut height = output.bias.get(0) + (0..count).map(|k| alpha(k) * low).sum::<f64>();
    (0..=count)
        .map(|k| {
            let up = |x: f64| if k == 0 { 1.0 } else { unit(k - 1, x) };
            let down = |x: f64| if k == count { 0.0 } else { unit(k, x) };
            if k > 0 {
                height += alpha(k - 1) * (high - low);
            }
            curve(&|x| height * (up(x) - down(x)))
        })
        .collect()
}

/// A curve by no more than so many points, and its last.
fn thinned((x, y): Polyline, most: usize) -> Polyline {
    let step = x.len().div_ceil(most);
    if step < 2 {
        return (x, y);
    }
    let keep = |of: Vec<f64>| of.iter().copied().step_by(step).chain(of.last().copied()).collect();
    (keep(x), keep(y))
}

/// The part of a curve that is not flat zero, with one zero kept on either side.
fn nonzero(x: &[f64], y: Vec<f64>) -> Polyline {
    let from = y.iter().position(|y| *y != 0.0).unwrap_or(0).saturating_sub(1);
    let to = y.iter().rposition(|y| *y != 0.0).map_or(0, |last| (last + 2).min(y.len()));
    (x[from..to.max(from)].to_vec(), y[from..to.max(from)].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flat units beside one another took 16 bytes for each of them at each of fifty points for each of them.
    #[test]
    fn bumps_of_flat_units_are_few_points() {
        let x: Vec<f64> = (0..1000).map(f64::from).collect();
        let (fewer, y) = thinned((x.clone(), x.clone()), 99);
        assert_eq!((fewer.len(), fewer[1], fewer.last(), &y), (92, 11.0, Some(&999.0), &fewer));
        assert_eq!(thinned((x.clone(), x.clone()), 1000), (x.clone(), x));
    }
}
