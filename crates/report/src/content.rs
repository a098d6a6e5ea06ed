//! What each of the three panels shows.

use bumpnet_prove::Standing;

use crate::axis::{Axis, extent, widened};
use crate::figure::{Figure, Series};
use crate::legend::Swatch;
use crate::panel::Panel;
use crate::style;
use crate::{number, text};

/// More bumps than this cannot be told apart on a page: fewer than two pixels each (heuristic).
const MOST_BUMPS: usize = 500;
/// Room above and below the curves, as a share of their range (heuristic).
const ROOM: f64 = 0.07;
/// Page units per tick of a vertical axis (heuristic).
const PER_TICK: f64 = 40.0;

/// All panels that have something to show, from the top one down.
pub fn panels<'a>(figure: &'a Figure<'a>) -> Vec<Panel<'a>> {
    let with_bumps = figure.bumps.iter().any(|bump| range(bump).is_some());
    let (main, error) = if with_bumps { (270.0, 150.0) } else { (330.0, 190.0) };
    [function_panel(figure, main), bump_panel(figure, 130.0), error_panel(figure, error)]
        .into_iter()
        .flatten()
        .collect()
}

/// The range of the finite ordinates that can be drawn.
pub fn range(series: &Series<'_>) -> Option<(f64, f64)> {
    extent(series.x.iter().zip(series.y).filter(|(x, _)| x.is_finite()).map(|(_, y)| *y))
}

/// The range that holds all of these.
pub fn joined(ranges: impl IntoIterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    extent(ranges.into_iter().flat_map(|(lo, hi)| [lo, hi]))
}

/// A vertical axis, that much high.
pub fn value_axis(limits: (f64, f64), height: f64) -> Axis {
    Axis::new(limits, (height / PER_TICK) as u32)
}

fn panel<'a>(heading: String, limits: (f64, f64), height: f64) -> Panel<'a> {
    Panel {
        heading,
        legend: Vec::new(),
        y: value_axis(limits, height),
        height,
        filled: Vec::new(),
        curves: Vec::new(),
        bands: Vec::new(),
        levels: Vec::new(),
        point: None,
        zero_line: false,
    }
}

/// From where to where the vertical axis of the first panel goes.
pub fn function_limits(figure: &Figure<'_>) -> Option<(f64, f64)> {
    let ranges = [figure.target, figure.network].into_iter().filter_map(|series| range(&series));
    Some(widened(joined(ranges)?, ROOM))
}

pub fn function_panel<'a>(figure: &Figure<'a>, height: f64) -> Option<Panel<'a>> {
    let curves = [("network", figure.network, style::NETWORK), ("target", figure.target, style::TARGET)];
    let shown = || curves.into_iter().filter_map(|(name, series, pen)| range(&series).map(|r| (name, series, pen, r)));
    let limits = function_limits(figure)?;
    let names: Vec<&str> = shown().rev().map(|(name, ..)| name).collect();
    let mut panel = panel(names.join(" and "), limits, height);
    panel.curves = shown().map(|(_, series, pen, _)| (series, pen)).collect();
    panel.legend = shown().rev().map(|(name, _, pen, _)| (Swatch::Line(pen), name.to_owned())).collect();
    Some(panel)
}

fn bump_panel<'a>(figure: &'a Figure<'a>, height: f64) -> Option<Panel<'a>> {
    let bumps: Vec<&Series<'a>> = figure.bumps.iter().filter(|bump| range(bump).is_some()).collect();
    let (all, shown) = (bumps.len(), bumps.len().min(MOST_BUMPS));
    let (lo, hi) = joined(bumps.iter().filter_map(|bump| range(bump)))?;
    let heading = match (all, shown) {
        (1, _) => "the network's only bump".to_owned(),
        _ if all == shown => format!("the network's {all} bumps"),
        _ => format!("{shown} of the network's {all} bumps"),
    };
    let mut panel = panel(heading, widened((lo.min(0.0), hi.max(0.0)), ROOM), height);
    panel.filled = (0..shown).map(|i| bumps[i * all / shown]).collect();
    panel.zero_line = true;
    Some(panel)
}

/// From where to where the vertical axis of the third panel goes: around zero, the point and the bound.
pub fn error_limits(figure: &Figure<'_>) -> Option<(f64, f64)> {
    let marked = point(figure).map_or((0.0, 0.0), |(_, y)| (y.min(0.0), y.max(0.0)));
    let bound = band(figure).map_or((0.0, 0.0), |(_, upper)| (-upper, upper));
    Some(widened(joined([range(&figure.error)?, marked, bound])?, 1.5 * ROOM))
}

/// The marked point, if it can be shown.
pub fn point(figure: &Figure<'_>) -> Option<(f64, f64)> {
    figure.argmax.filter(|(x, y)| x.is_finite() && y.is_finite())
}

/// The bound, if it can be shown; the lower one unless it is below zero, above the upper one, or no number.
pub fn band(figure: &Figure<'_>) -> Option<(Option<f64>, f64)> {
    known_band(figure.error_band)
}

/// What can be stated of a bound.
pub fn known_band(band: Option<(f64, f64)>) -> Option<(Option<f64>, f64)> {
    let (lower, upper) = band.filter(|(_, upper)| upper.is_finite() && *upper >= 0.0)?;
    Some((Some(lower).filter(|lower| *lower >= 0.0 && *lower <= upper), upper))
}

pub fn error_panel<'a>(figure: &Figure<'a>, height: f64) -> Option<Panel<'a>> {
    let (limits, point) = (error_limits(figure)?, point(figure));
    let heading = text::line(figure.error_label);
    let mut panel = panel(if heading.is_empty() { "error".to_owned() } else { heading }, limits, height);
    panel.curves = vec![(figure.error, style::ERROR)];
    panel.zero_line = true;
    if let Some((lower, upper)) = band(figure) {
        panel.bands = lower.map_or(Vec::new(), |lower| vec![(lower, upper), (-upper, -lower)]);
        panel.levels = vec![(upper, style::BOUND), (-upper, style::BOUND)];
        panel
            .legend
            .push((Swatch::Line(style::BOUND), evaluated_words(figure.standing, (lower, upper), figure.evaluated)));
    }
    if let Some((x, y)) = point {
        panel.point = Some((x, y));
        let input = text::shortened(figure.input, style::SMALL, false, 120.0);
        let at = if input.is_empty() { String::new() } else { format!("{input} = ") };
        panel.legend.push((
            Swatch::Ring(style::ARGMAX),
            format!("largest: {} at {at}{}", number::nearest(y), number::nearest(x)),
        ));
    }
    Some(panel)
}

/// The certificate in words, its numbers rounded outward.
pub fn bound_words(standing: Standing, lower: Option<f64>, upper: f64) -> String {
    let (word, upper) = (standing.word(), number::away_from_zero(upper));
    match lower {
        Some(lower) => format!("{word}: {} ≤ sup |error| ≤ {upper}", number::towards_zero(lower)),
        None => format!("{word}: sup |error| ≤ {upper}"),
    }
}

/// How far apart the bounds of the network and of what runs must be to be worth their words (heuristic).
const WORTH_SAYING: f64 = 1.05;

/// The same, and the bound of the evaluated network where rounding makes that larger, or where no number lies in a jump.
pub fn evaluated_words(standing: Standing, (lower, upper): (Option<f64>, f64), evaluated: Option<f64>) -> String {
    let words = bound_words(standing, lower, upper);
    match evaluated
        .filter(|bound| bound.is_finite() && (*bound > WORTH_SAYING * upper || upper > WORTH_SAYING * *bound))
    {
        Some(bound) => format!("{words}; as evaluated ≤ {}", number::away_from_zero(bound)),
        None => words,
    }
}
