//! The shared suite: every operation of every scalar against the reference.
//!
//! Each check returns what it found wrong, so that the tests can demand that nothing is, and the tests of deliberate faults
//! that something is.

use super::{Case, Random, binary_named, cases, unary_named};
use bumpnet_interval::{Binary, Decimal, Interval, Jet, Scalar, Unary, UpperBound, elementary};

/// The interval of the single number, and wider ones around it.
pub fn intervals_around(x: f64) -> Vec<Interval> {
    let mut result = vec![Interval::point(x)];
    let mut push = |lo: f64, hi: f64| result.extend(Interval::new(lo, hi));
    push(x, x.next_up());
    push(x.next_down(), x);
    for r in [1e-9, 0.1, 0.5, 1.0, 3.0, 7.0] {
        push(x - r, x + 0.3 * r);
        push(x, x + r);
        push(x - r, x);
    }
    push(x - 0.5 * x.abs(), x + 0.25 * x.abs());
    push(x, f64::INFINITY);
    push(f64::NEG_INFINITY, x);
    push(f64::NEG_INFINITY, f64::INFINITY);
    result
}

/// Every value lies in the interval of every interval that holds the argument.
pub fn check_interval_unary() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases('u') {
        let op = unary_named(case.name);
        for x in intervals_around(case.arguments[0]) {
            let y = Interval::unary(op, &x);
            if !case.truths[0].is_in(&y) {
                wrong.push(format!("{op:?}({x:?}) = {y:?} without {:?}", case.truths[0]));
            }
        }
    }
    wrong
}

/// The same for two arguments.
pub fn check_interval_binary() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases('b') {
        let op = binary_named(case.name);
        let (xs, ys) = (intervals_around(case.arguments[0]), intervals_around(case.arguments[1]));
        for (i, x) in xs.iter().enumerate() {
            for (j, y) in ys.iter().enumerate() {
                // The points and, of the rest, every third pair.
                if i > 2 && j > 2 && (i + j) % 3 != 0 {
                    continue;
                }
                let z = Interval::binary(op, x, y);
                if !case.truths[0].is_in(&z) {
                    wrong.push(format!("{op:?}({x:?}, {y:?}) = {z:?} without {:?}", case.truths[0]));
                }
            }
        }
    }
    wrong
}

/// Every decimal lies in its enclosure, which is as tight as can be.
pub fn check_literals() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases('l') {
        let decimal: Decimal = case.name.parse().unwrap();
        let x = Interval::literal(&decimal);
        if x.lo() != case.truths[0].lo || x.hi() != case.truths[0].hi {
            wrong.push(format!("{}: {x:?} is not {:?}", case.name, case.truths[0]));
        }
    }
    wrong
}

/// Values of `f64` are next to the exact ones.
pub fn check_points() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases('u') {
        let op = unary_named(case.name);
        // fpmath rounds to nearest but for one in a thousand; the others are put together from a few roundings.
        let allowed = match op {
            Unary::Sigmoid | Unary::Softplus | Unary::Sinc => 3,
            _ => 0,
        };
        let y = elementary::unary(op, case.arguments[0]);
        // `1/(1 + e^-x)` underflows early, which is right to an absolute 1e-308.
        if case.truths[0].distance(y) > allowed && !(op == Unary::Sigmoid && y == 0.0 && case.truths[0].hi < 1e-307) {
            wrong.push(format!("{op:?}({:?}) = {y:?}, not {:?}", case.arguments, case.truths[0]));
        }
    }
    for case in cases('b') {
        let op = binary_named(case.name);
        let z = elementary::binary(op, case.arguments[0], case.arguments[1]);
        if case.truths[0].distance(z) > 0 {
            wrong.push(format!("{op:?}({:?}) = {z:?}, not {:?}", case.arguments, case.truths[0]));
        }
    }
    wrong
}

/// Upper bounds of sums, products, quotients, roots and widths are not below the exact ones.
pub fn check_upper_bounds() -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases('b').chain(cases('u').filter(|c| c.name == "sqrt")) {
        let bounds: Vec<_> = case.arguments.iter().map(|x| UpperBound::new(*x)).collect();
        let not_negative = case.arguments.iter().all(|x| *x >= 0.0);
        let bound = match case.name {
            "-" => Interval::new(case.arguments[1], case.arguments[0]).map(|x| x.width()),
            "+" if not_negative => Some(bounds[0] + bounds[1]),
            "*" if not_negative => Some(bounds[0] * bounds[1]),
            "/" if not_negative => Some(bounds[0].div_by_lower(case.arguments[1])),
            "sqrt" => Some(bounds[0].sqrt()),
            _ => None,
        };
        if bound.is_some_and(|bound| bound.get() < case.truths[0].hi) {
            wrong.push(format!("{} {:?}: {bound:?} for {:?}", case.name, case.arguments, case.truths[0]));
        }
    }
    wrong
}

/// Every Taylor coefficient lies in that of the jet, at the point and over wider intervals.
pub fn check_interval_jets() -> Vec<String> {
    let mut wrong = Vec::new();
    for (case, f) in jet_cases::<Jet<Interval>>() {
        for x in intervals_around(case.arguments[0]) {
            let jet = f(&Jet::variable(x, case.truths.len() - 1));
            for (k, truth) in case.truths.iter().enumerate() {
                let c = jet.coefficient(k);
                if !truth.is_in(&c) {
                    wrong.push(format!("{} {} at {x:?}: order {k} is {c:?} without {truth:?}", case.kind, case.name));
                }
            }
        }
    }
    wrong
}

/// The coefficients of jets of `f64` are about right.
pub fn check_point_jets() -> Vec<String> {
    let mut wrong = Vec::new();
    for (case, f) in jet_cases::<Jet<f64>>() {
        let jet = f(&Jet::variable(case.arguments[0], case.truths.len() - 1));
        let scale = case.truths.iter().map(|t| t.hi.abs()).fold(0.0, f64::max);
        for (k, truth) in case.truths.iter().enumerate() {
            let c = jet.coefficient(k);
            let error = (c - truth.lo).abs();
            if error.is_nan() || error > 1e-9 * truth.lo.abs() + 1e-13 * scale {
                wrong.push(format!(
                    "{} {} at {:?}: order {k} is {c:?}, not {truth:?}",
                    case.kind, case.name, case.arguments
                ));
            }
        }
    }
    wrong
}

/// Products of polynomials with integer coefficients of 53 bits, whose coefficients are known exactly.
pub fn check_products() -> Vec<String> {
    let mut wrong = Vec::new();
    let mut random = Random(1);
    let t = Jet::variable(Interval::ZERO, 9);
    for _ in 0..200 {
        let mut factor = || {
            let numbers: Vec<i64> = (0..10).map(|_| random.bits() as i64 >> 11).collect();
            // Horner's scheme in t itself is exact.
            let jet = numbers.iter().rev().fold(Jet::constant(Interval::ZERO), |jet, c| {
                Jet::binary(Binary::Add, &Jet::binary(Binary::Mul, &jet, &t), &Jet::point(*c as f64))
            });
            (numbers, jet)
        };
        let ((a, ja), (b, jb)) = (factor(), factor());
        for (name, product, b) in [
            ("product", Jet::binary(Binary::Mul, &ja, &jb), &b),
            ("square", Jet::binary(Binary::Pow, &ja, &Jet::point(2.0)), &a),
        ] {
            for k in 0..10 {
                let exact: i128 = (0..=k).map(|i| i128::from(a[i]) * i128::from(b[k - i])).sum();
                let c = product.coefficient(k);
                // The bounds are integers, and below 2^127.
                if exact < c.lo().floor() as i128 || exact > c.hi().ceil() as i128 {
                    wrong.push(format!("{name} {a:?} {b:?} order {k}: {c:?} without {exact}"));
                }
                if c.width().get() > 1e-13 * 10.0 * 1.7e31 {
                    wrong.push(format!("{name} {a:?} {b:?} order {k}: {c:?} is wide"));
                }
            }
        }
    }
    wrong
}

type Function<T> = Box<dyn Fn(&T) -> T>;

/// Every case with Taylor coefficients, and the function they are of.
pub fn jet_cases<T: Scalar + 'static>() -> impl Iterator<Item = (Case, Function<T>)> {
    let plain = cases('j').map(|case| {
        let op = unary_named(case.name);
        (case, Box::new(move |x: &T| T::unary(op, x)) as Function<T>)
    });
    let composed = cases('c').map(|case| {
        let op = unary_named(case.name);
        (case, Box::new(move |x: &T| T::unary(op, &inner(x))) as Function<T>)
    });
    let expressions = cases('e').map(|case| {
        let name = case.name;
        (case, Box::new(move |x: &T| expression(name, x)) as Function<T>)
    });
    plain.chain(composed).chain(expressions)
}

/// `x^2 - x/4 + 1/8`.
fn inner<T: Scalar>(x: &T) -> T {
    let square = T::binary(Binary::Pow, x, &T::point(2.0));
    let linear = T::binary(Binary::Sub, &square, &T::binary(Binary::Div, x, &T::point(4.0)));
    T::binary(Binary::Add, &linear, &T::point(0.125))
}

fn expression<T: Scalar>(name: &str, x: &T) -> T {
    let u = inner(x);
    let pow = |a: &T, b: f64| T::binary(Binary::Pow, a, &T::point(b));
    match name {
        "x^3" => pow(x, 3.0),
        "x^7" => pow(x, 7.0),
        "x^-2" => pow(x, -2.0),
        "x^2.5" => pow(x, 2.5),
        "u^4" => pow(&u, 4.0),
        "u^-3" => pow(&u, -3.0),
        "u^1.5" => pow(&u, 1.5),
        "x^x" => T::binary(Binary::Pow, x, x),
        "2^u" => T::binary(Binary::Pow, &T::point(2.0), &u),
        "x/u" => T::binary(Binary::Div, x, &u),
        "1/u" => T::binary(Binary::Div, &T::point(1.0), &u),
        "x*u" => T::binary(Binary::Mul, x, &u),
        "hypot(x,u)" => T::binary(Binary::Hypot, x, &u),
        "atan2(x,u)" => T::binary(Binary::Atan2, x, &u),
        "atan2(u,x)" => T::binary(Binary::Atan2, &u, x),
        "sin(15x)" => T::unary(Unary::Sin, &T::binary(Binary::Mul, &T::point(15.0), x)),
        "sin(u)*exp(x)" => T::binary(Binary::Mul, &T::unary(Unary::Sin, &u), &T::unary(Unary::Exp, x)),
        "sigmoid(8x-3)" => {
            let line = T::binary(Binary::Sub, &T::binary(Binary::Mul, &T::point(8.0), x), &T::point(3.0));
            T::unary(Unary::Sigmoid, &line)
        }
        other => panic!("{other}"),
    }
}
