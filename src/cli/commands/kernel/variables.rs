//! `:vars` as a table: names and types as the engine lists them, shapes and sizes as a cell of our own prints them.
//!
//! The text of the list is the engine's.

use std::collections::BTreeMap;

use crate::cli::engine::Variable;
use crate::cli::outcome::{End, MimeBundle, Outcome, Output, Stream, TABLE_OF_VARIABLES};
use crate::cli::page::escaped;
use crate::cli::syntax::names::identifier;
use crate::cli::syntax::split::commands::commands_of;
use crate::cli::syntax::types::short;

/// Begins each line of the answer: threads of earlier cells may print meanwhile.
const MARK: char = '\u{1}';

/// What is to be asked before a cell that lists the variables.
pub struct Question {
    /// Prints a line for each variable: the mark, its place in the list, its shape, and its size in bytes.
    pub code: String,
    variables: Vec<Variable>,
}

/// The question, if the cell lists variables and there are any.
pub fn question(code: &str, variables: Vec<Variable>) -> Option<Question> {
    let (commands, _) = commands_of(code);
    if variables.is_empty() || !commands.iter().any(|command| command.text == ":vars") {
        return None;
    }
    let lines: String = variables.iter().enumerate().map(line_of).collect();
    Some(Question { code: format!("{{ {lines} }};"), variables })
}

/// Statements that print the line of a variable.
fn line_of((place, variable): (usize, &Variable)) -> String {
    let (name, of_type) = (identifier(&variable.name), variable.type_name.as_str());
    let print =
        |shape: &str, size: &str| format!("::std::println!(\"\\u{{1}}{place};{{:?}};{{}}\", {shape}, {size});\n");
    let size = format!("::std::mem::size_of_val(&{name})");
    let of_first =
        |pattern: &str, size: &str| format!("{name}.len() * {name}.iter().next().map_or(0, |{pattern}| {size})");
    let one = "::std::mem::size_of_val(it)";
    let length = format!("[{name}.len()]");
    match of_type.split(['<', ';']).next().unwrap_or_default() {
        "ArrayBase" => print(&format!("{name}.shape()"), &of_first("it", one)),
        "Vec" | "VecDeque" | "LinkedList" | "BinaryHeap" | "HashSet" | "BTreeSet" => {
            print(&length, &of_first("it", one))
        }
        "HashMap" | "BTreeMap" => {
            let both = "::std::mem::size_of_val(key) + ::std::mem::size_of_val(value)";
            print(&length, &of_first("(key, value)", both))
        }
        "String" | "&str" => print("()", &format!("{name}.len()")),
        _ => print(&lengths(of_type).map_or("()".to_owned(), |lengths| format!("{lengths:?}")), &size),
    }
}

/// `[[f64; 3]; 2]` -> 2, 3
fn lengths(of_type: &str) -> Option<Vec<usize>> {
    let (element, length) = of_type.strip_prefix('[')?.strip_suffix(']')?.rsplit_once("; ")?;
    let length = length.parse().ok()?;
    Some([vec![length], lengths(element).unwrap_or_default()].concat())
}

impl Question {
    /// Adds the table to the list. What else the cell's commands print is not a list, and stays alone.
    pub fn add_to(&self, list: &mut MimeBundle, answer: Option<&Outcome>) {
        let lines = self.variables.iter().map(|it| format!("{}: {}", it.name, it.type_name));
        if list.len() == 1 && list.get("text/plain") == Some(&lines.collect::<Vec<_>>().join("\n")) {
            list.insert("text/html".to_owned(), self.table(answer));
        }
    }

    fn table(&self, answer: Option<&Outcome>) -> String {
        let text = answer.filter(|answer| answer.end == End::Passed).map(printed).unwrap_or_default();
        let mut answers: BTreeMap<usize, (String, String)> = text.lines().filter_map(answer_in).collect();
        let mut table = TABLE_OF_VARIABLES.to_owned() + "\n<thead><tr>";
        table.extend(["name", "type", "shape", "bytes"].map(|head| format!("<th>{head}</th>")));
        table += "</tr></thead>\n<tbody>\n";
        for (place, variable) in self.variables.iter().enumerate() {
            let (shape, size) = answers.remove(&place).unwrap_or_default();
            let type_name = format!("<code>{}</code>", escaped(&short(&variable.type_name)));
            let cells = [escaped(&variable.name), type_name, shape, size];
            let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
            table += &format!("<tr>{cells}</tr>\n");
        }
        table + "</tbody>\n</table>"
    }
}

/// The place, the shape and the size in a line of the answer.
fn answer_in(line: &str) -> Option<(usize, (String, String))> {
    let (_, answer) = line.rsplit_once(MARK)?;
    let mut parts = answer.split(';');
    let (place, shape, size) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    let is_shape = shape.chars().all(|c| c.is_ascii_digit() || "[]() ,".contains(c));
    let is_answer = is_shape && size.parse::<u64>().is_ok() && parts.next().is_none();
    is_answer.then(|| (place, (as_shape(shape), size.to_owned())))
}

/// What else came while it was asked: it is the reader's.
pub fn others(answer: &Outcome) -> Vec<Output> {
    let without_answers = |text: &str| -> String {
        let lines = text.split_inclusive('\n');
        lines
            .map(
                |line| if answer_in(line.trim_end()).is_some() { &line[..line.rfind(MARK).unwrap_or(0)] } else { line },
            )
            .collect()
    };
    let others = answer.outputs.iter().map(|output| match output {
        Output::Stream { stream: Stream::Stdout, text } => {
            Output::Stream { stream: Stream::Stdout, text: without_answers(text) }
        }
        other => other.clone(),
    });
    others.filter(|output| !matches!(output, Output::Stream { text, .. } if text.is_empty())).collect()
}

/// As NumPy writes it: `(3,)`, `(2, 3)`; nothing for what has none.
fn as_shape(text: &str) -> String {
    let Some(inside) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else { return String::new() };
    let is_one = !inside.is_empty() && !inside.contains(',');
    if is_one { format!("({inside},)") } else { format!("({inside})") }
}

fn printed(outcome: &Outcome) -> String {
    let texts = outcome.outputs.iter().map(|output| match output {
        Output::Stream { stream: Stream::Stdout, text } => text.as_str(),
        _ => "",
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Vec<Variable> {
        let all = [
            ("a", "ArrayBase<OwnedRepr<f64>, Dim<[usize; 2]>, f64>"),
            ("grid", "[[u8; 3]; 2]"),
            ("n", "i32"),
            ("of_text", "HashMap<String, Vec<i32>>"),
        ];
        all.map(|(name, type_name)| Variable { name: name.into(), type_name: type_name.into() }).into()
    }

    fn answered(text: &str, end: End) -> Outcome {
        let output = Output::Stream { stream: Stream::Stdout, text: text.into() };
        Outcome { outputs: vec![output], end, ..Outcome::default() }
    }

    #[test]
    fn only_a_cell_that_lists_variables_asks() {
        for code in ["a", "// :vars\na", ":variables", ":type a", "\":vars\""] {
            assert!(question(code, variables()).is_none(), "{code}");
        }
        assert!(question(":vars", Vec::new()).is_none());
        let raw = Variable { name: "type".into(), type_name: "i32".into() };
        assert!(question(":vars", vec![raw]).unwrap().code.contains("(&r#type)"));
        let asked = question("// all\n:vars\nlet b = 1;", variables()).unwrap().code;
        let lines: Vec<&str> = asked.lines().collect();
        assert!(lines[0].contains("0;{:?};{}\", a.shape(), a.len() * a.iter().next().map_or(0, |it|"), "{asked}");
        assert_eq!(lines[1], r#"::std::println!("\u{1}1;{:?};{}", [2, 3], ::std::mem::size_of_val(&grid));"#);
        assert_eq!(lines[2], r#"::std::println!("\u{1}2;{:?};{}", (), ::std::mem::size_of_val(&n));"#);
        assert!(lines[3].contains("[of_text.len()], of_text.len() * of_text.iter().next().map_or(0, |(key, value)|"));
    }

    #[test]
    fn the_table_stands_beside_the_list_and_nothing_else() {
        let question = question(":vars", variables()).unwrap();
        let list = "a: ArrayBase<OwnedRepr<f64>, Dim<[usize; 2]>, f64>\ngrid: [[u8; 3]; 2]\nn: i32\n\
                    of_text: HashMap<String, Vec<i32>>";
        let mut bundle: MimeBundle = [("text/plain".to_owned(), list.to_owned())].into();
        // A thread prints, and one variable cannot be told.
        let text = "tick\n\u{1}0;[2, 50];800\ntick\u{1}2;();4\n\u{1}1;<b>;6\n[9];<b>\n\u{1}3;[1];48\n";
        let answer = answered(text, End::Passed);
        let [Output::Stream { text: rest, .. }] = &others(&answer)[..] else { panic!("{:?}", others(&answer)) };
        assert_eq!(rest, "tick\ntick\u{1}1;<b>;6\n[9];<b>\n");
        question.add_to(&mut bundle, Some(&answer));
        let table = &bundle["text/html"];
        let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("<tr>")).collect();
        assert_eq!(rows[0], "<tr><td>a</td><td><code>Array2&lt;f64&gt;</code></td><td>(2, 50)</td><td>800</td></tr>");
        assert_eq!(rows[1], "<tr><td>grid</td><td><code>[[u8; 3]; 2]</code></td><td></td><td></td></tr>");
        assert_eq!(rows[2], "<tr><td>n</td><td><code>i32</code></td><td></td><td>4</td></tr>");
        assert!(rows[3].ends_with("<td>(1,)</td><td>48</td></tr>"));
        assert_eq!(bundle["text/plain"], list);
        // Without an answer, names and types remain.
        let failed = answered("", End::Interrupted);
        assert!(question.table(Some(&failed)).contains("<td><code>i32</code></td><td></td><td></td></tr>"));
        let mut other: MimeBundle = [("text/plain".to_owned(), format!("{list}\nn: i32"))].into();
        question.add_to(&mut other, Some(&answer));
        assert_eq!(other.len(), 1);
    }
}
