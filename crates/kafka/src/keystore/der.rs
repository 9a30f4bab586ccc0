//! As much of DER as encrypted private keys need (X.690).

use super::cursor::Cursor;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const OBJECT: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// The rest of some DER.
pub(super) struct Der<'a>(Cursor<'a>);

impl<'a> Der<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(Cursor(bytes))
    }

    /// The content of the next value, if it has this tag; otherwise nothing is read.
    pub(super) fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut rest = Cursor(self.0.0);
        let found = rest.take(1)?;
        if found != [tag] {
            return None;
        }
        let first = usize::from(*rest.take(1)?.first()?);
        let length = match first {
            0..=0x7f => first,
            0x81..=0x84 => {
                let bytes = rest.take(first - 0x80)?.iter();
                bytes.fold(0, |length, byte| length << 8 | usize::from(*byte))
            }
            _ => return None,
        };
        let content = rest.take(length)?;
        self.0 = rest;
        Some(content)
    }

    /// The next value, a sequence, to be read on.
    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.next(SEQUENCE).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short_or_long() {
        let long = [&[OCTETS, 0x81, 0x80][..], &[7; 128]].concat();
        assert_eq!(Der::new(&long).next(OCTETS).unwrap().len(), 128);
        let mut der = Der::new(&[SEQUENCE, 3, INTEGER, 1, 5, OCTETS, 0]);
        assert!(der.next(OCTETS).is_none());
        assert_eq!(der.sequence().unwrap().next(INTEGER), Some(&[5][..]));
        assert_eq!(der.next(OCTETS), Some(&[][..]));
        for damaged in [
            &[][..],
            &[4],
            &[4, 1],
            &[4, 0x80],
            &[4, 0x85, 0, 0, 0, 0, 1],
            &[4, 0x84, 255, 255, 255, 255],
        ] {
            assert!(Der::new(damaged).next(OCTETS).is_none(), "{damaged:?}");
        }
    }
}
