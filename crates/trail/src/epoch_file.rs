//! What an emitter keeps on disk between its epochs.

use crate::chain::Hash;
use crate::stamp::{End, Epoch};

const VERSION: &str = "openmds-epoch-file-v1";

/// The last epoch of an emitter: one line of words, `openmds-epoch-file-v1 <epoch>`, and after an
/// orderly end ` <last number> <hash>` as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochFile {
    /// The epoch.
    pub epoch: Epoch,
    /// Where it ended; `None` while it runs, and after it was killed.
    pub end: Option<End>,
}

impl EpochFile {
    /// Of a file's content; `None` if it is none of ours, or damaged.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.strip_suffix('\n')?.split(' ');
        let epoch = (words.next()? == VERSION).then(|| words.next())??;
        let end = match words.next() {
            None => None,
            Some(last) => Some(End {
                last: last.parse().ok()?,
                hash: Hash::parse(words.next()?)?,
            }),
        };
        let whole = words.next().is_none();
        Epoch::parse(epoch)
            .filter(|_| whole)
            .map(|epoch| Self { epoch, end })
    }

    /// The file's content.
    #[must_use]
    pub fn text(&self) -> String {
        let end = self.end.map(|end| format!(" {} {}", end.last, end.hash));
        format!("{VERSION} {}{}\n", self.epoch, end.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::EpochFile;
    use crate::chain::Hash;
    use crate::stamp::{End, Epoch};

    #[test]
    fn a_file_reads_back_and_a_damaged_one_is_none() {
        let epoch = Epoch::new(1_669_278_512_579);
        let end = End {
            last: 17,
            hash: Hash::of(b""),
        };
        for end in [None, Some(end)] {
            let file = EpochFile { epoch, end };
            assert_eq!(EpochFile::parse(&file.text()), Some(file));
            let cut = file.text();
            for (length, _) in cut.char_indices() {
                assert_eq!(EpochFile::parse(cut.split_at(length).0), None, "{length}");
            }
            assert_eq!(EpochFile::parse(&cut.replace("1669", "166x")), None);
            assert_eq!(
                EpochFile::parse(&format!("{} more\n", cut.trim_end())),
                None
            );
        }
    }
}
