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

    /// A formula that is likely to be partial.
    fn formula(&mut self, depth: u32) -> String {
        if depth == 0 {
            return self.of(&["x", "x", "x", "(x-1)", "0.5", "2", "0.3", "(1-x)"]).to_owned();
        }
        let (a, b) = (self.formula(depth - 1), self.formula(depth - 1));
        match self.roll(12) {
            0 => format!("({a}+{b})"),
            1 => format!("({a}-{b})"),
            2 => format!("({a}*{b})"),
            3 => format!("({a}/{b})"),
            4 => format!("sqrt({a})"),
            5 => format!("{a}*ln({a})"),
            6 => format!("if({a} {} {b}, {}, {})", self.of(&["<", "<=", ">", ">=", "==", "!="]), self.formula(1), a),
            7 => format!("{}({a})/{a}", self.of(&["sin", "tanh", "expm1", "asin", "atan", "ln1p"])),
            8 => format!("{}({a})", self.of(&["sin", "cos", "exp", "acos", "acosh", "abs", "floor"])),
            9 => format!("(1-cos({a}))/({a})^2"),
            10 => format!("if({a} == 0, {b}, {b}/{a})"),
            _ => format!("({a})^{}", self.of(&["2", "3", "0.5", "1.5"])),
        }
    }
}

#[test]
fn the_settled_target_is_the_target() {
    let (mut settled_otherwise, mut points, mut unseen) = (0, 0, 0);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..1000 {
        let text = dice.formula(3);
        let (lo, hi) = [(-1.0, 1.0), (0.0, 1.0), (0.0, 2.0), (-2.0, 3.0), (0.1, 0.9)][dice.roll(5) as usize];
        let inputs = [Input { name: "x".into(), lo, hi }];
        let Ok(target) = bumpnet_parser::parse_expression(&text, vec!["x".into()]) else { continue };
        let Ok(settled) = settle(&target, &inputs) else { continue };
        settled_otherwise += usize::from(*settled != target);
        let special = [0.0, 1.0, 0.5, 0.3, -1.0, lo, hi].into_iter().filter(|x| lo <= *x && *x <= hi);
        let evenly = (0..=60).map(|k| lo + (hi - lo) * f64::from(k) / 60.0);
        // The neighbours of 0 underflow.
        let beside = |x: f64| if x == 0.0 { [0.0, 1e-9, -1e-9] } else { [x, x.next_down(), x.next_up()] };
        for x in special.chain(evenly).flat_map(beside).map(|x| x.clamp(lo, hi)) {
            let written: Interval = target.eval(&[Interval::point(x)]);
            let other: Interval = settled.eval(&[Interval::point(x)]);
            // An enclosure at one number may be wider than that of a cell, which has exact ends.
            unseen += usize::from(other.quality() < Quality::Defined || !other.is_bounded());
            if written.quality() >= Quality::Defined && other.quality() >= Quality::Partial {
                points += 1;
                assert!(written.intersection(&other).is_some(), "{text} at {x}: {written:?} {other:?}");
            }
            // Over a small cell, too.
            let cell = Interval::new((x - 1e-3).max(lo), (x + 1e-3).min(hi)).unwrap();
            let over: Interval = settled.eval(&[cell]);
            let inside = over.quality() == Quality::Nowhere || over.hull(&other) != over && !over.is_bounded();
            assert!(
                inside || over.lo() <= other.hi() && other.lo() <= over.hi(),
                "{text} near {x}: {over:?} {other:?}"
            );
        }
    }
    println!(
        "{settled_otherwise} of 1000 formulas settled otherwise, {points} points compared, {unseen} not seen to be defined"
    );
    assert!(settled_otherwise > 50 && unseen * 1000 < points);
}
