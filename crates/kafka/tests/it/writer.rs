//! The writer against a broker by script: Metadata 4 and Produce 3, whose bytes are written by hand
//! here, from Kafka's message schemas.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use openmds_kafka::{Connector, EventRecord, HostPort, KafkaError, WireConnector};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::plaintext;

const PRODUCE: u8 = 0;
const METADATA: u8 = 3;
const API_VERSIONS: u8 = 18;

/// A broker that leads the one partition of the topic `t`, and answers each Produce with the next
/// of these codes; the last one for ever.
struct Broker {
    at: HostPort,
    /// Keys of the requests it got, ApiVersions left out.
    asked: Arc<Mutex<Vec<u8>>>,
    connections: Arc<Mutex<usize>>,
}

impl Broker {
    async fn start(codes: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let broker = Self {
            at: HostPort {
                host: "127.0.0.1".into(),
                port,
            },
            asked: Arc::default(),
            connections: Arc::default(),
        };
        let (asked, connections) = (broker.asked.clone(), broker.connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                tokio::spawn(serve(stream, port, codes, asked.clone()));
            }
        });
        broker
    }

    async fn write(&self, timeout: Duration) -> Result<(), KafkaError> {
        let connection = plaintext(std::slice::from_ref(&self.at), timeout);
        let writer = WireConnector.connect_writer(&connection).await.unwrap();
        let record = EventRecord {
            value: b"{}".to_vec(),
            timestamp_ms: 1,
            headers: vec![],
        };
        writer.write("t", std::slice::from_ref(&record)).await?;
        writer.write("t", &[record]).await
    }

    fn asked(&self) -> Vec<u8> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    port: u16,
    codes: &'static [u8],
    asked: Arc<Mutex<Vec<u8>>>,
) -> Option<()> {
    loop {
        let length = stream.read_u32().await.ok()?;
        let mut request = vec![0; length as usize];
        stream.read_exact(&mut request).await.ok()?;
        let key = *request.get(1)?;
        let mut answer = request.get(4..8)?.to_vec();
        if key != API_VERSIONS {
            asked.lock().unwrap().push(key);
        }
        match key {
            API_VERSIONS => {
                answer.extend([0, 0, 3]);
                for (key, version) in [(PRODUCE, 3), (METADATA, 4)] {
                    answer.extend([0, key, 0, version, 0, version, 0]);
                }
                answer.extend([0, 0, 0, 0, 0]);
            }
            METADATA => {
                answer.extend([0; 4]);
                answer.extend([0, 0, 0, 1, 0, 0, 0, 7, 0, 9]);
                answer.extend(b"127.0.0.1");
                answer.extend(u32::from(port).to_be_bytes());
                answer.extend([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7]);
                answer.extend([0, 0, 0, 1, 0, 0, 0, 1, b't', 0, 0, 0, 0, 1]);
                answer.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0]);
            }
            PRODUCE => {
                let nth = asked
                    .lock()
                    .unwrap()
                    .iter()
                    .filter(|key| **key == PRODUCE)
                    .count();
                let code = codes.get(nth - 1).or(codes.last())?;
                answer.extend([0, 0, 0, 1, 0, 1, b't', 0, 0, 0, 1, 0, 0, 0, 0, 0, *code]);
                answer.extend([0; 16]);
                answer.extend([0; 4]);
            }
            _ => return None,
        }
        let length = u32::try_from(answer.len()).unwrap();
        stream.write_u32(length).await.ok()?;
        stream.write_all(&answer).await.ok()?;
    }
}

#[tokio::test]
async fn records_go_to_the_leader_over_one_connection() {
    let broker = Broker::start(&[0]).await;
    broker.write(Duration::from_secs(5)).await.unwrap();
    assert_eq!(broker.asked(), [METADATA, PRODUCE, PRODUCE]);
    assert_eq!(*broker.connections.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_leader_that_moved_is_looked_for_again() {
    const NOT_LEADER_OR_FOLLOWER: u8 = 6;
    let broker = Broker::start(&[NOT_LEADER_OR_FOLLOWER, 0]).await;
    broker.write(Duration::from_secs(5)).await.unwrap();
    assert_eq!(
        broker.asked(),
        [METADATA, PRODUCE, METADATA, PRODUCE, PRODUCE]
    );
}

#[tokio::test]
async fn a_missing_right_ends_it_at_once() {
    const TOPIC_AUTHORIZATION_FAILED: u8 = 29;
    let broker = Broker::start(&[TOPIC_AUTHORIZATION_FAILED]).await;
    let error = broker.write(Duration::from_secs(5)).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("missing right: Write on Topic t"), "{text}");
    assert_eq!(broker.asked(), [METADATA, PRODUCE]);
}

#[tokio::test]
async fn a_topic_that_stays_unknown_is_named() {
    const UNKNOWN_TOPIC_OR_PARTITION: u8 = 3;
    let broker = Broker::start(&[UNKNOWN_TOPIC_OR_PARTITION]).await;
    let error = broker.write(Duration::from_millis(300)).await.unwrap_err();
    assert!(
        matches!(&error, KafkaError::UnknownTopic { topic, .. } if topic == "t"),
        "{error}"
    );
    assert!(
        broker.asked().len() > 3,
        "it was asked more than once: {:?}",
        broker.asked()
    );
}
