//! The names of the moving figures' controls in Korean; the library names them in English.

use serde_json::{Map, Value, json};

use crate::cli::lang::Lang;

/// Names without words, such as `x₁`, are the same in every language.
const KOREAN: &[(&str, &str)] = &[
    ("activation", "활성화 함수"),
    ("step", "계단"),
    ("sigmoid", "시그모이드"),
    ("identity", "항등"),
    ("added to every score", "모든 점수에 더하는 값"),
    ("rows, left", "왼쪽의 행"),
    ("columns, left", "왼쪽의 열"),
    ("rows, right", "오른쪽의 행"),
    ("columns, right", "오른쪽의 열"),
    ("x₁ → neuron 1", "x₁ → 뉴런 1"),
    ("x₁ → neuron 2", "x₁ → 뉴런 2"),
    ("x₂ → neuron 1", "x₂ → 뉴런 1"),
    ("x₂ → neuron 2", "x₂ → 뉴런 2"),
    ("b of neuron 1", "뉴런 1의 b"),
    ("b of neuron 2", "뉴런 2의 b"),
    ("neuron 1 → y", "뉴런 1 → y"),
    ("neuron 2 → y", "뉴런 2 → y"),
    ("b of y", "y의 b"),
    ("points", "점"),
    ("circles", "동심원"),
    ("moons", "반달"),
    ("spirals", "나선"),
    ("hidden neurons", "은닉 뉴런"),
    ("epoch", "에폭"),
];

/// The names in a language by those of the library, for the page's script.
pub fn names(lang: Lang) -> Value {
    let korean = || KOREAN.iter().map(|(english, korean)| ((*english).to_owned(), json!(korean)));
    Value::Object(if lang == Lang::Ko { korean().collect() } else { Map::new() })
}

#[cfg(test)]
mod tests {
    use forward_pass::moving::chapter;

    use super::*;

    #[test]
    fn every_control_has_a_korean_name_or_needs_none() {
        let controls: Vec<_> = chapter::ALL.iter().flat_map(|it| (it.figure)().controls().to_vec()).collect();
        let names = controls.iter().flat_map(|it| std::iter::once(&it.name).chain(&it.choices));
        let all: Vec<&str> = names.map(String::as_str).collect();
        // Names of functions in code, of sets, and of single letters stay.
        let is_letter = |c: char| c.is_ascii_alphabetic() && !"xywbaht".contains(c);
        let is_same = |name: &&str| ["relu", "tanh", "XOR", "sigmoid(a)"].contains(name);
        let needs_none = |name: &&str| is_same(name) || !name.contains(is_letter);
        let is_known = |name: &&str| KOREAN.iter().any(|(english, _)| english == name);
        let missing: Vec<&&str> = all.iter().filter(|name| !needs_none(name) && !is_known(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let unused: Vec<_> = KOREAN.iter().filter(|(english, _)| !all.contains(english)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
