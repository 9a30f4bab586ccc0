//! Admin actions, which brokers forward and the dedicated controller authorizes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use openmds_playground::events::{EventStream, Expected, text};
use openmds_playground::shape::{ADMIN, ALLOWED_CLIENT, LOGS, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;

use crate::world::World;

/// Topics are created and altered by the active controller alone (`kafka-internals.md` 0b, 6), to
/// which the request came from a broker; the event names the client all the same.
pub(crate) fn events_carry_the_clients_principal_and_address(world: &World) -> Result<()> {
    let (app, app_id) = world.client(PAYMENTS.name, ALLOWED_CLIENT)?;
    let (admin, admin_id) = world.client(PAYMENTS.name, ADMIN)?;
    let topic = format!("orders-{app_id}");
    let create = ["--create", "--topic", &topic];
    world.tool_as(Tool::Topics, PAYMENTS.name, &app, &create)?;
    let alter = [
        "--alter",
        "--entity-type",
        "topics",
        "--entity-name",
        &topic,
        "--add-config",
        "retention.ms=100000",
    ];
    world.tool_as(Tool::Configs, PAYMENTS.name, &admin, &alter)?;
    let expected = |user: &str, client_id: &str, method: &str| Expected {
        principal: format!("User:{user}"),
        client_id: client_id.to_owned(),
        method: method.to_owned(),
        resource: topic.clone(),
        granted: true,
        topic: DEFAULT_TOPIC.to_owned(),
    };
    let payments = format!("crn:///kafka={}", world.payments()?.id());
    let mut stream = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    for wanted in [
        expected(ALLOWED_CLIENT, &app_id, "kafka.CreateTopics"),
        expected(ADMIN, &admin_id, "kafka.IncrementalAlterConfigs"),
    ] {
        let event = stream
            .wait_for(Duration::from_secs(30), |event| wanted.matches(event))
            .with_context(|| format!("missing: {wanted}"))?;
        ensure!(text(&event, "/source") == payments, "{event}");
        ensure!(
            text(&event, "/data/requestMetadata/client_address") == "/127.0.0.1",
            "{event}"
        );
    }
    Ok(())
}
