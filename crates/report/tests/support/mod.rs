//! A proof for tests that draw: only a proof makes the word `proved`.

use bumpnet_ir::expr::sexpr;
use bumpnet_ir::{Activation, Input, Network, Outside, Parts, Precision};
use bumpnet_prove::Standing;

/// The standing of a certificate that is proved here, of the constant 0.
pub fn proved() -> Standing {
    let target = sexpr::parse("0", vec!["x".into()]).unwrap();
    let layers = Network::one_hidden_layer(Activation::Ramp, (vec![], vec![]), vec![], 0.0, Activation::Identity);
    let network = Network::new(Parts {
        name: "a/b".into(),
        target: "0".into(),
        inputs: vec![Input { name: "x".into(), lo: 0.0, hi: 1.0 }],
        layers,
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: None,
    })
    .expect("a network");
    bumpnet_prove::certify(&target, &network, f64::INFINITY).unwrap().standing()
}
