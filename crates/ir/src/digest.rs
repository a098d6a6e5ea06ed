//! SHA-256 digests as they stand in tables and lock files: `sha256:` and 64 hexadecimal digits.

use sha2::{Digest, Sha256};

/// The digest of a byte string.
///
/// ```
/// let digest = bumpnet_ir::digest::sha256(b"");
/// assert_eq!(digest, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::from("sha256:"), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}
