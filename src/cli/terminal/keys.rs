//! Single keys from a terminal, without Enter and without echo; dropping it restores the terminal.
//!
//! What the terminal itself sends, such as late answers to queries, is not a key. Lines are edited elsewhere.

mod raw;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use raw::{Raw, Read};

use super::interrupt;

/// How often Ctrl-C is checked.
const TICK: Duration = Duration::from_millis(20);
/// How long the rest of a sequence may take once it has begun.
const BREATH: Duration = Duration::from_millis(100);
/// How late that rest may be.
const REST: Duration = Duration::from_secs(2);
/// Only where it is not a signal.
const CTRL_C: char = '\u{3}';
const CTRL_D: char = '\u{4}';

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Char(char),
    /// Ctrl-D, or the terminal is gone.
    End,
    /// Ctrl-C
    Interrupted,
    /// Only where arrows are asked for.
    Arrow(Arrow),
    Escape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    Up,
    Down,
    Left,
    Right,
}

/// The last letter of an arrow's sequence, and what stands for it among the keys.
const ARROWS: [(char, char, Arrow); 4] = [
    ('A', '\u{f700}', Arrow::Up),
    ('B', '\u{f701}', Arrow::Down),
    ('D', '\u{f702}', Arrow::Left),
    ('C', '\u{f703}', Arrow::Right),
];
const ESCAPE: char = '\u{1b}';

/// A terminal that hands over every key at once.
pub struct Keys {
    terminal: Raw,
    typed: VecDeque<char>,
    /// A sequence whose end has not arrived, and since when.
    begun: (String, Instant),
    is_at_end: bool,
    /// Arrows and Escape are keys, too.
    has_arrows: bool,
}

impl Keys {
    /// `None` where stdin is not a terminal. Keys pressed before are discarded.
    pub fn begin() -> Option<Keys> {
        Raw::begin().map(|terminal| Keys::of(terminal, false))
    }

    /// The same with arrows and Escape; `None` as well if a line has been typed before, which is for somebody else.
    pub fn begin_with_arrows() -> Option<Keys> {
        Raw::begin_idle().map(|terminal| Keys::of(terminal, true))
    }

    fn of(terminal: Raw, has_arrows: bool) -> Keys {
        let begun = (String::new(), Instant::now());
        Keys { terminal, typed: VecDeque::new(), begun, is_at_end: false, has_arrows }
    }

    /// Has another key been pressed?
    pub fn is_pressed(&mut self) -> bool {
        if self.typed.is_empty() && self.terminal.is_ready(Duration::ZERO) {
            self.read();
        }
        !self.typed.is_empty()
    }

    /// The beginning of a sequence that somebody else has read.
    pub fn begun(&mut self, sequence: &str) {
        self.begun = (sequence.to_owned(), Instant::now());
    }

    /// Waits for a key.
    pub fn next(&mut self) -> Key {
        self.terminal.hold_again();
        loop {
            match self.typed.pop_front() {
                Some(CTRL_C) => return Key::Interrupted,
                Some(CTRL_D) => return Key::End,
                Some(ESCAPE) => return Key::Escape,
                Some(key) => {
                    let arrow = ARROWS.iter().find(|(_, stand_in, _)| *stand_in == key);
                    return arrow.map_or(Key::Char(key), |(_, _, arrow)| Key::Arrow(*arrow));
                }
                None if self.is_at_end => return Key::End,
                None if interrupt::take() => return Key::Interrupted,
                None => self.read(),
            }
        }
    }

    fn read(&mut self) {
        let mut bytes = Vec::new();
        let mut patience = TICK;
        while self.terminal.is_ready(patience) {
            let mut more = [0; 256];
            match self.terminal.read(&mut more) {
                Read::Bytes(count) => bytes.extend(&more[..count]),
                Read::Nothing => break,
                Read::End => {
                    self.is_at_end = true;
                    break;
                }
            }
            // A sequence may come in pieces.
            let is_begun = match self.has_arrows {
                true => !typed(&String::from_utf8_lossy(&bytes)).1.is_empty(),
                false => bytes.contains(&0x1b),
            };
            patience = if is_begun { BREATH } else { Duration::ZERO };
        }
        if bytes.is_empty() {
            return;
        }
        let (mut all, since) = (std::mem::take(&mut self.begun.0), self.begun.1);
        if since.elapsed() > REST {
            all.clear();
        }
        all += &String::from_utf8_lossy(&bytes);
        if self.has_arrows {
            all = with_arrows(&all);
        }
        let (keys, begun) = typed(&all);
        self.typed.extend(keys);
        if self.has_arrows && begun == "\u{1b}" {
            self.typed.push_back(ESCAPE);
        }
        // A lone escape is the key.
        self.begun(if begun == "\u{1b}" { "" } else { begun });
    }
}

/// What a terminal sent, with each arrow as one character.
fn with_arrows(text: &str) -> String {
    let arrows = ARROWS
        .iter()
        .flat_map(|(last, stand_in, _)| [(format!("\u{1b}[{last}"), *stand_in), (format!("\u{1b}O{last}"), *stand_in)]);
    arrows.fold(text.to_owned(), |text, (sequence, stand_in)| text.replace(&sequence, &stand_in.to_string()))
}

/// The keys in what a terminal sent, without escape sequences, whoever caused them; and the last sequence, where its
/// end has not arrived.
pub fn typed(text: &str) -> (Vec<char>, &str) {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(key) = rest.chars().next() {
        match sequence(rest) {
            Some(0) => return (keys, rest),
            Some(length) => rest = &rest[length..],
            None => {
                keys.push(key);
                rest = &rest[key.len_utf8()..];
            }
        }
    }
    (keys, "")
}

/// The length of the escape sequence at the beginning, if there is one; 0 if it is not complete.
fn sequence(text: &str) -> Option<usize> {
    let after = text.strip_prefix('\u{1b}')?;
    let Some(kind) = after.chars().next() else { return Some(0) };
    let inner = after.get(1..).unwrap_or_default();
    let length = match kind {
        // A control sequence: parameters, then one last letter. Linux's console has a second bracket in some.
        '[' if inner.starts_with('[') => inner[1..].chars().next().map(|last| 1 + last.len_utf8()),
        '[' => inner.find(|c: char| ('@'..='~').contains(&c)).map(|at| at + 1),
        // A key of the application mode.
        'O' => inner.chars().next().map(char::len_utf8),
        // A string, up to its terminator.
        'P' | 'X' | ']' | '^' | '_' => {
            let ends = [inner.find('\u{7}').map(|at| at + 1), inner.find("\u{1b}\\").map(|at| at + 2)];
            ends.into_iter().flatten().min()
        }
        // Alt and a key.
        other => return Some(1 + other.len_utf8()),
    };
    Some(length.map_or(0, |length| 2 + length))
}

#[cfg(test)]
mod tests {
    use super::{typed, with_arrows};

    #[test]
    fn arrows_are_keys_where_they_are_asked_for() {
        let keys: String =
            typed(&with_arrows("a\u{1b}[A\u{1b}OB\u{1b}[D\u{1b}[C\u{1b}[1;5Cb\u{1b}[5~")).0.into_iter().collect();
        assert_eq!(keys, "a\u{f700}\u{f701}\u{f702}\u{f703}b");
        assert_eq!(typed(&with_arrows("\u{1b}")), (vec![], "\u{1b}"));
    }

    #[test]
    fn sequences_are_not_keys() {
        let cases = [
            ("a", "a"),
            ("ar\n", "ar\n"),
            ("\u{1b}[?62;4;22c", ""),
            ("\u{1b}_Gi=31;OK\u{1b}\\\u{1b}[6;34;17t\u{1b}[?62;cs", "s"),
            ("\u{1b}P>|tmux 3.4 aqrs\u{1b}\\q", "q"),
            ("\u{1b}]11;rgb:aaaa/rrrr/ssss\u{7}r", "r"),
            ("\u{1b}OA\u{1b}[A\u{1b}[[A\u{1b}[1;5A", ""),
            ("\u{1b}as", "s"),
            ("\u{1b}", ""),
            ("\u{1b}[?64;1", ""),
            ("\u{1b}[200~a", "a"),
        ];
        for (sent, keys) in cases {
            assert_eq!(typed(sent).0.into_iter().collect::<String>(), keys, "{sent:?}");
        }
    }

    proptest::proptest! {
        /// Whatever sequences stand between them, the keys remain, and nothing else.
        #[test]
        fn keys_among_sequences_are_found(
            parts in proptest::collection::vec(
                "[arsq]|\u{1b}\\[[?0-9;]{0,6}[a-zA-Z]|\u{1b}O[A-Z]|\u{1b}[P_][a-z0-9;]{0,8}\u{1b}\\\\|\
                 \u{1b}\\][a-z0-9:]{0,9}\u{7}",
                0..12,
            ),
            cut: proptest::sample::Index,
        ) {
            let keys: String = parts.iter().filter(|part| part.len() == 1).cloned().collect();
            let all = parts.concat();
            proptest::prop_assert_eq!(typed(&all).0.into_iter().collect::<String>(), keys.clone());
            // However the bytes are cut in two, the rest of a begun sequence completes it.
            let (one, two) = all.split_at(cut.index(all.len() + 1));
            let (mut found, begun) = typed(one);
            let joined = format!("{begun}{two}");
            found.extend(typed(&joined).0);
            proptest::prop_assert_eq!(found.into_iter().collect::<String>(), keys);
        }
    }
}
