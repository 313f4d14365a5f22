// A neuron by hand with ndarray.
// outside: ndarray array Array Array1 Array2 Axis ArrayView1 mapv dot sum_axis shape t row nrows ncols zeros ones from_shape_vec mean_axis rows outer_iter assign fill column slice s linspace eye into_shape_with_order mean from_vec concatenate stack len_of ndim dim
:dep ndarray = "0.17"
use ndarray::{Array1, Array2, Axis, array};
let weights: Array1<f64> = array![0.5, -1.0, 2.0];
let input: Array1<f64> = array![1.0, 2.0, 3.0];
let bias = 0.1;
let activation = weights.dot(&input) + bias;
println!("{activation:.3}");
%%
fn sigmoid(value: f64) -> f64 {
    1.0 / (1.0 + (-value).exp())
}
let squashed = input.mapv(sigmoid);
println!("{squashed:.3} {:?}", squashed.shape());
%%
struct Layer {
    weights: Array2<f64>,
    biases: Array1<f64>,
}
impl Layer {
    fn new(inputs: usize, outputs: usize) -> Layer {
        Layer { weights: Array2::ones((outputs, inputs)), biases: Array1::zeros(outputs) }
    }
    fn forward(&self, input: &Array1<f64>) -> Array1<f64> {
        (self.weights.dot(input) + &self.biases).mapv(sigmoid)
    }
}
let layer = Layer::new(3, 2);
let output = layer.forward(&input);
println!("{output:.4}");
%%
let table = Array2::from_shape_vec((2, 3), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
println!("{} {}", table.nrows(), table.ncols());
let totals = table.sum_axis(Axis(0));
let means = table.mean_axis(Axis(1)).unwrap();
println!("{totals} {means} {}", table.t());
%%
for line in table.outer_iter() {
    println!("{}", line.sum());
}
let first_row = table.row(0).to_owned();
let norm = first_row.mapv(|entry: f64| entry.powi(2)).sum().sqrt();
let grid = Array1::<f64>::linspace(0.0, 1.0, 5);
println!("{norm:.3} {}", grid.len());
%%
fn softmax(scores: &Array1<f64>) -> Array1<f64> {
    let largest = scores.fold(f64::NEG_INFINITY, |left, right| left.max(*right));
    let powers = scores.mapv(|score| (score - largest).exp());
    let total = powers.sum();
    powers / total
}
let probabilities = softmax(&array![1.0, 2.0, 3.0]);
let mut filled = Array2::<f64>::zeros((2, 2));
filled.fill(0.25);
filled.row_mut(0).assign(&array![1.0, 2.0]);
println!("{probabilities:.3} {filled}");
