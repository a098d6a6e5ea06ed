//! Syntax errors in words: what stands at the place where the grammar stopped, and what to write instead.

use bumpnet_ir::Diagnostic;

use super::grammar::{MAX_NESTING, Rule};
use crate::suggest::is_visible;

/// Refuses parentheses nested too deeply, before the recursive descent of pest.
pub fn check_nesting(text: &str) -> Result<(), Box<Diagnostic>> {
    let mut depth = 0usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '(' | '⌊' | '⌈' => depth += 1,
            ')' | '⌋' | '⌉' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(too_deep(at));
        }
    }
    Ok(())
}

/// Nesting beyond [`MAX_NESTING`] starts here.
pub fn too_deep(at: usize) -> Box<Diagnostic> {
    let problem = Diagnostic::new(at..at + 1, format!("nested deeper than {MAX_NESTING} levels"));
    Box::new(problem.help("name parts of the expression with `let`"))
}

/// Turns pest's error into a diagnostic.
pub fn explain(text: &str, error: &pest::error::Error<Rule>) -> Diagnostic {
    let at = match error.location {
        pest::error::InputLocation::Pos(at) => at,
        pest::error::InputLocation::Span((at, _)) => at,
    };
    let at = at + (text[at..].len() - text[at..].trim_start().len());
    let before = text[..at].trim_end();
    let after_operand = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '.' | '_'));
    let Some(found) = text[at..].chars().next() else { return unfinished(text, before, after_operand) };
    let one = at..at + found.len_utf8();
    if let Some((message, help)) = number(&text[..at], &text[at..]) {
        return Diagnostic::new(one, message).help(help);
    }
    match found {
        '%' => Diagnostic::new(one, "there is no operator `%`").help("write mod(a, b), which is a-b*floor(a/b)"),
        '!' => Diagnostic::new(one, "nothing to take the factorial of").help("write it behind a number, as in 5!"),
        '=' => Diagnostic::new(one, "a single `=` means nothing here")
            .help("compare with `==` in `if`; define names in `let`"),
        '&' | '|' => Diagnostic::new(one, "conditions are joined by `and` and `or`")
            .help("write if(a < b and b < c, then, otherwise); abs(x) for |x|"),
        '[' | '{' | ']' | '}' => Diagnostic::new(one, format!("unexpected `{found}`")).help("group with ( and )"),
        ')' if after_operand => Diagnostic::new(one, "`)` without `(`").help("remove it, or open it before"),
        ',' if after_operand => Diagnostic::new(one, "a comma outside a function's arguments")
            .help("decimal numbers are written with a point"),
        '(' | '.' | '_' if after_operand => implicit_product(one),
        c if after_operand && c.is_ascii_alphanumeric() => implicit_product(one),
        c if c.is_ascii_graphic() => {
            let what = if after_operand { "an operator" } else { "a number, a name or `(`" };
            let help =
                if after_operand { "write an operator, such as `*`, or remove it" } else { "write a value before it" };
            Diagnostic::new(one, format!("expected {what}, found `{c}`")).help(help)
        }
        c => {
            let shown =
                if is_visible(c) { format!("`{c}` (U+{:04X})", c as u32) } else { format!("U+{:04X}", c as u32) };
            Diagnostic::new(one, format!("unexpected character {shown}"))
                .help("names are made of the letters a-z and A-Z, digits and `_`")
        }
    }
}

/// What is wrong where a number of another language goes on behind one of this: `1_000`, `0x10`, `1.2.3`, `1e`.
fn number(before: &str, rest: &str) -> Option<(&'static str, String)> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let digits = &before[before.trim_end_matches(is_part).len()..];
    if digits.is_empty()
        || digits.len() > 20
        || before[..before.len() - digits.len()].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    {
        return None;
    }
    let all: String = rest.chars().take_while(|c| is_part(*c) || *c == '_').filter(|c| *c != '_').take(20).collect();
    let radix = match rest.chars().next()?.to_ascii_lowercase() {
        '_' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            return Some(("digits stand together", format!("write {digits}{all}")));
        }
        '.' if digits.contains('.') => return Some(("a number has one point", "write one number, as 1.23".to_owned())),
        'e' if !rest[1..].starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
            let message = "the exponent is missing";
            return Some((message, format!("write {digits}e6 for millions, or {digits}*e with Euler's number")));
        }
        'x' => 16,
        'o' => 8,
        'b' => 2,
        _ => return None,
    };
    let value: String = rest[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
    let value = if digits == "0" { u64::from_str_radix(&value, radix).ok() } else { None };
    value.map(|value| ("numbers are decimal", format!("write {value}")))
}

fn implicit_product(at: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::new(at, "an operator is missing here").help("products are written with `*`, as in 2*x")
}

fn unfinished(text: &str, before: &str, after_operand: bool) -> Diagnostic {
    let end = before.len();
    if before.is_empty() {
        return Diagnostic::new(0..text.len(), "the expression is empty").help("write a formula, such as sin(x)");
    }
    if !after_operand {
        return Diagnostic::new(end..end, "the expression ends too early").label("a value is missing");
    }
    let mut open = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => open.push(at),
            b')' => drop(open.pop()),
            _ => {}
        }
    }
    let at = open.last().copied().unwrap_or(end);
    Diagnostic::new(at..at + 1, "`(` without `)`").label("opened here").help("close it")
}

#[cfg(test)]
mod tests {
    use crate::parse_expression;

    /// Followed, the help is a formula.
    #[test]
    fn numbers_of_other_languages() {
        for (text, help) in [
            ("1_000*x", Some("write 1000*x")),
            ("x+0x10", Some("write x+16")),
            ("0b101", Some("write 5")),
            ("1.2.3", Some("write one number, as 1.23")),
            ("2e*x", Some("write 2e6 for millions, or 2*e with Euler's number")),
            ("2x", Some("write 2*x")),
            ("0x", Some("write 0*x")),
        ] {
            let problems = parse_expression(text, vec!["x".into()]).unwrap_err();
            assert_eq!(problems[0].help.as_deref(), help, "{text}");
        }
    }
}
