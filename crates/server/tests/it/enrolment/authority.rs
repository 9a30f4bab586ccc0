//! The authority's file.

use std::os::unix::fs::PermissionsExt as _;

use crate::world::World;

#[tokio::test(start_paused = true)]
async fn it_is_made_once_and_for_its_owner_alone() {
    let mut world = World::new();
    let path = world.folder.path().join("keys/nodes.pem");
    world.set("openmds.enrollment.ca.path", path.to_str().unwrap());
    let desk = world.start().await;
    let made = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let server = desk.app.present().server().unwrap().to_string();
    desk.kill().await;
    let desk = world.start().await;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), made);
    assert_eq!(desk.app.present().server(), Some(server.as_str()));
    assert!(made.starts_with(desk.app.authority.pem()));
}

#[tokio::test(start_paused = true)]
async fn it_is_beside_the_store_unless_told_otherwise() {
    let world = World::new();
    let desk = world.start().await;
    let path = world.folder.path().join("store/enrollment-ca.pem");
    assert!(
        std::fs::read_to_string(path)
            .unwrap()
            .starts_with(desk.app.authority.pem())
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_used_is_named_and_left_alone() {
    let (one, other) = (World::new(), World::new());
    for world in [&one, &other] {
        world.start().await.kill().await;
    }
    let text = |world: &World| {
        let path = world.folder.path().join("store/enrollment-ca.pem");
        std::fs::read_to_string(path).unwrap()
    };
    let (one, other) = (text(&one), text(&other));
    let cut = |text: &str| -> (String, String) {
        let (certificate, key) = text.split_once("-----BEGIN PRIVATE KEY-----").unwrap();
        (
            certificate.to_string(),
            format!("-----BEGIN PRIVATE KEY-----{key}"),
        )
    };
    let ((certificate, key), (_, other_key)) = (cut(&one), cut(&other));
    let node = crate::street::Authority::new("x").client("node-1");
    let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    for (content, words) in [
        (String::new(), "holds no certificate"),
        (certificate.clone(), "holds no private key"),
        (key.clone(), "holds no certificate"),
        (
            format!("{certificate}{other_key}"),
            "not that of its certificate",
        ),
        (node.store(), "not that of an authority"),
        (
            format!("{certificate}{}", p384.serialize_pem()),
            "not one on P-256",
        ),
        ("\0".to_string(), "holds no certificate"),
    ] {
        let mut world = World::new();
        let path = world.file("ca.pem", &content);
        world.set("openmds.enrollment.ca.path", path.to_str().unwrap());
        let said = world.refuses_to_start().await;
        assert!(said.starts_with("openmds.enrollment.ca.path: "), "{said}");
        assert!(
            said.contains(words) && said.contains("restore the file"),
            "{said}"
        );
        assert_eq!(std::fs::read_to_string(path).unwrap(), content);
    }
}

#[tokio::test(start_paused = true)]
async fn its_settings_are_checked() {
    for (days, words) in [
        ("0", "is not a whole number above 0"),
        ("826", "826 days are too long"),
        ("x", "is not a whole number above 0"),
    ] {
        let mut world = World::new();
        world.set("openmds.enrollment.certificate.days", days);
        let said = world.refuses_to_start().await;
        assert!(said.contains(words), "{said}");
    }
}
