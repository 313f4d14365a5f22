//! The labels of a figure, taken out of its SVG: at a few large pixels only real characters can be read.
//!
//! It relies on how this library writes text: a group whose `aria-label` holds the text of its outlines.

/// The font size in the units of the outlines.
const EM: f64 = 1000.0;

/// A line of text in the figure's own units.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub text: String,
    /// The middle of the text.
    pub center: (f64, f64),
    /// Rotated by 90 degrees, read from bottom to top.
    pub upright: bool,
    pub color: [u8; 3],
}

/// The labels, and the SVG without them.
pub fn taken_out(svg: &str) -> (Vec<Label>, String) {
    let (mut labels, mut rest, mut left) = (Vec::new(), String::new(), svg);
    while let Some(at) = left.find("<g aria-label=\"") {
        let Some(end) = left[at..].find("</g>").map(|end| at + end + "</g>".len()) else { break };
        rest.push_str(&left[..at]);
        labels.extend(label(&left[at..end]));
        left = &left[end..];
    }
    rest.push_str(left);
    (labels, rest)
}

fn label(group: &str) -> Option<Label> {
    let text = unescaped(attribute(group, "aria-label")?);
    let transform = attribute(group, "transform")?;
    let (x, y) = inside(transform, "translate(")?.split_once(' ')?;
    let (x, y): (f64, f64) = (x.parse().ok()?, y.parse().ok()?);
    let scale: f64 = inside(transform, "scale(")?.parse().ok()?;
    let upright = transform.contains("rotate(-90)");
    let half = width(group, &text) * scale / 2.0;
    // `y` is the baseline; the middle of a capital is about a third of the font size above it.
    let rise = EM * scale * 0.35;
    let center = if upright { (x - rise, y - half) } else { (x + half, y - rise) };
    let color = attribute(group, "fill").and_then(color).unwrap_or([0; 3]);
    Some(Label { text, center, upright, color })
}

/// The text's width in the units of its outlines: the start of its last letter plus the mean width of a letter.
fn width(group: &str, text: &str) -> f64 {
    let last =
        group.split("<use ").skip(1).filter_map(|letter| attribute(letter, "x")?.parse().ok()).fold(0.0, f64::max);
    let before = text.trim_end().chars().count().saturating_sub(1).max(1) as f64;
    last + last / before
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.find(&format!(" {name}=\"")).map(|at| at + 1).or_else(|| tag.starts_with(name).then_some(0))?;
    let value = &tag[at + name.len() + 2..];
    value.split('"').next()
}

fn inside<'a>(text: &'a str, opening: &str) -> Option<&'a str> {
    text.split_once(opening)?.1.split(')').next()
}

fn color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.is_ascii())?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    match digits.len() {
        3 => {
            let digit = |at: usize| u8::from_str_radix(digits.get(at..=at)?, 16).ok().map(|digit| digit * 17);
            Some([digit(0)?, digit(1)?, digit(2)?])
        }
        6 => Some([byte(0)?, byte(2)?, byte(4)?]),
        _ => None,
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_taken_out_and_the_rest_is_left() {
        let svg = "<svg>\n<g aria-label=\"a &lt; b\" fill=\"#00f\" transform=\"translate(10 50) scale(.01)\">\n\
                   <use xlink:href=\"#u0061\"/><use xlink:href=\"#u0062\" x=\"800\"/>\n</g>\n<path/>\n</svg>";
        let (labels, rest) = taken_out(svg);
        assert_eq!(rest, "<svg>\n\n<path/>\n</svg>");
        assert_eq!((labels[0].text.as_str(), labels[0].color, labels[0].upright), ("a < b", [0, 0, 255], false));
        assert_eq!(labels[0].center.0, 15.0);
    }

    #[test]
    fn unreadable_groups_are_not_labels() {
        for svg in
            ["", "<g aria-label=\"", "<g aria-label=\"x\"></g>", "<g aria-label=\"x\" transform=\"scale(1)\"></g>"]
        {
            assert_eq!(taken_out(svg).0, []);
        }
    }
}
