//! Lists of numbers in few characters, without loss.
//!
//! Weights of neighbouring units are alike: equally spaced, or values of one function. So a list is stored by its
//! differences of order 0, 1 or 2, whichever is shortest; for binary64 those of the bits, in the order of the numbers.
//! A difference is an integer in zigzag form, seven bits a byte, low ones first, the eighth bit set on all but the last
//! byte; a zero is followed by the number of further zeros. In front stands the order, around it all base64 (RFC 4648).
//! `numbers.js` reads it.

use bumpnet_ir::Values;

/// Whole numbers.
pub fn integers(list: &[u32]) -> String {
    packed(list.iter().map(|n| i64::from(*n)).collect())
}

/// Binary64 numbers, bit for bit.
pub fn floats(list: &[f64]) -> String {
    packed(list.iter().map(|x| ordered(*x)).collect())
}

/// A number where all are the same, or else the list.
pub fn values(values: &Values) -> serde_json::Value {
    match values {
        Values::Same(value) => serde_json::Value::from(*value),
        Values::Each(list) => serde_json::Value::from(floats(list)),
    }
}

/// The bits as an integer that is larger the larger the number is.
fn ordered(x: f64) -> i64 {
    let bits = x.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

fn packed(mut list: Vec<i64>) -> String {
    let mut best: Option<Vec<u8>> = None;
    for order in 0..3u8 {
        let mut bytes = vec![order];
        put(&list, &mut bytes);
        if best.as_ref().is_none_or(|best| bytes.len() < best.len()) {
            best = Some(bytes);
        }
        // In place, from the end, so that each takes the one before it as it was. The first stays.
        for k in (1..list.len()).rev() {
            list[k] = list[k].wrapping_sub(list[k - 1]);
        }
    }
    base64(&best.unwrap_or_default())
}

fn put(list: &[i64], bytes: &mut Vec<u8>) {
    let mut rest = list;
    while let [first, others @ ..] = rest {
        varint(((first << 1) ^ (first >> 63)).cast_unsigned(), bytes);
        rest = others;
        if *first == 0 {
            let zeros = rest.iter().take_while(|n| **n == 0).count();
            varint(zeros as u64, bytes);
            rest = &rest[zeros..];
        }
    }
}

fn varint(mut n: u64, bytes: &mut Vec<u8>) {
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}

/// RFC 4648, with padding.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |k: usize| u32::from(chunk.get(k).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for k in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * k) & 63) as usize];
            out.push(if k > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_short() {
        assert_eq!(base64(b"light work."), "bGlnaHQgd29yay4=");
        let upwards: Vec<u32> = (0..1000).collect();
        assert!(integers(&upwards).len() <= 16, "{}", integers(&upwards));
        let spaced: Vec<f64> = (0..1000).map(|k| f64::from(k) / 1000.0).collect();
        assert!(floats(&spaced).len() < 3000, "{}", floats(&spaced).len());
        assert_eq!(floats(&[]), "AA==");
    }

    /// What `numbers.js` does.
    fn unpacked(text: &str) -> Vec<i64> {
        let digit = |c: u8| match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        let digits: Vec<u32> = text.trim_end_matches('=').bytes().map(|c| u32::from(digit(c))).collect();
        let bits = |k: usize| digits.get(k / 6).copied().unwrap_or(0) >> (5 - k % 6) & 1;
        let byte = |k: usize| (0..8).fold(0, |byte, bit| byte << 1 | bits(8 * k + bit)) as u8;
        let mut bytes = (0..digits.len() * 6 / 8).map(byte);
        let order = bytes.next().unwrap_or(0);
        let mut integer = || {
            let mut n: Option<u64> = None;
            for (k, byte) in bytes.by_ref().enumerate() {
                n = Some(n.unwrap_or(0) | u64::from(byte & 0x7f) << (7 * k));
                if byte < 0x80 {
                    break;
                }
            }
            n
        };
        let mut list = Vec::new();
        while let Some(n) = integer() {
            list.push((n >> 1).cast_signed() ^ -(n & 1).cast_signed());
            if n == 0 {
                list.extend(vec![0; integer().unwrap_or(0) as usize]);
            }
        }
        for _ in 0..order {
            for k in 1..list.len() {
                list[k] = list[k].wrapping_add(list[k - 1]);
            }
        }
        list
    }

    #[test]
    fn nothing_is_lost() {
        let mut state = 1u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from_bits(state)
        };
        let lists: [Vec<f64>; 6] = [
            vec![],
            vec![-0.0, 0.0, 0.0, 0.0, 1.0, f64::MIN, f64::MAX, f64::INFINITY, f64::NEG_INFINITY],
            (0..300).map(|_| random()).collect(),
            (0..300).map(|k| f64::from(k) / 7.0).collect(),
            vec![0.1; 1000],
            vec![0.0; 129],
        ];
        for list in lists {
            let bits: Vec<i64> = list.iter().map(|x| ordered(*x)).collect();
            assert_eq!(unpacked(&floats(&list)), bits, "{list:?}");
        }
        assert_eq!(unpacked(&integers(&[3, 0, u32::MAX, 7])), [3, 0, i64::from(u32::MAX), 7]);
    }

    #[test]
    fn bits_are_in_order() {
        let list = [f64::NEG_INFINITY, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1.0, f64::MAX, f64::INFINITY];
        assert!(list.windows(2).all(|pair| ordered(pair[0]) < ordered(pair[1])));
    }
}
