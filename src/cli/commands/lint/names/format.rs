//! The variables named inside a format string.
//!
//! It only reads the string's text.

/// `x` and `w` of `{x:>w$}`.
pub fn named_in_format(text: &str) -> Vec<String> {
    let text = text.replace("{{", "").replace("}}", "");
    let holes = text.split('{').skip(1).filter_map(|hole| hole.split_once('}')).map(|(hole, _)| hole);
    let mut names = Vec::new();
    for hole in holes {
        let (name, spec) = hole.split_once(':').unwrap_or((hole, ""));
        let widths = spec
            .split('$')
            .rev()
            .skip(1)
            .map(|part| part.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default());
        names.extend(std::iter::once(name.trim()).chain(widths).map(str::to_owned));
    }
    names.retain(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'));
    names
}
