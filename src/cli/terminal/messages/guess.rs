//! The messages around a guess.

use super::messages;

messages! {
    guess_first(question) {
        "Before you see: {question}\nType your guess, or press Enter to go on without one.",
        "보기 전에: {question}\n예상을 입력하세요. 그냥 넘어가려면 Enter를 누르세요."
    }
    guess_cancelled() { "Enter shows the answer; `:quit` exits", "Enter를 누르면 답을 보여 줘요. `:quit` 명령으로 나가요" }
    guess_prompt() { "guess> ", "예상> " }
    guess_right() { "your guess was right", "예상이 맞았어요" }
    guess_close(text) { "close: {text}", "가까워요. {text}" }
    guess_high(distance, percent) {
        "your guess was {distance} too high{percent}",
        "예상이 {distance}만큼 높아요{percent}"
    }
    guess_low(distance, percent) { "your guess was {distance} too low{percent}", "예상이 {distance}만큼 낮아요{percent}" }
    guess_percent(percent) { " ({percent} %)", " ({percent}%)" }
    guess_under_a_percent() { " (under 1 %)", " (1% 미만)" }
    guess_wrong(said, wanted) { "you said {said}, and it is {wanted}", "예상: {said}, 답: {wanted}" }
    guess_count(said, wanted) {
        "the answer has {wanted} values, and your guess {said}",
        "답의 값은 {wanted}개인데 예상한 값은 {said}개예요"
    }
    guess_some(right, of) { "{right} of {of} right", "{of}개 가운데 {right}개가 맞았어요" }
    guess_some_off(right, of, distance) {
        "{right} of {of} right; the farthest is {distance} off",
        "{of}개 가운데 {right}개가 맞았어요. 가장 먼 것은 {distance}만큼 달라요"
    }
}
