//! Maps and slices: the same bytes every time, every value where it belongs, and no panic whatever the numbers.

#![allow(clippy::unwrap_used)]

mod support;

use bumpnet_prove::Standing;
use bumpnet_report::{DrawError, Format, MAP_PIXELS, Maps, Series, Slice, Slices, draw_maps, draw_slices};
use sha2::{Digest, Sha256};
use support::proved;

const N: usize = 52;

/// Values in the middles of the cells of the square from -1 to 1, the lowest row first.
fn over_square(f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let at = |k: usize| 2.0 * (k as f64 + 0.5) / N as f64 - 1.0;
    (0..N * N).map(|k| f(at(k % N), at(k / N))).collect()
}

/// Maps of a target and a network of the square.
fn maps<'a>(target: &'a [f64], network: &'a [f64], error: &'a [f64]) -> Maps<'a> {
    Maps { inputs: ["x", "y"], domain: [(-1.0, 1.0); 2], columns: N, target, network, error, ..Maps::default() }
}

fn svg(figure: &Maps<'_>) -> String {
    String::from_utf8(draw_maps(figure, Format::Svg).unwrap()).unwrap()
}

/// The value of an attribute in every element that has it.
fn attributes<'a>(text: &'a str, element: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let with = |part: &'a str| part.strip_prefix(element)?.split_once(&start)?.1.split('"').next();
    text.split('<').filter_map(with).collect()
}

fn numbers(text: &str, element: &str, name: &str) -> Vec<f64> {
    attributes(text, element, name).iter().map(|v| v.parse().unwrap()).collect()
}

/// Left and top corner of the three maps on the page, and the side of each.
fn corners(text: &str) -> (Vec<(f64, f64)>, f64) {
    let (x, y) = (numbers(text, "image", "x"), numbers(text, "image", "y"));
    let side = MAP_PIXELS as f64 / 2.0;
    assert!(numbers(text, "image", "width")[..3].iter().all(|width| *width == side));
    (x.into_iter().zip(y).take(3).collect(), side)
}

/// The corners of the lines of a path of `M` and `l`, the steps summed.
fn lines(path: &str) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    for step in path.replace('M', "\nM").replace('l', "\nl").lines().filter(|step| !step.is_empty()) {
        let (x, y) = step[1..].split_once(' ').unwrap();
        let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
        match lines.last_mut() {
            Some(line) if step.starts_with('l') => {
                let from = line[line.len() - 1];
                line.push((from.0 + x, from.1 + y));
            }
            _ => lines.push(vec![(x, y)]),
        }
    }
    lines
}

/// The colour of a PNG at a point of a map: which of the three, and how far to the right and up, 0 to 1.
fn colours(figure: &Maps<'_>) -> impl Fn(usize, f64, f64) -> [u8; 3] + use<> {
    let (corners, side) = corners(&svg(figure));
    let file = draw_maps(figure, Format::Png).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let width = reader.next_frame(&mut bytes).unwrap().width as usize;
    move |map, right, up| {
        let (x, y) = (corners[map].0 + side * right, corners[map].1 + side * (1.0 - up));
        let at = 3 * ((2.0 * y) as usize * width + (2.0 * x) as usize);
        [bytes[at], bytes[at + 1], bytes[at + 2]]
    }
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (x, y) = (a.0 - b.0, a.1 - b.1);
    (x * x + y * y).sqrt()
}

fn is_near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 3)
}

fn example() -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let target = over_square(|x, y| x * x + y);
    let network = over_square(|x, y| x * x + y + 0.01 * (3.0 * x).round());
    let error = network.iter().zip(&target).map(|(n, t)| n - t).collect();
    (target, network, error)
}

#[test]
fn maps_are_the_same_in_every_run_and_thread_and_as_ever() {
    let (target, network, error) = example();
    let figure = Maps {
        title: "a parabola",
        subtitle: "x^2 + y",
        error_band: Some((0.0299, 0.03)),
        standing: proved(),
        argmax: Some(([0.9, -0.5], 0.03)),
        ..maps(&target, &network, &error)
    };
    for format in [Format::Svg, Format::Png] {
        let first = draw_maps(&figure, format).unwrap();
        std::thread::scope(|scope| {
            for drawn in [(); 2].map(|()| scope.spawn(|| draw_maps(&figure, format).unwrap())) {
                assert!(drawn.join().unwrap() == first, "{format:?} differs");
            }
        });
    }
    // Look at the figure before a new digest is entered.
    let digest: String = Sha256::digest(svg(&figure)).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "dd9f1b0a15936af6dff5a72378a162fcc4e9e4e7090c039995614b30cbd73443");
}

#[test]
fn words_and_bounds() {
    let (target, network, error) = example();
    let figure = Maps {
        title: "a < b",
        subtitle: "7 neurons",
        inputs: ["x", "height"],
        error_band: Some((0.0123449, 0.0123451)),
        evaluated: Some(0.02),
        argmax: Some(([0.25, -0.5], -0.0123)),
        ..maps(&target, &network, &error)
    };
    let text = svg(&figure);
    for words in ["a &lt; b", "7 neurons", "x", "height", "target", "network", "error", "target and network", "−0.5"]
    {
        assert!(text.contains(&format!(">{words}<")), "{words}");
    }
    assert!(text.contains(">stated: 0.01234 ≤ sup |error| ≤ 0.01235; as evaluated ≤ 0.02<"));
    assert!(text.contains(">largest found at x = 0.25, height = −0.5: −0.0123<"));
    // The ring is on the map of the error, at three quarters of a half to the right and a quarter up.
    let (corners, side) = corners(&text);
    let ring = (corners[2].0 + side * 0.625, corners[2].1 + side * 0.75);
    let circles = numbers(&text, "circle", "cx").into_iter().zip(numbers(&text, "circle", "cy"));
    // A disc in a disc; the other two are those of the legend.
    let there = circles.filter(|(x, y)| (x - ring.0).abs() < 0.01 && (y - ring.1).abs() < 0.01);
    assert_eq!(there.count(), 2, "{ring:?}");
    let outside = svg(&Maps { argmax: Some(([2.0, 0.0], 1.0)), error_band: None, ..figure });
    assert!(!outside.contains("stated") && !outside.contains("largest"));
}

#[test]
fn every_value_has_its_place_and_colour() {
    // Larger to the right, and in one corner above all.
    let target = over_square(|x, y| {
        if x > 0.0 && y > 0.0 {
            3.0
        } else if x > 0.0 {
            2.0
        } else {
            0.0
        }
    });
    let network = vec![1.0; N * N];
    let error = over_square(|x, y| {
        if y > 0.8 {
            1.0
        } else if x > 0.8 {
            -1.0
        } else {
            0.0
        }
    });
    let at = colours(&maps(&target, &network, &error));
    let (least, most) = ([0x44, 0x01, 0x54], [0xfd, 0xe7, 0x25]);
    assert!(is_near(at(0, 0.25, 0.25), least) && is_near(at(0, 0.25, 0.9), least), "small on the left");
    assert!(is_near(at(0, 0.75, 0.75), most), "{:?}: large at the upper right", at(0, 0.75, 0.75));
    // Viridis at a third: matplotlib has #31688e there.
    assert!(is_near(at(1, 0.3, 0.7), [0x31, 0x68, 0x8e]), "{:?}: the network has the target's scale", at(1, 0.3, 0.7));
    let [r, _, b] = at(2, 0.5, 0.97);
    assert!(r > 2 * b, "red above");
    let [r, _, b] = at(2, 0.97, 0.5);
    assert!(b > 2 * r, "blue on the right");
    assert!(at(2, 0.3, 0.3).iter().all(|v| *v > 0xe8), "nothing in the middle");
    // Nothing between the two sides of a jump but the contour lines on it: a pixel beside them all is as it was.
    let steps: Vec<[u8; 3]> = [0.48, 0.52].map(|right| at(0, right, 0.25)).into();
    assert!(is_near(steps[0], at(0, 0.1, 0.25)) && is_near(steps[1], at(0, 0.9, 0.25)), "{steps:?}");
}

#[test]
fn contour_lines_are_where_the_values_are() {
    let bowl = over_square(|x, y| x * x + y * y);
    let text = svg(&maps(&bowl, &bowl, &vec![0.0; N * N]));
    let (corners, side) = corners(&text);
    let middle = (corners[0].0 + side / 2.0, corners[0].1 + side / 2.0);
    let mut circles = Vec::new();
    for line in attributes(&text, "path", "d").iter().flat_map(|d| lines(d)) {
        let radii: Vec<f64> = line.iter().map(|(x, y)| distance((*x, *y), middle) / (side / 2.0)).collect();
        let (least, most) = radii.iter().fold((f64::MAX, 0.0f64), |(a, b), r| (a.min(*r), b.max(*r)));
        if line.len() > 8 && most < 1.0 {
            assert!(most - least < 0.01, "not round: {least} to {most}");
            circles.push((10.0 * most * least).round() / 10.0);
        }
    }
    // Squares of the radii: the levels with a whole circle, and four arcs at the largest; all of them have labels.
    assert_eq!(circles, [0.2, 0.4, 0.6, 0.8, 1.0, 1.0, 1.0, 1.0]);
    for level in ["0.2", "0.4", "0.6", "0.8", "1.0"] {
        assert!(text.contains(&format!(">{level}<")), "{level} has a label");
    }
    let noise: Vec<f64> = (0..N * N).map(|k| ((k * 7919) % 10_007) as f64).collect();
    let large: Vec<f64> = (0..MAP_PIXELS * MAP_PIXELS).map(|k| noise[(k * 31) % noise.len()]).collect();
    let rough = svg(&Maps { columns: MAP_PIXELS, ..maps(&large, &large, &large) });
    assert!(rough.contains(">target, too rough for contour lines<") && rough.len() < 2_000_000, "{}", rough.len());
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let (target, network, error) = example();
    let odd = Maps { columns: 5, ..maps(&target, &network, &error) };
    let rectangle = |series, values, columns| Err(DrawError::NotARectangle { series, values, columns });
    assert_eq!(draw_maps(&odd, Format::Svg), rectangle("target", N * N, 5));
    assert_eq!(draw_maps(&maps(&target, &network[1..], &error), Format::Svg), rectangle("network", N * N - 1, N));
    assert_eq!(draw_maps(&Maps { columns: 0, ..Maps::default() }, Format::Png), rectangle("target", 0, 0));
    let nan = vec![f64::NAN; N * N];
    assert_eq!(draw_maps(&maps(&nan, &nan, &nan), Format::Svg), Err(DrawError::NothingToDraw));
    assert_eq!(draw_slices(&Slices::default(), Format::Svg), Err(DrawError::NothingToDraw));
    let lengths = Slice { network: Series { x: &[1.0], y: &[] }, ..Slice::default() };
    let slices = Slices { slices: vec![lengths], ..Slices::default() };
    assert_eq!(draw_slices(&slices, Format::Svg), Err(DrawError::UnequalLengths { series: "network", x: 1, y: 0 }));
}

#[test]
fn no_numbers_make_it_panic() {
    const ODD: [f64; 12] =
        [0.0, -0.0, 1.0, -1.0, 5e-324, 1e-300, 1e15, f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let words = ["", "x", "\u{0}\n<&>", "漢字 🦀", &"w".repeat(3000)];
    // Numerical Recipes' linear congruential generator; any spread of choices will do.
    let mut state = 1_u32;
    let mut choose = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    for round in 0..200 {
        let kinds = 1 + choose(ODD.len());
        let mut list = |count: usize| (0..count).map(|_| ODD[choose(kinds)]).collect::<Vec<f64>>();
        let (a, b, c, d) = (list(24), list(24), list(24), list(8));
        let maps = Maps {
            title: words[round % 5],
            inputs: [words[round % 3], words[round % 4]],
            domain: [(d[0], d[1]), (d[2], d[3])],
            columns: [1, 4, 6, 24][round % 4],
            target: &a,
            network: &b,
            error: &c,
            error_band: Some((d[4], d[5])),
            evaluated: Some(d[6]),
            argmax: Some(([d[6], d[7]], d[0])),
            ..Maps::default()
        };
        let slice = |k: usize| Slice {
            input: words[k % 5],
            target: Series { x: &a, y: &b },
            network: Series { x: &b, y: &c },
            error: Series { x: &a, y: &c },
            point: Some((d[k % 8], d[0])),
        };
        let (band, evaluated) = (Some((d[1], d[2])), Some(d[3]));
        let slices = (0..1 + round % 7).map(slice).collect();
        let slices = Slices { title: words[round % 4], slices, error_band: band, evaluated, ..Slices::default() };
        for drawn in [draw_maps(&maps, Format::Svg), draw_slices(&slices, Format::Svg)] {
            match drawn {
                Ok(file) => {
                    let text = String::from_utf8(file).unwrap();
                    // Without the pictures.
                    let text: String = text.lines().filter(|line| !line.contains("<image")).collect();
                    let odd = ["NaN", "\"inf", "-inf"].iter().find_map(|odd| text.find(odd));
                    assert_eq!(odd.map(|at| &text[at.saturating_sub(200)..at + 3]), None, "{maps:?} {slices:?}");
                }
                Err(error) => assert_eq!(error, DrawError::NothingToDraw),
            }
        }
        if round % 40 == 0 {
            assert!(matches!(draw_maps(&maps, Format::Png), Ok(_) | Err(DrawError::NothingToDraw)));
            assert!(matches!(draw_slices(&slices, Format::Png), Ok(_) | Err(DrawError::NothingToDraw)));
        }
    }
}

#[test]
fn slices_have_one_scale_and_say_through_where() {
    let x: Vec<f64> = (0..=400).map(|k| f64::from(k) / 200.0 - 1.0).collect();
    let (flat, steep): (Vec<f64>, Vec<f64>) = x.iter().map(|x| (0.0 * x, 10.0 * x)).unzip();
    let error: Vec<f64> = x.iter().map(|x| 1e-3 * x).collect();
    let slice = |input, y| Slice {
        input,
        target: Series { x: &x, y },
        network: Series { x: &x, y },
        error: Series { x: &x, y: &error },
        point: Some((0.5, 5e-4)),
    };
    let figure = Slices {
        title: "three inputs",
        subtitle: "through a = 0.5",
        slices: vec![slice("a", &flat), slice("b", &steep), slice("c", &flat)],
        point_label: "largest found",
        error_band: Some((0.00099, 0.001)),
        standing: Standing::stated(),
        evaluated: None,
    };
    let text = String::from_utf8(draw_slices(&figure, Format::Svg).unwrap()).unwrap();
    for words in ["three inputs", "through a = 0.5", "a", "b", "c", "target", "network", "error", "10", "−10"] {
        assert!(text.contains(&format!(">{words}<")), "{words}");
    }
    assert!(text.contains(">largest found: 5×10⁻⁴<") && text.contains(">stated: 9.9×10⁻⁴ ≤ sup |error| ≤ 0.001<"));
    // The flat curves are level with zero, in the middle of the steep one.
    let drawn: Vec<Vec<(f64, f64)>> = attributes(&text, "path", "d").iter().flat_map(|d| lines(d)).collect();
    let height =
        |line: &[(f64, f64)]| line.iter().map(|p| p.1).fold(0.0, f64::max) - line[0].1.min(line[line.len() - 1].1);
    let tall: Vec<&Vec<(f64, f64)>> = drawn.iter().filter(|line| line.len() == 2 && height(line) > 90.0).collect();
    assert_eq!(tall.len(), 2, "target and network of the steep slice");
    let middle = (tall[0][0].1 + tall[0][1].1) / 2.0;
    let level =
        drawn.iter().filter(|line| line.len() == 2 && (line[0].1 - middle).abs() < 0.02 && line[1].1 == line[0].1);
    assert_eq!(level.count(), 4, "target and network of both flat slices");
    let again = draw_slices(&figure, Format::Svg).unwrap();
    assert!(again == text.into_bytes());
    assert!(draw_slices(&figure, Format::Png).unwrap() == draw_slices(&figure, Format::Png).unwrap());
}
