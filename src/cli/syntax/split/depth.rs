//! The limits within which code is parsed: syn recurses as deep as the text nests, and a stack has an end.
//!
//! rustc has limits of its own, and judges such code where it is run.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

/// The longest code, its deepest nesting, its longest chain of words and operators.
const MOST_BYTES: usize = 4 << 20;
const DEEPEST: usize = 400;
const LONGEST: usize = 20_000;
const STACK: usize = 256 << 20;

/// Code of this part of the limits needs this part of the stack: a limit on memory counts all of it.
const PART: usize = 8;

/// Not the code's fault.
pub const NO_THREADS: &str = "no thread can be started to read it";

/// The code is longer, or nests deeper, than what is parsed: in which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep(pub &'static str);

/// What `read` makes of the code by parsing it. It runs on a thread of its own, with a stack for code of the deepest
/// nesting; syn stores its spans per thread, and they are freed with it.
pub fn within_limits<T: Send>(code: &str, read: impl FnOnce() -> T + Send) -> Result<T, TooDeep> {
    if let Some(why) = exceeded_limit(code) {
        return Err(TooDeep(why));
    }
    let stack = if exceeded(code, PART).is_none() { STACK / PART } else { STACK };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, read);
        let thread = thread.map_err(|_| TooDeep(NO_THREADS))?;
        thread.join().map_err(|_| TooDeep("it cannot be parsed on this machine's threads"))
    })
}

/// Whether code may be parsed where the stack is as large as here.
pub fn is_within_limits(code: &str) -> bool {
    exceeded_limit(code).is_none()
}

/// Why a recursive parser must not see the code: it is longer, nests deeper or chains longer than people write.
/// Comments do not count, and a literal counts as a word.
pub(super) fn exceeded_limit(text: &str) -> Option<&'static str> {
    exceeded(text, 1)
}

/// The same for limits that are so many times as strict.
fn exceeded(text: &str, part: usize) -> Option<&'static str> {
    let (mut bytes, mut depth, mut chain, mut elses) = (0usize, 0usize, 0usize, 0usize);
    let mut at = 0;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let length = token.len as usize;
        let own = &text[at..at + length];
        at += length;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => continue,
            TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => depth += 1,
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        match token.kind {
            TokenKind::Comma | TokenKind::Semi | TokenKind::OpenBrace | TokenKind::CloseBrace => chain = 0,
            _ => chain += 1,
        }
        bytes += if matches!(token.kind, TokenKind::Literal { .. }) { 1 } else { length };
        elses += usize::from(own == "else");
        if depth > DEEPEST / part {
            return Some("its brackets nest more than 400 deep");
        }
        if chain > LONGEST / part || elses > LONGEST / part {
            return Some("one of its expressions has more than 20,000 parts");
        }
        if bytes > MOST_BYTES / part {
            return Some("it has more than 4 MB of code");
        }
    }
    None
}
