//! Digits drawn by our own code: strokes with random slant, thickness, shift and noise.
//!
//! They look like handwriting, but no image was copied or traced. They are not MNIST: a network that reads them well
//! reads real digits less well (the chapter says by how much).

mod glyph;
mod pen;

use ndarray::{Array1, Array2};

use self::pen::Page;
use super::idx::PIXELS;
use crate::random::Random;

/// A point on the page; (0, 0) is the top left of a digit and (1, 1) its bottom right.
type Point = (f32, f32);

/// `count` digits, every label as often as the others, in a random order.
pub(super) fn draw(count: usize, seed: u64, stream: u64) -> (Array2<f32>, Array1<u8>) {
    let mut random = Random::new(seed, stream);
    let mut labels: Vec<u8> = (0..=9).cycle().take(count).collect();
    random.shuffle(&mut labels);
    let mut images = Array2::zeros((count, PIXELS));
    let mut page = Page::default();
    for (mut row, &label) in images.rows_mut().into_iter().zip(&labels) {
        if let Some(pixels) = row.as_slice_mut() {
            digit(label, &mut random, &mut page, pixels);
        }
    }
    (images, Array1::from_vec(labels))
}

fn digit(label: u8, random: &mut Random, page: &mut Page, pixels: &mut [f32]) {
    let variants = glyph::strokes(label);
    let strokes = variants[random.below(variants.len())];
    let hand = Hand::new(random, label);
    let placed: Vec<Vec<Point>> =
        strokes.iter().map(|stroke| pen::spline(&wobble(stroke, random, hand.care))).collect();
    page.clear();
    let centre = pen::centre(placed.iter().flatten().map(|&point| hand.place(point)));
    let paper = (13.5 + hand.shift.0 - centre.0, 13.5 + hand.shift.1 - centre.1);
    for stroke in placed {
        let points = stroke.into_iter().map(|point| {
            let (x, y) = hand.place(point);
            (x + paper.0, y + paper.1)
        });
        page.stroke(points, hand.thickness * random.between(0.9, 1.1), hand.pressure);
    }
    page.develop(random, hand.noise, pixels);
}

fn wobble(stroke: &[Point], random: &mut Random, care: f32) -> Vec<Point> {
    let mut near = |value: f32| value + care * random.normal() as f32;
    stroke.iter().map(|&(x, y)| (near(x), near(y))).collect()
}

/// How one person writes one digit.
struct Hand {
    size: (f32, f32),
    slant: f32,
    turn: (f32, f32),
    bend: (f32, f32, f32),
    shift: Point,
    thickness: f32,
    pressure: f32,
    care: f32,
    noise: f32,
}

impl Hand {
    fn new(random: &mut Random, label: u8) -> Hand {
        let height = random.between(15.0, 21.0);
        let narrow = if label == 1 { random.between(0.25, 0.5) } else { random.between(0.5, 0.9) };
        let angle = 0.10 * random.normal() as f32;
        Hand {
            size: (height * narrow, height),
            slant: 0.10 + 0.12 * random.normal() as f32,
            turn: (libm::cosf(angle), libm::sinf(angle)),
            bend: (random.between(-0.06, 0.06), random.between(2.0, 6.0), random.between(0.0, 6.3)),
            shift: (random.between(-2.5, 2.5), random.between(-2.5, 2.5)),
            thickness: random.between(0.75, 1.75),
            pressure: random.between(0.75, 1.25),
            care: random.between(0.015, 0.03),
            noise: random.between(0.0, 0.25),
        }
    }

    /// From the unit box to pixels around (0, 0): bent, widened, slanted, turned.
    fn place(&self, (x, y): Point) -> Point {
        let (depth, pace, phase) = self.bend;
        let x = (x - 0.5 + depth * libm::sinf(pace * y + phase)) * self.size.0;
        let y = (y - 0.5 + depth * libm::sinf(pace * x / self.size.0 + phase)) * self.size.1;
        let x = x - self.slant * y;
        (x * self.turn.0 - y * self.turn.1, x * self.turn.1 + y * self.turn.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_drawn_as_often() {
        let (_, labels) = draw(50, 1, 0);
        for digit in 0..10 {
            assert_eq!(labels.iter().filter(|&&label| label == digit).count(), 5);
        }
    }

    #[test]
    fn every_digit_has_ink_and_paper() {
        let (images, labels) = draw(500, 3, 0);
        for (image, label) in images.rows().into_iter().zip(&labels) {
            assert!(image.iter().all(|&pixel| (0.0..=1.0).contains(&pixel)));
            let ink = image.iter().filter(|&&pixel| pixel > 0.5).count();
            assert!((15..300).contains(&ink), "a {label} with {ink} pixels of ink");
        }
    }

    #[test]
    fn no_two_are_the_same() {
        let (images, _) = draw(100, 1, 0);
        let same = (1..100).filter(|&place| images.row(place) == images.row(0)).count();
        assert_eq!(same, 0);
    }

    #[test]
    fn the_first_digit_of_seed_1_stays_as_it_is() {
        let (images, labels) = draw(3, 1, 0);
        let sums: Vec<u32> =
            images.rows().into_iter().map(|row| row.iter().map(|p| (p * 255.0) as u32).sum()).collect();
        assert_eq!((labels.to_vec(), sums), (vec![0, 2, 1], vec![21944, 30730, 17366]));
    }
}
