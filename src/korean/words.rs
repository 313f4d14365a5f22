//! The words of the chapter's figures.

/// The words of the chapter's figures, by section.
const WORDS: &[(&str, &str)] = &[
    ("The step function", "계단 함수"),
    ("yours: red is yes", "내 답: 빨간 쪽이 예"),
    ("should be yes", "예여야 해요"),
    ("should be no", "아니요여야 해요"),
    ("The sigmoid", "시그모이드"),
    ("sigmoid", "시그모이드"),
    ("Two layers", "두 층"),
    ("no activation between", "사이에 활성화 함수 없음"),
    ("sigmoid between", "사이에 시그모이드"),
    ("Three ReLUs make a tent", "ReLU 세 개로 만든 텐트"),
    ("Activation functions", "활성화 함수"),
    ("relu", "ReLU"),
    ("identity", "항등 함수"),
    ("wanted", "정답"),
    ("yours", "내 답"),
    ("before", "곱하기 전"),
    ("after", "곱한 뒤"),
    ("A matrix product moves points", "행렬 곱으로 옮긴 점"),
    ("input", "입력"),
    ("output", "출력"),
    ("AND: one neuron, one border", "AND: 뉴런 하나, 경계 하나"),
    ("no", "아니요"),
    ("yes", "예"),
    ("steps", "계단 함수"),
    ("sigmoids", "시그모이드"),
    ("softmax", "소프트맥스"),
    ("What the network says", "신경망의 답"),
    ("Training", "학습"),
    ("step", "스텝"),
    ("loss", "손실"),
    ("confidence", "확신"),
    ("right", "맞은 답"),
    ("wrong", "틀린 답"),
    ("the image", "이미지"),
    ("What a mistake costs", "실수의 대가"),
    ("right, in %", "정확도 (%)"),
    ("nothing wrong", "실수 없음"),
    ("pixels 0 to 255", "픽셀이 0부터 255"),
    ("rows for columns", "행과 열을 맞바꿈"),
    ("no biases", "편향 없음"),
    ("softmax down 1", "열 소프트맥스, 1장씩"),
    ("softmax down 10", "열 소프트맥스, 10장씩"),
    ("softmax down 100", "열 소프트맥스, 100장씩"),
    ("digit", "숫자"),
    ("probability in %", "확률 (%)"),
    // Of the figures that move.
    ("its derivative", "도함수"),
    ("untrained", "학습 전"),
    ("cat", "고양이"),
    ("dog", "개"),
    ("horse", "말"),
    ("scores", "점수"),
    ("softmax(scores / temperature)", "softmax(점수 / 온도)"),
    ("no warning", "경고 없음"),
];

/// Texts that begin like this, and end with a number.
const BEFORE: &[(&str, &str)] = &[
    ("layer ", "층 "),
    ("neuron ", "뉴런 "),
    ("it is an ", "답: "),
    ("it is a ", "답: "),
    ("it is ", "정답 "),
    ("said ", "답 "),
    ("an ", "숫자 "),
    ("a ", "숫자 "),
];

/// Texts with numbers in them, which may stand in another order: `{0}` is the first number.
const AROUND: &[(&str, &str)] = &[
    ("slope {0} at {1}", "x = {1}에서 기울기 {0}"),
    ("XOR wants 0, 1, 1, 0 and gets {0}", "XOR의 정답은 0, 1, 1, 0, 신경망은 {0}"),
    ("epoch {0}: loss {1}", "에폭 {0}: 손실 {1}"),
    ("{0} % right", "정확도 {0}%"),
    ("sigmoid [{0}]", "시그모이드 [{0}]"),
];

/// A text of the chapter's figures in Korean.
pub(super) fn korean(text: &str) -> Option<String> {
    if let Some((_, korean)) = WORDS.iter().find(|(english, _)| *english == text) {
        return Some((*korean).to_owned());
    }
    if let Some(text) = AROUND.iter().find_map(|(english, korean)| around(text, english, korean)) {
        return Some(text);
    }
    let begins = BEFORE.iter().find_map(|(english, korean)| Some((korean, text.strip_prefix(english)?)));
    let (korean, rest) = begins.filter(|(_, rest)| rest.starts_with(|letter: char| letter.is_ascii_digit()))?;
    Some(format!("{korean}{}", rest.replace(" %", "%")))
}

const STEP_FUNCTION: &str = "계단 함수";

/// The legend of the section on the sigmoid, where a step is no step of the training.
pub(super) fn step_function(text: &str) -> Option<String> {
    if text == "step" { Some(STEP_FUNCTION.to_owned()) } else { korean(text) }
}

/// The Korean text, with the numbers of a text that is otherwise the English one.
fn around(text: &str, english: &str, korean: &str) -> Option<String> {
    let mut numbers = Vec::new();
    let (first, others) = english.split_once("{0}")?;
    let mut rest = text.strip_prefix(first)?;
    for then in others.split("{1}") {
        let end = if then.is_empty() { rest.len() } else { rest.find(then)? };
        let (number, after) = rest.split_at(end);
        let is_numeric = |c: char| c.is_ascii_digit() || "+-−., einfa".contains(c);
        if number.is_empty() || !number.chars().all(is_numeric) {
            return None;
        }
        numbers.push(number);
        rest = after.strip_prefix(then)?;
    }
    let all = numbers.iter().enumerate();
    rest.is_empty()
        .then(|| all.fold(korean.to_owned(), |text, (at, number)| text.replace(&format!("{{{at}}}"), number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_where_the_korean_text_has_them() {
        let worded = |text: &str| korean(text).unwrap_or_else(|| text.to_owned());
        assert_eq!(worded("slope -0.20 at 1.5"), "x = 1.5에서 기울기 -0.20");
        assert_eq!(worded("epoch 12: loss 0.071"), "에폭 12: 손실 0.071");
        assert_eq!(worded("93 % right"), "정확도 93%");
        assert_eq!(worded("said 9, 97 %"), "답 9, 97%");
        assert_eq!(worded("sigmoid [nan 0.5 inf]"), "시그모이드 [nan 0.5 inf]");
        for other in ["slope x at 1", "slope 1 at ", "slope 1 at 2 and more", "% right", "epoch 1: loss", "neuron x"] {
            assert_eq!(korean(other), None, "{other}");
        }
    }

    #[test]
    fn the_letters_of_pages_have_every_syllable_of_the_words() {
        let table = include_bytes!("../plot/font/page.bin");
        let count = usize::from(u16::from_le_bytes([table[16], table[17]]));
        let entries = table[18..].chunks_exact(8).take(count);
        let has: Vec<u32> = entries.map(|entry| u16::from_le_bytes([entry[0], entry[1]]).into()).collect();
        let words = WORDS.iter().chain(BEFORE).chain(AROUND).map(|(_, korean)| *korean);
        let words = words.chain([STEP_FUNCTION]);
        let missing: Vec<char> = words.flat_map(str::chars).filter(|&it| !has.contains(&u32::from(it))).collect();
        assert!(missing.is_empty(), "run `bash tests/font/run.sh write`: {missing:?}");
    }
}
