//! What is changed: the chapter's own notebooks, and one made to show every kind of output.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{NotebookBuilder, forward_pass};

/// A notebook that is green as it stands.
pub struct Material {
    pub name: String,
    pub value: Value,
}

impl Material {
    pub fn code_cells(&self) -> usize {
        self.value["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code").count()
    }
}

/// The sections that need no data of their own, and the made one.
pub fn all(folder: &Path) -> Vec<Material> {
    let root = env!("CARGO_MANIFEST_DIR");
    let sections = crate::notebooks::notebooks().into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(&path).unwrap();
        // The editions stand elsewhere, and name the library by its whole path.
        let text = text.replace("path = \\\"../..\\\"", &format!("path = \\\"{root}\\\""));
        assert!(text.contains(root));
        let value: Value = serde_json::from_str(&text).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        value["metadata"]["forward_pass"]["requires"].is_null().then_some(Material { name, value })
    });
    let mut all: Vec<Material> = sections.collect();
    assert!(all.len() >= 7);
    all.push(made(folder));
    all
}

/// A picture of four pixels by two, in base64.
pub fn picture(pixels: &[u8], compression: png::Compression) -> String {
    use base64::Engine as _;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 2);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(compression);
    encoder.write_header().unwrap().write_image_data(pixels).unwrap();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub const PIXELS: [u8; 24] =
    [9, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240];

/// A cell that shows blocks of these types.
fn shows(blocks: &[(&str, &str)]) -> String {
    let block = |(mime, text): &(&str, &str)| {
        format!("println!(\"EVCXR_BEGIN_CONTENT {mime}\\n{{}}\\nEVCXR_END_CONTENT\", r##\"{text}\"##);\n")
    };
    blocks.iter().map(block).collect()
}

/// Streams, pictures, JSON, HTML, several outputs of one cell, a panic that is to come, and a tolerance.
pub fn made(folder: &Path) -> Material {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">\n<rect x=\"3\" y=\"4\" width=\"12\" \
               height=\"9\" fill=\"#1f77b4\"/>\n<circle cx=\"30.5\" cy=\"10.25\" r=\"6\" fill=\"#d62728\"/>\n</svg>";
    let png = picture(&PIXELS, png::Compression::Balanced);
    let maker = NotebookBuilder::new()
        .code("stdout", "println!(\"[0.5 -0.25]\\nshape (2, 3)\\nall is well\");", "")
        .code("both", "println!(\"out 1 of 2\"); eprintln!(\"warning: 3 left\"); println!(\"out 2 of 2\");", "")
        .code("png", &shows(&[("image/png", &png)]), "")
        .code("svg", &shows(&[("image/svg+xml", svg)]), "")
        .code("json", &shows(&[("application/json", "{\"loss\": 0.5, \"steps\": [1, 2, 3], \"name\": \"run\"}")]), "")
        .code("html", &shows(&[("text/html", "<b>bold</b> (4, 5)")]), "")
        .code("several", "fn show(words: &str) {\n    println!(\"EVCXR_BEGIN_CONTENT text/plain\\n{words}\\nEVCXR_END_CONTENT\");\n}\nshow(\"first\");\nshow(\"second\");\nshow(\"third 3\");\nshow(\"fourth\");\nshow(\"fifth 5\");\nshow(\"sixth\");", "")
        .code("forms", &shows(&[("text/html", "<b>7</b>"), ("text/plain", "7")]), "")
        .code("thread", "let _ = std::thread::spawn(|| panic!(\"lost\")).join();\nprintln!(\"read /tmp/.tmpQ1w2E3/x\");", "")
        .code("panics", "println!(\"before the end\");\nlet none: Option<i32> = None;\nnone.unwrap();", "")
        .tags(&["should_panic"])
        .code("near", "println!(\"accuracy 0.9375 after 40 steps\");", "")
        .settings(json!({"rtol": "0.01"}));
    std::fs::create_dir_all(folder.join("made")).unwrap();
    std::fs::write(folder.join("made/90-made.ipynb"), maker.text()).unwrap();
    forward_pass(folder, &["--engine", "own", "test", "made", "--accept"]).exits(0);
    let text = std::fs::read_to_string(folder.join("made/90-made.ipynb")).unwrap();
    Material { name: "90-made.ipynb".into(), value: serde_json::from_str(&text).unwrap() }
}

/// As Jupyter writes it.
pub fn printed(value: &Value) -> String {
    indented(value, b" ") + "\n"
}

pub fn indented(value: &Value, indent: &[u8]) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent);
    serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut bytes, formatter)).unwrap();
    String::from_utf8(bytes).unwrap()
}
