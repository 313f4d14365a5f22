//! What the commands of a cell print.

use std::collections::BTreeMap;

use crate::cli::outcome::{Event, Outcome, Output, RichKind};

/// The output of all commands of a cell.
#[derive(Debug, Default)]
pub struct CommandOutput {
    text: Option<String>,
    /// The same as Markdown, if all of it is.
    markdown: Option<String>,
    pub notes: Vec<String>,
    /// Why the stock kernel would refuse the commands.
    pub beyond_stock: Vec<String>,
}

impl CommandOutput {
    /// As in the stock kernel, the texts of several commands are one value, with the later ones below.
    pub fn print(&mut self, text: &str) {
        self.markdown = None;
        match &mut self.text {
            Some(all) => {
                all.push('\n');
                all.push_str(text);
            }
            None => self.text = Some(text.to_owned()),
        }
    }

    /// Prints what front ends may show as Markdown.
    pub fn print_page(&mut self, text: &str, markdown: &str) {
        let is_first = self.text.is_none();
        self.print(text);
        self.markdown = is_first.then(|| markdown.to_owned());
    }

    /// Adds it to a cell's outcome.
    pub fn add_to(self, outcome: &mut Outcome, events: &mut dyn FnMut(Event)) {
        if let Some(text) = self.text {
            let markdown = self.markdown.map(|markdown| ("text/markdown".to_owned(), markdown));
            let data: BTreeMap<String, String> =
                markdown.into_iter().chain([("text/plain".to_owned(), text)]).collect();
            let output = Output::Rich { kind: RichKind::Result, data };
            events(Event::Output(output.clone()));
            outcome.outputs.push(output);
        }
        outcome.notes.extend(self.notes);
        outcome.beyond_stock.extend(self.beyond_stock);
    }
}
