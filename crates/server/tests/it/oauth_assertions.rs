//! Clients that prove with a key who they are, and the documents that lead to the endpoints
//! (RFC 7523, RFC 8414).

use axum::body::Body;
use axum::http::{Request, header};
use jsonwebtoken::{Algorithm, EncodingKey};
use openmds_server::tokens::{SigningAlgorithm, SigningKey, generate};
use serde_json::{Value, json};

use crate::bearer::{part, signed, status};
use crate::desk::basic;
use crate::oauth::{CREDENTIALS, JWT_BEARER, JWT_CLIENT, NOW, ask, granted, refused};
use crate::world::World;

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
