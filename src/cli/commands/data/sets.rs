//! The known data sets: the exact size and hash of each file, and the mirrors that serve them.
//!
//! It downloads nothing. To add a set, add a constant here.

use std::fmt;

/// Four files that belong together.
pub struct Set {
    /// The name on the command line and of the default folder.
    pub name: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    /// The environment variable that overrides the default folder.
    pub variable: &'static str,
    /// The call that reads it in a cell.
    pub opens: &'static str,
    /// Tried in this order.
    pub mirrors: &'static [&'static str],
    pub files: &'static [Entry],
}

pub struct Entry {
    pub name: &'static str,
    pub size: u64,
    pub sha256: &'static str,
}

impl Set {
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

const fn file(name: &'static str, size: u64, sha256: &'static str) -> Entry {
    Entry { name, size, sha256 }
}

const TRAIN_IMAGES: &str = "train-images-idx3-ubyte.gz";
const TRAIN_LABELS: &str = "train-labels-idx1-ubyte.gz";
const TEST_IMAGES: &str = "t10k-images-idx3-ubyte.gz";
const TEST_LABELS: &str = "t10k-labels-idx1-ubyte.gz";

pub const ALL: [&Set; 2] = [&MNIST, &FASHION];

pub static MNIST: Set = Set {
    name: "mnist",
    title: "MNIST",
    about: "60,000 + 10,000 handwritten digits",
    variable: forward_pass::mnist::VARIABLE,
    opens: "Mnist::find()",
    mirrors: &["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
    files: &[
        file(TRAIN_IMAGES, 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        file(TRAIN_LABELS, 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        file(TEST_IMAGES, 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        file(TEST_LABELS, 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ],
};

pub static FASHION: Set = Set {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    about: "60,000 + 10,000 pictures of clothes, as large as the digits and harder",
    variable: forward_pass::mnist::FASHION_VARIABLE,
    opens: "Mnist::fashion()",
    mirrors: &[
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    files: &[
        file(TRAIN_IMAGES, 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        file(TRAIN_LABELS, 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        file(TEST_IMAGES, 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        file(TEST_LABELS, 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ],
};

/// A number of bytes for display: `4.5 kB`, `9.9 MB`.
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0 {
            0..1_000 => format!("{} B", self.0),
            1_000..1_000_000 => format!("{:.1} kB", self.0 as f64 / 1e3),
            _ => format!("{:.1} MB", self.0 as f64 / 1e6),
        };
        f.pad(&text)
    }
}
