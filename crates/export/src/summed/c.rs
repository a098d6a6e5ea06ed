//! The sum in C99, without libm.

use bumpnet_ir::{Activation, Certificate, Network, Outside, Precision, text};

use super::{LN2, Sum, blocks, needs, of_sum, sum, taylor};
use crate::c::{header, hexadecimal};
use crate::facts::comment;
use crate::tabulated::{identifier, list};
use crate::{ExportError, Options};

/// The header's text.
///
/// # Errors
/// Those of [`sum`].
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    let sum = sum(network, certificate)?;
    let (name, inputs) = (identifier(network), network.inputs.len());
    let facts = comment(&of_sum(network, certificate, options, &sum), "// ");
    let order: Vec<&str> = network.inputs.iter().map(|input| input.name.as_str()).collect();
    let signature = format!("double {name}(const double x[{inputs}])");
    let body = format!(
        "{}{}static inline {signature} {{\n    double slots[{}];\n    size_t i;\n{}{}    return slots[{}];\n}}\n",
        tables(&name, &sum),
        functions(&name, &sum),
        inputs + sum.biases.len(),
        start(network),
        blocks(&sum, |unit, entry, layer| block(&name, network, (unit, entry), layer)),
        inputs + sum.biases.len() - 1,
    );
    let says =
        format!("{signature}, in the order {}. Compile with -ffp-contract=off.", text::comment(&order.join(", ")));
    Ok(header(&facts, &says, &format!("{}_H", name.to_uppercase()), &body))
}

fn tables(name: &str, sum: &Sum) -> String {
    let array = |kind: &str, what: &str, numbers: &[String]| {
        // C has no empty array.
        let numbers = if numbers.is_empty() { &["0".to_owned()][..] } else { numbers };
        format!("static const {kind} {name}_{what}[{}] = {{\n{}}};\n\n", numbers.len(), list(numbers, String::clone))
    };
    let of = |number: &dyn Fn(&(f64, u32, u32)) -> String| sum.entries.iter().map(number).collect::<Vec<_>>();
    let biases: Vec<String> = sum.biases.iter().map(|bias| hexadecimal(*bias)).collect();
    array("double", "bias", &biases)
        + &array("double", "value", &of(&|entry| hexadecimal(entry.0)))
        + &array("uint32_t", "from", &of(&|entry| format!("{}u", entry.1)))
        + &array("uint32_t", "to", &of(&|entry| format!("{}u", entry.2)))
}

fn functions(name: &str, sum: &Sum) -> String {
    if !(needs(sum, Activation::Logistic) || needs(sum, Activation::ClippedLogistic)) {
        return String::new();
    }
    let (high, low, inverse) = LN2;
    let coefficients = taylor();
    format!(
        "static const double {name}_taylor[{}] = {{\n{}}};\n\n\
         static inline double {name}_logistic(double z) {{\n    const double x = -z;\n    double r, p, power;\n    int32_t k;\n    uint64_t bits;\n    int i;\n\
         \x20   if (x != x) return x;\n    if (x > 709.0) return 0.0;\n    if (x < -708.0) return 1.0;\n\
         \x20   k = (int32_t)(x * {} + (x < 0.0 ? -0.5 : 0.5));\n\
         \x20   r = x - (double)k * {};\n    r = r - (double)k * {};\n\
         \x20   p = {name}_taylor[0];\n    for (i = 1; i < {}; i++) p = p * r + {name}_taylor[i];\n\
         \x20   bits = (uint64_t)(k + 1023) << 52;\n    memcpy(&power, &bits, sizeof power);\n\
         \x20   return 1.0 / (1.0 + p * power);\n}}\n\n",
        coefficients.len(),
        list(&coefficients, |c| hexadecimal(*c)),
        hexadecimal(inverse),
        hexadecimal(high),
        hexadecimal(low),
        coefficients.len(),
    )
}

/// The inputs' slots, as the network takes points that are not in its domain.
fn start(network: &Network) -> String {
    let input = |(k, input): (usize, &bumpnet_ir::Input)| {
        let (lo, hi) = (hexadecimal(input.lo), hexadecimal(input.hi));
        let otherwise = match network.outside {
            Outside::Extend => String::new(),
            Outside::Clamp => {
                format!(
                    "    if (slots[{k}] < {lo}) slots[{k}] = {lo};\n    if (slots[{k}] > {hi}) slots[{k}] = {hi};\n"
                )
            }
            Outside::Nan => format!("    if (x[{k}] < {lo} || x[{k}] > {hi}) return NAN;\n"),
        };
        let number = format!("x[{k}]");
        format!(
            "    if (x[{k}] != x[{k}]) return x[{k}];\n    slots[{k}] = {};\n{otherwise}",
            round(&number, network.precision)
        )
    };
    network.inputs.iter().enumerate().map(input).collect()
}

fn round(number: &str, precision: Precision) -> String {
    match precision {
        Precision::F64 => number.to_owned(),
        Precision::F32 => format!("(double)(float)({number})"),
    }
}

fn block(
    name: &str,
    network: &Network,
    (unit, entry): (usize, usize),
    (activation, units, entries): &(Activation, usize, usize),
) -> String {
    let (first, precision) = (network.inputs.len() + unit, network.precision);
    let mut text = format!(
        "    /* {} */\n    for (i = 0; i < {units}u; i++) slots[{first}u + i] = {name}_bias[{unit}u + i];\n",
        activation.name()
    );
    if *entries > 0 {
        let product = round(&format!("{name}_value[i] * slots[{name}_from[i]]"), precision);
        let sum = round(&format!("slots[{name}_to[i]] + {product}"), precision);
        text += &format!("    for (i = {entry}u; i < {}u; i++) slots[{name}_to[i]] = {sum};\n", entry + entries);
    }
    text + &apply(name, *activation, (first, first + units), precision)
}

fn apply(name: &str, activation: Activation, (first, end): (usize, usize), precision: Precision) -> String {
    let z = "slots[i]";
    let ramp =
        format!("        double t = 0.5 * {z} + 0.5;\n        if (t < 0.0) t = 0.0;\n        if (t > 1.0) t = 1.0;\n");
    let (before, value) = match activation {
        Activation::Heaviside => (String::new(), format!("{z} >= 0.0 ? 1.0 : {z} < 0.0 ? 0.0 : {z}")),
        Activation::Logistic => (String::new(), format!("{name}_logistic({z})")),
        Activation::ClippedLogistic => {
            (String::new(), format!("{z} < -6.0 ? 0.0 : {z} > 6.0 ? 1.0 : {name}_logistic({z})"))
        }
        Activation::Ramp => (ramp, "t".to_owned()),
        Activation::Smoothstep => (ramp, "t * t * (3.0 - 2.0 * t)".to_owned()),
        // `sum` lets no other through.
        _ => return String::new(),
    };
    format!(
        "    for (i = {first}u; i < {end}u; i++) {{\n{before}        slots[i] = {};\n    }}\n",
        round(&value, precision)
    )
}
