//! Labels beside a plot, each level with the end of its line and moved just as far as it takes to clear the others.

use kuva::render::render::TextAnchor::Start;

use crate::drawing::Drawing;
use crate::frame::{Frame, HALF_DIGIT};
use crate::mark::Mark;
use crate::trace::Point;
use crate::{style, text};

/// Widest label, in page units, and its most lines.
const WIDEST: f64 = 145.0;
const MOST_LINES: usize = 3;
/// From the plot to the labels: room for a leader.
const GAP: f64 = 18.0;
const LINE: f64 = 13.0;
/// Radius of the dot where a line ends, lest its leader be taken for more of it.
const END: f64 = 1.75;
/// Between two labels.
const BETWEEN: f64 = 6.0;

/// A label that belongs to the right end of a line.
pub struct EndLabel {
    lines: Vec<String>,
    end: Point,
}

/// Width and height of a column of labels, its distance from the plot included; nothing if there are none.
pub fn column<'a>(labels: impl Iterator<Item = &'a str>) -> (f64, f64) {
    let labels: Vec<Vec<String>> = labels.map(wrapped).collect();
    let width = |line: &String| GAP + text::width(line, style::SMALL, false);
    (labels.iter().flatten().map(width).fold(0.0, f64::max), labels.iter().map(|lines| height(lines)).sum())
}

/// The height of a label, its distance from the next one included; nothing if it has no words.
fn height(lines: &[String]) -> f64 {
    if lines.is_empty() { 0.0 } else { LINE * lines.len() as f64 + BETWEEN }
}

fn wrapped(label: &str) -> Vec<String> {
    text::wrapped(label, style::SMALL, false, WIDEST, MOST_LINES)
}

impl EndLabel {
    /// A label for a line that ends at a point of the page, unless it has no words.
    pub fn new(label: &str, end: Point) -> Option<EndLabel> {
        let lines = wrapped(label);
        (!lines.is_empty()).then_some(EndLabel { lines, end })
    }

    fn height(&self) -> f64 {
        height(&self.lines)
    }
}

/// Draws the labels to the right of the plot, with a dot at each line's end and a leader from there.
pub fn draw(page: &mut Drawing, frame: Frame, mut labels: Vec<EndLabel>) {
    labels.sort_by(|a, b| a.end.1.total_cmp(&b.end.1));
    let wishes: Vec<(f64, f64)> = labels.iter().map(|l| (l.end.1 - l.height() / 2.0, l.height())).collect();
    let left = frame.right() + GAP;
    for (label, top) in labels.iter().zip(spread(&wishes, (frame.top, frame.bottom()))) {
        let middle = top + label.height() / 2.0;
        let (right, level) = (frame.right(), label.end.1);
        let leader = vec![label.end, (right, level), (left - 10.0, middle), (left - 4.0, middle)];
        page.mark(Mark::Lines(vec![leader], style::LEADER));
        page.mark(Mark::Dot(label.end, END, style::REFERENCE));
        let mut baseline = middle - LINE * (label.lines.len() - 1) as f64 / 2.0 + HALF_DIGIT;
        for line in &label.lines {
            page.text((left, baseline), line, style::SMALL, false, Start, style::MUTED);
            baseline += LINE;
        }
    }
}

/// Tops for boxes that each wish for one, given as `(top, height)` in the order of their middles: the tops nearest to
/// the wishes, in the sense of least squares, at which no two boxes overlap and, if there is room, all lie in `limits`.
fn spread(wishes: &[(f64, f64)], limits: (f64, f64)) -> Vec<f64> {
    // Less the heights of the boxes above, tops may be equal but not fall: this is isotonic regression, which averages
    // neighbours that are in the wrong order.
    let mut above = 0.0;
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (top, height) in wishes {
        let mut pool = (top - above, 1);
        above += height;
        while let Some(last) = pools.pop_if(|last| last.0 >= pool.0) {
            let count = last.1 + pool.1;
            pool = ((last.0 * last.1 as f64 + pool.0 * pool.1 as f64) / count as f64, count);
        }
        pools.push(pool);
    }
    let shifts = pools.iter().flat_map(|&(shift, count)| std::iter::repeat_n(shift, count));
    let highest = (limits.1 - above).max(limits.0);
    let mut top = 0.0;
    let placed = shifts.zip(wishes).map(|(shift, (_, height))| {
        let placed = shift.clamp(limits.0, highest) + top;
        top += height;
        placed
    });
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn labels_move_only_as_far_as_they_must() {
        assert_eq!(spread(&[(10.0, 20.0), (60.0, 20.0)], (0.0, 100.0)), [10.0, 60.0]);
        assert_eq!(spread(&[(40.0, 20.0), (40.0, 20.0)], (0.0, 100.0)), [30.0, 50.0]);
        assert_eq!(spread(&[(-5.0, 20.0), (0.0, 20.0), (70.0, 20.0)], (0.0, 100.0)), [0.0, 20.0, 70.0]);
        assert_eq!(spread(&[(95.0, 20.0), (95.0, 30.0)], (0.0, 100.0)), [50.0, 70.0]);
        assert_eq!(spread(&[(0.0, 80.0), (0.0, 80.0)], (10.0, 100.0)), [10.0, 90.0]);
        assert_eq!(spread(&[], (0.0, 100.0)), [0.0; 0]);
    }
}
