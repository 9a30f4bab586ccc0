//! What the server says of registered clusters after a look at them, on its interface and by the
//! command line.

use anyhow::{Context, Result, ensure};
use openmds_playground::shape::{ARCHIVE, HOME, LOGS, Listener, PAYMENTS};
use serde_json::{Value, json};

use crate::world::World;

/// A cluster that exists only in the registry.
pub(crate) const ADRIFT: &str = "adrift";

/// What is looked at where a listener has TLS.
pub(crate) const WITH_TLS: [&str; 8] = [
    "connect",
    "tls",
    "kafka-protocol",
    "oauthbearer",
    "token",
    "cluster-id",
    "rights",
    "plugin",
];

pub(crate) fn clusters_that_are_well_pass_every_check(world: &World) -> Result<()> {
    passes(world, LOGS.name, &WITH_TLS)?;
    let without_tls = WITH_TLS.into_iter().filter(|check| *check != "tls");
    passes(world, HOME.name, &without_tls.collect::<Vec<_>>())?;
    // Two brokers and a dedicated controller.
    let with_controllers = [&WITH_TLS[..], &["controllers"]].concat();
    let said = passes(world, PAYMENTS.name, &with_controllers)?;
    let class = "io.openmds.kafka.OpenMdsAuthorizer";
    let mut expected = vec![
        format!("brokers 1, 2 run {class}"),
        format!("controller 100 runs {class}"),
    ];
    let id = world.payments()?.id();
    expected.push(format!("the cluster is {id}, as registered"));
    expected.extend(world.payments()?.plan().addresses(Listener::Token));
    for part in expected {
        ensure!(said.contains(&part), "`{part}` is missing in {said}");
    }
    Ok(())
}

pub(crate) fn what_is_wrong_with_an_address_is_named(world: &World) -> Result<()> {
    let outcome = wrong_addresses(world);
    unregister(world, ADRIFT)?;
    outcome
}

fn wrong_addresses(world: &World) -> Result<()> {
    let home = world.playground.cluster(HOME.name)?;
    let again = "register the cluster again with the host and port of its token listener";
    let nobody = world.playground.cluster(ARCHIVE.name)?.token_bootstrap();
    register(world, ADRIFT, "adrift-id", &nobody, "SASL_SSL")?;
    refused(
        world,
        ADRIFT,
        "connect",
        &[&nobody, "connection refused"],
        again,
    )?;
    register(
        world,
        ADRIFT,
        "adrift-id",
        "broker.invalid:9093",
        "SASL_SSL",
    )?;
    let unresolved = ["broker.invalid:9093", "does not resolve"];
    refused(world, ADRIFT, "connect", &unresolved, again)?;
    // A listener that takes passwords.
    let client = home.bootstrap();
    register(world, ADRIFT, "adrift-id", &client, "SASL_PLAINTEXT")?;
    let offer = "does not offer OAUTHBEARER, but SCRAM-SHA-256";
    refused(
        world,
        ADRIFT,
        "oauthbearer",
        &[&client, offer],
        "add OAUTHBEARER",
    )?;
    // TLS on one side only.
    let token = home.token_bootstrap();
    register(world, ADRIFT, "adrift-id", &token, "SASL_SSL")?;
    let plain = "register it with protocol SASL_PLAINTEXT";
    refused(world, ADRIFT, "tls", &[&token, "without TLS"], plain)?;
    let encrypted = world.playground.cluster(LOGS.name)?.token_bootstrap();
    register(world, ADRIFT, "adrift-id", &encrypted, "SASL_PLAINTEXT")?;
    let ssl = "register the cluster again with protocol SASL_SSL";
    let speaks = [&*encrypted, "speaks TLS"];
    refused(world, ADRIFT, "kafka-protocol", &speaks, ssl)?;
    // Something that is no broker: this server itself.
    let web = format!("127.0.0.1:{}", world.playground.blueprint().http_port);
    register(world, ADRIFT, "adrift-id", &web, "SASL_PLAINTEXT")?;
    let speaks = [&*web, "speaks HTTP"];
    refused(world, ADRIFT, "kafka-protocol", &speaks, again)?;
    // The brokers of another cluster refuse the token, since it is not for them (`rulings.md` 15).
    register(world, ADRIFT, "adrift-id", &token, "SASL_PLAINTEXT")?;
    let whose = format!(
        "this address is also registered for home (cluster {})",
        home.id()
    );
    for fix in [
        &*whose,
        "register the hosts of cluster adrift-id instead",
        "sasl.oauthbearer.expected.audience=adrift-id",
    ] {
        let refusal = [&*token, "did not accept our token"];
        refused(world, ADRIFT, "token", &refusal, fix)?;
    }
    Ok(())
}

/// While the server trusts somebody else.
pub(crate) fn untrusted_certificates_are_named(world: &World) -> Result<()> {
    let addresses = world.payments()?.plan().addresses(Listener::Token);
    let mut parts: Vec<&str> = addresses.iter().map(String::as_str).collect();
    parts.push("certificate is not trusted");
    refused(
        world,
        PAYMENTS.name,
        "tls",
        &parts,
        "add the authority that signed the brokers' certificates to confluent.metadata.ssl.truststore.location",
    )
}

pub(crate) fn register(
    world: &World,
    name: &str,
    id: &str,
    hosts: &str,
    protocol: &str,
) -> Result<()> {
    world
        .must(
            "mds",
            &[
                "cluster",
                "register",
                "--cluster-name",
                name,
                "--kafka-cluster",
                id,
                "--hosts",
                hosts,
                "--protocol",
                protocol,
            ],
        )
        .map(drop)
}

pub(crate) fn unregister(world: &World, name: &str) -> Result<()> {
    let args = ["cluster", "unregister", "--cluster-name", name];
    world.must("mds", &args).map(drop)
}

/// What the interface answers.
fn verified(world: &World, name: &str) -> Result<Value> {
    let mut http = world.playground.server().http()?;
    http.log_in("mds", world.playground.blueprint().password("mds")?)?;
    let answer = http.post(&format!("registry/clusters/{name}/verify"), &json!({}))?;
    ensure!(answer.status == 200, "{} {}", answer.status, answer.body);
    ensure!(answer.body["clusterName"] == name, "{:#}", answer.body);
    Ok(answer.body)
}

/// All is well, and exactly this was looked at; what the command line says.
pub(crate) fn passes(world: &World, name: &str, checks: &[&str]) -> Result<String> {
    let answer = verified(world, name)?;
    ensure!(answer["ok"] == true, "{answer:#}");
    let looked_at: Vec<&str> = checks_of(&answer)
        .iter()
        .filter_map(|check| check["check"].as_str())
        .collect();
    ensure!(looked_at == checks, "{answer:#}");
    let ran = world.must("mds", &["cluster", "verify", name])?;
    ensure!(ran.stderr.is_empty(), "{}", ran.said());
    for check in checks {
        let row = |line: &str| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            cells.first() == Some(check) && cells.get(1) == Some(&"ok")
        };
        ensure!(ran.stdout.lines().any(row), "{check}: {}", ran.stdout);
    }
    Ok(ran.stdout)
}

/// One check failed, and its words say all of this, on the interface and by the command line.
pub(crate) fn refused(
    world: &World,
    name: &str,
    check: &str,
    parts: &[&str],
    remedy: &str,
) -> Result<()> {
    let answer = verified(world, name)?;
    ensure!(answer["ok"] == false, "{answer:#}");
    let checks = checks_of(&answer);
    let failed: Vec<&Value> = checks.iter().filter(|one| one["ok"] != true).collect();
    ensure!(
        failed.len() == 1 && failed[0]["check"] == check,
        "{answer:#}"
    );
    let text = |field: &str| failed[0][field].as_str().context("a text");
    let (detail, fix) = (text("detail")?, text("fix")?);
    for part in parts {
        ensure!(detail.contains(part), "`{part}` is missing in {answer:#}");
    }
    ensure!(fix.contains(remedy), "`{remedy}` is missing in {answer:#}");
    let ran = world.playground.cli("mds", &["cluster", "verify", name])?;
    ensure!(ran.code == Some(1), "{}", ran.said());
    let verdict = format!(
        "Error: cluster \"{name}\" is not ready: 1 of {} checks failed\n",
        checks.len()
    );
    ensure!(ran.stderr.starts_with(&verdict), "{}", ran.said());
    ensure!(ran.stdout.contains(detail), "{}", ran.said());
    let hint = format!("{check}: {fix}");
    ensure!(ran.stderr.contains(&hint), "{}", ran.said());
    Ok(())
}

fn checks_of(answer: &Value) -> &[Value] {
    answer["checks"].as_array().map_or(&[], Vec::as_slice)
}
