//! The steps in which a graph is calculated, and the columns that they use again.

use super::ranges::Ranges;
use super::wiring::GraphNode;

/// What is calculated next, from columns to a column.
#[derive(Debug)]
pub enum Step {
    /// `bias + sum weight * column`, from left to right.
    Affine { bias: f64, terms: Vec<(usize, f64)>, to: usize },
    /// A plan's values.
    Curve { plan: usize, source: usize, to: usize },
}

/// The steps, how many columns they need, and the output's. A column is used again when what it holds is not needed any more.
pub fn steps(ranges: &Ranges<'_>) -> (Vec<Step>, usize, usize) {
    let wiring = ranges.wiring;
    // The last node that reads each value; the output is read at the end.
    let mut last = vec![0; wiring.inputs + wiring.nodes.len()];
    for (k, node) in wiring.nodes.iter().enumerate() {
        match node {
            GraphNode::Affine { terms, .. } => terms.iter().for_each(|(value, _)| last[*value] = k),
            GraphNode::Curve { source, .. } => last[*source] = k,
        }
    }
    let mut columns: Vec<usize> = (0..wiring.inputs).collect();
    let (mut free, mut count) = (Vec::new(), wiring.inputs);
    let mut steps = Vec::with_capacity(wiring.nodes.len());
    for (k, node) in wiring.nodes.iter().enumerate() {
        let to = free.pop().unwrap_or_else(|| {
            count += 1;
            count - 1
        });
        let mut sources: Vec<usize> = match node {
            GraphNode::Affine { terms, .. } => terms.iter().map(|(value, _)| *value).collect(),
            GraphNode::Curve { source, .. } => vec![*source],
        };
        steps.push(match (node, ranges.shape_of[k]) {
            (GraphNode::Curve { source, .. }, Some(plan)) => Step::Curve { plan, source: columns[*source], to },
            (GraphNode::Affine { terms, .. }, _) => {
                let terms = terms.iter().map(|(value, weight)| (columns[*value], *weight)).collect();
                Step::Affine { bias: ranges.bias[k].0, terms, to }
            }
            (GraphNode::Curve { .. }, None) => Step::Affine { bias: f64::NAN, terms: Vec::new(), to },
        });
        sources.sort_unstable();
        sources.dedup();
        free.extend(sources.into_iter().filter(|value| last[*value] == k).map(|value| columns[value]));
        columns.push(to);
    }
    let output = columns.last().copied().unwrap_or(0);
    (steps, count, output)
}
