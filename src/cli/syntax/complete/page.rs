//! What is known of a name, as text and as Markdown.

/// What is known of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Rust: a signature, a declaration, or a name with its type.
    pub head: String,
    /// Where it is: `std::vec::Vec`.
    pub path: String,
    /// Markdown.
    pub docs: String,
}

impl Page {
    pub fn new(head: impl Into<String>, path: impl Into<String>, docs: &str) -> Page {
        Page { head: head.into(), path: path.into(), docs: docs.trim().to_owned() }
    }

    /// As Markdown: the code, then the documentation.
    pub fn markdown(&self) -> String {
        let path = if self.path.is_empty() { String::new() } else { format!("// {}\n", self.path) };
        let docs = if self.docs.is_empty() { String::new() } else { format!("\n{}\n", self.docs) };
        format!("```rust\n{path}{}\n```\n{docs}", self.head)
    }

    /// As plain text.
    pub fn plain(&self) -> String {
        let lines = [self.path.as_str(), self.head.as_str(), "", self.docs.as_str()];
        let from = usize::from(self.path.is_empty());
        let to = if self.docs.is_empty() { 2 } else { 4 };
        lines[from..to].join("\n")
    }
}
