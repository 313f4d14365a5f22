//! HTML and Markdown pages: nothing acts, nothing is lost, and what they show is inside them or beside them.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, forward_pass};

const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";

fn prose(id: &str, text: &str) -> Value {
    json!({"cell_type": "markdown", "id": id, "metadata": {}, "source": text})
}

/// A code cell with a rich output.
fn shown(id: &str, data: Value) -> Value {
    let outputs = json!([{"output_type": "display_data", "metadata": {}, "data": data}]);
    json!({"cell_type": "code", "execution_count": 1, "id": id, "metadata": {}, "outputs": outputs, "source": "f()"})
}

fn export(maker: &NotebookBuilder, arguments: &[&str]) -> Finished {
    maker.write();
    let finished = forward_pass(maker.folder.path(), &[&["export", "made.ipynb", "--to"], arguments].concat());
    finished.exits(0);
    finished
}

fn html(maker: &NotebookBuilder) -> String {
    export(maker, &["html"]).stdout
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn put(folder: &Path, name: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, name.as_bytes()).unwrap();
}

/// The body of a page, from its first cell on.
fn body(html: &str) -> &str {
    html.split_once("<main>").unwrap().1
}

#[test]
fn pictures_of_the_folder_are_inside_the_page_or_beside_it() {
    let forms = [
        ("![a](a.png)", "a.png"),
        ("![a](./a.png \"a.png\")", "a.png"),
        ("![a](<my pic.png>)", "my pic.png"),
        ("![a](my%20pic.png)", "my pic.png"),
        ("![a](img/한글.svg)", "img/한글.svg"),
        ("![a][r]\n\n[r]: a.png \"t\"", "a.png"),
        ("![r]\n\n[r]: <my pic.png>", "my pic.png"),
        ("<img src=\"a.png\" width=\"9\">", "a.png"),
        ("text <IMG alt='x' SRC='my pic.png'/>", "my pic.png"),
        ("<p>\n<img\n src=a.png>\n</p>", "a.png"),
        ("[![a](a.png)](https://a.b)", "a.png"),
        ("![a](a.png?raw=true#x)", "a.png"),
        ("| ![a](a.png) |\n|---|\n", "a.png"),
        ("![a](50%25.png)", "50%.png"),
    ];
    for (form, file) in forms {
        let maker = NotebookBuilder::new().cell(prose("p", form));
        let folder = maker.folder.path();
        put(folder, file);
        let page = html(&maker);
        use base64::Engine;
        let data = base64::engine::general_purpose::STANDARD.encode(file);
        assert!(page.contains(&format!(";base64,{data}\"")), "{form}\n{}", body(&page));
        // Elsewhere the page has a copy, and at home it does not need one.
        export(&maker, &["md", "-o", "out/page.md"]);
        let page = read(folder, "out/page.md");
        let copy = std::fs::read_dir(folder.join("out/page_files")).unwrap().next().unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(copy.path()).unwrap(), file);
        let name = copy.file_name().into_string().unwrap();
        assert!(page.contains(&format!("page_files/{}", name.replace('%', "%25"))), "{form}\n{page}");
        export(&maker, &["md", "-o", "page.md"]);
        assert_eq!(read(folder, "page.md").trim_end(), form.trim_end());
    }
}

#[test]
fn attachments_are_inside_the_page_or_beside_it() {
    let forms = [
        "![a](attachment:a%20b.png)",
        "![a](<attachment:a b.png> \"t\")",
        "<img src=\"attachment:a b.png\" width=20>",
        "![a][r]\n\n[r]: attachment:a%20b.png",
        "[a](attachment:a%20b.png)",
        "<a href='attachment:a b.png'>a</a>",
    ];
    for form in forms {
        let mut cell = prose("the cell", form);
        cell["attachments"] = json!({"a b.png": {"image/png": PNG}});
        let maker = NotebookBuilder::new().cell(cell);
        let page = html(&maker);
        assert!(page.contains(&format!("\"data:image/png;base64,{PNG}\"")), "{form}\n{}", body(&page));
        assert!(!page.contains("attachment:"), "{form}\n{}", body(&page));
        export(&maker, &["md", "-o", "page.md"]);
        let page = read(maker.folder.path(), "page.md");
        assert!(page.contains("page_files/the-cell-a-b.png") && !page.contains("attachment:"), "{form}\n{page}");
        assert!(maker.folder.path().join("page_files/the-cell-a-b.png").is_file());
    }
    let maker = NotebookBuilder::new().cell(prose("p", "![a](attachment:gone.png)"));
    export(&maker, &["html"]).has("note: made.ipynb: `p`: `attachment:gone.png` is missing");
}

#[test]
fn paths_that_leave_the_folder_and_missing_files_are_named() {
    let maker = NotebookBuilder::new();
    let folder = maker.folder.path();
    put(folder, "secret.png");
    put(folder, "in/notes.txt");
    std::os::unix::fs::symlink(folder.join("secret.png"), folder.join("in/link.png")).unwrap();
    let absolute = folder.join("secret.png").display().to_string();
    let cases = [
        ("../secret.png", "is outside the notebook's folder, and stays a link"),
        ("x/../../secret.png", "is missing"),
        ("link.png", "is outside the notebook's folder, and stays a link"),
        (absolute.as_str(), "is outside the notebook's folder, and stays a link"),
        ("%2e%2e/secret.png", "is outside the notebook's folder, and stays a link"),
        ("gone.png", "is missing"),
        ("notes.txt", "is no picture, and stays a link"),
        ("file:///etc/hostname", "is a file of this machine, and stays a link"),
    ];
    for (address, words) in cases {
        for form in [format!("![a]({address})"), format!("<img src=\"{address}\">")] {
            let made = NotebookBuilder::new().cell(prose("p", &form));
            std::fs::write(folder.join("in/made.ipynb"), made.text()).unwrap();
            for to in ["html", "md"] {
                let output = format!("out/{to}");
                let arguments = ["export", "in/made.ipynb", "--to", to, "-o", &output, "--force"];
                forward_pass(folder, &arguments).exits(0).has("note: in/made.ipynb: `p`: `").has(words);
                assert!(!read(folder, &output).contains("base64"), "{form}");
            }
        }
    }
    // The web stays the web.
    let maker = NotebookBuilder::new().cell(prose("p", "![a](https://a.b/c.png) ![](data:image/png;base64,AA==)"));
    let finished = export(&maker, &["html"]);
    assert_eq!(finished.stderr, "");
    assert!(finished.stdout.contains("src=\"https://a.b/c.png\""));
}

#[test]
fn hidden_parts_are_folded_and_removed_ones_left_out() {
    // Tags, metadata, then whether the code and the output are folded, and whether they are in the page at all.
    let cases: [(&[&str], Value, [usize; 3]); 12] = [
        (&[], json!({}), [0, 1, 1]),
        (&["hide-input"], json!({}), [1, 1, 1]),
        (&["hide_output"], json!({}), [1, 1, 1]),
        (&["hide-cell"], json!({}), [1, 1, 1]),
        (&["hide-input", "hide-output"], json!({}), [2, 1, 1]),
        (&[], json!({"jupyter": {"source_hidden": true}}), [1, 1, 1]),
        (&[], json!({"jupyter": {"outputs_hidden": true, "source_hidden": false}}), [1, 1, 1]),
        (&[], json!({"collapsed": true}), [1, 1, 1]),
        (&["remove-input", "hide-input"], json!({}), [0, 0, 1]),
        (&["remove_output"], json!({}), [0, 1, 0]),
        (&["remove-stdout"], json!({}), [0, 1, 0]),
        (&["remove-cell"], json!({"jupyter": {"source_hidden": true}}), [0, 0, 0]),
    ];
    for (tags, metadata, expected) in cases {
        let outputs = json!([{"output_type": "stream", "name": "stdout", "text": "the-output\n"}]);
        let mut cell = json!({"cell_type": "code", "execution_count": 1, "id": "a", "outputs": outputs,
            "source": "the_code()", "metadata": metadata});
        cell["metadata"]["tags"] = json!(tags);
        let maker = NotebookBuilder::new().cell(cell);
        for to in ["html", "md"] {
            let page = export(&maker, &[to]).stdout;
            let counts = ["<details>", "the_code", "the-output"].map(|part| page.matches(part).count());
            assert_eq!(counts, expected, "{tags:?} {to}\n{page}");
            assert_eq!(page.matches("</details>").count(), expected[0]);
            assert_eq!(page.matches("<summary>Show the ").count(), expected[0]);
        }
    }
    let korean = NotebookBuilder::new().cell(prose("p", "한글로 쓴 글")).code("a", "1", "").tags(&["hide-input"]);
    assert!(html(&korean).contains("<summary>코드 보기</summary>"));
}

#[test]
fn text_is_as_a_terminal_shows_it_in_its_colours() {
    let maker = NotebookBuilder::new().code("a", "f()", "p 1\rp 2\rp 3\nab\u{8}\u{8}x\n\u{1b}[31mr<\u{1b}[0m\n");
    let page = html(&maker);
    assert!(page.contains("<pre class=\"output\">p 3\nxb\n<span class=\"fg1\">r&lt;</span></pre>"), "{}", body(&page));
    assert!(export(&maker, &["md"]).stdout.ends_with("```text\np 3\nxb\nr<\n```\n"));
    let trace =
        json!([{"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u{1b}[32mE\u{1b}[0m", "v"]}]);
    let maker = NotebookBuilder::new()
        .cell(json!({"cell_type": "code", "id": "a", "metadata": {}, "outputs": trace, "source": "f()"}));
    assert!(html(&maker).contains("<pre class=\"output stderr\"><span class=\"fg2\">E</span>\nv</pre>"));
}

#[test]
fn headings_links_and_languages_are_those_of_github() {
    let maker = NotebookBuilder::new()
        .cell(prose("one", "# A `b`: c!\n\n[x](#A-b:-c!) [y](other.ipynb#Why-So) https://a.b/c_d."))
        .cell(prose("two", "## A b c\n\n## 한글 제목"));
    let page = html(&maker);
    for part in [
        "<html lang=\"en\">",
        "<title>A b: c!</title>",
        "<h1 id=\"a-b-c\">",
        "<h2 id=\"a-b-c-1\">",
        "<h2 id=\"한글-제목\">",
        "<a href=\"#a-b-c\">x</a>",
        "<a href=\"other.html#why-so\">y</a>",
        "<a href=\"https://a.b/c_d\">https://a.b/c_d</a>.",
        "<section id=\"two\">",
    ] {
        assert!(page.contains(part), "{part}\n{}", body(&page));
    }
    // An id is there once.
    let maker = NotebookBuilder::new().cell(prose("same", "# Same"));
    assert_eq!(html(&maker).matches("id=\"same\"").count(), 1);
    let maker = NotebookBuilder::new().cell(prose("p", "한글로 쓴 글"));
    assert!(html(&maker).contains("<html lang=\"ko\">"));
    let maker = NotebookBuilder::new().metadata(json!({"language": "pt_BR", "title": "<T>"}));
    assert!(html(&maker).contains("<html lang=\"pt-BR\">\n") && html(&maker).contains("<title>&lt;T&gt;</title>"));
}

#[test]
fn rich_outputs_of_others_are_shown() {
    let table = "<table><tr><td>1</td></tr>\n\n<tr><td>2</td></tr></table>";
    // The data, what is in the HTML page, and what is in the Markdown page.
    let cases = [
        (json!({"text/html": table, "text/plain": "1"}), "<td>1</td>", "<table><tr><td>1</td></tr>\n<tr>"),
        (
            json!({"text/latex": "$\\frac{a}{b}$", "text/plain": "a/b"}),
            "<mfrac><mrow><mi>a</mi></mrow>",
            "$$\n\\frac{a}{b}\n$$",
        ),
        (json!({"text/latex": "\\begin{equation}x^2\\end{equation}"}), "<msup><mi>x</mi>", "$$\nx^2\n$$"),
        (json!({"text/markdown": "| a |\n|---|\n| 1 |"}), "<td>1</td>", "| a |\n|---|"),
        (json!({"image/svg+xml": "<svg/>"}), "src=\"data:image/svg+xml;base64,PHN2Zy8+\"", "data:image/svg+xml;base64"),
        (
            json!({"application/pdf": "JVBERi0x"}),
            "download=\"output.pdf\">application/pdf, 6 bytes</a>",
            "(application/pdf, 6 bytes)",
        ),
        (json!({"text/html": "<pre>a\n\nb</pre>\n\n<hr>"}), "<pre>a\n\nb</pre>", "<pre>a&#10;\nb</pre>\n<hr>"),
        (json!({"application/x\" onclick=\"f()": "JVBERi0x"}), "application/x&quot; onclick=&quot;f()", "6 bytes"),
        (json!({"application/json": {"a": 1}}), "{&quot;a&quot;:1}", "{\"a\":1}"),
        (json!({"application/vnd.plotly.v1+json": {"data": []}}), "srcdoc=", "*(A figure that needs a script"),
    ];
    for (data, in_html, in_markdown) in cases {
        let maker = NotebookBuilder::new().cell(shown("a", data));
        let page = html(&maker);
        assert!(page.contains(in_html), "{in_html}\n{}", body(&page));
        let page = export(&maker, &["md"]).stdout;
        assert!(page.contains(in_markdown), "{in_markdown}\n{page}");
    }
    for (format, source, in_html) in [
        ("text/html", "<b>x</b>", "<b>x</b>"),
        ("text/markdown", "**x**", "<strong>x</strong>"),
        ("text/x-rst", "<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ] {
        let cell = json!({"cell_type": "raw", "id": "r", "metadata": {"raw_mimetype": format}, "source": source});
        let page = html(&NotebookBuilder::new().cell(cell));
        assert!(page.contains(in_html), "{in_html}\n{}", body(&page));
    }
}

const ATTACKS: [&str; 12] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"&#106;ava\tscript&colon;alert(1)\">x</a>",
    "<a href=\"vbscript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<svg onload=alert(1)></svg>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<object data=\"javascript:alert(1)\"></object>",
    "<form action=\"javascript:alert(1)\"><button>x</button></form>",
    "<p onclick=alert(1)>x</p>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
];

#[test]
fn nothing_of_a_stranger_acts_in_a_page() {
    let acts = |page: &str| ["alert(1)", "http-equiv"].iter().any(|part| page.contains(part));
    for attack in ATTACKS {
        let places = [
            prose("p", attack),
            prose("p", &format!("text {attack} text")),
            shown("p", json!({"text/markdown": attack})),
            json!({"cell_type": "raw", "id": "p", "metadata": {"format": "text/markdown"}, "source": attack}),
        ];
        for place in places {
            let maker = NotebookBuilder::new().cell(place.clone());
            let finished = export(&maker, &["html"]);
            assert!(!acts(body(&finished.stdout)), "{place}\n{}", body(&finished.stdout));
            let trusted = export(&maker, &["html", "--trust"]);
            assert!(acts(&trusted.stdout) || attack.contains('\t'), "{place}");
        }
        // Outputs keep it, in a frame without rights.
        let places = [
            shown("p", json!({"text/html": attack, "text/plain": "x"})),
            json!({"cell_type": "raw", "id": "p", "metadata": {"raw_mimetype": "text/html"}, "source": attack}),
        ];
        for place in places {
            let maker = NotebookBuilder::new().cell(place.clone());
            let page = html(&maker);
            let (before, frame) = body(&page).split_once("<iframe class=\"output\"").unwrap_or((body(&page), ""));
            let (frame, after) = frame.split_once("></iframe>").unwrap_or(("", ""));
            assert!(!acts(before) && !acts(after), "{place}\n{}", body(&page));
            let is_framed = frame.contains(" sandbox=\"allow-scripts\" ") && !frame.contains('<');
            assert!(is_framed || attack.starts_with("<meta"), "{place}\n{}", body(&page));
        }
    }
    let maker = NotebookBuilder::new().cell(prose("p", "[x](javascript:alert(1)) ![y](javascript:alert(1))"));
    export(&maker, &["html"])
        .has("`p`: scripts, event handlers and `javascript:` links are taken out; `--trust` keeps");
    assert!(!acts(body(&html(&maker))));
    // What a cell holds cannot end the parts of the page around it.
    let maker = NotebookBuilder::new().cell(prose("p", "</section></main><div><b>"));
    assert!(body(&html(&maker)).contains("<div><b></b></div>"), "{}", body(&html(&maker)));
}

#[test]
fn a_folder_becomes_pages_that_link_to_each_other() {
    let maker = NotebookBuilder::new();
    let folder = maker.folder.path();
    let write = |name: &str, text: &str| {
        put(folder, name);
        std::fs::write(folder.join(name), NotebookBuilder::new().cell(prose("p", text)).text()).unwrap();
    };
    write("in/a b.ipynb", "[x](sub/b.ipynb#c) [y](gone.ipynb) [z]\n\n[z]: <./a b.ipynb>");
    write("in/sub/b.ipynb", "<a href=\"../a%20b.ipynb\">x</a> ![](../pic.png)");
    put(folder, "in/pic.png");
    std::fs::write(folder.join("in/broken.ipynb"), "{}").unwrap();
    let export = |arguments: &[&str]| forward_pass(folder, &[&["export", "in", "--to"], arguments].concat());
    export(&["html"]).exits(2).has("name it with `-o FOLDER`");
    export(&["ipynb", "-o", "out"]).exits(2);
    export(&["html", "-o", "out"]).exits(3).has("error: in/broken.ipynb: ").has("out: 2 notebooks exported");
    let page = read(folder, "out/a b.html");
    for link in ["href=\"sub/b.html#c\"", "href=\"gone.ipynb\"", "href=\"./a%20b.html\""] {
        assert!(page.contains(link), "{link}\n{}", body(&page));
    }
    let page = read(folder, "out/sub/b.html");
    assert!(
        page.contains("href=\"../a%20b.html\"") && page.contains("src=\"data:image/png;base64,"),
        "{}",
        body(&page)
    );
    export(&["html", "-o", "out"]).exits(3).has("already exists");
    std::fs::remove_file(folder.join("in/broken.ipynb")).unwrap();
    export(&["html", "-o", "out", "--force"]).exits(0);
    export(&["md", "-o", "md"]).exits(0);
    let page = read(folder, "md/a b.md");
    assert_eq!(page, "[x](sub/b.md#c) [y](gone.ipynb) [z]\n\n[z]: <./a b.md>\n");
    assert!(folder.join("md/sub/b_files/pic.png").is_file());
    export(&["script", "-o", "scripts"]).exits(0);
    assert!(read(folder, "scripts/sub/b.rs").contains("// %% [markdown]"));
}

/// What could act on a terminal, a log or a browser.
const CHARACTERS: [&str; 12] = [
    "\u{1b}]52;c;cHduZWQ=\u{7}",
    "\u{9b}31m",
    "\u{0}",
    "\u{202e}",
    "\u{ffff}",
    "\n::error::x\n",
    "\n##[error]x",
    "</script><script>x</script>",
    "\" onload=\"x",
    "' onload='x",
    "&#106;&Tab;",
    "](x)\n```\n",
];

#[test]
fn no_character_of_a_file_acts_in_a_page_or_in_a_note() {
    for c in CHARACTERS {
        let stream = |name: &str| json!({"output_type": "stream", "name": name, "text": c});
        let rich = |data: Value| json!({"output_type": "display_data", "metadata": {}, "data": data});
        let outputs = json!([
            stream("stdout"),
            stream("stderr"),
            rich(json!({"text/plain": c, "image/png": PNG})),
            rich(json!({"text/html": format!("<p title=\"{c}\">{c}</p>")})),
            rich(json!({"text/markdown": c})),
            rich(json!({"text/latex": c})),
            rich(json!({format!("application/x{c}"): "AAAA"})),
            {"output_type": "error", "ename": c, "evalue": c, "traceback": [c]},
        ]);
        let mut cell = prose(&format!("m{c}"), &format!("# {c}\n\n![{c}](gone{c}.png) <img src=\"attachment:{c}\">"));
        cell["attachments"] = json!({c: {format!("image/png{c}"): PNG}});
        let maker = NotebookBuilder::new()
            .metadata(json!({"lang": c, "title": c, "kernelspec": {"language": "rust"}}))
            .cell(json!({"cell_type": "code", "execution_count": 1, "id": format!("c{c}"), "outputs": outputs,
                "metadata": {"tags": [c]}, "source": format!("// {c}")}))
            .cell(cell)
            .cell(json!({"cell_type": "raw", "id": format!("r{c}"), "metadata": {"format": "html"}, "source": c}));
        for to in ["html", "md"] {
            let finished = export(&maker, &[to, "-o", &format!("page.{to}"), "--force"]);
            let lines = format!("\n{}{}", finished.stdout, finished.stderr);
            let acts = ["\u{1b}", "\u{9b}", "\u{0}", "\u{202e}", "\n::", "\n##["];
            assert!(!acts.iter().any(|it| lines.contains(it)), "{c:?} {to} {lines:?}");
        }
        let page = read(maker.folder.path(), "page.html");
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">\n"), "{c:?}");
        assert!(!page.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{c:?}");
        // In no tag, without what is in quotes, is a handler.
        let tags = body(&page).split('<').filter_map(|rest| rest.split('>').next());
        let mut bare = tags.map(|tag| tag.split('"').step_by(2).collect::<String>());
        assert!(!body(&page).contains("<script") && !bare.any(|tag| tag.contains("onload")), "{c:?}\n{}", body(&page));
    }
}
