//! Which program this is: its version, and the digest of the sources it was built from, which `build.rs` takes.

/// The version and the first digits of [`BUILD`], `0.1.0+0123456789ab`: two builds of other sources differ in it.
pub const VERSION: &str = env!("BUMPNET_VERSION");
/// The digest of all sources and of `Cargo.lock`.
pub const BUILD: &str = env!("BUMPNET_BUILD");
/// The name and the released version. It stands in files for other programs, which are to be the same bytes as long as
/// the network is.
pub const TOOL: &str = concat!("bumpnet ", env!("CARGO_PKG_VERSION"));
