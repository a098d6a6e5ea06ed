//! Convergence studies: the same bytes every time, what the picture says, and no panic whatever the numbers.

#![allow(clippy::unwrap_used)]

use bumpnet_report::{Convergence, Curve, CurveStyle, DrawError, Format, Series, draw_convergence};
use sha2::{Digest, Sha256};

const SIZES: [f64; 6] = [8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
const STEPS: [f64; 6] = [6e-1, 3e-1, 1.5e-1, 7.5e-2, 3.8e-2, 1.9e-2];
const RAMPS: [f64; 6] = [2e-1, 5e-2, 1.25e-2, 3.1e-3, 7.8e-4, 2e-4];
const BEST: [f64; 6] = [8e-2, 4e-2, 2e-2, 1e-2, 5e-3, 2.5e-3];

fn curve<'a>(label: &'a str, y: &'a [f64], style: CurveStyle) -> Curve<'a> {
    Curve { label, points: Series { x: &SIZES[..y.len()], y }, style }
}

fn method<'a>(label: &'a str, y: &'a [f64]) -> Curve<'a> {
    curve(label, y, CurveStyle::Method)
}

fn reference<'a>(label: &'a str, y: &'a [f64]) -> Curve<'a> {
    curve(label, y, CurveStyle::Reference)
}

fn study(curves: Vec<Curve<'_>>) -> Convergence<'_> {
    Convergence { x_label: "neurons", y_label: "proved sup error", curves, ..Convergence::default() }
}

fn example() -> Convergence<'static> {
    Convergence {
        title: "steps & ramps",
        subtitle: "x*(1-x)\non [0, 1]",
        ..study(vec![method("steps", &STEPS), method("ramps", &RAMPS), reference("best constant pieces", &BEST)])
    }
}

fn svg(figure: &Convergence<'_>) -> String {
    String::from_utf8(draw_convergence(figure, Format::Svg).unwrap()).unwrap()
}

/// Width, height and the RGB bytes of a PNG.
fn pixels(figure: &Convergence<'_>) -> (u32, u32, Vec<u8>) {
    let file = draw_convergence(figure, Format::Png).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    (frame.width, frame.height, bytes)
}

/// The value of an attribute in every element that has it.
fn attributes<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {name}=\"");
    text.split('<').filter_map(move |element| element.split_once(&start)?.1.split('"').next())
}

/// The corners of a path of `M`, `l` and `h0`, the steps summed.
fn corners(path: &str) -> Vec<(f64, f64)> {
    let (mut at, mut corners) = ((0.0, 0.0), Vec::new());
    for step in path.trim_end_matches('z').replace("h0", "").replace('M', "\nM").replace('l', "\nl").lines() {
        let Some((kind, numbers)) = step.split_at_checked(1) else { continue };
        let (x, y) = numbers.split_once(' ').unwrap();
        let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
        at = if kind == "M" { (x, y) } else { (at.0 + x, at.1 + y) };
        corners.push(at);
    }
    corners
}

/// That tags are balanced, nothing is unescaped, and every coordinate is on the page.
fn check_svg(text: &str) {
    assert!(text.starts_with("<svg ") && !text.contains("NaN") && !text.contains("inf\""), "{text}");
    let mut open = Vec::new();
    for element in text.split('<').skip(1) {
        let (tag, content) = element.split_once('>').unwrap();
        if tag.starts_with("!--") {
            continue;
        }
        assert!(tag.matches('"').count() % 2 == 0 && !content.contains('>'), "{element}");
        let entities = [tag, content].concat();
        let known = ["amp;", "lt;", "gt;", "quot;", "apos;", "#"];
        assert!(entities.split('&').skip(1).all(|rest| known.iter().any(|k| rest.starts_with(k))), "{element}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?} left open");
    let view: Vec<f64> = attributes(text, "viewBox").next().unwrap().split(' ').map(|v| v.parse().unwrap()).collect();
    assert!(view[2] == 800.0 && (300.0..3000.0).contains(&view[3]), "{view:?}");
    for (names, most) in [(["x", "cx"], view[2]), (["y", "cy"], view[3])] {
        for value in names.iter().flat_map(|name| attributes(text, name)) {
            assert!((0.0..=most).contains(&value.parse().unwrap()), "{value}");
        }
    }
    for (x, y) in attributes(text, "d").flat_map(corners) {
        assert!((0.0..=view[2]).contains(&x) && (0.0..=view[3]).contains(&y), "{x} {y}");
    }
}

#[test]
fn a_study_is_the_same_in_every_run_and_thread() {
    for format in [Format::Svg, Format::Png] {
        let first = draw_convergence(&example(), format).unwrap();
        std::thread::scope(|scope| {
            for drawn in [(); 2].map(|()| scope.spawn(|| draw_convergence(&example(), format).unwrap())) {
                assert!(drawn.join().unwrap() == first, "{format:?} differs");
            }
        });
    }
}

/// Look at the figure before a new digest is entered.
#[test]
fn a_study_is_the_same_as_ever() {
    let digest: String = Sha256::digest(svg(&example())).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "6c408024e57cd18b14097e65b1e6572409b6046beaf3f6848925c2abe4b036ad");
}

#[test]
fn the_words_are_there_and_everything_is_on_the_page() {
    let text = svg(&example());
    check_svg(&text);
    let words = ["steps &amp; ramps", "x*(1-x)", "on [0, 1]", "neurons", "proved sup error", "steps", "ramps"];
    for words in words.into_iter().chain(["best constant pieces", "10", "100", "0.001", "0.1"]) {
        assert!(text.contains(&format!(">{words}<")), "{words}");
    }
    let deep = [1e-1, 1e-5, 1e-9, 1e-14];
    assert!(svg(&study(vec![method("", &deep)])).contains(">10⁻¹³<"));
    let (width, height, _) = pixels(&example());
    assert!(width == 1600 && (900..1200).contains(&height), "{width} {height}");
}

#[test]
fn methods_and_references_differ_in_both_formats() {
    // One flat curve at a time: a reference's dashes leave paper between them, a method's line does not.
    let flat = [0.5; 6];
    let longest_run = |style| {
        let (width, _, bytes) = pixels(&study(vec![curve("", &flat, style)]));
        let inked = |p: &[u8]| p.iter().any(|v| *v < 0xd0);
        let rows = bytes.chunks_exact(width as usize * 3);
        // The axis is as long as it is unbroken: rows of the frame's left end and bottom are left out by their spine.
        let rows = rows.map(|row| row[300..row.len() - 120].chunks_exact(3).map(inked).collect::<Vec<_>>());
        let runs = rows.filter(|row| row.contains(&true) && row.contains(&false)).take(600);
        runs.map(|row| row.split(|i| !i).map(<[bool]>::len).max().unwrap()).max().unwrap()
    };
    assert!(longest_run(CurveStyle::Method) > 150 && longest_run(CurveStyle::Reference) < 60);
    let text = |style| svg(&study(vec![curve("", &flat, style)]));
    assert!(text(CurveStyle::Reference).contains("stroke-dasharray"));
    assert!(!text(CurveStyle::Method).contains("stroke-dasharray"));
}

#[test]
fn the_first_eight_methods_have_markers_of_different_shapes() {
    let single = [0.5];
    let marker = |n: usize| {
        let mut curves = vec![method("", &[]); n];
        curves.push(method("", &single));
        let (_, _, bytes) = pixels(&study(curves));
        // Where there is ink that is not grey; only black remains to be told by its darkness.
        let coloured = |p: &[u8]| p.iter().max().unwrap() - p.iter().min().unwrap() > 40 || p[0] < 60;
        bytes.chunks_exact(3).map(coloured).collect::<Vec<_>>()
    };
    let shapes: Vec<Vec<bool>> = (0..8).map(marker).collect();
    for (i, a) in shapes.iter().enumerate() {
        for b in &shapes[..i] {
            let different = a.iter().zip(b).filter(|(a, b)| a != b).count();
            // A marker covers 36 units, 144 pixels, and stands on the plot and in the legend.
            assert!(different > 40, "{different} pixels");
        }
    }
}

#[test]
fn what_cannot_be_shown_is_left_out() {
    let (nan, infinite) = (f64::NAN, f64::INFINITY);
    let broken = [6e-1, nan, 0.0, -1.0, infinite, 1.9e-2];
    let text = svg(&study(vec![method("broken", &broken), method("nothing", &[nan; 6])]));
    check_svg(&text);
    assert!(text.contains(">broken<") && !text.contains(">nothing<"));
    let bad_sizes = [-8.0, 0.0, nan, infinite, 10.0, 100.0];
    let same = [Series { x: &bad_sizes, y: &STEPS }, Series { x: &bad_sizes[4..], y: &STEPS[4..] }]
        .map(|points| svg(&study(vec![Curve { points, ..Curve::default() }])));
    assert_eq!(same[0], same[1]);
    // A curve that is left out takes its colour with it.
    let second = |first: &[f64]| svg(&study(vec![method("", first), method("", &RAMPS)])).contains("#d55e00");
    assert!(second(&STEPS) && second(&[]));
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let unequal = Curve { points: Series { x: &SIZES, y: &STEPS[..2] }, ..Curve::default() };
    for format in [Format::Svg, Format::Png] {
        for curves in [vec![], vec![method("", &[])], vec![method("", &[0.0, -1.0, f64::NAN]); 3]] {
            assert_eq!(draw_convergence(&study(curves), format), Err(DrawError::NothingToDraw));
        }
        let lengths = DrawError::UnequalLengths { series: "curve", x: 6, y: 2 };
        assert_eq!(draw_convergence(&study(vec![method("", &STEPS), unequal]), format), Err(lengths));
    }
}

#[test]
fn no_numbers_and_no_words_make_it_panic() {
    let wide = [1e-300, 5e-324, 1.0, 1e300, f64::MAX, f64::MIN_POSITIVE];
    let lists: [(&[f64], &[f64]); 6] = [
        (&SIZES, &wide),
        (&wide, &wide),
        (&[32.0], &[1e-3]),
        (&[32.0; 6], &[1e-3; 6]),
        (&wide, &[1.0; 6]),
        (&[5e-324], &[f64::MAX]),
    ];
    let long = "w".repeat(3000);
    for words in ["", "x", "$a$ \\frac{1}{2}", "\u{0}\n\t<&>", "漢字 ünï 🦀", &long] {
        for (x, y) in lists {
            for style in [CurveStyle::Method, CurveStyle::Reference] {
                let curves = vec![Curve { label: words, points: Series { x, y }, style }; 2];
                let figure = Convergence { title: words, subtitle: words, x_label: words, y_label: words, curves };
                check_svg(&svg(&figure));
            }
        }
    }
    for (x, y) in lists {
        let both = [CurveStyle::Method, CurveStyle::Reference];
        let curves = both.map(|style| Curve { label: "label", points: Series { x, y }, style });
        assert_eq!(pixels(&study(curves.to_vec())).0, 1600);
    }
}

#[test]
fn labels_do_not_overlap_however_many_there_are() {
    let same: Vec<Curve<'_>> = vec![reference("one of many lines that end at one point", &BEST); 40];
    let text = svg(&study(same));
    let lines = text.lines().filter(|line| line.contains(">one of many") || line.contains("one point<"));
    let mut baselines: Vec<f64> = lines.flat_map(|line| attributes(line, "y")).map(|y| y.parse().unwrap()).collect();
    baselines.sort_by(f64::total_cmp);
    assert!(baselines.len() == 80);
    assert!(baselines.windows(2).all(|pair| pair[1] - pair[0] >= 12.0), "{baselines:?}");
    check_svg(&text);
}

#[test]
fn files_stay_small() {
    let n = 100_000;
    let x: Vec<f64> = (1..=n).map(f64::from).collect();
    let y: Vec<f64> = (1..=n).map(|i| f64::from((i * 7919) % 10_007 + 1)).collect();
    let curves = vec![Curve { points: Series { x: &x, y: &y }, ..Curve::default() }];
    for format in [Format::Svg, Format::Png] {
        let size = draw_convergence(&study(curves.clone()), format).unwrap().len();
        assert!(size < 1_000_000, "{format:?}: {size} bytes");
    }
}
