use secrecy::SecretString;

use super::*;

const CA: &str = "-----BEGIN CERTIFICATE----- QUJD -----END CERTIFICATE-----";

struct NoToken;

impl TokenSource for NoToken {
    fn token(&self) -> Result<SecretString, String> {
        Err("none".into())
    }
}

fn read(pairs: &[(&str, &str)]) -> Result<Connection, Vec<PropertyError>> {
    let properties = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    let context = PropertyContext {
        prefix: "confluent.metadata.".into(),
        client_id: "openmds".into(),
        token_source: Some(Arc::new(NoToken)),
        timeout: Duration::from_secs(5),
    };
    connection_from_properties(&properties, &context)
}

fn messages(pairs: &[(&str, &str)]) -> Vec<String> {
    read(pairs)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn kafkas_defaults_apply() {
    let connection = read(&[("bootstrap.servers", "a:1, b:2,")]).unwrap();
    assert_eq!(connection.bootstrap.len(), 2);
    assert_eq!(connection.protocol, SecurityProtocol::Plaintext);
    assert!(connection.sasl.is_none());
    assert!(connection.tls.verify_hostname);
    assert_eq!(connection.timeout, Duration::from_secs(5));
}

#[test]
fn reads_a_full_set() {
    let connection = read(&[
        ("bootstrap.servers", "[::1]:9093"),
        ("security.protocol", "SASL_SSL"),
        ("sasl.mechanism", "SCRAM-SHA-512"),
        (
            "sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=a password=b;",
        ),
        ("ssl.truststore.type", "PEM"),
        ("ssl.truststore.certificates", CA),
        ("ssl.endpoint.identification.algorithm", ""),
        ("request.timeout.ms", "1500"),
        ("unknown.property", "ignored"),
    ])
    .unwrap();
    assert_eq!(
        connection.sasl.unwrap().mechanism(),
        SaslMechanism::ScramSha512
    );
    assert!(connection.tls.trusted_ca_pem.is_some());
    assert!(!connection.tls.verify_hostname);
    assert_eq!(connection.timeout, Duration::from_millis(1500));
}

#[test]
fn oauthbearer_takes_its_tokens_from_the_context() {
    let connection = read(&[
        ("bootstrap.servers", "a:1"),
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanism", "OAUTHBEARER"),
    ])
    .unwrap();
    assert_eq!(
        connection.sasl.unwrap().mechanism(),
        SaslMechanism::OAuthBearer
    );
}

#[test]
fn reports_all_errors_at_once_by_full_name() {
    let errors = messages(&[
        ("bootstrap.servers", "kafka"),
        ("security.protocol", "SASL_SSL"),
        ("sasl.mechanism", "PLAIN"),
        ("sasl.jaas.config", "x required password=hunter2;"),
        ("ssl.truststore.type", "BCFKS"),
        ("ssl.truststore.location", "/nowhere"),
        ("ssl.endpoint.identification.algorithm", "ldaps"),
        ("request.timeout.ms", "0"),
    ]);
    let names: Vec<_> = errors.iter().filter_map(|e| e.split(": ").next()).collect();
    assert_eq!(
        names,
        [
            "confluent.metadata.bootstrap.servers",
            "confluent.metadata.sasl.jaas.config",
            "confluent.metadata.ssl.truststore.type",
            "confluent.metadata.ssl.endpoint.identification.algorithm",
            "confluent.metadata.request.timeout.ms",
        ]
    );
    assert!(errors.iter().any(|e| e.contains("keytool")), "{errors:?}");
    assert!(!errors.iter().any(|e| e.contains("hunter2")), "{errors:?}");
}

#[test]
fn a_broken_store_is_told_apart_and_the_conversion_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"\xfe\xed\xfe\xed").unwrap();
    let path = file.path().to_str().unwrap();
    let ssl = [("bootstrap.servers", "a:1"), ("security.protocol", "SSL")];
    let errors = messages(&[ssl[0], ssl[1], ("ssl.truststore.location", path)]);
    assert!(errors[0].contains("is no whole JKS store"), "{errors:?}");
    let errors = messages(&[
        ssl[0],
        ssl[1],
        ("ssl.truststore.certificates", CA),
        ("ssl.keystore.location", path),
    ]);
    assert!(
        errors[0].contains("ssl.keystore.password: is needed"),
        "{errors:?}"
    );
    std::fs::write(file.path(), b"what is this?").unwrap();
    let errors = messages(&[ssl[0], ssl[1], ("ssl.truststore.location", path)]);
    assert!(errors[0].contains("keytool"), "{errors:?}");
}

#[test]
fn tls_needs_trust_and_a_whole_key_store() {
    let ssl = [("bootstrap.servers", "a:1"), ("security.protocol", "SSL")];
    assert!(messages(&ssl)[0].contains("not trusted here"));
    let errors = messages(&[
        ssl[0],
        ssl[1],
        ("ssl.truststore.certificates", CA),
        ("ssl.keystore.certificate.chain", CA),
    ]);
    assert!(errors[0].contains("ssl.keystore.key"), "{errors:?}");
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY----- QUJD -----END ENCRYPTED PRIVATE KEY-----";
    let errors = messages(&[
        ssl[0],
        ssl[1],
        ("ssl.truststore.certificates", CA),
        ("ssl.keystore.certificate.chain", CA),
        ("ssl.keystore.key", encrypted),
    ]);
    assert!(errors[0].contains("openssl pkey"), "{errors:?}");
}

#[test]
fn missing_and_unknown_mechanisms_list_the_choices() {
    let sasl = [
        ("bootstrap.servers", "a:1"),
        ("security.protocol", "SASL_PLAINTEXT"),
    ];
    assert!(messages(&sasl)[0].contains("SCRAM-SHA-256"));
    let errors = messages(&[sasl[0], sasl[1], ("sasl.mechanism", "GSSAPI")]);
    assert!(
        errors[0].contains("`GSSAPI` is not supported"),
        "{errors:?}"
    );
    let errors = messages(&[sasl[0], sasl[1], ("sasl.mechanism", "PLAIN")]);
    assert!(errors[0].contains("sasl.jaas.config"), "{errors:?}");
}
