//! The two clusters, and how each gets its rules.

use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use openmds_playground::shape::{ADMIN, HOME, STANDARD};
use serde_json::{Value, json};

use super::description::{HOLDERS, Rule, USERS};
use crate::roles::actions::as_admin;
use crate::roles::binding::{administrator, followed};
use crate::sdk::clients;
use crate::world::{REST, World};

/// Kafka's words, at the places of their codes.
const KINDS: [&str; 8] = [
    "",
    "ANY",
    "TOPIC",
    "GROUP",
    "CLUSTER",
    "TRANSACTIONAL_ID",
    "DELEGATION_TOKEN",
    "USER",
];
const PATTERNS: [&str; 5] = ["", "ANY", "MATCH", "LITERAL", "PREFIXED"];
const PERMISSIONS: [&str; 4] = ["", "ANY", "DENY", "ALLOW"];
const OPERATIONS: [&str; 15] = [
    "",
    "ANY",
    "ALL",
    "READ",
    "WRITE",
    "CREATE",
    "DELETE",
    "ALTER",
    "DESCRIBE",
    "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS",
    "ALTER_CONFIGS",
    "IDEMPOTENT_WRITE",
    "CREATE_TOKENS",
    "DESCRIBE_TOKENS",
];

fn code(words: &[&str], word: &str) -> Result<usize> {
    let place = words.iter().position(|known| *known == word);
    place.with_context(|| format!("Kafka has a code for {word}"))
}

/// One of the two clusters.
pub(super) struct Twin<'a> {
    world: &'a World,
    pub(super) name: &'static str,
    /// Whether its rules come from the server; those about users only Kafka itself keeps.
    central: bool,
    password: String,
}

impl<'a> Twin<'a> {
    /// The plain one first.
    pub(super) fn both(world: &'a World) -> Result<[Self; 2]> {
        let password = uuid::Uuid::new_v4().simple().to_string();
        let twin = |name, central| Self {
            world,
            name,
            central,
            password: password.clone(),
        };
        Ok([twin(STANDARD.name, false), twin(HOME.name, true)])
    }

    /// What one connection asks.
    pub(super) fn order(&self, user: &str, address: &str, requests: &[Value]) -> Value {
        let cluster = self.world.playground.cluster(self.name);
        json!({
            "address": cluster.map(|cluster| cluster.bootstrap()).unwrap_or_default(),
            "from": address,
            "user": user,
            "password": self.password,
            "requests": requests,
        })
    }

    /// Users, tokens, rules; returns when all are in force.
    pub(super) fn prepare(&self, rules: &[Rule]) -> Result<()> {
        let users = USERS.map(|user| format!("make-user {user} {}", self.password));
        as_admin(self.world, self.name, &[(String::new(), users.to_vec())])?;
        let central = |rule: &&Rule| self.central && rule.kind != "USER";
        let http = administrator(self.world)?;
        for rule in rules.iter().filter(central) {
            let answer = http.post("acls", &self.central_acl(rule)?)?;
            ensure!(answer.status.is_success(), "{rule:?}: {answer:?}");
        }
        let local: Vec<&Rule> = rules.iter().filter(|rule| !central(rule)).collect();
        let creations = local.iter().map(|rule| local_acl(rule));
        let creations = creations.collect::<Result<Vec<_>>>()?;
        let mut requests = vec![
            json!({ "api": "CreateAcls", "version": 3, "body": { "creations": creations } }),
            // The first who asks for a coordinator makes its topic.
            json!({ "api": "FindCoordinator", "version": 4, "body": { "keyType": 0, "coordinatorKeys": ["any"] } }),
            json!({ "api": "FindCoordinator", "version": 4, "body": { "keyType": 1, "coordinatorKeys": ["any"] } }),
        ];
        for holder in HOLDERS {
            requests.push(json!({ "api": "CreateDelegationToken", "version": 3, "body": { "ownerPrincipalType": "User", "ownerPrincipalName": holder, "renewers": [], "maxLifetimeMs": 3_600_000 } }));
        }
        let said = self.admin(&requests)?;
        let refused = said
            .iter()
            .any(|answer| answer.to_string().contains("AUTHORIZATION"));
        ensure!(!refused, "{said:?}");
        self.settled(local.len())?;
        if self.central {
            followed(&http, self.name)?;
        }
        Ok(())
    }

    /// Waits until the node knows its own rules and coordinators.
    fn settled(&self, rules: usize) -> Result<()> {
        let find = |kind: u8| json!({ "api": "FindCoordinator", "version": 4, "body": { "keyType": kind, "coordinatorKeys": ["any"] } });
        let all = json!({ "resourceTypeFilter": 1, "resourceNameFilter": null, "patternTypeFilter": 1, "principalFilter": null, "hostFilter": null, "operation": 1, "permissionType": 1 });
        let requests = [
            json!({ "api": "DescribeAcls", "version": 3, "body": all }),
            find(0),
            find(1),
        ];
        let deadline = Instant::now() + REST;
        loop {
            let said = self.admin(&requests)?;
            let known: usize = said[0]["resources"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|resource| resource["acls"].as_array().map(Vec::len))
                .sum();
            let found = |answer: &Value| answer["coordinators"][0]["errorCode"] == 0;
            if known >= rules && found(&said[1]) && found(&said[2]) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("{} does not come to rest: {said:?}", self.name);
            }
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Takes the rules away; a cluster that is stopped for good keeps its own.
    pub(super) fn forget(&self) -> Result<()> {
        if !self.central {
            return Ok(());
        }
        let http = administrator(self.world)?;
        let everybody = USERS.iter().copied().chain(["*"]);
        for user in everybody {
            let filter = json!({
                "patternFilter": { "resourceType": "ANY", "patternType": "ANY" },
                "entryFilter": { "principal": format!("User:{user}"), "operation": "ANY", "permissionType": "ANY" },
            });
            let body = json!({ "scope": self.scope()?, "aclBindingFilter": filter });
            let answer = http.delete("acls", &body)?;
            ensure!(answer.status.is_success(), "{user}: {answer:?}");
        }
        let all = json!({ "resourceTypeFilter": 7, "resourceNameFilter": null, "patternTypeFilter": 1, "principalFilter": null, "hostFilter": null, "operation": 1, "permissionType": 1 });
        self.admin(&[json!({ "api": "DeleteAcls", "version": 3, "body": { "filters": [all] } })])?;
        followed(&http, self.name)
    }

    fn scope(&self) -> Result<Value> {
        let id = self.world.playground.cluster(self.name)?.id();
        Ok(json!({ "clusters": { "kafka-cluster": id } }))
    }

    fn central_acl(&self, rule: &Rule) -> Result<Value> {
        Ok(json!({
            "scope": self.scope()?,
            "aclBinding": {
                "pattern": { "resourceType": rule.kind, "name": rule.name, "patternType": rule.pattern },
                "entry": { "principal": rule.principal, "host": rule.host, "operation": rule.operation, "permissionType": rule.permission },
            },
        }))
    }

    /// The cluster's super user asks.
    fn admin(&self, requests: &[Value]) -> Result<Vec<Value>> {
        let mut order = self.order(ADMIN, "127.0.0.1", requests);
        order["password"] = json!(self.world.playground.blueprint().password(ADMIN)?);
        let mut said = wire(self.world, &[order])?;
        let answers = said.pop().context("an answer")?;
        Ok(answers.as_array().cloned().unwrap_or_default())
    }
}

fn local_acl(rule: &Rule) -> Result<Value> {
    Ok(json!({
        "resourceType": code(&KINDS, rule.kind)?,
        "resourceName": rule.name,
        "resourcePatternType": code(&PATTERNS, rule.pattern)?,
        "principal": rule.principal,
        "host": rule.host,
        "operation": code(&OPERATIONS, rule.operation)?,
        "permissionType": code(&PERMISSIONS, rule.permission)?,
    }))
}

/// Sends requests as they are; gives back a line for each connection.
pub(super) fn wire(world: &World, orders: &[Value]) -> Result<Vec<Value>> {
    let file = clients("java").join("Wire.java");
    let mut child = world
        .playground
        .java_source(&file)?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run the program for the wire")?;
    let mut stdin = child.stdin.take().context("stdin is piped")?;
    for order in orders {
        writeln!(stdin, "{order}")?;
    }
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("the wire: {}", String::from_utf8_lossy(&output.stderr));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let line = |line: &str| serde_json::from_str(line).context("answers are JSON");
    said.lines().map(line).collect()
}
