//! A PNG of one's own: the same digit whatever its size, colours and place, and a clear word when it is none.
//!
//! The pictures are drawn digits, blown up and coloured here; the network learns from others of the same pen.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use forward_pass::prelude::*;
use tempfile::TempDir;

/// Writes the image with every pixel `size` wide, at a corner of a larger page, as grey or as colour with alpha.
fn write(path: &Path, image: &ArrayView1<f32>, size: usize, page: usize, colour: impl Fn(f32) -> Vec<u8>) {
    let bytes: Vec<u8> = (0..page * page)
        .flat_map(|place| {
            let (row, column) = (place / page / size, place % page / size);
            colour(if row < 28 && column < 28 { image[row * 28 + column] } else { 0.0 })
        })
        .collect();
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path).unwrap()), page as u32, page as u32);
    encoder.set_color(if colour(0.0).len() == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgba });
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
}

#[test]
fn a_picture_reads_as_the_digit_it_was_made_from() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("digit.png");
    let digits = Mnist::drawn(3000, 40, 1);
    let mut centred = digits.train.clone();
    for mut image in centred.images.rows_mut() {
        write(&path, &image.view(), 1, 30, |ink| vec![(ink * 255.0) as u8]);
        image.assign(&read_png(&path).unwrap());
    }
    let mut net = Network::untrained(&[784, 50, 100, 10], 1).unwrap();
    Training::sgd(0.3).momentum(0.9).epochs(6).fit(&mut net, &centred).unwrap();
    let mut right = 0;
    for (image, &label) in digits.test.images.rows().into_iter().zip(&digits.test.labels) {
        // White on black; black on white, four times as large, off centre; blue on nothing.
        write(&path, &image, 1, 30, |ink| vec![(ink * 255.0) as u8]);
        let reading = net.classify_png(&path).unwrap();
        right += usize::from(reading.digit == usize::from(label));
        assert!((reading.probabilities.sum() - 1.0).abs() < 1e-5);
        write(&path, &image, 4, 200, |ink| vec![255 - (ink * 255.0) as u8]);
        let large = read_png(&path).unwrap();
        write(&path, &image, 3, 100, |ink| vec![0, 0, 200, (ink * 255.0) as u8]);
        let blue = read_png(&path).unwrap();
        for other in [large, blue] {
            let off = (&other - &reading.image).mapv(f32::abs).mean().unwrap();
            assert!(off < 0.02, "the same digit, off by {off} a pixel");
        }
    }
    assert!(right >= 34, "{right} of 40 read right");
}

#[test]
fn a_canvas_reads_as_the_same_picture_in_a_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("digit.png");
    for image in Mnist::drawn(20, 0, 3).train.images.rows() {
        // Without shades: a PNG also takes its faintest ink for paper.
        let image = image.mapv(|ink| ink.round());
        let canvas = Array2::from_shape_fn((120, 120), |(row, column)| match (row / 3, column / 3) {
            (row, column) if row < 28 && column < 28 => image[row * 28 + column],
            _ => 0.0,
        });
        write(&path, &image.view(), 3, 120, |ink| vec![255 - (ink * 255.0) as u8]);
        let off = (&read_image(&canvas).unwrap() - &read_png(&path).unwrap()).mapv(f32::abs).sum();
        assert!(off < 1e-3, "{off}");
    }
}

#[test]
fn a_canvas_without_ink_or_with_other_values_is_refused() {
    let message = |image: Array2<f32>| read_image(&image).unwrap_err().to_string();
    assert!(message(Array2::zeros((28, 28))).starts_with("the image has no ink"));
    assert!(message(Array2::zeros((0, 5))).starts_with("the image has no ink"));
    for (value, shown) in [(255.0, "255"), (-0.5, "-0.5"), (f32::NAN, "NaN")] {
        let mut image = Array2::zeros((3, 4));
        image[[1, 2]] = value;
        assert!(message(image).starts_with(&format!("pixel (1, 2) is {shown}")));
    }
}

#[test]
fn a_picture_is_twenty_wide_and_its_mass_in_the_middle() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bar.png");
    // A black bar of 3 x 12 pixels at the upper left of a white page.
    let mut image = Array1::<f32>::zeros(784);
    (0..12).for_each(|row| (0..3).for_each(|column| image[(row + 2) * 28 + column + 1] = 1.0));
    write(&path, &image.view(), 2, 60, |ink| vec![255 - (ink * 255.0) as u8]);
    let read = read_png(&path).unwrap().into_shape_with_order((28, 28)).unwrap();
    // 20 high: from 14 - 10 to 14 + 10; 5 wide: from 11.5 to 16.5.
    let rows: Vec<usize> = (0..28).filter(|&row| read.row(row).iter().any(|&ink| ink > 0.01)).collect();
    assert_eq!((rows[0], rows[rows.len() - 1]), (4, 23));
    let row: Vec<String> = (10..18).map(|column| format!("{:.2}", read[[14, column]])).collect();
    assert_eq!(row, ["0.00", "0.50", "1.00", "1.00", "1.00", "1.00", "0.50", "0.00"]);
}

/// Layers of paint programs come like this: nothing but the ink is there, whatever its colour.
#[test]
fn ink_on_nothing_reads_the_same_in_white_as_in_black() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("layer.png");
    let digits = Mnist::drawn(1, 3, 1).test;
    for image in digits.images.rows() {
        let [black, white] = [0, 255].map(|ink| {
            write(&path, &image, 2, 60, |alpha| vec![ink, ink, ink, (alpha * 255.0) as u8]);
            read_png(&path).unwrap()
        });
        let off = (&white - &black).mapv(f32::abs).fold(0.0, |most: f32, off| most.max(*off));
        assert!(off < 1e-3 && black.sum() > 10.0, "off by {off}");
    }
}

/// The eye sees it, a grey copy does not.
#[test]
fn ink_as_bright_as_its_paper_is_read_by_its_colour() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("colour.png");
    let image = Mnist::drawn(1, 1, 1).test.images.row(0).mapv(f32::round);
    let read = |ink: [u8; 4], paper: [u8; 4]| {
        write(&path, &image.view(), 2, 60, |it| if it > 0.5 { ink.to_vec() } else { paper.to_vec() });
        read_png(&path).unwrap()
    };
    let black = read([0, 0, 0, 255], [255; 4]);
    for ink in [[180, 60, 110, 255], [100, 100, 111, 255]] {
        let off = (&read(ink, [100, 100, 100, 255]) - &black).mapv(f32::abs).fold(0.0, |most: f32, off| most.max(*off));
        assert!(off < 1e-3, "off by {off}");
    }
}

/// A long sum in f32 would push the digit aside.
#[test]
fn a_photograph_stands_where_its_small_copy_does() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("large.png");
    let block = Array1::ones(784);
    let [large, small] = [(100, 2900), (1, 29)].map(|(size, page)| {
        write(&path, &block.view(), size, page, |ink| vec![255 - (ink * 255.0) as u8]);
        read_png(&path).unwrap()
    });
    let off = (&large - &small).mapv(f32::abs).fold(0.0, |most: f32, off| most.max(*off));
    assert!(off < 0.01, "off by {off}");
}

#[test]
fn bars_show_the_ten_probabilities() {
    let probabilities = array![0.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.75, 0.0, 0.0];
    let reading = Reading { digit: 7, probabilities, image: Array1::zeros(784) };
    let lines: Vec<String> = reading.to_string().lines().map(str::to_string).collect();
    assert_eq!((lines.len(), lines[0].as_str()), (11, "it is a 7"));
    assert_eq!(lines[2], "1 |########                      | 0.25");
    assert_eq!(lines[8], "7 |#######################       | 0.75");
    assert_eq!(lines[10], "9 |                              | 0.00");
}

#[test]
fn what_is_no_digit_is_said() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x.png");
    let said = || read_png(&path).unwrap_err().to_string().replace(&format!("{}: ", path.display()), "");
    assert!(said().ends_with("\nhelp: give the path of a PNG file"), "{}", said());
    write(&path, &Array1::zeros(784).view(), 1, 28, |_| vec![255]);
    assert_eq!(said(), "the picture has one colour and no ink\nhelp: draw a digit that differs from its paper");
    write(&path, &Array1::ones(784).view(), 1, 30, |ink| vec![250 + (ink * 5.0) as u8]);
    assert_eq!(said(), "the picture has one colour and no ink\nhelp: draw a digit that differs from its paper");
    let whole = fs::read(&path).unwrap();
    for bytes in [&b""[..], b"<html>", &whole[..whole.len() / 2]] {
        fs::write(&path, bytes).unwrap();
        let said = said();
        assert!(said.starts_with("cannot read it as a PNG: ") && said.ends_with("save it as a PNG again"), "{said}");
    }
    let small = Network::untrained(&[28, 10], 1).unwrap();
    write(&path, &Array1::ones(784).view(), 1, 30, |ink| vec![(ink * 255.0) as u8]);
    assert!(small.classify_png(&path).unwrap_err().to_string().starts_with("cannot feed (784,)"));
}

const DRAWINGS: [&str; 10] = [
    " #### \n#    #\n#    #\n#    #\n#    #\n #### ",
    "  #\n  #\n  #\n  #\n  #\n  #",
    " ####\n#    #\n     #\n    #\n  ##\n #\n#######",
    " ####\n     #\n     #\n  ###\n     #\n     #\n ####",
    "#    #\n#    #\n#    #\n #####\n     #\n     #\n     #",
    " ######\n #\n #\n #####\n      #\n      #\n #####",
    "   ##\n  #\n #\n #\n # ###\n ##   #\n #    #\n  ####",
    "########\n       #\n      #\n     #\n    #\n   #\n   #",
    "  ###\n #   #\n #   #\n  ###\n #   #\n #   #\n  ###",
    "  ####\n #    #\n #    #\n  #####\n      #\n      #\n      #",
];

#[test]
fn a_drawing_in_letters_is_read() {
    let digits = Mnist::drawn(4000, 0, 1);
    let mut net = Network::untrained(&[784, 50, 100, 10], 1).unwrap();
    Training::sgd(0.5).momentum(0.9).epochs(8).fit(&mut net, &digits.train).unwrap();
    let said: Vec<usize> = DRAWINGS.iter().map(|drawing| net.classify_drawing(drawing).unwrap().digit).collect();
    let right = said.iter().enumerate().filter(|(digit, said)| digit == *said).count();
    assert!(right >= 8, "{said:?}");
}

#[test]
fn a_drawing_is_twenty_high_its_mass_in_the_middle_and_its_letters_do_not_count() {
    let read = read_drawing(DRAWINGS[1]).unwrap();
    let image = read.clone().into_shape_with_order((28, 28)).unwrap();
    let rows: Vec<usize> = (0..28).filter(|&row| image.row(row).iter().any(|&ink| ink > 0.2)).collect();
    assert_eq!((rows[0], rows[rows.len() - 1]), (4, 23));
    let row: Vec<String> = (11..17).map(|column| format!("{:.2}", image[[14, column]])).collect();
    assert_eq!(row, ["0.00", "0.20", "1.00", "1.00", "0.20", "0.00"]);
    // Elsewhere on the page, with dots for paper and any letter for ink.
    let other = DRAWINGS[1].replace(' ', ".").replace('#', "한");
    let other: String = other.lines().map(|line| format!("\n ....{line}...")).collect();
    assert_eq!(read_drawing(&other).unwrap(), read);
    for small in ["x", "xx", "x\nx", "x\n\n\n        x"] {
        let image = read_drawing(small).unwrap();
        assert!(image.sum() > 3.0 && image.iter().all(|ink| (0.0..=1.0).contains(ink)), "{small}");
    }
    assert_eq!(
        read_drawing(" .\n").unwrap_err().to_string(),
        "the drawing has no ink\nhelp: draw a digit with `*`: a space or a dot is paper, every other letter is ink"
    );
}
