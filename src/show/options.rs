//! NumPy's print options, with NumPy's names and defaults.
//!
//! There is no global state: session-wide options are an environment variable, read at each call.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// The environment variable that sets the options of a session: `precision=3, suppress=True`.
pub const PRINT_VARIABLE: &str = "FORWARD_PASS_PRINTOPTIONS";

/// How many digits a float shows: NumPy's `floatmode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FloatMode {
    /// Exactly `precision` digits after the point, needed or not.
    Fixed,
    /// The fewest digits that identify the number uniquely; `precision` is ignored.
    Unique,
    /// At most `precision` digits, fewer where they identify the number. The default.
    #[default]
    Maxprec,
    /// At most `precision` digits, the same count for every element.
    MaxprecEqual,
}

/// The sign of a number that is not negative: NumPy's `sign`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// Nothing. The default, NumPy's `-`.
    #[default]
    Minus,
    /// A plus sign, NumPy's `+`.
    Plus,
    /// A space, NumPy's ` `.
    Space,
}

/// The options of `np.set_printoptions`, with NumPy's names and defaults.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let options = PrintOptions { precision: Some(3), suppress: true, ..PrintOptions::default() };
/// assert_eq!(options.show(&array![1.0 / 3.0, 1e-10]), "[0.333 0.   ]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// Digits after the point. `None` means the default of 8, as in NumPy, whatever its documentation says; for as many
    /// digits as each number needs, use [`FloatMode::Unique`].
    pub precision: Option<usize>,
    /// Arrays with more elements than this are summarised with `...`.
    pub threshold: usize,
    /// The number of items that a summary keeps at each end of each axis.
    pub edgeitems: usize,
    /// The maximum length of a line in characters.
    pub linewidth: usize,
    /// Never write floats in scientific form because they are small.
    pub suppress: bool,
    /// The text for NaN.
    pub nanstr: String,
    /// The text for infinity.
    pub infstr: String,
    /// The sign of a number that is not negative.
    pub sign: Sign,
    /// How many digits a float shows.
    pub floatmode: FloatMode,
}

impl Default for PrintOptions {
    fn default() -> Self {
        PrintOptions {
            precision: Some(8),
            threshold: 1000,
            edgeitems: 3,
            linewidth: 75,
            suppress: false,
            nanstr: "nan".to_owned(),
            infstr: "inf".to_owned(),
            sign: Sign::Minus,
            floatmode: FloatMode::Maxprec,
        }
    }
}

impl PrintOptions {
    /// The options of this session: NumPy's defaults, changed by the environment variable [`PRINT_VARIABLE`].
    ///
    /// # Errors
    /// When the variable names an option that does not exist, or a value it does not take.
    pub fn of_session() -> Result<Self> {
        match std::env::var(PRINT_VARIABLE) {
            Ok(text) => Self::parse(&text),
            Err(_) => Ok(Self::default()),
        }
    }

    /// Options from text such as `precision=3, suppress=True`; the others keep their defaults.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    ///
    /// let options = PrintOptions::parse("precision=3, sign='+'")?;
    /// assert_eq!(options.show(&array![2.0 / 3.0]), "[+0.667]");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// When the text names an option that does not exist, or a value it does not take.
    pub fn parse(text: &str) -> Result<Self> {
        let mut options = Self::default();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| bad(part, "it has no `=`"))?;
            options.change(name.trim(), value.trim_start())?;
        }
        Ok(options)
    }

    fn change(&mut self, name: &str, value: &str) -> Result<()> {
        let word = value.trim().trim_matches(['\'', '"']);
        match name {
            "precision" if word == "None" => self.precision = None,
            // NumPy's notation for an option that keeps its value.
            "threshold" | "edgeitems" | "linewidth" | "suppress" | "nanstr" | "infstr" | "sign" | "floatmode"
                if value.trim() == "None" => {}
            "precision" => self.precision = Some(number(name, word)?),
            "threshold" => self.threshold = number(name, word)?,
            "edgeitems" => self.edgeitems = number(name, word)?,
            "linewidth" => self.linewidth = number(name, word)?,
            "suppress" => self.suppress = truth(word)?,
            "nanstr" => self.nanstr = word.to_owned(),
            "infstr" => self.infstr = word.to_owned(),
            "sign" => self.sign = sign(value)?,
            "floatmode" => self.floatmode = floatmode(word)?,
            _ => return Err(bad(name, "NumPy has no such print option")),
        }
        Ok(())
    }
}

impl fmt::Display for PrintOptions {
    /// The text that [`PrintOptions::parse`] parses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let precision = self.precision.map_or("None".to_owned(), |digits| digits.to_string());
        let suppress = if self.suppress { "True" } else { "False" };
        let sign = match self.sign {
            Sign::Minus => '-',
            Sign::Plus => '+',
            Sign::Space => ' ',
        };
        let floatmode = match self.floatmode {
            FloatMode::Fixed => "fixed",
            FloatMode::Unique => "unique",
            FloatMode::Maxprec => "maxprec",
            FloatMode::MaxprecEqual => "maxprec_equal",
        };
        write!(f, "precision={precision}, threshold={}, edgeitems={}, ", self.threshold, self.edgeitems)?;
        write!(f, "linewidth={}, suppress={suppress}, ", self.linewidth)?;
        write!(f, "nanstr='{}', infstr='{}', ", self.nanstr, self.infstr)?;
        write!(f, "sign='{sign}', floatmode='{floatmode}'")
    }
}

fn number(name: &str, word: &str) -> Result<usize> {
    word.parse().map_err(|_| bad(&format!("{name}={word}"), "it takes a whole number of at least 0"))
}

fn truth(word: &str) -> Result<bool> {
    match word {
        "True" | "true" | "1" => Ok(true),
        "False" | "false" | "0" => Ok(false),
        _ => Err(bad(&format!("suppress={word}"), "it takes True or False")),
    }
}

fn sign(value: &str) -> Result<Sign> {
    match value.trim_matches(['\'', '"']) {
        "-" => Ok(Sign::Minus),
        "+" => Ok(Sign::Plus),
        " " => Ok(Sign::Space),
        other => Err(bad(&format!("sign='{other}'"), "it takes '-', '+' or ' '")),
    }
}

fn floatmode(word: &str) -> Result<FloatMode> {
    match word {
        "fixed" => Ok(FloatMode::Fixed),
        "unique" => Ok(FloatMode::Unique),
        "maxprec" => Ok(FloatMode::Maxprec),
        "maxprec_equal" => Ok(FloatMode::MaxprecEqual),
        _ => Err(bad(&format!("floatmode={word}"), "it takes fixed, unique, maxprec or maxprec_equal")),
    }
}

fn bad(what: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Value,
        format!("cannot read the print option `{}`: {why}", what.trim()),
        format!("write options as in NumPy, such as `precision=3, suppress=True`, in {PRINT_VARIABLE}"),
    )
}
