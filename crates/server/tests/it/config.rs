//! The configuration file: every fault at once, and no secret in what is said about it.

use openmds_server::config::{ConfigError, Settings};

use crate::world::World;

const DESTINATION: &str = "confluent.security.event.logger.destination.admin.";

fn faults(world: &World) -> Vec<(String, String)> {
    match Settings::load(&world.config()) {
        Ok(_) => Vec::new(),
        Err(ConfigError::Invalid { faults, .. }) => faults
            .into_iter()
            .map(|fault| (fault.property, fault.message))
            .collect(),
        Err(other) => panic!("{other}"),
    }
}

/// The one fault of a file with this property.
fn fault(changes: &[(&str, &str)]) -> (String, String) {
    let mut world = World::new();
    for (name, value) in changes {
        world.set(name, value);
    }
    let mut faults = faults(&world);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[test]
fn a_good_file_is_read_with_its_defaults() {
    let mut world = World::new();
    world.set("confluent.metadata.server.public.key.path", "/x");
    world.set("super.users", "User:mds; User:J\u{fc}rgen;Group:ops");
    let settings = Settings::load(&world.config()).ok().unwrap();
    assert_eq!(settings.push_timeout.as_millis(), 5000);
    assert_eq!(settings.reconcile_interval.as_millis(), 60_000);
    assert_eq!(settings.token.lifetime.as_secs(), 3600);
    assert_eq!(
        (
            settings.token.issuer.as_str(),
            settings.token.audience.as_str()
        ),
        ("openmds", "openmds")
    );
    let users: Vec<String> = settings
        .super_users
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(users, ["User:J\u{fc}rgen", "User:mds", "Group:ops"]);
    assert_eq!(
        settings.warnings,
        ["confluent.metadata.server.public.key.path has no meaning for OpenMDS and is ignored"]
    );
    let allowed: Vec<String> = settings
        .destination
        .allowed
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        allowed,
        [
            "127.0.0.1:9101",
            "127.0.0.1:9301",
            "127.0.0.1:9401",
            "127.0.0.1:9999"
        ]
    );
}

#[test]
fn all_faults_are_named_at_once() {
    let world = World::new();
    let path = world.config();
    std::fs::write(
        &path,
        "super.users=mds\n\
         confluent.metadata.server.listeners=ftp://x:1,http://nowhere\n\
         confluent.metadata.server.user.store=FILES\n\
         confluent.metadata.server.token.max.lifetime.ms=soon\n\
         confluent.metadata.server.tokn.key.path=x\n\
         openmds.push.timeot.ms=1\n\
         openmds.audit.plain.allowed=yes\n\
         openmds.controllers.payments=localhost:9093\n\
         openmds.audit.destinations.allowed=logs\n",
    )
    .unwrap();
    let Err(error) = Settings::load(&path) else {
        panic!("accepted");
    };
    let text = error.to_string();
    for says in [
        "super.users: `mds` is not a principal",
        "confluent.metadata.server.listeners: `ftp` is neither http nor https",
        "confluent.metadata.server.listeners: `nowhere` is not an IP address and a port",
        "confluent.metadata.server.user.store: `FILES` is not supported; use FILE or LDAP or OAUTH",
        "confluent.metadata.server.token.max.lifetime.ms: `soon` is not a number of milliseconds",
        "confluent.metadata.server.tokn.key.path: is not a property of this version; did you mean confluent.metadata.server.token.key.path?",
        "openmds.push.timeot.ms: is not a property of this version; did you mean openmds.push.timeout.ms?",
        "openmds.controllers.payments: `localhost:9093` is not `<node id>@host:port`",
        "openmds.audit.destinations.allowed: `logs` has no port",
        "confluent.metadata.server.user.store.file.path: is required",
        "confluent.metadata.server.token.key.path: is required",
        "confluent.metadata.bootstrap.servers: is required",
        "openmds.store.path: is required",
    ] {
        assert!(text.contains(&format!("\n  {says}")), "{says}\n{text}");
    }
    assert!(text.starts_with(&format!("{} cannot be used:\n", path.display())));
}

#[test]
fn a_file_that_is_none_is_refused() {
    let world = World::new();
    let path = world.config();
    let refused = |path: &std::path::Path| match Settings::load(path) {
        Err(error @ ConfigError::Unreadable { .. }) => error.to_string(),
        _ => panic!("accepted"),
    };
    assert!(refused(&path.with_extension("missing")).contains("No such file"));
    std::fs::write(&path, b"super.users=User:\xff\n").unwrap();
    assert!(refused(&path).ends_with("byte 17 is not UTF-8"));
    std::fs::write(&path, "a=\\u12\n").unwrap();
    refused(&path);
}

#[test]
fn an_encrypted_listener_needs_a_certificate() {
    let (property, message) =
        fault(&[("confluent.metadata.server.listeners", "https://127.0.0.1:0")]);
    assert_eq!(property, "confluent.metadata.server.ssl.keystore.location");
    assert!(message.starts_with("is required: a file"));
    let (property, _) = fault(&[
        ("confluent.metadata.server.listeners", "https://127.0.0.1:0"),
        ("confluent.metadata.server.ssl.keystore.type", "BCFKS"),
        (
            "confluent.metadata.server.ssl.keystore.location",
            "store.bcfks",
        ),
    ]);
    assert_eq!(property, "confluent.metadata.server.ssl.keystore.type");
}

#[test]
fn tokens_for_the_home_cluster_need_its_id_and_an_encrypted_way() {
    let bearer = [
        ("confluent.metadata.security.protocol", "SASL_PLAINTEXT"),
        ("confluent.metadata.sasl.mechanism", "OAUTHBEARER"),
    ];
    let mut world = World::new();
    for (name, value) in bearer {
        world.set(name, value);
    }
    assert_eq!(faults(&world), []);
    world.unset("openmds.cluster.id");
    assert_eq!(faults(&world)[0].0, "openmds.cluster.id");
    world.set("openmds.cluster.id", "home-id");
    world.set(
        "confluent.metadata.bootstrap.servers",
        "127.0.0.1:1,home.example:1",
    );
    let found = faults(&world);
    assert_eq!(found[0].0, "confluent.metadata.security.protocol");
    assert!(
        found[0].1.contains("to home.example:1 in clear"),
        "{found:?}"
    );
    world.set("openmds.push.plaintext.allowed", "true");
    assert_eq!(faults(&world), []);
}

#[test]
fn a_password_goes_only_to_a_verified_destination() {
    let set = |world: &mut World, name: &str, value: &str| {
        world.set(&format!("{DESTINATION}{name}"), value);
    };
    let mut world = World::new();
    set(&mut world, "security.protocol", "SASL_PLAINTEXT");
    set(&mut world, "sasl.mechanism", "PLAIN");
    let jaas = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"hunter2\";";
    set(&mut world, "sasl.jaas.config", jaas);
    let found = faults(&world);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, format!("{DESTINATION}sasl.mechanism"));
    world.set("openmds.audit.plain.allowed", "true");
    assert_eq!(faults(&world), []);
    // Encrypted is not enough: somebody else's certificate must not do.
    world.set("openmds.audit.plain.allowed", "false");
    let certificate = rcgen::generate_simple_self_signed(["logs".to_string()]).unwrap();
    let ca = world.folder.path().join("ca.pem");
    std::fs::write(&ca, certificate.cert.pem()).unwrap();
    set(&mut world, "security.protocol", "SASL_SSL");
    set(&mut world, "ssl.truststore.type", "PEM");
    set(&mut world, "ssl.truststore.location", ca.to_str().unwrap());
    assert_eq!(faults(&world), []);
    set(&mut world, "ssl.endpoint.identification.algorithm", "");
    assert_eq!(faults(&world)[0].0, format!("{DESTINATION}sasl.mechanism"));
}

#[test]
fn trust_for_registered_clusters_comes_from_the_first_group_that_is_there() {
    let mut world = World::new();
    let pem = |name: &str| {
        let certificate = rcgen::generate_simple_self_signed([name.to_string()]).unwrap();
        certificate.cert.pem()
    };
    let mut last = None;
    for (group, name) in [
        ("", "c"),
        ("confluent.metadata.", "b"),
        ("confluent.metadata.admin.", "a"),
    ] {
        let text = pem(name);
        let path = world.folder.path().join(name);
        std::fs::write(&path, &text).unwrap();
        world.set(
            &format!("{group}ssl.truststore.location"),
            path.to_str().unwrap(),
        );
        let settings = Settings::load(&world.config()).ok().unwrap();
        let trusted = settings.propagation.tls.unwrap().trusted_ca_pem.unwrap();
        assert_eq!(trusted, text.as_bytes());
        assert_ne!(last.replace(trusted), Some(text.into_bytes()));
    }
    // The groups are not mixed: one without trust is a fault, not a reason to look further.
    world.unset("confluent.metadata.admin.ssl.truststore.location");
    world.set("confluent.metadata.admin.ssl.keystore.type", "PEM");
    assert_eq!(
        faults(&world)[0].0,
        "confluent.metadata.admin.ssl.truststore.location"
    );
}

#[test]
fn secrets_are_in_no_message() {
    let mut world = World::new();
    let secret = "hunter2";
    let broken = [
        format!(
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"a\" password=\"{secret}"
        ),
        format!(
            "org.apache.kafka.common.security.scram.ScramLoginModule required user=\"a\" password=\"{secret}\";"
        ),
        format!("{secret} required username=\"a\" password=\"{secret}\";"),
        format!("password={secret}"),
    ];
    for jaas in broken {
        for group in ["confluent.metadata.", DESTINATION] {
            world.set(&format!("{group}security.protocol"), "SASL_PLAINTEXT");
            world.set(&format!("{group}sasl.mechanism"), "SCRAM-SHA-512");
            world.set(&format!("{group}sasl.jaas.config"), &jaas);
        }
        let Err(error) = Settings::load(&world.config()) else {
            panic!("accepted");
        };
        let said = format!("{error} {error:?}");
        assert!(said.contains("sasl.jaas.config"), "{said}");
        if !jaas.starts_with(secret) {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
