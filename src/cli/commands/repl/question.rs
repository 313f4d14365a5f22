//! A question to the reader, answered with yes or no on the next line. Any other line means no.

use super::Repl;

/// What was asked.
pub enum Question {
    /// Whether to download this data set.
    Download(String),
    /// Whether to go to another section, or a cell of it, although the session and its variables end.
    Leave(usize, Option<usize>),
}

impl Repl {
    /// Takes the line as the answer to a question, if there is one and it is an answer.
    pub(super) fn is_answer(&mut self, line: &str) -> bool {
        let Some(question) = self.question.take() else { return false };
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" | "네" | "예" | "ㅛ" => self.agreed(question),
            "n" | "no" | "아니요" | "아니오" | "ㅜ" => self.declined(&question),
            _ => {
                self.declined(&question);
                return false;
            }
        }
        true
    }

    fn agreed(&mut self, question: Question) {
        match question {
            Question::Download(set) => self.fetch(&set),
            Question::Leave(section, cell) => self.go(section, cell),
        }
    }

    fn declined(&mut self, question: &Question) {
        match question {
            Question::Download(set) => self.decline(set),
            Question::Leave(..) => self.screen.faint(&self.screen.lang.stayed(self.place.here().number)),
        }
    }
}
