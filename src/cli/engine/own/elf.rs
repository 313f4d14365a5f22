//! Object files and shared libraries of 64-bit Linux, as far as a cell's statics need them.
//!
//! It reads what the compiler and the linker have written; `None` wherever a file is not as expected.

#![cfg_attr(windows, expect(dead_code, reason = "libraries have another form there"))]

/// A section with statics or relocations.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    pub kind: u32,
    pub flags: u64,
    offset: u64,
    size: u64,
    link: u32,
    /// Of relocations: the section that they change.
    pub info: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Symbol<'a> {
    pub name: &'a str,
    pub kind: u8,
    pub section: u16,
    /// An address in a library, or an offset in its block of thread-locals or in the section of an object file.
    pub value: u64,
    pub size: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Relocation {
    /// What it changes.
    pub place: u64,
    pub kind: u32,
    pub symbol: u32,
    pub addend: i64,
    /// Where it is in the file.
    pub at: usize,
}

pub struct Elf<'a> {
    bytes: &'a [u8],
    pub sections: Vec<Section>,
}

pub const OBJECT: u8 = 1;
pub const FUNCTION: u8 = 2;
pub const SECTION: u8 = 3;
pub const THREAD_LOCAL: u8 = 6;

pub const SYMBOLS: u32 = 2;
pub const RELOCATIONS: u32 = 4;

pub const WRITABLE: u64 = 1;
pub const LOADED: u64 = 2;

impl<'a> Elf<'a> {
    /// A file of the little-endian 64-bit form.
    pub fn read(bytes: &'a [u8]) -> Option<Elf<'a>> {
        if !bytes.starts_with(b"\x7fELF\x02\x01") {
            return None;
        }
        let (start, size, count) = (long(bytes, 40)? as usize, short(bytes, 58)?, short(bytes, 60)?);
        let section = |number: u16| {
            let at = start.checked_add(usize::from(number) * usize::from(size))?;
            Some(Section {
                kind: word(bytes, at + 4)?,
                flags: long(bytes, at + 8)?,
                offset: long(bytes, at + 24)?,
                size: long(bytes, at + 32)?,
                link: word(bytes, at + 40)?,
                info: word(bytes, at + 44)?,
            })
        };
        Some(Elf { bytes, sections: (0..count).map(section).collect::<Option<_>>()? })
    }

    pub fn symbols(&self) -> Option<Vec<Symbol<'a>>> {
        const SIZE: usize = 24;
        let Some(table) = self.sections.iter().find(|section| section.kind == SYMBOLS) else { return Some(Vec::new()) };
        let names = self.content(self.sections.get(table.link as usize)?)?;
        let symbol = |entry: &[u8]| {
            let name = names.get(word(entry, 0)? as usize..)?;
            let name = std::str::from_utf8(name.split(|&byte| byte == 0).next()?).ok()?;
            Some(Symbol {
                name,
                kind: entry[4] & 15,
                section: short(entry, 6)?,
                value: long(entry, 8)?,
                size: long(entry, 16)?,
            })
        };
        self.content(table)?.chunks_exact(SIZE).map(symbol).collect()
    }

    pub fn relocations(&self, table: &Section) -> Option<Vec<Relocation>> {
        const SIZE: usize = 24;
        let entries = self.content(table)?.chunks_exact(SIZE).enumerate();
        let relocation = |(number, entry): (usize, &[u8])| {
            let (info, addend) = (long(entry, 8)?, long(entry, 16)?);
            Some(Relocation {
                place: long(entry, 0)?,
                kind: info as u32,
                symbol: (info >> 32) as u32,
                addend: addend.cast_signed(),
                at: table.offset as usize + number * SIZE,
            })
        };
        entries.map(relocation).collect()
    }

    fn content(&self, section: &Section) -> Option<&'a [u8]> {
        let start = usize::try_from(section.offset).ok()?;
        self.bytes.get(start..start.checked_add(usize::try_from(section.size).ok()?)?)
    }
}

impl Relocation {
    /// Writes it back into the file with another symbol and addend.
    pub fn replace(&self, file: &mut [u8], symbol: u32, addend: i64) -> Option<()> {
        let info = u64::from(symbol) << 32 | u64::from(self.kind);
        let entry = file.get_mut(self.at + 8..self.at + 24)?;
        entry[..8].copy_from_slice(&info.to_le_bytes());
        entry[8..].copy_from_slice(&addend.to_le_bytes());
        Some(())
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
