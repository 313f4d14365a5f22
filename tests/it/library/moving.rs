//! The figures that move: each draws at its start and at the ends of its controls, and says what it cannot draw.

use forward_pass::moving::{Control, Moving, chapter, choice, film, slider};
use forward_pass::prelude::ko::page;
use forward_pass::prelude::*;

use crate::support::words::english_words;

fn ends(control: &Control) -> [f64; 2] {
    [*control.range.start(), *control.range.end()]
}

#[test]
fn every_figure_of_the_chapter_draws_at_its_start_and_at_the_ends_of_its_controls() {
    for entry in chapter::ALL {
        let figure = (entry.figure)();
        let start: Vec<f64> = figure.controls().iter().map(|control| control.start).collect();
        let still = figure.still().unwrap().check().unwrap().to_svg();
        assert_eq!(figure.draw(&start).unwrap().to_svg(), still, "{}", entry.name);
        for (at, control) in figure.controls().iter().enumerate() {
            assert!(control.range.contains(&control.start) && control.step > 0.0, "{} {}", entry.name, control.name);
            let mut differs = false;
            for end in ends(control) {
                let mut values = start.clone();
                values[at] = end;
                differs |= figure.draw(&values).unwrap().check().unwrap().to_svg() != still;
            }
            assert!(differs, "`{}` changes nothing in {}", control.name, entry.name);
        }
    }
}

#[test]
fn the_words_of_every_figure_of_the_chapter_can_be_korean() {
    for entry in chapter::ALL {
        let figure = page::find(entry.name).unwrap();
        let start: Vec<f64> = figure.controls().iter().map(|control| control.start).collect();
        for (at, control) in figure.controls().iter().enumerate() {
            for end in ends(control).into_iter().chain([1.0]) {
                let mut values = start.clone();
                values[at] = end;
                let svg = figure.draw(&values).unwrap().check().unwrap().to_svg();
                let left = english_words(&svg);
                assert!(
                    left.is_empty(),
                    "{} with `{}` {end}: not in `korean/words.rs`: {left:?}",
                    entry.name,
                    control.name
                );
            }
        }
    }
    let digits = Mnist::drawn(0, 20, 1).test;
    let read = page::layers_of_a_digit(&Network::sample(), &digits.images.row(0).to_owned()).unwrap().to_svg();
    let learns = page::training_progress(&Network::sample(), &[1.0, 0.5], &digits).unwrap().to_svg();
    for svg in [read, learns] {
        assert!(english_words(&svg).is_empty(), "{:?}", english_words(&svg));
    }
    assert!(page::find("no-such-figure").is_none());
}

#[test]
fn names_are_unique_and_known() {
    for (at, entry) in chapter::ALL.iter().enumerate() {
        assert!(chapter::ALL[..at].iter().all(|other| other.name != entry.name), "{} is there twice", entry.name);
        assert!(chapter::find(entry.name).is_some());
    }
    assert!(chapter::find("no-such-figure").is_none());
}

fn curve() -> Moving {
    let controls = [slider("slope", 0.0..=10.0, 0.5, 1.0), choice("kind", &["a", "b"]), film("epoch", 0..=3, 1)];
    Moving::new(controls, |[slope, kind, epoch]| plot(&[0.0, 1.0], &[kind + epoch, slope]))
}

#[test]
fn values_outside_a_range_become_the_nearest_in_it() {
    let figure = curve();
    let svg = |values: &[f64]| figure.draw(values).unwrap().to_svg();
    assert_eq!(svg(&[99.0, 5.0, f64::INFINITY]), svg(&[10.0, 1.0, 3.0]));
    assert_eq!(svg(&[-1.0, -1.0, -1.0]), svg(&[0.0, 0.0, 0.0]));
    assert_eq!(figure.still().unwrap().to_svg(), svg(&[1.0, 0.0, 1.0]));
    assert_eq!(format!("{figure:?}"), "a figure with the controls slope, kind, epoch");
}

#[test]
fn what_cannot_be_drawn_is_an_error_that_names_the_value() {
    let figure = curve();
    let message = |values: &[f64]| figure.draw(values).unwrap_err().to_string();
    assert!(message(&[1.0]).starts_with("1 values for 3 controls"));
    assert!(message(&[1.0, 0.0, f64::NAN]).starts_with("the value of `epoch` is NaN"));
    let failing = Moving::new([slider("x", 0.0..=1.0, 1.0, 0.0)], |[_]| -> Result<Figure> {
        dot(&array![1.0], &array![1.0, 2.0]).map(|_| Figure::new())
    });
    assert!(failing.still().is_err());
}

/// The texts of a figure.
fn labels(figure: &Figure) -> Vec<String> {
    let svg = figure.to_svg();
    svg.split("aria-label=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn every_layer_has_its_own_numbers_under_its_own_name() {
    let texts = labels(&chapter::numbers_on_their_way([1.0, 1.0, 1.0]).unwrap());
    let trace = Network::chapter().trace(&array![1.0, 1.0, 1.0]).unwrap();
    for layer in 1..=3 {
        let rounded = trace.z(layer).unwrap().mapv(|z: f64| (z * 100.0).round() / 100.0);
        let note = format!("sigmoid {}", show(&rounded));
        assert!(texts.contains(&note), "{note}: {texts:?}");
    }
    let image = Mnist::drawn(1, 0, 3).train.images.row(0).to_owned();
    let texts = labels(&chapter::layers_of_a_digit(&Network::sample(), &image).unwrap());
    for name in ["input", "layer 1", "layer 2"] {
        assert!(texts.iter().any(|text| text == name), "{name}: {texts:?}");
    }
    assert!(!texts.iter().any(|text| text == "layer 3"), "{texts:?}");
}

#[test]
fn training_goes_on_from_an_earlier_epoch_with_the_same_numbers() {
    let find = || chapter::find("regions").expect("a figure of the chapter");
    let kept = find();
    let moves = [[3.0, 6.0, 5.0], [3.0, 6.0, 5.0], [3.0, 6.0, 40.0], [3.0, 6.0, 7.0], [3.0, 4.0, 9.0], [1.0, 4.0, 0.0]];
    for values in moves {
        let drawn = |figure: &Moving| figure.draw(&values).expect("it is drawn").to_svg();
        assert!(drawn(&kept) == drawn(&find()), "{values:?}");
    }
}
