//! Markdown as HTML: formulas as MathML, headings with GitHub's ids, bare addresses as links.
//!
//! Addresses stay as they are, and nothing is taken out.

use std::sync::OnceLock;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};
use regex::Regex;

use super::anchors::Anchors;
use super::mathml;
use super::shown::escaped;
use crate::cli::terminal::highlight;

pub fn options() -> Options {
    let options = Options::ENABLE_TABLES | Options::ENABLE_MATH | Options::ENABLE_STRIKETHROUGH;
    options | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES
}

/// The text of the first heading.
pub fn title(markdown: &str) -> Option<String> {
    let events: Vec<Event> = TextMergeStream::new(Parser::new_ext(markdown, options())).collect();
    let at = events.iter().position(|event| matches!(event, Event::Start(Tag::Heading { .. })))?;
    Some(heading_text(&events[at + 1..])).filter(|title| !title.trim().is_empty())
}

pub fn html(markdown: &str, anchors: &mut Anchors) -> String {
    let events: Vec<Event> = TextMergeStream::new(Parser::new_ext(markdown, options())).collect();
    let mut shown: Vec<Event> = Vec::new();
    let (mut in_rust, mut in_code, mut in_link) = (false, false, 0);
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                let id = id.clone().unwrap_or_else(|| anchors.add(&heading_text(&events[at + 1..])).into());
                let (classes, attrs) = (classes.clone(), attrs.clone());
                shown.push(Event::Start(Tag::Heading { level: *level, id: Some(id), classes, attrs }));
                continue;
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code = true;
                in_rust = matches!(kind, CodeBlockKind::Fenced(language) if language.starts_with("rust"));
            }
            Event::End(TagEnd::CodeBlock) => (in_code, in_rust) = (false, false),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => in_link += 1,
            Event::End(TagEnd::Link | TagEnd::Image) => in_link -= 1,
            Event::InlineMath(latex) => {
                shown.push(Event::InlineHtml(mathml::render(latex, false).into()));
                continue;
            }
            Event::DisplayMath(latex) => {
                shown.push(Event::InlineHtml(mathml::render(latex, true).into()));
                continue;
            }
            Event::Text(text) if in_rust => {
                shown.push(Event::InlineHtml(code(text).into()));
                continue;
            }
            Event::Text(text) if !in_code && in_link == 0 => {
                shown.extend(with_links(text));
                continue;
            }
            _ => {}
        }
        shown.push(event.clone());
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, shown.into_iter());
    html
}

/// The text up to the end of a heading.
fn heading_text(events: &[Event]) -> String {
    let inside = events.iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let mut in_picture = false;
    let mut text = String::new();
    for event in inside {
        match event {
            Event::Start(Tag::Image { .. }) => in_picture = true,
            Event::End(TagEnd::Image) => in_picture = false,
            Event::Text(piece) | Event::Code(piece) | Event::InlineMath(piece) if !in_picture => text.push_str(piece),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// Text in which bare addresses are links, as on GitHub.
fn with_links(text: &str) -> Vec<Event<'static>> {
    static ADDRESS: OnceLock<Regex> = OnceLock::new();
    let pattern = r"(?:^|[^A-Za-z0-9/])((?:https?://|www\.)[^\s<]+)";
    let address = ADDRESS.get_or_init(|| Regex::new(pattern).expect("the pattern is valid"));
    let mut events = Vec::new();
    let mut at = 0;
    for found in address.captures_iter(text).filter_map(|captures| captures.get(1)) {
        let link = without_punctuation(found.as_str());
        let host = link.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        if !host.starts_with(char::is_alphanumeric) {
            continue;
        }
        events.push(Event::Text(text[at..found.start()].to_owned().into()));
        let target = if link.starts_with("www.") { format!("http://{link}") } else { link.to_owned() };
        let none = || String::new().into();
        let (link_type, dest_url) = (LinkType::Autolink, target.into());
        events.push(Event::Start(Tag::Link { link_type, dest_url, title: none(), id: none() }));
        events.push(Event::Text(link.to_owned().into()));
        events.push(Event::End(TagEnd::Link));
        at = found.start() + link.len();
    }
    events.push(Event::Text(text[at..].to_owned().into()));
    events
}

/// Punctuation at the end belongs to the sentence, and so does a bracket that opened before the address.
fn without_punctuation(mut link: &str) -> &str {
    let count = |c: char| link.matches(c).count();
    let mut unopened = count(')').saturating_sub(count('('));
    loop {
        let length = match link.chars().next_back() {
            Some('?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '"') => 1,
            Some(')') if unopened > 0 => {
                unopened -= 1;
                1
            }
            Some(c @ ('。' | '、' | '」' | '）')) => c.len_utf8(),
            _ => return link,
        };
        link = &link[..link.len() - length];
    }
}

/// A text of its own, without headings to link to.
pub fn fragment(markdown: &str) -> String {
    html(markdown, &mut Anchors::default())
}

/// Rust with a `<span>` around each coloured token.
pub fn code(rust: &str) -> String {
    let pieces = highlight::pieces(rust).into_iter();
    let html = pieces.map(|(kind, text)| match kind.class() {
        Some(class) => format!("<span class=\"{class}\">{}</span>", escaped(text)),
        None => escaped(text),
    });
    html.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_addresses_become_links() {
        let cases = [
            ("see https://a.b/c_d_e.", "see <a href=\"https://a.b/c_d_e\">https://a.b/c_d_e</a>."),
            ("(http://a.b/x(y))", "(<a href=\"http://a.b/x(y)\">http://a.b/x(y)</a>)"),
            ("www.a.b, x", "<a href=\"http://www.a.b\">www.a.b</a>, x"),
            (
                "a?b=1&c: https://a.b/?x=1&y=2",
                "a?b=1&amp;c: <a href=\"https://a.b/?x=1&amp;y=2\">https://a.b/?x=1&amp;y=2</a>",
            ),
            ("`https://a.b`", "<code>https://a.b</code>"),
            ("[https://a.b](c)", "<a href=\"c\">https://a.b</a>"),
            ("<https://a.b>", "<a href=\"https://a.b\">https://a.b</a>"),
            ("xhttps://a.b https://", "xhttps://a.b https://"),
            ("링크 https://a.b/한글 끝", "링크 <a href=\"https://a.b/%ED%95%9C%EA%B8%80\">https://a.b/한글</a> 끝"),
        ];
        for (markdown, expected) in cases {
            let html = html(markdown, &mut Anchors::default());
            assert_eq!(html, format!("<p>{expected}</p>\n"), "{markdown}");
        }
        let fence = html("```text\nhttps://a.b\n```", &mut Anchors::default());
        assert!(!fence.contains("<a"), "{fence}");
    }

    #[test]
    fn headings_have_the_ids_of_their_text() {
        let mut anchors = Anchors::default();
        let html = html("# A *b* `c_d`\n\nA b c_d\n===\n\n## [한글](x)! ![y](z)", &mut anchors);
        for id in ["<h1 id=\"a-b-c_d\">", "<h1 id=\"a-b-c_d-1\">", "<h2 id=\"한글\">"] {
            assert!(html.contains(id), "{html}");
        }
        assert_eq!(title("```\n# no\n```\nA *b*\n==="), Some("A b".into()));
        assert_eq!(title("text"), None);
    }
}
