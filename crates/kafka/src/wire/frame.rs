//! Kafka's framing: a four-byte length, then so many bytes.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A listener's byte stream, with or without TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

/// Larger than any answer to what we ask; a larger length is no Kafka frame.
const MAX_FRAME_BYTES: usize = 16 << 20;

/// The first bytes of a TLS alert record, read as the length of a frame.
const TLS_ALERT: [u8; 2] = [0x15, 0x03];

/// How reading or writing a frame failed.
#[derive(Debug)]
pub(super) enum FrameError {
    /// The connection is gone.
    Lost(io::Error),
    /// The other side speaks TLS, we do not.
    SpeaksTls,
    /// The length is none of Kafka's.
    Length(i64),
}

impl From<io::Error> for FrameError {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

/// Writes a frame whose first four bytes are room for the length.
pub(super) async fn write(stream: &mut dyn Stream, mut frame: BytesMut) -> Result<(), FrameError> {
    let length = frame.len().saturating_sub(4);
    let prefix = u32::try_from(length).map_err(|_| FrameError::Length(-1))?;
    if let Some(room) = frame.get_mut(..4) {
        room.copy_from_slice(&prefix.to_be_bytes());
    }
    stream.write_all(&frame).await?;
    stream.flush().await?;
    Ok(())
}

/// Reads one frame without its length.
pub(super) async fn read(stream: &mut dyn Stream) -> Result<Bytes, FrameError> {
    let mut prefix = [0; 4];
    stream.read_exact(&mut prefix).await?;
    if prefix.starts_with(&TLS_ALERT) {
        return Err(FrameError::SpeaksTls);
    }
    let length = i32::from_be_bytes(prefix);
    match usize::try_from(length) {
        Ok(length) if length <= MAX_FRAME_BYTES => {
            let mut frame = BytesMut::zeroed(length);
            stream.read_exact(&mut frame).await?;
            Ok(frame.freeze())
        }
        _ => Err(FrameError::Length(i64::from(length))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_round_trip() {
        let (mut near, mut far) = tokio::io::duplex(64);
        write(&mut near, BytesMut::from(&b"\0\0\0\0hello"[..]))
            .await
            .unwrap();
        assert_eq!(read(&mut far).await.unwrap(), Bytes::from_static(b"hello"));
        drop(near);
        assert!(matches!(read(&mut far).await, Err(FrameError::Lost(_))));
    }

    #[tokio::test]
    async fn tls_and_nonsense_are_told_apart() {
        for (bytes, tls) in [
            (*b"\x15\x03\x03\0", true),
            (*b"HTTP", false),
            (*b"\xff\0\0\0", false),
        ] {
            let (mut near, mut far) = tokio::io::duplex(64);
            near.write_all(&bytes).await.unwrap();
            let error = read(&mut far).await.unwrap_err();
            assert_eq!(matches!(error, FrameError::SpeaksTls), tls, "{error:?}");
            assert_eq!(matches!(error, FrameError::Length(_)), !tls, "{error:?}");
        }
    }
}
