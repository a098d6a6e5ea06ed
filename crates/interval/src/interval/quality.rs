//! What is known of a computation besides its range: the decoration of an interval.

/// What is known of the computation that led to an interval, on all of the input box. Ordered from bad to good; an
/// operation's result has the least of its inputs' qualities and its own on that input (as the decorations of IEEE 1788).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Quality {
    /// Undefined everywhere on the input box.
    Nowhere,
    /// It may be undefined somewhere on the input box.
    Partial,
    /// Defined everywhere on the input box; it may jump. A jump at an end of the box counts.
    Defined,
    /// Defined and continuous on the whole input box.
    Continuous,
}
