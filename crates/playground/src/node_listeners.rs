//! What a node listens on: addresses, mechanisms, certificates.

use crate::blueprint::{ClusterPlan, NodePlan};
use crate::layout::Layout;
use crate::node_config::VALIDATOR;
use crate::properties::Properties;
use crate::shape::{BROKER, Listener, Shape, TOKEN_ISSUER, TokenValidator, USERS_AUDIENCE};

const OAUTH: &str = "org.apache.kafka.common.security.oauthbearer";

pub(crate) fn listeners(p: &mut Properties, shape: &Shape, node: &NodePlan) {
    let urls = node
        .ports
        .iter()
        .map(|(listener, port)| format!("{}://127.0.0.1:{port}", listener.name()))
        .collect::<Vec<_>>()
        .join(",");
    p.set("listeners", &urls);
    let controllers = if node.ports.contains_key(&Listener::Ctoken) {
        // A dedicated controller advertises its token listener, so that the server can ask it.
        p.set("advertised.listeners", &urls);
        "CONTROLLER,CTOKEN"
    } else {
        "CONTROLLER"
    };
    p.set("controller.listener.names", controllers);
    let map = [
        Listener::Client,
        Listener::Token,
        Listener::Repl,
        Listener::Controller,
        Listener::Ctoken,
    ]
    .map(|listener| format!("{}:{}", listener.name(), shape.protocol(listener)))
    .join(",");
    p.set("listener.security.protocol.map", map);
}

pub(crate) fn plain(p: &mut Properties, listener: &str, password: &str) {
    p.set(
        format!("listener.name.{listener}.sasl.enabled.mechanisms"),
        "PLAIN",
    )
    .set(
        format!("listener.name.{listener}.plain.sasl.jaas.config"),
        format!(
            "org.apache.kafka.common.security.plain.PlainLoginModule required \
             username=\"{BROKER}\" password=\"{password}\" user_{BROKER}=\"{password}\";"
        ),
    );
}

pub(crate) fn token_listener(
    p: &mut Properties,
    listener: Listener,
    shape: &Shape,
    cluster: &ClusterPlan,
    layout: &Layout,
) {
    let prefix = format!("listener.name.{}.", listener.name().to_lowercase());
    let mut set = |key: &str, value: String| {
        p.set(format!("{prefix}{key}"), value);
    };
    set("sasl.enabled.mechanisms", "OAUTHBEARER".to_owned());
    set(
        "oauthbearer.sasl.jaas.config",
        format!("{OAUTH}.OAuthBearerLoginModule required ;"),
    );
    // Without this line Kafka accepts unsigned tokens.
    let validator = "oauthbearer.sasl.server.callback.handler.class";
    match shape.validator {
        TokenValidator::Stock => {
            set(
                validator,
                format!("{OAUTH}.OAuthBearerValidatorCallbackHandler"),
            );
            set("sasl.oauthbearer.jwks.endpoint.url", jwks_url(layout));
        }
        TokenValidator::Plugin => set(validator, VALIDATOR.to_owned()),
    }
    set("sasl.oauthbearer.expected.issuer", TOKEN_ISSUER.to_owned());
    set(
        "sasl.oauthbearer.expected.audience",
        format!("{},{USERS_AUDIENCE}", cluster.id),
    );
}

/// The JWKS file as a URL, exactly as the JVM flag that allows it must spell it.
pub fn jwks_url(layout: &Layout) -> String {
    format!("file://{}", layout.jwks().display())
}

pub(crate) fn tls(
    p: &mut Properties,
    shape: &Shape,
    cluster: &ClusterPlan,
    node: &NodePlan,
    layout: &Layout,
) {
    for listener in node.ports.keys().filter(|name| shape.encrypts(**name)) {
        let prefix = format!("listener.name.{}.ssl.", listener.name().to_lowercase());
        p.set(format!("{prefix}keystore.type"), "PEM")
            .set(
                format!("{prefix}keystore.location"),
                layout.keystore(&cluster.name).display(),
            )
            .set(format!("{prefix}truststore.type"), "PEM")
            .set(
                format!("{prefix}truststore.location"),
                layout.ca().display(),
            );
    }
}
