//! Sollya: a script with which another prover re-checks the bound of a small network, from the numbers in the script alone.
//!
//! Weights and literals stand in it exactly, as integers times powers of two or ten. `supnorm` encloses the sup norm of
//! `network - target` by Taylor models of its own (Chevillard, Harrison, Joldes and Lauter 2011) and, where it cannot, `infnorm`
//! by interval arithmetic; the script says `proved`
//! where the enclosure lies below the certificate's upper bound, `agrees` where the two intervals meet, else `refuted`.

use std::fmt::Write;

use bumpnet_interval::{Binary, Constant, Unary};
use bumpnet_ir::{Activation, Certificate, Expr, Network, Node};

use crate::facts::{comment, facts};
use crate::{ExportError, Options};

/// Most units: Sollya takes seconds for 20 and minutes for a few hundred. Heuristic.
const MOST: usize = 200;

/// The script's text.
///
/// # Errors
/// Something in the network or the target is no function that Sollya differentiates, or the network is too large.
pub fn write(network: &Network, certificate: &Certificate, options: &Options<'_>) -> Result<String, ExportError> {
    let help = "`verify` proves the bound of any network anew";
    let refused = |what: String| ExportError::new(what, help);
    let (hidden, output) = match &network.layers[..] {
        [output] if network.inputs.len() == 1 && output.inputs.is_empty() => (None, output),
        [hidden, output] if network.inputs.len() == 1 && hidden.inputs == [0] && !output.inputs.contains(&0) => {
            (Some(hidden), output)
        }
        _ => return Err(refused("Sollya checks one hidden layer over one input".to_owned())),
    };
    if network.neurons() > MOST {
        return Err(refused(format!("{} neurons are too many for Sollya: at most {MOST}", network.neurons())));
    }
    let mut text = comment(&facts(network, certificate, options), "// ");
    text += "// Run it with: sollya FILE\n\nprec = 165!;\n\n// The target, node by node.\n";
    let target = target(&mut text, options.target).map_err(refused)?;
    // Writing to a string cannot fail.
    text += "\n// The network: the output's bias, and each unit times its weight.\n";
    let _ = writeln!(text, "sum = {};", exact(output.bias.get(0)));
    if let Some(hidden) = hidden {
        let mut weight = vec![Vec::new(); hidden.rows];
        for (row, _, value) in hidden.weights.entries() {
            weight[row].push(format!("{}*_x_+", exact(value)));
        }
        for (_, column, value) in output.weights.entries() {
            let row = output.inputs[column] as usize - 1;
            let argument = format!("({}{})", weight[row].concat(), exact(hidden.bias.get(row)));
            let unit = activation(hidden.activation, &argument).map_err(refused)?;
            let _ = writeln!(text, "sum = sum + {}*{unit};", exact(value));
        }
    }
    let value = activation(output.activation, "sum").map_err(refused)?;
    let input = &network.inputs[0];
    let _ = write!(
        text,
        "\nlower = {};\nupper = {};\nerror_of_network = {value} - {target};\ndomain = [{}; {}];\n\
         norm = supnorm(0, error_of_network, domain, absolute, 2^(-10));\n\
         match norm with [a; b] : {{}} default : {{ norm = infnorm(error_of_network, domain); }};\nprint(\"enclosure:\", norm);\n\
         if (sup(norm) <= upper) then print(\"proved: |network - target| <=\", upper)\n\
         else if (inf(norm) <= upper && sup(norm) >= lower) then print(\"agrees: the enclosures meet\")\n\
         else print(\"refuted: |network - target| is not in\", [lower; upper]);\n",
        exact(certificate.lower),
        exact(certificate.upper),
        exact(input.lo),
        exact(input.hi)
    );
    Ok(text)
}

/// A binary64 exactly, as an integer times a power of two.
fn exact(x: f64) -> String {
    let (bits, sign) = (x.abs().to_bits(), if x < 0.0 { "-" } else { "" });
    let (exponent, fraction) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    format!("({sign}{mantissa}*2^({power}))")
}

/// `activation(z)`, where Sollya knows it.
fn activation(activation: Activation, z: &str) -> Result<String, String> {
    Ok(match activation {
        Activation::Identity => z.to_owned(),
        Activation::Logistic => format!("(1/(1+exp(-{z})))"),
        Activation::Tanh => format!("tanh({z})"),
        Activation::Gompertz => format!("exp(-exp(-{z}))"),
        Activation::Erf => format!("((1+erf({z}))/2)"),
        Activation::Arctan => format!("(1/2+atan({z})/pi)"),
        other => return Err(format!("the activation `{}` is no function that Sollya differentiates", other.name())),
    })
}

/// Writes an assignment for each node; the result is the root's name.
fn target(text: &mut String, target: &Expr) -> Result<String, String> {
    let target = target.as_written();
    for id in target.ids() {
        let name = |id: &bumpnet_ir::NodeId| format!("t{}", id.index());
        let value = match target.node(id) {
            Node::Literal(decimal) => {
                let (digits, exponent) = decimal.parts();
                format!("{digits}*10^({exponent})")
            }
            Node::Constant(Constant::Pi) => "pi".to_owned(),
            Node::Constant(Constant::Tau) => "2*pi".to_owned(),
            Node::Constant(Constant::E) => "exp(1)".to_owned(),
            Node::Input(_) => "_x_".to_owned(),
            Node::Unary(op, a) => unary(*op, &name(a))?,
            Node::Binary(op, a, b) => binary(*op, &name(a), &name(b))?,
            _ => return Err("Sollya differentiates no `if`".to_owned()),
        };
        let _ = writeln!(text, "t{} = {value};", id.index()); // writing to a string cannot fail
    }
    Ok(format!("t{}", target.root().index()))
}

fn unary(op: Unary, a: &str) -> Result<String, String> {
    Ok(match op {
        Unary::Neg => format!("-{a}"),
        Unary::Exp2 => format!("2^{a}"),
        Unary::Ln => format!("log({a})"),
        Unary::Sigmoid => format!("1/(1+exp(-{a}))"),
        Unary::Softplus => format!("log1p(exp({a}))"),
        Unary::Sqrt | Unary::Exp | Unary::ExpM1 | Unary::Ln1p | Unary::Log2 | Unary::Log10 => {
            format!("{}({a})", op.name())
        }
        Unary::Sin | Unary::Cos | Unary::Tan | Unary::Asin | Unary::Acos | Unary::Atan => format!("{}({a})", op.name()),
        Unary::Sinh | Unary::Cosh | Unary::Tanh | Unary::Asinh | Unary::Acosh | Unary::Atanh | Unary::Erf => {
            format!("{}({a})", op.name())
        }
        other => return Err(format!("`{}` is no function that Sollya differentiates", other.name())),
    })
}

fn binary(op: Binary, a: &str, b: &str) -> Result<String, String> {
    Ok(match op {
        Binary::Add | Binary::Sub | Binary::Mul | Binary::Div | Binary::Pow => format!("{a}{}{b}", op.name()),
        Binary::Hypot => format!("sqrt({a}^2+{b}^2)"),
        other => return Err(format!("`{}` is no function that Sollya differentiates", other.name())),
    })
}
