//! Evaluating a network: its program unit by unit, or a window of active units where that is possible.

use bumpnet_ir::{Network, Outside, Program, Rounding, Window};
use bumpnet_plan::{GraphPlan, Plan, SinglePlan};

use crate::threads;

/// Points that are rounded at a time: they stay in the nearest cache.
const BLOCK: usize = 512;

/// A network made ready to evaluate. Values are those of the stored weights, summed in a fixed order.
#[derive(Debug)]
pub struct Evaluator<'n> {
    network: &'n Network,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// One hidden layer over one input: see [`Window`].
    Window(Box<Window>),
    /// Anything else: unit by unit.
    Program(Program),
}

impl<'n> Evaluator<'n> {
    /// Makes ready: `O(n log n)` in the number of units.
    pub fn new(network: &'n Network) -> Self {
        let form = match Window::new(network) {
            Some(window) => Form::Window(Box::new(window)),
            None => Form::Program(Program::new(network)),
        };
        Evaluator { network, form }
    }

    /// Number of inputs: the numbers that one point takes.
    pub fn inputs(&self) -> usize {
        self.network.inputs.len()
    }

    /// The value at a point, the output's activation applied. Outside the domain it is what the network's
    /// [`outside`](bumpnet_ir::Parts::outside) says; NaN for NaN.
    pub fn eval(&self, point: &[f64]) -> f64 {
        self.round(self.network.output().value(self.eval_hidden(point)))
    }

    /// A number rounded to the network's precision: what the evaluator makes of an input.
    pub fn round(&self, value: f64) -> f64 {
        self.network.precision.round(value)
    }

    /// The value at a point before the output's activation.
    pub fn eval_hidden(&self, point: &[f64]) -> f64 {
        let inputs = &self.network.inputs;
        if point.iter().zip(inputs).all(|(x, input)| (input.lo..=input.hi).contains(x)) {
            return self.sum(point);
        }
        match self.network.outside {
            _ if point.iter().any(|x| x.is_nan()) => f64::NAN,
            Outside::Extend => self.sum(point),
            Outside::Clamp => {
                let nearest: Vec<f64> = point.iter().zip(inputs).map(|(x, i)| x.clamp(i.lo, i.hi)).collect();
                self.sum(&nearest)
            }
            Outside::Nan => f64::NAN,
        }
    }

    /// The last layer's sum at a point wherever it lies.
    fn sum(&self, point: &[f64]) -> f64 {
        match &self.form {
            Form::Window(window) => window.sum(point[0]),
            Form::Program(program) => {
                let rounded = point.iter().map(|x| self.round(*x)).collect();
                program.run(&Rounding(self.network.precision), rounded).1.unwrap_or(f64::NAN)
            }
        }
    }

    /// The values at many points, in parallel. `points` holds [`inputs`](Self::inputs) numbers a point.
    ///
    /// # Panics
    /// If `points.len() != out.len() * inputs`.
    pub fn eval_many(&self, points: &[f64], out: &mut [f64]) {
        let inputs = self.inputs();
        assert_eq!(points.len(), out.len() * inputs, "one number per input and point");
        threads::fill(points, inputs, out, |points, out| {
            for (out, point) in out.iter_mut().zip(points.chunks_exact(inputs)) {
                *out = self.eval(point);
            }
        });
    }

    /// Abscissae where the network changes most: the step of each unit, in increasing order without repetition, and
    /// the largest half-width of a step. `None` for networks of several inputs or hidden layers.
    pub fn steps(&self) -> Option<(&[f64], f64)> {
        match &self.form {
            Form::Window(window) => Some(window.steps()),
            Form::Program(_) => None,
        }
    }
}

/// The values of a plan at many points, shared out over all cores: the same bits as [`Plan::eval`].
///
/// # Panics
/// If `xs.len() != ys.len()`.
pub fn par_eval_into(plan: &Plan, xs: &[f64], ys: &mut [f64]) {
    assert_eq!(xs.len(), ys.len(), "one value per point");
    threads::fill(xs, 1, ys, |xs, ys| plan.eval_into(xs, ys));
}

/// The values of a plan of any network at many points, shared out over all cores: the same bits as [`GraphPlan::eval`].
/// `points` holds [`inputs`](GraphPlan::inputs) numbers a point.
///
/// # Panics
/// If `points.len() != values.len() * inputs`.
pub fn par_eval_points(plan: &GraphPlan, points: &[f64], values: &mut [f64]) {
    assert_eq!(points.len(), values.len() * plan.inputs(), "one number per input and point");
    threads::fill(points, plan.inputs(), values, |points, values| plan.eval_into(points, values));
}

/// The values of a plan in binary32 at many points, each rounded to binary32 first, shared out over all cores: what
/// [`SinglePlan::eval`] gives.
///
/// # Panics
/// If `xs.len() != ys.len()`.
pub fn par_eval_single(plan: &SinglePlan, xs: &[f64], ys: &mut [f64]) {
    assert_eq!(xs.len(), ys.len(), "one value per point");
    threads::fill(xs, 1, ys, |xs, ys| {
        let (mut points, mut values) = ([0.0; BLOCK], [0.0; BLOCK]);
        for (xs, ys) in xs.chunks(BLOCK).zip(ys.chunks_mut(BLOCK)) {
            let (points, values) = (&mut points[..xs.len()], &mut values[..xs.len()]);
            points.iter_mut().zip(xs).for_each(|(point, x)| *point = *x as f32);
            plan.eval_into(points, values);
            ys.iter_mut().zip(&*values).for_each(|(y, value)| *y = f64::from(*value));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use bumpnet_ir::{Activation, Input, Layer, Parts, Precision, Values, Weights};

    /// The sum of `activation` of each input, over the unit box.
    fn network(inputs: u32, activation: Activation, outside: Outside) -> Network {
        let layer = |activation, inputs: std::ops::Range<u32>, row: Vec<u32>| Layer {
            activation,
            rows: row.last().map_or(0, |last| *last as usize + 1),
            weights: Weights { col: (0..row.len() as u32).collect(), row, value: Values::Same(1.0) },
            inputs: inputs.collect(),
            bias: Values::Same(0.0),
        };
        Network::new(Parts {
            name: "a/b".into(),
            target: "x".into(),
            inputs: (0..inputs).map(|k| Input { name: format!("x{k}"), lo: 0.0, hi: 1.0 }).collect(),
            layers: vec![
                layer(activation, 0..inputs, (0..inputs).collect()),
                layer(Activation::Identity, inputs..2 * inputs, vec![0; inputs as usize]),
            ],
            precision: Precision::F64,
            outside,
            graph: None,
            certificate: None,
        })
        .expect("a network")
    }

    #[test]
    fn outside_of_the_domain() {
        let at = |outside: Outside, activation: Activation, point: &[f64]| {
            let network = network(point.len() as u32, activation, outside);
            Evaluator::new(&network).eval(point)
        };
        let tanh = |point: &[f64]| point.iter().map(|x| Activation::Tanh.value(*x)).sum::<f64>();
        for (x, nearest) in [(-0.5, 0.0), (1.0 + f64::EPSILON, 1.0), (f64::INFINITY, 1.0), (f64::NEG_INFINITY, 0.0)] {
            for (point, nearest) in
                [(&[x][..], &[nearest][..]), (&[x, 0.5], &[nearest, 0.5]), (&[0.5, x], &[0.5, nearest])]
            {
                assert!((at(Outside::Extend, Activation::Tanh, point) - tanh(point)).abs() <= 1e-15);
                let inside = at(Outside::Extend, Activation::Tanh, nearest);
                assert_eq!(at(Outside::Clamp, Activation::Tanh, point), inside, "{point:?}");
                assert!(at(Outside::Nan, Activation::Tanh, point).is_nan(), "{point:?}");
                assert_eq!(at(Outside::Nan, Activation::Tanh, nearest), inside, "{nearest:?}");
            }
        }
        for outside in Outside::ALL {
            for activation in Activation::ALL {
                for point in [&[f64::NAN][..], &[f64::NAN, 0.5], &[2.0, f64::NAN]] {
                    assert!(at(outside, activation, point).is_nan(), "{point:?}");
                }
            }
        }
    }
}
