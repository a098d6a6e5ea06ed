//! Contour lines of values on a grid, by marching squares (Lorensen and Cline 1987, in the plane).

use crate::trace::{Point, Runs};

/// No neighbour.
const NONE: usize = usize::MAX;

/// The lines on which the values reach a level, in cells: the middle of the first row's first value is the origin. Nothing
/// is drawn next to a value that is not finite.
pub fn contour(values: &[f64], columns: usize, level: f64) -> Runs {
    let rows = values.len() / columns.max(1);
    // By edge of the grid the two edges where the line goes on: 2 k is the edge to the right of value k, 2 k + 1 upwards.
    let mut links = vec![[NONE; 2]; 2 * values.len()];
    let mut link = |a: usize, b: usize| {
        for (from, to) in [(a, b), (b, a)] {
            let free = usize::from(links[from][0] != NONE);
            links[from][free] = to;
        }
    };
    for row in 1..rows {
        for column in 1..columns {
            let c = row * columns + column;
            let [a, b, d] = [c - columns - 1, c - columns, c - 1];
            let corners = [a, b, c, d].map(|k| values[k]);
            if !corners.iter().all(|value| value.is_finite()) {
                continue;
            }
            let [bottom, right, top, left] = [2 * a, 2 * b + 1, 2 * d, 2 * a + 1];
            let [at_a, at_b, at_c, at_d] = corners.map(|value| value >= level);
            // Quartered, so that no sum overflows.
            let middle = corners.iter().map(|value| value / 4.0).sum::<f64>() >= level;
            match (at_a != at_b, at_b != at_c, at_c != at_d) {
                // A saddle: the two opposite corners that are like the middle are joined.
                (true, true, true) if middle == at_a => {
                    link(bottom, right);
                    link(top, left);
                }
                (true, true, true) => {
                    link(left, bottom);
                    link(top, right);
                }
                crossed => {
                    let edges = [(crossed.0, bottom), (crossed.1, right), (crossed.2, top), (at_d != at_a, left)];
                    let mut met = edges.iter().filter(|(crossed, _)| *crossed).map(|(_, edge)| *edge);
                    if let (Some(one), Some(other)) = (met.next(), met.next()) {
                        link(one, other);
                    }
                }
            }
        }
    }
    joined(&links)
        .iter()
        .map(|line| line.iter().map(|edge| crossing(values, columns, level, *edge)).collect())
        .collect()
}

/// The lines through linked edges: first those with ends, then the closed ones, which end where they began.
fn joined(links: &[[usize; 2]]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; links.len()];
    let mut lines = Vec::new();
    for ends in [true, false] {
        for start in 0..links.len() {
            let [one, other] = links[start];
            if seen[start] || one == NONE || ends && other != NONE {
                continue;
            }
            seen[start] = true;
            let (mut line, mut at) = (vec![start], start);
            while let Some(next) = links[at].into_iter().find(|next| *next != NONE && !seen[*next]) {
                seen[next] = true;
                line.push(next);
                at = next;
            }
            if !ends {
                line.push(start);
            }
            lines.push(line);
        }
    }
    lines
}

/// Where a level is reached on an edge, between the middles of two values.
fn crossing(values: &[f64], columns: usize, level: f64, edge: usize) -> Point {
    let k = edge / 2;
    let (column, row) = ((k % columns) as f64, (k / columns) as f64);
    let upwards = edge % 2 == 1;
    let (from, to) = (values[k], values[if upwards { k + columns } else { k + 1 }]);
    // Halved, so that no difference overflows.
    let share = ((level / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0)).clamp(0.0, 1.0);
    if upwards { (column, row + share) } else { (column + share, row) }
}

/// A line with fewer points that stays within a tolerance of all of them (Ramer 1972, Douglas and Peucker 1973).
pub fn simplified(line: &[Point], tolerance: f64) -> Vec<Point> {
    let Some(last) = line.len().checked_sub(1) else { return Vec::new() };
    let mut kept = vec![false; line.len()];
    (kept[0], kept[last]) = (true, true);
    let mut parts = vec![(0, last)];
    while let Some((from, to)) = parts.pop() {
        let distance = |k: usize| crate::paint::distance(line[k], line[from], line[to]);
        let farthest = (from + 1..to).map(|k| (distance(k), k)).reduce(|a, b| if b.0 > a.0 { b } else { a });
        if let Some((_, k)) = farthest.filter(|(distance, _)| *distance > tolerance) {
            kept[k] = true;
            parts.extend([(from, k), (k, to)]);
        }
    }
    line.iter().zip(kept).filter(|(_, kept)| *kept).map(|(point, _)| *point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: usize = 101;

    /// Values of a function on a square around the origin, 50 cells in each direction.
    fn values(f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let at = |k: usize| (k as f64 - 50.0) / 50.0;
        (0..N * N).map(|k| f(at(k % N), at(k / N))).collect()
    }

    #[test]
    fn a_circle_is_one_closed_line() {
        let lines = contour(&values(|x, y| x * x + y * y), N, 0.25);
        let [circle] = &lines[..] else { panic!("{} lines", lines.len()) };
        assert_eq!(circle.first(), circle.last());
        for (x, y) in circle {
            let radius = crate::paint::distance((*x, *y), (50.0, 50.0), (50.0, 50.0));
            assert!((radius - 25.0).abs() < 0.02, "{x} {y}: {radius}");
        }
        let few = simplified(circle, 0.05);
        assert!(few.len() < circle.len() / 2 && few.first() == few.last(), "{}", few.len());
        let off =
            |p: &Point| few.windows(2).map(|ab| crate::paint::distance(*p, ab[0], ab[1])).fold(f64::MAX, f64::min);
        assert!(circle.iter().all(|point| off(point) <= 0.05));
    }

    #[test]
    fn lines_end_at_the_border_and_at_gaps() {
        let mut plane = values(|x, _| x);
        let lines = contour(&plane, N, 0.31);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].len() == N && lines[0].iter().all(|(x, _)| (x - 65.5).abs() < 1e-9), "{lines:?}");
        plane[50 * N + 65] = f64::NAN;
        assert_eq!(contour(&plane, N, 0.31).len(), 2);
        assert!(contour(&plane, N, 2.0).is_empty());
    }

    #[test]
    fn a_jump_is_followed_within_a_cell() {
        // A tower over x > 0, y > 0: a corner of two straight lines, half a cell from the values on both sides at most.
        let lines = contour(&values(|x, y| if x > 0.0 && y > 0.0 { 1.0 } else { 0.0 }), N, 0.5);
        let [corner] = &lines[..] else { panic!("{} lines", lines.len()) };
        assert!(corner.iter().all(|(x, y)| (50.0..=51.0).contains(x) || (50.0..=51.0).contains(y)), "{corner:?}");
    }

    #[test]
    fn saddles_have_two_lines() {
        // Large in two opposite corners: below the middle's level these are joined, above it each has a line around it.
        let around_the_origin = |level: f64| {
            let lines = contour(&[1.0, 0.0, 0.0, 1.0], 2, level);
            assert_eq!(lines.len(), 2);
            lines.iter().any(|line| line.iter().any(|p| p.0 == 0.0) && line.iter().any(|p| p.1 == 0.0))
        };
        assert!(!around_the_origin(0.4) && around_the_origin(0.6));
        assert!(contour(&[], 0, 0.0).is_empty() && contour(&[1.0], 1, 0.0).is_empty());
    }
}
