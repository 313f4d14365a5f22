//! The chapter's figures in Korean: the functions that make them, with the words of the chapter translated.
//!
//! A text that is not in the table stays as it is. Text output is the same in every language.

pub mod check;

use ndarray::{ArrayBase, Data, Dimension};

use crate::network::{Network, Real};
use crate::plot::{Figure, Grid, Names, Number, Values};
use crate::reading::Reading;
use crate::shape::Float;
use crate::{activation, mnist, network, plot as figures, reading, softmax};

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
    ("step", "단계"),
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
];

/// Texts that begin like this, and end with a number.
const BEFORE: &[(&str, &str)] = &[
    ("layer ", "층 "),
    ("it is an ", "답: "),
    ("it is a ", "답: "),
    ("it is ", "정답 "),
    ("said ", "답 "),
    ("an ", "숫자 "),
    ("a ", "숫자 "),
];

/// A text of the chapter's figures in Korean.
fn korean(text: &str) -> Option<String> {
    if let Some((_, korean)) = WORDS.iter().find(|(english, _)| *english == text) {
        return Some((*korean).to_owned());
    }
    let begins = BEFORE.iter().find_map(|(english, korean)| Some((korean, text.strip_prefix(english)?)));
    let (korean, rest) = begins.filter(|(_, rest)| rest.starts_with(|letter: char| letter.is_ascii_digit()))?;
    Some(format!("{korean}{rest}"))
}

/// The legend of the section on the sigmoid, where a step is no step of the training.
fn step_function(text: &str) -> Option<String> {
    if text == "step" { Some("계단 함수".to_owned()) } else { korean(text) }
}

/// As [`plot`](figures::plot), with the chapter's words in Korean.
pub fn plot(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    figures::plot(x, y).wording(korean)
}

/// As [`scatter`](figures::scatter), with the chapter's words in Korean.
pub fn scatter(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    figures::scatter(x, y).wording(korean)
}

/// As [`bar`](figures::bar), with the chapter's words in Korean.
pub fn bar(names: &(impl Names + ?Sized), heights: &(impl Values + ?Sized)) -> Figure {
    figures::bar(names, heights).wording(korean)
}

/// As [`barh`](figures::barh), with the chapter's words in Korean.
pub fn barh(names: &(impl Names + ?Sized), widths: &(impl Values + ?Sized)) -> Figure {
    figures::barh(names, widths).wording(korean)
}

/// As [`hist`](figures::hist), with the chapter's words in Korean.
pub fn hist(values: &(impl Values + ?Sized), bins: usize) -> Figure {
    figures::hist(values, bins).wording(korean)
}

/// As [`imshow`](figures::imshow), with the chapter's words in Korean.
pub fn imshow(matrix: &(impl Grid + ?Sized)) -> Figure {
    figures::imshow(matrix).wording(korean)
}

/// As [`subplots`](figures::subplots), with the chapter's words in Korean.
pub fn subplots(rows: usize, columns: usize, parts: impl IntoIterator<Item = Figure>) -> Figure {
    figures::subplots(rows, columns, parts).wording(korean)
}

/// As [`plot_step`](activation::plot_step), with the chapter's words in Korean.
pub fn plot_step() -> Figure {
    activation::plot_step().wording(step_function)
}

/// As [`plot_sigmoid`](activation::plot_sigmoid), with the chapter's words in Korean.
pub fn plot_sigmoid() -> Figure {
    activation::plot_sigmoid().wording(step_function)
}

/// As [`plot_relu`](activation::plot_relu), with the chapter's words in Korean.
pub fn plot_relu() -> Figure {
    activation::plot_relu().wording(korean)
}

/// As [`plot_network`](network::plot_network), with the chapter's words in Korean.
pub fn plot_network<T: Real>(net: &Network<T>) -> Figure {
    network::plot_network(net).wording(step_function)
}

/// As [`plot_regions`](network::plot_regions), with the chapter's words in Korean.
pub fn plot_regions<T: Real>(net: &Network<T>, low: f64, high: f64) -> Figure {
    network::plot_regions(net, low, high).wording(korean)
}

/// As [`plot_softmax`](softmax::plot_softmax), with the chapter's words in Korean.
pub fn plot_softmax<S: Data<Elem: Float + Number>, D: Dimension>(x: &ArrayBase<S, D>) -> Figure {
    softmax::plot_softmax(x).wording(korean)
}

/// As [`plot_digits`](mnist::plot_digits), with the chapter's words in Korean.
pub fn plot_digits<S, D>(digits: &ArrayBase<S, D>, labels: &(impl Names + ?Sized)) -> Figure
where
    S: Data<Elem: Number>,
    D: Dimension,
{
    mnist::plot_digits(digits, labels).wording(korean)
}

/// As [`plot_reading`](reading::plot_reading), with the chapter's words in Korean.
pub fn plot_reading(read: &Reading) -> Figure {
    reading::plot_reading(read).wording(korean)
}
