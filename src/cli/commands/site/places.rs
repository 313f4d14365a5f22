//! What the search knows: each cell of prose, with its nearest heading and its words.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::json;

use crate::cli::lang::Lang;
use crate::cli::notebook::course::CellKind;
use crate::cli::notebook::glossary;
use crate::cli::page::source::Source;

/// How much of a cell's text is kept, in characters.
const KEPT: usize = 600;

/// A script that sets the places: link from the site's folder, heading, text.
pub fn script<'a>(pages: impl Iterator<Item = (String, &'a Source)>, glossary_of: Option<Lang>) -> String {
    let mut places = Vec::new();
    for (name, page) in pages {
        let mut heading = page.name.clone();
        for (_, cell, _) in page.shown_cells().into_iter().filter(|(_, cell, _)| cell.kind == CellKind::Markdown) {
            let (found, text) = words(&cell.source);
            heading = found.unwrap_or(heading);
            places.push(json!([format!("{name}#{}", cell.id), heading, text]));
        }
    }
    if let Some(lang) = glossary_of {
        for term in glossary::terms() {
            let link = format!("{}/glossary.html#{}", lang.code(), term.english.replace(' ', "-"));
            places.push(json!([link, term.name(lang), term.meaning(lang)]));
        }
    }
    format!("window.forwardPassPlaces = {};\n", json!(places))
}

/// The first heading of a text, and its words without marks.
fn words(markdown: &str) -> (Option<String>, String) {
    let (mut heading, mut text, mut in_heading) = (None, String::new(), false);
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Heading { .. }) => in_heading = true,
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(words) | Event::Code(words) if in_heading => {
                heading.get_or_insert_with(String::new).push_str(&words);
            }
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push(' '),
            _ => {}
        }
    }
    (heading, text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(KEPT).collect())
}
