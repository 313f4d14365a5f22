//! The merge conflicts that git leaves in a file, which is then not JSON.
//!
//! They are described, not resolved.

/// The lines of one conflict, from 1: its markers, and the separator of the common version, if there is one.
struct Conflict {
    ours: usize,
    base: Option<usize>,
    middle: usize,
    theirs: usize,
}

/// A message that names the lines of both sides; `None` if there is no conflict.
pub fn of(text: &str) -> Option<String> {
    let all = conflicts(text);
    let Conflict { ours, base, middle, theirs } = all.first()?;
    let one = lines(*ours, base.unwrap_or(*middle));
    let other = lines(*middle, *theirs);
    let more = match all.len() - 1 {
        0 => String::new(),
        1 => ", and there is 1 more".into(),
        more => format!(", and there are {more} more"),
    };
    Some(format!(
        "it has a merge conflict from line {ours} to {theirs}: {one} on one side, {other} on the other{more}\n\
         help: keep one side of each and remove git's markers, or merge again with `nbdime`"
    ))
}

/// The lines between two markers.
fn lines(from: usize, to: usize) -> String {
    match to - from {
        1 => "nothing".into(),
        2 => format!("line {}", from + 1),
        _ => format!("lines {} to {}", from + 1, to - 1),
    }
}

fn conflicts(text: &str) -> Vec<Conflict> {
    let is =
        |line: &str, mark: &str| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let (mut all, mut ours, mut base, mut middle) = (Vec::new(), None, None, None);
    for (number, line) in (1..).zip(text.lines()) {
        if is(line, "<<<<<<<") {
            (ours, base, middle) = (Some(number), None, None);
        } else if is(line, "|||||||") && ours.is_some() {
            base = Some(number);
        } else if is(line, "=======") && ours.is_some() {
            middle = Some(number);
        } else if is(line, ">>>>>>>")
            && let (Some(ours), Some(middle)) = (ours.take(), middle.take())
        {
            all.push(Conflict { ours, base, middle, theirs: number });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::Notebook;

    #[test]
    fn both_sides_of_a_conflict_are_named() {
        let cases = [
            (
                "{\n<<<<<<< HEAD\n \"a\": 1,\n=======\n \"a\": 2,\n \"b\": 3,\n>>>>>>> theirs\n}\n",
                "from line 2 to 7: line 3 on one side, lines 5 to 6 on the other\nhelp",
            ),
            (
                "{\r\n<<<<<<< HEAD\r\n=======\r\n1\r\n>>>>>>> x y\r\n}",
                "from line 2 to 5: nothing on one side, line 4 on the",
            ),
            (
                "<<<<<<< a\n1\n||||||| b\n2\n=======\n3\n>>>>>>> c\n",
                "from line 1 to 7: line 2 on one side, line 6 on the",
            ),
            ("<<<<<<<\n1\n=======\n2\n>>>>>>>\n<<<<<<< a\n=======\n>>>>>>> b\n", "on the other, and there is 1 more"),
        ];
        for (text, words) in cases {
            let message = format!("{:#}", Notebook::parse(text).unwrap_err());
            assert!(message.contains(words) && !message.contains("JSON"), "{text:?}: {message}");
        }
        for text in ["{", "=======", ">>>>>>> x\n{", "<<<<<<< x\n{"] {
            let message = format!("{:#}", Notebook::parse(text).unwrap_err());
            assert!(message.contains("it is not JSON"), "{message}");
        }
    }
}
