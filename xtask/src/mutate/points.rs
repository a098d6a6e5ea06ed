//! Points as files: CSV and NumPy arrays written here, Parquet as the program writes it; with words, headers and bytes that do
//! not belong there.

use bumpnet_adversary::random::Random;

use super::seeds::SeedTable;

/// Words that are no ordinary number.
const WORDS: [&str; 22] = [
    "nan",
    "inf",
    "-inf",
    "NaN",
    "1e400",
    "-1e-400",
    "0x10",
    "1_000",
    "1,5",
    "",
    " ",
    "\t0.5",
    "\"0.5\"",
    "\"0.5",
    "0.5\"",
    "x",
    "+0.5",
    "1e",
    ".",
    "5e-324",
    "\u{2212}1",
    "=1+1",
];
/// What a line may be but numbers.
const LINES: [&str; 7] = ["", "#", "::error::x", "\u{feff}x", "0;1", "\"a\nb\"", "x,y,x"];
/// Number types of arrays.
const TYPES: [&str; 10] = ["<f8", "<f8", "<f8", "<f4", "<i8", "<i4", ">f8", "|O", "<c16", "f8"];
/// Shapes of arrays that are not the ones of their numbers.
const SHAPES: [&str; 8] = ["", "0", "0,", "-1,", "18446744073709551615,", "4294967296,4294967296", "1,1,1", "1e3,"];

/// The name of a file of points for a table, and its bytes.
pub fn points(table: &SeedTable, random: &mut Random) -> (&'static str, Vec<u8>) {
    match random.below(if table.parquet.is_empty() { 2 } else { 3 }) {
        0 => ("p.csv", csv(&table.inputs, random)),
        1 => ("p.npy", npy(table.inputs.len(), random)),
        _ => ("p.parquet", damaged(table.parquet.clone(), random)),
    }
}

fn csv(inputs: &[String], random: &mut Random) -> Vec<u8> {
    let header = match random.below(5) {
        0 => None,
        1 => Some(random.pick(&WORDS).to_owned()),
        2 => Some(inputs.iter().rev().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",")),
        _ => Some(inputs.join(",")),
    };
    let rows = random.pick(&[0, 1, 2, 20, 5000]);
    let odd = random.pick(&[0, 0, 3, 30]);
    let row = |random: &mut Random| {
        if odd > 0 && random.once_in(5 * odd) {
            return random.pick(&LINES).to_owned();
        }
        let columns = inputs.len() + usize::from(odd > 0 && random.once_in(odd));
        let field = |random: &mut Random| match odd > 0 && random.once_in(odd) {
            true => random.pick(&WORDS).to_owned(),
            false => format!("{:?}", random.between(-1.0, 1.0)),
        };
        (0..columns).map(|_| field(random)).collect::<Vec<_>>().join(",")
    };
    let lines: Vec<String> = header.into_iter().chain((0..rows).map(|_| row(random))).collect();
    let text =
        lines.join(random.pick(&["\n", "\n", "\n", "\r\n", "\r", ",\n"])) + random.pick(&["\n", "", "\n\n", ","]);
    if random.once_in(3) { damaged(text.into_bytes(), random) } else { text.into_bytes() }
}

fn npy(inputs: usize, random: &mut Random) -> Vec<u8> {
    let rows = random.pick(&[0, 1, 7, 3000]);
    let shape = match (random.below(4), inputs) {
        (0, _) => random.pick(&SHAPES).to_owned(),
        (_, 1) => format!("{rows},"),
        _ => format!("{rows}, {inputs}"),
    };
    let kind = random.pick(&TYPES);
    let order = random.pick(&["False", "False", "False", "True"]);
    let header = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': ({shape}), }}\n");
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend(random.pick(&[[1, 0], [1, 0], [2, 0], [3, 0], [4, 0]]));
    let length = header.len() as u32;
    let length = if random.once_in(8) { random.bits() as u32 } else { length };
    bytes.extend(&length.to_le_bytes()[..if bytes[6] == 1 { 2 } else { 4 }]);
    bytes.extend(header.bytes());
    let numbers = (rows * inputs).saturating_add_signed(random.pick(&[0, 0, 0, 1, -1]));
    let width = if kind.ends_with('8') { 8 } else { 4 };
    bytes.extend((0..numbers).flat_map(|_| random.between(-1.0, 1.0).to_le_bytes()[8 - width..].to_vec()));
    if random.once_in(3) { damaged(bytes, random) } else { bytes }
}

/// Some bytes are others, gone, or there twice.
pub fn damaged(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..random.count(1, 4) {
        // Formats have their sizes at their ends.
        let near = random.pick(&[bytes.len(), bytes.len().min(64), bytes.len().min(512)]);
        let at = random.below(near);
        let at = if random.once_in(2) { at } else { bytes.len().saturating_sub(1 + at) };
        let to = (at + random.pick(&[1, 1, 4, 100])).min(bytes.len());
        match random.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let twice = bytes[at..to].to_vec();
                bytes.splice(at..at, twice);
            }
            3 => bytes[at..to].fill(random.pick(&[0, 0xff, b'"', b'\n'])),
            _ => bytes[at..to].iter_mut().take(1).for_each(|byte| *byte = random.bits() as u8),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}
