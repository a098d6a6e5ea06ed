//! From a series to the few points that show all of it at the page's resolution.

use crate::figure::Series;

/// A point on the page.
pub type Point = (f64, f64);
/// Lines that do not touch one another.
pub type Runs = Vec<Vec<Point>>;

/// Points this close to the line that is drawn without them are left out: a hundredth of a page unit, as fine as
/// coordinates are written.
const TOLERANCE: f64 = 0.01;

/// The series on the page: sorted, broken where an ordinate is not finite, thinned per column of the given width.
pub fn trace(series: &Series<'_>, column: f64, place: impl Fn(f64, f64) -> Point) -> Runs {
    thinned(runs(series, column, place), column)
}

/// The series on the page, sorted and broken, with all its points.
pub fn runs(series: &Series<'_>, column: f64, place: impl Fn(f64, f64) -> Point) -> Runs {
    let mut points: Vec<Point> = series.x.iter().copied().zip(series.y.iter().copied()).collect();
    points.retain(|(x, _)| x.is_finite());
    if !points.is_sorted_by(|a, b| a.0 <= b.0) {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let mut runs = Runs::new();
    let mut broken = true;
    for (x, y) in points {
        if !y.is_finite() {
            broken = true;
            continue;
        }
        let point = place(x, y);
        match runs.last_mut() {
            // A gap within a column cannot be seen.
            Some(run) if !broken || same_column(run.last(), point, column) => run.push(point),
            _ => runs.push(vec![point]),
        }
        broken = false;
    }
    runs
}

/// The same lines with at most four points per column.
pub fn thinned(mut runs: Runs, column: f64) -> Runs {
    for run in &mut runs {
        *run = straightened(&decimated(run, column));
    }
    runs
}

fn same_column(last: Option<&Point>, point: Point, column: f64) -> bool {
    last.is_some_and(|last| (last.0 / column).floor() == (point.0 / column).floor())
}

/// Of the points in each column, the first, the lowest, the highest and the last, in their order.
pub fn decimated(run: &[Point], column: f64) -> Vec<Point> {
    let mut kept = Vec::new();
    for group in run.chunk_by(|a, b| same_column(Some(a), *b, column)) {
        let pick = |better: fn(f64, f64) -> bool| {
            (0..group.len()).reduce(|best, i| if better(group[i].1, group[best].1) { i } else { best }).unwrap_or(0)
        };
        let mut indices = [0, pick(|a, b| a < b), pick(|a, b| a > b), group.len() - 1];
        indices.sort_unstable();
        kept.extend(
            indices.iter().enumerate().filter(|(i, at)| *i == 0 || indices[i - 1] != **at).map(|(_, at)| group[*at]),
        );
    }
    kept
}

/// Without the points that the line between their neighbours passes anyway.
fn straightened(run: &[Point]) -> Vec<Point> {
    let Some((&first, rest)) = run.split_first() else { return Vec::new() };
    let mut kept = vec![first];
    // From the last kept point, the slopes that pass every point since then within the tolerance.
    let (mut anchor, mut last, mut cone) = (first, first, (f64::NEG_INFINITY, f64::INFINITY));
    for &point in rest {
        let slope = (point.1 - anchor.1) / (point.0 - anchor.0);
        let straight = point.0 > anchor.0 && cone.0 <= slope && slope <= cone.1;
        if last != anchor && !straight {
            kept.push(last);
            (anchor, cone) = (last, (f64::NEG_INFINITY, f64::INFINITY));
        }
        let across = point.0 - anchor.0;
        cone = if across > 0.0 {
            let (low, high) = ((point.1 - TOLERANCE - anchor.1) / across, (point.1 + TOLERANCE - anchor.1) / across);
            (cone.0.max(low), cone.1.min(high))
        } else {
            // Upright: nothing but this point itself continues the line.
            (f64::INFINITY, f64::NEG_INFINITY)
        };
        last = point;
    }
    if !rest.is_empty() {
        kept.push(last);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(runs: &Runs) -> usize {
        runs.iter().map(Vec::len).sum()
    }

    #[test]
    fn a_peak_among_many_points_is_kept() {
        let n = 100_000;
        let x: Vec<f64> = (0..n).map(|i| i as f64 / 100.0).collect();
        for at in [0, 1, 777, 50_000, n - 1] {
            let mut y: Vec<f64> = (0..n).map(|i| ((i * 7919) % 1000) as f64 / 1000.0).collect();
            y[at] = 500.0;
            let runs = trace(&Series { x: &x, y: &y }, 0.5, |x, y| (x, y));
            assert!(points(&runs) <= 4 * 2001);
            assert!(runs.iter().flatten().any(|p| *p == (x[at], 500.0)), "the peak at {at} is lost");
        }
    }

    #[test]
    fn straight_stretches_cost_two_points() {
        let x: Vec<f64> = (0..1000).map(f64::from).collect();
        let flat = trace(&Series { x: &x, y: &[1.0; 1000] }, 0.5, |x, y| (x, y));
        assert_eq!(flat, [[(0.0, 1.0), (999.0, 1.0)]]);
        let y: Vec<f64> = x.iter().map(|x| if *x < 500.0 { *x } else { 1000.0 - x }).collect();
        assert_eq!(points(&trace(&Series { x: &x, y: &y }, 0.5, |x, y| (x, y))), 3);
        let steps = Series { x: &[0.0, 1.0, 1.0, 2.0], y: &[0.0, 0.0, 5.0, 5.0] };
        assert_eq!(points(&trace(&steps, 0.5, |x, y| (x, y))), 4);
    }

    #[test]
    fn thinned_lines_stay_within_the_tolerance() {
        let x: Vec<f64> = (0..2000).map(|i| f64::from(i) / 2.0).collect();
        let y: Vec<f64> = x.iter().map(|x| 200.0 * (x / 500.0 - 1.0) * (x / 500.0 - 1.0)).collect();
        let runs = trace(&Series { x: &x, y: &y }, 0.5, |x, y| (x, y));
        assert!(points(&runs) < 400);
        for (x, y) in x.iter().zip(&y) {
            let after = runs[0].partition_point(|p| p.0 < *x).max(1);
            let (a, b) = (runs[0][after - 1], runs[0][after]);
            let drawn = a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0);
            assert!((drawn - y).abs() <= 1.01 * TOLERANCE);
        }
    }

    #[test]
    fn gaps_break_the_line_and_order_does_not_matter() {
        let y = [1.0, 2.0, f64::NAN, 3.0, f64::INFINITY, f64::NEG_INFINITY, 4.0];
        let runs = trace(&Series { x: &[6.0, 5.0, 4.0, 3.0, 2.0, 1.0, f64::NAN], y: &y }, 0.5, |x, y| (x, y));
        assert_eq!(runs, [vec![(3.0, 3.0)], vec![(5.0, 2.0), (6.0, 1.0)]]);
        let within = Series { x: &[0.1, 0.2, 0.3], y: &[1.0, f64::NAN, 2.0] };
        assert_eq!(trace(&within, 0.5, |x, y| (x, y)).len(), 1);
        assert!(trace(&Series::default(), 0.5, |x, y| (x, y)).is_empty());
    }
}
