//! Complex numbers: values against a reference, boxes against values, and where a function is analytic.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use bumpnet_interval::{Binary, Comparison, Complex, Interval, Quality, Scalar, Unary};
use common::{Random, binary_named, bits, unary_named};

type Z = Complex<f64>;
type Area = Complex<Interval>;

fn distance(a: Z, b: Z) -> f64 {
    (a.re - b.re).abs().max((a.im - b.im).abs())
}

fn size(z: Z) -> f64 {
    z.re.abs().max(z.im.abs())
}

/// Each line of the reference: its name, arguments and result.
fn reference(kind: char) -> impl Iterator<Item = (&'static str, Vec<Z>, Z)> {
    include_str!("reference/complex.txt").lines().filter(move |line| line.starts_with(kind)).map(|line| {
        let mut fields = line.split(' ').skip(1);
        let name = fields.next().unwrap();
        let numbers: Vec<f64> = fields.map(bits).collect();
        let mut pairs: Vec<Z> = numbers.chunks(2).map(|pair| Complex::new(pair[0], pair[1])).collect();
        let value = pairs.pop().unwrap();
        (name, pairs, value)
    })
}

fn point(z: Z) -> Area {
    Complex::new(Interval::point(z.re), Interval::point(z.im))
}

/// The box is next to the value, which is rounded.
fn holds(area: &Area, z: Z, slack: f64) -> bool {
    let near = |side: Interval, x: f64| side.lo() - slack <= x && x <= side.hi() + slack;
    area.re.quality() != Quality::Nowhere && near(area.re, z.re) && near(area.im, z.im)
}

/// For each operator the largest error of the values, relative to the larger part, in units of 2^-52.
#[test]
fn values_agree_with_the_reference() {
    let mut worst: std::collections::BTreeMap<(char, &str), (f64, Vec<Z>)> = Default::default();
    let check = |kind, name, arguments: Vec<Z>, value: Z, got: Z, boxed: Area| {
        let slack = 2.0 * f64::EPSILON * size(value);
        assert!(holds(&boxed, value, slack), "{kind} {name} {arguments:?}: {boxed:?} without {value:?}");
        let error = match size(value) {
            0.0 => size(got),
            size => distance(got, value) / size / f64::EPSILON,
        };
        (kind, name, error, arguments)
    };
    let unary = reference('u').map(|(name, arguments, value)| {
        let (op, z) = (unary_named(name), arguments[0]);
        check('u', name, arguments, value, Complex::unary(op, &z), Complex::unary(op, &point(z)))
    });
    let binary = reference('b').map(|(name, arguments, value)| {
        let (op, a, b) = (binary_named(name), arguments[0], arguments[1]);
        check('b', name, arguments, value, Complex::binary(op, &a, &b), Complex::binary(op, &point(a), &point(b)))
    });
    for (kind, name, error, arguments) in unary.chain(binary) {
        let entry = worst.entry((kind, name)).or_insert((0.0, Vec::new()));
        if error > entry.0 || error.is_nan() {
            *entry = (error, arguments);
        }
    }
    assert_eq!(worst.len(), 27 + 9);
    for ((_, name), (error, arguments)) in &worst {
        println!("{name:>8}: {error:.2} at {arguments:?}");
    }
    for ((_, name), (error, arguments)) in worst {
        // `erf` and `^` enlarge an error of their arguments by up to 2 |z|^2 and |b ln a|; for `x < 0`, `atan2` is a
        // difference of two angles.
        let most = match name {
            "erf" => 20.0,
            "atan2" => 50.0,
            _ => 6.0,
        };
        assert!(error <= most, "{name}: {error} at {arguments:?}");
    }
}

fn side(lo: f64, hi: f64) -> Interval {
    Interval::new(lo, hi).unwrap()
}

/// A box and a point in it; often on the real axis, or next to it, and often small.
fn box_and_point(random: &mut Random) -> (Area, Z) {
    let width = [1e-3, 1e-2, 0.1, 1.0, 10.0][(random.bits() % 5) as usize];
    let mut interval = |spread: f64| {
        let (middle, left, right) =
            (random.within(-spread, spread), random.within(0.0, width), random.within(0.0, width));
        match random.bits() % 6 {
            0 => (Interval::ZERO, 0.0),
            1 => (side(0.0, right), random.within(0.0, right)),
            2 => (side(middle.round(), middle.round() + right), middle.round()),
            _ => (side(middle - left, middle + right), random.within(middle - left, middle + right)),
        }
    };
    let ((re, x), (im, y)) = (interval(4.0), interval(2.0));
    (Complex::new(re, im), Complex::new(x + 0.0, y + 0.0)) // no -0
}

/// Wherever the value exists it lies in the box; on an analytic box it exists.
fn assert_inclusion(area: &Area, z: Z, what: impl Fn() -> String) {
    let exists = z.re.is_finite() && z.im.is_finite();
    if exists {
        assert!(holds(area, z, 1e-12 * (1.0 + size(z))), "{}: {area:?} without {z:?}", what());
    } else if area.is_bounded() {
        assert!(!area.is_analytic(), "{}: {area:?} but {z:?}", what());
    }
    let parts = [area.re.quality(), area.im.quality()];
    assert_eq!(parts[0], parts[1], "{}: both parts are known equally well", what());
}

#[test]
fn boxes_hold_the_values() {
    let mut random = Random(1);
    let mut analytic = 0;
    for _ in 0..20_000 {
        let ((a, x), (b, y)) = (box_and_point(&mut random), box_and_point(&mut random));
        for op in Unary::ALL {
            let area = Complex::unary(op, &a);
            analytic += usize::from(area.is_analytic());
            assert_inclusion(&area, Complex::unary(op, &x), || format!("{op:?} {a:?} {x:?}"));
        }
        for op in Binary::ALL {
            let area = Complex::binary(op, &a, &b);
            // At the origin there is no angle, but atan2(0, 0) of binary64 is 0.
            if op == Binary::Atan2 && (x, y) == (Complex::real(0.0), Complex::real(0.0)) {
                continue;
            }
            assert_inclusion(&area, Complex::binary(op, &x, &y), || format!("{op:?} {a:?} {b:?} {x:?} {y:?}"));
        }
        let n = (random.bits() % 17) as f64 - 8.0;
        let area = Complex::binary(Binary::Pow, &a, &Complex::point(n));
        let value = Complex::binary(Binary::Pow, &x, &Complex::point(n));
        assert_inclusion(&area, value, || format!("{a:?} {x:?}^{n}"));
        for op in Comparison::ALL {
            let (area, value) = (Complex::select(op, &a, &b, &a, &b), Complex::select(op, &x, &y, &x, &y));
            assert_inclusion(&area, value, || format!("if {op:?} {a:?} {b:?} {x:?} {y:?}"));
        }
    }
    assert!(analytic > 300_000, "{analytic}");
}

/// A random expression of a few operators, the same for every scalar.
fn expression<T: Scalar>(random: &mut Random, z: &T, depth: usize) -> T {
    let choice = random.bits() % 8;
    if depth == 0 || choice == 0 {
        return if random.bits().is_multiple_of(3) { T::point(random.within(-2.0, 2.0)) } else { z.clone() };
    }
    let left = expression(random, z, depth - 1);
    if choice < 4 {
        return T::unary(Unary::ALL[(random.bits() % Unary::ALL.len() as u64) as usize], &left);
    }
    let right = expression(random, z, depth - 1);
    if choice == 4 {
        let op = Comparison::ALL[(random.bits() % 6) as usize];
        let (then, otherwise) = (expression(random, z, depth - 1), expression(random, z, depth - 1));
        return T::select(op, &left, &right, &then, &otherwise);
    }
    T::binary(Binary::ALL[(random.bits() % Binary::ALL.len() as u64) as usize], &left, &right)
}

/// What is analytic satisfies the differential equation of Cauchy and Riemann, and its boxes hold its values.
#[test]
fn expressions_are_enclosed_and_analytic() {
    let mut random = Random(2);
    let (mut compared, mut derived) = (0, 0);
    for seed in 0..60_000 {
        let radius = [1e-3, 1e-2, 0.1, 1.0][(seed % 4) as usize];
        let (x, y) = (random.within(-2.0, 2.0), random.within(-1.0, 1.0));
        let y = if seed % 3 == 0 { 0.0 } else { y };
        let area = Complex::new(side(x - radius, x + radius), side(y - radius, y + radius));
        let of_box = expression(&mut Random(seed), &area, 4);
        let at = |x: f64, y: f64| expression(&mut Random(seed), &Complex::new(x, y), 4);
        let value = at(x, y);
        // A value may be lost to cancellation or overflow inside the expression; a box never is.
        if size(value) > 1e6 || !size(value).is_finite() || value.re.is_nan() {
            continue;
        }
        if !(of_box.is_analytic() && of_box.is_bounded()) {
            continue;
        }
        compared += 1;
        let points: Vec<Z> = (0..12)
            .map(|_| at(random.within(x - radius, x + radius), random.within(y - radius, y + radius)))
            .chain([value])
            .collect();
        for z in &points {
            assert!(
                holds(&of_box, *z, 1e-9 * (1.0 + size(*z))),
                "{seed} at {x} + {y}i, {radius}: {of_box:?} without {z:?}"
            );
        }
        // Cauchy's estimates bound what finite differences leave out.
        let bound = points.iter().map(|z| size(*z)).fold(0.0, f64::max) * 20.0 / radius;
        let h = 1e-5 * radius;
        let along = |dx: f64, dy: f64| {
            let (a, b) = (at(x + dx, y + dy), at(x - dx, y - dy));
            Complex::new((a.re - b.re) / (2.0 * h), (a.im - b.im) / (2.0 * h))
        };
        let (across, up) = (along(h, 0.0), along(0.0, h));
        let wrong = distance(across, Complex::new(up.im, -up.re));
        assert!(wrong <= 1e-6 * bound + 1e-9 / radius, "{seed} at {x} + {y}i, {radius}: {across:?} {up:?} of {bound}");
        derived += usize::from(size(across) > 1e-2);
    }
    println!("{compared} analytic, {derived} not constant");
    assert!(compared > 15_000 && derived > 8_000, "{compared} {derived}");
}

/// On the real axis it is the real scalar.
#[test]
fn real_numbers_stay_real() {
    let mut random = Random(3);
    let same = |z: Z, real: f64| z.re == real && z.im == 0.0 || z.re.is_nan() && real.is_nan();
    for k in 0..5_000 {
        let x = if k % 3 == 0 { random.within(-5.0, 5.0).round() } else { random.within(-5.0, 5.0) };
        let y = if k % 5 == 0 { x } else { random.within(-5.0, 5.0).round() };
        let (a, b) = (Complex::real(x), Complex::real(y));
        let wide = side(x, x + random.within(0.0, 2.0));
        for op in Unary::ALL {
            assert!(same(Complex::unary(op, &a), f64::unary(op, &x)), "{op:?} {x}");
            let (area, real) = (Complex::unary(op, &Complex::real(wide)), Interval::unary(op, &wide));
            let bounds = |i: Interval| (i.lo().to_bits(), i.hi().to_bits());
            assert!(op == Unary::Abs || bounds(area.re) == bounds(real), "{op:?} {wide:?}: {area:?} {real:?}");
            assert!(area.re.contains_all(&real) && area.re.quality() <= real.quality(), "{op:?} {wide:?}: {area:?}");
        }
        for op in Binary::ALL {
            let z = Complex::binary(op, &a, &b);
            assert!(same(z, f64::binary(op, &x, &y)), "{op:?} {x} {y}: {z:?}");
        }
        for op in Comparison::ALL {
            assert!(same(Complex::select(op, &a, &b, &a, &b), f64::select(op, &x, &y, &x, &y)), "{op:?} {x} {y}");
        }
    }
}

/// The box around a point.
fn around(x: f64, y: f64, radius: f64) -> Area {
    Complex::new(side(x - radius, x + radius), side(y - radius, y + radius))
}

#[test]
fn cuts_and_poles_are_refused() {
    use Unary::*;
    let refused = |op, x, y| !Complex::unary(op, &around(x, y, 1e-3)).is_analytic();
    let half_pi = std::f64::consts::FRAC_PI_2;
    for (op, places) in [
        (Sqrt, vec![(0.0, 0.0), (-1.0, 0.0)]),
        (Cbrt, vec![(0.0, 0.0), (0.0, 1.0), (0.0, -1.0)]),
        (Ln, vec![(0.0, 0.0), (-1.0, 0.0)]),
        (Log2, vec![(0.0, 0.0), (-1.0, 0.0)]),
        (Log10, vec![(0.0, 0.0), (-1.0, 0.0)]),
        (Ln1p, vec![(-1.0, 0.0), (-2.0, 0.0)]),
        (Asin, vec![(1.0, 0.0), (-1.0, 0.0), (2.0, 0.0)]),
        (Acos, vec![(1.0, 0.0), (-1.0, 0.0), (-2.0, 0.0)]),
        (Atanh, vec![(1.0, 0.0), (-1.0, 0.0), (2.0, 0.0)]),
        (Atan, vec![(0.0, 1.0), (0.0, -1.0), (0.0, 2.0)]),
        (Asinh, vec![(0.0, 1.0), (0.0, -1.0), (0.0, -2.0)]),
        (Acosh, vec![(1.0, 0.0), (0.0, 0.0), (-3.0, 0.0)]),
        (Tan, vec![(half_pi, 0.0), (-3.0 * half_pi, 0.0)]),
        (Tanh, vec![(0.0, half_pi), (0.0, -3.0 * half_pi)]),
        (Sigmoid, vec![(0.0, 2.0 * half_pi), (0.0, -6.0 * half_pi)]),
        (Softplus, vec![(0.0, 2.0 * half_pi), (0.0, -4.0)]),
        (Abs, vec![(0.0, 0.0), (0.0, 1.0)]),
        (Sign, vec![(0.0, 0.0), (0.0, 1.0)]),
        (Step, vec![(0.0, 0.0), (0.0, 1.0)]),
        (Floor, vec![(2.0, 0.0), (2.0, 1.0)]),
        (Ceil, vec![(2.0, 0.0)]),
        (Trunc, vec![(2.0, 0.0)]),
        (Round, vec![(2.5, 0.0)]),
    ] {
        for (x, y) in places {
            assert!(refused(op, x, y), "{op:?} at {x} + {y}i");
            // Touching is enough (pi is rounded).
            let touching = Complex::new(side(x - 1e-15, x + 1e-3), side(y - 1e-15, y + 1e-3));
            assert!(!Complex::unary(op, &touching).is_analytic(), "{op:?} touching {x} + {y}i");
        }
    }
    let z = around(0.0, 0.0, 1e-3);
    let half = Complex::point(0.5);
    for (op, a, b) in [
        (Binary::Div, half, z),
        (Binary::Div, z, z),
        (Binary::Pow, z, half),
        (Binary::Pow, z, Complex::point(-2.0)),
        (Binary::Pow, z, z),
        (Binary::Hypot, z, z),
        (Binary::Hypot, z, Complex::point(0.0)),
        (Binary::Hypot, around(0.0, 0.5, 1e-3), half),
        (Binary::Atan2, z, z),
        (Binary::Atan2, z, Complex::point(-1.0)),
        (Binary::Min, z, Complex::point(0.0)),
        (Binary::Max, z, z),
    ] {
        assert!(!Complex::binary(op, &a, &b).is_analytic(), "{op:?} {a:?} {b:?}");
    }
    assert!(!Complex::select(Comparison::Less, &z, &Complex::point(0.0), &half, &half).is_analytic());
    // On the real axis too, where the real function may go on.
    for (op, x) in [(Sqrt, 0.0), (Cbrt, 0.0), (Asin, 1.0), (Acosh, 1.0), (Abs, 0.0)] {
        let area = Complex::unary(op, &Complex::real(side(x - 0.5, x + 0.5)));
        assert!(!area.is_analytic(), "{op:?} {area:?}");
    }
}

/// Next to what is refused, and in large boxes without it, nothing is refused.
#[test]
fn what_is_analytic_is_accepted() {
    use Unary::*;
    for op in [Neg, Exp, Exp2, ExpM1, Sin, Cos, Sinh, Cosh, Erf, Sinc] {
        assert!(Complex::unary(op, &around(0.3, 0.2, 3.0)).is_analytic(), "{op:?}");
    }
    let right = Complex::new(side(0.01, 9.0), side(-7.0, 7.0));
    for op in [Sqrt, Cbrt, Ln, Log2, Log10, Ln1p, Abs, Softplus, Sign, Step] {
        let area = Complex::unary(op, &right);
        assert!(area.is_analytic() && area.is_bounded(), "{op:?} {area:?}");
    }
    let strip = Complex::new(side(-9.0, 9.0), side(-0.99, 0.99));
    for op in [Atan, Asinh, Tanh, Sigmoid, Softplus] {
        let area = Complex::unary(op, &strip);
        assert!(area.is_analytic() && area.is_bounded(), "{op:?} {area:?}");
    }
    let pillar = Complex::new(side(-0.99, 0.99), side(-9.0, 9.0));
    for op in [Asin, Acos, Atanh, Tan] {
        let area = Complex::unary(op, &pillar);
        assert!(area.is_analytic() && area.is_bounded(), "{op:?} {area:?}");
    }
    for (op, x, y) in [(Sqrt, -1.0, 0.01), (Ln, -1.0, -0.01), (Asin, 2.0, 0.01), (Acosh, -2.0, 0.01), (Atan, 0.01, 2.0)]
    {
        assert!(Complex::unary(op, &around(x, y, 0.005)).is_analytic(), "{op:?} {x} {y}");
    }
    for op in [Floor, Ceil, Trunc, Round] {
        assert!(Complex::unary(op, &around(2.25, 0.0, 0.2)).is_analytic(), "{op:?}");
    }
    let (z, zero) = (around(0.0, 0.0, 0.4), Complex::point(0.0));
    let one = Complex::point(1.0);
    assert!(Complex::binary(Binary::Hypot, &z, &one).is_analytic());
    assert!(Complex::binary(Binary::Atan2, &z, &one).is_analytic());
    assert!(Complex::binary(Binary::Atan2, &one, &z).is_analytic());
    assert!(Complex::binary(Binary::Pow, &z, &Complex::point(3.0)).is_analytic());
    assert!(Complex::binary(Binary::Max, &z, &one).is_analytic());
    // A kink in the condition does not matter when the condition is decided, nor does one in the other branch.
    let abs = Complex::unary(Abs, &z);
    assert!(!abs.is_analytic() && Complex::select(Comparison::Less, &abs, &one, &z, &abs).is_analytic());
    assert!(Complex::binary(Binary::Min, &abs, &one).re.quality() == Quality::Defined);
    assert!(Complex::binary(Binary::Max, &abs, &one).is_analytic());
    // That it may be undefined does.
    let root = Complex::unary(Sqrt, &z);
    assert!(!Complex::select(Comparison::Less, &root, &one, &z, &abs).is_analytic());
    // Constants are analytic whatever they were made by.
    let made = [Complex::unary(Sqrt, &zero), Complex::unary(Abs, &zero), Complex::binary(Binary::Hypot, &zero, &zero)];
    assert!(made.iter().all(|area: &Area| area.is_analytic()));
    assert!(Complex::select(Comparison::LessEqual, &zero, &zero, &z, &abs).is_analytic());
}

/// Quotients and roots of numbers whose squares overflow or underflow.
#[test]
fn extreme_magnitudes() {
    for scale in [1e-300, 1e-170, 1.0, 1e170, 1e300] {
        let z = Complex::new(3.0 * scale, 4.0 * scale);
        let one = Complex::binary(Binary::Div, &z, &z);
        assert!(distance(one, Complex::real(1.0)) < 1e-15, "{scale}: {one:?}");
        let area = Complex::binary(Binary::Div, &point(z), &point(z));
        assert!(area.is_analytic() && holds(&area, one, 1e-15), "{scale}: {area:?}");
        let root = Complex::unary(Unary::Sqrt, &z);
        let back = Complex::binary(Binary::Mul, &root, &root);
        assert!(distance(back, z) < 1e-15 * scale * 5.0, "{scale}: {back:?}");
        assert!(Complex::unary(Unary::Ln, &point(z)).is_analytic());
    }
}
