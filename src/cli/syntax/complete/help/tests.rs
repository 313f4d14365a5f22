//! What help says about every kind of name.

use super::*;

const SOURCE: &str = "/// A place.
struct Point {
    /// Across.
    x: f64,
}
impl Point {
    /// How far.
    fn norm(&self, scale: f64) -> f64 { self.x }
}
/// Twice.
fn twice(n: i32, m: u8) -> i32 { n }";

fn shown_at(code: &str) -> String {
    let names = Names {
        variables: vec![("p".into(), "Point".into()), ("v".into(), "Vec<i32>".into())],
        sources: vec!["use std::collections::HashMap;".into(), SOURCE.into()],
        ..Names::default()
    };
    let cursor = code.find('|').expect("a cursor");
    let page = describe_within(&code.replace('|', ""), cursor, &names, Duration::from_secs(60));
    page.map(|page| page.plain().replace('\n', "; ")).unwrap_or_default()
}

#[test]
fn every_kind_of_name_is_described() {
    let cases = [
        ("p|", "let p: Point; ; A place."),
        ("p.x|", "Point; x: f64; ; Across."),
        ("p.no|rm(1.0)", "Point; fn norm(&self, scale: f64) -> f64; ; How far."),
        ("p.norm(|", "Point; fn norm(&self, scale: f64) -> f64; ; Next: `scale: f64`; ; How far."),
        ("twice(1, |", "fn twice(n: i32, m: u8) -> i32 { n }; ; Next: `m: u8`; ; Twice."),
        (
            "v.pu|sh(1)",
            "Vec<i32>; const fn push(&mut self, value: T); ; Appends an element to the back of a collection.",
        ),
        ("Str|ing::new()", "std::string::String; struct String; ; A UTF-8–encoded, growable string."),
        (
            "String::fr|om(\"a\")",
            "std::convert::From; fn from(value: T) -> Self; ; Converts to this type from the input type.",
        ),
        ("print|ln!(\"\")", "std::println; println!(...); ; Prints to the standard output, with a newline."),
        ("i3|2", "std::i32; i32; ; The 32-bit signed integer type."),
        (
            "fo|r",
            "keyword; for; ; `for` runs a block for each item of an iterator; in `impl Trait for Type`, the type.",
        ),
        ("let q = v.len(); q|", "let q: usize"),
        ("no_such_name|", ""),
        ("// p|", ""),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .map(|(code, expected)| (code, expected, shown_at(code)))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(code, expected, found)| format!("{code}: {found}\n    not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (code, part) in [
        ("Opt|ion", "enum Option<T> { None, Some }"),
        ("std::fs::read_to_st|ring(\"a\")", "fn read_to_string<P: AsRef<Path>>(path: P) -> io::Result<String>"),
        ("Hash|Map", "std::collections::HashMap"),
        ("Poi|nt", "struct Point {; "),
        ("std::fs|", "mod fs"),
        ("Some(1).ma|p(", "fn map<U, F>(self, f: F) -> Option<U>"),
    ] {
        assert!(shown_at(code).contains(part), "{code}: {}", shown_at(code));
    }
}
