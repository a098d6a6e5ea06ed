//! A line of CSV: its fields, and the point that they are.

use std::borrow::Cow;
use std::ops::Range;

use bumpnet_ir::text::excerpt;
use memchr::{memchr, memchr_iter};

use crate::context::plural;

/// Characters of a field that are shown in a message.
const SHOWN: usize = 60;

/// Where in a line the point is.
pub struct Columns {
    /// The column of each input.
    columns: Vec<usize>,
    /// How many columns every line has.
    width: usize,
}

/// What is wrong with a line, and from where to where in it.
#[derive(Debug)]
pub struct LineProblem {
    /// The bytes of the line.
    pub place: Range<usize>,
    /// What is wrong.
    pub message: String,
}

/// What the first line says: where the inputs are, and whether it is a header. It is one if it names them all.
pub fn first(line: &[u8], names: &[String]) -> Result<(Columns, bool), LineProblem> {
    let mut fields = Vec::new();
    let mut rest = Some(0);
    while let Some(start) = rest {
        let Field { text, next, .. } = field(line, start)?;
        fields.push(text);
        rest = next;
    }
    let place = |name: &String| fields.iter().position(|field| **field == *name.as_bytes());
    let (width, missing) = (fields.len(), names.iter().find(|name| place(name).is_none()));
    let Some(missing) = missing else {
        let twice = names.iter().find(|name| fields.iter().filter(|field| ***field == *name.as_bytes()).count() > 1);
        return match twice {
            Some(name) => Err(LineProblem { place: 0..line.len(), message: format!("two columns are named `{name}`") }),
            None => Ok((Columns { columns: names.iter().filter_map(place).collect(), width }, true)),
        };
    };
    let layout = Columns { columns: (0..names.len()).collect(), width: names.len() };
    match layout.point(line, &mut Vec::new()) {
        Ok(()) => Ok((layout, false)),
        // Numbers, but too many or too few, or one too large: it is no header.
        Err(fault) if fields.iter().all(|field| matches!(number(field), Ok(_) | Err(Some(_)))) => Err(fault),
        Err(_) => {
            let message = format!("the first line is neither a point nor a header that names `{missing}`");
            Err(LineProblem { place: 0..line.len(), message })
        }
    }
}

impl Columns {
    /// The points of whole lines, or the first line that is none and why.
    pub fn points<'l>(&self, piece: &'l [u8]) -> Result<Vec<f64>, (&'l [u8], LineProblem)> {
        let mut points = Vec::with_capacity(piece.len() / 16);
        let mut start = 0;
        for end in memchr_iter(b'\n', piece).chain(std::iter::once(piece.len())) {
            if let Some(line) = content(&piece[start..end]) {
                self.point(line, &mut points).map_err(|fault| (line, fault))?;
            }
            start = (end + 1).min(piece.len());
        }
        Ok(points)
    }

    /// Appends the point of a line.
    fn point(&self, line: &[u8], points: &mut Vec<f64>) -> Result<(), LineProblem> {
        // Most lines are one number.
        if self.width == 1
            && let Ok(value) = number(line.trim_ascii())
        {
            points.push(value);
            return Ok(());
        }
        let start = points.len();
        points.resize(start + self.columns.len(), 0.0);
        let (mut count, mut rest) = (0, Some(0));
        while let Some(from) = rest {
            let Field { text, place, next } = field(line, from)?;
            for (input, _) in self.columns.iter().enumerate().filter(|(_, column)| **column == count) {
                points[start + input] = number(&text).map_err(|why| {
                    let field = excerpt(&String::from_utf8_lossy(&text), SHOWN);
                    let message = format!("`{field}` is {}", why.unwrap_or("not a number"));
                    LineProblem { place: place.clone(), message }
                })?;
            }
            (count, rest) = (count + 1, next);
        }
        match count == self.width {
            true => Ok(()),
            false => {
                let message = format!("the line has {}, not {}", plural(count, "column"), self.width);
                Err(LineProblem { place: 0..line.len(), message })
            }
        }
    }
}

/// A line without its end; `None` if it is empty.
pub fn content(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    (!line.is_empty()).then_some(line)
}

/// A field of a line.
struct Field<'a> {
    /// Without the blanks and quotes around it.
    text: Cow<'a, [u8]>,
    /// The bytes of the line.
    place: Range<usize>,
    /// Where the next one begins.
    next: Option<usize>,
}

/// The field of a line that begins here.
fn field(line: &[u8], start: usize) -> Result<Field<'_>, LineProblem> {
    let blanks = line[start..].len() - line[start..].trim_ascii_start().len();
    let from = start + blanks;
    let quoted = line.get(from) == Some(&b'"');
    let close = if quoted { closing(line, from)? } else { from };
    let end = memchr(b',', &line[close..]).map_or(line.len(), |length| close + length);
    let next = (end < line.len()).then_some(end + 1);
    let to = from.max(start + line[start..end].trim_ascii_end().len());
    if !quoted {
        let fault = |at: usize, message: &str| LineProblem { place: at..at + 1, message: message.to_owned() };
        return match line[from..to].iter().position(|byte| matches!(byte, b'\r')) {
            Some(at) => Err(fault(from + at, "a carriage return alone ends no line: save the file with line feeds")),
            None => Ok(Field { text: Cow::Borrowed(&line[from..to]), place: from..to, next }),
        };
    }
    if to != close + 1 {
        return Err(LineProblem { place: close + 1..to, message: "there is text behind a quoted field".to_owned() });
    }
    let inner = line[from + 1..close].trim_ascii();
    let mut text = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        text.push(byte);
        if byte == b'"' {
            bytes.next(); // the second of two
        }
    }
    Ok(Field { text: Cow::Owned(text), place: from..to, next })
}

/// Where the quote that begins here ends; two quotes are one that is meant.
fn closing(line: &[u8], from: usize) -> Result<usize, LineProblem> {
    let mut at = from + 1;
    while let Some(length) = memchr(b'"', &line[at..]) {
        at += length;
        if line.get(at + 1) != Some(&b'"') {
            return Ok(at);
        }
        at += 2;
    }
    Err(LineProblem { place: from..from + 1, message: "this quote is not closed on its line".to_owned() })
}

/// The number that a field is; or why it is none, where there is more to say.
fn number(field: &[u8]) -> Result<f64, Option<&'static str>> {
    match fast_float2::parse::<f64, _>(field) {
        Err(_) => Err(None),
        // `inf` has no digit.
        Ok(value) if value.is_infinite() && field.iter().any(u8::is_ascii_digit) => {
            Err(Some("beyond the largest binary64"))
        }
        Ok(value) => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    /// The parser takes what the standard library's takes, as the same number.
    #[test]
    fn numbers_are_those_of_the_standard_library() {
        let odd = [
            "",
            "+",
            "-",
            ".",
            "e",
            "1e",
            "1e+",
            ".5",
            "5.",
            "-.5e-3",
            "+1",
            "1_0",
            "0x1",
            "inf",
            "-INF",
            "Infinity",
            "infinit",
            "nan",
            "NaN",
            "-nan",
            "1e400",
            "1e-400",
            "1d0",
            " 1",
            "1 ",
            "--1",
            "00.10",
            "1E5",
            "٣",
            "1f64",
            "123456789012345678901234567890",
            "9007199254740993",
            "2.2250738585072011e-308",
            "4.9e-324",
            "2e-324",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "0.1000000000000000055511151231257827021181583404541015625",
        ];
        for text in odd {
            let ours = number(text.as_bytes()).ok().map(f64::to_bits);
            let theirs = text
                .parse()
                .ok()
                .filter(|value: &f64| text != "1e400" && !(text.ends_with("9e308") && value.is_infinite()));
            assert_eq!(ours, theirs.map(f64::to_bits), "{text:?}");
        }
    }
}
