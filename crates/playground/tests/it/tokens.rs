//! The server's own tokens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use openmds_kafka::{
    Connector, KafkaError, PropertyContext, TokenSource, WireConnector, connection_from_properties,
};
use openmds_playground::shape::{HOME, LOGS, Listener, PAYMENTS};
use secrecy::SecretString;

use crate::fake_listener::FakeListener;
use crate::world::World;

struct Captured(String);

impl TokenSource for Captured {
    fn token(&self) -> Result<SecretString, String> {
        Ok(SecretString::from(self.0.clone()))
    }
}

/// Somebody registers a listener of his own under the home cluster's id: what he captures is good
/// for the home cluster and nowhere else (`rulings.md` 15).
pub(crate) fn captured_token_is_refused_by_other_clusters(world: &World) -> Result<()> {
    let fake = FakeListener::start()?;
    world.register(HOME.name, Some(&fake.address))?;
    let token = fake.token();
    world.register(HOME.name, None)?;
    let token = token?;
    log_in(world, HOME.name, &token)?
        .map_err(|error| anyhow!("the token is of no use: {error}"))?;
    for other in [PAYMENTS.name, LOGS.name] {
        match log_in(world, other, &token)? {
            Err(KafkaError::Authentication { .. }) => {}
            Err(error) => return Err(anyhow!("{other} failed for another reason: {error}")),
            Ok(()) => return Err(anyhow!("{other} took the token of another cluster")),
        }
    }
    ensure!(!token.is_empty());
    world.applied()
}

fn log_in(world: &World, cluster: &str, token: &str) -> Result<Result<(), KafkaError>> {
    let plan = world.playground.blueprint().cluster(cluster)?;
    let ca = world.playground.layout().ca().display().to_string();
    let properties: BTreeMap<String, String> = [
        ("bootstrap.servers", plan.bootstrap(Listener::Token)),
        (
            "security.protocol",
            plan.shape()?.protocol(Listener::Token).to_owned(),
        ),
        ("sasl.mechanism", "OAUTHBEARER".to_owned()),
        ("ssl.truststore.type", "PEM".to_owned()),
        ("ssl.truststore.location", ca),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    let context = PropertyContext {
        prefix: String::new(),
        client_id: "thief".to_owned(),
        token_source: Some(Arc::new(Captured(token.to_owned()))),
        timeout: Duration::from_secs(10),
    };
    let connection = connection_from_properties(&properties, &context)
        .map_err(|errors| anyhow!("{errors:?}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(async {
        let admin = WireConnector.connect(&connection).await?;
        admin.describe_cluster().await?;
        admin.close().await;
        Ok(())
    }))
}
