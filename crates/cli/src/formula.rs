//! `formula`: how a formula is read, where it is defined, and between which values it is.

mod domain;
mod needs;

use bumpnet_ir::expr::latex::Latex;
use bumpnet_ir::expr::sexpr::Sexpr;
use bumpnet_ir::{Diagnostic, Expr, Input, Node};
use bumpnet_parser::{free_names, parse_expression};
use bumpnet_prove::{Lack, range_over, settle};
use bumpnet_runner::measure;

use crate::args::Formula;
use crate::context::Context;
use crate::failure::Failure;
use crate::render;

/// Longest printed formula, in bytes.
const LONGEST: usize = 100_000;
/// Most names that become inputs.
const MOST_NAMES: usize = 1000;
/// Parts of the domain over which the range is enclosed, and points at which values are taken to compare with.
const PARTS: usize = 4096;

/// Runs the command.
pub fn run(arguments: &Formula, context: &mut Context<'_>) -> Result<u8, Failure> {
    let domain = match &arguments.domain {
        Some(text) => Some(domain::read(text).map_err(|problem| said("--domain", text, &[problem], context))?),
        None => None,
    };
    let text = &arguments.formula;
    let expr = match &domain {
        Some(inputs) => parse_expression(text, inputs.iter().map(|input| input.name.clone()).collect()),
        None => with_its_names(text),
    };
    let expr = expr.map_err(|problems| said("formula", text, &problems, context))?;
    if expr.printed_len_bound() > LONGEST {
        return Err(Failure::new(format!("the formula has more than {LONGEST} characters when it is written out")));
    }
    context.write(&reading(&expr))?;
    match &domain {
        None => context.write(&format!("  {}\n", without_domain(&expr)))?,
        Some(inputs) => context.write(&on_domain(text, &expr, inputs, context.terminal))?,
    }
    Ok(crate::exit::CLEAN)
}

/// Prints diagnostics about a text of the command line.
fn said(what: &str, text: &str, problems: &[Diagnostic], context: &mut Context<'_>) -> Failure {
    let rendered = render::diagnostics(what, text.as_bytes(), problems, context.terminal);
    context.say(rendered.trim_end());
    Failure::Said
}

/// A formula whose unknown names are its inputs.
fn with_its_names(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    let mut names: Vec<String> = Vec::new();
    for name in free_names(text) {
        if !names.iter().any(|known| known == name) && names.len() < MOST_NAMES {
            names.push(name.to_owned());
        }
    }
    let expr = parse_expression(text, names.clone())?;
    let is_used = |k: usize| expr.nodes().contains(&Node::Input(k as u16));
    let used = (0..names.len()).filter(|k| is_used(*k)).map(|k| names[k].clone());
    parse_expression(text, used.collect())
}

fn reading(expr: &Expr) -> String {
    let mut text = format!("formula  {expr}\n  read as  {}\n  LaTeX    {}\n", Sexpr(expr), Latex(expr));
    let needs = needs::of(expr);
    for (k, need) in needs.iter().enumerate() {
        text += &format!("  {:<8} {need}\n", if k == 0 { "needs" } else { "" });
    }
    if needs.is_empty() {
        text += "  needs    nothing: it is defined for all numbers\n";
    }
    text
}

fn without_domain(expr: &Expr) -> String {
    match expr.inputs() {
        [] => match expr.value_at(&[]) {
            value if value.is_nan() => "value    undefined".to_owned(),
            value if value.is_infinite() => "value    undefined, or beyond the largest binary64".to_owned(),
            value => format!("value    {value:?}"),
        },
        inputs => {
            let ends: Vec<String> = inputs.iter().map(|name| format!("{name}=[0, 1]")).collect();
            format!("range    add its domain, as in --domain \"{}\"", ends.join(", "))
        }
    }
}

/// What is proved on the domain.
fn on_domain(text: &str, expr: &Expr, inputs: &[Input], terminal: bool) -> String {
    let mut lines = String::new();
    for (k, Input { name, lo, hi }) in inputs.iter().enumerate() {
        lines += &format!("  {:<8} {name} in [{lo:?}, {hi:?}]\n", if k == 0 { "domain" } else { "" });
    }
    let settled = match settle(expr, inputs) {
        Ok(settled) => settled,
        Err(refusal) => {
            let verdict = match refusal.lack {
                Lack::Value => "not everywhere, which is proved:",
                Lack::Bound => "perhaps, but it was not seen to be finite everywhere:",
                Lack::Proof => "that could not be decided:",
            };
            let problem = refusal.diagnose(inputs);
            let shown = render::diagnostics("formula", text.as_bytes(), &[problem], terminal);
            let shown = shown.strip_prefix("error: ").unwrap_or(&shown);
            return lines + &format!("  defined  {verdict} {}\n", shown.trim_end());
        }
    };
    lines += "  defined  everywhere, and finite, which is proved\n";
    if settled.nodes().iter().any(|node| matches!(node, Node::Quotient(..))) {
        lines += "           where its two parts vanish together, a quotient is its limit\n";
    }
    let range = range_over(&settled, inputs, PARTS);
    lines += &format!("  range    within [{:?}, {:?}], which is proved\n", range.lo(), range.hi());
    if let [input] = inputs {
        let points = measure::linspace(input.lo, input.hi, PARTS + 1);
        let values = points.iter().map(|x| settled.value_at(&[*x]));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        lines += &format!("           values at {} points go from {low:?} to {high:?}\n", PARTS + 1);
    }
    lines
}
