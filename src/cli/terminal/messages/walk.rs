//! Messages of the walk, of what the reader types, and of mistakes.
//!
//! In Korean a noun of ours follows every name that is filled in, so that no particle depends on the name.

super::messages! {
    // Start, sections, end.
    greeting(version) {
        "forward-pass {version}: a runnable chapter on neural networks.\nPress Enter for the next cell, or type Rust; \
         `:help` lists the commands.",
        "forward-pass {version}: 실행되는 신경망 한 장이에요.\nEnter를 누르면 나아가요. 입력하는 것은 모두 Rust이고, 명령은 `:help`가 알려 줘요."
    }
    resume(title, cell) {
        "Last time you reached {title}. `:goto {cell}` continues there.",
        "지난번에는 {title}까지 왔어요. `:goto {cell}` 명령으로 이어서 가요."
    }
    opening(place, count, title, cells) {
        "{place} of {count} · {title} · {cells} cells",
        "{count}절 중 {place}절 · {title} · 셀 {cells}개"
    }
    closing(number, next) {
        "End of section {number}. Next: {next} (press Enter).",
        "{number}절이 끝났어요. 다음: {next} (Enter를 누르세요)."
    }
    closing_briefly(number) {
        "End of section {number}; press Enter for the next one.",
        "{number}절이 끝났어요. Enter를 누르면 다음 절로 가요."
    }
    edit_hint(name) {
        "Try a change: `:edit {name}` puts its code on your line, and Enter runs it.",
        "바꿔 보려면 `:edit {name}` 명령으로 그 코드를 입력 줄에 놓고, 고친 다음 Enter를 누르세요."
    }
    nothing_to_edit(name) {
        "no cell of this section has the id `{name}` or defines that name\nhelp: `:edit` alone edits the cell shown \
         last",
        "이 절에는 id가 `{name}`이거나 그 이름을 정의하는 셀이 없어요\n도움말: `:edit`만 쓰면 마지막에 본 셀을 고쳐요"
    }
    closing_chapter() { "End of the chapter.", "이 장이 끝났어요." }
    was_the_last() {
        "That was the last section. `:sections` lists them all, `:goto 1` starts over.",
        "마지막 절이었어요. `:sections` 명령은 모든 절을 보여 주고, `:goto 1` 명령은 처음부터 다시 시작해요."
    }
    section_is_done() {
        "this section is complete; press Enter for the next one",
        "이 절은 끝까지 실행했어요. Enter를 누르면 다음 절로 가요"
    }
    cells(count) { "{count} cells", "셀 {count}개" }
    seen(count, of) { "{count} of {of}", "{of}개 중 {count}개" }
    back_hint() { "`:again` reruns it, Enter continues", "`:again` 명령은 다시 실행하고, Enter는 앞으로 나아가요" }
    at_the_beginning() { "this is the beginning of the chapter", "이 장의 처음이에요" }
    ran_before(count) {
        "(ran the {count} code cells before it)",
        "(앞에 있는 코드 셀 {count}개를 먼저 실행했어요)"
    }
    language_is() { "the language is now English", "이제부터 한국어로 이야기해요" }

    // Missing data.
    offer(title, size) {
        "This section needs {title}, which is missing. Download it now ({size})?",
        "이 절에는 {title} 데이터가 필요한데, 여기에는 없어요. 지금 받아 올까요({size})?"
    }
    leave(section, names) {
        "Section {section} starts fresh, without your {names}. Go there?",
        "{section}절은 새로 시작해서, 만들어 둔 {names} 변수가 없어져요. 그래도 갈까요?"
    }
    stayed(section) { "still in section {section}", "{section}절에 그대로 있어요" }
    yes_or_no() { "y/n> ", "네(y), 아니요(n)> " }
    not_fetched(set) {
        "`forward-pass data {set}` downloads it at any time; until then the stored outputs are shown",
        "`forward-pass data {set}` 명령으로 언제든지 받을 수 있어요. 그때까지는 저장된 출력을 보여 줘요"
    }
    not_here(set) {
        "`{set}` is missing; `forward-pass data {set}` downloads it",
        "`{set}` 데이터가 여기에 없어요. `forward-pass data {set}` 명령으로 받아요"
    }
    left_out(number, set) {
        "Section {number} is skipped: `{set}` is missing; `forward-pass data {set}` downloads it.",
        "{number}절은 건너뛰어요. `{set}` 데이터가 여기에 없어요. `forward-pass data {set}` 명령으로 받아요."
    }

    // Running.
    skipped() { "this cell is marked to be skipped", "실행하지 않기로 표시된 셀이에요" }
    starting() { "Rust is still starting", "Rust가 아직 시작하는 중이에요" }
    no_live_rust() { "Rust did not start", "Rust가 시작되지 않았어요" }
    only_stored(reason) {
        "Rust did not start, so stored outputs are shown: {reason}",
        "Rust를 시작하지 못해서 저장된 출력을 보여 줘요: {reason}"
    }
    stored(why) { "(stored output: {why})", "(저장된 출력: {why})" }
    nothing_stored(why) { "({why})", "({why}: 출력 없음)" }
    ran_live(cell) {
        "`{cell}` has now run, with a different output:",
        "`{cell}` 셀이 이제 실제로 실행되었고, 이렇게 보여 줘요:"
    }
    live_is_ready() {
        "Rust is ready; the cells above gave the same outputs",
        "Rust가 준비되었어요. 위의 셀들은 같은 출력을 냈어요"
    }
    running() { "running", "실행하는 중" }
    cancelled() { "cancelled before it started", "시작하기 전에 취소했어요" }
    setup_failed(cell) {
        "the section's first cell, `{cell}`, had failed before:",
        "그보다 먼저, 이 절의 맨 앞에 있는 `{cell}` 셀이 실패했어요:"
    }
    earlier_failed(cell) {
        "the earlier cell `{cell}` failed:",
        "앞에 있는 `{cell}` 셀이 실패했어요:"
    }
    operator_with_shapes(which, shapes) {
        "{which} met shapes that do not fit: {shapes}. `add(&a, &b)?` names both shapes in its message, \
         and `shape(&a)` prints one",
        "{which} 연산에서 형상이 맞지 않아요: {shapes}. `add(&a, &b)?`를 쓰면 두 형상을 알려 주고, `shape(&a)`는 \
         형상 하나를 보여 줘요"
    }
    operator_without_shapes(which) {
        "{which} met two arrays whose shapes do not fit. `add(&a, &b)?` names both shapes in its message, \
         and `shape(&a)` prints one",
        "{which} 연산에서 두 배열의 형상이 맞지 않아요. `add(&a, &b)?`를 쓰면 두 형상을 알려 주고, `shape(&a)`는 형상 \
         하나를 보여 줘요"
    }
    still_there() {
        "nothing is lost: your variables are as they were before",
        "잃은 것은 없어요. 변수는 모두 그 전과 같아요"
    }
    open_bracket(bracket) { "… `{bracket}` is open; Ctrl-C cancels", "… `{bracket}` 괄호가 열려 있어요. Ctrl-C로 취소해요" }
    unfinished() { "… not finished yet; Ctrl-C cancels", "… 아직 끝나지 않았어요. Ctrl-C로 취소해요" }
    input_cancelled() { "input cancelled; Ctrl-D or `:quit` exits", "줄을 버렸어요. `:quit` 또는 Ctrl-D로 나가요" }
    more_lines(count) { "... {count} more lines: `:all` shows them", "... {count}줄 더 있어요: `:all` 명령으로 모두 봐요" }
    pager_keys() { "Space for the next page, q to quit", "스페이스는 다음, q는 나가기" }
    no_output_yet() { "there is no output yet", "아직 나온 출력이 없어요" }
    not_utf8() { "this line is not UTF-8; it was not run", "UTF-8이 아닌 줄이라 실행하지 않았어요" }
    input_ends(text) { "the input ends before `{text}` is complete", "`{text}` 줄이 완성되기 전에 입력이 끝났어요" }
    moved_away(name, line) {
        "`{name}` was moved by `{line}`; use `{name}.clone()` there to keep it, or undo that line with `:undo`",
        "`{name}` 변수의 값은 `{line}` 줄이 가져갔어요. 그 줄에서 `{name}.clone()` 값을 주거나, `:undo` 명령으로 그 줄을 되돌리세요"
    }
    another_section(name, section) {
        "`{name}` is defined in section {section}, and each section starts fresh: `:goto {section}` goes there",
        "`{name}` 이름은 {section}절의 것이고, 절마다 새로 시작해요. `:goto {section}` 명령으로 그리 가요"
    }
    is_a_method(name) {
        "`{name}` is a method in Rust: `x.{name}()` for a number `x`, `x.mapv(f64::{name})` for an array",
        "`{name}` 함수는 Rust에서 메서드예요. 숫자 `x`라면 `x.{name}()`, 배열이라면 `x.mapv(f64::{name})`처럼 써요"
    }
    not_yet_run(name, cell) {
        "`{name}` is defined in the cell `{cell}`; `:goto {cell}` runs the cells before it, then that cell",
        "이 장에서는 `{cell}` 셀이 `{name}` 이름을 정의해요. `:goto {cell}` 명령은 그 앞의 셀과 그 셀을 실행해요"
    }

    // How a cell ended, as predicates: `ended` gives the REPL's own sentence.
    ended(predicate) { "the cell {predicate}", "셀이 {predicate}" }
    not_compiled(codes) { "failed to compile{codes}", "컴파일되지 않았어요{codes}" }
    panicked(at, message) { "panicked{at}: {message}", "패닉을 일으켰어요{at}: {message}" }
    returned_error(at, message) {
        "returned an error through `?`{at}: {message}",
        "`?`로 오류를 돌려줬어요{at}: {message}"
    }
    at_line(line) { " at line {line}", " ({line}번째 줄)" }
    exited(code) { "ended the process with exit code {code}", "종료 코드 {code}번으로 프로세스를 끝냈어요" }
    overflowed() {
        "overflowed its stack: does a function call itself forever?",
        "스택을 넘치게 했어요. 함수가 자기 자신을 끝없이 부르고 있나요?"
    }
    killed(signal) { "was killed by {signal}", "{signal} 신호로 죽었어요" }
    killed_at_once(signal) {
        "was killed by {signal}, as the system does when memory runs out",
        "{signal} 신호로 죽었어요. 메모리가 모자라면 시스템이 이렇게 해요"
    }
    segfault(signal) {
        "was killed by {signal}: it accessed memory that is not its own",
        "{signal} 신호로 죽었어요. 자기 것이 아닌 메모리를 건드렸어요"
    }
    signal(name, number) { "{name} (signal {number})", "{name}({number}번)" }
    unnamed_signal(number) { "signal {number}", "{number}번" }
    compiled_too_long(seconds) { "was still compiling after {seconds} s", "{seconds}초가 지나도 컴파일 중이었어요" }
    ran_too_long(seconds) { "was still running after {seconds} s", "{seconds}초 넘게 실행되어 멈췄어요" }
    moving_keys() {
        "up, down: choose; left, right: change; r: reset; Enter: keep; Esc: leave",
        "위아래: 고르기, 좌우: 바꾸기, r: 처음 값, Enter: 이대로 두기, Esc: 나가기"
    }
    stopped() { "was interrupted", "Ctrl-C로 멈췄어요" }
    error() { "error", "오류" }
    help() { "help", "도움말" }
    note() { "note", "참고" }
    explain_hint(code) { "`:explain {code}` explains it", "`:explain {code}` 명령이 더 알려 줘요" }

    // Questions about Rust.
    no_variables() { "no variables yet: `let x = 1;` defines one", "아직 변수가 없어요. `let x = 1;`처럼 만들어요" }
    no_type(expression, reason) { "`{expression}` has no type: {reason}", "`{expression}`에는 타입이 없어요: {reason}" }
    undone(line) { "undone: `{line}`", "되돌렸어요: `{line}`" }
    nothing_to_undo() {
        "there is nothing to undo\nhelp: `:reset` starts over",
        "되돌릴 것이 없어요\n도움말: `:reset` 명령은 새로 시작해요"
    }
    forgotten() {
        "all variables and items are forgotten; the section's first cell is run again",
        "모든 변수와 정의를 잊었어요. 이 절의 첫 셀은 저절로 다시 실행돼요"
    }
    nothing_ran() {
        "no cell of the chapter has run yet\nhelp: press Enter, then `:diff`",
        "아직 이 장의 셀을 실행하지 않았어요\n도움말: Enter를 누른 다음 `:diff` 명령을 쓰세요"
    }
    same_as_stored(cell) { "`{cell}`: the same as in the chapter", "`{cell}`: 이 장의 출력과 같아요" }
    diff_legend() { "- in the chapter, + now", "- 이 장에서, + 지금" }
    no_code_yet() {
        "no code has been shown yet in this section\nhelp: press Enter",
        "이 절에서 아직 코드를 보지 않았어요\n도움말: Enter를 누르세요"
    }
    nothing_to_repeat() {
        "there is no cell to run again yet\nhelp: press Enter",
        "다시 실행할 셀이 아직 없어요\n도움말: Enter를 누르세요"
    }
    no_place(place) { "there is no section or cell `{place}`", "`{place}` 절이나 셀은 없어요" }
    no_name(name) { "the library has no `{name}`", "라이브러리에 `{name}` 이름은 없어요" }
    no_error_yet() {
        "there has been no error with a code yet\nhelp: name a code: `:explain E0382`",
        "아직 코드가 있는 오류가 없었어요\n도움말: `:explain E0382`처럼 코드를 쓰세요"
    }
    no_such_error(code) {
        "rustc has no error `{code}`\nhelp: a code looks like `E0382`",
        "rustc에 `{code}` 오류는 없어요\n도움말: 코드는 `E0382`처럼 생겼어요"
    }
    no_rustc(reason) { "rustc cannot be started: {reason}", "rustc를 시작할 수 없어요: {reason}" }
    no_term(term) { "the glossary has no `{term}`", "용어집에 `{term}` 항목은 없어요" }
    first_in(section) { "introduced in section {section}", "{section}절에 처음 나와요" }
    terms_are() {
        "the terms of this chapter; `:term bias` defines one",
        "이 장의 용어예요. 뜻은 `:term 편향`처럼 물어요"
    }
    your_variable(name, kind) { "{name}: {kind} (yours)", "{name}: {kind} (내 변수)" }
    nothing_known_yet(word) {
        "nothing is known about `{word}` yet: rust-analyzer is still loading, try again",
        "`{word}`에 대해서는 아직 아는 것이 없어요. rust-analyzer가 읽는 중이니 다시 물어보세요"
    }
    nothing_known(word) { "nothing is known about `{word}`", "`{word}`에 대해서는 아는 것이 없어요" }

    // Figures and files.
    no_figure() {
        "there is no figure yet\nhelp: run a cell that draws one, such as `plot_sigmoid()`",
        "아직 그림이 없어요\n도움말: `plot_sigmoid()`처럼 그림을 그리는 셀을 실행하세요"
    }
    saved(file) { "saved: {file}", "저장했어요: {file}" }
    not_saved(reason) { "cannot save the figure: {reason}", "그림을 저장하지 못했어요: {reason}" }
    opening_file(file) { "opening {file}", "여는 중: {file}" }
    no_opener(program, file) {
        "`{program}` cannot be started; the figure is at {file}",
        "`{program}` 프로그램을 시작할 수 없어요. 그림은 여기에 있어요: {file}"
    }
    not_a_picture() { "the figure's SVG cannot be drawn", "그릴 수 있는 SVG 그림이 아니에요" }
    figure_ending(ending) {
        "a figure is saved as `.svg` or `.png`, not as `.{ending}`\nhelp: `:save plot.png`",
        "그림은 `.{ending}` 파일이 아니라 `.svg`나 `.png`로 저장해요\n도움말: `:save plot.png`"
    }
    export_ending(ending) {
        "your lines are exported as `.ipynb` or `.rs`, not as `.{ending}`\nhelp: `:export mine.ipynb`",
        "입력한 줄은 `.{ending}` 파일이 아니라 `.ipynb`나 `.rs`로 써요\n도움말: `:export mine.ipynb`"
    }
    file_exists(file) {
        "{file} already exists and is not overwritten\nhelp: choose another name, or remove the file first",
        "{file} 파일이 이미 있어서 덮어쓰지 않아요\n도움말: 다른 이름을 쓰거나 먼저 지우세요"
    }
    cannot_write(file) { "cannot write {file}", "{file} 파일을 쓸 수 없어요" }
    nothing_typed() {
        "you have not typed any Rust yet\nhelp: type a line, then `:export`",
        "아직 쓸 수 있는 Rust를 입력하지 않았어요\n도움말: 한 줄 입력한 다음 `:export` 명령을 쓰세요"
    }
    exported(count, file) { "wrote {count} of your inputs to {file}", "입력 {count}개를 {file} 파일에 썼어요" }
    not_shown(kinds) {
        "(output of type {kinds} cannot be shown in a terminal)",
        "({kinds} 종류의 출력은 터미널에 보여 줄 수 없어요)"
    }

    // Mistakes in commands.
    no_command(name) { "there is no command `:{name}`", "`:{name}` 명령은 없어요" }
    did_you_mean(line) { "did you mean `{line}`?", "혹시 `{line}`인가요?" }
    see_help() { "`:help` lists the commands", "`:help` 명령이 모든 명령을 보여 줘요" }
    see_sections() { "`:sections` lists the sections", "`:sections` 명령이 절을 보여 줘요" }
    see_cells() {
        "`:cells` lists the cells of this section, `:cells 4` those of another",
        "`:cells` 명령은 이 절의 셀을, `:cells 4` 명령은 다른 절의 셀을 보여 줘요"
    }
    see_terms() { "`:term` lists all of them", "`:term` 명령이 모두 보여 줘요" }
    try_it(line) { "try `{line}`", "`{line}`처럼 써 보세요" }
    takes_nothing(name, argument) {
        "`:{name}` takes no argument, but got `{argument}`\nhelp: type `:{name}`",
        "`:{name}` 명령 뒤에는 `{argument}` 같은 말을 쓰지 않아요\n도움말: `:{name}`만 쓰세요"
    }
    needs_argument(name) { "`:{name}` needs an argument", "`:{name}` 명령 뒤에는 인수가 하나 필요해요" }
    no_language(name) {
        "the chapter has no edition in `{name}`\nhelp: `:lang en` or `:lang ko`",
        "`{name}` 언어로 된 판은 없어요\n도움말: `:lang en` 또는 `:lang ko`"
    }
    also(names) { "also: {names}", "다른 이름: {names}" }
}
