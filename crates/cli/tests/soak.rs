//! `soak`: for as long as asked, over specs and tables, and no bound is refuted.

mod support;

use support::run;

#[test]
fn what_was_tried_is_told() {
    let out = run(arguments!["soak", "--minutes", "0.03", "--seed", "7"]).clean();
    let number = |before: &str| {
        let rest = out.split(before).nth(1).unwrap_or_else(|| panic!("{before:?} is not in {out}"));
        rest.split(' ').next().and_then(|word| word.parse::<usize>().ok()).unwrap_or_else(|| panic!("{out}"))
    };
    let (specs, tables, refused) = (number(" of "), number(" specs and "), number(" tables, "));
    assert!(specs > 0 && tables == specs && refused < specs, "{out}");
    assert!(out.starts_with(&format!("{} certificates (seed 7)", specs + tables - refused)), "{out}");
    assert!(out.contains(", 0 refuted;"), "{out}");
}
