//! What is bound to a group is its members': those that the directory knows, and those whose token names it.

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openmds_playground::shape::{Listener, PAYMENTS};
use serde_json::{Value, json};

use super::actions::{Library, as_admin, carry_out, order};
use super::binding::{Binding, administrator, followed};
use crate::world::World;

const PREFIX: &str = "roles-of-a-group-";

/// How the names that somebody uses begin.
fn prefix(user: &str) -> String {
    format!("{PREFIX}{user}-")
}

/// In the directory's group `auditors`, by the server's file of groups.
const MEMBER: &str = "carol";

/// In no group of the directory.
const BEARER: &str = "bob";

const BOUND: &str = "Group:auditors";

/// carol logs in with SCRAM, and her group is the directory's; bob's token names the group, and the directory does not.
/// Either may what the group may, and nothing before it was bound or after it is no more.
pub(crate) fn groups_count_by_directory_and_by_token(world: &World) -> Result<()> {
    let password = uuid::Uuid::new_v4().simple().to_string();
    let prepared = vec![
        format!("make-user {MEMBER} {password}"),
        format!("make-topic {}topic", prefix(MEMBER)),
        format!("make-topic {}topic", prefix(BEARER)),
    ];
    as_admin(world, PAYMENTS.name, &[(String::new(), prepared)])?;
    let token = token(world)?;
    let http = administrator(world)?;
    let cluster = world.payments()?.id();
    let binding = Binding::prefix(BOUND, "DeveloperWrite", cluster, &["Topic"], PREFIX);
    let both = |outcome: &str| -> Result<()> {
        for library in Library::BOTH {
            let scram = library.scram(world, PAYMENTS.name, MEMBER, &password)?;
            let bearer = bearer(world, library, &token)?;
            let orders = [(MEMBER, scram), (BEARER, bearer)]
                .map(|(who, config)| order(&config, &prefix(who), &["produce".to_owned()]));
            let said = carry_out(world, library, &orders)?;
            ensure!(
                said.len() == 2 && said.values().all(|one| one == outcome),
                "{library:?}: {said:?}"
            );
        }
        Ok(())
    };
    both("TOPIC_AUTHORIZATION_FAILED").context("before the group is bound")?;
    binding.grant(&http)?;
    let allowed = followed(&http, PAYMENTS.name).and_then(|()| both("ok"));
    binding.revoke(&http)?;
    allowed.context("while the group is bound")?;
    followed(&http, PAYMENTS.name)?;
    both("TOPIC_AUTHORIZATION_FAILED").context("after the group was bound")
}

/// A token of the server for [`BEARER`] that names the group, as one does after a login with an identity provider.
fn token(world: &World) -> Result<String> {
    let mut http = world.playground.server().http()?;
    http.log_in(BEARER, world.playground.blueprint().password(BEARER)?)?;
    let given = http.token().context("bob is logged in")?;
    let mut parts = given.split('.');
    let (head, claims) = (parts.next().unwrap_or_default(), parts.next());
    let claims = URL_SAFE_NO_PAD.decode(claims.context("a token has claims")?)?;
    let mut claims: Value = serde_json::from_slice(&claims)?;
    let group = BOUND.trim_start_matches("Group:");
    claims["groups"] = json!([group]);
    let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = signature(world, signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn signature(world: &World, message: &[u8]) -> Result<Vec<u8>> {
    let pem = fs::read_to_string(world.playground.layout().signing_key())?;
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(body)?)
        .map_err(|error| anyhow!("the signing key cannot be read: {error}"))?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message,
        &mut signature,
    )
    .map_err(|_| anyhow!("the token cannot be signed"))?;
    Ok(signature)
}

/// Settings for the token listener.
fn bearer(world: &World, library: Library, token: &str) -> Result<Value> {
    let plan = world.playground.blueprint().cluster(PAYMENTS.name)?;
    let ca = world.playground.layout().ca().display().to_string();
    let mut config = json!({
        "bootstrap.servers": plan.bootstrap(Listener::Token),
        "security.protocol": plan.shape()?.protocol(Listener::Token),
        "sasl.mechanism": "OAUTHBEARER",
    });
    match library {
        Library::Java => {
            let file = world.playground.layout().clients().join("group.jwt");
            fs::write(&file, token)?;
            config["ssl.truststore.type"] = json!("PEM");
            config["ssl.truststore.location"] = json!(ca);
            config["sasl.login.callback.handler.class"] = json!(
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler"
            );
            config["sasl.oauthbearer.token.endpoint.url"] =
                json!(format!("file://{}", file.display()));
            config["sasl.jaas.config"] = json!(
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"
            );
        }
        Library::Librdkafka => {
            config["ssl.ca.location"] = json!(ca);
            config["oauth.token"] = json!(token);
        }
    }
    Ok(config)
}
