//! The long texts under `--help`: they teach what an author can ask for.
//!
//! A test holds the tables against what the code knows.

pub const TEST: &str = "\
Running a notebook runs its code, and the build scripts of its dependencies, as you: look before you test a
stranger's. Every cell runs in the notebook's folder; its outputs are compared with those stored in the notebook.

A cell can end in these ways (the words are those of JSON and JUnit):
  passed                    it ran, and shows what is stored
  output-changed            it ran, and shows something else
  compile-error             the compiler refused it
  panicked                  it panicked
  returned-error            an error left it through `?`
  process-ended             it ended the process: exit, abort, a signal, a stack overflow
  timed-out                 it was still compiling, or still running
  interrupted               you pressed Ctrl-C
  expected-failure-missing  it was to fail, and ran to its last line
  wrong-failure             it was to fail, and failed in another way
  bad-rules                 its tags or settings are wrong
  skipped, left-out, not-run

Exit codes:
  0 all passed   1 something failed   2 usage   3 the tool itself failed   4 nothing to test   130 interrupted

Tags of a cell (Jupyter's and nbval's own among them):
  skip-execution, nbval-skip                 the cell does not run; say why in the setting `reason`
  ignore-output, nbval-ignore-output         it runs, and its outputs are not compared
  raises-exception, nbval-raises-exception   it has to fail
  should_panic, should_panic=TEXT            it has to panic, with TEXT in the message
  compile_fail, compile_fail=E0382,E0505     the compiler has to refuse it, with these codes
  quoted-numbers                             of prose, for `lint`

Settings stand in the metadata of a cell or of the notebook, as `\"forward_pass\": {\"rtol\": \"1e-6\"}`, in
NAME.forward-pass.toml beside NAME.ipynb, and in forward-pass.toml in its folder or one above it. The nearer one
rules; normalisers and allowances add up.
  rtol, atol        how far a real number inside text or JSON may be off; integers, shapes and words stay exact
  ulp               the same in representable numbers: 4, or 4f32 for single precision
  pixel_tolerance   how far a colour channel of a pixel may be off, of 255
  unordered         true: lines may come in any order
  ellipsis          a mark, such as [...], that stands for any text in a stored output; `--accept` keeps it
  ignore_output     true: as the tag
  should_panic, compile_fail   of a cell: as the tags, for texts that a tag cannot hold
  run_timeout, compile_timeout   seconds
  normalisers       a list of {name, pattern, replace, reason}: what matches the pattern is replaced on both sides
  reason            why a cell is skipped, or its output not compared
  requires          a data set without which it is skipped, aloud: mnist or fashion-mnist
  allow             a list of what may be green all the same; it is counted aloud:
    no-code              a notebook without a code cell
    nothing-compared     a notebook of which no output is compared
    skip-without-reason  a cell that is skipped without a reason
    unused-normaliser    a normaliser that matches nothing
    greedy-normaliser    a normaliser that leaves nothing to compare
    not-portable         a cell that would be red on the stock kernel, even with --portable
    unstable-output      times and paths of this machine in what --accept stores

Threads: a panic in a thread that nobody joins does not end its cell. What it prints to stderr is output like any
other: the cell is output-changed, unless that text is stored. Output belongs to the cell that is running when it
comes; what comes after the last cell has ended is not seen. A thread that ends the process ends the cell that is
running then.

Editions: notebooks of one name in neighbouring folders with the same code run once, and each is compared with
what came.

Not portable: a cell that is green here and would be red on the stock Jupyter kernel, which shows one rich output a
cell, loses a line without an end, waits for ever for stdin, and loses every variable with the process.

Examples:
  forward-pass test                                   this project's own notebooks
  forward-pass test course/ --junit results.xml       a folder, with results for a CI
  forward-pass test a.ipynb --filter 'plot-*'         some cells; the cells before them run too
  forward-pass test course/ --shard 2/4 --fail-fast   a quarter of the notebooks, up to the first failure
  forward-pass test a.ipynb --accept --filter plot    store what one cell shows now
";

pub const REVIEW: &str = "\
With pending changes (NAME.ipynb.new, written by `test --pending` or by an earlier review) nothing runs: they are
looked at one at a time. Without any, the notebooks run first. At each change:
  a  accept: what came is stored in the notebook, at once and atomically
  r  reject: the change is forgotten, the notebook stays
  s  skip: the change waits for the next review
  q  quit: this change and all after it wait
Figures are shown as pictures where the terminal can, and saved as files, whose names are told.
";

pub const LINT: &str = "\
The lints:
  execution-order   stored execution counts that don't count up
  used-before       a name that is used before the cell that defines it
  runs-once         a cell that changes what an earlier one made, and gives something else when it runs again
  unstable-output   a stored output with a time, an address, or a path of one machine
  cell-ids          cells without an id, or with the same
  quoted-number     a number in prose tagged `quoted-numbers` that no output shows, rounded or in full; only numbers with
                    a point, an exponent, a percent sign or at least three digits are looked at
  unreadable        a file that is no notebook, or one of a form that is not read
  rules             a tag of ours or a setting that does not exist, or is wrong

Exit codes:
  0 nothing found   1 something found   2 usage   3 the tool itself failed   4 no notebook
";

#[cfg(test)]
mod tests {
    use super::{LINT, TEST};
    use crate::cli::commands::lint::LINTS;
    use crate::cli::runner::rules::vocabulary::{ALLOWANCES, SETTINGS, TAGS};

    #[test]
    fn the_help_and_the_page_name_everything_that_an_author_can_write() {
        let page = include_str!("../../../docs/testing.md");
        for (names, help) in [([SETTINGS, ALLOWANCES, TAGS].concat(), TEST), (LINTS.to_vec(), LINT)] {
            for name in names {
                assert!(help.contains(name), "the help does not name `{name}`");
                assert!(page.contains(&format!("`{name}`")), "docs/testing.md does not name `{name}`");
            }
        }
    }
}
