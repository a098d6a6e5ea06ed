//! `plot` of several inputs: maps, curves and slices.

mod support;

use support::{Folder, run, without_bound};

/// A spec of a target over named inputs, all from -1 to 1.
fn spec(target: &str, inputs: &[&str], networks: &str) -> String {
    let domain: Vec<String> = inputs.iter().map(|name| format!("{name}: [-1, 1]")).collect();
    format!("version: 1\ntarget: {target}\ndomain: {{{}}}\nnetworks:\n  {networks}\n", domain.join(", "))
}

const COMPOSED: &str = "net: {method: composed, max_error: 1e-3}";

/// Draws into a file of the folder, with these options; the result is its bytes.
#[track_caller]
fn draw(folder: &Folder, subject: &str, name: &str, options: &[&str]) -> Vec<u8> {
    let path = folder.path(name);
    let mut line = arguments!["plot", subject, "--output", path];
    line.extend(options.iter().map(std::ffi::OsString::from));
    let outcome = run(line);
    outcome.says(&["wrote", name]);
    assert_eq!(outcome.clean(), "");
    std::fs::read(path).expect("the figure is written")
}

#[track_caller]
fn text(file: &[u8], words: &[&str]) -> String {
    let text = String::from_utf8(file.to_vec()).expect("an SVG is UTF-8");
    assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
    for word in words {
        assert!(text.contains(word), "{word:?} is missing");
    }
    text
}

#[test]
fn two_inputs_are_maps() {
    let folder = Folder::new();
    let path = folder.write("a.yaml", spec("sin(2*x)*y", &["x", "y"], COMPOSED)).display().to_string();
    run(arguments!["compile", path, "--out", folder.path("out")]).clean();
    let svg = draw(&folder, &path, "a.svg", &[]);
    let proved = [">a/net<", " neurons<", ">proved: ", "largest found at x = ", ">network<", ">error<", "<image "];
    let whole = text(&svg, &proved);
    let png = draw(&folder, &path, "a.png", &[]);
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000);
    let table = folder.path("out/a/net.json").display().to_string();
    let of_table = text(&draw(&folder, &table, "again.svg", &[]), &[">stated: "]);
    assert!(!of_table.contains("proved") && draw(&folder, &table, "again.png", &[]) != png);
    assert!(without_bound(&of_table) == without_bound(&whole), "the rest of the table's figure is the spec's");
    // The axes may be swapped, which is another picture.
    assert!(draw(&folder, &path, "same.svg", &["--slice", "x,y"]) == svg);
    let swapped = draw(&folder, &table, "swapped.svg", &["--slice", "y,x"]);
    assert!(swapped != svg);
    text(&swapped, &["largest found at y = "]);
    // Slices only where they are asked for.
    let slices = draw(&folder, &table, "slices.svg", &["--through", "x = 0.5, y = -1/4"]);
    let slices = text(&slices, &["through x = 0.5, y = −0.25<", ">at the point: "]);
    assert!(!slices.contains("<image"));
}

#[test]
fn more_inputs_are_slices_unless_two_are_named() {
    let folder = Folder::new();
    let path = folder.write("a.yaml", spec("x*y + exp(z)", &["x", "y", "z"], COMPOSED)).display().to_string();
    run(arguments!["compile", path, "--out", folder.path("out")]).clean();
    let table = folder.path("out/a/net.json").display().to_string();
    let slices = draw(&folder, &table, "slices.svg", &[]);
    text(&slices, &["; through x = ", ">x<", ">y<", ">z<", ">largest found: ", ">stated: "]);
    let moved = draw(&folder, &table, "moved.svg", &["--through", "z=0.5"]);
    text(&moved, &[", z = 0.5<", ">at the point: "]);
    let map = draw(&folder, &table, "map.svg", &["--slice", "x,z", "--through", "y=cos(pi)/2"]);
    let map = text(&map, &["; at y = −0.5<", "<image"]);
    assert!(!map.contains("largest"), "the place of the largest error is elsewhere");
    let curve = draw(&folder, &table, "curve.png", &["--slice", "z"]);
    assert!(curve.starts_with(b"\x89PNG"));
    let curve = draw(&folder, &table, "curve.svg", &["--slice", "z", "--through", "x=0,y=0"]);
    text(&curve, &["; at x = 0, y = 0<", ">z<"]);
}

/// A network of jumps is drawn with jumps: as many colours as it has values, and one pixel between them.
#[test]
fn jumps_stay_jumps() {
    let folder = Folder::new();
    let net = "net: {method: towers, activation: heaviside, resolution: 2}";
    let path = folder.write("a.yaml", spec("x + 3*y", &["x", "y"], net)).display().to_string();
    let png = draw(&folder, &path, "a.png", &[]);
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let width = reader.next_frame(&mut bytes).unwrap().width as usize;
    let row = |y: usize| bytes[3 * width * y..3 * width * (y + 1)].chunks_exact(3);
    // The network's map: the second block of pixels that are neither white nor grey.
    let coloured = |p: &[u8]| p.iter().max().unwrap() - p.iter().min().unwrap() > 60;
    let best = (0..bytes.len() / 3 / width).max_by_key(|y| row(*y).filter(|p| coloured(p)).count()).unwrap();
    let second: Vec<&[u8]> = row(best).skip(width / 3 + 40).take(300).collect();
    let changes = second.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes <= 12, "{changes} changes of colour along a row with one jump and its contour lines");
}

#[test]
fn bad_options_are_explained() {
    let folder = Folder::new();
    let path = folder.write("a.yaml", spec("x*y + z", &["x", "y", "z"], COMPOSED)).display().to_string();
    run(arguments!["compile", path, "--out", folder.path("out")]).clean();
    let table = folder.path("out/a/net.json").display().to_string();
    let cases = [
        ("--slice", "x,q", "--slice:1:3", "no such input", "x, y, z"),
        ("--slice", "x,x", "--slice:1:3", "twice", "x,y"),
        ("--slice", "x,y,z", "--slice:1:5", "two axes", "--through"),
        ("--slice", "", "--slice:1:1", "a name is missing", "x, y, z"),
        ("--through", "x=0.5,0.25", "--through:1:7", "no value", "x=0.0,y=0.0"),
        ("--through", "w=0.5", "--through:1:1", "no such input", "x, y, z"),
        ("--through", "x=0,x=1", "--through:1:5", "two values", "keep one"),
        ("--through", "x=2", "--through:1:3", "outside the domain of `x`", "from -1.0 to 1.0"),
        ("--through", "y=0.5,x=1/0", "--through:1:9", "not a finite number", ""),
        ("--through", "x=nothing", "--through:1:3", "nothing", ""),
        ("--through", "x=", "--through:1:3", "", ""),
    ];
    for (option, value, place, problem, advice) in cases {
        let figure = folder.path("figure.svg");
        let outcome = run(arguments!["plot", table, "--output", figure, option, value]);
        let said = outcome.refused(2, &["error: ", place, problem, advice, "^"]);
        assert!(!figure.exists() && !said.contains("panicked"), "{said}");
    }
    let one = folder.write("one.yaml", support::square(4));
    for option in ["--slice", "--through"] {
        run(arguments!["plot", one, option, "x"]).refused(2, &["are for networks of several inputs", "one/net"]);
    }
}
