use secrecy::ExposeSecret;

use super::*;

const PLAIN_HEAD: &str = "org.apache.kafka.common.security.plain.PlainLoginModule";

fn plain(options: &str) -> Result<(String, String), JaasError> {
    match parse(SaslMechanism::Plain, &format!("{PLAIN_HEAD} {options}"))? {
        Sasl::Plain { username, password } => Ok((username, password.expose_secret().to_owned())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_options_in_any_order_and_ignores_others() {
    let expected = Ok(("mds".to_owned(), "s3cret".to_owned()));
    for options in [
        r#"required username="mds" password="s3cret";"#,
        r#"required password='s3cret' username=mds;"#,
        r#"REQUIRED  serviceName="kafka"  username = "mds"  user_mds="x" password="s3cret" ;  "#,
        "required // who\n username=mds /* and\n why; */ password=s3cret;",
    ] {
        assert_eq!(plain(options), expected, "{options}");
    }
}

#[test]
fn undoes_javas_escapes() {
    let read = plain(r#"required username="a" password="q\"b\\s\141\t;='\z";"#).unwrap();
    assert_eq!(read.1, "q\"b\\sa\t;='z");
    assert_eq!(
        plain("required username=\"a\" password=\"ü→€\";")
            .unwrap()
            .1,
        "ü→€"
    );
    assert_eq!(
        plain(r#"required username="a" password="";"#).unwrap().1,
        ""
    );
}

#[test]
fn the_module_must_fit_the_mechanism() {
    let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required \
                 username=\"a\" password=\"b\";";
    for mechanism in [SaslMechanism::ScramSha256, SaslMechanism::ScramSha512] {
        assert_eq!(parse(mechanism, scram).unwrap().mechanism(), mechanism);
    }
    let error = parse(SaslMechanism::Plain, scram).unwrap_err();
    assert!(error.to_string().contains("PlainLoginModule"), "{error}");
}

#[test]
fn says_what_is_wrong_without_the_password() {
    for (options, expected) in [
        ("", "control flag"),
        ("username=hunter2;", "control flag"),
        (r#"required password="hunter2";"#, "`username` is missing"),
        (
            r#"required username="" password="hunter2";"#,
            "`username` is missing",
        ),
        (r#"required username="a";"#, "`password` is missing"),
        (
            r#"required username="a" password="hunter2"#,
            "closing quote",
        ),
        (
            r#"required username="a" password="hunter2""#,
            "`;` at the end",
        ),
        (r#"required username="a" password "hunter2";"#, "`=` after"),
        (r#"required username="a" password=;"#, "the option's value"),
        (
            r#"required username="a" password="hunter2"; x"#,
            "only one login module",
        ),
        (
            r#"required password="hunter2" password="hunter2";"#,
            "given twice",
        ),
        ("required username=a password=\"hunter2\n\";", "same line"),
    ] {
        let error = plain(options).unwrap_err().to_string();
        assert!(error.contains(expected), "{options}: {error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn positions_count_characters() {
    let error = plain("required username=\"ü\" = ;").unwrap_err();
    let position = PLAIN_HEAD.len() + 1 + "required username=\"ü\" ".chars().count() + 1;
    assert!(
        matches!(error, JaasError::Unexpected { position: p, .. } if p == position),
        "{error}"
    );
}
