// With the chapter's library.
// outside: forward_pass prelude show shape sigmoid relu matmul dot plot ylim title xlabel ylabel label arange softmax Network chapter forward parameters Mnist sample train test images labels image first next_batch one_hot accuracy classify untrained array Array1 Array2 mapv plot_network trace imshow bar cmap identity_function Training sgd momentum epochs
:dep ndarray = "0.17"
:dep forward-pass = { path = "../../..", default-features = false }
use forward_pass::prelude::*;
let x = arange(-3.0, 3.0, 0.5)?;
let y = sigmoid(&x);
println!("{} {}", shape(&x), show(&y));
%%
plot(&x, &y).ylim(-0.1, 1.1).title("The sigmoid").xlabel("x").ylabel("sigmoid(x)")
%%
struct Weights {
    first: Array2<f64>,
    offset: Array1<f64>,
}
let weights = Weights { first: array![[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], offset: array![0.1, 0.2, 0.3] };
fn hidden(input: &Array1<f64>, weights: &Weights) -> Result<Array1<f64>> {
    let summed = dot(input, &weights.first)? + &weights.offset;
    Ok(sigmoid(&summed))
}
println!("{}", show(&hidden(&array![1.0, 0.5], &weights)?));
%%
let net = Network::chapter();
let answer = net.forward(&array![1.0, 1.0, 1.0])?;
println!("{} {}", show(&answer), shape(&answer));
let scores = softmax(&array![0.3, 2.9, 4.0]);
let largest = scores.fold(f64::MIN, |best, score| best.max(*score));
println!("{} {largest:.3}", net.parameters());
%%
let digits = Mnist::sample();
let picture = digits.train.image(0)?.to_owned();
let few = digits.train.first(20);
println!("{} {}", shape(&few.images), shape(&picture));
let steps = sigmoid(&y);
let rectified = relu(&x);
