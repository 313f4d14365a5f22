//! Files beside the notebook that cells name: `include_str!`, `include!`, `mod x;`, `#[path]`, and their changes.

use super::places::check_in;
use crate::support::cells::Cells;

#[test]
fn a_cell_names_the_files_beside_the_notebook() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("nb/a.txt", "hello"),
        ("b.txt", "above"),
        (
            "nb/helper.rs",
            "//! Doc.\npub mod deep;\npub struct H { pub a: i32 }\npub fn text() -> &'static str {\n    include_str!(\"a.txt\") }",
        ),
        ("nb/helper/deep.rs", "pub const D: u8 = 9;"),
        (
            "nb/items.rs",
            "// c\nfn inc(x: i32) -> i32 {\n  x + 1 }\nstruct Inc { v: i32 }\nimpl Inc { fn get(&self) -> i32 { self.v } }\n\
                          macro_rules! seven { () => { 7 } }",
        ),
        ("nb/value.rs", "{ let a = 20; a + 22 }"),
        ("nb/bad.rs", "fn bad() -> i32 {\n  \"x\"\n}"),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut session = Cells::start("own", &folder.path().join("nb"));
    check_in(
        &mut session,
        &[
            ("include_str!(\"a.txt\")", &["= \"hello\""]),
            ("let b = include_bytes!(\"../b.txt\"); b.len()", &["= 5"]),
            ("mod helper;\nlet h = helper::H { a: 1 };\n\nline!()", &["= 4"]),
            ("(helper::text(), helper::deep::D, h.a)", &["= (\"hello\", 9, 1)"]),
            ("include!(\"items.rs\");\nlet i = Inc { v: 5 };\n(inc(i.get()), line!())", &["= (6, 3)"]),
            ("(inc(1), i.get(), seven!())", &["= (2, 5, 7)"]),
            ("fn inc(x: i32) -> i32 { x + 10 }\n(inc(1), i.get())", &["= (11, 5)"]),
            ("include!(\"value.rs\")", &["= 42"]),
            ("let v = include!(\"value.rs\") + 1; v", &["= 43"]),
            ("#[path = \"helper/deep.rs\"]\nmod other;\nother::D", &["= 9"]),
            ("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/a.txt\"))", &["= \"hello\""]),
            ("struct Z;\nimpl Z { fn t() -> &'static str { include_str!(\"a.txt\") } }", &["ok"]),
            ("Z::t()", &["= \"hello\""]),
            (
                "// c\ninclude!(\"bad.rs\");",
                &["E0308 at 2:1", "^^^^^^^^", "note: in `bad.rs`: `\"x\"` (expected `i32`, found `&str`)"],
            ),
            ("include_str!(\"missing.txt\")", &["at 1:1: couldn't read", "missing.txt`: No such file"]),
            ("mod missing;", &["E0583 at 1:1"]),
            (
                "std::fs::write(\"a.txt\", \"changed\")?; std::fs::write(\"items.rs\", \"struct Inc { v: String }\")?;",
                &["ok"],
            ),
            ("include_str!(\"a.txt\")", &["= \"changed\""]),
            ("Z::t()", &["= \"changed\""]),
            ("i.v", &["= 5"]),
            ("include!(\"items.rs\")", &["note variable `i: Inc` was dropped: a type it depends on was redefined"]),
            ("std::fs::write(\"helper.rs\", \"pub struct H { pub a: String }\")?;", &["ok"]),
            ("h.a", &["= 1"]),
            ("mod helper;", &["note variable `h: helper::H` was dropped: a type it depends on was redefined"]),
        ],
    );
}

#[test]
fn an_edited_path_dependency_is_reported_and_built_again() {
    let place = super::Place::new("");
    place.package("mine", "", "pub fn f() -> i32 { 1 }\npub struct S(pub i32);");
    let mut session = Cells::spawn({
        let mut command = crate::support::cells::command("own", &place.folder.path().join("work"), &[]);
        command.env("FORWARD_PASS_CACHE", place.cache());
        command
    });
    let add = ":dep mine = { path = \"mine\" }";
    check_in(
        &mut session,
        &[
            (add, &["ok"]),
            ("let s = mine::S(3); mine::f()", &["= 1"]),
            ("std::fs::write(\"mine/src/lib.rs\", \"pub fn f() -> i32 { 2 } pub struct S(pub u8);\")?;", &["ok"]),
            ("mine::f()", &["= 1", "note `mine/src/lib.rs` has changed since its crate was built"]),
            ("mine::f()", &["= 1", "not note"]),
            (add, &["note cargo compiled `mine` again for this line"]),
            (
                "mine::f()",
                &["= 2", "note variable `s: S` was dropped: cargo compiled `mine` or a crate below it again"],
            ),
        ],
    );
}
