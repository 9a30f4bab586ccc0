//! Token listeners: by which the metadata server, and users with its tokens, log in (`kafka-internals.md` 5, `rulings.md` 15 and 16).

use openmds_policy::names::is_loopback;

use super::listeners::{Listener, inter_broker};
use super::{Access, Examined};

const KAFKA: &str = "org.apache.kafka.common.security.oauthbearer.";
const OURS: &str = "io.openmds.kafka.OpenMdsTokenValidator";
const HANDLER: &str = "oauthbearer.sasl.server.callback.handler.class";
const JAAS: &str = "oauthbearer.sasl.jaas.config";

pub(super) fn check(examined: &mut Examined<'_>, listeners: &[Listener], broker: bool) {
    let takes_tokens = |examined: &Examined<'_>, listener: &Listener| {
        let own = format!("{}sasl.enabled.mechanisms", listener.prefix());
        let mechanisms = match examined.get(&own) {
            Some(_) => examined.list(&own),
            None => examined.list("sasl.enabled.mechanisms"),
        };
        let sasl = listener.is("SASL_SSL") || listener.is("SASL_PLAINTEXT");
        sasl && mechanisms.contains(&"OAUTHBEARER")
    };
    let token_listeners: Vec<&Listener> = listeners
        .iter()
        .filter(|listener| takes_tokens(examined, listener))
        .collect();
    if token_listeners.is_empty() && broker {
        examined.warning(
            "no-token-listener",
            "",
            "no listener takes tokens (SASL with OAUTHBEARER): the metadata server cannot reach this broker",
            "add a listener with listener.name.<name>.sasl.enabled.mechanisms=OAUTHBEARER; `openmds cluster config` prints the lines",
        );
    }
    let between = inter_broker(examined, listeners).cloned();
    for listener in token_listeners {
        one(examined, listener);
        if between.as_ref() == Some(listener) {
            examined.warning(
                "tokens-between-brokers",
                "inter.broker.listener.name",
                "brokers log in to each other with tokens: while the metadata server is away, none can start",
                "give brokers a listener of their own, with certificates or SCRAM",
            );
        }
    }
}

fn one(examined: &mut Examined<'_>, listener: &Listener) {
    let prefix = listener.prefix();
    let handler = format!("{prefix}{HANDLER}");
    let jaas = format!("{prefix}{JAAS}");
    if examined.get(&jaas).is_none() {
        examined.error(
            "no-jaas",
            &jaas,
            "is missing, and Kafka does not start",
            &format!("set it to `{KAFKA}OAuthBearerLoginModule required ;`"),
        );
    }
    if listener.is("SASL_PLAINTEXT") && !is_loopback(&listener.host) {
        examined.warning(
            "tokens-in-clear",
            "listener.security.protocol.map",
            format!(
                "tokens travel in clear to {}, and whoever reads one can use it",
                listener.name
            ),
            "use SASL_SSL",
        );
    }
    match examined.get(&handler) {
        None => examined.error(
            "unsigned-tokens",
            &handler,
            format!("is missing: Kafka then accepts UNSIGNED tokens on {}, so anybody can be anybody, super users too", listener.name),
            &format!("set it to {KAFKA}OAuthBearerValidatorCallbackHandler or {OURS}"),
        ),
        Some(class) if class.ends_with("OAuthBearerUnsecuredValidatorCallbackHandler") => examined.error(
            "unsigned-tokens",
            &handler,
            "accepts UNSIGNED tokens, so anybody can be anybody, super users too",
            &format!("set it to {KAFKA}OAuthBearerValidatorCallbackHandler or {OURS}"),
        ),
        Some(class) if class.starts_with("io.confluent.") => examined.error(
            "foreign-class",
            &handler,
            "is a class that Apache Kafka does not have",
            &format!("set it to {KAFKA}OAuthBearerValidatorCallbackHandler or {OURS}"),
        ),
        Some(OURS) => ours(examined, &prefix, &jaas),
        Some(class) => {
            if class.contains(".secured.") {
                examined.warning(
                    "old-class",
                    &handler,
                    "is a name that Kafka 4.0 and newer do not know",
                    &format!("set it to {KAFKA}OAuthBearerValidatorCallbackHandler"),
                );
            }
            stock(examined, &prefix);
        }
    }
}

/// A setting of the listener, else the general one: its name and its value.
fn setting<'a>(examined: &Examined<'a>, prefix: &str, name: &str) -> (String, Option<&'a str>) {
    let own = format!("{prefix}{name}");
    match (examined.get(&own), examined.get(name)) {
        (None, Some(value)) => (name.to_owned(), Some(value)),
        (value, _) => (own, value),
    }
}

fn stock(examined: &mut Examined<'_>, prefix: &str) {
    let (name, url) = setting(examined, prefix, "sasl.oauthbearer.jwks.endpoint.url");
    match url {
        None => examined.error(
            "no-jwks",
            &name,
            "is missing, and Kafka does not start",
            "set it to file:///<path of the server's JWKS file>",
        ),
        Some(url) => {
            jwks(examined, &name, url);
            examined.note(
                "allowed-urls",
                &name,
                "from Kafka 4.0 on the JVM must allow this very URL, which this file cannot show",
                &format!("KAFKA_OPTS=\"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={url}\""),
            );
        }
    }
    issuer_and_audience(examined, prefix, None);
}

fn jwks(examined: &mut Examined<'_>, name: &str, url: &str) {
    if let Some(path) = url.strip_prefix("file:") {
        let path = format!("/{}", path.trim_start_matches('/'));
        match (examined.around.look)(&path) {
            Access::Readable(_) => {}
            Access::Missing => examined.error(
                "no-file",
                name,
                format!("{path} is not there, and Kafka does not start"),
                "copy the server's openmds.token.jwks.path to it",
            ),
            Access::Unreadable => examined.warning(
                "unreadable-file",
                name,
                format!("{path} cannot be read by this user"),
                "make it readable for the user who runs Kafka; it holds no secret",
            ),
        }
        examined.note(
            "jwks-read-once",
            name,
            "Kafka 3.9 and 4.0 read this file only when they start",
            &format!("restart those brokers after a change of keys, or use {OURS}"),
        );
    } else {
        in_clear(examined, name, url);
        examined.warning(
            "jwks-over-http",
            name,
            "the stock validator asks for keys while Kafka starts: no broker starts while the metadata server is away",
            &format!("use a file: URL, or {OURS}, which keeps the keys on disk"),
        );
    }
}

/// Whoever can change keys on their way can make tokens for everybody.
fn in_clear(examined: &mut Examined<'_>, name: &str, url: &str) {
    let Some(address) = url.strip_prefix("http://") else {
        return;
    };
    let host = address.split(['/', ':']).next().unwrap_or_default();
    if !is_loopback(host) {
        examined.error("keys-in-clear", name, "keys come over http: whoever can change them on their way can make tokens for everybody", "use https");
    }
}

/// Our validator takes its settings from the JAAS line, from properties, or by Kafka's names.
fn ours(examined: &mut Examined<'_>, prefix: &str, jaas: &str) {
    let options = examined.get(jaas).unwrap_or_default();
    if examined.get("openmds.jwks.cache.path").is_none()
        && option(options, "openmds.jwks.cache.path").is_none()
    {
        examined.error(
            "no-jwks",
            "openmds.jwks.cache.path",
            "is missing, and Kafka does not start",
            "set it to a file in which this broker may keep the server's public keys",
        );
    }
    let allowed = examined.is_true("openmds.jwks.http.allowed")
        || option(options, "openmds.jwks.http.allowed") == Some("true");
    let (kafkas, value) = setting(examined, prefix, "sasl.oauthbearer.jwks.endpoint.url");
    let url = examined
        .get("openmds.jwks.url")
        .map(|url| ("openmds.jwks.url".to_owned(), url));
    if let Some((name, url)) = url.or(value.map(|url| (kafkas, url)))
        && !allowed
    {
        in_clear(examined, &name, url);
    }
    issuer_and_audience(examined, prefix, Some(options));
}

/// The value of `name="value"` in a JAAS line.
fn option<'a>(options: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = options.split_once(&format!("{name}="))?;
    let rest = rest.strip_prefix('"').unwrap_or(rest);
    rest.split(['"', ' ', ';']).next()
}

/// `options`: of our own validator, which has names of its own for both.
fn issuer_and_audience(examined: &mut Examined<'_>, prefix: &str, options: Option<&str>) {
    let find = |examined: &Examined<'_>, kafkas: &str, own: &str| -> (String, Option<String>) {
        let (name, value) = setting(examined, prefix, kafkas);
        let by_own_name = options.and_then(|options| option(options, own).or(examined.get(own)));
        match by_own_name {
            Some(value) => (own.to_owned(), Some(value.to_owned())),
            None => (name, value.map(ToOwned::to_owned)),
        }
    };
    let (name, issuer) = find(
        examined,
        "sasl.oauthbearer.expected.issuer",
        "openmds.token.issuer",
    );
    if issuer.is_none() {
        examined.error(
            "no-issuer",
            &name,
            "is missing; Kafka 4.4 does not start without it",
            "set it to the server's openmds.token.issuer",
        );
    }
    let (name, audience) = find(
        examined,
        "sasl.oauthbearer.expected.audience",
        "openmds.token.audience",
    );
    let Some(audience) = audience else {
        examined.error("no-audience", &name, "is missing: Kafka 4.4 does not start without it, and older ones refuse the server's tokens, which are for one cluster", "set it to this cluster's id, and to the server's openmds.token.audience if users log in with tokens");
        return;
    };
    if let Some(id) = examined.around.cluster_id
        && !audience.split(',').any(|one| one.trim() == id)
    {
        let message = format!(
            "`{audience}` does not name this cluster's id {id}, for which the server's own tokens are"
        );
        examined.error(
            "wrong-audience",
            &name,
            message,
            "add the cluster's id to the list",
        );
    }
}
