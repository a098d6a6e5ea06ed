//! What each of the three panels shows.

use crate::axis::{Axis, extent, widened};
use crate::legend::Swatch;
use crate::panel::Panel;
use crate::style;
use crate::{Figure, Series, number, text};

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
fn range(series: &Series<'_>) -> Option<(f64, f64)> {
    extent(series.x.iter().zip(series.y).filter(|(x, _)| x.is_finite()).map(|(_, y)| *y))
}

fn joined(ranges: impl IntoIterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    extent(ranges.into_iter().flat_map(|(lo, hi)| [lo, hi]))
}

fn panel<'a>(heading: String, limits: (f64, f64), height: f64) -> Panel<'a> {
    Panel {
        heading,
        legend: Vec::new(),
        y: Axis::new(limits, (height / PER_TICK) as u32),
        height,
        filled: Vec::new(),
        curves: Vec::new(),
        bands: Vec::new(),
        levels: Vec::new(),
        point: None,
        zero_line: false,
    }
}

fn function_panel<'a>(figure: &Figure<'a>, height: f64) -> Option<Panel<'a>> {
    let curves = [("network", figure.network, style::NETWORK), ("target", figure.target, style::TARGET)];
    let shown = || curves.into_iter().filter_map(|(name, series, pen)| range(&series).map(|r| (name, series, pen, r)));
    let limits = widened(joined(shown().map(|(.., range)| range))?, ROOM);
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

fn error_panel<'a>(figure: &Figure<'a>, height: f64) -> Option<Panel<'a>> {
    let (lo, hi) = range(&figure.error)?;
    let point = figure.argmax.filter(|(x, y)| x.is_finite() && y.is_finite());
    let band = figure.error_band.filter(|(_, upper)| upper.is_finite() && *upper >= 0.0);
    let marked = point.map_or((0.0, 0.0), |(_, y)| (y.min(0.0), y.max(0.0)));
    let bound = band.map_or((0.0, 0.0), |(_, upper)| (-upper, upper));
    let limits = widened(joined([(lo, hi), marked, bound])?, 1.5 * ROOM);
    let heading = text::line(figure.error_label);
    let mut panel = panel(if heading.is_empty() { "error".to_owned() } else { heading }, limits, height);
    panel.curves = vec![(figure.error, style::ERROR)];
    panel.zero_line = true;
    if let Some((lower, upper)) = band {
        // Not below zero, and no NaN.
        let known = Some(lower).filter(|lower| *lower >= 0.0 && *lower <= upper);
        panel.bands = known.map_or(Vec::new(), |lower| vec![(lower, upper), (-upper, -lower)]);
        panel.levels = vec![(upper, style::BOUND), (-upper, style::BOUND)];
        panel.legend.push((Swatch::Line(style::BOUND), bound_words(known, upper)));
    }
    if let Some((x, y)) = point {
        panel.point = point;
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
fn bound_words(lower: Option<f64>, upper: f64) -> String {
    let upper = number::away_from_zero(upper);
    match lower {
        Some(lower) => format!("proved: {} ≤ sup |error| ≤ {upper}", number::towards_zero(lower)),
        None => format!("proved: sup |error| ≤ {upper}"),
    }
}
