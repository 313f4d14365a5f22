//! What the pages say around the chapter's own text, in both languages.

use crate::cli::lang::Lang;

/// The words of one language.
pub struct Words {
    pub other: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    pub contents: &'static str,
    pub neighbours: &'static str,
    pub glossary: &'static str,
    pub search: &'static str,
    pub theme: &'static str,
    pub rust: &'static str,
    pub check: &'static str,
    pub hint: &'static str,
    pub solution: &'static str,
    /// A field of an exercise, before its number.
    pub value: &'static str,
    /// Words for the script, as its names for them and the words.
    pub script: [(&'static str, &'static str); 20],
}

pub fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &ENGLISH,
        Lang::Ko => &KOREAN,
    }
}

const ENGLISH: Words = Words {
    other: "한국어",
    title: "The forward pass",
    about: "How a neural network turns numbers into answers, from a step function to reading handwritten digits. \
            Every number and every figure on these pages was computed by Rust code that you can read, and the figures \
            with controls are computed again as you move them, by the same functions.",
    contents: "Contents",
    neighbours: "Previous and next section",
    glossary: "Glossary",
    search: "Search",
    theme: "Light or dark",
    rust: "The Rust that draws it",
    check: "Check",
    hint: "Hint",
    solution: "Solution",
    value: "value",
    script: [
        ("copy", "Copy"),
        ("copied", "Copied"),
        ("reset", "Reset"),
        ("nothing", "Nothing found"),
        ("play", "Play"),
        ("stop", "Stop"),
        ("train", "Train"),
        ("clear", "Clear"),
        ("draw", "Draw a digit:"),
        ("canvas", "A place to draw a digit: arrow keys move the pen, the space bar puts it down and lifts it"),
        ("down", "The pen is down"),
        ("up", "The pen is lifted"),
        ("serve", "To move this figure, serve the folder: forward-pass site -o FOLDER --serve 8000"),
        ("still", "This figure stays still: its program could not be loaded"),
        ("solved", "solved"),
        ("not yet", "not yet"),
        ("input", "input"),
        ("yours", "yours"),
        ("wanted", "wanted"),
        ("hint", "hint"),
    ],
};

const KOREAN: Words = Words {
    other: "English",
    title: "순전파",
    about: "신경망이 숫자를 답으로 바꾸는 과정을 계단 함수부터 손글씨 숫자 읽기까지 따라가요. 이 페이지의 모든 숫자와 \
            그림은 직접 읽을 수 있는 Rust 코드가 계산했고, 조절 막대가 있는 그림은 움직일 때마다 같은 함수가 다시 \
            계산해요.",
    contents: "차례",
    neighbours: "앞 절과 다음 절",
    glossary: "용어집",
    search: "찾기",
    theme: "밝게 또는 어둡게",
    rust: "이 그림을 그리는 Rust 코드",
    check: "답 확인",
    hint: "힌트",
    solution: "풀이",
    value: "값",
    script: [
        ("copy", "복사"),
        ("copied", "복사했어요"),
        ("reset", "처음으로"),
        ("nothing", "찾은 것이 없어요"),
        ("play", "재생"),
        ("stop", "멈춤"),
        ("train", "학습"),
        ("clear", "지우기"),
        ("draw", "숫자를 그려 보세요:"),
        ("canvas", "숫자를 그리는 곳: 화살표 키로 펜을 움직이고 스페이스 키로 펜을 내리거나 들어요"),
        ("down", "펜을 내렸어요"),
        ("up", "펜을 들었어요"),
        ("serve", "이 그림을 움직이려면 폴더를 서버로 열어 주세요: forward-pass site -o FOLDER --serve 8000"),
        ("still", "프로그램을 불러오지 못해 이 그림은 움직이지 않아요"),
        ("solved", "맞았어요!"),
        ("not yet", "아직이에요"),
        ("input", "입력"),
        ("yours", "내 답"),
        ("wanted", "정답"),
        ("hint", "힌트"),
    ],
};
