//! Help on the commands: a few words each for the page of `:help`, a sentence each for `:help NAME`.
//!
//! The page has two columns of 40: the few words take at most 24 of them, a Hangul syllable two.

super::messages! {
    // The page.
    group_walking() { "Walking", "이동" }
    group_cell() { "Current cell", "이 셀" }
    group_figure() { "Figures", "그림" }
    group_rust() { "Your code", "내 코드" }
    group_help() { "Help", "도움말" }
    anything_else() {
        "Anything else is Rust: `sigmoid(&array![0.0, 2.0])`. Tab completes, Shift-Tab describes the name under the \
         cursor, Ctrl-R searches the history, Ctrl-C stops a cell.",
        "그 밖의 입력은 모두 Rust예요: `sigmoid(&array![0.0, 2.0])`. Tab은 자동 완성하고, Shift-Tab은 커서 자리의 이름을 알려 주고, Ctrl-R은 전에 쓴 줄을 \
         찾고, Ctrl-C는 셀을 멈춰요."
    }
    one_command() { "`:help goto` explains one command.", "`:help goto`처럼 쓰면 명령 하나를 자세히 알려 줘요." }

    brief_next() { "next cell (Enter)", "다음 셀 (Enter)" }
    brief_back() { "previous cell", "앞의 셀" }
    brief_again() { "rerun the cell", "이 셀을 다시 실행" }
    brief_run() { "run rest of section", "이 절의 나머지" }
    brief_run_all() { "run rest of chapter", "이 장의 나머지" }
    brief_goto() { "4, softmax, a cell id", "4, softmax, 셀 이름" }
    brief_sections() { "list the sections", "절의 목록" }
    brief_cells() { "list cells with ids", "셀과 셀 이름" }
    brief_progress() { "cells seen so far", "지금까지 본 것" }
    brief_code() { "show its code", "코드 보기" }
    brief_draw() { "draw a digit in text", "글자로 숫자 그리기" }
    brief_edit() { "edit its code", "코드 고치기" }
    brief_diff() { "compare with chapter", "이 장의 출력과 비교" }
    brief_all() { "show the whole output", "긴 출력 모두 보기" }
    brief_figure() { "show the last one", "마지막 그림 다시" }
    brief_save() { "save as .svg or .png", ".svg, .png로 저장" }
    brief_open() { "open in your viewer", "뷰어로 열기" }
    brief_vars() { "variables and types", "변수와 타입" }
    brief_type() { "type, without running", "실행 없이 타입만" }
    brief_undo() { "undo the last line", "마지막 줄 되돌리기" }
    brief_reset() { "forget everything", "모두 잊기" }
    brief_export() { "write .ipynb or .rs", ".ipynb, .rs로 쓰기" }
    brief_doc() { "documentation of a name", "이름의 설명" }
    brief_source() { "library source code", "라이브러리의 코드" }
    brief_term() { "look up the glossary", "용어집" }
    brief_explain() { "explain the last error", "마지막 오류 설명" }
    brief_lang() { "en or ko", "en 또는 ko" }
    brief_help() { "this page or a command", "이 도움말이나 명령 하나" }
    brief_quit() { "exit (Ctrl-D)", "나가기 (Ctrl-D)" }

    // One command.
    help_next() { "show the next cell and run it (same as Enter)", "다음 셀을 보여 주고 실행해요 (Enter도 같아요)" }
    help_back() { "return to the previous cell", "앞의 셀로 돌아가요" }
    help_again() { "run the current cell again", "이 셀을 다시 실행해요" }
    help_run() { "run the rest of the section", "이 절의 나머지를 실행해요" }
    help_run_all() { "run the rest of the chapter", "이 장의 나머지를 실행해요" }
    help_goto() {
        "go to a section or a cell: `:goto 4`, `:goto softmax`",
        "절이나 셀로 가요: `:goto 4`, `:goto softmax`"
    }
    help_sections() { "list the sections", "절을 모두 보여 줘요" }
    help_cells() {
        "list the cells of this section, or of another one, with the ids that `:goto` takes: `:cells softmax`",
        "이 절의 셀과 그 이름을 보여 줘요. 다른 절은 `:cells softmax`처럼 물어요. 셀 이름은 `:goto` 명령에 쓸 수 있어요"
    }
    help_progress() { "show how many cells you have seen, in this and earlier sessions", "이번과 지난번까지 본 셀을 세어 줘요" }
    help_code() { "show the current cell's code", "이 셀의 코드를 보여 줘요" }
    help_edit() {
        "put the current cell's code on your line to edit it, or the code that defines a name: `:edit my_step`; Enter \
         then continues after that cell",
        "이 셀의 코드를 입력 줄에 놓아 고칠 수 있게 해요. `:edit my_step`처럼 이름을 쓰면 그 코드를 놓아요. 그다음 Enter는 그 뒤로 나아가요"
    }
    help_draw() {
        "put a digit drawn in text on your line to edit it; Enter lets the network read it",
        "글자로 그린 숫자를 입력 줄에 놓아 고칠 수 있게 해요. Enter를 누르면 신경망이 읽어요"
    }
    help_diff() { "compare the output with the chapter's", "나온 출력을 이 장의 출력과 비교해요" }
    help_all() { "show a long output in full", "긴 출력을 모두 보여 줘요" }
    help_figure() { "show the last figure again", "마지막 그림을 다시 보여 줘요" }
    help_save() { "save the last figure: `:save plot.svg` or `.png`", "마지막 그림을 저장해요: `:save plot.svg` 또는 `.png`" }
    help_open() { "open the last figure in your viewer", "마지막 그림을 뷰어로 열어요" }
    help_vars() { "list the variables and their types", "변수와 그 타입을 보여 줘요" }
    help_type() {
        "show the type of an expression without running it: `:type sigmoid(&x)`",
        "식을 실행하지 않고 타입만 알려 줘요: `:type sigmoid(&x)`"
    }
    help_undo() { "undo the last line", "마지막 줄이 한 일을 되돌려요" }
    help_reset() { "forget every variable and item", "모든 변수와 정의를 잊어요" }
    help_export() {
        "write the lines you typed to a new file: `:export mine.ipynb` or `mine.rs`",
        "입력한 줄을 새 파일에 써요: `:export mine.ipynb` 또는 `mine.rs`"
    }
    help_doc() {
        "show the documentation of a name: `:doc sigmoid`, `:doc Vec::push`, `:doc E0382`",
        "이름의 설명을 보여 줘요: `:doc sigmoid`, `:doc Vec::push`, `:doc E0382`"
    }
    help_source() { "show the library's source code: `:source sigmoid`", "라이브러리의 코드를 보여 줘요: `:source sigmoid`" }
    help_term() {
        "define a term: `:term bias`; without a term, list all of them",
        "용어의 뜻을 알려 줘요: `:term 편향`. 용어를 쓰지 않으면 모두 보여 줘요"
    }
    help_explain() {
        "show rustc's explanation of the last error, or of a code such as `E0382`",
        "마지막 오류나 `E0382` 같은 오류를 rustc가 설명해요"
    }
    help_lang() {
        "change the language of the chapter and of these messages: `:lang ko`",
        "이 장과 메시지의 언어를 바꿔요: `:lang en`"
    }
    help_help() { "list all commands, or explain one: `:help goto`", "명령을 모두 보여 주거나 하나를 자세히 알려 줘요: `:help goto`" }
    help_quit() { "exit (same as Ctrl-D)", "나가요 (Ctrl-D도 같아요)" }
}
