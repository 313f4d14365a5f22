//! rustc's messages name the sources of crates where they were built; a session that uses the build of another place
//! shows its own.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Names the folders in a message as they are now.
pub fn rename(message: &mut Value, moved: &[(PathBuf, PathBuf)]) {
    match message {
        Value::String(text) => moved.iter().for_each(|(then, now)| rename_in(text, then, now)),
        Value::Array(parts) => parts.iter_mut().for_each(|part| rename(part, moved)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, moved)),
        _ => {}
    }
}

fn rename_in(text: &mut String, then: &Path, now: &Path) {
    let [then, now] = [then, now].map(|folder| format!("{}/", folder.display()));
    if text.contains(&then) {
        *text = text.replace(&then, &now);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_names_the_present_folder() {
        let message = |folder: &str| {
            let rendered = format!(" --> {folder}/src/lib.rs:3\n --> /a/party/x.rs");
            json!({"rendered": rendered, "spans": [{"file_name": format!("{folder}/x"), "line_start": 3}]})
        };
        let mut moved = message("/a/part");
        rename(&mut moved, &[("/a/part".into(), "/b/other".into())]);
        assert_eq!(moved, message("/b/other"));
    }
}
