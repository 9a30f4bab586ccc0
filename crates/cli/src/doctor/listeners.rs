//! Listeners, and by which protocol each is secured.

use std::collections::BTreeMap;

use openmds_policy::names::is_loopback;

use super::Examined;

const PROTOCOLS: [&str; 4] = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

/// One listener of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listener {
    /// Its name as in `listeners`.
    pub(super) name: String,
    /// The host to which it is bound; empty for all.
    pub(super) host: String,
    /// Its security protocol, if one can be told.
    pub(super) protocol: Option<String>,
}

impl Listener {
    /// What its own settings begin with.
    pub(super) fn prefix(&self) -> String {
        format!("listener.name.{}.", self.name.to_lowercase())
    }

    pub(super) fn is(&self, protocol: &str) -> bool {
        self.protocol.as_deref() == Some(protocol)
    }
}

/// `NAME://host:port`
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (name, address) = text.split_once("://")?;
    let (host, port) = address.rsplit_once(':')?;
    (!name.is_empty() && port.parse::<u16>().is_ok()).then_some((name, host, port))
}

pub(super) fn check(examined: &mut Examined<'_>, broker: bool, controller: bool) -> Vec<Listener> {
    if examined.get("zookeeper.connect").is_some() {
        examined.error(
            "zookeeper",
            "zookeeper.connect",
            "the plugin works with KRaft alone",
            "migrate the cluster to KRaft first (Kafka 3.9 is the last version that can)",
        );
    }
    let map = protocol_map(examined);
    let mut listeners = Vec::new();
    let mut ports: BTreeMap<&str, &str> = BTreeMap::new();
    for text in examined.list("listeners") {
        let Some((name, host, port)) = parts(text) else {
            examined.error(
                "listener-spelling",
                "listeners",
                format!("`{text}` is not NAME://host:port"),
                "write, for example, TOKEN://0.0.0.0:9094",
            );
            continue;
        };
        if let Some(other) = ports.insert(port, name)
            && port != "0"
        {
            examined.warning(
                "same-port",
                "listeners",
                format!("{other} and {name} have the same port {port}"),
                "give each listener a port of its own",
            );
        }
        let protocol = protocol_of(name, &map);
        if protocol.is_none() {
            examined.error(
                "no-protocol",
                "listener.security.protocol.map",
                format!("the listener {name} has no security protocol, and Kafka does not start"),
                "add NAME:SASL_SSL (or another protocol) to listener.security.protocol.map",
            );
        }
        listeners.push(Listener {
            name: name.to_owned(),
            host: host.to_owned(),
            protocol,
        });
    }
    advertised(examined, &listeners);
    controllers(examined, &listeners, broker, controller);
    if broker {
        between_brokers(examined, &listeners);
    }
    listeners
}

fn protocol_map(examined: &mut Examined<'_>) -> Option<BTreeMap<String, String>> {
    let name = "listener.security.protocol.map";
    examined.get(name)?;
    let mut map = BTreeMap::new();
    for item in examined.list(name) {
        match item.split_once(':') {
            Some((listener, protocol)) if PROTOCOLS.contains(&protocol.to_uppercase().as_str()) => {
                map.insert(listener.to_uppercase(), protocol.to_uppercase());
            }
            _ => examined.error(
                "protocol-spelling",
                name,
                format!("`{item}` is not NAME:PROTOCOL"),
                "the protocols are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL",
            ),
        }
    }
    Some(map)
}

/// Without a map a listener may bear the name of its protocol.
fn protocol_of(name: &str, map: &Option<BTreeMap<String, String>>) -> Option<String> {
    let name = name.to_uppercase();
    match map {
        Some(map) => map.get(&name).cloned(),
        None => PROTOCOLS.contains(&name.as_str()).then_some(name),
    }
}

fn advertised(examined: &mut Examined<'_>, listeners: &[Listener]) {
    for text in examined.list("advertised.listeners") {
        let name = "advertised.listeners";
        let Some((listener, host, _)) = parts(text) else {
            let message = format!("`{text}` is not NAME://host:port");
            examined.error(
                "listener-spelling",
                name,
                message,
                "write, for example, TOKEN://broker1:9094",
            );
            continue;
        };
        if !listeners
            .iter()
            .any(|one| one.name.eq_ignore_ascii_case(listener))
        {
            let message = format!("{listener} is not among listeners");
            examined.error(
                "unknown-listener",
                name,
                message,
                "use the same names in both",
            );
        }
        if host == "0.0.0.0" || host == "[::]" {
            let message = format!("{listener} advertises {host}, to which no client can connect");
            examined.error(
                "advertised-anywhere",
                name,
                message,
                "name the host as clients know it",
            );
        }
    }
}

fn controllers(
    examined: &mut Examined<'_>,
    listeners: &[Listener],
    broker: bool,
    controller: bool,
) {
    let name = "controller.listener.names";
    let names = examined.list(name);
    if names.is_empty() && examined.get("process.roles").is_some() {
        let message = "is missing, and Kafka does not start";
        examined.error(
            "no-controller-listener",
            name,
            message,
            "name the listener of the controllers, such as CONTROLLER",
        );
    }
    for one in names {
        let here = listeners
            .iter()
            .any(|listener| listener.name.eq_ignore_ascii_case(one));
        if controller && !here {
            let message = format!("{one} is not among listeners");
            examined.error("unknown-listener", name, message, "add it to listeners");
        }
        if broker && !controller && here {
            let message = format!("{one} is among the listeners of a node that is no controller");
            examined.error(
                "controller-listener-on-broker",
                name,
                message,
                "leave it out of listeners; keep it in listener.security.protocol.map",
            );
        }
    }
}

/// The listener by which brokers speak with each other.
pub(super) fn inter_broker<'l>(
    examined: &Examined<'_>,
    listeners: &'l [Listener],
) -> Option<&'l Listener> {
    if let Some(name) = examined.get("inter.broker.listener.name") {
        return listeners
            .iter()
            .find(|one| one.name.eq_ignore_ascii_case(name));
    }
    let protocol = examined
        .get("security.inter.broker.protocol")
        .unwrap_or("PLAINTEXT");
    listeners
        .iter()
        .find(|one| one.name.eq_ignore_ascii_case(protocol))
}

fn between_brokers(examined: &mut Examined<'_>, listeners: &[Listener]) {
    let (name, protocol) = (
        "inter.broker.listener.name",
        "security.inter.broker.protocol",
    );
    if examined.get(name).is_some() && examined.get(protocol).is_some() {
        let message = format!("stands beside {protocol}, and Kafka does not start with both");
        examined.error(
            "two-inter-broker-settings",
            name,
            message,
            "keep inter.broker.listener.name",
        );
    }
    let Some(listener) = inter_broker(examined, listeners).cloned() else {
        if !listeners.is_empty() {
            let message = "names no listener, so brokers cannot speak with each other";
            examined.error(
                "unknown-listener",
                name,
                message,
                "set it to one of listeners",
            );
        }
        return;
    };
    if listener.is("PLAINTEXT") {
        let message = format!(
            "brokers speak with each other on {} as PLAINTEXT: as User:ANONYMOUS, like anybody who connects there",
            listener.name
        );
        if is_loopback(&listener.host) {
            examined.note(
                "plaintext-inter-broker",
                name,
                message,
                "use SSL or SASL_SSL where others can connect",
            );
        } else {
            examined.warning(
                "plaintext-inter-broker",
                name,
                message,
                "use SSL or SASL_SSL with credentials of their own",
            );
        }
    }
}
