//! The OAuth 2.0 token endpoint, as Kafka's Java client and librdkafka use it (`kafka-internals.md` 5).

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey};
use openmds_server::tokens::{SigningAlgorithm, SigningKey, generate};
use serde_json::{Value, json};

use crate::bearer::{part, signed, status};
use crate::desk::{Answer, Desk, basic};
use crate::world::World;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const JWT_CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const NOW: i64 = 1_767_323_045;

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let one = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}

async fn ask(desk: &Desk, authorization: Option<&str>, form: &[(&str, &str)]) -> Answer {
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let mut request = Request::builder()
        .method("POST")
        .uri("/oauth2/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    let answer = desk
        .send(request.body(Body::from(pairs.join("&"))).unwrap())
        .await;
    assert_eq!(answer.header("cache-control"), ["no-store"]);
    assert_eq!(answer.header("pragma"), ["no-cache"]);
    assert_eq!(answer.header("content-type"), ["application/json"]);
    answer
}

/// The token, if that is what was answered.
fn granted(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let said = answer.json();
    let members: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["access_token", "expires_in", "scope", "token_type"]
    );
    assert_eq!(said["token_type"], "Bearer");
    assert_eq!(said["expires_in"], 3600);
    assert_eq!(said["scope"], "kafka");
    said["access_token"].as_str().unwrap().to_string()
}

fn refused(answer: &Answer, status: u16, error: &str) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let said = answer.json();
    assert_eq!(said["error"], error, "{said}");
    let members: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "error_description"]);
    let challenged = answer.header("www-authenticate");
    assert_eq!(challenged.is_empty(), status != 401);
    said["error_description"].as_str().unwrap().to_string()
}

const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test(start_paused = true)]
async fn clients_log_in_as_users() {
    let world = World::new();
    let desk = world.start().await;
    let alice = basic("alice");
    let forms: [&[(&str, &str)]; 5] = [
        &[CREDENTIALS],
        &[CREDENTIALS, ("scope", "kafka other")],
        &[CREDENTIALS, ("scope", ""), ("unknown", "x")],
        &[CREDENTIALS, ("audience", "openmds")],
        &[CREDENTIALS, ("client_id", "alice")],
    ];
    for form in forms {
        let token = granted(&ask(&desk, Some(&alice), form).await);
        assert_eq!(part(&token, 1)["sub"], "alice");
        assert_eq!(part(&token, 1)["aud"], "openmds");
        assert_eq!(part(&token, 1).get("scope"), None);
        assert_eq!(status(&desk, &token).await, 200);
    }
    let body = [
        CREDENTIALS,
        ("client_id", "alice"),
        ("client_secret", "alice-secret"),
    ];
    granted(&ask(&desk, None, &body).await);
    // Revoked like any other user's.
    let token = granted(&ask(&desk, Some(&alice), forms[0]).await);
    let what = json!({"principal": "User:alice"});
    desk.post("mds", "/revocations", &what).await.is(200);
    assert_eq!(status(&desk, &token).await, 401);
}

#[tokio::test(start_paused = true)]
async fn names_and_passwords_may_come_encoded_or_not() {
    let world = World::new();
    let users = world.folder.path().join("users");
    std::fs::write(users, "mds:mds-secret\nCN=a b:p+ü%41%\nx:a+b\n").unwrap();
    let desk = world.start().await;
    let header = |name: &str, password: &str| {
        let pair = format!("{name}:{password}");
        format!("Basic {}", STANDARD.encode(pair))
    };
    for (header, name) in [
        (header("CN=a b", "p+ü%41%"), "CN=a b"),
        (header(&encoded("CN=a b"), &encoded("p+ü%41%")), "CN=a b"),
        (header("CN%3Da+b", "p%2B%C3%BC%2541%25"), "CN=a b"),
        (header("x", "a+b"), "x"),
        (header("x", "a%2Bb"), "x"),
    ] {
        let token = granted(&ask(&desk, Some(&header), &[CREDENTIALS]).await);
        assert_eq!(part(&token, 1)["sub"], name);
    }
    let wrong = header("x", "a%20b");
    let answer = ask(&desk, Some(&wrong), &[CREDENTIALS]).await;
    refused(&answer, 401, "invalid_client");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_refused_in_the_words_of_the_standard() {
    let world = World::new();
    let desk = world.start().await;
    let alice = basic("alice");
    let user = alice.as_str();
    type Case<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], u16, &'a str);
    let secret = ("client_secret", "alice-secret");
    let cases: [Case<'_>; 17] = [
        (Some(user), &[], 400, "invalid_request"),
        (Some(user), &[("grant_type", "")], 400, "invalid_request"),
        (
            Some(user),
            &[CREDENTIALS, CREDENTIALS],
            400,
            "invalid_request",
        ),
        (
            Some(user),
            &[("grant_type", "password"), ("username", "a")],
            400,
            "unsupported_grant_type",
        ),
        (
            Some(user),
            &[("grant_type", "authorization_code")],
            400,
            "unsupported_grant_type",
        ),
        (None, &[CREDENTIALS], 401, "invalid_client"),
        (
            None,
            &[CREDENTIALS, ("client_id", "alice")],
            401,
            "invalid_client",
        ),
        (None, &[CREDENTIALS, secret], 400, "invalid_request"),
        (
            Some(user),
            &[CREDENTIALS, ("client_id", "alice"), secret],
            400,
            "invalid_request",
        ),
        (
            Some(user),
            &[CREDENTIALS, ("client_id", "bob")],
            401,
            "invalid_client",
        ),
        (
            None,
            &[CREDENTIALS, ("client_id", "bob"), secret],
            401,
            "invalid_client",
        ),
        (Some("Bearer x.y.z"), &[CREDENTIALS], 401, "invalid_client"),
        (Some("Basic !!"), &[CREDENTIALS], 401, "invalid_client"),
        // A token for a cluster is nothing that a user can have.
        (
            Some(user),
            &[CREDENTIALS, ("audience", "home-id")],
            400,
            "invalid_target",
        ),
        (
            Some(user),
            &[CREDENTIALS, ("resource", "home-id")],
            400,
            "invalid_target",
        ),
        (
            Some(user),
            &[("grant_type", JWT_BEARER)],
            400,
            "invalid_request",
        ),
        (
            None,
            &[("grant_type", JWT_BEARER), ("assertion", "x.y.z")],
            400,
            "invalid_grant",
        ),
    ];
    for (authorization, form, status, error) in cases {
        let answer = ask(&desk, authorization, form).await;
        refused(&answer, status, error);
    }
    let own = basic("_openmds");
    refused(
        &ask(&desk, Some(&own), &[CREDENTIALS]).await,
        401,
        "invalid_client",
    );
    // Not a form, or too much of one.
    for (kind, body, status) in [
        (
            "application/json",
            "{\"grant_type\":\"client_credentials\"}".to_string(),
            400,
        ),
        ("", "grant_type=client_credentials".to_string(), 400),
        (
            "application/x-www-form-urlencoded",
            "x".repeat(2 << 20),
            413,
        ),
    ] {
        let request = Request::builder()
            .method("POST")
            .uri("/oauth2/token")
            .header(header::AUTHORIZATION, user)
            .header(header::CONTENT_TYPE, kind);
        let answer = desk.send(request.body(Body::from(body)).unwrap()).await;
        refused(&answer, status, "invalid_request");
    }
}

/// A world in which `alice` has a key, and the key.
fn with_key(algorithm: SigningAlgorithm) -> (World, EncodingKey) {
    let mut world = World::new();
    let pem = world.folder.path().join("alice.pem");
    let key = generate(&pem, algorithm).unwrap();
    let set = world.folder.path().join("alice.json");
    std::fs::write(&set, key.jwks()).unwrap();
    world.set("openmds.oauth.assertion.jwks.alice", set.to_str().unwrap());
    world.set(
        "confluent.metadata.server.advertised.listeners",
        "https://mds.example:8090",
    );
    let pem = std::fs::read(pem).unwrap();
    let private = match algorithm {
        SigningAlgorithm::Rs256 => EncodingKey::from_rsa_pem(&pem),
        SigningAlgorithm::Es256 => EncodingKey::from_ec_pem(&pem),
    };
    (world, private.unwrap())
}

fn claims() -> Value {
    json!({
        "iss": "alice", "sub": "alice", "aud": "https://mds.example:8090/oauth2/token",
        "iat": NOW, "exp": NOW + 300,
    })
}

#[tokio::test(start_paused = true)]
async fn an_assertion_stands_for_a_password() {
    let (world, key) = with_key(SigningAlgorithm::Rs256);
    let desk = world.start().await;
    // As Kafka's client makes it: without `kid`, unless the operator adds one.
    let header = json!({"alg": "RS256", "typ": "JWT"}).to_string();
    let audiences = [
        json!("https://mds.example:8090/oauth2/token"),
        json!("https://mds.example:8090"),
        json!("openmds"),
        json!(["other", "openmds"]),
    ];
    for audience in audiences {
        let mut claims = claims();
        claims["aud"] = audience;
        let assertion = signed(&header, &claims.to_string(), &key, Algorithm::RS256);
        let forms = [
            vec![("grant_type", JWT_BEARER), ("assertion", &assertion)],
            vec![
                CREDENTIALS,
                ("client_assertion_type", JWT_CLIENT),
                ("client_assertion", &assertion),
                ("client_id", "alice"),
            ],
        ];
        for form in forms {
            let token = granted(&ask(&desk, None, &form).await);
            assert_eq!(part(&token, 1)["sub"], "alice");
            assert_eq!(status(&desk, &token).await, 200);
        }
        // Beside somebody else's password it is worth nothing.
        let bob = basic("bob");
        let form = [("grant_type", JWT_BEARER), ("assertion", &assertion)];
        refused(&ask(&desk, Some(&bob), &form).await, 400, "invalid_grant");
        granted(&ask(&desk, Some(&basic("alice")), &form).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_clients_keys_may_change_while_the_server_runs() {
    let (world, old) = with_key(SigningAlgorithm::Es256);
    let desk = world.start().await;
    let path = world.folder.path().join("new.pem");
    let new = generate(&path, SigningAlgorithm::Rs256).unwrap();
    let by_old = |kid: &str| {
        let header = json!({"alg": "ES256", "kid": kid}).to_string();
        signed(&header, &claims().to_string(), &old, Algorithm::ES256)
    };
    let set = world.folder.path().join("alice.json");
    let first: Value = serde_json::from_str(&std::fs::read_to_string(&set).unwrap()).unwrap();
    let kid = first["keys"][0]["kid"].as_str().unwrap().to_string();
    let form = |assertion: &str| {
        [
            ("grant_type", JWT_BEARER.to_string()),
            ("assertion", assertion.to_string()),
        ]
    };
    let attempt = async |assertion: String| {
        let form = form(&assertion);
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        ask(&desk, None, &form).await
    };
    granted(&attempt(by_old(&kid)).await);
    refused(&attempt(by_old("another")).await, 400, "invalid_grant");
    std::fs::write(&set, new.jwks()).unwrap();
    refused(&attempt(by_old(&kid)).await, 400, "invalid_grant");
    let by_new = EncodingKey::from_rsa_pem(&std::fs::read(path).unwrap()).unwrap();
    let header = json!({"alg": "PS256"}).to_string();
    let pss = signed(&header, &claims().to_string(), &by_new, Algorithm::PS256);
    refused(&attempt(pss).await, 400, "invalid_grant");
    // Its file says RS256, and that alone.
    let header = json!({"alg": "RS256"}).to_string();
    granted(
        &attempt(signed(
            &header,
            &claims().to_string(),
            &by_new,
            Algorithm::RS256,
        ))
        .await,
    );
    std::fs::write(&set, "{").unwrap();
    refused(&attempt(by_old(&kid)).await, 500, "server_error");
}

#[tokio::test(start_paused = true)]
async fn an_assertion_must_be_for_us_for_now_and_by_its_client() {
    let (world, key) = with_key(SigningAlgorithm::Rs256);
    let desk = world.start().await;
    let rs256 = json!({"alg": "RS256"});
    let public = SigningKey::load(&world.folder.path().join("alice.pem")).unwrap();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        signed(
            &rs256.to_string(),
            &claims.to_string(),
            &key,
            Algorithm::RS256,
        )
    };
    let twice = claims().to_string().replacen('{', "{\"sub\":\"mds\",", 1);
    let other = world.folder.path().join("other.pem");
    generate(&other, SigningAlgorithm::Rs256).unwrap();
    let other = EncodingKey::from_rsa_pem(&std::fs::read(other).unwrap()).unwrap();
    let secret = EncodingKey::from_secret(public.jwks().as_bytes());
    let hs256 = json!({"alg": "HS256"}).to_string();
    let brought = json!({"alg": "RS256", "jwk": public.public().jwk()}).to_string();
    let whole = claims().to_string();
    let good = with("jti", json!("1"));
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    let cases = [
        (
            "for another server",
            with("aud", json!("https://other.example/oauth2/token")),
        ),
        ("for nobody", with("aud", json!([]))),
        ("for a cluster", with("aud", json!("home-id"))),
        ("for somebody else", with("sub", json!("mds"))),
        ("by somebody else", with("iss", json!("mds"))),
        ("by an unknown client", with("iss", json!("nobody"))),
        ("expired", with("exp", json!(NOW))),
        ("without an end", with("exp", json!(NOW + 86_401))),
        ("not yet", with("nbf", json!(NOW + 61))),
        ("from the future", with("iat", json!(NOW + 61))),
        (
            "a claim twice",
            signed(&rs256.to_string(), &twice, &key, Algorithm::RS256),
        ),
        (
            "by another key",
            signed(&rs256.to_string(), &whole, &other, Algorithm::RS256),
        ),
        (
            "by a key brought along",
            signed(&brought, &whole, &other, Algorithm::RS256),
        ),
        (
            "by a secret",
            signed(&hs256, &whole, &secret, Algorithm::HS256),
        ),
        ("unsigned", unsigned),
        ("huge", with("padding", json!("x".repeat(20_000)))),
    ];
    for (what, assertion) in cases {
        let form = [("grant_type", JWT_BEARER), ("assertion", &assertion)];
        let answer = ask(&desk, None, &form).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
        refused(&answer, 400, "invalid_grant");
        let form = [
            CREDENTIALS,
            ("client_assertion_type", JWT_CLIENT),
            ("client_assertion", &assertion),
        ];
        refused(&ask(&desk, None, &form).await, 401, "invalid_client");
    }
    // A user's token of this very server is no assertion.
    let login = desk.get("alice", "/authenticate").await.is(200).json();
    let own = login["auth_token"].as_str().unwrap();
    let form = [("grant_type", JWT_BEARER), ("assertion", own)];
    refused(&ask(&desk, None, &form).await, 400, "invalid_grant");
    let form = [CREDENTIALS, ("client_assertion", own)];
    refused(&ask(&desk, None, &form).await, 400, "invalid_request");
    // What the request calls the server does not make it the audience.
    let request = Request::builder()
        .method("POST")
        .uri("https://other.example/oauth2/token")
        .header(header::HOST, "other.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let assertion = with("aud", json!("https://other.example/oauth2/token"));
    let body = format!("grant_type={JWT_BEARER}&assertion={assertion}");
    let answer = desk.send(request.body(Body::from(body)).unwrap()).await;
    refused(&answer, 400, "invalid_grant");
}

#[tokio::test(start_paused = true)]
async fn discovery_leads_to_the_endpoints() {
    let mut world = World::new();
    let property = "confluent.metadata.server.advertised.listeners";
    world.set(property, "http://mds.example:8090,https://mds.example:8091");
    let cases = [
        (
            "openmds",
            "https://mds.example:8091",
            "https://mds.example:8091",
        ),
        (
            "https://id.example/",
            "https://id.example/",
            "https://id.example",
        ),
    ];
    for (issuer, said, base) in cases {
        world.set("openmds.token.issuer", issuer);
        let desk = world.start().await;
        for path in ["oauth-authorization-server", "openid-configuration"] {
            let request = Request::builder()
                .uri(format!("/.well-known/{path}"))
                .header(header::HOST, "evil.example");
            let answer = desk.send(request.body(Body::empty()).unwrap()).await;
            let answer = answer.is(200);
            assert_eq!(answer.header("cache-control"), ["public, max-age=300"]);
            let document = answer.json();
            assert_eq!(document["issuer"], said);
            assert_eq!(document["token_endpoint"], format!("{base}/oauth2/token"));
            assert_eq!(
                document["jwks_uri"],
                format!("{base}/security/1.0/jwks.json")
            );
            assert_eq!(
                document["grant_types_supported"],
                json!(["client_credentials", JWT_BEARER])
            );
        }
        desk.kill().await;
    }
}

#[test]
fn a_clients_keys_are_looked_at_when_the_settings_are_read() {
    let mut world = World::new();
    let file = |name: &str, text: &str| {
        let path = world.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_string()
    };
    let secret = r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#;
    let cases = [
        (
            "alice",
            file("none.json", "{\"keys\":[]}"),
            "holds no public key that could sign",
        ),
        (
            "alice",
            file("oct.json", secret),
            "holds no public key that could sign",
        ),
        ("alice", file("text.json", "keys"), "is not a JWK set"),
        ("alice", "/nowhere/x.json".to_string(), "cannot be read"),
        (
            "_openmds",
            file("own.json", secret),
            "is not the name of a client",
        ),
    ];
    for (client, path, said) in cases {
        let property = format!("openmds.oauth.assertion.jwks.{client}");
        world.set(&property, &path);
        let error = openmds_server::config::Settings::load(&world.config());
        let error = error.err().unwrap().to_string();
        assert!(error.contains(&property) && error.contains(said), "{error}");
        world.unset(&property);
    }
}
