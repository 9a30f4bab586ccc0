//! `env`: what a shell wants to know about a running playground.

use std::fmt::Write;

use anyhow::Result;

use crate::blueprint::write_private;
use crate::certificates::CERTIFICATE_USER;
use crate::ground::Ground;
use crate::server_config::{GROUP, GROUP_MEMBER, SUPER_USER};
use crate::shape::{ADMIN, Listener};

/// Writes the file; it holds passwords and is readable by its owner only.
pub(crate) fn write(ground: &Ground) -> Result<()> {
    let mut text = String::from("# Of a playground: source this file in a shell.\n");
    for (name, value) in variables(ground)? {
        writeln!(text, "export {name}='{}'", value.replace('\'', "'\\''"))?;
    }
    write_private(&ground.layout.env(), text.as_bytes())
}

/// Names and values.
pub(crate) fn variables(ground: &Ground) -> Result<Vec<(String, String)>> {
    let (blueprint, layout) = (&ground.blueprint, &ground.layout);
    let mut variables = vec![
        (
            "OPENMDS_URL".to_owned(),
            format!("http://127.0.0.1:{}", blueprint.http_port),
        ),
        (
            "OPENMDS_TLS_URL".to_owned(),
            format!("https://127.0.0.1:{}", blueprint.https_port),
        ),
        ("OPENMDS_CA".to_owned(), layout.ca().display().to_string()),
        ("OPENMDS_SUPER_USER".to_owned(), SUPER_USER.to_owned()),
        (
            "OPENMDS_SUPER_PASSWORD".to_owned(),
            blueprint.password(SUPER_USER)?.to_owned(),
        ),
        (
            "ALICE_PASSWORD".to_owned(),
            blueprint.password("alice")?.to_owned(),
        ),
        (
            "BOB_PASSWORD".to_owned(),
            blueprint.password("bob")?.to_owned(),
        ),
        (
            "CAROL_PASSWORD".to_owned(),
            blueprint.password(GROUP_MEMBER)?.to_owned(),
        ),
        ("CAROL_GROUP".to_owned(), GROUP.to_owned()),
        (
            "OPENMDS_CLIENT_CERT".to_owned(),
            layout.client_certificate().display().to_string(),
        ),
        (
            "OPENMDS_CLIENT_KEY".to_owned(),
            layout.client_key().display().to_string(),
        ),
        (
            "OPENMDS_CLIENT_NAME".to_owned(),
            CERTIFICATE_USER.to_owned(),
        ),
    ];
    for cluster in &blueprint.clusters {
        let name = cluster.name.to_uppercase();
        let shape = cluster.shape()?;
        let admin = layout.client(&cluster.name, ADMIN);
        variables.extend([
            (format!("{name}_CLUSTER_ID"), cluster.id.clone()),
            (
                format!("{name}_BOOTSTRAP"),
                cluster.bootstrap(Listener::Client),
            ),
            (
                format!("{name}_TOKEN_BOOTSTRAP"),
                cluster.bootstrap(Listener::Token),
            ),
            (
                format!("{name}_TOKEN_PROTOCOL"),
                shape.protocol(Listener::Token).to_owned(),
            ),
            (format!("{name}_ADMIN_CONFIG"), admin.display().to_string()),
        ]);
    }
    Ok(variables)
}
