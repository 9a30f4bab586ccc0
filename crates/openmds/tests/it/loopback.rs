//! A metadata server in this process, on a loopback port, over clusters in memory; the program as
//! its client.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use openmds_kafka::HostPort;
use openmds_kafka::fake::{FakeCall, FakeCluster, FakeFleet};
use openmds_server::app::App;
use openmds_server::config::Settings;
use openmds_server::store::{AuditRecord, Generation, SqliteLog};
use openmds_server::time::{Clock, SystemClock};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::process::{openmds, run};

/// Never dialled: they only name clusters in memory.
pub(crate) const HOME: &str = "127.0.0.1:9101";
const LOGS: &str = "127.0.0.1:9301";
const ROUTER_CONFIG: &str = "confluent.security.event.router.config";

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) exit_code: Option<i32>,
    pub(crate) out: String,
    pub(crate) errors: String,
}

/// All that a document may change outside its author's terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    stored: Option<(Generation, AuditRecord)>,
    pushed: Option<String>,
}

/// The server with its clusters. No cluster is registered: documents are pushed to the home cluster.
pub(crate) struct Loopback {
    pub(crate) folder: TempDir,
    url: String,
    app: Arc<App>,
    home: FakeCluster,
    logs: FakeCluster,
    runtime: Option<Runtime>,
}

fn cluster(fleet: &FakeFleet, id: &str, address: &str) -> FakeCluster {
    let address: HostPort = address.parse().unwrap();
    let cluster = FakeCluster::new(id);
    cluster.add_broker(1, &address);
    fleet.add(&address, &cluster);
    cluster
}

impl Loopback {
    /// Starts a server whose destination cluster can also be reached at `destinations`.
    pub(crate) fn start(destinations: &BTreeSet<HostPort>) -> Self {
        Self::with(destinations, "", Arc::new(SystemClock))
    }

    /// Starts a server with more lines in its property file; `[FOLDER]` in them is its folder.
    pub(crate) fn with(
        destinations: &BTreeSet<HostPort>,
        properties: &str,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let fleet = FakeFleet::new();
        let home = cluster(&fleet, "home-id", HOME);
        let logs = cluster(&fleet, "logs-id", LOGS);
        for address in destinations {
            fleet.add(address, &logs);
        }
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&folder, destinations, properties);
        let log = Arc::new(SqliteLog::open(&settings.store_path).unwrap());
        let runtime = Runtime::new().unwrap();
        let assembled = openmds_server::assemble(settings, Arc::new(fleet), clock, log);
        let (app, driver) = runtime.block_on(assembled).unwrap();
        runtime.spawn(driver.run());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let make = openmds_server::http::router(Arc::clone(&app)).into_make_service();
        runtime.spawn(async move { axum_server::from_tcp(listener).unwrap().serve(make).await });
        Self {
            folder,
            url,
            app,
            home,
            logs,
            runtime: Some(runtime),
        }
    }

    /// Runs `openmds ARGUMENTS` as the super user. The first command logs in; later ones find its
    /// session.
    pub(crate) fn openmds(&self, arguments: &[&str]) -> Said {
        self.openmds_as("mds", arguments)
    }

    /// Runs `openmds ARGUMENTS` as a user of the file of users.
    pub(crate) fn openmds_as(&self, user: &str, arguments: &[&str]) -> Said {
        let mut command = self.command(user, arguments);
        command
            .env("OPENMDS_USERNAME", user)
            .env("OPENMDS_PASSWORD", format!("{user}-secret"));
        self.said(command)
    }

    /// `openmds ARGUMENTS` in somebody's terminal, where nothing but the server's address is known
    /// unless a command before it has logged in.
    pub(crate) fn command(&self, terminal: &str, arguments: &[&str]) -> Command {
        let mut command = openmds(&self.folder.path().join(terminal));
        command.args(arguments).env("OPENMDS_URL", &self.url);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn said(&self, mut command: Command) -> Said {
        let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        let (exit_code, out, errors) = run(&mut command);
        assert!(
            !errors.contains("no answer from"),
            "{arguments:?}: {errors}"
        );
        Said {
            exit_code,
            out,
            errors,
        }
    }

    /// Lets the home cluster's broker name this class as its authorizer.
    pub(crate) fn home_runs(&self, class: &str) {
        self.home.set_override(1, "authorizer.class.name", class);
    }

    /// Sends what the program does not send, and answers status and body.
    pub(crate) fn send(&self, method: &str, path: &str, body: Option<String>) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]);
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/security/1.0{path}", self.url);
        let mut request = client.build().unwrap().request(method, url);
        request = request.basic_auth("mds", Some("mds-secret"));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        self.runtime.as_ref().unwrap().block_on(async {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    }

    /// The document as it is stored, and as it was pushed.
    pub(crate) fn kept(&self) -> Kept {
        Kept {
            stored: self.app.present().audit().cloned(),
            pushed: self.home.default_value(ROUTER_CONFIG),
        }
    }

    /// What was asked of the clusters so far is forgotten.
    pub(crate) fn forget_calls(&self) {
        self.home.forget_calls();
        self.logs.forget_calls();
    }

    /// Whether anything was asked of the destination cluster, even if it changed nothing.
    pub(crate) fn destination_was_asked(&self) -> bool {
        !self.logs.calls().is_empty()
    }

    /// The calls that changed a cluster.
    pub(crate) fn changes(&self) -> Vec<FakeCall> {
        let changes = |call: &FakeCall| {
            matches!(
                call,
                FakeCall::AlterBrokerDefault { .. }
                    | FakeCall::CreateTopic { .. }
                    | FakeCall::SetTopicRetention { .. }
            )
        };
        let mut calls = self.home.calls();
        calls.extend(self.logs.calls());
        calls.retain(changes);
        calls
    }
}

impl Drop for Loopback {
    /// Does not wait for a server that stands still: its test has failed by then.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn settings(folder: &TempDir, destinations: &BTreeSet<HostPort>, more: &str) -> Settings {
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let algorithm = openmds_server::tokens::SigningAlgorithm::Rs256;
    openmds_server::tokens::generate(&folder.path().join("key.pem"), algorithm).unwrap();
    let users = ["mds", "frodo", "sam", "merry"].map(|user| format!("{user}:{user}-secret\n"));
    std::fs::write(path("users"), users.concat()).unwrap();
    std::fs::write(path("groups"), "hobbits:frodo,sam\nringBearers:frodo\n").unwrap();
    let allowed: Vec<String> = destinations.iter().map(ToString::to_string).collect();
    let destination = "confluent.security.event.logger.destination.admin";
    let properties = format!(
        "super.users=User:mds\n\
         confluent.metadata.server.listeners=http://127.0.0.1:0\n\
         confluent.metadata.server.user.store.file.path={}\n\
         confluent.metadata.server.token.key.path={}\n\
         confluent.metadata.bootstrap.servers={HOME}\n\
         openmds.cluster.id=home-id\n\
         openmds.store.path={}\n\
         {destination}.bootstrap.servers={LOGS}\n\
         openmds.audit.destinations.allowed={}\n{}\n",
        path("users"),
        path("key.pem"),
        path("store"),
        allowed.join(","),
        more.replace("[FOLDER]", folder.path().to_str().unwrap())
    );
    let file = folder.path().join("server.properties");
    std::fs::write(&file, properties).unwrap();
    Settings::load(&file).unwrap()
}
