//! Curves in a PNG: every pixel is covered by its distance from the line, so edges are smooth in all directions.

use std::io::Cursor;

use crate::mark::Mark;
use crate::raster::Raster;
use crate::style::{PNG_SCALE, Pen, Rgb};
use crate::trace::Point;

/// The pixels of a picture, three bytes each.
struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// A rectangle of pixels and how far a curve covers each, 0 to 255.
struct Mask {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    cover: Vec<u8>,
}

/// The PNG file `backdrop` with the pictures, and then the marks, on top.
pub fn finished(backdrop: &[u8], rasters: &[Raster], marks: &[Mark]) -> Result<Vec<u8>, String> {
    let mut pixels = decoded(backdrop).map_err(|error| error.to_string())?;
    for raster in rasters {
        pixels.copy(raster);
    }
    for mark in marks {
        match mark {
            Mark::Lines(runs, pen) => {
                for run in runs {
                    pixels.stroke(run, pen);
                }
            }
            Mark::Dot(centre, radius, colour) => pixels.cover(&[*centre], 2.0 * radius, *colour),
            Mark::Area(outline, colour) => pixels.fill(outline, *colour),
        }
    }
    encoded(&pixels).map_err(|error| error.to_string())
}

impl Pixels {
    fn stroke(&mut self, run: &[Point], pen: &Pen) {
        match pen.dash {
            Some((dash, gap)) if dash > 0.0 && gap > 0.0 => {
                for dash in dashes(run, dash, gap) {
                    self.cover(&dash, pen.width, pen.colour);
                }
            }
            _ => self.cover(run, pen.width, pen.colour),
        }
    }

    /// Paints everything within half a `width` of the line, once, however often the line crosses itself.
    fn cover(&mut self, run: &[Point], width: f64, colour: Rgb) {
        let scaled: Vec<Point> = run.iter().map(|p| (p.0 * PNG_SCALE, p.1 * PNG_SCALE)).collect();
        // Half a pixel beyond the edge is where the cover of a pixel's square ends.
        let reach = width * PNG_SCALE / 2.0 + 0.5;
        let Some(mut mask) = Mask::around(&scaled, reach, self) else { return };
        for pair in scaled.windows(2) {
            mask.segment(pair[0], pair[1], reach);
        }
        if let [point] = scaled[..] {
            mask.segment(point, point, reach);
        }
        self.blend(&mask, colour);
    }

    /// Paints the inside of a polygon, by the even-odd rule.
    fn fill(&mut self, outline: &[Point], colour: Rgb) {
        let scaled: Vec<Point> = outline.iter().map(|p| (p.0 * PNG_SCALE, p.1 * PNG_SCALE)).collect();
        let Some(mut mask) = Mask::around(&scaled, 0.5, self) else { return };
        mask.polygon(&scaled);
        self.blend(&mask, colour);
    }

    /// Copies a picture: each pixel has the colour of the cell that its middle is in.
    fn copy(&mut self, raster: &Raster) {
        // Corners are on pixels; a cast from f64 saturates.
        let span = |from: f64, size: f64| ((from * PNG_SCALE).round() as usize, (size * PNG_SCALE).round() as usize);
        let (left, width) = span(raster.corner.0, raster.size.0);
        let (top, height) = span(raster.corner.1, raster.size.1);
        for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
            let share = |k: usize, of: usize| (k as f64 + 0.5) / of as f64;
            let inside = left + column < self.width && top + row < self.height;
            if let Some(colour) = raster.at(share(column, width), share(row, height)).filter(|_| inside) {
                let pixel = 3 * ((top + row) * self.width + left + column);
                self.rgb[pixel..pixel + 3].copy_from_slice(&colour);
            }
        }
    }

    fn blend(&mut self, mask: &Mask, colour: Rgb) {
        for (row, covers) in mask.cover.chunks_exact(mask.width).enumerate() {
            let start = 3 * ((mask.top + row) * self.width + mask.left);
            let line = &mut self.rgb[start..start + 3 * mask.width];
            for (pixel, &cover) in line.chunks_exact_mut(3).zip(covers).filter(|(_, cover)| **cover > 0) {
                for (channel, ink) in pixel.iter_mut().zip(colour) {
                    let cover = u32::from(cover);
                    // At most 255 * 255 + 127 before the division, 255 after it.
                    *channel = ((u32::from(ink) * cover + u32::from(*channel) * (255 - cover) + 127) / 255) as u8;
                }
            }
        }
    }
}

impl Mask {
    /// An empty mask over the part of the picture that a line can reach, if it reaches any.
    fn around(run: &[Point], reach: f64, pixels: &Pixels) -> Option<Mask> {
        let bounds = |coordinate: fn(&Point) -> f64, end: usize| {
            let (lo, hi) = crate::axis::extent(run.iter().map(coordinate))?;
            // A cast from f64 saturates.
            let (first, past) =
                ((lo - reach).floor().max(0.0) as usize, ((hi + reach).ceil().max(0.0) as usize).min(end));
            (first < past).then(|| (first, past - first))
        };
        let (left, width) = bounds(|p| p.0, pixels.width)?;
        let (top, height) = bounds(|p| p.1, pixels.height)?;
        Some(Mask { left, top, width, height, cover: vec![0; width * height] })
    }

    /// Raises the cover of the pixels within `reach` of a segment.
    fn segment(&mut self, a: Point, b: Point, reach: f64) {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let rows = self.clamped(a.1.min(b.1) - reach, a.1.max(b.1) + reach, self.top, self.height);
        for row in rows {
            let y = (self.top + row) as f64 + 0.5;
            // Where the line is within `reach` of this row's height, widened by the line's own width across the row.
            let (mut lo, mut hi) = (a.0.min(b.0) - reach, a.0.max(b.0) + reach);
            if dy.abs() > 1e-6 {
                let centre = a.0 + (y - a.1) * dx / dy;
                let slack = reach * (dx * dx + dy * dy).sqrt() / dy.abs() + reach;
                (lo, hi) = (lo.max(centre - slack), hi.min(centre + slack));
            }
            for column in self.clamped(lo, hi, self.left, self.width) {
                let pixel = ((self.left + column) as f64 + 0.5, y);
                let cover = (reach - distance(pixel, a, b)).clamp(0.0, 1.0);
                let cell = &mut self.cover[row * self.width + column];
                *cell = (*cell).max((cover * 255.0).round() as u8);
            }
        }
    }

    /// Covers the inside of a polygon; a pixel's square is half covered where its middle is on an edge.
    fn polygon(&mut self, corners: &[Point]) {
        let edges = || corners.iter().zip(corners.iter().cycle().skip(1));
        for (index, cell) in self.cover.iter_mut().enumerate() {
            let (column, row) = (index % self.width, index / self.width);
            let pixel = ((self.left + column) as f64 + 0.5, (self.top + row) as f64 + 0.5);
            let inside = edges().filter(|(a, b)| is_left_of(pixel, **a, **b)).count() % 2 == 1;
            let edge = edges().map(|(a, b)| distance(pixel, *a, *b)).fold(0.5, f64::min);
            *cell = ((0.5 + if inside { edge } else { -edge }) * 255.0).round() as u8;
        }
    }

    /// The cells from `lo` to `hi` of a mask that begins at `first` and is `count` long.
    fn clamped(&self, lo: f64, hi: f64, first: usize, count: usize) -> std::ops::Range<usize> {
        let cell = |v: f64| ((v - first as f64).max(0.0) as usize).min(count);
        cell(lo.floor())..cell(hi.ceil())
    }
}

/// How far a point is from a segment.
pub fn distance(point: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (px, py) = (point.0 - a.0, point.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 { ((px * dx + py * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let (ex, ey) = (px - t * dx, py - t * dy);
    (ex * ex + ey * ey).sqrt()
}

/// True if a line from the point to the right crosses the segment.
fn is_left_of(point: Point, a: Point, b: Point) -> bool {
    (a.1 > point.1) != (b.1 > point.1) && point.0 < a.0 + (b.0 - a.0) * (point.1 - a.1) / (b.1 - a.1)
}

/// The dashes of a line, each with the corners it goes around. Their round ends reach into the gaps, as in an SVG.
fn dashes(run: &[Point], dash: f64, gap: f64) -> Vec<Vec<Point>> {
    let mut dashes: Vec<Vec<Point>> = Vec::new();
    // Whether a dash is being drawn, and what is left of it or of the gap.
    let (mut on, mut left) = (false, 0.0);
    for pair in run.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).sqrt();
        let mut at = 0.0;
        while length - at > left {
            at += left;
            let point = (a.0 + dx * at / length, a.1 + dy * at / length);
            on = !on;
            left = if on { dash } else { gap };
            match dashes.last_mut() {
                Some(dash) if !on => dash.push(point),
                _ => dashes.push(vec![point]),
            }
        }
        left -= length - at;
        if let (true, Some(dash)) = (on, dashes.last_mut()) {
            dash.push(b);
        }
    }
    if dashes.is_empty() { vec![run.to_vec()] } else { dashes }
}

fn decoded(file: &[u8]) -> Result<Pixels, png::DecodingError> {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let mut rgba = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let frame = reader.next_frame(&mut rgba)?;
    let rgb = rgba.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    Ok(Pixels { width: frame.width as usize, height: frame.height as usize, rgb })
}

fn encoded(pixels: &Pixels) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width as u32, pixels.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels.rgb)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blank() -> Pixels {
        Pixels { width: 40, height: 40, rgb: vec![255; 40 * 40 * 3] }
    }

    /// The ink in each row, in pixels.
    fn ink(pixels: &Pixels) -> Vec<f64> {
        let rows = pixels.rgb.chunks_exact(3 * pixels.width);
        rows.map(|row| row.iter().step_by(3).map(|v| f64::from(255 - v) / 255.0).sum()).collect()
    }

    #[test]
    fn a_line_is_as_wide_as_its_pen_at_every_slope() {
        for (a, b) in [((2.0, 10.0), (18.0, 10.0)), ((2.0, 10.0), (18.0, 10.6)), ((10.0, 2.0), (10.3, 18.0))] {
            let mut pixels = blank();
            pixels.cover(&[a, b], 1.5, [0, 0, 0]);
            let area: f64 = ink(&pixels).iter().sum();
            // 16 long and 1.5 wide, half a disc at either end, four pixels to a square unit.
            let expected = 4.0 * (16.0 * 1.5 + std::f64::consts::PI * 0.75 * 0.75);
            assert!((area / expected - 1.0).abs() < 0.03, "{area} {expected}");
        }
    }

    #[test]
    fn a_polygon_covers_its_area() {
        let star = [(10.0, 2.3), (15.1, 17.9), (2.2, 8.0), (17.8, 8.1), (4.9, 17.7)];
        let arrow = [(3.0, 3.0), (16.0, 9.0), (3.0, 15.0), (7.0, 9.0)];
        // The shoelace formula, times four pixels to a square unit; the star's middle is outside.
        for (outline, area) in [(&arrow[..], Some(4.0 * 54.0)), (&star, None)] {
            let mut pixels = blank();
            pixels.fill(outline, [0, 0, 0]);
            let ink = ink(&pixels);
            assert!(area.is_none_or(|area| (ink.iter().sum::<f64>() / area - 1.0).abs() < 0.02), "{ink:?}");
            let middle = pixels.rgb[3 * (20 * pixels.width + 20)];
            assert_eq!(middle, if area.is_some() { 0 } else { 255 });
        }
    }

    #[test]
    fn dashes_go_around_corners() {
        let run = [(0.0, 0.0), (7.0, 0.0), (7.0, 5.0)];
        assert_eq!(
            dashes(&run, 3.0, 2.0),
            [vec![(0.0, 0.0), (3.0, 0.0)], vec![(5.0, 0.0), (7.0, 0.0), (7.0, 1.0)], vec![(7.0, 3.0), (7.0, 5.0)]]
        );
        assert_eq!(dashes(&run[..1], 3.0, 2.0), [&run[..1]]);
        assert_eq!(dashes(&[(1.0, 1.0); 2], 3.0, 2.0), [[(1.0, 1.0); 2]]);
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut pixels = blank();
        pixels.cover(&[(-1e30, -5.0), (1e300, -5.0)], 1.0, [0, 0, 0]);
        pixels.cover(&[(-100.0, 10.0), (100.0, 10.0)], 1.0, [0, 0, 0]);
        pixels.cover(&[(50.0, 50.0)], 9.0, [0, 0, 0]);
        pixels.cover(&[], 9.0, [0, 0, 0]);
        assert!((ink(&pixels).iter().sum::<f64>() - 80.0).abs() < 1.0);
    }
}
