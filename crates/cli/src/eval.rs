//! `eval`: a network's values at points.

use bumpnet_runner::Evaluator;

use crate::args::Eval;
use crate::points::{Sink, Source};
use crate::select::{self, Subject};
use crate::{Context, Failure};

/// Runs the command.
pub fn run(arguments: &Eval, context: &mut Context<'_>) -> Result<u8, Failure> {
    let subject = select::network(&arguments.network, context)?;
    let input = &subject.network.inputs[0];
    let mut standard_input = std::mem::replace(&mut context.input, Box::new(std::io::empty()));
    let mut source = match (&arguments.at, arguments.grid, &arguments.input) {
        (Some(list), _, _) => Source::List(numbers(list)?.into_iter()),
        (_, Some(count), _) => Source::Grid { lo: input.lo, hi: input.hi, count, next: 0 },
        (_, _, Some(path)) => Source::open(path, &mut *standard_input)?,
        _ => return Err(Failure::new("give points with --at, --grid or --input")),
    };
    let names: &[&str] =
        if arguments.target { &[&input.name, "network", "target", "error"] } else { &[&input.name, "network"] };
    // The first block is read before anything is written: most bad input shows there.
    let mut points = Vec::new();
    source.block(&mut points)?;
    let mut sink = Sink::open(arguments.output.as_deref(), names, context)?;
    stream(&subject, points, &mut source, &mut sink, arguments.target)?;
    sink.finish()?;
    Ok(crate::exit::CLEAN)
}

fn stream(
    subject: &Subject,
    mut points: Vec<f64>,
    source: &mut Source<'_>,
    sink: &mut Sink<'_>,
    with_target: bool,
) -> Result<(), Failure> {
    let evaluator = Evaluator::new(&subject.network);
    let (mut values, mut target) = (Vec::new(), Vec::new());
    while !points.is_empty() {
        values.resize(points.len(), 0.0);
        evaluator.eval_many(&points, &mut values);
        if !with_target {
            sink.block(&points, &[&values])?;
        } else {
            target.resize(points.len(), 0.0);
            subject.target.eval_many(&points, &mut target);
            let errors: Vec<f64> = values.iter().zip(&target).map(|(value, target)| value - target).collect();
            sink.block(&points, &[&values, &target, &errors])?;
        }
        source.block(&mut points)?;
    }
    Ok(())
}

/// Constant expressions, separated by the commas that stand outside parentheses.
fn numbers(list: &str) -> Result<Vec<f64>, Failure> {
    let mut depth = 0i64;
    let outside = |c: char| {
        depth += i64::from(c == '(') - i64::from(c == ')');
        c == ',' && depth == 0
    };
    let value = |text: &str| {
        bumpnet_parser::parse_constant(text)
            .map_err(|problems| Failure::new(format!("--at: `{}`: {}", text.trim(), problems[0].message)))
    };
    list.split(outside).map(value).collect()
}
