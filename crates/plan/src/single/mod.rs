//! Plans in binary32: eight points at a time, tables of half the bytes, and a bound that has binary32's roundings in it.
//!
//! The points are binary32 numbers. Cells are those of a [`CellGrid`] in binary32, so the network must break nowhere in its
//! domain; see [`crate::local`] for the proof, which counts the roundings of a position, of the coefficients and of Horner's
//! scheme.

#[cfg(target_arch = "x86_64")]
pub(crate) mod simd;

use bumpnet_interval::UpperBound;
use bumpnet_ir::{Network, Outside, Precision};
use bumpnet_prove::units::Units;

use crate::grid::NEAREST_SINGLE;
use crate::lower::cells_in_single;
use crate::model::Layer;
use crate::plan::{Direct, PlanOptions, Unplannable, size, width_is_fine};
use crate::rows::AlignedRows;
use crate::wanted::TableWanted;

/// Doublings of the tolerance at most, until binary32's own rounding is within it; heuristic.
const COARSER: usize = 12;

/// A network lowered to pieces in binary32.
#[derive(Debug)]
pub struct SinglePlan {
    lo: f32,
    hi: f32,
    start: f32,
    scale: f32,
    /// Numbers in a row: 2, 4 or 8.
    stride: usize,
    rows: AlignedRows<f32>,
    direct: Direct,
    outside: Outside,
    bound: UpperBound,
}

/// Lowers a network of one input and at most one hidden layer to a plan in binary32, as near to it as the options say or, at
/// least, as binary32 allows.
///
/// # Errors
/// The network has another form, its activation has breaks in the domain, or its values change too fast for binary32.
pub fn single_plan(network: &Network, options: PlanOptions) -> Result<SinglePlan, Unplannable> {
    let units = Units::new(network).ok_or(Unplannable::Form)?;
    let direct = Direct::new(network).ok_or(Unplannable::Form)?;
    let precision = Precision::F32;
    // The binary32 numbers of the domain.
    let input = &network.inputs[0];
    let (lo, hi) = (precision.round_up(input.lo), -precision.round_up(-input.hi));
    if !(lo < hi && width_is_fine(lo, hi)) {
        return Err(Unplannable::Domain);
    }
    let mut layer = Layer::new(&units, lo, hi).ok_or(Unplannable::Single)?;
    if !(layer.margin > 0.0) {
        return Err(Unplannable::Single);
    }
    let largest = lo.abs().max(hi.abs());
    // As much as positions in binary32 are off, and a little.
    layer.margin = ((hi - lo) * 4.0 + largest * 8.0) * precision.unit_roundoff();
    let size = size(&direct, lo, hi);
    let mut tolerance = options.accuracy.tolerance(network).max(size * precision.unit_roundoff());
    for _ in 0..COARSER {
        let models = layer.models(lo, hi, tolerance / 8.0);
        let wanted = TableWanted::single(network.output(), tolerance, layer.margin, largest);
        if let Some((grid, stride, local)) = cells_in_single(&models, (lo, hi), wanted) {
            let rows: Vec<f32> = local.rows.iter().map(|c| *c as f32).collect();
            return Ok(SinglePlan {
                lo: lo as f32,
                hi: hi as f32,
                start: grid.start as f32,
                scale: grid.scale as f32,
                stride,
                rows: AlignedRows::new(&rows),
                direct,
                outside: network.outside,
                bound: local.bound + layer.moved,
            });
        }
        tolerance *= 2.0;
    }
    Err(Unplannable::Single)
}

impl SinglePlan {
    /// The value at a point: within [`bound`](Self::bound) of the network in the domain. NaN for NaN; outside the domain what
    /// the network's `outside` says: its own value, by direct sum, that of the nearest number of the domain, or NaN.
    #[inline]
    pub fn eval(&self, x: f32) -> f32 {
        if self.lo <= x && x <= self.hi { self.inside(x) } else { self.elsewhere(x) }
    }

    #[inline]
    fn inside(&self, x: f32) -> f32 {
        let position = (x - self.start) * self.scale;
        let whole = position + NEAREST_SINGLE;
        let t = position - (whole - NEAREST_SINGLE);
        let cell = (whole.to_bits() - NEAREST_SINGLE.to_bits()) as usize;
        let row = &self.rows.all()[self.stride * cell..][..self.stride];
        let (last, rest) = row.split_last().unwrap_or((&f32::NAN, &[]));
        rest.iter().rev().fold(*last, |sum, c| sum * t + c)
    }

    #[cold]
    fn elsewhere(&self, x: f32) -> f32 {
        match self.outside {
            _ if x.is_nan() => x,
            Outside::Clamp => self.inside(x.clamp(self.lo, self.hi)),
            Outside::Nan => f32::NAN,
            Outside::Extend => self.direct.value(f64::from(x)) as f32,
        }
    }

    /// The values at many points, one after another: what [`eval_into`](Self::eval_into) is compared with.
    pub fn eval_each(&self, xs: &[f32], ys: &mut [f32]) {
        xs.iter().zip(ys).for_each(|(x, y)| *y = self.eval(*x));
    }

    /// The largest |plan - network| at the binary32 numbers of the domain, the plan as it is evaluated, the network exact, in
    /// the target's unit: proved.
    pub fn bound(&self) -> UpperBound {
        self.bound
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.rows.all().len() / self.stride
    }

    /// Degree of the pieces.
    pub fn degree(&self) -> usize {
        self.stride - 1
    }

    /// Bytes of the table.
    pub fn bytes(&self) -> usize {
        4 * self.rows.all().len()
    }
}
