//! npz: a ZIP archive of stored (not compressed) NumPy arrays, without dates, so that the same network gives the same bytes.
//! Formats: NumPy's `numpy.lib.format`, version 1.0; PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

use bumpnet_ir::{Certificate, Network, Precision};

use crate::facts::{facts, json};
use crate::tensors::{Data, activations, tensors};
use crate::{ExportError, Options};

/// The network's arrays (see the README for their names); the array `metadata` holds the facts as the bytes of a JSON object.
///
/// # Errors
/// The archive would have 4 GiB, more than the plain ZIP format holds.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<Vec<u8>, ExportError> {
    let mut facts = facts(network, certificate, options);
    facts.push(("activations", activations(network)));
    let metadata = json(&facts);
    let mut files = vec![("metadata.npy".to_owned(), npy("|u1", &[metadata.len()], metadata.as_bytes()))];
    for tensor in tensors(network) {
        let kind = match &tensor.data {
            Data::Floats(_, Precision::F64) => "<f8",
            Data::Floats(_, Precision::F32) => "<f4",
            Data::Integers(_) => "<i8",
        };
        files.push((format!("{}.npy", tensor.name), npy(kind, &tensor.shape, &tensor.bytes())));
    }
    zip(&files).ok_or_else(|| ExportError::new("the archive would have 4 GiB or more", "write safetensors instead"))
}

/// A NumPy array, header padded so that the numbers begin at a multiple of 64.
fn npy(kind: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let shape: String = shape.iter().map(|n| format!("{n},")).collect();
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes()); // at most a few axes: far below 64 KiB
    bytes.extend(header.into_bytes());
    bytes.extend(data);
    bytes
}

/// A ZIP archive of stored files; `None` beyond 4 GiB.
fn zip(files: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in files {
        let (start, length) = (u32::try_from(archive.len()).ok()?, u32::try_from(data.len()).ok()?);
        // Version 2.0, no flags, stored, 1980-01-01 00:00, and what both headers share.
        let mut common: Vec<u8> = [20u16, 0, 0, 0, 0x21].iter().flat_map(|v| v.to_le_bytes()).collect();
        for value in [crc32(data), length, length] {
            common.extend(value.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes()); // our own short names
        common.extend(0u16.to_le_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(data);
        directory.extend(b"PK\x01\x02");
        directory.extend(20u16.to_le_bytes());
        directory.extend(&common);
        // No comment, disk 0, no attributes.
        directory.extend([0u8; 2 + 2 + 2 + 4]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(archive.len()).ok()?;
    let length = u32::try_from(directory.len()).ok()?;
    let count = u16::try_from(files.len()).ok()?;
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    archive.extend([0, 0]);
    Some(archive)
}

/// The checksum of ZIP: the reflected polynomial 0xEDB88320, a byte at a time.
fn crc32(data: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut value = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
                bit += 1;
            }
            table[byte] = value;
            byte += 1;
        }
        table
    };
    !data.iter().fold(!0, |crc: u32, byte| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    #[test]
    fn checksum_of_the_standard() {
        assert_eq!(super::crc32(b"123456789"), 0xCBF4_3926);
    }
}
