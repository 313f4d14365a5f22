//! Markdown with other addresses: every other character of it stays.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag};

use super::super::addresses::{Addresses, apply};
use super::super::shown::escaped;
use super::super::{prose, tags};

/// The Markdown with the addresses of its pictures, attachments and links to notebooks.
pub fn addresses(markdown: &str, addresses: &mut Addresses) -> String {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let parser = Parser::new_ext(markdown, prose::options());
    for (_, definition) in parser.reference_definitions().iter() {
        let (span, dest) = (definition.span.clone(), definition.dest.to_string());
        let new = if is_picture(&dest) { addresses.picture(&dest) } else { addresses.link(&dest) };
        let place = new.as_ref().and_then(|_| place_of(&markdown[span.clone()], "]:", &dest));
        edits.extend(new.zip(place).map(|(new, place)| (moved(place, span.start), destination(&new))));
    }
    for (event, range) in parser.into_offset_iter() {
        let text = &markdown[range.clone()];
        match event {
            Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, title, .. }) => {
                let Some(new) = addresses.picture(&dest_url) else { continue };
                edits.push(match place_of(text, "](", &dest_url) {
                    Some(place) => (moved(place, range.start), destination(&new)),
                    None => (range, format!("<img src=\"{}\" title=\"{}\">", escaped(&new), escaped(&title))),
                });
            }
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) => {
                let is_attached = dest_url.starts_with("attachment:");
                let new = if is_attached { addresses.picture(&dest_url) } else { addresses.link(&dest_url) };
                let place = new.as_ref().and_then(|_| place_of(text, "](", &dest_url));
                edits.extend(new.zip(place).map(|(new, place)| (moved(place, range.start), destination(&new))));
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                let found = addresses.edits(text).into_iter();
                edits.extend(found.map(|(place, new)| (moved(place, range.start), new)));
            }
            _ => {}
        }
    }
    apply(markdown, edits)
}

/// Whether a reference leads to a picture rather than to a page.
fn is_picture(address: &str) -> bool {
    address.starts_with("attachment:")
        || super::super::addresses::mime_of(address.split(['?', '#']).next().unwrap_or_default().as_ref()).is_some()
}

/// The place of an address after the last such mark, with its angle brackets.
fn place_of(text: &str, mark: &str, address: &str) -> Option<Range<usize>> {
    let marks = text.rmatch_indices(mark).map(|(at, _)| at + mark.len());
    let found = marks.filter_map(|at| {
        let rest = text[at..].trim_start();
        let start = text.len() - rest.len();
        let bare = rest.strip_prefix('<').unwrap_or(rest);
        let brackets = rest.len() - bare.len();
        bare.starts_with(address).then(|| start..start + address.len() + 2 * brackets)
    });
    found.into_iter().next().filter(|place| place.end <= text.len())
}

fn moved(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// An address as Markdown writes it.
pub fn destination(address: &str) -> String {
    if address.contains([' ', '(', ')']) { format!("<{address}>") } else { address.to_owned() }
}

/// Whether a reader sees anything of this HTML.
pub fn shows_something(html: &str) -> bool {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if !rest[..at].trim().is_empty() {
            return true;
        }
        let Some(tag) = tags::tag_at(rest, at) else { return true };
        if ["img", "svg", "video", "iframe", "hr"].iter().any(|name| tag.is(name)) {
            return true;
        }
        rest = &rest[tag.range.end..];
    }
    !rest.trim().is_empty()
}

/// HTML as one block of Markdown: an empty line would end it. In preformatted text, a reference stands for the line.
pub fn without_empty_lines(html: &str) -> String {
    let mut out = String::new();
    let mut is_kept = false;
    for line in html.trim_matches('\n').split('\n') {
        let line = line.trim_end();
        match line.is_empty() {
            true if is_kept => out.push_str("&#10;"),
            true => {}
            false => {
                if !out.is_empty() {
                    out.push('\n');
                }
                out.push_str(line);
            }
        }
        let lower = line.to_lowercase();
        is_kept = match (lower.rfind("<pre"), lower.rfind("</pre")) {
            (Some(start), Some(end)) => start > end,
            (start, end) => start.is_some() || is_kept && end.is_none(),
        };
    }
    out
}
