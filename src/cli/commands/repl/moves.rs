//! An output that moves, at the prompt: its controls below it, moved by the arrow keys, and all of it drawn in place.
//!
//! It is never higher than the screen. Where keys cannot be read one by one, the output stays as it is.

use forward_pass::moving::Control;
use unicode_width::UnicodeWidthStr;

use super::output;
use super::screen::{self, Screen};
use crate::cli::engine::moving::Moving;
use crate::cli::engine::thread::queue::{Queue, Reply};
use crate::cli::lang::Lang;
use crate::cli::outcome::{End, MimeBundle, Outcome, Output, RichKind, Stream};
use crate::cli::terminal::keys::{Arrow, Key, Keys};
use crate::cli::terminal::style::{self, BAD, QUIET, STRONG};
use crate::cli::terminal::{cell_end, interrupt, picture, shown};

/// The output of a cell, and what moves it.
pub struct Moved {
    pub moving: Moving,
    pub data: MimeBundle,
}

/// The columns of a control's bar.
const BAR: usize = 20;

/// Rows beside the output and the controls: a note, the keys, and the line of the cursor.
const BESIDE: usize = 3;

/// The fewest rows in which an output can be seen.
const FEWEST: usize = 3;

/// What a key asks for.
#[derive(Debug, PartialEq)]
enum Wish {
    Draw,
    /// Only the mark of the chosen control.
    Mark,
    Nothing,
    Keep,
    Leave,
}

struct Mover {
    moved: Moved,
    values: Vec<f64>,
    chosen: usize,
    /// The output for these values, or the last one that could be drawn.
    drawn: MimeBundle,
    /// Why there is none for these values, or what the function printed.
    note: String,
    /// The process ended with it.
    has_crashed: bool,
    rows: usize,
    lang: Lang,
}

/// The output on this terminal.
enum Shown {
    Pixels(String),
    Lines(Vec<String>),
}

/// Moves it until the reader keeps or leaves it, and shows what is left.
pub fn attend(queue: &mut Queue, screen: &mut Screen, moved: Moved, name: &str) {
    let rows =
        style::size().map_or(0, |size| usize::from(size.rows)).saturating_sub(moved.moving.controls.len() + BESIDE);
    let keys = if rows < FEWEST { None } else { Keys::begin_with_arrows() };
    let (id, values, drawn) = (moved.moving.id, moved.moving.start(), moved.data.clone());
    let mut mover =
        Mover { moved, values, chosen: 0, drawn, note: String::new(), has_crashed: false, rows, lang: screen.lang };
    if let Some(mut keys) = keys {
        screen.fresh_line();
        mover.reserve(screen);
        mover.follow(queue, screen, &mut keys);
        screen.text("\x1b8\x1b[J");
    }
    queue.end_moving(id);
    output::show(screen, &Output::Rich { kind: RichKind::Result, data: mover.drawn }, name);
    if mover.has_crashed {
        screen.error(&mover.note);
    }
}

impl Mover {
    /// As many rows as it ever takes, so that nothing scrolls while it moves.
    fn reserve(&mut self, screen: &mut Screen) {
        if let Shown::Lines(lines) = self.shown(screen) {
            self.rows = self.rows.min(lines.len().max(FEWEST));
        }
        let all = self.rows + self.values.len() + BESIDE - 1;
        screen.text(&format!("{}\x1b[{all}A\x1b7", "\n".repeat(all)));
    }

    fn follow(&mut self, queue: &mut Queue, screen: &mut Screen, keys: &mut Keys) {
        self.show(screen);
        loop {
            let mut wish = self.press(keys.next());
            // Of drags that wait, the last one is drawn.
            while matches!(wish, Wish::Draw | Wish::Mark | Wish::Nothing) && keys.is_pressed() {
                let next = self.press(keys.next());
                wish = if wish == Wish::Draw && matches!(next, Wish::Mark | Wish::Nothing) { wish } else { next };
            }
            match wish {
                Wish::Nothing => continue,
                Wish::Mark => {}
                Wish::Draw => self.draw(queue),
                Wish::Keep => return,
                Wish::Leave => {
                    self.drawn = self.moved.data.clone();
                    return;
                }
            }
            if self.has_crashed {
                return;
            }
            self.show(screen);
        }
    }

    fn press(&mut self, key: Key) -> Wish {
        let last = self.values.len().saturating_sub(1);
        match key {
            Key::Arrow(Arrow::Up) => self.choose(self.chosen.saturating_sub(1)),
            Key::Arrow(Arrow::Down) => self.choose((self.chosen + 1).min(last)),
            Key::Arrow(Arrow::Left) => self.step(-1.0),
            Key::Arrow(Arrow::Right) => self.step(1.0),
            Key::Char('r' | 'ㄱ') => self.change(self.moved.moving.start()),
            Key::Char('\n' | '\r') => Wish::Keep,
            Key::Char('q' | 'ㅂ') | Key::Escape | Key::End | Key::Interrupted => Wish::Leave,
            Key::Char(_) => Wish::Nothing,
        }
    }

    fn choose(&mut self, control: usize) -> Wish {
        if std::mem::replace(&mut self.chosen, control) == control { Wish::Nothing } else { Wish::Mark }
    }

    /// To the next value of the chosen control, in this direction.
    fn step(&mut self, direction: f64) -> Wish {
        let Some(control) = self.moved.moving.controls.get(self.chosen) else { return Wish::Nothing };
        let (first, last) = (*control.range.start(), *control.range.end());
        if first > last || !first.is_finite() || !last.is_finite() {
            return Wish::Nothing;
        }
        let step = if control.step > 0.0 { control.step } else { (last - first) / BAR as f64 };
        let steps = ((self.values[self.chosen] - first) / step).round() + direction;
        let mut values = self.values.clone();
        values[self.chosen] = (first + steps * step).clamp(first, last);
        self.change(values)
    }

    fn change(&mut self, values: Vec<f64>) -> Wish {
        if values == self.values {
            return Wish::Nothing;
        }
        self.values = values;
        Wish::Draw
    }

    fn draw(&mut self, queue: &mut Queue) {
        let ticket = queue.draw(self.moved.moving.id, self.values.clone());
        interrupt::take();
        let outcome = queue.wait(ticket, &mut |_| if interrupt::take() { Reply::Stop } else { Reply::Continue });
        match outcome {
            Some(Ok(outcome)) => self.take(outcome),
            Some(Err(error)) => (self.note, self.has_crashed) = (format!("{error:#}"), true),
            None => {}
        }
    }

    fn take(&mut self, outcome: Outcome) {
        let (mut printed, mut errors) = (String::new(), String::new());
        for one in outcome.outputs {
            match one {
                Output::Rich { data, .. } if outcome.end == End::Passed => self.drawn = data,
                Output::Rich { .. } => {}
                Output::Stream { stream: Stream::Stdout, text } => printed.push_str(&text),
                Output::Stream { stream: Stream::Stderr, text } => errors.push_str(&text),
            }
        }
        printed.push_str(&cell_end::without_end(errors, &outcome.end));
        let ended = cell_end::predicate(&outcome.end, self.lang);
        self.note = ended.unwrap_or_else(|| printed.trim().to_owned());
        self.has_crashed = matches!(outcome.end, End::Exited(_) | End::Killed { .. });
        if self.has_crashed {
            self.note = [vec![std::mem::take(&mut self.note)], outcome.notes].concat().join("\n");
        }
    }

    /// The output, no higher than there is room for.
    fn shown(&self, screen: &Screen) -> Shown {
        let svg = self.drawn.get("image/svg+xml");
        let picture = svg.and_then(|svg| picture::draw(svg, &screen.protocol, &screen.look, Some(self.rows)));
        match picture {
            Some(picture) if picture::is_of_pixels(&screen.protocol) => Shown::Pixels(picture),
            Some(picture) => Shown::Lines(picture.lines().take(self.rows).map(str::to_owned).collect()),
            None => {
                let text = self.drawn.get("text/plain").map_or("", String::as_str);
                let (text, most) = (shown::visible(text), screen.look.width.saturating_sub(1));
                Shown::Lines(text.lines().take(self.rows).map(|line| screen::shortened(line, most)).collect())
            }
        }
    }

    /// Draws all of it where it was.
    fn show(&self, screen: &mut Screen) {
        let (look, lang) = (screen.look, screen.lang);
        let most = look.width.saturating_sub(1);
        let (head, mut lines) = match self.shown(screen) {
            Shown::Pixels(picture) => (format!("\x1b[J{picture}"), Vec::new()),
            Shown::Lines(lines) => (String::new(), lines),
        };
        let widest =
            self.moved.moving.controls.iter().map(|control| control.name.width()).max().unwrap_or(0).min(most / 3);
        for (at, (control, value)) in self.moved.moving.controls.iter().zip(&self.values).enumerate() {
            let name = screen::shortened(&control.name, widest);
            let gap = " ".repeat(widest.saturating_sub(name.width()));
            let mark = if at == self.chosen { ">" } else { " " };
            let line = screen::shortened(&format!("{mark} {name}{gap}  {}", setting(control, *value)), most);
            lines.push(if at == self.chosen { look.paint(STRONG, &line) } else { line });
        }
        let note = screen::shortened(self.note.lines().next().unwrap_or_default(), most);
        lines.push(look.paint(BAD, &note));
        lines.push(look.paint(QUIET, &screen::shortened(&lang.moving_keys(), most)));
        screen.text(&format!("\x1b8{head}{}\x1b[K\x1b[J", lines.join("\x1b[K\r\n")));
    }
}

/// The value of a control, and where it is in its range.
fn setting(control: &Control, value: f64) -> String {
    if !control.choices.is_empty() {
        let named = control.choices.iter().enumerate();
        let named = named.map(|(at, name)| if at as f64 == value { format!("[{name}]") } else { format!(" {name} ") });
        return named.collect::<Vec<_>>().join(" ");
    }
    let (first, last) = (*control.range.start(), *control.range.end());
    let part = if last > first { (value - first) / (last - first) } else { 0.0 };
    let full = (part.clamp(0.0, 1.0) * BAR as f64).round() as usize;
    // Without the digits by which a sum of steps is off.
    let rounded = (value * 1e9).round() / 1e9;
    format!("[{}{}] {rounded}", "#".repeat(full), "-".repeat(BAR - full))
}

#[cfg(test)]
mod tests {
    use forward_pass::moving::{choice, slider, switch};

    use super::*;

    fn mover() -> Mover {
        let controls = vec![slider("slope", 0.0..=1.0, 0.1, 0.2), choice("set", &["a", "b"]), switch("grid", true)];
        let moved = Moved { moving: Moving { id: 7, controls }, data: MimeBundle::default() };
        let (values, drawn) = (moved.moving.start(), MimeBundle::default());
        Mover { moved, values, chosen: 0, drawn, note: String::new(), has_crashed: false, rows: 9, lang: Lang::En }
    }

    #[test]
    fn keys_choose_change_reset_keep_and_leave() {
        let (up, down) = (Key::Arrow(Arrow::Up), Key::Arrow(Arrow::Down));
        let (left, right) = (Key::Arrow(Arrow::Left), Key::Arrow(Arrow::Right));
        let mut mover = mover();
        let mut press =
            |key| (mover.press(key), mover.chosen, setting(&mover.moved.moving.controls[0], mover.values[0]));
        let bar = |full: usize, value: &str| format!("[{}{}] {value}", "#".repeat(full), "-".repeat(BAR - full));
        assert_eq!(press(up), (Wish::Nothing, 0, bar(4, "0.2")));
        assert_eq!(press(right), (Wish::Draw, 0, bar(6, "0.3")));
        assert_eq!(press(left), (Wish::Draw, 0, bar(4, "0.2")));
        assert_eq!(press(left).2, bar(2, "0.1"));
        assert_eq!(press(left).2, bar(0, "0"));
        assert_eq!(press(left), (Wish::Nothing, 0, bar(0, "0")));
        assert_eq!(press(down).1, 1);
        assert_eq!(press(right).0, Wish::Draw);
        assert_eq!(press(down).1, 2);
        assert_eq!(press(down), (Wish::Nothing, 2, bar(0, "0")));
        assert_eq!(press(Key::Char('r')), (Wish::Draw, 2, bar(4, "0.2")));
        assert_eq!(press(Key::Char('x')).0, Wish::Nothing);
        assert_eq!(press(Key::Char('\n')).0, Wish::Keep);
        for key in [Key::Escape, Key::Char('q'), Key::End, Key::Interrupted] {
            assert_eq!(press(key).0, Wish::Leave);
        }
    }

    #[test]
    fn a_choice_shows_all_its_names() {
        let mover = mover();
        let controls = &mover.moved.moving.controls;
        assert_eq!((setting(&controls[1], 1.0), setting(&controls[2], 0.0)), (" a  [b]".into(), "[off]  on ".into()));
    }
}
