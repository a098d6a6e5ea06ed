//! Enclosures of decimal literals and of the named constants.
//!
//! A decimal knows how it compares with its nearest binary64, so the enclosure is that number alone when the two are equal,
//! and otherwise the gap between the two binary64 numbers on either side of the decimal.

use super::{Interval, Quality};
use crate::decimal::Decimal;
use crate::fault::{Fault, active};
use crate::operator::Constant;
use std::cmp::Ordering;

/// The tightest enclosure of a decimal.
pub(super) fn enclose(decimal: &Decimal) -> Interval {
    let nearest = decimal.nearest();
    let (lo, hi) = match decimal.order() {
        _ if active(Fault::LiteralNearest) => (nearest, nearest),
        Ordering::Less => (nearest.next_down(), nearest),
        Ordering::Equal => (nearest, nearest),
        Ordering::Greater => (nearest, nearest.next_up()),
    };
    Interval::raw(lo, hi, Quality::Continuous)
}

/// The tightest enclosure of a constant.
pub(super) fn constant(constant: Constant) -> Interval {
    use std::f64::consts;
    // The nearest binary64 is below each of the three:
    // pi  = 3.14159265358979323846...  and PI  = 3.141592653589793115997...
    // e   = 2.71828182845904523536...  and E   = 2.718281828459045090795...
    // tau = 6.28318530717958647692...  and TAU = 6.283185307179586231995...
    let below = match constant {
        Constant::Pi => consts::PI,
        Constant::E => consts::E,
        Constant::Tau => consts::TAU,
    };
    Interval::raw(below, below.next_up(), Quality::Continuous)
}
