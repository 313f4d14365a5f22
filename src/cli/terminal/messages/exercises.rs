//! The messages of the exercises.

use super::messages;

messages! {
    brief_exercises() { "list them", "연습 목록" }
    brief_try() { "begin one", "하나 풀기" }
    brief_check() { "is it right?", "답 확인" }
    brief_hint() { "one more each time", "힌트 하나 더" }
    brief_solution() { "after it is solved", "풀고 나서 보기" }
    group_exercises() { "Exercises", "연습" }
    help_exercises() { "list the exercises, and which you have solved", "연습 문제와 푼 것을 보여 줘요" }
    help_try() {
        "show an exercise and put the start of its code on your line: `:try nand`; alone, the next unsolved one",
        "연습 문제를 보여 주고 코드의 시작을 입력 줄에 놓아요: `:try nand`. 이름이 없으면 아직 풀지 않은 다음 문제예요"
    }
    help_check() {
        "check your answer on many inputs, and show the smallest that goes wrong; `:check nand` checks that exercise",
        "여러 입력으로 답을 확인하고, 틀린 것 가운데 가장 작은 것을 보여 줘요. `:check nand`는 그 문제를 확인해요"
    }
    help_hint() { "show a hint; the next one says more", "힌트를 보여 줘요. 다음 힌트는 더 많이 알려 줘요" }
    help_solution() {
        "show the solution and its reason: after you solved it, or when you ask twice",
        "풀이와 그 까닭을 보여 줘요. 풀고 나서, 또는 두 번 물었을 때예요"
    }
    try_one() { "`:try nand` begins one, `:try` the next unsolved one", "`:try nand`로 하나를, `:try`로 다음 문제를 시작해요" }
    how_to_try() {
        "Write your answer, press Enter, then type `:check`. `:hint` helps.",
        "답을 쓰고 Enter를 누른 다음 `:check`를 입력하세요. `:hint`가 도와줘요."
    }
    how_to_try_again() {
        "Your last answer is on the line. Change it, press Enter, then `:check`.",
        "지난번 답을 입력 줄에 놓았어요. 고치고 Enter를 누른 다음 `:check` 하세요."
    }
    no_exercise(name) { "there is no exercise `{name}`", "`{name}` 연습 문제는 없어요" }
    see_exercises() { "`:exercises` lists them, `:try` begins one", "`:exercises`가 목록이고 `:try`로 시작해요" }
    no_exercise_yet() { "no exercise was begun", "아직 시작한 연습 문제가 없어요" }
    define_first(name) {
        "run your code first; `:try {name}` puts its beginning on the line",
        "먼저 코드를 실행하세요. `:try {name}` 명령이 코드의 시작을 입력 줄에 놓아요"
    }
    begins_like(line) {
        "the exercise begins like this: `{line}`; compare the names and types in yours",
        "연습은 이렇게 시작해요: `{line}`. 내 코드의 이름, 타입과 견주어 보세요"
    }
    why_it_works() {
        "`:solution` says why it works, `:try` begins the next",
        "`:solution`이 까닭을 알려 줘요. `:try`로 다음 문제를 시작해요"
    }
    hint_hint() { "change your code and `:check` again; `:hint` helps", "코드를 고치고 다시 `:check` 하세요. `:hint`가 도와줘요" }
    hint_number(count, of, name) { "hint {count} of {of} for `{name}`", "`{name}` 힌트 {count}/{of}" }
    no_more_hints() { "that was the last hint; `:solution` shows the solution", "마지막 힌트였어요. `:solution`이 풀이를 보여 줘요" }
    really_the_solution() {
        "not solved yet: type `:solution` again to see it all the same, or `:hint`",
        "아직 풀지 않았어요. 그래도 보려면 `:solution`을 한 번 더, 아니면 `:hint`를 입력하세요"
    }
    exercise_solved(how) { "solved: {how}", "맞았어요! ({how})" }
    exercise_not_yet() { "not yet; here is the smallest input that goes wrong", "아직이에요. 틀린 것 가운데 가장 작은 입력이에요" }
    exercise_first_wrong() { "not yet; here is the first prediction that is wrong", "아직이에요. 틀린 예측 가운데 첫째예요" }
    exercise_to_do() { "not yet; write your code in the place of `todo!()`", "아직이에요. `todo!()` 자리에 코드를 쓰고 다시 확인하세요" }
    exercise_input(text) { "input:  {text}", "입력:   {text}" }
    exercise_yours(text) { "yours:  {text}", "내 답:  {text}" }
    exercise_wanted(text) { "wanted: {text}", "정답:   {text}" }
    exercise_hint(text) { "hint:   {text}", "힌트:   {text}" }
    exercises_solved(count, of) { ", {count} of {of} exercises", ", 연습 {count}/{of}" }
    an_exercise(name) { "`:try {name}` to solve it here, Enter to go on", "여기서 풀려면 `:try {name}`, 넘어가려면 Enter" }
}
