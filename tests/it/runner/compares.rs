//! What counts as the same output and what does not: pictures, numbers, order, gaps; through the binary.

use serde_json::{Value, json};

use crate::support::{NotebookBuilder, tested};

/// Two pixels, written by Python's zlib: the best compression; none and another filter; one channel off by three.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR42mPgEpE7kcIAAAQ/AWk7x09HAAAAAElFTkSuQmCC";
const ENCODED_OTHERWISE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAEklEQVR4AQEHAPj/AQoUHr5Q4gTiAi58XmcmAAAAAElFTkSuQmCC";
const ANOTHER: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR42mPgEpE7ncIAAARIAWxNvNBSAAAAAElFTkSuQmCC";

/// A cell that shows `data` of a type, with something else stored for it.
fn shows(id: &str, mime: &str, data: &str, stored: Value) -> Value {
    let source = format!("println!(\"EVCXR_BEGIN_CONTENT {mime}\\n{{}}\\nEVCXR_END_CONTENT\", r#\"{data}\"#);");
    let output = json!({"data": {mime: stored}, "metadata": {}, "output_type": "display_data"});
    json!({"cell_type": "code", "execution_count": 1, "id": id, "metadata": {}, "outputs": [output],
        "source": [source]})
}

#[test]
fn a_picture_is_its_pixels_and_what_differs_is_drawn() {
    let maker = NotebookBuilder::new()
        .cell(shows("encoder", "image/png", PICTURE, json!(ENCODED_OTHERWISE)))
        .cell(shows("near", "image/png", PICTURE, json!(ANOTHER)))
        .settings(json!({"pixel_tolerance": "3"}))
        .cell(shows("off", "image/png", PICTURE, json!(ANOTHER)))
        .settings(json!({"pixel_tolerance": "2"}));
    let told = tested(&maker, &["--pictures", "drawn"]);
    told.exits(1).has("`off` does not match").has("image/png: 1 of 2 pixels differ, by up to 3 of 255");
    assert!(!told.stdout.contains("`near`") && !told.stdout.contains("`encoder`"), "{}", told.stdout);
    let read = |name: &str| std::fs::read(maker.folder.path().join("drawn/made").join(name)).unwrap();
    let decoder = png::Decoder::new(std::io::Cursor::new(read("off.difference.png")));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = [0; 8];
    reader.next_frame(&mut pixels).unwrap();
    // The first pixel as stored, faded; the second one red.
    assert_eq!(pixels, [194, 197, 199, 255, 220, 30, 30, 255]);
    assert!(read("off.stored.png").starts_with(b"\x89PNG") && read("off.fresh.png").starts_with(b"\x89PNG"));
}

/// Sixteen pixels square, by Pillow: with its usual tables, with tables made for the picture, and with one pixel white.
const JPEG: &str = include_str!("../../fixtures/jpeg/usual-tables.txt");
const JPEG_ENCODED_OTHERWISE: &str = include_str!("../../fixtures/jpeg/own-tables.txt");
const ANOTHER_JPEG: &str = include_str!("../../fixtures/jpeg/another.txt");

#[test]
fn a_jpeg_is_its_pixels_too() {
    let maker = NotebookBuilder::new()
        .cell(shows("same", "image/jpeg", JPEG.trim(), json!(JPEG_ENCODED_OTHERWISE)))
        .cell(shows("other", "image/jpeg", JPEG.trim(), json!(ANOTHER_JPEG)))
        .cell(shows("broken", "image/jpeg", JPEG.trim(), json!("/9j/4AAQ")));
    let told = tested(&maker, &[]);
    told.exits(1).has("`other` does not match").has(" of 256 pixels differ, by up to ");
    told.has("`broken` does not match").has("the stored picture cannot be read");
    assert!(!told.stdout.contains("`same`"), "{}", told.stdout);
}

#[test]
fn json_is_its_value_and_an_svg_its_text() {
    let svg = |x: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'><rect x='{x}'/></svg>");
    let maker = NotebookBuilder::new()
        .cell(shows("keys", "application/json", r#"{"a":1,"b":[2.50]}"#, json!({"b": [2.5], "a": 1})))
        .cell(shows("value", "application/json", r#"{"a":1}"#, json!({"a": 2})))
        .cell(shows("svg", "image/svg+xml", &svg("1"), json!([svg("2")])))
        .cell(shows("same-svg", "image/svg+xml", &svg("1"), json!([svg("1"), "\n"])));
    let told = tested(&maker, &[]);
    told.exits(1).has("`value` does not match").has("`svg` does not match");
    assert!(!told.stdout.contains("`keys`") && !told.stdout.contains("`same-svg`"), "{}", told.stdout);
}

#[test]
fn streams_lines_and_numbers_are_the_same_as_far_as_the_author_says() {
    let pieces = json!([
        {"name": "stdout", "output_type": "stream", "text": ["1\n"]},
        {"name": "stderr", "output_type": "stream", "text": "e\n"},
        {"name": "stdout", "output_type": "stream", "text": ["2", "\n"]},
    ]);
    let cell = json!({"cell_type": "code", "execution_count": 9, "id": "pieces", "metadata": {"collapsed": true},
        "outputs": pieces, "source": ["println!(\"1\\n2\"); eprintln!(\"e\");"]});
    let maker = NotebookBuilder::new()
        .cell(cell)
        .code("return", "print!(\"10 %\\r99 %\\rdone\\n\");", "done\n")
        .code("ulp", "println!(\"{}\", 0.1 + 0.2);", "0.3\n")
        .settings(json!({"ulp": "1"}))
        .code("no-ulp", "println!(\"{}\", 0.1 + 0.2);", "0.3\n")
        .code("single", "println!(\"{}\", 0.74614674f32);", "0.7461468\n")
        .settings(json!({"ulp": "1f32"}))
        .code("absolute", "println!(\"x 0.00001\");", "x 0.0\n")
        .settings(json!({"atol": "1e-4"}))
        .code("any-order", "println!(\"b\\na\\nb\");", "a\nb\nb\n")
        .settings(json!({"unordered": "true"}))
        .code("order", "println!(\"b\\na\");", "a\nb\n")
        .code("too-few", "println!(\"b\\na\");", "a\nb\nb\n")
        .settings(json!({"unordered": "true"}));
    let told = tested(&maker, &["--format", "json"]);
    let report: Value = serde_json::from_str(&told.stdout).unwrap();
    let red = report["notebooks"][0]["cells"].as_array().unwrap().iter().filter(|cell| cell["failed"] == true);
    let red: Vec<&Value> = red.collect();
    assert_eq!(red.iter().map(|cell| &cell["id"]).collect::<Vec<_>>(), ["no-ulp", "order", "too-few"]);
    assert_eq!(
        red[0]["differences"][0]["moved"][0]["words"],
        "line 1: 0.3 became 0.30000000000000004, by 5.6e-17, relative 1.9e-16"
    );
}

#[test]
fn what_the_author_gave_up_stays_given_up_through_an_update() {
    let settings = json!({"ellipsis": "[...]"});
    let maker = NotebookBuilder::new()
        .code("gap", "println!(\"took 3 s\\nsum 5\");", "took [...] s\nsum 4\n")
        .settings(settings.clone())
        .code("kept", "println!(\"at 12\");", "at [...]\n")
        .settings(settings);
    let told = tested(&maker, &["--accept"]);
    told.exits(0).has("accepted made.ipynb");
    assert!(!told.stdout.contains("failed"), "{}", told.stdout);
    let stored = std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap();
    assert!(stored.contains("\"took [...] s\\n\"") && stored.contains("\"sum 5\\n\""), "{stored}");
    assert!(stored.contains("\"at [...]\\n\""), "{stored}");
}

#[test]
fn a_time_or_a_path_of_this_machine_is_not_stored() {
    let maker = NotebookBuilder::new().code("it", "println!(\"read /home/ann/digits.csv\");", "old\n");
    tested(&maker, &["--accept"])
        .exits(1)
        .has("`it` was not stored: its output contains a path of this machine, `/home/ann/digits.csv`");
    assert_eq!(std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap(), maker.text());
    let allowed = maker.settings(json!({"allow": "unstable-output"}));
    tested(&allowed, &["--accept"]).exits(0);
}

#[test]
fn items_of_maps_and_sets_may_be_in_any_order_where_the_author_says_so() {
    let code = "println!(\"{:?}\", std::collections::BTreeMap::from([(1, \"b, c\"), (2, \"a\")]));";
    let maker =
        |settings: Value| NotebookBuilder::new().code("map", code, "{2: \"a\", 1: \"b, c\"}\n").settings(settings);
    tested(&maker(json!({})), &[]).exits(1);
    tested(&maker(json!({"unordered": true})), &[]).exits(0);
    let value = NotebookBuilder::new()
        .cell(json!({"cell_type": "code", "execution_count": 1, "id": "v", "metadata": {"forward_pass": {"unordered": true}},
            "outputs": [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["Some({3, 1})"]}}],
            "source": ["Some(std::collections::BTreeSet::from([1, 3]))"]}));
    tested(&value, &[]).exits(0);
}

#[test]
fn stderr_can_be_left_out_alone() {
    let maker = |stdout: &str| NotebookBuilder::new().code("a", "println!(\"1\"); eprintln!(\"noise\");", stdout);
    tested(&maker("1\n"), &[]).exits(1).has("stderr is new");
    tested(&maker("1\n").tags(&["ignore-stderr"]), &[]).exits(0);
    tested(&maker("2\n").settings(json!({"ignore_stderr": true})), &[]).exits(1).has("+ 1");
    let all = json!([{"name": "n", "pattern": "^noise$", "replace": "", "reason": "a test"}]);
    tested(&maker("1\n").settings(json!({"normalisers": all})), &[]).exits(0);
}

#[test]
fn a_normaliser_compares_and_the_true_text_is_stored() {
    let clock = json!([{"name": "clock", "pattern": "\\d+ ms", "replace": "TIME", "reason": "the clock moves"}]);
    let settings = json!({"normalisers": clock});
    let maker = NotebookBuilder::new().code("a", "println!(\"took 9 ms\\nsum 2\");", "").settings(settings.clone());
    tested(&maker, &["--accept"]).exits(0);
    let text = std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap();
    assert!(text.contains("took 9 ms") && !text.contains("took TIME"), "{text}");
    let maker =
        NotebookBuilder::new().code("a", "println!(\"took 9 ms\\nsum 2\");", "took 5 ms\nsum 1\n").settings(settings);
    tested(&maker, &["--accept"]).exits(0);
    let text = std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap();
    assert!(text.contains("took 5 ms") && text.contains("sum 2"), "{text}");
    let linted = crate::support::forward_pass(maker.folder.path(), &["lint", "made.ipynb"]);
    linted.exits(0);
}

#[test]
fn tags_of_other_tools_are_left_alone() {
    let begins = ["remove", "hide", "scroll"];
    let ends = ["output", "input", "cell", "stdout", "stderr", "outputs", "all-outputs", "panic"];
    for tag in begins
        .iter()
        .flat_map(|begin| ends.iter().flat_map(move |end| [format!("{begin}-{end}"), format!("{begin}_{end}")]))
    {
        let maker = NotebookBuilder::new().code("a", "1", "").tags(&[&tag]);
        maker.write();
        crate::support::forward_pass(maker.folder.path(), &["lint", "made.ipynb"]).exits(0);
    }
    tested(&NotebookBuilder::new().code("a", "println!(\"1\");", "1\n").tags(&["remove-output", "remove_output"]), &[])
        .exits(0);
}
