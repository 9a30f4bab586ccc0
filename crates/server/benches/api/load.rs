//! Asking over a few connections, with as little work of its own as can be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep_until};

use crate::data::Request;

const CONNECTIONS: usize = 8;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(8);

struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(4096),
        }
    }

    /// Sends one request and reads its answer, which must be the right one.
    async fn ask(&mut self, request: &Request) {
        self.stream.write_all(&request.bytes).await.unwrap();
        self.buffer.clear();
        let head = loop {
            assert!(
                self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                "closed"
            );
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        assert!(
            text.starts_with("http/1.1 20"),
            "{}",
            String::from_utf8_lossy(&self.buffer)
        );
        let length = text.split("content-length: ").nth(1).map_or(0, |rest| {
            rest.split("\r\n").next().unwrap().trim().parse().unwrap()
        });
        while self.buffer.len() < head + length {
            assert!(
                self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                "closed"
            );
        }
        assert_eq!(&self.buffer[head..], request.answer.as_bytes());
    }
}

/// Requests a second when each connection asks again as soon as it has its answer.
pub(crate) fn rate(runtime: &Runtime, address: SocketAddr, requests: &[Request]) -> f64 {
    runtime.block_on(async {
        let start = Instant::now() + WARM_UP;
        let end = start + MEASURED;
        let lines = (0..CONNECTIONS).map(|index| async move {
            let mut line = Line::open(address).await;
            let mut counted = 0_u32;
            for request in requests.iter().cycle().skip(index * 97) {
                line.ask(request).await;
                let now = Instant::now();
                if now >= end {
                    break;
                }
                counted += u32::from(now >= start);
            }
            counted
        });
        let counted: u32 = join(lines).await.iter().sum();
        f64::from(counted) / MEASURED.as_secs_f64()
    })
}

/// The 99th percentile of the time from when a request is due to its answer, at this rate.
pub(crate) fn p99(
    runtime: &Runtime,
    address: SocketAddr,
    requests: &[Request],
    rate: f64,
) -> Duration {
    runtime.block_on(async {
        let start = Instant::now() + Duration::from_millis(100);
        let between = Duration::from_secs_f64(CONNECTIONS as f64 / rate);
        let each = (MEASURED.as_secs_f64() / between.as_secs_f64()) as u32;
        let lines = (0..CONNECTIONS).map(|index| async move {
            let mut line = Line::open(address).await;
            let mut times = Vec::new();
            let own = start + between.mul_f64(index as f64 / CONNECTIONS as f64);
            for (count, request) in (0..each).zip(requests.iter().cycle().skip(index * 97)) {
                let due = own + between * count;
                sleep_until(due).await;
                line.ask(request).await;
                times.push(due.elapsed());
            }
            times
        });
        let mut times: Vec<Duration> = join(lines).await.into_iter().flatten().collect();
        times.sort_unstable();
        times[times.len() * 99 / 100]
    })
}

/// Requests a second until each was answered once.
pub(crate) fn all(runtime: &Runtime, address: SocketAddr, requests: &[Request]) -> f64 {
    runtime.block_on(async {
        let next = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let lines = (0..CONNECTIONS).map(|_| {
            let next = Arc::clone(&next);
            async move {
                let mut line = Line::open(address).await;
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    line.ask(request).await;
                }
            }
        });
        join(lines).await;
        requests.len() as f64 / start.elapsed().as_secs_f64()
    })
}

/// Runs them side by side on this thread: the load generator takes one core at most.
async fn join<T>(lines: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut lines: Vec<_> = lines.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = lines.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (line, done) in lines.iter_mut().zip(&mut done) {
            if done.is_none() {
                match line.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
