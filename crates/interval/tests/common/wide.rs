//! The suite for wide arithmetic. As in `checks`, each returns what it found wrong.

use super::checks::{intervals_around, jet_cases};
use super::exact::{Exact, WideCase, wide_cases};
use super::{Random, Truth, binary_named, cases, unary_named};
use bumpnet_interval::{Constant, Jet, Quality, Scalar, Unary, UpperBound, Wide};

/// Everything.
pub fn check_wide() -> Vec<String> {
    [
        check_reference,
        check_moved_arguments,
        check_literals,
        check_expansions,
        check_operations,
        check_jets,
        check_intervals,
    ]
    .into_iter()
    .flat_map(|check| check())
    .collect()
}

/// The result at the very arguments.
pub fn evaluate(case: &WideCase) -> Wide {
    match case.balls()[..] {
        [x] => Wide::unary(unary_named(case.name), &x),
        [x, y] => Wide::binary(binary_named(case.name), &x, &y),
        _ => panic!("{}", case.name),
    }
}

/// A gompertz curve, which is no operator, or a function of one argument.
pub fn apply<T: Scalar>(name: &str, x: &T) -> T {
    if name == "gompertz" {
        let inner = T::unary(Unary::Exp, &T::unary(Unary::Neg, x));
        return T::unary(Unary::Exp, &T::unary(Unary::Neg, &inner));
    }
    T::unary(unary_named(name), x)
}

/// Values lie in the balls of their arguments.
pub fn check_reference() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in wide_cases('u').chain(wide_cases('b')) {
        let result = evaluate(&case);
        if !case.truths[0].is_in(&result) || result.quality() != Quality::Continuous {
            wrong.push(format!("{} {:?}: {result:?} without {:?}", case.name, case.arguments, case.truths[0]));
        }
    }
    wrong
}

/// They lie in the balls of balls that hold the arguments, too.
pub fn check_moved_arguments() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in wide_cases('u').chain(wide_cases('b')) {
        let arguments = case.balls();
        for power in [-110, -80, -61, -59, -40, -27, -26, -25, -10, -3, 0, 2] {
            for sign in [1.0, -1.0] {
                let offset = sign * 2f64.powi_exactly(power);
                let around = |x: &Wide| (*x + Wide::point(offset)).plus_minus(UpperBound::new(offset.abs()));
                let result = match arguments[..] {
                    [x] => Wide::unary(unary_named(case.name), &around(&x)),
                    [x, y] => Wide::binary(binary_named(case.name), &around(&x), &around(&y)),
                    _ => continue,
                };
                if !case.truths[0].is_in(&result) {
                    wrong.push(format!("{} {:?} from {offset:e}: {result:?}", case.name, case.arguments));
                }
            }
        }
    }
    wrong
}

trait Power {
    fn powi_exactly(self, n: i32) -> f64;
}

impl Power for f64 {
    fn powi_exactly(self, n: i32) -> f64 {
        let factor = if n < 0 { 1.0 / self } else { self };
        (0..n.abs()).fold(1.0, |power, _| power * factor)
    }
}

/// Literals and constants.
pub fn check_literals() -> Vec<String> {
    let literals = wide_cases('l').map(|case| (Wide::literal(&case.name.parse().unwrap()), case));
    let constants = wide_cases('k').map(|case| {
        let constant = Constant::ALL.into_iter().find(|c| c.name() == case.name).unwrap();
        (Wide::constant(constant), case)
    });
    literals
        .chain(constants)
        .filter(|(ball, case)| !case.truths[0].is_in(ball))
        .map(|(ball, case)| format!("{}: {ball:?}", case.name))
        .collect()
}

/// Taylor coefficients at a number.
pub fn check_expansions() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in wide_cases('j') {
        let jet = apply(case.name, &Jet::variable(case.balls()[0], 14));
        for (k, truth) in case.truths.iter().enumerate() {
            if !truth.is_in(&jet.coefficient(k)) {
                let c = jet.coefficient(k);
                wrong.push(format!("{} at {:?} order {k}: {c:?} without {truth:?}", case.name, case.arguments));
            }
        }
    }
    wrong
}

/// A ball and a number in it.
pub fn random_ball(random: &mut Random) -> (Wide, Exact) {
    let power = |random: &mut Random, range: u64| 2f64.powi_exactly((random.bits() % range) as i32 - range as i32 / 2);
    let size = power(random, 60);
    let hi = random.within(-1.0, 1.0) * size;
    let lo = match random.bits() % 4 {
        0 => 0.0,
        _ => hi * random.within(-1.0, 1.0) * 2f64.powi_exactly(-54 - (random.bits() % 3 * 10) as i32),
    };
    let rad = match random.bits() % 3 {
        0 => 0.0,
        1 => hi.abs() * 2f64.powi_exactly(-100),
        _ => hi.abs() * 2f64.powi_exactly(-((random.bits() % 110) as i32)),
    };
    let offset = [rad, -rad, rad * random.within(-1.0, 1.0)][(random.bits() % 3) as usize];
    (super::exact::ball(hi, lo, rad), Exact::of(&[hi, lo, offset]))
}

/// Sums, products, quotients, roots and sums of products of random balls, in exact arithmetic.
pub fn check_operations() -> Vec<String> {
    let mut wrong = Vec::new();
    let mut random = Random(11);
    let mut expect = |what: &str, holds: bool, operands: &[Wide], result: Wide| {
        if !holds {
            wrong.push(format!("{what} {operands:?}: {result:?}"));
        }
    };
    for i in 0..20_000 {
        let ((a, x), (b, y)) = (random_ball(&mut random), random_ball(&mut random));
        expect("+", x.add(&y).is_in(&(a + b)), &[a, b], a + b);
        expect("-", x.add(&y.neg()).is_in(&(a - b)), &[a, b], a - b);
        expect("*", x.mul(&y).is_in(&(a * b)), &[a, b], a * b);
        expect("square", x.mul(&x).is_in(&a.square()), &[a], a.square());
        expect("cube", x.mul(&x).mul(&x).is_in(&a.powi(3)), &[a], a.powi(3));
        // x/y is in [p - r, p + r] exactly if x - p y is at most r |y|.
        let quotient = a / b;
        if quotient.is_bounded() && quotient.quality() == Quality::Continuous {
            let (hi, lo) = quotient.midpoint();
            let rest = x.add(&y.mul(&Exact::of(&[hi, lo])).neg());
            let room = if y.is_negative() { y.neg() } else { y.clone() }.mul(&Exact::of(&[quotient.radius().get()]));
            let holds = !room.add(&rest).is_negative() && !room.add(&rest.neg()).is_negative();
            expect("/", holds, &[a, b], quotient);
        }
        // The root of a square is the magnitude.
        let root = (a * a).sqrt();
        let magnitude = if x.is_negative() { x.neg() } else { x.clone() };
        expect("sqrt", root.quality() < Quality::Continuous || magnitude.is_in(&root), &[a], root);
        if i % 10 == 0 {
            let n = (random.bits() % 40) as usize;
            let (p, q): (Vec<_>, Vec<_>) = (0..n).map(|_| (random_ball(&mut random), random_ball(&mut random))).unzip();
            let exact = p.iter().zip(q.iter().rev()).fold(Exact::default(), |sum, (a, b)| sum.add(&a.1.mul(&b.1)));
            let balls = |terms: &[(Wide, Exact)]| terms.iter().map(|t| t.0).collect::<Vec<_>>();
            let sum = bumpnet_interval::Real::dot(&balls(&p), &balls(&q));
            expect("dot", exact.is_in(&sum), &balls(&p), sum);
        }
    }
    wrong
}

/// Whether the ball holds some number that may be the real one.
fn is_met(truth: &Truth, ball: &Wide) -> bool {
    let x = ball.interval();
    match truth.lo == truth.hi {
        true => x.contains(truth.lo),
        false => x.quality() != Quality::Nowhere && x.lo() < truth.hi && x.hi() > truth.lo,
    }
}

/// The reference of binary64, every operator and all sorts of arguments: hostile, wide and unbounded.
pub fn check_intervals() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases('u') {
        let op = unary_named(case.name);
        for x in intervals_around(case.arguments[0]) {
            let y = Wide::unary(op, &x.into());
            if !is_met(&case.truths[0], &y) {
                wrong.push(format!("{op:?}({x:?}) = {y:?} without {:?}", case.truths[0]));
            }
        }
    }
    for case in cases('b') {
        let op = binary_named(case.name);
        for x in intervals_around(case.arguments[0]).into_iter().step_by(3) {
            for y in intervals_around(case.arguments[1]).into_iter().step_by(2) {
                let z = Wide::binary(op, &x.into(), &y.into());
                if !is_met(&case.truths[0], &z) {
                    wrong.push(format!("{op:?}({x:?}, {y:?}) = {z:?} without {:?}", case.truths[0]));
                }
            }
        }
    }
    wrong
}

/// Jets of every function and of composed expressions, over all sorts of arguments.
pub fn check_jets() -> Vec<String> {
    let mut wrong = Vec::new();
    for (case, f) in jet_cases::<Jet<Wide>>() {
        for x in intervals_around(case.arguments[0]) {
            let jet = f(&Jet::variable(x.into(), case.truths.len() - 1));
            for (k, truth) in case.truths.iter().enumerate() {
                if !is_met(truth, &jet.coefficient(k)) {
                    let c = jet.coefficient(k);
                    wrong.push(format!("{} {} at {x:?}: order {k} is {c:?} without {truth:?}", case.kind, case.name));
                }
            }
        }
    }
    wrong
}

/// Whether the arguments are within the magnitudes that wide arithmetic is made for.
fn is_ordinary(case: &WideCase) -> bool {
    case.arguments.iter().all(|x| x[0] == 0.0 || (1e-270..=1e270).contains(&x[0].abs()))
}

/// The widest ball of a kind of results, as a power of two relative to the value.
pub fn widest(kind: char, name: &str) -> f64 {
    let cases = wide_cases(kind).filter(|case| case.name == name && is_ordinary(case));
    let balls = cases.map(|case| evaluate(&case)).filter(|c| c.midpoint().0 != 0.0);
    log2(balls.map(|c| 2.0 * c.radius().get() / c.midpoint().0.abs()).fold(0.0, f64::max))
}

/// The same of Taylor coefficients, each relative to the larger of itself and the two beside it: where a derivative has a
/// zero, nothing is small relative to it.
pub fn widest_coefficient(name: &str) -> f64 {
    let mut most = 0f64;
    for case in wide_cases('j').filter(|case| case.name == name) {
        let jet = apply(name, &Jet::variable(case.balls()[0], 14));
        let coefficients: Vec<_> = jet.coefficients().collect();
        for (k, c) in coefficients.iter().enumerate() {
            let beside = &coefficients[k.saturating_sub(1)..(k + 2).min(coefficients.len())];
            let scale = beside.iter().map(|c| c.midpoint().0.abs()).fold(0.0, f64::max);
            most = most.max(2.0 * c.radius().get() / scale);
        }
    }
    log2(most)
}

fn log2(x: f64) -> f64 {
    bumpnet_interval::elementary::unary(Unary::Log2, x)
}
