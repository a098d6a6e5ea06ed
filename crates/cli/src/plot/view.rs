//! What `plot` shows of a network of several inputs: `--slice` and `--through`, read against its inputs.

use bumpnet_ir::{Diagnostic, Input, Span};

use crate::args::Plot;
use crate::context::Context;
use crate::failure::Failure;
use crate::render;

/// Points of the uniform part of a curve: two per pixel of the picture.
pub const GRID: usize = 3201;

/// What is drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct View {
    /// The inputs that vary.
    pub axes: Axes,
    /// Where the other inputs stay, or through which point slices go; by input, where it is said.
    pub through: Vec<Option<f64>>,
}

/// Which inputs vary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Axes {
    /// These two at a time: maps.
    Two([usize; 2]),
    /// This one: a curve.
    One(usize),
    /// Each in turn: slices.
    Each,
}

/// Reads both options.
///
/// # Errors
/// What is wrong with one of them was said.
pub fn view(arguments: &Plot, inputs: &[Input], context: &mut Context<'_>) -> Result<View, Failure> {
    let mut said = |option: &str, text: &str, problem: Diagnostic| {
        let colours = context.terminal;
        context.say(&render::diagnostics(option, text.as_bytes(), &[problem], colours));
        Failure::Said
    };
    let through = match &arguments.through {
        Some(text) => point(text, inputs).map_err(|problem| said("--through", text, problem))?,
        None => vec![None; inputs.len()],
    };
    let axes = match &arguments.slice {
        Some(text) => axes(text, inputs).map_err(|problem| said("--slice", text, problem))?,
        None if inputs.len() == 2 && arguments.through.is_none() => Axes::Two([0, 1]),
        None => Axes::Each,
    };
    Ok(View { axes, through })
}

/// The inputs of `--slice`: one or two names.
fn axes(text: &str, inputs: &[Input]) -> Result<Axes, Diagnostic> {
    let named: Vec<(usize, Span)> =
        items(text).into_iter().map(|span| Ok((input(text, span.clone(), inputs)?, span))).collect::<Result<_, _>>()?;
    match &named[..] {
        [(one, _)] => Ok(Axes::One(*one)),
        [(one, first), (other, second)] if one == other => {
            Err(Diagnostic::new(second.clone(), format!("`{}` is there twice", inputs[*one].name))
                .related(first.clone(), "here already")
                .help("name two inputs, as in --slice x,y, or one for a curve along it"))
        }
        [(one, _), (other, _)] => Ok(Axes::Two([*one, *other])),
        _ => Err(Diagnostic::new(named[2].1.clone(), "a picture has two axes at most")
            .help("name two inputs, or one for a curve along it; the others stay as --through says")),
    }
}

/// The values of `--through`: `x=0.1,y=pi/4`.
fn point(text: &str, inputs: &[Input]) -> Result<Vec<Option<f64>>, Diagnostic> {
    let mut values: Vec<Option<(f64, Span)>> = vec![None; inputs.len()];
    for item in items(text) {
        let Some(sign) = text[item.clone()].find('=') else {
            let example = format!("write it as --through {}", example(inputs));
            return Err(Diagnostic::new(item, "there is no value for an input here").help(example));
        };
        let (name, value) = (trimmed(text, item.start..item.start + sign), item.start + sign + 1..item.end);
        let k = input(text, name.clone(), inputs)?;
        if let Some((_, before)) = &values[k] {
            return Err(Diagnostic::new(name, format!("`{}` has two values", inputs[k].name))
                .related(before.clone(), "here already")
                .help("keep one of them"));
        }
        values[k] = Some((number(text, value, &inputs[k])?, name));
    }
    Ok(values.into_iter().map(|value| value.map(|(value, _)| value)).collect())
}

/// A constant expression within the domain of an input.
fn number(text: &str, span: Span, input: &Input) -> Result<f64, Diagnostic> {
    let value = bumpnet_parser::parse_constant(&text[span.clone()]).map_err(|mut problems| {
        let mut problem = problems.swap_remove(0);
        problem.label.0 = problem.label.0.start + span.start..problem.label.0.end + span.start;
        problem.related = None;
        problem
    })?;
    if (input.lo..=input.hi).contains(&value) {
        return Ok(value);
    }
    let (name, lo, hi) = (&input.name, input.lo, input.hi);
    Err(Diagnostic::new(trimmed(text, span), format!("{value:?} lies outside the domain of `{name}`"))
        .help(format!("choose a value from {lo:?} to {hi:?}")))
}

/// The input that is named there.
fn input(text: &str, span: Span, inputs: &[Input]) -> Result<usize, Diagnostic> {
    let name = &text[span.clone()];
    inputs.iter().position(|input| input.name == name).ok_or_else(|| {
        let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        let message = if name.is_empty() { "a name is missing" } else { "the network has no such input" };
        Diagnostic::new(span, message).help(format!("its inputs are {}", names.join(", ")))
    })
}

/// The parts between the commas that stand outside parentheses, without the blanks around them.
fn items(text: &str) -> Vec<Span> {
    let (mut depth, mut start, mut items) = (0i64, 0, Vec::new());
    for (at, c) in text.char_indices() {
        depth += i64::from(c == '(') - i64::from(c == ')');
        if c == ',' && depth == 0 {
            items.push(trimmed(text, start..at));
            start = at + 1;
        }
    }
    items.push(trimmed(text, start..text.len()));
    items
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = &text[span.clone()];
    let start = span.start + (part.len() - part.trim_start().len());
    start..(span.start + part.trim_end().len()).max(start)
}

/// A point in the middle of the domain, as it is written.
fn example(inputs: &[Input]) -> String {
    let middle = |input: &Input| format!("{}={:?}", input.name, middle(input));
    inputs.iter().map(middle).collect::<Vec<_>>().join(",")
}

/// The middle of an input's domain.
pub fn middle(input: &Input) -> f64 {
    input.lo / 2.0 + input.hi / 2.0
}
