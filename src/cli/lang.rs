//! The language of messages and of the chapter's edition: English or Korean.
//!
//! The messages themselves are in `terminal::messages`.

use std::env;

use clap::ValueEnum;

/// The language of the REPL's messages and of the chapter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English
    #[default]
    En,
    /// 한국어
    Ko,
}

impl Lang {
    /// The language of the locale: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set decides.
    pub fn of_environment() -> Lang {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| env::var(name).ok());
        Lang::of_locale(&set.into_iter().find(|value| !value.is_empty()).unwrap_or_default())
    }

    /// `ko_KR.UTF-8` -> Korean; anything that is not Korean -> English.
    fn of_locale(locale: &str) -> Lang {
        let language = locale.split(['_', '.', '@', '-']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("ko") { Lang::Ko } else { Lang::En }
    }

    /// The language of a name that a user may type: `ko`, `Korean`, `한국어`.
    pub fn named(name: &str) -> Option<Lang> {
        match name.trim().to_lowercase().as_str() {
            "en" | "english" | "영어" => Some(Lang::En),
            "ko" | "kr" | "korean" | "한국어" => Some(Lang::Ko),
            _ => None,
        }
    }

    /// Its code, which is also the folder of its edition.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_the_language() {
        for (locale, lang) in [
            ("ko_KR.UTF-8", Lang::Ko),
            ("ko", Lang::Ko),
            ("en_US.UTF-8", Lang::En),
            ("kok_IN", Lang::En),
            ("C", Lang::En),
        ] {
            assert_eq!(Lang::of_locale(locale), lang, "{locale}");
        }
    }
}
