//! Figures of networks of several inputs: maps over two of them, a curve along one, slices along each.

use bumpnet_ir::{Expr, Input, Network};
use bumpnet_prove::Standing;
use bumpnet_report::{
    DrawError, Figure, Format, MAP_PIXELS, Maps, Series, Slice, Slices, draw, draw_maps, draw_slices, place,
};
use bumpnet_runner::{Evaluator, measure};

use super::view::{Axes, GRID, View, middle};
use crate::select::Subject;

/// Points along each of several slices: some for each pixel. Heuristic.
const SLICE_POINTS: usize = 1601;
/// Weights times points that a map may cost: some seconds. Beyond, its cells are larger. Heuristic.
const MOST_WORK: usize = 10_000_000_000;
/// Cells of a map along each axis, the finest first, all of them divisors of [`MAP_PIXELS`].
const SIDES: [usize; 4] = [MAP_PIXELS, MAP_PIXELS / 2, MAP_PIXELS / 4, MAP_PIXELS / 8];

/// A network, its target, and the point that the picture goes through.
struct Scene<'a> {
    network: &'a Network,
    target: &'a Expr,
    evaluator: Evaluator<'a>,
    /// What the certificate's figures are called.
    standing: Standing,
    /// Where the certificate's lower bound is attained.
    argmax: Option<&'a [f64]>,
    /// Through which point the picture goes.
    point: Vec<f64>,
}

/// Draws what is asked for.
pub fn figure(subject: &Subject, view: &View, format: Format) -> Result<Vec<u8>, DrawError> {
    let network = &subject.network;
    let inputs = &network.inputs;
    let argmax = network.certificate.as_ref().map(|proved| &proved.argmax[..]).filter(|at| at.len() == inputs.len());
    let otherwise = |k: usize| argmax.map_or_else(|| middle(&inputs[k]), |at| at[k]);
    let point = view.through.iter().enumerate().map(|(k, value)| value.unwrap_or_else(|| otherwise(k))).collect();
    let (target, evaluator) = (&subject.target, Evaluator::new(network));
    let scene = Scene { network, target, evaluator, standing: subject.standing, argmax, point };
    match view.axes {
        Axes::Two(axes) => scene.maps(axes, format),
        Axes::One(axis) => scene.curve(axis, format),
        Axes::Each => scene.slices(format),
    }
}

/// Values of target, network and error at the same points.
struct Values {
    target: Vec<f64>,
    network: Vec<f64>,
    error: Vec<f64>,
}

impl Scene<'_> {
    /// Maps over two inputs.
    fn maps(&self, axes: [usize; 2], format: Format) -> Result<Vec<u8>, DrawError> {
        let cost = |side: &&usize| **side * **side * self.network.parameters() <= MOST_WORK;
        let side = SIDES.iter().find(cost).copied().unwrap_or(SIDES[3]);
        let [across, up] = axes.map(|k| middles(&self.network.inputs[k], side));
        let at = up.iter().flat_map(|y| across.iter().map(move |x| [(axes[0], *x), (axes[1], *y)]));
        let values = self.values(at);
        let fixed = self.fixed(&axes);
        let coarse = (side < MAP_PIXELS).then(|| format!("drawn at {side} x {side} points"));
        let domain = axes.map(|k| (self.network.inputs[k].lo, self.network.inputs[k].hi));
        draw_maps(
            &Maps {
                title: &self.network.name,
                subtitle: &self.subtitle([fixed, coarse]),
                inputs: axes.map(|k| self.network.inputs[k].name.as_str()),
                domain,
                columns: side,
                target: &values.target,
                network: &values.network,
                error: &values.error,
                error_band: self.band(),
                standing: self.standing,
                evaluated: self.evaluated(),
                argmax: self.argmax_in(&axes).map(|at| (axes.map(|k| at[k]), self.error(at))),
            },
            format,
        )
    }

    /// A curve along one input, as a network of one input has it.
    fn curve(&self, axis: usize, format: Format) -> Result<Vec<u8>, DrawError> {
        let (x, values) = self.along(axis, GRID);
        draw(
            &Figure {
                title: &self.network.name,
                subtitle: &self.subtitle([self.fixed(&[axis]), None]),
                input: &self.network.inputs[axis].name,
                target: Series { x: &x, y: &values.target },
                network: Series { x: &x, y: &values.network },
                error: Series { x: &x, y: &values.error },
                error_band: self.band(),
                evaluated: self.evaluated(),
                standing: self.standing,
                argmax: self.argmax_in(&[axis]).map(|at| (at[axis], self.error(at))),
                ..Figure::default()
            },
            format,
        )
    }

    /// A slice along each input.
    fn slices(&self, format: Format) -> Result<Vec<u8>, DrawError> {
        let inputs = &self.network.inputs;
        let found: Vec<(Vec<f64>, Values)> = (0..inputs.len()).map(|axis| self.along(axis, SLICE_POINTS)).collect();
        let error = self.error(&self.point);
        let slices = found.iter().enumerate().map(|(k, (x, values))| Slice {
            input: &inputs[k].name,
            target: Series { x, y: &values.target },
            network: Series { x, y: &values.network },
            error: Series { x, y: &values.error },
            point: Some((self.point[k], error)),
        });
        let through = format!("through {}", self.words(&[]));
        draw_slices(
            &Slices {
                title: &self.network.name,
                subtitle: &self.subtitle([Some(through), None]),
                slices: slices.collect(),
                point_label: if self.argmax == Some(&self.point) { "largest found" } else { "at the point" },
                error_band: self.band(),
                standing: self.standing,
                evaluated: self.evaluated(),
            },
            format,
        )
    }

    /// Target, network and error along one input.
    fn along(&self, axis: usize, count: usize) -> (Vec<f64>, Values) {
        let input = &self.network.inputs[axis];
        let mut x = measure::linspace(input.lo, input.hi, count);
        x.push(self.point[axis]);
        x.sort_unstable_by(f64::total_cmp);
        let values = self.values(x.iter().map(|x| [(axis, *x)]));
        (x, values)
    }

    /// Target, network and error at points that differ from [`Self::point`] in some inputs.
    fn values<const N: usize>(&self, at: impl Iterator<Item = [(usize, f64); N]>) -> Values {
        let points: Vec<f64> = at
            .flat_map(|moved| {
                let mut point = self.point.clone();
                moved.iter().for_each(|(k, x)| point[*k] = self.evaluator.round(*x));
                point
            })
            .collect();
        let count = points.len() / self.point.len();
        let (mut network, mut target) = (vec![0.0; count], vec![0.0; count]);
        self.evaluator.eval_many(&points, &mut network);
        self.target.values_at(&points, &mut target);
        let error = network.iter().zip(&target).map(|(network, target)| network - target).collect();
        Values { target, network, error }
    }

    fn error(&self, at: &[f64]) -> f64 {
        self.evaluator.eval(at) - self.target.value_at(at)
    }

    fn band(&self) -> Option<(f64, f64)> {
        self.network.certificate.as_ref().map(|proved| (proved.lower, proved.upper))
    }

    fn evaluated(&self) -> Option<f64> {
        self.network.certificate.as_ref().map(|proved| proved.evaluated)
    }

    /// The certificate's place, if the picture of these axes shows it.
    fn argmax_in(&self, axes: &[usize]) -> Option<&[f64]> {
        self.argmax.filter(|at| (0..at.len()).all(|k| axes.contains(&k) || at[k] == self.point[k]))
    }

    /// The inputs that stay as they are, in words.
    fn fixed(&self, axes: &[usize]) -> Option<String> {
        let words = self.words(axes);
        (!words.is_empty()).then(|| format!("at {words}"))
    }

    /// The point, but for these inputs.
    fn words(&self, without: &[usize]) -> String {
        let inputs = self.network.inputs.iter().zip(&self.point).enumerate().filter(|(k, _)| !without.contains(k));
        inputs
            .map(|(_, (input, x))| format!("{} = {}", input.name, place(*x, (input.lo, input.hi))))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn subtitle(&self, facts: [Option<String>; 2]) -> String {
        let neurons = format!("{} neurons", self.network.neurons());
        let facts: Vec<String> = std::iter::once(neurons).chain(facts.into_iter().flatten()).collect();
        format!("{}\ntarget = {}", facts.join("; "), self.network.target)
    }
}

/// The middles of equal parts of an input's domain.
fn middles(input: &Input, count: usize) -> Vec<f64> {
    let middle = |k: usize| {
        let share = (k as f64 + 0.5) / count as f64;
        (input.lo * (1.0 - share) + input.hi * share).clamp(input.lo, input.hi)
    };
    (0..count).map(middle).collect()
}
