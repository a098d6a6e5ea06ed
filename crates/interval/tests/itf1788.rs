//! The test vectors of ITF1788, the interval test framework for IEEE 1788, against the operations of this crate.
//!
//! `cargo test -p bumpnet-interval --test itf1788 -- --nocapture` prints how many vectors of each operation were run, and
//! how many binary64 numbers a bound was further out than in the tightest interval, at most.
//!
//! Where the data comes from and under which licences: `itf1788/convert.py`, and the head of each file. No vectors are free
//! of copyleft for `expm1`, `log1p` and `hypot`; `reference/reference.txt` has those.
#![allow(clippy::unwrap_used)] // a test may panic

mod common;

use std::collections::BTreeMap;

use bumpnet_interval::{Binary, Interval, Quality, Scalar, Unary};
use common::ulps;

const FILES: [&str; 4] = [
    include_str!("itf1788/libieeep1788_elem.itl"),
    include_str!("itf1788/libieeep1788_set.itl"),
    include_str!("itf1788/libieeep1788_num.itl"),
    include_str!("itf1788/atan2.itl"),
];

/// An interval of the standard: bounds, `None` if it is empty, and the decoration that was written.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Standard<'a> {
    bounds: Option<(f64, f64)>,
    decoration: Option<&'a str>,
}

/// An argument or a result.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Value<'a> {
    Interval(Standard<'a>),
    Number(f64),
    /// Not an interval, which does not exist here.
    Nai,
}

/// `operation argument... = result`.
struct Vector<'a> {
    line: &'a str,
    operation: &'a str,
    arguments: Vec<Value<'a>>,
    expected: Value<'a>,
}

fn number(text: &str) -> f64 {
    text.trim().parse().unwrap_or_else(|_| panic!("no number: {text}"))
}

fn value(text: &str) -> Value<'_> {
    let Some(rest) = text.strip_prefix('[') else { return Value::Number(number(text)) };
    let (inside, decoration) = rest.split_once(']').unwrap();
    let decoration = decoration.strip_prefix('_');
    let bounds = match inside {
        "nai" => return Value::Nai,
        "empty" => None,
        "entire" => Some((f64::NEG_INFINITY, f64::INFINITY)),
        _ => {
            let (lo, hi) = inside.split_once(',').unwrap();
            Some((number(lo), number(hi)))
        }
    };
    Value::Interval(Standard { bounds, decoration })
}

/// The reader: comments and `testcase NAME { ... }` around statements that end in `;`, each on a line of its own.
fn vectors(text: &str) -> Vec<Vector<'_>> {
    let (mut vectors, mut comment) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        comment |= line.starts_with("/*");
        if !comment && !line.is_empty() && !line.starts_with("testcase ") && line != "}" {
            let statement = line.strip_suffix(';').unwrap_or_else(|| panic!("no statement: {line}"));
            let (call, expected) = statement.split_once(" = ").unwrap();
            let (operation, arguments) = call.split_once(' ').unwrap();
            let arguments = arguments.split(' ').map(value).collect();
            vectors.push(Vector { line, operation, arguments, expected: value(expected) });
        }
        comment &= !line.ends_with("*/");
    }
    vectors
}

/// The decoration as a quality. There is none for `com`, bounded besides, of its own.
fn quality(decoration: &str) -> Quality {
    match decoration {
        "com" | "dac" => Quality::Continuous,
        "def" => Quality::Defined,
        "trv" => Quality::Partial,
        other => panic!("{other}"),
    }
}

fn interval(standard: Standard<'_>) -> Interval {
    let Some((lo, hi)) = standard.bounds else { return Interval::NOWHERE };
    Interval::new(lo, hi).unwrap().demoted(standard.decoration.map_or(Quality::Continuous, quality))
}

/// What this crate makes of a vector; `None` for operations that it does not have.
fn evaluate(operation: &str, arguments: &[Value<'_>]) -> Option<Interval> {
    let argument = |k: usize| match arguments[k] {
        Value::Interval(standard) => interval(standard),
        Value::Number(number) => Interval::point(number),
        Value::Nai => unreachable!(),
    };
    let unary = |op| Some(Interval::unary(op, &argument(0)));
    let binary = |op| Some(Interval::binary(op, &argument(0), &argument(1)));
    match operation {
        "neg" => unary(Unary::Neg),
        "sqrt" => unary(Unary::Sqrt),
        "exp" => unary(Unary::Exp),
        "exp2" => unary(Unary::Exp2),
        "log" => unary(Unary::Ln),
        "log2" => unary(Unary::Log2),
        "log10" => unary(Unary::Log10),
        "sin" => unary(Unary::Sin),
        "cos" => unary(Unary::Cos),
        "tan" => unary(Unary::Tan),
        "asin" => unary(Unary::Asin),
        "acos" => unary(Unary::Acos),
        "atan" => unary(Unary::Atan),
        "sinh" => unary(Unary::Sinh),
        "cosh" => unary(Unary::Cosh),
        "tanh" => unary(Unary::Tanh),
        "asinh" => unary(Unary::Asinh),
        "acosh" => unary(Unary::Acosh),
        "atanh" => unary(Unary::Atanh),
        "sign" => unary(Unary::Sign),
        "ceil" => unary(Unary::Ceil),
        "floor" => unary(Unary::Floor),
        "trunc" => unary(Unary::Trunc),
        "roundTiesToAway" => unary(Unary::Round),
        "abs" => unary(Unary::Abs),
        "add" => binary(Binary::Add),
        "sub" => binary(Binary::Sub),
        "mul" => binary(Binary::Mul),
        "div" => binary(Binary::Div),
        "pow" | "pown" => binary(Binary::Pow),
        "atan2" => binary(Binary::Atan2),
        "min" => binary(Binary::Min),
        "max" => binary(Binary::Max),
        "sqr" => Some(argument(0).square()),
        "recip" => Some(Interval::ONE / argument(0)),
        // Of several operations, so not tightest, but no less an enclosure.
        "fma" => Some(argument(0) * argument(1) + argument(2)),
        "exp10" => Some(Interval::binary(Binary::Pow, &Interval::point(10.0), &argument(0))),
        "convexHull" => Some(argument(0).hull(&argument(1))),
        "intersection" => Some(argument(0).intersection(&argument(1)).unwrap_or(Interval::NOWHERE)),
        // Of no use here: halves are rounded away from zero.
        "roundTiesToEven" => None,
        _ => panic!("{operation}"),
    }
}

/// How many binary64 numbers further out a bound may be than the tightest. Two for each call of fpmath; the other
/// operations round by at most one.
fn allowance(operation: &str) -> u64 {
    match operation {
        "neg" | "sign" | "ceil" | "floor" | "trunc" | "roundTiesToAway" | "abs" | "min" | "max" | "convexHull"
        | "intersection" | "add" | "sub" => 0,
        "mul" | "div" | "recip" | "sqr" | "sqrt" => 1,
        _ => 2,
    }
}

/// The vectors where the operation of this crate is another one than the standard's, and what it is instead.
fn differs(vector: &Vector<'_>) -> Option<&'static str> {
    let bounds = |k: usize| match vector.arguments[k] {
        Value::Interval(Standard { bounds, .. }) => bounds,
        _ => None,
    };
    match vector.operation {
        "pow" => {
            let (base, exponent) = (bounds(0)?, bounds(1)?);
            if base.0 < 0.0 {
                Some("negative numbers have powers at integers")
            } else if base.0 == 0.0 && exponent.0 <= 0.0 && exponent.1 >= 0.0 {
                Some("0^0 is 1")
            } else {
                None
            }
        }
        "fma" | "exp10" => Some("of several operations"),
        "convexHull" | "intersection" => Some("decorations of set operations are `trv`"),
        _ => None,
    }
}

/// Whether a decoration stands for what `found` says. A jump at an end of the box counts as one here; the standard asks for
/// continuity of the function restricted to the box.
fn agrees(operation: &str, decoration: &str, found: Quality) -> bool {
    let jumps = matches!(operation, "sign" | "ceil" | "floor" | "trunc" | "roundTiesToAway" | "atan2");
    found == quality(decoration) || jumps && decoration == "dac" && found == Quality::Defined
}

/// The interval that the standard's tightest one must lie in, and at most how far it may stick out.
fn check(vector: &Vector<'_>, found: Interval) -> Result<u64, String> {
    let Value::Interval(expected) = vector.expected else { return Err("no interval".to_owned()) };
    let other = differs(vector).is_some();
    let Some((lo, hi)) = expected.bounds else {
        return match found.quality() {
            Quality::Nowhere => Ok(0),
            _ if other => Ok(0),
            _ => Err("should be nowhere".to_owned()),
        };
    };
    if found.quality() == Quality::Nowhere || !(found.lo() <= lo && hi <= found.hi()) {
        return Err("does not hold the expected interval".to_owned());
    }
    if let Some(decoration) = expected.decoration
        && !other
        && !agrees(vector.operation, decoration, found.quality())
    {
        return Err("has another decoration".to_owned());
    }
    if other {
        return Ok(0);
    }
    // The largest binary64 and the infinity are neighbours.
    let beyond = ulps(found.lo() + 0.0, lo + 0.0).max(ulps(found.hi() + 0.0, hi + 0.0));
    if beyond <= allowance(vector.operation) {
        Ok(beyond)
    } else {
        Err(format!("{beyond} binary64 numbers further out"))
    }
}

#[test]
fn operations() {
    let (mut wrong, mut run) = (Vec::new(), BTreeMap::<&str, (usize, usize, u64)>::new());
    for vector in FILES[..2].iter().chain(&FILES[3..]).flat_map(|text| vectors(text)) {
        let counts = run.entry(vector.operation).or_default();
        if vector.arguments.contains(&Value::Nai) || vector.expected == Value::Nai {
            counts.1 += 1;
            continue;
        }
        let Some(found) = evaluate(vector.operation, &vector.arguments) else {
            counts.1 += 1;
            continue;
        };
        counts.0 += 1;
        match check(&vector, found) {
            Ok(beyond) => counts.2 = counts.2.max(beyond),
            Err(what) => wrong.push(format!("{} {found:?} {what}", vector.line)),
        }
    }
    let (mut all, mut left) = (0, 0);
    for (operation, (count, skipped, beyond)) in &run {
        println!("{operation}: {count} run, {skipped} left out, at most {beyond} binary64 numbers further out");
        (all, left) = (all + count, left + skipped);
    }
    println!("{all} run, {left} left out");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Bounds and sizes of intervals. The midpoint of an unbounded interval is another one here, so `mid` and `rad` are left out.
#[test]
fn numbers() {
    let mut run = 0;
    for vector in vectors(FILES[2]) {
        let (Value::Interval(standard), Value::Number(expected)) = (vector.arguments[0], vector.expected) else {
            continue;
        };
        let x = interval(standard);
        let found = match vector.operation {
            // The standard's infimum of the empty set is inf; here there is none.
            "inf" | "sup" if standard.bounds.is_none() => continue,
            "inf" => x.lo(),
            "sup" => x.hi(),
            "mig" => x.mignitude(),
            // An upper bound of no quantity is not NaN.
            "mag" | "wid" if standard.bounds.is_none() => continue,
            "mag" => x.magnitude().get(),
            "wid" => x.width().get(),
            _ => continue,
        };
        run += 1;
        assert!(found == expected || found.is_nan() && expected.is_nan(), "{}: {found:?}", vector.line);
    }
    assert!(run >= 90, "{run}");
}

/// The reader: comments, decorations, the special intervals, numbers that are no intervals.
#[test]
fn the_reader_reads_what_is_written() {
    let text = "/* a [1,2] =\n * b;\n */\n\ntestcase t {\n    pown [-1.5,infinity]_dac -3 = [empty];\n    mid [nai] = NaN;\n}\n";
    let read = vectors(text);
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].operation, "pown");
    let base = Standard { bounds: Some((-1.5, f64::INFINITY)), decoration: Some("dac") };
    assert_eq!(read[0].arguments, [Value::Interval(base), Value::Number(-3.0)]);
    assert_eq!(read[0].expected, Value::Interval(Standard { bounds: None, decoration: None }));
    assert_eq!(read[1].arguments, [Value::Nai]);
    assert!(matches!(read[1].expected, Value::Number(nan) if nan.is_nan()));
    let count: usize = FILES.iter().map(|text| vectors(text).len()).sum();
    assert_eq!(count, FILES.iter().map(|text| text.matches(" = ").count()).sum::<usize>());
}
