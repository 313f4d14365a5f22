//! The outcome of one cell as plain data: its outputs in the order written, and how it ended.
//!
//! It knows nothing about engines, notebooks or terminals.

use std::collections::BTreeMap;

/// One cell's outputs and its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// In the order the cell wrote them.
    pub outputs: Vec<Output>,
    /// How the cell ended.
    pub end: End,
    /// Messages of the session: a variable dropped, a copy restored.
    pub notes: Vec<String>,
    /// What the stock kernel would do differently for this cell.
    pub beyond_stock: Vec<String>,
}

/// A piece of output.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Text written to stdout or stderr.
    Stream { stream: Stream, text: String },
    /// A MIME bundle: the value of the final expression, or something displayed earlier.
    Rich { kind: RichKind, data: MimeBundle },
}

/// One of the two text streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// Whether a bundle is the cell's result, or was displayed while it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RichKind {
    Result,
    Display,
}

/// MIME type to content: text as it is, binary types in base64, as in Jupyter.
pub type MimeBundle = BTreeMap<String, String>;

/// Joins each stream into one output, stdout first: how streams are split and interleaved depends only on timing.
pub fn join_streams(outputs: impl IntoIterator<Item = Output>) -> Vec<Output> {
    let mut result: Vec<Output> = Vec::new();
    for output in outputs {
        if let Output::Stream { stream, text } = &output {
            let same = result.iter_mut().find_map(|earlier| match earlier {
                Output::Stream { stream: its, text } if its == stream => Some(text),
                _ => None,
            });
            if let Some(earlier) = same {
                earlier.push_str(text);
                continue;
            }
        }
        result.push(output);
    }
    result.sort_by_key(|output| match output {
        Output::Stream { stream: Stream::Stdout, .. } => 0,
        Output::Stream { stream: Stream::Stderr, .. } => 1,
        Output::Rich { .. } => 2,
    });
    result
}

/// The key of a bundle's name: a later bundle of the same name replaces it within the cell.
pub const DISPLAY_ID: &str = "application/vnd.forward-pass.display-id";

/// The key of a bundle that clears the cell's outputs so far: at once, or with `wait` when the next output arrives.
pub const CLEAR_OUTPUT: &str = "application/vnd.forward-pass.clear-output";

/// The key of what a bundle needs to be moved: its number in the session, a space, and its controls.
pub const MOVING: &str = "application/vnd.forward-pass.moving";

/// The key of how far a named bundle is a progress bar: `5/20`.
pub const GAUGE: &str = "application/vnd.forward-pass.gauge";

/// What Jupyter shows below a figure that its front end cannot move.
pub const STANDS_STILL: &str = "note: the figure stands still: this front end has no widgets (run \
    `pip install ipywidgets` where Jupyter is installed, then reload the page)";

/// How the table begins that Jupyter shows beside the list of `:vars`.
pub const TABLE_OF_VARIABLES: &str = "<table class=\"forward-pass-variables\">";

/// The outputs below a running cell: named bundles are replaced, cleared outputs are removed.
#[derive(Debug, Default)]
pub struct Standing {
    outputs: Vec<(Option<String>, Output)>,
    /// The next output replaces all of them.
    clears: bool,
    /// Some output was cleared.
    pub was_cleared: bool,
}

impl Standing {
    pub fn push(&mut self, mut output: Output) {
        let mut name = None;
        if let Output::Rich { data, .. } = &mut output {
            name = data.remove(DISPLAY_ID);
            data.retain(|key, _| key != MOVING && key != GAUGE);
            if let Some(when) = data.remove(CLEAR_OUTPUT) {
                self.clears = when == "wait";
                if !self.clears {
                    self.clear();
                }
                return;
            }
        }
        if std::mem::take(&mut self.clears) {
            self.clear();
        }
        let same = |own: &Option<String>| name.is_some() && *own == name;
        if let Some((_, old)) = self.outputs.iter_mut().find(|(own, _)| same(own)) {
            *old = output;
            return;
        }
        // Join adjacent texts of one stream.
        if let (Output::Stream { stream, text }, Some((_, Output::Stream { stream: last_stream, text: last }))) =
            (&output, self.outputs.last_mut())
            && stream == last_stream
        {
            return last.push_str(text);
        }
        self.outputs.push((name, output));
    }

    pub fn outputs(self) -> Vec<Output> {
        self.outputs.into_iter().map(|(_, output)| output).collect()
    }

    fn clear(&mut self) {
        self.was_cleared |= !self.outputs.is_empty();
        self.outputs.clear();
    }
}

/// Named bundles for a terminal, where nothing can be replaced: they are held back until their cell ends.
#[derive(Debug, Default)]
pub struct Waiting(Vec<(String, Output)>);

impl Waiting {
    /// Returns the output if it can be shown at once.
    pub fn pass(&mut self, mut output: Output) -> Option<Output> {
        let Output::Rich { data, .. } = &mut output else { return Some(output) };
        if data.contains_key(CLEAR_OUTPUT) {
            self.0.clear();
            return None;
        }
        data.retain(|key, _| key != MOVING && key != GAUGE);
        let Some(name) = data.remove(DISPLAY_ID) else { return Some(output) };
        match self.0.iter_mut().find(|(own, _)| *own == name) {
            Some((_, old)) => *old = output,
            None => self.0.push((name, output)),
        }
        None
    }

    /// The first line of the latest bundle, for a progress line.
    pub fn words(&self) -> Option<&str> {
        let (_, Output::Rich { data, .. }) = self.0.last()? else { return None };
        data.get("text/plain")?.lines().next()
    }

    /// The bundles that are left when the cell has ended.
    pub fn rest(self) -> impl Iterator<Item = Output> {
        self.0.into_iter().map(|(_, output)| output)
    }
}

/// How a cell ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum End {
    /// Ran to its last line.
    #[default]
    Passed,
    /// Rejected by rustc or by the session's own checks.
    CompileError(Vec<Diagnostic>),
    /// A panic on the cell's own thread.
    Panicked { message: String, line: Option<usize> },
    /// An error left the cell through `?`.
    ReturnedError { message: String, line: Option<usize> },
    /// The process ended with this code.
    Exited(i32),
    /// A signal ended the process.
    Killed { signal: i32, stack_overflow: bool },
    /// It exceeded its time limit.
    TimedOut { phase: Phase, seconds: f64 },
    /// The user pressed Ctrl-C.
    Interrupted,
}

/// The name of a signal, `SIGKILL`; `None` for a real-time signal, and where signals have no names.
pub fn signal_name(signal: i32) -> Option<&'static str> {
    #[cfg(unix)]
    return nix::sys::signal::Signal::try_from(signal).ok().map(nix::sys::signal::Signal::as_str);
    #[cfg(not(unix))]
    [(4, "SIGILL"), (6, "SIGABRT"), (8, "SIGFPE"), (11, "SIGSEGV")]
        .into_iter()
        .find_map(|(number, name)| (number == signal).then_some(name))
}

/// What a cell was doing at its time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Compile,
    Run,
}

/// One of rustc's errors or warnings, in the cell's own lines and columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostic {
    /// `E0308`, or a lint's name.
    pub code: Option<String>,
    /// `error` or `warning`.
    pub level: String,
    pub message: String,
    /// Places in the cell; the caret points to the first primary one.
    pub spans: Vec<Span>,
    /// Notes and helps, in order, each beginning with `note: ` or `help: `.
    pub notes: Vec<String>,
    /// The whole diagnostic as text with carets, without colour.
    pub rendered: String,
}

/// A stretch of a cell's text. Lines and columns start at 1; columns count characters, the end is exclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    pub label: Option<String>,
    pub is_primary: bool,
}

/// What a session reports while it compiles and runs a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A progress message: `compiling ndarray 0.17.2 (12 of 40)`.
    Progress(String),
    /// Output, as it arrives.
    Output(Output),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rich(data: &[(&str, &str)]) -> Output {
        let data = data.iter().map(|(kind, text)| ((*kind).to_owned(), (*text).to_owned())).collect();
        Output::Rich { kind: RichKind::Display, data }
    }

    fn text(text: &str) -> Output {
        Output::Stream { stream: Stream::Stdout, text: text.into() }
    }

    fn settled(outputs: Vec<Output>) -> Vec<Output> {
        let mut standing = Standing::default();
        outputs.into_iter().for_each(|output| standing.push(output));
        standing.outputs()
    }

    #[test]
    fn a_bundle_replaces_an_earlier_one_of_its_name() {
        let bar = |percent| rich(&[("text/plain", percent), (DISPLAY_ID, "bar"), (GAUGE, "1/2")]);
        let outputs = vec![text("a\n"), bar("10 %"), text("b\n"), bar("20 %"), rich(&[("text/plain", "10 %")])];
        let plain = |percent| rich(&[("text/plain", percent)]);
        assert_eq!(settled(outputs), [text("a\n"), plain("20 %"), text("b\n"), plain("10 %")]);
    }

    #[test]
    fn on_a_terminal_the_last_bundle_of_a_name_is_shown_at_the_end() {
        let bar = |percent| rich(&[("text/plain", percent), (DISPLAY_ID, "bar"), (GAUGE, "1/2")]);
        let mut waiting = Waiting::default();
        assert_eq!(waiting.pass(bar("10 %\n...")), None);
        assert_eq!(waiting.words(), Some("10 %"));
        assert_eq!(waiting.pass(text("a\n")), Some(text("a\n")));
        assert_eq!(waiting.pass(bar("20 %")), None);
        assert_eq!(waiting.rest().collect::<Vec<_>>(), [rich(&[("text/plain", "20 %")])]);
        let mut waiting = Waiting::default();
        for piece in [bar("10 %"), rich(&[(CLEAR_OUTPUT, "wait")])] {
            assert_eq!(waiting.pass(piece), None);
        }
        assert_eq!(waiting.rest().count(), 0);
    }

    #[test]
    fn outputs_are_cleared_at_once_or_with_the_next_output() {
        let clear = |when| rich(&[(CLEAR_OUTPUT, when)]);
        assert_eq!(settled(vec![text("a"), clear("")]), []);
        assert_eq!(settled(vec![text("a"), clear("wait")]), [text("a")]);
        assert_eq!(settled(vec![text("a"), clear("wait"), text("b"), text("c")]), [text("bc")]);
    }
}
