//! How nodes of Kafka clusters are certified.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use super::reader::Reader;

const CA: &str = "openmds.enrollment.ca.path";
const DAYS: &str = "openmds.enrollment.certificate.days";

/// Longest life of a certificate, days.
const MOST_DAYS: usize = 825;

/// How nodes of Kafka clusters are certified.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The file of the authority: certificate and key, PEM.
    pub ca_path: PathBuf,
    /// How long a node's certificate lasts.
    pub life: SignedDuration,
}

impl Enrolment {
    pub(super) fn read(reader: &mut Reader, store: &Path) -> Self {
        let days = reader.count(DAYS, 30);
        if days > MOST_DAYS {
            let message = format!(
                "{days} days are too long: {MOST_DAYS} at most; nodes renew their certificates by themselves"
            );
            reader.fault(DAYS, message);
        }
        let hours = i64::try_from(days.min(MOST_DAYS)).unwrap_or(30) * 24;
        Self {
            ca_path: reader
                .path(CA)
                .unwrap_or_else(|| store.join("enrollment-ca.pem")),
            life: SignedDuration::from_hours(hours),
        }
    }
}
