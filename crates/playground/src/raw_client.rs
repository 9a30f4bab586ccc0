//! A client of one connection, whose requests can be counted: a log in by SASL, and as many requests as wanted.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::num::NonZeroU32;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use aws_lc_rs::{digest, hmac, pbkdf2};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const SASL_HANDSHAKE: (i16, i16) = (17, 1);
const SASL_AUTHENTICATE: (i16, i16) = (36, 0);
const API_VERSIONS: (i16, i16) = (18, 0);
const METADATA: (i16, i16) = (3, 4);

/// One connection.
#[derive(Debug)]
pub struct RawClient {
    stream: TcpStream,
    correlation_id: i32,
}

impl RawClient {
    /// Connects to a port of this machine.
    pub fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        // A request is written whole; waiting for more would only cost time.
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream,
            correlation_id: 0,
        })
    }

    /// Sends so many requests, one after another.
    pub fn ask(&mut self, times: usize) -> Result<()> {
        for _ in 0..times {
            let answer = self.call(API_VERSIONS, &[])?;
            ensure!(answer.starts_with(&[0, 0]), "{answer:?}");
        }
        Ok(())
    }

    /// Asks for a topic, without making it; Kafka's error code.
    pub fn metadata(&mut self, topic: &str) -> Result<i16> {
        let length = i16::try_from(topic.len())?;
        let topics = [0, 0, 0, 1];
        let body = [&topics[..], &length.to_be_bytes(), topic.as_bytes(), &[0]].concat();
        let answer = self.call(METADATA, &body)?;
        // It comes back: its error code stands before its name, which no address of a broker is.
        let name = [&length.to_be_bytes()[..], topic.as_bytes()].concat();
        let at = answer.windows(name.len()).position(|found| found == name);
        let code = at.and_then(|at| answer.get(..at)?.last_chunk::<2>());
        let code = code.with_context(|| format!("{topic} is not in {answer:?}"))?;
        Ok(i16::from_be_bytes(*code))
    }

    /// Logs in by SASL/PLAIN.
    pub fn plain(&mut self, user: &str, password: &str) -> Result<()> {
        self.choose("PLAIN")?;
        let said = format!("\0{user}\0{password}");
        self.say(said.as_bytes()).map(drop)
    }

    /// Logs in by SASL/OAUTHBEARER.
    pub fn token(&mut self, token: &str) -> Result<()> {
        self.choose("OAUTHBEARER")?;
        let said = format!("n,,\x01auth=Bearer {token}\x01\x01");
        let answer = self.say(said.as_bytes())?;
        let text = String::from_utf8_lossy(&answer);
        ensure!(answer.is_empty(), "the token was refused: {text}");
        Ok(())
    }

    /// RFC 5802, without channel binding.
    pub fn scram(&mut self, user: &str, password: &str) -> Result<()> {
        self.choose("SCRAM-SHA-256")?;
        let first = format!("n={user},r={}", uuid::Uuid::new_v4().simple());
        let answer = self.say(format!("n,,{first}").as_bytes())?;
        let answer = String::from_utf8(answer)?;
        let part = |name: &str| {
            let mut parts = answer.split(',');
            let found = parts.find_map(|part| part.strip_prefix(name));
            found.with_context(|| format!("{name} is not in {answer}"))
        };
        let iterations: NonZeroU32 = part("i=")?.parse()?;
        let salt = STANDARD.decode(part("s=")?)?;
        let mut salted = [0; 32];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(
            algorithm,
            iterations,
            &salt,
            password.as_bytes(),
            &mut salted,
        );
        let without_proof = format!("c=biws,r={}", part("r=")?);
        let key = sign(&salted, b"Client Key");
        let stored = digest::digest(&digest::SHA256, &key);
        let text = format!("{first},{answer},{without_proof}");
        let signature = sign(stored.as_ref(), text.as_bytes());
        let proof: Vec<u8> = key.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
        let last = format!("{without_proof},p={}", STANDARD.encode(proof));
        self.say(last.as_bytes()).map(drop)
    }

    fn choose(&mut self, mechanism: &str) -> Result<()> {
        let length = i16::try_from(mechanism.len())?;
        let body = [&length.to_be_bytes()[..], mechanism.as_bytes()].concat();
        let answer = self.call(SASL_HANDSHAKE, &body)?;
        ensure!(answer.starts_with(&[0, 0]), "{mechanism}: {answer:?}");
        Ok(())
    }

    fn say(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let length = i32::try_from(bytes.len())?;
        let body = [&length.to_be_bytes()[..], bytes].concat();
        let answer = self.call(SASL_AUTHENTICATE, &body)?;
        if !answer.starts_with(&[0, 0]) {
            bail!("refused: {}", String::from_utf8_lossy(&answer));
        }
        // No error has no message either: its length is -1; then come the bytes after their length.
        Ok(answer.get(8..).unwrap_or_default().to_vec())
    }

    fn call(&mut self, (key, version): (i16, i16), body: &[u8]) -> Result<Vec<u8>> {
        self.correlation_id += 1;
        let no_client_id: i16 = -1;
        let header = [
            &key.to_be_bytes()[..],
            &version.to_be_bytes(),
            &self.correlation_id.to_be_bytes(),
            &no_client_id.to_be_bytes(),
        ]
        .concat();
        let length = i32::try_from(header.len() + body.len())?;
        let request = [&length.to_be_bytes()[..], &header, body].concat();
        self.stream.write_all(&request)?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let mut answer = vec![0; usize::try_from(i32::from_be_bytes(length))?];
        self.stream.read_exact(&mut answer)?;
        ensure!(
            answer.starts_with(&self.correlation_id.to_be_bytes()),
            "an answer to another request: {answer:?}"
        );
        Ok(answer.split_off(4))
    }
}

fn sign(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text).as_ref().to_vec()
}
