//! Whole figures: the same bytes every time, small files, readable contents, and no panic whatever the numbers.

#![allow(clippy::unwrap_used)]

mod support;

use bumpnet_prove::Standing;
use bumpnet_report::{DrawError, Figure, Format, Series, draw};
use support::proved;

fn grid(n: u32) -> Vec<f64> {
    (0..=n).map(|i| f64::from(i) / f64::from(n)).collect()
}

fn parabola(x: f64) -> f64 {
    x * (1.0 - x)
}

/// Values, and the error, of a network of ten steps for a parabola.
fn staircase(x: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let target: Vec<f64> = x.iter().copied().map(parabola).collect();
    let network: Vec<f64> = x.iter().map(|x| parabola(((x * 10.0).floor() + 0.5) / 10.0)).collect();
    let error = network.iter().zip(&target).map(|(n, t)| n - t).collect();
    (target, network, error)
}

fn svg(figure: &Figure<'_>) -> String {
    String::from_utf8(draw(figure, Format::Svg).unwrap()).unwrap()
}

/// Width, height and the RGB bytes of a PNG.
fn pixels(file: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(bytes.len(), frame.width as usize * frame.height as usize * 3);
    (frame.width, frame.height, bytes)
}

#[test]
fn a_figure_is_the_same_in_every_run_and_thread() {
    let x = grid(1000);
    let (target, network, error) = staircase(&x);
    let figure = Figure {
        title: "parabola",
        subtitle: "x*(1-x)",
        input: "x",
        target: Series { x: &x, y: &target },
        network: Series { x: &x, y: &network },
        bumps: vec![Series { x: &x, y: &network }; 3],
        error: Series { x: &x, y: &error },
        error_label: "network − target",
        error_band: Some((0.045, 0.0455)),
        evaluated: None,
        standing: Standing::stated(),
        argmax: Some((0.1, -0.045)),
    };
    for format in [Format::Svg, Format::Png] {
        let first = draw(&figure, format).unwrap();
        std::thread::scope(|scope| {
            for drawn in [(); 2].map(|()| scope.spawn(|| draw(&figure, format).unwrap())) {
                assert!(drawn.join().unwrap() == first, "{format:?} differs");
            }
        });
    }
}

#[test]
fn the_words_are_there_and_bounds_are_rounded_outward() {
    let x = grid(100);
    let (target, network, error) = staircase(&x);
    let figure = Figure {
        title: "a < b & \"c\" costs $1 or $2\u{7}",
        subtitle: "x*(1-x)\non [0, 1]",
        input: "x",
        target: Series { x: &x, y: &target },
        network: Series { x: &x, y: &network },
        error: Series { x: &x, y: &error },
        error_band: Some((0.0452345, 0.0452341)),
        argmax: Some((0.1, -0.045)),
        ..Figure::default()
    };
    let text = svg(&figure);
    assert!(text.contains("a &lt; b &amp; &quot;c&quot; costs $1 or $2\\u{7}<"));
    assert!(text.contains(">x*(1-x)<") && text.contains(">on [0, 1]<") && text.contains("viewBox=\"0 0 800 "));
    // The two ends are the wrong way round, so nothing is claimed about the lower one.
    assert!(text.contains(">stated: sup |error| ≤ 0.04524<"));
    assert!(text.contains(">largest: −0.045 at x = 0.1<"));
    let text = svg(&Figure { error_band: Some((0.0452349, 0.0452351)), ..figure.clone() });
    assert!(text.contains(">stated: 0.04523 ≤ sup |error| ≤ 0.04524<"));
    assert!(!text.contains("bump"), "a panel for bumps although there are none");
    assert!(!text.contains("proved"), "nobody has proved it");
    let text = svg(&Figure { standing: proved(), error_band: Some((0.0452349, 0.0452351)), ..figure });
    assert!(text.contains(">proved: 0.04523 ≤ sup |error| ≤ 0.04524<") && !text.contains("stated"));
}

#[test]
fn tiny_errors_get_sensible_ticks() {
    let x = grid(100);
    let error: Vec<f64> = x.iter().map(|x| 3e-13 * (2.0 * x - 1.0)).collect();
    let text = svg(&Figure { error: Series { x: &x, y: &error }, ..Figure::default() });
    assert!(text.contains(">×10⁻¹³<") && text.contains(">−2<") && text.contains(">2<"));
}

#[test]
fn a_png_is_wide_and_its_text_is_set_without_system_fonts() {
    let x = grid(10);
    let plain = Figure { target: Series { x: &x, y: &x }, ..Figure::default() };
    let (width, height, bytes) = pixels(&draw(&plain, Format::Png).unwrap());
    assert_eq!(width, 1600);
    let (_, titled_height, titled) = pixels(&draw(&Figure { title: "WWWWWWWW", ..plain }, Format::Png).unwrap());
    assert!(titled_height > height);
    let dark = |bytes: &[u8]| bytes.chunks_exact(3).filter(|p| p[0] < 80).count();
    // Eight capitals of 17 units, bold: some hundred pixels of ink each.
    assert!(dark(&titled) > dark(&bytes) + 800);
}

#[test]
fn a_single_outlier_among_many_points_is_drawn() {
    let n = 100_000;
    let x = grid(n);
    let mut y = vec![0.0; x.len()];
    y[54_321] = 1.0;
    let figure = Figure { network: Series { x: &x, y: &y }, ..Figure::default() };
    let (width, height, bytes) = pixels(&draw(&figure, Format::Png).unwrap());
    let sky = |row: u32| {
        let start = (row * width * 3) as usize;
        bytes[start..start + width as usize * 3].chunks_exact(3).filter(|p| p[0] < 120 && p[2] > 200).count()
    };
    // The spike's rows each hold a few pixels of the network's colour.
    assert!((0..height).filter(|row| (4..20).contains(&sky(*row))).count() > 400);
}

#[test]
fn files_stay_small() {
    let x = grid(100_000);
    // As uneven as can be: a new value at every point, and gaps at every other one.
    let noise = |i: usize| ((i * 7919) % 10_007) as f64;
    let rough: Vec<f64> = (0..x.len()).map(noise).collect();
    let gappy: Vec<f64> = (0..x.len()).map(|i| if i % 2 == 0 { noise(i) } else { f64::NAN }).collect();
    let shuffled: Vec<f64> = (0..x.len()).map(|i| noise(i * i)).collect();
    let figure = Figure {
        target: Series { x: &x, y: &rough },
        network: Series { x: &x, y: &gappy },
        bumps: (0..200).map(|i| Series { x: &x[..1000 + i], y: &rough[..1000 + i] }).collect(),
        error: Series { x: &shuffled, y: &rough },
        ..Figure::default()
    };
    for format in [Format::Svg, Format::Png] {
        let size = draw(&figure, format).unwrap().len();
        assert!(size < 2_000_000, "{format:?}: {size} bytes");
    }
    let many = Figure { bumps: vec![Series { x: &x[..50], y: &rough[..50] }; 20_000], ..Figure::default() };
    let text = svg(&many);
    assert!(text.len() < 2_000_000, "{} bytes", text.len());
    assert!(text.contains("500 of the network"));
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let one = Series { x: &[1.0], y: &[] };
    let lengths = |series| Err(DrawError::UnequalLengths { series, x: 1, y: 0 });
    for format in [Format::Svg, Format::Png] {
        assert_eq!(draw(&Figure::default(), format), Err(DrawError::NothingToDraw));
        let nan = Series { x: &[1.0, f64::NAN], y: &[f64::NAN, 1.0] };
        assert_eq!(
            draw(&Figure { target: nan, error: nan, ..Figure::default() }, format),
            Err(DrawError::NothingToDraw)
        );
        assert_eq!(draw(&Figure { target: one, ..Figure::default() }, format), lengths("target"));
        assert_eq!(draw(&Figure { network: one, ..Figure::default() }, format), lengths("network"));
        assert_eq!(draw(&Figure { bumps: vec![one], ..Figure::default() }, format), lengths("bump"));
        assert_eq!(draw(&Figure { error: one, ..Figure::default() }, format), lengths("error"));
    }
}

#[test]
fn no_numbers_and_no_text_make_it_panic() {
    const ODD: [f64; 16] = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        1.0 + f64::EPSILON,
        5e-324,
        -1e-310,
        1e-300,
        3e-13,
        1e15,
        -1e200,
        f64::MAX,
        f64::MIN,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    let words = ["", "x", "$a$ \\$ \\frac{1}{2}", "\u{0}\n\t<&>", "漢字 ünï 🦀", &"w".repeat(3000), &"\n".repeat(3000)];
    // Numerical Recipes' linear congruential generator; any spread of choices will do.
    let mut state = 1_u32;
    let mut choose = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % n
    };
    for round in 0..600 {
        // Some rounds pick from few numbers, so that ranges collapse.
        let (from, kinds) = (choose(ODD.len()), 1 + choose(ODD.len()));
        let lists: Vec<Vec<f64>> = (0..8)
            .map(|_| {
                let length = [0, 1, 2, 5, 40][choose(5)];
                (0..length).map(|_| ODD[(from + choose(kinds)) % ODD.len()]).collect()
            })
            .collect();
        let series = |a: usize, b: usize| {
            let length = lists[a].len().min(lists[b].len());
            Series { x: &lists[a][..length], y: &lists[b][..length] }
        };
        let figure = Figure {
            title: words[choose(words.len())],
            subtitle: words[choose(words.len())],
            input: words[choose(words.len())],
            target: series(0, 1),
            network: series(0, 2),
            bumps: (0..choose(4)).map(|i| series(3, 4 + i)).collect(),
            error: series(6, 7),
            error_label: words[choose(words.len())],
            error_band: (choose(2) == 0).then(|| (ODD[choose(ODD.len())], ODD[choose(ODD.len())])),
            evaluated: (choose(2) == 0).then(|| ODD[choose(ODD.len())]),
            standing: Standing::stated(),
            argmax: (choose(2) == 0).then(|| (ODD[choose(ODD.len())], ODD[choose(ODD.len())])),
        };
        match draw(&figure, Format::Svg) {
            Ok(file) => {
                let text = String::from_utf8(file).unwrap();
                assert!(!text.contains("NaN") && !text.contains("inf"), "round {round}: {figure:?}");
            }
            Err(error) => assert_eq!(error, DrawError::NothingToDraw),
        }
        if round % 30 == 0 {
            assert!(matches!(draw(&figure, Format::Png), Ok(_) | Err(DrawError::NothingToDraw)));
        }
    }
}

/// Titles and labels are text: the picture has as many elements as with other words that take as much room.
#[test]
fn no_text_becomes_markup() {
    let x = grid(20);
    let (target, network, error) = staircase(&x);
    let drawn = |text: &str| {
        svg(&Figure {
            title: text,
            subtitle: "a subtitle may have several lines",
            input: text,
            target: Series { x: &x, y: &target },
            network: Series { x: &x, y: &network },
            bumps: Vec::new(),
            error: Series { x: &x, y: &error },
            error_label: text,
            error_band: None,
            evaluated: None,
            standing: Standing::stated(),
            argmax: None,
        })
    };
    let tags = |svg: &str| (svg.matches('<').count(), svg.matches('>').count());
    let controls = (0..0xa0).filter_map(char::from_u32).filter(|c| c.is_control() && *c != '\n');
    let marks = "\u{2028}\u{2029}\u{202e}\u{2066}\u{200f}\u{feff}\u{fffe}\u{ffff}<>&\"'\\`$".chars();
    for c in controls.chain(marks) {
        let picture = drawn(&format!("a{c}b"));
        assert_eq!(tags(&picture), tags(&drawn("ab")), "{c:?}");
        assert!(picture.chars().all(|c| bumpnet_ir::text::is_harmless(c) || c == '\n'), "{c:?}");
        let lone =
            |picture: &str| picture.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace("&quot;", "");
        assert!(!lone(&picture).replace("&apos;", "").replace("&#39;", "").contains('&'), "{c:?}");
    }
}
