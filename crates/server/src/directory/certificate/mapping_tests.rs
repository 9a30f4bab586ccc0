//! Kafka's own cases (Kafka 4.0, `SslPrincipalMapperTest`), and what Java's `replaceAll` does.

use super::PrincipalMapping;

fn mapped(rules: &str, name: &str) -> Option<String> {
    PrincipalMapping::parse(rules).unwrap().apply(name)
}

fn count(rules: &str) -> usize {
    PrincipalMapping::parse(rules).unwrap().rules.len()
}

#[test]
fn kafkas_valid_rules_are_valid() {
    let valid = [
        "DEFAULT",
        "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/",
        "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L, DEFAULT",
        "RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/",
        "RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/L",
        "RULE:^cn=(.?),ou=(.?),dc=(.?),dc=(.?)$/$1@$2/U",
        "RULE:^CN=([^,ADEFLTU,]+)(,.*|$)/$1/",
        "RULE:^CN=([^,DEFAULT,]+)(,.*|$)/$1/",
    ];
    for rules in valid {
        assert!(count(rules) > 0, "{rules}");
    }
}

#[test]
fn kafkas_invalid_rules_are_invalid() {
    let invalid = [
        "default",
        "DEFAUL",
        "DEFAULT/L",
        "DEFAULT/U",
        "RULE:CN=(.*?),OU=ServiceUsers.*/$1",
        "rule:^CN=(.*?),OU=ServiceUsers.*$/$1/",
        "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L/U",
        "RULE:^CN=(.*?),OU=ServiceUsers.*$/L",
        "RULE:^CN=(.*?),OU=ServiceUsers.*$/U",
        "RULE:^CN=(.*?),OU=ServiceUsers.*$/LU",
        "RULE:(/x/",
        "RULE:CN=.*/$1/",
    ];
    for rules in invalid {
        assert!(PrincipalMapping::parse(rules).is_err(), "{rules}");
    }
}

#[test]
fn the_first_rule_that_applies_counts() {
    let rules = "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L, \
                 RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L, \
                 RULE:^cn=(.*?),ou=(.*?),dc=(.*?),dc=(.*?)$/$1@$2/U, \
                 RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U, DEFAULT";
    let cases = [
        ("CN=Duke,OU=ServiceUsers,O=Org,C=US", "duke"),
        ("CN=Duke,OU=SME,O=mycp,L=Fulton,ST=MD,C=US", "duke@sme"),
        ("cn=duke,ou=sme,dc=mycp,dc=com", "DUKE@SME"),
        ("cN=duke,OU=JavaSoft,O=Sun Microsystems", "DUKE"),
        (
            "OU=JavaSoft,O=Sun Microsystems,C=US",
            "OU=JavaSoft,O=Sun Microsystems,C=US",
        ),
    ];
    for (name, user) in cases {
        assert_eq!(mapped(rules, name).as_deref(), Some(user));
    }
}

#[test]
fn rules_are_split_as_kafka_splits_them() {
    let cases = [
        ("", 0),
        ("RULE://", 1),
        ("RULE:/.*/L", 1),
        ("  RULE:// ,  DEFAULT  ", 2),
        ("  RULE:   /     / ,  DEFAULT  ", 2),
        ("  RULE:([A-Z]*)/$1/U   ,RULE:([a-z]+)/$1/,   DEFAULT  ", 3),
        (",   , , ,      , , ,   ", 0),
        (",,RULE://,,,DEFAULT,,", 2),
        ("     ,  , RULE:   /  /U    ,,  ,DEFAULT, ,", 2),
        (r"RULE:\/\\\(\)\n\t/\/\/\//", 1),
    ];
    for (rules, expected) in cases {
        assert_eq!(count(rules), expected, "{rules}");
    }
    let rules = r"RULE:,RULE:,/,RULE:,\//U,RULE:,/RULE:,/,RULE:,RULE:,/L,RULE:,/L,RULE:, DEFAULT, /DEFAULT/,DEFAULT";
    assert_eq!(count(rules), 5);
    assert_eq!(mapped(rules, ",RULE:,").as_deref(), Some(",RULE:,/"));
}

#[test]
fn no_rule_is_no_name() {
    assert_eq!(mapped("RULE:^CN=a$/a/", "CN=b"), None);
    assert_eq!(mapped("", "CN=b"), None);
}

#[test]
fn replacing_follows_java() {
    let escaped = r"RULE:^CN=((\\, *|\w)+)(,.*|$)/$1/,DEFAULT";
    assert_eq!(
        mapped(escaped, r"CN=Tkac\, Adam,OU=ITZ,DC=geodis,DC=cz").as_deref(),
        Some(r"Tkac\, Adam")
    );
    // Printed by Java 17: the empty match at the end counts too.
    assert_eq!(mapped("RULE:.*/x/", "abc").as_deref(), Some("xx"));
    assert_eq!(mapped("RULE:^.*$/x/", "abc").as_deref(), Some("x"));
    assert_eq!(
        mapped("RULE:(a)(b)c/$2$1$0$12/", "abc").as_deref(),
        Some("baabca2")
    );
    assert_eq!(mapped("RULE:(a)bc/$1@$4/", "abc").as_deref(), Some("a@$4"));
    assert_eq!(
        mapped(r"RULE:(a)bc/\$1\/x/", "abc").as_deref(),
        Some("$1/x")
    );
}
