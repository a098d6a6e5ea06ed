//! The words of a formula in other languages: numbers with suffixes, names with modules, commands of LaTeX.

use bumpnet_ir::Span;

/// What is foreign about a text, and where.
pub type Note = (Span, &'static str);

/// A word, and where it starts.
#[derive(Clone, Debug)]
pub struct Token {
    pub word: Word,
    pub at: usize,
    /// Whether a blank stands before it.
    pub spaced: bool,
}

/// A word of a formula.
#[derive(Clone, PartialEq, Debug)]
pub enum Word {
    /// As it is written here.
    Number(String),
    Name(String),
    /// A command of LaTeX, without the backslash.
    Command(String),
    /// Anything else.
    Sign(String),
}

/// Modules that functions come from.
const MODULES: [&str; 22] = [
    "np",
    "numpy",
    "math",
    "Math",
    "torch",
    "tf",
    "jnp",
    "jax",
    "cmath",
    "std",
    "scipy",
    "sp",
    "sympy",
    "F",
    "nn",
    "functional",
    "special",
    "xp",
    "cp",
    "mp",
    "mpmath",
    "keras",
];

/// Signs of two characters.
const PAIRS: [&str; 13] = ["**", "//", "<=", ">=", "==", "!=", "<>", "=<", "&&", "||", "->", "=>", "::"];

/// The words of a text, and what is foreign about them.
pub fn tokens(text: &str, notes: &mut Vec<Note>) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let spaced = at > 0 && text[..at].ends_with(char::is_whitespace);
        let (word, length) = match first {
            _ if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            '0'..='9' | '.' if rest.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit()) => {
                number(rest, at, notes)?
            }
            'A'..='Z' | 'a'..='z' | '_' => name(rest, at, notes),
            '\\' => command(rest, at, notes)?,
            _ => {
                let pair = PAIRS.iter().find(|pair| rest.starts_with(**pair));
                let sign = pair.map_or_else(|| first.to_string(), |pair| (*pair).to_owned());
                (Some(Word::Sign(sign.clone())), sign.len())
            }
        };
        tokens.extend(word.map(|word| Token { word, at, spaced }));
        at += length;
    }
    Some(tokens)
}

fn number(rest: &str, at: usize, notes: &mut Vec<Note>) -> Option<(Option<Word>, usize)> {
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0o", 8)] {
        let Some(digits) = rest.strip_prefix(prefix) else { continue };
        let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        if end > 0 {
            notes.push((at..at + 2 + end, "numbers are decimal"));
            let value = u64::from_str_radix(&digits[..end], radix).ok()?;
            return Some((Some(Word::Number(value.to_string())), 2 + end));
        }
    }
    let bytes = rest.as_bytes();
    let digit = |k: usize| bytes.get(k).is_some_and(u8::is_ascii_digit);
    let (mut end, mut points, mut text) = (0, 0, String::new());
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'0'..=b'9' => text.push(char::from(*byte)),
            b'.' if points == 0 => {
                points = 1;
                text.push('.');
            }
            b'_' if digit(end + 1) && end > 0 => notes.push((at + end..at + end + 1, "digits stand together")),
            _ => break,
        }
        end += 1;
    }
    let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
    if matches!(bytes.get(end), Some(b'e' | b'E' | b'd' | b'D')) && digit(end + 1 + signed) {
        if matches!(bytes[end], b'd' | b'D') {
            notes.push((at + end..at + end + 1, "the exponent of a number is written with `e`"));
        }
        let from = end + 1 + signed;
        let digits = rest[from..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |k| k + from);
        text = format!("{text}e{}", &rest[end + 1..digits]);
        end = digits;
    }
    // Millions, or Euler's number?
    let rest_of_word = rest.get(end + 1..).unwrap_or_default();
    if matches!(bytes.get(end), Some(b'e' | b'E'))
        && !rest_of_word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
    {
        return None;
    }
    let suffixed = matches!(bytes.get(end), Some(b'f' | b'F' | b'L')) && text.contains(['.', 'e']);
    if suffixed && !rest_of_word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        notes.push((at + end..at + end + 1, "numbers have no suffix"));
        end += 1;
    }
    Some((Some(Word::Number(text)), end))
}

fn name(rest: &str, at: usize, notes: &mut Vec<Note>) -> (Option<Word>, usize) {
    let end = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let length = end(rest);
    let word = &rest[..length];
    for dot in [".", "::"] {
        if MODULES.contains(&word) && rest[length..].starts_with(dot) {
            notes.push((at..at + length + dot.len(), "functions and constants have no module here"));
            return (None, length + dot.len());
        }
    }
    (Some(Word::Name(word.to_owned())), length)
}

fn command(rest: &str, at: usize, notes: &mut Vec<Note>) -> Option<(Option<Word>, usize)> {
    let length = rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1).max(1);
    let command = rest.get(1..=length)?;
    notes.push((at..at + 1 + length, "LaTeX is not read"));
    let word = match command {
        "left" | "right" | "," | ";" | "!" | ":" | " " | "quad" | "displaystyle" => None,
        "cdot" | "times" | "ast" => Some(Word::Sign("*".to_owned())),
        "div" => Some(Word::Sign("/".to_owned())),
        "le" | "leq" => Some(Word::Sign("<=".to_owned())),
        "ge" | "geq" => Some(Word::Sign(">=".to_owned())),
        "ne" | "neq" => Some(Word::Sign("!=".to_owned())),
        "lt" => Some(Word::Sign("<".to_owned())),
        "gt" => Some(Word::Sign(">".to_owned())),
        "lvert" | "rvert" | "vert" => Some(Word::Sign("|".to_owned())),
        "lfloor" => Some(Word::Sign("⌊".to_owned())),
        "rfloor" => Some(Word::Sign("⌋".to_owned())),
        "lceil" => Some(Word::Sign("⌈".to_owned())),
        "rceil" => Some(Word::Sign("⌉".to_owned())),
        "frac" | "dfrac" | "tfrac" | "sqrt" | "mathrm" | "operatorname" => Some(Word::Command(command.to_owned())),
        other => Some(Word::Name(other.to_owned())),
    };
    Some((word, length + 1))
}
