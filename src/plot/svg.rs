//! A page as SVG text: the same bytes on every machine, one mark per line, readable in a diff.
//!
//! Text becomes outlines: every letter is defined once, with an id made of its code point (so that two figures on one
//! HTML page may both define it), and each line of text is a group whose `aria-label` is the text. There are no
//! scripts, style sheets, fonts or external links.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::canvas::{Canvas, Mark, Pixels, Style, Text};
use super::colour::Colour;
use super::font::{self, EM};
use super::path::{Area, number};
use super::png;

/// Images with more cells than this are embedded as PNG instead of as rectangles.
const MOST_RECTANGLES: usize = 4096;

pub(super) fn write(canvas: &Canvas) -> String {
    let (width, height) = (number(canvas.width), number(canvas.height));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"
    );
    definitions(&mut svg, canvas);
    let background = canvas.background.to_svg();
    line(&mut svg, format_args!("<rect width=\"{width}\" height=\"{height}\" fill=\"{background}\"/>"));
    for mark in &canvas.marks {
        match mark {
            Mark::Shape { path, style, clip } => {
                line(&mut svg, format_args!("<path d=\"{}\"{}{}/>", path.to_svg(), style_of(style), clip_of(clip)));
            }
            Mark::Text(text) => text_of(&mut svg, text),
            Mark::Pixels { area, pixels, clip } => pixels_of(&mut svg, area, pixels, clip),
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn line(svg: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(svg, "{text}");
}

fn definitions(svg: &mut String, canvas: &Canvas) {
    let mut letters = BTreeSet::new();
    let mut clips = BTreeMap::new();
    for mark in &canvas.marks {
        match mark {
            Mark::Text(text) => letters.extend(font::line(&text.text).letters.iter().map(|letter| letter.letter)),
            Mark::Shape { clip: Some(area), .. } | Mark::Pixels { clip: Some(area), .. } => {
                clips.insert(clip_name(area), *area);
            }
            _ => {}
        }
    }
    if letters.is_empty() && clips.is_empty() {
        return;
    }
    svg.push_str("<defs>\n");
    for (name, area) in clips {
        let rectangle = rectangle(&area);
        line(svg, format_args!("<clipPath id=\"{name}\"><rect {rectangle}/></clipPath>"));
    }
    for letter in letters {
        let outline = font::outline(letter).to_svg();
        line(svg, format_args!("<path id=\"{}\" d=\"{outline}\"/>", letter_name(letter)));
    }
    svg.push_str("</defs>\n");
}

fn letter_name(letter: char) -> String {
    format!("u{:04x}", u32::from(letter))
}

/// An id made of the content, for the same reason as for letters.
fn clip_name(area: &Area) -> String {
    let sides = [area.left, area.top, area.right, area.bottom].map(number);
    format!("clip-{}", sides.join("-").replace('.', "_"))
}

fn rectangle(area: &Area) -> String {
    let [x, y, width, height] = [area.left, area.top, area.width(), area.height()].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

fn clip_of(clip: &Option<Area>) -> String {
    clip.map(|area| format!(" clip-path=\"url(#{})\"", clip_name(&area))).unwrap_or_default()
}

fn style_of(style: &Style) -> String {
    let mut text = match style.fill {
        Some(colour) => format!(" fill=\"{}\"", colour.to_svg()),
        None => " fill=\"none\"".to_string(),
    };
    if let Some(stroke) = style.stroke {
        text += &format!(" stroke=\"{}\" stroke-width=\"{}\"", stroke.colour.to_svg(), number(stroke.width));
        let lengths: Vec<String> = stroke.dash.lengths().iter().map(|part| number(part * stroke.width)).collect();
        if !lengths.is_empty() {
            text += &format!(" stroke-dasharray=\"{}\"", lengths.join(" "));
        }
        text += " stroke-linejoin=\"round\"";
    }
    if let Some(opacity) = style.opacity {
        text += &format!(" opacity=\"{}\"", number(opacity));
    }
    text
}

fn text_of(svg: &mut String, text: &Text) {
    let layout = font::line(&text.text);
    let scale = text.size / EM;
    let (x, y) = text.at;
    let turn = if text.upright { " rotate(-90)" } else { "" };
    let shift = text.start(layout.width * scale);
    let (x, y) = if text.upright { (x, y - shift) } else { (x + shift, y) };
    let scale = format!("{scale:.5}");
    line(
        svg,
        format_args!(
            "<g aria-label=\"{}\" fill=\"{}\" transform=\"translate({} {}){turn} scale({})\">",
            escaped(&text.text),
            text.colour.to_svg(),
            number(x),
            number(y),
            scale.trim_end_matches('0').trim_start_matches('0'),
        ),
    );
    for letter in &layout.letters {
        let name = letter_name(letter.letter);
        if letter.scale == 1.0 {
            let x = if letter.x == 0.0 { String::new() } else { format!(" x=\"{}\"", number(letter.x)) };
            let _ = write!(svg, "<use xlink:href=\"#{name}\"{x}/>");
        } else {
            let (x, y, scale) = (number(letter.x), number(-letter.raise), number(letter.scale));
            let _ = write!(svg, "<use xlink:href=\"#{name}\" transform=\"translate({x} {y}) scale({scale})\"/>");
        }
    }
    svg.push_str("\n</g>\n");
}

/// Escapes text for an attribute; characters that XML does not allow are dropped.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}

fn pixels_of(svg: &mut String, area: &Area, pixels: &Pixels, clip: &Option<Area>) {
    if pixels.rows() == 0 {
        return;
    }
    if pixels.colours.len() > MOST_RECTANGLES {
        let data = png::base64(&png::opaque(pixels));
        let (place, clip) = (rectangle(area), clip_of(clip));
        line(
            svg,
            format_args!(
                "<image {place} preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\"{clip} \
                 xlink:href=\"data:image/png;base64,{data}\"/>"
            ),
        );
        return;
    }
    let (across, down) = (area.width() / pixels.columns as f64, area.height() / pixels.rows() as f64);
    let (x, y) = (number(area.left), number(area.top));
    // A clip path uses the coordinates of its own element, so it needs an element without a transformation.
    let (clip, close) =
        if clip.is_some() { (format!("<g{}>", clip_of(clip)), "</g></g>\n") } else { (String::new(), "</g>\n") };
    let transform = format!("translate({x} {y}) scale({across:.4} {down:.4})");
    line(svg, format_args!("{clip}<g transform=\"{transform}\" shape-rendering=\"crispEdges\">"));
    let paper = commonest(pixels);
    let (columns, rows) = (pixels.columns, pixels.rows());
    line(svg, format_args!("<rect width=\"{columns}\" height=\"{rows}\" fill=\"{}\"/>", paper.to_svg()));
    for (colour, runs) in runs(pixels).into_iter().filter(|(_, runs)| runs.colour != paper) {
        let mut path = String::new();
        for (x, y, length) in runs.places {
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
        }
        line(svg, format_args!("<path fill=\"{colour}\" d=\"{path}\"/>"));
    }
    svg.push_str(close);
}

struct Runs {
    colour: Colour,
    places: Vec<(usize, usize, usize)>,
}

/// Horizontal runs of one colour, by colour.
fn runs(pixels: &Pixels) -> BTreeMap<String, Runs> {
    let mut runs: BTreeMap<String, Runs> = BTreeMap::new();
    for (y, row) in pixels.colours.chunks(pixels.columns).enumerate() {
        let mut x = 0;
        while x < row.len() {
            let length = row[x..].iter().take_while(|&&colour| colour == row[x]).count();
            let colour = row[x];
            let entry = runs.entry(colour.to_svg()).or_insert_with(|| Runs { colour, places: Vec::new() });
            entry.places.push((x, y, length));
            x += length;
        }
    }
    runs
}

fn commonest(pixels: &Pixels) -> Colour {
    let mut counts: BTreeMap<String, (usize, Colour)> = BTreeMap::new();
    for &colour in &pixels.colours {
        counts.entry(colour.to_svg()).or_insert((0, colour)).0 += 1;
    }
    counts.into_values().max_by_key(|(count, _)| *count).map_or(super::colour::WHITE, |(_, colour)| colour)
}
