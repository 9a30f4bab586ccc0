//! The programs that are measured, each in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::Runtime;

/// A running program, killed when it is dropped.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) ready_after: Duration,
    child: Child,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Program {
    /// Resident memory.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
            * 1024
    }
}

fn running(name: &'static str, mut command: Command) -> Program {
    let begun = Instant::now();
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    let address = loop {
        let mut line = String::new();
        assert!(
            lines.read_line(&mut line).unwrap() > 0,
            "{name} ended: {said}"
        );
        if let Some((_, address)) = line.split_once("listening on http://") {
            break address.trim().parse().unwrap();
        }
        said.push_str(&line);
    };
    let ready_after = begun.elapsed();
    // What it goes on to say must not block it.
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        lines.read_to_end(&mut rest)
    });
    Program {
        name,
        address,
        ready_after,
        child,
    }
}

/// The handler of [`crate::bare`].
pub(crate) fn start_bare() -> Program {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("bare");
    running("bare", command)
}

/// The real server above the store in the folder. The bare handler keeps no audit trail; `audited`
/// says whether the server does.
pub(crate) fn start(openmds: &Path, folder: &Path, audited: bool) -> Program {
    let key = folder.join("key.pem");
    openmds_server::tokens::generate(&key, openmds_server::tokens::SigningAlgorithm::Rs256)
        .unwrap();
    std::fs::write(folder.join("users"), "mds:secret\n").unwrap();
    let config = folder.join("server.properties");
    let text = format!(
        "super.users=User:mds\n\
         confluent.metadata.server.listeners=http://127.0.0.1:0\n\
         confluent.metadata.server.user.store.file.path={users}\n\
         confluent.metadata.server.token.key.path={key}\n\
         confluent.metadata.bootstrap.servers=127.0.0.1:1\n\
         openmds.cluster.id=home\n\
         confluent.security.event.logger.enable={audited}\n\
         openmds.store.path={store}\n",
        users = folder.join("users").display(),
        key = key.display(),
        store = folder.join("store").display(),
    );
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new(openmds);
    command.args(["server", "start", "--config"]).arg(&config);
    command
        .env("OPENMDS_LOG", "openmds_server::serve=info,warn")
        .env("NO_COLOR", "1");
    running(if audited { "audited" } else { "openmds" }, command)
}

/// A token of the super user.
pub(crate) fn token(program: &Program, runtime: &Runtime) -> String {
    let basic = STANDARD.encode("mds:secret");
    let request = format!(
        "GET /security/1.0/authenticate HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {basic}\r\nConnection: close\r\n\r\n"
    );
    runtime.block_on(async {
        let mut stream = tokio::net::TcpStream::connect(program.address)
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value =
            serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
        body["auth_token"].as_str().unwrap().to_string()
    })
}
