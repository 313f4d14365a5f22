//! What every page has around its content: head, navigation, script; and the front pages.

use std::fmt::Write;

use serde_json::json;

use super::File;
use super::book::Book;
use super::controls;
use super::words::{self, Words};
use crate::cli::lang::Lang;
use crate::cli::page::escaped;
use crate::cli::page::html::STYLE as PAGE_STYLE;

const STYLE: &str = include_str!("site.css");
const SCRIPT: &str = include_str!("site.js");

/// A page before its frame.
pub struct Page<'a> {
    pub lang: Lang,
    /// The title of the whole course.
    pub course: &'a str,
    pub has_glossary: bool,
    pub title: &'a str,
    /// From the page to the site's folder: empty, or `../`.
    pub root: &'a str,
    /// The page in the other language, from the site's folder.
    pub other: Option<String>,
    pub body: String,
}

/// The style sheet and the script.
pub fn assets() -> [File; 2] {
    let style = format!("{PAGE_STYLE}{STYLE}");
    [("assets/site.css".into(), style.into_bytes()), ("assets/site.js".into(), SCRIPT.into())]
}

impl Page<'_> {
    pub fn html(&self) -> String {
        let Page { title, root, body, .. } = self;
        let (words, code) = (words::of(self.lang), self.lang.code());
        let title = escaped(title);
        let mut script = serde_json::Map::from_iter(words.script.map(|(name, text)| (name.to_owned(), json!(text))));
        script.insert("controls".to_owned(), controls::names(self.lang));
        let script = serde_json::Value::Object(script).to_string().replace('<', "\\u003c");
        let navigation = self.navigation(words);
        format!(
            "<!DOCTYPE html>\n<html lang=\"{code}\" data-root=\"{root}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"{root}assets/site.css\">\n\
             <script type=\"application/json\" id=\"words\">{script}</script>\n\
             <script defer src=\"{root}assets/site.js\"></script>\n</head>\n<body>\n{navigation}\
             <main>\n{body}</main>\n</body>\n</html>\n"
        )
    }

    fn navigation(&self, words: &Words) -> String {
        let (root, code) = (self.root, self.lang.code());
        let mut html = format!(
            "<header class=\"site\">\n<nav aria-label=\"{}\">\n\
             <a class=\"home\" href=\"{root}{code}/index.html\">{}</a>\n",
            words.contents,
            escaped(self.course)
        );
        if self.has_glossary {
            let _ = writeln!(html, "<a href=\"{root}{code}/glossary.html\">{}</a>", words.glossary);
        }
        if let Some(other) = &self.other {
            let lang = if self.lang == Lang::En { "ko" } else { "en" };
            let _ = writeln!(
                html,
                "<a class=\"language\" hreflang=\"{lang}\" lang=\"{lang}\" href=\"{root}{other}\">{}</a>",
                words.other
            );
        }
        html + &format!(
            "</nav>\n<input id=\"search\" type=\"search\" hidden aria-label=\"{0}\" placeholder=\"{0}\">\n\
             <button id=\"theme\" type=\"button\" hidden aria-label=\"{1}\" title=\"{1}\">◐</button>\n\
             <ul id=\"found\" hidden aria-live=\"polite\"></ul>\n</header>\n",
            words.search, words.theme
        )
    }
}

/// The site's first page, which leads to the editions; and a list of all pages where the site's address is known.
pub fn fronts(books: &[Book], base: Option<&str>) -> Vec<File> {
    let mut body = String::new();
    for book in books {
        let words = words::of(book.lang);
        let (code, title) = (book.lang.code(), escaped(&book.title));
        let _ = write!(
            body,
            "<section lang=\"{code}\">\n<h1>{title}</h1>\n<p>{}</p>\n<p><a href=\"{code}/index.html\">{}</a></p>\n\
             </section>\n",
            if book.is_chapter { words.about } else { "" },
            words.contents
        );
    }
    let Some(first) = books.first() else { return Vec::new() };
    let front = first.page(&first.title, "", None, body).html();
    let mut files = vec![("index.html".to_owned(), front.into_bytes())];
    if let Some(base) = base {
        let base = base.trim_end_matches('/');
        let pages = books.iter().flat_map(|book| book.names());
        let list: String =
            pages.map(|name| format!("<url><loc>{}</loc></url>\n", escaped(&format!("{base}/{name}")))).collect();
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{list}</urlset>\n"
        );
        files.push(("sitemap.xml".to_owned(), xml.into_bytes()));
    }
    files
}
