//! Title and subtitle at the top of a page.

use kuva::render::render::TextAnchor::Start;

use crate::drawing::Drawing;
use crate::{style, text};

/// Most lines of title and subtitle.
const TITLE_LINES: usize = 2;
const SUBTITLE_LINES: usize = 3;
/// Line heights, and the gap beneath both.
const TITLE_HEIGHT: f64 = 23.0;
const SUBTITLE_HEIGHT: f64 = 17.0;
const GAP: f64 = 8.0;

/// Title and subtitle, broken into lines.
pub struct Header {
    title: Vec<String>,
    subtitle: Vec<String>,
    left: f64,
}

impl Header {
    /// Either text may be empty; both begin at `left` and end at the page's right margin.
    pub fn new(title: &str, subtitle: &str, left: f64) -> Header {
        let room = style::PAGE_WIDTH - left - style::MARGIN;
        let title = text::wrapped(title, style::TITLE, true, room, TITLE_LINES);
        let subtitle = text::wrapped(subtitle, style::BODY, false, room, SUBTITLE_LINES);
        Header { title, subtitle, left }
    }

    /// Where the page goes on beneath.
    pub fn bottom(&self) -> f64 {
        let height = TITLE_HEIGHT * self.title.len() as f64 + SUBTITLE_HEIGHT * self.subtitle.len() as f64;
        style::MARGIN + height + if height > 0.0 { GAP } else { 0.0 }
    }

    pub fn draw(&self, page: &mut Drawing) {
        let mut baseline = style::MARGIN - 6.0;
        for line in &self.title {
            baseline += TITLE_HEIGHT;
            page.text((self.left, baseline), line, style::TITLE, true, Start, style::TEXT);
        }
        for line in &self.subtitle {
            baseline += SUBTITLE_HEIGHT;
            page.text((self.left, baseline), line, style::BODY, false, Start, style::MUTED);
        }
    }
}
