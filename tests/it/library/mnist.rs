//! IDX files, good and bad, plain and gzip; and the real data set where it is present.
//!
//! The files are made here; the real ones are found through FORWARD_PASS_MNIST and only read.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use forward_pass::mnist::{VARIABLE, idx};
use forward_pass::prelude::*;
use tempfile::TempDir;

fn images(count: u32, body: &[u8]) -> Vec<u8> {
    let header = [2051, count, 28, 28].map(u32::to_be_bytes).concat();
    [&header, body].concat()
}

fn labels(count: u32, body: &[u8]) -> Vec<u8> {
    let header = [2049, count].map(u32::to_be_bytes).concat();
    [&header, body].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Two training images, one test image, all as `spell` spells them.
fn folder(spell: impl Fn(&str, &[u8]) -> (String, Vec<u8>)) -> TempDir {
    let folder = TempDir::new().unwrap();
    let files = [
        ("train-images-idx3-ubyte", images(2, &[[0; 784], [255; 784]].concat())),
        ("train-labels-idx1-ubyte", labels(2, &[5, 0])),
        ("t10k-images-idx3-ubyte", images(1, &[51; 784])),
        ("t10k-labels-idx1-ubyte", labels(1, &[7])),
    ];
    for (name, bytes) in files {
        let (name, bytes) = spell(name, &bytes);
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn plain(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    (name.to_string(), bytes.to_vec())
}

fn zipped(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    (format!("{name}.gz"), gzip(bytes))
}

#[test]
fn every_spelling_reads_the_same() {
    let dotted = |name: &str, bytes: &[u8]| (name.replace("-idx", ".idx"), bytes.to_vec());
    let reads: Vec<Mnist> =
        [folder(plain), folder(zipped), folder(dotted)].iter().map(|f| Mnist::open(f.path()).unwrap()).collect();
    for mnist in &reads {
        assert_eq!((mnist.train.images.dim(), mnist.test.images.dim()), ((2, 784), (1, 784)));
        assert_eq!((&mnist.train.labels, &mnist.test.labels), (&array![5, 0], &array![7]));
        assert_eq!(
            (mnist.train.images[[0, 0]], mnist.train.images[[1, 783]], mnist.test.images[[0, 9]]),
            (0.0, 1.0, 0.2)
        );
        assert_eq!(mnist.to_string(), "MNIST: 2 to train, 1 to test");
        assert!(!mnist.is_drawn());
    }
}

#[test]
fn bytes_in_memory_read_as_the_files_do() {
    let (train, test) = (images(2, &[[0; 784], [255; 784]].concat()), images(1, &[51; 784]));
    let (five_and_zero, seven) = (labels(2, &[5, 0]), labels(1, &[7]));
    let from_files = Mnist::open(folder(plain).path()).unwrap();
    assert_eq!(Mnist::from_bytes((&train, &five_and_zero), (&test, &seven)).unwrap(), from_files);
    let packed = [&train, &five_and_zero, &test, &seven].map(|bytes| gzip(bytes));
    assert_eq!(Mnist::from_bytes((&packed[0], &packed[1]), (&packed[2], &packed[3])).unwrap(), from_files);
    let message = |train: (&[u8], &[u8]), test: (&[u8], &[u8])| Mnist::from_bytes(train, test).unwrap_err().to_string();
    let swapped = message((&five_and_zero, &train), (&test, &seven));
    assert!(swapped.starts_with("train images: magic number 2049 (labels), not 2051 (images)"), "{swapped}");
    let short = message((&train, &five_and_zero), (&test[..100], &seven));
    assert!(short.starts_with("test images: the header says 784 bytes follow, and there are 84"), "{short}");
    let few = message((&train, &seven), (&test, &seven));
    assert!(few.starts_with("train images has 2 images and train labels has 1 labels"), "{few}");
}

/// Replaces one file of a good folder and returns the message, with the folder's path taken out.
fn message(spell: fn(&str, &[u8]) -> (String, Vec<u8>), name: &str, bytes: &[u8]) -> String {
    let folder = folder(spell);
    fs::write(folder.path().join(name), bytes).unwrap();
    let error = Mnist::open(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    error.to_string().replace(&format!("{}/", folder.path().display()), "")
}

fn check(name: &str, bytes: &[u8], expected: &str) {
    assert_eq!(message(plain, name, bytes), expected, "plain");
    // The same bytes in gzip give the same sentence under the file's other name.
    assert_eq!(message(zipped, &format!("{name}.gz"), &gzip(bytes)), expected.replace("-ubyte", "-ubyte.gz"), "gzip");
}

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";
const SHORT: &str = "help: the file is cut short: fetch it again";
const AGAIN: &str = "help: the file is damaged: fetch it again";

#[test]
fn a_wrong_magic_number_is_named() {
    check(
        IMAGES,
        &labels(2, &[1, 2]),
        "train-images-idx3-ubyte: magic number 2049 (labels), not 2051 (images)\n\
         help: the two files are swapped, or one has the wrong name",
    );
    check(
        LABELS,
        &images(1, &[0; 784]),
        "train-labels-idx1-ubyte: magic number 2051 (images), not 2049 (labels)\n\
         help: the two files are swapped, or one has the wrong name",
    );
    check(
        LABELS,
        b"<html>403 Forbidden</html>",
        "train-labels-idx1-ubyte: magic number 1013478509, not 2049 (labels)\n\
         help: it is not an IDX file; a web page saved under its name starts with `<`",
    );
}

#[test]
fn a_short_file_is_told_how_short() {
    check(IMAGES, &[], &format!("{IMAGES}: a header of 16 bytes is cut off after 0\n{AGAIN}"));
    check(IMAGES, &images(2, &[])[..15], &format!("{IMAGES}: a header of 16 bytes is cut off after 15\n{AGAIN}"));
    check(
        IMAGES,
        &images(2, &[0; 1000]),
        &format!("{IMAGES}: the header says 1568 bytes follow, and there are 1000\n{SHORT}"),
    );
    check(
        LABELS,
        &labels(2, &[3]),
        &format!(
            "{LABELS}: the header says 2 bytes follow, and there are 1\nhelp: the file is cut short: fetch it again"
        ),
    );
}

#[test]
fn trailing_bytes_are_seen() {
    let more = format!("the header says 2 bytes follow, and there are more\n{AGAIN}");
    check(LABELS, &labels(2, &[3, 4, 0]), &format!("{LABELS}: {more}"));
    let more = format!("the header says 1568 bytes follow, and there are more\n{AGAIN}");
    check(IMAGES, &images(2, &[0; 1569]), &format!("{IMAGES}: {more}"));
}

#[test]
fn a_header_that_asks_for_the_moon_allocates_nothing() {
    check(
        IMAGES,
        &images(u32::MAX, &[0; 784]),
        &format!("{IMAGES}: the header says 3367254359280 bytes follow, and there are 784\n{SHORT}"),
    );
    let header = [2051, 2, u32::MAX, u32::MAX].map(u32::to_be_bytes).concat();
    check(
        IMAGES,
        &header,
        &format!(
            "{IMAGES}: images of 4294967295 x 4294967295 pixels, not 28 x 28\n\
             help: digits are 28 x 28, one byte a pixel; this file holds something else"
        ),
    );
    check(
        LABELS,
        &labels(u32::MAX, &[1, 2]),
        &format!("{LABELS}: the header says 4294967295 bytes follow, and there are 2\n{SHORT}"),
    );
}

#[test]
fn labels_above_nine_are_refused() {
    check(LABELS, &labels(2, &[9, 10]), &format!("{LABELS}: label 10 at index 1 is above 9\n{AGAIN}"));
}

#[test]
fn counts_that_differ_are_both_named() {
    check(
        LABELS,
        &labels(3, &[1, 2, 3]),
        "train-images-idx3-ubyte has 2 images and train-labels-idx1-ubyte has 3 labels\n\
         help: the two files are of different sets: fetch them again",
    );
}

#[test]
fn gzip_that_is_not_gzip_is_named() {
    let name = "train-images-idx3-ubyte.gz";
    assert_eq!(
        message(zipped, name, b"<html>"),
        format!("{name}: not gzip: it starts with `3c 68`, gzip with `1f 8b`\n{AGAIN}")
    );
    assert_eq!(message(zipped, name, b""), format!("{name}: not gzip: it starts with ``, gzip with `1f 8b`\n{AGAIN}"));
    let mut cut = gzip(&images(2, &[7; 1568]));
    cut.truncate(cut.len() - 12);
    let said = message(zipped, name, &cut);
    assert!(said.starts_with(&format!("{name}: ")) && said.ends_with("fetch it again"), "{said}");
    let mut wrong_sum = gzip(&images(2, &[7; 1568]));
    let place = wrong_sum.len() - 6;
    wrong_sum[place] ^= 1;
    let said = message(zipped, name, &wrong_sum);
    assert!(said.starts_with(&format!("{name}: ")) && said.ends_with("fetch it again"), "{said}");
    let said = message(plain, "train-labels-idx1-ubyte", &gzip(&labels(2, &[1, 2])));
    assert!(said.ends_with("help: it is a gzip file: give it a name that ends in .gz"), "{said}");
}

#[test]
fn every_damaged_byte_and_every_cut_is_an_error_or_a_digit_never_a_panic() {
    let whole = gzip(&labels(40, &[3; 40]));
    for place in 0..whole.len() {
        for bit in [0x01, 0x80] {
            let mut damaged = whole.clone();
            damaged[place] ^= bit;
            if let Ok(read) = idx::labels(flate2::read::MultiGzDecoder::new(&damaged[..]), "damaged") {
                // Some bytes of a gzip header say nothing about the content.
                assert_eq!(read, Array1::from_elem(40, 3));
            }
        }
        assert!(idx::labels(flate2::read::MultiGzDecoder::new(&whole[..place]), "cut").is_err(), "cut at {place}");
    }
}

#[test]
fn missing_files_come_with_the_command_that_fetches_them() {
    let folder = folder(plain);
    fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte")).unwrap();
    let error = Mnist::open(folder.path()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "no t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz in {}\n\
             help: download it with `forward-pass data mnist`, or use `Mnist::sample()`, which needs no files",
            folder.path().display()
        )
    );
}

#[test]
fn images_come_out_as_28_rows() {
    let digits = Mnist::open(folder(plain).path()).unwrap().train;
    assert_eq!(digits.image(1).unwrap().dim(), (28, 28));
    let error = digits.image(2).unwrap_err().to_string();
    assert_eq!(error, "no image 2 in a set of 2\nhelp: places count from 0");
}

/// The real data, or a plain word that this test saw none of it.
fn real(test: &str) -> Option<Mnist> {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        eprintln!("{test}: {VARIABLE} is not set, so the real digits were NOT read");
        return None;
    };
    Some(Mnist::open(Path::new(&folder)).unwrap())
}

#[test]
fn the_real_digits_are_the_known_ones() {
    let Some(mnist) = real("the_real_digits_are_the_known_ones") else { return };
    assert_eq!((mnist.train.images.dim(), mnist.test.images.dim()), ((60_000, 784), (10_000, 784)));
    assert_eq!(mnist.train.labels.slice(s![..10]), array![5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(mnist.test.labels.slice(s![..10]), array![7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    let ink = |image: ArrayView1<f32>| {
        let sum: f32 = image.iter().map(|pixel| (pixel * 255.0).round()).sum();
        (sum, image.iter().filter(|&&pixel| pixel > 0.0).count())
    };
    assert_eq!((ink(mnist.train.images.row(0)), ink(mnist.test.images.row(0))), ((27_525.0, 166), (18_454.0, 116)));
    let count = mnist.train.images.len() as f64;
    let mean = mnist.train.images.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / count;
    let squares = mnist.train.images.iter().map(|&pixel| f64::from(pixel) * f64::from(pixel)).sum::<f64>() / count;
    let deviation = (squares - mean * mean).sqrt();
    assert_eq!((format!("{mean:.5}"), format!("{deviation:.5}")), ("0.13066".into(), "0.30811".into()));
}

#[test]
fn always_saying_one_is_right_as_often_as_known() {
    let Some(mnist) = real("always_saying_one_is_right_as_often_as_known") else { return };
    let ones = Array1::from_elem(10_000, 1_u8);
    assert_eq!(accuracy(&ones, &mnist.test.labels), Ok(0.1135));
}

/// Without any learning: the mean image of each digit, and the nearest of the ten.
#[test]
fn the_nearest_mean_is_right_as_often_as_known() {
    let Some(mnist) = real("the_nearest_mean_is_right_as_often_as_known") else { return };
    let members = one_hot(&mnist.train.labels, 10).unwrap();
    let counts = members.sum_axis(Axis(0)).insert_axis(Axis(1));
    let means = members.t().dot(&mnist.train.images) / counts;
    let lengths = (&means * &means).sum_axis(Axis(1));
    let nearness = mnist.test.images.dot(&means.t()) - lengths / 2.0;
    assert_eq!(accuracy(&nearness, &mnist.test.labels), Ok(0.8203));
}

/// What each mistake costs on real digits, with a network that learned here: bounded, because its weights are its own.
#[test]
fn a_network_learns_the_real_digits_and_pays_for_each_mistake() {
    let Some(mnist) = real("a_network_learns_the_real_digits_and_pays_for_each_mistake") else { return };
    let mut net = Network::untrained(&[784, 50, 100, 10], 1).unwrap();
    let rate =
        |net: &Network, images: &Array2<f32>| accuracy(&net.classify(images).unwrap(), &mnist.test.labels).unwrap();
    let images = &mnist.test.images;
    assert!((0.02..0.25).contains(&rate(&net, images)), "untrained");
    Training::sgd(0.3).momentum(0.9).epochs(2).fit(&mut net, &mnist.train).unwrap();
    let right = rate(&net, images);
    assert!((0.95..0.985).contains(&right), "after two epochs: {right}");
    // 256 for 255 is no mistake that anyone would notice.
    assert!((rate(&net, &(images * (255.0 / 256.0))) - right).abs() < 0.002);
    let swapped = Array2::from_shape_fn(images.dim(), |(n, pixel)| images[[n, pixel % 28 * 28 + pixel / 28]]);
    assert!(rate(&net, &swapped) < 0.3, "rows for columns");
    assert!(rate(&net, &images.mapv(|ink| 1.0 - ink)) < 0.4, "paper for ink");
    // Raw pixels drive nearly the whole first layer to its ends.
    let saturated = |images: &Array2<f32>| {
        let z = net.layers()[0].forward(&images.slice(s![..1000, ..])).unwrap();
        z.iter().filter(|&&z| !(0.01..=0.99).contains(&z)).count() as f64 / z.len() as f64
    };
    assert!(saturated(&(images * 255.0)) > 0.95 && saturated(images) < 0.5);
    // One image or a batch: the same answer, to the bit.
    let all = net.forward(images).unwrap();
    for place in [0, 1, 95, 96, 9_999] {
        assert_eq!(net.forward(&images.row(place)).unwrap(), all.row(place));
    }
}

/// Section 8's training, which says the same to the reader.
#[test]
fn five_networks_of_five_seeds_all_read_97_of_100_real_digits() {
    let Some(mnist) = real("five_networks_of_five_seeds_all_read_97_of_100_real_digits") else { return };
    let score = &|seed: u64| {
        let mut net = Network::untrained(&[784, 50, 100, 10], seed).unwrap();
        Training::sgd(0.1).momentum(0.9).epochs(10).seed(seed).threads(1).fit(&mut net, &mnist.train).unwrap();
        accuracy(&net.classify(&mnist.test.images).unwrap(), &mnist.test.labels).unwrap()
    };
    let mut scores: Vec<f64> = std::thread::scope(|scope| {
        let running: Vec<_> = (1..=5).map(|seed| scope.spawn(move || score(seed))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    scores.sort_by(f64::total_cmp);
    eprintln!("five seeds: minimum {}, median {}, maximum {}", scores[0], scores[2], scores[4]);
    assert!(scores[0] >= 0.97 && scores[4] < 0.985, "{scores:?}");
}
