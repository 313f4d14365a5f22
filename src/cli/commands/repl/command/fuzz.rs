//! Lines put together at random: each is a command, a mistake that can be said, or Rust; Tab and Enter bear it while it
//! is typed. `FORWARD_PASS_FUZZ` says how many lines.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::super::complete::{Names, complete};
use super::{Command, ENTRIES, parse};
use crate::cli::fuzz::rounds;
use crate::cli::lang::Lang;
use crate::cli::syntax::input::{Reading, indentation, reading, stepped_out};

const PIECES: &[&str] = &[
    ":",
    "::",
    "?",
    "quit",
    "exit()",
    "help",
    ":goto",
    ":g ",
    ":doc ",
    ":term ",
    ":lang ",
    ":help ",
    ":dep ",
    "n",
    "softmax",
    "편향",
    "4",
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u{1b}[31m",
    "\u{7}",
    "\u{9b}",
    "\u{301}",
    "\u{3000}",
    "\u{feff}",
    "é",
    "가",
    "let x = 1",
    ";",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "r#\"",
    "\"#",
    "'",
    "'a",
    "//",
    "/*",
    "*/",
    "#",
    "!",
    "fn f()",
    "->",
    "..",
    "x.",
    "Network::",
    "println!",
    "\\",
    "0x",
    "1e",
    "async",
    "struct P",
    "<",
    ">",
    "|",
    "    }",
];

fn line(random: &mut Pcg64Mcg) -> String {
    let mut line = String::new();
    if random.next_u32().is_multiple_of(3) {
        let entry = &ENTRIES[random.next_u32() as usize % ENTRIES.len()];
        line.push_str(&format!(":{} ", entry.name));
    }
    for _ in 0..random.next_u32() % 10 {
        line.push_str(PIECES[random.next_u32() as usize % PIECES.len()]);
    }
    line
}

#[test]
fn any_line_is_understood_and_can_be_typed() {
    let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let names = Names {
        places: text(&["sigmoid", "softmax"]),
        variables: vec![("x".into(), "Array1<f64>".into())],
        items: text(&["my_step"]),
        library: text(&["Network", "Network::forward", "sigmoid"]),
        terms: text(&["bias", "편향"]),
    };
    let mut random = Pcg64Mcg::seed_from_u64(13);
    for round in 0..rounds() {
        let line = line(&mut random);
        match parse(&line) {
            Ok(Command::Rust(code)) => assert_eq!(code, line, "round {round}"),
            Ok(command) => assert_eq!(parse(&line), Ok(command), "round {round}: {line:?}"),
            Err(mistake) => {
                for said in [Lang::En, Lang::Ko].map(|lang| mistake.said(lang)) {
                    let steers = said.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
                    assert!(said.contains('\n') && steers.is_none(), "round {round}: {line:?} -> {said:?}");
                }
            }
        }
        if let Reading::Complete(code) = reading(&line) {
            assert_eq!(reading(&code), Reading::Complete(code.clone()), "round {round}: {line:?}");
        }
        assert!(indentation(&line) <= 4 * line.len(), "round {round}: {line:?}");
        let stepped = stepped_out(&line);
        assert!(stepped.split_whitespace().eq(line.split_whitespace()), "round {round}: {line:?} -> {stepped:?}");
        for at in line.char_indices().map(|(at, _)| at).chain([line.len()]) {
            let (from, offered) = complete(&line[..at], &names);
            assert!(line.is_char_boundary(from) && from <= at, "round {round}: {line:?} at {at}");
            for name in offered {
                assert!(name.starts_with(&line[from..at]), "round {round}: {name} for {line:?} at {at}");
            }
        }
    }
}
