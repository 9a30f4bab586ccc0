//! What must hold for any bytes that cross the bridge in a broker. A fuzz target and the tests of the plugin both call this.

use openmds_broker_plugin::acls;
use openmds_broker_plugin::codec::Request;
use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::pairs::Pairs;

/// Panics if reading does, or if a request is decided without one decision for each of its actions; the bytes as they come, and with
/// the length that they have written where a request has it.
pub(crate) fn check(bytes: &[u8]) {
    let _ = acls::decode(bytes);
    if let Some(pairs) = Pairs::decode(bytes) {
        assert_eq!(Pairs::decode(&pairs.encode()), Some(pairs));
    }
    let engine = Engine::new(Settings::default());
    engine.complete_local();
    engine.follow(bytes);
    decide(&engine, bytes);
    let mut whole = bytes.to_vec();
    if let Some(length) = whole.get_mut(4..8) {
        length.copy_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
        decide(&engine, &whole);
    }
}

fn decide(engine: &Engine, message: &[u8]) {
    let mut verdicts = Vec::new();
    let Ok(request) = Request::decode(message) else {
        assert!(engine.decide(message, false, &mut verdicts).is_err());
        return;
    };
    let named = request.groups.names().is_ok();
    match engine.decide(message, false, &mut verdicts) {
        Ok(asked) => {
            let number = usize::try_from(request.actions.number()).unwrap();
            let expected = if asked.is_kafkas() { 0 } else { number };
            assert_eq!(verdicts.len(), expected);
            assert!(
                verdicts.iter().all(|verdict| !verdict.is_allowed()),
                "allowed by no rule"
            );
            engine.note(&asked, &verdicts, || 0);
        }
        Err(_) => assert!(!named),
    }
}
