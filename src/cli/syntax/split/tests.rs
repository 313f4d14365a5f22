//! Splitting of cells: chosen ones, and many random ones.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::items::ItemKind;
use super::*;
use crate::cli::fuzz::{Edit, edited, edits, snippets};

fn kinds(code: &str) -> Vec<String> {
    let cell = split(code, &BTreeSet::new());
    whole(&cell, code);
    let kind = |part: &Part| match &part.kind {
        PartKind::Attribute => "attribute".to_owned(),
        PartKind::Item(item) => match &item.kind {
            ItemKind::Use(imports) => format!("use {}", imports.len()),
            ItemKind::TraitImpl { key, .. } => format!("impl {key}"),
            ItemKind::InherentImpl { key, members, .. } => {
                let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
                format!("impl {key}: {}", names.join(" "))
            }
            ItemKind::Call(_) => format!("call {}", names(&item.names)),
            _ => format!("item {}", names(&item.names)),
        },
        PartKind::Statement { binds, .. } => {
            let names: Vec<&str> = binds.iter().map(|bind| bind.name.as_str()).collect();
            format!("statement {}", names.join(" ")).trim_end().to_owned()
        }
        PartKind::Final { .. } => "final".to_owned(),
        PartKind::Rest => "rest".to_owned(),
    };
    let mut all: Vec<String> = cell.commands.iter().map(|command| command.text.clone()).collect();
    all.extend(cell.parts.iter().map(kind));
    if cell.opaque {
        all.push("opaque".to_owned());
    }
    all
}

fn names(names: &[(super::items::Space, String)]) -> String {
    names.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" ")
}

/// Asserts that the parts cover the cell without a gap, from the end of the commands to its end.
fn whole(cell: &Cell, code: &str) {
    let mut end = cell.parts.first().map_or(code.len(), |part| part.range.start);
    assert!(cell.commands.iter().all(|command| command.range.end <= end), "a command after Rust in {code:?}");
    let mut text = String::new();
    for part in &cell.parts {
        assert_eq!(part.range.start, end, "a gap before {:?} in {code:?}", part.range);
        assert!(part.range.contains(&part.start) || part.start == part.range.end, "{part:?} in {code:?}");
        text.push_str(&code[part.range.clone()]);
        end = part.range.end;
        if let PartKind::Item(item) = &part.kind
            && let ItemKind::InherentImpl { members, .. } = &item.kind
        {
            members
                .iter()
                .for_each(|member| assert!(code.get(member.range.clone()).is_some(), "{member:?} in {code:?}"));
        }
    }
    assert!(code.ends_with(&text) && end == code.len(), "{code:?} came back as {text:?}");
}

#[test]
fn a_cell_is_split() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        ("  \n// only words\n", &["rest"]),
        ("let x = 1; x", &["statement x", "final"]),
        (":dep a = \"1\"\n\n// note\n:vars\nlet x = 1;", &[":dep a = \"1\"", ":vars", "statement x"]),
        ("::std::mem::drop(1)", &["final"]),
        ("#![allow(unused)]\nfn f() {}", &["attribute", "item f"]),
        (
            "let (a, mut b) = t; let P { x, y: [c, ..] } = p; let Some(d) = o else { return };",
            &["statement a b", "statement x c", "statement d"],
        ),
        ("let None = o else { return };", &["statement"]),
        ("use a::{b, c::*, d as _, e::{self, f as g}};", &["use 5"]),
        ("use a::b\nlet x = 1;\nx", &["use 1", "statement x", "final"]),
        ("use a::{b, c} // two\n\n  pub use d", &["use 2", "use 1"]),
        ("use a::b //", &["use 1", "rest"]),
        ("use a::b\u{3000}", &["statement", "opaque"]),
        ("use a::b let x = 1;", &["statement", "opaque"]),
        ("let s = \"\n use a\n\";\nuse b", &["statement s", "use 1"]),
        (
            "impl<T: Tr> Tr for W<T> {} impl W<u8> { const N: u8 = 1; fn f() {} }",
            &["impl Tr for W < T >", "impl <> W < u8 >: N f"],
        ),
        ("for i in 0..3 {} 42", &["statement", "final"]),
        ("vec![1]", &["final"]),
        ("vec!{1}", &["final"]),
        ("println!(\"{}\", 1);", &["statement"]),
        ("thread_local! { static A: u8 = 1; }", &["call A"]),
        ("m! { pub struct S { a: u8 } }", &["call S"]),
        ("macro_rules! mk { ($n:ident) => { struct $n; } } mk!(Foo);", &["item mk", "call "]),
        ("macro_rules! add { ($a:expr) => { $a + 1 } } add!(2)", &["item add", "final"]),
        ("let x = ", &["statement", "opaque"]),
        ("let s = \"a\n  b\"; // end", &["statement s", "rest"]),
        ("let 값 = \"한글\"; 값", &["statement 값", "final"]),
        ("!ls -l\nlet a = 1;", &["!ls -l", "statement a"]),
    ];
    for (code, expected) in cases {
        assert_eq!(&kinds(code), expected, "{code:?}");
    }
}

#[test]
fn words_include_format_strings_and_what_acts_on_the_cell() {
    let words = |code: &str| split(code, &BTreeSet::new()).words();
    let found = words("println!(\"{x:>w$.p$} {}\", y.z);");
    for name in ["x", "w", "p", "y"] {
        assert!(found.names.contains(name), "{name} in {found:?}");
    }
    let cases = [
        ("a()?;", (true, false)),
        ("println!(\"{}\", a()?);", (true, false)),
        ("let f = || { a()?; Some(1) };", (false, false)),
        ("f().await", (false, true)),
        ("println!(\"{}\", f().await);", (false, true)),
        ("async { f().await }", (false, false)),
        ("run(async move { f().await });", (false, false)),
        ("assert!(run(async move { f().await?; }));", (false, false)),
    ];
    for (code, expected) in cases {
        let found = words(code);
        assert_eq!((found.question, found.awaits), expected, "{code:?}");
    }
}

#[test]
fn no_input_crashes_the_splitter() {
    let deep = [
        "(".repeat(100_000),
        "!".repeat(100_000),
        "a+".repeat(100_000) + "a",
        "if a {} else ".repeat(50_000) + "{}",
        "A<".repeat(100_000),
        "|a| ".repeat(50_000),
        "return ".repeat(50_000),
        "x.y()".to_owned() + &".y()".repeat(50_000),
        "'".repeat(10_000),
        "/*".repeat(10_000),
        "#".repeat(10_000) + "\"",
    ];
    for code in &deep {
        whole(&split(code, &BTreeSet::new()), code);
    }
    snippets().iter().for_each(|code| whole(&split(code, &BTreeSet::new()), code));
}

#[test]
fn only_code_counts_towards_the_limits() {
    let cases = [
        (format!("// {}\n1 + 1", "x, ".repeat(2 << 20)), None),
        (format!("{}{} 1", "/*".repeat(10_000), "*/".repeat(10_000)), None),
        (format!("f(\"{}\")", "(+".repeat(3 << 20)), None),
        ("let long_name = 1;".repeat(500_000), Some("it has more than 4 MB of code")),
        ("(".repeat(401), Some("its brackets nest more than 400 deep")),
        ("a+".repeat(10_001), Some("one of its expressions has more than 20,000 parts")),
    ];
    for (code, expected) in cases {
        assert_eq!(depth::exceeded_limit(&code), expected, "{}", &code[..20]);
    }
}

proptest! {
    #[test]
    fn no_invented_code_brings_the_splitter_down(code in invented()) {
        let cell = split(&code, &BTreeSet::new());
        whole(&cell, &code);
        prop_assert_eq!(cell, split(&code, &BTreeSet::new()));
    }

    #[test]
    fn no_broken_code_brings_the_splitter_down(code in select(snippets()), edits in edits(PIECES, snippets())) {
        let code = edited(&code, &edits);
        let cell = split(&code, &BTreeSet::new());
        whole(&cell, &code);
        prop_assert_eq!(cell, split(&code, &BTreeSet::new()));
    }
}

/// Pieces of valid Rust, to be combined validly and invalidly.
const PIECES: &[&str] = &[
    "let x = 1;",
    "let mut v = vec![1, 2];",
    "fn f<T: Copy>(a: T) -> T { a }",
    "struct P { a: u8 }",
    "impl P { fn g(&self) {} }",
    "use std::fmt::{self, Debug as _};",
    "println!(\"{x:?} {{}}\", y);",
    "x.y()?",
    "f().await",
    "match a { 1 => {} _ => {} }",
    "#[derive(Debug)]",
    "#![allow(unused)]",
    "/// doc\n",
    "// c\n",
    "/* a /* b */ */",
    "\"한글\\n\"",
    "r#\"raw\"#",
    "'a'",
    "'life",
    "b\"x\"",
    "c\"x\"",
    "1.0e3",
    "0x_f",
    "1..=2",
    "macro_rules! m { ($a:expr) => { struct $a; } }",
    "m!(x);",
    "m! { fn q() {} }",
    "async { 1 }",
    "|a| a",
    "loop { break 'a 1 }",
    "if let Some(x) = y {} else {}",
    ":dep a = \"1\"\n",
    ":vars\n",
    "!ls\n",
    "\n",
    " ",
    ";",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "=",
    "=>",
    "->",
    "::",
    "&",
    "*",
    "-",
    "!",
    "?",
    ".",
    ",",
    "#",
    "$",
    "@",
    "\\",
    "\"",
    "'",
    "\u{feff}",
    "\u{200b}",
    "é",
    "\r\n",
    "\t",
    "\0",
    "r#type",
    "unsafe",
    "extern \"C\" {}",
    "const _: () = ();",
    "static A: u8 = 1;",
    "trait T { fn a(); }",
    "enum E { A(u8), B { c: u8 } }",
    "type Q = u8;",
    "mod m { pub fn z() {} }",
    "union U { a: u8 }",
];

/// Bytes, printable characters, or pieces of Rust with lines or spaces between them, some of them cut.
fn invented() -> impl Strategy<Value = String> {
    let pieces = |gap: &'static str| vec(select(PIECES), 1..13).prop_map(move |pieces| pieces.join(gap));
    let cut = (pieces(" "), any::<Index>()).prop_map(|(code, at)| edited(&code, &[Edit::Truncate(at)]));
    prop_oneof![
        vec(any::<u8>(), 4..52).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        "[ -~]{3,36}",
        pieces("\n"),
        pieces(" "),
        cut,
    ]
}
