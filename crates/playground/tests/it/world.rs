//! The shared playground, and what steps do with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use openmds_playground::clients::security;
use openmds_playground::progress::Progress;
use openmds_playground::shape::{ADMIN, HOME, LOGS, Listener, PAYMENTS};
use openmds_playground::status::{wait_for_version, wait_until_applied};
use openmds_playground::story::{ALLOWED_TOPIC, DEFAULT_TOPIC, DENIED_TOPIC, RETENTION_MS};
use openmds_playground::versions::Tool;
use openmds_playground::{Cluster, Playground, Ran, stop};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a fleet may take to come to rest after a disturbance.
pub(crate) const REST: Duration = Duration::from_secs(60);

pub(crate) struct World {
    pub(crate) playground: Playground,
    directory: TempDir,
}

impl World {
    /// Boots everything, registers the clusters and makes alice their audit administrator.
    pub(crate) fn boot() -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("openmds-it-").tempdir()?;
        let root = directory.path().join("playground");
        stop::on_signals(&root)?;
        let mut builder = Playground::builder(&root)
            .progress(Progress::visible())
            .with_standbys();
        if let Ok(version) = std::env::var("OPENMDS_TEST_KAFKA") {
            builder = builder.kafka(&version);
        }
        let world = Self {
            playground: builder.start()?,
            directory,
        };
        for name in [HOME.name, PAYMENTS.name, LOGS.name] {
            world.register(name, None)?;
            let id = world.playground.cluster(name)?.id();
            world.must(
                "mds",
                &[
                    "iam",
                    "rbac",
                    "role-binding",
                    "create",
                    "--role",
                    "AuditAdmin",
                    "--principal",
                    "User:alice",
                    "--kafka-cluster",
                    id,
                ],
            )?;
        }
        Ok(world)
    }

    /// Registers a cluster at its token listener, or at another address.
    pub(crate) fn register(&self, name: &str, elsewhere: Option<&str>) -> Result<()> {
        let cluster = self.playground.cluster(name)?;
        let protocol = match elsewhere {
            Some(_) => "SASL_PLAINTEXT",
            None => cluster.plan().shape()?.protocol(Listener::Token),
        };
        let own = cluster.token_bootstrap();
        self.must(
            "mds",
            &[
                "cluster",
                "register",
                "--cluster-name",
                name,
                "--kafka-cluster",
                cluster.id(),
                "--hosts",
                elsewhere.unwrap_or(&own),
                "--protocol",
                protocol,
            ],
        )?;
        Ok(())
    }

    /// Stops everything; keeps the directory where somebody may want to look at it.
    pub(crate) fn end(self, keep: bool) {
        drop(self.playground);
        if keep {
            let kept = self.directory.keep();
            Progress::visible().note(format_args!(
                "state and logs are kept in {}",
                kept.display()
            ));
        }
    }

    /// Puts the document with which every step begins, and waits until it is in force.
    pub(crate) fn baseline(&self) -> Result<()> {
        let mut document = self.baseline_document()?;
        document["metadata"] = json!({ "resource_version": "any" });
        let ran = self.playground.cli_with_input(
            "alice",
            &["audit-log", "config", "update", "--force"],
            &document.to_string(),
        )?;
        ensure!(ran.succeeded(), "baseline: {}", ran.said());
        self.applied()
    }

    pub(crate) fn baseline_document(&self) -> Result<Value> {
        let payments = self.playground.cluster(PAYMENTS.name)?.id().to_owned();
        let retention = json!({ "retention_ms": RETENTION_MS });
        let record = json!({ "allowed": ALLOWED_TOPIC, "denied": DENIED_TOPIC });
        Ok(json!({
            "destinations": {
                "bootstrap_servers": [self.playground.cluster(LOGS.name)?.bootstrap()],
                "topics": { DEFAULT_TOPIC: retention, ALLOWED_TOPIC: retention, DENIED_TOPIC: retention },
            },
            "default_topics": { "allowed": DEFAULT_TOPIC, "denied": DEFAULT_TOPIC },
            "excluded_principals": [],
            "routes": {
                format!("crn:///kafka={payments}/topic=orders*"): { "produce": record, "consume": record },
            },
        }))
    }

    /// Waits until every node has applied the document in force.
    pub(crate) fn applied(&self) -> Result<()> {
        wait_until_applied(&self.playground, "alice", REST).map(drop)
    }

    pub(crate) fn applied_version(&self, version: &Value) -> Result<()> {
        let mut http = self.playground.server().http()?;
        http.log_in("alice", self.playground.blueprint().password("alice")?)?;
        wait_for_version(&http, version, REST).map(drop)
    }

    pub(crate) fn payments(&self) -> Result<&Cluster> {
        self.playground.cluster(PAYMENTS.name)
    }

    /// Runs `openmds`; it must succeed.
    pub(crate) fn must(&self, user: &str, args: &[&str]) -> Result<Ran> {
        let ran = self.playground.cli(user, args)?;
        ensure!(ran.succeeded(), "{args:?}: {}", ran.said());
        Ok(ran)
    }

    pub(crate) fn describe(&self) -> Result<Value> {
        let ran = self.must("alice", &["audit-log", "config", "describe"])?;
        serde_json::from_str(&ran.stdout).context("`describe` prints JSON")
    }

    pub(crate) fn update(&self, document: &Value) -> Result<Ran> {
        let args = ["audit-log", "config", "update"];
        self.playground
            .cli_with_input("alice", &args, &document.to_string())
    }

    /// Updates, and gives back the document now in force.
    pub(crate) fn updated(&self, document: &Value) -> Result<Value> {
        let ran = self.update(document)?;
        ensure!(ran.succeeded(), "update: {}", ran.said());
        serde_json::from_str(&ran.stdout).context("`update` prints JSON")
    }

    pub(crate) fn status(&self) -> Result<Value> {
        let ran = self.must("alice", &["audit-log", "status", "-o", "json"])?;
        serde_json::from_str(&ran.stdout).context("`status` prints JSON")
    }

    /// Looks at the status again and again until it satisfies the condition.
    pub(crate) fn status_becomes(
        &self,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let deadline = Instant::now() + REST;
        loop {
            let status = self.status()?;
            if wanted(&status) {
                return Ok(status);
            }
            if Instant::now() > deadline {
                bail!("the status never showed {what}: {status:#}");
            }
        }
    }

    /// A properties file for a user with a client id of its own; gives back file and client id.
    pub(crate) fn client(&self, cluster: &str, user: &str) -> Result<(PathBuf, String)> {
        let plan = self.playground.blueprint().cluster(cluster)?;
        let layout = self.playground.layout();
        let id = format!("{user}-{}", uuid::Uuid::new_v4().simple());
        let mut properties = security(self.playground.blueprint(), plan, user, layout)?;
        properties.set("client.id", &id);
        let file = layout.clients().join(format!("{id}.properties"));
        fs::write(&file, properties.to_string())?;
        Ok((file, id))
    }

    /// Runs a tool as the super user of a cluster.
    pub(crate) fn admin_tool(&self, tool: Tool, cluster: &str, args: &[&str]) -> Result<String> {
        let config = self.playground.layout().client(cluster, ADMIN);
        self.tool_as(tool, cluster, &config, args)
    }

    pub(crate) fn tool_as(
        &self,
        tool: Tool,
        cluster: &str,
        config: &Path,
        args: &[&str],
    ) -> Result<String> {
        let bootstrap = self.playground.cluster(cluster)?.bootstrap();
        let config = config.display().to_string();
        let mut all = vec![
            "--bootstrap-server",
            &bootstrap,
            "--command-config",
            &config,
        ];
        all.extend_from_slice(args);
        self.playground.tool(tool, &all)
    }

    /// Everything that a failed step may have left stopped, frozen or changed.
    pub(crate) fn restore(&self) -> Result<()> {
        for cluster in self
            .playground
            .clusters()
            .iter()
            .filter(|c| !c.is_standby())
        {
            for node in cluster.nodes().iter().filter(|node| node.is_running()) {
                node.thaw()?;
            }
            cluster.start()?;
        }
        let server = self.playground.server();
        server.configure(&[])?;
        server.stop()?;
        server.start()?;
        self.register(HOME.name, None)
    }
}
