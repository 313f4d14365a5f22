//! `site`: pages whose links work, and a folder that is never overwritten by mistake. The moving figures themselves are
//! tried in `library::moving`, and in a browser by `tests/site`.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;

use crate::support::{Finished, command, forward_pass};

fn site(folder: &Path, arguments: &[&str]) -> Finished {
    forward_pass(folder, &[&["site"], arguments].concat())
}

fn pages(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for language in ["", "en", "ko"] {
        for entry in std::fs::read_dir(folder.join(language)).into_iter().flatten() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".html") {
                found.insert(format!("{language}/{name}").trim_start_matches('/').to_owned());
            }
        }
    }
    found
}

/// What `href` and `src` name.
fn links_of(html: &str) -> impl Iterator<Item = &str> {
    let after = [" href=\"", " src=\""].map(|start| html.split(start).skip(1));
    after.into_iter().flatten().filter_map(|rest| Some(rest.split_once('"')?.0))
}

#[test]
fn every_link_of_the_chapters_pages_leads_somewhere() {
    let here = tempfile::tempdir().unwrap();
    let ended = site(here.path(), &["-o", "out", "--still", "--base", "https://example.org/x/"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let out = here.path().join("out");
    let pages = pages(&out);
    assert_eq!(pages.len(), 21, "{pages:?}");
    let mut links = 0;
    for page in &pages {
        let text = std::fs::read_to_string(out.join(page)).unwrap();
        let lang = page.split('/').next().filter(|lang| *lang != "index.html").unwrap_or("en");
        assert!(text.contains(&format!("<html lang=\"{lang}\"")), "{page}");
        assert!(!text.contains("data-moving"), "{page} has a moving figure, and its program is left out");
        for target in links_of(&text) {
            if ["http", "data:", "#"].iter().any(|start| target.starts_with(start)) {
                continue;
            }
            let (path, id) = target.split_once('#').unwrap_or((target, ""));
            let file = out.join(page).parent().unwrap().join(path);
            assert!(file.is_file(), "{page} links to {target}");
            assert!(id.is_empty() || std::fs::read_to_string(&file).unwrap().contains(&format!("id=\"{id}\"")));
            links += 1;
        }
    }
    assert!(links > 200, "{links}");
    let map = std::fs::read_to_string(out.join("sitemap.xml")).unwrap();
    assert!(map.contains("<loc>https://example.org/x/en/02-sigmoid.html</loc>"), "{map}");
    // A second run replaces the first; one language alone takes the pages of the other away.
    assert_eq!(site(here.path(), &["-o", "out", "--still", "--lang", "ko"]).code, Some(0));
    assert!(!out.join("en/index.html").exists() && out.join("ko/index.html").exists());
}

#[test]
fn a_course_of_ones_own_becomes_a_site() {
    let here = tempfile::tempdir().unwrap();
    assert_eq!(forward_pass(here.path(), &["new", "mine"]).code, Some(0));
    let ended = site(here.path(), &["mine/notebooks", "-o", "out"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let page = std::fs::read_to_string(here.path().join("out/en/01-mean.html")).unwrap();
    assert!(page.contains("<h1") && page.contains("<pre class=\"rust\">"), "{page}");
    assert!(!here.path().join("out/en/glossary.html").exists() && !page.contains("glossary.html"));
    let places = std::fs::read_to_string(here.path().join("out/assets/search-en.js")).unwrap();
    assert!(places.contains("en/01-mean.html#") && !places.contains("glossary.html"), "{places}");
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let here = tempfile::tempdir().unwrap();
    std::fs::create_dir(here.path().join("thesis")).unwrap();
    std::fs::write(here.path().join("thesis/chapter.md"), "years of work").unwrap();
    let ended = site(here.path(), &["-o", "thesis", "--still"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("`thesis` is not empty, and not a site"), "{}", ended.stderr);
    assert_eq!(std::fs::read_dir(here.path().join("thesis")).unwrap().count(), 1);
    let ended = site(here.path(), &["empty", "-o", "out"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
}

#[test]
fn the_server_gives_pages_and_nothing_else() {
    let here = tempfile::tempdir().unwrap();
    let mut server = command(here.path(), &["site", "-o", "out", "--still", "--lang", "en", "--serve", "0"]);
    let mut child = server.stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = String::new();
    let mut stdout = child.stdout.take().unwrap();
    while !printed.contains("Ctrl-C") {
        let mut byte = [0];
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "{printed}");
        printed.push(byte[0] as char);
    }
    let address = printed.split("http://").nth(1).unwrap().split('/').next().unwrap();
    let ask = |target: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let page = ask("/en/02-sigmoid.html");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8"), "{page}");
    assert!(ask("/").contains("en/index.html"));
    assert!(ask("/../Cargo.toml").starts_with("HTTP/1.1 404"));
    child.kill().unwrap();
    child.wait().unwrap();
}
