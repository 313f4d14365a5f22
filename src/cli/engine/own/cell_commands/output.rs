//! What the commands of a cell print.

use std::collections::BTreeMap;

use crate::cli::outcome::{Event, Outcome, Output, RichKind};

/// The output of all commands of a cell.
#[derive(Debug, Default)]
pub struct CommandOutput {
    text: Option<String>,
    pub notes: Vec<String>,
    /// Why the stock kernel would refuse the commands.
    pub beyond_stock: Vec<String>,
}

impl CommandOutput {
    /// As in the stock kernel, the texts of several commands are one value, with the later ones below.
    pub fn print(&mut self, text: &str) {
        match &mut self.text {
            Some(all) => {
                all.push('\n');
                all.push_str(text);
            }
            None => self.text = Some(text.to_owned()),
        }
    }

    /// Adds it to a cell's outcome.
    pub fn add_to(self, outcome: &mut Outcome, events: &mut dyn FnMut(Event)) {
        if let Some(text) = self.text {
            let data = BTreeMap::from([("text/plain".to_owned(), text)]);
            let output = Output::Rich { kind: RichKind::Result, data };
            events(Event::Output(output.clone()));
            outcome.outputs.push(output);
        }
        outcome.notes.extend(self.notes);
        outcome.beyond_stock.extend(self.beyond_stock);
    }
}
