//! How long a connection may stand still.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

/// What a connection is made of.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// As many bytes as tell HTTP/1 from HTTP/2; fewer make no request.
const BEGINNING: usize = 24;

/// A connection that ends when nothing has moved for a time. It must begin to speak sooner; hyper
/// watches over the rest of a head.
pub(super) struct Patience {
    stream: Box<dyn Stream>,
    beginning: Instant,
    idle: Duration,
    read: usize,
    moved: Instant,
    alarm: Pin<Box<Sleep>>,
    _room: OwnedSemaphorePermit,
}

impl Patience {
    pub(super) fn new(
        stream: Box<dyn Stream>,
        beginning: Duration,
        idle: Duration,
        room: OwnedSemaphorePermit,
    ) -> Self {
        let now = Instant::now();
        Self {
            stream,
            beginning: now + beginning,
            idle,
            read: 0,
            moved: now,
            alarm: Box::pin(sleep_until(now + beginning.min(idle))),
            _room: room,
        }
    }

    fn moved(&mut self) {
        self.moved = Instant::now();
    }

    /// Fails once nothing has moved for too long.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        while self.alarm.as_mut().poll(context).is_ready() {
            let mut due = self.moved + self.idle;
            if self.read < BEGINNING {
                due = due.min(self.beginning);
            }
            if due <= Instant::now() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.alarm.as_mut().reset(due);
        }
        Poll::Pending
    }
}

impl AsyncRead for Patience {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Pending => self.wait(context),
            Poll::Ready(read) => {
                self.read += buffer.filled().len() - before;
                self.moved();
                Poll::Ready(read)
            }
        }
    }
}

impl AsyncWrite for Patience {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Pending => self.wait(context),
            Poll::Ready(written) => {
                // A request shorter than a beginning has been answered.
                self.read += BEGINNING;
                self.moved();
                Poll::Ready(written)
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending => self.wait(context),
            Poll::Ready(flushed) => Poll::Ready(flushed),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(context) {
            Poll::Pending => self.wait(context),
            Poll::Ready(shut) => Poll::Ready(shut),
        }
    }
}
