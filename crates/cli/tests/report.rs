//! `report`: the page of specs and tables, and what a browser makes of it.
//!
//! The browser is Debian's `chromium`, which `.ci/consumers` installs; where it is missing its tests say that they are
//! skipped, and fail in CI.

#[path = "../../../tests/support/consumer.rs"]
mod consumer;
mod support;

use std::path::Path;
use std::process::Command;

use support::{Folder, repository, run, spec_with};

/// One network of each form that the page evaluates.
const NETWORKS: &str = "article: {method: bumps, activation: clipped-logistic, steepness: 500, resolution: 40, layout: pairs}\n\
                        steps: {method: bumps, activation: heaviside, resolution: 30}\n\
                        ramps: {method: bumps, activation: ramp, placement: optimal, resolution: 12}\n\
                        erf: {method: bumps, activation: erf, resolution: 20}\n\
                        ogee: {method: bumps, activation: ogee, resolution: 20}\n\
                        gompertz: {method: bumps, activation: gompertz, resolution: 20}\n\
                        arctan: {method: bumps, activation: arctan, resolution: 20}\n\
                        tanh: {method: bumps, activation: tanh, resolution: 20, precision: f32}\n\
                        smoothstep: {method: bumps, activation: smoothstep, resolution: 20}\n\
                        smooth: {method: smooth, resolution: 12}\n\
                        logit: {method: bumps, activation: logistic, resolution: 20, output: logistic}\n\
                        large: {method: bumps, activation: heaviside, resolution: 3000}";
const TARGET: &str = "0.2+0.4*x^2+0.1*sin(9*x)+0.05*erf(x)";

/// A page of the folder's specs.
fn page(folder: &Folder) -> String {
    let path = folder.path("report.html");
    run(arguments!["report", folder.path("specs"), "-o", path, "--out", folder.path("out")]).clean();
    folder.read("report.html")
}

fn specs() -> Folder {
    let folder = Folder::new();
    folder.write("specs/page.yaml", spec_with(NETWORKS).replace("x^2", TARGET));
    let several = "version: 1\ntarget: exp(-x^2-y^2)+0.1*x*y\ndomain: {x: [-1, 1], y: [-1, 1]}\nnetworks:\n  \
                   fine: {method: composed, max_error: 1e-4}\n  towers: {method: towers, activation: heaviside, resolution: 9}\n";
    folder.write("specs/two.yaml", several);
    folder
}

#[test]
fn one_page_of_specs_and_tables() {
    let folder = specs();
    let first = page(&folder);
    for word in ["page/article", "two/towers", "14 networks of 2 specs", "no lock", "every error is proved"] {
        assert!(first.contains(word), "{word:?} is missing");
    }
    assert_eq!(page(&folder), first, "from the cache");
    let again = folder.path("again.html");
    let fresh = ["report", "-o", again.to_str().unwrap(), "--jobs", "1", "--out"].map(std::ffi::OsString::from);
    let more = [folder.path("other").into_os_string(), folder.path("specs").into_os_string()];
    run(fresh.into_iter().chain(more).collect()).clean();
    assert!(folder.read("again.html") == first, "compiled again, on one thread");

    let spec = folder.path("specs/page.yaml").display().to_string();
    let path = folder.path("parts.html");
    let (one, table) = (format!("{spec}#steps"), folder.path("out/page/ramps.json"));
    run(arguments!["report", one, table, "-o", path, "--out", folder.path("out")]).clean();
    let parts = folder.read("parts.html");
    assert!(parts.contains("2 networks of 2 specs") && parts.contains("page/steps") && parts.contains("page/ramps"));
    // A table's bound is its own word, and the page says so, in the table, above it and in the details.
    assert_eq!(parts.matches(" (stated)</td>").count(), 1);
    assert!(parts.contains("of the errors 1 proved, 1 stated by a weight table") && parts.contains("\"stated\":true"));
    assert!(!first.contains("(stated)") && !first.contains("\"stated\":true"), "all of specs is proved");
    run(arguments!["report", one, spec, "-o", path, "--out", folder.path("out")]).clean();
    assert!(folder.read("parts.html").contains("12 networks"), "the whole spec is asked for, too");
}

#[test]
fn the_locks_verdicts() {
    let folder = specs();
    run(arguments!["check", folder.path("specs"), "--bless", "--out", folder.path("out")]).clean();
    assert_eq!(page(&folder).matches(">ok<").count(), 14);
    let spec = folder.read("specs/page.yaml").replace("resolution: 30}", "resolution: 20, gate: {max_error: 1e-9}}");
    folder.write("specs/page.yaml", spec);
    let path = folder.path("report.html");
    let outcome = run(arguments!["report", folder.path("specs"), "-o", path, "--out", folder.path("out")]);
    outcome.says(&["wrote", "page/steps: over its gate"]);
    assert_eq!(outcome.code, 1, "{}", outcome.all());
    let page = folder.read("report.html");
    assert!(page.contains("over-gate") && page.contains("1 fails"));
}

#[test]
fn what_is_refused() {
    let folder = specs();
    page(&folder);
    let (path, before) = (folder.path("report.html"), folder.read("report.html"));
    let bad = folder.write(
        "specs/bad.yaml",
        spec_with("net: {method: bumps, activation: heaviside, resolution: 3}").replace("x^2", "1/x"),
    );
    let outcome = run(arguments!["report", folder.path("specs"), "-o", path, "--out", folder.path("out")]);
    outcome.refused(2, &["bad.yaml:2:", "report.html is not written"]);
    assert!(folder.read("report.html") == before, "the old page is whole");
    folder.write("specs/bad.yaml", "version: 1\n");
    run(arguments!["report", bad, "-o", path]).refused(2, &["bad.yaml"]);
    run(arguments!["report", folder.path("specs/page.yaml"), "-o", folder.path("a.pdf")])
        .refused(2, &["a.pdf", ".html"]);
    let nobody = format!("{}#nobody", folder.path("specs/page.yaml").display());
    run(arguments!["report", nobody, "-o", path]).refused(2, &["has no network `nobody`", "it has: article"]);
    run(arguments!["report", folder.path("none.json"), "-o", path]).refused(2, &["cannot read"]);
    let below = folder.path("specs/page.yaml/report.html");
    run(arguments!["report", folder.path("specs/page.yaml"), "-o", below, "--out", folder.path("out")])
        .refused(2, &["cannot write"]);
}

/// A browser's view of a page: the document after its script has run, and what it says of errors. `None` without a
/// browser.
fn browse(page: &Path) -> Option<(String, Vec<String>)> {
    let profile = tempfile::tempdir().expect("a temporary folder can be made");
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--v=0", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .output();
    consumer::there("chromium", output.is_ok());
    let output = output.ok()?;
    let log = String::from_utf8_lossy(&output.stderr);
    let console = log.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    Some((String::from_utf8(output.stdout).expect("the document is UTF-8"), console))
}

/// The page as it is, under its own policy: its script runs, and the browser has no complaint.
#[test]
fn a_browser_opens_it() {
    let folder = specs();
    page(&folder);
    let Some((document, console)) = browse(&folder.path("report.html")) else { return };
    assert_eq!(console, [""; 0]);
    assert!(document.contains("aria-expanded=\"false\"") && document.contains("14 of 14 networks"), "{document}");
    // A script that is not the page's own does not run.
    let injected = folder.read("report.html").replace("<main>", "<main><script>document.title = 'mine'</script>");
    let Some((document, console)) = browse(&folder.write("injected.html", injected)) else { return };
    assert!(document.contains("<title>bumpnet report</title>") && !console.is_empty(), "{console:?}");
}

/// The page under the hands of a reader. Its policy is taken out, so that the test's script may drive it.
#[test]
fn a_reader_sorts_filters_opens_slides_and_zooms() {
    let folder = specs();
    let page = page(&folder);
    let points = |k: i32| (0..9).map(|i| f64::from(i * k % 9) / 8.0).collect::<Vec<f64>>();
    let one: Vec<[f64; 1]> = points(1).into_iter().map(|x| [x]).collect();
    let two: Vec<[f64; 2]> = points(2).into_iter().zip(points(5)).map(|(x, y)| [x, y]).collect();
    let names: Vec<String> = table_names(&folder);
    let of = |name: &String| match name.starts_with("two") {
        true => serde_json::json!({ "domain": two }),
        false => serde_json::json!({ "domain": one }),
    };
    let all: serde_json::Map<String, serde_json::Value> = names.iter().map(|name| (name.clone(), of(name))).collect();
    let drive = include_str!("report/drive.js");
    let script = format!("<script>const POINTS = {};\n{drive}</script></body>", serde_json::Value::from(all));
    let driven = folder.write("driven.html", without_policy(&page).replace("</body>", &script));
    let Some((document, console)) = browse(&driven) else { return };
    assert_eq!(console, [""; 0]);
    let (_, rest) = document.split_once("<pre id=\"seen\">").expect("the script has come to its end");
    let text = rest.split("</pre>").next().unwrap().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let seen: serde_json::Value = serde_json::from_str(&text).unwrap();
    println!("the small page is ready after {} ms", seen["loaded"]);

    assert_eq!(seen["errors"], serde_json::json!([]));
    assert_eq!(seen["unsorted"][0], "page/article");
    assert_eq!((&seen["ascending"][0], &seen["descending"][0]), (&"ascending".into(), &"descending".into()));
    assert_eq!(seen["ascending"][1].as_array().unwrap().last().unwrap(), "page/large");
    assert_eq!(seen["descending"][1][0], "page/large");
    assert_eq!(seen["filtered"], serde_json::json!(["page/steps", "page/smoothstep"]), "{}", seen["count"]);
    assert_eq!(seen["count"], "2 of 14 networks");
    assert_eq!((&seen["plotsBefore"], &seen["expanded"]), (&0.into(), &"true".into()), "plots are made when opened");
    for what in ["sliderChanges", "zoomChanges", "wholeAgain", "closed", "themeChanges"] {
        assert_eq!(seen[what], true, "{what}: {seen:#}");
    }
    // Seven rungs below 80 neurons, and the spec's own twelve.
    let curves = seen["curves"].as_array().unwrap();
    assert_eq!(curves.len(), 19, "{curves:#?}");
    let (small, large) = (&curves[0], &curves[18]);
    assert!(small[0].as_str().unwrap().contains("2 neurons, error proved to be at most"), "{small}");
    assert_eq!(small[2], 1, "the bump of two steps");
    assert!(large[3].as_str().unwrap().contains("8998 weights and biases: too many"), "{large}");
    assert!(seen["values"].as_str().unwrap().starts_with("x = 0.25"), "{}", seen["values"]);
    assert_eq!(seen["unlabelled"], 0);
    compare(&folder, &seen["evaluated"]);
}

/// The networks' names in the order of the page.
fn table_names(folder: &Folder) -> Vec<String> {
    let compiled =
        run(arguments!["compile", folder.path("specs"), "--format", "json", "--out", folder.path("out")]).clean();
    let name = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        format!("{}/{}", line["spec"].as_str().expect("a text"), line["network"].as_str().expect("a text"))
    };
    compiled.lines().map(name).collect()
}

/// The page's values against the runner's. They differ where `Math.exp` and its like do, by an ulp of an activation's
/// value: by no more than 4 ulps of 1 for each unit of output weight.
fn compare(folder: &Folder, evaluated: &serde_json::Value) {
    let (mut exact, mut all) = (0, 0);
    for value in evaluated.as_array().expect("a list") {
        let name = value[0].as_str().expect("a text");
        let table = folder.path(&format!("out/{name}.json")).display().to_string();
        let text = folder.read(&format!("out/{name}.json"));
        let network = bumpnet_runner::Network::from_json(&text).expect("a table");
        let point: Vec<f64> =
            value[1].as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect();
        let runner = bumpnet_runner::Evaluator::new(&network).eval(&point);
        if name == "page/large" {
            assert!(value[2].is_null(), "its weights are left out");
            continue;
        }
        let here = value[2].as_f64().unwrap_or_else(|| panic!("{table} at {point:?}: {value}"));
        let weights: f64 =
            network.layers.iter().flat_map(|layer| layer.weights.entries().map(|e| e.2.abs())).fold(1.0, f64::max);
        let unit = if network.precision == bumpnet_ir::Precision::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let tolerance = match network.inputs.len() {
            1 => {
                4.0 * unit
                    * network
                        .layers
                        .last()
                        .expect("a layer")
                        .weights
                        .entries()
                        .map(|e| e.2.abs())
                        .fold(1.0, |sum, w| sum + w)
            }
            // A square's gate multiplies the ulps of its steps by its weights, of about 1e5.
            _ => 4.0 * unit * weights,
        };
        assert!((here - runner).abs() <= tolerance, "{name} at {point:?}: {here:e}, the runner has {runner:e}");
        exact += usize::from(here.to_bits() == runner.to_bits());
        all += 1;
    }
    println!("{exact} of {all} values have the runner's bits");
    assert!(all > 100);
}

/// The corpus: its page is small, and a browser has it ready in less than two seconds.
#[test]
fn the_corpus() {
    let folder = Folder::new();
    let path = folder.path("report.html");
    run(arguments!["report", repository().join("specs"), "-o", path, "--out", folder.path("out")]).clean();
    let page = folder.read("report.html");
    println!("{} bytes", page.len());
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    let clock = "<script>document.title = `${Math.ceil(performance.now())} ms`</script></body>";
    let timed = folder.write("timed.html", without_policy(&page).replace("</body>", clock));
    let Some((document, console)) = browse(&timed) else { return };
    assert_eq!(console, [""; 0]);
    let (_, rest) = document.split_once("<title>").unwrap();
    println!("ready after {}", rest.split("</title>").next().unwrap());
}

/// The page for a script that is not its own.
fn without_policy(page: &str) -> String {
    let (front, rest) = page.split_once("<meta http-equiv").expect("the page has a policy");
    let (_, rest) = rest.split_once(">\n").expect("the policy ends");
    format!("{front}{rest}")
}
