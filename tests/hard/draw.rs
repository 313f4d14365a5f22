//! Hard shapes, hard values and hard strings, drawn from a seed.

use forward_pass::prelude::*;

/// A stream of choices that records which function is being tested.
pub struct Draw {
    source: Box<dyn FnMut() -> u64>,
    step: &'static str,
}

impl Draw {
    pub fn new(source: impl FnMut() -> u64 + 'static) -> Draw {
        Draw { source: Box::new(source), step: "the start" }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        (self.source)()
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Records which function is tested next.
    pub fn now(&mut self, step: &'static str) -> &mut Draw {
        self.step = step;
        self
    }

    pub fn step(&self) -> &'static str {
        self.step
    }

    pub fn axis(&mut self) -> isize {
        let ends = [0, 1, 2, 3, -1, -2, -5, isize::MIN, isize::MAX];
        self.one(&ends)
    }

    pub fn size(&mut self) -> usize {
        self.one(&[0, 1, 1, 2, 3, 3, 5, 17])
    }

    /// As it is, reversed, transposed, every second element, or one number broadcast.
    pub fn array<T: Hard>(&mut self) -> ArrayD<T> {
        let mut shape: Vec<usize> = (0..self.below(5)).map(|_| self.one(&[0, 1, 1, 2, 3, 3, 5])).collect();
        if shape.contains(&0) && self.below(4) == 0 {
            shape.push(1 << 40);
        }
        let count = shape.iter().product();
        let usual = self.below(3) == 0;
        let numbers = (0..count).map(|_| if usual { T::usual(self) } else { T::hard(self) }).collect();
        let mut array = ArrayD::from_shape_vec(shape, numbers).unwrap();
        for axis in 0..array.ndim() {
            match self.below(6) {
                0 => array.invert_axis(Axis(axis)),
                1 => array.slice_axis_inplace(Axis(axis), ndarray::Slice::new(0, None, 2)),
                2 => array.swap_axes(0, axis),
                3 => array.slice_axis_inplace(
                    Axis(axis),
                    ndarray::Slice::new(1.min(array.len_of(Axis(axis)) as isize), None, -2),
                ),
                _ => {}
            }
        }
        array
    }

    pub fn vector<T: Hard>(&mut self) -> Array1<T> {
        let count = self.size();
        (0..count).map(|_| T::hard(self)).collect()
    }

    pub fn matrix<T: Hard>(&mut self) -> Array2<T> {
        let shape = (self.size(), self.size());
        let matrix = Array2::from_shape_simple_fn(shape, || T::hard(self));
        if self.below(3) == 0 { matrix.reversed_axes() } else { matrix }
    }

    pub fn word(&mut self) -> &'static str {
        self.one(&[
            "",
            "a",
            "log",
            "linear",
            "symlog",
            "C0",
            "#ff0000",
            "#",
            "no such colour",
            "--",
            "o",
            "viridis",
            "gray",
            "upper left",
            "best",
            "수",
            "\u{0}\u{1b}[2J",
            "<&\">",
            "-",
            "precision=3",
            "sign=+",
        ])
    }
}

/// A number type with its worst values.
pub trait Hard: Copy {
    fn hard(draw: &mut Draw) -> Self;
    fn usual(draw: &mut Draw) -> Self;
}

macro_rules! floats {
    ($($type:ident)*) => {$(
        impl Hard for $type {
            fn hard(draw: &mut Draw) -> $type {
                let worst = [0.0, -0.0, 1.0, -1.0, $type::NAN, $type::INFINITY, $type::NEG_INFINITY, $type::MAX,
                    $type::MIN, $type::MIN_POSITIVE, $type::MIN_POSITIVE / 3.0, $type::EPSILON, 1e-5, 1e8, 0.1, 709.8,
                    -746.0];
                match draw.below(4) {
                    0 => $type::from_bits(draw.bits() as _),
                    _ => draw.one(&worst),
                }
            }

            fn usual(draw: &mut Draw) -> $type {
                draw.below(2000) as $type / 100.0 - 10.0
            }
        }
    )*};
}

macro_rules! integers {
    ($($type:ident)*) => {$(
        impl Hard for $type {
            fn hard(draw: &mut Draw) -> $type {
                match draw.below(3) {
                    0 => draw.bits() as $type,
                    _ => draw.one(&[0, 1, $type::MAX, $type::MIN, $type::MAX - 1]),
                }
            }

            fn usual(draw: &mut Draw) -> $type {
                draw.below(10) as $type
            }
        }
    )*};
}

floats!(f32 f64);
integers!(i8 i32 i64 u8 usize isize);
