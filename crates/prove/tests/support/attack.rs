//! The adversary: looks for a point where a certificate is wrong, in double-double arithmetic.

use bumpnet_ir::{Activation, Certificate, Expr, Network, Precision, Window};

use super::dd::Dd;
use super::exact::Exact;
use super::random::Random;

/// Points of the coarse scan in binary64, besides all breakpoints (this many of them at most).
const GRID: usize = 500;
const MOST_BREAKS: usize = 500;

/// What was tried and found.
#[derive(Default)]
pub struct Attack {
    /// Points evaluated in double-double arithmetic.
    pub points: usize,
    /// Points of the scan in binary64 that chose them.
    pub scanned: usize,
    /// The largest error found.
    pub worst: f64,
    /// What is wrong.
    pub findings: Vec<String>,
}

struct Adversary<'a> {
    target: &'a Expr,
    exact: Exact,
    window: Option<Window>,
    output: Activation,
    /// That of the evaluator, whose points are numbers of it.
    precision: Precision,
    certificate: &'a Certificate,
    bounds: (f64, f64),
    scale: f64,
    breaks: Vec<Dd>,
    found: Attack,
}

/// Tries to refute a certificate. `effort` is about the number of points in double-double arithmetic.
pub fn attack(target: &Expr, network: &Network, certificate: &Certificate, effort: usize, seed: u64) -> Attack {
    let input = &network.inputs[0];
    let exact = Exact::new(network);
    let mut breaks = exact.breakpoints();
    // One just outside may be taken inside by the evaluator's rounding.
    let near = 32.0 * network.precision.unit_roundoff() * input.lo.abs().max(input.hi.abs());
    breaks.retain(|x| (input.lo - near..=input.hi + near).contains(&x.hi));
    breaks.sort_by(|a, b| a.hi.total_cmp(&b.hi));
    let mut adversary = Adversary {
        target,
        exact,
        window: Window::new(network),
        output: network.output(),
        precision: network.precision,
        certificate,
        bounds: (input.lo, input.hi),
        scale: 0.0,
        breaks,
        found: Attack::default(),
    };
    adversary.search(effort, &mut Random(seed));
    adversary.found
}

/// The binary64 some steps above or below.
fn ulps(x: f64, steps: i32) -> f64 {
    (0..steps.abs()).fold(x, |x, _| if steps > 0 { x.next_up() } else { x.next_down() })
}

/// The numbers around a point, three on each side: binary64, and of the precision if that is another.
fn neighbours(x: f64, precision: Precision) -> Vec<f64> {
    const STEPS: [i32; 7] = [-3, -2, -1, 0, 1, 2, 3];
    let narrow = |steps: i32| {
        let step = |x: f32, _| if steps > 0 { x.next_up() } else { x.next_down() };
        f64::from((0..steps.abs()).fold(x as f32, step))
    };
    let mut points = STEPS.map(|steps| ulps(x, steps)).to_vec();
    if precision == Precision::F32 {
        points.extend(STEPS.map(narrow));
    }
    points
}

impl Adversary<'_> {
    fn search(&mut self, effort: usize, random: &mut Random) {
        let (lo, hi) = self.bounds;
        let mut points: Vec<f64> = (0..=GRID).map(|k| lo + (hi - lo) * (k as f64 / GRID as f64)).collect();
        points.extend((0..GRID / 4).map(|_| random.between(lo, hi)));
        let stride = self.breaks.len() / MOST_BREAKS + 1;
        let offset = random.below(stride);
        for at in self.breaks.iter().skip(offset).step_by(stride) {
            points.extend(neighbours(at.hi, self.precision));
        }
        points.extend([0.0, self.certificate.argmax[0]]);
        points.retain(|x| (lo..=hi).contains(x));
        points.sort_by(f64::total_cmp);
        points.dedup();
        let errors: Vec<f64> = points.iter().map(|x| self.quick(*x)).collect();
        self.found.scanned += points.len();
        self.scale = points.iter().map(|x| self.target.eval::<f64>(&[*x]).abs()).fold(0.0, f64::max);

        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by(|a, b| errors[*b].abs().total_cmp(&errors[*a].abs()));
        for k in order.iter().take(effort / 4) {
            self.try_number(points[*k]);
        }
        for _ in 0..effort / 8 {
            self.try_number(points[random.below(points.len())]);
        }
        let mut chosen: Vec<f64> = order.iter().take(3).map(|k| points[*k]).collect();
        chosen.push(self.certificate.argmax[0]);
        for x in chosen {
            self.around_breaks(x, effort / 24);
        }
        self.jumps(&points, &errors, 3);
        for k in order.iter().take(3) {
            let (a, b) = (points[k.saturating_sub(1)], points[(k + 1).min(points.len() - 1)]);
            self.climb(a, b, effort / 16);
        }
        self.check_lower();
    }

    /// The error in binary64: which points are worth a closer look.
    fn quick(&self, x: f64) -> f64 {
        let target: f64 = self.target.eval(&[x]);
        let error = self.evaluated(x) - target;
        if error.is_nan() { f64::INFINITY } else { error }
    }

    fn evaluated(&self, x: f64) -> f64 {
        let sum = self.window.as_ref().map_or_else(|| self.exact.sum(Dd::from(x)).hi, |window| window.sum(x));
        self.precision.round(self.output.value(sum))
    }

    /// What this arithmetic itself may be off by.
    fn slack(&self) -> f64 {
        1e-27 * self.scale + self.exact.slack()
    }

    /// The error at a point, held against `upper`.
    fn try_point(&mut self, x: Dd) -> f64 {
        self.found.points += 1;
        let target: Dd = self.target.eval(&[x]);
        let error = (self.exact.value(x) - target).abs();
        let slack = self.slack();
        // Written so that a NaN counts.
        if !(error.hi <= self.certificate.upper + slack) {
            self.report(format!(
                "at {:?} + {:e}: error {:?} > upper {:?}",
                x.hi, x.lo, error.hi, self.certificate.upper
            ));
        }
        self.found.worst = self.found.worst.max(error.hi);
        error.hi
    }

    /// That, and the evaluator's own value there, or at the number of its precision next to it.
    fn try_number(&mut self, x: f64) {
        self.try_point(Dd::from(x));
        let x = self.precision.round(x);
        if !(self.bounds.0..=self.bounds.1).contains(&x) {
            return;
        }
        let evaluated = Dd::from(self.evaluated(x));
        let target: Dd = self.target.eval(&[Dd::from(x)]);
        let error = (evaluated - target).abs().hi;
        let slack = self.slack();
        // An infinite bound claims nothing, also where the evaluator overflows.
        let unbounded = self.certificate.evaluated == f64::INFINITY;
        if !(unbounded || error <= self.certificate.evaluated + slack) {
            self.report(format!("at {x:?}: evaluated {error:?} > {:?}", self.certificate.evaluated));
        }
        // Away from jumps, which the evaluator may have on the next number, its rounding itself is bounded.
        let near = 32.0 * self.precision.unit_roundoff() * self.bounds.0.abs().max(self.bounds.1.abs());
        let jumps = matches!(self.exact.activation(), Activation::Heaviside | Activation::ClippedLogistic);
        let after = self.breaks.partition_point(|at| at.hi < x - near);
        if unbounded || jumps && self.breaks.get(after).is_some_and(|at| at.hi <= x + near) {
            return;
        }
        let rounding = (evaluated - self.exact.value(Dd::from(x))).abs().hi;
        let stated = self.certificate.evaluated - self.certificate.upper;
        // The difference of the two bounds is itself a rounded number.
        if !(rounding <= stated + 2.0 * f64::EPSILON * self.certificate.evaluated + slack) {
            self.report(format!("at {x:?}: rounding {rounding:?} > {stated:?}"));
        }
    }

    /// Both sides of the breakpoints next to a point, as near as this arithmetic can tell, and the numbers around them.
    fn around_breaks(&mut self, x: f64, most: usize) {
        let middle = self.breaks.partition_point(|at| at.hi < x);
        let near =
            self.breaks[middle.saturating_sub(most / 10)..(middle + most / 10 + 1).min(self.breaks.len())].to_vec();
        for at in near {
            let step = Dd::from(1e-27 * at.hi.abs().max(self.bounds.1.abs() * 1e-3));
            for x in [at - step, at, at + step] {
                if Dd::from(self.bounds.0) <= x && x <= Dd::from(self.bounds.1) {
                    self.try_point(x);
                }
            }
            for x in neighbours(at.hi, self.precision) {
                if (self.bounds.0..=self.bounds.1).contains(&x) {
                    self.try_number(x);
                }
            }
        }
    }

    /// The places where the error seems to jump most, closed in on until two neighbouring numbers are left.
    fn jumps(&mut self, points: &[f64], errors: &[f64], most: usize) {
        let mut pairs: Vec<usize> = (1..points.len()).collect();
        let rise = |k: usize| (errors[k] - errors[k - 1]).abs();
        pairs.sort_by(|a, b| rise(*b).total_cmp(&rise(*a)));
        for k in pairs.into_iter().take(most) {
            let (mut a, mut b) = ((points[k - 1], errors[k - 1]), (points[k], errors[k]));
            while a.0.next_up() < b.0 {
                let x = a.0 / 2.0 + b.0 / 2.0;
                if !(a.0 < x && x < b.0) {
                    break;
                }
                let middle = (x, self.quick(x));
                if (middle.1 - a.1).abs() > (b.1 - middle.1).abs() { b = middle } else { a = middle }
            }
            for x in [ulps(a.0, -1), a.0, b.0, ulps(b.0, 1)] {
                if (self.bounds.0..=self.bounds.1).contains(&x) {
                    self.try_number(x);
                }
            }
            // Between the two numbers, where a jump at a decimal is.
            let (left, right) = (Dd::from(a.0), Dd::from(b.0));
            for part in [0.01, 0.25, 0.5, 0.75, 0.99] {
                self.try_point(left + (right - left) * Dd::from(part));
            }
        }
    }

    /// Golden sections towards a larger error between two points.
    fn climb(&mut self, a: f64, b: f64, steps: usize) {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let (mut a, mut b) = (a, b);
        for _ in 0..steps / 2 {
            let (p, q) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
            if self.try_point(Dd::from(p)) > self.try_point(Dd::from(q)) { b = q } else { a = p }
        }
    }

    /// `lower` is attained at `argmax`.
    fn check_lower(&mut self) {
        let (lower, at) = (self.certificate.lower, self.certificate.argmax[0]);
        let error = self.try_point(Dd::from(at));
        if !(self.bounds.0..=self.bounds.1).contains(&at) || !(error >= lower - self.slack()) {
            self.report(format!("at argmax {at:?}: error {error:?} < lower {lower:?}"));
        }
        if !(lower <= self.certificate.upper && self.certificate.upper <= self.certificate.evaluated) {
            self.report("lower <= upper <= evaluated does not hold".to_owned());
        }
    }

    fn report(&mut self, finding: String) {
        self.found.findings.push(finding);
    }
}

impl Attack {
    /// Whether a message about this claim is among the findings.
    pub fn speaks_of(&self, claim: &str) -> bool {
        self.findings.iter().any(|finding| finding.contains(claim))
    }
}
