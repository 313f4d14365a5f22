//! Attacks on the sanitizer: a table of known ones, and texts drawn from their parts.

use super::super::tags::tag_at;
use super::clean;

/// Whether some `<` of a text could begin a tag that acts, in whatever state the browser reads it.
fn acts(html: &str) -> Option<String> {
    html.match_indices('<').find_map(|(at, _)| {
        let tag = tag_at(html, at);
        let Some(tag) = tag else { return Some(html[at..].chars().take(40).collect()) };
        let bad_name = ["script", "object", "embed", "form", "link", "base", "set", "animate", "meta"];
        let bad = bad_name.iter().any(|name| tag.is(name))
            || tag.attributes.iter().any(|it| {
                let value: String = super::super::tags::decoded(it.value).chars().filter(|c| !c.is_control()).collect();
                let value = value.trim().to_lowercase();
                // Other texts may say anything.
                let leads = ["href", "src", "action", "data", "xlink:href", "formaction"].contains(&it.name);
                it.name.to_lowercase().starts_with("on")
                    || leads && ["javascript:", "vbscript:", "data:text"].iter().any(|begin| value.starts_with(begin))
            });
        bad.then(|| html[tag.range].to_owned())
    })
}

#[test]
fn what_acts_is_taken_out() {
    let cases = [
        ("<script>alert(1)</script>a", "a"),
        ("<SCRIPT src=x>x</Script >a", "a"),
        ("a<script>never closed", "a"),
        ("<p onclick=f()>a</p>", "<p>a</p>"),
        ("<p/ONCLICK='f()'id=x>a", "<p id=\"x\">a"),
        ("<a href=\"javascript:f()\">a</a>", "<a>a</a>"),
        ("<a href=' java\nscript&colon;f()'>a</a>", "<a>a</a>"),
        ("<a href=\"&#x6A;avascript:f()\">a</a>", "<a>a</a>"),
        ("<a href=\"\u{1}vbscript:f()\">a</a>", "<a>a</a>"),
        ("<a href=\"data:text/html,x\">a</a>", "<a>a</a>"),
        ("<iframe src=javascript:f()></iframe>", "<iframe sandbox=\"allow-scripts\"></iframe>"),
        ("<img src=x onerror=f()>", "<img src=\"x\">"),
        ("<svg><set attributeName=href to=javascript:f() /></svg>", "<svg></svg>"),
        ("<svg><use href='data:image/svg+xml,x#a'/></svg>", "<svg><use/></svg>"),
        ("<!-- <a title=\" --><img src=x onerror=f() title=\">\">", "<img src=\"x\" title=\"&gt;\">"),
        ("<object data=x>a</object><embed src=x>", "a"),
        ("<form action=x><input name=p></form>", "<input name=\"p\">"),
        ("<style>a{}</style><style>@import 'x'</style>", "<style>a{}</style>"),
        ("<svg><style><img src=x onerror=f()></style></svg>", "<svg></svg>"),
        ("<a style=\"background:url(javascript:f())\">a</a>", "<a>a</a>"),
    ];
    for (html, expected) in cases {
        let clean = clean(html);
        assert_eq!((clean.html.as_str(), acts(&clean.html)), (expected, None), "{html}");
        assert!(clean.was_active || html.starts_with("<!--"), "{html}");
    }
}

#[test]
fn what_only_shows_stays() {
    let cases = [
        ("a < b && c > d &amp; &eacute;", "a &lt; b && c > d &amp; &eacute;"),
        ("Vec<String> <b>x</b>", "Vec&lt;String&gt; <b>x</b>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</ul>"),
        ("</section></main>a", "a"),
        ("<div><b>a", "<div><b>a</b></div>"),
        ("<br/>a<hr>", "<br>a<hr>"),
        ("<table><tr><td colspan=2>a</table>", "<table><tr><td colspan=\"2\">a</table>"),
        ("<!DOCTYPE html><html><head><title>t</title></head><body>a</body></html>", "a"),
        (
            "<svg width=\"9\" height=\"8\"><path d='M0'/></svg>",
            "<svg width=\"9\" height=\"8\" viewBox=\"0 0 9 8\"><path d=\"M0\"/></svg>",
        ),
        (
            "<svg viewBox='0 0 1 1' width=9 height=9><linearGradient id=g /></svg>",
            "<svg viewBox=\"0 0 1 1\" width=\"9\" height=\"9\"><linearGradient id=\"g\"/></svg>",
        ),
        ("<my-part>a</my-part>", "<my-part>a</my-part>"),
        ("<img src=\"data:image/png;base64,AA==\">", "<img src=\"data:image/png;base64,AA==\">"),
        ("<a href=\"x?a=1&b=2:3\">a</a>", "<a href=\"x?a=1&b=2:3\">a</a>"),
        ("a <!-- b --> c <!--> d", "a  c  d"),
    ];
    for (html, expected) in cases {
        let clean = clean(html);
        assert_eq!((clean.html.as_str(), clean.was_active), (expected, false), "{html}");
    }
}

#[test]
fn no_draw_of_parts_acts() {
    const PARTS: [&str; 30] = [
        "<script>",
        "</script>",
        "<svg>",
        "</svg>",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "--!>",
        "<![CDATA[",
        "]]>",
        "<a href=",
        "javascript:f()",
        "\"",
        "'",
        ">",
        "<img src=x onerror=f()>",
        " onclick=f()",
        "<title>",
        "</title>",
        "<math><mtext>",
        "<textarea>",
        "<iframe srcdoc=",
        "<",
        "</",
        "/",
        "=",
        "&quot;",
        "<noscript>",
        "<p title=\"",
    ];
    let mut seed = 7_u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..20_000 {
        let html: String = (0..1 + draw(12)).map(|_| PARTS[draw(PARTS.len())]).collect();
        let clean = clean(&html);
        assert_eq!(acts(&clean.html), None, "{html:?} became {:?}", clean.html);
    }
}

#[test]
fn long_texts_take_no_longer_than_short_ones() {
    let begun = std::time::Instant::now();
    for part in
        ["<a ", "<b>", "<b></i>", "<a \"", "<script>", "<title>", "</b", "<!--", "<![CDATA[", "<style>", "<i x=\""]
    {
        let html = part.repeat(100_000);
        assert!(clean(&html).html.len() <= html.len() * 5, "{part}");
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}
