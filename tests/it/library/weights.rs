//! Weights from files: every float type, both formats, and everything that can be wrong with them.
//!
//! The good files were written by NumPy 2.4 and kept as bytes in the fixtures; the bad ones are made here from those.

use std::fs;
use std::path::{Path, PathBuf};

use forward_pass::prelude::*;
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/weights").join(name)
}

/// One file of each float type; none where the feature is off.
const SAFETENSORS: &[&str] = if cfg!(feature = "safetensors") {
    &["f16.safetensors", "bf16.safetensors", "f32.safetensors", "f64.safetensors"]
} else {
    &[]
};

/// 3-2-2: what tests/fixtures/weights/make.py writes, in each way that NumPy can.
fn expected() -> Network {
    let first = Layer::new(array![[0.5, -1.0], [0.25, 2.0], [-0.125, 0.0]], array![0.5, -0.5], Activation::Sigmoid);
    let second = Layer::new(array![[1.0, -1.0], [0.5, 0.75]], array![0.0, 0.25], Activation::Softmax);
    Network::new(vec![first.unwrap(), second.unwrap()]).unwrap()
}

#[test]
fn every_float_type_layout_and_packing_is_read() {
    let files = ["f2.npz", "f4.npz", "f8.npz", "big.npz", "big-f2.npz", "big-f8-fortran.npz", "fortran.npz"];
    let files = files.into_iter().chain(["compressed.npz", "scalar.npz"]).chain(SAFETENSORS.iter().copied());
    for name in files {
        assert_eq!(Network::load(fixture(name)).unwrap(), expected(), "{name}");
    }
}

#[test]
fn bytes_in_memory_read_as_the_files_do() {
    for name in ["f4.npz", "compressed.npz", "big-f8-fortran.npz"] {
        assert_eq!(Network::from_bytes(&fs::read(fixture(name)).unwrap()).unwrap(), expected(), "{name}");
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("weights.npz");
    expected().save(&file).unwrap();
    assert_eq!(fs::read(&file).unwrap(), expected().to_bytes());
    let short = Network::from_bytes(&expected().to_bytes()[..40]).unwrap_err();
    assert!(short.message().starts_with("the bytes: "), "{short}");
}

/// What tests/fixtures/weights/others.py, where no code of this crate runs, found out with NumPy.
fn others() -> serde_json::Value {
    serde_json::from_slice(&fs::read(fixture("other.json")).unwrap()).unwrap()
}

fn list(of: &serde_json::Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// The network of others.py in both formats, and in all that it wrote into a folder where the variable names one.
fn files_of_others() -> Vec<PathBuf> {
    let mut files = vec![fixture("other.npz"), fixture("other.safetensors")];
    if let Some(folder) = std::env::var_os("FORWARD_PASS_OTHER_WEIGHTS") {
        files.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| !path.ends_with("torch.safetensors"));
    files.retain(|path| cfg!(feature = "safetensors") || path.extension() != Some("safetensors".as_ref()));
    files
}

#[test]
fn a_network_that_scikit_learn_trained_says_what_numpy_says() {
    let images = Array2::from_shape_fn((3, 784), |(row, place)| (place * [1, 7, 61][row] % 256) as f32 / 255.0);
    for path in files_of_others() {
        let net = Network::load(&path).unwrap();
        assert_eq!(net.sizes(), [784, 16, 10]);
        for (row, wanted) in
            net.forward(&images).unwrap().rows().into_iter().zip(others()["patterns"].as_array().unwrap())
        {
            for (ours, theirs) in row.iter().zip(list(wanted)) {
                assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{}: {ours} and {theirs}", path.display());
            }
        }
    }
}

#[test]
fn a_network_that_scikit_learn_trained_is_right_exactly_as_often_as_numpy_says() {
    let Some(folder) = std::env::var_os(forward_pass::mnist::VARIABLE) else {
        eprintln!("FORWARD_PASS_MNIST is not set, so the weights of others met NO real digits");
        return;
    };
    let (test, about) = (Mnist::open(folder).unwrap().test, others());
    for path in files_of_others() {
        let said = Network::load(&path).unwrap().classify(&test.images).unwrap();
        assert_eq!(Some(accuracy(&said, &test.labels).unwrap()), about["accuracy"].as_f64(), "{}", path.display());
        let count = |of: &dyn Fn(u8, u8) -> bool| said.iter().zip(&test.labels).filter(|(s, l)| of(**s, **l)).count();
        let each =
            |of: &dyn Fn(u8, u8, u8) -> bool| (0..10).map(|d| count(&|s, l| of(d, s, l)) as f64).collect::<Vec<_>>();
        assert_eq!(each(&|digit, said, _| said == digit), list(&about["said"]));
        assert_eq!(each(&|digit, said, label| said == digit && label == digit), list(&about["right"]));
    }
}

/// ndarray-npy up to 0.8 calls a member W1, and NumPy's own call it W1.npy.
#[test]
fn arrays_without_an_ending_are_read_by_what_they_are() {
    for name in ["ndarray-npy-0.8.npz", "ndarray-npy-0.8-packed.npz"] {
        let net = Network::load(fixture(name)).unwrap();
        assert_eq!(net.layers()[0].weights(), expected().layers()[0].weights(), "{name}");
        assert_eq!(net.layers()[0].bias(), expected().layers()[0].bias(), "{name}");
    }
}

#[test]
fn a_row_of_biases_is_a_list_of_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w");
    fs::write(&path, arrays(&[("W1", &[3, 2]), ("b1", &[1, 2])], 0.5)).unwrap();
    let net = Network::load(&path).unwrap();
    assert_eq!((net.sizes(), net.layers()[0].bias()), (vec![3, 2], &array![0.5, 0.5]));
}

/// The length of the JSON, 19280, is written PK, as the first letters of a zip archive.
#[cfg(feature = "safetensors")]
#[test]
fn a_safetensors_file_that_begins_like_a_zip_archive_is_none() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w");
    let bytes = fs::read(fixture("f32.safetensors")).unwrap();
    let (header, values) = bytes[8..].split_at(bytes[0] as usize + 256 * bytes[1] as usize);
    let bytes = file(&format!("{:19280}", std::str::from_utf8(header).unwrap()), values);
    assert!(bytes.starts_with(b"PK"));
    fs::write(&path, bytes).unwrap();
    assert_eq!(Network::load(&path).unwrap(), expected());
}

#[cfg(feature = "safetensors")]
#[test]
fn activations_that_are_not_one_for_each_layer_are_refused() {
    let header = r#"{"__metadata__":{"activations":"relu,softmax"},
        "W1":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},
        "b1":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#;
    let said = message(&file(header, &[0; 8]));
    let help = "help: save one activation for each layer, or none";
    assert_eq!(said, format!("the file names 2 activations (relu, softmax) for 1 layers\n{help}"));
}

#[test]
fn names_of_other_programs_come_with_what_to_do() {
    let said = message(&arrays(&[("fc1.weight", &[2, 3]), ("fc1.bias", &[2])], 0.0));
    let help = "help: PyTorch's names, and its weights are (outputs, inputs): with these arrays as `t`, \
                `np.savez(\"weights.npz\", W1=t[\"fc1.weight\"].T, b1=t[\"fc1.bias\"], ...)`";
    assert_eq!(
        said,
        format!("`fc1.weight` is not the name of a weight or bias; the file has fc1.weight, fc1.bias\n{help}")
    );
    let said = message(&arrays(&[("dense/kernel", &[3, 2]), ("dense/bias", &[2])], 0.0));
    assert!(
        said.ends_with("help: Keras's names: save dense/kernel as W1, its bias as b1, and the next layer as W2, b2")
    );
    // Flax's bias comes first and ends as PyTorch's does.
    let said = message(&arrays(&[("Dense_0.bias", &[2]), ("Dense_0.kernel", &[3, 2])], 0.0));
    assert!(said.ends_with("save Dense_0.kernel as W1, its bias as b1, and the next layer as W2, b2"), "{said}");
    let said = message(&arrays(&[("coefs_0", &[3, 2]), ("intercepts_0", &[2])], 0.0));
    assert!(said.ends_with("`np.savez(\"weights.npz\", W1=mlp.coefs_[0], b1=mlp.intercepts_[0], ...)`"), "{said}");
    let said = message(&arrays(&[("W0", &[3, 2]), ("b0", &[2]), ("W1", &[2, 2]), ("b1", &[2])], 0.0));
    assert!(said.ends_with("help: the first layer is W1, b1, not W0, b0"), "{said}");
}

#[test]
fn what_is_saved_comes_back_with_its_activations() {
    let folder = TempDir::new().unwrap();
    let kinds = [Activation::Relu, Activation::Tanh, Activation::Identity];
    let net = Network::untrained(&[5, 4, 3, 2], 1).unwrap().with_activations(&kinds).unwrap();
    for name in ["weights.npz"].iter().chain(SAFETENSORS.first().map(|_| &"weights.safetensors")) {
        let path = folder.path().join(name);
        net.save(&path).unwrap();
        assert_eq!(Network::load(&path).unwrap(), net, "{name}");
        let first = fs::read(&path).unwrap();
        net.save(&path).unwrap();
        assert_eq!(first, fs::read(&path).unwrap(), "{name} has the same bytes every time");
    }
    Network::chapter().save(folder.path().join("chapter.npz")).unwrap();
    assert_eq!(Network::load(folder.path().join("chapter.npz")).unwrap().sizes(), [3, 2, 3, 1]);
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2 + usize::from(cfg!(feature = "safetensors")), "no temporary file is left behind");
}

#[test]
fn names_and_places_that_cannot_be_are_refused() {
    let folder = TempDir::new().unwrap();
    let error = expected().save(folder.path().join("weights.txt")).unwrap_err().to_string();
    assert!(error.ends_with("does not end in .npz or .safetensors\nhelp: save as `weights.npz`"), "{error}");
    assert!(expected().save(folder.path().join("no/such/weights.npz")).is_err());
    let error = Network::load(folder.path().join("none.npz")).unwrap_err();
    assert_eq!((error.kind(), error.help()), (ErrorKind::File, "give the path of a .npz or .safetensors file"));
}

fn message(bytes: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w");
    fs::write(&path, bytes).unwrap();
    let error = Network::load(&path).unwrap_err().to_string();
    error.strip_prefix(&format!("{}: ", path.display())).unwrap().to_string()
}

const NAMES: &str = "help: the arrays are W1, b1, W2, b2, ...: W has a row for each input, b one value for each output";

type Arrays<'a> = &'a [(&'a str, &'a [usize])];

/// A `.npz` file of f32 arrays, every value the same.
fn arrays(arrays: Arrays, fill: f32) -> Vec<u8> {
    let fill = |shape: &[usize]| fill.to_le_bytes().repeat(shape.iter().product());
    zip_of(&arrays.iter().map(|(name, shape)| (*name, npy("<f4", shape, &fill(shape)))).collect::<Vec<_>>())
}

fn npy(descr: &str, shape: &[usize], values: &[u8]) -> Vec<u8> {
    let shape: String = shape.iter().map(|side| format!("{side},")).collect();
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}\n");
    [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), values].concat()
}

#[cfg(feature = "safetensors")]
fn file(header: &str, values: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), values].concat()
}

#[test]
fn weights_that_do_not_fit_are_named() {
    let cases: [(Arrays, &str); 13] = [
        (&[], "W1 is missing; the file has no arrays"),
        (&[("W1", &[3, 2]), ("W2", &[2, 2]), ("b2", &[2])], "b1 is missing; the file has W1, W2, b2"),
        (&[("W1", &[3, 2]), ("b1", &[2]), ("b2", &[2])], "W2 is missing; the file has W1, b1, b2"),
        (
            &[("W1", &[3, 2]), ("b1", &[2]), ("w2", &[2, 2]), ("bias2", &[2])],
            "`w2` is not the name of a weight or bias; the file has W1, b1, w2, bias2",
        ),
        (&[("W01", &[3, 2]), ("b1", &[2])], "`W01` is not the name of a weight or bias; the file has W01, b1"),
        (
            &[("W1", &[3, 2]), ("b1", &[2]), ("W4000000000", &[2, 2])],
            "there is a W or b number 4000000000, but only 3 arrays: W1, b1, W4000000000",
        ),
        (&[("W1", &[6]), ("b1", &[2])], "W1 has shape (6,), not two dimensions"),
        (&[("W1", &[0, 2]), ("b1", &[2])], "W1 has shape (0, 2)\nhelp: no dimension can be 0"),
        (&[("W1", &[3, 2]), ("b1", &[2, 1])], "W1 has shape (3, 2) and b1 (2, 1), not (2,)"),
        (
            &[("W1", &[2, 3]), ("b1", &[2, 1])],
            "W1 has shape (2, 3) and b1 (2, 1), not (3,)\nhelp: these are for inputs in columns: \
             `np.savez(\"weights.npz\", W1=W1.T, b1=b1.ravel(), ...)`",
        ),
        (
            &[("W1", &[2, 3]), ("b1", &[2])],
            "W1 has shape (2, 3) and b1 (2,), not (3,)\nhelp: W1 looks transposed: \
             `np.savez(\"weights.npz\", W1=W1.T, b1=b1, ...)`",
        ),
        (
            &[("W1", &[3, 2]), ("b1", &[2]), ("W2", &[3, 2]), ("b2", &[2])],
            "W1 has shape (3, 2) and W2 (3, 2)\nhelp: W2 needs 2 rows, one for each column of W1",
        ),
        (
            &[("W1", &[3, 2]), ("b1", &[2]), ("W1", &[3, 2])],
            "the file has two arrays named W1\nhelp: write the file with `np.savez`",
        ),
    ];
    for (all, wanted) in cases {
        let said = message(&arrays(all, 0.0));
        assert!(said == wanted || said == format!("{wanted}\n{NAMES}"), "{said}\n  not\n{wanted}");
    }
}

#[test]
fn a_weight_that_is_no_number_is_shown() {
    let shapes: [(&str, &[usize]); 2] = [("W1", &[3, 2]), ("b1", &[2])];
    let help = "help: a weight must be finite: train or export the network again";
    assert_eq!(message(&arrays(&shapes, f32::NAN)), format!("W1 holds NaN at index 0\n{help}"));
    assert_eq!(message(&arrays(&shapes, f32::INFINITY)), format!("W1 holds inf at index 0\n{help}"));
    let large =
        [("W1", npy("<f8", &[1, 1], &1.0_f64.to_le_bytes())), ("b1", npy("<f8", &[1], &1e300_f64.to_le_bytes()))];
    assert_eq!(message(&zip_of(&large)), format!("b1 holds 1e300, too large for an f32 at index 0\n{help}"));
}

#[test]
fn other_files_are_told_apart() {
    let neither = "neither .npz nor .safetensors\nhelp: write it with `np.savez(\"weights.npz\", W1=W1, b1=b1, ...)`";
    for bytes in [&b""[..], b"<html>", b"{\"W1\": []}", b"\x80\x01"] {
        assert_eq!(message(bytes), neither);
    }
    let object = message(&fs::read(fixture("object.npz")).unwrap());
    assert_eq!(object, "W1 holds Python objects\nhelp: save numbers: `np.savez` of float arrays");
    let whole = message(&fs::read(fixture("whole.npz")).unwrap());
    assert_eq!(whole, "W1 has dtype <i8, not a float of 2, 4 or 8 bytes\nhelp: save W1.astype(\"f4\")");
}

/// A pickled dictionary is how the book's own weights come; nothing here unpickles.
#[test]
fn files_of_other_programs_are_told_what_they_are_and_how_they_come_here() {
    let closed =
        "which can run arbitrary code when it is opened, so it is not opened here\nhelp: if you trust it, in Python:";
    for bytes in [&b"\x80\x03}q\x00("[..], b"\x80\x02}q\x00(", b"\x80\x05\x95\x13", b"(dp0\nVW1\n", b"}q\x00("] {
        let said = message(bytes);
        assert!(
            said.starts_with(&format!("a pickle, {closed} `np.savez(\"weights.npz\", **pickle.load(open(\"")),
            "{said}"
        );
        assert!(said.ends_with("/w\", \"rb\")))`"), "{said}");
    }
    let of = |name: &str| message(&fs::read(fixture(name)).unwrap());
    let said = of("dictionary.npy");
    assert!(said.starts_with(&format!("a Python object in a .npy file, {closed} `np.savez(")), "{said}");
    assert!(said.ends_with("allow_pickle=True).item())`"), "{said}");
    let savez = "`np.savez(\"weights.npz\", W1=W1, b1=b1, ...)`";
    assert_eq!(of("one.npy"), format!("a single array, but a network has several\nhelp: write it with {savez}"));
    assert_eq!(
        of("dictionary.npz"),
        "net holds Python objects\nhelp: save what it holds: `np.savez(\"weights.npz\", **net)`"
    );
    let unnamed = "`arr_0` is not the name of a weight or bias; the file has arr_0, arr_1, arr_2, arr_3";
    assert_eq!(of("unnamed.npz"), format!("{unnamed}\nhelp: `np.savez` was given no names: {savez}"));
    let keras = message(b"\x89HDF\r\n\x1a\n");
    assert!(
        keras.starts_with("an HDF5 file, such as Keras writes\nhelp: in Python: `W1, b1 = model.layers[0]"),
        "{keras}"
    );
    let archive = |name| message(&zip_of(&[(name, Vec::new())]));
    let torch = archive("archive/data.pkl");
    assert!(torch.starts_with("a PyTorch file: it holds the pickle `archive/data.pkl`, which is not"), "{torch}");
    assert!(archive("metadata.json").starts_with("a Keras file: it holds `metadata.json`\n"));
    assert!(archive("notes.txt").starts_with("`notes.txt` is not a NumPy array\n"));
}

/// A zip archive with these members, stored.
fn zip_of(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut local, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let sizes = [crc.sum(), bytes.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
        let length = (name.len() as u16).to_le_bytes();
        let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 33, 0][..], &sizes, &length, &[0, 0]].concat();
        let place = (local.len() as u32).to_le_bytes();
        list.extend([&b"PK\x01\x02\x14\0"[..], &common, &[0; 10], &place, name.as_bytes()].concat());
        local.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), bytes].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let ends = [list.len() as u32, local.len() as u32].map(u32::to_le_bytes).concat();
    [&local[..], &list, b"PK\x05\x06\0\0\0\0", &count, &count, &ends, &[0, 0]].concat()
}

#[cfg(not(feature = "safetensors"))]
#[test]
fn without_the_feature_safetensors_says_how_to_get_it() {
    let help = "add `features = [\"safetensors\"]` to the dependency on forward-pass, or use `.npz`";
    let path = fixture("f32.safetensors");
    let off = "needs the feature `safetensors`, which is off in this build";
    let error = Network::load(&path).unwrap_err();
    assert_eq!((error.kind(), error.help()), (ErrorKind::File, help));
    assert_eq!(error.message(), format!("{}: reading a .safetensors file {off}", path.display()));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w.safetensors");
    let error = expected().save(&path).unwrap_err();
    assert_eq!(error.help(), help);
    assert_eq!(error.message(), format!("{}: writing a .safetensors file {off}", path.display()));
    assert!(!path.exists());
}

#[cfg(feature = "safetensors")]
#[test]
fn a_header_is_checked_against_its_file() {
    let damaged = "help: the file is damaged or cut short: fetch or save it again";
    let cases = [
        ([&u64::MAX.to_le_bytes()[..], b"{}"].concat(), "the header is longer than the file"),
        (
            file(r#"{"W1":[]}"#, &[]),
            "invalid JSON in header: invalid length 0, expected struct TensorInfo with 3 elements at line 1 column 9",
        ),
        (
            file(r#"{"W1":{"dtype":"F32","shape":[4294967295,4294967295],"data_offsets":[0,4]}}"#, &[0; 4]),
            "overflow computing buffer size from shape and/or element type",
        ),
        (
            file(r#"{"W1":{"dtype":"F32","shape":[3,1],"data_offsets":[0,4]}}"#, &[0; 4]),
            "invalid shape, data type, or offset for tensor",
        ),
        (
            file(r#"{"W1":{"dtype":"F32","shape":[100,1],"data_offsets":[0,400]}}"#, &[0; 4]),
            "the file has more or fewer values than its header describes",
        ),
        (
            file(r#"{"W1":{"dtype":"F32","shape":[1,1],"data_offsets":[4,0]}}"#, &[0; 4]),
            "invalid offset for tensor `W1`",
        ),
    ];
    for (bytes, wanted) in cases {
        assert_eq!(message(&bytes), format!("{wanted}\n{damaged}"));
    }
}

#[test]
fn every_damaged_byte_and_every_cut_is_an_error_or_a_network_never_a_panic() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("w");
    for name in ["f4.npz", "compressed.npz"].iter().chain(SAFETENSORS) {
        let whole = fs::read(fixture(name)).unwrap();
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= if place % 2 == 0 { 0x01 } else { 0x80 };
            fs::write(&path, &damaged).unwrap();
            if let Ok(net) = Network::load(&path) {
                // Dates and the like say nothing; safetensors has no checksum, so there a value may change.
                assert!(name.ends_with("safetensors") || net == expected(), "{name}: byte {place}");
            }
            fs::write(&path, &whole[..place]).unwrap();
            assert!(Network::load(&path).is_err(), "{name} cut at {place}");
        }
    }
}
