//! Literals of a product that binary64 does not hold, such as `1e310*x*1e-310`: all literals of it become one, exactly.

use std::collections::HashMap;

use bumpnet_interval::{Binary, Decimal, DecimalError};
use pest::iterators::Pair;

use super::grammar::{Rule, infix};

/// Digits of all literals of a product together, beyond which they stay as they are.
const MOST_DIGITS: usize = 2000;

/// What becomes of some parts of a sum: a literal is another number, or a literal and the operator before it are not there.
pub type Merged = HashMap<usize, Option<Decimal>>;

/// The literals of a sum's products that are multiplied out, by their places among its parts.
pub fn merged(parts: &[Pair<'_, Rule>]) -> Merged {
    let ends = |part: &Pair<'_, Rule>| {
        part.as_rule() == Rule::infix && matches!(infix(part.as_str()), Binary::Add | Binary::Sub)
    };
    let mut merged = Merged::new();
    let mut from = 0;
    for product in parts.split(ends) {
        of_product(product, from, &mut merged);
        from += product.len() + 1;
    }
    merged
}

fn of_product(parts: &[Pair<'_, Rule>], from: usize, merged: &mut Merged) {
    let is = |k: Option<usize>, op: Binary| {
        k.and_then(|k| parts.get(k)).is_some_and(|part| part.as_rule() == Rule::infix && infix(part.as_str()) == op)
    };
    let postfix =
        |k: usize| parts.get(k).is_some_and(|part| matches!(part.as_rule(), Rule::superscript | Rule::factorial));
    let powers = |k: usize| postfix(k + 1) || is(Some(k + 1), Binary::Pow) || is(k.checked_sub(1), Binary::Pow);
    let first = parts.iter().position(|part| part.as_rule() != Rule::prefix);
    // A literal with a sign of its own would lose it, but for the first, which keeps it.
    let plain = |k: &usize| {
        let signed = k.checked_sub(1).is_some_and(|k| parts[k].as_rule() == Rule::prefix);
        let rooted = k.checked_sub(1).is_some_and(|k| matches!(parts[k].as_str(), "√" | "∛"));
        parts[*k].as_rule() == Rule::number && !powers(*k) && !rooted && (!signed || first == Some(*k))
    };
    let literals: Vec<usize> = (0..parts.len()).filter(plain).collect();
    let beyond = |k: &usize| match parts[*k].as_str().parse::<Decimal>() {
        Ok(decimal) => decimal.vanishes(),
        Err(error) => error == DecimalError::Overflow,
    };
    let digits: usize = literals.iter().map(|k| parts[*k].as_str().len()).sum();
    if literals.len() < 2 || digits > MOST_DIGITS || !literals.iter().any(beyond) {
        return;
    }
    let (below, above): (Vec<usize>, Vec<usize>) =
        literals.into_iter().partition(|k| is(k.checked_sub(1), Binary::Div));
    let text = |k: &usize| parts[*k].as_str();
    let numerator = product(above.iter().map(text));
    let denominator = product(below.iter().map(text));
    let (Some((number, power)), Some((divisor, by))) = (numerator, denominator) else { return };
    let (kept, gone, digits, exponent) = match (above.split_first(), below.split_first()) {
        (Some((kept, rest)), _) if divisor == [1] => (*kept, [rest, &below].concat(), number, power - by),
        (Some((kept, rest)), None) => (*kept, rest.to_vec(), number, power),
        (None, Some((kept, rest))) => (*kept, rest.to_vec(), divisor, by),
        _ => return,
    };
    let digits: String = digits.iter().map(|d| char::from(b'0' + *d)).collect();
    let Ok(decimal) = format!("0{digits}e{exponent}").parse::<Decimal>() else { return };
    merged.insert(from + kept, Some(decimal));
    for k in gone {
        merged.insert(from + k, None);
        merged.insert(from + k - 1, None);
    }
}

/// The product of some literals as decimal digits, the highest first, and a power of ten; `None` for exponents that are
/// longer than any of use.
fn product<'a>(literals: impl Iterator<Item = &'a str>) -> Option<(Vec<u8>, i64)> {
    let (mut product, mut exponent) = (vec![1], 0);
    for text in literals {
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let power: i64 = power.parse::<i32>().ok()?.into();
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|b| b - b'0').collect();
        let trailing = digits.iter().rev().take_while(|d| **d == 0).count();
        let leading = digits.iter().take_while(|d| **d == 0).count().min(digits.len() - trailing);
        exponent += power + trailing as i64 - fraction.len() as i64;
        product = times(&product, &digits[leading..digits.len() - trailing]);
    }
    Some((product, exponent))
}

/// `n!` as an exact literal; `None` where it is beyond binary64.
pub fn factorial(n: u32) -> Option<Decimal> {
    let digits = |n: u32| n.to_string().bytes().map(|b| b - b'0').collect::<Vec<u8>>();
    let product = (2..=n.min(171)).fold(vec![1], |product, k| times(&product, &digits(k)));
    let text: String = product.iter().map(|d| char::from(b'0' + *d)).collect();
    text.parse().ok()
}

/// The product of two numbers of decimal digits, the highest first.
fn times(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = vec![0u32; a.len() + b.len()];
    for (i, x) in a.iter().rev().enumerate() {
        let mut carry = 0;
        for (j, y) in b.iter().rev().enumerate() {
            let sum = digits[i + j] + u32::from(*x) * u32::from(*y) + carry;
            (digits[i + j], carry) = (sum % 10, sum / 10);
        }
        digits[i + b.len()] += carry;
    }
    let high_first: Vec<u8> = digits.iter().rev().map(|d| *d as u8).collect();
    let leading = high_first.iter().take_while(|d| **d == 0).count();
    high_first[leading..].to_vec()
}
