//! One table: a file, changed in one place, and what is said of it.

use super::{Access, Around, Kind, examine, kind};
use crate::properties::{Property, parse};

/// A broker in which nothing is wrong.
const BROKER: &str = "process.roles=broker
node.id=1
listeners=REPL://broker1:9091,TOKEN://broker1:9094
advertised.listeners=REPL://broker1:9091,TOKEN://broker1:9094
listener.security.protocol.map=REPL:SSL,TOKEN:SASL_SSL,CONTROLLER:SSL
inter.broker.listener.name=REPL
controller.listener.names=CONTROLLER
authorizer.class.name=io.openmds.kafka.OpenMdsAuthorizer
super.users=User:_openmds;User:broker
listener.name.token.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.token.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"unused\" ;
listener.name.token.oauthbearer.sasl.server.callback.handler.class=io.openmds.kafka.OpenMdsTokenValidator
openmds.jwks.cache.path=/var/lib/kafka/jwks.json
openmds.jwks.url=https://mds:8090/security/1.0/jwks.json
openmds.token.issuer=openmds
openmds.token.audience=K1,openmds
confluent.security.event.logger.exporter.kafka.bootstrap.servers=logs:9093
confluent.security.event.logger.exporter.kafka.security.protocol=SSL
confluent.security.event.logger.exporter.kafka.topic.create=false
";

const STOCK: &str = "listener.name.token.oauthbearer.sasl.server.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler
listener.name.token.sasl.oauthbearer.expected.issuer=openmds
listener.name.token.sasl.oauthbearer.expected.audience=K1
";

fn properties(text: &str) -> Vec<Property> {
    parse(text.as_bytes()).unwrap()
}

/// Files in `/there`, with permissions as their names say.
fn look(path: &str) -> Access {
    match path {
        "/there/open" => Access::Readable(Some(0o644)),
        "/there/locked" => Access::Unreadable,
        path if path.starts_with("/there/") => Access::Readable(Some(0o600)),
        _ => Access::Missing,
    }
}

fn findings(text: &str, mode: u32) -> Vec<String> {
    let around = Around {
        look: &look,
        cluster_id: Some("K1"),
        mode: Some(mode),
    };
    let found = examine("f", &properties(text), &around).into_iter();
    found
        .map(|finding| {
            assert!(
                !finding.message.is_empty() && !finding.fix.is_empty(),
                "{finding:?}"
            );
            format!("{} {} {}", finding.severity, finding.rule, finding.path)
        })
        .collect()
}

/// The broker with these lines in the place of those of the same names; `-name` takes a line out.
fn broker(changes: &str) -> String {
    let changed: Vec<&str> = changes
        .lines()
        .map(|line| line.split('=').next().unwrap().trim_start_matches('-'))
        .collect();
    let kept = BROKER
        .lines()
        .filter(|line| !changed.contains(&line.split('=').next().unwrap()));
    let added = changes.lines().filter(|line| !line.starts_with('-'));
    kept.chain(added).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_good_broker_has_no_findings() {
    assert_eq!(findings(BROKER, 0o644), Vec::<String>::new());
}

#[test]
fn what_a_file_is_for() {
    let node = |broker, controller| Kind::Node { broker, controller };
    for (text, expected) in [
        (BROKER, node(true, false)),
        ("process.roles=controller", node(false, true)),
        ("process.roles=broker, controller", node(true, true)),
        ("broker.id=1", node(true, false)),
        (
            "confluent.metadata.server.listeners=http://127.0.0.1:8090",
            Kind::Server,
        ),
        (
            "process.roles=broker\nconfluent.metadata.server.listeners=x",
            node(true, false),
        ),
        ("openmds.store.path=x", Kind::Server),
        ("bootstrap.servers=x", Kind::Unknown),
        ("", Kind::Unknown),
    ] {
        assert_eq!(kind(&properties(text)), expected, "{text}");
    }
    assert_eq!(findings("a=b", 0o600), ["error unknown-kind "]);
}

const T: &str = "listener.name.token.";
const H: &str = "listener.name.token.oauthbearer.sasl.server.callback.handler.class";
const E: &str = "confluent.security.event.logger.exporter.kafka.";

/// Changes of the broker, and all that is found.
fn table() -> Vec<(String, Vec<String>)> {
    let row = |changes: &str, found: &[&str]| {
        (
            changes.replace("$T", T).replace("$H", H).replace("$E", E),
            found
                .iter()
                .map(|one| one.replace("$T", T).replace("$H", H).replace("$E", E))
                .collect(),
        )
    };
    let stock = |more: &str| {
        format!(
            "{STOCK}-openmds.jwks.cache.path\n-openmds.jwks.url\n-openmds.token.issuer\n-openmds.token.audience\n{more}"
        )
    };
    vec![
        // listeners
        row("listeners=REPL:9091,TOKEN://broker1:9094\nadvertised.listeners=TOKEN://broker1:9094", &["error listener-spelling listeners", "error unknown-listener inter.broker.listener.name"]),
        row("listeners=REPL://broker1:9091,TOKEN://broker1:9091", &["warning same-port listeners"]),
        row("listener.security.protocol.map=REPL:SSL,TOKEN:SASL_SSL,CONTROLLER:TLS", &["error protocol-spelling listener.security.protocol.map"]),
        row("listener.security.protocol.map=TOKEN:SASL_SSL,CONTROLLER:SSL", &["error no-protocol listener.security.protocol.map"]),
        row("-listener.security.protocol.map", &["error no-protocol ", "error no-protocol ", "warning no-token-listener "].map(|one| match one { "error no-protocol " => "error no-protocol listener.security.protocol.map", one => one })),
        row("advertised.listeners=REPL://0.0.0.0:9091,OTHER://broker1:1", &["error advertised-anywhere advertised.listeners", "error unknown-listener advertised.listeners"]),
        row("-controller.listener.names", &["error no-controller-listener controller.listener.names"]),
        row("controller.listener.names=TOKEN", &["error controller-listener-on-broker controller.listener.names"]),
        row("security.inter.broker.protocol=SSL", &["error two-inter-broker-settings inter.broker.listener.name"]),
        row("inter.broker.listener.name=OTHER", &["error unknown-listener inter.broker.listener.name"]),
        row("listener.security.protocol.map=REPL:PLAINTEXT,TOKEN:SASL_SSL,CONTROLLER:SSL", &["warning plaintext-inter-broker inter.broker.listener.name"]),
        row("inter.broker.listener.name=TOKEN", &["warning tokens-between-brokers inter.broker.listener.name"]),
        row("zookeeper.connect=z:2181", &["error zookeeper zookeeper.connect"]),
        // tokens, our validator
        row("-$H", &["error unsigned-tokens $H"]),
        row("$H=org.apache.kafka.common.security.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler", &["error unsigned-tokens $H"]),
        row("$H=io.confluent.kafka.server.plugins.auth.token.TokenBearerValidatorCallbackHandler", &["error foreign-class $H"]),
        row("-$Toauthbearer.sasl.jaas.config", &["error no-jaas $Toauthbearer.sasl.jaas.config"]),
        row("-$Tsasl.enabled.mechanisms", &["warning no-token-listener "]),
        row("$Tsasl.enabled.mechanisms=PLAIN", &["warning no-token-listener "]),
        row("-$Tsasl.enabled.mechanisms\nsasl.enabled.mechanisms=PLAIN,OAUTHBEARER", &[]),
        row("-openmds.jwks.cache.path", &["error no-jwks openmds.jwks.cache.path"]),
        row("openmds.jwks.url=http://mds:8090/jwks", &["error keys-in-clear openmds.jwks.url"]),
        row("openmds.jwks.url=http://mds:8090/jwks\nopenmds.jwks.http.allowed=true", &[]),
        row("openmds.jwks.url=http://127.0.0.1:8090/jwks", &[]),
        row("-openmds.token.issuer\n-openmds.token.audience", &["error no-audience $Tsasl.oauthbearer.expected.audience", "error no-issuer $Tsasl.oauthbearer.expected.issuer"]),
        row("-openmds.token.issuer\n-openmds.token.audience\nsasl.oauthbearer.expected.issuer=i\n$Tsasl.oauthbearer.expected.audience=K1", &[]),
        row("openmds.token.audience=K2", &["error wrong-audience openmds.token.audience"]),
        row("listener.security.protocol.map=REPL:SSL,TOKEN:SASL_PLAINTEXT,CONTROLLER:SSL", &["warning tokens-in-clear listener.security.protocol.map"]),
        // tokens, Kafka's validator
        row(&stock("$Tsasl.oauthbearer.jwks.endpoint.url=file:///there/jwks"), &["note allowed-urls $Tsasl.oauthbearer.jwks.endpoint.url", "note jwks-read-once $Tsasl.oauthbearer.jwks.endpoint.url"]),
        row(&stock("$Tsasl.oauthbearer.jwks.endpoint.url=file:/nowhere"), &["error no-file $Tsasl.oauthbearer.jwks.endpoint.url", "note allowed-urls $Tsasl.oauthbearer.jwks.endpoint.url", "note jwks-read-once $Tsasl.oauthbearer.jwks.endpoint.url"]),
        row(&stock("$Tsasl.oauthbearer.jwks.endpoint.url=http://mds/jwks"), &["error keys-in-clear $Tsasl.oauthbearer.jwks.endpoint.url", "warning jwks-over-http $Tsasl.oauthbearer.jwks.endpoint.url", "note allowed-urls $Tsasl.oauthbearer.jwks.endpoint.url"]),
        row(&stock(""), &["error no-jwks $Tsasl.oauthbearer.jwks.endpoint.url"]),
        row(&stock("$Tsasl.oauthbearer.jwks.endpoint.url=https://mds/jwks\n$Tsasl.oauthbearer.expected.audience=").replace("expected.audience=K1\n", "expected.issuer=openmds\n"), &["error no-audience $Tsasl.oauthbearer.expected.audience", "warning jwks-over-http $Tsasl.oauthbearer.jwks.endpoint.url", "note allowed-urls $Tsasl.oauthbearer.jwks.endpoint.url"]),
        // who decides
        row("-authorizer.class.name", &["error no-authorizer authorizer.class.name"]),
        row("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", &["warning no-plugin authorizer.class.name"]),
        row("authorizer.class.name=io.confluent.kafka.security.authorizer.ConfluentServerAuthorizer", &["error foreign-class authorizer.class.name"]),
        row("authorizer.class.name=kafka.security.authorizer.AclAuthorizer", &["error zookeeper authorizer.class.name"]),
        row("authorizer.class.name=com.example.Own", &["note other-authorizer authorizer.class.name"]),
        row("-super.users", &["error no-super-users super.users"]),
        row("super.users=User:broker", &["warning server-not-super-user super.users"]),
        row("super.users=User:_openmds,User:broker", &["error super-user-spelling super.users", "warning server-not-super-user super.users"]),
        row("super.users=User:_openmds;broker", &["error super-user-spelling super.users"]),
        row("super.users=User:_openmds;User:CN=a,OU=b", &[]),
        row("super.users=User:_openmds;User:ANONYMOUS", &["error anonymous-super-user super.users"]),
        row("allow.everyone.if.no.acl.found=true", &["warning open-by-default allow.everyone.if.no.acl.found"]),
        // events
        row("confluent.security.event.router.config={}", &["note router-config confluent.security.event.router.config"]),
        row("confluent.security.event.router.config={\"a\":1}", &["error router-config confluent.security.event.router.config"]),
        row("confluent.security.event.logger.enable=false", &["note no-audit confluent.security.event.logger.enable"]),
        row("-$Etopic.create", &["note topic-create $Etopic.create"]),
        row("$Esecurity.protocol=SASL_SSL", &["error no-jaas $Esasl.jaas.config"]),
        row("$Esecurity.protocol=PLAINTEXT", &["warning events-in-clear $Esecurity.protocol"]),
        row("$Esecurity.protocol=SASL_PLAINTEXT\n$Esasl.mechanism=PLAIN\n$Esasl.jaas.config=x", &["error plain-without-tls $Esecurity.protocol"]),
        row("$Esecurity.protocol=SASL_PLAINTEXT\n$Esasl.mechanism=PLAIN\n$Esasl.jaas.config=x\nopenmds.audit.plain.allowed=true", &["warning events-in-clear $Esecurity.protocol"]),
        // names
        row("super.user=User:x", &["warning unknown-property super.user"]),
        row("openmds.audit.queue.max=1", &["warning unknown-property openmds.audit.queue.max"]),
        row("num.partitions=3\nsome.plugin.setting=x", &[]),
        row("listener.name.TOKEN.sasl.jaas.config=x", &["error listener-case listener.name.TOKEN.sasl.jaas.config"]),
        row("listener.name.client.ssl.client.auth=required", &["warning unknown-listener listener.name.client.ssl.client.auth"]),
        row("listener.name.controller.ssl.client.auth=required", &[]),
        row("$Toauthbearer.sasl.jaas.confg=x", &["warning unknown-property $Toauthbearer.sasl.jaas.confg"]),
        // files
        row("ssl.keystore.location=/there/key", &[]),
        row("ssl.keystore.location=/there/open", &["error open-key-file ssl.keystore.location"]),
        row("ssl.truststore.location=/there/open", &[]),
        row("listener.name.repl.ssl.keystore.location=/nowhere", &["error no-file listener.name.repl.ssl.keystore.location"]),
        row("ssl.keystore.location=/there/locked", &["warning unreadable-file ssl.keystore.location"]),
        row("ssl.keystore.location=${env:KEY}", &[]),
        row("ssl.keystore.password=${file:/there/secrets:key}", &[]),
    ]
}

#[test]
fn each_change_is_found_and_nothing_else() {
    let mut failures = Vec::new();
    for (changes, mut expected) in table() {
        let mut found = findings(&broker(&changes), 0o644);
        found.sort();
        expected.sort();
        if found != expected {
            failures.push(format!(
                "{changes}\n  found    {found:?}\n  expected {expected:?}"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_password_in_clear_is_as_bad_as_the_file_is_open() {
    let jaas =
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"a\" password";
    for (line, secret) in [
        (format!("sasl.jaas.config={jaas}=\"b\";"), true),
        (
            format!("sasl.jaas.config={jaas}=\"${{file:/there/s:p}}\";"),
            false,
        ),
        (
            "listener.name.token.plain.sasl.jaas.config=PlainLoginModule required user_a=\"b\";"
                .to_owned(),
            true,
        ),
        ("ssl.key.password=x".to_owned(), true),
        ("ssl.key.password=".to_owned(), false),
    ] {
        let name = line.split('=').next().unwrap().to_owned();
        for (mode, expected) in [
            (0o644, "error password-in-open-file"),
            (0o640, "warning password-in-open-file"),
            (0o600, "note password-in-clear"),
        ] {
            let found = findings(&broker(&line), mode);
            let expected = if secret {
                vec![format!("{expected} {name}")]
            } else {
                vec![]
            };
            assert_eq!(found, expected, "{line} {mode:o}");
        }
    }
}

#[test]
fn a_controller_needs_its_own_exporter() {
    let text = "process.roles=controller\nnode.id=9\nlisteners=CONTROLLER://c1:9093\nlistener.security.protocol.map=CONTROLLER:SSL\ncontroller.listener.names=CONTROLLER\nsuper.users=User:_openmds\n";
    assert_eq!(
        findings(text, 0o600),
        ["error no-authorizer authorizer.class.name"]
    );
    let text = format!("{text}authorizer.class.name=io.openmds.kafka.OpenMdsAuthorizer\n");
    assert_eq!(
        findings(&text, 0o600),
        [format!("warning no-exporter {E}bootstrap.servers")]
    );
    let text = text.replace("listeners=CONTROLLER", "listeners=OTHER");
    assert!(
        findings(&text, 0o600)
            .contains(&"error unknown-listener controller.listener.names".to_owned())
    );
}

#[test]
fn the_last_of_two_lines_counts() {
    let text = format!("super.users=User:x\n{BROKER}");
    let around = Around {
        look: &look,
        cluster_id: None,
        mode: None,
    };
    let found = examine("f", &properties(&text), &around);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].line, found[0].rule.as_str()),
        (Some(1), "repeated-property")
    );
    assert!(found[0].message.contains("line 10"), "{}", found[0].message);
}
