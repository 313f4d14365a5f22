// A matrix of one's own, a module, a macro.
mod linear {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Matrix {
        pub rows: usize,
        pub columns: usize,
        entries: Vec<f64>,
    }
    impl Matrix {
        pub fn zeros(rows: usize, columns: usize) -> Matrix {
            Matrix { rows, columns, entries: vec![0.0; rows * columns] }
        }
        pub fn identity(size: usize) -> Matrix {
            let mut matrix = Matrix::zeros(size, size);
            for diagonal in 0..size {
                matrix.set(diagonal, diagonal, 1.0);
            }
            matrix
        }
        pub fn get(&self, row: usize, column: usize) -> f64 {
            self.entries[row * self.columns + column]
        }
        pub fn set(&mut self, row: usize, column: usize, value: f64) {
            self.entries[row * self.columns + column] = value;
        }
        pub fn transpose(&self) -> Matrix {
            let mut flipped = Matrix::zeros(self.columns, self.rows);
            for row in 0..self.rows {
                for column in 0..self.columns {
                    flipped.set(column, row, self.get(row, column));
                }
            }
            flipped
        }
    }
    pub fn trace(matrix: &Matrix) -> f64 {
        (0..matrix.rows.min(matrix.columns)).map(|index| matrix.get(index, index)).sum()
    }
    pub const EPSILON: f64 = 1e-9;
}
%%
use linear::Matrix;
let mut grid = Matrix::zeros(2, 3);
grid.set(0, 2, 5.0);
let flipped = grid.transpose();
println!("{} x {}: {}", flipped.rows, flipped.columns, flipped.get(2, 0));
let unit = Matrix::identity(3);
println!("{} {}", linear::trace(&unit), linear::EPSILON);
%%
macro_rules! square {
    ($value:expr) => {
        $value * $value
    };
}
macro_rules! hashmap {
    ($($key:expr => $value:expr),*) => {{
        let mut map = std::collections::HashMap::new();
        $(map.insert($key, $value);)*
        map
    }};
}
println!("{}", square!(7));
let ports = hashmap!{"http" => 80, "https" => 443};
ports.get("https").copied()
%%
type Pair = (f64, f64);
const LIMIT: usize = 100;
static GREETING: &str = "hello";
fn collatz(mut number: u64) -> Vec<u64> {
    let mut sequence = vec![number];
    while number != 1 && sequence.len() < LIMIT {
        number = if number % 2 == 0 { number / 2 } else { 3 * number + 1 };
        sequence.push(number);
    }
    sequence
}
let orbit = collatz(27);
println!("{GREETING} {} {:?}", orbit.len(), orbit.iter().max());
%%
fn determinant(cells: [[f64; 2]; 2]) -> f64 {
    let [[topleft, topright], [bottomleft, bottomright]] = cells;
    topleft * bottomright - topright * bottomleft
}
let determined = determinant([[1.0, 2.0], [3.0, 4.0]]);
assert!((determined + 2.0).abs() < linear::EPSILON);
println!("{} {}", i32::MAX, f64::EPSILON);
println!("{} {}", u8::from_str_radix("ff", 16)?, (2.0f64).powf(0.5));
