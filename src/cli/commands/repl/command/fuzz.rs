//! Random lines: each is a command, Rust, or a mistake with a message; Tab and Enter work at every point while it is
//! typed.

use proptest::option;
use proptest::prelude::*;

use super::super::complete::{Candidates, complete};
use super::{Command, ENTRIES, parse};
use crate::cli::fuzz::pieced;
use crate::cli::lang::Lang;
use crate::cli::syntax::complete::Names;
use crate::cli::syntax::input::{Reading, indentation, reading, stepped_out};

#[rustfmt::skip]
const PIECES: &[&str] = &[
    ":", "::", "?", "quit", "exit()", "help", ":goto", ":g ", ":doc ", ":term ", ":lang ", ":help ", ":dep ", "n",
    "softmax", "편향", "4", " ", "\t", "\n", "\r", "\0", "\u{1b}[31m", "\u{7}", "\u{9b}", "\u{301}", "\u{3000}",
    "\u{feff}", "é", "가", "let x = 1", ";", "{", "}", "(", ")", "[", "]", "\"", "r#\"", "\"#", "'", "'a", "//",
    "/*", "*/", "#", "!", "fn f()", "->", "..", "x.", "Network::", "println!", "\\", "0x", "1e", "async",
    "struct P", "<", ">", "|", "    }",
];

fn lines() -> impl Strategy<Value = String> {
    let command = option::weighted(0.3, (0..ENTRIES.len()).prop_map(|at| format!(":{} ", ENTRIES[at].name)));
    (command, pieced(PIECES, 10)).prop_map(|(command, rest)| command.unwrap_or_default() + &rest)
}

fn names() -> Candidates {
    let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let rust = Names {
        variables: vec![("x".into(), "Array1<f64>".into())],
        items: text(&["my_step"]),
        library: text(&["Network", "Network::forward", "sigmoid"]),
        ..Names::default()
    };
    Candidates { rust, places: text(&["sigmoid", "softmax"]), terms: text(&["bias", "편향"]) }
}

proptest! {
    #[test]
    fn any_line_is_understood(line in lines()) {
        match parse(&line) {
            Ok(Command::Rust(code)) => prop_assert_eq!(code, line),
            Ok(command) => prop_assert_eq!(parse(&line), Ok(command)),
            Err(mistake) => {
                for said in [Lang::En, Lang::Ko].map(|lang| mistake.message(lang)) {
                    let steers = said.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
                    prop_assert!(said.contains('\n') && steers.is_none(), "{:?}", said);
                }
            }
        }
    }

    #[test]
    fn any_line_can_be_typed(line in lines()) {
        if let Reading::Complete(code) = reading(&line) {
            prop_assert_eq!(reading(&code), Reading::Complete(code.clone()));
        }
        prop_assert!(indentation(&line) <= 4 * line.len());
        let stepped = stepped_out(&line);
        prop_assert!(stepped.split_whitespace().eq(line.split_whitespace()), "{:?}", stepped);
    }

    #[test]
    fn what_tab_offers_continues_the_line(line in lines()) {
        let names = names();
        for at in line.char_indices().map(|(at, _)| at).chain([line.len()]) {
            let (from, offered) = complete(&line[..at], &names);
            prop_assert!(line.is_char_boundary(from) && from <= at, "{} at {}", from, at);
            for name in offered {
                prop_assert!(name.starts_with(&line[from..at]), "{} at {}", name, at);
            }
        }
    }
}
