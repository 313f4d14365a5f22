//! These tests run the pinned compiler, and fail if it writes MIR in another form.

use std::path::PathBuf;

use super::super::rustc::{CompileEnd, Job, Kind, compile};
use super::super::toolchain::{CHANNEL, Toolchain};
use super::*;
use crate::cli::engine::own::stop::Stop;

/// Compiles statements; returns the type of each variable as generated code writes it, and as it is shown.
fn types_of(items: &str, statements: &str, names: &[&str], opt_level: &str) -> Vec<(String, String, bool)> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let source = folder.path().join("cell_1.rs");
    let tuple: String = names.iter().map(|name| format!("{name},")).collect();
    let text = format!(
        "{items}\n#[inline(never)] fn mark<T>(_: T) -> ! {{ std::process::abort() }}\n\
         #[inline(never)] fn never() -> bool {{ false }}\n#[unsafe(no_mangle)] pub extern \"C\" fn run() {{\n\
         let mut f = || {{ {statements}\nif never() {{ \
         let __fp_types_1 = (never(), {tuple}); mark(__fp_types_1); }} }}; f() }}"
    );
    std::fs::write(&source, text).expect("the source can be written");
    let job = Job {
        crate_name: "cell".into(),
        source,
        folder: PathBuf::from(folder.path()),
        kind: Kind::Cell,
        metadata: "fp".into(),
        opt_level: opt_level.into(),
        ..Job::default()
    };
    let toolchain = Toolchain::find().expect("the toolchain that built this test");
    let compiled = compile(&toolchain, &job, None, &Stop::new().expect("a switch")).expect("rustc can be called");
    assert_eq!(compiled.ended, CompileEnd::Succeeded, "{:#?}", compiled.messages);
    let mir = std::fs::read_to_string(&compiled.mir).expect("rustc wrote MIR");
    let types = marked_types(&mir, 1).expect("the marked tuple is in the MIR");
    types.iter().map(|it| (it.source(), it.shown(), it.unnameable().is_some())).collect()
}

#[test]
fn rustc_names_the_types_of_variables() {
    let items = "mod geo { #[derive(Clone)] pub struct Pt; } struct Vec<T>(T); fn id(x: u8) -> u8 { x }
        fn evens() -> impl Iterator<Item = u8> { (0..9u8).step_by(2) }";
    let cases = [
        ("5", "i32", "i32", true),
        ("2.0", "f64", "f64", true),
        ("\"x\"", "&str", "&str", true),
        ("std::vec![1u8]", "::std::vec::Vec<u8>", "Vec<u8>", true),
        ("Vec(1u8)", "Vec<u8>", "Vec<u8>", true),
        ("[geo::Pt, geo::Pt]", "[geo::Pt; 2]", "[geo::Pt; 2]", true),
        (
            "std::collections::HashMap::from([(\"a\", 1)])",
            "::std::collections::HashMap<&str, i32>",
            "HashMap<&str, i32>",
            true,
        ),
        (
            "\"1\".parse::<i32>()",
            "::std::result::Result<i32, ::std::num::ParseIntError>",
            "Result<i32, ParseIntError>",
            true,
        ),
        (
            "{ let f: Box<dyn Fn(&str) -> Option<u8> + Send> = Box::new(|_| None); f }",
            "::std::boxed::Box<dyn for<'a> ::std::ops::Fn(&'a str) -> ::std::option::Option<u8> + ::std::marker::Send>",
            "Box<dyn for<'a> Fn(&'a str) -> Option<u8> + Send>",
            true,
        ),
        (
            "{ let f: &'static (dyn Fn() + Sync) = &|| (); (f, 1) }",
            "(&(dyn ::std::ops::Fn() + ::std::marker::Sync), i32)",
            "(&(dyn Fn() + Sync), i32)",
            true,
        ),
        ("{ let f: fn(u8) -> u8 = id; f }", "fn(u8) -> u8", "fn(u8) -> u8", true),
        ("evens()", "::std::iter::StepBy<::std::ops::Range<u8>>", "StepBy<Range<u8>>", true),
        ("()", "()", "()", true),
        ("|a: u8| a", "", "", false),
        ("id", "", "", false),
        ("async { 1 }", "", "", false),
    ];
    let names: Vec<String> = (0..cases.len()).map(|index| format!("v{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let lets: String = names.iter().zip(cases).map(|(name, case)| format!("let {name} = {};", case.0)).collect();
    for opt_level in ["0", "2"] {
        let found = types_of(items, &lets, &names, opt_level);
        for ((value, source, shown, nameable), found) in cases.iter().zip(found) {
            assert_eq!(found.2, !nameable, "{value} at {opt_level}: {found:?}");
            if *nameable {
                assert_eq!((found.0.as_str(), found.1.as_str()), (*source, *shown), "{value} at {opt_level}");
            }
        }
    }
}

#[test]
fn a_cell_that_never_ends_has_no_types() {
    assert_eq!(marked_types("fn run() -> () {\n    let _1: (bool, i32);\n}\n", 1), None);
}

#[test]
fn the_pinned_compiler_is_the_one_that_builds_us() {
    let file = include_str!("../../../../../../rust-toolchain.toml");
    assert!(file.contains(&format!("channel = \"{}\"", CHANNEL)), "{file}");
}
