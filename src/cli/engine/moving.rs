//! An output that can be moved, as the process of the cells describes it: its number and its controls.

use forward_pass::moving::Control;

/// An output of a cell, with controls.
#[derive(Clone, Debug, PartialEq)]
pub struct Moving {
    /// Its number in the session.
    pub id: u64,
    pub controls: Vec<Control>,
}

/// Between controls, and between the fields of one.
const CONTROL: char = '\u{1e}';
const FIELD: char = '\u{1f}';

impl Moving {
    /// Reads the content of a bundle under the key `MOVING`.
    pub fn read(text: &str) -> Option<Moving> {
        let (id, controls) = text.split_once(' ')?;
        Some(Moving { id: id.parse().ok()?, controls: controls.split(CONTROL).map(control).collect::<Option<_>>()? })
    }

    /// The values at the start.
    pub fn start(&self) -> Vec<f64> {
        self.controls.iter().map(|control| control.start).collect()
    }
}

fn control(text: &str) -> Option<Control> {
    let mut fields = text.split(FIELD);
    let name = fields.next()?.to_owned();
    let mut number = || fields.next()?.parse::<f64>().ok();
    let (first, last, start, step) = (number()?, number()?, number()?, number()?);
    let plays = fields.next()? == "film";
    let choices = fields.map(str::to_owned).collect();
    Some(Control { name, range: first..=last, step, start, choices, plays })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_read() {
        let text = "7 a b,0,2.5,1,0.5,;s,0,1,1,1,,off,on;f,1,9,2,1,film";
        let moving = Moving::read(&text.replace(',', "\u{1f}").replace(';', "\u{1e}")).unwrap();
        assert_eq!((moving.id, moving.start()), (7, vec![1.0, 1.0, 2.0]));
        let [a, s, f] = moving.controls.as_slice() else { panic!("{moving:?}") };
        assert_eq!((a.name.as_str(), a.range.clone(), a.step, a.plays), ("a b", 0.0..=2.5, 0.5, false));
        assert!(s.is_switch() && !a.is_switch() && f.plays && f.choices.is_empty());
        for broken in ["", "7", "x a\u{1f}0", "7 a\u{1f}0\u{1f}1\u{1f}none\u{1f}1\u{1f}slider"] {
            assert_eq!(Moving::read(broken), None, "{broken:?}");
        }
    }
}
