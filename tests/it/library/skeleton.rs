//! Digits as the page's canvas has them: one line of one width. Drawn along the skeletons of real test images with the
//! canvas's own pen, they must be read by the weights that come with the crate.
//!
//! Without FORWARD_PASS_MNIST it says that nothing was read.

use forward_pass::mnist::Mnist;
use forward_pass::prelude::*;

/// The canvas of `site.js`, and the width of its pen.
const SIDE: usize = 140;
const PEN: f32 = SIDE as f32 / 12.0;

/// Images of each class.
const EACH: usize = 20;

type Page = Vec<Vec<bool>>;

/// The image at the size of the canvas, between its pixels as straight as can be; ink where it is darker than half.
fn enlarged(image: &ArrayView2<f32>) -> Page {
    let at = |row: f32, column: f32| {
        let (top, left) = (row.floor().clamp(0.0, 26.0), column.floor().clamp(0.0, 26.0));
        let (down, across) = ((row - top).clamp(0.0, 1.0), (column - left).clamp(0.0, 1.0));
        let ink = |r: usize, c: usize| image[[top as usize + r, left as usize + c]];
        (1.0 - down) * ((1.0 - across) * ink(0, 0) + across * ink(0, 1))
            + down * ((1.0 - across) * ink(1, 0) + across * ink(1, 1))
    };
    let place = |pixel: usize| (pixel as f32 + 0.5) * 28.0 / SIDE as f32 - 0.5;
    (0..SIDE).map(|row| (0..SIDE).map(|column| at(place(row), place(column)) > 0.5).collect()).collect()
}

/// Zhang and Suen's thinning (1984): a line one pixel wide is left, connected as the ink was.
fn thinned(mut page: Page) -> Page {
    let places = (1..SIDE - 1).flat_map(|row| (1..SIDE - 1).map(move |column| (row, column)));
    let mut ink: Vec<(usize, usize)> = places.filter(|&(row, column)| page[row][column]).collect();
    loop {
        let before = ink.len();
        for first in [true, false] {
            let is_gone = |&(row, column): &(usize, usize)| is_removable(&page, row, column, first);
            let (gone, kept): (Vec<_>, Vec<_>) = ink.into_iter().partition(is_gone);
            gone.into_iter().for_each(|(row, column)| page[row][column] = false);
            ink = kept;
        }
        if ink.len() == before {
            return page;
        }
    }
}

fn is_removable(page: &Page, row: usize, column: usize, first: bool) -> bool {
    // Clockwise, from above.
    const AROUND: [(usize, usize); 8] = [(0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0)];
    let p = AROUND.map(|(r, c)| page[row + r - 1][column + c - 1]);
    let count = p.iter().filter(|ink| **ink).count();
    let turns = (0..8).filter(|&at| !p[at] && p[(at + 1) % 8]).count();
    let sides = if first { !(p[2] && p[4] && (p[0] || p[6])) } else { !(p[0] && p[6] && (p[2] || p[4])) };
    (2..=6).contains(&count) && turns == 1 && sides
}

/// The pen's round tip at every place of the line, with edges as smooth as a browser's, in 256 steps.
fn drawn(line: &Page) -> Array2<f32> {
    let mut canvas = Array2::zeros((SIDE, SIDE));
    let reach = (PEN / 2.0).ceil() as usize + 1;
    for (row, column) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column))) {
        if !line[row][column] {
            continue;
        }
        for r in row.saturating_sub(reach)..(row + reach + 1).min(SIDE) {
            for c in column.saturating_sub(reach)..(column + reach + 1).min(SIDE) {
                let far = (r.abs_diff(row) as f32).hypot(c.abs_diff(column) as f32);
                let ink = ((PEN / 2.0 + 0.5 - far).clamp(0.0, 1.0) * 255.0).round() / 255.0;
                canvas[[r, c]] = ink.max(canvas[[r, c]]);
            }
        }
    }
    canvas
}

#[test]
fn the_skeletons_of_real_digits_are_read() -> Result<()> {
    if std::env::var_os("FORWARD_PASS_MNIST").is_none() {
        eprintln!("FORWARD_PASS_MNIST is not set, so NO skeletons were read");
        return Ok(());
    }
    let digits = Mnist::find()?.test;
    let net = Network::sample();
    let mut wrong = Vec::new();
    for class in 0..10 {
        for place in (0..digits.len()).filter(|&at| digits.labels[at] == class).take(EACH) {
            let image = read_image(&drawn(&thinned(enlarged(&digits.image(place)?))))?;
            let said = net.classify(&image.insert_axis(Axis(0)))?[0];
            if said != class {
                wrong.push(format!("{class} ({place}) read as {said}"));
            }
        }
    }
    let right = 10 * EACH - wrong.len();
    eprintln!("{right} of {} skeletons are read", 10 * EACH);
    assert!(right * 100 >= 95 * 10 * EACH, "{right} of {}: {}", 10 * EACH, wrong.join(", "));
    Ok(())
}
