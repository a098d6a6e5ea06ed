//! A domain on the command line: `x=[0, 1], y=[-pi, pi]`.

use bumpnet_ir::names::{is_identifier, is_reserved};
use bumpnet_ir::network::check::MAX_INPUTS;
use bumpnet_ir::{Diagnostic, Input, Span};
use bumpnet_parser::parse_constant;

/// The inputs of such a text.
pub fn read(text: &str) -> Result<Vec<Input>, Diagnostic> {
    let help = "write it as in \"x=[0, 1], y=[-1, 1]\"";
    let mut inputs: Vec<Input> = Vec::new();
    let mut at = 0;
    loop {
        let name_end = text[at..].find(['=', ':', '[']).map_or(text.len(), |k| at + k);
        let name = text[at..name_end].trim();
        let place = trimmed(text, at..name_end);
        if !is_identifier(name) || is_reserved(name) {
            let message = if name.is_empty() { "the name of an input is missing" } else { "this cannot name an input" };
            return Err(Diagnostic::new(place, message).help(help));
        }
        if inputs.iter().any(|input| input.name == name) {
            return Err(Diagnostic::new(place, "an input stands twice").help("remove one of them"));
        }
        if inputs.len() == MAX_INPUTS {
            return Err(Diagnostic::new(place, format!("more than {MAX_INPUTS} inputs")));
        }
        let open = name_end + text[name_end..].find(|c| !matches!(c, '=' | ':' | ' ')).unwrap_or(text.len() - name_end);
        let close = text[open..].find(']').map(|k| open + k);
        let Some(close) = close.filter(|_| text[open..].starts_with('[')) else {
            return Err(Diagnostic::new(open..open, "the range of an input is missing").help(help));
        };
        let [lo, hi] = ends(text, open + 1..close)?;
        if lo >= hi {
            let message = format!("the range is empty: {lo:?} is not below {hi:?}");
            return Err(Diagnostic::new(open..close + 1, message).help("write the lower end first"));
        }
        inputs.push(Input { name: name.to_owned(), lo, hi });
        let rest = &text[close + 1..];
        match rest.find(|c: char| !matches!(c, ',' | ';' | ' ')) {
            Some(next) => at = close + 1 + next,
            None => return Ok(inputs),
        }
    }
}

/// The two constants in brackets.
fn ends(text: &str, inside: Span) -> Result<[f64; 2], Diagnostic> {
    let help = "write two ends, as in [0, 1]";
    let mut depth = 0;
    let mut comma = None;
    for (k, c) in text[inside.clone()].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 && comma.is_none() => comma = Some(inside.start + k),
            ',' if depth == 0 => return Err(Diagnostic::new(inside, "a range has two ends").help(help)),
            _ => {}
        }
    }
    let Some(comma) = comma else { return Err(Diagnostic::new(inside, "a range has two ends").help(help)) };
    let end = |place: Span| {
        let place = trimmed(text, place);
        parse_constant(&text[place.clone()]).map_err(|problems| {
            let problem = problems.into_iter().next();
            let problem = problem.unwrap_or_else(|| Diagnostic::new(0..0, "this is no number"));
            let Span { start, end } = problem.label.0;
            Diagnostic { label: (place.start + start..place.start + end, problem.label.1), ..problem }
        })
    };
    Ok([end(inside.start..comma)?, end(comma + 1..inside.end)?])
}

/// A place without blanks at its ends.
fn trimmed(text: &str, place: Span) -> Span {
    let part = &text[place.clone()];
    let start = place.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}
