//! The language of a page, and the words on it that are ours.

use serde_json::Value;

use super::Source;
use crate::cli::notebook::course::CellKind;

/// The language's code: of the metadata, of the folder's name, or of the prose's script.
pub fn of(source: &Source) -> String {
    let metadata = &source.json["metadata"];
    let named = [&metadata["lang"], &metadata["language"], &metadata["forward_pass"]["lang"]];
    let is_code = |code: &str| {
        let mut parts = code.split(['-', '_']);
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()))
            && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if let Some(code) = named.into_iter().filter_map(Value::as_str).find(|code| is_code(code)) {
        return code.replace('_', "-");
    }
    let folder = source.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if FOLDERS.contains(&folder.as_str()) {
        return folder;
    }
    let prose = source.notebook.cells.iter().filter(|cell| cell.kind == CellKind::Markdown);
    by_script(prose.flat_map(|cell| cell.source.chars())).into()
}

/// Folders of this name hold the edition of a language.
const FOLDERS: [&str; 14] = ["en", "ko", "ja", "zh", "de", "fr", "es", "it", "pt", "nl", "ru", "pl", "tr", "vi"];

/// Korean, Japanese, Chinese and Russian are known by their letters; everything else counts as English.
fn by_script(letters: impl Iterator<Item = char>) -> &'static str {
    let (mut all, mut hangul, mut kana, mut han, mut cyrillic) = (0, 0, 0, 0, 0);
    for c in letters.filter(|c| c.is_alphabetic()) {
        all += 1;
        match c {
            '가'..='힣' => hangul += 1,
            'ぁ'..='ヿ' => kana += 1,
            '一'..='鿿' => han += 1,
            'Ѐ'..='ӿ' => cyrillic += 1,
            _ => {}
        }
    }
    // A word of another language makes no language.
    let has = |count: usize| count * 5 > all;
    match () {
        () if has(hangul) => "ko",
        () if has(kana) || kana * 10 > all && has(han) => "ja",
        () if has(han) => "zh",
        () if has(cyrillic) => "ru",
        () => "en",
    }
}

/// What a folded part is called.
#[derive(Clone, Copy)]
pub enum Fold {
    Cell,
    Code,
    Output,
}

impl Fold {
    pub fn words(self, language: &str) -> &'static str {
        match (self, language.starts_with("ko")) {
            (Fold::Cell, false) => "Show the cell",
            (Fold::Code, false) => "Show the code",
            (Fold::Output, false) => "Show the output",
            (Fold::Cell, true) => "셀 보기",
            (Fold::Code, true) => "코드 보기",
            (Fold::Output, true) => "출력 보기",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_letters() {
        let cases = [
            ("One word of another language, 한글, changes nothing", "en"),
            ("활성화 함수 sigmoid", "ko"),
            ("活性化関数のグラフ", "ja"),
            ("激活函数", "zh"),
            ("Функция", "ru"),
            ("", "en"),
        ];
        for (prose, language) in cases {
            assert_eq!(by_script(prose.chars()), language, "{prose}");
        }
    }
}
