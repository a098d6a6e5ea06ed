//! How wide text is, and where to break it.

use bumpnet_ir::text::one_line;

/// Units per em of the font's own measures.
const EM: f64 = 2048.0;
/// Advance widths of DejaVu Sans for the characters U+0020 to U+007E, from the font's `hmtx` table.
#[rustfmt::skip]
const ADVANCES: [u16; 95] = [
    651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690,
    1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087,
    2048, 1401, 1405, 1430, 1577, 1294, 1178, 1587, 1540, 604, 604, 1343, 1141, 1767, 1532, 1612,
    1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025, 1403, 1251, 1403, 799, 690, 799, 1716, 1024,
    1024, 1255, 1300, 1126, 1300, 1260, 721, 1300, 1298, 569, 569, 1186, 569, 1995, 1298, 1253,
    1300, 1300, 842, 1067, 803, 1298, 1212, 1675, 1212, 1212, 1075, 1303, 690, 1303, 1716,
];
/// How much wider the bold face sets a text (1.13 to 1.15 for words tried; single letters differ more).
const BOLD: f64 = 1.16;
/// Text is cut here before it is laid out: far more than any number of lines that are shown can hold.
const LONGEST: usize = 4000;

fn advance(c: char) -> f64 {
    match c {
        ' '..='~' => f64::from(ADVANCES[c as usize - 32]),
        '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' => 821.0,
        '⁻' => 1081.0,
        '×' | '±' | '−' | '≤' => 1716.0,
        // Latin, Greek and Cyrillic letters are narrower, most signs and ideographs as wide.
        _ => EM,
    }
}

/// The width of one line of text.
pub fn width(text: &str, size: u32, bold: bool) -> f64 {
    let units: f64 = text.chars().map(advance).sum();
    units / EM * f64::from(size) * if bold { BOLD } else { 1.0 }
}

/// The text on one line without characters that XML forbids or a renderer would draw as boxes.
pub fn line(text: &str) -> String {
    one_line(&text.chars().take(LONGEST).collect::<String>())
}

/// The text as one line no wider than `room`, its end replaced by an ellipsis if need be.
pub fn shortened(text: &str, size: u32, bold: bool, room: f64) -> String {
    wrapped(text, size, bold, room, 1).pop().unwrap_or_default()
}

/// The text as at most `most` lines no wider than `room`; an ellipsis ends the last where text had to go.
pub fn wrapped(text: &str, size: u32, bold: bool, room: f64, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut rest = line(paragraph);
        while !rest.is_empty() && lines.len() <= most {
            let tail = rest.split_off(break_at(&rest, size, bold, room));
            lines.push(rest.trim_end().to_owned());
            rest = tail.trim_start().to_owned();
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && width(last, size, bold) + width("…", size, bold) > room {
                last.pop();
            }
            last.push('…');
        }
    }
    lines
}

/// The byte at which the first line of `text` ends: after a space or an operator unless all are in its first third.
fn break_at(text: &str, size: u32, bold: bool, room: f64) -> usize {
    let (mut used, mut good) = (0.0, 0);
    for (at, c) in text.char_indices() {
        used += width(c.encode_utf8(&mut [0; 4]), size, bold);
        if used > room && at > 0 {
            return if good > at / 3 { good } else { at };
        }
        if matches!(c, ' ' | '+' | '*' | '/' | ',' | ';' | '-') {
            good = at + c.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost_silently() {
        let text = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)".repeat(20);
        for most in 1..5 {
            let lines = wrapped(&text, 12, false, 300.0, most);
            assert_eq!(lines.len(), most);
            assert!(lines.iter().all(|l| width(l, 12, false) <= 300.0));
            assert!(lines[most - 1].ends_with('…'));
        }
        assert_eq!(wrapped(&text, 12, false, 300.0, 99).concat(), text);
        assert_eq!(wrapped("a\n\nb", 12, false, 300.0, 3), ["a", "b"]);
        assert_eq!(wrapped("", 12, false, 300.0, 3), [""; 0]);
    }

    #[test]
    fn odd_text_is_harmless() {
        assert_eq!(line("a\u{0}b\tc\u{ffff}"), "a\\u{0}b c\\u{ffff}");
        assert_eq!(wrapped("漢字漢字", 12, false, 1.0, 2), ["漢", "…"]);
        assert_eq!(shortened("abc", 12, false, 0.0), "…");
    }
}
