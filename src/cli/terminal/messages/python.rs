//! Rust's way of saying what a reader of Python typed.

use super::messages;

messages! {
    python_import() {
        "nothing is imported here: the chapter's functions are loaded, and `:dep` adds a crate",
        "여기서는 import를 쓰지 않아요. 이 장의 함수는 이미 불러왔고, `:dep` 명령이 크레이트를 더해요"
    }
    python_numpy() {
        "there is no `np` here: the chapter's functions have no prefix, and `ln`, `exp` or `sqrt` are methods, as in \
         `x.ln()`",
        "여기에는 `np`가 없어요. 이 장의 함수는 이름만 쓰고, `ln`, `exp`, `sqrt` 등은 `x.ln()` 같은 메서드예요"
    }
    python_let(name) {
        "a new name begins with `let`, as in `let {name} = ...;`",
        "새 이름은 `let {name} = ...;`처럼 `let`으로 시작해요"
    }
    python_power() { "powers are `x.powi(2)` and `x.powf(0.5)`", "거듭제곱은 `x.powi(2)` 또는 `x.powf(0.5)`예요" }
    python_elif() { "it is `else if` in Rust", "Rust에서는 `else if`예요" }
    python_def() {
        "a function is `fn name(x: f64) -> f64 {{ ... }}`; its last expression is what it returns",
        "함수는 `fn name(x: f64) -> f64 {{ ... }}`예요. 마지막 식이 돌려주는 값이에요"
    }
    python_lambda() { "a function without a name is a closure: `|x| x + 1.0`", "이름 없는 함수는 클로저예요: `|x| x + 1.0`" }
    python_truth(word, rust) { "`{word}` is `{rust}` in Rust", "`{word}`는 Rust에서 `{rust}`예요" }
    python_log() {
        "the natural logarithm is a method: `x.ln()` for a number `x`, `x.mapv(f64::ln)` for an array",
        "자연로그는 메서드예요. 숫자 `x`라면 `x.ln()`, 배열이라면 `x.mapv(f64::ln)`처럼 써요"
    }
    python_len() { "the length is a method: `x.len()`", "길이는 메서드예요: `x.len()`" }
    python_print() {
        "to print a value: `println!(\"{{}}\", show(&x))`; the last expression of a cell is shown without it",
        "값을 찍으려면 `println!(\"{{}}\", show(&x))`를 써요. 셀의 마지막 식은 그냥 보여 줘요"
    }
    python_index() { "an element of a matrix is `a[[row, column]]`", "행렬의 원소는 `a[[행, 열]]`처럼 써요" }
    python_of_two(name) {
        "`{name}` takes an array and an axis; of two numbers it is the method `a.{name}(b)`",
        "`{name}` 함수는 배열과 축을 받아요. 두 수라면 메서드 `a.{name}(b)`를 써요"
    }
    python_float() {
        "whole numbers and floats do not mix: write `2.0` for `2`, and `-5.0` for `-5`",
        "정수와 실수는 섞이지 않아요. `2`는 `2.0`, `-5`는 `-5.0`으로 쓰세요"
    }
    python_try() {
        "this is a `Result`, a value or an error: a `?` behind the call that made it takes the value out",
        "이것은 값이거나 오류인 `Result`예요. 만든 호출 뒤에 `?`를 붙이면 값이 나와요"
    }
    python_compare() {
        "a comparison is of numbers: `x.mapv(|v| v > 0.0)` makes it for each element of an array",
        "비교는 숫자끼리 해요. `x.mapv(|v| v > 0.0)`은 배열의 원소마다 비교해요"
    }
}
