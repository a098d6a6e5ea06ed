//! Settled targets of random formulas are the formulas as written, wherever these have a value.

use bumpnet_interval::{Interval, Quality};
use bumpnet_ir::Input;
use bumpnet_prove::settle;

/// A generator of its own: xorshift, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len() as u64) as usize]
    }

    /// A formula that is likely to be partial, of these terms.
    fn formula(&mut self, terms: &[&str], depth: u32) -> String {
        if depth == 0 {
            return self.of(terms).to_owned();
        }
        let (a, b) = (self.formula(terms, depth - 1), self.formula(terms, depth - 1));
        match self.roll(20) {
            0 => format!("({a}+{b})"),
            1 => format!("({a}-{b})"),
            2 => format!("({a}*{b})"),
            3 => format!("({a}/{b})"),
            4 => format!("sqrt({a})"),
            5 => format!("{a}*ln({a})"),
            6 => {
                let relation = self.of(&["<", "<=", ">", ">=", "==", "!="]).to_owned();
                format!("if({a} {relation} {b}, {}, {a})", self.formula(terms, 1))
            }
            7 => format!("{}({a})/{a}", self.of(&["sin", "tanh", "expm1", "asin", "atan", "ln1p"])),
            8 => format!("{}({a})", self.of(&["sin", "cos", "exp", "acos", "acosh", "abs", "floor"])),
            9 => format!("(1-cos({a}))/({a})^2"),
            10 => format!("if({a} == 0, {b}, {b}/{a})"),
            11 => format!("({a})^{}", self.of(&["2", "3", "0.5", "1.5"])),
            12 => format!("{}*{}({a})/({a}*{b})", self.of(terms), self.of(&["sin", "tanh", "expm1"])),
            13 => format!("({a}^{0}-{b}^{0})/({a}-{b})", self.of(&["2", "3"])),
            14 => format!("({0}({a})-{0}({b}))/({b}-{a})", self.of(&["sin", "cos", "exp", "ln", "sqrt", "tanh"])),
            15 => format!("{}(pi*{a})/({b})", self.of(&["sin", "tan"])),
            16 => format!(
                "({a})^{}*{}({a})^{}",
                self.of(&["1", "2", "0.5"]),
                self.of(&["ln", "log2"]),
                self.of(&["1", "2"])
            ),
            17 => format!("{}({a})*ln({a})", self.of(&["sin", "tanh", "expm1"])),
            18 => format!("{a}/{}", self.of(&["sqrt(x)", "x^0.25", "sqrt(1-x)"])),
            _ => format!("(sin({a})-({a})+({a})^3/6)/({a})^5"),
        }
    }
}

/// The settled form of random formulas of these inputs, compared with what was written at these points: how many are settled
/// otherwise, points that are compared, and points at which the value is not seen.
fn compared(dice: &mut Dice, (count, depth): (usize, u32), terms: &[&str], names: &[&str]) -> [usize; 3] {
    let mut counts = [0; 3];
    for _ in 0..count {
        let text = dice.formula(terms, depth);
        let (lo, hi) = [(-1.0, 1.0), (0.0, 1.0), (0.0, 2.0), (-2.0, 3.0), (0.1, 0.9)][dice.roll(5) as usize];
        let inputs: Vec<Input> = names.iter().map(|name| Input { name: (*name).into(), lo, hi }).collect();
        let names = names.iter().map(|name| (*name).into()).collect();
        let Ok(target) = bumpnet_parser::parse_expression(&text, names) else { continue };
        let Ok(settled) = settle(&target, &inputs) else { continue };
        counts[0] += usize::from(*settled != target);
        let special = [0.0, 1.0, 0.5, 0.3, -1.0, lo, hi].into_iter().filter(|x| lo <= *x && *x <= hi);
        let evenly = (0..=60).map(|k| lo + (hi - lo) * f64::from(k) / 60.0);
        // The neighbours of 0 underflow.
        let beside = |x: f64| if x == 0.0 { [0.0, 1e-9, -1e-9] } else { [x, x.next_down(), x.next_up()] };
        let numbers: Vec<f64> = special.chain(evenly).flat_map(beside).map(|x| x.clamp(lo, hi)).collect();
        for (k, x) in numbers.iter().enumerate() {
            // Of two inputs the other is the same, beside it, and some others.
            let other = numbers[[k, k + 1, 7 * k, 0][k % 4] % numbers.len()];
            let point: Vec<f64> = [*x, other].into_iter().take(inputs.len()).collect();
            let at: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
            let (written, other): (Interval, Interval) = (target.eval(&at), settled.eval(&at));
            // An enclosure at one number may be wider than that of a cell, which has exact ends.
            counts[2] += usize::from(other.quality() < Quality::Defined || !other.is_bounded());
            if written.quality() >= Quality::Defined && other.quality() >= Quality::Partial {
                counts[1] += 1;
                assert!(written.intersection(&other).is_some(), "{text} at {point:?}: {written:?} {other:?}");
            }
            // Over a small cell, too.
            let side = |x: &f64| Interval::new((x - 1e-3).max(lo), (x + 1e-3).min(hi)).expect("a cell");
            let over: Interval = settled.eval(&point.iter().map(side).collect::<Vec<_>>());
            let inside = over.quality() == Quality::Nowhere || over.hull(&other) != over && !over.is_bounded();
            assert!(
                inside || over.lo() <= other.hi() && other.lo() <= over.hi(),
                "{text} near {point:?}: {over:?} {other:?}"
            );
        }
    }
    counts
}

#[test]
fn the_settled_target_is_the_target() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (one, two) =
        (["x", "x", "x", "(x-1)", "0.5", "2", "0.3", "(1-x)"], ["x", "y", "x", "y", "(x-y)", "2", "x*y", "(1-y)"]);
    let of_one = compared(&mut dice, (1000, 2), &one, &["x"]);
    let deep = compared(&mut dice, (100, 3), &one, &["x"]);
    let of_two = compared(&mut dice, (500, 2), &two, &["x", "y"]);
    for (count, [otherwise, points, unseen]) in [(1000, of_one), (100, deep), (500, of_two)] {
        println!(
            "{otherwise} of {count} formulas settled otherwise, {points} points compared, {unseen} not seen to be defined"
        );
        assert!(otherwise * 20 > count && unseen * 1000 < points);
    }
}
