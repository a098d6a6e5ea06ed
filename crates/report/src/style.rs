//! Colours, pens and sizes. Lengths are in page units: CSS pixels in an SVG, two device pixels in a PNG.

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    pub colour: Rgb,
    pub width: f64,
    /// Lengths of a dash and of the gap after it.
    pub dash: Option<(f64, f64)>,
}

const fn solid(colour: Rgb, width: f64) -> Pen {
    Pen { colour, width, dash: None }
}

// The curves' colours are from the palette of Okabe and Ito, which stays distinct under every common colour blindness.
const BLACK: Rgb = [0x1a, 0x1a, 0x1a];
const BLUE: Rgb = [0x00, 0x72, 0xb2];
const SKY: Rgb = [0x56, 0xb4, 0xe9];
const VERMILLION: Rgb = [0xd5, 0x5e, 0x00];
const ORANGE: Rgb = [0xe6, 0x9f, 0x00];

/// The network: wide enough to show on both sides of the target where the two agree.
pub const NETWORK: Pen = solid(SKY, 3.0);
pub const TARGET: Pen = solid(BLACK, 1.0);
/// Of that many bumps: thinner the more there are, so that they do not merge into a block (heuristic).
pub fn bump(count: usize) -> Pen {
    solid(BLUE, (40.0 / count as f64).clamp(0.25, 1.0))
}
pub const BUMP_FILL: Rgb = BLUE;
/// Light enough that a dozen overlapping bumps stay apart (heuristic).
pub const BUMP_OPACITY: f64 = 0.14;
pub const ERROR: Pen = solid(VERMILLION, 1.25);
pub const BOUND: Pen = Pen { colour: TEXT, width: 1.0, dash: Some((5.0, 4.0)) };
pub const BAND_FILL: Rgb = ORANGE;
pub const BAND_OPACITY: f64 = 0.2;
pub const ARGMAX: Rgb = BLACK;

pub const TEXT: Rgb = [0x22, 0x22, 0x22];
pub const MUTED: Rgb = [0x5c, 0x5c, 0x5c];
pub const GRID: Rgb = [0xea, 0xea, 0xea];
pub const SPINE: Rgb = [0x8c, 0x8c, 0x8c];

/// Page width; a PNG has [`PNG_SCALE`] pixels per unit.
pub const PAGE_WIDTH: f64 = 800.0;
pub const PNG_SCALE: f64 = 2.0;
/// Around everything.
pub const MARGIN: f64 = 20.0;

// Font sizes.
pub const TITLE: u32 = 17;
pub const BODY: u32 = 12;
pub const SMALL: u32 = 11;
