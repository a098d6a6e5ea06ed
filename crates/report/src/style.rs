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
const GREEN: Rgb = [0x00, 0x9e, 0x73];
const PURPLE: Rgb = [0xcc, 0x79, 0xa7];
// Paul Tol's, in the place of the palette's yellow, which is too faint for a line.
const WINE: Rgb = [0x88, 0x22, 0x55];

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

/// The line of the `n`th method of a convergence study.
pub fn method(n: usize) -> Pen {
    const COLOURS: [Rgb; 8] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK, WINE];
    solid(COLOURS[n % COLOURS.len()], 1.75)
}
/// The line of the `n`th reference: grey, dashed in three ways.
pub fn reference(n: usize) -> Pen {
    const DASHES: [(f64, f64); 3] = [(6.0, 4.0), (1.5, 3.5), (12.0, 4.0)];
    Pen { colour: REFERENCE, width: 1.0, dash: Some(DASHES[n % DASHES.len()]) }
}
pub const REFERENCE: Rgb = [0x70, 0x70, 0x70];
/// From a reference to its label.
pub const LEADER: Pen = solid([0xb8, 0xb8, 0xb8], 0.75);
/// Around a marker, so that overlapping ones stay apart; a marker's colour is that of its method.
pub const RIM: Pen = solid(WHITE, 1.6);
pub const WHITE: Rgb = [0xff; 3];

pub const TEXT: Rgb = [0x22, 0x22, 0x22];
pub const MUTED: Rgb = [0x5c, 0x5c, 0x5c];
pub const GRID: Rgb = [0xea, 0xea, 0xea];
pub const SPINE: Rgb = [0x8c, 0x8c, 0x8c];
/// Ticks without labels: light, for they stand close.
pub const MINOR: Rgb = [0xcc, 0xcc, 0xcc];

/// Page width; a PNG has [`PNG_SCALE`] pixels per unit.
pub const PAGE_WIDTH: f64 = 800.0;
pub const PNG_SCALE: f64 = 2.0;
/// A column of pixels in a PNG: what a curve is thinned to.
pub const COLUMN: f64 = 1.0 / PNG_SCALE;
/// Around everything.
pub const MARGIN: f64 = 20.0;

// Font sizes.
pub const TITLE: u32 = 17;
pub const BODY: u32 = 12;
pub const SMALL: u32 = 11;
