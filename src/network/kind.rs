//! The choice of the function that follows a layer's weighted sum.
//!
//! The functions themselves are in [`crate::activation`] and [`crate::softmax`].

use std::fmt;
use std::str::FromStr;

use crate::display::CellDisplay;
use crate::error::{Error, ErrorKind, Result};

/// The function that a [`Layer`](super::Layer) applies to its weighted sums.
///
/// | name | formula |
/// |---|---|
/// | `Step` | 1 where a > 0, otherwise 0 |
/// | `Sigmoid` | 1 / (1 + exp(-a)) |
/// | `Relu` | max(0, a) |
/// | `Tanh` | (exp(a) - exp(-a)) / (exp(a) + exp(-a)) |
/// | `Identity` | a |
/// | `Softmax` | exp(a) / sum of exp(a), along each row |
///
/// ```
/// use forward_pass::prelude::*;
/// let kind: Activation = "relu".parse().unwrap();
/// assert_eq!(kind, Activation::Relu);
/// assert_eq!(Activation::Sigmoid.to_string(), "sigmoid");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table above explains each variant")]
pub enum Activation {
    Step,
    Sigmoid,
    Relu,
    Tanh,
    Identity,
    Softmax,
}

impl Activation {
    const ALL: [(Activation, &'static str); 6] = [
        (Activation::Step, "step"),
        (Activation::Sigmoid, "sigmoid"),
        (Activation::Relu, "relu"),
        (Activation::Tanh, "tanh"),
        (Activation::Identity, "identity"),
        (Activation::Softmax, "softmax"),
    ];

    /// The lower-case name, as in the chapter.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("identity", |(_, name)| name)
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl CellDisplay for Activation {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl FromStr for Activation {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map(|(kind, _)| *kind).ok_or_else(|| {
            let message = format!("unknown activation `{name}`");
            Error::new(ErrorKind::Value, message, "use step, sigmoid, relu, tanh, identity or softmax")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for (kind, name) in Activation::ALL {
            assert_eq!(name.parse::<Activation>(), Ok(kind));
            assert_eq!(kind.name(), name);
        }
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        let error = "sigmod".parse::<Activation>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown activation `sigmod`\nhelp: use step, sigmoid, relu, tanh, identity or softmax"
        );
    }
}
