//! Pictures made of cells of one colour each, with sharp edges: a jump between two cells stays one.

use data_encoding::BASE64;

use crate::style::Rgb;
use crate::trace::Point;

/// A picture on the page.
pub struct Raster {
    /// Its top left corner, and its size.
    pub corner: Point,
    pub size: Point,
    /// The colours, row by row from the top one.
    pub columns: usize,
    pub colours: Vec<Rgb>,
}

impl Raster {
    /// The picture as an SVG element, which holds it as a PNG file.
    pub fn element(&self) -> Result<String, String> {
        let file = self.file().map_err(|error| error.to_string())?;
        let ((x, y), (width, height)) = (self.corner, self.size);
        Ok(format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>\n",
            BASE64.encode(&file)
        ))
    }

    /// The picture as a PNG file, its colours numbered: at most 256, which a scale and one more have.
    fn file(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut palette = self.colours.clone();
        palette.sort_unstable();
        palette.dedup();
        let number = |colour: &Rgb| palette.binary_search(colour).unwrap_or(0) as u8;
        let rows = self.colours.len() / self.columns.max(1);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.columns as u32, rows as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette.concat());
        encoder.write_header()?.write_image_data(&self.colours.iter().map(number).collect::<Vec<u8>>())?;
        Ok(file)
    }

    /// The colour at a share of the way to the right and downwards, each from 0 to 1, 1 excluded.
    pub fn at(&self, right: f64, down: f64) -> Option<Rgb> {
        let rows = self.colours.len() / self.columns.max(1);
        let (column, row) = ((right * self.columns as f64) as usize, (down * rows as f64) as usize);
        self.colours.get(row * self.columns + column.min(self.columns.saturating_sub(1))).copied()
    }
}
