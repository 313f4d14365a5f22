//! Failures of a compilation that the cell is not to blame for: a full disk, a limit on processes, no memory, a crash.
//!
//! It reads what rustc and the linker printed; whether a failure may be cached does not depend on it.

use std::path::Path;

use super::diagnostics::is_summary;
use super::rustc::Compiled;
use crate::cli::engine::own::limits;

/// What went wrong, with a next step; `None` if rustc found the code at fault.
pub fn failure(compiled: &Compiled, folder: &Path, version: &str) -> Option<String> {
    let errors = compiled.messages.iter().filter(|message| message["level"].as_str().is_some_and(is_error));
    let is_nowhere = |message: &serde_json::Value| {
        message["code"].is_null() && message["spans"].as_array().is_none_or(Vec::is_empty)
    };
    let texts = errors.filter(|message| !is_summary(message) && is_nowhere(message));
    let texts = texts.filter_map(|message| message["rendered"].as_str().or_else(|| message["message"].as_str()));
    let mut text: String = texts.collect();
    let has_crashed = compiled.code != Some(1);
    if has_crashed {
        text.push_str(&compiled.rest);
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["No space left on device", "os error 28", "Disk quota exceeded"]) {
        let place = folder.parent().unwrap_or(folder).display();
        return Some(format!(
            "no space is left in `{place}`\nhelp: free some space there, or set TMPDIR to another folder"
        ));
    }
    if let Some(met) = limits::behind(&text).or_else(|| limits::unread(&compiled.messages)) {
        return Some(met.by("the compiler"));
    }
    match compiled.code {
        Some(1) => None,
        None => Some("the compiler was killed\nhelp: check the limits on memory and file sizes".to_owned()),
        Some(_) => Some(format!("{version} crashed on this cell\nhelp: write it in another way, or split it")),
    }
}

/// Also `error: internal compiler error`.
fn is_error(level: &str) -> bool {
    level.starts_with("error")
}

#[cfg(test)]
mod tests {
    use super::super::rustc::CompileEnd;
    use super::*;

    #[test]
    fn the_machine_is_blamed_for_what_has_no_place_in_the_code() {
        let full = r#"{"level": "error", "message": "could not emit MIR: No space left on device (os error 28)",
            "code": null, "spans": []}"#;
        let linker = r#"{"level": "error", "message": "linking with `cc` failed: exit status: 1", "code": null,
            "spans": [], "rendered": "ld: final link failed: No space left on device"}"#;
        let missing = r#"{"level": "error", "message": "linking with `cc` failed: exit status: 1", "code": null,
            "spans": [], "rendered": "ld: cannot find -lzz"}"#;
        let own = r#"{"level": "error", "message": "No space left on device", "code": null,
            "spans": [{"is_primary": true, "file_name": "cell_1.rs"}]}"#;
        let thread = "thread 'rustc' panicked: failed to spawn thread: Os { code: 11, kind: WouldBlock }";
        let cases: [(&str, &str, Option<i32>, Option<&str>); 8] = [
            (full, "", Some(1), Some("no space is left in `/tmp`")),
            (linker, "", Some(1), Some("no space is left in `/tmp`")),
            (missing, "", Some(1), None),
            (own, "", Some(1), None),
            (own, "", Some(101), Some("rustc 1 crashed on this cell")),
            ("{}", thread, Some(101), Some("the compiler failed")),
            ("{}", "memory allocation of 64 bytes failed", None, Some("the compiler failed")),
            ("{}", "", None, Some("the compiler was killed")),
        ];
        for (message, rest, code, expected) in cases {
            let compiled = Compiled {
                ended: CompileEnd::Failed,
                code,
                messages: vec![serde_json::from_str(message).unwrap()],
                rest: rest.to_owned(),
                library: "".into(),
                mir: "".into(),
            };
            let told = failure(&compiled, Path::new("/tmp/forward-pass-1"), "rustc 1");
            // Which limit that was is up to the machine; a thread may be missing for want of memory.
            let names = |words: &[&str]| words.iter().any(|words| told.as_deref().unwrap_or_default().contains(words));
            assert!(rest != thread || names(&["processes", "ulimit -v"]), "{told:?}");
            assert!(!rest.starts_with("memory allocation") || names(&["memory"]), "{told:?}");
            assert_eq!(told.as_deref().and_then(|told| told.split([':', '\n']).next()), expected, "{message} {rest}");
        }
    }
}
