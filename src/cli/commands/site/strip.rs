//! Takes out of a WebAssembly module what no page uses: notes for tools, and functions that crates below the library
//! offer to scripts. It is a third of the file.

/// The functions and the memory that the page's script uses.
const USED: [&[u8]; 4] = [b"memory", b"allocate", b"call", b"length"];
/// The numbers of two kinds of section.
const CUSTOM: u8 = 0;
const EXPORTS: u8 = 7;

/// The module without the rest; `None` if it is not a module.
pub fn stripped(module: &[u8]) -> Option<Vec<u8>> {
    let (head, mut rest) = module.split_at_checked(8)?;
    let mut kept = head.starts_with(b"\0asm").then(|| head.to_vec())?;
    while let Some((&kind, after)) = rest.split_first() {
        let (size, after) = number(after)?;
        let (body, after) = after.split_at_checked(size)?;
        rest = after;
        match kind {
            CUSTOM => {}
            EXPORTS => section(&mut kept, kind, &exports(body)?),
            _ => section(&mut kept, kind, body),
        }
    }
    Some(kept)
}

fn section(module: &mut Vec<u8>, kind: u8, body: &[u8]) {
    module.push(kind);
    push(module, body.len());
    module.extend_from_slice(body);
}

/// The exports that are used: each is a name, a kind, and the number of what it names.
fn exports(body: &[u8]) -> Option<Vec<u8>> {
    let (count, mut rest) = number(body)?;
    let (mut used, mut kept) = (0, Vec::new());
    for _ in 0..count {
        let start = rest;
        let (length, after) = number(rest)?;
        let (name, after) = after.split_at_checked(length)?;
        rest = number(after.get(1..)?)?.1;
        if USED.contains(&name) {
            used += 1;
            kept.extend_from_slice(&start[..start.len() - rest.len()]);
        }
    }
    let mut body = Vec::new();
    push(&mut body, used);
    body.extend(kept);
    Some(body)
}

/// A number in LEB128, seven bits to a byte, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let length = bytes.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
    let (digits, rest) = bytes.split_at(length);
    let value = digits.iter().rev().fold(0_u64, |value, byte| value << 7 | u64::from(byte & 0x7f));
    Some((usize::try_from(value).ok()?, rest))
}

fn push(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of three sections: a note, 200 bytes of code, and the exports `memory`, `other` and `call`.
    fn module() -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        section(&mut module, CUSTOM, b"\x04note and more");
        section(&mut module, 10, &[7; 200]);
        section(&mut module, EXPORTS, b"\x03\x06memory\x02\x00\x05other\x00\x81\x01\x04call\x00\x85\x02");
        module
    }

    #[test]
    fn only_what_a_page_uses_is_kept() {
        let mut expected = b"\0asm\x01\0\0\0".to_vec();
        section(&mut expected, 10, &[7; 200]);
        section(&mut expected, EXPORTS, b"\x02\x06memory\x02\x00\x04call\x00\x85\x02");
        assert_eq!(stripped(&module()).unwrap(), expected);
        assert_eq!(stripped(&expected).unwrap(), expected);
    }

    #[test]
    fn a_module_that_is_cut_or_none_at_all_is_refused() {
        let whole = module();
        let ends = [8, 24, 227];
        for length in (0..whole.len()).filter(|length| !ends.contains(length)) {
            let cut = stripped(&whole[..length]);
            assert!(cut.is_none_or(|kept| kept.len() < whole.len()), "{length}");
        }
        assert_eq!(stripped(b"not wasm at all"), None);
        assert_eq!(stripped(b"\0asm\x01\0\0\0\x0a\xff\xff\xff\xff\xff\xff"), None);
    }
}
