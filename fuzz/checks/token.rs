//! What must hold for any bytes taken as a token. A fuzz target and the tests of the server both call this.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use openmds_server::config::TokenSettings;
use openmds_server::time::Clock;
use openmds_server::tokens::{Issuer, KeyFiles, KeyRing, SigningAlgorithm, Subject, generate};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_800_000_000, 0)
    }
}

/// A server's issuer, and one good token of it.
fn issuer() -> &'static (Issuer, String) {
    static ISSUER: OnceLock<(Issuer, String)> = OnceLock::new();
    ISSUER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let settings = TokenSettings {
            key_path: folder.path().join("key.pem"),
            keys_path: None,
            algorithm: None,
            publish: Duration::from_secs(60),
            lifetime: Duration::from_secs(3_600),
            issuer: "openmds".to_string(),
            audience: "openmds".to_string(),
            jwks_path: None,
        };
        generate(&settings.key_path, SigningAlgorithm::Es256).unwrap();
        let files = KeyFiles::new(&settings);
        let resumed = files.resume(&KeyRing::default(), &settings, Noon.now());
        let (ring, held) = resumed.unwrap();
        let issuer = Issuer::new(ring, held, settings, Arc::new(Noon));
        let (token, _) = issuer.issue(&Subject::user("alice")).unwrap();
        (issuer, token)
    })
}

/// Panics if reading does, or if anything but the server's own token is believed: the bytes as they come, and laid over a good token
/// from a place that they name themselves.
pub(crate) fn check(bytes: &[u8]) {
    let (issuer, good) = issuer();
    assert!(issuer.verify(good).is_ok());
    let text = String::from_utf8_lossy(bytes);
    assert!(text == good.as_str() || issuer.verify(&text).is_err());
    if let Some((at, rest)) = bytes.split_first() {
        let mut forged = good.clone().into_bytes();
        let start = usize::from(*at) * forged.len() / 256;
        for (place, byte) in forged.iter_mut().skip(start).zip(rest) {
            *place = *byte;
        }
        let forged = String::from_utf8_lossy(&forged);
        assert!(
            forged == good.as_str() || issuer.verify(&forged).is_err(),
            "{forged}"
        );
    }
}
