//! Segments of a spool, read as `spec/spool.md` describes them: for whoever looks for something in them.

use anyhow::{Context as _, Result};

const MARK: [u8; 4] = [0xFE, b'O', b'M', b'B'];
const HEAD: usize = 56;

fn figure(block: &[u8], at: usize) -> Result<usize> {
    let bytes = block.get(at..at + 4).context("a whole head")?;
    Ok(u32::from_be_bytes(bytes.try_into()?) as usize)
}

/// What all of its whole blocks hold.
pub(crate) fn unpacked(segment: &[u8]) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for from in memchr::memmem::find_iter(segment, &MARK) {
        let block = &segment[from..];
        // Somebody may just be writing it.
        let end = figure(block, 4).map_or(usize::MAX, |packed| HEAD + packed);
        let Some(packed) = block.get(HEAD..end) else {
            continue;
        };
        let mut bytes = Vec::new();
        let mut packed = packed.iter();
        while let Some(byte) = packed.next() {
            let more = if *byte == 0xFD {
                packed.next().copied()
            } else {
                None
            };
            bytes.push(byte + more.unwrap_or(0));
        }
        let size = figure(block, 48)?;
        if bytes.len() != size {
            bytes = lz4_flex::block::decompress(&bytes, size)?;
        }
        all.extend(bytes);
    }
    Ok(all)
}
