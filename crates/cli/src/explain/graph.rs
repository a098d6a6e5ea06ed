//! The graph of a composed network as text: which step reads which, what each is made of, and its share of the proved bound.

use bumpnet_compiler::Compiled;
use bumpnet_interval::Interval;
use bumpnet_ir::Expr;
use bumpnet_prove::graph::{Linear, NormalForm};
use bumpnet_prove::{Account, account};

use crate::compile::round_up;

/// Terms of an affine form that are shown.
const SHOWN: usize = 12;

/// A line of the graph: its branches and its words, and the step that it is about where that is drawn for the first time.
struct TreeLine {
    text: String,
    step: Option<usize>,
}

/// The graph of a network that is proved step by step; nothing for others.
pub fn lines(target: &Expr, compiled: &Compiled) -> Vec<String> {
    let Ok(account) = account(target, &compiled.network) else { return Vec::new() };
    let form = &account.form;
    let name = |number: usize| name(form, &compiled.network.inputs, number);
    let mut table = crate::context::plain_table();
    table.set_header(["graph", "for t in", "made of", "neurons", "error e", "factor L", "L e", "share", "where"]);
    for line in tree(form, &name) {
        let mut cells = vec![line.text];
        match line.step {
            Some(k) => cells.extend(row(&account, compiled.kinds.get(k).copied().unwrap_or(""), k, &name)),
            None => cells.resize(9, String::new()),
        }
        table.add_row(cells);
    }
    let blank = String::new;
    let share = |amount: f64| share(amount, account.upper.get());
    let rounded = account.rounded_weights.get();
    let neurons: usize = account.items.iter().map(|item| item.neurons).sum();
    for (what, neurons, amount) in
        [("rounded weights", blank(), rounded), ("in all", neurons.to_string(), account.upper.get())]
    {
        let cells =
            [what.to_owned(), blank(), blank(), neurons, blank(), blank(), round_up(amount), share(amount), blank()];
        table.add_row(cells);
    }
    let mut lines = vec![format!("N = {}", affine(&form.root, &name))];
    lines.extend(table.lines().map(|line| line.trim_end().to_owned()));
    lines.push(
        "an error e of a step counts L times; the sum of all L e and of what rounded weights do is a bound, rounded up here".to_owned(),
    );
    let proved = compiled.network.certificate.as_ref().map_or(f64::INFINITY, |certificate| certificate.upper);
    if proved < account.upper.get() {
        lines.push(format!("as errors have signs and are not largest together, {} is proved", round_up(proved)));
    }
    lines
}

/// What a value is called: an input by its name, a step by its number.
fn name(form: &NormalForm, inputs: &[bumpnet_ir::Input], number: usize) -> String {
    match number.checked_sub(form.inputs) {
        Some(k) => format!("s{}", k + 1),
        None => inputs[number].name.clone(),
    }
}

/// The figures of a step, and its argument.
fn row(account: &Account, kind: &str, k: usize, name: &impl Fn(usize) -> String) -> [String; 8] {
    let item = &account.items[k];
    [
        format!("[{}, {}]", short(item.range.lo()), short(item.range.hi())),
        kind.to_owned(),
        item.neurons.to_string(),
        round_up(item.error.get()),
        round_up(item.factor.get()),
        round_up(item.amount.get()),
        share(item.amount.get(), account.upper.get()),
        format!("t = {}", affine(&account.form.steps[k].argument, name)),
    ]
}

/// A part of the bound in per cent.
fn share(amount: f64, whole: f64) -> String {
    if whole > 0.0 && amount.is_finite() { format!("{:.1} %", 100.0 * amount / whole) } else { String::new() }
}

/// The graph from the output down, by a stack of its own: a step's steps beneath it. One that is read twice is drawn where
/// it comes first, and named elsewhere.
fn tree(form: &NormalForm, name: &impl Fn(usize) -> String) -> Vec<TreeLine> {
    let mut lines = vec![TreeLine { text: "N".to_owned(), step: None }];
    let mut drawn = vec![false; form.steps.len()];
    let below = |linear: &Linear, indent: &str| {
        let steps: Vec<usize> = linear.terms.iter().filter_map(|(number, _)| number.checked_sub(form.inputs)).collect();
        let count = steps.len();
        let places = steps.into_iter().enumerate().map(|(i, k)| (k, indent.to_owned(), i + 1 == count));
        places.rev().collect::<Vec<_>>()
    };
    let mut stack = below(&form.root, "");
    while let Some((k, indent, last)) = stack.pop() {
        let branch = if last { "└─ " } else { "├─ " };
        let step = name(form.inputs + k);
        if drawn[k] {
            lines.push(TreeLine { text: format!("{indent}{branch}{step}, see above"), step: None });
            continue;
        }
        drawn[k] = true;
        lines.push(TreeLine { text: format!("{indent}{branch}{step} = {}", form.steps[k].function), step: Some(k) });
        let indent = indent + if last { "   " } else { "│  " };
        stack.extend(below(&form.steps[k].argument, &indent));
    }
    lines
}

/// An affine form for people, coefficients to four digits.
fn affine(form: &Linear, name: &impl Fn(usize) -> String) -> String {
    let factor = |c: Interval| match c.midpoint() {
        1.0 => String::new(),
        -1.0 => "-".to_owned(),
        c => format!("{} ", short(c)),
    };
    let mut terms: Vec<String> =
        form.terms.iter().take(SHOWN).map(|(number, c)| format!("{}{}", factor(*c), name(*number))).collect();
    if form.terms.len() > SHOWN {
        terms.push("...".to_owned());
    }
    if form.constant != Interval::ZERO || terms.is_empty() {
        terms.push(short(form.constant.midpoint()));
    }
    terms.join(" + ").replace("+ -", "- ")
}

/// Four decimals at most, or four digits for very large and small numbers.
fn short(c: f64) -> String {
    if c == 0.0 || (1e-3..1e5).contains(&c.abs()) {
        let text = format!("{c:.4}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    format!("{c:.3e}")
}
