//! The chapter's glossary, `notebooks/glossary.md`: each term in both languages, its section and its meaning.
//!
//! The text is embedded in the binary; nothing is printed here.

use crate::cli::lang::Lang;
use crate::cli::suggest::nearest;

const TEXT: &str = include_str!("../../../notebooks/glossary.md");

/// One term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub english: String,
    pub korean: String,
    /// The number of the section where it first appears.
    pub section: String,
    meanings: [String; 2],
}

impl Term {
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.english,
            Lang::Ko => &self.korean,
        }
    }

    pub fn meaning(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.meanings[0],
            Lang::Ko => &self.meanings[1],
        }
    }
}

/// Every term, in the order of the glossary.
pub fn terms() -> Vec<Term> {
    TEXT.lines().filter_map(row).collect()
}

/// `| weight | 가중치 | 1 | says how much ... | 얼마나 ... |`; the header rows have no number.
fn row(line: &str) -> Option<Term> {
    let cells: Vec<&str> = line.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let [english, korean, section, meaning, korean_meaning] = cells.as_slice() else { return None };
    section.parse::<usize>().ok()?;
    Some(Term {
        english: (*english).to_owned(),
        korean: (*korean).to_owned(),
        section: (*section).to_owned(),
        meanings: [(*meaning).to_owned(), (*korean_meaning).to_owned()],
    })
}

/// The terms with this name in either language; otherwise those that start with it, or contain it.
pub fn find(word: &str) -> Vec<Term> {
    let wanted = word.trim().to_lowercase();
    let names = |term: &Term| [term.english.to_lowercase(), term.korean.to_lowercase()];
    let all = terms();
    let fits: [&dyn Fn(&String) -> bool; 3] =
        [&|name| *name == wanted, &|name| name.starts_with(&wanted), &|name| name.contains(&wanted)];
    fits.iter()
        .map(|fit| all.iter().filter(|term| names(term).iter().any(fit)).cloned().collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// The name closest to a misspelt one.
pub fn near(word: &str) -> Option<String> {
    let names: Vec<String> = terms().into_iter().flat_map(|term| [term.english, term.korean]).collect();
    nearest(&word.trim().to_lowercase(), &names).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_found_by_either_name() {
        for word in ["bias", "편향", " Bias "] {
            let found = find(word);
            assert_eq!(found.len(), 1, "{word}");
            assert_eq!((found[0].english.as_str(), found[0].korean.as_str()), ("bias", "편향"));
            assert!(!found[0].meaning(Lang::Ko).is_empty() && found[0].section == "1");
        }
        assert_eq!(find("matrix mult")[0].korean, "행렬 곱");
        assert_eq!(find("activation")[0].english, "activation function");
        assert_eq!(find("transformer"), []);
        assert_eq!(near("biass").as_deref(), Some("bias"));
        assert_eq!(near("xylophone"), None);
    }

    #[test]
    fn every_row_of_the_glossary_is_read() {
        let rows = TEXT.lines().filter(|line| line.starts_with('|')).count();
        assert_eq!(terms().len(), rows - 2, "a row is not `| English | Korean | section | what it is | 뜻 |`");
    }
}
