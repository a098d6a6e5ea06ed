//! Damage that keeps a file's form: numbers become others of their kind, elements and lines come twice or not at all, words
//! change places; and a table's digest is made anew.

use std::ops::Range;

use bumpnet_adversary::random::Random;
use bumpnet_ir::{Activation, digest};

use super::formulas;

/// Numbers as a table writes them, and counts.
const FLOATS: [&str; 14] = [
    "0.0",
    "-0.0",
    "1.0",
    "-1.0",
    "0.5",
    "5e-324",
    "-5e-324",
    "2.2250738585072014e-308",
    "1e-10",
    "1.0000000000000002",
    "1e+16",
    "1e+300",
    "-1e+300",
    "1.7976931348623157e+308",
];
const COUNTS: [&str; 10] = ["0", "1", "2", "3", "17", "255", "4096", "65536", "4194305", "4294967295"];
/// What a spec's numbers become besides.
const WORDS: [&str; 8] = ["heaviside", "logistic", "x", "y", "1/x", "auto", "1e400", "[0, 5e-324]"];

/// A table with some damage; mostly with a digest that fits.
pub fn table(text: &str, random: &mut Random) -> String {
    let end = text.find(",\"digest\":").unwrap_or(text.len());
    let mut body = format!("{}}}", &text[..end]);
    for _ in 0..random.count(1, 4) {
        body = match random.below(10) {
            0 => same(&body, random),
            1 => activation(&body, random),
            2 => target(&body, random),
            3 | 4 => number(&body, random, &FLOATS, &COUNTS),
            _ => float(&body, random),
        };
    }
    let digest = digest::sha256(if random.once_in(20) { b"" } else { body.as_bytes() });
    format!("{},\"digest\":\"{digest}\"}}\n", &body[..body.len() - 1])
}

/// A spec with some damage.
pub fn spec(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..random.count(1, 3) {
        text = match random.below(4) {
            0 => lines(&text, random),
            1 => number(&text, random, &WORDS, &WORDS),
            _ => number(&text, random, &FLOATS, &[&COUNTS[..], &FLOATS[..]].concat()),
        };
    }
    text
}

/// A lock with some damage.
pub fn lock(text: &str, random: &mut Random) -> String {
    match random.below(3) {
        0 => lines(text, random),
        1 => text[..random.below(text.len())].to_owned(), // ASCII
        _ => number(text, random, &FLOATS, &COUNTS),
    }
}

/// A record of the cache with some damage; half of them with a digest that fits. The second value says that this one cannot be
/// told from a good one, and so need not be made anew.
pub fn record(text: &str, random: &mut Random) -> (String, bool) {
    let damaged = match random.below(3) {
        0 => text[..random.below(text.len())].to_owned(), // ASCII
        _ => number(text, random, &FLOATS, &COUNTS),
    };
    let part = |from: &str, to: &str| {
        let start = damaged.find(from)? + from.len();
        Some(&damaged[start..start + damaged[start..].rfind(to)?])
    };
    match (random.once_in(2), part("{\"key\":\"", "\",\"digest\""), part(",\"record\":", "}")) {
        (true, Some(key), Some(record)) => {
            let digest = digest::sha256(format!("{key}\n{record}").as_bytes());
            (format!("{{\"key\":\"{key}\",\"digest\":\"{digest}\",\"record\":{record}}}\n"), true)
        }
        _ => (damaged, false),
    }
}

/// A cover with some damage.
pub fn cover(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..random.count(1, 3) {
        text = match random.once_in(8) {
            true => text[..random.below(text.len())].to_owned(), // ASCII
            false => number(&text, random, &FLOATS, &COUNTS),
        };
    }
    text
}

/// A number becomes another one of its kind, or an element comes twice, or not at all.
fn number(text: &str, random: &mut Random, floats: &[&str], counts: &[&str]) -> String {
    let all = numbers(text);
    let Some(at) = (!all.is_empty()).then(|| all[random.below(all.len())].clone()) else { return text.to_owned() };
    let old = &text[at.clone()];
    let is_float = old.contains(['.', 'e']);
    let follows = text[at.end..].starts_with(',');
    let new = match random.below(8) {
        0 if follows => return text[..at.start].to_owned() + &text[at.end + 1..],
        1 => format!("{old},{old}"),
        2 => text[all[random.below(all.len())].clone()].to_owned(),
        _ => random.pick(if is_float { floats } else { counts }).to_owned(),
    };
    text[..at.start].to_owned() + &new + &text[at.end..]
}

/// Where the numbers are, those in words left out.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut all, mut k) = (Vec::new(), 0);
    while k < bytes.len() {
        let start = k;
        while k < bytes.len() && (bytes[k].is_ascii_alphanumeric() || b"+-._:".contains(&bytes[k])) {
            k += 1;
        }
        let word = text[start..k].trim_end_matches([':', '.']);
        if word.parse::<f64>().is_ok_and(f64::is_finite) {
            all.push(start..start + word.len());
        }
        k = k.max(start + 1);
    }
    all
}

/// A list of numbers becomes one number for all; or the other way round, as short.
fn same(text: &str, random: &mut Random) -> String {
    let key = random.pick(&["\"bias\":", "\"value\":", "\"row\":", "\"col\":", "\"inputs\":"]);
    let places: Vec<usize> = text.match_indices(key).map(|(at, _)| at + key.len()).collect();
    let Some(at) = (!places.is_empty()).then(|| places[random.below(places.len())]) else { return text.to_owned() };
    let rest = &text[at..];
    let (length, new) = match rest.starts_with('[') {
        true => (rest.find(']').map_or(1, |end| end + 1), random.pick(&["0.5", "[]", "[0]", "[0.5]", "[0,1]"])),
        false => (rest.find([',', '}']).unwrap_or(0), "[0.5,0.25]"),
    };
    text[..at].to_owned() + new + &rest[length..]
}

/// A float becomes another one: mostly the table is still one.
fn float(text: &str, random: &mut Random) -> String {
    let floats: Vec<Range<usize>> =
        numbers(text).into_iter().filter(|at| text[at.clone()].contains(['.', 'e'])).collect();
    let Some(at) = (!floats.is_empty()).then(|| floats[random.below(floats.len())].clone()) else {
        return text.to_owned();
    };
    text[..at.start].to_owned() + random.pick(&FLOATS) + &text[at.end..]
}

/// The table is for another target.
fn target(text: &str, random: &mut Random) -> String {
    let Some(start) = text.find("\"target\":\"").map(|at| at + "\"target\":\"".len()) else { return text.to_owned() };
    let end = text[start..].find('"').map_or(text.len(), |end| start + end);
    let names: Vec<&str> =
        text.match_indices("{\"name\":\"").filter_map(|(at, key)| text[at + key.len()..].split('"').next()).collect();
    let new = if names.is_empty() { "0".to_owned() } else { formulas::formula(random, &names, 3) };
    text[..start].to_owned() + &new + &text[end..]
}

/// A layer gets another activation.
fn activation(text: &str, random: &mut Random) -> String {
    let key = "\"activation\":\"";
    let places: Vec<usize> = text.match_indices(key).map(|(at, _)| at + key.len()).collect();
    let Some(at) = (!places.is_empty()).then(|| places[random.below(places.len())]) else { return text.to_owned() };
    let end = text[at..].find('"').map_or(text.len(), |end| at + end);
    text[..at].to_owned() + random.pick(&Activation::ALL).name() + &text[end..]
}

/// A line goes, comes twice, or changes places with another.
fn lines(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(4) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a]),
        2 => lines.insert(a, "<<<<<<< ours"),
        _ => lines.swap(a, b),
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found() {
        let text = "x1: [0, -1e-3], y2: 3.5,4e+300 sha256:12";
        let found: Vec<&str> = numbers(text).into_iter().map(|at| &text[at]).collect();
        assert_eq!(found, ["0", "-1e-3", "3.5", "4e+300"]);
    }

    /// Most damage is read as a table, or the commands would never see it.
    #[test]
    fn digests_fit() {
        let network = bumpnet_adversary::generate::case(3).network;
        let text = network.to_json();
        let mut random = Random::of(1);
        let refused = (0..200).filter_map(|_| bumpnet_ir::Network::from_json(&table(&text, &mut random)).err());
        let by_digest = refused.filter(|why| why.contains("digest")).count();
        assert!(by_digest < 60, "{by_digest} of 200");
    }
}
