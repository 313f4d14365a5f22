//! The types of a notebook's fields: a field of another type is named, and the notebook is refused.
//!
//! What was read would otherwise be less than what is in the file, without a word. Missing fields are no errors.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Refuses a cell with a field of the wrong type.
pub fn check_cell(cell: &Value, at: usize) -> Result<()> {
    check_fields(cell).with_context(|| format!("cell {} is not valid", at + 1))
}

fn check_fields(cell: &Value) -> Result<()> {
    if !cell.is_object() {
        bail!("it is {}, not an object", name(cell));
    }
    of_type(cell, "id", "text", Value::is_string)?;
    of_type(cell, "cell_type", "text", Value::is_string)?;
    text(cell, "source")?;
    of_type(cell, "metadata", "an object", Value::is_object)?;
    of_type(cell, "outputs", "a list", Value::is_array)?;
    of_type(cell, "attachments", "an object", Value::is_object)?;
    let metadata = &cell["metadata"];
    of_type(metadata, "tags", "a list", Value::is_array)?;
    settings(metadata)?;
    for tag in list(&metadata["tags"]) {
        if !tag.is_string() {
            bail!("a tag is {}, not text", name(tag));
        }
    }
    for (nth, output) in list(&cell["outputs"]).iter().enumerate() {
        check_output(output).with_context(|| format!("output {} of it", nth + 1))?;
    }
    Ok(())
}

/// Refuses a notebook whose metadata has a field of the wrong type.
pub fn check_metadata(notebook: &Value) -> Result<()> {
    of_type(notebook, "metadata", "an object", Value::is_object)?;
    let metadata = &notebook["metadata"];
    let is_known = |value: &Value| value.is_object() || value.is_null();
    of_type(metadata, "kernelspec", "an object", is_known)?;
    of_type(metadata, "language_info", "an object", is_known)?;
    settings(metadata).context("its metadata is not valid")
}

/// Refuses settings of a cell or a notebook that are not an object.
fn settings(metadata: &Value) -> Result<()> {
    of_type(metadata, "forward_pass", "an object", Value::is_object)
}

fn check_output(output: &Value) -> Result<()> {
    if !output.is_object() {
        bail!("it is {}, not an object", name(output));
    }
    for field in ["output_type", "name", "ename", "evalue"] {
        of_type(output, field, "text", Value::is_string)?;
    }
    text(output, "text")?;
    of_type(output, "data", "an object", Value::is_object)?;
    let data = &output["data"];
    for mime in data.as_object().into_iter().flatten().map(|(mime, _)| mime) {
        // Types of JSON hold any value.
        if mime.starts_with("text/") || mime.starts_with("image/") {
            text(data, mime)?;
        }
    }
    Ok(())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Text is one string, or a list of them.
fn text(object: &Value, field: &str) -> Result<()> {
    of_type(object, field, "text or a list of lines", |value| value.is_string() || value.is_array())?;
    match list(&object[field]).iter().enumerate().find(|(_, line)| !line.is_string()) {
        Some((nth, line)) => bail!("line {} of `{field}` is {}, not text", nth + 1, name(line)),
        None => Ok(()),
    }
}

fn of_type(object: &Value, field: &str, wanted: &str, is_wanted: impl Fn(&Value) -> bool) -> Result<()> {
    match object.get(field) {
        Some(value) if !is_wanted(value) => bail!("`{field}` is {}, not {wanted}", name(value)),
        _ => Ok(()),
    }
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_wrong_type_is_named() {
        let cases = [
            (json!(7), "it is a number, not an object"),
            (json!({"source": 7}), "`source` is a number, not text or a list of lines"),
            (json!({"source": ["1 ", 7]}), "line 2 of `source` is a number, not text"),
            (json!({"id": null}), "`id` is null, not text"),
            (json!({"metadata": []}), "`metadata` is a list, not an object"),
            (json!({"metadata": {"tags": {}}}), "`tags` is an object, not a list"),
            (json!({"metadata": {"tags": ["a", true]}}), "a tag is a truth value, not text"),
            (json!({"metadata": {"forward_pass": "x"}}), "`forward_pass` is text, not an object"),
            (json!({"outputs": {}}), "`outputs` is an object, not a list"),
            (json!({"cell_type": 5}), "`cell_type` is a number, not text"),
            (json!({"attachments": []}), "`attachments` is a list, not an object"),
            (json!({"outputs": [{"name": 3}]}), "output 1 of it: `name` is a number, not text"),
            (json!({"outputs": [[]]}), "output 1 of it: it is a list, not an object"),
            (json!({"outputs": [{"text": 1}]}), "output 1 of it: `text` is a number, not text or a list of lines"),
            (json!({"outputs": [{"data": 1}]}), "output 1 of it: `data` is a number, not an object"),
            (json!({"outputs": [{"data": {"text/plain": {}}}]}), "output 1 of it: `text/plain` is an object, not text"),
        ];
        for (cell, expected) in cases {
            let error = format!("{:#}", check_cell(&cell, 2).unwrap_err());
            assert!(error.starts_with(&format!("cell 3 is not valid: {expected}")), "{error}");
        }
        for (notebook, expected) in [
            (json!({"metadata": 7}), "`metadata` is a number, not an object"),
            (json!({"metadata": {"kernelspec": []}}), "`kernelspec` is a list, not an object"),
        ] {
            assert_eq!(check_metadata(&notebook).unwrap_err().to_string(), expected);
        }
        let cell = json!({"outputs": [{"output_type": "display_data", "data": {"application/json": 1}}], "source": []});
        assert!(check_cell(&cell, 0).is_ok());
    }
}
