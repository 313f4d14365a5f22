//! A printing case of the judge: an array, how it is seen, the options, and what NumPy printed.

use forward_pass::prelude::*;
use forward_pass::show::Element;
use num_complex::{Complex32, Complex64};
use serde_json::Value;

/// What this library prints for a case.
pub fn printed(case: &Value) -> String {
    match text(case, "d") {
        "?" => of(case, |word| word == "1"),
        "i1" => of(case, parsed::<i8>),
        "i2" => of(case, parsed::<i16>),
        "i4" => of(case, parsed::<i32>),
        "i8" => of(case, parsed::<i64>),
        "u1" => of(case, parsed::<u8>),
        "u2" => of(case, parsed::<u16>),
        "u4" => of(case, parsed::<u32>),
        "u8" => of(case, parsed::<u64>),
        "f4" => of(case, parsed::<f32>),
        "f8" => of(case, parsed::<f64>),
        "c8" => of_pairs(case, |re, im| Complex32::new(parsed(re), parsed(im))),
        "c16" => of_pairs(case, |re, im| Complex64::new(parsed(re), parsed(im))),
        other => panic!("no dtype {other}"),
    }
}

pub fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or("")
}

pub fn shape_of(case: &Value) -> Vec<usize> {
    case["s"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap() as usize).collect()
}

pub fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(word: &str) -> T {
    word.parse().unwrap()
}

fn of<T: Element + Show>(case: &Value, parse: impl Fn(&str) -> T) -> String {
    form(case, text(case, "v").split_whitespace().map(parse).collect())
}

fn of_pairs<T: Element + Show>(case: &Value, parse: impl Fn(&str, &str) -> T) -> String {
    let words: Vec<&str> = text(case, "v").split_whitespace().collect();
    form(case, words.chunks(2).map(|pair| parse(pair[0], pair[1])).collect())
}

fn form<T: Element + Show>(case: &Value, elements: Vec<T>) -> String {
    let options = PrintOptions::parse(text(case, "o")).unwrap();
    let array = ArrayD::from_shape_vec(shape_of(case), elements).unwrap();
    let view = seen(array, text(case, "w"));
    let argument = |index: usize| case["a"][index].as_str().unwrap();
    match text(case, "k") {
        "repr" => options.repr(&view),
        "str" => options.show(&view),
        "scalar" => show(view.first().unwrap()),
        "array2string" => options.array2string(&view, argument(0), argument(1), argument(2)),
        other => panic!("no form {other}"),
    }
}

/// The same elements, transposed, reversed, every second one, or in Fortran order.
fn seen<T: Copy>(array: ArrayD<T>, ways: &str) -> ArrayD<T> {
    let mut array = array;
    for way in ways.chars() {
        match way {
            'T' => array = array.reversed_axes(),
            'R' => array.invert_axis(Axis(0)),
            'H' => array.slice_axis_inplace(Axis(array.ndim() - 1), ndarray::Slice::new(0, None, 2)),
            'F' => array = array.t().as_standard_layout().into_owned().reversed_axes(),
            other => panic!("no way {other}"),
        }
    }
    array
}
