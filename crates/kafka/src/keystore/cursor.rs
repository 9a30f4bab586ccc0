//! Reading big-endian numbers and counted bytes, as Java's `DataInputStream` does.

/// The rest of some bytes.
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Bytes after their count.
    pub(super) fn counted(&mut self) -> Option<&'a [u8]> {
        let count = self.u32()?;
        self.take(usize::try_from(count).ok()?)
    }

    /// A text after the count of its bytes. Java's modified UTF-8 differs from UTF-8 only for NUL
    /// and beyond the basic plane; an alias with those reads oddly, and nothing depends on it.
    pub(super) fn text(&mut self) -> Option<String> {
        let count = self.u16()?;
        let bytes = self.take(usize::from(count))?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }
}
