//! Tables that state bounds that are false, each made by hand to deceive a proof: the adversary refutes them.

#![allow(clippy::unwrap_used)] // a test may panic

use bumpnet_adversary::{Claim, attack};
use bumpnet_ir::Network;

#[test]
fn false_statements_are_refuted() {
    for (name, table, claims) in [
        ("hole1", include_str!("tables/hole1-verified-but-wrong.json"), &[Claim::Upper, Claim::Evaluated][..]),
        ("V1", include_str!("tables/V1_upper.json"), &[Claim::Upper]),
        ("V3", include_str!("tables/V3_evaluated_output.json"), &[Claim::Upper, Claim::Evaluated]),
    ] {
        let network = Network::from_json(table).unwrap();
        let names = network.inputs.iter().map(|input| input.name.clone()).collect();
        let target = bumpnet_parser::parse_expression(&network.target, names).unwrap();
        let found = attack(&target, &network, network.certificate.as_ref().unwrap(), 4, 1);
        println!("{name}: {found:?}");
        assert!(claims.iter().any(|claim| found.iter().any(|finding| finding.claim == *claim)), "{name}");
    }
}
