//! The sum in Rust, with `core` only.

use bumpnet_ir::{Activation, Certificate, Network, Outside, Precision, text};

use super::{LN2, Sum, blocks, needs, of_sum, sum, taylor};
use crate::facts::comment;
use crate::rust::literal;
use crate::tabulated::{identifier, list};
use crate::{ExportError, Options};

/// The module's text.
///
/// # Errors
/// Those of [`sum`].
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    let sum = sum(network, certificate)?;
    let inputs = network.inputs.len();
    let facts = comment(&of_sum(network, certificate, options, &sum), "// ");
    let order: Vec<&str> = network.inputs.iter().map(|input| input.name.as_str()).collect();
    Ok(format!(
        "{facts}\n{}{}/// The network `{}` by its sum, inputs in the order {}; see the head of this file for the bound.\n\
         pub fn {}(x: [f64; {inputs}]) -> f64 {{\n    if let Some(x) = x.iter().find(|x| x.is_nan()) {{\n        return *x;\n    }}\n\
         {}    let mut slots = [0.0; {}];\n    slots[..{inputs}].copy_from_slice(&x);\n{}    slots[{}]\n}}\n",
        tables(&sum),
        functions(&sum),
        text::comment(&network.name),
        text::comment(&order.join(", ")),
        identifier(network),
        start(network),
        inputs + sum.biases.len(),
        blocks(&sum, |unit, entry, layer| block(network, (unit, entry), layer)),
        inputs + sum.biases.len() - 1,
    ))
}

fn tables(sum: &Sum) -> String {
    let biases = list(&sum.biases, |x| literal(*x));
    let entries = sum.entries.iter().map(|(w, from, to)| format!("({}, {from}, {to})", literal(*w)));
    let entries: Vec<String> = entries.collect();
    format!(
        "static BIASES: [f64; {}] = [\n{biases}];\n\n/// Weights, the slots that they multiply, and those that they add to.\n\
         static ENTRIES: [(f64, u32, u32); {}] = [\n{}];\n\n",
        sum.biases.len(),
        entries.len(),
        list(&entries, String::clone)
    )
}

fn functions(sum: &Sum) -> String {
    if !(needs(sum, Activation::Logistic) || needs(sum, Activation::ClippedLogistic)) {
        return String::new();
    }
    let (high, low, inverse) = LN2;
    let coefficients = taylor();
    format!(
        "static TAYLOR: [f64; {}] = [\n{}];\n\nfn logistic(z: f64) -> f64 {{\n    let x = -z;\n    if x.is_nan() {{\n        return x;\n    }}\n\
         \x20   if x > 709.0 {{\n        return 0.0;\n    }}\n    if x < -708.0 {{\n        return 1.0;\n    }}\n\
         \x20   let k = (x * {} + if x < 0.0 {{ -0.5 }} else {{ 0.5 }}) as i32;\n\
         \x20   let r = x - f64::from(k) * {};\n    let r = r - f64::from(k) * {};\n\
         \x20   let p = TAYLOR[1..].iter().fold(TAYLOR[0], |p, c| p * r + c);\n\
         \x20   1.0 / (1.0 + p * f64::from_bits(((k + 1023) as u64) << 52))\n}}\n\n",
        coefficients.len(),
        list(&coefficients, |c| literal(*c)),
        literal(inverse),
        literal(high),
        literal(low),
    )
}

/// The inputs as the network takes points that are not in its domain.
fn start(network: &Network) -> String {
    let each =
        |text: &dyn Fn(&bumpnet_ir::Input) -> String| network.inputs.iter().map(text).collect::<Vec<_>>().join(", ");
    let (lo, hi) = (each(&|input| literal(input.lo)), each(&|input| literal(input.hi)));
    let outside = match network.outside {
        Outside::Extend => String::new(),
        Outside::Clamp => "    let mut x = x;\n    for (x, (lo, hi)) in x.iter_mut().zip(LO.into_iter().zip(HI)) {\n        *x = x.clamp(lo, hi);\n    }\n".to_owned(),
        Outside::Nan => "    if x.iter().zip(LO.iter().zip(&HI)).any(|(x, (lo, hi))| x < lo || x > hi) {\n        return f64::NAN;\n    }\n".to_owned(),
    };
    let ends = match network.outside {
        Outside::Extend => String::new(),
        _ => {
            let n = network.inputs.len();
            format!("    const LO: [f64; {n}] = [{lo}];\n    const HI: [f64; {n}] = [{hi}];\n")
        }
    };
    let rounded = match network.precision {
        Precision::F64 => "",
        Precision::F32 => "    let x = x.map(|x| f64::from(x as f32));\n",
    };
    format!("{ends}{outside}{rounded}")
}

fn round(number: &str, precision: Precision) -> String {
    match precision {
        Precision::F64 => number.to_owned(),
        Precision::F32 => format!("f64::from(({number}) as f32)"),
    }
}

fn block(
    network: &Network,
    (unit, entry): (usize, usize),
    (activation, units, entries): &(Activation, usize, usize),
) -> String {
    let (first, precision) = (network.inputs.len() + unit, network.precision);
    let end = first + units;
    let mut text = format!(
        "    // {}\n    slots[{first}..{end}].copy_from_slice(&BIASES[{unit}..{}]);\n",
        activation.name(),
        unit + units
    );
    if *entries > 0 {
        let product = round("w * slots[*from as usize]", precision);
        let sum = round(&format!("slots[*to as usize] + {product}"), precision);
        text += &format!(
            "    for (w, from, to) in &ENTRIES[{entry}..{}] {{\n        slots[*to as usize] = {sum};\n    }}\n",
            entry + entries
        );
    }
    let value = match activation {
        Activation::Heaviside => "if *z >= 0.0 { 1.0 } else if *z < 0.0 { 0.0 } else { *z }",
        Activation::Logistic => "logistic(*z)",
        Activation::ClippedLogistic => "if *z < -6.0 { 0.0 } else if *z > 6.0 { 1.0 } else { logistic(*z) }",
        Activation::Ramp => "(0.5 * *z + 0.5).clamp(0.0, 1.0)",
        Activation::Smoothstep => "{ let t = (0.5 * *z + 0.5).clamp(0.0, 1.0); t * t * (3.0 - 2.0 * t) }",
        // `sum` lets no other through.
        _ => return text,
    };
    let value = match precision {
        Precision::F64 => value.to_owned(),
        Precision::F32 => format!("f64::from(({{ {value} }}) as f32)"),
    };
    text + &format!("    for z in &mut slots[{first}..{end}] {{\n        *z = {value};\n    }}\n")
}
