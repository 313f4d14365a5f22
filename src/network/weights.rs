//! Trained weights as files: `.npz`, which NumPy reads and writes, and `.safetensors` with the feature of that name.
//!
//! Both hold W1, b1, W2, b2, ... in any float type. Files are untrusted: every length and offset is checked against
//! the actual size. No Python object is ever unpickled.

mod element;
mod foreign;
mod npy;
mod npz;
#[cfg_attr(not(feature = "safetensors"), path = "weights/without_safetensors.rs")]
mod safetensors;
mod zip;

use std::fs;
use std::path::Path;

use ndarray::{Array1, Array2};

use self::element::Element;
use super::{Activation, Layer, Network, Real};
use crate::error::{Error, ErrorKind, Result};
use crate::file;

/// One array of a file.
#[derive(Clone, Debug, PartialEq)]
struct Tensor {
    name: String,
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// The content of a file: its arrays, and the names of the activations if it has them.
#[derive(Debug, Default, PartialEq)]
struct Contents {
    tensors: Vec<Tensor>,
    activations: Vec<String>,
}

/// 784-50-100-10, from ten epochs over the training images of MNIST: f16 with 8 significant bits, deflated. Weights
/// behind pixels that almost nobody inks are 0.
const SAMPLE: &[u8] = include_bytes!("sample_weight.npz");

const NAMES: &str = "the arrays are W1, b1, W2, b2, ...: W has a row for each input, b one value for each output";

impl Network<f32> {
    /// Reads `.npz`, or `.safetensors` with the feature `safetensors`: arrays W1, b1, W2, b2, ... as f16, f32 or f64.
    ///
    /// If the file does not name its activations, they are sigmoid in the hidden layers and softmax at the end; change
    /// them with [`with_activations`](Network::with_activations).
    ///
    /// W has a row for each input. PyTorch stores its weights transposed: write them from Python with
    /// `np.savez("weights.npz", W1=fc1.weight.detach().numpy().T, b1=fc1.bias.detach().numpy(), ...)`. For
    /// `.safetensors`, wrap transposed arrays in `np.ascontiguousarray`: version 0.8.0 of that Python package writes
    /// the values of a transposed array in the wrong order, which no reader can detect.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let file = std::env::temp_dir().join("forward-pass-doctest-load.npz");
    /// let net = Network::untrained(&[784, 50, 100, 10], 1)?;
    /// net.save(&file)?;
    /// assert_eq!(Network::load(&file)?, net);
    /// # std::fs::remove_file(&file).ok();
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// When the file is missing or damaged; when an array is missing, has an unexpected name or shape, does not hold
    /// floats, or holds a value that is not finite. For other formats (pickle, PyTorch, Keras) the message says what
    /// the file is and how to convert it.
    pub fn load(path: impl AsRef<Path>) -> Result<Network<f32>> {
        let path = path.as_ref();
        let read = match fs::read(path) {
            Ok(bytes) => read(&bytes, &path.display().to_string()),
            Err(error) => problem(error.to_string(), "give the path of a .npz or .safetensors file"),
        };
        read.map_err(|problem| problem.of(path))
    }

    /// Reads the bytes of a `.npz` file, or of a `.safetensors` file with the feature `safetensors`, from memory.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let net = Network::untrained(&[784, 50, 100, 10], 1)?;
    /// assert_eq!(Network::from_bytes(&net.to_bytes())?, net);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`load`](Network::load).
    pub fn from_bytes(bytes: &[u8]) -> Result<Network<f32>> {
        const NAME: &str = "the bytes";
        read(bytes, NAME).map_err(|problem| problem.of(Path::new(NAME)))
    }
}

impl Network<f32> {
    /// A network that has learned from MNIST: 784-50-100-10, and it reads 97 of 100 digits of the test set.
    ///
    /// It comes with the crate as an `.npz` of 57 kB; [`load`](Network::load) reads such files of anybody's.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let net = Network::sample();
    /// assert_eq!(net.to_string(), "784-50-100-10 network: 45360 parameters, sigmoid, sigmoid, softmax");
    /// ```
    pub fn sample() -> Network<f32> {
        read(SAMPLE, "sample_weight.npz").unwrap_or_else(|_| unreachable!("a test reads the weights of the crate"))
    }
}

impl<T: Real + Element> Network<T> {
    /// The bytes of the `.npz` file that [`save`](Network::save) writes.
    pub fn to_bytes(&self) -> Vec<u8> {
        npz::write(self)
    }

    /// Writes `.npz`, which `np.load` reads, or `.safetensors` with the feature `safetensors`; the extension decides.
    ///
    /// The file is written atomically.
    ///
    /// # Errors
    /// When the extension is another one, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = match path.extension().and_then(|extension| extension.to_str()) {
            Some("npz") => npz::write(self),
            Some("safetensors") => safetensors::write(self).map_err(|problem| problem.of(path))?,
            _ => {
                let message = format!("{} does not end in .npz or .safetensors", path.display());
                return Err(Error::new(ErrorKind::File, message, "save as `weights.npz`"));
            }
        };
        file::write(path, &bytes)
    }

    /// The same weights with other activations, one for each layer.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let net = Network::untrained(&[784, 50, 10], 1)?;
    /// let net = net.with_activations(&[Activation::Relu, Activation::Softmax])?;
    /// assert_eq!(net.layers()[0].activation(), Activation::Relu);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is not one activation for each layer.
    pub fn with_activations(&self, activations: &[Activation]) -> Result<Network<T>> {
        if activations.len() != self.layers().len() {
            let message = format!("{} activations for {} layers", activations.len(), self.layers().len());
            return Err(Error::new(ErrorKind::Value, message, "give one activation for each layer"));
        }
        let layers = self.layers().iter().zip(activations);
        let layers = layers.map(|(layer, kind)| Layer::new(layer.weights().clone(), layer.bias().clone(), *kind));
        Network::new(layers.collect::<Result<_>>()?)
    }
}

/// What is wrong with a file; the name of the file is added later.
#[derive(Debug, PartialEq)]
struct Problem {
    what: String,
    help: String,
}

impl Problem {
    fn of(self, path: &Path) -> Error {
        Error::new(ErrorKind::File, format!("{}: {}", path.display(), self.what), self.help)
    }
}

fn problem<X>(what: impl Into<String>, help: impl Into<String>) -> Result<X, Problem> {
    Err(Problem { what: what.into(), help: help.into() })
}

const DAMAGED: &str = "the file is damaged or cut short: fetch or save it again";

fn damaged<X>(what: impl Into<String>) -> Result<X, Problem> {
    problem(what, DAMAGED)
}

fn read(bytes: &[u8], path: &str) -> Result<Network<f32>, Problem> {
    // The content decides. A safetensors file starts with the length of its JSON, and a length of 19280 reads `PK`,
    // like a zip archive; but no archive has a `{` at this offset.
    let contents = if bytes.get(8) == Some(&b'{') {
        safetensors::read(bytes)?
    } else if bytes.starts_with(b"PK") {
        npz::read(bytes)?
    } else {
        return foreign::reported(bytes, path);
    };
    assemble(contents)
}

fn assemble(contents: Contents) -> Result<Network<f32>, Problem> {
    let Contents { tensors, activations } = contents;
    let find = |name: String| tensors.iter().find(|tensor| tensor.name == name);
    let numbered = |tensor: &Tensor| {
        let digits = tensor.name.strip_prefix(['W', 'b'])?;
        digits.parse::<usize>().ok().filter(|k| *k > 0 && k.to_string() == digits)
    };
    let found = || tensors.iter().map(|tensor| tensor.name.as_str()).collect::<Vec<_>>().join(", ");
    // A scalar beside the weights, such as an accuracy, is ignored; another array may be a layer with a wrong name.
    if let Some(stranger) = tensors.iter().find(|tensor| numbered(tensor).is_none() && !tensor.shape.is_empty()) {
        let names: Vec<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        let what = format!("`{}` is not the name of a weight or bias; the file has {}", stranger.name, found());
        return problem(what, foreign::renamed(&stranger.name, &names));
    }
    let count = tensors.iter().filter_map(numbered).max().unwrap_or(0);
    if count == 0 {
        let others = if tensors.is_empty() { "no arrays".into() } else { found() };
        return problem(format!("W1 is missing; the file has {others}"), NAMES);
    }
    if count > tensors.len() {
        // Otherwise the loop below could run to 4 billion.
        let what = format!("there is a W or b number {count}, but only {} arrays: {}", tensors.len(), found());
        return problem(what, NAMES);
    }
    if !activations.is_empty() && activations.len() != count {
        let (number, names) = (activations.len(), activations.join(", "));
        let what = format!("the file names {number} activations ({names}) for {count} layers");
        return problem(what, "save one activation for each layer, or none");
    }
    let mut layers = Vec::with_capacity(count);
    for k in 1..=count {
        let (Some(weights), Some(bias)) = (find(format!("W{k}")), find(format!("b{k}"))) else {
            let missing = if find(format!("W{k}")).is_none() { "W" } else { "b" };
            return problem(format!("{missing}{k} is missing; the file has {}", found()), NAMES);
        };
        let kind = match activations.get(k - 1) {
            Some(kind) => kind
                .parse()
                .map_err(|error: Error| Problem { what: error.message().into(), help: error.help().into() })?,
            None if k == count => Activation::Softmax,
            None => Activation::Sigmoid,
        };
        layers.push(layer(weights, bias, kind)?);
    }
    check_chain(&layers)?;
    Network::new(layers).map_err(|error| Problem { what: error.message().into(), help: error.help().into() })
}

fn layer(weights: &Tensor, bias: &Tensor, kind: Activation) -> Result<Layer<f32>, Problem> {
    let (w, b) = (&weights.name, &bias.name);
    let &[inputs, outputs] = &weights.shape[..] else {
        return problem(format!("{w} has shape {}, not two dimensions", shape_text(&weights.shape)), NAMES);
    };
    if inputs == 0 || outputs == 0 {
        return problem(format!("{w} has shape {}", shape_text(&weights.shape)), "no dimension can be 0");
    }
    // A row (1, outputs) of biases broadcasts like a vector of them, in NumPy too.
    if bias.shape != [outputs] && bias.shape != [1, outputs] {
        let what = format!(
            "{w} has shape {} and {b} {}, not ({outputs},)",
            shape_text(&weights.shape),
            shape_text(&bias.shape)
        );
        let help = match bias.shape[..] {
            [n] if n == inputs => {
                format!("{w} looks transposed: {}", foreign::saved(&format!("{w}={w}.T, {b}={b}, ...")))
            }
            [n, 1] if n == inputs => {
                let saved = foreign::saved(&format!("{w}={w}.T, {b}={b}.ravel(), ..."));
                format!("these are for inputs in columns: {saved}")
            }
            _ => NAMES.to_string(),
        };
        return problem(what, help);
    }
    let weights = Array2::from_shape_vec((inputs, outputs), numbers(weights)?);
    let weights = weights.map_err(|error| Problem { what: format!("{w}: {error}"), help: DAMAGED.into() })?;
    let layer = Layer::new(weights, Array1::from(numbers(bias)?), kind);
    layer.map_err(|error| Problem { what: error.message().into(), help: error.help().into() })
}

fn numbers(tensor: &Tensor) -> Result<Vec<f32>, Problem> {
    let number = |(place, &value): (usize, &f64)| {
        let short = value as f32;
        if short.is_finite() {
            return Ok(short);
        }
        let why = if value.is_finite() { format!("{value:e}, too large for an f32") } else { value.to_string() };
        problem(
            format!("{} holds {why} at index {place}", tensor.name),
            "a weight must be finite: train or export the network again",
        )
    };
    tensor.values.iter().enumerate().map(number).collect()
}

fn check_chain(layers: &[Layer<f32>]) -> Result<(), Problem> {
    for (index, pair) in layers.windows(2).enumerate() {
        let (k, next) = (index + 1, index + 2);
        if pair[0].outputs() != pair[1].inputs() {
            let text = |layer: &Layer<f32>| shape_text(&[layer.inputs(), layer.outputs()]);
            let what = format!("W{k} has shape {} and W{next} {}", text(&pair[0]), text(&pair[1]));
            return problem(what, format!("W{next} needs {} rows, one for each column of W{k}", pair[0].outputs()));
        }
    }
    Ok(())
}

fn shape_text(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The name, shape and values of every array of a network, in order.
fn arrays<T: Real>(net: &Network<T>) -> Vec<(String, Vec<usize>, Vec<T>)> {
    let of_layer = |(index, layer): (usize, &Layer<T>)| {
        let k = index + 1;
        let weights = (format!("W{k}"), layer.weights().shape().to_vec(), layer.weights().iter().copied().collect());
        [weights, (format!("b{k}"), vec![layer.outputs()], layer.bias().to_vec())]
    };
    net.layers().iter().enumerate().flat_map(of_layer).collect()
}

fn kinds<T: Real>(net: &Network<T>) -> Vec<&'static str> {
    net.layers().iter().map(|layer| layer.activation().name()).collect()
}
