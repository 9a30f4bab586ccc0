//! Admin actions, which brokers forward and the dedicated controller authorizes.

use std::time::Duration;

use anyhow::{Result, ensure};
use openmds_playground::events::{EventStream, Expected, text};
use openmds_playground::shape::{ALLOWED_CLIENT, LOGS, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;

use crate::world::World;

/// Topics are created and altered by the active controller alone (`kafka-internals.md` 0b, 6), to
/// which the request came from a broker; the event names the client all the same.
pub(crate) fn events_carry_the_clients_principal_and_address(world: &World) -> Result<()> {
    let (config, client_id) = world.client(PAYMENTS.name, ALLOWED_CLIENT)?;
    let topic = format!("orders-{client_id}");
    world.tool_as(
        Tool::Topics,
        PAYMENTS.name,
        &config,
        &["--create", "--topic", &topic],
    )?;
    let refused = world.tool_as(
        Tool::Configs,
        PAYMENTS.name,
        &config,
        &[
            "--alter",
            "--entity-type",
            "topics",
            "--entity-name",
            &topic,
            "--add-config",
            "retention.ms=1000",
        ],
    );
    ensure!(refused.is_err(), "the client has no right to alter configs");
    let expected = |method: &str, granted| Expected {
        principal: format!("User:{ALLOWED_CLIENT}"),
        client_id: client_id.clone(),
        method: method.to_owned(),
        resource: topic.clone(),
        granted,
        topic: DEFAULT_TOPIC.to_owned(),
    };
    let payments = format!("crn:///kafka={}", world.payments()?.id());
    let mut stream = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    for wanted in [
        expected("kafka.CreateTopics", true),
        expected("kafka.IncrementalAlterConfigs", false),
    ] {
        let event = stream.wait_for(Duration::from_secs(30), |event| wanted.matches(event))?;
        ensure!(text(&event, "/source") == payments, "{event}");
        ensure!(
            text(&event, "/data/requestMetadata/client_address") == "/127.0.0.1",
            "{event}"
        );
    }
    Ok(())
}
