//! One output that moves, as models of ipywidgets: a slider, menu or box for each control, and the output as HTML.
//!
//! The front end has the code of these models; nothing here is Python. Its state is published by `comms`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forward_pass::moving::Control;
use jupyter_protocol::JupyterMessage;
use serde_json::{Map, Value, json};

use crate::cli::engine::moving::Moving;
use crate::cli::outcome::MimeBundle;
use crate::cli::page::escaped;

/// The MIME type of a widget in an output.
pub const VIEW: &str = "application/vnd.jupyter.widget-view+json";

pub struct Widget {
    /// The cell that it belongs to.
    pub cell: String,
    pub id: u64,
    pub values: Vec<f64>,
    /// In the order in which they are opened: each after those that it names.
    pub models: Vec<Model>,
    controls: Vec<Control>,
    /// It answers no more.
    pub has_ended: bool,
    /// Its values changed, and it was not drawn.
    pub is_late: bool,
    /// The request of its cell, until a front end has refused it.
    pub parent: Option<Arc<JupyterMessage>>,
}

/// A comm, and the state of the model behind it.
pub struct Model {
    pub comm: String,
    pub state: Map<String, Value>,
    /// The control that it is.
    control: Option<usize>,
}

/// The places of what is no control, from the end.
const ROOT: usize = 1;
const NOTE: usize = 2;
const OUTPUT: usize = 3;

impl Widget {
    pub fn new(cell: &str, moving: &Moving, data: &MimeBundle) -> Widget {
        let mut widget = Widget::empty(cell, moving.id);
        (widget.values, widget.controls) = (moving.start(), moving.controls.clone());
        let layout = widget.add(base("LayoutModel", "LayoutView"), None);
        let described = |kind: &str, view: &str, style: &str, more: Value| {
            let mut state = controls(kind, view);
            state.extend([("layout".to_owned(), json!(layout)), ("style".to_owned(), json!(style))]);
            state.extend(object(more));
            state
        };
        let slider_style = widget.add(style("SliderStyleModel"), None);
        let other_style = widget.add(style("DescriptionStyleModel"), None);
        let mut children = Vec::new();
        for (at, control) in moving.controls.iter().enumerate() {
            let (kind, view, more) = kind_of(control);
            let style = if kind.contains("Slider") { &slider_style } else { &other_style };
            let style = if control.is_switch() { &widget.add(style_of_switch(), None) } else { style };
            children.push(widget.add(described(kind, view, style, more), Some(at)));
        }
        for value in [html(data), String::new()] {
            let state = described("HTMLModel", "HTMLView", &other_style, json!({"value": value}));
            children.push(widget.add(state, None));
        }
        let mut root = controls("VBoxModel", "VBoxView");
        root.extend([("layout".to_owned(), json!(layout)), ("children".to_owned(), json!(children))]);
        widget.add(root, None);
        widget
    }

    /// Without models.
    pub fn empty(cell: &str, id: u64) -> Widget {
        Widget {
            cell: cell.to_owned(),
            id,
            values: Vec::new(),
            models: Vec::new(),
            controls: Vec::new(),
            has_ended: false,
            is_late: false,
            parent: None,
        }
    }

    /// Returns how other models name it.
    pub fn add(&mut self, state: Map<String, Value>, control: Option<usize>) -> String {
        let comm = format!("{:032x}", (u128::from(self.id) << 16) | self.models.len() as u128);
        let name = format!("IPY_MODEL_{comm}");
        self.models.push(Model { comm, state, control });
        name
    }

    fn model_at(&mut self, place: usize) -> &mut Model {
        let at = self.models.len() - place;
        &mut self.models[at]
    }

    /// What an output has in place of the figure.
    pub fn view(&mut self) -> String {
        json!({"version_major": 2, "version_minor": 0, "model_id": self.model_at(ROOT).comm}).to_string()
    }

    pub fn is_root(&mut self, comm: &str) -> bool {
        self.model_at(ROOT).comm == comm
    }

    /// Takes the state that a front end sends; returns whether a value changed.
    pub fn take(&mut self, comm: &str, state: &Map<String, Value>) -> bool {
        let Some(model) = self.models.iter_mut().find(|model| model.comm == comm) else { return false };
        model.state.extend(state.clone());
        let Some(at) = model.control else { return false };
        let value = ["index", "value"].iter().find_map(|key| match state.get(*key)? {
            Value::Bool(is_on) => Some(f64::from(u8::from(*is_on))),
            other => other.as_f64(),
        });
        let (first, last) = (*self.controls[at].range.start(), *self.controls[at].range.end());
        let Some(value) = value.filter(|_| first <= last).map(|value| value.clamp(first, last)) else { return false };
        std::mem::replace(&mut self.values[at], value) != value
    }

    /// Shows an output, or keeps the last one, and a note below; returns the comms whose value changed, with it.
    pub fn show(&mut self, output: Option<String>, note: String) -> Vec<(String, Value)> {
        let all = [(OUTPUT, output), (NOTE, Some(note))];
        let mut changed = Vec::new();
        for (place, value) in all.into_iter().filter_map(|(place, value)| Some((place, value?))) {
            let model = self.model_at(place);
            let value = Value::String(value);
            if model.state.insert("value".to_owned(), value.clone()).as_ref() != Some(&value) {
                changed.push((model.comm.clone(), value));
            }
        }
        changed
    }
}

pub fn base(model: &str, view: &str) -> Map<String, Value> {
    state("@jupyter-widgets/base", model, "@jupyter-widgets/base", view)
}

pub fn controls(model: &str, view: &str) -> Map<String, Value> {
    state("@jupyter-widgets/controls", model, "@jupyter-widgets/controls", view)
}

pub fn style(model: &str) -> Map<String, Value> {
    let mut state = state("@jupyter-widgets/controls", model, "@jupyter-widgets/base", "StyleView");
    // As wide as the name of the control.
    state.insert("description_width".to_owned(), json!("initial"));
    state
}

fn style_of_switch() -> Map<String, Value> {
    style("CheckboxStyleModel")
}

fn state(model_module: &str, model: &str, view_module: &str, view: &str) -> Map<String, Value> {
    let state = json!({
        "_model_module": model_module, "_model_module_version": "2.0.0", "_model_name": model,
        "_view_module": view_module, "_view_module_version": "2.0.0", "_view_name": view, "_view_count": null,
    });
    object(state)
}

pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The model of a control, its view, and its own state.
fn kind_of(control: &Control) -> (&'static str, &'static str, Value) {
    let (name, start) = (&control.name, control.start);
    if control.is_switch() {
        let state = json!({"description": name, "value": start > 0.0, "indent": false, "disabled": false});
        return ("CheckboxModel", "CheckboxView", state);
    }
    if !control.choices.is_empty() {
        let state = json!({
            "description": name, "_options_labels": control.choices, "index": start as usize, "disabled": false,
        });
        return ("DropdownModel", "DropdownView", state);
    }
    let (first, last) = (*control.range.start(), *control.range.end());
    let is_whole = [first, last, start, control.step].iter().all(|it| it.fract() == 0.0 && it.abs() < 1e15);
    let mut state = json!({
        "description": name, "min": first, "max": last, "value": start, "step": control.step, "disabled": false,
        "continuous_update": true, "orientation": "horizontal", "readout": true,
    });
    if is_whole {
        for key in ["min", "max", "value", "step"] {
            state[key] = json!(state[key].as_f64().unwrap_or(0.0) as i64);
        }
        state["readout_format"] = json!("d");
        return ("IntSliderModel", "IntSliderView", state);
    }
    state["readout_format"] = json!(format!(".{}f", decimals(control.step)));
    ("FloatSliderModel", "FloatSliderView", state)
}

/// The digits after the point that tell two neighbouring values apart.
fn decimals(step: f64) -> usize {
    (0..8).find(|&digits| (step * 10_f64.powi(digits)).fract().abs() < 1e-9).unwrap_or(2) as usize
}

/// The best form of an output for a page.
pub fn html(data: &MimeBundle) -> String {
    if let Some(html) = data.get("text/html").or_else(|| data.get("image/svg+xml")) {
        return html.clone();
    }
    if let Some((kind, content)) = data.iter().find(|(kind, _)| kind.starts_with("image/")) {
        let is_base64 = STANDARD.decode(content.replace('\n', "")).is_ok();
        return if is_base64 { format!("<img src=\"data:{kind};base64,{content}\">") } else { String::new() };
    }
    data.get("text/plain").map_or_else(String::new, |text| plain(text))
}

/// Text as HTML that shows it.
pub fn plain(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<pre>{}</pre>", escaped(text)) }
}

#[cfg(test)]
mod tests {
    use forward_pass::moving::{choice, slider, switch};

    use super::*;

    fn widget() -> Widget {
        let controls = vec![
            slider("slope", 0.0..=10.0, 0.25, 1.0),
            slider("rows", 1.0..=9.0, 1.0, 3.0),
            choice("set", &["a", "b"]),
            switch("grid", true),
        ];
        Widget::new("cell", &Moving { id: 7, controls }, &[("text/plain".to_owned(), "a < b".to_owned())].into())
    }

    #[test]
    fn each_control_has_the_model_that_fits() {
        let widget = widget();
        let named = |model: &Model| model.state["_model_name"].as_str().unwrap_or_default().to_owned();
        let names: Vec<String> = widget.models.iter().map(named).collect();
        let expected = [
            "LayoutModel",
            "SliderStyleModel",
            "DescriptionStyleModel",
            "FloatSliderModel",
            "IntSliderModel",
            "DropdownModel",
            "CheckboxStyleModel",
            "CheckboxModel",
            "HTMLModel",
            "HTMLModel",
            "VBoxModel",
        ];
        assert_eq!(names, expected);
        let children = widget.models[10].state["children"].as_array().unwrap();
        let shown = [3, 4, 5, 7, 8, 9].map(|at: usize| json!(format!("IPY_MODEL_{}", widget.models[at].comm)));
        assert_eq!(children.as_slice(), shown);
        assert_eq!(widget.models[3].state["readout_format"], ".2f");
        assert_eq!(widget.models[8].state["value"], "<pre>a &lt; b</pre>");
    }

    #[test]
    fn values_of_a_front_end_are_taken_within_their_ranges() {
        let mut widget = widget();
        let comms: Vec<String> = widget.models.iter().map(|model| model.comm.clone()).collect();
        let mut take = |at: usize, key: &str, value: Value| {
            let changed = widget.take(&comms[at], &[(key.to_owned(), value)].into_iter().collect());
            (changed, widget.values.clone())
        };
        assert_eq!(take(3, "value", json!(2.5)), (true, vec![2.5, 3.0, 0.0, 1.0]));
        assert!(!take(3, "value", json!(2.5)).0);
        assert_eq!(take(4, "value", json!(99)), (true, vec![2.5, 9.0, 0.0, 1.0]));
        assert_eq!(take(5, "index", json!(1)), (true, vec![2.5, 9.0, 1.0, 1.0]));
        assert_eq!(take(7, "value", json!(false)), (true, vec![2.5, 9.0, 1.0, 0.0]));
        assert!(!take(7, "value", Value::Null).0);
        assert!(!take(8, "value", json!("x")).0);
        assert!(!widget.take("other", &Map::new()));
    }

    #[test]
    fn only_what_changed_is_published() {
        let mut widget = widget();
        assert_eq!(widget.show(Some("<svg/>".into()), String::new()).len(), 1);
        assert_eq!(widget.show(None, "no".into())[0].1, "no");
        assert_eq!(widget.show(Some("<svg/>".into()), "no".into()), []);
    }
}
