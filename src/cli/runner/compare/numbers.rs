//! Numbers inside text: finds them, compares them within a tolerance, and describes how they moved.
//!
//! Integers, shapes and words are compared as text; the tolerance applies to real numbers only.

/// How far a real number may move.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tolerance {
    /// Absolute difference.
    pub atol: f64,
    /// Difference relative to the stored number.
    pub rtol: f64,
    /// Distance in units in the last place, as f64 or f32.
    pub ulp: Option<Ulp>,
}

/// A distance in units in the last place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ulp {
    pub count: u64,
    pub single: bool,
}

/// A number that differs from the stored one.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// Its line in this part of the output, from 1.
    pub line: usize,
    pub stored: String,
    pub fresh: String,
}

impl Moved {
    /// The change, absolute and relative.
    pub fn description(&self) -> String {
        let (Ok(stored), Ok(fresh)) = (self.stored.parse::<f64>(), self.fresh.parse::<f64>()) else {
            return format!("line {}: {} became {}", self.line, self.stored, self.fresh);
        };
        let difference = fresh - stored;
        let relative =
            if stored == 0.0 { String::new() } else { format!(", relative {:.1e}", (difference / stored).abs()) };
        format!("line {}: {} became {}, by {difference:.1e}{relative}", self.line, self.stored, self.fresh)
    }
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// Spaces and tabs.
    Space,
    Number(&'a str),
    Word(&'a str),
}

/// Splits a line into numbers, space and words.
pub fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = line;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let length = number_length(rest, before);
        let (token, length) = if length > 0 {
            (Token::Number(&rest[..length]), length)
        } else if first == ' ' || first == '\t' {
            let length = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            (Token::Space, length)
        } else {
            let length = word_length(rest);
            (Token::Word(&rest[..length]), length)
        };
        before = rest[..length].chars().next_back().unwrap_or(' ');
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

/// A word is a run of letters, digits and underscores, or one other character.
fn word_length(rest: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let run: usize = rest.chars().take_while(|c| is_part(*c)).map(char::len_utf8).sum();
    if run > 0 { run } else { rest.chars().next().map_or(0, char::len_utf8) }
}

fn number_length(rest: &str, before: char) -> usize {
    if before.is_alphanumeric() || before == '_' {
        return 0;
    }
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    // After a number or a closing bracket, a sign is an operator: `3-2` is two numbers.
    let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')) && !matches!(before, ')' | ']' | '.'));
    for name in ["inf", "nan", "NaN"] {
        if rest[sign..].starts_with(name)
            && !rest[sign + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
        {
            return sign + name.len();
        }
    }
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction == 0 {
            return 0;
        }
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    end
}

/// Whether a number is written as a real one: with a point, an exponent, or as inf or nan.
pub fn is_real(number: &str) -> bool {
    number.contains(['.', 'e', 'E', 'n', 'N'])
}

/// Whether the fresh number is within the tolerance of the stored one.
pub fn near(stored: &str, fresh: &str, tolerance: &Tolerance) -> bool {
    if stored == fresh {
        return true;
    }
    if !is_real(stored) || !is_real(fresh) {
        return false;
    }
    let (Ok(a), Ok(b)) = (stored.parse::<f64>(), fresh.parse::<f64>()) else { return false };
    if a.is_nan() || b.is_nan() {
        return a.is_nan() && b.is_nan();
    }
    if a.is_infinite() || b.is_infinite() {
        return a == b;
    }
    (a - b).abs() <= tolerance.atol + tolerance.rtol * a.abs() || tolerance.ulp.is_some_and(|ulp| within_ulp(a, b, ulp))
}

fn within_ulp(a: f64, b: f64, ulp: Ulp) -> bool {
    let distance = if ulp.single {
        let bits = |x: f64| ordered(i64::from((x as f32).to_bits() as i32), i32::MIN.into());
        bits(a).abs_diff(bits(b))
    } else {
        ordered(a.to_bits() as i64, i64::MIN).abs_diff(ordered(b.to_bits() as i64, i64::MIN))
    };
    distance <= ulp.count
}

/// Maps the bits of a float to an integer in the same order.
fn ordered(bits: i64, lowest: i64) -> i64 {
    if bits < 0 { lowest.wrapping_sub(bits) } else { bits }
}

/// Whether two lines differ only in real numbers within the tolerance and in the width of space.
pub fn lines_near(stored: &str, fresh: &str, tolerance: &Tolerance) -> bool {
    let (stored, fresh) = (significant(stored), significant(fresh));
    stored.len() == fresh.len()
        && stored.iter().zip(&fresh).all(|pair| match pair {
            (Token::Number(a), Token::Number(b)) => near(a, b, tolerance),
            (a, b) => a == b,
        })
}

/// The numbers that moved between two lines; empty if anything else differs.
pub fn moved(line: usize, stored: &str, fresh: &str, tolerance: &Tolerance) -> Vec<Moved> {
    let (stored, fresh) = (significant(stored), significant(fresh));
    if stored.len() != fresh.len() {
        return Vec::new();
    }
    let mut moved = Vec::new();
    for pair in stored.iter().zip(&fresh) {
        match pair {
            (Token::Number(a), Token::Number(b)) if near(a, b, tolerance) => {}
            (Token::Number(a), Token::Number(b)) => {
                moved.push(Moved { line, stored: (*a).into(), fresh: (*b).into() });
            }
            (a, b) if a == b => {}
            _ => return Vec::new(),
        }
    }
    moved
}

/// The tokens of a line without space inside brackets: arrays are padded to the width of their numbers.
fn significant(line: &str) -> Vec<Token<'_>> {
    let tokens = tokens(line.trim());
    let opens = |token: Option<&Token>| matches!(token, Some(Token::Word("[" | "(")));
    let closes = |token: Option<&Token>| matches!(token, Some(Token::Word("]" | ")")));
    let keep =
        |at: usize| tokens[at] != Token::Space || !(at > 0 && opens(tokens.get(at - 1)) || closes(tokens.get(at + 1)));
    (0..tokens.len()).filter(|at| keep(*at)).map(|at| tokens[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_inside_text() {
        let numbers = |line| -> Vec<String> {
            let of = |token| match token {
                Token::Number(number) => Some(String::from(number)),
                _ => None,
            };
            tokens(line).into_iter().filter_map(of).collect()
        };
        let cases: &[(&str, &[&str])] = &[
            ("[0.1 -2.5e-3, 3.]", &["0.1", "-2.5e-3", "3."]),
            ("(2, 3) x1 w2_3 f64", &["2", "3"]),
            ("loss=.5 nan -inf info", &[".5", "nan", "-inf"]),
            ("3-2", &["3", "2"]),
            ("1.5.2", &["1.5", "2"]),
            ("e5 ... -", &[]),
            ("값 0.5점", &["0.5"]),
        ];
        for (line, expected) in cases {
            assert_eq!(&numbers(line), expected, "{line}");
        }
    }

    #[test]
    fn only_real_numbers_can_be_near() {
        let rtol = |rtol| Tolerance { rtol, ..Tolerance::default() };
        let ulp = |count, single| Tolerance { ulp: Some(Ulp { count, single }), ..Tolerance::default() };
        let cases = [
            ("y 0.74614674", "y 0.74614675", rtol(1e-6), true),
            ("y 0.74614674", "y 0.74614675", rtol(1e-9), false),
            ("[ 0.1  0.2]", "[0.10000001 0.2]", rtol(1e-6), true),
            ("(2, 3)", "(2, 4)", rtol(1.0), false),
            ("7", "7.0000001", rtol(1e-6), false),
            ("nan", "nan", rtol(0.0), true),
            ("nan", "0.0", rtol(1.0), false),
            ("inf", "-inf", rtol(1.0), false),
            ("1.0 a", "1.0 b", rtol(1.0), false),
            ("1.0", "-1.0", rtol(0.5), false),
            ("0.0", "1e-9", Tolerance { atol: 1e-8, ..Tolerance::default() }, true),
            ("0.1", "0.10000000000000002", ulp(1, false), true),
            ("0.1", "0.10000000000000003", ulp(1, false), false),
            ("0.1", "0.10000001", ulp(1, true), true),
            ("0.1", "0.1000001", ulp(1, true), false),
            ("-0.0", "0.0", ulp(0, false), true),
        ];
        for (stored, fresh, tolerance, expected) in cases {
            assert_eq!(lines_near(stored, fresh, &tolerance), expected, "{stored} against {fresh}");
        }
    }

    #[test]
    fn the_report_names_the_number_and_by_how_much_it_moved() {
        let moved = moved(2, "[0.5 0.25]", "[0.5 0.26]", &Tolerance::default());
        assert_eq!(moved[0].description(), "line 2: 0.25 became 0.26, by 1.0e-2, relative 4.0e-2");
        assert_eq!(super::moved(1, "a 1", "b 2", &Tolerance::default()), vec![]);
    }
}
