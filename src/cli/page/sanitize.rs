//! HTML of a notebook without what could act: scripts, event handlers, `javascript:` links.
//!
//! The result is written anew from the tags that are known to be harmless, with every other `<` as text, so that no
//! browser can read a tag in it that was not seen here.

use super::tags::{self, Tag, tag_at};

/// HTML, and whether anything that could act was taken out of it.
#[derive(Debug, Default)]
pub struct Clean {
    pub html: String,
    pub was_active: bool,
}

/// Elements of HTML, SVG and MathML that do nothing but show something.
const HARMLESS: &str = " a abbr acronym address area article aside audio b bdi bdo big blockquote br button caption \
    center cite code col colgroup data dd del details dfn dir div dl dt em fieldset figcaption figure font footer \
    h1 h2 h3 h4 h5 h6 header hgroup hr i iframe img input ins kbd label legend li main map mark menu meter nav nobr \
    ol optgroup option output p picture pre progress q rp rt ruby s samp search section select small source span \
    strike strong style sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr \
    svg g defs desc symbol use image switch path rect circle ellipse line polyline polygon text tspan textpath \
    lineargradient radialgradient stop pattern clippath mask marker filter feblend fecolormatrix \
    fecomponenttransfer fecomposite feconvolvematrix fediffuselighting fedisplacementmap fedropshadow feflood \
    fefunca fefuncb fefuncg fefuncr fegaussianblur femerge femergenode femorphology feoffset fepointlight \
    fespecularlighting fespotlight fetile feturbulence foreignobject view \
    math maction menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow \
    ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics annotation ";

/// Elements that act: they run something, load something that does, or send what the reader types.
const ACTIVE: &str = " script object embed applet form frame frameset link base portal animate animatemotion \
    animatetransform set ";

/// Elements without a meaning inside a page; what they hold stays.
const NEUTRAL: &str = " html head body meta noscript noembed noframes nextid canvas textarea plaintext xmp listing ";

/// Elements whose content goes with them.
const WITH_CONTENT: [&str; 3] = ["script", "template", "title"];

/// Elements without content, and without an end tag.
const VOID: &str = " area br col hr img input source track wbr ";

/// Elements that end with the one around them.
const IMPLIED: &str = " p li dt dd tr td th thead tbody tfoot colgroup option optgroup rp rt ";

/// Attributes that hold an address.
const ADDRESSES: [&str; 14] = [
    "href",
    "xlink:href",
    "src",
    "action",
    "formaction",
    "poster",
    "background",
    "cite",
    "data",
    "longdesc",
    "ping",
    "codebase",
    "lowsrc",
    "manifest",
];

/// How deeply elements are nested.
const DEEPEST: usize = 500;

fn has(list: &str, name: &str) -> bool {
    list.contains(&format!(" {name} "))
}

/// The HTML without what could act.
pub fn clean(html: &str) -> Clean {
    let mut cleaner = Cleaner { html, out: Clean::default(), open: Vec::new() };
    let mut at = 0;
    while let Some(length) = html[at..].find('<') {
        cleaner.out.html.push_str(&html[at..at + length]);
        at = cleaner.pass(at + length);
    }
    cleaner.out.html.push_str(&html[at..]);
    cleaner.close_to(0);
    cleaner.out
}

struct Cleaner<'a> {
    html: &'a str,
    out: Clean,
    /// Elements that have begun.
    open: Vec<String>,
}

impl<'a> Cleaner<'a> {
    /// Passes what begins at this `<`, and returns where it ends.
    fn pass(&mut self, at: usize) -> usize {
        let rest = &self.html[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = ["-->", "--!>"].iter().filter_map(|end| Some(comment.find(end)? + end.len())).min();
            let end = if comment.starts_with('>') { Some(1) } else { end };
            return end.map_or(self.html.len(), |end| at + "<!--".len() + end);
        }
        if ["<!", "<?"].iter().any(|begin| rest.starts_with(begin)) {
            return rest.find('>').map_or(self.html.len(), |end| at + end + 1);
        }
        let Some(tag) = tag_at(self.html, at) else {
            // A tag without an end is the last of the text.
            let end = if tags::begins_tag(rest) { self.html.len() } else { at + 1 };
            self.out.html.push_str(&escaped(&self.html[at..end]));
            return end;
        };
        let name = tag.name.to_ascii_lowercase();
        self.out.was_active |= has(ACTIVE, &name);
        if !tag.is_end && WITH_CONTENT.contains(&name.as_str()) {
            return self.end_of(&name, tag.range.end).1;
        }
        if has(ACTIVE, &name) || has(NEUTRAL, &name) || WITH_CONTENT.contains(&name.as_str()) {
            return tag.range.end;
        }
        if !has(HARMLESS, &name) && !is_custom(&name) {
            // Such as the type in `Vec<String>`.
            self.out.html.push_str(&escaped(&self.html[tag.range.clone()]));
            return tag.range.end;
        }
        match tag.is_end {
            true => self.end(&name),
            // Browsers nest no deeper, either.
            false if self.open.len() >= DEEPEST => {}
            false if name == "style" => return self.style(&tag),
            false => self.start(&tag, &name),
        }
        tag.range.end
    }

    /// Where the content of an element ends, and where its end tag does.
    fn end_of(&self, name: &str, from: usize) -> (usize, usize) {
        let closes = |at: &usize| tag_at(self.html, *at).filter(|tag| tag.is_end && tag.is(name));
        let mut places = self.html[from..].match_indices("</").map(|(at, _)| from + at);
        places.find_map(|at| Some((at, closes(&at)?.range.end))).unwrap_or((self.html.len(), self.html.len()))
    }

    /// Styles cannot run anything, unless they hide the end of their element.
    fn style(&mut self, tag: &Tag) -> usize {
        let (content, end) = self.end_of("style", tag.range.end);
        let css = &self.html[tag.range.end..content];
        if css.contains('<') || is_active_style(css) {
            self.out.was_active = true;
        } else {
            self.out.html.push_str(&format!("<style>{css}</style>"));
        }
        end
    }

    fn start(&mut self, tag: &Tag, name: &str) {
        let mut text = format!("<{}", tag.name);
        for attribute in &tag.attributes {
            let key = attribute.name.to_ascii_lowercase();
            match keeps(name, &key, attribute.value) {
                Keep::Yes => text.push_str(&format!(" {}=\"{}\"", attribute.name, quoted(attribute.value))),
                Keep::No => {}
                Keep::Active => self.out.was_active = true,
            }
        }
        match name {
            "iframe" => text.push_str(" sandbox=\"allow-scripts\""),
            "svg" => text.push_str(&view_box(tag)),
            _ => {}
        }
        // Elements of SVG and MathML may be empty; in HTML the slash means nothing.
        self.out.html.push_str(&(text + if tag.is_empty && !has(VOID, name) { "/>" } else { ">" }));
        let ends_itself = has(VOID, name) || tag.is_empty && self.is_foreign(name);
        if !ends_itself {
            self.open.push(name.to_owned());
        }
    }

    fn is_foreign(&self, name: &str) -> bool {
        let is = |name: &str| name == "svg" || name == "math";
        is(name) || self.open.iter().any(|open| is(open))
    }

    fn end(&mut self, name: &str) {
        // An end without a beginning would end a part of the page.
        if let Some(place) = self.open.iter().rposition(|open| open == name) {
            self.close_to(place + 1);
            self.open.pop();
            self.out.html.push_str(&format!("</{name}>"));
        }
    }

    fn close_to(&mut self, place: usize) {
        for name in self.open.drain(place..).rev() {
            if !has(IMPLIED, &name) {
                self.out.html.push_str(&format!("</{name}>"));
            }
        }
    }
}

enum Keep {
    Yes,
    No,
    /// It could act.
    Active,
}

fn keeps(element: &str, attribute: &str, value: &str) -> Keep {
    if attribute.starts_with("on") || attribute == "srcdoc" && element != "iframe" {
        return Keep::Active;
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
    if !attribute.bytes().all(is_plain) || attribute == "sandbox" || attribute == "allow" {
        return Keep::No;
    }
    let value = tags::decoded(value);
    let acts = match attribute {
        "style" => is_active_style(&value),
        "srcset" => false,
        _ if ADDRESSES.contains(&attribute) => !is_harmless(&value, element, attribute),
        _ => false,
    };
    if acts { Keep::Active } else { Keep::Yes }
}

fn is_active_style(css: &str) -> bool {
    let css: String = css.to_lowercase().split_whitespace().collect();
    // What stays over the page could hide it.
    ["position:fixed", "javascript", "expression(", "-moz-binding", "behavior:", "@import"]
        .iter()
        .any(|word| css.contains(word))
}

/// Whether following or loading an address can run nothing.
fn is_harmless(address: &str, element: &str, attribute: &str) -> bool {
    let address: String = address.chars().filter(|c| !c.is_control()).collect();
    let address = address.trim().to_lowercase();
    if element == "use" {
        return address.starts_with('#');
    }
    let scheme = address.split(['/', '?', '#']).next().unwrap_or_default().split_once(':').map(|(scheme, _)| scheme);
    match scheme {
        None | Some("http" | "https" | "mailto" | "tel" | "ftp" | "attachment" | "file") => true,
        // A drive of Windows.
        Some(letter) if letter.len() == 1 => true,
        // Pictures run nothing where they are loaded as pictures.
        Some("data") if attribute == "href" && element != "image" => false,
        Some("data") if element == "iframe" => false,
        Some("data") => ["data:image/", "data:video/", "data:audio/"].iter().any(|kind| address.starts_with(kind)),
        Some(_) => false,
    }
}

/// Names of elements that a script could define, and that show their content without one.
fn is_custom(name: &str) -> bool {
    name.contains('-') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Without one, a figure that is made smaller is cut off.
fn view_box(tag: &Tag) -> String {
    let number = |key| tag.get(key)?.trim().trim_end_matches("px").parse::<f64>().ok().filter(|it| it.is_finite());
    match (tag.get("viewBox"), number("width"), number("height")) {
        (None, Some(width), Some(height)) => format!(" viewBox=\"0 0 {width} {height}\""),
        _ => String::new(),
    }
}

/// A value as written, made safe for double quotes.
fn quoted(value: &str) -> String {
    value.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

fn escaped(text: &str) -> String {
    text.replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
