//! One edition of a course as pages: its sections, its contents and its glossary.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use forward_pass::mnist::Mnist;
use forward_pass::moving::chapter as moving;
use forward_pass::network::Network;
use forward_pass::plot::Figure;
use forward_pass::prelude::ko::page as korean;

use super::frame::Page;
use super::{File, places, quiz, words};
use crate::cli::lang::Lang;
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::{chapter, exercise, glossary};
use crate::cli::page::addresses::Pages;
use crate::cli::page::source::Source;
use crate::cli::page::{code, escaped, html};
use crate::cli::syntax::library;

/// Figures whose state is more than a few numbers, so that the page's script drives them: a name, and the function that
/// draws it.
const SPECIAL: [(&str, &str); 2] = [("drawn-digit", "layers_of_a_digit"), ("training", "training_progress")];

/// The picture that a moving figure starts with.
fn still(name: &str, lang: Lang) -> Result<Figure> {
    let is_korean = lang == Lang::Ko;
    Ok(match name {
        "drawn-digit" => {
            let draw = if is_korean { korean::layers_of_a_digit } else { moving::layers_of_a_digit };
            draw(&Network::sample(), &Mnist::drawn(1, 0, 3).train.images.row(0).to_owned())?
        }
        "training" => {
            let draw = if is_korean { korean::training_progress } else { moving::training_progress };
            draw(&Network::untrained(&[784, 50, 100, 10], 1)?, &[], &Mnist::drawn(0, 500, 1).test)?
        }
        _ => {
            let figure = if is_korean { korean::find(name) } else { moving::find(name) };
            figure.with_context(|| format!("no moving figure is called `{name}`"))?.still()?
        }
    })
}

/// Whether the cell itself makes the figure that a page moves below it.
fn moves_itself(cell: &Cell) -> bool {
    cell.settings.contains_key("moving") && cell.source.contains("interact(")
}

/// An edition.
pub struct Book {
    pub lang: Lang,
    pub title: String,
    /// Whether it is the chapter, which has a glossary.
    pub is_chapter: bool,
    /// Its notebooks, in their order.
    pub pages: Vec<Source>,
}

impl Book {
    /// The chapter in a language.
    pub fn of_chapter(lang: Lang, moves: bool) -> Result<Book> {
        let pages = chapter::texts(lang)?.into_iter().map(|(name, text)| Source::of(Path::new(&name), &text));
        let mut pages: Vec<Source> = pages.collect::<Result<_>>()?;
        // What these cells store is the picture that the moving figure starts with: one of the two is enough.
        let cells = pages.iter_mut().flat_map(|page| &mut page.notebook.cells);
        cells.filter(|cell| moves && moves_itself(cell)).for_each(|cell| cell.outputs.clear());
        let title = words::of(lang).title.to_owned();
        Ok(Book { lang, title, is_chapter: true, pages })
    }

    /// The notebooks of a folder.
    pub fn of_folder(folder: &Path, lang: Lang) -> Result<Book> {
        let files = chapter::asked_for(&[folder.to_path_buf()])?.files;
        let pages: Vec<Source> = files.iter().map(|file| Source::read(file)).collect::<Result<_>>()?;
        let name = std::path::absolute(folder)?.file_name().map(|name| name.to_string_lossy().into_owned());
        let title = name.filter(|name| name != "notebooks").or_else(|| Some(pages.first()?.title()));
        Ok(Book { lang, title: title.unwrap_or_default(), is_chapter: false, pages })
    }

    /// The names of its pages, below the site's folder.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.pages.iter().map(|page| self.name(page)).collect();
        names.insert(0, format!("{}/index.html", self.lang.code()));
        if self.is_chapter {
            names.push(format!("{}/glossary.html", self.lang.code()));
        }
        names
    }

    fn name(&self, page: &Source) -> String {
        format!("{}/{}.html", self.lang.code(), page.name)
    }

    /// A page of this edition; see [`Page`].
    pub fn page<'a>(&'a self, title: &'a str, root: &'a str, other: Option<String>, body: String) -> Page<'a> {
        Page { lang: self.lang, course: &self.title, has_glossary: self.is_chapter, title, root, other, body }
    }

    /// Every page, and the places that the search knows.
    pub fn files(&self, all: &[Book], moves: bool) -> Result<Vec<File>> {
        let other = |name: &str| {
            let other = all.iter().find(|book| book.lang != self.lang)?;
            let name = name.replacen(self.lang.code(), other.lang.code(), 1);
            other.names().into_iter().find(|theirs| *theirs == name)
        };
        let framed = |name: String, title: &str, body: String| -> File {
            let page = self.page(title, "../", other(&name), body);
            (name, page.html().into_bytes())
        };
        let mut files = vec![framed(format!("{}/index.html", self.lang.code()), &self.title, self.contents())];
        for (at, page) in self.pages.iter().enumerate() {
            let body = self.section(page, moves)? + &self.neighbours(at);
            files.push(framed(self.name(page), &page.title(), body));
        }
        if self.is_chapter {
            let name = words::of(self.lang).glossary;
            files.push(framed(format!("{}/glossary.html", self.lang.code()), name, self.glossary()));
        }
        let pages = self.pages.iter().map(|page| (self.name(page), page));
        let list = places::script(pages, self.is_chapter.then_some(self.lang));
        files.push((format!("assets/search-{}.js", self.lang.code()), list.into_bytes()));
        Ok(files)
    }

    /// The cells of a notebook, each with its moving figure.
    fn section(&self, page: &Source, moves: bool) -> Result<String> {
        let mut body = String::new();
        let pages = Pages { ending: Some("html"), of: None, root: None };
        let exercises = exercise::all()?;
        for (at, html) in html::cells(page, &pages, false).html {
            let cell = &page.notebook.cells[at];
            body += &html;
            if let Some(name) = cell.settings.get("moving").filter(|_| moves) {
                body += &self.moving(name, &cell.id).with_context(|| format!("cell `{}`", cell.id))?;
            }
            let quiz = exercises.iter().find(|it| moves && cell.id == format!("{}-check", it.id));
            body.extend(quiz.and_then(|quiz| quiz::form(quiz, self.lang)));
        }
        Ok(body)
    }

    /// A moving figure as it is before anybody moves it, and the function that draws it.
    fn moving(&self, name: &str, cell: &str) -> Result<String> {
        let still = still(name, self.lang)?.to_svg();
        let drawn_by = moving::ALL.iter().map(|entry| (entry.name, entry.function)).chain(SPECIAL);
        let function = drawn_by.into_iter().find(|(known, _)| *known == name).map_or("", |(_, function)| function);
        let source = library::find(function).into_iter().find(|found| found.file.starts_with("src/moving/"));
        let source = source.with_context(|| format!("the source of `{function}` is missing"))?;
        Ok(format!(
            "<figure class=\"moving\" id=\"{}-moving\" data-moving=\"{name}\">\n\
             <div class=\"picture\" role=\"img\" aria-label=\"{name}\">\
             <div class=\"drawing\" aria-hidden=\"true\">{still}</div></div>\n\
             <p class=\"status\" role=\"status\"></p>\n<details><summary>{}</summary>\n\
             <pre class=\"rust\"><code>{}</code></pre>\n</details>\n</figure>\n",
            escaped(cell),
            words::of(self.lang).rust,
            code(&source.code)
        ))
    }

    fn contents(&self) -> String {
        let about = if self.is_chapter { words::of(self.lang).about } else { "" };
        let mut body = format!("<h1>{}</h1>\n<p>{about}</p>\n<ul>\n", escaped(&self.title));
        for page in &self.pages {
            let _ = writeln!(body, "<li><a href=\"{}.html\">{}</a></li>", escaped(&page.name), escaped(&page.title()));
        }
        if self.is_chapter {
            let _ = writeln!(body, "<li><a href=\"glossary.html\">{}</a></li>", words::of(self.lang).glossary);
        }
        body + "</ul>\n"
    }

    fn neighbours(&self, at: usize) -> String {
        let link = |page: Option<&Source>, rel: &str, arrow: &dyn Fn(&str) -> String| {
            let html = |page: &Source| {
                let (name, title) = (escaped(&page.name), arrow(&escaped(&page.title())));
                format!("<a rel=\"{rel}\" href=\"{name}.html\">{title}</a>\n")
            };
            page.map_or("<span></span>\n".to_owned(), html)
        };
        let before = link(at.checked_sub(1).map(|at| &self.pages[at]), "prev", &|title| format!("← {title}"));
        let after = link(self.pages.get(at + 1), "next", &|title| format!("{title} →"));
        format!("<nav class=\"pages\" aria-label=\"{}\">\n{before}{after}</nav>\n", words::of(self.lang).neighbours)
    }

    /// Every term, with a link to the section where it first appears.
    fn glossary(&self) -> String {
        let mut body = format!("<h1>{}</h1>\n<dl>\n", words::of(self.lang).glossary);
        for term in glossary::terms() {
            let number = term.section.parse::<usize>().unwrap_or_default();
            let section = number.checked_sub(1).and_then(|at| self.pages.get(at));
            let link = section
                .map(|page| format!(" (<a href=\"{}.html\">{}</a>)", escaped(&page.name), escaped(&page.title())));
            let _ = writeln!(
                body,
                "<dt id=\"{}\">{}</dt>\n<dd>{}{}</dd>",
                escaped(&term.english.replace(' ', "-")),
                escaped(term.name(self.lang)),
                escaped(term.meaning(self.lang)),
                link.unwrap_or_default()
            );
        }
        body + "</dl>\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::Output;

    #[test]
    fn a_cell_that_moves_stores_the_picture_with_which_its_page_begins() {
        for lang in [Lang::En, Lang::Ko] {
            let (stored, moved) = (Book::of_chapter(lang, false).unwrap(), Book::of_chapter(lang, true).unwrap());
            let cells = |book: &Book| -> Vec<Cell> {
                let cells = book.pages.iter().flat_map(|page| page.notebook.cells.clone());
                cells.filter(moves_itself).collect()
            };
            assert_eq!(cells(&stored).len(), 4);
            for cell in cells(&stored) {
                let [Output::Rich { data, .. }] = cell.outputs.as_slice() else { panic!("{}", cell.id) };
                let still = still(&cell.settings["moving"], lang).unwrap().to_svg();
                assert_eq!(data["image/svg+xml"].trim_end(), still.trim_end(), "{} {}", lang.code(), cell.id);
            }
            assert!(cells(&moved).iter().all(|cell| cell.outputs.is_empty()));
        }
    }
}
