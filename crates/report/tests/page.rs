//! The report page as a file: what a spec says can never become markup or script, and the same page has the same bytes.

use bumpnet_ir::expr::sexpr;
use bumpnet_ir::{Activation, Certificate, Gate, Input, Network, Outside, Parts, Precision};
use bumpnet_report::html::{Accepted, NetworkEntry, Page, Rung, Shape, Subject, write};

/// Texts that would do harm if they were not escaped.
const HOSTILE: [&str; 6] = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" autofocus onfocus=\"alert(1)",
    "' onclick='alert(1)",
    "<!--<script>",
    "\u{202e}&lt;b&gt;\u{0}\u{2028}",
];

fn network(units: usize) -> Network {
    let positions: Vec<f64> = (0..units).map(|k| k as f64 / units as f64).collect();
    let (w, b) = (vec![500.0; units], positions.iter().map(|p| -500.0 * p).collect());
    let certificate = Certificate {
        lower: 0.1,
        upper: 0.1001,
        argmax: vec![0.5],
        rms: (0.01, 0.02),
        method: "taylor-model".into(),
        evaluated: 0.1002,
        cells: 7,
        hidden: None,
        measured: None,
        note: None,
    };
    Network::new(Parts {
        name: "a/b".into(),
        target: "x".into(),
        inputs: vec![Input { name: "x".into(), lo: 0.0, hi: 1.0 }],
        layers: Network::one_hidden_layer(Activation::Logistic, (w, b), vec![0.1; units], 0.25, Activation::Identity),
        precision: Precision::F64,
        outside: Outside::Extend,
        graph: None,
        certificate: Some(certificate),
    })
    .expect("a network")
}

fn subject(text: &str, units: usize) -> Subject {
    let network = network(units);
    let shape = || Shape::new(&network, |point| point[0] * point[0]);
    let entry = NetworkEntry {
        name: text.into(),
        method: text.into(),
        construction: text.into(),
        gate: Some(Gate { max_error: 0.2, measure: None }),
        measure: None,
        certificate: network.certificate.clone(),
        loose: None,
        stated: false,
        missed: None,
        accepted: Some(Accepted {
            verdict: text.into(),
            message: text.into(),
            fails: false,
            upper: None,
            neurons: Some(3),
        }),
        shape: shape(),
        ladder: vec![0],
    };
    Subject {
        name: text.into(),
        file: text.into(),
        description: Some(text.into()),
        source: Some(text.into()),
        target: sexpr::parse("(if< x 1 (- x) 2)", vec![text.into()])
            .or_else(|_| sexpr::parse("1", vec![]))
            .expect("a number parses"),
        domain: vec![Input { name: text.into(), lo: 0.0, hi: 1.0 }],
        networks: vec![entry],
        ladder: vec![Rung { resolution: 1, lower: 0.5, upper: 0.5, evaluated: 0.5, shape: shape() }],
    }
}

fn page(title: &str, subjects: &[Subject]) -> String {
    write(&Page { title, program: "bumpnet", subjects })
}

/// The page without its style, data and script.
fn markup(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").expect("the page has a style");
    let (_, rest) = rest.split_once("</style>").expect("the style ends");
    let (body, rest) = rest.split_once("id=\"data\">").expect("the page has data");
    let (_, rest) = rest.split_once("</script>").expect("the data end");
    let (_, end) = rest.rsplit_once("</script>").expect("the page has a script");
    format!("{head}{body}{end}")
}

#[test]
fn no_text_becomes_markup() {
    let tags = |page: &str| markup(page).matches('<').count();
    let harmless = tags(&page("a", &[subject("a", 3)]));
    for text in HOSTILE {
        let page = page(text, &[subject(text, 3)]);
        assert_eq!(tags(&page), harmless, "{text:?} adds a tag:\n{}", markup(&page));
        assert_eq!(page.matches("<script").count(), 2, "{text:?}");
        assert_eq!(page.matches("</script").count(), 2, "{text:?}");
        for open in ["<script>alert", "<img", "onfocus=\"alert", "onclick='alert", "\u{202e}", "\u{0}"] {
            assert!(!markup(&page).contains(open), "{text:?} stands unescaped");
        }
    }
}

#[test]
fn data_is_json_that_says_the_same() {
    for text in HOSTILE {
        let page = page("a", &[subject(text, 3)]);
        let (_, rest) = page.split_once("id=\"data\">").unwrap();
        let (data, _) = rest.split_once("</script>").unwrap();
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        // Marks that are not seen are shown as what they are called.
        let said = text.replace('\u{202e}', "\\u{202e}").replace('\u{2028}', "\\u{2028}");
        assert_eq!(data[0]["description"], said);
        assert_eq!(data[0]["networks"][0]["accepted"]["message"], said);
        assert_eq!(data[0]["networks"][0]["layers"][0]["value"], 500.0);
    }
}

#[test]
fn nothing_is_loaded() {
    let page = page("a", &[subject("a", 3)]);
    assert!(page.contains("default-src 'none'"));
    for word in
        ["http://", "https://", "src=", "href=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval("]
    {
        let allowed = match word {
            "http://" => page.matches("http://www.w3.org/2000/svg").count(), // a name, not an address
            "url(" => page.matches("url(#").count(),
            "eval(" => page.matches(".eval(").count(),
            _ => 0,
        };
        assert_eq!(page.matches(word).count(), allowed, "{word}");
    }
}

#[test]
fn the_same_page_has_the_same_bytes() {
    let subjects = [subject("a", 3), subject("b", 5000)];
    assert_eq!(page("a", &subjects), page("a", &subjects));
}

#[test]
fn large_networks_are_shown_at_points() {
    let (small, large) = (page("a", &[subject("a", 1000)]), page("a", &[subject("a", 100_000)]));
    assert!(small.contains("\"layers\":[{") && !small.contains("\"lines\":["));
    assert!(!large.contains("\"layers\":[{") && large.contains("\"lines\":["));
    assert!(large.len() < page("a", &[]).len() + 40_000, "{}", large.len());
}

#[test]
fn a_table_may_say_anything_of_its_largest_error() {
    let large = network(5000);
    for argmax in [vec![], vec![0.5, 0.5], vec![1e300]] {
        let large = large.changed(|parts| parts.certificate.as_mut().unwrap().argmax = argmax).unwrap();
        Shape::new(&large, |point| point[0]);
    }
}
