//! HTML that acts, in a frame that can do nothing to the page or to the reader: it has an origin of its own.

use std::sync::OnceLock;

use regex::Regex;

use super::shown::escaped;

/// Plotly's library, for figures that are stored as data or ask a notebook's front end for it.
const PLOTLY: &str = "<script src=\"https://cdn.plot.ly/plotly-2.35.2.min.js\" charset=\"utf-8\"></script>\n\
    <script>var require = function (names, use) { use(window.Plotly); }; require.config = function () {};\n\
    var requirejs = require;</script>\n";

const LOWEST: u32 = 120;
const USUAL: u32 = 480;
const HIGHEST: u32 = 1200;

/// A frame with this HTML as its document.
pub fn around(html: &str) -> String {
    let height = heights(html).max().map_or(USUAL, |height| (height + 30).clamp(LOWEST, HIGHEST));
    let plotly = if asks_for_plotly(html) { PLOTLY } else { "" };
    let document = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><style>body {{ margin: 0; font: 15px sans-serif; }}\n\
         img, svg {{ max-width: 100%; }}</style>\n{plotly}{html}"
    );
    format!(
        "<iframe class=\"output\" sandbox=\"allow-scripts\" title=\"output\" style=\"height: {height}px\" \
         srcdoc=\"{}\"></iframe>\n",
        escaped(&document)
    )
}

/// The data of a Plotly figure as HTML.
pub fn plot(json: &str) -> String {
    // Inside a script, a tag's bracket could end it.
    let json = json.replace('<', "\\u003c");
    format!(
        "{PLOTLY}<div id=\"figure\"></div>\n<script>var figure = {json};\n\
         Plotly.newPlot(\"figure\", figure.data, figure.layout, {{responsive: true}});</script>"
    )
}

/// Whether HTML has colours of its own, which need white paper.
pub fn has_colours(html: &str) -> bool {
    let html = html.to_lowercase();
    ["<svg", "color", "background", "fill="].iter().any(|word| html.contains(word))
}

fn asks_for_plotly(html: &str) -> bool {
    static ASKS: OnceLock<Regex> = OnceLock::new();
    let asks = ASKS.get_or_init(|| Regex::new(r#"require\w*\(\s*\[\s*['"]plotly"#).expect("the pattern is valid"));
    asks.is_match(html)
}

/// The heights in pixels that HTML names.
fn heights(html: &str) -> impl Iterator<Item = u32> {
    static HEIGHT: OnceLock<Regex> = OnceLock::new();
    let pattern = r#"(?i)\bheight["']?\s*[:=]\s*["']?(\d{2,4})(?:px|["';,}\s>])"#;
    let height = HEIGHT.get_or_init(|| Regex::new(pattern).expect("the pattern is valid"));
    height.captures_iter(html).filter_map(|captures| captures[1].parse().ok())
}
