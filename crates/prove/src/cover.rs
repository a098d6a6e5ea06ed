//! Covers: what a search has found, so that a proof can be made again without one.
//!
//! A cover is trusted by nobody. It names the steps of a proof; each is done anew by the kernel, which bounds the error on
//! every cell itself and concludes only where the whole domain is covered.

use bumpnet_ir::text::excerpt;
use bumpnet_kernel::log::Log;
use serde::{Deserialize, Serialize};

/// The format's name and version.
pub const FORMAT: &str = "bumpnet-cover/1";

/// Characters of a wrong word that are shown.
const SHOWN: usize = 200;

/// What a part of a cover is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The error everywhere.
    Error,
    /// The mean square, where it is another proof's.
    Squares,
    /// The error on either side of the jumps within reach of the evaluator's rounding.
    Either,
    /// The error of the hidden layer.
    Hidden,
    /// The error in a measure.
    Measured,
    /// The error of a block of a composed network; one part for each that was searched, in order.
    Block,
    /// The error of a composed network over boxes, its steps' errors with their signs.
    Signed,
    /// Into how many cells the box was divided for the sum of these errors.
    Sums,
}

/// The steps of a certificate's proofs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Cover {
    parts: Vec<(Part, Log)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: String,
    table: String,
    parts: Vec<PartWire>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartWire {
    of: Part,
    steps: Vec<u32>,
    numbers: Vec<f64>,
}

impl Cover {
    /// From the logs of proofs that kept one.
    pub fn new(parts: Vec<(Part, Option<Log>)>) -> Cover {
        Cover { parts: parts.into_iter().filter_map(|(part, log)| Some((part, log?))).collect() }
    }

    /// Whether there is nothing in it: no cover was kept.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The steps of a part.
    pub fn part(&self, part: Part) -> Option<&Log> {
        self.parts.iter().find(|(of, _)| *of == part).map(|(_, log)| log)
    }

    /// The steps of all parts of that kind, in order.
    pub fn all(&self, part: Part) -> impl Iterator<Item = &Log> {
        self.parts.iter().filter(move |(of, _)| *of == part).map(|(_, log)| log)
    }

    /// The text of a cover file, one line: JSON, bound to the table of that digest.
    pub fn to_json(&self, table: &str) -> String {
        let part =
            |(of, log): &(Part, Log)| PartWire { of: *of, steps: log.steps.clone(), numbers: log.numbers.clone() };
        let wire =
            Wire { format: FORMAT.to_owned(), table: table.to_owned(), parts: self.parts.iter().map(part).collect() };
        serde_json::to_string(&wire).unwrap_or_default() + "\n"
    }

    /// Reads a cover file of the table of that digest.
    ///
    /// # Errors
    /// Why it is none of this table.
    pub fn from_json(text: &str, table: &str) -> Result<Cover, String> {
        let wire: Wire = serde_json::from_str(text).map_err(|error| excerpt(&error.to_string(), SHOWN))?;
        if wire.format != FORMAT {
            let format = excerpt(&wire.format, SHOWN);
            return Err(format!("the format is `{format}`; this version reads `{FORMAT}`"));
        }
        if wire.table != table {
            return Err("it is the cover of another table".to_owned());
        }
        let part = |PartWire { of, steps, numbers }| (of, Log::of(steps, numbers));
        Ok(Cover { parts: wire.parts.into_iter().map(part).collect() })
    }
}
