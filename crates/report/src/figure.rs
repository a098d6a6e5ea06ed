//! What is drawn, in which format, and why it may not be.

use std::fmt;

use bumpnet_prove::Standing;

/// A curve: equally many abscissae and ordinates.
///
/// The points are joined in the order of their abscissae. A NaN or infinite ordinate breaks the line; a point whose
/// abscissa is not finite is left out. Any number of points will do: at most four are kept per pixel column, the lowest
/// and the highest among them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Series<'a> {
    /// The abscissae.
    pub x: &'a [f64],
    /// The ordinates.
    pub y: &'a [f64],
}

impl Series<'_> {
    /// An error that names the series unless it has as many ordinates as abscissae.
    pub(crate) fn checked(&self, series: &'static str) -> Result<(), DrawError> {
        let (x, y) = (self.x.len(), self.y.len());
        if x == y { Ok(()) } else { Err(DrawError::UnequalLengths { series, x, y }) }
    }
}

/// What is drawn: up to three panels over one horizontal axis. A panel without a single finite point is left out.
#[derive(Clone, Debug, Default)]
pub struct Figure<'a> {
    /// The heading of the whole figure; may be empty.
    pub title: &'a str,
    /// Smaller text beneath the title, such as the target's expression; may be empty, may hold line breaks.
    pub subtitle: &'a str,
    /// The label of the horizontal axis: the name of the input.
    pub input: &'a str,
    /// First panel: the target, a thin dark line.
    pub target: Series<'a>,
    /// First panel: the network, a coloured line beneath the target's.
    pub network: Series<'a>,
    /// Second panel: the single bumps. Of more than 500, 500 evenly spaced ones are drawn, and the panel says so.
    pub bumps: Vec<Series<'a>>,
    /// Third panel: network minus target.
    pub error: Series<'a>,
    /// The heading of the third panel; empty for "error".
    pub error_label: &'a str,
    /// `[lower, upper]` around the largest absolute error: a sampled error does not belong here.
    pub error_band: Option<(f64, f64)>,
    /// The bound of the error as evaluated, which is what is drawn; said where it is larger than the band's.
    pub evaluated: Option<f64>,
    /// Whether the band is labelled as proved or as stated.
    pub standing: Standing,
    /// Where the error is largest, and the error there (with its sign). Like the band, it is drawn if the error is.
    pub argmax: Option<(f64, f64)>,
}

/// The file format of a drawn figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Scalable, 800 units wide; its text is set by the viewer in DejaVu Sans, Verdana or another sans-serif font.
    Svg,
    /// 1600 pixels wide; its text is set in DejaVu Sans, which is built in.
    Png,
}

/// Why a figure could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrawError {
    /// A series has more abscissae than ordinates, or fewer.
    UnequalLengths {
        /// Which series: `target`, `network`, `bump` or `error`; `curve` in a convergence study.
        series: &'static str,
        /// How many abscissae it has.
        x: usize,
        /// How many ordinates it has.
        y: usize,
    },
    /// The values of a map do not fill a rectangle, or not the same one as the others.
    NotARectangle {
        /// Which values: `target`, `network` or `error`.
        series: &'static str,
        /// How many values there are.
        values: usize,
        /// How many a row should have.
        columns: usize,
    },
    /// No series has a finite point or, on logarithmic axes, one that is positive too.
    NothingToDraw,
    /// The PNG encoder failed; its message.
    Encode(String),
}

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DrawError::UnequalLengths { series, x, y } => {
                write!(f, "the {series} series has {x} abscissae but {y} ordinates")
            }
            DrawError::NotARectangle { series, values, columns } => {
                write!(
                    f,
                    "the {series} has {values} values, which do not fill the figure's rectangle of {columns} columns"
                )
            }
            DrawError::NothingToDraw => write!(f, "there is nothing to draw: no series has a point that can be shown"),
            DrawError::Encode(message) => write!(f, "the picture could not be encoded: {message}"),
        }
    }
}

impl std::error::Error for DrawError {}
