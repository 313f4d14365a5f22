//! A cell that ends in `interact(...)` shows, and stores, what its function returns at the start.

use std::path::Path;

use serde_json::json;

use crate::support::{cells::Cells, command};

const PLOT: &str = "plot(&x, &sigmoid(&(&x * 1.0)))";
const MOVES: &str = "let x = x.clone(); interact([slider(\"slope\", 0.0..=10.0, 0.5, 1.0)], \
                     move |[slope]| plot(&x, &sigmoid(&(&x * slope))))";

fn library() -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    format!(":dep forward-pass = {{ path = {root:?}, default-features = false }}\nuse forward_pass::prelude::*;\n")
}

#[test]
fn it_shows_what_its_function_returns_at_the_start() {
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    cells.run(&format!("{}let x = linspace(-5.0, 5.0, 101)?;", library()));
    let (still, moves) = (cells.run(PLOT), cells.run(MOVES));
    assert!(still["outputs"].to_string().contains("<svg"), "{still}");
    assert_eq!(moves["outputs"], still["outputs"]);
    assert_eq!(moves["notes"], json!([]));
    // Numbers, text, a `Result`, and an error at the start.
    let cases = [
        ("|[n]| n * 2.0", "6.0"),
        ("|[n]| format!(\"{n}\")", "\"3\""),
        ("|[n]| Ok::<_, Error>(n)", "3.0"),
        ("|[n]| if n > 2.0 { Err(Error::new(ErrorKind::Value, \"no\", \"less\")) } else { Ok(n) }", "no\nhelp: less"),
    ];
    for (function, text) in cases {
        let outcome = cells.run(&format!("interact([slider(\"n\", 0.0..=9.0, 1.0, 3.0)], {function})"));
        assert!(outcome["outputs"].to_string().contains(&json!(text).to_string()), "{function}: {outcome}");
    }
    // A panic at the start is the cell's.
    let outcome = cells.run("interact([], |[]| -> f64 { panic!(\"at once\") })");
    assert!(outcome["end"].to_string().contains("at once"), "{outcome}");
}

#[test]
fn a_stored_figure_is_what_it_is_compared_with() {
    let folder = tempfile::tempdir().unwrap();
    let cell = |id: &str, source: &str| json!({"cell_type": "code", "id": id, "execution_count": null, "metadata": {}, "outputs": [], "source": source});
    let notebook = |last: &str| {
        let cells = [cell("first", &format!("{}let x = linspace(-5.0, 5.0, 101)?;", library())), cell("last", last)];
        json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    };
    std::fs::write(folder.path().join("a.ipynb"), notebook(PLOT).to_string()).unwrap();
    let run = command(folder.path(), &["run", "a.ipynb", "-o", "b.ipynb"]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let mut stored: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("b.ipynb")).unwrap()).unwrap();
    for (source, passes) in [(MOVES, true), (&*MOVES.replace("0.5, 1.0", "0.5, 2.0"), false)] {
        stored["cells"][1]["source"] = json!(source);
        // As Jupyter stores it.
        let view = json!({"version_major": 2, "version_minor": 0, "model_id": "0"});
        stored["cells"][1]["outputs"][0]["data"]["application/vnd.jupyter.widget-view+json"] = view;
        std::fs::write(folder.path().join("b.ipynb"), stored.to_string()).unwrap();
        let test = command(folder.path(), &["test", "b.ipynb"]).output().unwrap();
        assert_eq!(test.status.success(), passes, "{}", String::from_utf8_lossy(&test.stdout));
    }
}
