//! A listener that pretends to be a broker, and keeps the token that it is shown.
//!
//! It speaks just enough of Kafka's protocol: ApiVersions 3, SaslHandshake 1 and SaslAuthenticate 1.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

const API_VERSIONS: i16 = 18;
const SASL_HANDSHAKE: i16 = 17;
const SASL_AUTHENTICATE: i16 = 36;

/// Runs until the process ends.
pub(crate) struct FakeListener {
    pub(crate) address: String,
    tokens: Receiver<String>,
}

impl FakeListener {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let (sender, tokens) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Some(token) = take_token(stream) {
                    let _ = sender.send(token);
                }
            }
        });
        Ok(Self { address, tokens })
    }

    pub(crate) fn token(&self) -> Result<String> {
        self.tokens
            .recv_timeout(Duration::from_secs(30))
            .context("nobody showed a token to the fake listener")
    }
}

fn take_token(mut stream: TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    loop {
        let request = read_frame(&mut stream)?;
        let key = i16::from_be_bytes(request.get(0..2)?.try_into().ok()?);
        let correlation = request.get(4..8)?;
        match key {
            API_VERSIONS => answer(&mut stream, correlation, &offered())?,
            // No error, and one mechanism.
            SASL_HANDSHAKE => {
                let mut body = vec![0, 0, 0, 0, 0, 1, 0, 11];
                body.extend_from_slice(b"OAUTHBEARER");
                answer(&mut stream, correlation, &body)?;
            }
            SASL_AUTHENTICATE => {
                let text = String::from_utf8_lossy(&request).into_owned();
                let (_, rest) = text.split_once("auth=Bearer ")?;
                return rest.split('\u{1}').next().map(ToOwned::to_owned);
            }
            _ => return None,
        }
    }
}

/// Compact array of (key, least, most version), each with an empty tag section.
fn offered() -> Vec<u8> {
    let apis = [
        (API_VERSIONS, 3),
        (SASL_HANDSHAKE, 1),
        (SASL_AUTHENTICATE, 1),
    ];
    let mut body = vec![0, 0, 4];
    for (key, version) in apis {
        let version: i16 = version;
        for number in [key, version, version] {
            body.extend_from_slice(&number.to_be_bytes());
        }
        body.push(0);
    }
    body.extend_from_slice(&[0; 5]);
    body
}

fn read_frame(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let length = u32::from_be_bytes(length).min(100_000);
    let mut frame = vec![0; length as usize];
    stream.read_exact(&mut frame).ok()?;
    Some(frame)
}

fn answer(stream: &mut TcpStream, correlation: &[u8], body: &[u8]) -> Option<()> {
    let length = u32::try_from(correlation.len() + body.len()).ok()?;
    let frame = [&length.to_be_bytes(), correlation, body].concat();
    stream.write_all(&frame).ok()
}
