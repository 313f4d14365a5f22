//! Each kind of figure is the picture that was looked at, and bad data gives a picture with a note, never a panic.
//!
//! The pictures in the fixtures are this crate's own, accepted after a look at them beside matplotlib's. They change on
//! request only: `FORWARD_PASS_ACCEPT=1 cargo test --test it figures`.

use std::fs;
use std::path::Path;

use forward_pass::plot::{Picture, diagram, images};
use forward_pass::prelude::*;
use proptest::prelude::*;

use crate::support::{ACCEPT, accepts};

fn check(name: &str, figure: Figure) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/figures").join(format!("{name}.svg"));
    let fresh = figure.to_svg();
    if accepts() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &fresh).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let lines = stored.lines().zip(fresh.lines()).position(|(old, new)| old != new);
    let line = lines.unwrap_or(stored.lines().count().min(fresh.lines().count())) + 1;
    let what = "differs from the stored picture";
    assert!(stored == fresh, "{name}.svg {what} in line {line}: look at it, then set {ACCEPT}=1 to store it");
}

/// Waves without a sine, which is not the same to the last digit everywhere.
fn wave(x: f64) -> f64 {
    x * (16.0 - x * x) / 24.0
}

fn image() -> Array2<f64> {
    Array2::from_shape_fn((6, 8), |(row, column)| wave(row as f64 - 2.5) - wave(column as f64 / 2.0))
}

#[test]
fn curves_have_styles_and_a_legend() {
    let x = linspace(-4.0, 4.0, 81).unwrap();
    let y = x.mapv(wave);
    let figure = plot(&x, &y).label("solid").plot(&x, &(&y * 0.6)).label("dashed").linestyle("--");
    let figure = figure.plot(&x, &(&y * 0.3)).label("dotted").linestyle(":").grid(true);
    check("curves", figure.title("Curves").xlabel("x").ylabel("f(x)").ylim(-3.0, 3.0));
}

#[test]
fn curves_have_markers() {
    let x = array![0.0, 1.0, 2.0, 3.0, 4.0];
    let markers = ["o", ".", "s", "^", "D", "x", "+"];
    let all = markers.iter().enumerate().fold(Figure::new(), |figure, (index, marker)| {
        figure.plot(&x, &(&x + index as f64)).marker(marker).label(*marker)
    });
    check("markers", all.legend("upper left"));
}

#[test]
fn names_of_images_have_lines_and_room() {
    let mut digits = Array2::zeros((12, 784));
    (0..12).for_each(|row| digits[[row, 28 * row + 2 * row]] = 1.0);
    let short = plot_digits(&digits, &[""; 12]);
    assert_eq!((short.to_string(), short.size()), ("<Figure 434x194 with 12 Axes>".into(), (434.0, 194.0)));
    let names: Vec<String> = (0..12).map(|row| format!("it is a {row}\nsaid {}, 97 %", row + 1)).collect();
    check("image-names", plot_digits(&digits, &names));
    let endless = plot_digits(&digits, &vec!["w".repeat(5000); 12]);
    assert!(endless.size().0 < 1000.0, "{:?}", endless.size());
}

#[test]
fn points_are_scattered() {
    let x = linspace(-4.0, 4.0, 41).unwrap();
    check("scatter", scatter(&x, &x.mapv(wave)).alpha(0.6).title("scatter").xlabel("a").ylabel("b"));
}

#[test]
fn bars_have_names_and_values() {
    check("bar", bar(&["cat", "dog", "a bird"], &[3.0, 7.5, -1.0]).bar_label().ylabel("count").title("bar"));
    let names = ["a rather long name", "another long name", "third name is long", "the fourth one too"];
    check("bar-long-names", bar(&names, &[3, 7, 2, 4]).ylabel("count").xlabel("names"));
}

#[test]
fn values_are_counted_in_a_histogram() {
    check(
        "hist",
        hist(&linspace(-4.0, 4.0, 500).unwrap().mapv(wave), 20).title("hist").xlabel("value").ylabel("count"),
    );
}

#[test]
fn a_matrix_is_shown_as_colours_with_a_bar() {
    check("imshow", imshow(&image()).colorbar().title("imshow"));
}

/// A viewer's own reading of the SVG, not ours of the figure: what a browser would show in the middle of each quarter.
#[test]
fn a_viewer_sees_the_matrix_too() {
    let figure = imshow(&array![[0.0, 1.0], [1.0, 0.0]]).cmap("gray");
    let (svg, rgba) = (figure.to_svg(), figure.render(640, 480).unwrap());
    let tree = resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).unwrap();
    let mut seen = resvg::tiny_skia::Pixmap::new(640, 480).unwrap();
    resvg::render(&tree, resvg::tiny_skia::Transform::default(), &mut seen.as_mut());
    for (x, y, light) in [(240, 150, 0), (420, 150, 255), (240, 330, 255), (420, 330, 0)] {
        let ours = &rgba[(y * 640 + x) * 4..][..3];
        let pixel = seen.pixel(x as u32, y as u32).unwrap();
        assert_eq!((ours, [pixel.red(), pixel.green(), pixel.blue()]), (&[light; 3][..], [light; 3]), "at {x}, {y}");
    }
}

#[test]
fn figures_stand_side_by_side() {
    let x = linspace(-4.0, 4.0, 41).unwrap();
    let y = x.mapv(wave);
    let parts = [
        plot(&x, &y).title("curve").xlabel("x"),
        scatter(&x, &y).title("points").ylabel("b"),
        hist(&y, 12).title("hist"),
        imshow(&image()).colorbar().title("image"),
    ];
    check("subplots", subplots(2, 2, parts).title("Four in one"));
    for (rows, columns) in [(0, 0), (1, 1), (0, 3), (usize::MAX, usize::MAX)] {
        let figure = subplots(rows, columns, [plot(&x, &y), plot(&x, &y)]);
        assert_eq!(figure.notes(), [format!("subplots({rows}, {columns}) got 2 figures")]);
    }
}

#[test]
fn axes_can_be_logarithmic() {
    let x = linspace(1.0, 100.0, 100).unwrap();
    let cubes = x.mapv(|x: f64| x * x * x);
    check("loglog", plot(&x, &cubes).xscale("log").yscale("log").grid(true).label("x³").title("x³"));
}

#[test]
fn a_network_is_drawn_with_its_shapes_and_large_layers_are_elided() {
    check("network", plot_network(&Network::chapter()));
    check("network-large", diagram(&[784, 50, 100, 10], &["sigmoid", "sigmoid", "softmax"]));
}

/// A seven of two strokes, and a network that takes it for a nine now and then.
#[test]
fn a_digit_stands_beside_its_ten_probabilities() {
    let stroke = |row: usize, column: usize| {
        let bar = (5..8).contains(&row) && (6..22).contains(&column);
        let leg = (8..24).contains(&row) && (row + 2 * column).abs_diff(50) <= 3;
        if bar || leg { 1.0 } else { 0.0 }
    };
    let image = Array1::from_shape_fn(784, |place| stroke(place / 28, place % 28));
    let probabilities = array![0.0, 0.01, 0.02, 0.03, 0.0, 0.0, 0.0, 0.81, 0.0, 0.13];
    let reading = Reading { digit: 7, probabilities, image };
    let kinds: Vec<&str> = reading.cell_parts().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["image/svg+xml", "image/png", "text/plain"]);
    assert!(reading.cell_parts()[2].1.starts_with("it is a 7\n0 |"));
    check("reading", plot_reading(&reading));
}

#[test]
fn korean_words_stand_everywhere() {
    let x = linspace(-4.0, 4.0, 41).unwrap();
    let figure = plot(&x, &sigmoid(&x)).label("시그모이드 함수").plot(&x, &step(&x)).label("계단 함수");
    check("hangul", figure.title("신경망의 활성화 함수").xlabel("입력 값").ylabel("출력 값"));
    check(
        "hangul-bar",
        bar(&["고양이", "강아지", "새"], &[0.2, 0.5, 0.3]).bar_label().ylabel("확률").title("소프트맥스"),
    );
}

#[test]
fn a_gap_is_left_and_told_where_a_value_is_no_number() {
    let figure = plot(&[0.0, 1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, f64::NAN, 1.0, 4.0]).marker("o");
    assert_eq!(figure.notes(), ["1 of 5 points is not finite and left out"]);
    check("gap", figure);
    let figure = plot(&[1, 2, 3], &[1, 4]);
    assert_eq!(figure.notes(), ["plot got 3 x values and 2 y values"]);
    check("lengths", figure);
}

/// Numbers as unpleasant as they come.
fn number() -> impl Strategy<Value = f64> {
    let hard =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 5e-324, -5e-324, 1e-300, 1e300, 0.0, -0.0];
    prop_oneof![3 => -10.0..10.0, 2 => prop::sample::select(hard.to_vec()), 1 => any::<f64>()]
}

fn numbers() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(number(), 0..6)
}

/// A picture, in which every path and every place is of numbers.
fn is_drawn(figure: &Figure) {
    let svg = figure.to_svg();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    for start in [" d=\"", " transform=\"", " viewBox=\""] {
        for value in svg.split(start).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
        }
    }
    figure.to_png(0.1).unwrap();
}

#[test]
fn a_picture_whose_last_row_is_incomplete_is_drawn_without_it() {
    for (columns, count) in [(100, 4999), (100, 30), (0, 5000)] {
        is_drawn(&images([Picture { columns, ink: vec![0.5; count], name: "ragged".into() }]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_data_stops_a_picture(x in numbers(), y in numbers(), bins in 0_usize..40, log: bool, ends: [bool; 2]) {
        let scale = if log { "log" } else { "linear" };
        let names: Vec<usize> = (0..x.len()).collect();
        let all = [plot(&x, &y).marker("^"), scatter(&x, &y), bar(&names, &y).bar_label(), hist(&x, bins),
            plot(&x, &x).axhline(y.first().copied().unwrap_or(0.0)), Figure::new().fill_between(&x, &y, &y)];
        let bad = |values: &[f64]| values.iter().any(|value| !value.is_finite());
        prop_assert_eq!(all[0].notes().is_empty(), x.len() == y.len() && !x.is_empty() && !bad(&x) && !bad(&y));
        prop_assert_eq!(all[0].clone().check().is_err(), x.len() != y.len() || x.is_empty());
        for figure in all {
            let [x, y] = ends.map(|logarithmic| if logarithmic { scale } else { "linear" });
            is_drawn(&figure.xscale(x).yscale(y));
        }
    }

    #[test]
    fn no_option_stops_a_picture(
        limits in [number(), number(), number(), number()],
        alpha in number(),
        size in number(),
    ) {
        let [a, b, c, d] = limits;
        let x = array![1.0, 2.0, 3.0];
        is_drawn(&plot(&x, &x).xlim(a, b).ylim(c, d).alpha(alpha).linewidth(size).label("a").grid(true));
        is_drawn(&scatter(&x, &x).xscale("log").yscale("log").xlim(a, b).ylim(c, d).axvline(alpha).xticks(&limits));
        is_drawn(&imshow(&array![[a, b], [c, d]]).clim(alpha, size).colorbar());
    }
}

fn neuron(weights: Array2<f64>, bias: Array1<f64>, activation: Activation) -> Layer<f64> {
    Layer::new(weights, bias, activation).unwrap()
}

#[test]
fn regions_show_what_a_network_says_in_the_plane() {
    let and = Network::new(vec![neuron(array![[1.0], [1.0]], array![-1.5], Activation::Step)]).unwrap();
    let figure = plot_regions(&and, -0.5, 1.5).scatter(&[0.0, 1.0], &[1.0, 1.0]).color("k");
    check("regions-step", figure.title("AND"));
    let three = neuron(array![[4.0, -4.0, 0.0], [0.0, 1.0, 3.0]], array![0.0, 0.0, -1.0], Activation::Softmax);
    check("regions-classes", plot_regions(&Network::new(vec![three]).unwrap(), -2.0, 2.0));
    let net = Network::untrained(&[3, 2], 1).unwrap();
    assert_eq!(
        plot_regions(&net, 0.0, 1.0).check().unwrap_err().to_string(),
        "plot_regions got a network with 3 inputs and 2 outputs\nhelp: it draws networks with 2 inputs and at most 20 \
         outputs"
    );
    assert_eq!(
        plot_regions(&and, 1.0, 1.0).check().unwrap_err().to_string(),
        "plot_regions cannot draw from 1 to 1\nhelp: give the lower end first"
    );
}

#[test]
fn products_are_blocks_that_fit_or_do_not() {
    check("product-fits", plot_product(&[(2, 3), (3, 4)]));
    check("product-differs", plot_product(&[(3, 4), (2, 3)]));
    check("product-chain", plot_product(&[(100, 784), (784, 50), (50, 100), (100, 10)]));
    let error = plot_product(&[]).check().unwrap_err().to_string();
    assert_eq!(error, "plot_product got 0 shapes\nhelp: give it 1 to 8, each as (rows, columns)");
    // A single table has no product; huge and empty ones have sides all the same.
    for shapes in [&[(2, 3)][..], &[(0, 3), (3, 0)], &[(1, usize::MAX), (usize::MAX, 1)]] {
        assert!(plot_product(shapes).check().is_ok());
    }
}

#[test]
fn an_image_can_have_an_extent() {
    let figure = imshow(&image()).extent(-1.0, 1.0, 0.0, 2.0).scatter(&[0.0], &[1.0]).color("w");
    check("extent", figure);
    assert!(imshow(&image()).extent(0.0, 0.0, 0.0, 1.0).check().is_err());
    assert!(plot(&[0.0, 1.0], &[0.0, 1.0]).extent(0.0, 1.0, 0.0, 1.0).check().is_err());
}

fn kinds(parts: &[(&'static str, String)]) -> Vec<&'static str> {
    parts.iter().map(|(kind, _)| *kind).collect()
}

#[test]
fn a_figure_is_an_svg_a_png_and_a_line_and_while_it_changes_no_png() {
    let figure = plot(&[0.0, 1.0], &[0.0, 1.0]);
    assert_eq!(kinds(&figure.cell_parts()), ["image/svg+xml", "image/png", "text/plain"]);
    assert_eq!(kinds(&figure.live_parts()), ["image/svg+xml", "text/plain"]);
    // Of twice the pixels, and small: the signature, the width and the height in base64.
    let png = figure.cell_parts()[1].1.clone();
    assert!(png.starts_with("iVBORw0KGgoAAAANSUhEUgAABQAAAAPA"), "{}", &png[..40]);
    assert!(png.len() < 20_000, "{}", png.len());
}

#[test]
fn a_figure_without_anything_drawn_is_its_message_alone() {
    let parts = plot(&[1.0, 2.0], &[1.0, 2.0, 3.0]).title("two and three").cell_parts();
    assert_eq!(kinds(&parts), ["text/plain"]);
    assert!(parts[0].1.contains("error: plot got 2 x values and 3 y values"), "{}", parts[0].1);
    // What could be drawn is shown, with the message.
    let half = plot(&[1.0, 2.0], &[1.0, 2.0]).plot(&[1.0], &[1.0, 2.0]).cell_parts();
    assert_eq!(kinds(&half), ["image/svg+xml", "image/png", "text/plain"]);
}

#[test]
fn horizontal_bars_have_their_names_on_the_left() {
    let names = ["softmax down the columns", "no mistake"];
    let figure = barh(&names, &[25.0, 100.0]).bar_label().xlim(0.0, 110.0);
    let svg = figure.to_svg();
    assert!(names.iter().all(|name| svg.contains(&format!("aria-label=\"{name}\""))));
    assert!(svg.contains("aria-label=\"25\"") && svg.contains("aria-label=\"100\""));
    let error = barh(&names, &[1.0]).check().unwrap_err();
    assert_eq!(error.message(), "barh got 2 names and 1 values");
    let log = barh(&names, &[1.0, 10.0]).xscale("log");
    assert!(log.notes().is_empty(), "{:?}", log.notes());
}
