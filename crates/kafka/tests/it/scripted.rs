//! A broker by script: enough of Kafka's protocol to log in and describe a cluster.
//!
//! It offers only SaslHandshake 1, SaslAuthenticate 1 and DescribeCluster 0, whose bytes are
//! written by hand here, from Kafka's message schemas.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use openmds_kafka::HostPort;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SASL_HANDSHAKE: u8 = 17;
const API_VERSIONS: u8 = 18;
const SASL_AUTHENTICATE: u8 = 36;
const DESCRIBE_CLUSTER: u8 = 60;

/// How the broker behaves.
#[derive(Clone, Default)]
pub(crate) struct Script {
    /// The last message of the login; empty is success.
    pub(crate) verdict: &'static [u8],
    /// How long a session lives, in milliseconds; 0 is for ever.
    pub(crate) session_lifetime_ms: i64,
    /// Closes each connection after so many DescribeCluster; 0 is never.
    pub(crate) closes_after: usize,
    /// Takes this long for a DescribeCluster.
    pub(crate) delay: Duration,
}

/// A running broker.
pub(crate) struct Broker {
    pub(crate) at: HostPort,
    logins: Arc<AtomicUsize>,
}

impl Broker {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let logins = Arc::new(AtomicUsize::new(0));
        let counted = logins.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, script.clone(), counted.clone()));
            }
        });
        Self {
            at: HostPort {
                host: "127.0.0.1".into(),
                port,
            },
            logins,
        }
    }

    /// How many logins were tried.
    pub(crate) fn logins(&self) -> usize {
        self.logins.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, script: Script, logins: Arc<AtomicUsize>) -> Option<()> {
    let mut described = 0;
    loop {
        let length = stream.read_u32().await.ok()?;
        let mut request = vec![0; length as usize];
        stream.read_exact(&mut request).await.ok()?;
        let mut answer = request.get(4..8)?.to_vec();
        match *request.get(1)? {
            API_VERSIONS => {
                answer.extend([0, 0, 4]);
                for (key, version) in [
                    (SASL_HANDSHAKE, 1),
                    (SASL_AUTHENTICATE, 1),
                    (DESCRIBE_CLUSTER, 0),
                ] {
                    answer.extend([0, key, 0, version, 0, version, 0]);
                }
                answer.extend([0, 0, 0, 0, 0]);
            }
            SASL_HANDSHAKE => answer.extend([0; 6]),
            SASL_AUTHENTICATE => {
                logins.fetch_add(1, Ordering::SeqCst);
                answer.extend([0, 0, 0xff, 0xff]);
                answer.extend(u32::try_from(script.verdict.len()).unwrap().to_be_bytes());
                answer.extend(script.verdict);
                answer.extend(script.session_lifetime_ms.to_be_bytes());
            }
            DESCRIBE_CLUSTER => {
                tokio::time::sleep(script.delay).await;
                described += 1;
                answer.push(0);
                answer.extend([0, 0, 0, 0, 0, 0, 0]);
                answer.extend([4, b'c', b'-', b'1']);
                answer.extend(1_u32.to_be_bytes());
                answer.extend([1, 0x80, 0, 0, 0, 0]);
            }
            _ => return None,
        }
        stream
            .write_u32(u32::try_from(answer.len()).unwrap())
            .await
            .ok()?;
        stream.write_all(&answer).await.ok()?;
        if script.closes_after > 0 && described == script.closes_after {
            return None;
        }
    }
}
