//! The words of a figure: which of them the Korean edition has not translated.

/// Formulas, and names that are the same in Korean.
const SAME: [&str; 12] = [
    "ReLU",
    "relu",
    "relu(x)",
    "tanh",
    "XOR",
    "softmax(x)",
    "exp(x) / sum(exp(x))",
    "step(x)",
    "step(a)",
    "sigmoid(x)",
    "sigmoid(a)",
    "sigmoid(x), step(x)",
];

/// The texts of a figure, in order.
pub fn texts(svg: &str) -> impl Iterator<Item = &str> {
    svg.split("aria-label=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0))
}

/// Whether two letters of the alphabet follow each other in it.
pub fn has_word(text: &str) -> bool {
    let signs = ["&amp;", "&lt;", "&gt;", "&quot;"];
    let plain = signs.iter().fold(text.to_owned(), |text, sign| text.replace(sign, " "));
    plain.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 1)
}

/// The texts of a Korean figure that are English words.
pub fn english_words(svg: &str) -> Vec<&str> {
    let is_korean = |text: &str| text.contains(|letter| ('가'..='힣').contains(&letter));
    // What NumPy prints stays as NumPy has it.
    let stays = |text: &str| SAME.contains(&text) || text == "NaN" || text.contains("encountered in");
    texts(svg).filter(|text| has_word(text) && !is_korean(text) && !stays(text)).collect()
}
