//! The judge's arithmetic against digits that are known, and specs of every construction that are what they should be.

#![allow(clippy::unwrap_used)] // a test may panic

use std::collections::BTreeSet;

use bumpnet_adversary::dd::Dd;
use bumpnet_adversary::number::Enclosure;
use bumpnet_interval::{Binary, Constant, Scalar, Unary};

#[test]
fn known_digits() {
    let number = |digits: &str| {
        let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
        let value = Enclosure::literal(&digits.parse().unwrap());
        if negative { -&value } else { value }
    };
    let of = |op: Unary, x: &str| Enclosure::unary(op, &number(x));
    for (what, value, digits) in [
        ("e", of(Unary::Exp, "1"), "2.71828182845904523536028747135266249775724709"),
        ("pi", Enclosure::constant(Constant::Pi), "3.14159265358979323846264338327950288419716939"),
        ("ln 2", of(Unary::Ln, "2"), "0.693147180559945309417232121458176568075500134"),
        ("atan 1", of(Unary::Atan, "1"), "0.785398163397448309615660845819875721049292349"),
        ("sin", of(Unary::Sin, "0.7"), "0.644217687237691053672614351398720183065813845"),
        ("cos 1000", of(Unary::Cos, "1000"), "0.562379076290702991078249226605395968755811822"),
        ("sin -77.7", of(Unary::Sin, "-77.7"), "-0.744520521019826857652556089428749688043535658"),
        ("tanh", of(Unary::Tanh, "0.7"), "0.604367777117163496308687183103826475015566647"),
        ("erf", of(Unary::Erf, "0.7"), "0.677801193837418472975628809244151396716288174"),
        ("erf 5.5", of(Unary::Erf, "5.5"), "0.99999999999999264215208202560193693163760143"),
        ("erf -3", of(Unary::Erf, "-3"), "-0.999977909503001414558627223870417679620152293"),
        ("sigmoid", of(Unary::Sigmoid, "-21"), "0.000000000758256042216238446800779343136112591177589609"),
        ("exp -80.7", of(Unary::Exp, "-80.7"), "8.96262674731562571472440426279431784912593455e-36"),
        ("sqrt", of(Unary::Sqrt, "0.7"), "0.836660026534075547978172025785187489392815369"),
        ("atan 70", of(Unary::Atan, "70"), "1.55651158420749998879481007806060395970082021"),
        (
            "power",
            Enclosure::binary(Binary::Pow, &number("0.7"), &number("2.5")),
            "0.409963413001697018509304292634741869802479531",
        ),
        ("ln", of(Unary::Ln, "1e-7"), "-16.1180956509583197881259401827905494532077104"),
    ] {
        let known = number(digits);
        let off = &value - &known;
        assert_eq!(off.mignitude(), Dd::ZERO, "{what} is outside");
        let (width, size) = (off.magnitude().hi, known.magnitude().hi);
        assert!(width < 1e-21 * size, "{what}: off by up to {width:e} of {size:e}");
    }
}

#[test]
fn specs_are_of_every_construction() {
    let mut methods = BTreeSet::new();
    for seed in 0..1000 {
        let text = bumpnet_adversary::spec(seed);
        let spec = bumpnet_parser::parse_spec(text.as_bytes(), "random")
            .unwrap_or_else(|problems| panic!("{}\n{text}", problems[0].message));
        let canonical = spec.networks[0].canonical();
        methods.insert(canonical.split(' ').next().unwrap().to_owned());
        assert_eq!(text, bumpnet_adversary::spec(seed));
    }
    let all = ["auto", "bumps", "composed", "graded", "low-rank", "ridge", "smooth", "superposition", "towers"];
    assert_eq!(methods, all.map(str::to_owned).into());
}
