//! A stand-in for the metadata server: canned answers on a free port of the loopback interface, every request recorded.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The first byte of a client that speaks TLS.
const TLS_HANDSHAKE: u8 = 22;

/// What the stand-in answers to one kind of request.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    pub(crate) fn error(status: u16, message: &str) -> Self {
        let body =
            serde_json::json!({ "status_code": status, "error_code": status, "message": message });
        Self::json(status, body.to_string())
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

#[derive(Default)]
struct Script {
    replies: HashMap<String, VecDeque<Reply>>,
    /// `METHOD path`, and the body if there is one.
    requests: Vec<String>,
    headers: Vec<String>,
    /// Bearer tokens that are taken. Empty: all.
    tokens: Vec<String>,
    lifetime_seconds: i64,
}

/// The running stand-in; it ends with the test's runtime.
pub(crate) struct StandIn {
    pub(crate) url: String,
    script: Arc<Mutex<Script>>,
}

impl StandIn {
    pub(crate) async fn start(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script {
            lifetime_seconds: 3600,
            ..Script::default()
        }));
        let shared = Arc::clone(&script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(stream, &script, false).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                let has_certificate =
                                    stream.get_ref().1.peer_certificates().is_some();
                                converse(stream, &script, has_certificate).await;
                            }
                        }
                    }
                });
            }
        });
        Self { url, script }
    }

    /// The next answer to `METHOD path?query`; the last one given is repeated.
    pub(crate) fn on(&self, request: &str, reply: Reply) -> &Self {
        let mut script = self.script.lock().unwrap();
        script
            .replies
            .entry(request.to_owned())
            .or_default()
            .push_back(reply);
        self
    }

    /// No answer is canned for a request any more.
    pub(crate) fn forget(&self, request: &str) -> &Self {
        self.script.lock().unwrap().replies.remove(request);
        self
    }

    /// Tokens given out from now on hold so long.
    pub(crate) fn tokens_hold(&self, seconds: i64) {
        self.script.lock().unwrap().lifetime_seconds = seconds;
    }

    /// No token given out so far is taken any more.
    pub(crate) fn change_key(&self) {
        self.script.lock().unwrap().tokens = vec!["none so far".to_owned()];
    }

    /// All requests since the last call, log ins left out.
    pub(crate) fn requests(&self) -> String {
        let requests = std::mem::take(&mut self.script.lock().unwrap().requests);
        let log_in = |request: &String| request.starts_with("GET /security/1.0/authenticate");
        requests
            .into_iter()
            .filter(|request| !log_in(request))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The number of log ins among all requests since the last call.
    pub(crate) fn log_ins(&self) -> usize {
        let requests = std::mem::take(&mut self.script.lock().unwrap().requests);
        requests
            .iter()
            .filter(|request| request.contains("/authenticate"))
            .count()
    }

    /// The headers of the last request, in lower case.
    pub(crate) fn last_headers(&self) -> String {
        self.last_headers_as_sent().to_ascii_lowercase()
    }

    pub(crate) fn last_headers_as_sent(&self) -> String {
        let script = self.script.lock().unwrap();
        script.headers.last().cloned().unwrap_or_default()
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: &Mutex<Script>,
    has_certificate: bool,
) {
    let mut bytes = Vec::new();
    let head = loop {
        if bytes.first() == Some(&TLS_HANDSHAKE) {
            drop(stream.write_all(b"HTTP/1.1 400 X\r\n\r\n").await);
            return;
        }
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break String::from_utf8_lossy(&bytes[..end]).into_owned();
        }
        match stream.read_buf(&mut bytes).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
    };
    let header = |name: &str| {
        head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    let length: usize = header("content-length").map_or(0, |length| length.parse().unwrap());
    let begin = head.len() + 4;
    while bytes.len() < begin + length {
        if stream.read_buf(&mut bytes).await.unwrap() == 0 {
            return;
        }
    }
    let body = String::from_utf8_lossy(&bytes[begin..]).into_owned();
    let line = head
        .lines()
        .next()
        .unwrap()
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let reply = {
        let mut script = script.lock().unwrap();
        let separator = if body.is_empty() { "" } else { " " };
        script.requests.push(format!("{line}{separator}{body}"));
        script.headers.push(head.clone());
        answer(
            &mut script,
            &line,
            header("authorization").as_deref(),
            has_certificate,
        )
    };
    let mut response = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", reply.status);
    if reply.status != 204 {
        response.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    for (name, value) in &reply.headers {
        response.push_str(&format!("{name}: {value}\r\n"));
    }
    response.push_str("\r\n");
    response.push_str(&reply.body);
    drop(stream.write_all(response.as_bytes()).await);
    drop(stream.shutdown().await);
}

fn answer(
    script: &mut Script,
    line: &str,
    authorization: Option<&str>,
    has_certificate: bool,
) -> Reply {
    let unauthorized = || Reply::error(401, "Unauthorized");
    let taken = match authorization {
        Some(bearer) if bearer.starts_with("Bearer ") => {
            script.tokens.is_empty()
                || script
                    .tokens
                    .iter()
                    .any(|token| bearer.ends_with(token.as_str()))
        }
        _ => false,
    };
    if line == "GET /security/1.0/authenticate" && !script.replies.contains_key(line) {
        let user = match authorization {
            Some(basic) if basic.starts_with("Basic ") => {
                let decoded = STANDARD.decode(basic.trim_start_matches("Basic ")).unwrap();
                match String::from_utf8(decoded).unwrap().split_once(':') {
                    Some((user, "secret")) => user.to_owned(),
                    _ => return unauthorized(),
                }
            }
            None if has_certificate => "carol".to_owned(),
            _ => return unauthorized(),
        };
        let token = token(&user, script.lifetime_seconds);
        if !script.tokens.is_empty() {
            script.tokens.push(token.clone());
        }
        let body =
            serde_json::json!({ "auth_token": token, "token_type": "Bearer", "expires_in": 3600 });
        return Reply::json(200, body.to_string());
    }
    let open = ["GET /v1/metadata/id", "GET /security/1.0/features"].contains(&line)
        || line.starts_with("POST /security/1.0/oidc/device/")
        || line.ends_with("/authenticate");
    if !open && !taken {
        return unauthorized();
    }
    match script.replies.get_mut(line) {
        None => Reply::error(404, &format!("no answer is canned for {line}")),
        Some(replies) if replies.len() > 1 => replies.pop_front().unwrap(),
        Some(replies) => replies.front().unwrap().clone(),
    }
}

/// A token as the stand-in gives out.
pub(crate) fn token(user: &str, lifetime_seconds: i64) -> String {
    let expires_at = jiff::Timestamp::now().as_second() + lifetime_seconds;
    // A JWT says when it was made, so two are never the same.
    let payload = serde_json::json!({ "sub": user, "exp": expires_at, "jti": jiff::Timestamp::now().as_nanosecond().to_string() });
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload.to_string()))
}
