//! What the spool asks of a disk. Small, so that a test can let every single call fail, or be the last
//! one before the power goes.

use std::io;

/// The files of a spool. No name comes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// Records, by the order in which the segments were begun.
    Segment(u64),
    /// How far the records are delivered.
    Position,
    /// The next position, before it takes the other one's place.
    Draft,
    /// Held by who owns the spool.
    Lock,
}

impl Name {
    const SEGMENT: &'static str = ".oms";

    /// The name inside the directory.
    #[must_use]
    pub fn file(self) -> String {
        match self {
            Self::Segment(index) => format!("{index:020}{}", Self::SEGMENT),
            Self::Position => "position".to_owned(),
            Self::Draft => "position.new".to_owned(),
            Self::Lock => "lock".to_owned(),
        }
    }

    /// The number of the segment that has this name; `None` for any other file.
    #[must_use]
    pub fn segment(file: &str) -> Option<u64> {
        let digits = file.strip_suffix(Self::SEGMENT)?;
        let index = digits.parse().ok()?;
        (Self::Segment(index).file() == file).then_some(index)
    }
}

/// One directory, for one spool.
pub trait Disk {
    /// Sees to it that the directory is there, and nobody else's business.
    ///
    /// # Errors
    /// As everywhere here: what the file system said.
    fn prepare(&mut self) -> io::Result<()>;

    /// Takes the lock, until this value goes or the lock is taken again; false: somebody else has it.
    fn lock(&mut self) -> io::Result<bool>;

    /// Number and length of each segment, in no order.
    fn segments(&mut self) -> io::Result<Vec<(u64, u64)>>;

    /// Begins a file that [`append`](Self::append) writes to. A segment must be new; another file is
    /// emptied.
    fn create(&mut self, name: Name) -> io::Result<()>;

    /// Writes all of it at the end of a file that was created, or some of it and fails.
    fn append(&mut self, name: Name, bytes: &[u8]) -> io::Result<()>;

    /// Waits until what was appended cannot be lost.
    fn sync(&mut self, name: Name) -> io::Result<()>;

    /// Waits until created, renamed and removed files stay so.
    fn sync_directory(&mut self) -> io::Result<()>;

    /// Nothing will be appended to the file any more.
    fn close(&mut self, name: Name);

    /// Cuts the file.
    fn truncate(&mut self, name: Name, length: u64) -> io::Result<()>;

    /// Of the file that has this name now.
    fn length(&mut self, name: Name) -> io::Result<u64>;

    /// Fills `into` from this place on, as far as the file goes; 0 at its end.
    fn read(&mut self, name: Name, at: u64, into: &mut [u8]) -> io::Result<usize>;

    /// Puts one file in another one's place.
    fn rename(&mut self, from: Name, to: Name) -> io::Result<()>;

    /// Removes the file.
    fn remove(&mut self, name: Name) -> io::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn only_names_that_a_spool_gives_are_its_segments() {
        for index in [0, 1, 17, u64::MAX] {
            assert_eq!(Name::segment(&Name::Segment(index).file()), Some(index));
        }
        for file in [
            "",
            ".oms",
            "1.oms",
            "00000000000000000001.oms.bak",
            "../00000000000000000001.oms",
            "0000000000000000000x.oms",
            "+0000000000000000001.oms",
            "99999999999999999999.oms",
            "position",
        ] {
            assert_eq!(Name::segment(file), None, "{file}");
        }
    }
}
