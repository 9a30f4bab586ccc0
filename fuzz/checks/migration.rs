//! What must hold for any bytes taken as configurations of clusters to be combined: the value of a property of each, one after
//! another, with a zero byte between them. A fuzz target and the tests of the policy crate both call this.

use openmds_policy::audit::{Document, Known, LegacyConfig, combine, lint};

/// Panics if combining does, if the result is no valid document, if the order of clusters changes it, or if a route of one cluster
/// matches another one.
pub(crate) fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split('\0');
    let authority = parts.next().unwrap_or_default();
    let ids = ["A", "AB", "B"];
    let configs = ids.iter().zip(parts);
    let configs: Vec<LegacyConfig> = configs
        .filter_map(|(id, value)| LegacyConfig::parse(id, value).ok())
        .collect();
    let reversed: Vec<LegacyConfig> = configs.iter().rev().cloned().collect();
    let servers = ["logs:9092".to_string()];
    let migration = match combine(&configs, &servers, authority) {
        Ok(migration) => migration,
        Err(faults) => {
            assert!(!faults.is_empty());
            return;
        }
    };
    assert_eq!(
        combine(&reversed, &servers, authority).as_ref(),
        Ok(&migration)
    );
    assert_eq!(
        Document::parse_property(&migration.document.to_property()).as_ref(),
        Ok(&migration.document)
    );
    for (text, route) in migration.document.routes() {
        let matching = configs
            .iter()
            .filter(|config| route.pattern.can_match_cluster(config.cluster_id()));
        assert!(matching.count() <= 1, "{text}");
    }
    for finding in lint(&migration.document, &Known::default()) {
        assert!(!finding.message.is_empty() && !finding.advice.is_empty());
    }
}
