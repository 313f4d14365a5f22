//! The data sets that are known: their files to the byte, and where they can be had.
//!
//! It fetches nothing. An author who adds a set adds a constant here.

use std::fmt;

/// Four files that belong together.
#[derive(Debug)]
pub struct Set {
    /// On the command line, and the folder's name.
    pub name: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    /// The environment variable that names its folder.
    pub variable: &'static str,
    /// What reads it in a cell.
    pub opens: &'static str,
    /// Tried in this order.
    pub mirrors: &'static [&'static str],
    pub files: &'static [Entry],
}

/// One file, exactly.
#[derive(Debug)]
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

pub const ALL: [&Set; 2] = [&MNIST, &FASHION];

pub static MNIST: Set = Set {
    name: "mnist",
    title: "MNIST",
    about: "60,000 + 10,000 handwritten digits",
    variable: forward_pass::mnist::VARIABLE,
    opens: "Mnist::find()",
    mirrors: &["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
    files: &[
        Entry {
            name: "train-images-idx3-ubyte.gz",
            size: 9_912_422,
            sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        },
        Entry {
            name: "train-labels-idx1-ubyte.gz",
            size: 28_881,
            sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        },
        Entry {
            name: "t10k-images-idx3-ubyte.gz",
            size: 1_648_877,
            sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        },
        Entry {
            name: "t10k-labels-idx1-ubyte.gz",
            size: 4_542,
            sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
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
        Entry {
            name: "train-images-idx3-ubyte.gz",
            size: 26_421_880,
            sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        },
        Entry {
            name: "train-labels-idx1-ubyte.gz",
            size: 29_515,
            sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        },
        Entry {
            name: "t10k-images-idx3-ubyte.gz",
            size: 4_422_102,
            sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        },
        Entry {
            name: "t10k-labels-idx1-ubyte.gz",
            size: 5_148,
            sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
    ],
};

/// A number of bytes for the eye: `4.5 kB`, `9.9 MB`.
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
