//! What producers compress batches with (`org.apache.kafka.common.record.CompressionType`).

use std::borrow::Cow;
use std::io::Read;

/// No batch is larger: a small one must not ask for all the memory there is.
const LARGEST: u64 = 256 << 20;

/// The records of a batch, by the number of its compression.
pub(super) fn decompressed(kind: i16, bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    let read = match kind {
        0 => return Ok(Cow::Borrowed(bytes)),
        1 => all(flate2::read::MultiGzDecoder::new(bytes), "gzip"),
        2 => snappy(bytes),
        3 => all(lz4_flex::frame::FrameDecoder::new(bytes), "lz4"),
        4 => match ruzstd::decoding::StreamingDecoder::new(bytes) {
            Ok(decoder) => all(decoder, "zstd"),
            Err(error) => Err(format!("it is not zstd: {error}")),
        },
        other => Err(format!("its compression has the unknown number {other}")),
    };
    read.map(Cow::Owned)
}

fn all(decoder: impl Read, name: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let read = decoder
        .take(LARGEST.saturating_add(1))
        .read_to_end(&mut out);
    let read = read.map_err(|error| format!("it is not {name}: {error}"))?;
    match u64::try_from(read) {
        Ok(read) if read <= LARGEST => Ok(out),
        _ => Err(format!("it has more than {LARGEST} bytes unpacked")),
    }
}

/// Java's stream of blocks (xerial), else one block.
fn snappy(bytes: &[u8]) -> Result<Vec<u8>, String> {
    const MAGIC: &[u8] = b"\x82SNAPPY\0";
    /// Magic, version, and the version that can read it.
    const HEADER: usize = 16;
    let cut = || "it is not snappy: a block is cut".to_owned();
    let mut out = Vec::new();
    if !bytes.starts_with(MAGIC) {
        block(bytes, &mut out)?;
        return Ok(out);
    }
    let mut rest = bytes.get(HEADER..).ok_or_else(cut)?;
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| cut())?;
        let (one, behind) = behind.split_at_checked(length).ok_or_else(cut)?;
        block(one, &mut out)?;
        rest = behind;
    }
    Ok(out)
}

fn block(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let length =
        snap::raw::decompress_len(bytes).map_err(|error| format!("it is not snappy: {error}"))?;
    let total = u64::try_from(out.len().saturating_add(length)).unwrap_or(u64::MAX);
    if total > LARGEST {
        return Err(format!("it has more than {LARGEST} bytes unpacked"));
    }
    let unpacked = snap::raw::Decoder::new()
        .decompress_vec(bytes)
        .map_err(|error| format!("it is not snappy: {error}"))?;
    out.extend_from_slice(&unpacked);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const TEXT: &[u8] = b"the same, the same, the same, the same";

    #[test]
    fn every_compression_reads_back() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(TEXT).unwrap();
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        lz4.write_all(TEXT).unwrap();
        let zstd =
            ruzstd::encoding::compress_to_vec(TEXT, ruzstd::encoding::CompressionLevel::Fastest);
        let raw = snap::raw::Encoder::new().compress_vec(TEXT).unwrap();
        let mut xerial = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
        for _ in 0..2 {
            xerial.extend_from_slice(&u32::try_from(raw.len()).unwrap().to_be_bytes());
            xerial.extend_from_slice(&raw);
        }
        let cases = [
            (1, gzip.finish().unwrap()),
            (2, raw),
            (3, lz4.finish().unwrap()),
            (4, zstd),
        ];
        for (kind, bytes) in cases {
            assert_eq!(decompressed(kind, &bytes).unwrap().as_ref(), TEXT, "{kind}");
            let half = &bytes[..bytes.len() / 2];
            assert!(decompressed(kind, half).is_err(), "{kind}");
        }
        assert_eq!(
            decompressed(2, &xerial).unwrap().as_ref(),
            [TEXT, TEXT].concat()
        );
        assert!(decompressed(7, TEXT).unwrap_err().contains("number 7"));
        assert_eq!(decompressed(0, TEXT).unwrap().as_ref(), TEXT);
    }

    #[test]
    fn a_small_batch_cannot_ask_for_all_memory() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![0; 1 << 20];
        (0..257).for_each(|_| gzip.write_all(&zeros).unwrap());
        let bytes = gzip.finish().unwrap();
        assert!(bytes.len() < 1 << 20);
        assert!(decompressed(1, &bytes).unwrap_err().contains("more than"));
        // Its first bytes say that it unpacks to 4 GiB.
        assert!(
            decompressed(2, b"\xff\xff\xff\xff\x0f\0")
                .unwrap_err()
                .contains("more than")
        );
    }
}
