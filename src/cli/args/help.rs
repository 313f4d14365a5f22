//! The long texts of `--help`, which teach what authors of notebooks can write.
//!
//! A test checks them against the names that the code knows.

pub const TEST: &str = "\
Running a notebook runs its code, and the build scripts of its dependencies, as you: read it
first if you do not trust its author. Every cell runs in the notebook's folder, and its outputs
are compared with those stored in the notebook.

A cell can end in these ways (the words in JSON and JUnit):
  passed                    it ran, and its outputs match the stored ones
  output-changed            it ran, and its outputs differ
  compile-error             it does not compile
  panicked                  it panicked
  returned-error            it returned an error with `?`
  process-ended             it ended the process: exit, abort, a signal, a stack overflow
  timed-out                 it was still compiling or running at its time limit
  interrupted               you pressed Ctrl-C
  expected-failure-missing  it was expected to fail, but ran to its last line
  wrong-failure             it was expected to fail, but failed in another way
  bad-rules                 its tags or settings are invalid
  skipped, left-out, not-run

Exit codes:
  0 all passed   1 something failed   2 wrong usage
  3 the tool itself failed   4 nothing to test   130 interrupted   141 the reader closed stdout

Tags of a cell (including Jupyter's and nbval's):
  skip-execution, nbval-skip                 it does not run; the setting `reason` says why
  ignore-output, nbval-ignore-output         it runs, but its outputs are not compared
  ignore-stderr                              its stderr is not compared; everything else is
  raises-exception, nbval-raises-exception   it must fail
  should_panic, should_panic=TEXT            it must panic, with TEXT in the message
  compile_fail, compile_fail=E0382,E0505     it must not compile, with these error codes
  exercise-check, exercise-check=TEXT        its output may begin with `solved`, or TEXT, instead
  quoted-numbers                             for prose: `lint` checks its numbers

Settings go into the metadata of a cell or a notebook, as `\"forward_pass\": {\"rtol\": \"1e-6\"}`,
into NAME.forward-pass.toml beside NAME.ipynb, or into forward-pass.toml in its folder or one
above. The nearest one wins; normalisers and allowances accumulate.
  rtol, atol        relative and absolute tolerance for real numbers; integers stay exact
  ulp               tolerance in units in the last place: 4, or 4f32 for single precision
  pixel_tolerance   how much a colour channel of a pixel may differ, of 255
  unordered         true: lines may be in any order, and so may items of a map or a set
  ellipsis          a mark, such as [...], that matches any text; `--accept` keeps it
  ignore_output, ignore_stderr   true: the same as the tags
  should_panic, compile_fail   for a cell: the same as the tags, for text that no tag can hold
  run_timeout, compile_timeout   time limits of a cell in seconds
  normalisers       a list of {name, pattern, replace, reason}: what to replace before comparing;
                    `--accept` stores the text as it is
  moving            the figure with controls below the cell on a page of `site`
  reason            why a cell is skipped, or its outputs are not compared
  requires          a data set, mnist or fashion-mnist: without it, the cell is skipped
  allow             a list of problems that are reported, but do not fail the notebook:
    no-code              the notebook has no code cell
    nothing-compared     no output of the notebook is compared
    skip-without-reason  a cell is skipped without a reason
    unused-normaliser    a normaliser matches nothing
    greedy-normaliser    a normaliser leaves nothing to compare
    not-portable         a cell would fail on the stock kernel, even with --portable
    unstable-output      --accept would store a time or a path of this machine
    execution-order, used-before, runs-once, cell-ids, quoted-number   lints, for `lint` only
    unformatted          the cell keeps its own layout: `fmt` leaves it as it is

Threads: a panic in a thread that is never joined does not fail its cell. Its message on stderr
is output like any other: the cell is output-changed unless that text is stored. Output belongs
to the cell that is running when it arrives; output after the last cell has ended is lost. A
thread that ends the process ends the running cell.

Editions: notebooks of the same name and code in neighbouring folders run once, and the outputs
are compared with each of them.

Not portable: a cell that passes here but would fail on the stock Jupyter kernel. That kernel
shows only one rich output per cell, loses a last line without a newline, waits forever for
stdin, and loses all variables when the process ends.

Examples:
  forward-pass test                                   this project's own notebooks
  forward-pass test course/ --junit results.xml       a folder, with results for CI
  forward-pass test a.ipynb --filter 'plot-*'         some cells; the cells before them run too
  forward-pass test course/ --shard 2/4 --fail-fast   a quarter of them, up to the first failure
  forward-pass test a.ipynb --accept --filter plot    store the new outputs of one cell
";

pub const REVIEW: &str = "\
If there are pending changes (NAME.ipynb.new, written by `test --pending` or an earlier review),
they are shown one at a time and nothing runs. Otherwise the notebooks run first. At each change,
press one key, without Enter (from a pipe: one line each):
  a  accept: store the new output in the notebook, at once and atomically
  r  reject: discard the change; the notebook stays as it is
  s  skip: leave the change for the next review
  q  quit: leave this change and all later ones
Figures are shown in the terminal if it supports them, and saved as files; their paths are printed.
";

pub const RUN: &str = "\
`-p NAME=VALUE` gives a variable of the cell tagged `parameters` another value: a cell after
it defines the name again. The value becomes the kind of literal that the notebook's own
value is; for anything but numbers, text and truth values, write Rust, such as `-p
'sizes=vec![1, 2]'`.

Exit codes:
  0 it ran   1 a cell failed   2 wrong usage   3 the tool itself failed   130 interrupted
";

pub const LINT: &str = "\
The lints:
  execution-order   stored execution counts that do not increase
  used-before       a name used before the cell that defines it
  runs-once         a cell that changes a variable of an earlier one: run twice, it differs
  unstable-output   a stored output with a time, an address, or a path of one machine
  cell-ids          cells without an id, or with the same id
  quoted-number     a number in prose tagged `quoted-numbers` that is in no output, rounded or in
                    full; only numbers with a decimal point, an exponent, a percent sign or at
                    least three digits are checked
  unreadable        a file that is not a notebook, or is in an unsupported format
  rules             an unknown tag or setting, or one with an invalid value

`--fix` gives cells without an id, or with a repeated one, a new id, numbers execution
counts that do not increase, and corrects the stock kernel's `pygment_lexer`. It prints what
it changed; then the lints run. Sources and outputs stay as they are.

A file that is a device, a pipe or a socket is skipped. An author allows a lint in the settings of a
cell or a notebook: `\"forward_pass\": {\"allow\": \"runs-once\"}`.

Exit codes:
  0 nothing found   1 something found   2 wrong usage   3 the tool itself failed   4 no notebook
";

pub const EXPORT: &str = "\
Nothing runs: pages show the outputs that the notebook stores. A folder's notebooks are
written into the folder named with `-o`, and links between them become links between their
pages.

Pages are safe to publish. HTML below a cell that has scripts, such as a figure of Plotly,
goes into a sandboxed frame of the HTML page, where it cannot touch the page or its reader;
such a figure may load its library from the network. Scripts, event handlers and
`javascript:` links in prose are taken out. `--trust` leaves all of them in line, as Jupyter
does: use it for notebooks of your own.

Attachments and pictures in the notebook's folder (of all folders, for a folder) go into the
HTML page, or into NAME_files beside the Markdown page. Missing files, and paths that leave
the folder, are reported and stay as they are; so do pictures of the web.

Cells with the tags hide-cell, hide-input and hide-output, and those that Jupyter shows
collapsed, are folded; remove-cell, remove-input, remove-output, remove-stdout and
remove-stderr leave parts out. Raw cells of the formats text/html and text/markdown are
rendered.
";
