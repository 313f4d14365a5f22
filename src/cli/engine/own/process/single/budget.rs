//! How much one cell may print; the rest is read and discarded, so that the cell is not blocked.

use super::super::report::LIMIT;

pub struct Budget {
    left: usize,
    pub is_cut: bool,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { left: LIMIT, is_cut: false }
    }
}

impl Budget {
    /// The part of these bytes that is kept.
    pub fn take<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let kept = bytes.len().min(self.left);
        self.left -= kept;
        self.is_cut |= kept < bytes.len();
        &bytes[..kept]
    }
}
