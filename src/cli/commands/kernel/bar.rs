//! A progress bar as models of ipywidgets: the words before it, the bar, and the words after it.
//!
//! Its text stays beside it in the output: that is what front ends without widgets show, and what is stored.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::widget::{Widget, base, controls, object, style};
use crate::cli::outcome::{GAUGE, MimeBundle};

/// How far a bar is filled, and the words around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    done: u64,
    total: u64,
    before: String,
    after: String,
}

/// The places of the models that change.
const BAR: usize = 2;
const WORDS: usize = 4;

/// The words before the drawn bar and those after it: `[###---]`, and no other brackets.
fn around_bar(text: &str) -> (&str, &str) {
    let bar = text.rmatch_indices('[').find_map(|(at, _)| {
        let (inside, after) = text[at + 1..].split_once(']')?;
        let is_bar = !inside.is_empty() && inside.chars().all(|c| c == '#' || c == '-');
        is_bar.then(|| (&text[..at], after))
    });
    bar.unwrap_or(("", text))
}

impl Fill {
    /// Takes it out of an output: the numbers under their key, the words from the text.
    pub fn take(data: &mut MimeBundle) -> Option<Fill> {
        let numbers = data.remove(GAUGE)?;
        let (done, total) = numbers.split_once('/')?;
        let text = data.get("text/plain")?;
        let (before, after) = around_bar(text);
        let (done, total) = (done.parse().ok()?, total.parse().ok()?);
        Some(Fill { done, total, before: before.trim().to_owned(), after: after.trim().to_owned() })
    }

    /// The state of the bar, and of the words after it.
    fn states(&self) -> [(usize, Value); 2] {
        let style = if self.total > 0 && self.done == self.total { "success" } else { "" };
        // An empty range would be drawn as full.
        let bar = json!({
            "value": self.done as f64, "max": self.total.max(1) as f64, "description": self.before, "bar_style": style,
        });
        [(BAR, bar), (WORDS, json!({"value": self.after}))]
    }
}

impl Widget {
    /// A bar that cells of this name show.
    pub fn bar(cell: &str, fill: &Fill) -> Widget {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut widget = Widget::empty(cell, since.as_nanos() as u64);
        let layout = widget.add(base("LayoutModel", "LayoutView"), None);
        let mut children = Vec::new();
        let models = [
            (style("ProgressStyleModel"), "FloatProgressModel", "ProgressView", json!({"min": 0.0})),
            (style("LabelStyleModel"), "LabelModel", "LabelView", json!({})),
        ];
        for (style, model, view, more) in models {
            let style = widget.add(style, None);
            let mut state = controls(model, view);
            state.extend(object(json!({"layout": layout, "style": style})));
            state.extend(object(more));
            children.push(widget.add(state, None));
        }
        let mut root = controls("HBoxModel", "HBoxView");
        root.extend(object(json!({"layout": layout, "children": children})));
        widget.add(root, None);
        widget.fill(fill);
        widget
    }

    /// Fills a bar; returns the comms whose state changed, with what changed.
    pub fn fill(&mut self, fill: &Fill) -> Vec<(String, Value)> {
        let mut changed = Vec::new();
        for (at, state) in fill.states() {
            let Some(model) = self.models.get_mut(at) else { continue };
            let mut news = object(state);
            news.retain(|key, value| model.state.get(key) != Some(value));
            if !news.is_empty() {
                model.state.extend(news.clone());
                changed.push((model.comm.clone(), Value::Object(news)));
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(numbers: &str, text: &str) -> MimeBundle {
        [(GAUGE, numbers), ("text/plain", text)].map(|(key, text)| (key.to_owned(), text.to_owned())).into()
    }

    #[test]
    fn the_words_around_the_bar_are_kept() {
        let cases = [
            ("5/20", "[#####---------------] 5 of 20", Some((5, 20, "", "5 of 20"))),
            ("1/2", "epoch 1/3 [##########----------] loss 0.5", Some((1, 2, "epoch 1/3", "loss 0.5"))),
            ("1/2", "half", Some((1, 2, "", "half"))),
            ("1/3", "fold [1/3] loss [0.5]", Some((1, 3, "", "fold [1/3] loss [0.5]"))),
            ("5/20", "fold [1/3] [#---] 5 of 20", Some((5, 20, "fold [1/3]", "5 of 20"))),
            ("1 of 2", "half", None),
            ("1/-2", "half", None),
        ];
        for (numbers, text, expected) in cases {
            let mut data = bundle(numbers, text);
            let expected = expected.map(|(done, total, before, after)| Fill {
                done,
                total,
                before: before.to_owned(),
                after: after.to_owned(),
            });
            assert_eq!(Fill::take(&mut data), expected, "{numbers} {text}");
            assert_eq!(data.len(), 1);
        }
        assert_eq!(Fill::take(&mut bundle("", "x").into_iter().skip(1).collect()), None);
    }

    #[test]
    fn only_what_changed_is_sent() {
        let fill = |numbers: &str, text: &str| Fill::take(&mut bundle(numbers, text)).unwrap();
        let mut bar = Widget::bar("cell", &fill("0/2", "[--------------------] 0 of 2"));
        let named = |at: usize| bar.models[at].state["_model_name"].as_str().unwrap_or_default().to_owned();
        let names = [0, 1, 2, 3, 4, 5].map(named);
        let expected =
            ["LayoutModel", "ProgressStyleModel", "FloatProgressModel", "LabelStyleModel", "LabelModel", "HBoxModel"];
        assert_eq!((names, bar.models.len()), (expected.map(str::to_owned), 6));
        assert_eq!((&bar.models[BAR].state["value"], &bar.models[BAR].state["max"]), (&json!(0.0), &json!(2.0)));
        let (progress, words) = (bar.models[BAR].comm.clone(), bar.models[WORDS].comm.clone());
        let changed = bar.fill(&fill("1/2", "[##########----------] 1 of 2"));
        assert_eq!(changed, [(progress.clone(), json!({"value": 1.0})), (words.clone(), json!({"value": "1 of 2"}))]);
        assert_eq!(bar.fill(&fill("1/2", "[##########----------] 1 of 2")), []);
        let last = bar.fill(&fill("2/2", "[####################] 2 of 2"));
        assert_eq!(last[0], (progress, json!({"value": 2.0, "bar_style": "success"})));
        assert_eq!(last[1].0, words);
    }
}
