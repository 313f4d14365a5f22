//! The subset of zip that `.npz` needs: the central directory, stored and deflated members, checksums.
//!
//! It cannot read encrypted members or members of 4 GB, and writes members uncompressed, all with the same date.

use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::{Problem, damaged, problem};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// 1 January 1980, the first date that zip can express.
const DATE: u16 = 1 << 5 | 1;

/// A member: its name, and its bytes as stored in the archive.
pub(super) struct Member<'a> {
    pub(super) name: String,
    stored: &'a [u8],
    deflated: bool,
    size: u32,
    crc: u32,
}

impl Member<'_> {
    /// The uncompressed bytes, checked against the size and the checksum of the directory.
    pub(super) fn unpack(&self) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        if self.deflated {
            // One byte more than announced is enough to detect excess; memory grows with the actual data.
            let mut stream = DeflateDecoder::new(self.stored).take(u64::from(self.size) + 1);
            if let Err(error) = stream.read_to_end(&mut bytes) {
                return damaged(format!("`{}` cannot be unpacked: {error}", self.name));
            }
        } else {
            bytes.extend_from_slice(self.stored);
        }
        if bytes.len() as u64 != u64::from(self.size) {
            return damaged(format!("`{}` should have {} bytes and has {}", self.name, self.size, bytes.len()));
        }
        let mut crc = Crc::new();
        crc.update(&bytes);
        if crc.sum() != self.crc {
            return damaged(format!("`{}` has checksum {:08x}, not {:08x}", self.name, crc.sum(), self.crc));
        }
        Ok(bytes)
    }
}

/// The members, in the order of the central directory.
pub(super) fn members(bytes: &[u8]) -> Result<Vec<Member<'_>>, Problem> {
    // The end record is 22 bytes, then a comment of at most 65,535.
    let oldest = bytes.len().saturating_sub(22 + 65_535);
    let end =
        (oldest..bytes.len().saturating_sub(21)).rev().find(|&place| number(bytes, place, 4) == Some(u64::from(END)));
    let Some(end) = end else { return damaged("the zip archive has no end record") };
    let count = field(bytes, end + 10, 2)?;
    let mut place = field(bytes, end + 16, 4)?;
    let mut members = Vec::new();
    for _ in 0..count {
        if field(bytes, place, 4)? != CENTRAL as usize {
            return damaged(format!(
                "the list of the zip archive breaks off after {} of {count} members",
                members.len()
            ));
        }
        let lengths = [field(bytes, place + 28, 2)?, field(bytes, place + 30, 2)?, field(bytes, place + 32, 2)?];
        members.push(member(bytes, place, lengths[0])?);
        place += 46 + lengths.iter().sum::<usize>();
    }
    Ok(members)
}

fn member(bytes: &[u8], place: usize, name_length: usize) -> Result<Member<'_>, Problem> {
    let Some(name) = bytes.get(place + 46..place + 46 + name_length) else { return damaged("a name is cut off") };
    let name = String::from_utf8_lossy(name).into_owned();
    let (flags, method) = (field(bytes, place + 8, 2)?, field(bytes, place + 10, 2)?);
    let (crc, packed, size) =
        (field(bytes, place + 16, 4)?, field(bytes, place + 20, 4)?, field(bytes, place + 24, 4)?);
    if flags & 1 != 0 {
        return problem(format!("`{name}` is encrypted"), "save it without a password");
    }
    if method != 0 && method != 8 {
        return problem(
            format!("`{name}` is packed by method {method}, not stored or deflated"),
            "write it with `np.savez`",
        );
    }
    let local = field(bytes, place + 42, 4)?;
    if field(bytes, local, 4)? != LOCAL as usize {
        return damaged(format!("`{name}` is not where the list says"));
    }
    let start = local + 30 + field(bytes, local + 26, 2)? + field(bytes, local + 28, 2)?;
    let stored = start.checked_add(packed).and_then(|stop| bytes.get(start..stop));
    let Some(stored) = stored else {
        return damaged(format!(
            "`{name}` should have {packed} bytes from byte {start}, and the file has {}",
            bytes.len()
        ));
    };
    Ok(Member { name, stored, deflated: method == 8, size: size as u32, crc: crc as u32 })
}

fn field(bytes: &[u8], place: usize, length: usize) -> Result<usize, Problem> {
    match number(bytes, place, length).and_then(|value| usize::try_from(value).ok()) {
        Some(value) => Ok(value),
        None => damaged(format!("the zip archive asks for byte {place} of {}", bytes.len())),
    }
}

/// A little-endian number of up to 8 bytes.
fn number(bytes: &[u8], place: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(place..place.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

/// An archive of these members.
pub(super) fn write(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = Crc::new();
        crc.update(bytes);
        let place = out.len() as u32;
        let mut common = Vec::new();
        // version 2.0, no flags, stored, time 0, date
        [20, 0, 0, 0, DATE].iter().for_each(|value: &u16| common.extend(value.to_le_bytes()));
        [crc.sum(), bytes.len() as u32, bytes.len() as u32].iter().for_each(|value| common.extend(value.to_le_bytes()));
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        out.extend(LOCAL.to_le_bytes());
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(bytes);
        list.extend(CENTRAL.to_le_bytes());
        list.extend(20_u16.to_le_bytes());
        list.extend(&common);
        list.extend([0; 10]); // no comment, first disk, no attributes
        list.extend(place.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let (place, count) = (out.len() as u32, members.len() as u16);
    out.extend(&list);
    out.extend(END.to_le_bytes());
    out.extend([0; 4]);
    [count, count].iter().for_each(|value| out.extend(value.to_le_bytes()));
    [list.len() as u32, place].iter().for_each(|value| out.extend(value.to_le_bytes()));
    out.extend([0; 2]);
    out
}
